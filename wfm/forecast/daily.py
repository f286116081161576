"""Daily totals: a calendar regression, a slow level and a fading remainder (data.md section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from wfm.core.errors import BadValueError
from wfm.forecast.special import Calendar, calendar_of, effects

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

HALF_LIVES = (40.0, 90.0, 300.0)
LEVEL_RATES = (0.03, 0.1, 0.2)
FADINGS = (0.5, 0.75)
ORIGINS = 8
KEPT = 5
YEAR = 364
YEARLY_FROM = 425
SCORED_LEADS = 28
_HUBER = 1.5
# Days of evidence by which a weekday is held to the mean of all.
_WEEKDAY_HELD = 0.3
# The settings were chosen for their small errors on the very origins that the bands are scaled by.
_CHOSEN = 1.05
# A day's level varies by 5-15 % (data.md section 7); what a short history is thought to do, and the days that counts for.
_USUAL_CV, _USUAL_DAYS = 0.12, 14
_NORMAL_80 = 1.2815515655446004


def daily_forecast(history: pd.Series, days: Sequence[date], *, country: str = "") -> pd.DataFrame:
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
    calendar = calendar_of([*past, *days], country)
    y, day = np.asarray(known, dtype=float), _ordinals(past)
    n = len(y)
    unusual = unusual_days(y, day, calendar.special[:n])
    usable = ~unusual & ~calendar.apart[:n]
    log = np.log1p(y)
    noise = _plain_noise(log, calendar.weekday[:n], usable)
    offset, extra = effects(log, day, calendar, unusual, noise)
    usable = usable if usable.any() else np.ones(n, dtype=bool)
    series = _Series(y, log, day, _ordinals(days), calendar, offset, usable)
    mu, sd, lead = _best_few(series)
    sd = np.hypot(sd, extra[n:])
    median = np.maximum(np.expm1(mu), 0.0)
    # The mean of a lognormal; a spread beyond 0.5 is more likely a poor fit than a real skew of that size.
    mean = np.maximum(np.exp(mu + np.minimum(sd, 0.5) ** 2 / 2) - 1, 0.0)
    # Of log(1 + y) to y: the spread relative to the mean, chance (variance = mean) taken out.
    size = np.maximum(mean, 1.0)
    day_cv = np.sqrt(np.maximum((sd * (1 + size) / size) ** 2 - 1 / size, 0.0))
    return pd.DataFrame({"date": list(days), "lead": lead, "median": median, "mean": mean, "log_sd": sd, "day_cv": day_cv})


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
    fading: float
    yearly: str


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
    settings = [_Setting(*choice) for choice in product(HALF_LIVES, LEVEL_RATES, FADINGS, yearly)]
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
        score = np.zeros(len(settings))
        for ahead, fitted in past_errors:
            wrong = np.abs(np.expm1(fitted) - series.y[ahead])
            score += wrong[:, usable[ahead]].sum(axis=1)
        chosen = list(np.argsort(score, kind="stable")[:KEPT])
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
    seen = np.flatnonzero(series.usable[: origin + 1])
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
                offset = _last_year(all_days, series.day[seen], plain)
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


def huber_ridge(matrix: Floats, target: Floats, weight: Floats, penalty: Floats, rounds: int = 4) -> tuple[Floats, float]:
    """Coefficients of a weighted ridge regression whose outliers count less, and the robust scale of its residuals.

    Parameters
    ----------
    matrix, target, weight
        Shapes (days, columns), (days,), (days,).
    penalty
        Ridge weight by column.
    rounds
        Rounds of re-weighting by Huber's function at 1.5 scales (scale: weighted median of absolute residuals / 0.6745).
    """
    import numpy as np

    robust = np.ones(len(target))
    beta = np.zeros(matrix.shape[1])
    scale = 0.0
    for _ in range(rounds):
        w = weight * robust
        weighted = matrix * w[:, None]
        beta = np.linalg.solve(matrix.T @ weighted + np.diag(penalty), weighted.T @ target).astype(np.float64)
        residual = np.abs(target - matrix @ beta)
        order = np.argsort(residual)
        cumulative = np.cumsum(weight[order])
        scale = float(residual[order][np.searchsorted(cumulative, cumulative[-1] / 2)]) / 0.6745
        scale = max(scale, 1e-3)
        robust = np.minimum(1.0, _HUBER * scale / np.maximum(residual, 1e-12))
    return beta, scale


def _last_year(days: NDArray[np.int64], seen: NDArray[np.int64], residual: Floats) -> Floats:
    """The residual around the same weekday a year earlier, mean of 15 days; 0 where nothing is known of it."""
    import numpy as np

    first = int(min(days[0], seen[0]))
    length = int(days[-1]) - first + 1
    total, count = np.zeros(length + 1), np.zeros(length + 1)
    np.add.at(total, seen - first + 1, residual)
    np.add.at(count, seen - first + 1, 1.0)
    summed, counted = np.cumsum(total), np.cumsum(count)
    low = np.clip(days - YEAR - 7 - first, 0, length)
    high = np.clip(days - YEAR + 8 - first, 0, length)
    have = counted[high] - counted[low]
    return np.where(have >= 5, (summed[high] - summed[low]) / np.maximum(have, 1.0), 0.0)


def unusual_days(y: Floats, day: NDArray[np.int64], special: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Days far out of line with the same weekday in the four weeks around, both ways: events, outages, recording gaps.

    Holidays and festivals of the calendar (``special``) are not flagged: they have columns of their own.
    """
    import numpy as np

    log = np.log1p(y)
    offsets = np.array([o for o in range(-28, 29, 7) if o])
    first = int(day[0])
    full = np.full(int(day[-1]) - first + 1 + 56, np.nan)
    full[day - first + 28] = np.where(special, np.nan, log)
    around = full[(day - first + 28)[:, None] + offsets]
    enough = np.isfinite(around).sum(axis=1) >= 2
    away = np.zeros(len(y))
    away[enough] = log[enough] - np.nanmedian(around[enough], axis=1)
    scale = float(np.median(np.abs(away[enough & ~special]))) / 0.6745 if (enough & ~special).any() else 0.0
    out = (away > max(5 * scale, np.log(1.8))) | (away < -max(5 * scale, np.log(2.5)))
    return np.asarray(~special & enough & out)
