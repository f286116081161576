"""How handle times scatter around their mean, as a planner writes it: a family, or classes of problems."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Inputs, Quantity, Share, assumed, required

if TYPE_CHECKING:
    from wfm.core.distributions import Distribution


class ProblemClass(Inputs):
    """One class of problems, e.g. consults or exceptions (S1-10)."""

    share: Share = required("share of the contacts that are of this class", "此类咨询的占比")
    mean: Annotated[Duration, Field(gt=0)] = required(
        "mean handle time of the class; what counts is how many times another's: the mean of all stays talk and wrap",
        "此类平均处理时长；只看各类之间的倍数，总平均仍为 talk 加 wrap",
        "s",
    )
    cv: Annotated[Quantity, Field(le=10)] = assumed(
        0.8, "coefficient of variation within the class (lognormal)", "此类处理时长的变异系数（对数正态）"
    )


class Spread(Inputs):
    """How handle times scatter around their mean."""

    family: Literal["lognormal", "exponential"] = assumed("lognormal", "family of the handle time", "处理时长的分布")
    cv: Annotated[Quantity, Field(le=10)] = assumed(
        0.8,
        "coefficient of variation of the handle time",
        "处理时长的变异系数",
        source="S1-10: consults short, exceptions long",
    )
    classes: dict[str, ProblemClass] | None = Field(
        None,
        description="classes of problems instead of family and cv: {consult: {share: 70%, mean: 2min}, "
        "exception: {share: 30%, mean: 7min}}",
        json_schema_extra={
            "zh": "按问题分类（取代 family 与 cv）：{咨询: {share: 70%, mean: 2min}, 异常处理: {share: 30%, mean: 7min}}",
            "unit": "",
            "origin": "yours",
            "source": "S1-10",
            "written": True,
        },
    )

    @model_validator(mode="after")
    def _shares_are_all(self) -> Spread:
        if self.classes is not None:
            total = math.fsum(one.share for one in self.classes.values())
            if abs(total - 1.0) > 1e-6:
                raise BadValueError("the shares of the classes add up to {total}", "Write shares of together 100%",
                                    total=f"{total:.1%}")  # fmt: skip
        return self

    @model_serializer(mode="wrap")
    def _what_it_has(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value is not None}

    @property
    def distribution(self) -> Distribution | None:
        """The classes as a distribution, or None where family and cv say all."""
        from wfm.core.distributions import Classes, Lognormal

        if not self.classes:
            return None
        total = math.fsum(one.share for one in self.classes.values())
        shares = [one.share / total for one in self.classes.values()]
        return Classes(shares, [Lognormal(one.mean, one.cv) for one in self.classes.values()], tuple(self.classes))

    @property
    def idle(self) -> tuple[str, ...]:
        """Keys that say nothing beside classes."""
        return ("family", "cv") if self.classes else ()

    @property
    def variation(self) -> float:
        """Coefficient of variation of all handle times together."""
        if not self.classes:
            return 1.0 if self.family == "exponential" else self.cv
        total = math.fsum(one.share for one in self.classes.values())
        mean = math.fsum(one.share * one.mean for one in self.classes.values()) / total
        square = math.fsum(one.share * one.mean**2 * (1 + one.cv**2) for one in self.classes.values()) / total
        return math.sqrt(max(square / mean**2 - 1, 0.0))
