"""A past from any source as a clean table, with a log of what was repaired and every problem told together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wfm.core.errors import InputError, Problem
from wfm.history.columns import Layout, find_layout, told_names
from wfm.history.gaps import Gap, gaps, log_gaps, log_hours, log_zeros
from wfm.history.joined import FileRead, joined, stem_of
from wfm.history.queues import QueueNames, by_file
from wfm.history.regular import Duplicates, by_interval, check_queue
from wfm.history.rows import Found, gather
from wfm.history.sources import Query, chunks, name_of
from wfm.history.stamps import Order
from wfm.history.sums import SUMMED
from wfm.history.wide import find_wide, long_chunks

if TYPE_CHECKING:
    import pandas as pd

    from wfm.core.intervals import OpeningHours
    from wfm.history.sources import Source

_WORDS = {"absent": ("unknown", "zero"), "duplicates": get_args(Duplicates), "date_order": get_args(Order)}

# Names of columns that were not read, told in the log.
_UNREAD_TOLD = 8


@dataclass(frozen=True)
class HistoryRead:
    """What was read.

    Attributes
    ----------
    table
        Contract ``history``, sorted by queue and start.
    log
        Repairs and gaps: ``line`` (the first of them; 0 for gaps and the file as a whole), ``rows`` (how many), ``lines`` (the
        first of them as text), ``what`` and ``action`` in English, ``code`` and ``values`` from which
        `wfm.history.repairs.row_said` says both in another language.
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
            message = "the file has {count} queues"
            way_out = "Choose one of {queues}, or write `queue: all` for their sum"
            values = {"count": len(queues), "queues": ", ".join(queues[:30])}
            raise InputError(Problem(message, key="demand.history.queue", way_out=way_out, values=values))
        return self


def read_history(
    source: Source | Sequence[Source],
    *,
    timezone: str,
    interval_s: int,
    queue: str | None = None,
    columns: Mapping[str, str] | None = None,
    absent: Literal["unknown", "zero"] = "unknown",
    export: str | None = None,
    sheet: str | None = None,
    hours: OpeningHours | None = None,
    date_order: Order | None = None,
    duplicates: Duplicates = "refuse",
    within: float | None = None,
    wrap: float | None = None,
) -> HistoryRead:
    """A past as a table of the contract ``history``.

    Rows for each interval, for each day, for each contact, and wide sheets (times down, dates across, or the other way round)
    are told apart by what they hold. Memory stays bounded: a source is read chunk by chunk into compact arrays.

    Parameters
    ----------
    source
        A file, "-", a frame or a `Query`; see `wfm.history.sources.chunks`. Or a list of them: files without a queue column are
        one queue that goes on from file to file, or where they tell of the same days a queue each, called like the file.
    timezone
        Zone of the wall clock, for stamps without an offset. An hour that daylight saving skips is dropped where nothing
        happened in it, else moved forward; one it repeats is read as its first occurrence, and standing twice as both.
    interval_s
        Length of an interval [s]: finer files are added up, coarser ones (up to a day) stay as they are.
    queue
        The queue wanted where the file has several, or "all" for their sum. None keeps every queue.
    columns
        What the file calls ``start`` (or ``date`` and ``time``), ``queue``, ``offered``, ``handled``, ``abandoned``,
        ``answered_within``, ``handle_time`` [s, summed], ``aht`` [s, mean] and others of `wfm.history.columns`; common names and
        those of known exports are known without it. ``{"queue": "file"}`` makes each file a queue.
    absent
        "unknown": an interval without a row is not known. "zero": the export leaves empty intervals out, so between a day's
        first and last row they are 0.
    export
        Name of a known export (`wfm.history.exports`); None recognises it by its headers.
    sheet
        Sheet of a workbook; None takes the first that holds a table.
    hours
        Opening hours, against which absent rows and contacts out of hours are told.
    date_order
        Order of day, month and year where dates are written like 05/07/2027 and the column itself does not tell.
    duplicates
        What to do with rows of one queue and interval that differ: refuse them, keep the first or the last, or add them up (then
        equal rows too, which are dropped otherwise).
    within
        Threshold of ``answered_within`` [s] for sources with a row for each contact; None leaves the column out.
    wrap
        After-call work [s] to add for each contact handled where the source tells talk time alone; None adds none, and says so.

    Returns
    -------
    HistoryRead

    Raises
    ------
    ValueError
        An argument that is none: ``timezone``, ``interval_s``, ``absent``, ``duplicates``, ``date_order``.
    InputError
        With file, line, column, value and way out: missing columns, no rows, dates and numbers that are none, negative numbers, two
        rows that contradict each other, an unknown queue. All problems together, the first twenty in full.
    """
    _check(timezone, interval_s, absent=absent, duplicates=duplicates, date_order=date_order)
    sources: list[Source] = list(source) if isinstance(source, list | tuple) else [source]  # type: ignore[list-item]
    if not sources:
        raise ValueError("source: no file")
    files = [str(each) for each in sources if isinstance(each, str | Path)]
    for i, file in enumerate(files):
        if file in files[:i]:
            raise InputError(Problem("the file is named twice", way_out="Name each file once", file=file))
    asked = _Asked(timezone, interval_s, queue, dict(columns or {}), absent, export, sheet, date_order, duplicates, within, wrap)
    names = QueueNames()
    reads = [_one(each, asked, names, alone=len(sources) == 1) for each in sources]
    found, table, length, daily = reads[0].found, reads[0].table, reads[0].interval_s, reads[0].daily
    if len(reads) > 1:
        found = Found(", ".join(read.found.file for read in reads))
        table = joined(reads, found, duplicates)
        if queue not in (None, "all"):
            check_queue(names.asked(queue), list(table["queue"].unique()), found)
            table = table[table["queue"] == names.asked(queue)].reset_index(drop=True)
    names.tell(found.repairs)
    lacking = gaps(table, length, daily=daily, hours=hours)
    log_gaps(lacking, length, found.repairs)
    if queue == "all":
        log_zeros(table, length, found.repairs, daily=daily, summed=True)
        table = _summed(table, lacking if absent == "unknown" else [], length, found, daily=daily)
    log_zeros(table, length, found.repairs, daily=daily)
    if hours is not None and not daily:
        log_hours(table, length, hours, found.repairs)
    return HistoryRead(table, _log(found, reads), daily, length)


