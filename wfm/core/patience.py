"""How long people are willing to wait, as a planner writes it: a family, what it needs, and announcements that change it."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, SerializerFunctionWrapHandler, model_serializer, model_validator

from wfm.core import units
from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Inputs, Quantity, Share, assumed, required, stated

if TYPE_CHECKING:
    from wfm.core.distributions import Distribution

#: What each family is made of, and an example of it.
NEEDS = {
    "delayed": ((), "patience: {onset: 2min, then_mean: 2min}"),
    "exponential": (("mean",), "patience: {family: exponential, mean: 4min}"),
    "weibull": (("scale", "shape"), "patience: {family: weibull, scale: 389s, shape: 0.91}"),
    "lognormal": (("mean", "cv"), "patience: {family: lognormal, mean: 4min, cv: 1.5}"),
    "gamma": (("mean", "cv"), "patience: {family: gamma, mean: 4min, cv: 1.5}"),
    "measured": (("survival",), "patience: {family: measured, survival: {60s: 82%, 120s: 71%, 300s: 49%}}"),
}
_OWN = ("onset", "then_mean", "mean", "cv", "scale", "shape", "survival")


def _or_never(value: object) -> float:
    return math.inf if value in ("never", math.inf) else units.duration(value)


def _told(value: float) -> float | str:
    """As JSON can hold it."""
    return "never" if math.isinf(value) else value


def _only(en: str, zh: str, unit: str = "") -> Any:
    about: dict[str, Any] = {"zh": zh, "unit": unit, "origin": "yours", "source": "", "written": True}
    return Field(None, description=en, json_schema_extra=about)


class Patience(Inputs):
    """Willingness to wait.

    Nobody hangs up before ``onset``; after it, willingness is exponential with mean ``then_mean`` (S4-14). Or another family, with
    what it needs.
    """

    family: Literal["delayed", "exponential", "weibull", "lognormal", "gamma", "measured"] = assumed(
        "delayed", "family of the willingness to wait: delayed, exponential, weibull, lognormal, gamma, measured",
        "耐心的分布：先等后弃、指数、韦布尔、对数正态、伽马或实测曲线",
    )  # fmt: skip
    onset: Duration = stated(120.0, "nobody hangs up before this wait", "开始失去耐心的时刻", "s", source="S4-14")
    then_mean: Annotated[float, Field(allow_inf_nan=True), BeforeValidator(_or_never), PlainSerializer(_told, when_used="json")] = (
        assumed(120.0, "mean further wait before hanging up; `never` for nobody does", "此后平均再等多久；never 表示从不放弃", "s")
    )
    mean: Annotated[Duration, Field(gt=0)] | None = _only(
        "exponential, lognormal, gamma: mean willingness to wait", "平均愿意等多久（指数、对数正态、伽马）", "s"
    )
    cv: Annotated[Quantity, Field(ge=0.05, le=10)] | None = _only(
        "lognormal, gamma: its coefficient of variation", "耐心的变异系数（对数正态、伽马）"
    )
    scale: Annotated[Duration, Field(gt=0)] | None = _only(
        "weibull: wait that 37 % outlast", "韦布尔分布：37% 的人愿意等得更久的时长", "s"
    )
    shape: Annotated[Quantity, Field(ge=0.05, le=1000)] | None = _only(
        "weibull: below 1, who has waited longer is less likely to hang up", "韦布尔分布的形状：小于 1 表示等得越久越不易放弃"
    )
    survival: dict[Annotated[Duration, Field(gt=0)], Annotated[Share, Field(gt=0)]] | None = _only(
        "measured: share still there after each wait, e.g. {60s: 82%, 120s: 71%}; the last stretch goes on as it was",
        "实测曲线：等待各时长后仍未放弃的占比，如 {60s: 82%, 120s: 71%}；最后一段之后照其放弃率延续",
    )
    at_once: Share = assumed(0.0, "share who hang up at once if not answered at once", "不能马上接通就立即挂断的占比")
    never: Share = assumed(0.0, "share who never hang up", "从不放弃的占比")

    @model_validator(mode="after")
    def _fits_its_family(self) -> Patience:
        needs, example = NEEDS[self.family]
        missing = [key for key in needs if getattr(self, key) is None]
        if missing:
            raise BadValueError("a patience of family {family} needs {keys}", "Write e.g. {example}",
                                family=self.family, keys=", ".join(missing), example=example)  # fmt: skip
        mine = needs or ("onset", "then_mean")
        strange = [key for key in _OWN if key not in mine and getattr(self, key) != type(self).model_fields[key].default]
        if strange:
            raise BadValueError("a patience of family {family} has no {keys}", "Take it out, or write its own family: {example}",
                                family=self.family, keys=", ".join(strange), example=_example(strange[0]))  # fmt: skip
        if self.survival is not None:
            points = sorted(self.survival.items())
            if not points or any(later > earlier for (_, earlier), (_, later) in pairwise(points)):
                raise BadValueError("the share still there can only fall with the wait", "Write e.g. {example}", example=example)
        if self.at_once + self.never > 1 + 1e-9:
            raise BadValueError(
                "who hangs up at once and who never does are more than all", "Write shares of together 100% at most"
            )
        return self

    @model_serializer(mode="wrap")
    def _what_it_has(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without the keys of other families."""
        return {key: value for key, value in handler(self).items() if value is not None}

    @property
    def idle(self) -> tuple[str, ...]:
        """Keys that say nothing for this family."""
        return () if self.family == "delayed" else ("onset", "then_mean")

    @property
    def plain(self) -> bool:
        """Whether onset and mean thereafter say all."""
        return self.family == "delayed" and self.at_once == self.never == 0.0

    @property
    def distribution(self) -> Distribution:
        """The distribution of the willingness to wait [s], announcements left out."""
        from wfm.core import distributions as d

        mean, cv = self.mean or 0.0, self.cv or 0.0
        law: d.Distribution
        if self.family == "exponential":
            law = d.Exponential(mean)
        elif self.family == "weibull":
            law = d.Weibull(self.scale or 0.0, self.shape or 0.0)
        elif self.family == "lognormal":
            law = d.Lognormal(mean, cv)
        elif self.family == "gamma":
            law = d.Gamma(mean, cv)
        elif self.family == "measured":
            points = sorted((self.survival or {}).items())
            law = d.HazardTable.of_survival([wait for wait, _ in points], [share for _, share in points])
        else:
            law = d.Delayed(self.onset, self.then_mean)
        if self.never:
            others = 1.0 - self.at_once
            law = d.Staying(min(self.never / others, 1.0), law) if others > 0 else law
        return d.Balking(self.at_once, law) if self.at_once else law


def _example(key: str) -> str:
    return next((example for needs, example in NEEDS.values() if key in needs), NEEDS["delayed"][1])


class Announcement(Inputs):
    """What those who wait are told, and what it does to them."""

    at: Duration = required("wait at which it is heard", "等待多久时播报", "s")
    hazard: Annotated[Quantity, Field(le=100)] = assumed(
        1.0,
        "factor on the rate of hanging up from then on: 0.5 halves it, 0 keeps everybody",
        "此后放弃率乘以多少：0.5 为减半，0 表示不再放弃",
        "times",
    )
    until: Duration | None = _only(
        "wait at which its effect is over; without it, it lasts", "等待多久后效果消失；不写则一直有效", "s"
    )
    hang_up: Share = assumed(0.0, "share of those still there who hang up when they hear it", "听到时立即挂断的占比")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Announcement:
        if self.until is not None and self.until <= self.at:
            raise BadValueError(
                "an announcement's effect ends before it begins", "Write an until after at, e.g. {at: 60s, until: 120s}"
            )
        return self
