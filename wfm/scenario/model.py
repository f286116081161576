"""A scenario: everything a plan depends on. Each section is a step's own input model; this file only puts them together."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from wfm.capacity import Leaders, Reserves, Shrinkage
from wfm.core import units
from wfm.core.contacts import ContactType
from wfm.core.errors import BadValueError
from wfm.core.inputs import Factor, Inputs, Name, Share, assumed, group, named, required
from wfm.core.intervals import OpeningHours
from wfm.core.shop import Shop
from wfm.economics.inputs import Money, Options, Wages
from wfm.forecast.phases import PlannedEvent, refuse
from wfm.history.inputs import HistoryInputs
from wfm.scenario.kinds import Country, Day, FirstDay, Interval, Zone
from wfm.schedule.inputs import Shifts
from wfm.simulate.inputs import SimulationInputs
from wfm.staffing import Staffing, Targets


def _currency(code: str) -> str:
    if not re.fullmatch("[A-Z]{3}", code):
        raise BadValueError("not a currency", "Write three capital letters such as CNY")
    return code


class Window(Inputs):
    """The days a plan is made for, and the length of its intervals."""

    start: FirstDay = required("first day of the plan", "计划的第一天", "date")
    weeks: Annotated[int, Field(ge=1, le=53)] = assumed(4, "weeks planned", "计划的周数", "weeks")
    interval: Interval = assumed(1800.0, "length of an interval", "时段长度", "s")

    @property
    def days(self) -> int:
        """Days planned."""
        return 7 * self.weeks

    @property
    def end(self) -> date:
        """The last day planned."""
        return self.start + timedelta(days=self.days - 1)


class Demand(Shop):
    """Where contacts come from: a history, or orders times contacts per order."""

    history: Literal["estimate"] | HistoryInputs = Field(
        default="estimate",
        description="past contacts to forecast from, or `estimate`: orders x contacts per order, no history",
        json_schema_extra={
            "zh": "历史数据；estimate 表示没有历史，按订单量×每单咨询量估算",
            "unit": "",
            "origin": "assumed",
            "source": "S1-08",
        },
    )

    volume: Factor = assumed(
        1.0, "factor on orders and contacts forecast: 120% plans for a fifth more", "订单与来电量系数：120% 表示多两成", "factor"
    )

    @model_validator(mode="after")
    def _orders_or_a_file(self) -> Demand:
        if self.orders_per_day is None and (isinstance(self.history, str) or not self.history.reads):
            raise BadValueError("without a history file the plan needs orders_per_day", "Write e.g. orders_per_day: 1450")
        return self


class People(Inputs):
    """Shifts, shrinkage, leaders and pay of one's own staff."""

    shifts: Shifts = group(Shifts, "shifts people can be asked to work", "班次")
    shrinkage: Shrinkage = group(Shrinkage, "paid time not on queue", "缩减率")
    leaders: Leaders = group(Leaders, "team leaders", "班组长")
    reserves: Reserves = group(Reserves, "people and desks beyond what shifts ask for", "预留")
    wage: Wages = group(Wages, "what people cost", "薪酬")


class Promise(Inputs):
    """How often the targets are to be met."""

    @model_validator(mode="before")
    @classmethod
    def _is_a_section(cls, value: object) -> object:
        if (percent := units.meant_percent(value)) is not None:
            raise BadValueError("a share of days stands under its key here", "Write {{day_target_met: {percent}}}", percent=percent)
        return value

    day_target_met: Share = assumed(0.90, "share of days on which all targets are to be met", "全部目标达标的天数占比")


class Report(Inputs):
    """What the report shows."""

    day: Day | None = Field(
        None,
        description="the day of the page on the peak day; without it the one of most agents, where days are out of the ordinary",
        json_schema_extra={
            "zh": "高峰日页面所示的日期；不写则在有异常日时取要人最多的一天",
            "unit": "date",
            "origin": "yours",
            "written": True,
        },
    )
    compare: Annotated[tuple[Literal["independent_intervals", "transient", "simulation"], ...], Field(min_length=1)] = Field(
        ("independent_intervals", "transient", "simulation"),
        description="ways of computing that the peak day's page sets side by side",
        json_schema_extra={"zh": "高峰日页面并列比较的算法"},
    )


class Scenario(Inputs):
    """Everything one plan depends on; see ``scenarios/quickstart.yaml``."""

    wfm: Literal[2] = Field(description="version of the file format", json_schema_extra={"zh": "文件格式版本"})
    name: Annotated[Name, BeforeValidator(named)] = Field(
        description="name of the scenario, as text or {zh, en}", json_schema_extra={"zh": "方案名称"}
    )
    language: Literal["zh", "en"] = Field("zh", description="language of the console", json_schema_extra={"zh": "界面语言"})
    currency: Annotated[str, AfterValidator(_currency)] = Field(
        "CNY", description="currency of every amount", json_schema_extra={"zh": "货币", "origin": "assumed"}
    )
    timezone: Zone = assumed("Asia/Shanghai", "time zone of the centre", "时区")
    country: Country = assumed("CN", "whose public holidays hold (ISO code), or empty", "节假日所属国家（ISO 代码）")
    seed: Annotated[int, Field(ge=0, lt=2**32)] = assumed(20270705, "seed of every random number", "随机种子")
    plan: Window = Field(description="the days planned", json_schema_extra={"zh": "计划期"})
    demand: Annotated[Demand, BeforeValidator(lambda value: {"history": value} if isinstance(value, str) else value)] = Field(
        description="where contacts come from", json_schema_extra={"zh": "需求"}
    )
    hours: OpeningHours = Field(description="opening hours", json_schema_extra={"zh": "营业时间"})
    events: tuple[PlannedEvent, ...] = Field(
        (),
        description="events that the planner expects: docs/events.md",
        json_schema_extra={"zh": "规划人员预期的活动（大促）：docs/events.md"},
    )
    contact: ContactType = group(ContactType, "what a contact is like", "咨询的特征")
    targets: Targets = group(Targets, "service targets", "服务目标")
    staffing: Staffing = group(Staffing, "how agents are found", "求客服数的方式")
    promise: Promise = group(Promise, "how often targets are to be met", "达标承诺")
    people: People = group(People, "staff", "人员")
    money: Money = group(Money, "prices and benefits", "金额")
    options: Options = group(Options, "ways of running the centre", "运营方案")
    simulation: SimulationInputs = group(SimulationInputs, "work the simulation may do", "仿真设置")
    report: Report = group(Report, "what the report shows", "报告内容")

    @property
    def promised_days(self) -> float:
        """Share of days on which all targets are to be met: what people are staffed for where that is written, else ``promise``."""
        asked = self.staffing.promise.day_target_met
        return self.promise.day_target_met if asked is None else asked

    @model_validator(mode="after")
    def _dates_fit(self) -> Scenario:
        if self.events or self.targets.dated or self.report.day is not None:
            from wfm.scenario.event_checks import misfits

            refuse(misfits(self))
        return self

    @model_validator(mode="after")
    def _hours_fill_intervals(self) -> Scenario:
        step = int(self.plan.interval)
        for key in self.hours.root:
            for span in self.hours.spans_of(key):
                if any(second % step for second in span):
                    minutes = step // 60
                    raise BadValueError("opening hours start and end with an interval", "Write times in steps of {minutes} minutes",
                                        minutes=minutes, key=f"hours.{key}")  # fmt: skip
        return self
