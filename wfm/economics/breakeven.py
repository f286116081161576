"""What would overturn the comparison: every break-even of price, uplift, conversion and size, over the full model (economics A11).

A break-even is a set of points with a winner between them, never a single number assumed to exist: stepped platform prices
make several.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq

from wfm.economics.ledger import BASELINE, cash
from wfm.economics.options import Case, option_lines
from wfm.economics.valuation import monthly_rate, npv

if TYPE_CHECKING:
    import pandas as pd


def roots(function: Callable[[float], float], low: float, high: float, points: int = 41) -> list[float]:
    """Every zero of ``function`` on [low, high] that a scan of ``points`` equal steps can see, ascending.

    A pair of zeros between two neighbouring points stays unseen; raise ``points`` where the function bends.
    """
    at = np.linspace(low, high, points).tolist()
    value = [function(x) for x in at]
    found = [x for x, height in zip(at, value, strict=True) if height == 0]
    brackets = [(at[i], at[i + 1]) for i in range(points - 1) if value[i] * value[i + 1] < 0]
    found += [float(brentq(function, *bracket, xtol=1e-12, rtol=1e-14)) for bracket in brackets]
    return sorted(found)


def option_npv(case: Case, option: str) -> float:
    """NPV of an option less the baseline's, by the month."""
    rate, growth, horizon = monthly_rate(case.money.discount_rate), case.money.price_growth, case.horizon
    own = cash(option_lines(case, option), option, horizon, 12, growth)
    if option == BASELINE:
        return 0.0
    return npv(rate, own - cash(option_lines(case, BASELINE), BASELINE, horizon, 12, growth))


def break_even_uplift(case: Case, option: str) -> float:
    """The sales uplift owed to the centre that makes the option's NPV zero; nan where none up to 1,000 % does, and for none."""
    if option == BASELINE:
        return float("nan")
    found = roots(lambda uplift: option_npv(_with_uplift(case, uplift), option), 0.0, 10.0, 3)
    return found[0] if found else float("nan")


def break_evens(case: Case) -> pd.DataFrame:
    """Every break-even of the case.

    Returns
    -------
    DataFrame
        ``what`` (vendor_price, platform_fee, conversion, uplift), ``option``, ``against`` (another option, or ``none`` for NPV 0),
        ``value``, ``unit``, ``current``, ``wins``: the option beats ``against`` ``below`` or ``above`` the value. One row a root.
        Where there is none up to five times the current vendor price, twenty times the fee, a conversion of 2 or an uplift of
        1,000 %, value is nan and wins says ``always`` or ``never``.
    """
    import pandas as pd

    rows: list[dict[str, object]] = []
    for what, option, unit, current, high, varied in _levers(case):
        rivals = [BASELINE] if what == "uplift" else [name for name in case.options.present() if name != option]
        for against in rivals:
            # What varies belongs to one option only, except the uplift, whose rival is the baseline.
            rival = option_npv(case, against)

            def gap(x: float, varied: Callable[[float], Case] = varied, option: str = option, rival: float = rival) -> float:
                return option_npv(varied(x), option) - rival

            about = {"what": what, "option": option, "against": against, "unit": unit, "current": current}
            found = roots(gap, 0.0, high)
            edges = [0.0, *found, high]
            for i, x in enumerate(found):
                before = gap((edges[i] + x) / 2)
                rows.append(about | {"value": x, "wins": "below" if before > 0 else "above"})
            if not found:
                rows.append(about | {"value": float("nan"), "wins": "always" if gap(current) > 0 else "never"})
    columns = ["what", "option", "against", "value", "unit", "current", "wins"]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "current": float})


def cheapest_intervals(costs: Mapping[str, Callable[[int], float]], sizes: Sequence[int]) -> dict[str, list[tuple[int, int]]]:
    """On which sizes each option is cheapest, as closed intervals of whole sizes; of equals each is cheapest.

    Parameters
    ----------
    costs
        Equivalent annual cost of each option at a size, with its real integer steps.
    sizes
        Consecutive sizes to look at, ascending; an interval that reaches the last one may go on.
    """
    tables = {option: np.array([cost(size) for size in sizes]) for option, cost in costs.items()}
    least = np.min(np.stack(list(tables.values())), axis=0)
    intervals: dict[str, list[tuple[int, int]]] = {}
    for option, table in tables.items():
        edges = np.flatnonzero(np.diff(table <= least, prepend=False, append=False))
        intervals[option] = [(sizes[a], sizes[b - 1]) for a, b in edges.reshape(-1, 2)]
    return intervals


_Lever = tuple[str, str, str, float, float, Callable[[float], Case]]


def _levers(case: Case) -> list[_Lever]:
    options, levers = case.options, list[_Lever]()
    if options.outsourced:
        price = options.outsourced.price.price
        unit = {"per_fte_month": "CNY/FTE/month", "per_seat_month": "CNY/seat/month", "per_contact": "CNY/contact"}
        basis = unit[options.outsourced.price.basis]
        vary = _varied(case, "outsourced", "price", "price")
        levers.append(("vendor_price", "outsourced", basis, price, 5 * price or 50_000.0, vary))
        conversion = options.outsourced.benefit_factor
        levers.append(
            ("conversion", "outsourced", "", conversion, max(2.0, 2 * conversion), _varied(case, "outsourced", "benefit_factor"))
        )
    if options.hosted:
        fee = options.hosted.fee.price
        vary = _varied(case, "hosted", "fee", "price")
        levers.append(("platform_fee", "hosted", "CNY/licence/month", fee, 20 * fee or 10_000.0, vary))
    net = case.money.benefit.net()
    for option in options.present()[1:]:
        levers.append(("uplift", option, "share", net, 10.0, lambda uplift: _with_uplift(case, uplift)))
    return levers


def _varied(case: Case, option: str, *path: str) -> Callable[[float], Case]:
    """The case with one number of one option replaced."""

    def at(x: float) -> Case:
        terms: Any = x
        for depth in range(len(path), 0, -1):
            parent = getattr(case.options, option)
            for name in path[: depth - 1]:
                parent = getattr(parent, name)
            terms = parent.model_copy(update={path[depth - 1]: terms})
        options = case.options.model_copy(update={option: terms})
        return Case(case.money, case.wages, options, case.months)

    return at


def _with_uplift(case: Case, uplift: float) -> Case:
    benefit = case.money.benefit.model_copy(update={"gross_uplift": uplift, "attribution": 1.0})
    return Case(case.money.model_copy(update={"benefit": benefit}), case.wages, case.options, case.months)
