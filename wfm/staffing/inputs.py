"""How agents are found: by which method, under which constraints, and for how busy a day."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from wfm.core import units
from wfm.core.errors import BadValueError
from wfm.core.inputs import Inputs, Share, assumed, group


def _optional(en: str, zh: str, unit: str = "") -> Any:
    return Field(None, description=en, json_schema_extra={"zh": zh, "unit": unit, "origin": "assumed", "source": ""})


def _not_every_day(share: float) -> float:
    if share >= 1:
        raise BadValueError("no number of people meets the targets on every day: a day can always be busier",
                            "Write 90%, or up to 99% at the price of many more people")  # fmt: skip
    return share


class DayPromise(Inputs):
    """The share of days that agents are found for; without it they are found for the forecast's mean."""

    @model_validator(mode="before")
    @classmethod
    def _is_a_section(cls, value: object) -> object:
        if (percent := units.meant_percent(value)) is not None:
            raise BadValueError("a share of days stands under its key here", "Write {{day_target_met: {percent}}}", percent=percent)
        return value

    day_target_met: Annotated[Share, AfterValidator(_not_every_day)] | None = _optional(
        "share of days on which all targets are to be met: agents are added for busy days until the simulation says so",
        "全部目标达标的天数占比：按忙日加人，直到仿真达到",
    )


def _a_cap(value: object) -> object:
    if isinstance(value, int) and value <= 0 and not isinstance(value, bool):
        raise BadValueError("has to be {ge} or more", "Write null where nothing caps it", ge=1)
    return value


def _intervals(value: object) -> object:
    if isinstance(value, str) and not value.strip().lstrip("-").isdigit():
        raise BadValueError("this counts intervals, not time", "Write 2 for every second interval")
    if value in (0, "0") and not isinstance(value, bool):
        raise BadValueError("this counts intervals, 1 or more", "Write 1 where agents may change with every interval")
    return value


Method = Literal["independent", "lagged", "psa", "mol", "transient"]
#: Methods that look at more than an interval's own mean rate; the service they tell is that of intervals linked by their queues.
LINKED = tuple(method for method in get_args(Method) if method != "independent")


class Staffing(Inputs):
    """How the agents of each interval are found."""

    method: Method = assumed(
        "independent",
        "intervals by themselves (independent, lagged, psa, mol), or linked by their queues (transient)",
        "求客服数的方法：各时段独立（independent、lagged、psa、mol），或时段之间由排队相连（transient）",
    )
    promise: DayPromise = group(DayPromise, "for how busy a day", "为多忙的一天配人")
    agents_max: Annotated[int, BeforeValidator(_a_cap), Field(ge=1)] | None = _optional(
        "agents on queue in any interval, at most; seats hold more, shrinkage in the office included (wfm run --given seats=10)",
        "任一时段在线客服上限；工位还要容纳在岗缩减的人，因此更多（wfm run --given seats=10）",
        "agents",
    )
    step_max: Annotated[int, BeforeValidator(_a_cap), Field(ge=1)] | None = _optional(
        "agents change by at most so many from one interval to the next", "相邻时段客服数最多相差", "agents"
    )
    every: Annotated[int, BeforeValidator(_intervals), Field(ge=1, le=96)] = assumed(
        1, "agents change every so many intervals only", "每隔几个时段才可改变客服数", "intervals"
    )
