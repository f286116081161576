"""How good the forecast would have been on a history: origins, leads, models beside each other, and what the numbers mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from wfm.core.intervals import OpeningHours
    from wfm.forecast.days import Days
    from wfm.forecast.events import Event
    from wfm.forecast.origins import Dropped
    from wfm.forecast.rolling import Method

DAY = 86400
DAY_MODELS = ("ours", "naive", "mean4")
INTERVAL_MODELS = ("ours", "naive", "mean4", "mean8", "floor")


@dataclass(frozen=True)
class Backtest:
    """What was forecast and how far it was off.

    Attributes
    ----------
    forecasts
        Every forecast: ``queue``, ``model``, ``origin`` (the last day seen), ``lead`` (open days after it), ``date``, for intervals
        ``slot`` (number of the interval in its day) and ``start`` (its clock time), ``actual``, ``forecast``, ``low50`` ...
        ``high95`` (NaN for models without bands).
    measures
        ``model`` and the columns of `wfm.forecast.measures.summary`, one row for each horizon and model.
    queues
        Queues that were judged, each for itself and pooled; or the one that was chosen.
    days, first, last
        Open days of the history, its first and last.
    origins
        Origins, in order.
    interval_s
        Length of what was forecast [s]; a day is 86,400.
    unusual
        Days so far out of line that they are left out of what is ordinary, unless the calendar or an event explains them:
        ``queue``, ``date``, ``actual``; as judged at the end of the history.
    dropped
        Horizons that were asked for and are not judged, since the history is too short for them.
    """

    forecasts: pd.DataFrame
    measures: pd.DataFrame
    queues: tuple[str, ...]
    days: int
    first: date
    last: date
    origins: tuple[date, ...]
    interval_s: int
    unusual: pd.DataFrame
    dropped: tuple[Dropped, ...] = ()


def run_backtest(
    history: pd.DataFrame,
    *,
    timezone: str,
    country: str = "",
    hours: OpeningHours | None = None,
    interval_s: int = DAY,
    horizons: Sequence[str] = ("1d", "1w", "4w"),
    models: Sequence[str] | None = None,
    origins: int | None = None,
    first: date | None = None,
    last: date | None = None,
    every: int | None = None,
    events: Sequence[Event] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Forecast a history's own days from several of its past days, and compare.

    Parameters
    ----------
    history
        Contract ``history``; every queue is forecast for itself and all are pooled.
    timezone, country
        Whose wall clock and whose holidays count.
    hours
        Opening hours; without them the slots that a weekday ever has.
    interval_s
        86,400 for totals of days, else the length of an interval.
    horizons
        ``"1d"``, ``"1w"``, ``"4w"`` or numbers of open days; a week has as many as the history has open weekdays. Those that the
        history is too short for are left out (``dropped``).
    models
        ``ours``, ``naive`` (the same weekday last known), ``mean4`` (mean of the last 4; any number), and for intervals ``floor``
        (our shape of the day on totals known beforehand: no way through day totals gets below).
    origins, first, last, every
        Which days are last days seen: all from ``first`` to ``last``, each ``every`` open days; the last ``origins`` of them.
        Unsaid, 12 of the later half of the history, after which all leads are known.
    events
        Campaigns with known dates; at each origin those are used whose name came before or whose total is told. Their days are
        judged once more by themselves, over all leads: the horizon ``events``.
    progress
        Called with queues done and their number.

    Raises
    ------
    InputError
        Horizons or models that are none, no origin left, or a history too short for every horizon.
    """
    import pandas as pd

    from wfm.forecast.events import in_events
    from wfm.forecast.origins import horizons_of, judged_horizons, origins_of

    chosen = models_of(models or (DAY_MODELS if interval_s == DAY else INTERVAL_MODELS), interval_s)
    pasts = {str(queue): _past(rows, timezone, hours, interval_s) for queue, rows in history.groupby("queue", sort=True)}
    pasts = {queue: past for queue, past in pasts.items() if past.days}
    if not pasts:
        raise InputError(Problem("no known day within the open hours", key="history"))
    if interval_s != DAY and any(past.daily for past in pasts.values()):
        raise InputError(
            Problem("the history has totals of days only", key="--interval", way_out="Leave --interval out to judge day totals")
        )
    longest = max(pasts.values(), key=lambda past: len(past.days))
    asked: dict[str, Any] = {"origins": origins, "first": first, "last": last, "every": every}
    leads, dropped = judged_horizons(longest.days, horizons_of(horizons, len(set(longest.weekday.tolist()))), **asked)
    when = origins_of(longest.days, max(leads.values()), **asked)

    parts, scales = [], []
    for done, (queue, past) in enumerate(pasts.items(), start=1):
        there = [day for day in when if past.days[0] <= day and day in set(past.days)]
        made = _judged_days if interval_s == DAY else _judged_intervals
        results, scale = made(past, there, max(leads.values()), chosen, country, events)
        scales.append(scale)
        parts += [table.assign(queue=queue, model=model) for model, table in results.items() if len(table)]
        if progress is not None:
            progress(done, len(pasts))
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"actual": []})
    if not table["actual"].notna().any():
        way_out = "Choose origins with known days after them, by --from, --to or --origins"
        raise InputError(Problem("no known day comes after the origins", key="history", way_out=way_out))
    if interval_s != DAY:
        table["start"] = [f"{slot * interval_s // 3600:02d}:{slot * interval_s // 60 % 60:02d}" for slot in table["slot"]]
    scale = float(pd.Series(scales).mean())
    judged = [(table, leads)]
    if events and (eventful := in_events(list(table["date"]), events)).any():
        judged.append((table[eventful], {"events": max(leads.values())}))
    rows = [_summary(part[part["model"] == model], spans, scale).assign(model=model) for part, spans in judged for model in chosen]
    measures = pd.concat(rows, ignore_index=True)
    front = [name for name in ("queue", "model", "origin", "lead", "date", "slot", "start", "actual", "forecast") if name in table]
    table = table[[*front, *(name for name in table if name not in front)]]
    measures = measures[["model", *(name for name in measures if name != "model")]]
    found = [_unusual(past, country, events).assign(queue=queue) for queue, past in pasts.items()]
    unusual = pd.concat(found, ignore_index=True)[["queue", "date", "actual"]]
    days = longest.days
    return Backtest(table, measures, tuple(pasts), len(days), days[0], days[-1], tuple(when), interval_s, unusual, dropped)


