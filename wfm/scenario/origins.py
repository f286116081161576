"""Where each number of a plan comes from: a document, a dated price, the law, our assumption, or the planner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, RootModel

from wfm.core.inputs import OriginKind
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
        value = getattr(model, name)
        about: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        key = f"{prefix}{name}"
        if isinstance(value, RootModel):
            for inner, given in value.root.items():
                yield Origin(f"{key}.{inner}", given, "", "yours", "", "", "", str(inner), str(inner), None)
        elif isinstance(value, BaseModel):
            yield from _walk(value, f"{key}.", fitted)
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
