"""Spans of local time as people write them: whole days, or from a clock time of one day to one of another."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple

from wfm.core import units
from wfm.core.errors import BadValueError

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]+(.+))?")
_WAY_OUT = "Write 2027-11-11, 2027-11-10..2027-11-12 or 2027-11-10T20:00..2027-11-12"


class Span(NamedTuple):
    """From ``start`` until just before ``end``, by the wall clock (without a zone)."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """Length by the wall clock."""
        return (self.end - self.start).total_seconds()


def moment(text: object) -> datetime:
    """A moment by the wall clock: ``"2027-11-10T20:00"``, also with a blank; ``24:00`` is the day's end.

    Raises
    ------
    ValueError
        Text that is none, or a day without its time.
    """
    found, clock = _day_and_clock(text)
    if clock is None:
        raise BadValueError("not a moment: a day and a clock time", "Write 2027-11-10T20:00")
    return datetime.combine(found, datetime.min.time()) + timedelta(seconds=clock)


def span(text: object) -> Span:
    """A span of days or of moments.

    A day's end of the span counts whole: ``"2027-11-10T20:00..2027-11-12"`` ends with 12 November; a moment's is not in it.

    Raises
    ------
    ValueError
        Text that is none, a single moment, or a span that ends before it starts.
    """
    first, dots, last = units.dates_text(str(text)).partition("..")
    try:
        start, clock = _day_and_clock(first)
        end, until = _day_and_clock(last if dots else first)
    except BadValueError:
        raise BadValueError("not a date or a span of dates", _WAY_OUT) from None
    if not dots and clock is not None:
        raise BadValueError("one moment is no span", _WAY_OUT)
    midnight = datetime.min.time()
    result = Span(
        datetime.combine(start, midnight) + timedelta(seconds=clock or 0),
        datetime.combine(end, midnight) + timedelta(seconds=86400 if until is None else until),
    )
    if result.end <= result.start:
        raise BadValueError("the span ends before it starts", "Write the earlier one first: 2027-11-10..2027-11-12")
    return result


def _day_and_clock(text: object) -> tuple[date, int | None]:
    match = _MOMENT.fullmatch(units.dates_text(str(text)))
    try:
        if match is None:
            raise ValueError
        return date.fromisoformat(match[1]), None if match[2] is None else units.clock(match[2])
    except ValueError:
        raise BadValueError("not a moment: a day and a clock time", "Write 2027-11-10T20:00") from None
