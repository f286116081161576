"""A file of past contacts as a clean table, with a log of what was repaired and every problem told together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Problem
from wfm.core.intervals import localize
from wfm.history.cells import counts, stamps
from wfm.history.columns import find_columns, read_text_table
from wfm.history.gaps import gaps, zero_days

if TYPE_CHECKING:
    import pandas as pd

_TOLD = 20
_SUMMED = ("offered", "handled", "abandoned", "answered_within", "handle_time")


@dataclass(frozen=True)
class HistoryRead:
    """What was read.

    Attributes
    ----------
    table
        Contract ``history``, sorted by queue and start.
    log
        Repairs and gaps: ``line`` (of the file; 0 for gaps), ``what``, ``action``.
    daily
        True where the file has one row a day.
    interval_s
        Distance between rows of the table [s]: that asked for, or the file's own where that is longer.
    """

    table: pd.DataFrame
    log: pd.DataFrame
    daily: bool
    interval_s: int

    def one_queue(self) -> HistoryRead:
        """Itself, where the table has one queue.

        Raises
        ------
        InputError
            It has several: nobody said which one to plan for.
        """
        queues = sorted(set(self.table["queue"]))
        if len(queues) > 1:
            way_out = f"Choose one of {', '.join(queues[:30])}, or write `queue: all` for their sum"
            raise InputError(Problem(f"the file has {len(queues)} queues", key="demand.history.queue", way_out=way_out))
        return self


@dataclass
class _Found:
    """Problems and repairs collected on the way."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    repairs: list[tuple[int, str, str]] = field(default_factory=list)

    def tell(self) -> None:
        """Raise what was found, the first twenty in the order of the file."""
        if self.problems:
            ordered = sorted(self.problems, key=lambda problem: problem.line)
            more = len(ordered) - _TOLD
            last = [Problem(f"and {more} more problems of this kind", file=self.file)] if more > 0 else []
            raise InputError(*ordered[:_TOLD], *last)


def read_history(
    source: Path | str,
    *,
    timezone: str,
    interval_s: int,
    queue: str | None = None,
    columns: Mapping[str, str] | None = None,
    absent: str = "unknown",
) -> HistoryRead:
    """Past contacts of a CSV file.

    Parameters
    ----------
    source
        UTF-8 (with or without mark), GB18030 or Excel's UTF-16; comma, semicolon or tab.
    timezone
        Zone of the wall clock, for stamps without an offset. An hour that daylight saving skips is dropped where nothing
        happened in it, else moved forward; one it repeats is read as its first occurrence.
    interval_s
        Length of an interval [s]: finer files are added up, coarser ones (up to a day) stay as they are.
    queue
        The queue wanted where the file has several, or "all" for their sum. None keeps every queue.
    columns
        What the file calls ``start``, ``queue``, ``offered``, ``handled``, ``abandoned``, ``answered_within``, ``handle_time`` [s,
        summed] or ``aht`` [s, mean]; common names are known without it.
    absent
        "unknown": an interval without a row is not known. "zero": the export leaves empty intervals out, so between a day's
        first and last row they are 0.

    Returns
    -------
    HistoryRead

    Raises
    ------
    InputError
        With file, line, column, value and way out: missing columns, no rows, dates and numbers that are none, negative numbers, two
        rows that contradict each other, an unknown queue. All problems together, the first twenty in full.
    """
    import pandas as pd

    path = Path(source)
    raw = read_text_table(path)
    found = _Found(str(path))
    names = find_columns(raw, columns or {}, found.file)
    lines = raw.index.to_numpy() + 2

    naive, instants = stamps(raw[names["start"]], lines, names["start"], found.file, found.problems)
    table = pd.DataFrame({"line": lines})
    table["queue"] = raw[names["queue"]].str.strip().to_numpy() if "queue" in names else path.stem
    for name in (*_SUMMED, "aht"):
        if name in names:
            table[name] = counts(
                raw[names[name]], lines, names[name], found.file, found.problems, whole=name not in ("handle_time", "aht")
            )
    found.tell()

    empty = table["offered"].fillna(0) == 0
    local, shifted = localize(naive, timezone, empty)
    local = _second_hours(naive, local, table["queue"], timezone)
    table["start"] = local.where(instants.isna(), instants.dt.tz_convert(timezone))
    for line in table.loc[shifted & instants.isna(), "line"]:
        found.repairs.append((int(line), "an hour that daylight saving skips", "moved forward"))
    for line in table.loc[table["start"].isna(), "line"]:
        found.repairs.append((int(line), "an empty hour that daylight saving skips", "dropped"))
    table = table[table["start"].notna()]
    for line in table.loc[table["offered"].isna(), "line"]:
        found.repairs.append((int(line), "no number of contacts", "left unknown"))
    if "aht" in table and "handle_time" not in table and "handled" in table:
        table["handle_time"] = table["aht"].where(table["handled"] != 0, 0.0) * table["handled"]
    table = table.drop(columns="aht", errors="ignore")

    table = _pick_queue(table, queue, found)
    table = _without_duplicates(table, found)
    found.tell()
    step = _step(table)
    daily = step >= 23 * 3600
    if not daily and step < interval_s:
        table = _added_up(table, interval_s, step, timezone, found, zero=absent == "zero")
    if queue == "all":
        values = [name for name in _SUMMED if name in table]
        table = table.groupby("start", as_index=False)[values].sum(min_count=1).assign(queue="all")
    if absent == "zero" and not daily:
        table = _filled(table, max(step, interval_s))
    found.repairs.extend((0, what, "left unknown") for what in gaps(table, max(step, interval_s), daily=daily))
    found.repairs.extend((0, what, "kept; the forecast takes them for a gap") for what in zero_days(table))
    table = table[["start", "queue", *(name for name in _SUMMED if name in table)]]
    table = table.sort_values(["queue", "start"], ignore_index=True)
    log = pd.DataFrame(sorted(found.repairs), columns=["line", "what", "action"])
    return HistoryRead(table, log.astype({"line": "int64"}), daily, 86400 if daily else max(step, interval_s))


