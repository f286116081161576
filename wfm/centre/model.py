"""A centre file: contact types, groups of agents, who may answer what, and when to stop playing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from wfm.centre.contact import Contact, Moment, optional
from wfm.centre.crew import Crew
from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Factor, Inputs, Name, Share, assumed, group, named, required
from wfm.core.intervals import OpeningHours
from wfm.scenario.kinds import Country, FirstDay, Interval, Zone
from wfm.simulate.centre import Closing, Leaving
from wfm.simulate.inputs import SimulationInputs

#: A name of one's own for the whole centre's row in tables, so no type or group may have it.
ALL = "all"


def _own_name(name: str) -> str:
    if name == ALL or not name.strip() or "." in name or '"' in name or len(name) > 40:
        raise BadValueError("not a name", "Write up to 40 letters without dots and quotes, and not all")
    return name


OwnName = Annotated[str, AfterValidator(_own_name)]


class Days(Inputs):
    """The days that are played, and the length of their intervals."""

    start: FirstDay = required("first day", "第一天", "date")
    days: Annotated[int, Field(ge=1, le=371)] = assumed(7, "days played in each replication", "每轮仿真的天数", "days")
    interval: Interval = assumed(1800.0, "length of an interval", "时段长度", "s")


class Answerer(Inputs):
    """A group that may answer a contact type, and on what terms."""

    group: str = required("the group", "客服组")
    after: Duration = assumed(0.0, "only after this long in queue (overflow)", "排队满多久后才可溢出到该组", "s")
    keep_free: Annotated[int, Field(ge=0, le=100_000)] = assumed(
        0, "only while more agents than this are idle", "该组空闲人数多于此数时才接", "agents"
    )
    handle_factor: Annotated[Factor, Field(gt=0)] = assumed(
        1.0,
        "handle time of this type there, on top of the group's own factor",
        "该组处理此类咨询的时长系数（再乘以组系数）",
        "factor",
    )
    choice: Annotated[int, Field(ge=1, le=1000)] | None = optional(
        "first, second, ... choice; its place in the list if not written. Among equals whoever is idle longest answers",
        "第几选择；不写则按列表次序。次序相同时由空闲最久者应答",
    )
    handicap: Duration = assumed(
        0.0, "among equal choices its agents count as idle for so much less", "次序相同时，该组空闲时长视同少算多久", "s"
    )
    level: Annotated[int, Field(ge=1, le=1000)] | None = optional(
        "when its agents take this type: 1 before 2; the place in priority if not written",
        "该组先接哪类：1 先于 2；不写则按 priority",
    )


class Outages(Inputs):
    """A time without some or all of the agents, or in which nobody gets through (S0-19)."""

    at: Moment = required("when it begins, 2027-07-07T14:00", "开始时刻，如 2027-07-07T14:00")
    lasts: Annotated[Duration, Field(gt=0)] = required("how long it lasts", "持续时长", "s")
    groups: tuple[str, ...] = Field(
        (), description="groups it hits; without groups and sites, all", json_schema_extra={"zh": "受影响的客服组；都不写表示全部"}
    )
    sites: tuple[str, ...] = Field((), description="sites it hits", json_schema_extra={"zh": "受影响的职场"})
    loss: Share = assumed(1.0, "share of their agents who cannot work", "无法工作的客服占比")
    refuses: bool = assumed(False, "whether nobody gets through meanwhile: all contacts are blocked", "期间是否全部打不进（占线）")


class Availability(Inputs):
    """A platform that is not always there, at random (S0-19)."""

    share: Annotated[Share, Field(gt=0)] = assumed(1.0, "share of time it is up", "可用率", source="S0-19: 99.5 %")
    mean_length: Annotated[Duration, Field(ge=1)] = assumed(1800.0, "mean length of a time without it", "单次故障的平均时长", "s")
    groups: tuple[str, ...] = Field(
        (), description="groups on it; without, all", json_schema_extra={"zh": "使用该平台的客服组；不写表示全部"}
    )
    refuses: bool = assumed(False, "whether nobody gets through meanwhile", "期间是否全部打不进（占线）")


class Together(Inputs):
    """How busy and quiet days and intervals hang together."""

    over_days: Annotated[Share, Field(le=0.999)] = assumed(
        0.0, "correlation of a day's level with the next day's", "相邻两天水平的相关系数"
    )
    over_types: Share = assumed(0.0, "correlation of the contact types' levels on one day", "同一天各类咨询水平的相关系数")
    memory: Annotated[Duration, Field(gt=0)] | None = optional(
        "time over which the intervals' own levels stay alike; without it each is by itself",
        "时段波动的持续时间；不写则各时段相互独立",
        "s",
    )


def _places(value: object) -> object:
    """A list of names and of lists of names, as lists of names."""
    if not isinstance(value, list | tuple):
        raise BadValueError("a list is needed here", "Write [vip, presale], or [vip, [presale, after_sale]] for two of one place")
    return tuple((part,) if isinstance(part, str) else part for part in value)


class CentreScenario(Inputs):
    """Everything the simulation of a centre depends on; see ``scenarios/centres/three-skills.yaml``."""

    wfm: Literal[2] = Field(description="version of the file format", json_schema_extra={"zh": "文件格式版本"})
    name: Annotated[Name, BeforeValidator(named)] = Field(
        description="name of the centre, as text or {zh, en}", json_schema_extra={"zh": "中心名称"}
    )
    language: Literal["zh", "en"] = Field("zh", description="language of the console", json_schema_extra={"zh": "界面语言"})
    timezone: Zone = assumed("Asia/Shanghai", "time zone of the centre", "时区")
    country: Country = assumed(
        "CN", "whose public holidays the holiday hours hold on (ISO code), or empty", "节假日所属国家（ISO 代码）"
    )
    seed: Annotated[int, Field(ge=0, lt=2**32)] = assumed(20270705, "seed of every random number", "随机种子")
    plan: Days = Field(description="the days played", json_schema_extra={"zh": "仿真日期"})
    hours: OpeningHours = Field(description="opening hours", json_schema_extra={"zh": "营业时间"})
    volume: Factor = assumed(1.0, "factor on all contacts: 110% plays a tenth more", "咨询量系数：110% 表示多一成", "factor")
    contacts: Annotated[dict[OwnName, Contact], Field(min_length=1, max_length=100)] = Field(
        description="contact types, by names of one's own", json_schema_extra={"zh": "咨询类型（名称自定）"}
    )
    groups: Annotated[dict[OwnName, Crew], Field(min_length=1, max_length=100)] = Field(
        description="groups of agents, by names of one's own", json_schema_extra={"zh": "客服组（名称自定）"}
    )
    routing: dict[
        str, tuple[Annotated[Answerer, BeforeValidator(lambda one: {"group": one} if isinstance(one, str) else one)], ...]
    ] = Field(
        description="who may answer what, first choice first: {presale: [own, {group: vendor, after: 10s}]}",
        json_schema_extra={"zh": "各类咨询由谁应答，首选在前：{presale: [own, {group: vendor, after: 10s}]}"},
    )
    priority: Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_places)] = Field(
        (),
        description="who is answered first by an agent who becomes free: [vip, [presale, after_sale]]; types not named come last",
        json_schema_extra={"zh": "客服空出时先接哪类：[vip, [presale, after_sale]]；未列出的排在最后"},
    )
    transfers: dict[str, dict[str, Share]] = Field(
        default_factory=dict,
        description="share that goes on to another type's queue when done: {presale: {after_sale: 5%}}",
        json_schema_extra={"zh": "处理完后转到另一类队列的占比：{presale: {after_sale: 5%}}"},
    )
    lines: Annotated[int, Field(ge=0, le=10**6)] | None = optional(
        "lines of the whole centre; without it, no limit", "全中心线路数；不写表示不限", "lines"
    )
    end_of_shift: Leaving = assumed(
        "finish",
        "who is to leave finishes the contact, or sends it back into the queue",
        "到点的客服：finish 接完再走，return_to_queue 退回队列",
    )
    closing: Closing = assumed(
        "answer",
        "who still waits at closing is answered, let_go, or kept for the next opening",
        "打烊时仍在排队者：answer 接完，let_go 放走，keep 留到下次开门",
    )
    outages: tuple[Outages, ...] = Field(
        (),
        description="outages: [{at: 2027-07-07T14:00, lasts: 20min, groups: [own]}]",
        json_schema_extra={"zh": "故障：[{at: 2027-07-07T14:00, lasts: 20min, groups: [own]}]"},
    )
    availability: Availability = group(Availability, "platform that is not always there", "平台可用性")
    busyness: Together = group(Together, "how busy days and intervals hang together", "忙闲波动的相关性")
    simulation: SimulationInputs = group(SimulationInputs, "when to stop, and which engine", "仿真精度与上限")

    @property
    def levels(self) -> dict[str, int]:
        """Place of each type in ``priority``, from 0; of those not named, the one after."""
        found = {name: place for place, names in enumerate(self.priority) for name in names}
        return {name: found.get(name, len(self.priority)) for name in self.contacts}
