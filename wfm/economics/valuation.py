"""Measures of an investment's cash flows, each with its one definition (economics A10).

Flows are ``flows[0..T]``, one number a period, element 0 at once and the others at the period's end; rates are effective rates
a period. Measures that do not exist for some flows return None (or say why), never a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from wfm.core.errors import InputError, Problem
from wfm.economics.exponential_sum import real_zeros

Vector = NDArray[np.float64]
Flows = Sequence[float] | Vector


@dataclass(frozen=True)
class InternalRate:
    """Every internal rate of return of a vector of flows.

    Attributes
    ----------
    roots
        All rates > -1 with a net present value of 0, ascending.
    reason
        Why there is none, or "".
    """

    roots: tuple[float, ...]
    reason: str = ""

    @property
    def multiple(self) -> bool:
        """More than one rate: none of them ranks anything."""
        return len(self.roots) > 1

    @property
    def value(self) -> float | None:
        """The rate where there is exactly one, else None."""
        return self.roots[0] if len(self.roots) == 1 else None


@dataclass(frozen=True)
class Payback:
    """When the money is back.

    Attributes
    ----------
    periods
        Time from period 0 to the last upward crossing of the cumulative flow, after which it stays at 0 or more; None if it
        never does.
    multiple
        The cumulative flow falls below zero more than once, so an earlier crossing did not last.
    """

    periods: float | None
    multiple: bool = False


def monthly_rate(annual: float) -> float:
    """The monthly rate with the same effect in a year: ``(1 + r)^(1/12) - 1`` (10 % a year is 0.797414 % a month)."""
    return float(np.expm1(np.log1p(_checked_rate(annual)) / 12))


def annual_rate(monthly: float) -> float:
    """The annual rate with the same effect as ``monthly`` twelve times over."""
    return float(np.expm1(np.log1p(_checked_rate(monthly)) * 12))


def npv(rate: float, flows: Flows) -> float:
    """Net present value ``sum flows[t] / (1 + rate)^t``, the first flow undiscounted (Excel's NPV starts one period later).

    Raises
    ------
    InputError
        ``rate`` is not above -1, or ``flows`` is empty or not finite.
    """
    return float(np.sum(discounted(rate, flows)))


def discounted(rate: float, flows: Flows) -> Vector:
    """Each flow at its present value; shape of ``flows``."""
    cash = _checked(flows)
    return np.asarray(cash * (1 + _checked_rate(rate)) ** -np.arange(len(cash), dtype=float), dtype=np.float64)


def xnpv(rate: float, flows: Flows, dates: Sequence[date]) -> float:
    """Net present value of dated flows, ``sum flows[i] / (1 + rate)^(days_i / 365)``, days counted from the earliest date."""
    cash, years = _dated(flows, dates)
    return float(np.sum(cash * (1 + _checked_rate(rate)) ** -years))


def irr(flows: Flows) -> InternalRate:
    """Every internal rate of return, per period.

    All real roots > -1 are found: ``[-1000, 2500, -1540]`` has 10 % and 40 %; a library that returns one of them hides the other.
    """
    cash = _checked(flows)
    return _rates(np.arange(len(cash), dtype=float), cash)


def xirr(flows: Flows, dates: Sequence[date]) -> InternalRate:
    """Every annual internal rate of return of dated flows (365-day years)."""
    cash, years = _dated(flows, dates)
    return _rates(years, cash)


def mirr(flows: Flows, finance_rate: float, reinvest_rate: float) -> float | None:
    """Modified internal rate of return: gains reinvested at one rate, spending financed at another; None without both signs."""
    cash = _checked(flows)
    time = np.arange(len(cash), dtype=float)
    gains = float(np.sum(np.maximum(cash, 0) * (1 + _checked_rate(reinvest_rate)) ** (time[-1] - time)))
    spending = -float(np.sum(np.minimum(cash, 0) * (1 + _checked_rate(finance_rate)) ** -time))
    if gains <= 0 or spending <= 0:
        return None
    return float((gains / spending) ** (1 / time[-1]) - 1)


def payback(flows: Flows) -> Payback:
    """When the cumulative flow reaches 0 for good, linear inside the period.

    Flows that never go below zero are paid back at once (0 periods). ``[-100, 120, -50, 60]`` crosses at 0.83, dips, and is
    paid back after 2.5 periods, with the flag.
    """
    total = np.cumsum(_checked(flows))
    # Sums of many flows come back to zero only up to rounding.
    total[np.abs(total) <= 1e-12 * np.max(np.abs(total), initial=0.0)] = 0.0
    below = total < 0
    multiple = int(np.count_nonzero(np.diff(below, prepend=False) & below)) > 1
    if below[-1]:
        return Payback(None, multiple)
    if not below.any():
        return Payback(0.0)
    last = int(np.flatnonzero(below)[-1])
    return Payback(last + float(-total[last] / (total[last + 1] - total[last])), multiple)


def discounted_payback(rate: float, flows: Flows) -> Payback:
    """Payback of the discounted flows."""
    return payback(discounted(rate, flows))


def roi(flows: Flows, investment: float | None = None) -> float | None:
    """Return on investment, our default reading: (undiscounted net benefits - investment) / investment over the whole horizon.

    Parameters
    ----------
    flows
        Net flows with the investment in them.
    investment
        The money put in, positive; by default the outlay of period 0. None comes back where it is not positive.
    """
    cash = _checked(flows)
    invested = -cash[0] if investment is None else investment
    return float(np.sum(cash)) / float(invested) if invested > 0 else None


def pv_roi(rate: float, flows: Flows, investment: float | None = None) -> float | None:
    """NPV / present value of the investment: the discounted reading of the return on investment."""
    invested = -float(_checked(flows)[0]) if investment is None else investment
    return npv(rate, flows) / invested if invested > 0 else None


def pi(rate: float, flows: Flows, investment: float | None = None) -> float | None:
    """Profitability index ``1 + NPV / PV(investment)``."""
    ratio = pv_roi(rate, flows, investment)
    return None if ratio is None else 1 + ratio


def annuity(rate: float, periods: int) -> float:
    """Present value of 1 at the end of each of ``periods`` periods (2.486852 for 10 %, 3); ``periods`` where the rate is 0."""
    if periods < 1:
        raise InputError(Problem("an annuity needs at least one period", key="periods", value=periods))
    return float(np.sum((1 + _checked_rate(rate)) ** -np.arange(1, periods + 1, dtype=float)))


def eaa(rate: float, flows: Flows) -> float:
    """Equivalent annuity of the NPV over the flows' own life (``len(flows) - 1`` periods): compares unequal lives."""
    return npv(rate, flows) / annuity(rate, len(flows) - 1)


def funding_need(flows: Flows) -> float:
    """The most money tied up at any time: minus the lowest cumulative flow, 0 where it never goes below zero (S1-22)."""
    return max(0.0, -float(np.min(np.cumsum(_checked(flows)))))


def levelised(rate: float, costs: Flows, volumes: Flows) -> float | None:
    """PV(costs) / PV(volumes): the price a unit that would just pay for the costs; None without volume."""
    volume = npv(rate, volumes)
    return npv(rate, costs) / volume if volume > 0 else None


def after_tax(
    operating: Flows,
    tax_rate: float,
    capex: float,
    depreciation: Flows,
    salvage: float = 0.0,
    book: float = 0.0,
    working_capital: float = 0.0,
) -> Vector:
    """Flows after tax: ``(R - C)(1 - tax) + tax x depreciation``, less capex and working capital at 0, which comes back at the end.

    Parameters
    ----------
    operating, depreciation
        Periods 1..T: result before depreciation and tax, and the depreciation allowed.
    salvage, book
        What the equipment still brings at the end, and what it still stands in the books for; their difference is taxed.
    """
    result, allowed = _checked(operating), _checked(depreciation)
    later = result * (1 - tax_rate) + tax_rate * allowed
    later[-1] += salvage - tax_rate * (salvage - book) + working_capital
    return np.concatenate([[-capex - working_capital], later])


def _rates(times: Vector, cash: Vector) -> InternalRate:
    if not cash.any():
        return InternalRate((), "all flows are zero: every rate would do")
    if not ((cash > 0).any() and (cash < 0).any()):
        return InternalRate((), "the flows never change sign: nothing is " + ("paid back" if cash.min() < 0 else "spent"))
    with np.errstate(over="ignore"):
        rates = np.expm1(np.asarray(real_zeros(times, cash)))
    roots = tuple(float(rate) for rate in rates if -1 < rate < np.inf)
    return InternalRate(roots, "" if roots else "the net present value is zero at no rate above -100 %")


def _checked(flows: Flows) -> Vector:
    cash = np.array(flows, dtype=float)
    if cash.ndim != 1 or len(cash) == 0:
        raise InputError(Problem("flows are a vector with at least one period", key="flows", value=cash.shape))
    bad = np.flatnonzero(~np.isfinite(cash))
    if len(bad):
        raise InputError(Problem("flows are finite numbers", key=f"flows[{bad[0]}]", value=float(cash[bad[0]])))
    return cash


def _checked_rate(rate: float) -> float:
    if not (np.isfinite(rate) and rate > -1):
        raise InputError(Problem("a rate is a finite number above -1", key="rate", value=rate, way_out="Write 10 % as 0.10"))
    return rate


def _dated(flows: Flows, dates: Sequence[date]) -> tuple[Vector, Vector]:
    cash = _checked(flows)
    if len(dates) != len(cash):
        raise InputError(
            Problem("every flow needs one date", "dates", len(dates), "There are {count} flows", values={"count": len(cash)})
        )
    first = min(dates)
    return cash, np.array([(day - first).days for day in dates], dtype=float) / 365
