"""The numbers of the first screen, read from a plan: console, page, plan.json and notebook show these and no others."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.plan import Plan

#: Measures of an option, in the order of the comparison table, with their units.
MEASURES = {
    "investment": "money",
    "running_cost_year": "money",
    "benefit_year": "money",
    "npv": "money",
    "irr": "share",
    "mirr": "share",
    "payback_months": "months",
    "discounted_payback_months": "months",
    "payback_from_go_live": "months",
    "roi": "share",
    "pi": "ratio",
    "eaa": "money",
    "cost_per_contact": "money/contact",
    "funding_need": "money",
    "break_even_uplift": "share",
}
_SERVICE = {"answer_rate": "share", "sl_offered": "share", "asa_answered": "s", "occupancy": "share"}


@dataclass(frozen=True)
class Number:
    """One number: where it is simulated, with the ends of its 95 % interval."""

    key: str
    value: float | str | None
    unit: str
    low: float | None = None
    high: float | None = None

    @property
    def half(self) -> float | None:
        """Half the width of the interval, None where there is none."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


class Headline:
    """An ordered collection of `Number`, by key (``people.seats``, ``service.sl_offered``, ``option.hosted.npv``)."""

    def __init__(self, numbers: tuple[Number, ...]) -> None:
        self._numbers = {number.key: number for number in numbers}

    def __iter__(self) -> Iterator[Number]:
        return iter(self._numbers.values())

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, key: object) -> bool:
        return key in self._numbers

    def number(self, key: str) -> Number:
        """The number of ``key`` with unit and interval."""
        return self._numbers[key]

    def __getitem__(self, key: str) -> Any:
        return self._numbers[key].value

    def __repr__(self) -> str:
        width = max((len(key) for key in self._numbers), default=0)
        return "\n".join(f"{n.key:<{width}}  {n.value}  {n.unit}" for n in self)


def headline(plan: Plan) -> Headline:
    """The plan's headline numbers; nothing is computed that a table of the plan does not say."""
    return Headline((*_people(plan), *_service(plan), *_carried(plan), *_options(plan), *_break_evens(plan)))


def _people(plan: Plan) -> Iterator[Number]:
    need = plan.requirement["agents"].replace(math.inf, math.nan)
    row = plan.people.table.iloc[0]
    top = plan.requirement.iloc[int(need.fillna(0.0).to_numpy().argmax())] if need.notna().any() else None
    yield Number("people.agents_peak", _plain(need.max()), "people")
    yield Number("people.agents_peak_start", None if top is None else top["start"].isoformat(), "instant")
    yield Number("people.agents_median", _plain(need[need > 0].median()), "people")
    for column in ("seats", "heads"):
        yield Number(f"people.{column}", _plain(row[column]), column)
    for kind, heads in zip(plan.people.kinds["kind"], plan.people.kinds["heads"], strict=True):
        yield Number(f"people.heads_{kind}", _plain(heads), "heads")
    yield Number("people.licences_concurrent", _plain(row["licences_concurrent"]), "licences")
    yield Number("people.licences_named", _plain(row["licences_named"]), "licences")
    yield Number("people.lines", _plain(plan.lines), "lines")


def _service(plan: Plan) -> Iterator[Number]:
    result = plan.simulation
    for kpi, unit in _SERVICE.items():
        value, low, high = result.kpi(kpi)
        yield Number(f"service.{kpi}", _plain(value), unit, _plain(low), _plain(high))
    every = result.promises[result.promises["target"] == "all"].iloc[0]
    yield Number("service.days_met", _plain(every["met"]), "share", _plain(every["met_low"]), _plain(every["met_high"]))
    known = result.weekdays.dropna(subset=["met"])
    if len(known):
        worst = known.iloc[int(known["met"].to_numpy().argmin())]
        yield Number("service.worst_weekday", int(worst["weekday"]), "weekday")
        yield Number(
            "service.worst_weekday_met", _plain(worst["met"]), "share", _plain(worst.get("met_low")), _plain(worst.get("met_high"))
        )
    if plan.one_more is not None:
        yield Number("service.one_more_met", _plain(plan.one_more.met_after), "share")
        yield Number("service.one_more_start", _plain(plan.one_more.start), "s")
        yield Number("service.one_more_hours", _plain(plan.one_more.hours), "h")
    yield Number("service.contacts_simulated", _plain(result.contacts_simulated), "contacts")


def _carried(plan: Plan) -> Iterator[Number]:
    carried = plan.carried
    yield Number("carried.seats", _plain(carried.seats), "seats")
    yield Number("carried.agents", _plain(carried.agents), "people")
    for name in ("now", "all_targets", "answer_rate"):
        yield Number(f"carried.orders_{name}", _plain(getattr(carried, f"orders_{name}")), "orders/day")
    for name in ("all_targets", "answer_rate"):
        yield Number(f"carried.factor_{name}", _plain(getattr(carried, f"factor_{name}")), "ratio")


def _options(plan: Plan) -> Iterator[Number]:
    yield Number("best", plan.best, "option")
    for row in plan.options.to_dict("records"):
        for measure, unit in MEASURES.items():
            if measure in row:
                yield Number(f"option.{row['option']}.{measure}", _plain(row[measure]), unit)


def _break_evens(plan: Plan) -> Iterator[Number]:
    for row in plan.break_evens.dropna(subset=["value"]).to_dict("records"):
        key = f"break_even.{row['what']}.{row['option']}.{row['against']}"
        yield Number(key, _plain(row["value"]), str(row["unit"]))


def _plain(value: Any) -> float | None:
    """A Python number; whole numbers as int, None for nan and infinities (JSON has neither)."""
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number == int(number) and not isinstance(value, float) else number
