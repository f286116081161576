"""Dates and times as exports write them, as seconds of a wall clock or as instants.

The usual forms (ISO, numbers of seconds, day numbers) are read by the column; one cell at a time only what is none of them.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from wfm.core.errors import BadValueError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Order = Literal["ymd", "dmy", "mdy"]

#: Seconds of a stamp that is none.
NONE = -(2**62)

INSTANT, CLOCK, EITHER, DAY_FIRST, MONTH_FIRST, SERIAL, EPOCH, RANGE = (1 << bit for bit in range(8))
#: What a stamp is known to be, as bits: an instant (else a wall clock), with a clock time, readable with day or month first
#: (``other`` is the month-first reading), possible with the day or the month first only, an Excel day number, seconds since 1970,
#: the start of a span.
FLAGS = {
    "instant": INSTANT, "clock": CLOCK, "either": EITHER, "day_first": DAY_FIRST, "month_first": MONTH_FIRST, "serial": SERIAL,
    "epoch": EPOCH, "range": RANGE,
}  # fmt: skip

_DAY = 86400
_FIRST, _LAST = 315_532_800, 7_258_118_400  # 1980-01-01 and 2200-01-01: Excel and old exports write 1899 or 9999 for no date
_EXCEL_EPOCH = -25569 * _DAY

_FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f",
)  # fmt: skip
_FORMATS_OFFSET = ("%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M%z")
_TWO_ORDERS = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{4}(?: (\d{1,2}:\d{2}(:\d{2})?))?")

_MONTHS = {name: i + 1 for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split())}  # noqa: SIM905
_WEEKDAYS = r"[(（]?(?:周|星期|礼拜)[一二三四五六日天][)）]?|\b(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:[a-z]*day)?\b[,.]?"
_SPAN = r"\s*(?:-|–|—|~|～|至|到|\bto\b)\s*"
_CLOCK = (
    r"(?:(?P<half>上午|下午|中午|凌晨|早上|晚上|am|pm)\s*)?(?P<hour>\d{1,2})(?:[:：时点](?P<minute>\d{1,2})?(?:[:：分](?P<second>\d{1,2}))?"
    r"(?:[.,]\d+)?秒?分?)(?:\s*(?P<late>[ap]\.?m\.?))?"
)
_CLOCK_ONE = re.compile(rf"{_CLOCK}(?P<range>{_SPAN}\d{{1,2}}[:：时点][\d:：分秒时点]*)?\s*$", re.I)
_HOUR_HALF = re.compile(r"(?P<hour>\d{1,2})\s*(?P<late>[ap]\.?m\.?)$", re.I)
_CLOCK_SPAN = re.compile(
    rf"(?P<start>\d{{1,2}}[:：时点].*?)(?P<to>{_SPAN})"
    r"(?P<end>(?:\d{4}[-/.年]\S+ ?)?\d{1,2}[:：时点][\d:：分秒时点]*(?:\s*[ap]m)?)",
    re.I,
)
_OFFSET = re.compile(r"\s*(?:(?P<zulu>Z|UTC|GMT)|(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?)$", re.I)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<sep>[-/.年])\s*(?P<month>\d{1,2})[-/.月]\s*(?P<day>\d{1,2})(?:[日号]|(?=$|[\sT上下中凌早晚ap\-–~]))"
)
_SHORT_YEAR_FIRST = re.compile(r"(?P<year>\d{2})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?=$|[\s,T])")
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<year>\d{4}|\d{2})(?=$|[\s,T])")
_NAMED = re.compile(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s\-./]*(?P<month>[A-Za-z]{3,9})\.?|(?P<month2>[A-Za-z]{3,9})\.?[\s\-]*(?P<day2>\d{1,2})"
    r"(?:st|nd|rd|th)?)[\s,\-./]+(?P<year>\d{4})(?=$|[\s,T])"
)
_COMPACT = re.compile(r"(?P<date>\d{8})[ T](?P<clock>\d{4}|\d{6})$")

_NO_DATE = "not a date and time"
_WRITE = "Write 2027-07-05 10:30, year first"


@dataclass(frozen=True, slots=True)
class Stamp:
    """One cell: seconds since 1970 of the wall clock, or of the instant; the month-first reading; what is known, as bits."""

    seconds: int
    other: int = NONE
    flags: int = 0


@lru_cache(maxsize=100_000)
def read_stamp(text: str, order: Order | None = None) -> Stamp:
    """One cell as a stamp.

    Raises
    ------
    BadValueError
        It is none; the message says what is missing.
    """
    cell = unicodedata.normalize("NFKC", text).replace("\u2019", "'").strip().strip("'\"")
    if re.fullmatch(r"\d+(\.\d*)?", cell):
        return _number(float(cell), cell)
    compact = _COMPACT.match(cell)
    if compact:
        digits = compact["clock"].ljust(6, "0")
        cell = f"{compact['date'][:4]}-{compact['date'][4:6]}-{compact['date'][6:]} {digits[:2]}:{digits[2:4]}:{digits[4:]}"
    cell = re.sub(_WEEKDAYS, " ", cell, flags=re.I).strip(" ,")
    day, other, rest, flags = _day(cell, order)
    rest = rest.strip().removeprefix("T").strip(" ,")
    if not rest:
        return Stamp(day, other, flags)
    # The end of a span goes first: the offset of its start may stand before it.
    end = _end_of_span(rest)
    if end is not None:
        rest = rest[:end].strip()
        flags |= RANGE
    offset = _OFFSET.search(rest)
    shift = 0
    if offset and offset.start() > 0:
        rest = rest[: offset.start()].strip()
        flags |= INSTANT
        if not offset["zulu"]:
            shift = int(offset["hours"]) * 3600 + int(offset["minutes"] or 0) * 60
            shift = -shift if offset["sign"] == "-" else shift
    clock, _ = read_clock(rest)
    moved = clock - shift
    return Stamp(day + moved, other + moved if other != NONE else NONE, flags | CLOCK)


def _end_of_span(rest: str) -> int | None:
    """Where the end of a span of times begins, as in ``10:00-10:30``; ``10:00-08:00`` is an offset from UTC."""
    found = _CLOCK_SPAN.fullmatch(rest)
    if not found:
        return None
    if found["to"] == "-" and re.fullmatch(r"\d{2}:\d{2}", found["end"]):
        start, end = (read_clock(found[name])[0] for name in ("start", "end"))
        if not 0 < (end or _DAY) - start <= 4 * 3600 or found["start"].count(":") > 1:
            return None
    return found.start("to")


def read_clock(text: str) -> tuple[int, bool]:
    """(seconds of the day, whether it was a span) of ``9:30``, ``下午 9:30``, ``9:30 PM``, ``9时30分``, ``10:00-10:30``, ``24:00``.

    Raises
    ------
    BadValueError
        It is no clock time.
    """
    cell = unicodedata.normalize("NFKC", text).strip()
    found = _CLOCK_ONE.match(cell) or _HOUR_HALF.match(cell)
    if not found:
        raise BadValueError("not a clock time", "Write 10:30")
    parts = found.groupdict()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or parts.get("late") or "").lower().replace(".", "")
    if half in ("pm", "下午", "晚上") and hour < 12:
        hour += 12
    elif half in ("am", "上午", "凌晨", "早上") and hour == 12:
        hour = 0
    elif half == "中午" and hour < 3:
        hour += 12
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise BadValueError("not a clock time", "Write 10:30")
    return hour * 3600 + minute * 60 + second, bool(parts.get("range"))


def _day(cell: str, order: Order | None) -> tuple[int, int, str, int]:
    """(seconds, month-first seconds, what follows the date, flags)."""
    found = _YEAR_FIRST.match(cell)
    if found:
        return _seconds(int(found["year"]), int(found["month"]), int(found["day"])), NONE, cell[found.end() :], 0
    found = _SHORT_YEAR_FIRST.match(cell) if order == "ymd" else None
    if found:
        return _seconds(2000 + int(found["year"]), int(found["month"]), int(found["day"])), NONE, cell[found.end() :], 0
    found = _YEAR_LAST.match(cell)
    if found:
        return _two_orders(found, cell[found.end() :], order)
    found = _NAMED.match(cell)
    if found:
        month = _MONTHS.get((found["month"] or found["month2"])[:3].lower())
        if month is not None:
            day = int(found["day"] or found["day2"])
            return _seconds(int(found["year"]), month, day), NONE, cell[found.end() :], 0
    head = re.match(r"\d{8}(?=$|[\sT])", cell)
    if head:
        return _seconds(int(cell[:4]), int(cell[4:6]), int(cell[6:8])), NONE, cell[8:], 0
    if re.match(r"\d{1,2}[:：时点]", cell):
        raise BadValueError("a clock time without a date", "Name the column of dates too: columns: {date: ..., time: ...}")
    if re.match(r"\d{1,2}[-/月]\d{1,2}[日号]?(?=$|\s)", cell):
        raise BadValueError("a date without a year", _WRITE)
    raise BadValueError(_NO_DATE, _WRITE)


def _two_orders(found: re.Match[str], rest: str, order: Order | None) -> tuple[int, int, str, int]:
    a, b = int(found["a"]), int(found["b"])
    if len(found["year"]) == 2 and order is None:
        way_out = "Write four digits, year first, or say date_order: dmy, mdy or ymd"
        raise BadValueError("a year of two digits", way_out)
    year = int(found["year"]) + (2000 if len(found["year"]) == 2 else 0)
    if order == "dmy":
        return _seconds(year, b, a), NONE, rest, 0
    if order == "mdy":
        return _seconds(year, a, b), NONE, rest, 0
    if a > 12:
        return _seconds(year, b, a), NONE, rest, DAY_FIRST
    if b > 12:
        return _seconds(year, a, b), NONE, rest, MONTH_FIRST
    if a == b:
        return _seconds(year, a, b), NONE, rest, 0
    return _seconds(year, b, a), _seconds(year, a, b), rest, EITHER


def _seconds(year: int, month: int, day: int) -> int:
    try:
        seconds = (dt.date(year, month, day) - dt.date(1970, 1, 1)).days * _DAY
    except ValueError:
        raise BadValueError(_NO_DATE, _WRITE) from None
    return _within(seconds)


def _within(seconds: int) -> int:
    if not _FIRST <= seconds < _LAST:
        raise BadValueError("a date before 1980 or after 2199", _WRITE)
    return seconds


def _number(number: float, cell: str) -> Stamp:
    """Digits only: a compact date, a day number of Excel, or time since 1970; the ranges of these do not overlap."""
    if 20_000 <= number < 80_000:
        seconds = round(number * _DAY) + _EXCEL_EPOCH
        return Stamp(_within(seconds), flags=SERIAL | (CLOCK if seconds % _DAY else 0))
    for scale in (1, 1_000, 1_000_000):
        if _FIRST * scale <= number < _LAST * scale:
            return Stamp(int(number // scale), flags=INSTANT | CLOCK | EPOCH)
    if len(cell) in (8, 12, 14) and cell.isdigit():
        day = _seconds(int(cell[:4]), int(cell[4:6]), int(cell[6:8]))
        if len(cell) == 8:
            return Stamp(day)
        clock = cell[8:].ljust(6, "0")
        return Stamp(day + read_clock(f"{clock[:2]}:{clock[2:4]}:{clock[4:]}")[0], flags=CLOCK)
    raise BadValueError(_NO_DATE, _WRITE)


@dataclass
class Stamps:
    """A column of stamps: ``seconds`` (NONE where there is none), the month-first reading (or None where no cell has one), bits."""

    seconds: NDArray[np.int64]
    other: NDArray[np.int64] | None
    flags: NDArray[np.uint8]


def read_stamps(cells: pd.Series, order: Order | None = None) -> tuple[Stamps, dict[str, BadValueError]]:
    """A column of text cells as stamps, and what is wrong with those cells that are none; empty cells are NONE too."""
    import numpy as np
    import pandas as pd

    codes, unique = pd.factorize(cells)
    texts = pd.Series(unique, dtype="str").fillna("").str.strip()
    seconds = np.full(len(texts), NONE, dtype=np.int64)
    other = np.full(len(texts), NONE, dtype=np.int64)
    flags = np.zeros(len(texts), dtype=np.uint8)
    open_ = (texts != "").to_numpy().copy()
    for _ in range(4):
        left = np.flatnonzero(open_)
        # A handful is read faster one by one.
        if len(left) < 50:
            break
        got = _at_once(texts.iloc[left], order)
        if got is None:
            break
        done = got.seconds != NONE
        if not done.any():
            break
        at = left[done]
        seconds[at], flags[at], open_[at] = got.seconds[done], got.flags[done], False
        if got.other is not None:
            other[at] = got.other[done]
    wrong: dict[str, BadValueError] = {}
    for i in np.flatnonzero(open_):
        text = texts.iloc[i]
        try:
            one = read_stamp(text, order)
        except BadValueError as error:
            wrong[text] = error
        else:
            seconds[i], other[i], flags[i] = one.seconds, one.other, one.flags
    both = other if (flags & EITHER).any() else None
    if len(texts) == len(codes) and len(codes) and (np.diff(codes) == 1).all():
        return Stamps(seconds, both, flags), wrong
    return Stamps(seconds[codes], None if both is None else both[codes], flags[codes]), wrong


def _at_once(texts: pd.Series, order: Order | None) -> Stamps | None:
    """Cells that look like the first of them, read as a column; None where no fast way reads the first."""
    import numpy as np
    import pandas as pd

    first = texts.iloc[0]
    if re.fullmatch(r"\d{5,16}(\.\d+)?", first):
        numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return _numbers_at_once(numbers)
    for formats, instant in ((_FORMATS, False), (_FORMATS_OFFSET, True)):
        for form in formats:
            if pd.isna(pd.to_datetime(first, format=form, errors="coerce")):
                continue
            when = pd.to_datetime(texts, format=form, errors="coerce", utc=instant)
            seconds = _epoch(when)
            flags = np.full(len(texts), (CLOCK if "%H" in form else 0) | (INSTANT if instant else 0), dtype=np.uint8)
            return Stamps(seconds, None, flags)
    shape = _TWO_ORDERS.fullmatch(first)
    if shape:
        separator = shape[1]
        clock = "" if shape[2] is None else (" %H:%M:%S" if shape[3] else " %H:%M")
        forms = {name: separator.join(parts) + clock for name, parts in (("dmy", ("%d", "%m", "%Y")), ("mdy", ("%m", "%d", "%Y")))}
        day, month = (_epoch(pd.to_datetime(texts, format=forms[name], errors="coerce")) for name in ("dmy", "mdy"))
        clocked = CLOCK if clock else 0
        if order in ("dmy", "mdy"):
            return Stamps(day if order == "dmy" else month, None, np.full(len(texts), clocked, dtype=np.uint8))
        flags = np.full(len(texts), clocked, dtype=np.uint8)
        flags[(day != NONE) & (month == NONE)] |= DAY_FIRST
        flags[(month != NONE) & (day == NONE)] |= MONTH_FIRST
        either = (day != NONE) & (month != NONE) & (day != month)
        flags[either] |= EITHER
        return Stamps(np.where(day != NONE, day, month), np.where(either, month, NONE), flags)
    return None


def _epoch(when: pd.Series) -> NDArray[np.int64]:
    """Seconds since 1970 of pandas instants; NONE for none and for years nobody means."""
    import numpy as np

    plain = when.dt.tz_localize(None) if when.dt.tz is not None else when
    seconds = plain.to_numpy().astype("datetime64[s]").astype(np.int64)
    return np.where((seconds >= _FIRST) & (seconds < _LAST), seconds, NONE)


def _numbers_at_once(numbers: NDArray[np.float64]) -> Stamps:
    import numpy as np

    seconds = np.full(len(numbers), NONE, dtype=np.int64)
    flags = np.zeros(len(numbers), dtype=np.uint8)
    serial = (numbers >= 20_000) & (numbers < 80_000)
    seconds[serial] = np.rint(numbers[serial] * _DAY).astype(np.int64) + _EXCEL_EPOCH
    flags[serial] = SERIAL | np.where(seconds[serial] % _DAY != 0, CLOCK, 0)
    for scale in (1, 1_000, 1_000_000):
        epoch = (numbers >= _FIRST * scale) & (numbers < _LAST * scale)
        seconds[epoch] = (numbers[epoch] // scale).astype(np.int64)
        flags[epoch] = INSTANT | CLOCK | EPOCH
    return Stamps(seconds, None, flags)
