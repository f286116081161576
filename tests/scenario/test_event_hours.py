"""Nights of an event that are forecast at a day's mean, and hours that are open for nobody, are told with hours and contacts."""

from pathlib import Path

import pandas as pd
import pytest

from tests.scenario.shop import GOOD, write
from wfm.event_hours import at_the_mean, without_contacts
from wfm.expected import expect
from wfm.report.sentences import advice
from wfm.scenario.model import Scenario
from wfm.scenario.reader import read_scenario

SALE = GOOD.replace('"10:00-18:00"', '"10:00-18:00", 2027-07-07..2027-07-08: "00:00-24:00"')


def planned(folder: Path, phases: str) -> tuple[Scenario, pd.DataFrame]:
    scenario, _ = read_scenario(write(folder, f"{SALE}events:\n  - {{name: sale, phases: {{{phases}}}}}\n"))
    return scenario, expect(scenario, None)[0]


def test_a_phase_without_a_shape_has_a_days_mean_at_night(tmp_path: Path) -> None:
    scenario, table = planned(
        tmp_path, "main: {dates: 2027-07-07, contacts: 3}, rest: {dates: 2027-07-08, contacts: 1, shape: usual}"
    )
    ((key, said),) = at_the_mean(scenario, table)
    clock = table["start"].dt.tz_localize(None)
    night = (table["date"].astype(str) == "2027-07-07") & ~clock.dt.hour.isin(range(10, 18))
    assert key == "event_nights"
    assert said["hours"] == 16
    assert said["start"] == "2027-07-07 00:00"
    assert said["phases"] == "sale main"
    assert said["value"] == pytest.approx(table.loc[night, "contacts"].sum() / 16, rel=1e-12)
    assert said["value"] > 0


@pytest.mark.parametrize(
    "phases",
    [
        "main: {dates: 2027-07-07..2027-07-08, contacts: 3, shape: even}",
        'main: {dates: 2027-07-07..2027-07-08, contacts: 3, spike_at: "00:00"}',
        "main: {dates: 2027-07-09, contacts: 3}",
        'night: {at: "2027-07-07T10:00", lasts: 8h, contacts: 3}',
    ],
)
def test_nothing_is_told_where_a_shape_is_written_or_no_night_is_open(phases: str, tmp_path: Path) -> None:
    assert at_the_mean(*planned(tmp_path, phases)) == []


def test_hours_that_no_phase_covers_have_nobody(tmp_path: Path) -> None:
    scenario, table = planned(tmp_path, 'night: {at: "2027-07-07T20:00", lasts: 2h, contacts: 3, shape: spike}, '
                                        "rest: {dates: 2027-07-08, contacts: 1}")  # fmt: skip
    ((key, said),) = without_contacts(table)
    assert (key, said["hours"], said["start"]) == ("none_expected", 14, "2027-07-07 00:00")
    assert at_the_mean(scenario, table)[0][1]["phases"] == "sale rest"


def test_hours_with_contacts_are_not_told(tmp_path: Path) -> None:
    assert without_contacts(planned(tmp_path, "main: {dates: 2027-07-07..2027-07-08, contacts: 3}")[1]) == []


def test_the_remarks_are_worded_in_both_languages(tmp_path: Path) -> None:
    from wfm.advice import Advice

    scenario, table = planned(tmp_path, "main: {dates: 2027-07-07, contacts: 3}, "
                                        'night: {at: "2027-07-08T20:00", lasts: 2h, contacts: 3}')  # fmt: skip
    said = [Advice(*remark) for remark in (*at_the_mean(scenario, table), *without_contacts(table))]
    assert [one.key for one in said] == ["event_nights", "none_expected"]
    for one, words in zip(said, ("contacts an hour on average", "no contacts forecast"), strict=True):
        assert words in advice(one, "en", "CNY")
        assert any("一" <= sign <= "鿿" for sign in advice(one, "zh", "CNY"))
