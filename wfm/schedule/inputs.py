"""Shift templates as a planner writes them, and what labour law has to say about each."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from wfm.core import registry, units
from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Inputs, assumed, found

Note: TypeAlias = tuple[str, dict[str, Any]]
"""A message to be worded in zh or en: its key and the values it speaks of."""


def _offset(value: object) -> float:
    """A point inside a shift: a share of its length (``"1/8"``, ``"25%"``) or a time after its start (``"2h"``)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Validated models come back as numbers: above 1 they are seconds, of which a minute is the least that makes sense.
        if 0 <= value <= 1 or value >= 60:
            return float(value)
        raise BadValueError("not a point inside the shift", "Write a share of the shift (25%) or a time after its start (2h)")
    try:
        return units.share(value)
    except ValueError:
        seconds = units.duration(value)
        if seconds < 60:
            raise BadValueError(
                "not a point inside the shift", "Write a share of the shift (25%) or a time after its start (2h)"
            ) from None
        return seconds


def _starts(value: object) -> object:
    """Clock times as a tuple of texts; ``any`` is the empty tuple's readable form."""
    if value == "any":
        return ("any",)
    return (value,) if isinstance(value, str) else value


Offset = Annotated[float, BeforeValidator(_offset), Field(json_schema_extra={"examples": ["1/8", "25%", "2h"]})]
Starts = Annotated[
    tuple[str, ...], BeforeValidator(_starts), Field(json_schema_extra={"examples": ["any", "12:00", ["08:00", "16:00"]]})
]


class ShiftTemplate(Inputs):
    """A kind of shift: how long, when it may start, where its meal may lie, and how often one person works it in a week.

    The whole length is paid, the meal included. The meal lies inside ``[meal_earliest, meal_latest]``, both measured from the
    shift's start, and neither opens nor closes the shift.
    """

    length: Duration = assumed(
        "8h", "length, the meal included", "班次时长（含用餐）", "s", "Labour Law Art. 36: at most 8 hours a day"
    )
    paid_meal: Duration = assumed(
        "30min", "paid meal inside the shift; 0 for none", "班内带薪用餐时长，0 为无", "s", "economics B5: customary"
    )
    meal_earliest: Offset = assumed(
        "1/8", "the meal starts no earlier than this after the shift's start", "用餐最早开始（距班次开始）"
    )
    meal_latest: Offset = assumed("7/8", "the meal has ended by this after the shift's start", "用餐最迟结束（距班次开始）")
    start: Starts = assumed(
        "any", "clock time or times at which the shift may start; any = every start_step", "可开班时刻；any 为任意", "clock"
    )
    start_step: Duration = assumed("30min", "where any start is allowed: full steps of the clock", "任意开班时的步长", "s")
    kind: Literal["full_time", "part_time"] = assumed(
        "full_time", "full-time or part-time (hourly) work", "全职 full_time 或非全日制 part_time"
    )
    days_per_week: int = found("labour_cn.week_days_max", "days a week that one person works this shift", "每人每周出勤天数")
    max_hours_per_week: float | None = assumed(
        None, "hours a week that one person may work; empty = days x length", "每人每周工时上限", "h"
    )

    @field_validator("start")
    @classmethod
    def _starts_are_clock_times(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise BadValueError("no start is written", 'Write any, a clock time or a list of clock times: start: "12:00"')
        if value != ("any",):
            for text in value:
                if units.clock(text) >= 86400:
                    raise BadValueError("a shift starts before 24:00", "Write 00:00")
        return value

    @field_validator("length")
    @classmethod
    def _fits_a_day(cls, seconds: float) -> float:
        if not 900 <= seconds <= 86400:
            raise BadValueError("a shift is between 15 minutes and 24 hours long", "Write e.g. length: 8h")
        return seconds

    @field_validator("days_per_week")
    @classmethod
    def _fits_a_week(cls, days: int) -> int:
        if not 1 <= days <= 7:
            raise BadValueError("a week has 1 to 7 working days", "Write e.g. days_per_week: 5")
        return days

    @field_validator("start_step")
    @classmethod
    def _is_a_step(cls, seconds: float) -> float:
        if seconds < 60:
            raise BadValueError("a step of starts is at least one minute", "Write e.g. start_step: 30min")
        return seconds

    @model_validator(mode="after")
    def _adds_up(self) -> ShiftTemplate:
        if self.max_hours_per_week is not None and self.max_hours_per_week * 3600 < self.length:
            raise BadValueError(
                "max_hours_per_week is less than one shift",
                "Write {hours} or more, or a shorter length",
                hours=f"{self.length / 3600:g}",
            )
        if self.paid_meal:
            earliest, latest = self.meal_window(self.length)
            if latest > self.length or earliest + self.paid_meal > latest + 1e-9:
                raise BadValueError(
                    "the meal does not fit between meal_earliest and meal_latest",
                    "Shorten paid_meal (0s for none) or widen the two",
                )
        return self

    def meal_window(self, length: float) -> tuple[float, float]:
        """(earliest start, latest end) of the meal in seconds after the start of a shift of ``length`` seconds."""
        earliest, latest = (
            value * length if value <= 1 else min(value, length) for value in (self.meal_earliest, self.meal_latest)
        )
        return earliest, latest

    def start_clocks(self) -> tuple[int, ...] | None:
        """Seconds of the local day at which the shift may start; None for any step."""
        return None if self.start == ("any",) else tuple(sorted(units.clock(text) for text in self.start))

    def shifts_per_person_week(self) -> int:
        """How many of these shifts one person works in a week: days per week, fewer where the week's hours end first."""
        if self.max_hours_per_week is None:
            return self.days_per_week
        return min(self.days_per_week, math.floor(self.max_hours_per_week * 3600 / self.length + 1e-9))


class FullTime(ShiftTemplate):
    """The standard full-time shift: 8 hours with a paid meal, five days a week."""


class PeakPartTime(ShiftTemplate):
    """The standard peak shift of hourly workers (非全日制): 4 hours from noon, no meal, at most 24 hours a week."""

    length: Duration = assumed("4h", "length", "班次时长", "s", "Labour Contract Law Art. 68: 4 hours a day")
    paid_meal: Duration = assumed(0, "paid meal inside the shift; 0 for none", "班内带薪用餐时长，0 为无", "s")
    start: Starts = assumed(
        "12:00", "clock time or times at which the shift may start", "可开班时刻", "clock", "the busy hours of S1-08"
    )
    kind: Literal["full_time", "part_time"] = assumed(
        "part_time", "full-time or part-time (hourly) work", "全职 full_time 或非全日制 part_time"
    )
    days_per_week: int = assumed(
        6, "days a week that one person works this shift", "每人每周出勤天数", source="one rest day a week, Labour Law Art. 38"
    )
    max_hours_per_week: float | None = found(
        "labour_cn.part_time_week_hours_max", "hours a week that one person may work", "每人每周工时上限"
    )


class Shifts(Inputs):
    """The shifts a plan may use: the two standard ones, and any others by name.

    A standard shift is switched off by writing ``null``; a name of your own starts from `ShiftTemplate`'s defaults, e.g.
    ``night: {length: 8h, start: "22:00"}``.
    """

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, ShiftTemplate] = Field(init=False)

    full_time: FullTime | None = Field(
        default_factory=FullTime,
        description="the standard full-time shift; null for none",
        json_schema_extra={"zh": "标准全职班；null 为不用"},
    )
    peak_part_time: PeakPartTime | None = Field(
        default_factory=PeakPartTime,
        description="the standard part-time shift for the peak; null for none",
        json_schema_extra={"zh": "标准高峰非全日制班；null 为不用"},
    )

    @model_validator(mode="after")
    def _some_shift_exists(self) -> Shifts:
        if not self.templates():
            raise BadValueError("no shift is left", "Keep full_time or write one of your own")
        return self

    def templates(self) -> dict[str, ShiftTemplate]:
        """Name to template, the standard ones first."""
        standard = {"full_time": self.full_time, "peak_part_time": self.peak_part_time}
        return {
            name: template for name, template in {**standard, **(self.__pydantic_extra__ or {})}.items() if template is not None
        }


