"""What is odd in a scenario though nothing is wrong with it: told by ``wfm check``."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from wfm.core import units
from wfm.core.errors import Problem, problem_of
from wfm.scenario.document import Place, dotted
from wfm.staffing.inputs import LINKED

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario
    from wfm.scenario.reader import Source

#: Weeks between the end of a history and the plan beyond which the forecast has to guess what happened meanwhile.
GAP_WEEKS = 8
#: Share of days above which people are staffed for days that come once in years of them.
PROMISE_MOST = 0.99


def remarks(scenario: Scenario, source: Source, history: pd.DataFrame | None = None) -> list[Problem]:
    """Remarks on a scenario that is right, in the order of the file.

    Parameters
    ----------
    history
        The past as read (table ``history``), where the scenario has one.
    """
    found = [
        *_dates_outside(scenario, source),
        *_events(scenario, source),
        *_promise(scenario, source),
        *_patience(scenario, source),
    ]
    if history is not None and len(history):
        last = history["start"].max().tz_convert(scenario.timezone).date()
        found += _gap(scenario, source, last)
    return found


def _events(scenario: Scenario, source: Source) -> list[Problem]:
    if not scenario.events and not scenario.targets.dated:
        return []
    from wfm.scenario.event_checks import oddities

    found = []
    for odd in oddities(scenario):
        place = next((source.places[odd.loc[:end]] for end in range(len(odd.loc), 0, -1) if odd.loc[:end] in source.places), None)
        where = place or Place(source.file)
        found.append(problem_of(odd.error, dotted(odd.loc), None, where.file, where.line))
    return found


def _promise(scenario: Scenario, source: Source) -> list[Problem]:
    share = scenario.staffing.promise.day_target_met
    if share is None or share <= PROMISE_MOST:
        return []
    key = ("staffing", "promise", "day_target_met")
    place = next((source.places[key[:end]] for end in range(len(key), 0, -1) if key[:end] in source.places), Place(source.file))
    return [Problem("{share} of days: people are staffed for a day as busy as one in {days}", dotted(key), None,
                    "Write 99% or less, unless that is meant", place.file, place.line,
                    {"share": units.percent(share), "days": f"{1 / (1 - share):.0f}"})]  # fmt: skip


def _patience(scenario: Scenario, source: Source) -> list[Problem]:
    if scenario.contact.patience_distribution is None or scenario.staffing.method not in LINKED:
        return []
    from wfm.staffing.impatience import exponential_alike

    key = ("staffing", "method")
    place = next((source.places[key[:end]] for end in range(len(key), 0, -1) if key[:end] in source.places), Place(source.file))
    mean = exponential_alike(scenario.contact)[1]
    return [Problem("linked intervals take the patience to be exponential, with a mean of {mean} s", dotted(key),
                    scenario.staffing.method, "The simulation plays it as it is; method independent staffs by it as it is",
                    place.file, place.line, {"mean": f"{mean:.0f}"})]  # fmt: skip


def _gap(scenario: Scenario, source: Source, last: date) -> list[Problem]:
    weeks = (scenario.plan.start - last).days / 7
    key = ("demand", "history", "file")
    place = source.places.get(key, source.places.get(("demand", "history"), Place(source.file)))
    if weeks > GAP_WEEKS:
        return [Problem("the history ends on {last}, {weeks} weeks before the plan begins", dotted(key), None,
                        "Use a newer history, or let the plan begin earlier", place.file, place.line,
                        {"last": last, "weeks": round(weeks)})]  # fmt: skip
    if weeks <= 0:
        return [Problem("the history runs into the plan: it ends on {last}, the plan begins on {start}", dotted(key), None,
                        "Let the plan begin after the history", place.file, place.line,
                        {"last": last, "start": scenario.plan.start})]  # fmt: skip
    return []


def _dates_outside(scenario: Scenario, source: Source) -> list[Problem]:
    found = []
    for day in scenario.hours.root:
        key, place = f"hours.{day}", source.places.get(("hours", day), Place(source.file))
        if day == "holiday" and not scenario.country:
            message, way_out = "no country says which days are holidays", "Write country: CN, or dates instead of holiday"
            found.append(Problem(message, key, None, way_out, place.file, place.line))
        if not day[:1].isdigit():
            continue
        first, last = units.date_span(day)
        if last < scenario.plan.start or first > scenario.plan.end:
            message, span = "these hours lie outside of the plan, {start} to {end}", scenario.plan
            found.append(
                Problem(message, key, None, "Check the dates", place.file, place.line, {"start": span.start, "end": span.end})
            )
    return found
