"""plan.json: one versioned object for other tools, with its JSON schema. No clock, no path."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import wfm
from wfm.report.headline import headline

if TYPE_CHECKING:
    import pandas as pd

    from wfm.beside import Beside
    from wfm.peakday import PeakDay
    from wfm.plan import Plan

#: Version of the object's shape: raised when a key changes its meaning or goes.
VERSION = 2


def plan_json(plan: Plan, tables: dict[str, Any] | None = None) -> str:
    """The plan as JSON text, two blanks an indent, keys in a fixed order, a newline at the end.

    What tables say again carries twelve significant digits, everything else all of them; what is not finite is null.

    Parameters
    ----------
    tables
        What `wfm.report.files.described` says of the plan's tables, where it is at hand.
    """
    return json.dumps(plan_object(plan, tables), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plan_object(plan: Plan, tables: dict[str, Any] | None = None) -> dict[str, Any]:
    """The plan as JSON values (see `schema`)."""
    if tables is None:
        from wfm.core.tables import csv_text
        from wfm.report import files

        found = files.tables(plan)
        written = {name: csv_text(table, exact=True).encode("utf-8-sig") for name, table in found.items()}
        tables = files.described(found, written)
    result = plan.simulation
    value = {
        "wfm_plan": VERSION,
        "version": wfm.__version__,
        "status": plan.status,
        "best": plan.best,
        "headline": {n.key: {"value": n.value, "unit": n.unit, "low": n.low, "high": n.high} for n in headline(plan)},
        "people": {
            **_rows(plan.people.table)[0],
            "holiday_hours_month": plan.people.holiday_hours_month,
            "kinds": _rows(plan.people.kinds),
        },
        "service": {
            "overall": {row.pop("kpi"): row for row in _rows(plan.simulation.overall)},
            "weekdays": _rows(result.weekdays),
            "promises": _rows(result.promises),
            "replications": result.replications,
            "contacts_simulated": result.contacts_simulated,
            "stopped_by": result.stopped_by,
        },
        "shortfalls": _rows(plan.schedule.shortfalls),
        "options": _rows(plan.options),
        "break_evens": _rows(plan.break_evens),
        "peak": None if plan.peak is None else _peak(plan.peak),
        "beside": None if plan.beside is None else _beside(plan.beside),
    }
    schedule = plan.schedule
    # What no table holds keeps all its digits, so that the same plan can be read from here again (`wfm.report.saved`).
    kept = {
        "schedule": {
            **{name: getattr(schedule, name) for name in ("paid_hours", "cost", "efficiency", "gap")},
            "notes": [{"key": key, "values": values} for key, values in schedule.notes],
        },
        "carried": vars(plan.carried),
        "one_more": vars(plan.one_more) if plan.one_more is not None else None,
        "advice": [{"key": remark.key, "values": vars(remark)["values"]} for remark in plan.advice],
        "origins": [vars(origin) for origin in plan.origins],
        "overrides": list(plan.overrides),
    }
    plain: dict[str, Any] = {**_json(value, digits=12), **_json(kept)}
    plain["people"]["holiday_hours_month"] = _json(plan.people.holiday_hours_month)
    return {**plain, "tables": tables, "scenario": plan.scenario.model_dump(mode="json")}


def _peak(peak: PeakDay) -> dict[str, Any]:
    """The peak day in short; its tables say the rest."""
    views = [*peak.views]
    return {
        "day": peak.day,
        "views": views,
        "replications": peak.replications,
        "binding": peak.binding.to_dict(),
        "backlog": {view: vars(found) for view in [*views, "busy"] if (found := peak.backlog_by(view)) is not None},
        "missed": {view: peak.missed(view) for view in views},
        "agent_hours": {
            name: peak.agent_hours(column)
            for name, column in {"scheduled": "scheduled", **{view: f"needed_{view}" for view in views}}.items()
            if column in peak.intervals
        },
    }


def _beside(beside: Beside) -> dict[str, Any]:
    """Formula beside simulation over the whole plan; its tables say the rest."""
    whole = beside.cells[beside.cells["scope"] == "all"].drop(columns=["scope", "weekday", "slot"])
    told = {name: getattr(beside, name) for name in ("reasons", "linked", "replications", "contacts")}
    return {**told, "overall": {row.pop("kpi"): row for row in _rows(whole)}}


def schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of plan.json."""
    number = {"type": ["number", "null"]}
    text = {"type": "string"}
    rows = {"type": "array", "items": {"type": "object"}}
    interval = _object(value=number, low=number, high=number)
    measured = _object(value={"type": ["number", "string", "null"]}, unit=text, low=number, high=number)
    service = _object(
        overall={"type": "object", "additionalProperties": interval},
        weekdays=rows,
        promises=rows,
        replications={"type": "integer"},
        contacts_simulated={"type": "integer"},
        stopped_by=text,
    )
    origin = _object(
        key=text,
        value=True,
        unit=text,
        kind={"enum": ["stated", "found", "law", "assumed", "fitted", "yours"]},
        source=text,
        date=text,
        grade=text,
        en=text,
        zh=text,
        default=True,
    )
    table = _object(rows={"type": "integer"}, columns={"type": "object", "additionalProperties": text}, sha256=text)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "openwfm plan",
        **_object(
            wfm_plan={"const": VERSION},
            version=text,
            status={"enum": ["met", "short"]},
            best=text,
            headline={"type": "object", "additionalProperties": measured},
            people={"type": "object", "required": ["heads", "seats", "kinds"]},
            service=service,
            shortfalls=rows,
            options=rows,
            break_evens=rows,
            schedule={"type": "object", "required": ["paid_hours", "cost", "efficiency", "gap", "notes"]},
            carried={"type": "object"},
            one_more={"type": ["object", "null"]},
            advice={"type": "array", "items": _object(key=text, values={"type": "object"})},
            origins={"type": "array", "items": origin},
            overrides={"type": "array", "items": text},
            peak={"type": ["object", "null"]},
            beside={"type": ["object", "null"]},
            tables={"type": "object", "additionalProperties": table},
            scenario={"type": "object", "required": ["wfm", "name", "plan"]},
        ),
    }


def _object(**properties: Any) -> dict[str, Any]:
    """An object that has exactly these keys."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _json(value: Any, digits: int = 17) -> Any:
    """JSON values only: so many significant digits, null for what is not a number, ISO instants."""
    if isinstance(value, dict):
        return {str(key): _json(inner, digits) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner, digits) for inner in value]
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime | date):
        return None if value != value else value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.{digits}g}") if math.isfinite(value) else None
    return value if isinstance(value, int) else str(value)
