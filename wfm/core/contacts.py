"""A contact type: how long it takes, how long people wait for it, and whether they try again."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from wfm.core import units
from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Factor, Inputs, Share, assumed, group, stated


class Spread(Inputs):
    """How handle times scatter around their mean."""

    family: Literal["lognormal", "exponential"] = assumed("lognormal", "family of the handle time", "处理时长的分布")
    cv: Factor = assumed(
        0.8,
        "coefficient of variation of the handle time",
        "处理时长的变异系数",
        source="S1-10: consults short, exceptions long",
    )


def _or_never(value: object) -> float:
    return math.inf if value in ("never", math.inf) else units.duration(value)


class Patience(Inputs):
    """Nobody hangs up before ``onset``; after it, willingness to wait is exponential with mean ``then_mean`` (S4-14)."""

    onset: Duration = stated(120.0, "nobody hangs up before this wait", "开始失去耐心的时刻", "s", source="S4-14")
    then_mean: Annotated[float, Field(allow_inf_nan=True), BeforeValidator(_or_never)] = assumed(
        120.0, "mean further wait before hanging up; `never` for nobody does", "此后平均再等多久；never 表示从不放弃", "s"
    )

    def survival(self, wait: float) -> float:
        """Share of people willing to wait longer than ``wait`` seconds."""
        if wait < self.onset:
            return 1.0
        return math.exp(-(wait - self.onset) / self.then_mean) if self.then_mean > 0 else 0.0


class Redial(Inputs):
    """Who calls again: after a busy line, after hanging up (two different shares, S1-11)."""

    after_busy: Share = assumed(0.30, "share who redial after a busy line", "线路忙后的重拨率", source="S1-11: few keep trying")
    after_abandon: Share = assumed(0.20, "share who redial after hanging up", "放弃后的重拨率", source="S1-11")
    delay: Duration = assumed(60.0, "mean delay until the redial", "重拨前的平均间隔", "s")
    attempts_max: int = Field(5, ge=1, le=20, description="attempts a customer makes at most", json_schema_extra={
        "zh": "每位客户最多尝试次数", "unit": "attempts", "origin": "assumed", "source": ""})  # fmt: skip


class ContactType(Inputs):
    """What one kind of contact is like."""

    channel: Literal["phone"] = assumed("phone", "channel", "渠道")
    talk: Duration = assumed(150.0, "mean talk and hold time", "平均通话时长", "s", "inside 1.5-3 min, S1-08")
    wrap: Duration = assumed(30.0, "mean after-call work", "平均话后处理时长", "s")
    spread: Spread = group(Spread, "scatter of handle times", "处理时长的离散程度")
    patience: Patience = group(Patience, "willingness to wait", "耐心")
    redial: Redial = group(Redial, "trying again", "重拨")

    @model_validator(mode="after")
    def _takes_time(self) -> ContactType:
        if self.aht <= 0:
            raise BadValueError("a contact takes some time: talk or wrap has to be above 0", "Write e.g. talk: 150s")
        return self

    @property
    def aht(self) -> float:
        """Average handle time [s]: talk, hold and wrap."""
        return self.talk + self.wrap
