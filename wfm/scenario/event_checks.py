"""Whether what the planner wrote of certain days fits the plan: events, targets under dates, the day of the report."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wfm.core import moments, units
from wfm.core.calendar import holidays_between
from wfm.core.errors import BadValueError
from wfm.core.moments import Span
from wfm.forecast.phases import Loc, Phase, PlannedEvent, by_length, order_days

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario

_MIDNIGHT = datetime.min.time()


def misfits(scenario: Scenario) -> list[tuple[Loc, BadValueError]]:
    """All that is wrong with the dates of a scenario whose parts are right, each with its place."""
    found: list[tuple[Loc, BadValueError]] = []
    window = scenario.plan
    for number, event in enumerate(scenario.events):
        phases = event.resolved()
        for name, phase in phases.items():
            here: Loc = ("events", number, "phases", name)
            written = event.phases.get(name) is not None
            if phase.returns:
                found += [((*here, key), error) for key, error in _returns(scenario, event)]
                continue
            span = phase.span
            assert span is not None
            key = "at" if phase.at is not None else "dates"
            if not _inside(span, scenario):
                if written:
                    found.append(((*here, key), _outside(scenario)))
                continue
            found += [((*here, at), error) for at, error in _hours(scenario, phase, span, key)]
        found += [(("events", number, "planner_total"), error) for error in _total(scenario, event)]
    found += [(("targets", key), _outside(scenario)) for key in scenario.targets.dated if not _inside(moments.span(key), scenario)]
    day = scenario.report.day
    if day is not None and not window.start <= day <= window.end:
        found.append((("report", "day"), BadValueError("this day lies outside of the plan, {start} to {end}", "Check the date",
                                                       start=window.start, end=window.end)))  # fmt: skip
    elif day is not None:
        midnight = datetime.combine(day, _MIDNIGHT)
        if not any(open_within(scenario, Span(midnight, midnight + timedelta(days=1)))):
            found.append((("report", "day"), BadValueError("the shop is closed on this day", "Write a day on which it is open")))
    return found


def _outside(scenario: Scenario) -> BadValueError:
    return BadValueError("this lies outside of the plan, {start} to {end}",
                         "Check the dates, or plan these days: plan.start and plan.weeks",
                         start=scenario.plan.start, end=scenario.plan.end)  # fmt: skip


def _hours(scenario: Scenario, phase: Phase, span: Span, key: str) -> Iterator[tuple[str, BadValueError]]:
    """Phases against the clock: whole intervals, and something open."""
    step = int(scenario.plan.interval)
    if phase.at is not None:
        clock = (span.start - datetime.combine(span.start.date(), _MIDNIGHT)).total_seconds()
        for at, seconds in (("at", clock), ("lasts", span.seconds)):
            if seconds % step:
                yield at, BadValueError("a phase begins and ends with an interval", "Write times in steps of {minutes} minutes",
                                        minutes=step // 60)  # fmt: skip
                return
    opened = list(open_within(scenario, span))
    if not opened:
        day = span.start.date() if span.start.date() >= scenario.plan.start else scenario.plan.start
        yield key, BadValueError("nobody is there: these hours lie outside of the opening hours",
                                 'Open them, e.g. hours: {{"{day}": "00:00-24:00"}}', day=day)  # fmt: skip
    elif phase.spike_at is not None:
        after = timedelta(seconds=units.clock(phase.spike_at))
        days = {piece.start.date() for piece in opened} | {piece.end.date() for piece in opened}
        jumps = [datetime.combine(day, _MIDNIGHT) + after for day in days]
        if not any(piece.start <= jump < piece.end for piece in opened for jump in jumps):
            yield (
                "spike_at",
                BadValueError(
                    "the jump lies outside of the phase's opening hours", 'Open then (hours), or write e.g. spike_at: "10:00"'
                ),
            )


def _returns(scenario: Scenario, event: PlannedEvent) -> Iterator[tuple[str, BadValueError]]:
    if not order_days(event):
        yield (
            "lag_days",
            BadValueError("returns follow orders, and no phase of this event has any", "Write orders: 8 on its main phase"),
        )
    elif scenario.demand.orders_per_day is None:
        yield "lag_days", BadValueError("returns follow orders, and demand.orders_per_day is not known",
                                        "Write demand.orders_per_day, or a phase with dates and contacts instead")  # fmt: skip


def _total(scenario: Scenario, event: PlannedEvent) -> Iterator[BadValueError]:
    """A total is of all the event, so all of it has to be in the plan, and have hours of its own."""
    if event.planner_total is None:
        return
    first, end = _plan(scenario)
    spans = [(name, span) for name, phase in event.resolved().items() if (span := phase.span) is not None]
    outside = next((name for name, span in spans if span.start < first or span.end > end), None)
    if outside is not None:
        yield BadValueError("a total is of all the event, and {phase} lies in part or whole outside of the plan, {start} to {end}",
                            "Plan all its days, shorten the phase, or leave it out: {phase}: null", phase=outside,
                            start=scenario.plan.start, end=scenario.plan.end)  # fmt: skip


def open_within(scenario: Scenario, span: Span) -> Iterator[Span]:
    """The open parts of a span, cut to the plan."""
    first, end = _plan(scenario)
    days = [first.date() + timedelta(days=offset) for offset in range(-1, scenario.plan.days)]
    holidays = holidays_between(days[0], days[-1], scenario.country) if "holiday" in scenario.hours.root else frozenset()
    low, high = max(span.start, first), min(span.end, end + timedelta(days=1))
    for day in days[1:]:
        if day > high.date() or day < low.date() - timedelta(days=1):
            continue
        midnight = datetime.combine(day, _MIDNIGHT)
        for begin, until in scenario.hours.spans(day, holiday=day in holidays):
            piece = Span(max(low, midnight + timedelta(seconds=begin)), min(high, midnight + timedelta(seconds=until)))
            if piece.start < piece.end:
                yield piece


def _inside(span: Span, scenario: Scenario) -> bool:
    first, end = _plan(scenario)
    return span.start < end and span.end > first


def _plan(scenario: Scenario) -> tuple[datetime, datetime]:
    start = datetime.combine(scenario.plan.start, _MIDNIGHT)
    return start, start + timedelta(days=scenario.plan.days)


@dataclass(frozen=True)
class Odd:
    """What is odd with an event or a target though it can be planned: where, what, and what to do."""

    loc: Loc
    error: BadValueError


def oddities(scenario: Scenario) -> list[Odd]:
    """What a planner should know of dates that fit: contacts that come to nobody, phases left out, phases that overlap, targets of
    closed hours.
    """
    found: list[Odd] = []
    window = scenario.plan
    first, end = _plan(scenario)
    for number, event in enumerate(scenario.events):
        for name, phase in event.resolved().items():
            here: Loc = ("events", number, "phases", name)
            told = {"phase": f"{event.key} {name}", "start": window.start, "end": window.end}
            if phase.returns:
                days = [day + timedelta(days=lag) for day in order_days(event) for lag in phase.lags]
                if days and max(days) > window.end:
                    found.append(Odd(here, BadValueError("{phase} goes on until {last}, after the plan ends on {end}",
                                                         "Plan more weeks to see it whole", last=max(days), **told)))  # fmt: skip
                continue
            span = phase.span
            assert span is not None
            if not _inside(span, scenario):
                found.append(Odd(here, BadValueError("{phase} lies outside of the plan, {start} to {end}, and is left out",
                                                     "Plan its days, or write {name}: null", name=name, **told)))  # fmt: skip
                continue
            if span.start < first or span.end > end:
                found.append(Odd(here, BadValueError("part of {phase} is outside of the plan, {start} to {end}, and left out",
                                                     "Plan its days", **told)))  # fmt: skip
            found += _shut(scenario, phase, span, here, told)
    found += _overlapping(scenario)
    found += _dated_targets(scenario)
    return found


def _dated_targets(scenario: Scenario) -> Iterator[Odd]:
    """Targets of days or hours that hold for less than is written, or for nothing."""
    first, end = _plan(scenario)
    for key in scenario.targets.dated:
        span = moments.span(key)
        if not any(open_within(scenario, span)):
            yield Odd(("targets", key), BadValueError("the shop is closed at this time: these targets hold for nothing",
                                                      "Check the dates, or open then (hours)"))  # fmt: skip
        elif span.start < first or span.end > end:
            yield Odd(("targets", key), BadValueError("part of this lies outside of the plan, {start} to {end}",
                                                      "Check the dates, or plan these days: plan.start and plan.weeks",
                                                      start=scenario.plan.start, end=scenario.plan.end))  # fmt: skip


def _shut(scenario: Scenario, phase: Phase, span: Span, here: Loc, told: dict[str, object]) -> Iterator[Odd]:
    """Hours of a phase in which nobody is there: what a multiple of hours brings then is not in the plan."""
    if phase.at is None:
        return
    opened = sum(piece.seconds for piece in open_within(scenario, span))
    if opened < span.seconds:
        minutes = round((span.seconds - opened) / 60)
        yield Odd((*here, "at"), BadValueError(
            "{phase}: {minutes} of its minutes lie outside of the opening hours; the contacts of that time are not planned",
            'Open these hours: hours: {{"{day}": "00:00-24:00"}}', minutes=minutes, day=span.start.date(), **told))  # fmt: skip


def _overlapping(scenario: Scenario) -> Iterator[Odd]:
    """Phases that lie across each other's ends: the shorter one holds. One inside the other is meant that way."""
    dated = ((one, one.phase.span) for one in by_length(scenario.events))
    phases = [(one, span) for one, span in dated if span is not None and _inside(span, scenario)]
    for (one, long), (other, short) in itertools.combinations(phases, 2):
        apart = short.end <= long.start or long.end <= short.start
        within = long.start <= short.start and short.end <= long.end and long != short
        if apart or within:
            continue
        names = {key: f"{scenario.events[each.event].key} {each.name}" for key, each in (("phase", other), ("other", one))}
        yield Odd(("events", other.event, "phases", other.name), BadValueError(
            "{phase} and {other} overlap: there {phase} holds, as the shorter one or, of the same length, the one written later",
            "Nothing, if that is meant", **names))  # fmt: skip
