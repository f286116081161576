"""Frames and parquet files as chunks of cells; their types are kept in the text: instants with offset, numbers in full."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Phrase, Problem
from wfm.history.headers import column_names

if TYPE_CHECKING:
    import pandas as pd

_NO_ROWS = (Phrase("the table has no rows"), Phrase("Give it a row for each interval"))

_NO_COLUMNS = (Phrase("the table has no columns"), _NO_ROWS[1])


def frame_chunks(frame: object, rows: int, *, file: str = "table", first: int = 2) -> Iterator[pd.DataFrame]:
    """Chunks of a frame as `wfm.history.sources.chunks` promises; an index with a name, or of dates, is a column too."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        message, way_out = "neither a path nor a DataFrame", "Give a path, `-`, a DataFrame or a Query"
        raise InputError(Problem(message, value=type(frame).__name__, way_out=way_out))
    if any(name is not None for name in frame.index.names) or isinstance(frame.index, pd.DatetimeIndex):
        levels = frame.index.set_names([name if name is not None else "start" for name in frame.index.names]).to_frame(index=False)
        frame = pd.concat([levels, frame.reset_index(drop=True)], axis=1)
    if not len(frame) or not frame.shape[1]:
        message, way_out = _NO_ROWS if frame.shape[1] else _NO_COLUMNS
        raise InputError(Problem(message, way_out=way_out, file=file))
    names = column_names([text_of(name) for name in frame.columns], frame.shape[1])
    for start in range(0, len(frame), rows):
        part = frame.iloc[start : start + rows]
        part = part.set_axis(pd.RangeIndex(start + first, start + first + len(part)))
        chunk = pd.DataFrame({name: column_text(part.iloc[:, i]) for i, name in enumerate(names)}, index=part.index)
        chunk = chunk.loc[~(chunk == "").all(axis=1)]
        chunk.attrs["preamble"] = []
        if len(chunk):
            yield chunk


def parquet_chunks(path: Path, file: str, rows: int) -> Iterator[pd.DataFrame]:
    """Chunks of a parquet file.

    Raises
    ------
    InputError
        pyarrow is not installed, or the file is broken.
    """
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        message = "parquet files need pyarrow, which is not installed"
        raise InputError(Problem(message, way_out='pip install "openwfm[parquet]", or export CSV', file=file)) from None
    try:
        with ParquetFile(path) as stored:
            first, found = 2, False
            for batch in stored.iter_batches(batch_size=rows):
                frame = batch.to_pandas()
                if len(frame):
                    found = True
                    yield from frame_chunks(frame, rows, file=file, first=first)
                first += len(frame)
    except (ArrowException, OSError) as error:
        message, way_out = "a broken parquet file: {reason}", "Export it again"
        reason = str(error).partition("\n")[0][:120]
        raise InputError(Problem(message, way_out=way_out, file=file, values={"reason": reason})) from None
    if not found:
        message, way_out = _NO_ROWS
        raise InputError(Problem(message, way_out=way_out, file=file))


def column_text(column: pd.Series) -> pd.Series:
    """A column of any type as text cells."""
    import pandas as pd

    kind = column.dtype
    if isinstance(kind, pd.DatetimeTZDtype) or pd.api.types.is_datetime64_dtype(kind):
        # An instant stays one: with its offset from UTC.
        offset = "Z" if isinstance(kind, pd.DatetimeTZDtype) else ""
        plain = column.dt.tz_convert("UTC").dt.tz_localize(None) if offset else column
        codes, unique = pd.factorize(plain.dt.round("s") if not offset else plain)
        texts = pd.array([instant.isoformat() + offset for instant in unique] + [""], dtype="str")
        return pd.Series(texts.take(codes), index=column.index)
    if pd.api.types.is_bool_dtype(kind):
        return column.map({True: "TRUE", False: "FALSE"}).fillna("").astype("str")
    if pd.api.types.is_integer_dtype(kind):
        return column.astype("str").where(column.notna(), "")
    if isinstance(kind, pd.StringDtype):
        return column.fillna("").astype("str").str.strip()
    return pd.Series([text_of(cell) for cell in column.astype(object)], index=column.index, dtype="str")


def text_of(cell: object) -> str:
    """One cell as text: whole floats without a point, instants and days in ISO form, durations as h:mm:ss, nothing as ""."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, dt.datetime):
        return "" if cell != cell else _rounded(cell).isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        return "" if cell != cell else _span(cell)
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    number = getattr(cell, "item", None)
    if callable(number):
        inner = number()
        return text_of(inner) if inner is not cell and not callable(getattr(inner, "item", None)) else str(cell)
    text = str(cell).strip()
    return "" if text in ("<NA>", "NaT", "nan") else text


def _number(cell: float) -> str:
    if math.isnan(cell):
        return ""
    return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)


def _rounded(instant: dt.datetime) -> dt.datetime:
    """Without the thousandths that adding 1/48 of a day in Excel leaves."""
    off = instant.microsecond
    if off and (off < 2000 or off > 998_000):
        return instant.replace(microsecond=0) + dt.timedelta(seconds=1 if off > 998_000 else 0)
    return instant


def _span(span: dt.timedelta) -> str:
    seconds = span.total_seconds()
    if seconds < 0:
        return f"-{_span(-span)}"
    whole = int(seconds)
    rest = f"{seconds - whole:.3f}"[1:] if seconds - whole > 0.0005 else ""
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{rest}"
