"""A sheet of a workbook as data, and how it is put into Excel's cells: texts are never formulas, numbers keep their formats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from wfm.report.console import width

#: Kind of a column to its number format; texts have none.
FORMATS = {
    "text": "",
    "words": "",
    "whole": "#,##0",
    "number": "#,##0.0",
    "small": "0.0000",
    "share": "0.0%",
    "percent": "0.0##%",
    "money": "#,##0",
    "price": "#,##0.00",
    "date": "yyyy-mm-dd",
    "clock": "[hh]:mm",
    "instant": "yyyy-mm-dd hh:mm",
}
_CELL_MAX = 32_767  # characters that a cell of Excel holds
_WIDTH_MAX, _WIDTH_MIN, _WORDS_WIDTH = 44.0, 8.0, 60.0
_SAMPLE = 300
_DAYS_A_PAGE = 14
_SHORT_FORMAT = {"bg_color": "#F4C7C3", "font_color": "#8C1D18", "bold": True}
_INK, _HEAD = "#1F2A37", "#DCE6F1"


@dataclass(frozen=True)
class Column:
    """One column: its heading with the unit, the kind of its cells (`FORMATS`), and their values; ``alarm`` colours numbers over 0.

    ``kinds`` says the kind of each cell where they differ.
    """

    head: str
    kind: str
    values: Sequence[Any]
    alarm: bool = False
    kinds: Sequence[str] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet: a title, what it is, and a table.

    Attributes
    ----------
    name
        On the tab, at most 31 characters.
    title, note
        Above the table.
    columns
        The table.
    frozen
        Columns that stay when one scrolls to the right.
    alarms
        Blocks of cells that are coloured where another cell is above 0: (first row, last row, first column, shift), rows and
        columns counted from 0 inside the table; a block reaches to the last column; the judged cell stands ``shift`` rows below.
    wide
        Whether printing spreads it over several pages in width.
    """

    name: str
    title: str
    note: str
    columns: list[Column]
    frozen: int = 1
    alarms: list[tuple[int, int, int, int]] = field(default_factory=list)
    wide: bool = False

    @property
    def rows(self) -> int:
        """Rows of the table."""
        return len(self.columns[0].values) if self.columns else 0


HEAD_ROW = 3
"""Row (from 0) of the headings; the table starts below."""


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
        self.title = book.add_format(base | {"bold": True, "font_size": 14, "font_color": _INK})
        self.note = book.add_format(base | {"italic": True, "font_color": "#5F6B7A"})
        self.head = book.add_format(
            base | {"bold": True, "bg_color": _HEAD, "bottom": 1, "text_wrap": True, "valign": "vcenter", "font_color": _INK}
        )
        self.label = book.add_format(base | {"bold": True})
        self.wrapped = book.add_format(base | {"text_wrap": True})
        self.link = book.add_format(base | {"font_color": "#0563C1", "underline": 1})
        self.short = book.add_format(_SHORT_FORMAT)
        self.cell = {kind: book.add_format(base | ({"num_format": code} if code else {})) for kind, code in FORMATS.items()}
        self.cell["words"] = self.wrapped


def write(book: Any, styles: Styles, sheet: Sheet) -> None:
    """Add a sheet to an xlsxwriter workbook, row by row."""
    page = book.add_worksheet(sheet.name)
    _printed(page, sheet)
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, _column_width(column))
    page.freeze_panes(HEAD_ROW + 1, sheet.frozen)
    put(page, 0, 0, sheet.title, "text", styles.title)
    put(page, 1, 0, sheet.note, "text", styles.note)
    for number, column in enumerate(sheet.columns):
        put(page, HEAD_ROW, number, column.head, "text", styles.head)
    for row in range(sheet.rows):
        for number, column in enumerate(sheet.columns):
            kind = column.kinds[row] if column.kinds else column.kind
            put(page, HEAD_ROW + 1 + row, number, column.values[row], kind, styles.cell[kind])
    last = HEAD_ROW + max(sheet.rows, 1)
    page.autofilter(HEAD_ROW, 0, last, max(len(sheet.columns) - 1, 0))
    for number, column in enumerate(sheet.columns):
        if column.alarm:
            rule = {"type": "cell", "criteria": ">", "value": 0, "format": styles.short}
            page.conditional_format(HEAD_ROW + 1, number, last, number, rule)
    for first, end, left, shift in sheet.alarms:
        _alarm(page, styles, sheet, (first, end, left, shift))


def put(page: Any, row: int, column: int, value: Any, kind: str, style: Any = None) -> None:
    """One cell: a text stays a text whatever it begins with; what is no number stays empty, and infinitely many is written so."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, str):
        if value:
            page.write_string(row, column, value if len(value) <= _CELL_MAX else value[: _CELL_MAX - 1] + "…", style)
    elif isinstance(value, datetime):
        # Excel knows no zones: the wall clock, whose zone the heading names.
        page.write_datetime(row, column, value.replace(tzinfo=None), style)
    elif isinstance(value, date):
        page.write_datetime(row, column, datetime.combine(value, time()), style)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value, style)
    elif math.isinf(value):
        page.write_string(row, column, "∞" if value > 0 else "-∞", style)
    else:
        page.write_number(row, column, value / 86_400 if kind == "clock" else value, style)


def _alarm(page: Any, styles: Styles, sheet: Sheet, area: tuple[int, int, int, int]) -> None:
    """Colour a block of cells where the cell ``shift`` rows below is above 0."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    first, last, left, shift = area
    judged = xl_rowcol_to_cell(HEAD_ROW + 1 + first + shift, left)
    rule = {"type": "formula", "criteria": f"=OR(ISTEXT({judged}),{judged}>0)", "format": styles.short}
    page.conditional_format(HEAD_ROW + 1 + first, left, HEAD_ROW + 1 + last, len(sheet.columns) - 1, rule)


def _printed(page: Any, sheet: Sheet) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.repeat_rows(HEAD_ROW)
    if sheet.wide:
        page.repeat_columns(0, sheet.frozen - 1)
    page.fit_to_pages(max(1, math.ceil((len(sheet.columns) - sheet.frozen) / _DAYS_A_PAGE)) if sheet.wide else 1, 0)
    page.set_footer("&L&A&R&P / &N")


def _column_width(column: Column) -> float:
    """Wide enough for the heading's longest word and the first values; Chinese takes twice the room."""
    if column.kind == "words":
        longest = max((width(str(value)) for value in column.values[:_SAMPLE] if value is not None), default=0)
        return max(_WIDTH_MIN, min(_WORDS_WIDTH, longest + 2))
    shown = {"date": 10, "instant": 16, "clock": 6}.get(column.kind)
    if shown is None:
        if column.kind == "text":
            texts = [str(value) for value in column.values[:_SAMPLE] if value is not None]
        else:
            numbers = [float(value) for value in column.values[:_SAMPLE] if isinstance(value, int | float)]
            texts = [f"{number:,.1f}" for number in numbers if math.isfinite(number)]
        shown = max((width(text) for text in texts), default=0)
    # A heading may take two lines.
    return max(_WIDTH_MIN, min(_WIDTH_MAX, max(shown, math.ceil(width(column.head) / 2), _longest_word(column.head)) + 2))


def _longest_word(text: str) -> int:
    return max((width(word) for word in text.split()), default=0)
