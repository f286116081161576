"""Full-width punctuation is named where it breaks YAML, never where it is part of a text; and in the language of the file."""

from pathlib import Path

import pytest

from tests.scenario.shop import GOOD, write
from wfm.core.errors import InputError
from wfm.scenario import full_width
from wfm.scenario.reader import read_scenario


@pytest.mark.parametrize(
    ("line", "signs"),
    [
        ("targets: {answer_rate: 98%，occupancy_max: 85%}", "，"),
        ("targets: ｛answer_rate: 98%｝", "｛｝"),
        ("seed：3", "："),
        ("店庆：{contacts: 3}", "："),
        ('name: "小店：双11，预售"   # 说明：一、二', ""),
        ("name: 小店，预售", ""),
        ("plan: {start: 2027-07-05, weeks: 1}", ""),
    ],
)
def test_signs_of_a_line_are_those_outside_of_texts(line: str, signs: str) -> None:
    assert full_width.in_line(line) == signs


def test_a_value_that_is_wrong_for_another_reason_keeps_its_reason(tmp_path: Path) -> None:
    text = GOOD.replace('"10:00-18:00"', '"10：00-18：00，25：00-26：00"')
    with pytest.raises(InputError, match="not a clock time"):
        read_scenario(write(tmp_path, text))


def test_hours_may_be_typed_full_width(tmp_path: Path) -> None:
    scenario, _ = read_scenario(write(tmp_path, GOOD.replace('"10:00-18:00"', '"10：00－14：00，15：00～18：00"')))
    assert scenario.hours.spans_of("daily") == [(36000, 50400), (54000, 64800)]


@pytest.mark.parametrize(
    ("own", "base", "language"),
    [("", "", "zh"), ("language: en\n", "", "en"), ("", "language: en\n", "en"), ("language: zh\n", "language: en\n", "zh")],
)
def test_a_file_that_cannot_be_read_is_answered_in_its_language(own: str, base: str, language: str, tmp_path: Path) -> None:
    write(tmp_path, GOOD + base, "base.yaml")
    path = write(tmp_path, f"wfm: 2\n{own}extends: base.yaml\nseed: 3\nseed: 4\n")
    with pytest.raises(InputError) as told:
        read_scenario(path)
    assert told.value.language == language


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_file_that_is_read_says_the_language_of_a_broken_base(language: str, tmp_path: Path) -> None:
    write(tmp_path, GOOD + f"language: {'en' if language == 'zh' else 'zh'}\nseed: 3\nseed: 4\n", "base.yaml")
    with pytest.raises(InputError) as told:
        read_scenario(write(tmp_path, f"wfm: 2\nlanguage: {language}\nextends: base.yaml\n"))
    assert told.value.language == language
