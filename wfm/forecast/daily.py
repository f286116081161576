"""Daily totals: a calendar regression, a slow level and a fading remainder (data.md section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from wfm.core.errors import BadValueError
from wfm.forecast.events import Event, carried, in_events
from wfm.forecast.regression import huber_ridge, last_year
from wfm.forecast.special import Calendar, calendar_of, effects, typical, unusual_days

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HALF_LIVES = (40.0, 90.0, 300.0)
LEVEL_RATES = (0.03, 0.1, 0.2)
FADINGS = (0.3, 0.6, 0.85)
ORIGINS = 12
KEPT = 4
EARLY = 3
YEARLY_FROM = 425
# Five half-lives of the slowest memory: what is older hardly weighs, and holidays are learned from all the past elsewhere.
REMEMBERED = 1500
SCORED_LEADS = 28
# Days of evidence by which a weekday is held to the mean of all.
_WEEKDAY_HELD = 0.3
# The settings were chosen for their small errors on the very origins that the bands are scaled by.
_CHOSEN = 1.05
# A day's level varies by 5-15 % (data.md section 7); what a short history is thought to do, and the days that counts for.
_USUAL_CV, _USUAL_DAYS = 0.12, 14
_NORMAL_80 = 1.2815515655446004


def daily_forecast(
    history: pd.Series, days: Sequence[date], *, country: str = "", events: Sequence[Event] = (), ordinary: bool = False
) -> pd.DataFrame:
    """Totals of future days, with how far they may be off.

    ``log(1 + y)`` is fitted by a Huber-weighted ridge on the calendar's columns, older days counting less; what is left is
    split into a slow level, held flat, and a remainder that fades. Several memories are tried on the series' own past, the
    best few averaged, and the bands widened until past errors would have been covered.

    Parameters
    ----------
    history
        Totals by day: index of ``datetime.date``, NaN or absent where unknown. Closed days are absent.
    days
        Open days to forecast, in order, after the history's last day.
    country
        Whose holidays count, as in `wfm.core.calendar.day_table`.
    events
        Campaigns with known dates. Past ones are left out of the fit and teach what a later one of their name brings; one that has
        no namesake before it needs a ``total``, else its days are forecast as ordinary ones.
    ordinary
        Forecast every day as an ordinary one of its weekday, whatever the calendar says of it.

    Returns
    -------
    DataFrame
        ``date``, ``lead`` (1 is the first open day after the history), ``median``, ``mean``, ``log_sd`` (of log(1 + total), Poisson
        noise included) and ``day_cv`` (of the day's level, Poisson noise taken out).

    Raises
    ------
    ValueError
        No known day in the history, or a day to forecast that is not after it.

    Notes
    -----
    Days that stand far out of their neighbours (unless a holiday) are left out of the fit: an event must not spoil the month after.
    """
    import numpy as np
    import pandas as pd

    known = history.dropna().sort_index()
    if not len(known):
        raise BadValueError("no day with a known total", "Add days, or forecast from an estimate: demand: {history: estimate}")
    if not len(days):
        return pd.DataFrame({name: pd.Series(dtype=float) for name in ("date", "lead", "median", "mean", "log_sd", "day_cv")})
    if min(days) <= known.index[-1]:
        raise BadValueError(
            "the day {day} is not after the history, which ends on {end}", "Move plan.start", day=min(days), end=known.index[-1]
        )
    past = list(known.index)
    asked, days = list(days), _with_days_of_totals(days, past, events)
    calendar = calendar_of([*past, *days], country)
    y, day = np.asarray(known, dtype=float), _ordinals(past)
    n = len(y)
    event = in_events([*past, *days], events)
    calendar = calendar.without(event | ((np.arange(n + len(days)) >= n) & ordinary))
    unusual = event[:n] | unusual_days(y, day, calendar.special[:n] | event[:n])
    usable = ~unusual & ~calendar.apart[:n]
    log = np.log1p(y)
    noise = _plain_noise(log, calendar.weekday[:n], usable)
    offset, extra = effects(log, day, calendar, unusual, noise)
    if event.any():
        plain = ~calendar.special[:n] & ~unusual
        same = [plain & (calendar.weekday[:n] == w) for w in range(7)]
        seen = {past[i]: (float(log[i]), typical(log, day, same[calendar.weekday[i]], int(i))) for i in np.flatnonzero(event[:n])}
    usable = usable if usable.any() else np.ones(n, dtype=bool)
    series = _Series(y, log, day, _ordinals(days), calendar, offset, usable)
    mu, sd, lead = _best_few(series)
    sd = np.hypot(sd, extra[n:])
    for i in np.flatnonzero(event[n:]):
        mine = next(e for e in events if e.first <= days[i] <= e.last)
        mu[i], more = carried(days[i], mine, events, seen, float(mu[i]))
        sd[i] = np.hypot(sd[i], more)
    # The mean of a lognormal; a spread beyond 0.5 is more likely a poor fit than a real skew of that size.
    raised = np.minimum(sd, 0.5) ** 2 / 2
    mean = _to_totals(np.maximum(np.expm1(mu + raised), 0.0), days, known, events)
    median = np.maximum(np.expm1(np.log1p(mean) - raised), 0.0)
    # Of log(1 + y) to y: the spread relative to the mean, chance (variance = mean) taken out.
    size = np.maximum(mean, 1.0)
    day_cv = np.sqrt(np.maximum((sd * (1 + size) / size) ** 2 - 1 / size, 0.0))
    table = pd.DataFrame({"date": days, "lead": lead, "median": median, "mean": mean, "log_sd": sd, "day_cv": day_cv})
    return table[table["date"].isin(asked)].reset_index(drop=True)


def _with_days_of_totals(days: Sequence[date], past: Sequence[date], events: Sequence[Event]) -> list[date]:
    """The days asked for and the other open days to come of events whose total is given."""
    opened = {day.weekday() for day in (*past, *days)}
    more = {day for event in events if event.total is not None and event.last >= days[0] for day in event.days}
    return sorted({*days, *(day for day in more if day > past[-1] and day.weekday() in opened)})


def _to_totals(mean: Floats, days: Sequence[date], known: pd.Series, events: Sequence[Event]) -> Floats:
    """The means of the days, those of each event with a total scaled to what its days already known leave of it."""
    import numpy as np

    scaled = np.array(mean)
    for event in events:
        rows = in_events(days, [event])
        if event.total is not None and rows.any():
            came = float(known[[event.first <= day <= event.last for day in known.index]].sum())
            scaled[rows] *= max(event.total - came, 0.0) / max(float(mean[rows].sum()), 1e-9)
    return scaled


@dataclass(frozen=True)
class _Series:
    """Known days in order, then the days asked for."""

    y: Floats
    log: Floats
    day: NDArray[np.int64]
    future: NDArray[np.int64]
    calendar: Calendar
    offset: Floats
    usable: NDArray[np.bool_]


@dataclass(frozen=True)
class _Setting:
    half_life: float
    rate: float
    yearly: str
    fading: float


def _plain_noise(log: Floats, weekday: NDArray[np.int64], usable: NDArray[np.bool_]) -> float:
    """Robust standard deviation of an ordinary day's log total from one week to the next."""
    import numpy as np

    steps = [np.diff(log[usable & (weekday == w)]) for w in range(7)]
    every = np.abs(np.concatenate(steps))
    return float(np.median(every)) / 0.6745 / np.sqrt(2) if len(every) else 0.2


def _ordinals(days: Sequence[date]) -> NDArray[np.int64]:
    import numpy as np

    return np.array([day.toordinal() for day in days], dtype=np.int64)


def _best_few(series: _Series) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Log forecasts of the future days, their standard deviation and their leads, averaged over the settings that did best."""
    import numpy as np

    n = len(series.y)
    usable = series.usable
    span = int(series.day[-1] - series.day[0])
    yearly = ("none", "waves", "last year") if span >= YEARLY_FROM else ("none",)
    settings = [_Setting(*choice) for choice in product(HALF_LIVES, LEVEL_RATES, yearly, FADINGS)]
    origins = [o for o in (n - 1 - 6 * j for j in range(1, ORIGINS + 1)) if o >= 27]

    past_errors = []
    for origin in origins:
        ahead = np.arange(origin + 1, min(n, origin + 1 + SCORED_LEADS))
        mu, _ = _forecasts(series, settings, origin, ahead)
        past_errors.append((ahead, mu))
    lead = np.arange(len(series.future)) + _first_lead(series)
    mu, noise = _forecasts(series, settings, n - 1, None, lead)

    if len(origins) < 2:
        chosen = [i for i, s in enumerate(settings) if s.half_life > HALF_LIVES[0] and s.yearly == "none"]
        widening = 1.25 if origins else 1.5
        # So few days hardly show their scatter: lean on what is usual, chance added.
        usual = _USUAL_CV**2 + 1 / max(float(series.y[-28:].mean()), 1.0)
        noise = np.sqrt((n * noise**2 + _USUAL_DAYS * usual) / (n + _USUAL_DAYS))
    else:
        chosen = _best(past_errors, series)
        ratios = np.concatenate(
            [
                (np.abs(fitted[chosen].mean(axis=0) - series.log[ahead]) / _spread(settings, chosen, noise, ahead - ahead[0] + 1))[
                    usable[ahead]
                ]
                for ahead, fitted in past_errors
            ]
        )
        widening = _CHOSEN * max(float(np.quantile(ratios, 0.8)) / _NORMAL_80, 0.5) if len(ratios) else 1.25
    sd = widening * _spread(settings, chosen, noise, lead)
    return mu[chosen].mean(axis=0), sd, lead


def _best(past: list[tuple[NDArray[np.int64], Floats]], series: _Series) -> list[int]:
    """Numbers of the settings that did best: for each memory the fading by the first days ahead, then the memories by all days."""
    import numpy as np

    early, whole = 0.0, 0.0
    for ahead, fitted in past:
        wrong = np.where(series.usable[ahead], np.abs(fitted - series.log[ahead]), 0.0)
        early, whole = early + wrong[:, :EARLY].sum(axis=1), whole + wrong.sum(axis=1)
    by_memory = np.reshape(early, (-1, len(FADINGS)))
    settled = np.arange(len(by_memory)) * len(FADINGS) + by_memory.argmin(axis=1)
    return [int(i) for i in settled[np.argsort(np.asarray(whole)[settled], kind="stable")[:KEPT]]]


def _first_lead(series: _Series) -> int:
    """Lead of the first future day: the days from the history's end, of weekdays that are open at all."""
    import numpy as np

    opened = np.unique(np.concatenate([series.day, series.future]) % 7)
    between = np.arange(series.day[-1] + 1, series.future[0])
    return 1 + int(np.isin(between % 7, opened).sum())


def _spread(settings: list[_Setting], chosen: list[int], noise: Floats, lead: NDArray[np.int64]) -> Floats:
    """Standard deviation by lead before widening: the remainder is partly known at short leads, the level drifts at long ones."""
    import numpy as np

    total = np.zeros(len(lead))
    for i in chosen:
        fading, rate = settings[i].fading, settings[i].rate
        total += noise[i] ** 2 * (1 - 0.5 * fading ** (2 * lead) + rate**2 * (lead - 1))
    return np.asarray(np.sqrt(total / len(chosen)))


def _forecasts(
    series: _Series,
    settings: list[_Setting],
    origin: int,
    ahead: NDArray[np.int64] | None,
    lead: NDArray[np.int64] | None = None,
) -> tuple[Floats, Floats]:
    """Log forecasts of every setting from ``origin``, shape (settings, days), and each setting's residual standard deviation.

    ``ahead`` are indices of known days; None means the future days with their ``lead``.
    """
    import numpy as np

    n = len(series.y)
    rows = np.arange(n, n + len(series.future)) if ahead is None else ahead
    lead = np.arange(1, len(rows) + 1) if lead is None else lead
    seen = np.flatnonzero(series.usable[: origin + 1] & (series.day[: origin + 1] > series.day[origin] - REMEMBERED))
    if not len(seen):
        seen = np.arange(origin + 1)
    all_days = np.concatenate([series.day, series.future])
    age = float(series.day[origin]) - series.day[seen]
    target = series.log[seen] - series.offset[seen]
    matrix = np.column_stack([np.ones(len(all_days)), series.calendar.weights])
    penalty = np.array([1e-6, *[_WEEKDAY_HELD] * 7])
    fits: dict[tuple[float, str], tuple[Floats, Floats, float]] = {}

    def fit(half_life: float, yearly: str) -> tuple[Floats, Floats, float]:
        """(residuals of the seen days, log forecast without level, residual scale)."""
        key = (half_life, yearly)
        if key not in fits:
            weight = np.asarray(np.exp2(-age / half_life), dtype=float)
            design, held = matrix, penalty
            offset: Floats = np.zeros(len(all_days))
            if yearly == "waves":
                angle = 2 * np.pi * all_days[:, None] / 365.2425 * np.arange(1, 4)
                design = np.column_stack([matrix, np.sin(angle), np.cos(angle)])
                held = np.concatenate([penalty, np.full(6, 1.0)])
            elif yearly == "last year":
                plain, _, _ = fit(HALF_LIVES[-1], "none")
                offset = last_year(all_days, series.day[seen], plain)
                design = np.column_stack([matrix, offset])
                held = np.concatenate([penalty, [3.0]])
            beta, scale = huber_ridge(design[seen], target - offset[seen], weight, held)
            fits[key] = target - offset[seen] - design[seen] @ beta, offset[rows] + design[rows] @ beta, scale
        return fits[key]

    result = np.empty((len(settings), len(rows)))
    noise = np.empty(len(settings))
    for i, s in enumerate(settings):
        residual, base, scale = fit(s.half_life, s.yearly)
        clipped = np.clip(residual, -2.5 * scale, 2.5 * scale)
        level = float(np.sum(clipped[::-1] * s.rate * (1 - s.rate) ** np.arange(len(clipped))))
        result[i] = base + series.offset[rows] + level + s.fading**lead * (clipped[-1] - level)
        noise[i] = scale
    return result, noise
