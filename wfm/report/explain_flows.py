"""The amounts that a measure of an option is made of: numerator and denominator, or the months in which cash turns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wfm.report import formats
from wfm.report.explain import Fact, Ground
from wfm.report.words import text

if TYPE_CHECKING:
    import pandas as pd

_NONE = "none"
_COSTS = ("capex", "opex", "risk", "tax", "wc")
_EVERYTHING = (*_COSTS, "benefit")
#: Categories of the ledger whose lines a measure looks at; all of them where it is not named.
CATEGORIES = {
    "investment": ("capex", "wc"),
    "running_cost_year": ("opex", "risk"),
    "benefit_year": ("benefit",),
    "cost_per_contact": _COSTS,
}
_BENEFIT = ("money.average_order", "money.contribution_margin", "money.benefit")
_TIME = ("money.discount_rate", "money.horizon")
_GROWTH = ("money.price_growth", "money.demand_growth")
#: Inputs beyond those of the ledger's lines; ``lead_time`` is that of the option, a section stands for its values.
_INPUTS = {
    "investment": (),
    "running_cost_year": ("lead_time",),
    "benefit_year": (*_BENEFIT, "lead_time"),
    "cost_per_contact": (*_TIME, *_GROWTH, "lead_time"),
    "mirr": (*_TIME, "money.reinvest_rate", *_GROWTH, *_BENEFIT, "lead_time"),
}


def inputs(ground: Ground, measure: str, option: str) -> list[Fact]:
    """The values of the scenario that the measure of the option uses, with their origins."""
    wanted = _INPUTS.get(measure, (*_TIME, *_GROWTH, *_BENEFIT, "lead_time"))
    keys = [f"options.{option}.lead_time" if key == "lead_time" else key for key in wanted]
    return ground.many(*(known for key in keys for known in ground.origins if known == key or known.startswith(f"{key}.")))


def amounts(ground: Ground, measure: str, option: str, value: float) -> list[Fact]:
    """What the measure's definition speaks of, in amounts of this plan."""
    worth, flow = _worth(ground, option), _net(ground, option)
    if measure == "cost_per_contact":
        cost = -sum(worth.get(category, 0.0) for category in _COSTS)
        # The plan keeps the quotient; what it was divided by follows from it.
        answered = cost / value if value else math.nan
        return [_money(ground, "pv_costs", cost), ground.number("pv_contacts", answered, 0, "contacts")]
    if measure in ("payback_months", "payback_from_go_live"):
        return _turn(ground, flow.cumsum())
    if measure == "discounted_payback_months":
        return _turn(ground, _discounted(ground, flow).cumsum())
    if measure == "roi":
        return [_money(ground, "net_total", float(flow.sum())), _measure(ground, "investment", option)]
    if measure == "pi":
        spent = -(worth.get("capex", 0.0) + worth.get("wc", 0.0))
        return [_measure(ground, "npv", option), _money(ground, "pv_investment", spent)]
    if measure == "break_even_uplift":
        uplift = ground.scenario.money.benefit.net()
        known = Fact("uplift", text("fact.uplift", ground.language), uplift, formats.percent(uplift))
        return [_measure(ground, "npv", option), _money(ground, "pv_benefit", worth.get("benefit", 0.0)), known]
    if measure in ("npv", "eaa", "irr"):
        total = sum(worth.get(category, 0.0) for category in _EVERYTHING)
        baseline = sum(_worth(ground, _NONE).values()) if option != _NONE else 0.0
        return [_money(ground, "pv_total", total), _money(ground, "pv_none", baseline)]
    if measure == "funding_need" and len(flow):
        paid = flow.cumsum()
        month = int(paid.to_numpy().argmin())
        return [_money(ground, "cumulative", float(paid.iloc[month]), month=month)]
    return []


def monthly_rate(ground: Ground) -> float:
    """The logarithm of one plus the monthly rate."""
    return math.log1p(ground.scenario.money.discount_rate) / 12


def _worth(ground: Ground, option: str) -> dict[str, float]:
    """Category to present value of its lines."""
    rows = ground.ledger[ground.ledger["option"] == option]
    present = rows["amount"] * (-monthly_rate(ground) * rows["period"]).map(math.exp)
    return {str(category): float(value) for category, value in present.groupby(rows["category"]).sum().items()}


def _net(ground: Ground, option: str) -> pd.Series:
    """Cash of each month less that of none."""
    table = ground.ledger.pivot_table(index="period", columns="option", values="amount", aggfunc="sum", fill_value=0.0)
    months = range(ground.scenario.money.horizon + 1)
    table = table.reindex(index=months, columns=sorted({option, _NONE}), fill_value=0.0)
    return table[option] - table[_NONE]


def _discounted(ground: Ground, flow: pd.Series) -> pd.Series:
    return flow * [math.exp(-monthly_rate(ground) * month) for month in flow.index]


def _turn(ground: Ground, total: pd.Series) -> list[Fact]:
    """The last month in the red and the first one after it; of an option that stays there, the end."""
    months = total.tolist()
    below = [month for month, amount in enumerate(months) if amount < 0]
    told = [month for month in (below[-1], below[-1] + 1) if month < len(months)] if below else []
    return [_money(ground, "cumulative", months[month], month=month) for month in told]


def _measure(ground: Ground, measure: str, option: str) -> Fact:
    table = ground.options
    value = float(table.loc[table["option"] == option, measure].to_numpy(float)[0])
    return _money(ground, measure, value, label=text(f"measures.{measure}", ground.language))


def _money(ground: Ground, key: str, value: float, *, label: str = "", month: int | None = None) -> Fact:
    language = ground.language
    label = label or text(f"fact.{key}", language, **({} if month is None else {"month": month}))
    shown = formats.money(value, language, ground.scenario.currency)
    return Fact(key if month is None else f"{key}.{month}", label, value, shown)
