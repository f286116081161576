"""One cell of a scenario's sheet as a plain value: numbers, dates and words as people fill them in, read by what the key is."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from wfm.core import units
from wfm.core.errors import BadValueError, InputError
from wfm.scenario.document import KeyPath, parse

if TYPE_CHECKING:
    from wfm.scenario.fields import Documented

#: Every way to say that a target, shift or option is not wanted.
NULLS = frozenset({"none", "null", "无", "不用", "不要", "没有", "不需要", "~"})

_SMALL = re.compile(r"[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]{1,3}")
_FLAGS = {"true": True, "yes": True, "y": True, "是": True, "有": True, "false": False, "no": False, "n": False, "否": False,
          "无": False, "没有": False}  # fmt: skip
_DATE = re.compile(r"(\d{4})\s*(?:([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,2})|年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?)")
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_MEASURED = re.compile(r"([^\d.,+-]*)([-+]?[\d.,]*\d[\d.,]*)\s*(万?)\s*(.*)")
_NUMBERS = ("whole", "number", "rate", "factor")

#: A unit's word as the file format has it, to the words that planners write behind a number.
_UNIT_WORDS: dict[str, tuple[str, ...]] = {
    "weeks": ("周", "个星期", "星期", "week", "w"),
    "week": ("周", "星期"),
    "days": ("天", "日", "day", "d"),
    "day": ("天", "日"),
    "h": ("小时", "个小时", "hours", "hour"),
    "hours": ("小时", "个小时", "hour", "h"),
    "hour": ("小时", "h"),
    "minute": ("分钟", "分", "min"),
    "month": ("月", "个月"),
    "year": ("年",),
    "orders": ("单", "订单", "笔", "order"),
    "order": ("单", "订单", "笔"),
    "100 orders": ("百单", "100单"),
    "contacts": ("次", "通", "个"),
    "agents": ("人", "名", "agent"),
    "agent": ("人", "名"),
    "people": ("人", "名", "person"),
    "person": ("人", "名"),
    "seat": ("座", "工位", "席"),
    "licence": ("席", "坐席", "座席"),
    "attempts": ("次", "attempt"),
    "replications": ("轮", "次"),
    "breach": ("次",),
    "FTE": ("人", "fte"),
}
_MONEY = {"CNY": ("元", "¥", "rmb", "人民币", "块"), "USD": ("$", "us$"), "EUR": ("€",), "GBP": ("£",), "HKD": ("hk$",)}


def value_of(cell: object, path: KeyPath, currency: str, *, seconds: bool = False) -> object:
    """A cell as a plain value for the model.

    Parameters
    ----------
    cell
        Number, text, flag, date or time.
    path
        The key it stands beside.
    currency
        Of the scenario: its signs may stand beside amounts of money.
    seconds
        Whether the cell shows a time with its seconds.

    Raises
    ------
    BadValueError
        A time or a number that may mean two things, or a word in the row of a section.
    """
    from wfm.scenario.fields import field_at

    entry = field_at(path)
    kind = entry.kind if entry is not None else "text"
    if isinstance(cell, bool):
        return None if kind == "section" and not cell else cell
    if isinstance(cell, int | float):
        return _number(cell, kind)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta):
        return _time(cell, kind, seconds)
    return _text(str(cell), entry, kind, currency)


def restored(text: str) -> str:
    """A text without the apostrophe that kept it from being a formula."""
    return text[1:] if re.match(r"'+[=+\-@]", text) else text


def _number(cell: float, kind: str) -> object:
    try:
        _ = units.rate(cell) if kind == "rate" and cell >= 0 else units.factor(cell) if kind == "factor" else cell
    except BadValueError as error:
        if "percent" not in error.values:
            raise
        # However the cell is formatted: who writes 1200% into it has written 12.
        raise BadValueError(error.message, "Write {percent}; or {times} as a text: '{times}", **error.values) from None
    whole = math.isfinite(cell) and cell == int(cell) and abs(cell) < 2**53
    if kind == "date" and whole:
        return _date(str(int(cell)))
    if kind in ("text", "choice", "list", "table"):
        return str(int(cell)) if whole else repr(cell)
    return int(cell) if whole else cell


def _time(cell: time | timedelta, kind: str, seconds: bool) -> object:
    length = cell if isinstance(cell, timedelta) else timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second,
                                                                microseconds=cell.microsecond)  # fmt: skip
    total = round(length.total_seconds(), 3)  # a spreadsheet's day fraction knows no more
    if kind != "duration":
        return units.clock_text(total)
    if seconds or total % 60:
        return int(total) if total == int(total) else total
    # 4:30 typed into a spreadsheet is half past four, in a scenario four minutes and a half.
    first, second = divmod(round(total / 60), 60)
    long, short = (f"{first}{one}{f'{second}{two}' if second else ''}" for one, two in (("h", "min"), ("min", "s")))
    raise BadValueError("{long} or {short}? Typed as {clock}, this cell holds hours and minutes", "Write {short} or {long}",
                        long=long, short=short, clock=f"{first}:{second:02d}")  # fmt: skip


def _text(cell: str, entry: Documented | None, kind: str, currency: str) -> object:
    text = restored(cell.strip())
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return json.loads(text)
        except ValueError:
            return text
    if text.lower() in NULLS and entry is not None and (entry.nullable or kind == "section"):
        return None
    if text[:1] in ("{", "[") and kind in ("section", "table", "list", "text"):
        try:
            return parse(f"value: {text}", "")[0]["value"]
        except InputError:
            return text
    if kind == "section" and entry is not None and entry.nullable and not entry.choices:
        if _FLAGS.get(text.lower(), True):
            raise BadValueError("this row says only whether there is such a thing: its values stand in the rows below",
                                "Write none, or leave this cell empty")  # fmt: skip
        return None
    if kind == "list":
        return [part.strip() for part in re.split("[,，、;；]", text) if part.strip()]
    if kind == "flag":
        return _FLAGS.get(text.lower(), text)
    plain = unicodedata.normalize("NFKC", text)
    if kind in (*_NUMBERS, "share", "duration") and _SMALL.fullmatch(plain):
        return float(plain)
    if kind == "date":
        return _date(plain)
    if kind in _NUMBERS:
        return _counted(plain, entry.unit if entry is not None else "", currency)
    return plain if kind in ("share", "duration") else text


def day_key(path: tuple[str, ...]) -> tuple[str, ...]:
    """The key of a day's hours as the file format has it: ``hours.2027/7/20至2027/7/22`` is ``hours.2027-07-20..2027-07-22``."""
    if path[:1] != ("hours",) or not path[-1][:1].isdigit():
        return path
    first, *rest = re.split(r"\s*(?:\.\.|[至到~—–])\s*", unicodedata.normalize("NFKC", path[-1]))
    return ("hours", "..".join(map(_date, (first, *rest))))


