"""Contacts that a planner's event brings, explained: its phase, how many times the normal ones, in which shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wfm.report import formats
from wfm.report.explain import Fact, Ground, Part
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.forecast.phases import Phase, PlannedEvent

#: Keys of a phase that stand for its numbers, in the order in which they are told.
_KEYS = ("dates", "at", "lasts", "contacts", "orders", "shape", "spike_at", "jump", "decay", "rise", "lag_days", "rate_points",
         "normal_rate")  # fmt: skip
_RETURNS = ("demand.orders_per_day", "demand.contacts_per_100_orders.returns")


@dataclass(frozen=True)
class Said:
    """The phase of an event that has its say in an interval.

    Attributes
    ----------
    number, event
        Which event of the scenario.
    name, phase
        Which phase of it.
    """

    number: int
    event: PlannedEvent
    name: str
    phase: Phase


def said(ground: Ground, row: dict[str, Any]) -> Said | None:
    """Who has the say in an interval, by the forecast's column ``event``; None where no event of the scenario has."""
    told = row.get("event")
    if formats.missing(told) or not str(told):
        return None
    for number, event in enumerate(ground.scenario.events):
        for name, phase in event.resolved().items():
            if f"{event.key} {name}" == str(told):
                return Said(number, event, name, phase)
    return None


def formula(ground: Ground, one: Said) -> str:
    """What is multiplied, and how it spreads."""
    language, phase = ground.language, one.phase
    if phase.returns:
        return text("explain_formula.contacts_returns", language)
    shape = text(f"event_shape.{phase.form}", language)
    key = "contacts_event_hours" if phase.at is not None else "contacts_event_days"
    line = text(f"explain_formula.{key}", language, times=formats.significant(phase.times), shape=shape)
    total = one.event.planner_total
    return line + ("" if total is None else text("explain_formula.contacts_total", language, total=formats.number(total)))


def parts(ground: Ground, one: Said) -> list[Part]:
    """The event and its phase, each number with its origin."""
    language, phase = ground.language, one.phase
    called = one.event.called(language)
    facts = [
        Fact("event", text("fact.event", language), one.event.key, called),
        Fact("phase", text("fact.phase", language), one.name, one.name),
    ]
    if not phase.returns:
        unit = formats.unit("times", language)
        facts.append(Fact("multiple", text("fact.multiple", language), phase.times, formats.significant(phase.times), unit))
        facts.append(Fact("shape", text("fact.shape", language), phase.form, text(f"event_shape.{phase.form}", language)))
    prefix = f"events.{one.number}."
    facts += ground.many(*(f"{prefix}phases.{one.name}.{key}" for key in _KEYS), *(_RETURNS if phase.returns else ()))
    facts += ground.many(f"{prefix}uncertainty", f"{prefix}planner_total")
    return [Part(text("explain.event", language), facts)]
