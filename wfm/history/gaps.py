"""What a history does not tell: days and intervals without rows, zeros that look like an outage, hours nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.intervals import OpeningHours
    from wfm.history.repairs import Repairs

# A weekday that is usually this busy does not have a day without a single contact.
_BUSY = 20
# Zeros where usually this many contacts come are an outage or a closed line, not chance (chance: e^-30).
_OUTAGE = 30
_DAY = 86400
# Outages and gaps of a queue told one by one.
_SPANS_TOLD = 10


@dataclass(frozen=True)
class Gap:
    """Intervals of one day without rows, though the weekday usually has them; no slots: the whole day."""

    queue: str
    day: date
    slots: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Grid:
    """A queue's rows as days x slots: whether there is a row, and contacts."""

    queue: str
    first: int
    present: NDArray[np.bool_]
    offered: NDArray[np.float64]

    @property
    def weekday(self) -> NDArray[np.int64]:
        import numpy as np

        return (np.arange(len(self.present)) + self.first - 1) % 7

    def day(self, row: int | np.integer) -> date:
        return date.fromordinal(int(row) + self.first)


def _grids(table: pd.DataFrame, seconds: int, *, daily: bool) -> Iterator[_Grid]:
    import numpy as np

    for queue, rows in table.groupby("queue", observed=True):
        wall = rows["start"].dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)
        ordinal = wall // _DAY + date(1970, 1, 1).toordinal()
        slot = np.zeros(len(rows), dtype=np.int64) if daily else wall % _DAY // seconds
        first = int(ordinal.min())
        present = np.zeros((int(ordinal.max()) - first + 1, int(slot.max()) + 1), dtype=bool)
        offered = np.full(present.shape, np.nan)
        present[ordinal - first, slot] = True
        offered[ordinal - first, slot] = rows["offered"].to_numpy(dtype=float)
        yield _Grid(str(queue), first, present, offered)


def gaps(table: pd.DataFrame, seconds: int, *, daily: bool, hours: OpeningHours | None = None) -> list[Gap]:
    """Days without a row whose weekday usually has rows, and intervals without one that the weekday usually has.

    Parameters
    ----------
    table
        Contract ``history``.
    seconds
        Distance between rows; a day if ``daily``.
    hours
        Opening hours: what is closed cannot lack.

    Notes
    -----
    "Usually" is on more than half of the days, so a file's own opening hours are found without being told. An hour that
    daylight saving skips is no gap.
    """
    import numpy as np

    result = []
    zone = str(table["start"].dt.tz)
    for grid in _grids(table, seconds, daily=daily):
        for w in range(7):
            mine = np.flatnonzero(grid.weekday == w)
            there = mine[grid.present[mine].any(axis=1)]
            if not len(there) > len(mine) / 2:
                continue
            usual = grid.present[mine].sum(axis=0) > len(there) / 2
            for row in mine:
                day = grid.day(row)
                missing = [int(s) for s in np.flatnonzero(usual & ~grid.present[row])]
                if missing and hours is not None and not daily:
                    missing = [slot for slot in missing if _open(hours, day, slot * seconds)]
                if not grid.present[row].any():
                    if missing or hours is None or (daily and hours.spans(day)):
                        result.append(Gap(grid.queue, day))
                elif missing := _existing(day, missing, seconds, zone):
                    result.append(Gap(grid.queue, day, tuple(missing)))
    return sorted(result, key=lambda gap: (gap.queue, gap.day))


def log_gaps(found: list[Gap], seconds: int, repairs: Repairs) -> None:
    """Gaps into the log; days in a row stand together."""
    days = [gap for gap in found if not gap.slots]
    while days:
        head = days[0]
        length = 1
        while length < len(days) and days[length].queue == head.queue and days[length].day == head.day + timedelta(days=length):
            length += 1
        if length == 1:
            repairs.add("no_day", queue=head.queue, day=head.day)
        else:
            repairs.add("no_days", queue=head.queue, first=head.day, last=days[length - 1].day)
        days = days[length:]
    for gap in found:
        if gap.slots:
            span = f"{_clock(gap.slots[0] * seconds)}-{_clock((gap.slots[-1] + 1) * seconds)}"
            repairs.add("no_rows", queue=gap.queue, day=gap.day, count=len(gap.slots), span=span)


