"""A scenario's values as people read them: words for settings, per cent for shares, hours for long times."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import Any, get_args

from wfm.core import units
from wfm.report import formats
from wfm.report.words import catalog, text
from wfm.scenario.fields import field_at

#: Units that say what a value is, not how much of what: a date or a time of day shows that itself.
_UNSAID = ("", "share", "date", "clock")
#: Numbers that name something; thousands are not set apart in a name.
_NAMES = ("seed",)


def value_written(value: object, language: str, *, as_share: bool = False) -> str:
    """A scenario's value as people read it."""
    if value is None:
        return formats.NOTHING
    if isinstance(value, bool):
        return text(f"value.{'yes' if value else 'no'}", language)
    if isinstance(value, int | float):
        return "∞" if math.isinf(value) else formats.percent(value) if as_share else formats.significant(value, 6)
    if isinstance(value, date):
        return value.isoformat()
    and_ = "、" if language == "zh" else ", "
    if isinstance(value, tuple | list):
        return and_.join(value_written(inner, language) for inner in value)
    if isinstance(value, dict):
        is_ = "：" if language == "zh" else ": "
        return and_.join(f"{key}{is_}{value_written(inner, language)}" for key, inner in value.items())
    # A user's own word (a file, a country) stays as it was written.
    return text(f"value.{value}", language) if f"value.{value}" in catalog() else str(value)


def value_and_unit(
    value: object, unit: str, language: str, currency: str, scenario: object = None, key: str = ""
) -> tuple[str, str]:
    """A value and its unit, apart: shares in per cent, long times in hours.

    Parameters
    ----------
    scenario, key
        What the value belongs to, which tells whether it is a share; the unit alone does so for some.
    """
    if key.rpartition(".")[2] in _NAMES and value is not None:
        return str(value), ""
    base, _, per = unit.partition("/")
    share = (scenario is not None and is_share(scenario, key)) or base.split(" ")[0] == "share"
    if isinstance(value, bool) or not isinstance(value, int | float):
        share = False
    if unit == "s" and isinstance(value, int | float) and 3600 <= value < math.inf:
        value, unit = value / 3600, "h"
    shown = value_written(value, language, as_share=share)
    if shown == formats.NOTHING or (unit in _UNSAID and not share):
        return shown, ""
    if share:
        # 10% a year reads better as 10%/year.
        return (f"{shown}{formats.unit(f'%/{per}', language)[1:]}" if per else shown), ""
    return shown, formats.unit(unit, language, currency)


def origin_of(kind: str, value: object) -> str:
    """The key of the words for an origin: what nobody gave is nobody's."""
    return "unset" if value is None and kind == "yours" else kind


def is_share(scenario: Any, key: str) -> bool:
    """Whether the field behind a dotted key reads shares, so that it is shown in per cent."""
    dated = re.fullmatch(r"targets\.(\d.*?)\.((?:sl_offered\.)?[a-z_]+)", key)
    if dated:
        entry = field_at(("targets", dated[1], *dated[2].split(".")))
        return entry is not None and entry.kind == "share"
    model, info = scenario, None
    for part in key.split("."):
        info = getattr(type(model), "model_fields", {}).get(part)
        model = getattr(model, part, None)
    if info is None:
        return False
    metadata = list(info.metadata)
    for inner in get_args(info.annotation):
        metadata += getattr(inner, "__metadata__", ())
    return any(getattr(item, "func", None) is units.share for item in metadata)