def _unusual(past: Days, country: str, events: Sequence[Event]) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    from wfm.forecast.events import in_events
    from wfm.forecast.special import calendar_of, unusual_days

    known = past.sums(len(past.days)).dropna()
    days = list(known.index)
    if not days:
        return pd.DataFrame({"date": [], "actual": []})
    ordinals = np.array([day.toordinal() for day in days], dtype=np.int64)
    values = known.to_numpy(dtype=float)
    out = unusual_days(values, ordinals, calendar_of(days, country).special | in_events(days, events))
    return pd.DataFrame({"date": [day for day, is_out in zip(days, out, strict=True) if is_out], "actual": values[out]})


def _summary(table: pd.DataFrame, leads: Mapping[str, int], scale: float) -> pd.DataFrame:
    from wfm.forecast.measures import summary

    banded = table.drop(columns=[name for name in table if str(name).startswith(("low", "high")) and table[name].isna().all()])
    return summary(banded, leads, scale)


def _past(rows: pd.DataFrame, timezone: str, hours: OpeningHours | None, interval_s: int) -> Days:
    from wfm.forecast.days import lay_out_past

    gaps = rows["start"].sort_values().diff().dt.total_seconds()
    step = interval_s if interval_s != DAY else min(int(gaps[gaps > 0].min() if (gaps > 0).any() else DAY), 3600)
    # Days are judged by all that came; intervals only where a weekday usually has any, since stray contacts are no opening hours.
    return lay_out_past(rows, step if DAY % step == 0 else 60, timezone, hours, usual=0.0 if interval_s == DAY else 0.5)


