"""Tables that a centre file names: contacts by interval, agents by interval, and who is on queue when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wfm.core.errors import InputError, Problem
from wfm.core.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

_SECOND = 1_000_000
#: Columns of a table that name the one it is about, where it has several.
_NAMES = {"contacts": ("contact_type", "type", "queue"), "agents": ("group",)}


def by_interval(path: Path, name: str, column: str, start: pd.Series, timezone: str) -> pd.DataFrame:
    """The rows of a table for the plan's intervals, in their order.

    Parameters
    ----------
    path
        A csv, parquet or json table with ``start`` and ``column``.
    name
        Contact type or group it is read for; of a table with several, its rows.
    column
        "contacts" or "agents".
    start
        The plan's intervals; rows of others are left out.

    Returns
    -------
    DataFrame
        One row an interval. Agents of an interval without a row are 0; contacts are never taken to be.

    Raises
    ------
    InputError
        A column is missing, two rows of one interval, a number below 0, an interval without its contacts.
    """
    kinds = {"start": "instant", column: "number", "aht": "number", "day_cv": "number", "slot_cv": "number"}
    table = read_table(path, f"centre_{column}", timezone, kinds)
    file = str(path)
    _has(table, ("start", column), file)
    for label in _NAMES[column]:
        if label in table.columns and len(table[label].unique()) > 1:
            table = table[table[label].astype(str) == name]
            if not len(table):
                raise InputError(Problem("the table has several of these, and none is called {name}", label, None,
                                         "Call it so here or there", file, values={"name": name}))  # fmt: skip
    twice = table["start"].duplicated()
    if twice.any():
        raise InputError(_of_row("the table has two rows for one interval", "start", table, twice, file))
    for each in (column, "aht", "day_cv", "slot_cv"):
        if each in table.columns:
            values = table[each].to_numpy(float)
            bad = ~(np.isfinite(values) & (values >= 0))
            if bad.any():
                raise InputError(_of_row("a finite number of 0 or more is needed here", each, table, bad, file))
    found = table.set_index("start").reindex(start)
    absent = found[column].isna().to_numpy()
    if absent.all():
        raise InputError(Problem("the table has no row for the days played", "start", None, "Check its dates and plan.start", file))
    if absent.any() and column == "contacts":
        first = start[int(np.argmax(absent))]
        raise InputError(Problem("the table has no row for an interval that is open", "start", f"{first:%Y-%m-%d %H:%M}",
                                 "Add it with 0 contacts if nobody calls then", file))  # fmt: skip
    found[column] = found[column].fillna(0.0)
    return found.reset_index()


def roster(path: Path, origin: pd.Timestamp, until: int, timezone: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Who is on queue when, and the agents' names.

    Parameters
    ----------
    path
        Table with ``agent``, ``from`` and ``to``; local times, or instants with their offset.
    origin
        The plan's first moment.
    until
        Its last one, in microseconds after the first; times outside are cut off.

    Returns
    -------
    (int64[n, 3], names)
        Rows (agent, from, to), agents numbered in the order of the table.

    Raises
    ------
    InputError
        A column is missing, a row ends before it begins or overlaps another of the same agent, or nobody is there at all.
    """
    table = read_table(path, "centre_roster", timezone, {"from": "instant", "to": "instant", "agent": "text"})
    file = str(path)
    _has(table, ("agent", "from", "to"), file)
    backwards = (table["to"] <= table["from"]).to_numpy()
    if backwards.any():
        raise InputError(_of_row("a turn on the roster ends before it begins", "to", table, backwards, file))
    ordered = table.sort_values(["agent", "from"], kind="stable")
    same = ordered["agent"].eq(ordered["agent"].shift())
    overlaps = (same & (ordered["from"] < ordered["to"].shift())).reindex(table.index).to_numpy(bool)
    if overlaps.any():
        raise InputError(_of_row("a turn on the roster overlaps another of the same agent", "from", table, overlaps, file))
    times = [((table[name] - origin) // np.timedelta64(1, "us")).to_numpy(np.int64) for name in ("from", "to")]
    since, to = np.clip(times[0], 0, until), np.clip(times[1], 0, until)
    kept = since < to
    if not kept.any():
        raise InputError(
            Problem("nobody on the roster is there on the days played", "from", None, "Check its dates and plan.start", file)
        )
    names = tuple(dict.fromkeys(map(str, table["agent"][kept])))
    number = {name: place for place, name in enumerate(names)}
    agent = np.array([number[str(name)] for name in table["agent"][kept]], dtype=np.int64)
    return np.stack([agent, since[kept], to[kept]], axis=1), names


def _has(table: pd.DataFrame, columns: tuple[str, ...], file: str) -> None:
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise InputError(
            *(Problem("the table has no column '{column}'", file=file, values={"column": column}) for column in missing)
        )


def _of_row(message: str, column: str, table: pd.DataFrame, bad: NDArray[np.bool_] | pd.Series, file: str) -> Problem:
    row = int(np.argmax(np.asarray(bad)))
    value = table[column].iloc[row]
    return Problem(message, column, value if isinstance(value, float) else str(value), "", file, int(table.index[row]) + 2)
