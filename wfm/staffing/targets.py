"""What service is to be reached: in every interval, on certain dates, and how a day is judged by it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from wfm.core import moments
from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Inputs, Share, assumed, group, stated

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ServiceLevel(Inputs):
    """A share of contacts answered within a time; the share is of all offered contacts (sl_offered)."""

    share: Share = assumed(0.80, "share of offered contacts answered in time", "及时应答的占比（分母为请求人工量）")
    within: Duration = assumed(20.0, "the time", "应答时限", "s")


def _other(en: str, zh: str, unit: str = "") -> Any:
    return Field(None, description=en, json_schema_extra={"zh": zh, "unit": unit, "origin": "yours", "written": True})


class DatedLevel(Inputs):
    """A service level of certain days: what is not written is as on other days."""

    share: Share | None = _other("share of offered contacts answered in time, then", "此时及时应答的占比")
    within: Duration | None = _other("the time, then", "此时的应答时限", "s")


class DatedTargets(Inputs):
    """Targets of certain days or hours: what is not written, or null, is as on other days; 0% asks for nothing."""

    answer_rate: Share | None = _other("share of offered contacts answered by a person, then", "此时的人工接通率（按次）")
    sl_offered: DatedLevel = group(DatedLevel, "answered within a time, of offered, then", "此时的限时接通率")
    occupancy_max: Share | None = _other("agents busy at most this share of their time, then", "此时的占用率上限")

    @model_validator(mode="before")
    @classmethod
    def _stands_under_dates(cls, value: object) -> object:
        if isinstance(value, _NoDates):
            if value.error is not None:
                raise value.error
            raise PydanticCustomError("extra_forbidden", "unknown key")
        return value


class _NoDates(dict[str, Any]):
    """What stands under a name that is neither a target nor a span of dates, and why it is none."""

    def __init__(self, error: BadValueError | None) -> None:
        super().__init__()
        self.error = error


class Targets(Inputs):
    """What service is to be reached in every interval; a target set to null is not asked for.

    Under dates stand the targets of those days or hours (`DatedTargets`): ``"2027-11-10T20:00..2027-11-12": {answer_rate: 90%}``.
    Where several hold, the shortest span has its say last, of spans of one length the one written later, key by key.
    """

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, DatedTargets] = Field(init=False)

    answer_rate: Share | None = stated(0.98, "share of offered contacts answered by a person", "人工接通率（按次）", source="S0-10")
    sl_offered: ServiceLevel | None = group(ServiceLevel, "answered within a time, of offered", "限时接通率")
    occupancy_max: Share | None = assumed(0.85, "agents busy at most this share of their time on queue", "占用率上限")
    line_blocking_max: Annotated[Share, Field(gt=0)] = assumed(
        0.01, "share of contacts that may find all lines busy", "线路拥塞率上限"
    )

    @model_validator(mode="before")
    @classmethod
    def _names_are_dates(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        known = {name: inner if name in cls.model_fields else _under(str(name), inner) for name, inner in value.items()}
        return {str(name): inner for name, inner in known.items()}

    @model_validator(mode="after")
    def _something_is_asked(self) -> Targets:
        if self.answer_rate is None and self.sl_offered is None and self.occupancy_max is None:
            raise BadValueError("at least one target is needed", "Write answer_rate, sl_offered or occupancy_max")
        return self

    @property
    def threshold(self) -> float:
        """Seconds within which a contact counts as answered in time, where no dates say otherwise (`thresholds`)."""
        return self.sl_offered.within if self.sl_offered else 20.0

    @property
    def dated(self) -> dict[str, DatedTargets]:
        """Targets of certain dates, by how those are written."""
        return dict(self.__pydantic_extra__ or {})

    @property
    def general(self) -> Targets:
        """The targets of all other days."""
        return self._with([])

    def groups(self, starts: Any) -> list[tuple[Targets, NDArray[np.bool_]]]:
        """The distinct targets that hold in some intervals, each with the intervals it holds in.

        Parameters
        ----------
        starts
            Local starts of the intervals (tz-aware), in any order; an interval goes by the targets of its start, by the wall clock.

        Returns
        -------
        list of (Targets, bool array)
            Every interval in exactly one array; the targets without dates of their own. Without dated targets, ``self`` and all.
        """
        import pandas as pd

        clock = pd.DatetimeIndex(starts).tz_localize(None).to_numpy()
        if not self.dated:
            return [(self, np.ones(len(clock), dtype=bool))]
        spans = {key: moments.span(key) for key in self.dated}
        order = sorted(spans, key=lambda key: -spans[key].seconds)
        holds = np.array([(clock >= np.datetime64(spans[key].start)) & (clock < np.datetime64(spans[key].end)) for key in order])
        found: list[tuple[Targets, NDArray[np.bool_]]] = []
        for row in np.unique(holds, axis=1).T:
            mine = (holds == row[:, None]).all(axis=0)
            targets = self._with([self.dated[key] for key, held in zip(order, row, strict=True) if held])
            at = next((i for i, (known, _) in enumerate(found) if known == targets), None)
            if at is None:
                found.append((targets, mine))
            else:
                found[at] = targets, found[at][1] | mine
        return found

    def at(self, start: Any) -> Targets:
        """The targets of the interval that begins at ``start`` (tz-aware local instant)."""
        return self.groups([start])[0][0]

    def _with(self, dated: list[DatedTargets]) -> Targets:
        """The targets without dates, what ``dated`` say on top, one after the other."""
        values: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        for each in dated:
            level = {name: part for name, part in each.sl_offered if part is not None}
            if level:
                values["sl_offered"] = (values["sl_offered"] or ServiceLevel()).model_copy(update=level)
            values |= {name: part for name in ("answer_rate", "occupancy_max") if (part := getattr(each, name)) is not None}
        return Targets(**values)

    def thresholds(self, starts: Any) -> float | NDArray[np.float64]:
        """Seconds within which a contact counts as answered in time: one number where it is the same in all intervals."""
        groups = self.groups(starts)
        different = {targets.threshold for targets, _ in groups}
        if len(different) <= 1:
            return different.pop() if different else self.threshold
        return np.asarray(np.select([rows for _, rows in groups], [targets.threshold for targets, _ in groups]))

    def judged(self, starts: Any) -> dict[str, tuple[int, float | NDArray[np.float64]]]:
        """`bounds` of intervals: an array, nan where nothing is asked, for a KPI whose bound is not the same in all of them."""
        groups = self.groups(starts)
        result: dict[str, tuple[int, float | NDArray[np.float64]]] = {}
        for name in ("answer_rate", "sl_offered"):
            each = [targets.bounds().get(name, (1, math.nan))[1] for targets, _ in groups]
            if len(set(each)) == 1 and not math.isnan(each[0]):
                result[name] = (1, each[0])
            elif not all(map(math.isnan, each)):
                result[name] = (1, np.asarray(np.select([rows for _, rows in groups], each, math.nan)))
        return result

    def bounds(self) -> dict[str, tuple[int, float]]:
        """KPI name to (direction, bound), +1 meaning at least: the service targets a day is judged by, dates aside (`judged`).

        Busy lines are in them: a blocked contact is offered and not answered. The caps on occupancy and blocking size agents and
        lines.
        """
        result: dict[str, tuple[int, float]] = {}
        if self.answer_rate is not None:
            result["answer_rate"] = (1, self.answer_rate)
        if self.sl_offered is not None:
            result["sl_offered"] = (1, self.sl_offered.share)
        return result

    def solver(self) -> dict[str, Any]:
        """The targets as keywords of ``agents_for`` and ``rate_for`` of the Erlang models."""
        asked: dict[str, Any] = {}
        if self.answer_rate is not None:
            asked["answer_rate"] = self.answer_rate
        if self.sl_offered is not None:
            asked["sl_offered"] = (self.sl_offered.share, self.sl_offered.within)
        if self.occupancy_max is not None:
            asked["occupancy"] = self.occupancy_max
        return asked


def _under(name: str, value: object) -> object:
    """What stands under a name of one's own: targets of dates, or a reason why it is none."""
    if not name[:1].isdigit():
        return _NoDates(None)
    try:
        moments.span(name)
    except BadValueError as error:
        return _NoDates(error)
    return value