@dataclass(frozen=True)
class _Asked:
    """What `read_history` was asked for, beside the sources."""

    timezone: str
    interval_s: int
    queue: str | None
    columns: dict[str, str]
    absent: str
    export: str | None
    sheet: str | None
    date_order: Order | None
    duplicates: Duplicates
    within: float | None
    wrap: float | None


def _one(source: Source, asked: _Asked, names: QueueNames, *, alone: bool) -> FileRead:
    """One file, read and repaired; of several a queue that this one lacks is looked for in all of them later."""
    found, stem = Found(name_of(source)), stem_of(source, "query" if isinstance(source, Query) else "contacts")
    parts = chunks(source, sheet=asked.sheet)
    first = next(parts)
    parts = itertools.chain([first], parts)
    if "origin" in first and first["origin"].astype(str).str.contains("synthetic").any():
        found.repairs.add("synthetic")
    layout, parts, named = _laid_out(first, parts, asked, found)
    if layout.grain in ("contact", "order"):
        from wfm.history.calls import history_of_calls

        table = history_of_calls(
            parts,
            layout,
            found=found,
            timezone=asked.timezone,
            interval_s=asked.interval_s,
            within=asked.within,
            columns=asked.columns,
            date_order=asked.date_order,
            stem=stem,
            wrap=asked.wrap,
        )
        found.tell()
        own = list(table["queue"].unique())
        table["queue"] = table["queue"].map(dict(zip(own, names.shown(own, layout.columns.get("queue", "")), strict=True)))
        table["queue"] = table["queue"].astype("str")
        queue = names.asked(asked.queue)
        if alone and queue not in (None, "all"):
            check_queue(queue, list(table["queue"].unique()), found)
            table = table[table["queue"] == queue].reset_index(drop=True)
        return FileRead(found, table, asked.interval_s, daily=False, named=named, stem=stem)
    rows = gather(parts, layout, found, asked.date_order, stem)
    rows.queues = names.shown(rows.queues, layout.columns.get("queue", ""))
    queue = names.asked(asked.queue)
    table, length, daily = by_interval(
        rows,
        layout,
        found,
        asked.timezone,
        asked.interval_s,
        queue if alone or (named and queue in rows.queues) else None,
        asked.duplicates,
        zero=asked.absent == "zero",
        wrap=asked.wrap,
    )
    return FileRead(found, table, length, daily, named, stem)


