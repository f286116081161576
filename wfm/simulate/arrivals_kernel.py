"""Levels that hang together over days, types and the intervals of a day; contacts that bursts bring. Compiled."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.core import distributions_kernel, draws, gamma_kernel
from wfm.core.compiled import ZERO, kernel

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

# Ordinals of contacts that a burst brings, out of reach of the others': 2**31 + burst * 2**21 + number.
BURSTS = 1 << 10
CONTACTS = 1 << 21
FIRST = 1 << 31

_compile = kernel(__file__, draws.__file__, distributions_kernel.__file__, gamma_kernel.__file__)
_pair, _fill_pairs, _BLOCK = draws.pair, draws.fill_pairs, draws._BLOCK
_normal, _exponential, _microseconds = draws.normal_quantile, draws.exponential_quantile, draws.microseconds
_DAY_LEVEL, _COMMON_LEVEL, _SLOT_LEVEL, _BURST = draws.DAY_LEVEL, draws.COMMON_LEVEL, draws.SLOT_LEVEL, draws.BURST
_gamma_quantile = gamma_kernel.gamma_quantile
_quantile, _draw_attempt = distributions_kernel.quantile, distributions_kernel.draw_attempt

_SECOND = 1_000_000
_NEGLIGIBLE = 1e-9  # weight of an old day's news, beside today's
_DAYS = draws.LIMITS["day"]
_NARROW = 1e4  # shape from which on three terms of the expansion are exact to the last bits
_ROOT_HALF = math.sqrt(0.5)


@_compile
def gamma_of_normal(z: float, cv: float) -> float:
    """The gamma variate (mean 1, coefficient of variation ``cv``) with the same share below it as a standard normal's ``z``.

    `wfm.core.gamma_kernel.gamma_quantile` of the normal's share, counted on the side where it is small. For shapes above 10,000
    Temme's expansion, whose argument is ``z`` itself (N. M. Temme, "Asymptotic inversion of incomplete gamma functions",
    Mathematics of Computation 58, 1992, (3.6) and (4.1)). 0 gives exactly 1.
    """
    if cv == 0.0:
        return 1.0
    shape = 1.0 / (cv * cv)
    if shape <= _NARROW:
        below, above = 0.5 * math.erfc(-z * _ROOT_HALF), 0.5 * math.erfc(z * _ROOT_HALF)
        return float(_gamma_quantile(below, above, shape) / shape)
    h = z * cv
    first = -1.0 / 3.0 + h * (1.0 / 36.0 + h * (1.0 / 1620.0 + h * (-7.0 / 6480.0 + h * (5.0 / 18144.0 - h * 11.0 / 382725.0))))
    second = -7.0 / 405.0 + h * (-7.0 / 2592.0 + h * (533.0 / 204120.0 - h * 1579.0 / 2099520.0))
    h += (first + second / shape) / shape
    more = 1.0 / 36.0 + h * (-1.0 / 270.0 + h * (1.0 / 4320.0 + h * (1.0 / 17010.0 - h * 139.0 / 5443200.0)))
    return 1.0 + h * (1.0 + h * (1.0 / 3.0 + h * more))


@_compile
def fill_day_levels(
    day: Integers, cv: Floats, key: tuple[int, int, int], over_days: float, over_types: float, level: Floats
) -> None:
    """Levels of the days (output, [K], the same for all intervals of a day), as `wfm.simulate.arrivals.Busyness` says.

    The normal behind a day's level is the sum of every day's news so far, each day's weighing ``over_days`` times as much as the
    next one's, cut off where that is negligible. News are keyed by the date, so a day's level does not depend on the plan's first.
    """
    seed, replication, kind = key
    if len(day) == 0:
        return
    terms = 1 if over_days <= 0.0 else 1 + math.ceil(math.log(_NEGLIGIBLE) / math.log(over_days))
    weight, squares = np.empty(terms), 0.0
    for j in range(terms):
        weight[j] = over_days**j
        squares += weight[j] * weight[j]
    oldest = day[0] - terms + 1
    news = np.empty(day[-1] - oldest + 1)
    common, own = math.sqrt(over_types), math.sqrt(1.0 - over_types)
    for i in range(len(news)):
        date = (oldest + i) % _DAYS
        news[i] = 0.0
        if own > 0.0:
            news[i] += own * _normal(_pair(seed, replication, _DAY_LEVEL, kind, date, 0, 0, 0, 0)[0])
        if common > 0.0:
            news[i] += common * _normal(_pair(seed, replication, _COMMON_LEVEL, 0, date, 0, 0, 0, 0)[0])
    for k in range(len(day)):
        if k > 0 and day[k] == day[k - 1]:
            level[k] = level[k - 1]
            continue
        z, today = 0.0, day[k] - oldest
        for j in range(terms):
            z += weight[j] * news[today - j]
        level[k] = gamma_of_normal(z / math.sqrt(squares), cv[k])


@_compile
def fill_slot_levels(start: Integers, day: Integers, cv: Floats, key: tuple[int, int, int], parts: Floats, level: Floats) -> None:
    """Intervals' own levels (output, [K]), as `wfm.simulate.arrivals.Busyness` says; ``parts`` [P, 3]: share, memory, period [s].

    Each part is a pair of normals that turns once a period and forgets as a first-order autoregression in time; its first normal
    counts. What the parts leave of the variance is drawn anew for each interval.
    """
    seed, replication, kind = key
    P = len(parts)
    across, along = np.empty(P), np.empty(P)
    rest = 1.0
    for p in range(P):
        rest -= parts[p, 0]
    rest = math.sqrt(rest) if rest > 1e-12 else 0.0
    first = 0
    for k in range(len(start)):
        if day[k] != day[first]:
            first = k
        slot, z = k - first, 0.0
        if rest > 0.0:
            z = rest * _normal(_pair(seed, replication, _SLOT_LEVEL, kind, day[k], slot, 0, 0, 0)[0])
        for p in range(P):
            even, odd = _pair(seed, replication, _SLOT_LEVEL, kind, day[k], slot, 0, 0, p + 1)
            if slot == 0:
                across[p], along[p] = _normal(even), _normal(odd)
            else:
                since = (start[k] - start[k - 1]) / _SECOND
                kept, new = math.exp(-since / parts[p, 1]), math.sqrt(-math.expm1(-2.0 * since / parts[p, 1]))
                angle = 2.0 * math.pi * since / parts[p, 2]
                turned = math.cos(angle) * across[p] - math.sin(angle) * along[p]
                along[p] = kept * (math.sin(angle) * across[p] + math.cos(angle) * along[p]) + new * _normal(odd)
                across[p] = kept * turned + new * _normal(even)
            z += math.sqrt(parts[p, 0]) * across[p]
        level[k] = gamma_of_normal(z, cv[k])


@_compile
def fill_levels(
    start: Integers,
    day: Integers,
    day_cv: Floats,
    slot_cv: Floats,
    linked: tuple[float, float, Floats],
    key: tuple[int, int, int],
    day_level: Floats,
    slot_level: Floats,
) -> None:
    """Levels of replications from that of ``key`` on (outputs, [R, K]; [R, 0] for those that are not wanted)."""
    seed, first, kind = key
    over_days, over_types, parts = linked
    for r in range(len(day_level)):
        if day_level.shape[1] > 0:
            fill_day_levels(day, day_cv, (seed, first + r, kind), over_days, over_types, day_level[r])
        if slot_level.shape[1] > 0:
            fill_slot_levels(start, day, slot_cv, (seed, first + r, kind), parts, slot_level[r])


@_compile
def respond(
    start: Integers,
    length: Integers,
    day: Integers,
    aht: Floats,
    bursts: tuple[Integers, Floats, Integers, Integers, Floats],
    key: tuple[int, int, int],
    handle_law: Floats,
    patience_law: Floats,
    rows: Integers,
) -> int:
    """Contacts that bursts bring, one burst after the other.

    A burst draws one contact after the other, each with its own lag, until a Poisson process has passed the expected number, or
    there are exactly as many. So a larger drop has the contacts of a smaller one, and some more.

    Parameters
    ----------
    bursts
        Of B bursts: moments, contacts expected, whether exactly as many come [B], places [B + 1] and laws of their lags, the law
        of burst b from its place to the next one's.
    rows
        Output, [6, N]: in the order of `wfm.simulate.drawing.Drawn`, from arrival to ordinal.

    Returns
    -------
    int
        How many contacts arrive. As many as ``rows`` holds means that there may be more.
    """
    seed, replication, kind = key
    at, expected, exact, place, lags = bursts
    room: int = rows.shape[1]
    count: int = ZERO
    even, odd = np.empty(_BLOCK), np.empty(_BLOCK)
    for b in range(len(at)):
        first = FIRST + b * CONTACTS
        law = lags[place[b] : place[b + 1]]
        passed, i = 0.0, ZERO
        while i < CONTACTS:
            if i % _BLOCK == 0:
                _fill_pairs(seed, replication, _BURST, kind, 0, first + i, 0, even, odd)
            passed += 1.0 if exact[b] else _exponential(even[i % _BLOCK])
            if passed > expected[b]:
                break
            when = at[b] + _microseconds(_quantile(law, odd[i % _BLOCK]))
            k = np.searchsorted(start, when, side="right") - 1
            if k >= 0 and when < start[k] + length[k]:
                if count == room:
                    return room
                handle, patience = _draw_attempt(seed, replication, kind, day[k], first + i, 1, 0, handle_law, aht[k], patience_law)
                rows[0, count], rows[1, count], rows[2, count], rows[3, count] = when, k, handle, patience
                rows[4, count], rows[5, count] = day[k], first + i
                count += 1
            i += 1
    return count
