"""Durations, shares and clock times as people write them, to seconds and 0-1 inside (DESIGN section 5)."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date
from decimal import Decimal

from wfm.core.errors import BadValueError

_UNITS = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "秒": 1.0,
    "m": 60.0, "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0, "分钟": 60.0, "分": 60.0,
    "h": 3600.0, "hr": 3600.0, "hrs": 3600.0, "hour": 3600.0, "hours": 3600.0, "小时": 3600.0, "个小时": 3600.0,
}  # fmt: skip
_NUMBER_UNIT = re.compile(r"([0-9]*\.?[0-9]+)\s*([a-zA-Z秒分钟个小时]+)\s*")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_MYRIADS = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*万")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})(?!\d)(?:\s*(日|号))?\s*")
_TO = re.compile(r"(?<=[\d点时分])\s*[-–—~〜至到]\s*(?=\d{4}-\d{2}-\d{2})")
_ISO = re.compile(r"PT(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?$")

# Beyond these a value is a slip of the keyboard, and what is computed from it no number.
_NUMBER_MAX = 1_000_000_000
_SECONDS_MAX = 366 * 86400

# From here on a bare number may be percent as well: nobody plans for ten times the volume without saying so.
RATE_MOST, FACTOR_MOST = 2, 10

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def duration(value: object) -> float:
    """Seconds of ``20``, ``"20s"``, ``"3min"``, ``"1h30min"``, ``"4:30"`` (minutes:seconds), ``"1:02:03"`` or ``"PT20S"``.

    Raises
    ------
    ValueError
        Text that is none of these, a negative or non-finite number, or a boolean.
    """
    seconds = _number(value)
    if seconds is None:
        seconds = _duration_text(str(value).strip())
    if not math.isfinite(seconds) or seconds < 0:
        raise BadValueError("a duration is a finite number of seconds, 0 or more", "Write 20s or 3min")
    if seconds > _SECONDS_MAX:
        raise BadValueError("a duration of more than a year", "Write 20s or 3min")
    return seconds


def _duration_text(text: str) -> float:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"\d+:[0-5]\d(:[0-5]\d)?", text):
        total = 0.0
        for part in text.split(":"):
            total = total * 60 + float(part)
        return total
    iso = _ISO.fullmatch(text)
    if iso and any(iso.groups()):
        hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return hours * 3600 + minutes * 60 + seconds
    found = _NUMBER_UNIT.findall(text)
    if found and _NUMBER_UNIT.sub("", text) == "" and all(unit.lower() in _UNITS for _, unit in found):
        return math.fsum(float(number) * _UNITS[unit.lower()] for number, unit in found)
    raise BadValueError("not a duration", "Write 20s, 3min, 1h30min, 4:30 (minutes:seconds) or PT20S")


def share(value: object) -> float:
    """A share 0-1 of ``0.98``, ``"98%"`` or ``"1/3"``; a bare number above 1 is refused, since 98 may mean 98 % or 9800 %."""
    number = _number(value)
    if number is None:
        number = _ratio_text(str(value).strip())
        if number is None:
            raise BadValueError("not a share", "Write 98%, 0.98 or 1/3")
    if not (math.isfinite(number) and 0 <= number <= 1):
        if 2 <= number <= 100 and not str(value).strip().endswith(("%", "％")):
            told = {"percent": f"{number:g}%", "times": f"{number / 100:g}"}
            raise BadValueError("a share lies between 0 and 1", "Write {percent} or {times}", **told)
        raise BadValueError("a share lies between 0 and 1", "Write 98% or 0.98")
    return number


def ratio(value: object) -> float:
    """A finite number 0 or more, percent, fractions, thousands and 万 allowed: ``1.5``, ``"150%"``, ``"1/3"``, ``"12,000"``,
    ``"1.2万"``.
    """
    number = _number(value)
    if number is None:
        number = _ratio_text(str(value).strip())
        if number is None:
            raise BadValueError("not a number", "Write 2000, 1.04, 104% or 1/3")
    if not math.isfinite(number) or number < 0:
        raise BadValueError("this has to be a finite number, 0 or more", "Write 2000, 1.04, 104% or 1/3")
    if number > _NUMBER_MAX:
        raise BadValueError("this number is beyond anything a plan can mean", "Write {most} or less", most=_NUMBER_MAX)
    return number


def rate(value: object) -> float:
    """A share that may lie above 1, such as a yearly growth: ``"30%"``, ``0.3``; a bare number of `RATE_MOST` or more is refused,
    since 30 may mean 30 % or 3000 %.
    """
    return _below(RATE_MOST, value)


def factor(value: object) -> float:
    """How many times as much: ``1.2``, ``"120%"``; a bare number of `FACTOR_MOST` or more is refused, since 120 may mean 120 % or
    12000 %.
    """
    return _below(FACTOR_MOST, value)


def _below(most: float, value: object) -> float:
    number = ratio(value)
    if number >= most and not str(value).strip().endswith(("%", "％")):
        raise BadValueError("{percent} or {times}? A bare number of {most} or more may mean either", "Write {percent} or {times}",
                            percent=f"{number:.10g}%", times=f"{number * 100:.10g}%", most=most)  # fmt: skip
    return number


def growth(value: object) -> float:
    """A `rate` that may fall: ``"-5%"``."""
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and text.startswith("-"):
        return -rate(text[1:])
    if isinstance(text, int | float) and not isinstance(text, bool) and text < 0:
        return -rate(-text)
    return rate(text)


def percent(number: float) -> str:
    """A number as percent that reads back as the same number: ``57.5%`` of 0.575."""
    return f"{Decimal(repr(number)).scaleb(2).normalize():f}%"


def grouped(value: object) -> object:
    """Text of a number with its thousands marked, ``"12,000"``, or in ``"1.2万"``, as that number; anything else as it is."""
    text = unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else ""
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", ""))
    if myriads := _MYRIADS.fullmatch(text):
        return float(Decimal(myriads[1]) * 10_000)
    return value


def meant_percent(value: object) -> str | None:
    """The percent that ``90``, ``0.9`` or ``"90%"`` most likely mean where a share is written, ``"90%"``; None for all else."""
    number = value if isinstance(value, int | float) else _ratio_text(value.strip()) if isinstance(value, str) else None
    if isinstance(value, bool) or number is None or not 0 < number <= 100:
        return None
    return percent(float(number)) if number <= 1 else f"{number:g}%"


def _ratio_text(text: str) -> float | None:
    number = grouped(text)
    if isinstance(number, float):
        return number
    try:
        if text.endswith(("%", "％")):
            return _percent_text(text[:-1])
        if "/" in text:
            over, under = text.split("/")
            return float(over) / float(under)
        return float(text)
    except (ValueError, ZeroDivisionError):
        return None


def _percent_text(digits: str) -> float:
    try:
        return float(f"{digits}e-2")  # rounded once, so that every number can be written as percent
    except ValueError:
        return float(digits) / 100


def clock(text: object) -> int:
    """Seconds of the local day of ``"10:00"`` or ``"10点30分"``; ``"24:00"`` is the day's end."""
    match = re.fullmatch(r"(\d{1,2})(?::([0-5]\d)|[点时](?:([0-5]?\d)分?)?)", unicodedata.normalize("NFKC", str(text)).strip())
    minutes = int(match[2] or match[3] or 0) if match else 0
    if not match or minutes > 59 or not (int(match[1]) < 24 or (int(match[1]) == 24 and not minutes)):
        raise BadValueError("not a clock time", "Write 10:00, or 24:00 for the day's end; hours past midnight as 20:00-02:00")
    return int(match[1]) * 3600 + minutes * 60


