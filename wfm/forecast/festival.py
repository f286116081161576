"""A forecast with the planner's events on top: multiples of normal contacts in their shapes, returns, and totals met exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from wfm.core import units
from wfm.forecast.bands import with_bands
from wfm.forecast.phases import Ordered, Phase, PlannedEvent, by_length, order_days

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.shop import Shop

    Floats = NDArray[np.float64]

#: Contacts of an event are whole multiples of this: sums of them are exact in any order, so that a total is met to the last digit.
_GRAIN = 2.0**-20
_RISE_FROM, _RISE_UNTIL = 12 * 3600, 20 * 3600


def with_events(
    forecast: pd.DataFrame,
    events: Sequence[PlannedEvent],
    *,
    normal: pd.DataFrame | None = None,
    grid: pd.DataFrame | None = None,
    shop: Shop | None = None,
    volume: float = 1.0,
) -> pd.DataFrame:
    """The forecast with what events bring; formulas in ``docs/events.md``.

    In every interval the phase has its say that is the shortest of those covering it, of phases of one length the one written
    later. Its contacts replace the forecast's there; returns come on top of what else there is.

    Parameters
    ----------
    forecast
        Contract ``forecast`` with ``date``, ``slot`` and ``duration``: what is expected without these events.
    events
        As the planner wrote them.
    normal
        Likewise, every day as an ordinary one of its weekday in the shop's usual hours: what multiples are of. Without it, the
        forecast itself.
    grid
        Every interval of the plan (`wfm.core.intervals.interval_grid`), those included that are open for the event only. Without
        it, those of the forecast.
    shop
        Orders a day and contacts per order, which returns follow.
    volume
        Factor on the shop's orders.

    Returns
    -------
    DataFrame
        Contract ``forecast``, one row an interval of the grid and queue, with the column ``event``: ``"double11/2027 opening"`` of
        the phase that has its say there, ``"double11/2027 returns"`` where only returns come, "" elsewhere. The ``day_cv`` of a
        day is the mean over its contacts: of an event's, the day's own and the event's ``uncertainty`` together (root of the sum
        of squares). Without events, the forecast itself.
    """
    if not events:
        return forecast
    import pandas as pd

    normal = forecast if normal is None else normal
    grid = forecast.drop_duplicates("start")[["start", "date", "weekday", "slot", "duration"]] if grid is None else grid
    parts = []
    for queue, rows in forecast.groupby("queue", sort=True):
        usual = normal[normal["queue"] == queue]
        parts.append(_of_queue(rows, usual, grid, events, shop, volume, len(set(forecast["queue"]))))
    made = pd.concat(parts, ignore_index=True)
    contacts = made["contacts"].to_numpy(dtype=float).copy()
    owner = made.pop("_owner").to_numpy()
    for number, event in enumerate(events):
        if event.planner_total is not None:
            mine = owner == number
            contacts[mine] = summing_to(contacts[mine], event.planner_total)
    made["contacts"] = contacts
    made["day_cv"] = _day_cv(made)
    return with_bands(made.drop(columns=["_cv"]))[[*forecast.columns, "event"]]


def summing_to(values: Floats, total: float) -> Floats:
    """Values in their proportions with ``total`` as their sum, exact in any order of summing where the total is a whole number of
    millionths; evenly where all are 0.
    """
    import numpy as np

    if not len(values):
        return values
    weight = values if values.sum() > 0 else np.ones(len(values))
    scaled = np.round(weight * (total / weight.sum()) / _GRAIN) * _GRAIN
    top = int(scaled.argmax())
    scaled[top] = 0.0
    scaled[top] = max(total - math.fsum(scaled), 0.0)
    return np.asarray(scaled)


@dataclass(frozen=True)
class _Ground:
    """The intervals of a queue, and what is normal in them.

    Attributes
    ----------
    clock
        Start of each interval by the wall clock, as ``datetime64``.
    seconds
        Length of each.
    day, days
        Number of each interval's day, and the days.
    rate
        Contacts a second of a normal day; where the shop is usually closed, the day's mean per open second.
    unit
        Contacts of a normal day, by day.
    """

    clock: NDArray[np.datetime64]
    seconds: Floats
    day: NDArray[np.int64]
    days: list[date]
    rate: Floats
    unit: Floats


def _ground(normal: pd.DataFrame, grid: pd.DataFrame) -> _Ground:
    import numpy as np
    import pandas as pd

    day, days = pd.factorize(grid["date"])
    sums = normal.groupby("date")[["contacts", "duration"]].sum()
    mean = sums["contacts"].mean() if len(sums) else 0.0
    mean_rate = sums["contacts"].sum() / sums["duration"].sum() if sums["duration"].sum() > 0 else 0.0
    unit = np.array([sums["contacts"].get(each, mean) for each in days], dtype=float)
    by_day = np.array([sums["contacts"].get(each, 0.0) / sums["duration"].get(each, 1.0) if each in sums.index else mean_rate
                       for each in days])  # fmt: skip
    own = pd.Series((normal["contacts"] / normal["duration"]).to_numpy(dtype=float), index=pd.Index(normal["start"]))
    rate = own.reindex(pd.Index(grid["start"])).to_numpy(dtype=float)
    clock = grid["start"].dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    return _Ground(
        clock, grid["duration"].to_numpy(dtype=float), np.asarray(day, dtype=np.int64), list(days),
        np.where(np.isnan(rate), by_day[day], rate), unit,
    )  # fmt: skip


def _of_queue(
    forecast: pd.DataFrame,
    normal: pd.DataFrame,
    grid: pd.DataFrame,
    events: Sequence[PlannedEvent],
    shop: Shop | None,
    volume: float,
    queues: int,
) -> pd.DataFrame:
    """One queue's rows on the grid; ``_owner`` numbers the event of each row (-1: none), ``_cv`` is each interval's own spread."""
    import numpy as np

    ground = _ground(normal, grid)
    made = on_grid(forecast, grid)
    contacts, cv = made["contacts"].to_numpy(dtype=float).copy(), made["day_cv"].to_numpy(dtype=float).copy()
    usual_cv = _cv_of(normal, grid, cv)
    owner, said = np.full(len(made), -1), np.full(len(made), "", dtype=object)
    for one in by_length(list(events)):
        event = events[one.event]
        mine, brought = contacts_of(one, ground)
        contacts[mine], owner[mine], said[mine] = brought, one.event, f"{event.key} {one.name}"
        cv[mine] = np.hypot(usual_cv[mine], event.uncertainty)
    for number, event in enumerate(events):
        for name, phase in event.resolved().items():
            if not phase.returns:
                continue
            more = _returns(event, phase, ground, shop, volume) / queues
            coming = more > 0
            far = np.hypot(usual_cv, event.uncertainty)
            both = np.where(coming, contacts + more, 1.0)
            cv = np.where(coming, (contacts * cv + more * far) / both, cv)
            contacts = contacts + more
            alone = coming & (owner < 0)
            owner[alone], said[alone] = number, f"{event.key} {name}"
    return made.assign(contacts=contacts, event=said, _owner=owner, _cv=cv)


def contacts_of(one: Ordered, ground: _Ground) -> tuple[NDArray[np.bool_], Floats]:
    """(its intervals, contacts in each) of one phase with dates, as if no other phase were there."""
    import numpy as np

    span = one.phase.span
    assert span is not None
    if one.whole_days:
        first, last = span.start.date(), (span.end - timedelta(days=1)).date()
        held = np.array([first <= each <= last for each in ground.days], dtype=bool)
        mine = held[ground.day]
    else:
        mine = (ground.clock >= np.datetime64(span.start)) & (ground.clock < np.datetime64(span.end))
    brought = np.zeros(len(mine))
    density = ground.rate * ground.seconds
    # A multiple is of each day, or of the same hours of a normal one.
    pieces = [(mine & (ground.day == day), ground.unit[day]) for day in np.unique(ground.day[mine])] if one.whole_days else [
        (mine, float(density[mine].sum()))
    ]  # fmt: skip
    for rows, unit in pieces:
        weight = _weights(one.phase, ground, rows)
        if weight.sum() > 0:
            brought[rows] = one.phase.times * unit * (weight / weight.sum())
    return mine, brought[mine]


def _weights(phase: Phase, ground: _Ground, rows: NDArray[np.bool_]) -> Floats:
    """How a piece of a phase spreads over its intervals."""
    import numpy as np

    clock, seconds, rate = ground.clock[rows], ground.seconds[rows], ground.rate[rows]
    usual = rate * seconds
    if phase.form == "even":
        return seconds
    begin = (clock - clock[0]).astype("timedelta64[s]").astype(float)
    midnight = clock.astype("datetime64[D]")
    if phase.form == "evening":
        of_day = (clock - midnight).astype("timedelta64[s]").astype(float) + seconds / 2
        return np.asarray(usual * (1 + (phase.rise - 1) * np.clip((of_day - _RISE_FROM) / (_RISE_UNTIL - _RISE_FROM), 0, 1)))
    if phase.form == "spike":
        top = float(rate.max()) or 1.0
        # Each day of a phase of days has its jump at the same clock time; one of hours has one jump.
        if phase.spike_at is None:
            jumps = [0.0]
        else:
            at = units.clock(phase.spike_at)
            jumps = [float((day - clock[0]).astype("timedelta64[s]").astype(float)) + at for day in np.unique(midnight)]
        left = sum((_decaying(begin - jump, begin + seconds - jump, phase.decay) for jump in jumps), np.zeros(len(begin)))
        return np.asarray(usual + (phase.jump - 1) * top * left)
    return usual


def _decaying(begin: Floats, end: Floats, half: float) -> Floats:
    """Integral from ``begin`` to ``end`` [s after the jump] of what halves every ``half`` seconds; nothing before the jump."""
    import numpy as np

    begin, end = np.maximum(begin, 0.0), np.maximum(end, 0.0)
    return np.asarray(half / math.log(2) * (np.exp2(-begin / half) - np.exp2(-end / half)))


def _returns(event: PlannedEvent, phase: Phase, ground: _Ground, shop: Shop | None, volume: float) -> Floats:
    """Contacts on returns that the event's orders bring beyond normal ones, by interval."""
    import numpy as np

    brought = np.zeros(len(ground.clock))
    if shop is None or shop.orders_per_day is None:
        return brought
    each = shop.contacts_per_100_orders.returns / 100 / phase.normal_rate
    first, last = phase.lags
    for day, times in order_days(event).items():
        returned = times * shop.orders_per_day * volume * (phase.rate_points or 0.0) / 100
        for lag in range(first, last + 1):
            at = next((number for number, there in enumerate(ground.days) if there >= day + timedelta(days=lag)), None)
            if at is None or (day + timedelta(days=lag)) < ground.days[0]:
                continue  # outside the plan
            rows = ground.day == at
            weight = _weights(phase, ground, rows)
            weight = weight if weight.sum() > 0 else ground.seconds[rows]
            brought[rows] += returned * each / (last - first + 1) * (weight / weight.sum())
    return brought


