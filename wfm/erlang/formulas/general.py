"""M/M/n with patience of any distribution: the integrals over the virtual wait V that all its measures are made of.

V of an arrival has density arrive e^phi(t) / (1/B(n-1, a) + arrive J), phi(t) = arrive H(t) - serve t, H the integral of
the share still there and J the integral of e^phi (Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum, QUESTA 51, 2005).
phi is concave. The integrals are taken relative to its top, from where it has fallen too far to matter before the top to
where it has after it, panel by panel (`wfm.erlang.formulas.panels`).

Rates and times are in the distribution's unit of time. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from wfm.erlang.formulas.fate import ENDLESS, WILLING, fate, reach
from wfm.erlang.formulas.gauss import NODES, POINTS, WEIGHTS
from wfm.erlang.formulas.panels import (
    FALL,
    Sums,
    add,
    curved_panel,
    flat_panel,
    is_flat,
    next_cut,
    panel_end,
    slope_at,
    width_within,
)

# e^-45 of the top no longer counts; for losses, which may all lie far out, what has left the doubles.
DEEP = 45.0
DEEPEST = 690.0
# Later than anything happens.
LATEST = 1e300
# No span takes this many panels, kinks apart (tests count them). The sums would be nan rather than wrong.
MOST_PANELS = 1000


class Stay(NamedTuple):
    """Integrals over a span of time of the shares (of the willing) still there and gone."""

    there: float
    gone: float


class Edge(NamedTuple):
    """A time before the top, and phi there less phi at the top."""

    t: float
    phi: float


def stay(law: Sequence[float], cuts: Sequence[float], low: float, high: float) -> Stay:
    """Integrals of the shares still there and gone, from low to high."""
    there = 0.0
    gone = 0.0
    left = low
    tiny = 1e-12 * high
    while left < high:
        right = panel_end(law, cuts, left, high, tiny)
        width = right - left
        if is_flat(law, left):
            share = fate(law, left)
            there += share.stays * width
            gone += share.gone * width
        elif reach(law, left, tiny) == math.inf:
            gone += width
        else:
            for i in range(POINTS):
                share = fate(law, left + width * NODES[i])
                there += width * WEIGHTS[i] * share.stays
                gone += width * WEIGHTS[i] * share.gone
        left = right
    return Stay(there, gone)


def rise(law: Sequence[float], cuts: Sequence[float], arrive: float, serve: float, low: float, high: float) -> float:
    """phi(high) - phi(low) for low <= high."""
    return arrive * law[WILLING] * stay(law, cuts, low, high).there - serve * (high - low)


def find_top(law: Sequence[float], cuts: Sequence[float], arrive: float, serve: float) -> float:
    """Where phi is largest: as many arrive and stay as are served."""
    if slope_at(law, arrive, serve, 0.0) <= 0.0:
        return 0.0
    low = 0.0
    high = next_cut(cuts, 0.0)
    while high < math.inf and slope_at(law, arrive, serve, high) > 0.0:
        low = high
        high = next_cut(cuts, high)
    if high == math.inf:
        high = 2.0 * low + 1.0 / serve
        while slope_at(law, arrive, serve, high) > 0.0 and high < LATEST:
            low = high
            high *= 2.0
    if is_flat(law, low):
        return high
    tiny = 1e-18 / arrive
    while high - low > 4e-16 * high + tiny:
        middle = 0.5 * (low + high)
        if slope_at(law, arrive, serve, middle) > 0.0:
            low = middle
        else:
            high = middle
    return high


def left_edge(law: Sequence[float], cuts: Sequence[float], arrive: float, serve: float, top: float, low: float) -> Edge:
    """The place at or after `low` before which e^phi no longer counts against the top."""
    t = top
    phi = 0.0
    while t > low and phi > -DEEP:
        width = max(width_within(law, arrive, serve, t, t - low, -1.0), 1e-15 * t)
        before = t - width if width < t - low else low
        phi -= rise(law, cuts, arrive, serve, before, t)
        t = before
    return Edge(t, phi)


def sums(law: Sequence[float], cuts: Sequence[float], arrive: float, serve: float, top: float, low: float, high: float) -> Sums:
    """Integrals over V from low to high (which may be inf), in units of e^phi at the point of [low, high] nearest to `top`."""
    top = min(max(top, low), high)
    left, phi = left_edge(law, cuts, arrive, serve, top, low)
    gone_before = stay(law, cuts, 0.0, left).gone
    total = Sums(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    tiny = 1e-12 / (arrive + serve)
    theres = [0.0] * POINTS
    gones = [0.0] * POINTS
    for _ in range(MOST_PANELS + len(cuts)):
        if left >= high or (left >= top and is_over(law, cuts, arrive, serve, left, phi, total.lost_wait)):
            return total
        right = panel_end(law, cuts, left, top if left < top else high, tiny)
        if is_flat(law, left):
            panel = flat_panel(law, arrive, serve, left, right - left, phi, gone_before)
        else:
            width = curved_width(law, arrive, serve, left, right - left, left < top)
            right = left + width if width < right - left else right
            panel = curved_panel(law, arrive, serve, left, right - left, phi, gone_before, theres, gones)
        total = add(total, panel.sums)
        phi += panel.gain
        gone_before += panel.gone
        left = right
    return Sums(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan)


def curved_width(law: Sequence[float], arrive: float, serve: float, left: float, most: float, ascends: bool) -> float:
    """Width of the next panel: phi changes by no more than FALL in it."""
    if ascends:
        # phi is concave, so it rises nowhere faster than at the left.
        width = min(most, FALL / max(slope_at(law, arrive, serve, left), 1e-300))
    else:
        width = width_within(law, arrive, serve, left, most, 1.0)
    return max(width, 1e-15 * left)


def is_over(
    law: Sequence[float], cuts: Sequence[float], arrive: float, serve: float, left: float, phi: float, lost_wait: float
) -> bool:
    """Whether what lies past `left`, itself past the top, adds nothing, not even to the losses."""
    if phi < -DEEPEST:
        return True
    if phi >= -DEEP or left <= cuts[0]:
        return False
    fall = -slope_at(law, arrive, serve, left)
    return math.exp(phi) * (left + 1.0 / fall) <= 1e-18 * lost_wait * fall


def is_endless(law: Sequence[float], arrive: float, serve: float) -> bool:
    """Whether those who never leave are as many as are served, or more."""
    return law[ENDLESS] > 0.0 and slope_at(law, arrive, serve, LATEST) >= 0.0
