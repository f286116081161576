"""What differs between two plans: inputs, people, service and money, as one JSON-like object; `changed_lines` words it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.report.headline import MEASURES
from wfm.report.sections import PEOPLE_TERMS

if TYPE_CHECKING:
    import pandas as pd

    from wfm.plan import Plan
    from wfm.scenario.origins import Origin

#: Version of the object's shape.
VERSION = 1
_KPIS = ("answer_rate", "sl_offered", "asa_answered", "abandon_rate_offered", "occupancy")
_MONEY = ("npv", "investment", "running_cost_year", "benefit_year", "cost_per_contact")
_LINES_TOLD = 8
_SMALL = 1e-9


def changes(a: Plan, b: Plan) -> dict[str, Any]:
    """What plan ``b`` does otherwise than plan ``a``.

    Returns
    -------
    dict
        ``identical``; ``inputs`` (`input_changes`); ``people``: the chain, from and to; ``agents``: needed more (negative: fewer)
        in an average week, by weekday and span of the day; ``shifts`` a week by template and hours; ``service``: KPIs with 95 %
        intervals, ``noise`` where the intervals overlap; ``money``: measures by option; ``ledger``: the lines that moved most over
        the horizon, undiscounted; ``status`` and ``best``, from and to.
    """
    inputs = input_changes(a.origins, b.origins)
    people = _people(a, b)
    agents, shifts = _agents(a, b), _shifts(a, b)
    service = _service(a, b)
    money, ledger = _money(a, b), _ledger(a, b)
    turned = {key: {"from": x, "to": y} for key, x, y in (("status", a.status, b.status), ("best", a.best, b.best)) if x != y}
    moved = any((inputs, people, agents, shifts, money, ledger, turned)) or any(row["change"] for row in service)
    return {
        "wfm_diff": VERSION,
        "identical": not moved,
        "same_customers": a.scenario.seed == b.scenario.seed,
        "inputs": inputs,
        "people": people,
        "agents": agents,
        "shifts": shifts,
        "service": service if moved else [],
        "money": money,
        "ledger": ledger,
        **turned,
    }


def input_changes(a: Iterable[Origin], b: Iterable[Origin]) -> list[dict[str, Any]]:
    """Values that differ.

    Returns
    -------
    list of dict
        ``key``, ``from`` and ``to`` (None where a side lacks the key) with their origins, what they mean; ``section``: the part of
        the scenario that only one side has, empty where both have it.
    """
    before, after = ({origin.key: origin for origin in side} for side in (a, b))
    rows = []
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old is not None and new is not None and _plain(old.value) == _plain(new.value):
            continue
        about = new or old
        assert about is not None
        if (old is None or new is None) and about.value is None:
            continue  # a key that says nothing, in a section that one side lacks
        rows.append(
            {
                "key": key,
                "from": None if old is None else _plain(old.value),
                "to": None if new is None else _plain(new.value),
                "origin_from": "" if old is None else old.kind,
                "origin_to": "" if new is None else new.kind,
                "unit": about.unit,
                "zh": about.zh,
                "en": about.en,
                "section": "" if old is not None and new is not None else _section(key, after if old is not None else before),
            }
        )
    return rows


def _section(key: str, other: Iterable[str]) -> str:
    """The highest part of the scenario above ``key`` that the ``other`` side has nothing of."""
    known = list(other)
    parts = key.split(".")
    above = (".".join(parts[:depth]) for depth in range(1, len(parts)))
    return next((part for part in above if not any(k == part or k.startswith(f"{part}.") for k in known)), "")


def _people(a: Plan, b: Plan) -> list[dict[str, Any]]:
    before, after = a.people.table.iloc[0], b.people.table.iloc[0]
    keys = [key for key in PEOPLE_TERMS if _differ(before[key], after[key])]
    return [_moved({"what": key}, float(before[key]), float(after[key])) for key in keys]


def _agents(a: Plan, b: Plan) -> list[dict[str, Any]]:
    """Agents needed more or fewer, on average over the plan's weeks in whole people; neighbours of equal change together."""
    before, after = _weekly(a), _weekly(b)
    spans: list[dict[str, Any]] = []
    for key in sorted({*before, *after}):
        weekday, start = key
        length = (after.get(key) or before[key])[1]
        change = after.get(key, (0.0, 0.0))[0] - before.get(key, (0.0, 0.0))[0]
        if not math.isfinite(change):  # a target that no number reaches, on one side or on both
            continue
        whole = int(math.copysign(math.floor(abs(change) + 0.5), change))
        last = spans[-1] if spans else None
        if last and (last["weekday"], last["end"], last["change"]) == (weekday, start, whole):
            last["end"] = start + length
        elif whole:
            spans.append({"weekday": weekday, "start": start, "end": start + length, "change": whole})
    return spans


