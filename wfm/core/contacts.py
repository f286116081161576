"""A contact type: how long it takes, how long people wait for it, and whether they try again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, PrivateAttr, model_validator

from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Inputs, Share, assumed, group, required
from wfm.core.patience import Announcement, Patience
from wfm.core.spread import Spread

if TYPE_CHECKING:
    from wfm.core.distributions import Distribution

__all__ = ["Announcement", "ContactType", "Fit", "Patience", "Redial", "Spread"]


class Redial(Inputs):
    """Who calls again: after a busy line, after hanging up (two different shares, S1-11)."""

    after_busy: Share = assumed(0.30, "share who redial after a busy line", "线路忙后的重拨率", source="S1-11: few keep trying")
    after_abandon: Share = assumed(0.20, "share who redial after hanging up", "放弃后的重拨率", source="S1-11")
    delay: Duration = assumed(60.0, "mean delay until the redial", "重拨前的平均间隔", "s")
    attempts_max: int = Field(5, ge=1, le=20, description="attempts a customer makes at most", json_schema_extra={
        "zh": "每位客户最多尝试次数", "unit": "attempts", "origin": "assumed", "source": ""})  # fmt: skip


def _optional(en: str, zh: str) -> Any:
    return Field(None, description=en, json_schema_extra={"zh": zh, "unit": "", "origin": "assumed", "source": ""})


class Fit(Inputs):
    """Per-contact records from which handle time and patience are fitted; what the planner wrote himself stands."""

    file: str = required("file with a row for each contact, beside the scenario", "每通咨询一行的记录文件（相对于方案文件）")
    sheet: str | None = _optional("sheet of a workbook", "工作表名称")
    export: str | None = _optional(
        "which system's export the file is; without it the headers tell", "文件由哪个系统导出；不写则按表头识别"
    )
    queue: str | None = _optional("the queue whose contacts count, where the file has several", "文件含多个队列时，只取哪个队列")
    columns: dict[str, str] | None = _optional(
        "what the file calls its columns, e.g. {arrival: 来电时间, outcome: 通话结果}",
        "文件中的列名对照，如 {arrival: 来电时间, outcome: 通话结果}",
    )
    date_order: Literal["ymd", "dmy", "mdy"] | None = _optional(
        "order of day, month and year in dates like 05/07/2027", "05/07/2027 这类日期的日、月、年顺序"
    )


class ContactType(Inputs):
    """What one kind of contact is like."""

    channel: Literal["phone"] = assumed("phone", "channel", "渠道")
    talk: Duration = assumed(150.0, "mean talk and hold time", "平均通话时长", "s", "inside 1.5-3 min, S1-08")
    wrap: Duration = assumed(30.0, "mean after-call work", "平均话后处理时长", "s")
    spread: Spread = group(Spread, "scatter of handle times", "处理时长的离散程度")
    patience: Patience = group(Patience, "willingness to wait", "耐心")
    announcements: tuple[Announcement, ...] = Field((), description="what those who wait are told: [{at: 60s, hazard: 50%}]",
        json_schema_extra={"zh": "对等待者的播报：[{at: 60s, hazard: 50%}]"})  # fmt: skip
    redial: Redial = group(Redial, "trying again", "重拨")
    fit: Fit | None = Field(None, description="records to fit handle time and patience from: {file: calls.csv}", json_schema_extra={
        "zh": "用通话记录拟合处理时长与耐心：{file: calls.csv}", "unit": "", "origin": "assumed", "source": ""})  # fmt: skip
    _fitted: dict[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _takes_time(self) -> ContactType:
        if self.aht <= 0:
            raise BadValueError("a contact takes some time: talk or wrap has to be above 0", "Write e.g. talk: 150s")
        return self

    @property
    def patience_distribution(self) -> Distribution | None:
        """Willingness to wait [s] with announcements, or None where onset and mean thereafter say all."""
        if self.patience.plain and not self.announcements:
            return None
        from wfm.core import distributions as d

        told = tuple(
            d.Announcement(one.at, one.hazard, math.inf if one.until is None else one.until, one.hang_up)
            for one in self.announcements
        )
        return d.Announced(self.patience.distribution, told) if told else self.patience.distribution

    @property
    def fitted(self) -> Mapping[str, str]:
        """Keys below ``contact`` whose values were fitted from records, e.g. ``spread.cv``, to the file and method."""
        return self._fitted

    def with_fitted(self, values: Mapping[str, float], sources: Mapping[str, str]) -> ContactType:
        """A copy with these values (seconds, factors) by their keys, and where they come from."""
        parts: dict[str, dict[str, float]] = {}
        for key, value in values.items():
            section, _, name = key.rpartition(".")
            parts.setdefault(section, {})[name] = value
        update: dict[str, Any] = dict(parts.pop("", {}))
        for section, inner in parts.items():
            update[section] = getattr(self, section).model_copy(update=inner)
        contact = self.model_copy(update=update)
        contact._fitted = {**self._fitted, **sources}
        return contact

    @property
    def aht(self) -> float:
        """Average handle time [s]: talk, hold and wrap."""
        return self.talk + self.wrap
