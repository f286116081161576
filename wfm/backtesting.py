"""How good the forecast would have been on a history: origins, leads, models beside each other, and what the numbers mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from wfm.core.intervals import OpeningHours
    from wfm.forecast.days import Days
    from wfm.forecast.events import Event
    from wfm.forecast.rolling import Method

DAY = 86400
ORIGINS = 12
DAY_MODELS = ("ours", "naive", "mean4")
INTERVAL_MODELS = ("ours", "naive", "mean4", "mean8", "floor")
# Before this many weeks no baseline of four weeks is one, and a weekday was hardly seen.
WEEKS_SEEN = 8


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
        ``"1d"``, ``"1w"``, ``"4w"`` or numbers of open days; a week has as many as the history has open weekdays.
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
        Horizons or models that are none, no origin left, or a history too short to judge.
    """
    import pandas as pd

    from wfm.forecast.events import in_events

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
    leads = horizons_of(horizons, len(set(longest.weekday.tolist())))
    when = origins_of(longest.days, max(leads.values()), origins=origins, first=first, last=last, every=every)

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
    return Backtest(table, measures, tuple(pasts), len(days), days[0], days[-1], tuple(when), interval_s, unusual)


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


def horizons_of(texts: Sequence[str], open_weekdays: int) -> dict[str, int]:
    """Names of horizons to their last lead: ``1d`` 1, ``1w`` the open days of a week, ``4w`` four times that, ``28`` 28.

    Raises
    ------
    InputError
        A text that is no horizon.
    """
    found = {}
    for text in texts:
        match = re.fullmatch(r"(\d{1,3})\s*([dw]?)", text.strip().lower())
        if not match or int(match[1]) < 1:
            raise InputError(Problem("not a horizon", key="--horizons", value=text, way_out="Write 1d,1w,4w or 1,7,28 (open days)"))
        found[text.strip()] = int(match[1]) * (open_weekdays if match[2] == "w" else 1)
    return found


def origins_of(
    days: Sequence[date],
    leads: int,
    *,
    origins: int | None = None,
    first: date | None = None,
    last: date | None = None,
    every: int | None = None,
) -> list[date]:
    """Last days seen, of the open ``days`` of a history.

    Without ``last`` an origin has all its ``leads`` within the history. Without ``first`` the last ``origins`` (12) are taken, and
    without ``every`` they are spread over the later half, never whole weeks apart, so that each weekday comes to be lead 1.

    Raises
    ------
    InputError
        No origin is left, or the history is too short.
    """
    week = max(len({day.weekday() for day in days}), 1)
    final = len(days) - 1 - leads
    earliest = WEEKS_SEEN * week - 1
    if first is not None or last is not None:
        # Who names days gets them, down to a history of two weeks.
        span = [
            i
            for i, day in enumerate(days)
            if (first is None or day >= first) and (day <= last if last is not None else i <= final)
            and i >= (2 * week - 1 if first is not None else earliest) and i < len(days) - 1
        ]  # fmt: skip
        step = every or 1
        chosen = span[::step] if first is not None else span[::-1][::step][::-1]
        chosen = chosen[-origins:] if origins else chosen
        if not chosen:
            raise InputError(
                Problem(
                    "no day from {first} to {last} can be an origin: it needs two weeks before it and {leads} open days after it",
                    key="--from",
                    way_out="The history has {days} open days from {start} to {end}: choose others, or shorter --horizons",
                    values={
                        "first": first or days[0],
                        "last": last or days[-1],
                        "leads": leads,
                        "days": len(days),
                        "start": days[0],
                        "end": days[-1],
                    },
                )
            )
        return [days[i] for i in chosen]
    if final < earliest:
        raise InputError(
            Problem(
                "{days} open days are too few to judge {leads} days ahead: {needed} are needed",
                key="history",
                way_out="Ask for shorter --horizons, or for given days with --from",
                values={"days": len(days), "leads": leads, "needed": earliest + 1 + leads},
            )
        )
    count = origins or ORIGINS
    step = every or _spread(max(final - max(earliest, len(days) // 2), 0), count, week)
    return [days[i] for i in range(final, earliest - 1, -step)][:count][::-1]


def _spread(room: int, count: int, week: int) -> int:
    """Days between origins: as far apart as the room allows, but coprime with the week."""
    from math import gcd

    step = max(1, room // max(count - 1, 1))
    while gcd(step, week) != 1:
        step -= 1
    return step
