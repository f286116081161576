"""How much to simulate: the part of a scenario that the simulation reads by itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from wfm.core.errors import BadValueError
from wfm.core.inputs import Inputs, Share, assumed


class SimulationInputs(Inputs):
    """When to stop: at a precision, or when the budget of contacts is spent."""

    engine: Literal["compiled", "simpy"] = assumed(
        "compiled",
        "engine that plays the days; both give the same numbers",
        "仿真引擎（两者结果相同）",
    )
    contacts: Annotated[int, Field(ge=1, le=10**9)] = assumed(
        600_000, "budget: stop once this many contacts are simulated", "仿真来电总量上限", "contacts"
    )
    precision: Share = assumed(
        0.003, "enough once sl_offered is known to this much either way, with 95 % confidence", "限时接通率 95% 置信区间的半宽"
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
