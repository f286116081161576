"""Events that a planner writes by hand: which days and hours, how many times the normal contacts, in which shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from wfm.core import moments, registry, units
from wfm.core.errors import BadValueError
from wfm.core.inputs import Duration, Inputs, Name, Quantity, Share, assumed, named

TABLE = "events_cn"
#: Beyond this a multiple is a slip of the keyboard, or percent without its sign.
_MULTIPLE_MAX = 100

Loc = tuple[str | int, ...]


def _written(en: str, zh: str, unit: str = "") -> Any:
    """A key that says something only where it is written."""
    about = {"zh": zh, "unit": unit, "origin": "yours", "source": "", "written": True}
    return Field(None, description=en, json_schema_extra=about)  # type: ignore[arg-type]


def _lags(value: object) -> object:
    """``"4..15"`` or a number of days as written, checked."""
    match = re.fullmatch(r"\+?(\d{1,3})(?:\s*\.\.\s*(\d{1,3}))?", str(value).strip())
    if isinstance(value, bool) or not match:
        raise BadValueError("not a number of days after the order", "Write lag_days: 4..15")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise BadValueError("these days end before they start", "Write the earlier one first: 4..15")
    return f"{first}..{last}" if last > first else str(first)


def _day_span(value: object) -> object:
    units.date_span(str(value))
    return units.dates_text(str(value))


def _moment(value: object) -> object:
    moments.moment(value)
    return units.dates_text(str(value))


def _clock(value: object) -> object:
    if units.clock(value) >= 86400:
        raise BadValueError("a jump lies within a day", 'Write spike_at: "00:00"')
    return str(value).strip()


def _table_name(value: object) -> object:
    known = [entry["key"] for entry in registry.table(TABLE)["event"]]
    if value not in known:
        raise BadValueError("no dated table of this name", "Known tables: {known}; or leave use out and write the phases",
                            known=", ".join(known))  # fmt: skip
    return value


class _Written(Inputs):
    """A section whose keys mean something by being written: saved as it was written, without its defaults."""

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if key in self.model_fields_set}


class Phase(_Written):
    """A part of an event: days (``dates``) or hours (``at``, ``lasts``) with their contacts; or returns that follow its orders."""

    dates: Annotated[str | None, BeforeValidator(lambda value: None if value is None else _day_span(value))] = _written(
        "a day, or first and last day: 2027-10-20..2027-11-09", "一天，或首日..末日：2027-10-20..2027-11-09", "date"
    )
    at: Annotated[str | None, BeforeValidator(lambda value: None if value is None else _moment(value))] = _written(
        "moment it begins: 2027-11-10T20:00 (instead of dates)", "开始时刻：2027-11-10T20:00（与 dates 二选一）", "date"
    )
    lasts: Duration | None = _written("how long it lasts from at", "从 at 起持续多久", "s")
    contacts: Quantity | None = _written(
        "contacts as a multiple of a normal day's, or of the same hours of a normal day",
        "咨询量为平日（或平日同时段）的几倍",
        "times",
    )
    orders: Quantity | None = _written(
        "orders as a multiple of a normal day's; contacts follow them unless written",
        "订单为平日的几倍；不写 contacts 时咨询量同倍",
        "times",
    )
    shape: Literal["usual", "even", "evening", "spike"] = assumed(
        "usual", "how its contacts spread over the hours: usual, even, evening, spike",
        "在时段内如何分布：usual 同平日，even 均匀，evening 偏晚间，spike 突增后回落",
    )  # fmt: skip
    spike_at: Annotated[str | None, BeforeValidator(lambda value: None if value is None else _clock(value))] = _written(
        "clock time of the jump; without it a spike is at the phase's start", "突增的钟点；不写则在开始时", "clock"
    )
    jump: Annotated[Quantity, Field(ge=1)] = assumed(
        5,
        "spike: level at the jump, as a multiple of the phase's busiest usual level",
        "突增时的水平，为该阶段平常最忙水平的几倍",
        "times",
    )
    decay: Annotated[Duration, Field(gt=0)] = assumed("30min", "spike: time in which what is left of the jump halves",
                                                      "突增部分每过多久减半", "s")  # fmt: skip
    rise: Annotated[Quantity, Field(ge=1)] = assumed(
        3,
        "evening: weight of 20:00 to 24:00; it rises from 1 at 12:00",
        "晚间 20:00-24:00 的权重（12:00 起由 1 逐渐升高）",
        "times",
    )
    lag_days: Annotated[str | None, BeforeValidator(lambda value: None if value is None else _lags(value))] = _written(
        "returns: days after the order on which they come, 4..15", "退货：下单后第几天到第几天，如 4..15", "days"
    )
    rate_points: Annotated[Quantity, Field(le=100)] | None = _written(
        "returns: how many more of 100 orders of the event come back", "退货：活动订单的退货率高几个百分点", "points"
    )
    normal_rate: Annotated[Share, Field(gt=0)] = assumed(
        0.10, "returns: share of orders that normally come back", "退货：平日退货率", "", "economics K7: 5-15 %, grade C"
    )

    @field_validator("contacts", "orders")
    @classmethod
    def _is_a_multiple(cls, value: float | None) -> float | None:
        if value is not None and value > _MULTIPLE_MAX:
            raise BadValueError("more than {most} times a normal day", "Write the multiple: 9, or 900%", most=_MULTIPLE_MAX)
        return value

    @property
    def returns(self) -> bool:
        """Whether it is of contacts that follow the event's orders."""
        return self.lag_days is not None or self.rate_points is not None

    @property
    def span(self) -> moments.Span | None:
        """First moment and end by the wall clock; None for returns, whose days follow from the orders."""
        if self.at is not None:
            start = moments.moment(self.at)
            return moments.Span(start, start + timedelta(seconds=self.lasts or 0.0))
        return moments.span(self.dates) if self.dates is not None else None

    @property
    def times(self) -> float:
        """Contacts as a multiple of the normal ones."""
        return self.contacts if self.contacts is not None else self.orders or 0.0

    @property
    def form(self) -> str:
        """Its shape; a ``spike_at`` is that of a spike."""
        return "spike" if self.spike_at is not None and "shape" not in self.model_fields_set else self.shape

    @property
    def lags(self) -> tuple[int, int]:
        """First and last day after the order."""
        first, _, last = str(self.lag_days).partition("..")
        return int(first), int(last or first)

    def misfits(self) -> Iterator[tuple[str, BadValueError]]:
        """(key, what is wrong) of a phase that has all it was given; "" where no key is to blame."""
        if self.returns:
            if self.dates is not None or self.at is not None or self.contacts is not None or self.orders is not None:
                yield "lag_days", BadValueError("returns follow the event's orders and have no dates or contacts of their own",
                                                "Keep lag_days and rate_points, or leave both out")  # fmt: skip
            elif self.lag_days is None:
                yield "", BadValueError("returns come some days after the order", "Add lag_days: 4..15")
            elif self.rate_points is None:
                yield "", BadValueError("how many more orders come back is not known", "Add rate_points: 8")
            return
        if self.dates is not None and (self.at is not None or self.lasts is not None):
            yield "dates", BadValueError("dated in two ways", "Write dates, or at with lasts")
        elif self.at is not None and not self.lasts:
            yield (
                "lasts" if self.lasts is not None else "at",
                BadValueError("how long it lasts is not known", "Write e.g. lasts: 2h"),
            )
        elif self.at is None and self.lasts is not None:
            yield "lasts", BadValueError("when it begins is not known", "Write at: 2027-11-10T20:00, or dates instead of lasts")
        elif self.dates is None and self.at is None:
            yield "", BadValueError("when it is, is not known",
                                    "Write dates: 2027-11-11, or at: 2027-11-10T20:00 with lasts: 2h")  # fmt: skip
        if self.contacts is None and self.orders is None:
            yield "", BadValueError("how many contacts it brings is not known", "Write contacts: 5 for five times a normal day's")
        if self.spike_at is not None and self.form != "spike":
            yield "spike_at", BadValueError("only a spike jumps", "Write shape: spike, or leave spike_at out")


