"""Where rows of a past come from: text files, workbooks, parquet, databases, frames; all told alike, as cells of text by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from wfm.core.errors import InputError, Phrase, Problem, reason_of

if TYPE_CHECKING:
    import pandas as pd

    Source: TypeAlias = "str | Path | pd.DataFrame | Query"

#: Rows of a chunk: small enough to hold several at once, large enough that the work per chunk does not count.
ROWS = 200_000
_PASSWORD = re.compile(r"((?:://|^)[^:/@\s]*):\S*@")
_SECRET = re.compile(r"\b(password|passwd|pwd|token|secret)=[^&\s]*", re.I)


@dataclass(frozen=True)
class Query:
    """Rows of a database.

    Attributes
    ----------
    url
        URL of SQLAlchemy, e.g. ``postgresql+psycopg://reader@host/calls``; ``sqlite:///calls.db`` needs no SQLAlchemy.
    sql
        One SELECT (or WITH ... SELECT).
    folder
        Where a relative path of an sqlite URL starts: the scenario's folder; None for the current one.
    """

    url: str
    sql: str
    folder: Path | None = None

    def __repr__(self) -> str:
        return f"Query({hidden(self.url)!r}, {self.sql!r})"


def hidden(text: str) -> str:
    """``text`` with the passwords of its URLs hidden: ``user:***@``."""
    return _SECRET.sub(r"\1=***", _PASSWORD.sub(r"\1:***@", text))


def name_of(source: Source) -> str:
    """What messages call the source: its path, ``stdin``, ``table`` or the URL without its password."""
    if isinstance(source, Query):
        return hidden(source.url)
    if isinstance(source, str | Path):
        return "stdin" if str(source) == "-" else str(source)
    return "table"


def chunks(source: Source, *, sheet: str | None = None, rows: int = ROWS) -> Iterator[pd.DataFrame]:
    """The rows of a source, chunk by chunk, every cell as text.

    Parameters
    ----------
    source
        Path of a .csv, .tsv, .txt, .xlsx, .xlsm, .xls, .xlsb, .ods or .parquet file (what it holds counts, not what it is
        called); "-" for text on stdin; a DataFrame; or a `Query`.
    sheet
        Sheet of a workbook; None takes the first that holds a table.
    rows
        Most rows of a chunk.

    Yields
    ------
    DataFrame
        Text cells, "" where empty. The index is the line in the file, counted from 1 (the row of a workbook; in frames and
        databases the first row is 2, as if a header stood above it). Columns are stripped of blanks; lines above the header
        (title, period of a report) are in ``attrs["preamble"]``; repeated names get ``.2``, ``.3``; columns without a name and
        without a cell are left out. Blank lines stay out.

    Raises
    ------
    InputError
        What cannot be read, is empty, has no rows or no table, with the way out.
    """
    if isinstance(source, Query):
        from wfm.history.databases import query_chunks

        return query_chunks(source, rows)
    if not isinstance(source, str | Path):
        from wfm.history.frames import frame_chunks

        return frame_chunks(source, rows)
    return _file_chunks(source, sheet, rows)


def _file_chunks(source: str | Path, sheet: str | None, rows: int) -> Iterator[pd.DataFrame]:
    from wfm.history import texts

    file = name_of(source)
    if file == "stdin":
        with texts.stdin_copy() as stream:
            yield from texts.text_chunks(stream, file, rows)
        return
    path = Path(source)
    try:
        if path.is_dir():
            raise InputError(Problem("a folder, not a file", way_out="Name the file inside it", file=file))
        with path.open("rb") as stream:
            kind = _kind(stream.read(4096))
            stream.seek(0)
            if kind == "text":
                yield from texts.text_chunks(stream, file, rows)
                return
    except OSError as error:
        way_out = "Check the path" if path.is_absolute() else "Paths are read from the current folder"
        message = "cannot be read: {reason}"
        raise InputError(Problem(message, way_out=way_out, file=file, values={"reason": reason_of(error)})) from None
    if kind == "workbook":
        from wfm.history.sheets import workbook_chunks

        yield from workbook_chunks(path, file, sheet, rows)
    elif kind == "parquet":
        from wfm.history.frames import parquet_chunks

        yield from parquet_chunks(path, file, rows)
    else:
        raise InputError(_refusal(kind, file))


_SIGNS = {
    b"PK\x03\x04": "workbook",
    b"\xd0\xcf\x11\xe0": "workbook",
    b"PAR1": "parquet",
    b"SQLite format 3\x00": "sqlite",
    b"\x1f\x8b": "packed",
    b"7z\xbc\xaf": "packed",
    b"Rar!": "packed",
    b"%PDF": "pdf",
}


def _kind(head: bytes) -> str:
    """What a file holds by its first bytes; its name may lie."""
    for sign, kind in _SIGNS.items():
        if head.startswith(sign):
            return kind
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<head", b"<style", b"<meta")):
        return "html"
    if start.startswith((b"{", b"[{", b"[[", b"[ {")):
        return "json"
    return "text"


def _refusal(kind: str, file: str) -> Problem:
    said = {
        "sqlite": (Phrase("an SQLite database"), Phrase("Write sql: {{url: sqlite:///{file}, query: SELECT ...}} instead of file")),
        "packed": (Phrase("a packed file"), Phrase("Unpack it first")),
        "json": (Phrase("JSON, not a table"), Phrase("Export the table as CSV UTF-8 or xlsx")),
        "pdf": (Phrase("a PDF, not a table"), Phrase("Export the report as CSV or xlsx")),
        "html": (
            Phrase("a web page (HTML or XML), whatever its name says"),
            Phrase("Open it in Excel and save it as xlsx or CSV UTF-8"),
        ),
    }
    message, way_out = said[kind]
    values = {"file": file} if kind == "sqlite" else {}
    return Problem(message, way_out=way_out, file=file, values=values)
