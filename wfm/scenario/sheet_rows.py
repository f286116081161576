"""The rows of a scenario's sheet: each key with its meaning, value, unit, default and origin, as texts of one language."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from wfm.core import units
from wfm.core.errors import Language
from wfm.scenario.document import KeyPath, dotted
from wfm.scenario.fields import Documented, described
from wfm.scenario.leaves import ABSENT, ASKED, PERCENT, SECTION, Leaf, leaves_of, written
from wfm.scenario.model import Scenario
from wfm.scenario.origins import Origin, origins
from wfm.scenario.sheet_cells import NULLS
from wfm.scenario.sheet_reading import NONE

if TYPE_CHECKING:
    from wfm.scenario.reader import Source

_ORIGINS: dict[str, dict[Language, str]] = {
    "stated": {"zh": "文献", "en": "document"},
    "found": {"zh": "网上报价", "en": "found price"},
    "law": {"zh": "法规", "en": "law"},
    "assumed": {"zh": "假设", "en": "assumption"},
    "fitted": {"zh": "由记录拟合", "en": "fitted"},
    "yours": {"zh": "您的值", "en": "yours"},
}
_UNITS_ZH = {
    "weeks": "周", "date": "日期", "clock": "时刻", "months": "月", "h": "小时", "hours/week": "小时/周",
    "orders/day": "单/天", "contacts/100 orders": "次/百单", "days/week": "天/周", "days/year": "天/年", "days/month": "天/月",
    "agents": "人", "people": "人", "attempts": "次", "relative": "相对值", "factor": "系数", "contacts": "次",
    "replications": "轮", "% of the price": "% 单价", "times": "倍", "points": "个百分点",
}  # fmt: skip
_UNIT_PARTS_ZH = {
    "month": "月", "year": "年", "hour": "小时", "minute": "分钟", "seat": "座", "order": "单", "agent": "人", "licence": "席",
    "breach": "次", "CNY": "元", "person": "人", "FTE": "人",
}  # fmt: skip
_WORDS: dict[str, dict[Language, str]] = {
    "required": {"zh": "必填", "en": "required"},
    "seconds": {"zh": "秒（或 3min、8h）", "en": "s (or 3min, 8h)"},
}


_DAYS: dict[str, dict[Language, str]] = {
    "daily": {"zh": "每天", "en": "every day"},
    **{day: {"zh": zh, "en": en} for day, zh, en in zip(
        units.WEEKDAYS, ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)},
    "holiday": {"zh": "法定节假日", "en": "public holidays"},
}  # fmt: skip


@dataclass(frozen=True)
class SheetRow:
    """One row of the sheet.

    Attributes
    ----------
    key
        Dotted key; of a heading, the section.
    value
        What stands in the cell: text, number, bool, date, or None for an empty cell.
    unit, default, origin, source, meaning
        Texts in the sheet's language.
    kind
        What is written there (`wfm.scenario.fields.Documented`), "hours", "sections" for a list of them, or "heading".
    required
        Whether it has to be filled in.
    choices
        Words of the drop-down.
    fitted
        Whether the value was fitted from records, so that it is the planner's own only once another stands there.
    """

    key: str
    value: str | float | bool | date | None
    unit: str
    default: str
    origin: str
    source: str
    meaning: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    fitted: bool = False


def sheet_rows(
    scenario: Scenario | Source, language: Language, *, filled: bool = False, said: Callable[[str], str] = str
) -> list[SheetRow]:
    """The scenario row by row, in the order of the file format, a heading before each section.

    Parameters
    ----------
    scenario
        The scenario, or the source it is read from.
    language
        Of meanings, units and origins.
    filled
        Write every value, not only those that differ from their defaults.
    said
        Says a source, which is written in English, in the sheet's language.
    """
    if not isinstance(scenario, Scenario):
        from wfm.scenario.reader import validate

        scenario = validate(scenario)
    known = {origin.key: origin for origin in origins(scenario)}
    rows: list[SheetRow] = []
    section = ""
    leaves = list(leaves_of(scenario, everything=True))
    needed = {
        leaf.path for leaf in leaves if leaf.value == SECTION and leaf.entry.kind == "section" and _bare(leaf, leaves, filled)
    }
    for leaf in leaves:
        top = str(leaf.path[0])
        if top != section and len(leaf.path) > 1:
            rows.append(_heading(top, language))
        section = top
        rows.append(_row(leaf, known.get(dotted(leaf.path)), leaf.path in needed, filled, _Says(language, said, scenario.currency)))
    return rows


@dataclass(frozen=True)
class _Says:
    """How the texts of a row are said."""

    language: Language
    source: Callable[[str], str]
    currency: str


def _row(leaf: Leaf, origin: Origin | None, needed: bool, filled: bool, says: _Says) -> SheetRow:
    entry, language = leaf.entry, says.language
    kind = origin.kind if origin is not None else "yours" if leaf.own else entry.origin
    asked = (entry.required and leaf.value is not ABSENT) or leaf.path == ("hours", "daily")
    implied = entry.kind == "section" and leaf.value == SECTION
    return SheetRow(
        key=dotted(leaf.path),
        value=_cell(leaf, language) if needed or ((leaf.own or filled) and not implied) else None,
        unit=_unit(entry, says),
        default=_WORDS["required"][language] if asked else _default(leaf, language),
        origin=_ORIGINS[kind][language] if kind in _ORIGINS and leaf.value is not ABSENT else "",
        source=" ".join(map(says.source, filter(None, (origin.source, origin.date)))) if origin and kind != "yours" else "",
        meaning=_meaning(leaf.path, entry, language),
        kind="hours" if leaf.path[0] == "hours" else "sections" if entry.items is not None else entry.kind,
        required=asked,
        choices=_choices(leaf, language),
        fitted=kind == "fitted",
    )


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before the sign it would begin with."""
    return f"'{text}" if re.match(r"'*[=+\-@]", text) else text


