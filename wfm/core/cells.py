"""Cells of text as the values of a column, by the kind that its contract says or its cells show."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wfm.core.contracts import CONTRACTS
from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

#: Signs that make a spreadsheet run a cell.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_TOLD = 20
_WANTED = {
    "instant": Problem("an instant is needed here", way_out="Write 2027-07-05T10:00+08:00"),
    "day": Problem("a day is needed here", way_out="Write 2027-07-05"),
    "number": Problem("a number is needed here"),
}
_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT.*([+-]\d\d:?\d\d|Z)")
# As Excel saves it, year first: 2027/7/5 9:30.
_OF_EXCEL = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?: +(\d{1,2}):(\d\d)(?::(\d\d))?)?")
_WORDS = {"true": True, "false": False}


def plain_text(cell: str) -> str:
    """A text cell as it was before `csv_text` kept it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell


def typed(table: pd.DataFrame, lines: list[int], name: str, timezone: str, file: str, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Cells as the contract's kinds; columns beside it as numbers where every cell is one, else days or text."""
    import pandas as pd

    rules = CONTRACTS[name].columns if name in CONTRACTS else {}
    problems: list[Problem] = []
    columns: dict[str, Any] = {}
    for column in table.columns:
        cells = [str(cell).strip() for cell in table[column]]
        rule = rules.get(column)
        if rule is not None and rule.kind == "text":
            columns[column] = [plain_text(cell) for cell in cells]
            continue
        kind = rule.kind if rule is not None else kinds.get(column) or _guess(column, cells)
        if kind in ("instant", "day"):
            cells = [_iso(cell) for cell in cells]
        values, bad = _values(cells, kind, timezone)
        wanted = replace(_WANTED.get(kind, _WANTED["number"]), key=str(column), file=file)
        problems += [replace(wanted, value=cells[row], line=lines[row]) for row in bad[:_TOLD]]
        columns[column] = values
    if problems:
        raise InputError(*sorted(problems, key=lambda problem: problem.line)[:_TOLD])
    result = pd.DataFrame(columns, columns=list(table.columns))
    result.index = pd.Index(lines, dtype="int64")
    return result


def _guess(column: str, cells: list[str]) -> str:
    """The kind of a column that no contract speaks of."""
    filled = [cell for cell in cells if cell]
    if column == "date" or (filled and all(len(cell) == 10 and _is_day(cell) for cell in filled)):
        return "day"
    if filled and all(cell.lower() in _WORDS for cell in filled):
        return "flag"
    if column in ("start", "end") or (filled and "T" in filled[0] and all(_is_instant(cell) for cell in filled)):
        return "instant"
    numbers = [_number(cell) for cell in filled]
    if not filled or any(number is None for number in numbers):
        return "text"
    whole = all(cell.lstrip("-").isdigit() for cell in cells)
    return "whole" if whole else "number"


def _values(cells: list[str], kind: str, timezone: str) -> tuple[Any, list[int]]:
    """The cells as values, and the rows that are none; an empty cell is no value and no mistake."""
    import numpy as np
    import pandas as pd

    if kind == "text":
        return [plain_text(cell) for cell in cells], []
    if kind == "flag":
        return np.array([_WORDS.get(cell.lower(), False) for cell in cells]), []
    if kind == "day":
        return [date.fromisoformat(cell) if _is_day(cell) else None for cell in cells], [
            row for row, cell in enumerate(cells) if cell and not _is_day(cell)
        ]
    if kind == "instant":
        bad = [row for row, cell in enumerate(cells) if not _is_instant(cell)]
        if bad:
            return cells, bad
        if all(_OFFSET.fullmatch(cell) for cell in cells):
            return pd.DatetimeIndex(pd.to_datetime(cells, utc=True, format="ISO8601")).tz_convert(timezone).as_unit("us"), []
        return pd.DatetimeIndex([_instant(cell, timezone) for cell in cells], tz=timezone).as_unit("us"), []
    numbers = [math.nan if cell == "" else _number(cell) for cell in cells]
    bad = [row for row, number in enumerate(numbers) if number is None]
    if bad:
        return cells, bad
    if kind == "whole" and all(number is not None and number == number and number == int(number) for number in numbers):
        return np.array([int(number) for number in numbers if number is not None], dtype=np.int64), []
    return np.array(numbers, dtype=float), []


def _iso(cell: str) -> str:
    """A day or clock time that a spreadsheet has rewritten, as ISO; anything else as it is."""
    found = _OF_EXCEL.fullmatch(cell)
    if found is None:
        return cell
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}" + (f"T{hour:0>2}:{minute}:{second or '00'}" if hour else "")


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _is_day(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _is_instant(cell: str) -> bool:
    try:
        datetime.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _instant(cell: str, timezone: str) -> Any:
    import pandas as pd

    stamp = pd.Timestamp(datetime.fromisoformat(cell))
    if stamp.tz is None:
        return stamp.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
    return stamp.tz_convert(timezone)
