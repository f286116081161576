"""Shift templates as written, their origins, and the law."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from wfm.schedule.inputs import FullTime, PeakPartTime, Shifts, ShiftTemplate, law_warnings


def test_standard_shifts_keep_the_law() -> None:
    templates = Shifts().templates()
    assert list(templates) == ["full_time", "peak_part_time"]
    assert templates["full_time"].length == 8 * 3600
    assert templates["full_time"].shifts_per_person_week() == 5
    assert templates["peak_part_time"].start_clocks() == (12 * 3600,)
    assert templates["peak_part_time"].shifts_per_person_week() == 6
    assert law_warnings(Shifts()) == []


def test_own_shifts_join_and_standard_ones_can_go() -> None:
    shifts = Shifts.model_validate({"peak_part_time": None, "night": {"length": "8h", "start": "22:00"}})
    assert list(shifts.templates()) == ["full_time", "night"]
    edited = Shifts.model_validate({"peak_part_time": {"length": "3h"}})
    # An edit of one value keeps the others of the standard shift.
    assert edited.templates()["peak_part_time"].start == ("12:00",)
    assert edited.templates()["peak_part_time"].shifts_per_person_week() == 6


def test_unlawful_lengths_warn_and_are_not_refused() -> None:
    shifts = Shifts.model_validate(
        {"full_time": {"length": "9h"}, "peak_part_time": {"length": "5h"}, "twelve": {"length": "12h", "days_per_week": 6}}
    )
    said = {(key, values["shift"]): values for key, values in law_warnings(shifts)}
    assert set(said) == {
        ("law.day_hours", "full_time"),
        ("law.week_hours", "full_time"),
        ("law.part_time_day_hours", "peak_part_time"),
        ("law.day_hours", "twelve"),
        ("law.week_days", "twelve"),
        ("law.week_hours", "twelve"),
    }
    assert said["law.week_hours", "twelve"]["value"] == 72
    assert said["law.week_hours", "twelve"]["limit"] == 40
    assert "Article 36" in said["law.day_hours", "full_time"]["source"]


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ({"night": {"lenght": "8h"}}, "lenght"),
        ({"night": {"start": "25:00"}}, "clock"),
        ({"night": {"start": []}}, "clock"),
        ({"night": {"meal_latest": "10%"}}, "meal does not fit"),
        ({"night": {"meal_earliest": "2s"}}, "2h"),
        ({"night": {"meal_earliest": 3}}, "2h"),
        ({"night": {"length": "30h"}}, "24 hours"),
        ({"night": {"days_per_week": 8}}, "days_per_week"),
        ({"night": {"max_hours_per_week": 4}}, "less than one shift"),
        ({"night": {"start_step": "10s"}}, "one minute"),
        ({"full_time": None, "peak_part_time": None}, "no shift is left"),
        ({"night": 3}, "dictionary"),
    ],
)
def test_mistakes_are_refused(written: dict[str, object], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        Shifts.model_validate(written)


def test_meal_window_by_share_and_by_time() -> None:
    assert ShiftTemplate().meal_window(8 * 3600) == (3600, 7 * 3600)
    template = ShiftTemplate.model_validate({"meal_earliest": "2h", "meal_latest": "5h"})
    assert template.meal_window(8 * 3600) == (7200, 18000)
    # A shift cut to four hours ends before the window does.
    assert template.meal_window(4 * 3600) == (7200, 14400)


@pytest.mark.parametrize("model", [ShiftTemplate, FullTime, PeakPartTime])
def test_every_value_has_both_languages_and_an_origin(model: type[ShiftTemplate]) -> None:
    for name, field in model.model_fields.items():
        about = field.json_schema_extra
        assert isinstance(about, dict)
        assert field.description, name
        assert about["zh"], name
        assert about["origin"] in ("assumed", "law"), name


def test_a_dump_reads_back_as_itself() -> None:
    shifts = Shifts.model_validate({"night": {"start": ["22:00", "23:00"], "meal_earliest": "2h"}})
    assert Shifts.model_validate(shifts.model_dump()) == shifts
