"""The tables on the arrows: names, types, units and key of each (DESIGN section 2).

Steps meet only through these frames, so a user's own frame can stand in for any of them. `check` says what is wrong with one.
Extra columns are welcome and pass through.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wfm.core.errors import InputError, Phrase, Problem

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Column:
    """One column: its kind ("instant", "day", "number", "share", "whole", "text", "flag"), unit, and whether it may be absent,
    empty or infinite.
    """

    kind: str
    unit: str = ""
    optional: bool = False
    empty: bool = False
    minimum: float | None = 0.0
    infinite: bool = False


@dataclass(frozen=True)
class Contract:
    """A table: its key and its columns."""

    key: tuple[str, ...]
    columns: dict[str, Column]


_START = Column("instant", "start of the interval, with its zone")
_COUNT = Column("number", "contacts")
_MAYBE = Column("number", "contacts", optional=True, empty=True)
# Of a forecast: what a planner's own may lack (`wfm.forecast.bands.completed`).
_BAND = Column("number", "contacts", optional=True)

#: Kinds of people on the payroll (`wfm.capacity.People.kinds`).
KINDS = ("full_time", "part_time", "leader")

CONTRACTS: dict[str, Contract] = {
    "history": Contract(("start", "queue"), {
        "start": _START, "queue": Column("text"), "offered": Column("number", "contacts", empty=True),
        "handled": _MAYBE, "abandoned": _MAYBE, "answered_within": _MAYBE,
        "handle_time": Column("number", "s, summed", optional=True, empty=True),
    }),
    "forecast": Contract(("start", "queue"), {
        "start": _START, "queue": Column("text"), "contacts": _COUNT, "aht": Column("number", "s"),
        "contacts_q05": _BAND, "contacts_q25": _BAND, "contacts_q75": _BAND, "contacts_q95": _BAND,
        "day_cv": Column("number", "coefficient of variation of the day's level beyond Poisson", optional=True),
        "slot_cv": Column("number", "coefficient of variation of the interval within the day beyond Poisson", optional=True),
        "event": Column("text", "phase of an event that has its say, empty for none", optional=True, empty=True),
    }),
    "day_draws": Contract(("draw", "start", "queue"), {
        "draw": Column("whole"), "start": _START, "queue": Column("text"), "contacts": _COUNT,
    }),
    "workload": Contract(("start", "contact_type"), {
        "start": _START, "contact_type": Column("text"), "arrival_rate": Column("number", "1/s"), "aht": Column("number", "s"),
        "offered_load": Column("number", "erlang"), "channel": Column("text"), "duration": Column("number", "s"),
    }),
    "requirement": Contract(("start", "group"), {
        "start": _START, "group": Column("text"), "method": Column("text"),
        "agents": Column("number", "on queue, simultaneous", infinite=True),
        "binding": Column("text", "the target that asks for the most agents"), "offered_load": Column("number", "erlang"),
        "sl_offered": Column("share", empty=True), "answer_rate": Column("share", empty=True),
        "occupancy": Column("share", empty=True),
        "asa_answered": Column("number", "s", empty=True, infinite=True),
    }),
    "schedule": Contract(("shift", "start"), {
        "shift": Column("text", "template and start"), "start": _START, "end": Column("instant"), "activity": Column("text"),
        "group": Column("text"), "people": Column("whole", "people who work this shift"), "cost": Column("number",
        "money", optional=True),
    }),
    "cover": Contract(("start", "group"), {
        "start": _START, "group": Column("text"), "present": Column("number", "people in the building, breaks taken out"),
        "agents": Column("number", "on queue, mean after in-office shrinkage"), "required": Column("number", "on queue",
        infinite=True), "short": Column("number", "agents missing", infinite=True),
    }),
    "contacts": Contract(("replication", "contact", "attempt"), {
        "replication": Column("whole"), "contact": Column("whole"), "attempt": Column("whole"), "type": Column("text"),
        "arrival": Column("instant"), "outcome": Column("text", "handled, abandoned or blocked"),
        "wait": Column("number", "s"), "handle_time": Column("number", "s", empty=True),
    }),
    "service": Contract(("start", "group"), {
        "start": _START, "group": Column("text"), "kpi": Column("text", optional=True),
        "replications": Column("whole"),
    }),
    "people": Contract(("period", "site"), {
        "period": Column("text"), "site": Column("text"), "agents": Column("number"), "present": Column("number"),
        "rostered": Column("number"), "fte": Column("number"), "heads": Column("whole"), "seats": Column("whole"),
        "licences_concurrent": Column("whole"), "licences_named": Column("whole"), "lines": Column("whole"),
    }),
    "heads": Contract(("kind",), {
        "kind": Column("text", "full_time, part_time or leader"), "heads": Column("whole"),
        "paid_hours_month": Column("number", "h"), "fte": Column("number", optional=True, empty=True),
        "shifts_per_week": Column("number", optional=True, empty=True),
        "rostered_shifts": Column("number", optional=True, empty=True),
        "shifts_per_person": Column("number", optional=True, empty=True),
    }),
    "ledger": Contract(("option", "period", "line"), {
        "option": Column("text"), "period": Column("whole"), "line": Column("text"), "category": Column("text"),
        "quantity": Column("number", minimum=None), "unit": Column("text"), "unit_price": Column("number", "money", minimum=None),
        "price_date": Column("text"), "index": Column("number"), "amount": Column("number", "money, signed", minimum=None),
        "origin": Column("text"), "source": Column("text"), "formula": Column("text"),
    }),
}  # fmt: skip


def check(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table itself if it keeps the contract ``name``.

    Raises
    ------
    InputError
        With one problem a broken rule: the column, the first bad row and value, and how many rows break it.
    """
    import pandera.errors

    contract = CONTRACTS[name]
    missing = [column for column, rule in contract.columns.items() if not rule.optional and column not in table.columns]
    if missing:
        have = ", ".join(map(str, table.columns)) or Phrase("no columns")
        told = [{"table": name, "column": column, "have": have} for column in missing]
        raise InputError(*(Problem("the {table} table has no column '{column}'", way_out="It has: {have}", values=v) for v in told))
    try:
        _schema(name).validate(table, lazy=True)
    except pandera.errors.SchemaErrors as error:
        raise InputError(*_problems(error.failure_cases, name, contract.key)) from None
    problem = _together(table, name)
    if problem is not None:
        raise InputError(problem)
    return table


