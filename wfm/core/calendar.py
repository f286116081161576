"""Which days are ordinary: public holidays, make-up working days and shopping festivals, by country and year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from wfm.core import registry
from wfm.core.errors import BadValueError

if TYPE_CHECKING:
    import pandas as pd


def day_table(first: date, last: date, country: str) -> pd.DataFrame:
    """One row a day from ``first`` to ``last``, both included.

    Parameters
    ----------
    country
        ISO 3166 code known to the ``holidays`` package ("CN", "IL", "US"), or "" for a calendar without holidays.

    Returns
    -------
    DataFrame
        ``date`` (``datetime.date``), ``weekday`` (0 Monday), ``holiday`` (name in English or ""), ``workday`` (make-up working
        weekends
        are working days, days off are not), ``makeup`` (a weekend worked in exchange), ``eve`` (the next day starts a holiday),
        ``after`` (the first working day after a holiday), ``festival`` (key of the shopping festival whose span covers the day,
        or "")
        and ``festival_main`` (its main days). Shopping festivals are listed for China only.

    Raises
    ------
    ValueError
        ``country`` is not known.

    Notes
    -----
    Each November the State Council announces the next year's exchanged days; before that a year has its statutory days only.
    """
    import pandas as pd

    calendar = _calendar(country, first - timedelta(days=1), last + timedelta(days=1))
    rows = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        name = calendar.get(day) or ""
        festival, main = _festival(day) if country == "CN" else ("", False)
        rows.append(
            {
                "date": day,
                "weekday": day.weekday(),
                "holiday": name,
                "workday": calendar.is_working_day(day),
                "makeup": day.weekday() in calendar.weekend and calendar.is_working_day(day),
                "eve": not name and (day + timedelta(days=1)) in calendar,
                "after": not name and calendar.is_working_day(day) and (day - timedelta(days=1)) in calendar,
                "festival": festival,
                "festival_main": main,
            }
        )
    return pd.DataFrame(rows)


def holidays_between(first: date, last: date, country: str) -> frozenset[date]:
    """The public holidays from ``first`` to ``last``, both included."""
    calendar = _calendar(country, first, last)
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return frozenset(day for day in days if day in calendar)


def _calendar(country: str, first: date, last: date) -> Any:
    import holidays

    years = range(first.year, last.year + 1)
    if not country:
        return holidays.HolidayBase(years=years)
    try:
        return holidays.country_holidays(country, years=years, language="en_US")
    except NotImplementedError:
        raise BadValueError(
            "no calendar is known for the country '{country}'",
            "Write an ISO code such as CN, IL or US, or leave it empty",
            country=country,
        ) from None


def _festival(day: date) -> tuple[str, bool]:
    for entry in registry.table("festivals_cn")["festival"]:
        spans = [[date(day.year, *map(int, end.split("-"))) for end in entry[name]] for name in ("span", "main")]
        if spans[0][0] <= day <= spans[0][1]:
            return entry["key"], spans[1][0] <= day <= spans[1][1]
    return "", False
