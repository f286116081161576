"""Rows of a database as chunks of cells: one SELECT, read only; sqlite by the standard library, others by SQLAlchemy."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from wfm.core.errors import InputError, Phrase, Problem

if TYPE_CHECKING:
    import pandas as pd

    from wfm.history.sources import Query

_WRITES = (
    "insert", "update", "delete", "merge", "drop", "alter", "create", "truncate", "grant", "revoke", "replace", "attach",
    "detach", "pragma", "vacuum", "call", "exec", "execute", "copy", "into",
)  # fmt: skip
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]")
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.S)
_SQLITE = re.compile(r"sqlite(?:\+pysqlite)?:///(.+)")


def query_chunks(query: Query, rows: int) -> Iterator[pd.DataFrame]:
    """Chunks of a query's rows as `wfm.history.sources.chunks` promises.

    Raises
    ------
    InputError
        A query that is not one SELECT, a database that cannot be opened, SQL that fails; never with a password.
    """
    from wfm.history.sources import hidden

    file = hidden(query.url)
    _only_reads(query.sql, file)
    local = _SQLITE.fullmatch(query.url.strip())
    if local and local[1] != ":memory:":
        return _sqlite_chunks(query, Path(local[1].partition("?")[0]), file, rows)
    return _sqlalchemy_chunks(query, file, rows)


def _only_reads(sql: str, file: str) -> None:
    bare = _QUOTED.sub("''", _COMMENTS.sub(" ", sql)).strip().rstrip(";").strip()
    way_out = "Write one SELECT, or one WITH ... SELECT"
    words = re.findall(r"[A-Za-z_]+", bare)
    if not words or words[0].lower() not in ("select", "with"):
        message = "not a query that only reads"
        raise InputError(Problem(message, key="query", value=sql, way_out=way_out, file=file))
    if ";" in bare:
        raise InputError(Problem("several statements in one query", key="query", value=sql, way_out=way_out, file=file))
    calls = {found.lower() for found in re.findall(r"([A-Za-z_]+)\s*\(", bare)}
    writes = [word for word in words if word.lower() in _WRITES and word.lower() not in calls]
    if writes:
        message = "not a query that only reads: it says {word}"
        values = {"word": writes[0].upper()}
        way_out = "Write one SELECT, or one WITH ... SELECT; a column of that name goes in quotes"
        raise InputError(Problem(message, key="query", value=sql, way_out=way_out, file=file, values=values))


def _sqlite_chunks(query: Query, name: Path, file: str, rows: int) -> Iterator[pd.DataFrame]:
    path = name if name.is_absolute() else (query.folder or Path()) / name
    if not path.is_file():
        way_out = "Paths are read from the current folder" if query.folder is None else "Paths are read from the scenario's folder"
        values = {"reason": Phrase("No such file or directory")}
        raise InputError(Problem("cannot be read: {reason}", way_out=way_out, file=file, values=values))
    try:
        database = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise InputError(_failed(error, query, file)) from None
    try:
        cursor = database.execute(query.sql)
        names = [str(column[0]) for column in cursor.description]
        yield from _fetched(cursor, names, file, rows)
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise InputError(_failed(error, query, file)) from None
    finally:
        database.close()


def _sqlalchemy_chunks(query: Query, file: str, rows: int) -> Iterator[pd.DataFrame]:
    try:
        import sqlalchemy
    except ImportError:
        message = "databases other than sqlite files need SQLAlchemy, which is not installed"
        raise InputError(Problem(message, way_out='pip install "openwfm[sql]"', file=file)) from None
    try:
        engine = sqlalchemy.create_engine(query.url)
    except ModuleNotFoundError as error:
        message, way_out = "the database needs the driver {driver}, which is not installed", "pip install {driver}"
        raise InputError(Problem(message, way_out=way_out, file=file, values={"driver": error.name})) from None
    except (sqlalchemy.exc.ArgumentError, sqlalchemy.exc.NoSuchModuleError, ValueError):
        message, way_out = "not a URL of a database", "Write e.g. sqlite:///calls.db or postgresql+psycopg://user@host/base"
        raise InputError(Problem(message, key="url", way_out=way_out, file=file)) from None
    try:
        with engine.connect() as connection:
            result = connection.execution_options(stream_results=True).execute(sqlalchemy.text(query.sql.replace(":", r"\:")))
            yield from _fetched(result, [str(name) for name in result.keys()], file, rows)  # noqa: SIM118
            connection.rollback()
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise InputError(_failed(error, query, file)) from None
    finally:
        engine.dispose()


def _fetched(cursor: Any, names: list[str], file: str, rows: int) -> Iterator[pd.DataFrame]:
    import pandas as pd

    from wfm.history.frames import frame_chunks

    first = 2
    while got := cursor.fetchmany(rows):
        frame = pd.DataFrame([tuple(row) for row in got], dtype=object)
        frame.columns = pd.Index(names)
        yield from frame_chunks(frame, rows, file=file, first=first)
        first += len(got)
    if first == 2:
        raise InputError(Problem("the query found no rows", key="query", way_out="Try it in the database's own tool", file=file))


def _failed(error: Exception, query: Query, file: str) -> Problem:
    """What the database said, without what it may tell of the password."""
    from urllib.parse import unquote

    from wfm.history.sources import hidden

    reason = hidden(str(getattr(error, "orig", None) or error).partition("\n")[0])[:200]
    secret = re.search(r"(?://|^)[^:/@\s]*:(.+)@", query.url)
    for text in {secret[1], unquote(secret[1])} if secret else ():
        reason = reason.replace(text, "***")
    message, way_out = "the database refused the query: {reason}", "Try the query in the database's own tool"
    return Problem(message, key="query", value=query.sql, way_out=way_out, file=file, values={"reason": reason})
