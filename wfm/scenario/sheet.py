"""The scenario as one Excel sheet that a planner fills in without ever editing YAML: grouped rows, yellow cells, drop-downs.

A row is a key with its meaning, value, unit, default and origin. An empty value is the default; ``none`` says that a target, shift
or option is not wanted. Texts that a spreadsheet would run as formulas carry an apostrophe in front, which reading takes off again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from wfm.core.errors import Language
from wfm.scenario.leaves import PERCENT
from wfm.scenario.sheet_reading import FITTED, HEADERS, read_sheet
from wfm.scenario.sheet_rows import SheetRow, neutral, sheet_rows

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario
    from wfm.scenario.reader import Source

__all__ = ["SheetRow", "read_sheet", "sheet_rows", "workbook_bytes", "write_sheet"]

#: Sheet of a scenario by language.
NAMES: dict[Language, str] = {"zh": "方案", "en": "Scenario"}

_TITLE: dict[Language, str] = {
    "zh": "只填黄色单元格；留空即用默认值，“无”表示不要该项。填好后运行：wfm run 本文件",
    "en": "Fill in the yellow cells only; empty = default, none = not wanted. Then: wfm run THIS-FILE",
}
#: How a value is written, by the kind of its row.
_GUIDES: dict[str, dict[Language, str]] = {
    "section": {"zh": "填“无”表示不用；留空或 {} 表示使用", "en": "none to leave it out; empty or {} to have it"},
    "share": {"zh": "占比：98% 或 0.98", "en": "a share: 98% or 0.98"},
    "rate": {"zh": "比率：30% 或 0.3", "en": "a rate: 30% or 0.3"},
    "factor": {"zh": "倍数：120% 或 1.2", "en": "how many times as much: 120% or 1.2"},
    "duration": {
        "zh": "时长：20、20s、3min、1h30min、4:30（分:秒）",
        "en": "a time: 20, 20s, 3min, 1h30min, 4:30 (minutes:seconds)",
    },
    "sections": {
        "zh": "与方案文件相同的写法，全部写在这一格：[{use: double11/2027, planner_total: 60000}]；见 docs/events.md",
        "en": "as in a scenario file, all in this cell: [{use: double11/2027, planner_total: 60000}]; see docs/events.md",
    },
    "date": {"zh": "日期：2027-11-11", "en": "a date: 2027-11-11"},
    "hours": {
        "zh": "营业时间：10:00-18:00，多段用逗号隔开；closed 或 休 为不营业",
        "en": "opening hours: 10:00-18:00, several joined by commas; closed",
    },
}


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
    sheet.write_string(0, 0, _TITLE[language], formats["title"])
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
    note = [row.meaning, _GUIDES.get(row.kind, {}).get(language, "")]
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
