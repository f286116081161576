"""Five lines to paste into a chat: what nobody should have to read out of the numbers is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wfm.report import brief
from wfm.report.shown import ShownPlan
from wfm.report.words import LANGUAGES


def money(plan: ShownPlan, language: str) -> str:
    lines = brief.plan(plan, language)
    assert len(lines) == 5
    return lines[3]


def test_options_that_pay_are_told_without_a_verdict(quickstart: ShownPlan) -> None:
    assert money(quickstart, "en").startswith("Money: outsourced: NPV CNY ")
    assert "payback" in money(quickstart, "en")


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "3 年内没有一个方案的净现值为正，也没有一个能回本"), ("en", "over 3 years no option")]
)
def test_that_nothing_pays_is_said(quickstart: ShownPlan, language: str, said: str) -> None:
    options = quickstart.options.copy()
    real = options["option"] != "none"
    options.loc[real, "npv"] = -1000.0
    assert said.split("，")[0] in money(replace(quickstart, options=options), language)
    options.loc[real, "payback_months"] = float("nan")
    poor = money(replace(quickstart, options=options), language)
    assert said in poor
    assert ("不回本" if language == "zh" else "none pays back") in poor
    assert "—" not in poor


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_gains_are_not_counted_costs_are_compared(quickstart: ShownPlan, language: str) -> None:
    plain = replace(quickstart, options=quickstart.options.assign(benefit_year=0.0))
    told = money(plain, language)
    assert ("每通成本" if language == "zh" else "per contact") in told
    assert ("净现值" if language == "zh" else "NPV") not in told
