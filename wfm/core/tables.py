"""Tables as files: written so that spreadsheets open them, read back so that a step finds what the step before wrote."""

from __future__ import annotations

import codecs
import io
import json
import math
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.cells import FORMULA_STARTS, plain_text, typed
from wfm.core.contracts import CONTRACTS, check
from wfm.core.errors import InputError, Problem, reason_of
from wfm.core.writing import write_files as write_files  # the other half of a table's file

if TYPE_CHECKING:
    import pandas as pd

STDIN = "-"


def csv_text(table: pd.DataFrame, *, exact: bool = False) -> str:
    """A table as csv: ISO instants, and no text cell or header that a spreadsheet would run as a formula.

    Parameters
    ----------
    table
        The table; its index is not written.
    exact
        Numbers with as many digits as read back the same; else ten significant ones.
    """
    shown = table.copy()
    for column in shown.columns:
        if shown[column].dtype.kind not in "iufb":
            shown[column] = [_cell(value) for value in shown[column]]
    shown.columns = [_cell(name) for name in shown.columns]
    buffer = io.StringIO()
    shown.to_csv(buffer, index=False, float_format=None if exact else "%.10g", lineterminator="\n")
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    """A cell of a column that is not of numbers."""
    if isinstance(value, datetime | date):
        return "" if value != value else value.isoformat()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        # The quote is what spreadsheets themselves use to say: this is text.
        return f"'{value}" if value.startswith(FORMULA_STARTS) else value
    return value