def law_warnings(shifts: Shifts) -> list[Note]:
    """What labour law says against the shifts: one note a rule and template, none where all is well.

    A site may hold a permit (综合计算工时制), so nothing is refused here. Rules and their sources are in ``labour_cn.toml``.

    Returns
    -------
    list of (key, values)
        Keys ``law.day_hours``, ``law.week_days``, ``law.week_hours``, ``law.part_time_day_hours`` and
        ``law.part_time_week_hours``; values ``shift``, ``value``, ``limit`` (hours or days) and ``source``.
    """
    notes: list[Note] = []
    for name, template in shifts.templates().items():
        hours = template.length / 3600
        week = template.shifts_per_person_week() * hours
        for key, value, limit, source in _rules(template.kind, hours, template.days_per_week, week):
            if value > limit + 1e-9:
                notes.append((key, {"shift": name, "value": round(value, 4), "limit": limit, "source": source}))
    return notes


def _rules(kind: str, hours: float, days: int, week: float) -> list[tuple[str, float, float, str]]:
    """(key, value, limit, source) of the rules that hold for a kind of work."""
    day, week_days = registry.point("labour_cn.day_hours_max"), registry.point("labour_cn.week_days_max")
    if kind == "part_time":
        part_day, part_week = (
            registry.point("labour_cn.part_time_day_hours_max"),
            registry.point("labour_cn.part_time_week_hours_max"),
        )
        return [
            ("law.part_time_day_hours", hours, part_day.value, part_day.source),
            ("law.part_time_week_hours", week, part_week.value, part_week.source),
        ]
    return [
        ("law.day_hours", hours, day.value, day.source),
        ("law.week_days", days, week_days.value, week_days.source),
        ("law.week_hours", week, day.value * week_days.value, week_days.source),
    ]
