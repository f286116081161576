"""M/M/n with patience of any distribution: the integrals over the virtual wait V that all its measures are made of.

V of an arrival has density arrive e^phi(t) / (1/B(n-1, a) + arrive J), phi(t) = arrive H(t) - serve t, H the integral of
the share still there and J the integral of e^phi (Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum, QUESTA 51, 2005).
phi is concave. From its top the integrals are summed outwards, relative to the top, panel by panel: each panel is as wide
as sixteen Gauss-Legendre points resolve both the patience and e^phi, and phi within the panel is integrated rather than
computed, so nothing cancels, however large phi is. Where patience is constant for a while the panel is elementary.

Rates and times are in the distribution's unit of time. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from wfm.erlang.formulas.fate import ENDLESS, STEPS, WILLING, fate, step_at
from wfm.erlang.formulas.gauss import NEXT, NODES, POINTS, RUNNING, TOP, WEIGHTS
from wfm.erlang.formulas.patience import linear_moment
from wfm.erlang.formulas.special import decay_mean

# A panel is fine enough where the last coefficients of its functions are below this; the integrals' error is its square.
RESOLVED = 1e-6
# Where they are below this, a panel of twice the width will do as well.
AMPLE_SPACE = 3e-11
# e^-45 of the top no longer counts.
DEEP = 45.0


class Stay(NamedTuple):
    """Integrals over a span of time of the shares (of the willing) still there and gone."""

    there: float
    gone: float


class Sums(NamedTuple):
    """Integrals over V, in units of e^phi at `top`: of 1, served, lost, V, V served, and patience where it is below V."""

    top: float
    all: float
    served: float
    lost: float
    virtual: float
    served_wait: float
    lost_wait: float


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


def stay(law: Sequence[float], cuts: Sequence[float], low: float, high: float) -> Stay:
    """Integrals of the shares still there and gone, from low to high."""
    there = 0.0
    gone = 0.0
    left = low
    bend = 0.0
    guess = math.inf
    while left < high:
        cut = min(next_cut(cuts, left), high)
        width = min(cut - left, guess)
        if is_flat(law, left):
            share = fate(law, left)
            there += share.stays * width
            gone += share.gone * width
        else:
            while True:
                mean_there = 0.0
                mean_gone = 0.0
                rough = 0.0
                rough_next = 0.0
                for i in range(POINTS):
                    share = fate(law, left + width * NODES[i])
                    mean_there += WEIGHTS[i] * share.stays
                    mean_gone += WEIGHTS[i] * share.gone
                    rough += TOP[i] * share.stays
                    rough_next += NEXT[i] * share.stays
                bend = abs(rough) + abs(rough_next)
                if bend <= RESOLVED or bend * width <= 1e-14 * high:
                    break
                width *= 0.5
            there += mean_there * width
            gone += mean_gone * width
        right = end_of(left, width, cut)
        if right <= left:
            break
        left = right
        guess = 2.0 * width if bend <= AMPLE_SPACE else width
    return Stay(there, gone)


def end_of(left: float, width: float, cut: float) -> float:
    """Where a panel ends: at the cut, if it is within rounding of it."""
    right = left + width
    return cut if cut - right <= 1e-14 * right else right


def rise(law: Sequence[float], cuts: Sequence[float], arrive: float, serve: float, low: float, high: float) -> float:
    """phi(high) - phi(low) for low <= high."""
    return arrive * law[WILLING] * stay(law, cuts, low, high).there - serve * (high - low)


def find_top(law: Sequence[float], cuts: Sequence[float], arrive: float, serve: float) -> float:
    """Where phi is largest, to about nine digits (it is flat there): as many arrive and stay as are served."""
    willing = arrive * law[WILLING]
    if willing <= serve:
        return 0.0
    low = 0.0
    high = next_cut(cuts, 0.0)
    while high < math.inf and willing * fate(law, high).stays > serve:
        low = high
        high = next_cut(cuts, high)
    if high == math.inf:
        high = 2.0 * low + 1.0 / serve
        while willing * fate(law, high).stays > serve:
            low = high
            high *= 2.0
    while high - low > 1e-10 * high and high > 1e-300:
        middle = 0.5 * (low + high)
        if willing * fate(law, middle).stays > serve:
            low = middle
        else:
            high = middle
    return high


def sums(
    law: Sequence[float],
    cuts: Sequence[float],
    arrive: float,
    serve: float,
    top: float,
    low: float,
    high: float,
) -> Sums:
    """Integrals over V from low to high (which may be inf), in units of e^phi at the point of [low, high] nearest to `top`."""
    willing = arrive * law[WILLING]
    top = min(max(top, low), high)
    left = top
    phi = 0.0
    step = DEEP / (arrive + serve)
    while left > low and phi > -DEEP:
        begin = max(left - step, low)
        phi -= rise(law, cuts, arrive, serve, begin, left)
        left = begin
        step *= 2.0
    gone_before = stay(law, cuts, 0.0, left).gone
    total = Sums(top, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    exponents = [0.0] * POINTS
    theres = [0.0] * POINTS
    gones = [0.0] * POINTS
    crooked = 0.0
    guess = 6.0 / max(abs(willing * fate(law, left).stays - serve), 1e-300)
    while left < high:
        if phi < -690.0 and left >= top:
            break
        cut = min(next_cut(cuts, left), high)
        if left < top:
            cut = min(cut, top)
        if is_flat(law, left):
            panel = flat_panel(law, willing, serve, left, cut - left, phi, gone_before)
            width = cut - left
            share = fate(law, left)
            phi += (willing * share.stays - serve) * width
            gone_before += share.gone * width
        else:
            width = min(cut - left, guess)
            if width == math.inf:
                width = 8.0 / serve
            there = 0.0
            gone = 0.0
            while True:
                for i in range(POINTS):
                    share = fate(law, left + width * NODES[i])
                    theres[i] = share.stays
                    gones[i] = share.gone
                there = 0.0
                gone = 0.0
                bend = 0.0
                bend_next = 0.0
                for i in range(POINTS):
                    there += WEIGHTS[i] * theres[i]
                    gone += WEIGHTS[i] * gones[i]
                    bend += TOP[i] * theres[i]
                    bend_next += NEXT[i] * theres[i]
                rough = 0.0
                rough_next = 0.0
                largest = 0.0
                for i in range(POINTS):
                    lived = 0.0
                    for j in range(POINTS):
                        lived += RUNNING[POINTS * i + j] * theres[j]
                    exponents[i] = math.exp(min(phi + width * (willing * lived - serve * NODES[i]), 700.0))
                    rough += TOP[i] * exponents[i]
                    rough_next += NEXT[i] * exponents[i]
                    largest = max(largest, exponents[i])
                load = willing * width
                crooked = (abs(rough) + abs(rough_next)) / largest if largest > 0.0 else 0.0
                if width <= 1e-14 * (left + width) or (
                    crooked <= RESOLVED and load * (abs(bend) + abs(bend_next)) <= 1e-11 + 1e-14 * load
                ):
                    break
                width *= 0.5
            panel = curved_panel(law, left, width, gone_before, exponents, theres, gones)
            phi += width * (willing * there - serve)
            gone_before += width * gone
        total = Sums(
            top,
            total.all + panel.all,
            total.served + panel.served,
            total.lost + panel.lost,
            total.virtual + panel.virtual,
            total.served_wait + panel.served_wait,
            total.lost_wait + panel.lost_wait,
        )
        right = end_of(left, width, cut)
        if right <= left or right == math.inf:
            break
        left = right
        guess = 2.0 * width if crooked <= AMPLE_SPACE else width
        if phi < -DEEP and left > max(top, cuts[0]):
            fall = serve - willing * fate(law, left).stays
            if math.exp(phi) * (left + 1.0 / fall) <= 1e-18 * total.lost_wait * fall:
                break
    return total


def flat_panel(
    law: Sequence[float], willing: float, serve: float, left: float, width: float, phi: float, gone_before: float
) -> Sums:
    """`sums` over a panel in which nobody leaves: phi is linear there."""
    keep = law[WILLING]
    share = fate(law, left)
    growth = (willing * share.stays - serve) * width
    if width < math.inf:
        unit = math.exp(min(phi + max(growth, 0.0), 700.0)) * width
        level = unit * decay_mean(abs(growth))
        moment = left * level + unit * width * linear_moment(growth)
    else:
        fall = serve - willing * share.stays
        level = math.exp(phi) / fall
        moment = (left + 1.0 / fall) * level
    stays = keep * share.stays
    gone = 1.0 - keep + keep * share.gone
    gave_up = keep * max(share.gone * left - gone_before, 0.0)
    return Sums(left, level, stays * level, gone * level, moment, stays * moment, gave_up * level)


def curved_panel(
    law: Sequence[float],
    left: float,
    width: float,
    gone_before: float,
    exponents: Sequence[float],
    theres: Sequence[float],
    gones: Sequence[float],
) -> Sums:
    """`sums` over a panel from e^phi and the shares still there and gone at its points."""
    keep = law[WILLING]
    level = 0.0
    served = 0.0
    lost = 0.0
    moment = 0.0
    served_wait = 0.0
    lost_wait = 0.0
    for i in range(POINTS):
        since = width * NODES[i]
        gone_since = 0.0
        for j in range(POINTS):
            gone_since += RUNNING[POINTS * i + j] * gones[j]
        weight = width * WEIGHTS[i] * exponents[i]
        t = left + since
        level += weight
        served += weight * keep * theres[i]
        lost += weight * (1.0 - keep + keep * gones[i])
        moment += weight * t
        served_wait += weight * keep * theres[i] * t
        lost_wait += weight * keep * max(t * gones[i] - gone_before - width * gone_since, 0.0)
    return Sums(left, level, served, lost, moment, served_wait, lost_wait)


def is_endless(law: Sequence[float], arrive: float, serve: float) -> bool:
    """Whether those who never leave are more than are served."""
    return law[ENDLESS] > 0.0 and arrive * law[ENDLESS] >= serve
