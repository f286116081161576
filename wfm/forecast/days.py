"""A history laid out as days by slots: which day and slot a row belongs to, which slots are open, what the days' totals are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.intervals import OpeningHours

    Floats = NDArray[np.float64]

# A day of which less than this share is known says too little of its total.
_KNOWN_ENOUGH = 0.75
# A day may lack slots that carry this share of its weekday's contacts and still count as a whole one.
_LACKING = 0.01


@dataclass(frozen=True)
class Days:
    """One queue's history in open hours.

    Attributes
    ----------
    days
        Days with a row or with opening hours, in order.
    counts
        Contacts, shape (days, slots); NaN where unknown or closed.
    handled, handle_time
        Likewise, contacts handled and their summed handle time [s]; NaN where unknown.
    first_slot
        Number of the first column's slot.
    open
        Shape (7, slots): slots open on each weekday.
    daily
        True where the file has totals of days only: ``counts`` then has one column.
    stray
        Contacts outside the open hours, as a share of all; they are no demand of the plan.
    """

    days: list[date]
    counts: Floats
    handled: Floats
    handle_time: Floats
    first_slot: int
    open: NDArray[np.bool_]
    daily: bool
    stray: float

    @property
    def weekday(self) -> NDArray[np.int64]:
        """Weekday of each day, 0 Monday."""
        import numpy as np

        return np.array([day.weekday() for day in self.days], dtype=np.int64)

    def totals(self, shares: Floats | None = None) -> pd.Series:
        """Contacts by day, NaN where too little of the day is known.

        A day known in part is filled up by the ``shares`` (7, slots) of its weekday.
        """
        import numpy as np
        import pandas as pd

        known = np.isfinite(self.counts)
        expected = self.open[self.weekday] if shares is None else shares[self.weekday]
        full = expected.sum(axis=1)
        covered = (expected * known).sum(axis=1) / np.where(full > 0, full, 1.0)
        total = np.nansum(self.counts, axis=1)
        values = np.where(covered >= _KNOWN_ENOUGH, total / np.maximum(covered, 1e-9), np.nan)
        return pd.Series(values, index=self.days)

    def sums(self, seen: int) -> pd.Series:
        """Contacts by day as they were written down, NaN where slots are unknown that matter on that weekday.

        What matters is told by the first ``seen`` days alone, so that nothing later has a say in it.
        """
        import numpy as np
        import pandas as pd

        known = np.isfinite(self.counts)
        values = np.where(known, self.counts, 0.0)
        weight = np.zeros(self.open.shape)
        np.add.at(weight, self.weekday[:seen], values[:seen])
        weight = weight[self.weekday]
        lacking = (weight * ~known).sum(axis=1) > _LACKING * weight.sum(axis=1)
        return pd.Series(np.where(lacking | ~known.any(axis=1), np.nan, values.sum(axis=1)), index=self.days)


def lay_out(history: pd.DataFrame, grid: pd.DataFrame, hours: OpeningHours | None) -> Days:
    """One queue's history as days by slots of the grid's length, in the grid's open hours.

    Parameters
    ----------
    history
        Contract ``history``, one queue. Rows finer than the grid are added up, coarser ones (up to a day) split evenly.
    grid
        Open intervals to forecast; their zone, length and hours are used.
    hours
        Opening hours, for weekdays that the grid does not reach; without them such days count whole.

    Notes
    -----
    A slot is counted by the wall clock, so a day of 23 or 25 hours lines up with the others. Hours past
    midnight belong to the day they started on, as in the grid.
    """
    seconds = int(grid["duration"].iloc[0])
    return _arranged(history, seconds, grid["start"].dt.tz, _open_slots(grid, hours, 86400 // seconds))


def lay_out_past(
    history: pd.DataFrame, seconds: int, timezone: str, hours: OpeningHours | None = None, *, usual: float = 0.0
) -> Days:
    """One queue's history as days by slots without a plan's grid, every open day a row.

    Open are the ``hours``; without them the slots that a weekday has on more than ``usual`` of its days. A day without rows of a
    weekday that mostly has some is unknown; one of another weekday is closed.

    Parameters
    ----------
    history
        Contract ``history``, one queue.
    seconds
        Length of a slot.
    timezone
        Whose wall clock counts.
    usual
        Share of a weekday's days, 0 for a slot that ever was.
    """
    import numpy as np
    import pandas as pd

    start = history["start"].dt.tz_convert(timezone)
    clock = start.dt.hour * 3600 + start.dt.minute * 60
    rows = pd.DataFrame({"day": start.dt.date, "weekday": start.dt.day_of_week, "slot": clock // seconds}).drop_duplicates()
    days = rows.groupby("weekday")["day"].nunique()
    often = rows.groupby(["weekday", "slot"])["day"].nunique().reset_index()
    grid = often[often["day"] > usual * often["weekday"].map(days)][["weekday", "slot"]]
    step = _step(start, seconds)
    if seconds < step < 86400:
        grid = pd.concat([grid.assign(slot=grid["slot"] + copy) for copy in range(step // seconds)])
    per_day = 86400 // seconds
    if hours is None:
        opened = np.zeros((7, per_day), dtype=bool)
        opened[grid["weekday"], np.minimum(grid["slot"], per_day - 1)] = True
    else:
        opened = _open_slots(grid.iloc[:0], hours, per_day)
    return _every_open_day(_arranged(history, seconds, start.dt.tz, opened))


def _every_open_day(past: Days) -> Days:
    """With a row of unknowns for each absent day of a weekday that mostly is there."""
    import numpy as np

    if not past.days:
        return past
    first, there = past.days[0].toordinal(), np.array([day.toordinal() for day in past.days])
    every = np.arange(first, there[-1] + 1)
    present = np.isin(every, there)
    usual = np.array([present[(every - 1) % 7 == w].mean() > 0.5 if ((every - 1) % 7 == w).any() else False for w in range(7)])
    kept = every[present | usual[(every - 1) % 7]]
    rows = np.searchsorted(kept, there)

    def spread(values: Floats) -> Floats:
        full = np.full((len(kept), values.shape[1]), np.nan)
        full[rows] = values
        return full

    return replace(
        past,
        days=[date.fromordinal(int(day)) for day in kept],
        counts=spread(past.counts),
        handled=spread(past.handled),
        handle_time=spread(past.handle_time),
    )


def _arranged(history: pd.DataFrame, seconds: int, zone: tzinfo | None, opened: NDArray[np.bool_]) -> Days:
    import numpy as np
    import pandas as pd

    per_day = 86400 // seconds
    start = history["start"].dt.tz_convert(zone)
    clock = start.dt.hour * 3600 + start.dt.minute * 60 + start.dt.second
    daily = bool((clock == 0).all()) and bool(len(start) < 2 or start.sort_values().diff().min() >= pd.Timedelta(hours=23))
    width = opened.shape[1]
    if daily:
        return _daily(history, start, opened)

    step = _step(start, seconds)
    copies = max(1, step // seconds)
    offered = history["offered"].to_numpy(dtype=float)
    slot = (clock // seconds).to_numpy(dtype=np.int64)
    day = np.array([d.toordinal() for d in start.dt.date], dtype=np.int64)
    weekday = (day - 1) % 7
    first = int(day.min()) - 1
    tables = {name: np.full((int(day.max()) - first + 1, width), np.nan) for name in ("offered", "handled", "handle_time")}
    extra = {
        name: history[name].to_numpy(dtype=float) / copies if name in history else np.full(len(history), np.nan)
        for name in ("handled", "handle_time")
    }
    inside = total = 0.0
    for copy in range(copies):
        column, row = slot + copy, day - first
        # After midnight a slot belongs to the evening before, where that was still open and its own day is not.
        late = column + per_day
        own = opened[weekday, np.minimum(column, width - 1)] & (column < width)
        evening = ~own & (late < width) & opened[(weekday - 1) % 7, np.minimum(late, width - 1)]
        column, row = np.where(evening, late, column), np.where(evening, row - 1, row)
        take = own | evening
        total += float(np.nansum(offered)) / copies
        inside += float(np.nansum(offered[take])) / copies
        for name, values in {"offered": offered / copies, **extra}.items():
            known = take & np.isfinite(values)
            table = tables[name]
            at = (row[known], column[known])
            table[at] = np.where(np.isfinite(table[at]), table[at], 0.0)
            np.add.at(table, at, values[known])
    rows = np.flatnonzero(np.isfinite(tables["offered"]).any(axis=1))
    return Days(
        [date.fromordinal(first + int(r)) for r in rows],
        tables["offered"][rows],
        tables["handled"][rows],
        tables["handle_time"][rows],
        0,
        opened,
        daily,
        1 - inside / total if total else 0.0,
    )


def _daily(history: pd.DataFrame, start: pd.Series, opened: NDArray[np.bool_]) -> Days:
    import numpy as np

    def column(name: str) -> Floats:
        return history[name].to_numpy(dtype=float)[order, None] if name in history else np.full((len(order), 1), np.nan)

    order = np.argsort(start.to_numpy(), kind="stable")
    days = [start.iloc[i].date() for i in order]
    weekdays = np.array([day.weekday() for day in days])
    open_days = np.asarray(opened.any(axis=1), dtype=np.bool_)
    known = np.isfinite(history["offered"].to_numpy(dtype=float)[order]) & open_days[weekdays]
    return Days(
        [day for day, keep in zip(days, known, strict=True) if keep],
        column("offered")[known],
        column("handled")[known],
        column("handle_time")[known],
        0,
        open_days[:, None],
        True,
        0.0,
    )


def _open_slots(grid: pd.DataFrame, hours: OpeningHours | None, per_day: int) -> NDArray[np.bool_]:
    """Shape (7, slots): open on at least one day of that weekday in the grid; elsewhere by the hours, or all day."""
    import numpy as np

    seconds = 86400 // per_day
    by_weekday: list[set[int]] = [set(grid.loc[grid["weekday"] == w, "slot"]) for w in range(7)]
    monday = date(2001, 1, 1)
    for w in range(7):
        if hours is not None:
            for begin, end in hours.spans(monday + timedelta(days=w)):
                by_weekday[w] |= set(range(begin // seconds, -(-end // seconds)))
        elif not by_weekday[w]:
            by_weekday[w] = set(range(per_day))
    width = max(per_day, 1 + max((max(slots) for slots in by_weekday if slots), default=0))
    opened = np.zeros((7, width), dtype=bool)
    for w, slots in enumerate(by_weekday):
        opened[w, sorted(slots)] = True
    return opened


def _step(start: pd.Series, seconds: int) -> int:
    """Distance between rows [s] where it is a whole multiple of the grid's interval, else the grid's own."""
    import numpy as np

    gaps = np.diff(np.sort(start.dt.as_unit("s").astype("int64").to_numpy()))
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return seconds
    step = int(gaps.min())
    return step if step % seconds == 0 and step < 86400 else seconds
