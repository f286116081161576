"""The pieces that the integrals over the virtual wait are summed from: how wide each may be, and its share of the sums.

A panel is narrow enough that sixteen Gauss-Legendre points resolve both the patience (`reach`) and e^phi, which changes by
no more than e^FALL within it. phi in the panel is integrated from the rate it changes at rather than computed, so nothing
cancels, however large phi is. Where nobody leaves phi is linear and the panel elementary. Nothing is refined: the widths
follow from the patience's scales and from phi being concave, so the panels are few.

Rates and times are in the distribution's unit of time. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from wfm.erlang.formulas.fate import STEPS, WILLING, fate, reach, step_at
from wfm.erlang.formulas.gauss import NODES, POINTS, RUNNING, WEIGHTS
from wfm.erlang.formulas.patience import linear_moment
from wfm.erlang.formulas.special import decay_mean

# Logarithm of how much e^phi may change within a panel.
FALL = 12.0
# The largest power of e with room to spare for a sum.
HIGHEST = 700.0


class Sums(NamedTuple):
    """Integrals of e^phi over V: of 1, share served, share lost, V, V where served, and patience where it is below V."""

    all: float
    served: float
    lost: float
    virtual: float
    served_wait: float
    lost_wait: float


class Panel(NamedTuple):
    """What a panel adds: to the sums, to phi, and to the integral of the share gone."""

    sums: Sums
    gain: float
    gone: float


def add(one: Sums, other: Sums) -> Sums:
    """The sums of two spans together."""
    return Sums(
        one.all + other.all,
        one.served + other.served,
        one.lost + other.lost,
        one.virtual + other.virtual,
        one.served_wait + other.served_wait,
        one.lost_wait + other.lost_wait,
    )


def next_cut(cuts: Sequence[float], t: float) -> float:
    """The first of the cuts after t; inf where there is none."""
    low = -1
    high = len(cuts)
    while high - low > 1:
        middle = (low + high) // 2
        if cuts[middle] <= t:
            low = middle
        else:
            high = middle
    return cuts[high] if high < len(cuts) else math.inf


def is_flat(law: Sequence[float], t: float) -> bool:
    """Whether nobody leaves from t to the next cut."""
    if law[0] != STEPS:
        return False
    count = int(law[5])
    i = step_at(law, t)
    return i < count - 1 or law[4] == math.inf or law[6 + count + i] == 0.0


def panel_end(law: Sequence[float], cuts: Sequence[float], left: float, high: float, tiny: float) -> float:
    """How far from `left` the patience is resolved: at most to the next cut and to `high`, and always some way."""
    cut = min(next_cut(cuts, left), high)
    if is_flat(law, left):
        return cut
    right = max(reach(law, left, tiny), left * (1.0 + 1e-15))
    return cut if right >= cut * (1.0 - 1e-14) else right


def slope_at(law: Sequence[float], arrive: float, serve: float, t: float) -> float:
    """The slope of phi at t: who comes and stays, less who is served."""
    return arrive * law[WILLING] * fate(law, t).stays - serve


def width_within(law: Sequence[float], arrive: float, serve: float, t: float, most: float, side: float) -> float:
    """A width, up to `most`, such that phi falls from t outwards (side 1: later, -1: earlier) by no more than FALL.

    phi is concave, so it falls by no more than the width times its slope at the far end, and by no less than the width
    times its slope at t; the width is found between the two to some percent.
    """
    least = FALL / (serve if side > 0.0 else arrive)
    most = min(most, FALL / max(-side * slope_at(law, arrive, serve, t), 1e-300))
    if most <= least or most * abs(slope_at(law, arrive, serve, t + side * most)) <= FALL:
        return most
    while most > 1.2 * least:
        middle = math.sqrt(least) * math.sqrt(most)
        if middle * abs(slope_at(law, arrive, serve, t + side * middle)) <= FALL:
            least = middle
        else:
            most = middle
    return least


def flat_panel(
    law: Sequence[float], arrive: float, serve: float, left: float, width: float, phi: float, gone_before: float
) -> Panel:
    """A panel in which nobody leaves, of any width, inf included: phi is linear there."""
    keep = law[WILLING]
    share = fate(law, left)
    slope = arrive * keep * share.stays - serve
    growth = slope * width
    if width < math.inf:
        unit = math.exp(min(phi + max(growth, 0.0), HIGHEST)) * width
        level = unit * decay_mean(abs(growth))
        moment = left * level + unit * width * linear_moment(growth)
    else:
        level = math.exp(phi) / -slope
        moment = (left - 1.0 / slope) * level
    stays = keep * share.stays
    gone = 1.0 - keep + keep * share.gone
    gave_up = keep * max(share.gone * left - gone_before, 0.0)
    return Panel(Sums(level, stays * level, gone * level, moment, stays * moment, gave_up * level), growth, share.gone * width)


def curved_panel(
    law: Sequence[float],
    arrive: float,
    serve: float,
    left: float,
    width: float,
    phi: float,
    gone_before: float,
    theres: list[float],
    gones: list[float],
) -> Panel:
    """A panel by quadrature; `theres` and `gones` are room for the shares at its points."""
    keep = law[WILLING]
    gain = 0.0
    gone = 0.0
    for i in range(POINTS):
        share = fate(law, left + width * NODES[i])
        theres[i] = share.stays
        gones[i] = share.gone
        gain += WEIGHTS[i] * (arrive * keep * share.stays - serve)
        gone += WEIGHTS[i] * share.gone
    total = Sums(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for i in range(POINTS):
        lived = 0.0
        gone_since = 0.0
        for j in range(POINTS):
            lived += RUNNING[POINTS * i + j] * theres[j]
            gone_since += RUNNING[POINTS * i + j] * gones[j]
        t = left + width * NODES[i]
        height = phi + width * (arrive * keep * lived - serve * NODES[i])
        weight = width * WEIGHTS[i] * math.exp(min(height, HIGHEST))
        served = weight * keep * theres[i]
        lost = weight * (1.0 - keep + keep * gones[i])
        gave_up = keep * max(t * gones[i] - gone_before - width * gone_since, 0.0)
        total = add(total, Sums(weight, served, lost, weight * t, served * t, weight * gave_up))
    return Panel(total, width * gain, width * gone)