def _date(text: str) -> str:
    """``2027-07-05`` of ``2027/7/5``, ``2027年7月5日`` and ``20270705``; what is no date stays for the model to refuse."""
    match = _DATE.fullmatch(text)
    year, month, day = (match[1], match[3] or match[5], match[4] or match[6]) if match else (text[:4], text[4:6], text[6:])
    if not match and not re.fullmatch(r"\d{8}", text):
        return text
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return text


def _counted(text: str, unit: str, currency: str) -> object:
    """A number without its grouping commas and the words of its own unit; with another unit's it stays for the model to refuse."""
    match = _MEASURED.fullmatch(text)
    if not match:
        return text
    before, digits, myriads, after = (part.strip() for part in match.groups())
    if "," in digits and not _GROUPED.fullmatch(digits):
        return text
    first, *per = unit.split("/")
    if before and (first != "CNY" or not _is(before, "CNY", currency)):
        return text
    if after == "%" and not myriads and not before:
        return f"{digits.replace(',', '')}%"
    if after and not (unit and _fits(after, [first, *per], currency)):
        return text
    try:
        number = float(digits.replace(",", "")) * (10_000 if myriads else 1)
    except ValueError:
        return text
    return int(number) if number == int(number) else number


def _fits(words: str, unit: list[str], currency: str) -> bool:
    """Whether words say a unit or its main parts: ``元``, ``元/月`` and ``元/人/月`` of an amount a person and month."""
    first, *more = (part.strip() for part in re.split(r"[/·每]", words))
    left = iter(unit[1:])
    return _is(first, unit[0], currency) and all(any(_is(word, part, currency) for part in left) for word in more)


def _is(word: str, part: str, currency: str) -> bool:
    known = (currency, *_MONEY.get(currency, ())) if part == "CNY" else (part, *_UNIT_WORDS.get(part, ()))
    return word.lower() in (each.lower() for each in known)
