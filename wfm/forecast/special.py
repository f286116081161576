"""Days that are not ordinary - holidays, the days around them, make-up workdays, festivals - and what past ones were like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Days of evidence that "no effect" counts for, and that a wider kind counts for in the effect of a narrower one.
_HELD, _HELD_WITHIN = 0.5, 1.0
# A make-up workday is a workday until several have shown otherwise (0.99-1.11 of a weekday, data.md section 9); the days between
# two holidays come as one block, so few blocks stand behind many days.
_HELD_FIRMLY = {"makeup": 4.0, "between": 2.0}
# What is thought of an effect's spread before any such day was seen, in logs, and the days of evidence that counts for.
_PRIOR_SD = {"holiday": 0.5, "main": 0.5}
_PRIOR_SD_OTHER, _PRIOR_DAYS = 0.15, 2.0
_NEIGHBOURS, _WEEKS = 4, 10
_APART = ("holiday", "eve", "main", "between", "makeup")


@dataclass(frozen=True)
class Calendar:
    """Days with what the calendar says of them.

    Attributes
    ----------
    kinds
        For each day the kinds it belongs to, wide to narrow; empty on ordinary days. ``("holiday", "holiday on a weekend",
        "New Year's Day")``.
    weekday
        Weekday, 0 Monday; a make-up workday counts as the mean of the working weekdays.
    weights
        Shape (days, 7): the weekday as columns.
    """

    kinds: tuple[tuple[str, ...], ...]
    weekday: NDArray[np.int64]
    weights: Floats

    @property
    def special(self) -> NDArray[np.bool_]:
        """Days that are not ordinary."""
        import numpy as np

        return np.array([bool(kinds) for kinds in self.kinds], dtype=bool)

    @property
    def apart(self) -> NDArray[np.bool_]:
        """Days that say little about ordinary ones: holidays and days around them, make-up workdays, festivals' main days."""
        import numpy as np

        return np.array([bool(kinds) and kinds[0] in _APART for kinds in self.kinds], dtype=bool)

    def without(self, rows: NDArray[np.bool_]) -> Calendar:
        """With ``rows`` ordinary: days that something stronger than the calendar explains."""
        if not rows.any():
            return self
        return replace(self, kinds=tuple(() if gone else kinds for kinds, gone in zip(self.kinds, rows, strict=True)))


def calendar_of(days: Sequence[date], country: str) -> Calendar:
    """The calendar of ``days`` (in order), by `wfm.core.calendar.day_table`; "" knows weekdays only."""
    import numpy as np
    import pandas as pd

    years = pd.concat([_year(year, country) for year in range(days[0].year, days[-1].year + 1)], ignore_index=True)
    every = years[(years["date"] >= days[0]) & (years["date"] <= days[-1])].reset_index(drop=True)
    holiday_days = np.flatnonzero((every["holiday"] != "").to_numpy())
    table = every.set_index("date").loc[list(days)]
    weekday = table["weekday"].to_numpy(dtype=np.int64)
    ordinary = ((every["holiday"] == "") & ~every["makeup"]).to_numpy()
    works = every["workday"].to_numpy(dtype=bool)
    all_weekdays = every["weekday"].to_numpy()
    weekend = {w for w in range(7) if (rows := ordinary & (all_weekdays == w)).any() and not works[rows].any()}
    working = [w for w in range(7) if w not in weekend]

    kinds: list[tuple[str, ...]] = []
    weights = np.zeros((len(days), 7))
    names, festivals = [str(name) for name in table["holiday"]], [str(key) for key in table["festival"]]
    main, makeup, eve, after = (table[name].to_numpy(dtype=bool) for name in ("festival_main", "makeup", "eve", "after"))
    for i, day in enumerate(days):
        if makeup[i]:
            weights[i, working] = 1 / len(working)
        else:
            weights[i, weekday[i]] = 1.0
        near = holiday_days - (day - days[0]).days
        place = " on a weekend" if int(weekday[i]) in weekend else ""
        if names[i]:
            kinds.append(("holiday", f"holiday{place}", plain_name(names[i])))
        elif main[i]:
            kinds.append(("main", festivals[i]))
        elif makeup[i]:
            kinds.append(("makeup",))
        elif eve[i]:
            kinds.append(("eve", f"eve{place}"))
        elif after[i]:
            kinds.append(("after",))
        elif ((near > 0) & (near <= 4)).any() and ((near < 0) & (near >= -4)).any():
            kinds.append(("between", f"between{place}"))
        elif festivals[i]:
            kinds.append(("span", f"{festivals[i]} span"))
        else:
            kinds.append(())
    return Calendar(tuple(kinds), weekday, weights)


