"""Where each number of a plan comes from: a document, a dated price, the law, our assumption, or the planner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, RootModel

from wfm.core.inputs import OriginKind
from wfm.forecast.phases import Phase, PlannedEvent
from wfm.scenario.fields import default_of
from wfm.scenario.model import Scenario


@dataclass(frozen=True)
class Origin:
    """One value of a scenario with its origin.

    ``default``, in the unit of the value, is what stands there unless the planner writes otherwise; once the value differs,
    ``kind`` is "yours", or "fitted" where it was computed from records (``contact.fit``).
    """

    key: str
    value: object
    unit: str
    kind: OriginKind
    source: str
    date: str
    grade: str
    en: str
    zh: str
    default: object


def origins(scenario: Scenario) -> list[Origin]:
    """Every leaf value of the scenario that has an origin, in the order of the file format."""
    fitted = {f"contact.{key}": source for key, source in scenario.contact.fitted.items()}
    return list(_walk(scenario, "", fitted))


def _walk(model: BaseModel, prefix: str, fitted: Mapping[str, str]) -> Iterator[Origin]:
    for name, info in type(model).model_fields.items():
        if name in getattr(model, "idle", ()):
            continue  # a key that says nothing beside another
        value = getattr(model, name)
        about: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        key = f"{prefix}{name}"
        if isinstance(value, RootModel):
            for inner, given in value.root.items():
                yield Origin(f"{key}.{inner}", given, "", "yours", "", "", "", str(inner), str(inner), None)
        elif isinstance(value, tuple) and any(isinstance(one, PlannedEvent) for one in value):
            for number, event in enumerate(value):
                yield from _event(event, f"{key}.{number}.")
        elif isinstance(value, BaseModel):
            yield from _walk(value, f"{key}.", fitted)
        elif isinstance(value, tuple | Mapping) and (inner := _sections(value)):
            for part, section in inner.items():
                yield from _walk(section, f"{key}.{part}.", fitted)
        elif value is None and about.get("written"):
            continue  # a key that says something only where it is written
        elif "origin" in about:
            default = None if info.is_required() else default_of(type(model), name)
            kind: OriginKind = "yours" if info.is_required() or value != default else about["origin"]
            source, day, grade = about.get("source", ""), about.get("price_date", ""), about.get("grade", "")
            if key in fitted:
                kind, source, day, grade = "fitted", fitted[key], "", ""
            yield Origin(key, value, about.get("unit", ""), kind, source, day, grade, info.description or "", about.get("zh", ""),
                         default)  # fmt: skip
    for name, value in (model.model_extra or {}).items():
        yield from _walk(value, f"{prefix}{name}.", fitted)


def _sections(value: tuple[object, ...] | Mapping[object, object]) -> dict[object, BaseModel]:
    """The sections of a list by their number, of a table by their names."""
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value)
    return {name: section for name, section in pairs if isinstance(section, BaseModel)}


_DATED = ("dates", "at", "lasts", "spike_at")
#: Keys of a phase that say something only in some of its forms.
_OF_FORM: Mapping[str, str] = {"jump": "spike", "decay": "spike", "rise": "evening"}


def _event(event: PlannedEvent, prefix: str) -> Iterator[Origin]:
    """An event's numbers as they hold: the planner's, those of the dated table with its source, and defaults that matter."""
    for name, value in (("planner_total", event.planner_total), ("uncertainty", event.uncertainty)):
        if value is not None:
            yield _of(PlannedEvent, f"{prefix}{name}", name, value, {}, written=name in event.model_fields_set)
    table = event.table
    for name, phase in event.resolved().items():
        given = table.get("phases", {}).get(name, {})
        for key in Phase.model_fields:
            value = getattr(phase, key)
            form = key in _OF_FORM and _OF_FORM[key] != phase.form
            if value is None or form or (key == "normal_rate" and not phase.returns):
                continue
            own = event.phases.get(name)
            same = key in given and value == getattr(event.tabled(name), key)
            about = _table_says(table, given, key) if same else {}
            yield _of(Phase, f"{prefix}phases.{name}.{key}", key, value, about,
                      written=own is not None and key in own.model_fields_set and not same)  # fmt: skip


def _table_says(table: Mapping[str, Any], given: Mapping[str, Any], key: str) -> dict[str, str]:
    """Where a value of a dated table comes from: what stands beside it there; of dates and times, the table's own source."""
    dated = {"source": table.get("source", ""), "date": table.get("date", "")} if key in _DATED else {}
    return {**dated, **given.get("origin", {}).get(key, {})}


def _of(model: type[BaseModel], key: str, name: str, value: object, about: Mapping[str, str], *, written: bool) -> Origin:
    """One number of an event: ``about`` it says the dated table what is known, {} where it is not from there."""
    info = model.model_fields[name]
    said: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    default = None if said.get("written") else default_of(model, name)
    kind: OriginKind = "yours" if written and value != default else "assumed"
    if about:
        kind = "law" if about.get("grade") == "law" else "found" if about.get("kind") == "found" else "assumed"
    source = about.get("source", said.get("source", "")) if kind != "yours" else ""
    return Origin(key, value, said.get("unit", ""), kind, source, about.get("date", ""), about.get("grade", ""),
                  info.description or "", said.get("zh", ""), default)  # fmt: skip