def log_zeros(table: pd.DataFrame, seconds: int, repairs: Repairs, *, daily: bool, summed: bool = False) -> None:
    """Runs of days, and of busy intervals within a day, with no contact at all.

    With ``summed`` the queues are about to be added up: only whole days of one queue are told, which the sum then lacks.
    """
    import numpy as np

    for grid in _grids(table, seconds, daily=daily):
        known = ~np.isnan(grid.offered)
        total = np.where(known.any(axis=1), np.nansum(grid.offered, axis=1), np.nan)
        zero = np.zeros(len(total), dtype=bool)
        usual = np.full(grid.offered.shape, np.nan)
        for w in range(7):
            mine = np.flatnonzero((grid.weekday == w) & ~np.isnan(total))
            if not len(mine):
                continue
            if float(np.median(total[mine])) >= _BUSY:
                zero[mine] = total[mine] == 0
            if not daily and len(mine) >= 3:
                usual[mine] = _medians(grid.offered[mine])
        runs = _runs(zero)
        for begin, end in runs:
            if end - begin == 1:
                repairs.add("zero_day_summed" if summed else "zero_day", queue=grid.queue, day=grid.day(begin))
            else:
                repairs.add(
                    "zero_days_summed" if summed else "zero_days", queue=grid.queue, first=grid.day(begin), last=grid.day(end - 1)
                )
        if daily or summed:
            continue
        spans = []
        for row in np.flatnonzero((grid.offered == 0).any(axis=1) & ~zero & (total > 0)):
            for begin, end in _runs((grid.offered[row] == 0) & (usual[row] >= 2)):
                if usual[row, begin:end].sum() >= _OUTAGE:
                    spans.append((grid.day(row), f"{_clock(begin * seconds)}-{_clock(end * seconds)}"))
        for day, span in spans[:_SPANS_TOLD]:
            repairs.add("zero_run", queue=grid.queue, day=day, span=span)
        if len(spans) > _SPANS_TOLD:
            repairs.add("zero_runs", queue=grid.queue, count=len(spans) - _SPANS_TOLD)


def _medians(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Medians of the columns over what is known; 0 where nothing is."""
    import numpy as np

    ordered = np.sort(rows, axis=0)
    known = np.count_nonzero(~np.isnan(rows), axis=0)
    at = np.arange(rows.shape[1])
    low, high = ordered[np.maximum(known - 1, 0) // 2, at], ordered[np.minimum(known // 2, len(rows) - 1), at]
    return np.where(known > 0, (low + high) / 2, 0.0)


def _runs(marks: NDArray[np.bool_]) -> list[tuple[int, int]]:
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[0], marks.astype(np.int8), [0]])))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def log_hours(table: pd.DataFrame, seconds: int, hours: OpeningHours, repairs: Repairs) -> None:
    """Open hours of a usual week that no row speaks of, and contacts outside of all open hours."""
    import numpy as np

    for grid in _grids(table, seconds, daily=False):
        slots = _DAY // seconds
        seen = np.zeros((7, slots), dtype=bool)
        outside = 0.0
        width = grid.present.shape[1]
        open_ = np.zeros((7, slots), dtype=bool)
        for w in range(7):
            mine = np.flatnonzero(grid.weekday == w)
            if len(mine):
                seen[w, :width] = grid.present[mine].any(axis=0)
            # The last such weekday stands for all of them.
            day = grid.day(int(mine[-1])) if len(mine) else None
            if day is None:
                open_[w] = False
                continue
            open_[w] = [_open(hours, day, slot * seconds) for slot in range(slots)]
            closed = ~open_[w, :width]
            outside += float(np.nansum(grid.offered[mine][:, closed])) if closed.any() else 0.0
        never = open_ & ~seen
        if never.any():
            at = np.flatnonzero(never.any(axis=0))
            span = f"{_clock(int(at[0]) * seconds)}-{_clock((int(at[-1]) + 1) * seconds)}"
            repairs.add("never_open", queue=grid.queue, count=int(never.sum()), span=span)
        if outside:
            repairs.add("outside_hours", queue=grid.queue, contacts=f"{outside:.0f}")


def _open(hours: OpeningHours, day: date, second: int) -> bool:
    """Whether the centre is open at a second of a local day, the hours past midnight of the day before counted."""
    if any(begin <= second < end for begin, end in hours.spans(day)):
        return True
    return any(begin <= second + _DAY < end for begin, end in hours.spans(day - timedelta(days=1)))


def _existing(day: date, slots: list[int], seconds: int, zone: str) -> list[int]:
    """The slots whose wall-clock time exists on that day."""
    import pandas as pd

    if not slots:
        return []
    naive = pd.Series([pd.Timestamp(day) + pd.Timedelta(seconds=slot * seconds) for slot in slots])
    there = naive.dt.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward").dt.tz_localize(None)
    return [slot for slot, exists in zip(slots, there.isna() | (there == naive), strict=True) if exists]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