class PlannedEvent(_Written):
    """An event as the planner expects it: phases with multiples of normal contacts, or all its contacts as one number."""

    name: Annotated[Name | None, BeforeValidator(named)] = Field(
        None, description="name of the event, as text or {zh, en}; that of the table unless written",
        json_schema_extra={"zh": "活动名称；不写则用日期表的名称"},
    )  # fmt: skip
    use: Annotated[str | None, BeforeValidator(lambda value: None if value is None else _table_name(value))] = _written(
        "a dated table to start from, such as double11/2027; phases written here win key by key",
        "以哪张日期表为底，如 double11/2027；此处写的阶段逐键优先",
    )
    phases: dict[str, Phase | None] = Field(
        default_factory=dict,
        description="its parts by name, such as presale, opening, main, returns; null drops one of the table",
        json_schema_extra={"zh": "各阶段（名称自定，如 presale、opening、main、returns）；null 去掉日期表中的阶段"},
    )
    planner_total: Quantity | None = _written(
        "the planner's own number of contacts in all hours of its phases; beats their multiples exactly",
        "全部阶段时段内的咨询总量（规划人员自定），精确优先于倍数", "contacts",
    )  # fmt: skip
    uncertainty: Share = assumed(
        0.25, "how far its days may be off: coefficient of variation of their level", "活动日的不确定性（日水平的变异系数）"
    )

    @model_validator(mode="after")
    def _is_whole(self) -> PlannedEvent:
        found: list[tuple[Loc, BadValueError]] = []
        if self.name is None and self.use is None:
            found.append(((), BadValueError("an event needs a name", "Add name: ..., or use: double11/2027")))
        for name, phase in self.resolved().items():
            found += [(("phases", name, *([key] if key else [])), error) for key, error in phase.misfits()]
        if not self.resolved():
            found.append((("phases",), BadValueError("an event without phases changes nothing",
                                                     "Write phases: {main: {dates: 2027-11-11, contacts: 5}}")))  # fmt: skip
        refuse(found)
        return self

    def resolved(self) -> dict[str, Phase]:
        """Its phases as they hold: those of the table with what is written on top, key by key, then those of its own."""
        table = {name: dict(keys) for name, keys in self.table.get("phases", {}).items()}
        result: dict[str, Phase] = {}
        for name in (*table, *(name for name in self.phases if name not in table)):
            if name in self.phases and self.phases[name] is None:
                continue
            own = self.phases.get(name)
            written = {key: getattr(own, key) for key in own.model_fields_set} if own is not None else {}
            given = {key: value for key, value in table.get(name, {}).items() if key in Phase.model_fields}
            # Dated in one way, a phase is no longer dated in the table's.
            if written.get("at") is not None or written.get("lasts") is not None:
                given.pop("dates", None)
            if written.get("dates") is not None:
                given = {key: value for key, value in given.items() if key not in ("at", "lasts")}
            if written.get("shape", "spike") != "spike":
                given.pop("spike_at", None)
            result[name] = Phase.model_validate({**given, **written})
        return result

    def tabled(self, name: str) -> Phase | None:
        """A phase as the dated table alone has it."""
        keys = self.table.get("phases", {}).get(name)
        return None if keys is None else Phase.model_validate({key: keys[key] for key in keys if key in Phase.model_fields})

    @property
    def table(self) -> Mapping[str, Any]:
        """The dated table it uses; empty where none."""
        return next((entry for entry in registry.table(TABLE)["event"] if entry["key"] == self.use), {})

    def called(self, language: str) -> str:
        """Its name in a language."""
        return str(getattr(self.name, language)) if self.name is not None else str(self.table.get(language, self.use))

    @property
    def key(self) -> str:
        """A short name that is the same in all languages."""
        return self.use or self.called("en")