def _bare(leaf: Leaf, leaves: list[Leaf], filled: bool) -> bool:
    """Whether a section that is there has to say so itself, since nothing in it is written."""
    below = [other for other in leaves if other.path[: len(leaf.path)] == leaf.path and other.path != leaf.path]
    told = any(other.own or (filled and other.value is not ABSENT) for other in below)
    return not told and leaf.own


def _heading(name: str, language: Language) -> SheetRow:
    entry = described(name, Scenario.model_fields[name])
    return SheetRow(name, None, "", "", "", "", entry.zh if language == "zh" else entry.en, "heading", False, ())


def _meaning(path: KeyPath, entry: Documented, language: Language) -> str:
    """The key in words, the sections it belongs to before it."""
    from wfm.scenario.fields import field_at

    if path[0] == "hours":
        return _DAYS.get(str(path[-1]), {}).get(language, str(path[-1]))
    words = []
    for end in range(2, len(path) + 1):
        part = entry if end == len(path) else field_at(path[:end])
        text = (part.zh if language == "zh" else part.en) if part is not None else ""
        # Of the sections around a key their first words will do; in a sheet, none says what null says in a file.
        short = re.split("[;；] *null" if end == len(path) else "[;；:：,，（({]", text)[0].strip()
        words.append(short or str(path[end - 1]))
    return " · ".join(words) or (entry.zh if language == "zh" else entry.en)


def _unit(entry: Documented, says: _Says) -> str:
    if entry.kind == "duration":
        return _WORDS["seconds"][says.language]
    unit = entry.unit.replace("CNY", says.currency)
    if entry.kind in PERCENT:
        # What percent are of stays: 10% a year, 20% of the price.
        first, slash, per = unit.partition("/")
        unit = "%" if first == "factor" else f"%{first.removeprefix('share')}{slash}{per}"
    if says.language == "en":
        return unit
    return _UNITS_ZH.get(unit) or "/".join(_UNIT_PARTS_ZH.get(part, part) for part in unit.split("/"))


def _default(leaf: Leaf, language: Language) -> str:
    if leaf.default is ABSENT or leaf.default == SECTION:
        return ""
    if leaf.default is None:
        return NONE[language] if leaf.entry.kind == "section" else ""
    if leaf.entry.kind == "factor" and isinstance(leaf.default, float):
        return units.percent(leaf.default)
    text = written(leaf.default, leaf.entry)
    return (
        text.strip('"') if isinstance(leaf.default, str) else ", ".join(leaf.default) if isinstance(leaf.default, tuple) else text
    )


def _choices(leaf: Leaf, language: Language) -> tuple[str, ...]:
    entry = leaf.entry
    if entry.kind == "flag":
        return ()
    words = entry.choices if entry.kind != "whole" else ()
    return (*words, NONE[language]) if entry.nullable and entry.kind in ("section", "choice") else words


def _cell(leaf: Leaf, language: Language) -> str | float | bool | date | None:
    """A value as it stands in its cell."""
    value = leaf.value
    if value is ABSENT:
        return None
    if value is None:
        return NONE[language]
    if isinstance(value, bool | date):
        return value
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return "never"
        if leaf.entry.kind == "duration" and value == int(value):
            return written(value, leaf.entry)
        if value >= ASKED.get(leaf.entry.kind, math.inf):
            return units.percent(value)
        # A cell keeps sixteen digits.
        return value if float(f"{value:.16G}") == value else units.percent(value) if leaf.entry.kind in PERCENT else repr(value)
    if isinstance(value, tuple | list) and all(re.fullmatch(r"[\w:]+", str(item)) for item in value):
        return ", ".join(map(str, value))
    if not isinstance(value, str):
        return written(value, leaf.entry)
    return neutral(_quoted(value, leaf.entry))


def _quoted(text: str, entry: Documented) -> str:
    """A text that reads back as itself: in quotes where a cell would mean something else by it."""
    if text == SECTION and entry.kind == "section":
        return text
    unsafe = (
        not text
        or text != text.strip()
        or text[0] in "\"'{["
        or text.lower() in NULLS
        or re.search(r"[\x00-\x1f\x7f-\x9f]|_x", text)
    )
    return json.dumps(text, ensure_ascii=bool(re.search(r"[\x00-\x1f\x7f-\x9f]", text))) if unsafe else text
