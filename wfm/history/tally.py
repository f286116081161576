"""Contacts added up by interval and queue, chunk by chunk: memory holds intervals, never contacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Problem
from wfm.history.contacts import ABANDONED, HANDLED

if TYPE_CHECKING:
    import pandas as pd

    from wfm.history.contacts import Part

_MERGED = 16


@dataclass
class Sums:
    """Sums by interval and queue, merged now and then so that memory holds intervals and never contacts."""

    interval_s: int
    within: float | None
    kept: list[pd.DataFrame] = field(default_factory=list)
    first: int | None = None
    last: int | None = None

    def add(self, part: Part) -> None:
        """Add a chunk's contacts to their intervals."""
        import numpy as np
        import pandas as pd

        if not len(part.instant):
            return
        low, high = int(part.instant.min()), int(part.instant.max())
        self.first = low if self.first is None else min(self.first, low)
        self.last = high if self.last is None else max(self.last, high)
        handled = part.outcome == HANDLED
        timed = handled & ~np.isnan(part.handle)
        with np.errstate(invalid="ignore"):
            soon = handled & (part.wait <= (self.within if self.within is not None else np.inf))
        frame = pd.DataFrame(
            {
                "start": part.instant - part.wall % self.interval_s,
                "queue": part.queue,
                "offered": 1,
                "handled": handled.astype(np.int64),
                "abandoned": (part.outcome == ABANDONED).astype(np.int64),
                "answered_within": soon.astype(np.int64),
                "handle_time": np.where(timed, part.handle, 0.0),
                "timed": timed.astype(np.int64),
            }
        )
        self.kept.append(frame.groupby(["start", "queue"], sort=False).sum())
        if len(self.kept) > _MERGED:
            self.kept = [self._merged()]

    def _merged(self) -> pd.DataFrame:
        import pandas as pd

        return pd.concat(self.kept).groupby(level=[0, 1], sort=True).sum()

    def table(self, queues: list[str], timezone: str, *, clock: bool) -> pd.DataFrame:
        """Contract ``history``; ``clock``: the file had wall clocks, so that a repeated hour stands in its first run."""
        import numpy as np
        import pandas as pd

        if not self.kept:
            raise InputError(Problem("the file has no contact", way_out="What is no contact was left out; check the outcomes"))
        merged = self._merged()
        # Handled contacts without a handle time took as long as the others of their interval.
        share = merged["handled"] / merged["timed"].where(merged["timed"] > 0)
        merged["handle_time"] = (merged["handle_time"] * share).where(merged["handled"] > 0, 0.0)
        merged = merged.drop(columns="timed").astype(float)
        filled = []
        for code, rows in merged.groupby(level="queue", sort=True):
            starts = pd.DatetimeIndex(pd.to_datetime(rows.index.get_level_values("start"), unit="s", utc=True)).tz_convert(timezone)
            rows = rows.set_axis(starts, axis=0)
            rows = rows.reindex(self._every(starts, clock=clock), fill_value=0.0)
            filled.append(rows.rename_axis("start").reset_index().assign(queue=queues[int(np.asarray(code).item())]))
        table = pd.concat(filled, ignore_index=True)
        order = ["start", "queue", "offered", "handled", "abandoned", "answered_within", "handle_time"]
        table = table[order if self.within is not None else [name for name in order if name != "answered_within"]]
        return table.sort_values(["queue", "start"], ignore_index=True)

    def _every(self, starts: pd.DatetimeIndex, *, clock: bool) -> pd.DatetimeIndex:
        """Every interval of the days that have a contact, from the file's first to its last."""
        import pandas as pd

        step = pd.Timedelta(seconds=self.interval_s)
        days = starts.normalize().unique()
        grids = [pd.date_range(day, day + pd.DateOffset(days=1), freq=step, inclusive="left") for day in days]
        every = pd.DatetimeIndex(starts.append(list(grids)).unique().sort_values())
        first, last = (pd.Timestamp(second, unit="s", tz="UTC") for second in (self.first or 0, self.last or 0))
        every = every[(every > first - step) & (every <= last)]
        if clock:
            second_run = every.tz_localize(None).duplicated()
            every = every[~second_run | every.isin(starts)]
        return every