def json_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON values: ISO instants and days, null for what is no number; numbers keep all their digits."""
    plain = {str(column): [_json(value) for value in table[column].tolist()] for column in table.columns}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)] if plain else []


def _json(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime | date):
        return None if value != value else value.isoformat()
    return [_json(inner) for inner in value] if isinstance(value, list | tuple) else str(value)


def read_table(path: Path | str, name: str, timezone: str, kinds: Mapping[str, str] | None = None) -> pd.DataFrame:
    """A table that a step, a planner or another program wrote, checked against its contract.

    Parameters
    ----------
    path
        A .csv (UTF-8 with or without mark, UTF-16 with one, or GB18030), a .parquet file, the object that ``--json`` prints, or
        ``"-"`` for csv or that object on the standard input.
    name
        Which table (`wfm.core.contracts.CONTRACTS`), or any other name for a table without a contract.
    timezone
        The zone its instants are shown in; an instant without an offset is a wall clock there.
    kinds
        Kind of columns that no contract speaks of (``instant``, ``day``, ``flag``, ``whole``, ``number``, ``text``); others are
        guessed from their cells.

    Returns
    -------
    DataFrame
        Instants in ``timezone``, days as dates, numbers exactly as written, extra columns kept.

    Raises
    ------
    InputError
        With file, line, column and value: no such file, not a table, a column missing, a cell that is no number or no instant, or a
        rule of the contract broken.
    """
    file = str(path)
    if not file.lower().endswith(".parquet"):
        return _checked(typed(*_cells(file), name, timezone, _name(file), kinds or {}), name, file, header=1)
    return _checked(_zoned(_parquet(file), name, timezone, file), name, file, header=0)


def _parquet(file: str) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_parquet(file)
    except ImportError:
        raise InputError(
            Problem("reading parquet needs pyarrow", file=file, way_out="pip install 'openwfm[parquet]', or use csv")
        ) from None
    except FileNotFoundError:
        raise _absent(file) from None
    except (OSError, ValueError):
        raise InputError(Problem("not a parquet file", file=file, way_out="Write it again, or use csv")) from None


def _zoned(table: pd.DataFrame, name: str, timezone: str, file: str) -> pd.DataFrame:
    import pandas as pd

    for column in table.columns:
        if isinstance(table[column].dtype, pd.DatetimeTZDtype):
            table[column] = table[column].dt.tz_convert(timezone).dt.as_unit("us")
    return table


def completed(table: pd.DataFrame, seconds: float) -> pd.DataFrame:
    """A table of intervals with ``date``, ``weekday``, ``slot`` and ``duration`` [s], each as it is where it is there.

    A table from elsewhere may lack them: the day is then the local day of the start, and intervals are ``seconds`` long.
    """
    start = table["start"]
    day = table.get("date", start.dt.date)
    clock = start.dt.hour * 3600 + start.dt.minute * 60 + start.dt.second
    made = {
        "date": day,
        "weekday": [value.weekday() for value in day],
        "slot": (clock // int(seconds)).astype("int64"),
        "duration": float(seconds),
    }
    return table.assign(**{column: values for column, values in made.items() if column not in table})


def _absent(file: str) -> InputError:
    return InputError(
        Problem("no such file", file=file, way_out="A table is a .csv, .parquet or .json file, or - for the standard input")
    )


def _cells(file: str) -> tuple[pd.DataFrame, list[int]]:
    """Every cell as text, and the line of each row."""
    import csv

    import pandas as pd

    text = _file_text(file)
    if not text.strip():
        raise InputError(
            Problem("the table is empty", file=_name(file), way_out="It needs a header and rows; did the step before fail?")
        )
    if text.lstrip()[0] == "{":
        return _json_cells(text, _name(file))
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = [plain_text(cell.strip()) for cell in next(reader)]
    doubled = sorted({cell for cell in header if header.count(cell) > 1})
    if doubled:
        raise InputError(Problem("a column stands twice", key=doubled[0], file=_name(file), line=1, way_out="Keep one of them"))
    rows, lines, begin = [], [], reader.line_num + 1
    for row in reader:
        if any(cell.strip() for cell in row):
            if len(row) != len(header):
                raise InputError(
                    Problem(
                        "the row has {cells} cells, the header {columns}",
                        values={"cells": len(row), "columns": len(header)},
                        file=_name(file),
                        line=begin,
                        way_out="Put a text that holds a comma in quotes",
                    )
                )
            rows.append(row)
            lines.append(begin)
        begin = reader.line_num + 1
    return pd.DataFrame(rows, columns=header, dtype=object), lines


def _json_cells(text: str, file: str) -> tuple[pd.DataFrame, list[int]]:
    """The same of the object that ``--json`` prints of a table; a row's number stands for its line."""
    import pandas as pd

    try:
        rows = json.loads(text)["rows"]
        table = pd.DataFrame([{str(name): _text(value) for name, value in row.items()} for row in rows], dtype=object)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        way_out = "Write it with --json, or as .csv"
        raise InputError(Problem("JSON, but not a table of a step", file=file, way_out=way_out)) from None
    return table.fillna(""), list(range(1, len(table) + 1))


def _text(value: Any) -> str:
    return "" if value is None else str(_cell(value))


def _file_text(file: str) -> str:
    if file == STDIN:
        raw = sys.stdin.buffer.read()
    else:
        try:
            raw = Path(file).read_bytes()
        except FileNotFoundError:
            raise _absent(file) from None
        except OSError as error:
            raise InputError(
                Problem("the file cannot be read ({reason})", file=file, values={"reason": reason_of(error)})
            ) from None
    # Windows PowerShell saves with ">" as UTF-16 behind a mark.
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(Problem("neither UTF-8 nor GB18030 text", file=_name(file), way_out="Save the file as CSV UTF-8"))


def _name(file: str) -> str:
    return "<stdin>" if file == STDIN else file


def _checked(table: pd.DataFrame, name: str, file: str, *, header: int) -> pd.DataFrame:
    """The table under its contract; problems name the file, and a row's index is its line."""
    if name in CONTRACTS:
        try:
            check(table, name)
        except InputError as error:
            raise InputError(*(replace(problem, file=_name(file)) for problem in error.problems)) from None
    return table.reset_index(drop=True)
