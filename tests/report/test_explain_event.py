"""Contacts of a planner's event: its phase, multiple and shape are told, not what the history says."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.conftest import SCENARIOS
from wfm.report.explain import Explanation, Ground, explain
from wfm.report.shown import ShownPlan
from wfm.report.words import LANGUAGES
from wfm.scenario.reader import read_scenario
from wfm.steps import Steps


@pytest.fixture(scope="module")
def festival() -> Steps:
    scenario, source = read_scenario(SCENARIOS / "singles-day.yaml", ["staffing={method: independent}"])
    return Steps(scenario, folder=source.folder)


def contacts(made: Steps, language: str, *when: int) -> Explanation:
    return explain(Ground(made, language, planned=False), "contacts", datetime(2027, 11, *when))


def facts(found: Explanation) -> dict[str, tuple[object, str]]:
    return {fact.key: (fact.value, fact.shown) for part in found.parts for fact in part.facts}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_opening_is_a_multiple_of_the_same_hours(festival: Steps, language: str) -> None:
    found = contacts(festival, language, 10, 20, 0)
    known = facts(found)
    assert (known["phase"][0], known["multiple"][0], known["shape"][0]) == ("opening", 9, "spike")
    assert known["event"][1] == ("双11" if language == "zh" else "Singles' Day")
    assert "events.0.phases.opening.contacts" in known
    assert ("× 9" if language == "zh" else "x 9") in found.formula
    assert ("平常同样时段" if language == "zh" else "same hours of a normal day") in found.formula
    assert ("从历史学得（" if language == "zh" else "learnt from the history") not in found.formula
    assert not any(key.startswith("history.") for key in known), "the shop is closed then in the history"


def test_a_day_of_an_event_is_a_multiple_of_a_day(festival: Steps) -> None:
    found = contacts(festival, "en", 11, 12, 0)
    assert facts(found)["multiple"][0] == 5
    assert "contacts of a normal day x 5" in found.formula
    assert any(key.startswith("history.") for key in facts(found))


def test_returns_tell_what_they_follow(festival: Steps) -> None:
    found = contacts(festival, "en", 22, 12, 0)
    known = facts(found)
    assert known["phase"][0] == "returns"
    assert "multiple" not in known
    assert known["events.0.phases.returns.normal_rate"][1] == "10%"
    assert "returns of the event's orders" in found.formula


def test_a_total_of_ones_own_is_told() -> None:
    text = "events=[{name: sale, phases: {main: {dates: 2027-11-11, contacts: 5}}, planner_total: 4321, uncertainty: 20%}]"
    scenario, source = read_scenario(SCENARIOS / "singles-day.yaml", ["staffing={method: independent}", text])
    made = Steps(scenario, folder=source.folder)
    found = contacts(made, "en", 11, 12, 0)
    assert "sum to exactly 4,321" in found.formula
    assert facts(found)["event"][1] == "sale"
    assert "learnt from the history" in contacts(made, "en", 15, 12, 0).formula


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("day", [8, 10, 11, 15])
def test_no_heading_is_without_rows(festival: Steps, language: str, day: int) -> None:
    for what in ("contacts", "agents", "aht"):
        found = explain(Ground(festival, language, planned=False), what, datetime(2027, 11, day, 12, 0))
        assert all(part.facts or part.lines for part in found.parts)
    night = contacts(festival, language, 10, 21, 0)
    assert all(part.facts or part.lines for part in night.parts)


def test_ordinary_days_are_learnt_from_the_history(quickstart: ShownPlan) -> None:
    found = explain(Ground(quickstart, "en", planned=True), "contacts", datetime(2027, 7, 5, 12, 30))
    assert "learnt from the history" in found.formula
    assert "event" not in facts(found)
