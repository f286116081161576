"""What a history does not tell: days and intervals without rows, and days of zeros that look like a gap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# A weekday that is usually this busy does not have a day without a single contact.
_BUSY = 20


def gaps(table: pd.DataFrame, seconds: int, *, daily: bool) -> list[str]:
    """Days without a row whose weekday usually has rows, and intervals without one that the weekday usually has.

    Parameters
    ----------
    table
        Contract ``history``.
    seconds
        Distance between rows; a day if ``daily``.

    Notes
    -----
    "Usually" is on more than half of the days, so a file's own opening hours are found without being told. An hour that
    daylight saving skips is no gap.
    """
    import numpy as np

    result = []
    for queue, rows in table.groupby("queue"):
        start = rows["start"]
        ordinal = np.array([day.toordinal() for day in start.dt.date], dtype=np.int64)
        clock = start.dt.hour * 3600 + start.dt.minute * 60
        slot = np.zeros(len(rows), dtype=np.int64) if daily else (clock // seconds).to_numpy()
        first = int(ordinal.min())
        present = np.zeros((int(ordinal.max()) - first + 1, int(slot.max()) + 1), dtype=bool)
        present[ordinal - first, slot] = True
        weekday = (np.arange(len(present)) + first - 1) % 7
        for w in range(7):
            mine = np.flatnonzero(weekday == w)
            there = mine[present[mine].any(axis=1)]
            if not len(there) > len(mine) / 2:
                continue
            usual = present[mine].sum(axis=0) > len(there) / 2
            for row in mine:
                day = date.fromordinal(int(row) + first)
                missing = [int(s) for s in np.flatnonzero(usual & ~present[row])]
                if not present[row].any():
                    result.append(f"{queue}: {day} has no row")
                elif missing := _existing(day, missing, seconds, start.dt.tz):
                    span = f"{_clock(missing[0] * seconds)}-{_clock((missing[-1] + 1) * seconds)}"
                    result.append(f"{queue}: {day} lacks {len(missing)} intervals within {span}")
    return sorted(result)


def zero_days(table: pd.DataFrame) -> list[str]:
    """Runs of days with no contact at all on weekdays that are otherwise busy."""
    result = []
    for queue, rows in table.groupby("queue"):
        total = rows.groupby(rows["start"].dt.date)["offered"].sum(min_count=1)
        typical = total.groupby([day.weekday() for day in total.index]).transform("median")
        days = list(total.index[(total == 0) & (typical >= _BUSY)])
        while days:
            length = next((i for i in range(1, len(days)) if days[i] != days[0] + timedelta(days=i)), len(days))
            result.append(f"{queue}: no contact at all from {days[0]} to {days[length - 1]}")
            days = days[length:]
    return result


def _existing(day: date, slots: list[int], seconds: int, zone: object) -> list[int]:
    """The slots whose wall-clock time exists on that day."""
    import pandas as pd

    if not slots:
        return []
    naive = pd.Series([pd.Timestamp(day) + pd.Timedelta(seconds=slot * seconds) for slot in slots])
    there = naive.dt.tz_localize(str(zone), ambiguous="NaT", nonexistent="shift_forward").dt.tz_localize(None)
    return [slot for slot, exists in zip(slots, there.isna() | (there == naive), strict=True) if exists]


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