def _judged_days(
    past: Days, origins: Sequence[date], leads: int, models: Mapping[str, int], country: str, events: Sequence[Event]
) -> tuple[dict[str, pd.DataFrame], float]:
    from wfm.forecast.baselines import seasonal_mean
    from wfm.forecast.daily import daily_forecast
    from wfm.forecast.events import in_events, learnable
    from wfm.forecast.measures import naive_scale
    from wfm.forecast.rolling import backtest
    from wfm.forecast.special import calendar_of
    from wfm.forecast.top_down import without_outages

    def ours(history: pd.Series, days: Sequence[date]) -> pd.DataFrame:
        return daily_forecast(history, days, country=country, events=learnable(events, history.index[-1]))

    apart = calendar_of(past.days, country).apart | in_events(past.days, events)

    def cleaned(method: Method) -> Method:
        """The method on the days seen, gaps of zeros taken out by what those days tell."""
        return lambda history, days: method(without_outages(history, apart[: len(history)]), days)

    series = past.sums(sum(day <= origins[0] for day in past.days) if origins else 0)
    # A gap in the records is nothing to be judged by.
    known = without_outages(series, apart)
    results = {}
    for model, weeks in models.items():
        table = backtest(series, origins, leads, cleaned(partial(seasonal_mean, weeks=weeks) if weeks else ours))
        results[model] = table.assign(actual=table["date"].map(known)) if len(table) else table
    return results, naive_scale(known.loc[: origins[0]]) if origins else float("nan")


def _judged_intervals(
    past: Days, origins: Sequence[date], leads: int, models: Mapping[str, int], country: str, events: Sequence[Event]
) -> tuple[dict[str, pd.DataFrame], float]:
    from wfm.forecast.baselines import seasonal_slots
    from wfm.forecast.events import learnable
    from wfm.forecast.rolling import backtest_intervals
    from wfm.forecast.top_down import QueueForecast, queue_forecast

    def ours(history: Days, days: Sequence[date]) -> QueueForecast:
        return queue_forecast(history, days, country=country, events=learnable(events, history.days[-1]))

    baselines = {model: partial(seasonal_slots, weeks=weeks) for model, weeks in models.items() if weeks}
    results = backtest_intervals(past, origins, leads, {"ours": ours, **baselines})
    if "floor" in models and len(results["ours"]):
        known = results["ours"]
        day = known.groupby(["origin", "date"])
        ratio = day["actual"].transform("sum") / day["forecast"].transform("sum")
        results["floor"] = known[["origin", "lead", "date", "slot", "actual"]].assign(forecast=known["forecast"] * ratio)
    return {model: results[model] for model in models}, _slot_scale(past, origins)


def _slot_scale(past: Days, origins: Sequence[date]) -> float:
    """`naive_scale` of the slots of the days seen at the first origin."""
    import numpy as np
    import pandas as pd

    from wfm.forecast.measures import naive_scale

    seen = sum(day <= origins[0] for day in past.days) if origins else 0
    row, slot = np.nonzero(np.isfinite(past.counts[:seen]))
    index = pd.MultiIndex.from_arrays([[past.days[i] for i in row], slot])
    return naive_scale(pd.Series(past.counts[row, slot], index=index)) if len(row) else float("nan")


def models_of(names: Sequence[str], interval_s: int = DAY) -> dict[str, int]:
    """Names of models to the weeks they average, 0 for our own.

    Raises
    ------
    InputError
        A name that is none.
    """
    found: dict[str, int] = {}
    for name in names:
        match = re.fullmatch(r"mean(\d{1,2})", name)
        if name == "ours" or (name == "floor" and interval_s != DAY):
            found[name] = 0
        elif name == "naive":
            found[name] = 1
        elif match and int(match[1]) > 0:
            found[name] = int(match[1])
        else:
            way_out = "Write ours, naive, mean4 (or another number of weeks), or floor with --interval"
            raise InputError(Problem("no such model", key="--models", value=name, way_out=way_out))
    return found
