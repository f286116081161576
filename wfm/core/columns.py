"""What the numbers of a column count: the unit of every column of every table, for programs that read one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.core.contracts import CONTRACTS, Column
from wfm.core.kpi import KPIS, TALLIES

if TYPE_CHECKING:
    import pandas as pd

#: What a column without a unit of its own is.
_KINDS = {"share": "share", "text": "text", "instant": "instant, with its zone", "day": "local day", "flag": "true or false"}
_TIMES = ("wait_handled", "wait_abandoned", "handle_time", "busy_time", "staffed_time", "overrun_time")
_OF_ROW = "in the unit of the row's kpi"
_ON_QUEUE = "on queue, simultaneous"

#: Units of columns that stand beside a contract's own, or have none there.
_MORE = {
    "date": "local day",
    "weekday": "0 is Monday",
    "slot": "intervals after the local midnight",
    "duration": "s",
    "contacts": "contacts",
    "aht": "s",
    "q05": "contacts",
    "q95": "contacts",
    "missed": "contacts not answered in time",
    "answered": "contacts",
    "share_of_type": "share",
    "share_of_group": "share",
    "value_answered": "money",
    "value_lost": "money",
    "staffed_hours": "h",
    "busy_hours": "h",
    "overrun_hours": "h",
    "legs": "queues joined",
    "reduction": "times as many replications for unpaired runs",
    "needed": "people present",
    "eating": "people",
    "replications": "replications",
    "replication": "number of the replication",
    "days": "days simulated",
    "value": _OF_ROW,
    "low": _OF_ROW,
    "high": _OF_ROW,
    "direction": "1 at least the bound, -1 at most",
    "bound": "in the unit of the row's target",
    "agents": _ON_QUEUE,
    "present": "people in the building",
    "rostered": "people on the roster of a day",
    "fte": "full-time equivalents, paid",
    "heads": "people on the payroll",
    "seats": "seats",
    "licences_concurrent": "licences",
    "licences_named": "licences",
    "lines": "lines",
    "shifts_per_week": "shifts/week",
    "rostered_shifts": "shifts/week",
    "busiest_week": "shifts/week",
    "busiest_day": "shifts/day",
    "day_of_kind": "shifts/day",
    "hours_per_shift": "h, paid",
    "shifts_per_person_week": "shifts/week",
    "shifts_per_person": "shifts/week",
    "quantity": "in the row's unit",
    "index": "factor on unit_price",
    "sign": "1 comes in, -1 goes out",
    "investment": "money",
    "running_cost_year": "money/year",
    "benefit_year": "money/year",
    "npv": "money",
    "eaa": "money/year",
    "irr": "share/year",
    "irr_roots": "share/year, each",
    "mirr": "share/year",
    "roi": "share of the investment",
    "pv_roi": "share of the investment",
    "pi": "money of present value/money",
    "break_even_uplift": "share of sales",
    "funding_need": "money",
    "cost_per_contact": "money/contact",
    "payback_months": "months",
    "payback_from_go_live": "months",
    "discounted_payback_months": "months",
}
#: Columns that mean something else in one table.
_IN = {
    ("ledger", "period"): "months after the start, 0 is the start",
    ("break_evens", "value"): "in the row's unit",
    ("break_evens", "current"): "in the row's unit",
    ("repairs", "line"): "line of the file, 0 for the whole",
    ("repairs", "rows"): "rows",
    ("day_draws", "draw"): "number of the draw",
    ("weekly_shifts", "shifts"): "shifts",
    ("agent_time", "time"): "s",
    ("service_groups", "busy"): "agents, mean",
    ("service_groups", "overrun"): "agents, mean",
    ("sites", "groups"): "groups",
    **{("bands", quantile): _OF_ROW for quantile in ("q05", "q25", "q50", "q75", "q95")},
    ("beside_cells", "intervals"): "intervals",
    ("beside_cells", "needed"): _ON_QUEUE,
    ("beside_cells", "scheduled"): _ON_QUEUE,
    ("beside_intervals", "needed"): _ON_QUEUE,
    ("beside_intervals", "scheduled"): _ON_QUEUE,
    ("beside_intervals", "beyond"): "-1 below, 1 above the formula by more than chance gives, else 0",
}


def units(table: pd.DataFrame, name: str) -> dict[str, str]:
    """Unit of each column of a table, "" for numbers of a column that no table of ours has.

    Parameters
    ----------
    name
        The table's, or that of its contract.
    """
    own = CONTRACTS[name].columns if name in CONTRACTS else {}
    return {column: _unit(column, name, own) or _kind(table[column]) for column in map(str, table.columns)}


def _unit(column: str, name: str, own: dict[str, Column]) -> str:
    base = column.removesuffix("_low").removesuffix("_high")
    if (name, column) in _IN:
        return _IN[name, column]
    if column in own:
        return own[column].unit or _MORE.get(column, "") or _KINDS.get(own[column].kind, "")
    if base in KPIS:
        return KPIS[base].unit
    if name == "beside_cells" and base.startswith(("formula_", "simulated", "difference", "by_")):
        return _OF_ROW
    if name == "beside_intervals":
        # What a reason makes is told of sl_offered; the other columns begin with the name of their KPI.
        kpi = "sl_offered" if base.startswith("by_") else next((each for each in KPIS if base.startswith(f"{each}_")), "")
        if kpi:
            return KPIS[kpi].unit
    if column in TALLIES or column in _TIMES:
        return "s" if column in _TIMES else "contacts"
    if base == "met" or base.startswith("met_"):
        return "share of days"
    # A table that answers another carries its columns along.
    beside = (contract.columns[column] for contract in CONTRACTS.values() if column in contract.columns)
    return _MORE.get(column) or next((rule.unit or _KINDS.get(rule.kind, "") for rule in beside), "")


def _kind(column: pd.Series) -> str:
    """What a column of texts or flags is by its cells."""
    return {"b": _KINDS["flag"], "M": _KINDS["instant"]}.get(
        column.dtype.kind, "" if column.dtype.kind in "iuf" else _KINDS["text"]
    )
