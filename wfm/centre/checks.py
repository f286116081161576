"""What is wrong between the parts of a centre file: names nobody has, types that nobody may answer, vendors where none may be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from wfm.centre.crew import days_and_span
from wfm.centre.model import CentreScenario
from wfm.core.errors import Phrase, Problem


def problems_of(scenario: CentreScenario) -> list[Problem]:
    """All of them, with their keys; none for a centre that can be played."""
    return [
        *_routing(scenario),
        *_eligible(scenario),
        *_priority(scenario),
        *_transfers(scenario),
        *_outages(scenario),
        *_on_intervals(scenario),
    ]


def _unknown(key: str, name: str, known: Iterable[str], what: str) -> Problem:
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    if near:
        return Problem(
            "there is no {what} of this name", key, name, "Did you mean '{near}'?", values={"what": what, "near": near[0]}
        )
    return Problem(
        "there is no {what} of this name", key, name, "Known here: {known}", values={"what": what, "known": ", ".join(names)}
    )


_TYPE, _GROUP, _SITE = Phrase("contact type"), Phrase("group"), Phrase("site")


def _routing(scenario: CentreScenario) -> Iterator[Problem]:
    for kind, answerers in scenario.routing.items():
        if kind not in scenario.contacts:
            yield _unknown(f"routing.{kind}", kind, scenario.contacts, _TYPE)
        seen: set[str] = set()
        for number, answerer in enumerate(answerers):
            key = f"routing.{kind}.{number}"
            if answerer.group not in scenario.groups:
                yield _unknown(key, answerer.group, scenario.groups, _GROUP)
            elif answerer.group in seen:
                yield Problem("a group stands twice among those who answer a type", key, answerer.group, "Keep one of the two")
            seen.add(answerer.group)
    for kind in scenario.contacts:
        if not scenario.routing.get(kind):
            way_out = "Add it to routing, e.g. {kind}: [{group}]"
            values = {"kind": kind, "group": next(iter(scenario.groups))}
            yield Problem("nobody may answer this contact type", f"contacts.{kind}", None, way_out, values=values)


def _eligible(scenario: CentreScenario) -> Iterator[Problem]:
    """A vendor takes what may be outsourced (S4-26); a group takes the languages it speaks."""
    for kind, answerers in scenario.routing.items():
        about = scenario.contacts.get(kind)
        for number, answerer in enumerate(answerers):
            crew = scenario.groups.get(answerer.group)
            if about is None or crew is None:
                continue
            key = f"routing.{kind}.{number}"
            if crew.vendor and not about.outsourcable:
                yield Problem("{kind} may not be outsourced, and {group} is a vendor's", key, None,
                              "Take {group} out of routing.{kind}, or write outsourcable: true under contacts.{kind}",
                              values={"kind": kind, "group": answerer.group})  # fmt: skip
            if crew.languages and about.language and about.language not in crew.languages:
                yield Problem("{kind} is answered in {language}, which {group} does not speak", key, None,
                              "Take {group} out of routing.{kind}, or add the language to its languages",
                              values={"kind": kind, "group": answerer.group, "language": about.language})  # fmt: skip


def _priority(scenario: CentreScenario) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, names in enumerate(scenario.priority):
        for name in names:
            if name not in scenario.contacts:
                yield _unknown(f"priority.{place}", name, scenario.contacts, _TYPE)
            elif name in seen:
                yield Problem("a contact type stands twice in priority", f"priority.{place}", name, "Keep one of the two")
            seen.add(name)


def _transfers(scenario: CentreScenario) -> Iterator[Problem]:
    for kind, shares in scenario.transfers.items():
        if kind not in scenario.contacts:
            yield _unknown(f"transfers.{kind}", kind, scenario.contacts, _TYPE)
        for other in shares:
            if other not in scenario.contacts:
                yield _unknown(f"transfers.{kind}.{other}", other, scenario.contacts, _TYPE)
        if sum(shares.values()) > 1 + 1e-9:
            yield Problem("more than all are transferred", f"transfers.{kind}", f"{sum(shares.values()):.0%}",
                          "Write shares of together 100% at most")  # fmt: skip


def _outages(scenario: CentreScenario) -> Iterator[Problem]:
    sites = {crew.site for crew in scenario.groups.values() if crew.site}
    for number, outage in enumerate(scenario.outages):
        key = f"outages.{number}"
        yield from (
            _unknown(f"{key}.groups", name, scenario.groups, _GROUP) for name in outage.groups if name not in scenario.groups
        )
        yield from (_unknown(f"{key}.sites", name, sorted(sites), _SITE) for name in outage.sites if name not in sites)
    for name in scenario.availability.groups:
        if name not in scenario.groups:
            yield _unknown("availability.groups", name, scenario.groups, _GROUP)


def _on_intervals(scenario: CentreScenario) -> Iterator[Problem]:
    """Clock times that cut an interval in two would be rounded without a word."""
    step = int(scenario.plan.interval)
    values = {"minutes": step // 60}
    own = [("hours", scenario.hours), *((f"contacts.{name}.hours", about.hours) for name, about in scenario.contacts.items())]
    for key, hours in own:
        for day in hours.root if hours is not None else ():
            if hours is not None and any(second % step for span in hours.spans_of(day) for second in span):
                yield Problem("opening hours start and end with an interval", key, hours.root[day],
                              "Write times in steps of {minutes} minutes", values=values)  # fmt: skip
    for name, crew in scenario.groups.items():
        for span in crew.agents.root if crew.agents is not None else ():
            if any(second % step for second in days_and_span(span)[1]):
                yield Problem("the number of agents changes within an interval", f"groups.{name}.agents", span,
                              "Write times in steps of {minutes} minutes, or plan in shorter intervals", values=values)  # fmt: skip
