"""What is not wrong in a centre file and yet worth knowing: groups that answer nobody, contacts that come while nobody is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from wfm.centre.model import CentreScenario
from wfm.core import calendar
from wfm.core.errors import Problem
from wfm.scenario.document import KeyPath, Place
from wfm.scenario.fields import keys_of
from wfm.scenario.problems import placed


def remarks(scenario: CentreScenario, places: Mapping[KeyPath, Place], file: str) -> list[Problem]:
    """All of them, at their places in the file."""
    found = [*_unused(scenario), *_late(scenario), *_bursts(scenario), *_outages(scenario)]
    with keys_of(CentreScenario):
        return [placed(problem, places, file) for problem in found]


def _unused(scenario: CentreScenario) -> Iterator[Problem]:
    used = {answerer.group for answerers in scenario.routing.values() for answerer in answerers}
    for name in scenario.groups:
        if name not in used:
            yield Problem("this group answers nobody", f"groups.{name}", None, "Add it to a line of routing")


def _late(scenario: CentreScenario) -> Iterator[Problem]:
    """Overflow that comes when the time of the target is over: more agents there hardly help the service level."""
    for name, answerers in scenario.routing.items():
        target = scenario.contacts[name].targets.sl_offered
        for number, answerer in enumerate(answerers):
            if target is not None and answerer.after >= target.within > 0:
                yield Problem(
                    "whoever gets here has waited for as long as the target's {within:g} s already",
                    f"routing.{name}.{number}",
                    f"after: {answerer.after:g}s",
                    "Write a shorter after to improve sl_offered; like this it spares people from hanging up",
                    values={"within": target.within},
                )


def _bursts(scenario: CentreScenario) -> Iterator[Problem]:
    for name, about in scenario.contacts.items():
        for number, drop in enumerate(about.bursts):
            key = f"contacts.{name}.bursts.{number}"
            at = f"{drop.at:%Y-%m-%d %H:%M}"
            if not _played(scenario, drop.at):
                yield Problem("this is on none of the days played: its contacts do not come", key, at, "Check it and plan.start")
            elif not _open(scenario, drop.at):
                yield Problem("the centre is closed then: who calls before it opens is lost", key, at, "Check it and hours")


def _outages(scenario: CentreScenario) -> Iterator[Problem]:
    for number, outage in enumerate(scenario.outages):
        end = outage.at + timedelta(seconds=outage.lasts)
        if not (_played(scenario, outage.at) or _played(scenario, end)):
            at = f"{outage.at:%Y-%m-%d %H:%M}"
            yield Problem("this is on none of the days played: nothing fails", f"outages.{number}", at, "Check it and plan.start")


def _played(scenario: CentreScenario, at: datetime) -> bool:
    first = datetime.combine(scenario.plan.start, datetime.min.time())
    return first <= at < first + timedelta(days=scenario.plan.days)


def _open(scenario: CentreScenario, at: datetime) -> bool:
    """Whether the centre is open by the wall clock, hours past the midnight before included."""
    for offset in (0, 1):
        day = at.date() - timedelta(days=offset)
        holiday = day in calendar.holidays_between(day, day, scenario.country)
        second = at.hour * 3600 + at.minute * 60 + at.second + 86400 * offset
        if any(begin <= second < end for begin, end in scenario.hours.spans(day, holiday=holiday)):
            return True
    return False
