"""Limited lines: M/M/n/K+M, n agents and K lines for those served and those who wait together.

Of the states with all agents busy, n + j contacts weigh w_j = w_{j-1} a / (n + j theta), theta = 1/patience; those below
weigh together what Erlang B says. Who finds j waiting before it waits V_j, a sum of Exp(n + i theta), i = 0..j: V_j > T is
that at most j of those ahead and itself have left by T, which has the weights t_i = e^(-nT) c^i (n)(n+theta)...(n+(i-1)
theta) / i!, c = (1 - e^(-theta T)) / theta (negative binomial; Poisson without abandonment). Everything is a sum of positive
products of the two, in passes over the K - n places, in units in which the greatest weight overflows nothing
(`domain/theory.md` 1.5).

All lines busy blocks. K = n is Erlang B, infinite patience M/M/n/K. Fewer lines than agents leave agents idle.
Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from typing import NamedTuple

from wfm.erlang.formulas.kpis import (
    ABANDON_RATE_OFFERED,
    ABANDON_WITHIN,
    ANSWER_RATE,
    BLOCKING,
    MEAN_QUEUE,
    MEAN_WAIT_ACCEPTED,
    MEAN_WAIT_ALL,
    OCCUPANCY,
    P_NO_WAIT,
    P_WAIT,
    P_WAIT_LONGER,
    SL_ACCEPTED,
    SL_EITHER,
    SL_OFFERED,
)
from wfm.erlang.formulas.loss import odds
from wfm.erlang.formulas.measure import measure
from wfm.erlang.formulas.outcome import Outcome, outcome_kpi

LARGE, SMALL = 1e100, 1e-100
LN_LARGE = 230.25850929940457


class Start(NamedTuple):
    """The first place whose weight counts, that weight, and how often it was scaled down on the way."""

    place: float
    weight: float
    times: float


class Places(NamedTuple):
    """Sums of the weights of the states with all agents busy; `first` is that with nobody waiting.

    `waits` weighs the arrivals who wait, `more` the states with somebody waiting, `last` that with all places taken; the
    rest are sums over those who wait: of the number waiting, of V, of the wait of those served, of those who abandon.
    """

    first: float
    waits: float
    more: float
    last: float
    queue: float
    virtual: float
    wait_served: float
    left: float
    wait_left: float


class Within(NamedTuple):
    """Sums over those who wait: V, served and abandoned beyond the threshold, V and served within it.

    `in_vain` weighs those served within the threshold who would have abandoned within it; where `counted` is false, the
    sums within were not worth their while, and follow from those beyond.
    """

    virtual_beyond: float
    served_beyond: float
    left_beyond: float
    virtual_within: float
    served_within: float
    in_vain: float
    counted: bool


def climb(n: float, places: float, a: float, theta: float, most: float) -> Start:
    """Go up the weights towards the greatest, scaling down at most so many times."""
    j, w, times = 0.0, 1.0, 0.0
    while j < places and times < most and a > n + (j + 1.0) * theta:
        j += 1.0
        w *= a / (n + j * theta)
        if w > LARGE:
            w *= SMALL
            times += 1.0
    return Start(j, w, times)


def ln_growth(n: float, a: float) -> float:
    """ln(a/n), to its last digits also where a is near n."""
    d = (a - n) / n
    return math.log1p(d) if d > -0.5 else math.log(max(a / n, 1e-308))


def first_place(n: float, places: float, a: float, theta: float) -> Start:
    """Where to start so that the greatest weight is no more than 1e100, and what is left out less than 1e-200 of it."""
    if theta == 0.0:
        return Start(0.0, math.exp(-max(ln_growth(n, a) * places, 0.0)), 0.0)
    top = climb(n, places, a, theta, math.inf)
    if top.times <= 2.0:
        return Start(0.0, SMALL**top.times, top.times)
    start = climb(n, places, a, theta, top.times - 2.0)
    return Start(start.place, start.weight * SMALL * SMALL, top.times)


def first_departure(n: float, places: float, theta: float, threshold: float, c: float) -> Start:
    """The weights of departures by the threshold, from the first that a double can hold."""
    i, t, ln_unit = 0.0, 1.0, -n * threshold
    if n * threshold > 1e4 * (places + 1.0):
        return Start(0.0, 0.0, 0.0)
    while ln_unit < -500.0 and i < places:
        t *= (n + i * theta) * c / (i + 1.0)
        i += 1.0
        if t > LARGE:
            t *= SMALL
            ln_unit += LN_LARGE
    return Start(i, t * math.exp(ln_unit), 0.0)


def add_places(n: float, places: float, a: float, theta: float) -> Places:
    """The sums over the places to wait."""
    start = first_place(n, places, a, theta)
    # Without abandonment the weights are powers, which stay exact however many they are.
    growth = ln_growth(n, a) if theta == 0.0 else 0.0
    mean_virtual = mean_served = mean_left = 0.0
    waits = more = queue = virtual = wait_served = left = wait_left = 0.0
    j = 0.0
    w = start.weight if start.place == 0.0 else 0.0
    first = w
    while j < places:
        rate, next_rate = n + j * theta, n + (j + 1.0) * theta
        if j == start.place:
            w = start.weight
        share = w / next_rate
        mean_virtual += 1.0 / rate if rate > 0.0 else math.inf
        mean_served += 1.0 / next_rate
        mean_left += (j + 1.0) / next_rate
        waits += w
        queue += j * w
        if w > 0.0:
            virtual += w * mean_virtual
        wait_served += share * mean_served
        left += share * (j + 1.0)
        wait_left += share * mean_left
        j += 1.0
        w = math.exp(growth * j - max(growth * places, 0.0)) if theta == 0.0 else w * (a / next_rate)
        more += w
        if w == 0.0 and j > start.place and a <= next_rate:
            break
    return Places(first, waits, more, w, queue + j * w, virtual, wait_served, left, wait_left)


def add_within(n: float, places: float, a: float, theta: float, threshold: float) -> Within:
    """The sums over the places to wait that the threshold splits."""
    stay = math.exp(-theta * threshold)
    c = -math.expm1(-theta * threshold) / theta if theta > 0.0 else threshold
    start = first_place(n, places, a, theta)
    leave = first_departure(n, places, theta, threshold, c)
    growth = ln_growth(n, a) if theta == 0.0 else 0.0
    tail = departed = tails = virtual_beyond = served_beyond = left_beyond = 0.0
    weights = shares = reach = virtual_within = served_within = in_vain = 0.0
    j = 0.0
    w = start.weight if start.place == 0.0 else 0.0
    t = leave.weight if leave.place == 0.0 else 0.0
    while j < places:
        rate, next_rate = n + j * theta, n + (j + 1.0) * theta
        if j == start.place:
            w = start.weight
        if j == leave.place:
            t = leave.weight
        share = w / next_rate
        # Left by T: at most j of them; the same by their rates, and added up over the contacts ahead.
        tail += t
        departed += t * rate
        tails += tail
        virtual_beyond += w * tail
        served_beyond += share * departed
        left_beyond += share * tails
        virtual_within += t * weights
        served_within += t * rate * shares
        in_vain += t * reach
        weights += w
        reach += shares
        shares += share
        t *= rate * c / (j + 1.0)
        j += 1.0
        w = math.exp(growth * j - max(growth * places, 0.0)) if theta == 0.0 else w * (a / next_rate)
        if w == 0.0 and j > start.place and a <= next_rate:
            break
    counted = stay > 0.05 and j >= leave.place and (n + j * theta) * c < j + 1.0
    while counted and (
        t * weights > 1e-18 * virtual_within or t * (n + j * theta) * shares > 1e-18 * served_within or t * reach > 1e-18 * in_vain
    ):
        virtual_within += t * weights
        served_within += t * (n + j * theta) * shares
        in_vain += t * reach
        reach += shares
        t *= (n + j * theta) * c / (j + 1.0)
        j += 1.0
    return Within(
        virtual_beyond,
        stay * served_beyond,
        stay * theta * left_beyond,
        virtual_within,
        stay * served_within,
        stay * theta * in_vain,
        counted,
    )


def lines_outcome(n: float, places: float, a: float, patience: float, threshold: float) -> Outcome:
    """What becomes of arrivals with so many places to wait; a > 0, and n > 0 or finite patience with places."""
    theta = 0.0 if patience == math.inf else 1.0 / max(patience, 1e-300)
    full, below = 1.0, 0.0
    if n > 0.0:
        o = odds(n, a)
        full, below = o.blocked, o.served
    p = add_places(n, places, a, theta)
    by = add_within(n, places, a, theta, threshold)
    below *= p.first
    total = below + full * (p.first + p.more)
    no_wait, unit = below / total, full / total
    waiting, lost = unit * p.waits, unit * (theta * p.queue / a)
    served = no_wait + unit * (n / a * p.more)
    gone = -math.expm1(-theta * threshold)
    lost_within = max(lost - unit * by.left_beyond, 0.0)
    virtual_within = no_wait + max(unit * (p.waits - by.virtual_beyond), 0.0)
    served_within = max(served - unit * by.served_beyond, no_wait)
    if by.counted:
        virtual_within = no_wait + unit * by.virtual_within
        served_within = no_wait + unit * by.served_within
        if by.in_vain < 0.5 * gone * p.waits:
            lost_within = unit * (gone * p.waits - by.in_vain)
    return Outcome(
        unit * p.last,
        no_wait,
        waiting,
        served,
        lost,
        served_within,
        lost_within,
        virtual_within,
        unit * by.virtual_beyond,
        math.exp(-theta * threshold) * unit * by.virtual_beyond,
        unit * p.queue / a,
        unit * n * p.wait_served,
        unit * p.virtual,
        p.wait_left / p.left
        if theta > 0.0 and places > 0.0 and patience > 0.0
        else (0.0 if patience == 0.0 < places else math.nan),
    )


def measure_lines(kpi: int, n: float, lines: float, a: float, patience: float, threshold: float) -> float:
    """KPI number `kpi` of n agents behind so many lines at load a; lines - n is whole or infinite.

    Without load as in `measure`; without agents everybody is blocked or abandons.
    """
    if not (n >= 0.0 and lines >= 0.0 and 0.0 <= a < math.inf and patience >= 0.0 and threshold >= 0.0):
        return math.nan
    if lines == math.inf or a == 0.0 or n == math.inf == lines:
        if kpi == BLOCKING:
            return 0.0
        if kpi == SL_ACCEPTED:
            return measure(SL_OFFERED, n, a, patience, 0.0, threshold)
        if kpi == MEAN_WAIT_ACCEPTED:
            return measure(MEAN_WAIT_ALL, n, a, patience, 0.0, threshold)
        return measure(kpi, n, a, patience, 0.0, threshold)
    used = min(n, lines)
    if used == 0.0 and (lines == 0.0 or patience == math.inf):
        return all_blocked(kpi, n)
    return outcome_kpi(kpi, lines_outcome(used, lines - used, a, patience, threshold), n, a)


def all_blocked(kpi: int, n: float) -> float:
    """The KPI where there is no line to get in by, or nobody within ever leaves."""
    if kpi == BLOCKING:
        return 1.0
    if kpi in (SL_OFFERED, SL_EITHER, ANSWER_RATE, P_NO_WAIT, P_WAIT, ABANDON_RATE_OFFERED, MEAN_WAIT_ALL, MEAN_QUEUE):
        return 0.0
    if kpi in (ABANDON_WITHIN, P_WAIT_LONGER):
        return 0.0
    return 0.0 if kpi == OCCUPANCY and n > 0.0 else math.nan
