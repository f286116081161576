"""Opening hours and the grid of intervals a plan is made on; wall clocks with daylight saving, midnight spans, closed days."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, RootModel, field_validator

from wfm.core import units
from wfm.core.errors import BadValueError

if TYPE_CHECKING:
    import pandas as pd

_DAY = 86400
_CLOSED = ("closed", "off", "休", "休息", "休业", "不营业", "停业", "歇业", "关", "关门")


def _day(key: str) -> str:
    if key in ("daily", "holiday", *units.WEEKDAYS):
        return key
    if not key[:1].isdigit():
        raise BadValueError(
            "not a day of the week or a date", "Write daily, mon to sun, holiday, 2027-11-11 or 2027-11-10..2027-11-12"
        )
    units.date_span(key)
    return key


def _hours(text: str) -> str:
    _spans(text)
    return text


class OpeningHours(RootModel[dict[Annotated[str, AfterValidator(_day)], Annotated[str, AfterValidator(_hours)]]]):
    """When the centre is open: ``daily``, a weekday, ``holiday``, or a date (or span of dates) to clock spans.

    The most particular key wins: a date, then ``holiday`` on public holidays, then the weekday, then ``daily``. A value is
    ``"10:00-18:00"``, several spans joined by commas, or ``closed``. A span may run past midnight (``"20:00-02:00"``) and then
    belongs to the day it starts on.
    """

    @field_validator("root", mode="before")
    @classmethod
    def _values_are_text(cls, value: object) -> object:
        if not isinstance(value, Mapping) or not value:
            raise BadValueError("opening hours are a mapping of days to hours", 'Write {daily: "10:00-18:00", sun: closed}')
        return {str(key): str(hours) for key, hours in value.items()}

    def spans_of(self, key: str) -> list[tuple[int, int]]:
        """The spans written for one key."""
        return _spans(self.root[key])

    def spans(self, day: date, *, holiday: bool = False) -> list[tuple[int, int]]:
        """Open spans of a local day as (start, end) in seconds after its midnight; an end may lie beyond 86400."""
        dated = next((hours for key, hours in self.root.items() if key[:1].isdigit() and _covers(key, day)), None)
        hours = (
            dated
            or (self.root.get("holiday") if holiday else None)
            or self.root.get(units.WEEKDAYS[day.weekday()])
            or self.root.get("daily")
        )
        return _spans(hours) if hours else []


def _covers(key: str, day: date) -> bool:
    first, last = units.date_span(key)
    return first <= day <= last


def _spans(hours: str) -> list[tuple[int, int]]:
    if hours.strip().lower() in _CLOSED:
        return []
    spans = sorted(units.clock_span(part.strip()) for part in unicodedata.normalize("NFKC", hours).split(","))
    if any(after[0] < before[1] for before, after in itertools.pairwise(spans)):
        raise BadValueError("spans of hours overlap", "Write each hour once: 10:00-14:00, 15:00-18:00")
    return spans


def interval_grid(
    first: date,
    days: int,
    seconds: int,
    hours: OpeningHours,
    timezone: str,
    holidays: frozenset[date] = frozenset(),
) -> pd.DataFrame:
    """Every open interval of ``days`` local days from ``first``.

    Parameters
    ----------
    seconds
        Length of an interval; has to divide a day.
    holidays
        Days for which the ``holiday`` hours hold.

    Returns
    -------
    DataFrame
        ``start`` (tz-aware), ``date`` (the local day the interval belongs to, as ``datetime.date``: hours past midnight belong
        to the
        day they started on), ``weekday`` (0 Monday), ``slot`` (number of the interval in that day by the wall clock; past
        midnight it
        counts on) and ``duration`` [s]. Wall-clock hours that a daylight-saving change skips are absent; those it repeats stand
        twice.

    Raises
    ------
    ValueError
        ``seconds`` does not divide a day.
    """
    import pandas as pd

    if seconds <= 0 or _DAY % seconds:
        raise BadValueError("an interval has to divide the day", "Write 15min, 30min or 60min")
    rows: list[tuple[pd.Timestamp, date, int, int]] = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        for begin, end in hours.spans(day, holiday=day in holidays):
            first_slot, last_slot = begin // seconds, -(-end // seconds)
            stamps = wall_clock(day, range(first_slot, last_slot), seconds, timezone)
            rows.extend((stamp, day, day.weekday(), slot) for slot, stamp in stamps)
    frame = pd.DataFrame(rows, columns=["start", "date", "weekday", "slot"])
    frame["start"] = pd.DatetimeIndex(frame["start"], tz=timezone) if not len(frame) else pd.to_datetime(frame["start"])
    frame["duration"] = float(seconds)
    return frame.drop_duplicates("start").sort_values("start", ignore_index=True)


def wall_clock(day: date, slots: range, seconds: int, timezone: str) -> list[tuple[int, pd.Timestamp]]:
    """(slot, instant) of wall-clock slots of a local day: skipped hours give nothing, repeated hours give two instants."""
    import pandas as pd

    midnight = pd.Timestamp(day)
    result: list[tuple[int, pd.Timestamp]] = []
    for slot in slots:
        naive = midnight + pd.Timedelta(seconds=slot * seconds)
        instants: list[pd.Timestamp] = []
        for summer in (True, False):
            stamp = naive.tz_localize(timezone, ambiguous=summer, nonexistent="NaT")
            if isinstance(stamp, pd.Timestamp) and stamp not in instants:
                instants.append(stamp)
        result.extend((slot, stamp) for stamp in instants)
    return result


def localize(naive: pd.Series, timezone: str, empty: pd.Series | None = None) -> tuple[pd.Series, pd.Series]:
    """Wall-clock stamps of a file as instants.

    A time that daylight saving skips does not exist: where ``empty`` says nothing happened, it is dropped (NaT), elsewhere shifted
    forward. A repeated hour in a file that has it once is taken as its first occurrence: one row covers both.

    Returns
    -------
    (instants, shifted)
        ``instants`` with NaT for dropped rows, and a boolean Series marking rows that were shifted.
    """
    import numpy as np
    import pandas as pd

    missing = naive.dt.tz_localize(timezone, ambiguous=np.ones(len(naive), dtype=bool), nonexistent="NaT").isna()
    instants = naive.dt.tz_localize(timezone, ambiguous=np.ones(len(naive), dtype=bool), nonexistent="shift_forward")
    drop = missing & (empty if empty is not None else pd.Series(data=False, index=naive.index))
    return instants.mask(drop), missing & ~drop
