"""How much to simulate: the part of a scenario that the simulation reads by itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from wfm.core.errors import BadValueError
from wfm.core.inputs import Inputs, Share, assumed
from wfm.core.kpi import KPIS

#: The names of `wfm.core.kpi.KPIS`.
KpiName = Literal[
    "answer_rate", "answer_rate_customer", "sl_offered", "sl_net", "sl_answered", "sl_either", "asa_answered", "mean_wait_all",
    "abandon_rate_offered", "blocking", "aht", "occupancy",
]  # fmt: skip


class SimulationInputs(Inputs):
    """When to stop: at a precision, or when the budget of contacts is spent.

    The precision is looked at after each replication, so it tends to be found when replications happen to be alike: intervals of
    95 % then hold the truth in 93 % (precisions that some 15 replications give) to 95 % (from 100 on, and where the least number
    is enough), with ``replications_min`` of 10; playing on for a while before believing it gains nothing that could be measured.
    With fewer at least, too many runs stop at once by luck: about 90 % with 5, 85 % with 3.
    """

    engine: Literal["compiled", "simpy"] = assumed(
        "compiled",
        "engine that plays the days; both give the same numbers",
        "仿真引擎（两者结果相同）",
    )
    contacts: Annotated[int, Field(ge=1, le=10**9)] = assumed(
        600_000, "budget: stop once this many contacts are simulated", "仿真来电总量上限", "contacts"
    )
    precision: Share = assumed(
        0.003,
        "enough once precision_of is known to this much either way, with 95 % confidence",
        "所选指标 95% 置信区间的半宽，达到即停",
    )
    precision_of: KpiName = assumed("sl_offered", "KPI whose precision counts", "以哪个指标的精度为准")
    precision_relative: bool = assumed(
        False, "precision is a share of the KPI's value; for times it has to be", "精度按指标值的比例计（时间类指标必须如此）"
    )
    replications_min: Annotated[int, Field(ge=2, le=10**6)] = assumed(
        10, "play the plan at least so often, whatever the budget", "最少仿真轮数（不受上限约束）", "replications"
    )
    replications_max: Annotated[int, Field(ge=2, le=10**6)] = assumed(
        1000, "play the plan at most so often", "最多仿真轮数", "replications"
    )

    @model_validator(mode="after")
    def _least_is_not_above_most(self) -> SimulationInputs:
        if self.replications_min > self.replications_max:
            raise BadValueError(
                "replications_min {least} is above replications_max {most}",
                "Raise replications_max or lower replications_min",
                least=self.replications_min,
                most=self.replications_max,
            )
        return self

    @model_validator(mode="after")
    def _a_precision_of_times_is_relative(self) -> SimulationInputs:
        if KPIS[self.precision_of].unit == "s" and not self.precision_relative:
            raise BadValueError(
                "a precision is a share, and {kpi} is a time",
                "Write precision_relative: true to mean a share of its value",
                kpi=self.precision_of,
            )
        return self