def _weekly(plan: Plan) -> dict[tuple[int, float], tuple[float, float]]:
    """(weekday, start of the day's interval [s]) to (mean agents needed, length [s])."""
    rows = plan.requirement.assign(clock=plan.requirement["slot"] * plan.requirement["duration"])
    means = rows.groupby(["weekday", "clock"], as_index=False).agg(agents=("agents", "mean"), duration=("duration", "first"))
    columns = (means[name].tolist() for name in ("weekday", "clock", "agents", "duration"))
    return {(weekday, clock): (agents, length) for weekday, clock, agents, length in zip(*columns, strict=True)}


def _shifts(a: Plan, b: Plan) -> list[dict[str, Any]]:
    before, after = _shifts_a_week(a), _shifts_a_week(b)
    return [
        _moved({"template": template, "from_clock": start, "to_clock": end}, before.get(key, 0.0), after.get(key, 0.0))
        for key in sorted({*before, *after})
        for template, start, end in [key]
        if _differ(before.get(key, 0.0), after.get(key, 0.0))
    ]


def _shifts_a_week(plan: Plan) -> dict[tuple[str, str, str], float]:
    """(template, from, to) to shifts a week."""
    work = plan.schedule.shifts[plan.schedule.shifts["activity"] == "work"]
    named = work.assign(begin=work["start"].dt.strftime("%H:%M"), until=work["end"].dt.strftime("%H:%M"))
    sums = named.groupby(["template", "begin", "until"], as_index=False)["people"].sum()
    columns = (sums[name].tolist() for name in ("template", "begin", "until", "people"))
    return {(template, begin, until): n / plan.scenario.plan.weeks for template, begin, until, n in zip(*columns, strict=True)}


def _service(a: Plan, b: Plan) -> list[dict[str, Any]]:
    rows = []
    for key in _KPIS:
        before, after = a.simulation.kpi(key), b.simulation.kpi(key)
        unit = kpi.KPIS[key].unit
        rows.append(_estimate({"kpi": key, "unit": unit, "threshold": b.scenario.targets.threshold}, before, after))
    met = [_met(plan.simulation.promises) for plan in (a, b)]
    rows.append(_estimate({"kpi": "days_met", "unit": "share"}, *met))
    return rows


def _met(promises: pd.DataFrame) -> tuple[float, float, float]:
    row = promises[promises["target"] == "all"].iloc[0]
    return float(row["met"]), float(row["met_low"]), float(row["met_high"])


def _estimate(about: dict[str, Any], before: tuple[float, ...], after: tuple[float, ...]) -> dict[str, Any]:
    """Two estimates with their intervals; ``noise`` where these overlap."""
    (x, low, high), (y, next_low, next_high) = before, after
    known = all(math.isfinite(end) for end in (low, high, next_low, next_high))
    row = _moved(about, x, y)
    row |= {"from_low": _number(low), "from_high": _number(high), "to_low": _number(next_low), "to_high": _number(next_high)}
    return row | {"noise": bool(known and low <= next_high and next_low <= high)}


def _money(a: Plan, b: Plan) -> list[dict[str, Any]]:
    before, after = (plan.options.set_index("option", drop=False) for plan in (a, b))
    rows = []
    for option in dict.fromkeys([*before.index, *after.index]):
        for measure in (key for key in _MONEY if key in MEASURES):
            x, y = (float(side.loc[option, measure]) if option in side.index else math.nan for side in (before, after))
            if _differ(x, y):
                rows.append(_moved({"option": str(option), "measure": measure}, x, y))
    return rows


def _ledger(a: Plan, b: Plan) -> list[dict[str, Any]]:
    before, after = _sums(a), _sums(b)
    rows = [
        _moved({"option": option, "line": line}, before.get((option, line), 0.0), after.get((option, line), 0.0))
        for option, line in dict.fromkeys([*before, *after])
        if _differ(before.get((option, line), 0.0), after.get((option, line), 0.0))
    ]
    return sorted(rows, key=lambda row: -abs(row["change"]))[:_LINES_TOLD]


def _sums(plan: Plan) -> dict[tuple[str, str], float]:
    """(option, line) to its sum over the horizon."""
    sums = plan.ledger.groupby(["option", "line"], as_index=False, sort=False)["amount"].sum()
    columns = (sums[name].tolist() for name in ("option", "line", "amount"))
    return {(option, line): amount for option, line, amount in zip(*columns, strict=True)}


def _moved(about: dict[str, Any], x: float, y: float) -> dict[str, Any]:
    return {**about, "from": _number(x), "to": _number(y), "change": _number(y - x)}


def _differ(x: Any, y: Any) -> bool:
    """Whether two numbers differ by more than the last digits; nan is nan."""
    x, y = float(x), float(y)
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) != math.isnan(y)
    return x != y and not math.isclose(x, y, rel_tol=_SMALL, abs_tol=_SMALL)


def _number(value: float) -> float | None:
    """Twelve significant digits; None for what is no number."""
    return float(f"{value:.12g}") if math.isfinite(value) else None


def _plain(value: object) -> Any:
    """A scenario's value as JSON holds it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    return str(value)