def clock_span(text: object) -> tuple[int, int]:
    """(start, end) in seconds of the local day of ``"10:00-18:00"``; an end before the start runs past midnight (end > 86400)."""
    parts = re.split(r"[-–—~至到]", unicodedata.normalize("NFKC", str(text)))  # full-width signs are what a Chinese keyboard gives
    if len(parts) != 2:
        raise BadValueError("not a span of hours", "Write 10:00-18:00")
    start, end = clock(parts[0]), clock(parts[1])
    if start == end:
        raise BadValueError("a span of hours that ends where it starts is empty", "Write 00:00-24:00 for the whole day")
    return (start, end) if end > start else (start, end + 86400)


def clock_text(seconds: float) -> str:
    """``"10:00"`` of 36000; past midnight counts on (``"25:30"``)."""
    minutes = round(seconds / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def months(value: object) -> int:
    """Whole months of ``36``, ``"36 months"``, ``"3 years"`` or ``"36个月"``."""
    number = _number(value)
    if number is None:
        match = re.fullmatch(r"(\d+)\s*(months?|个月|月|years?|年)", str(value).strip())
        if not match:
            raise BadValueError("not a number of months", "Write 36 months or 3 years")
        number = float(match[1]) * (12 if match[2] in ("year", "years", "年") else 1)
    if not math.isfinite(number) or number < 0 or number != int(number):
        raise BadValueError("months are a whole number, 0 or more", "Write 36 months or 3 years")
    return int(number)


def dates_text(text: str) -> str:
    """Dates and spans of them in the one spelling that is read on: ``2027-06-18..2027-06-20`` of ``2027/6/18 至 2027/6/20``.

    Year, month and day in this order are taken with ``-``, ``/``, ``.`` or 年月日 between them, a span also with ``~``, ``至``,
    ``到`` or a dash. What is no such date stays as it is, to be refused by who reads it.
    """

    def iso(found: re.Match[str]) -> str:
        if found[2] + found[4] not in ("--", "//", "..", "年月"):
            return found[0]
        after = " " if found.end() < len(found.string) and found.string[found.end()].isdigit() else ""
        day = f"{found[1]}-{int(found[3]):02d}-{int(found[5]):02d}"
        return day + (after or (" " if found[0][-1].isspace() else ""))

    plain = _YEAR_FIRST.sub(iso, unicodedata.normalize("NFKC", text).strip())
    return _TO.sub("..", plain).strip()


def date_span(text: str) -> tuple[date, date]:
    """(first, last) day of ``"2027-11-11"`` or ``"2027-11-10..2027-11-12"`` (`dates_text`), both ends included."""
    first, _, last = dates_text(text).partition("..")
    try:
        span = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
    except ValueError:
        raise BadValueError("not a date or a span of dates", "Write 2027-11-11 or 2027-11-10..2027-11-12") from None
    if span[1] < span[0]:
        raise BadValueError("the span of dates ends before it starts", "Write the earlier day first: 2027-11-10..2027-11-12")
    return span


def _number(value: object) -> float | None:
    if isinstance(value, bool) or value is None:
        raise BadValueError("a number is needed here", "Write a number such as 4.5")
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return math.inf
