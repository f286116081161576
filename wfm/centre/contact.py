"""A contact type as a planner writes it: how many come and when, what they are like, whom they are, what they are promised."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from wfm.core import moments
from wfm.core.contacts import Announcement, ContactType, Patience, Redial, Spread
from wfm.core.errors import BadValueError
from wfm.core.inputs import Amount, Duration, Factor, Inputs, Quantity, Share, assumed, group, required
from wfm.core.intervals import OpeningHours
from wfm.core.shop import Peak
from wfm.staffing.targets import ServiceLevel

Moment = Annotated[
    datetime, BeforeValidator(lambda value: value if isinstance(value, datetime) else moments.moment(value))
]  # by the wall clock, without a zone
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def optional(en: str, zh: str, unit: str = "") -> Any:
    """A key that says something only where it is written."""
    return Field(None, description=en, json_schema_extra={"zh": zh, "unit": unit, "origin": "yours", "written": True})


class Drop(Inputs):
    """Contacts that a mailing or an airing brings on top of the others (S1-11)."""

    at: Moment = required(
        "moment of the mailing or airing, 2027-07-06T20:00", "投放（DM 到达、电视播出）的时刻，如 2027-07-06T20:00"
    )
    contacts: Annotated[Quantity, Field(le=2_000_000)] = required("contacts that it brings", "带来的咨询量", "contacts")
    lag: Annotated[Duration, Field(gt=0)] = assumed(300.0, "mean time from it to a contact", "从投放到来电的平均间隔", "s", "S1-11")
    lag_cv: Annotated[Quantity, Field(ge=0.05, le=10)] = assumed(
        1.0,
        "coefficient of variation of that time: 1 falls off exponentially, others are lognormal",
        "间隔的变异系数：1 为指数分布，其余为对数正态",
    )
    exact: bool = assumed(False, "exactly so many, not so many on average", "恰好这么多，而非平均这么多")

    @model_validator(mode="after")
    def _whole_if_exact(self) -> Drop:
        if self.exact and self.contacts != int(self.contacts):
            raise BadValueError("exactly as many contacts can only be a whole number", "Write e.g. contacts: 300")
        return self


class ContactTargets(Inputs):
    """What a day of a contact type is judged by; null asks for nothing."""

    sl_offered: ServiceLevel | None = group(ServiceLevel, "answered within a time, of offered", "限时接通率")
    answer_rate: Share | None = optional("share of offered contacts answered by a person", "人工接通率（按次）")
    abandon_rate_max: Share | None = optional("share of offered contacts that may hang up", "放弃率上限")
    asa_max: Duration | None = optional("mean wait of those answered, at most", "平均应答速度上限", "s")

    @property
    def threshold(self) -> float:
        """Seconds within which an answer counts."""
        return self.sl_offered.within if self.sl_offered else 20.0

    def bounds(self) -> dict[str, tuple[int, float]]:
        """KPI name to (direction, bound): +1 at least, -1 at most."""
        asked = {
            "sl_offered": (1, self.sl_offered.share if self.sl_offered else None),
            "answer_rate": (1, self.answer_rate),
            "abandon_rate_offered": (-1, self.abandon_rate_max),
            "asa_answered": (-1, self.asa_max),
        }
        return {name: (direction, bound) for name, (direction, bound) in asked.items() if bound is not None}


class Contact(Inputs):
    """One contact type of a centre.

    How many come says ``per_day`` or ``file``, and ``bursts`` on top, or bursts alone.
    """

    per_day: Quantity | None = optional("contacts on an ordinary day", "平日的咨询量", "contacts/day")
    file: str | None = optional(
        "table of contacts by interval instead: start, contacts, and aht, day_cv, slot_cv where known",
        "改用分时段咨询量表：start、contacts，可含 aht、day_cv、slot_cv",
    )
    weekday: dict[Weekday, Factor] = Field(
        default_factory=dict,
        description="weekdays that are not ordinary: {sat: 1.2}",
        json_schema_extra={"zh": "与平日不同的星期：{sat: 1.2}", "unit": "factor", "origin": "yours"},
    )
    hours: OpeningHours | None = optional(
        "when these contacts come, where not whenever the centre is open", "此类咨询的受理时间；不写则同营业时间"
    )
    peak: Peak | None = optional("the busy hours; without it contacts come evenly over the day", "高峰时段；不写则全天均匀")
    shape: Literal["level", "smooth"] = assumed(
        "level",
        "arrivals within an interval: at one rate, or in a line towards its neighbours",
        "时段内的到达率：level 恒定，smooth 向相邻时段过渡",
    )
    day_to_day_cv: Annotated[Share, Field(lt=1)] = assumed(
        0.08, "busy and quiet days beyond chance: coefficient of variation of the day's level", "日间波动（变异系数，不含偶然波动）"
    )
    interval_cv: Annotated[Share, Field(lt=1)] = assumed(
        0.0, "busy and quiet intervals beyond chance and the day's level", "时段波动（变异系数，不含偶然波动与日间波动）"
    )
    bursts: tuple[Drop, ...] = Field(
        (),
        description="mailings and airings: [{at: 2027-07-06T20:00, contacts: 300, lag: 5min}]",
        json_schema_extra={"zh": "DM、电视购物等投放：[{at: 2027-07-06T20:00, contacts: 300, lag: 5min}]"},
    )
    talk: Duration = assumed(150.0, "mean talk and hold time", "平均通话时长", "s", "inside 1.5-3 min, S1-08")
    wrap: Duration = assumed(30.0, "mean after-call work", "平均话后处理时长", "s")
    spread: Spread = group(Spread, "scatter of handle times", "处理时长的离散程度")
    patience: Patience = group(Patience, "willingness to wait", "耐心")
    announcements: tuple[Announcement, ...] = Field(
        (),
        description="what those who wait are told: [{at: 60s, hazard: 50%}]",
        json_schema_extra={"zh": "对等待者的播报：[{at: 60s, hazard: 50%}]"},
    )
    redial: Redial = group(Redial, "trying again", "重拨")
    segment: str = assumed("", "customers' segment, to sum results by", "客户分层（结果按此汇总）")
    language: str = assumed("", "language it is answered in", "服务语言")
    region: str = assumed("", "customers' region, to sum results by", "客户地区（结果按此汇总）")
    outsourcable: bool = assumed(True, "whether a vendor may answer it", "是否允许外包商应答", source="S4-26")
    value: Amount = assumed(0.0, "what a contact answered is worth", "每位接通客户的价值", "money/contact", "S2-10")
    weight: Annotated[int, Field(ge=0, le=1000)] = assumed(
        1, "among types of one priority: points for each second waited", "同一优先级内：每等待一秒的分值", "points/s"
    )
    head_start: Duration = assumed(
        0.0, "among types of one priority: counts as waiting so much longer", "同一优先级内：视同多等待的时长", "s"
    )
    targets: ContactTargets = group(ContactTargets, "what its days are judged by", "服务目标")

    @model_validator(mode="after")
    def _somebody_may_come(self) -> Contact:
        if self.per_day is None and self.file is None and not self.bursts:
            raise BadValueError(
                "nothing says how many of these contacts come", "Write per_day: 2400, file: volumes.csv or bursts: [...]"
            )
        if self.per_day is not None and self.file is not None:
            raise BadValueError("per_day and file both say how many contacts come", "Keep one of the two")
        if self.file is not None and (self.weekday or self.peak is not None or self.hours is not None):
            raise BadValueError(
                "a file says how many contacts come in each interval: weekday, peak and hours have no say",
                "Take them out, or write per_day",
            )
        self.about  # noqa: B018 - a contact takes some time
        return self

    @property
    def about(self) -> ContactType:
        """What the contacts are like."""
        names = ("talk", "wrap", "spread", "patience", "announcements", "redial")
        return ContactType(**{name: getattr(self, name) for name in names})