@cache
def _year(year: int, country: str) -> pd.DataFrame:
    """The days of a year: forecasts from many origins ask for the same ones."""
    from wfm.core.calendar import day_table

    return day_table(date(year, 1, 1), date(year, 12, 31), country)


def plain_name(name: str) -> str:
    """A holiday's name without what changes from year to year: "(observed)", "(substituted from ...)"."""
    return re.sub(r"\s*\((observed|substituted)[^)]*\)", "", name).strip()


def effects(
    log: Floats, day: NDArray[np.int64], calendar: Calendar, unusual: NDArray[np.bool_], noise: float
) -> tuple[Floats, Floats]:
    """What special days do to the log of a day's total, and how sure that is.

    A past special day's effect is its distance from the median of the nearest ordinary days of its weekday. Effects are
    averaged over the days of a kind and held towards none (the widest kind) or towards the wider kind: one past Easter counts,
    but not alone. All the past counts alike, since holidays are rare.

    Parameters
    ----------
    log, day
        Log totals of the past days and their ordinals.
    calendar
        Of the past days, then of future ones.
    unusual
        Past days that stand out for another reason.
    noise
        Standard deviation of an ordinary day's log total.

    Returns
    -------
    (offset, sd)
        For every day of the calendar; both 0 on ordinary days. ``sd`` comes on top of an ordinary day's.
    """
    import numpy as np

    n = len(log)
    offset, extra = np.zeros(len(calendar.kinds)), np.zeros(len(calendar.kinds))
    special = calendar.special
    if not special.any():
        return offset, extra
    plain = ~special[:n] & ~unusual
    seen: dict[int, float] = {}
    for i in np.flatnonzero(special[:n]):
        near = [typical(log, day, plain & (calendar.weekday[:n] == w), int(i)) for w in np.flatnonzero(calendar.weights[i])]
        if near and np.isfinite(near).all():
            seen[int(i)] = float(log[i] - np.mean(near))
    fitted: dict[tuple[str, ...], tuple[float, float]] = {}

    def fit(kinds: tuple[str, ...]) -> tuple[float, float]:
        """(effect, its variance beyond an ordinary day's) of the narrowest of ``kinds``."""
        if kinds not in fitted:
            wider = fit(kinds[:-1])[0] if len(kinds) > 1 else 0.0
            mine = np.array([e for i, e in seen.items() if calendar.kinds[i][: len(kinds)] == kinds])
            held = _HELD_WITHIN if len(kinds) > 1 else _HELD_FIRMLY.get(kinds[0], _HELD)
            effect = wider + float((mine - wider).sum()) / (len(mine) + held)
            if len(kinds) > 1:
                fitted[kinds] = effect, fit(kinds[:-1])[1]
            else:
                prior = _PRIOR_SD.get(kinds[0], _PRIOR_SD_OTHER) ** 2
                beyond = max(float(((mine - effect) ** 2).sum()) - len(mine) * noise**2, 0.0)
                variance = (_PRIOR_DAYS * prior + beyond) / (_PRIOR_DAYS + len(mine))
                fitted[kinds] = effect, variance * (1 + 1 / (len(mine) + _HELD))
        return fitted[kinds]

    for i in np.flatnonzero(special):
        offset[i], variance = fit(calendar.kinds[i])
        extra[i] = np.sqrt(variance)
    return offset, extra


def typical(log: Floats, day: NDArray[np.int64], rows: NDArray[np.bool_], at: int) -> float:
    """Median of the nearest days among ``rows``, up to four before and four after ``at``."""
    import numpy as np

    before = np.flatnonzero(rows[:at] & (day[:at] >= day[at] - 7 * _WEEKS))[-_NEIGHBOURS:]
    after = at + 1 + np.flatnonzero(rows[at + 1 :] & (day[at + 1 :] <= day[at] + 7 * _WEEKS))[:_NEIGHBOURS]
    near = np.concatenate([before, after])
    return float(np.median(log[near])) if len(near) else float("nan")


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
    out = (away > max(4 * scale, np.log(1.5))) | (away < -max(4 * scale, np.log(2)))
    return np.asarray(~special & enough & out)
