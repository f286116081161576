"""Values that every kind of file writes alike: time zones, countries, days of a plan, lengths of an interval."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

from wfm.core import units
from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadValueError("not a time zone", "Write a name of the IANA list such as Asia/Shanghai") from None
    return name


def _country(code: str) -> str:
    import holidays

    if code and code not in holidays.list_supported_countries():
        raise BadValueError("no calendar is known for this country", 'Write an ISO code such as CN or IL, or "" for none')
    return code


def _none_is_empty(code: object) -> object:
    return "" if code is None or code in ("none", "无") else code


def _a_day(value: object) -> object:
    value = units.dates_text(value) if isinstance(value, str) else value
    # A bare number would count as seconds since 1970.
    if not isinstance(value, str | date) or (isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)):
        raise BadValueError("not a date", "Write 2027-11-11")
    return value


def _divides_an_hour(seconds: float) -> float:
    if seconds not in (900, 1800, 3600):
        raise BadValueError("an interval is 15min, 30min or 60min", "Write e.g. interval: 30min")
    return seconds


def _within_calendars(day: date) -> date:
    if not 1970 <= day.year <= 2199:
        raise BadValueError("a plan begins between 1970 and 2199", "Write a date such as 2027-11-11")
    return day


Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, BeforeValidator(_none_is_empty), AfterValidator(_country)]
Day = Annotated[date, BeforeValidator(_a_day)]
FirstDay = Annotated[date, BeforeValidator(_a_day), AfterValidator(_within_calendars)]
Interval = Annotated[Duration, AfterValidator(_divides_an_hour)]
