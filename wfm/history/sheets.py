"""Workbooks as chunks of cells: Excel and LibreOffice files, by the sheet asked for or the first that holds a table."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.errors import InputError, Problem
from wfm.history.frames import text_of
from wfm.history.headers import column_names, header_row

if TYPE_CHECKING:
    import pandas as pd

_HEAD_ROWS = 80
# A sheet of Excel ends here; a file that claims more is made to fill the memory.
_MOST_CELLS = 50_000_000
_MOST_BYTES = 4 << 30


def workbook_chunks(path: Path, file: str, sheet: str | None, rows: int) -> Iterator[pd.DataFrame]:
    """Chunks of a sheet as `wfm.history.sources.chunks` promises.

    Raises
    ------
    InputError
        A workbook that is protected, broken or none, a sheet that is not there, or no sheet with a table.
    """
    book = _opened(path, file)
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        message, way_out = "the workbook has no such sheet", "It has: {sheets}"
        values = {"sheets": ", ".join(names)}
        raise InputError(Problem(message, key="sheet", value=sheet, way_out=way_out, file=file, values=values))
    for name in [sheet] if sheet is not None else names:
        cells = _cells(book, name, file)
        filled = [any(row) for row in cells]
        if sum(filled) >= 2 and max(sum(bool(cell) for cell in row) for row in cells) >= 2:
            yield from _table_chunks(cells, filled, rows)
            return
    message, way_out = "no sheet of the workbook holds a table", "It needs a header row and rows of intervals; it has: {sheets}"
    raise InputError(Problem(message, way_out=way_out, file=file, values={"sheets": ", ".join(names)}))


def _table_chunks(cells: list[list[str]], filled: list[bool], rows: int) -> Iterator[pd.DataFrame]:
    import pandas as pd

    at = header_row(cells[:_HEAD_ROWS])
    width = max(len(row) for row in cells)
    used = [i for i in range(width) if any(row[i] for row in cells[at:])]
    header = cells[at]
    names = column_names([header[i] for i in used], len(used))
    preamble = [" ".join(cell for cell in row if cell) for row in cells[:at] if any(row)]
    body = [i for i in range(at + 1, len(cells)) if filled[i]]
    for start in range(0, len(body), rows):
        lines = body[start : start + rows]
        chunk = pd.DataFrame(
            {name: [cells[line][i] for line in lines] for name, i in zip(names, used, strict=True)},
            index=pd.Index([line + 1 for line in lines], dtype="int64"),
            dtype="str",
        )
        chunk.attrs["preamble"] = preamble
        yield chunk


def _opened(path: Path, file: str) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                unpacked = sum(member.file_size for member in packed.infolist())
            if unpacked > _MOST_BYTES:
                message, way_out = "the workbook unpacks to more than 4 GB", "Export the table as CSV UTF-8"
                raise InputError(Problem(message, way_out=way_out, file=file))
        return CalamineWorkbook.from_path(str(path))
    except PasswordError:
        message, way_out = "the workbook is protected by a password", "Take the password off, or save the sheet as CSV UTF-8"
        raise InputError(Problem(message, way_out=way_out, file=file)) from None
    except InputError:
        raise
    except (CalamineError, zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        message, way_out = "not a workbook that can be read: {reason}", "Open it in Excel and save it as xlsx or CSV UTF-8"
        reason = str(error).partition("\n")[0][:120]
        raise InputError(Problem(message, way_out=way_out, file=file, values={"reason": reason})) from None


def _cells(book: Any, name: str, file: str) -> list[list[str]]:
    """All cells of a sheet as text; a cell merged over several rows is repeated in each of them."""
    from python_calamine import CalamineError

    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > _MOST_CELLS:
            message, way_out = "the sheet has more than 50 million cells", "Export the table as CSV UTF-8"
            raise InputError(Problem(message, key="sheet", value=name, way_out=way_out, file=file))
        rows: Sequence[Sequence[object]] = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    except (CalamineError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        # A chart's sheet has no cells.
        return []
    cells = [[text_of(cell) for cell in row] for row in rows]
    for (top, left), (bottom, right) in merged:
        if bottom > top and left == right and bottom < len(cells):
            for row in range(top + 1, bottom + 1):
                cells[row][left] = cells[top][left]
    return cells
