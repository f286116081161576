"""What every step's input model is made of: a strict base, types that read people's writing, and fields that know their origin.

A value's origin (DESIGN section 6) is one of ``stated`` (a source document says so), ``found`` (a price or rule in a dated data
file),
``law``, ``assumed`` (ours, to be overwritten), ``fitted`` (computed from the planner's records) or, once a planner writes another
value, ``yours``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from wfm.core import registry, units

OriginKind = Literal["stated", "found", "law", "assumed", "fitted", "yours"]


def _percent_from(most: float) -> Callable[[float], float | str]:
    return lambda number: units.percent(number) if number >= most else number


Duration = Annotated[float, BeforeValidator(units.duration), Field(json_schema_extra={"examples": ["20s", "3min", "4:30"]})]
Share = Annotated[float, BeforeValidator(units.share), Field(json_schema_extra={"examples": ["98%", 0.98]})]
Quantity = Annotated[float, BeforeValidator(units.ratio)]
# A number that would be asked about is dumped as percent, so that what was dumped is read again.
Factor = Annotated[float, BeforeValidator(units.factor), PlainSerializer(_percent_from(units.FACTOR_MOST), when_used="json")]
Rate = Annotated[float, BeforeValidator(units.rate), PlainSerializer(_percent_from(units.RATE_MOST), when_used="json")]
Growth = Annotated[
    float,
    BeforeValidator(units.growth),
    PlainSerializer(_percent_from(units.RATE_MOST), when_used="json"),
    Field(gt=-1, json_schema_extra={"examples": ["5%", "-5%", 0.05]}),
]
Months = Annotated[int, BeforeValidator(units.months)]
Amount = Annotated[float, BeforeValidator(units.grouped), Field(ge=0, le=1e12, allow_inf_nan=False)]


class Inputs(BaseModel):
    """Base of every input model: unknown keys are mistakes, values do not change, text is never read as a number silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Name(Inputs):
    """A name in both languages of the reports."""

    zh: str = Field(description="in Chinese", json_schema_extra={"zh": "中文名称"})
    en: str = Field(description="in English", json_schema_extra={"zh": "英文名称"})


def named(name: object) -> object:
    """One text as the name in both languages; what else it may be stays."""
    return {"zh": name, "en": name} if isinstance(name, str) else name


def required(en: str, zh: str, unit: str = "") -> Any:
    """A field the planner has to write; its origin is always ``yours``."""
    return Field(description=en, json_schema_extra={"zh": zh, "unit": unit, "origin": "yours"})


def group(model: type[Inputs], en: str, zh: str) -> Any:
    """A nested model that may be left out as a whole."""
    return Field(default_factory=model, description=en, json_schema_extra={"zh": zh})


def assumed(default: Any, en: str, zh: str, unit: str = "", source: str = "") -> Any:
    """A default that is ours: an assumption for planners to overwrite."""
    return _field(default, en, zh, unit, "assumed", source)


def stated(default: Any, en: str, zh: str, unit: str = "", *, source: str) -> Any:
    """A default that a source document states (requirement id)."""
    return _field(default, en, zh, unit, "stated", source)


def found(entry: str, en: str, zh: str) -> Any:
    """A default taken from a dated data file; ``entry`` is ``"file.key"``, e.g. ``"prices_cn.agent_wage_month"``."""
    point = registry.point(entry)
    kind: OriginKind = "law" if point.grade == "law" else "found"
    return _field(point.value, en, zh, point.unit, kind, point.source, price_date=point.date, grade=point.grade)


def _field(default: Any, en: str, zh: str, unit: str, origin: OriginKind, source: str, **more: str) -> Any:
    about: dict[str, Any] = {"zh": zh, "unit": unit, "origin": origin, "source": source, **more}
    return Field(default, validate_default=True, description=en, json_schema_extra=about)
