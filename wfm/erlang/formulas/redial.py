"""Redials (Erlang X): who hangs up, or finds all lines busy, may dial again at once, and adds to the arrivals.

With L attempts per unit of time, of which P_ab(L) hang up and P_bl(L) are blocked, and a customers, L solves
L (1 - r_ab P_ab(L) - r_bl P_bl(L)) = a: redials count as further Poisson traffic (`domain/theory.md` 1.8). The left side
grows with L, so the root is bracketed and found by Chandrupatla's method (Adv. Eng. Software 28, 1997); iterating
L <- a + r L P(L) instead would crawl where it matters, in overload. Where even endless attempts do not bring a customers in,
as when everybody redials for ever and there are too few agents, L is inf. Plain Python; compiled in `wfm.erlang.kernels`.
"""

import math

from wfm.erlang.formulas.kpis import (
    ABANDON_RATE_OFFERED,
    ABANDON_WITHIN,
    ATTEMPTS_PER_CUSTOMER,
    BLOCKING,
    CUSTOMER_LOST,
    MEAN_TIME_TO_ABANDON,
    OCCUPANCY,
    OFFERED_ATTEMPTS,
    P_NO_WAIT,
    P_VIRTUAL_LONGER,
    P_WAIT,
    P_WAIT_LONGER,
    SL_ACCEPTED,
)
from wfm.erlang.formulas.lines import measure_lines

# A load past this many times that of the customers is held endless.
MOST_ATTEMPTS = 1e12


def given_up(n: float, lines: float, a: float, patience: float, by_abandon: float, by_block: float) -> float:
    """Share of a attempts that hang up or are blocked, each with its weight."""
    share = 0.0
    if by_abandon > 0.0:
        share += by_abandon * measure_lines(ABANDON_RATE_OFFERED, n, lines, a, patience, 0.0)
    if by_block > 0.0:
        share += by_block * measure_lines(BLOCKING, n, lines, a, patience, 0.0)
    return share


def most_customers(n: float, lines: float, patience: float, redial_abandon: float, redial_block: float) -> float:
    """Customers that get in or give up per unit of time when attempts are without end; inf where there is no such bound."""
    if lines == math.inf:
        return n if redial_abandon == 1.0 else math.inf
    if redial_block < 1.0:
        return math.inf
    used = min(n, lines)
    if lines == used or redial_abandon == 1.0:
        return used
    return used + (1.0 - redial_abandon) * (lines - used) / patience if patience > 0.0 else math.inf


def attempts(n: float, lines: float, a: float, patience: float, redial_abandon: float, redial_block: float) -> float:
    """Attempts per mean handle time that come of a customers; inf where these never get in."""
    if a == 0.0 or (redial_abandon == 0.0 and (redial_block == 0.0 or lines == math.inf)):
        return a
    if a >= most_customers(n, lines, patience, redial_abandon, redial_block):
        return math.inf
    low, below = a, -a * given_up(n, lines, a, patience, redial_abandon, redial_block)
    if below == 0.0:
        return a
    most = redial_abandon if lines == math.inf else max(redial_abandon, redial_block)
    high = min(a / (1.0 - most) if most < 1.0 else math.inf, 2.0 * a)
    above = high * (1.0 - given_up(n, lines, high, patience, redial_abandon, redial_block)) - a
    while above < 0.0:
        low, below = high, above
        high *= 2.0
        if high > MOST_ATTEMPTS * a:
            return math.inf
        above = high * (1.0 - given_up(n, lines, high, patience, redial_abandon, redial_block)) - a
    # Chandrupatla: inverse quadratic interpolation where the last three points bear it, else bisection.
    x1, f1, x2, f2 = high, above, low, below
    x3, f3 = x1, f1
    step = 0.5
    for _ in range(200):
        x = x1 + step * (x2 - x1)
        f = x * (1.0 - given_up(n, lines, x, patience, redial_abandon, redial_block)) - a
        if (f > 0.0) == (f1 > 0.0):
            x3, f3 = x1, f1
        else:
            x3, f3, x2, f2 = x2, f2, x1, f1
        x1, f1 = x, f
        best = x1 if abs(f1) < abs(f2) else x2
        least = 2e-16 * best / max(abs(x2 - x1), 1e-300)
        if least > 0.5 or f1 == 0.0 or f2 == 0.0:
            return best
        step = 0.5
        xi = (x1 - x2) / (x3 - x2) if x3 != x2 else 2.0
        phi = (f1 - f2) / (f3 - f2) if f3 != f2 else 2.0
        if phi * phi < xi and (1.0 - phi) * (1.0 - phi) < 1.0 - xi:
            step = f1 / (f2 - f1) * f3 / (f2 - f3) + (x3 - x1) / (x2 - x1) * f1 / (f3 - f1) * f2 / (f3 - f2)
        step = min(max(step, least), 1.0 - least)
    return best


def measure_redial(
    kpi: int,
    n: float,
    lines: float,
    a: float,
    patience: float,
    redial_abandon: float,
    redial_block: float,
    threshold: float,
) -> float:
    """KPI number `kpi` with a customers per mean handle time; per attempt, except for those that name customers."""
    if not (0.0 <= redial_abandon <= 1.0 and 0.0 <= redial_block <= 1.0 and 0.0 <= a < math.inf):
        return math.nan
    load = attempts(n, lines, a, patience, redial_abandon, redial_block)
    if load == math.inf:
        return hopeless(kpi, n, lines, a, patience, threshold)
    if kpi == OFFERED_ATTEMPTS:
        return load
    if kpi == ATTEMPTS_PER_CUSTOMER:
        return load / a if a > 0.0 else 1.0
    if kpi == CUSTOMER_LOST:
        if a == 0.0:
            return 0.0
        return load / a * given_up(n, lines, load, patience, 1.0 - redial_abandon, 1.0 - redial_block)
    return measure_lines(kpi, n, lines, load, patience, threshold)


def hopeless(kpi: int, n: float, lines: float, a: float, patience: float, threshold: float) -> float:
    """The KPI where attempts grow without end: no attempt gets anywhere, all agents are busy, and waits are inf.

    Of a customers the agents still serve n at most, so that `customer_lost` is the share never served.
    """
    used = min(n, lines)
    open_ended = lines == math.inf
    if kpi in (OFFERED_ATTEMPTS, ATTEMPTS_PER_CUSTOMER):
        return math.inf
    if kpi == CUSTOMER_LOST:
        return max(a - used, 0.0) / a
    if kpi <= P_NO_WAIT or kpi == SL_ACCEPTED:
        return 0.0
    if kpi == OCCUPANCY:
        return used / n if n > 0.0 else math.nan
    if kpi == BLOCKING:
        return 0.0 if open_ended else 1.0
    if kpi in (ABANDON_RATE_OFFERED, P_WAIT):
        return 1.0 if open_ended else 0.0
    if kpi in (ABANDON_WITHIN, P_WAIT_LONGER):
        stay = math.exp(-threshold / patience) if patience > 0.0 else 0.0
        if not open_ended:
            return 0.0
        return stay if kpi == P_WAIT_LONGER else 1.0 - stay
    if kpi == P_VIRTUAL_LONGER:
        return 1.0
    return patience if kpi == MEAN_TIME_TO_ABANDON and open_ended else math.inf
