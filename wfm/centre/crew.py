"""A group of agents as a planner writes it: how many are on queue when, how fast they are, where they sit, whose they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, RootModel, model_validator

from wfm.centre.contact import optional
from wfm.core import units
from wfm.core.errors import BadValueError
from wfm.core.inputs import Factor, Inputs, Quantity, Share, assumed

ALWAYS = "always"
_WAY_OUT = 'Write always, "09:00-12:00", "sat 09:00-12:00", "mon-fri 09:00-18:00" or "2027-07-06 20:00-22:00"'


def days_and_span(key: str) -> tuple[frozenset[int] | tuple[date, date] | None, tuple[int, int]]:
    """Weekdays (0 Monday), dates, or None for every day; and (from, to) in seconds of the local day.

    Raises
    ------
    ValueError
        Neither ``always`` nor clock times, with or without days before them.
    """
    text = unicodedata.normalize("NFKC", key).strip()
    if text == ALWAYS:
        return None, (0, 86400)
    head, blank, tail = text.rpartition(" ")
    clock, days = (tail, head.strip()) if blank and ":" in tail else (text, "")
    try:
        if ":" not in clock:
            return _days(text), (0, 86400)
        return (_days(days) if days else None), units.clock_span(clock)
    except ValueError:
        raise BadValueError("not a span of hours of some days", _WAY_OUT) from None


def _days(text: str) -> frozenset[int] | tuple[date, date]:
    if text[:1].isdigit():
        return units.date_span(text)
    found: set[int] = set()
    for part in re.split(r"[,\s]+", text):
        first, dash, last = part.partition("-")
        a, b = units.WEEKDAYS.index(first), units.WEEKDAYS.index(last if dash else first)
        found |= {(a + step) % 7 for step in range((b - a) % 7 + 1)}
    return frozenset(found)


def _key(key: str) -> str:
    days_and_span(key)
    return key


class Agents(RootModel[dict[Annotated[str, AfterValidator(_key)], Annotated[Quantity, Field(le=100_000)]]]):
    """Agents on queue: a number, or numbers by hours; where several hold, the one written last does, where none, nobody is there.

    A span may run past midnight (``"20:00-08:00"``) and then belongs to the day it begins on.
    """

    @model_validator(mode="before")
    @classmethod
    def _a_number_is_always(cls, value: object) -> object:
        return value if isinstance(value, Mapping) else {ALWAYS: units.ratio(value)}

    def at(self, day: date, second: int) -> float:
        """Agents at ``second`` of a local day."""
        found = 0.0
        for key, number in self.root.items():
            days, (begin, end) = days_and_span(key)
            for offset in (0, 1):
                if begin <= second + 86400 * offset < end and _holds(days, day - timedelta(days=offset)):
                    found = number
        return found

    @property
    def edges(self) -> dict[str, tuple[int, int]]:
        """Key to (from, to) in seconds of the local day."""
        return {key: days_and_span(key)[1] for key in self.root}


def _holds(days: frozenset[int] | tuple[date, date] | None, day: date) -> bool:
    if days is None:
        return True
    return day.weekday() in days if isinstance(days, frozenset) else days[0] <= day <= days[1]


class Crew(Inputs):
    """One group of agents. How many there are says one of ``agents``, ``cover`` and ``roster``."""

    agents: Agents | None = optional(
        'agents on queue: a number, or by hours {"09:00-12:00": 20, "sat 09:00-12:00": 8}; fractions are chances',
        '在线客服数：一个数，或按时段 {"09:00-12:00": 20, "sat 09:00-12:00": 8}；小数表示出现的概率',
        "agents",
    )
    cover: str | None = optional("table of agents by interval instead: start, agents", "改用分时段在线人数表：start、agents")
    roster: str | None = optional(
        "table of who is on queue when instead: agent, from, to; gaps are breaks", "改用个人班表：agent、from、to；两行之间为休息"
    )
    handle_factor: Annotated[Factor, Field(gt=0)] = assumed(
        1.0, "handle time of this group, in units of the type's: temps 1.3 to 1.6", "处理时长系数：新人、临时工 1.3～1.6", "factor"
    )
    speed_cv: Annotated[Share, Field(le=1)] = assumed(
        0.0, "how much single agents' speeds differ: coefficient of variation", "客服个人快慢的差异（变异系数）"
    )
    site: str = assumed(
        "", "where they sit: outages may hit a site, results are summed by it", "所在职场：故障可按职场设定，结果按职场汇总"
    )
    vendor: bool = assumed(False, "whether they are a vendor's", "是否为外包商", source="S4-26")
    languages: tuple[str, ...] = Field(
        (),
        description="languages they speak; without it, all",
        json_schema_extra={"zh": "会的语言；不写表示不限", "unit": "", "origin": "yours"},
    )

    @model_validator(mode="after")
    def _one_says_how_many(self) -> Crew:
        written = [name for name in ("agents", "cover", "roster") if getattr(self, name) is not None]
        if not written:
            raise BadValueError(
                "nothing says how many agents there are", "Write agents: 12, cover: cover.csv or roster: roster.csv"
            )
        if len(written) > 1:
            raise BadValueError("{keys} all say how many agents there are", "Keep one of them", keys=", ".join(written))
        return self
