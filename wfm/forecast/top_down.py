"""Contacts of every interval: the day's total times the day's shape, with handle times and bands (data.md sections 1 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from wfm.core import units
from wfm.core.errors import BadValueError
from wfm.core.profile import peak_profile
from wfm.forecast import shape
from wfm.forecast.bands import with_bands
from wfm.forecast.daily import daily_forecast
from wfm.forecast.days import Days, lay_out
from wfm.forecast.events import Event, in_events
from wfm.forecast.special import calendar_of, unusual_days

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.intervals import OpeningHours
    from wfm.core.shop import Peak

    Floats = NDArray[np.float64]

_AHT_CONTACTS = 500.0
"""Contacts that the mean handle time of all intervals counts for in the mean of one slot of the day."""


def forecast(
    history: pd.DataFrame,
    grid: pd.DataFrame,
    *,
    aht: float,
    country: str = "",
    hours: OpeningHours | None = None,
    peak: Peak | None = None,
    events: Sequence[Event] = (),
    ordinary: bool = False,
) -> pd.DataFrame:
    """Contacts and handle times of every interval of a grid, from past contacts.

    Each queue for itself: day totals within the open hours by `daily_forecast`, times the share of each slot in its weekday.
    Contacts outside the open hours are no demand of the plan and are left out of the totals too.

    Parameters
    ----------
    history
        Contract ``history``. Rows finer than the grid are added up, coarser ones split evenly. NaN and absent rows are
        unknown, not 0; rows from the grid's first day on are not used.
    grid
        Open intervals, as of `wfm.core.intervals.interval_grid`, after the history's last day.
    aht
        Handle time [s] where the history does not tell.
    country
        Whose holidays count, as in `wfm.core.calendar.day_table`; "" for none.
    hours
        Opening hours of weekdays that the grid does not reach; without them these days count whole.
    peak
        The day's shape where the history has totals of days only; without it such days are flat.
    events
        Campaigns with known dates, as of `wfm.forecast.daily_forecast`; a total is that of each queue.
    ordinary
        Forecast every day as an ordinary one of its weekday: what multiples of a normal day are of.

    Returns
    -------
    DataFrame
        Contract ``forecast`` with ``date``, ``weekday``, ``slot`` and ``duration`` of the grid. An hour that daylight saving
        repeats gets its slot's contacts each time, one it skips none.

    Raises
    ------
    ValueError
        A history without a known open day before the grid.
    """
    import pandas as pd

    first = min(grid["date"]) if len(grid) else None
    parts = []
    before = history[history["start"].dt.tz_convert(grid["start"].dt.tz).dt.date < first] if first else history
    for queue, rows in before.groupby("queue", sort=True):
        past = lay_out(rows, grid, hours)
        expected, day_cv, slot_cv = _queue(past, grid, country, peak, events, ordinary)
        table = grid[["start"]].assign(
            queue=str(queue), contacts=expected, aht=_aht(past, grid, aht), day_cv=day_cv, slot_cv=slot_cv
        )
        parts.append(with_bands(table).assign(**{name: grid[name] for name in ("date", "weekday", "slot", "duration")}))
    if not parts:
        raise BadValueError("the history has no rows before the plan's first day", "Move plan.start, or write history: estimate")
    return pd.concat(parts, ignore_index=True)


def _queue(
    past: Days, grid: pd.DataFrame, country: str, peak: Peak | None, events: Sequence[Event], ordinary: bool
) -> tuple[Floats, Floats, float]:
    """(contacts, day_cv) of each interval and the slot_cv of one queue."""
    import pandas as pd

    days = list(dict.fromkeys(grid["date"]))
    shares = _flat(grid, peak) if past.daily else None
    made = queue_forecast(past, days, country=country, shares=shares, events=events, ordinary=ordinary)
    daily = made.daily.set_index("date")
    mean = pd.Series(grid["date"]).map(daily["mean"]).to_numpy(dtype=float)
    day_cv = pd.Series(grid["date"]).map(daily["day_cv"]).to_numpy(dtype=float)
    return mean * made.shares[grid["weekday"].to_numpy(), grid["slot"].to_numpy()], day_cv, made.slot_cv


@dataclass(frozen=True)
class QueueForecast:
    """One queue's days ahead and how their contacts spread over the day.

    Attributes
    ----------
    daily
        As of `wfm.forecast.daily_forecast`.
    shares
        Share of a day's contacts by weekday and slot, shape (7, slots).
    slot_cv
        Coefficient of variation of an interval within its day, beyond chance.
    """

    daily: pd.DataFrame
    shares: Floats
    slot_cv: float


def queue_forecast(
    past: Days,
    days: Sequence[date],
    *,
    country: str = "",
    shares: Floats | None = None,
    events: Sequence[Event] = (),
    ordinary: bool = False,
) -> QueueForecast:
    """Day totals of one queue and their shape over the day.

    Parameters
    ----------
    past
        The queue's history in open hours.
    days
        Open days to forecast, in order, after the history's last day.
    country
        Whose holidays count.
    shares
        The shape, for a history of day totals; otherwise it is learned.
    events
        Campaigns with known dates, as of `wfm.forecast.daily_forecast`.
    ordinary
        Whether every day is forecast as an ordinary one of its weekday.

    Raises
    ------
    ValueError
        No past day is known.
    """
    import numpy as np
    import pandas as pd

    if not past.days:
        raise BadValueError("no past contacts are known within the open hours", "Compare the history's hours with hours")
    weekday, age = past.weekday, np.array([(past.days[-1] - day).days for day in past.days], dtype=float)
    special = calendar_of(past.days, country).apart | in_events(past.days, events)
    spread = 0.0
    if shares is not None:
        totals = past.totals()
    else:
        rough = past.totals()
        ordinals = np.array([day.toordinal() for day in past.days], dtype=np.int64)
        known = rough.notna().to_numpy()
        if not known.any():
            raise BadValueError(
                "no past day is known through its open hours", "Add rows, or write absent: zero if empty intervals are left out"
            )
        odd = np.ones(len(known), dtype=bool)
        odd[known] = unusual_days(rough.to_numpy()[known], ordinals[known], special[known])
        use = ~special & ~odd
        use = use if use.any() else known
        shares = shape.shares(past.counts, weekday, age, use, past.open)
        spread = shape.slot_cv(past.counts, weekday, use & (age <= 4 * shape.HALF_LIFE), shares)
        totals = past.totals(shares)
    totals = without_outages(totals, special)
    if not (totals.fillna(0.0) > 0).any():
        # Nobody ever came: that is a forecast of nobody, not of the little that a regression on logarithms leaves.
        nobody = {"lead": np.arange(1, len(days) + 1), **dict.fromkeys(("median", "mean", "log_sd", "day_cv"), 0.0)}
        return QueueForecast(pd.DataFrame({"date": list(days), **nobody}), shares, 0.0)
    return QueueForecast(daily_forecast(totals, days, country=country, events=events, ordinary=ordinary), shares, spread)


def without_outages(totals: pd.Series, special: NDArray[np.bool_]) -> pd.Series:
    """Zeros on days whose weekday is otherwise busy are a gap in the records, not quiet days."""
    import numpy as np

    if not (totals > 0).any():
        return totals
    weekday = np.array([day.weekday() for day in totals.index])
    typical = np.array([totals[weekday == w].median() if (weekday == w).any() else 0.0 for w in range(7)])[weekday]
    return totals.mask((totals == 0) & (typical >= 20) & ~special)


def _flat(grid: pd.DataFrame, peak: Peak | None) -> Floats:
    """Shares by weekday and slot where the history tells nothing of the day's shape: the peak's, or even."""
    import numpy as np

    seconds = int(grid["duration"].iloc[0])
    result = np.zeros((7, int(grid["slot"].max()) + 1))
    for w in range(7):
        slots = sorted(set(grid.loc[grid["weekday"] == w, "slot"]))
        if not slots:
            continue
        spans = [(slot * seconds, (slot + 1) * seconds) for slot in slots]
        busy, share = (units.clock_span(peak.hours), peak.share) if peak else ((0, 0), 0.0)
        result[w, slots] = peak_profile(spans, slots, seconds, busy, share)
    return result


def _aht(past: Days, grid: pd.DataFrame, aht: float) -> Floats:
    """Handle time of each interval: the history's by slot of the day, leaning on its overall mean; ``aht`` where it has none."""
    import numpy as np

    age = np.array([(past.days[-1] - day).days for day in past.days], dtype=float)[:, None]
    known = np.isfinite(past.handled) & np.isfinite(past.handle_time) & (past.handled > 0)
    weight = np.where(known, 0.5 ** (age / shape.HALF_LIFE), 0.0)
    handled = (weight * np.where(known, past.handled, 0.0)).sum(axis=0)
    time = (weight * np.where(known, past.handle_time, 0.0)).sum(axis=0)
    if not handled.sum() > 0:
        return np.full(len(grid), float(aht))
    overall = time.sum() / handled.sum()
    by_slot = (time + _AHT_CONTACTS * overall) / (handled + _AHT_CONTACTS)
    if past.daily:
        return np.full(len(grid), float(overall))
    return np.asarray(by_slot[grid["slot"].to_numpy()])


def by_day(forecast: pd.DataFrame) -> pd.DataFrame:
    """Contacts by day and queue with the band of the day's total.

    Returns
    -------
    DataFrame
        ``date``, ``queue``, ``weekday``, ``contacts``, ``day_cv``, ``contacts_q05`` ... ``contacts_q95``.
    """
    days = forecast.groupby(["date", "queue"], sort=True, as_index=False).agg(
        weekday=("weekday", "first"), contacts=("contacts", "sum"), day_cv=("day_cv", "first")
    )
    return with_bands(days.assign(slot_cv=0.0)).drop(columns="slot_cv")


def by_weekday(forecast: pd.DataFrame) -> pd.DataFrame:
    """Mean contacts of each weekday's days: ``weekday``, ``queue``, ``contacts``, ``days``."""
    days = by_day(forecast)
    return days.groupby(["weekday", "queue"], as_index=False).agg(contacts=("contacts", "mean"), days=("date", "count"))
