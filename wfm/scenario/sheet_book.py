"""A workbook as it lies on disk: its sheets' rows, refused where they would fill the memory, and how single cells are formatted."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from wfm.core.errors import InputError, Problem

_UNPACKED_MAX = 100_000_000
_CELLS_MAX = 5_000_000
_ROWS_MAX = 5_000
_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*')
_UNCALCULATED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_STYLE = re.compile(rb'\bs="(\d+)"')
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_CODE = re.compile(r"<(?:\w+:)?numFmt\b[^>]*>")
_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLED = re.compile(r"<(?:\w+:)?xf\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')

#: Formats that files name by number only; of the others none shows seconds.
_NUMBERED = {19: "h:mm:ss AM/PM", 21: "h:mm:ss", 33: "h:mm:ss", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0"}
_NO_CODE = re.compile(r'"[^"]*"|\\.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


@dataclass(frozen=True)
class Marks:
    """What a sheet says of its cells beside their values, by their names (``C10``).

    Attributes
    ----------
    errors
        Cells that hold an error of the spreadsheet (``#DIV/0!``).
    uncalculated
        Cells with a formula that no spreadsheet has calculated.
    seconds
        Cells formatted as times with their seconds.
    """

    errors: frozenset[str]
    uncalculated: frozenset[str]
    seconds: frozenset[str]


def checked(raw: bytes, file: str) -> None:
    """Refuse what is no workbook, and what would fill the memory, in any sheet."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_MAX:
                raise _too_large(file)
            for entry in archive.infolist():
                if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                    _measured(archive.read(entry), file)
    except InputError:
        raise
    except Exception:
        raise _unreadable(file) from None


def sheets(raw: bytes, file: str) -> Iterator[tuple[str, list[list[Any]]]]:
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


def marks(raw: bytes, sheet: str) -> Marks:
    """Errors and formats of one sheet's cells; none where the file does not say them as workbooks do."""
    errors, seconds, uncalculated = set(), set(), set[str]()
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        names = set(archive.namelist())
        part = _part(archive, sheet) if {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names else ""
        codes = _codes(archive.read("xl/styles.xml").decode("utf-8", "replace")) if "xl/styles.xml" in names else {}
        content = archive.read(part) if part in names else b""
        uncalculated.update(match[1].decode() for match in _UNCALCULATED.finditer(content) if b't="str"' not in match[0])
        for match in _CELL.finditer(content):
            name = (match[1] + match[2]).decode()
            styled = _STYLE.search(match[0])
            code = codes.get(int(styled[1]), "") if styled else ""
            if b't="e"' in match[0]:
                errors.add(name)
            if "s" in code:
                seconds.add(name)
    return Marks(frozenset(errors), frozenset(uncalculated), frozenset(seconds))


def column_name(number: int) -> str:
    """``A`` of 0, ``AA`` of 26."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


def _measured(sheet: bytes, file: str) -> None:
    columns = rows = 0
    for match in _CELL.finditer(sheet):
        column = 0
        for sign in match[1]:
            column = column * 26 + sign - 64
        columns, rows = max(columns, column), max(rows, int(match[2]))
    if columns * rows > _CELLS_MAX:
        raise _too_large(file)


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The file inside the workbook that holds a sheet."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    known = next((found for found in map(_attributes, _SHEET.findall(book)) if found.get("name") == sheet), {})
    link = next((value for name, value in known.items() if name.endswith(":id")), "")
    target = next((found.get("Target", "") for found in map(_attributes, _RELATION.findall(links)) if found.get("Id") == link), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _codes(styles: str) -> Mapping[int, str]:
    """Format of each style, without its literal texts, in small letters."""
    known = dict(_NUMBERED)
    for found in map(_attributes, _CODE.findall(styles)):
        if found.get("numFmtId", "").isdigit():
            known[int(found["numFmtId"])] = found.get("formatCode", "")
    block = _STYLES.search(styles)
    numbers = [_attributes(tag).get("numFmtId", "0") for tag in _STYLED.findall(block[0] if block else "")]
    return {at: _NO_CODE.sub("", known.get(int(number), "")).lower() for at, number in enumerate(numbers) if number.isdigit()}


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def _too_large(file: str) -> InputError:
    return InputError(
        Problem("this workbook is too large for a scenario", file=file, way_out="Keep the scenario in a workbook of its own")
    )


def _unreadable(file: str) -> InputError:
    return InputError(Problem("cannot be read as a workbook", file=file, way_out="Save it as .xlsx"))
