"""A past from any source as a clean table, with a log of what was repaired and every problem told together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wfm.core.errors import InputError, Problem
from wfm.history.clocks import Zone
from wfm.history.columns import Layout, find_layout
from wfm.history.gaps import Gap, gaps, log_gaps, log_hours, log_zeros
from wfm.history.grain import find_step
from wfm.history.rows import Found, Rows, gather
from wfm.history.sources import Query, chunks, name_of
from wfm.history.stamps import CLOCK, INSTANT, Order
from wfm.history.sums import SUMMED, as_sums
from wfm.history.wide import find_wide, long_chunks

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.intervals import OpeningHours
    from wfm.history.sources import Source

Duplicates = Literal["refuse", "first", "last", "sum"]
_WORDS = {"absent": ("unknown", "zero"), "duplicates": get_args(Duplicates), "date_order": get_args(Order)}
_DAY = 86400


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
    source: Source,
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
) -> HistoryRead:
    """A past as a table of the contract ``history``.

    Rows for each interval, for each day, for each contact, and wide sheets (times down, dates across, or the other way round)
    are told apart by what they hold. Memory stays bounded: a source is read chunk by chunk into compact arrays.

    Parameters
    ----------
    source
        A file, "-", a frame or a `Query`; see `wfm.history.sources.chunks`.
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
        those of known exports are known without it.
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
    found = Found(name_of(source))
    parts = chunks(source, sheet=sheet)
    first = next(parts)
    parts = itertools.chain([first], parts)
    if "origin" in first and first["origin"].astype(str).str.contains("synthetic").any():
        found.repairs.add("synthetic")
    wide = None if columns else find_wide(first, date_order, found.file)
    if wide is not None:
        found.repairs.add("wide")
        layout = Layout({"start": "start", "offered": "offered"} | ({"queue": "queue"} if wide.queue else {}), wide=True)
        parts = long_chunks(parts, wide)
    else:
        # What a contact's outcomes are called ("outcome.handled") is no column.
        said = {ours: theirs for ours, theirs in (columns or {}).items() if "." not in ours}
        layout = find_layout(first, said, export, found.file)
        if layout.recognised and layout.export is not None:
            found.repairs.add("export", vendor=layout.export.vendor, export=layout.export.name)
    if layout.grain in ("contact", "order"):
        from wfm.history.calls import history_of_calls

        table = history_of_calls(
            parts,
            layout,
            found=found,
            timezone=timezone,
            interval_s=interval_s,
            within=within,
            columns=columns,
            date_order=date_order,
            stem=_stem(source),
        )
        found.tell()
        if queue not in (None, "all"):
            _there(queue, list(table["queue"].unique()), found)
            table = table[table["queue"] == queue].reset_index(drop=True)
        length, daily = interval_s, False
    else:
        rows = gather(parts, layout, found, date_order, _stem(source))
        table, length, daily = _by_interval(rows, layout, found, timezone, interval_s, queue, duplicates, zero=absent == "zero")
    lacking = gaps(table, length, daily=daily, hours=hours)
    log_gaps(lacking, length, found.repairs)
    if queue == "all":
        log_zeros(table, length, found.repairs, daily=daily, summed=True)
        table = _summed(table, lacking if absent == "unknown" else [], length, found, daily=daily)
    log_zeros(table, length, found.repairs, daily=daily)
    if hours is not None and not daily:
        log_hours(table, length, hours, found.repairs)
    return HistoryRead(table, found.repairs.log(), daily, length)


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


def _by_interval(
    rows: Rows,
    layout: Layout,
    found: Found,
    timezone: str,
    interval_s: int,
    queue: str | None,
    duplicates: Duplicates,
    *,
    zero: bool,
) -> tuple[pd.DataFrame, int, bool]:
    """(table, distance of its rows [s], whether they are days) of rows that are intervals or days already."""
    if queue not in (None, "all"):
        _there(queue, rows.queues, found)
        rows.take(rows.queue == rows.queues.index(str(queue)))
    zone = _placed(rows, timezone, found)
    _unknown(rows, found)
    as_sums(rows, layout, found)
    found.tell()
    _one_each(rows, found, duplicates, zone, wide=layout.wide)
    found.tell()
    wall = zone.wall(rows.start)
    step = find_step(rows, wall, found)
    daily = step >= 23 * 3600
    length = _DAY if daily else max(step, interval_s)
    if not daily and step < interval_s:
        _added_up(rows, wall, interval_s, step, found, zero=zero)
    table = _table(rows, timezone)
    if zero and not daily:
        table = _filled(table, length)
    return table, length, daily


