"""Reads a scenario from a sheet of a workbook: the columns key and value, wherever they stand, each value with its cell."""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.errors import InputError, Language, Phrase, Problem
from wfm.scenario.document import Document, KeyPath, Place, dotted, parse, read_bytes
from wfm.scenario.overrides import key_path, put

if TYPE_CHECKING:
    from wfm.scenario.fields import Documented

#: Titles of the columns; the first and the third are read.
HEADERS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("键", "含义", "值", "单位", "默认值", "来源", "出处"),
    "en": ("Key", "Meaning", "Value", "Unit", "Default", "Origin", "Source"),
}
#: What a cell says where a target, shift or option is not wanted, and every way to say it.
NONE: Mapping[Language, str] = {"zh": "无", "en": "none"}
NULLS = frozenset({"none", "null", "无", "不用", "~"})

_BYTES_MAX = 20_000_000
_UNPACKED_MAX = 100_000_000
_CELLS_MAX = 5_000_000
_ROWS_MAX = 5_000
_HEADER_ROWS = 20
_KEYS, _VALUES = ({"key", "键"}, {"value", "值", "取值"})
_SMALL = re.compile(r"[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]{1,3}")
_FLAGS = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"([^>]*)')


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
        No workbook, no such sheet, or rows that cannot be keys; each names sheet and cell.
    """
    path = Path(path)
    file = file if file is not None else str(path)
    raw = read_bytes(path, file, _BYTES_MAX)
    broken = _checked(raw, file)
    for name, rows in _sheets(raw, file):
        columns = _columns(rows)
        if columns is not None:
            values, places = _scenario(rows, columns, f"{file}:{name}", broken)
            return Document(file, values, places, len(raw))
    raise InputError(Problem("no sheet of this workbook is a scenario: none has the columns key and value", file=file,
                             way_out="Write a sheet to fill in: wfm new shop.xlsx"))  # fmt: skip


def _checked(raw: bytes, file: str) -> frozenset[str]:
    """Refuse what would fill the memory; cells that hold an error of the spreadsheet (``#DIV/0!``), in any sheet."""
    errors: set[str] = set()
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_MAX:
                raise InputError(
                    Problem(
                        "this workbook is too large for a scenario", file=file, way_out="Keep the scenario in a workbook of its own"
                    )
                )
            for entry in archive.infolist():
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                    errors |= _cells(archive.read(entry), file)
    except InputError:
        raise
    except Exception:
        raise _unreadable(file) from None
    return frozenset(errors)


def _cells(sheet: bytes, file: str) -> set[str]:
    columns = rows = 0
    errors = set()
    for match in _CELL.finditer(sheet):
        column = 0
        for sign in match[1]:
            column = column * 26 + sign - 64
        columns, rows = max(columns, column), max(rows, int(match[2]))
        if b't="e"' in match[0]:
            errors.add((match[1] + match[2]).decode())
    if columns * rows > _CELLS_MAX:
        raise InputError(
            Problem("this workbook is too large for a scenario", file=file, way_out="Keep the scenario in a workbook of its own")
        )
    return errors


def _unreadable(file: str) -> InputError:
    return InputError(Problem("cannot be read as a workbook", file=file, way_out="Save it as .xlsx"))


def _sheets(raw: bytes, file: str) -> Iterator[tuple[str, list[list[Any]]]]:
    """Name and rows of each sheet."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(BytesIO(raw))
        for name in workbook.sheet_names:
            yield name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=_ROWS_MAX)
    except BaseException as error:
        # The reader's panics are no exceptions to Python.
        if isinstance(error, InputError | GeneratorExit | KeyboardInterrupt | MemoryError):
            raise
        raise _unreadable(file) from None


def _columns(rows: list[list[Any]]) -> tuple[int, int, int] | None:
    """(row of the titles, column of keys, column of values)."""
    for number, row in enumerate(rows[:_HEADER_ROWS]):
        titles = [str(cell).strip().lower() for cell in row]
        key = next((at for at, title in enumerate(titles) if title in _KEYS), None)
        value = next((at for at, title in enumerate(titles) if title in _VALUES), None)
        if key is not None and value is not None:
            return number, key, value
    return None


def _scenario(
    rows: list[list[Any]], columns: tuple[int, int, int], sheet: str, broken: frozenset[str]
) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    titles, key_column, value_column = columns
    values: dict[str, Any] = {}
    places: dict[KeyPath, Place] = {}
    written: dict[tuple[str, ...], str] = {}
    found: list[tuple[tuple[str, ...], object, Place]] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows[titles + 1 :], start=titles + 2):
        key = restored(str(row[key_column]).strip()) if len(row) > key_column else ""
        cell = row[value_column] if len(row) > value_column else ""
        name = f"{column_name(value_column)}{number}"
        place = Place(f"{sheet}!{name}")
        if name in broken and cell == "" and key:
            problems.append(
                Problem("this cell holds an error of the spreadsheet", key, None, "Mend its formula or write a value", place.file)
            )
        if not key or cell == "" or cell is None:
            continue
        path = key_path(key)
        if not path:
            problems.append(Problem("this is no key", key, None, "Known keys: docs/scenario.md", place.file))
        elif path in written:
            problems.append(Problem("duplicate key: it stands in {first} already", key, None, "Keep one of the two", place.file,
                                    values={"first": written[path]}))  # fmt: skip
        else:
            written[path] = name
            try:
                found.append((path, _value(cell, path), place))
            except _Refused as refused:
                problems.append(Problem(refused.message, dotted(path), str(cell), refused.way_out, place.file))
    if problems:
        raise InputError(*problems[:20])
    # A section's own row first: "none" or a word for the whole, before the keys inside it.
    for path, value, place in sorted(found, key=lambda item: len(item[0])):
        inside = {known: at for known, at in places.items() if known[: len(path)] == path}
        values = put(values, places, path, value, place)
        places.update(inside)
    return values, places


class _Refused(Exception):  # noqa: N818  # no error leaves this module
    def __init__(self, message: str, way_out: str) -> None:
        super().__init__(message)
        self.message, self.way_out = message, way_out


def _value(cell: object, path: KeyPath) -> object:
    """A cell as a plain value for the model."""
    from wfm.scenario.fields import field_at

    entry = field_at(path)
    kind = entry.kind if entry is not None else "text"
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return _number(cell, kind)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta):
        return _clock(cell, kind)
    return _text(str(cell), entry, kind)


def _number(cell: float, kind: str) -> object:
    whole = math.isfinite(cell) and cell == int(cell) and abs(cell) < 2**53
    if kind in ("text", "choice", "list", "table"):
        return str(int(cell)) if whole else repr(cell)
    return int(cell) if whole else cell


def _clock(cell: time | timedelta, kind: str) -> str:
    if kind == "duration":
        # 4:30 typed into a spreadsheet is half past four, in a scenario four minutes and a half.
        raise _Refused(Phrase("a time of the day stands here"), Phrase("Write 20s, 3min or 1h30min, the cell formatted as text"))
    if isinstance(cell, time):
        return f"{cell.hour:02d}:{cell.minute:02d}"
    minutes = round(cell.total_seconds() / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _text(cell: str, entry: Documented | None, kind: str) -> object:
    text = restored(cell.strip())
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return json.loads(text)
        except ValueError:
            return text
    if text.lower() in NULLS and entry is not None and (entry.nullable or kind == "section"):
        return None
    if kind == "flag":
        return _FLAGS.get(text.lower(), text)
    if kind in ("share", "duration", "number") and _SMALL.fullmatch(text):
        return float(text)
    if text[:1] in ("{", "[") and kind in ("section", "table", "list", "text"):
        try:
            return parse(f"value: {text}", "")[0]["value"]
        except InputError:
            return text
    if kind == "list":
        return [part.strip() for part in re.split("[,，、;；]", text) if part.strip()]
    return text


def restored(text: str) -> str:
    """A text without the apostrophe that kept it from being a formula."""
    return text[1:] if re.match(r"'+[=+\-@]", text) else text


def column_name(number: int) -> str:
    """``A`` of 0, ``AA`` of 26."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