@dataclass(frozen=True)
class Ordered:
    """One phase of one event as it competes with all others for its hours.

    Attributes
    ----------
    event, name, phase
        Number of the event, name of the phase, and what it says.
    """

    event: int
    name: str
    phase: Phase

    @property
    def whole_days(self) -> bool:
        """Whether its multiple is one of days, not of hours."""
        return self.phase.at is None


def by_length(events: tuple[PlannedEvent, ...] | list[PlannedEvent]) -> list[Ordered]:
    """All phases that have dates, in the order in which they have their say: the shorter after the longer, of phases of one length
    the one written later.
    """
    phases = [Ordered(number, name, phase) for number, event in enumerate(events) for name, phase in event.resolved().items()]
    dated = [(one, one.phase.span) for one in phases]
    return [one for one, span in sorted(((o, s) for o, s in dated if s is not None), key=lambda pair: -pair[1].seconds)]


def order_days(event: PlannedEvent) -> dict[date, float]:
    """Day to its orders as a multiple of a normal day's, of all phases that have orders; hours count as their part of 24."""
    days: dict[date, float] = {}
    for phase in event.resolved().values():
        span = phase.span
        if span is None or not phase.orders:
            continue
        if phase.at is not None:
            days[span.start.date()] = days.get(span.start.date(), 0.0) + phase.orders * span.seconds / 86400
            continue
        for offset in range((span.end - span.start).days):
            day = span.start.date() + timedelta(days=offset)
            days[day] = days.get(day, 0.0) + phase.orders
    return days


def refuse(found: list[tuple[Loc, BadValueError]]) -> None:
    """Refuse with all that is wrong, each at its place below the model that is validated."""
    if found:
        details = [
            InitErrorDetails(
                type=PydanticCustomError("value_error", "{reason}", {"reason": str(error), "error": error}), loc=loc, input={}
            )
            for loc, error in found
        ]
        raise ValidationError.from_exception_data("events", details)


def event_days(events: tuple[PlannedEvent, ...] | list[PlannedEvent]) -> frozenset[date]:
    """Every day on which a phase with dates lies, in part or whole."""
    days = set()
    for one in by_length(events):
        span = one.phase.span
        if span is not None:
            last = (span.end - timedelta(seconds=1)).date()
            days |= {span.start.date() + timedelta(days=offset) for offset in range((last - span.start.date()).days + 1)}
    return frozenset(days)