def _stem(source: Source) -> str:
    """What a queue is called where the file names none."""
    if isinstance(source, str | Path) and str(source) != "-":
        return Path(source).stem
    return "query" if isinstance(source, Query) else "contacts"


def _there(queue: str | None, queues: list[str], found: Found) -> None:
    if queue not in queues:
        message, way_out = "the file has no such queue", "It has: {queues}"
        values = {"queues": ", ".join(sorted(queues)[:30])}
        raise InputError(Problem(message, key="queue", value=queue, way_out=way_out, file=found.file, values=values))


def _placed(rows: Rows, timezone: str, found: Found) -> Zone:
    """Wall clocks of the file as instants; rows in an hour that does not exist are dropped or moved."""
    import numpy as np

    zone = Zone(timezone, int(rows.start.min()), int(rows.start.max()))
    local, clocked = rows.flags & INSTANT == 0, rows.flags & CLOCK != 0
    rows.flags[:] = 0
    if not local.any():
        return zone
    whole = bool(local.all())
    wall = rows.start if whole else rows.start[local]
    instants, skipped = zone.instants(wall)
    twice, second = zone.repeated(wall)
    if twice.any():
        at = np.flatnonzero(twice)
        queue = (rows.queue if whole else rows.queue[local])[at]
        line = (rows.line if whole else rows.line[local])[at]
        # The later row of a repeated hour is its second run.
        order = np.lexsort((line, wall[at], queue))
        again = np.zeros(len(at), dtype=bool)
        again[order[1:]] = (np.diff(wall[at][order]) == 0) & (np.diff(queue[order]) == 0)
        if again.any():
            instants[at[again]] = second[at[again]]
            found.repairs.count("second_hour", int(again.sum()), line[again][:10].tolist())
    if whole:
        rows.start = instants
    else:
        rows.start[local] = instants
    if skipped.any():
        # A day whose midnight does not exist begins an hour later.
        at = np.flatnonzero(local)[skipped & clocked[local]]
        empty = np.nan_to_num(rows.numbers["offered"][at]) == 0
        for code, lines in (("skipped_hour_empty", rows.line[at[empty]]), ("skipped_hour", rows.line[at[~empty]])):
            if len(lines):
                found.repairs.add(code, lines.tolist())
        rows.flags[at[~empty]] |= _MOVED
        if empty.any():
            kept = np.ones(len(rows), dtype=bool)
            kept[at[empty]] = False
            rows.take(kept)
    return zone


# A row moved out of an hour that does not exist: it may meet another one and is added to it.
_MOVED = 1


def _unknown(rows: Rows, found: Found) -> None:
    import numpy as np

    unknown = np.isnan(rows.numbers["offered"])
    if unknown.any():
        found.repairs.count("unknown", int(unknown.sum()), rows.line[unknown][:10].tolist())


def _one_each(rows: Rows, found: Found, duplicates: Duplicates, zone: Zone, *, wide: bool) -> None:
    """Sort by queue and instant; rows that say the same twice are dropped, those that differ are dealt with as asked."""
    import numpy as np

    names = np.argsort(np.argsort(np.array(rows.queues, dtype=object))).astype(np.int64)
    key = names[rows.queue] * (1 << 34) + rows.start
    ordered = bool((np.diff(key) >= 0).all())
    if not ordered:
        if len(rows.queues) == 1 and not wide:
            found.repairs.add("order")
        order = np.argsort(key, kind="stable")
        key = key[order]
        rows.take(order)
    again = np.concatenate([[False], np.diff(key) == 0])
    if not again.any():
        return
    head = np.maximum.accumulate(np.where(again, 0, np.arange(len(key))))
    moved = rows.flags & _MOVED != 0
    groups = np.flatnonzero(again)
    same = np.ones(len(groups), dtype=bool)
    for values in rows.numbers.values():
        a, b = values[groups], values[head[groups]]
        same &= (a == b) | (np.isnan(a) & np.isnan(b))
    if rows.rest is not None:
        # Rows of several agents may count the same: only a whole row that stands twice is one row.
        same &= rows.rest[groups] == rows.rest[head[groups]]
    meets = moved[groups] | moved[head[groups]]
    same &= ~meets
    if duplicates == "sum":
        same[:] = False  # rows to be added up count even where they happen to be equal
    clash = groups[~same & ~meets]
    dropped = groups[same]
    if len(dropped):
        found.repairs.count("same_row", len(dropped), rows.line[dropped][:10].tolist())
    if len(clash) and duplicates == "refuse":
        _refuse_clashes(rows, clash, head, found, zone)
        return
    if len(clash):
        found.repairs.count(f"clash_{duplicates}", len(clash), rows.line[clash][:10].tolist())
    added = groups[meets] if duplicates != "sum" else np.union1d(groups[meets], clash)
    for name, column in rows.numbers.items():
        if len(added):
            sums = column.astype(np.float64)
            np.add.at(sums, head[added], sums[added])
            rows.numbers[name] = sums
        if duplicates == "last" and len(clash):
            rows.numbers[name][head[clash]] = rows.numbers[name][clash]
    rows.take(~again)


