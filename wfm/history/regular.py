"""Rows of a file as one row for each queue and interval: instants, doubles, grain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wfm.core.errors import InputError, Problem
from wfm.history.clocks import Zone
from wfm.history.grain import find_step
from wfm.history.stamps import CLOCK, INSTANT
from wfm.history.sums import SUMMED, as_sums

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.history.columns import Layout
    from wfm.history.rows import Found, Rows

Duplicates = Literal["refuse", "first", "last", "sum"]
_DAY = 86400


def by_interval(
    rows: Rows,
    layout: Layout,
    found: Found,
    timezone: str,
    interval_s: int,
    queue: str | None,
    duplicates: Duplicates,
    *,
    zero: bool,
    wrap: float | None = None,
) -> tuple[pd.DataFrame, int, bool]:
    """(table, distance of its rows [s], whether they are days) of rows that are intervals or days already."""
    if queue not in (None, "all"):
        check_queue(queue, rows.queues, found)
        rows.take(rows.queue == rows.queues.index(str(queue)))
    zone = _placed(rows, timezone, found)
    _unknown(rows, found)
    as_sums(rows, layout, found, wrap)
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


def check_queue(queue: str | None, queues: list[str], found: Found) -> None:
    """Refuse a ``queue`` that is none of ``queues``."""
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
        queue, line = (rows.queue, rows.line) if whole else (rows.queue[local], rows.line[local])
        back = _runs_back(wall, queue, line, at)
        queue, line = queue[at], line[at]
        # The later row of a repeated hour is its second run; in a file that runs from late to early it is the earlier row.
        order = np.lexsort((np.where(back, -line, line), wall[at], queue))
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


def _runs_back(
    wall: NDArray[np.int64], queue: NDArray[np.int32], line: NDArray[np.int32], at: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """For some rows, whether their day runs from late to early in the file; where it does not tell, whether the file does."""
    import numpy as np

    day = wall // _DAY
    near = np.flatnonzero(np.isin(day, np.unique(day[at])))
    near = near[np.lexsort((line[near], day[near], queue[near]))]
    same = (np.diff(day[near]) == 0) & (np.diff(queue[near]) == 0)
    group = np.concatenate([[0], np.cumsum(~same)])
    score = np.zeros(int(group[-1]) + 1)
    np.add.at(score, group[1:][same], np.sign(np.diff(wall[near]))[same])
    score[score == 0] = np.sign(np.diff(wall)).sum()
    of_row = np.zeros(len(wall))
    of_row[near] = score[group]
    return of_row[at] < 0


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
