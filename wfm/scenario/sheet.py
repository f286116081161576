"""The scenario as one Excel sheet that a planner fills in without ever editing YAML: grouped rows, yellow cells, drop-downs.

A row is a key with its meaning, value, unit, default and origin. An empty value is the default; ``none`` says that a target, shift
or option is not wanted. Texts that a spreadsheet would run as formulas carry an apostrophe in front, which reading takes off again.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from wfm.core import units
from wfm.core.errors import Language
from wfm.scenario.document import KeyPath, dotted
from wfm.scenario.fields import Documented, described
from wfm.scenario.leaves import ABSENT, ASKED, PERCENT, SECTION, Leaf, leaves_of, written
from wfm.scenario.model import Scenario
from wfm.scenario.origins import Origin, origins
from wfm.scenario.sheet_cells import NULLS
from wfm.scenario.sheet_reading import FITTED, HEADERS, NONE, read_sheet

if TYPE_CHECKING:
    from wfm.scenario.reader import Source

__all__ = ["SheetRow", "read_sheet", "sheet_rows", "workbook_bytes", "write_sheet"]

#: Sheet of a scenario by language.
NAMES: dict[Language, str] = {"zh": "方案", "en": "Scenario"}

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
    "replications": "轮", "% of the price": "% 单价",
}  # fmt: skip
_UNIT_PARTS_ZH = {
    "month": "月", "year": "年", "hour": "小时", "minute": "分钟", "seat": "座", "order": "单", "agent": "人", "licence": "席",
    "breach": "次", "CNY": "元", "person": "人", "FTE": "人",
}  # fmt: skip
_WORDS: dict[str, dict[Language, str]] = {
    "title": {"zh": "只填黄色单元格；留空即用默认值，“无”表示不要该项。填好后运行：wfm run 本文件",
              "en": "Fill in the yellow cells only; empty = default, none = not wanted. Then: wfm run THIS-FILE"},
    "required": {"zh": "必填", "en": "required"},
    "off": {"zh": "填“无”表示不用；留空或 {} 表示使用", "en": "none to leave it out; empty or {} to have it"},
    "share": {"zh": "占比：98% 或 0.98", "en": "a share: 98% or 0.98"},
    "duration": {"zh": "时长：20、20s、3min、1h30min、4:30（分:秒）",
                 "en": "a time: 20, 20s, 3min, 1h30min, 4:30 (minutes:seconds)"},
    "seconds": {"zh": "秒（或 3min、8h）", "en": "s (or 3min, 8h)"},
    "date": {"zh": "日期：2027-11-11", "en": "a date: 2027-11-11"},
    "hours": {"zh": "营业时间：10:00-18:00，多段用逗号隔开；closed 或 休 为不营业",
              "en": "opening hours: 10:00-18:00, several joined by commas; closed"},
}  # fmt: skip


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
        What is written there (`wfm.scenario.fields.Documented`), or "heading".
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
        kind="hours" if leaf.path[0] == "hours" else entry.kind,
        required=asked,
        choices=_choices(leaf, language),
        fitted=kind == "fitted",
    )


def write_sheet(
    workbook: Any,
    scenario: Scenario | Source,
    language: Language,
    *,
    name: str | None = None,
    filled: bool = True,
    said: Callable[[str], str] = str,
) -> Any:
    """Add the scenario as a sheet to an xlsxwriter workbook and return the sheet; `read_sheet` reads it back.

    Parameters
    ----------
    workbook
        An ``xlsxwriter.Workbook``.
    scenario, language, filled, said
        As in `sheet_rows`: a plan's assumptions are filled, a scenario to write in is not.
    name
        Name of the sheet; the language's word for scenario unless given.
    """
    sheet = workbook.add_worksheet(name or NAMES[language])
    formats = _formats(workbook)
    sheet.write_string(0, 0, _WORDS["title"][language], formats["title"])
    for column, title in enumerate((*HEADERS[language], FITTED[language])):
        sheet.write_string(1, column, title, formats["header"])
    sheet.set_column(len(HEADERS[language]), len(HEADERS[language]), None, None, {"hidden": True})
    for column, width in enumerate((40, 46, 22, 14, 16, 12, 40)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(2, 1)
    for number, row in enumerate(sheet_rows(scenario, language, filled=filled, said=said), start=2):
        if row.kind == "heading":
            for column, text in enumerate((row.key, row.meaning, "", "", "", "", "")):
                sheet.write_string(number, column, text, formats["heading"])
            continue
        for column, text in ((0, row.key), (1, row.meaning), (3, row.unit), (4, row.default), (5, row.origin), (6, row.source)):
            sheet.write_string(number, column, neutral(text), formats["text"])
        _write_value(sheet, number, 2, row, formats)
        if row.fitted:
            _write_value(sheet, number, len(HEADERS[language]), row, formats)
        _guide(sheet, number, row, language)
    return sheet


def workbook_bytes(
    scenario: Scenario | Source, language: Language, *, filled: bool = False, said: Callable[[str], str] = str
) -> bytes:
    """A workbook with the scenario's sheet only; the same bytes for the same scenario."""
    import xlsxwriter

    stream = BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.set_properties({"created": datetime(2000, 1, 1)})
    write_sheet(workbook, scenario, language, filled=filled, said=said)
    workbook.close()
    return stream.getvalue()


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


def _formats(workbook: Any) -> dict[str, Any]:
    cell: dict[str, Any] = {"border": 1, "border_color": "#D9D9D9", "valign": "top"}
    shown = {"words": "@", "number": "General", "percent": "0.0##%", "seconds": "0.0##", "date": "yyyy-mm-dd"}
    yellow: dict[str, dict[str, Any]] = {"": {"bg_color": "#FFF2CC"}, "required ": {"bg_color": "#FFD966", "bold": True}}
    formats = {
        "title": workbook.add_format({"italic": True}),
        "header": workbook.add_format({"bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF", "border": 1}),
        "heading": workbook.add_format({"bold": True, "bg_color": "#D9E2F3"}),
        "text": workbook.add_format({**cell, "text_wrap": True, "num_format": "@"}),
    }
    for need, fill in yellow.items():
        for kind, code in shown.items():
            formats[need + kind] = workbook.add_format({**cell, **fill, "align": "left", "num_format": code})
    return formats


def _write_value(sheet: Any, number: int, column: int, row: SheetRow, formats: dict[str, Any]) -> None:
    need, value = "required " if row.required else "", row.value
    shown = {"date": "date", "whole": "number", "number": "number", "flag": "number"}.get(row.kind, "words")
    if row.kind == "duration" and isinstance(value, float):
        shown = "seconds"
    style = formats[need + ("percent" if row.kind in PERCENT else shown)]
    if value is None:
        sheet.write_blank(number, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(number, column, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(number, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), style)
    else:
        sheet.write_string(number, column, value, style)


def _guide(sheet: Any, number: int, row: SheetRow, language: Language) -> None:
    """A drop-down where words are fixed, and a note beside the cell that says how the value is written."""
    note = [row.meaning, _WORDS["off"][language] if row.kind == "section" else _WORDS.get(row.kind, {}).get(language, "")]
    options: dict[str, Any] = {
        "validate": "any",
        "input_title": row.key[-32:],
        "input_message": "\n".join(filter(None, note))[:255],
    }
    if row.kind == "flag":
        options |= {"validate": "list", "source": ["TRUE", "FALSE"]}
    elif row.choices:
        options |= {"validate": "list", "source": list(row.choices), "error_type": "warning"}
    sheet.data_validation(number, 2, number, 2, options)
