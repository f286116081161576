"""The first screen: on a Chinese Windows console, aligned, complete in both languages, with the same numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.report.pages import numbers
from wfm.report.console import pad, screen, width, wrap
from wfm.report.page import first_page
from wfm.report.shown import ShownPlan, run

SCENARIOS = Path(__file__).parents[2] / "scenarios"

#: Latin words that a Chinese planner reads: measures, terms of the trade, and the command line.
LATIN = {"CI", "NPV", "wfm", "run", "set", "demand", "orders", "per", "day", "report", "html", "plan", "json", "tables", "out", "C",
         "scenarios", "quickstart", "yaml", "xlsx", "Erl"}  # fmt: skip


@pytest.fixture(scope="module")
def screens(quickstart: ShownPlan) -> dict[str, str]:
    written = [Path("out/quickstart/report.html"), Path("out/quickstart/plan.json"), Path("out/quickstart/tables/people.csv")]
    # Keys of overrides are the planner's own words, in any language.
    plan = replace(quickstart, overrides=())
    return {
        language: screen(plan, language, written=written, scenario_path="scenarios/quickstart.yaml") for language in ("zh", "en")
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_chinese_console_has_every_character(screens: dict[str, str], language: str) -> None:
    screens[language].encode("cp936")


def test_the_english_screen_has_no_chinese(screens: dict[str, str]) -> None:
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", screens["en"])


def test_the_chinese_screen_has_no_english(screens: dict[str, str]) -> None:
    assert set(re.findall(r"[A-Za-z]+", screens["zh"])) <= LATIN


def test_both_languages_say_the_same_numbers(screens: dict[str, str]) -> None:
    # The comparison's columns are headed 万元 and CNY k: the same digits but for the point.
    def normal(language: str) -> list[str]:
        return sorted(re.sub(r"[.,]", "", number) for number in numbers(screens[language], language).elements())

    assert len(normal("zh")) > 60
    assert normal("zh") == normal("en")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_lines_fit_and_the_comparison_is_aligned(screens: dict[str, str], language: str) -> None:
    lines = screens[language].splitlines()
    assert max(width(line) for line in lines) <= 110
    best = {"zh": "  ← NPV 最高", "en": "  ← highest NPV"}[language]
    rows = [
        line.removesuffix(best) for line in lines if re.match(r" (外包型|托管型|自建型|outsourced|hosted|self-built) +\d", line)
    ]
    assert len(rows) == 3
    assert len({width(row) for row in rows}) == 1


def test_the_screen_tells_what_the_tables_hold(quickstart: ShownPlan, screens: dict[str, str]) -> None:
    row = quickstart.people.table.iloc[0]
    assert f"{row['seats']} seats · {row['heads']} heads" in screens["en"]
    value = quickstart.simulation.kpi("sl_offered")[0]
    assert f"answered within 20 s {100 * value:.1f}%" in screens["en"]
    npv = quickstart.options.set_index("option")["npv"][quickstart.best]
    assert f"{npv / 10_000:.1f}" in screens["zh"]


def test_padding_and_wrapping_go_by_display_width() -> None:
    assert width("工位 10") == 7
    assert pad("工位", 6) == "工位  "
    assert pad("工位", 6, right=True) == "  工位"
    lines = wrap("需在线人数，超过十个字的一句话，含 English words。", 12)
    assert all(width(line) <= 14 for line in lines)
    assert not any(line.startswith(("，", "。")) for line in lines)
    assert "".join(lines).replace(" ", "") == "需在线人数，超过十个字的一句话，含Englishwords。"


SMALL = ["demand.history=estimate", "plan.weeks=1", "simulation.contacts=1", "simulation.replications_min=2"]


def test_no_contacts_and_targets_out_of_reach_are_told_apart() -> None:
    nobody = run(SCENARIOS / "quickstart.yaml", [*SMALL, "demand.orders_per_day=0"])
    assert "nobody is needed" in nobody.screen("en")
    hopeless = run(SCENARIOS / "quickstart.yaml", [*SMALL, "targets.answer_rate=100%"])
    assert "no number of agents reaches the targets" in hopeless.screen("en")
    assert "nobody is needed" not in hopeless.screen("en")
    assert hopeless.screen("zh").encode("cp936")


def test_an_interval_of_days_stays_between_0_and_1() -> None:
    plan = run(SCENARIOS / "quickstart.yaml", [*SMALL, "demand.orders_per_day=3000"], seats=10)
    low, high = re.findall(r"within target on 0\.0% \((\d+\.\d)–(\d+\.\d)%\) of days", " ".join(plan.screen("en").split()))[0]
    assert float(low) == 0.0
    assert 0 < float(high) < 40


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ((), None),
        (("language=en",), None),
        (
            ("demand.orders_per_day=2000", "--given seats=10"),
            "2 changed beside the scenario file: demand.orders_per_day=2000, --given seats=10",
        ),
        (("a=1", "b=2", "c=3", "d=4", "e=5"), "5 changed beside the scenario file: a=1, b=2, c=3, d=4 and more"),
    ],
)
def test_a_plan_says_what_was_changed_beside_its_file(quickstart: ShownPlan, overrides: tuple[str, ...], said: str | None) -> None:
    plan = replace(quickstart, overrides=overrides)
    shown = " ".join(screen(plan, "en").split())
    report = first_page(plan, "en").about
    assert ("beside the scenario file" in shown) == (said is not None)
    if said:
        assert said in shown
        assert said in report


def test_people_present_stand_beside_agents_on_queue(quickstart: ShownPlan) -> None:
    present = f"{quickstart.people.present:.0f}"
    assert f"到岗最多 {present} 人（含在岗缩减）" in screen(quickstart, "zh")
    assert f"at most {present} present, shrinkage included" in " ".join(screen(quickstart, "en").split())