def _second_hours(naive: pd.Series, local: pd.Series, queue: pd.Series, timezone: str) -> pd.Series:
    """A file that has both occurrences of an hour that daylight saving repeats: the later row is the second."""
    import numpy as np
    import pandas as pd

    again = pd.DataFrame({"naive": naive, "queue": queue}).duplicated()
    second = naive.dt.tz_localize(timezone, ambiguous=np.zeros(len(naive), dtype=bool), nonexistent="NaT")
    return local.where(~(again & second.notna() & (second != local)), second)


def _pick_queue(table: pd.DataFrame, queue: str | None, found: _Found) -> pd.DataFrame:
    if queue in (None, "all"):
        return table
    if not (table["queue"] == queue).any():
        there = ", ".join(sorted(set(table["queue"]))[:30])
        found.problems.append(
            Problem("the file has no such queue", key="queue", value=queue, way_out=f"It has: {there}", file=found.file)
        )
        found.tell()
    return table[table["queue"] == queue]


def _without_duplicates(table: pd.DataFrame, found: _Found) -> pd.DataFrame:
    """Rows that say the same twice are dropped; rows of one interval that differ are a mistake."""
    same = table.duplicated([name for name in table if name != "line"])
    for line in table.loc[same, "line"]:
        found.repairs.append((int(line), "the same row twice", "dropped"))
    table = table[~same]
    clash = table.duplicated(["start", "queue"])
    first = table.drop_duplicates(["start", "queue"]).set_index(["start", "queue"])["line"].to_dict()
    second = table[clash]
    for start, name, line in zip(second["start"], second["queue"], second["line"], strict=True):
        found.problems.append(
            Problem(
                f"a second row for this interval says otherwise than line {first[(start, name)]}",
                key="start",
                value=f"{start:%Y-%m-%d %H:%M}, {name}",
                way_out="Keep one of the two; rows of several queues need a queue column",
                file=found.file,
                line=int(line),
            )
        )
    return table


def _step(table: pd.DataFrame) -> int:
    """The usual shortest distance between rows of a queue [s]; a day where there is no telling."""
    gaps = table.sort_values("start").groupby("queue")["start"].diff().dt.total_seconds().dropna()
    return int(gaps.mode().min()) if len(gaps) else 86400


def _added_up(table: pd.DataFrame, interval_s: int, step: int, timezone: str, found: _Found, *, zero: bool) -> pd.DataFrame:
    """Rows added up to the interval; one of which a part has no row is unknown, unless absent rows are zeros."""
    import pandas as pd

    if interval_s % step:
        problem = Problem(
            f"rows {step // 60} minutes apart do not add up to intervals of {interval_s // 60} minutes",
            way_out="Set plan.interval to a multiple",
            file=found.file,
        )
        raise InputError(problem)
    # Floored by the wall clock of the first occurrence, so that a zone of half an hour's offset keeps its full hours.
    wall = table["start"].dt.tz_localize(None)
    back = pd.to_timedelta((wall.dt.hour * 3600 + wall.dt.minute * 60 + wall.dt.second) % interval_s, unit="s")
    table = table.assign(start=table["start"] - back)
    values = [name for name in _SUMMED if name in table]
    grouped = table.groupby(["start", "queue"])
    summed = grouped[values].sum(min_count=1)
    # A row without a number leaves its interval unknown.
    whole = grouped[values].count().eq(grouped["line"].count(), axis=0)
    summed = summed.where(whole)
    if not zero:
        part = grouped["line"].count() < interval_s // step
        lines = grouped["line"].first()
        for key in summed.index[part]:
            found.repairs.append((int(lines[key]), "an interval of which a part has no row", "left unknown"))
        summed = summed.mask(part)
    return summed.reset_index()


def _filled(table: pd.DataFrame, seconds: int) -> pd.DataFrame:
    """Zeros for absent intervals between the first and last row of each day."""
    import pandas as pd

    parts = []
    for (name, _), rows in table.groupby(["queue", table["start"].dt.date]):
        every = pd.date_range(rows["start"].min(), rows["start"].max(), freq=pd.Timedelta(seconds=seconds), name="start")
        filled = rows.set_index("start").drop(columns="queue").reindex(every)
        new = ~every.isin(rows["start"])
        filled.loc[new] = 0.0
        parts.append(filled.reset_index().assign(queue=str(name)))
    return pd.concat(parts, ignore_index=True)