def _laid_out(
    first: pd.DataFrame, parts: Iterator[pd.DataFrame], asked: _Asked, found: Found
) -> tuple[Layout, Iterator[pd.DataFrame], bool]:
    """(the layout of a file, its chunks as long tables, whether its queues have names of their own)."""
    columns = asked.columns
    as_queue = by_file(columns, first.columns)
    if as_queue:
        columns = {ours: theirs for ours, theirs in columns.items() if ours != "queue"}
    wide = None if columns else find_wide(first, asked.date_order, found.file)
    if wide is not None:
        found.repairs.add("wide")
        layout = Layout({"start": "start", "offered": "offered"} | ({"queue": "queue"} if wide.queue else {}), wide=True)
        read = {wide.label, wide.queue, *wide.across}
        parts = long_chunks(parts, wide)
    else:
        # What a contact's outcomes are called ("outcome.handled") is no column.
        said = {ours: theirs for ours, theirs in columns.items() if "." not in ours}
        layout = find_layout(first, said, asked.export, found.file)
        if layout.recognised and layout.export is not None:
            found.repairs.add("export", vendor=layout.export.vendor, export=layout.export.name)
        read = set(layout.columns.values())
    if as_queue:
        layout.columns.pop("queue", None)
    _tell_unread([str(name) for name in first if name not in read], found)
    return layout, parts, as_queue or "queue" in layout.columns


def _log(found: Found, reads: Sequence[FileRead]) -> pd.DataFrame:
    """The log; of several files what they have together, then each file's own, with a column ``file``."""
    import pandas as pd

    if len(reads) == 1:
        return found.repairs.log()
    logs = [read.found.repairs.log().assign(file=Path(read.found.file).name) for read in reads]
    return pd.concat([found.repairs.log().assign(file=""), *logs], ignore_index=True)


def _tell_unread(names: list[str], found: Found) -> None:
    """Say which columns were not read; the mark of synthetic rows was."""
    names = [name for name in names if name != "origin"]
    if names:
        found.repairs.add("not_read", count=len(names), columns=told_names(names, _UNREAD_TOLD))


def _check(timezone: str, interval_s: int, **words: str | None) -> None:
    """Refuse arguments that would fail late or be taken for others."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"timezone: no such zone: {timezone!r}") from None
    if not interval_s > 0:
        raise ValueError(f"interval_s: not a positive number of seconds: {interval_s!r}")
    for name, word in words.items():
        if word is not None and word not in _WORDS[name]:
            raise ValueError(f"{name}: {word!r} is none of {', '.join(_WORDS[name])}")


def _summed(table: pd.DataFrame, lacking: list[Gap], seconds: int, found: Found, *, daily: bool) -> pd.DataFrame:
    """The sum of the queues; unknown where one of them has a row without a number, or lacks a row it usually has."""
    import pandas as pd

    total = _sum_queue(table)
    if total is not None:
        found.repairs.add("sum_queue", queue=total)
        table = table[table["queue"] != total]
    values = [name for name in SUMMED if name in table]
    groups = table.groupby("start")
    summed = groups[values].sum(min_count=1).mask(groups[values].count().ne(groups["queue"].count(), axis=0))
    wall = pd.DatetimeIndex(summed.index).tz_localize(None)
    for gap in lacking:
        if gap.queue == total:
            continue
        of_day = wall.normalize() == pd.Timestamp(gap.day)
        if gap.slots and not daily:
            clock = (wall - wall.normalize()).total_seconds() // seconds
            of_day &= clock.isin(list(gap.slots))
        if of_day.any():
            summed.loc[of_day] = float("nan")
            found.repairs.count("sum_part", int(of_day.sum()), [], queue=gap.queue)
    return summed.reset_index().assign(queue="all")[["start", "queue", *values]]


def _sum_queue(table: pd.DataFrame) -> str | None:
    """A queue that is called a total and is the sum of the others."""
    from wfm.history.rows import is_total

    for name in table["queue"].unique():
        if not is_total(str(name)):
            continue
        mine = table[table["queue"] == name].set_index("start")["offered"]
        others = table[table["queue"] != name].groupby("start")["offered"].sum()
        both = mine.to_frame("mine").join(others.rename("others"), how="inner")
        if len(both) and (both["mine"] == both["others"]).mean() > 0.9:
            return str(name)
    return None
