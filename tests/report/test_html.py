"""The report: both languages complete and equal in numbers, the same bytes again, user text escaped, nothing fetched."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import get_args

import pytest

from tests.report.pages import Page, numbers
from wfm.report.blocks import Table
from wfm.report.figures import FIGURES
from wfm.report.figures_beside import FIGURES_BESIDE
from wfm.report.html import compact, html
from wfm.report.page import page
from wfm.report.sentences import ranked
from wfm.report.shown import ShownPlan, run
from wfm.report.words import name as named
from wfm.staffing.inputs import Staffing

#: Latin words in the Chinese report: terms of the trade, names of sites, models and settings, codes of currencies and countries.
LATIN = {
    "never",
    "file",
    "calls.csv",
    "CI",
    "EN",
    "NPV",
    "Erl",
    "Erlang",
    "ISO",
    "CNY",
    "CN",
    "CSV",
    "JavaScript",
    "openwfm",
    "compiled",
    "Asia/Shanghai",
    "IANA",
    "all",
    "any",
    "estimate",
    "unknown",
    "zero",
    "full_time",
    "part_time",
    "start",
    "offered",
    "beatwenan.com",
    "gdswjx.net",
    "hfnxjk.com",
    "hollycrm.com/innews/",
    "hollycrmcloud.com/docs/faq/",
    "insight.xiaoduoai.com",
    "jrhz.info/tech/",
    "longbridge.com",
}

#: What the file writes after staffing.method: a description has to name them as they are written.
METHODS = set(get_args(Staffing.model_fields["method"].annotation))


@pytest.fixture(scope="module")
def report(quickstart: ShownPlan) -> str:
    # Keys of overrides are the planner's own words, in any language.
    return html(dataclasses.replace(quickstart, overrides=()))


@pytest.fixture(scope="module")
def read(report: str) -> Page:
    return Page(report)


def test_the_english_page_has_no_chinese(read: Page) -> None:
    # The switch names the other language; examples of column names in a planner's own file may be Chinese.
    text = re.sub(r"\{[^}]*\}", "", " ".join(read.texts["en"]))
    assert set(re.findall(r"[\u3000-\u9fff\uff00-\uffef]+", text)) == {"中"}


@pytest.mark.parametrize(
    ("method", "alone"), [("ErlangA", True), ("psa", True), ("lagged", True), ("mol", True), ("transient", False)]
)
def test_intervals_are_said_to_stand_alone_where_the_method_takes_them_so(quickstart: ShownPlan, method: str, alone: bool) -> None:
    made = dataclasses.replace(quickstart, requirement=quickstart.requirement.assign(method=method))
    for language, words in (("zh", "，各时段独立）"), ("en", ", each interval by itself)")):
        intro = next(part.intro for part in page(made, language).sections if part.id == "shifts")
        assert (words in intro) == alone
        assert named("model", method, language) in intro


def test_the_chinese_page_has_no_english(read: Page) -> None:
    # Commands are written as they are typed.
    text = re.sub(r"wfm run [ \w=-]+", "", " ".join(read.texts["zh"]))
    assert len(text) > 5000
    found = set(re.findall(r"[A-Za-z][A-Za-z_./]+", text))
    assert {word for word in found if not re.fullmatch(r"M/M/n|PH|\W*|[A-Z]", word)} <= LATIN | METHODS


def test_both_pages_say_the_same_numbers(quickstart: ShownPlan) -> None:
    zh, en = page(quickstart, "zh"), page(quickstart, "en")
    for one, other in ((zh.verdict, en.verdict), (zh.turning, en.turning), (zh.verify, en.verify), (zh.remarks, en.remarks)):
        for left, right in zip(one, other, strict=True):
            assert numbers(left, "zh") == numbers(right, "en")
    assert [(tile.value, tile.spread) for tile in zh.tiles] == [(tile.value, tile.spread) for tile in en.tiles]
    for left, right in zip(zh.sections, en.sections, strict=True):
        assert numbers(left.intro, "zh") == numbers(right.intro, "en"), left.id


def test_every_cell_says_the_same_number_in_both_languages(quickstart: ShownPlan) -> None:
    cells = 0
    for one, other in zip(page(quickstart, "zh").sections, page(quickstart, "en").sections, strict=True):
        for left, right in zip(one.blocks, other.blocks, strict=True):
            if isinstance(left, Table) and isinstance(right, Table):
                large = "万" in left.caption
                for row, twin in zip(left.rows, right.rows, strict=True):
                    for i in left.numeric:
                        cells += any(letter.isdigit() for letter in row[i])
                        assert same(row[i], twin[i], large=large), (left.caption, row[0], row[i], twin[i])
    assert cells > 500


def same(zh: str, en: str, *, large: bool) -> bool:
    """Whether two cells hold the same number; amounts in tables headed 万元 stand beside CNY k."""
    left, right = (re.sub(r"[^\d.%≥≤>–-]", "", text) for text in (zh, en))
    if left == right or not any(letter.isdigit() for letter in zh + en):
        return True
    return large and round(10 * float(left)) == round(float(right))


def test_the_report_is_whole_and_fetches_nothing(report: str, read: Page) -> None:
    assert report.startswith("<!doctype html>")
    assert len(read.ids) == len(set(read.ids))
    assert read.links
    assert all(link.startswith("#") and link[1:] in read.ids for link in read.links)
    for name in FIGURES:
        assert {f"plot-{name}-zh", f"plot-{name}-en"} <= set(read.ids)
    assert "default-src 'none'" in report


def test_the_same_plan_gives_the_same_bytes_without_clock_or_path(quickstart: ShownPlan, report: str) -> None:
    assert html(ShownPlan.of(dataclasses.replace(quickstart, overrides=()))) == report
    own = report.replace(report[report.index("/**\n* plotly.js") :], "") if "/**\n* plotly.js" in report else report
    assert "/work/" not in own
    assert "/tmp/" not in own


def test_names_are_escaped_everywhere(quickstart: ShownPlan) -> None:
    evil = '<script>alert("x")</script><img src=x onerror=alert(1)>'
    name = quickstart.scenario.name.model_copy(update={"zh": evil, "en": evil})
    plan = ShownPlan.of(dataclasses.replace(quickstart, scenario=quickstart.scenario.model_copy(update={"name": name})))
    for text in (html(plan), compact(plan, "zh")):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;alert" in text


def test_no_text_of_a_figure_can_end_its_script(report: str) -> None:
    data = report.split('<script type="application/json" id="figures">')[1].split("</script>")[0]
    assert "<" not in data
    figures = json.loads(data)
    assert set(figures) == {"zh", "en"}
    assert set(figures["zh"]) == {*FIGURES, *FIGURES_BESIDE}


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_figures_are_bilingual_and_hold_the_same_numbers(quickstart: ShownPlan, name: str) -> None:
    zh, en = (FIGURES[name](quickstart, language) for language in ("zh", "en"))
    assert re.search(r"[\u4e00-\u9fff]", zh.layout.title.text)
    assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", en.to_json())
    assert len(zh.data) == len(en.data)
    scale = 10 if name in ("npv", "cash") else 1
    for left, right in zip(zh.data, en.data, strict=True):
        values = [[v for v in (trace.x if name == "npv" else trace.y) if isinstance(v, int | float)] for trace in (left, right)]
        assert values[0]
        assert [round(scale * value, 6) for value in values[0]] == [round(value, 6) for value in values[1]]


def test_the_day_figure_shows_requirement_and_cover(quickstart: ShownPlan) -> None:
    on = quickstart.scenario.plan.start
    figure = quickstart.plot.day(on)
    need = quickstart.requirement.loc[quickstart.requirement["date"] == on, "agents"].tolist()
    cover = quickstart.schedule.cover.loc[quickstart.schedule.cover["date"] == on, "agents"].tolist()
    assert list(figure.data[1].y)[:-1] == need
    assert list(figure.data[0].y)[:-1] == cover


def test_a_notebook_shows_the_first_page_without_scripts(quickstart: ShownPlan) -> None:
    shown = quickstart._repr_html_()
    assert len(shown) < 30_000
    assert "<script" not in shown
    assert page(quickstart, "zh").verdict[0] in shown
    assert repr(quickstart) == quickstart.screen("zh")
    assert quickstart.headline["people.seats"] == quickstart.people.table["seats"].iloc[0]


def test_without_orders_options_are_ranked_by_cost_per_contact(quickstart: ShownPlan, tmp_path: Path) -> None:
    past = quickstart.history
    assert past is not None
    rows = past.assign(start=past["start"].dt.tz_localize(None))[["start", "queue", "offered", "handle_time"]].tail(56 * 16)
    rows.to_csv(tmp_path / "past.csv", index=False)
    (tmp_path / "own.yaml").write_text(
        "wfm: 1\nname: Own history\nplan: {start: 2027-07-05, weeks: 1}\n"
        'demand: {history: {file: past.csv}}\nhours: {daily: "10:00-18:00"}\n'
        "simulation: {contacts: 1, replications_min: 2}\n"
    )
    plan = run(tmp_path / "own.yaml")
    costs = plan.options.set_index("option")["cost_per_contact"].drop("none")
    assert ranked(plan) == costs.sort_values().index.tolist()
    front = page(plan, "en")
    assert f"CNY {costs.min():.2f}" in front.verdict[0]
    assert "ranked by cost per contact" in front.sections[0].intro
    assert "plot-npv-en" not in Page(html(plan)).ids
    table = next(block for block in front.sections[0].blocks if isinstance(block, Table))
    assert [row[0] for row in table.rows] == [
        "invest",
        "run/year",
        "NPV",
        "NPV as a yearly amount",
        "CNY/contact",
        "funding need",
    ], "rows that say nothing without orders are left out"
    assert not any("—" in cell for row in table.rows for cell in row)
    values = next(section for section in front.sections if section.id == "origins").blocks[0]
    assert isinstance(values, Table)
    rows = {row[0].partition("\n")[2]: row for row in values.rows}
    assert rows["demand.orders_per_day"][1] == "—"
    assert rows["demand.orders_per_day"][3] == "not given"
    assert list(rows).index("demand.orders_per_day") not in values.strong
    assert rows["seed"][1] == str(plan.scenario.seed), "an id has no thousands set apart"


def test_rows_with_sentences_become_cards_on_a_phone() -> None:
    long = "bank：1999-01-13 10:00-11:30 没有任何来电"
    repairs = Table("", ["行", "问题", "处理"], [["", long, "保留"]])
    people = Table("", ["项目", "数量", "口径"], [["工位", "10", long]], frozenset({1}))
    amounts = Table("", ["a", "b", "c", "d"], [["x", "1", "2", "3"]], frozenset({1, 2, 3}))
    assert [table.stacked for table in (repairs, people, amounts)] == [True, False, False]