def _together(table: pd.DataFrame, name: str) -> Problem | None:
    """What is wrong with cells that are fine one by one."""
    if name == "heads":
        strange = table.index[~table["kind"].isin(KINDS)]
        if len(strange):
            values = {"kinds": ", ".join(KINDS)}
            return Problem("no such kind of work", "kind", table["kind"][strange[0]], "Kinds: {kinds}", values=values)
    if name in ("forecast", "workload"):
        arrives = table["contacts" if name == "forecast" else "arrival_rate"] > 0
        instant = table.index[arrives & (table["aht"] == 0)]
        if len(instant):
            message = "the {table} table has contacts that take no time; {rows} rows, the first is row {row}"
            return Problem(message, "aht", 0, values={"table": name, "rows": len(instant), "row": instant[0]})
    return None


def _schema(name: str) -> Any:
    import pandera.pandas as pa

    contract = CONTRACTS[name]
    columns = {
        column: pa.Column(None, checks=_checks(rule), nullable=rule.empty, required=not rule.optional)
        for column, rule in contract.columns.items()
    }
    return pa.DataFrameSchema(columns, unique=list(contract.key))


def _checks(rule: Column) -> list[Any]:
    import pandas as pd
    import pandera.pandas as pa

    def numbers(series: pd.Series) -> bool:
        return bool(pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series))

    checks = {
        "instant": [pa.Check(lambda s: isinstance(s.dtype, pd.DatetimeTZDtype), error="instants with a time zone")],
        "day": [pa.Check(pd.api.types.is_datetime64_any_dtype, error="dates")],
        "text": [pa.Check(lambda s: s.map(lambda v: isinstance(v, str)), error="text")],
        "flag": [pa.Check(pd.api.types.is_bool_dtype, error="true or false")],
        "whole": [pa.Check(pd.api.types.is_integer_dtype, error="whole numbers")],
        "number": [pa.Check(numbers, error="numbers")],
        "share": [pa.Check(numbers, error="numbers"), pa.Check(lambda s: s <= 1 + 1e-9, error="at most 1")],
    }[rule.kind]
    if rule.kind in ("number", "share", "whole"):
        # `inf` agents are an honest answer (an unreachable target); elsewhere a negative number is a mistake.
        if rule.minimum is not None:
            checks.append(pa.Check(lambda s: ~(s < rule.minimum), error=f"{rule.minimum:g} or more"))
        checks.append(pa.Check(lambda s: (s != -math.inf) & (rule.infinite | (s != math.inf)), error="finite"))
    return checks


# What each rule asks for, to be said in either language; what pandera calls its own rules stands beside ours.
_RULES = {
    "instants with a time zone": Phrase("instants with a time zone"),
    "dates": Phrase("dates"),
    "text": Phrase("text"),
    "true or false": Phrase("true or false"),
    "whole numbers": Phrase("whole numbers"),
    "numbers": Phrase("numbers"),
    "at most 1": Phrase("shares, at most 1"),
    "0 or more": Phrase("numbers, 0 or more"),
    "finite": Phrase("finite numbers"),
    "not_nullable": Phrase("a value in every row"),
}


def _problems(cases: pd.DataFrame, name: str, key: tuple[str, ...]) -> list[Problem]:
    problems: list[Problem] = []
    twice = cases[cases["check"] == "multiple_fields_uniqueness"]
    if len(twice):
        rows = twice["index"].drop_duplicates()
        values = {"table": name, "rows": len(rows), "row": rows.iloc[0]}
        problems.append(
            Problem("the {table} table has {rows} rows of one key, the first is row {row}", ", ".join(key), values=values)
        )
    told: set[object] = set()
    for (column, rule), group in cases.drop(index=twice.index).groupby(["column", "check"], dropna=False, sort=False):
        if column in told:  # what is no number is not told again to be below 0
            continue
        told.add(column)
        first, what = group.iloc[0], _RULES.get(str(rule), rule)
        if first["index"] is None:
            problems.append(Problem("the {table} table wants {what} here", str(column), values={"table": name, "what": what}))
            continue
        values = {"table": name, "what": what, "rows": len(group), "row": first["index"]}
        message = "the {table} table wants {what} here; {rows} rows are not, the first is row {row}"
        value = first["failure_case"]
        problems.append(Problem(message, str(column), value.item() if hasattr(value, "item") else value, values=values))
    return problems
