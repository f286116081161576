"""The catalogs are complete: every text in both languages, with the same places for values."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import wfm
from wfm.report import formats
from wfm.report.headline import MEASURES
from wfm.report.shown import ShownPlan
from wfm.report.words import catalog, name, text

PACKAGE = Path(wfm.__file__).parent
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def places(pattern: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(pattern) if field}


@pytest.mark.parametrize("key", sorted(key for key in catalog() if not key.startswith("phrase.")))
def test_every_text_is_there_in_both_languages(key: str) -> None:
    pair = catalog()[key]
    assert set(pair) == {"zh", "en"}
    assert all(words.strip() for words in pair.values())
    assert not CHINESE.search(pair["en"])
    # English may leave a unit out that Chinese needs or the other way round; sentences may not lose a value.
    assert places(pair["zh"]) == places(pair["en"]) or key.startswith(("unit.", "measures."))


def test_phrases_are_chinese_and_keep_their_parts() -> None:
    for key, pair in catalog().items():
        if key.startswith("phrase."):
            assert set(pair) == {"zh"}
            assert places(pair["zh"]) == places(key)


def test_every_key_the_code_asks_for_exists() -> None:
    asked = set()
    for file in PACKAGE.rglob("*.py"):  # screens of commands and of brief lines stand in folders of their own
        asked |= set(re.findall(r'\btext\(\s*"([\w.]+)"', file.read_text(encoding="utf-8")))
    assert len(asked) > 60
    assert asked <= set(catalog())


def test_every_remark_has_words() -> None:
    said = set(re.findall(r'Advice\(\s*"([\w.]+)"', (PACKAGE / "advice.py").read_text(encoding="utf-8")))
    said |= set(re.findall(r'"(law\.\w+)"', (PACKAGE / "schedule" / "inputs.py").read_text(encoding="utf-8")))
    assert len(said) > 10
    assert {f"advice.{key}" for key in said} <= set(catalog())


def test_every_measure_has_a_name_and_a_definition() -> None:
    for measure in MEASURES:
        assert {f"measures.{measure}", f"measure_definition.{measure}"} <= set(catalog())


def test_an_unknown_text_is_an_error_and_a_users_word_is_kept() -> None:
    with pytest.raises(KeyError):
        text("screen.nowhere", "zh")
    with pytest.raises(KeyError):
        text("header.seed", "zh")
    assert name("shift", "late_night", "zh") == "late night"


def test_every_source_formula_and_unit_of_the_defaults_is_translated(quickstart: ShownPlan) -> None:
    words = {origin.source for origin in quickstart.origins} | {origin.date for origin in quickstart.origins}
    sentences = {part for source in words for part in source.split("; ") if re.search(r"[a-z]{2,} [a-z]{2,}", part)}
    assert len(sentences) > 15
    assert {f"phrase.{part}" for part in sentences} <= set(catalog())
    for unit in {origin.unit for origin in quickstart.origins}:
        assert not re.search(r"[a-z]{2,}", formats.unit(unit, "zh")), unit
    for line in quickstart.ledger["line"].unique():
        assert f"line.{line}" in catalog()


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (1_566_400.0, "156.6 万元", "CNY 1,566k"),
        (-42_500.0, "-4.3 万元", "CNY -43k"),
        (-49.0, "0.0 万元", "CNY 0k"),
        (123_456_789.0, "12,345.7 万元", "CNY 123,457k"),
    ],
)
def test_money_is_rounded_alike(value: float, zh: str, en: str) -> None:
    assert formats.money(value, "zh", "CNY") == zh
    assert formats.money(value, "en", "CNY") == en


def test_numbers_are_written_plainly() -> None:
    assert formats.share(0.88649) == "88.6%"
    assert formats.percent(0.075) == "7.5%"
    assert formats.significant(0.15) == "0.15"
    assert formats.significant(1450.0) == "1,450"
    assert formats.number(float("nan")) == formats.number(None) == formats.share(float("inf")) == "—"
    assert formats.unit("CNY/seat/month", "zh") == "元/工位·月"
    assert formats.unit("CNY/seat/month", "en") == "CNY/seat/month"