def on_grid(forecast: pd.DataFrame, grid: pd.DataFrame) -> pd.DataFrame:
    """One queue's forecast on every interval of a grid that may be open longer.

    Where it has none nobody is expected; a contact there would take as long as on average, and its day varies as the day does.
    """
    import numpy as np

    lacking = [name for name in ("date", "weekday", "slot", "duration") if name in forecast]
    made = grid.merge(forecast.drop(columns=lacking), on="start", how="left")[list(forecast.columns)]
    if not made["contacts"].isna().any():
        return made
    weight = forecast["contacts"].to_numpy(dtype=float)
    aht = float(np.average(forecast["aht"], weights=weight if weight.sum() > 0 else None))
    by_day = forecast.groupby("date")["day_cv"].first()
    made["queue"] = str(forecast["queue"].iloc[0])
    made["contacts"] = made["contacts"].fillna(0.0)
    made["aht"] = made["aht"].fillna(aht)
    made["day_cv"] = made["day_cv"].fillna(made["date"].map(by_day)).fillna(float(by_day.mean()))
    made["slot_cv"] = made["slot_cv"].fillna(float(forecast["slot_cv"].mean()))
    for name in made.columns[made.isna().any()]:
        made[name] = made[name].fillna(0.0) if made[name].dtype.kind == "f" else made[name].fillna(forecast[name].iloc[0])
    return made


def _cv_of(normal: pd.DataFrame, grid: pd.DataFrame, otherwise: Floats) -> Floats:
    """The spread of a normal day, for every interval of the grid."""
    import numpy as np

    found = grid["date"].map(normal.groupby("date")["day_cv"].first()).to_numpy(dtype=float)
    return np.where(np.isnan(found), otherwise, found)


def _day_cv(made: pd.DataFrame) -> Floats:
    """One spread for all intervals of a day: the mean of their own, weighted by contacts. Days of one spread keep it."""
    import numpy as np

    keys = [made["queue"], made["date"]]
    own = made["_cv"]
    weight = made["contacts"].where(made["contacts"].groupby(keys).transform("sum") > 0, 1.0)
    mean = (own * weight).groupby(keys).transform("sum") / weight.groupby(keys).transform("sum")
    same = own.groupby(keys).transform("min") == own.groupby(keys).transform("max")
    return np.where(same, own, mean)
