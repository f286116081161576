"""Group-bys of a plan's tables that figures, page and csv show alike: by day, by time of day, by weekday, by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.peakday.chosen import most_needed

if TYPE_CHECKING:
    import pandas as pd

    from wfm.plan import Plan
    from wfm.steps import Steps


def by_day(plan: Plan | Steps) -> pd.DataFrame:
    """Contacts of each open day: ``date``, ``weekday``, ``contacts``, ``aht`` [s, weighted by contacts], ``q05``, ``q95``.

    The band comes from whole days drawn with their correlations (table ``day_draws``), since quantiles of intervals do not add up;
    it is nan where there are no draws.
    """
    rows = plan.forecast.assign(work=plan.forecast["contacts"] * plan.forecast["aht"])
    days = rows.groupby("date", as_index=False).agg(
        weekday=("weekday", "first"), contacts=("contacts", "sum"), work=("work", "sum")
    )
    days["aht"] = (days.pop("work") / days["contacts"].where(days["contacts"] > 0)).astype(float)
    draws = plan.day_draws
    if draws.empty:
        return days.assign(q05=float("nan"), q95=float("nan"))
    dated = draws.merge(plan.forecast[["start", "queue", "date"]], on=["start", "queue"])
    totals = dated.groupby(["draw", "date"])["contacts"].sum().groupby("date")
    return days.assign(q05=days["date"].map(totals.quantile(0.05)), q95=days["date"].map(totals.quantile(0.95)))


def by_weekday(plan: Plan) -> pd.DataFrame:
    """An average open day of each weekday: ``contacts``; ``agents`` (most needed at once) and ``load`` [erlang] at its busiest."""
    days = by_day(plan).groupby("weekday", as_index=False).agg(contacts=("contacts", "mean"))
    most = plan.requirement.groupby("weekday", as_index=False).agg(agents=("agents", "max"), load=("offered_load", "max"))
    return days.merge(most, on="weekday")


def by_slot(plan: Plan) -> pd.DataFrame:
    """Service by time of day over all days: ``clock`` [s after midnight], ``duration``, the KPIs, and ``formula`` (sl_offered that
    the formula promises with the required agents, weighted by contacts).
    """
    work = plan.requirement[["start", "slot", "duration", "contacts", "sl_offered"]].rename(columns={"sl_offered": "promised"})
    rows = plan.simulation.service.drop(columns=["slot", "duration", "contacts", "promised"], errors="ignore").merge(
        work, on="start"
    )
    rows["promised"] = rows["promised"] * rows["contacts"]
    slots = kpi.totals(rows, ["slot", "duration"])
    extra = rows.groupby(["slot", "duration"], as_index=False)[["promised", "contacts"]].sum()
    shown = kpi.kpis(slots).assign(clock=slots["slot"] * slots["duration"], duration=slots["duration"], offered=slots["offered"])
    return shown.assign(formula=(extra["promised"] / extra["contacts"].where(extra["contacts"] > 0)).to_numpy())


def busiest_day(plan: Plan) -> Any:
    """The first day of those that need the most agents at once; of equals, the one with the most contacts."""
    return most_needed(plan.requirement)["date"]


def by_year(plan: Plan, option: str) -> pd.DataFrame:
    """An option's ledger by category and line (rows) and year (columns; 0 is the start), costs negative."""
    rows = plan.ledger[plan.ledger["option"] == option]
    year = ((rows["period"] + 11) // 12).rename("year")
    return rows.pivot_table(index=["category", "line"], columns=year, values="amount", aggfunc="sum", fill_value=0.0, sort=False)


def cumulative_cash(plan: Plan) -> pd.DataFrame:
    """Cumulative cash of each option minus that of none (columns) by month (index, 0 is the start)."""
    months = range(plan.scenario.money.horizon + 1)
    flows = plan.ledger.pivot_table(index="period", columns="option", values="amount", aggfunc="sum", fill_value=0.0)
    flows = flows.reindex(index=months, columns=plan.options["option"].tolist(), fill_value=0.0)
    return flows.sub(flows["none"], axis=0).drop(columns="none").cumsum()
