"""How agents are found: by which method, under which constraints, and for how busy a day."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from wfm.core.inputs import Inputs, Share, assumed, group


def _optional(en: str, zh: str, unit: str = "") -> Any:
    return Field(None, description=en, json_schema_extra={"zh": zh, "unit": unit, "origin": "assumed", "source": ""})


class DayPromise(Inputs):
    """The share of days that agents are found for; without it they are found for the forecast's mean."""

    day_target_met: Share | None = _optional(
        "share of days on which all targets are to be met: agents are added for busy days until the simulation says so",
        "全部目标达标的天数占比：按忙日加人，直到仿真达到",
    )


class Staffing(Inputs):
    """How the agents of each interval are found."""

    method: Literal["independent", "lagged", "psa", "mol", "transient"] = assumed(
        "independent",
        "intervals by themselves (independent, lagged, psa, mol), or linked by their queues (transient)",
        "求客服数的方法：各时段独立（independent、lagged、psa、mol），或时段之间由排队相连（transient）",
    )
    promise: DayPromise = group(DayPromise, "for how busy a day", "为多忙的一天配人")
    agents_max: Annotated[int, Field(ge=1)] | None = _optional(
        "agents on queue in any interval, at most", "任一时段在线客服上限", "agents"
    )
    step_max: Annotated[int, Field(ge=1)] | None = _optional(
        "agents change by at most so many from one interval to the next", "相邻时段客服数最多相差", "agents"
    )
    every: Annotated[int, Field(ge=1, le=96)] = assumed(
        1, "agents change every so many intervals only", "每隔几个时段才可改变客服数", "intervals"
    )
