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

    from wfm.plan import Plan

#: Version of the object's shape: raised when a key changes its meaning or goes.
VERSION = 1


def plan_json(plan: Plan) -> str:
    """The plan as JSON text, two blanks an indent, keys in a fixed order, a newline at the end.

    Numbers carry twelve significant digits; what is not finite is null.
    """
    return json.dumps(plan_object(plan), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def plan_object(plan: Plan) -> dict[str, Any]:
    """The plan as JSON values (see `schema`)."""
    result = plan.simulation
    value = {
        "wfm_plan": VERSION,
        "version": wfm.__version__,
        "status": plan.status,
        "best": plan.best,
        "headline": {n.key: {"value": n.value, "unit": n.unit, "low": n.low, "high": n.high} for n in headline(plan)},
        "people": {**_rows(plan.people.table)[0], "kinds": _rows(plan.people.kinds)},
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
        "carried": vars(plan.carried),
        "one_more": vars(plan.one_more) if plan.one_more is not None else None,
        "advice": [{"key": remark.key, "values": vars(remark)["values"]} for remark in plan.advice],
        "origins": [vars(origin) for origin in plan.origins],
    }
    plain: dict[str, Any] = _json(value)
    # What went in stays exact, so that the same scenario can be read from here again.
    return {**plain, "scenario": plan.scenario.model_dump(mode="json")}


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
        kind={"enum": ["stated", "found", "law", "assumed", "yours"]},
        source=text,
        date=text,
        grade=text,
        en=text,
        zh=text,
        default=True,
    )
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
            carried={"type": "object"},
            one_more={"type": ["object", "null"]},
            advice={"type": "array", "items": _object(key=text, values={"type": "object"})},
            origins={"type": "array", "items": origin},
            scenario={"type": "object", "required": ["wfm", "name", "plan"]},
        ),
    }


def _object(**properties: Any) -> dict[str, Any]:
    """An object that has exactly these keys."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _json(value: Any) -> Any:
    """JSON values only: stable digits, null for what is not a number, ISO instants."""
    if isinstance(value, dict):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, datetime | date):
        return None if value != value else value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.12g}") if math.isfinite(value) else None
    return value if isinstance(value, int) else str(value)
