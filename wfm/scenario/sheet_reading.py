"""Reads a scenario from a sheet of a workbook: the columns key and value, wherever they stand, each value with its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wfm.core.errors import BadValueError, InputError, Language, Problem, problem_of
from wfm.scenario.document import Document, KeyPath, Place, dotted, read_bytes
from wfm.scenario.leaves import same
from wfm.scenario.overrides import key_path, put
from wfm.scenario.sheet_book import Marks, checked, column_name, marks, sheets
from wfm.scenario.sheet_cells import day_key, restored, value_of

#: Titles of the columns; the first and the third are read.
HEADERS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("键", "含义", "值", "单位", "默认值", "来源", "出处"),
    "en": ("Key", "Meaning", "Value", "Unit", "Default", "Origin", "Source"),
}
#: What a cell says where a target, shift or option is not wanted.
NONE: Mapping[Language, str] = {"zh": "无", "en": "none"}

_BYTES_MAX = 20_000_000
_LOOKED_INTO = 5_000_000  # a larger workbook is a past: looking for a scenario would read it twice
_HEADER_ROWS = 20
_KEYS, _VALUES = ({"key", "键"}, {"value", "值", "取值"})
#: A hidden column: the value that was fitted. A cell that still holds it is no value of the planner's.
FITTED: Mapping[Language, str] = {"zh": "拟合值", "en": "Fitted value"}
_DEFAULTS = {"default", "默认值"}
_FITTED = {title.lower() for title in FITTED.values()}


def read_sheet(path: str | Path, file: str | None = None) -> Document:
    """The scenario in a workbook (xlsx, xlsm): its first sheet that has the columns key and value.

    Parameters
    ----------
    path
        The workbook.
    file
        Its name in messages; ``path`` unless given.

    Raises
    ------
    InputError
        No workbook, or no such sheet. Cells that cannot be read are problems of the document.
    """
    path = Path(path)
    file = file if file is not None else str(path)
    raw = read_bytes(path, file, _BYTES_MAX)
    checked(raw, file)
    for name, rows in sheets(raw, file):
        columns = _columns(rows)
        if columns is not None:
            values, places, problems = _scenario(rows, columns, f"{file}:{name}", marks(raw, name))
            return Document(file, values, places, len(raw), problems)
    raise InputError(Problem("no sheet of this workbook is a scenario: none has the columns key and value", file=file,
                             way_out="Write a sheet to fill in: wfm new shop.xlsx; a past of contacts is named in "
                             "demand.history.file (wfm new shop.yaml --template history)"))  # fmt: skip


def holds_scenario(path: str | Path) -> bool:
    """Whether a file is a workbook with a scenario's sheet; what cannot be read is none, and its reader says why."""
    path = Path(path)
    if path.suffix.lower() not in (".xlsx", ".xlsm") or not path.is_file() or path.stat().st_size > _LOOKED_INTO:
        return False
    try:
        raw = read_bytes(path, str(path), _LOOKED_INTO)
        checked(raw, str(path))
        return any(_columns(rows) is not None for _, rows in sheets(raw, str(path)))
    except InputError:
        return False


@dataclass(frozen=True)
class _Columns:
    """Where the scenario stands in a sheet: the row of the titles, the columns of keys, values, and what was fitted.

    ``default`` is the column of defaults in a sheet that wfm wrote, whose defaults are texts; -1 where there is no such column.
    """

    titles: int
    key: int
    value: int
    fitted: int
    default: int


def _columns(rows: list[list[Any]]) -> _Columns | None:
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        titles = [str(cell).strip().lower() for cell in row]
        key = next((at for at, title in enumerate(titles) if title in _KEYS), None)
        value = next((at for at, title in enumerate(titles) if title in _VALUES), None)
        if key is not None and value is not None:
            fitted = next((at for at, title in enumerate(titles) if title in _FITTED), -1)
            default = next((at for at, title in enumerate(titles) if title in _DEFAULTS), -1) if fitted >= 0 else -1
            return _Columns(number, key, value, fitted, default)
    return None


def _scenario(
    rows: list[list[Any]], columns: _Columns, sheet: str, marked: Marks
) -> tuple[dict[str, Any], dict[KeyPath, Place], tuple[Problem, ...]]:
    found: dict[tuple[str, ...], tuple[object, str]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows[columns.titles + 1 :], start=columns.titles + 2):
        key, cell = restored(str(_at(row, columns.key)).strip()), _at(row, columns.value)
        name = f"{column_name(columns.value)}{number}"
        if key:
            problems += _passed_over(row, columns, name, key, sheet, marked)
        if not key or cell == "" or (columns.fitted >= 0 and same(cell, _at(row, columns.fitted))):
            continue
        path = day_key(key_path(key))
        if not path:
            problems.append(Problem("this is no key", key, None, "Known keys: docs/scenario.md", f"{sheet}!{name}"))
        elif path in found:
            problems.append(Problem("duplicate key: it stands in {first} already", key, None, "Keep one of the two",
                                    f"{sheet}!{name}", values={"first": found[path][1]}))  # fmt: skip
        else:
            found[path] = cell, name
    currency = str(found.get(("currency",), ("CNY",))[0]).strip().upper()
    values: dict[str, Any] = {}
    places: dict[KeyPath, Place] = {}
    # A section's own row first: "none" or a word for the whole, before the keys inside it.
    for path, (cell, name) in sorted(found.items(), key=lambda item: len(item[0])):
        place = Place(f"{sheet}!{name}")
        try:
            value = value_of(cell, path, currency, seconds=name in marked.seconds)
        except BadValueError as error:
            problems.append(problem_of(error, dotted(path), _told(cell), place.file))
            continue
        inside = {known: at for known, at in places.items() if known[: len(path)] == path}
        values = put(values, places, path, value, place)
        places.update(inside)
    return values, places, tuple(problems)


def _passed_over(row: list[Any], columns: _Columns, name: str, key: str, sheet: str, marked: Marks) -> list[Problem]:
    """What stands in a row and would not be read: a formula without a value, a number in the column of defaults."""
    place, empty = f"{sheet}!{name}", _at(row, columns.value) == ""
    if empty and name in marked.errors:
        return [Problem("this cell holds an error of the spreadsheet", key, None, "Mend its formula or write a value", place)]
    if empty and name in marked.uncalculated:
        return [Problem("this cell holds a formula that was never calculated", key, None,
                        "Open the workbook in Excel and save it, or write the value", place)]  # fmt: skip
    default = _at(row, columns.default) if columns.default >= 0 else ""
    if default != "" and not isinstance(default, str):
        return [Problem("a value stands in the column of defaults, which is not read", key, _told(default),
                        "Write it into {cell}", place, values={"cell": name})]  # fmt: skip
    return []


def _told(cell: object) -> object:
    """A cell in a message: 12 instead of the 12.0 of every whole number in a workbook; times say themselves what they may be."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell if isinstance(cell, int | float | str) else None


def _at(row: list[Any], column: int) -> Any:
    cell = row[column] if len(row) > column else ""
    return "" if cell is None else cell
