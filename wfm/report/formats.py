"""How numbers and dates look in each language.

Both round the same quantity alike: 万元 with one decimal is CNY k with none.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

from wfm.core import units
from wfm.report.words import catalog, text

NOTHING = "—"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def missing(value: Any) -> bool:
    """Whether there is no number: None, nan or an infinity."""
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def number(value: Any, digits: int = 0) -> str:
    """``1,450`` or ``7.6``; a dash where there is no number; never ``-0``."""
    if missing(value):
        return NOTHING
    rounded = round(float(value), digits)
    return f"{rounded + 0.0:,.{digits}f}"


def significant(value: Any, digits: int = 4) -> str:
    """As many decimals as ``digits`` significant figures ask for, without trailing zeros: ``0.15``, ``1,450``, ``0.0333``."""
    if missing(value):
        return NOTHING
    number_ = float(value)
    if number_ == 0:
        return "0"
    places = max(0, digits - 1 - math.floor(math.log10(abs(number_))))
    shown = f"{number_:,.{places}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def share(value: Any, digits: int = 1) -> str:
    """``88.6%``; trailing zeros stay, so that columns align."""
    return NOTHING if missing(value) else f"{round(100 * float(value), digits) + 0.0:,.{digits}f}%"


def percent(value: Any) -> str:
    """A target or input share as short as it can be written: ``98%``, ``7.5%``."""
    return NOTHING if missing(value) else f"{significant(100 * float(value))}%"


def half_up(value: float) -> float:
    """The nearest whole number, halves away from zero as people round: 42.5 is 43."""
    return math.copysign(math.floor(abs(value) + 0.5), value) + 0.0


def thousands(value: Any, language: str) -> str:
    """An amount for a column headed `money_unit`: ``156.6`` [万元] or ``1,566`` [CNY k]."""
    if missing(value):
        return NOTHING
    rounded = half_up(float(value) / 1000)
    return number(rounded / 10, 1) if language == "zh" else number(rounded)


def money_unit(language: str, currency: str) -> str:
    """Heading of columns filled by `thousands`."""
    return text("unit.money_large" if currency == "CNY" else "unit.money_large_foreign", language, currency=currency)


def money(value: Any, language: str, currency: str) -> str:
    """A large amount: ``156.6 万元`` or ``CNY 1,566k``."""
    if missing(value):
        return NOTHING
    if language == "zh":
        return f"{thousands(value, language)} {money_unit(language, currency)}"
    return f"{currency} {thousands(value, language)}k"


def small_unit(language: str, currency: str) -> str:
    """``元`` or ``CNY``: the unit of prices."""
    return text("unit.money" if currency == "CNY" else "unit.money_foreign", language, currency=currency)


def price(value: Any, language: str, currency: str, digits: int = 0) -> str:
    """A small amount: ``5,768 元`` or ``CNY 5,768``."""
    if missing(value):
        return NOTHING
    shown, unit_ = number(value, digits), small_unit(language, currency)
    return f"{shown} {unit_}" if language == "zh" else f"{unit_} {shown}"


def seconds(value: Any, language: str, digits: int = 1) -> str:
    """``7.6 秒`` or ``7.6 s``."""
    return NOTHING if missing(value) else f"{number(value, digits)} {text('unit.second', language)}"


def day(value: date, language: str, *, year: bool = False) -> str:
    """``7月5日 周一`` or ``Mon 5 Jul``, with the year where asked."""
    weekday = text(f"weekday.{value.weekday()}", language)
    if language == "zh":
        return f"{f'{value.year}年' if year else ''}{value.month}月{value.day}日 {weekday}"
    return f"{weekday} {value.day} {_MONTHS[value.month - 1]}{f' {value.year}' if year else ''}"


def short_day(value: date, language: str) -> str:
    """``7月5日`` or ``5 Jul``."""
    return f"{value.month}月{value.day}日" if language == "zh" else f"{value.day} {_MONTHS[value.month - 1]}"


def instant(value: datetime, language: str) -> str:
    """``7月5日 周一 10:30`` or ``Mon 5 Jul 10:30``."""
    return f"{day(value.date(), language)} {value:%H:%M}"


def clock_span(start: float, end: float) -> str:
    """``10:30-11:00`` of seconds after midnight."""
    return f"{units.clock_text(start)}-{units.clock_text(end)}"


def unit(words: str, language: str, currency: str = "CNY") -> str:
    """A unit of an input or of the ledger in ``language``: ``CNY/seat/month`` is ``元/工位·月``.

    Parts without an entry (a user's own) stay as they are.
    """
    known = catalog()
    parts = []
    for part in words.split("/"):
        key = f"measure.{part.strip()}"
        parts.append(known[key][language] if key in known and part.strip() != "money" else part.strip())
    # 元/工位·月: Chinese writes one slash, then dots.
    joined = parts[0] + ("/" + "·".join(parts[1:]) if parts[1:] else "") if language == "zh" else "/".join(parts)
    if language == "zh" and currency == "CNY":
        return joined.replace("CNY", "元").replace("money", "元")
    return joined.replace("money", currency)