def _refuse_clashes(rows: Rows, clash: NDArray[np.int64], head: NDArray[np.int64], found: Found, zone: Zone) -> None:
    import datetime as dt

    for i in clash:
        wall = int(zone.wall(rows.start[i : i + 1])[0])
        when = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=wall)
        found.problems.append(
            Problem(
                "a second row for this interval says otherwise than line {line}",
                key="start",
                value=f"{when:%Y-%m-%d %H:%M}, {rows.queues[int(rows.queue[i])]}",
                way_out="Keep one of the two, or say duplicates: first, last or sum; rows of several queues need a queue column",
                file=found.file,
                line=int(rows.line[i]),
                values={"line": int(rows.line[head[i]])},
            )
        )
        if len(found.problems) > 2000:
            break


def _added_up(rows: Rows, wall: NDArray[np.int64], interval_s: int, step: int, found: Found, *, zero: bool) -> None:
    """Rows added up to the interval; one of which a part has no row is unknown, unless absent rows are zeros."""
    import numpy as np

    if interval_s % step:
        message = "rows {step} minutes apart do not add up to intervals of {interval} minutes"
        values = {"step": f"{step / 60:g}", "interval": f"{interval_s / 60:g}"}
        raise InputError(Problem(message, way_out="Set plan.interval to a multiple", file=found.file, values=values))
    # Floored by the wall clock, so that a zone of half an hour's offset keeps its full hours.
    floor = rows.start - wall % interval_s
    head = np.flatnonzero(np.concatenate([[True], (np.diff(floor) != 0) | (np.diff(rows.queue) != 0)]))
    count = np.diff(np.concatenate([head, [len(rows)]]))
    part = (count < interval_s // step) & (not zero)
    for name, column in rows.numbers.items():
        # A row without a number leaves its interval unknown.
        summed = np.add.reduceat(column.astype(np.float64), head)
        summed[part] = np.nan
        rows.numbers[name] = summed
    if part.any():
        found.repairs.count("part", int(part.sum()), rows.line[head[part]][:10].tolist())
    rows.start, rows.flags = floor[head], rows.flags[head]
    rows.queue, rows.line = rows.queue[head], rows.line[head]


def _table(rows: Rows, timezone: str) -> pd.DataFrame:
    """Contract ``history``."""
    import numpy as np
    import pandas as pd

    start = pd.Series(rows.start.astype("datetime64[s]")).astype("datetime64[us]").dt.tz_localize("UTC").dt.tz_convert(timezone)
    queue = pd.Series(np.array(rows.queues, dtype=object)[rows.queue]).astype("str")
    numbers = {name: rows.numbers[name].astype(np.float64) for name in SUMMED if name in rows.numbers}
    return pd.DataFrame({"start": start, "queue": queue, **numbers})


def _filled(table: pd.DataFrame, seconds: int) -> pd.DataFrame:
    """Zeros for absent intervals between the first and last row of each day."""
    import pandas as pd

    parts = []
    for (name, _), rows in table.groupby(["queue", table["start"].dt.date]):
        every = pd.date_range(rows["start"].min(), rows["start"].max(), freq=pd.Timedelta(seconds=seconds), name="start")
        if len(every) == len(rows):
            parts.append(rows)
            continue
        filled = rows.set_index("start").drop(columns="queue").reindex(every)
        filled.loc[~every.isin(rows["start"])] = 0.0
        parts.append(filled.reset_index().assign(queue=str(name)))
    return pd.concat(parts, ignore_index=True)[list(table.columns)]


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
