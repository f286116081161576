"""Events of a scenario from the file to the forecast: normal days, hours open for the event alone, origins, remarks, advice."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm.advice import _event, _planned, _special, _uncertain
from wfm.core.errors import InputError
from wfm.expected import expect, plan_grid, read_past
from wfm.scenario.model import Scenario
from wfm.scenario.origins import origins
from wfm.scenario.reader import read_scenario, read_text_of, validate
from wfm.scenario.remarks import remarks
from wfm.scenario.sheet import workbook_bytes
from wfm.scenario.starter import yaml_text

SCENARIOS = Path(__file__).parents[1] / "scenarios"
NOVEMBER = ("plan={start: 2027-11-08, weeks: 2}",)
WEEK_ROUND_THE_CLOCK = 'hours={daily: "10:00-18:00", "2027-11-08..2027-11-14": "00:00-24:00"}'
MAIN = "events=[{name: sale, phases: {main: {dates: 2027-11-11, contacts: 5}}}]"


def asked(*overrides: str, file: str = "quickstart.yaml") -> Scenario:
    return read_scenario(SCENARIOS / file, [*NOVEMBER, *overrides] if file == "quickstart.yaml" else overrides)[0]


def forecast(scenario: Scenario) -> pd.DataFrame:
    return expect(scenario, read_past(scenario, Path())[0])[0]


def by_day(table: pd.DataFrame) -> pd.Series:
    return table.groupby("date")["contacts"].sum()


def at_night(table: pd.DataFrame) -> pd.Series:
    return ~table["start"].dt.hour.between(10, 17)


@pytest.mark.parametrize("past", ["{generate: shop, weeks: 52}", "estimate"])
def test_a_multiple_is_of_a_normal_day_whatever_the_calendar_says_of_it(past: str) -> None:
    """11 November is a festival of the past too: five times a normal Thursday stays that, such as the next one."""
    days = by_day(forecast(asked(f"demand.history={past}", MAIN)))
    assert days[date(2027, 11, 11)] == pytest.approx(5 * days[date(2027, 11, 18)], rel=0.01)


def test_days_without_a_phase_stay_to_the_last_bit() -> None:
    scenario = asked(MAIN)
    with_event, without = forecast(scenario), forecast(asked())
    rows = with_event["date"] != date(2027, 11, 11)
    pd.testing.assert_frame_equal(with_event[rows].drop(columns="event"), without[rows], check_exact=True)
    assert (with_event.loc[rows, "event"] == "").all()


def test_volume_scales_multiples_and_leaves_a_total() -> None:
    more = by_day(forecast(asked(MAIN, "demand.volume=150%")))[date(2027, 11, 11)]
    assert more == pytest.approx(1.5 * by_day(forecast(asked(MAIN)))[date(2027, 11, 11)])
    total = MAIN.replace("}}}]", "}}, planner_total: 4321}]")
    assert by_day(forecast(asked(total, "demand.volume=150%")))[date(2027, 11, 11)] == 4321


def test_hours_that_dates_open_are_filled_by_the_event_alone() -> None:
    scenario = asked(WEEK_ROUND_THE_CLOCK, MAIN)
    table = forecast(scenario)
    assert len(table) == len(plan_grid(scenario))
    assert np.isfinite(table[["contacts", "aht", "day_cv", "slot_cv", "contacts_q95"]]).all().all()
    night = table[at_night(table)]
    assert (night.loc[night["event"] != "", "contacts"] > 0).all()
    assert (night.loc[night["event"] == "", "contacts"] == 0).all()
    usual = forecast(asked(MAIN))
    assert by_day(table)[date(2027, 11, 11)] == pytest.approx(by_day(usual)[date(2027, 11, 11)])
    pd.testing.assert_series_equal(by_day(table).drop(date(2027, 11, 11)), by_day(usual).drop(date(2027, 11, 11)))


def test_a_week_round_the_clock_without_an_event_is_forecast_too() -> None:
    """No past day is known through 24 hours; its usual hours are, and nothing is known of the others."""
    table, usual = forecast(asked(WEEK_ROUND_THE_CLOCK)), forecast(asked())
    assert (table.loc[at_night(table), "contacts"] == 0).all()
    np.testing.assert_array_equal(table.loc[~at_night(table), "contacts"], usual["contacts"])


def test_hours_that_the_past_knows_are_forecast_from_it() -> None:
    scenario = asked(WEEK_ROUND_THE_CLOCK)
    past = read_past(asked('hours={daily: "00:00-24:00"}'), Path())[0]
    table = expect(scenario, past)[0]
    assert (table.loc[at_night(table), "contacts"] > 0).all()


def test_origins_tell_the_table_from_the_planner() -> None:
    scenario = asked(
        "events=[{use: double11/2027, phases: {presale: null, opening: null, main: {contacts: 6, spike_at: '10:00'}}}]"
    )
    known = {origin.key: origin for origin in origins(scenario) if origin.key.startswith("events")}
    contacts, dates = known["events.0.phases.main.contacts"], known["events.0.phases.main.dates"]
    assert (contacts.value, contacts.kind, contacts.source) == (6, "yours", "")
    assert dates.kind == "assumed"
    assert "2027 is not announced" in dates.source
    points = known["events.0.phases.returns.rate_points"]
    assert (points.kind, points.grade) == ("found", "C")
    assert known["events.0.uncertainty"].kind == "assumed"
    assert "events.0.phases.main.lasts" not in known


def test_a_scenario_with_events_is_written_and_filled_in_a_sheet_and_reads_back(tmp_path: Path) -> None:
    scenario = asked(file="singles-day.yaml")
    assert scenario.events
    assert scenario.targets.dated
    for language in ("en", "zh"):
        assert validate(read_text_of(yaml_text(scenario, language), "again.yaml")) == scenario
        for filled in (False, True):
            path = tmp_path / f"{language}{filled}.xlsx"
            path.write_bytes(workbook_bytes(scenario, language, filled=filled))
            assert read_scenario(path)[0] == scenario


def told(*overrides: str) -> str:
    scenario, source = read_scenario(SCENARIOS / "quickstart.yaml", [*NOVEMBER, *overrides])
    return "\n".join(problem.text("en") for problem in remarks(scenario, source))


def test_what_does_not_reach_the_plan_is_told() -> None:
    late = "events=[{name: sale, phases: {opening: {at: '2027-11-11T17:00', lasts: 2h, contacts: 9}}}]"
    assert "60 of its minutes lie outside of the opening hours" in told(late)
    table = told("events=[{use: double11/2027, phases: {opening: null, main: {spike_at: '10:00'}}}]")
    assert "part of double11/2027 presale is outside of the plan" in table
    assert "goes on until 2027-11-26" in table
    june = "events=[{use: 618/2027}, {name: sale, phases: {main: {dates: 2027-11-11, contacts: 5}}}]"
    assert "618/2027 main lies outside of the plan" in told(june)
    part = "events=[{name: sale, phases: {presale: {dates: 2027-11-01..2027-11-10, contacts: 2}}}]"
    assert "part of sale presale is outside of the plan" in told(part)
    assert told(MAIN) == ""


def test_phases_across_each_other_are_told_and_one_inside_the_other_is_not() -> None:
    across = "{a: {dates: 2027-11-09..2027-11-11, contacts: 2}, b: {dates: 2027-11-11..2027-11-12, contacts: 3}}"
    assert "sale b and sale a overlap" in told(f"events=[{{name: sale, phases: {across}}}]")
    inside = "{a: {dates: 2027-11-09..2027-11-11, contacts: 2}, b: {dates: 2027-11-10, contacts: 3}}"
    assert told(f"events=[{{name: sale, phases: {inside}}}]") == ""


def test_advice_on_festivals_knows_the_events() -> None:
    scenario = asked(MAIN.replace("2027-11-11", "2027-11-10..2027-11-11"))
    table = forecast(scenario)
    past = read_past(scenario, Path())[0]

    class Staffed:
        workload = table

    staffed = Staffed()
    assert _event(scenario, past, staffed) == []
    assert _event(asked(), past, staffed) != []
    assert _special(asked("demand.history=estimate"), None) != []
    assert _special(asked("demand.history=estimate", MAIN.replace("2027-11-11", "2027-11-10..2027-11-11")), None) == []
    (said,) = _planned(scenario, staffed)
    assert said.key == "planned_events"
    assert said.values["count"] == 2  # noqa: PD011 -- not a table
    assert _planned(asked(), staffed) == []
    assert _uncertain(scenario, staffed) == []


def test_a_saved_scenario_holds_what_was_written() -> None:
    scenario = asked(file="singles-day.yaml")
    again = Scenario.model_validate(json.loads(scenario.model_dump_json()))
    assert [event.resolved() for event in again.events] == [event.resolved() for event in scenario.events]
    assert again == scenario


def test_one_number_of_a_list_is_overridden_in_its_place() -> None:
    overrides = ("events.0.planner_total=60000", "events.0.phases.opening.contacts=8", "events.0.phases.presale=null")
    event = asked(*overrides, file="singles-day.yaml").events[0]
    assert (event.planner_total, event.resolved()["opening"].contacts) == (60_000, 8)
    assert "presale" not in event.resolved()
    assert event.resolved()["main"].contacts == 5
    with pytest.raises(InputError, match=r"events\.0\.phases\.Peak\.contacts: not a number"):
        asked("events.0.phases.Peak={dates: 2027-11-11, contacts: x}", file="singles-day.yaml")
    with pytest.raises(InputError, match="events: a list is needed here"):
        asked("events.7.planner_total=1", file="singles-day.yaml")


@pytest.mark.parametrize(
    "hours",
    [
        '{daily: closed, "2027-11-10..2027-11-12": "00:00-24:00"}',
        '{"2027-11-10..2027-11-12": "00:00-24:00"}',
        '{daily: "10:00-18:00", "2027-11-11": "20:00-02:00"}',
        '{mon: "10:00-18:00", "2027-11-11": "00:00-24:00"}',
        '{daily: "11:00-19:00", "2027-11-11": "00:00-24:00"}',
    ],
)
@pytest.mark.parametrize("past", ["{generate: shop, weeks: 30}", "estimate"])
def test_odd_hours_are_forecast_too(hours: str, past: str) -> None:
    event = "events=[{name: sale, phases: {main: {dates: 2027-11-11, contacts: 5, shape: spike}}, planner_total: 2500}]"
    scenario = asked(f"hours={hours}", f"demand.history={past}", event)
    before = read_past(asked(f"demand.history={past}"), Path())[0]
    table = expect(scenario, before)[0]
    assert len(table) == len(plan_grid(scenario))
    assert np.isfinite(table.select_dtypes("number")).all().all()
    assert table.loc[table["event"] != "", "contacts"].sum() == 2500


def test_a_past_of_daily_totals_is_enough() -> None:
    scenario = asked(WEEK_ROUND_THE_CLOCK, MAIN)
    past = read_past(scenario, Path())[0]
    assert past is not None
    days = (
        past.groupby(past["start"].dt.normalize())[["offered", "handled", "handle_time"]].sum().reset_index().assign(queue="shop")
    )
    table = expect(scenario, days)[0]
    assert by_day(table)[date(2027, 11, 11)] == pytest.approx(by_day(forecast(scenario))[date(2027, 11, 11)], rel=0.05)
    assert (table.loc[at_night(table) & (table["event"] == ""), "contacts"] == 0).all()
