"""The page on the peak day: in both languages, on a phone, in workbook, plan.json and on the terminal; saved and read back."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from tests.conftest import SCENARIOS
from tests.report.pages import Page, numbers
from wfm.peakday.resources import BINDS, RESOURCES
from wfm.plan import Plan
from wfm.report import formats, sentences_peak
from wfm.report.blocks import Chart, Items, Section, Table
from wfm.report.console import screen
from wfm.report.figures import FIGURES
from wfm.report.figures_peak import FIGURES_PEAK, around
from wfm.report.files import write_outputs
from wfm.report.html import html
from wfm.report.page import page
from wfm.report.planjson import plan_json
from wfm.report.saved import read_plan
from wfm.report.sections_money import terms
from wfm.report.shown import ShownPlan, run
from wfm.report.words import LANGUAGES, text
from wfm.report.workbook import workbook

SALE = 'events=[{name: sale, phases: {main: {dates: 2027-07-07, contacts: 6, spike_at: "11:00"}}}]'
FESTIVAL = ("staffing.method=transient", "targets={answer_rate: 90%, sl_offered: {share: 60%, within: 30s}, occupancy_max: 95%}")
SMALL = ("plan.weeks=1", "simulation.contacts=20000", "simulation.replications_min=2")


@pytest.fixture(scope="module")
def plan() -> ShownPlan:
    return run(SCENARIOS / "quickstart.yaml", [*SMALL, *FESTIVAL, "plan.interval=15min", SALE])


@pytest.fixture(scope="module")
def folder(plan: ShownPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_outputs(plan, tmp_path_factory.mktemp("peak"))[0].parent


def section(plan: Plan, language: str) -> Section:
    return next(part for part in page(plan, language).sections if part.id == "peak")


def findings(plan: Plan, language: str) -> list[str]:
    return next(block for block in section(plan, language).blocks if isinstance(block, Items)).items


def test_an_ordinary_plan_has_no_such_page(quickstart: ShownPlan) -> None:
    assert quickstart.peak is None
    for language in LANGUAGES:
        parts = page(quickstart, language).sections
        assert [part.title.partition(" ")[0] for part in parts] == [str(i) for i in range(1, 10)]
        assert "peak" not in {part.id for part in parts}
        assert text("screen.peak", language) not in screen(quickstart, language)
        assert terms(quickstart, language)[-1][0] != text("peak_term.missed", language)
    assert json.loads(plan_json(quickstart))["peak"] is None


def test_it_stands_behind_service_and_is_numbered(plan: ShownPlan) -> None:
    for language, title in (("zh", "6 高峰日：7月7日 周三"), ("en", "6 Peak day: Wed 7 Jul")):
        parts = page(plan, language).sections
        assert [part.id for part in parts][3:7] == ["service", "beside", "peak", "people"]
        assert parts[5].title == title
        assert [part.title.partition(" ")[0] for part in parts] == [str(i) for i in range(1, 11)]


def test_both_languages_say_the_same_numbers(plan: ShownPlan) -> None:
    zh, en = section(plan, "zh"), section(plan, "en")
    assert numbers(zh.intro, "zh") == numbers(en.intro, "en")
    for left, right in zip(findings(plan, "zh"), findings(plan, "en"), strict=True):
        assert numbers(left, "zh") == numbers(right, "en")
    for one, other in zip(zh.blocks, en.blocks, strict=True):
        if isinstance(one, Table) and isinstance(other, Table):
            assert [[row[i] for i in one.numeric] for row in one.rows] == [[row[i] for i in other.numeric] for row in other.rows]


def test_each_page_is_in_its_language(plan: ShownPlan) -> None:
    for language, foreign in (("zh", r"[A-Za-z]{3,}"), ("en", r"[\u3000-\u9fff\uff00-\uffef]")):
        part = section(plan, language)
        said = [part.title, part.intro, *findings(plan, language)]
        for block in part.blocks:
            if isinstance(block, Table):
                said += [block.caption, *block.head, *(row[1] for row in block.rows)]
        said += [word for pair in terms(plan, language)[-8:] for word in pair]
        assert not [word for word in said if re.search(foreign, word)]


def test_sentences_say_what_the_tables_say(plan: ShownPlan) -> None:
    peak = plan.peak
    assert peak is not None
    found, rows = peak.backlog, peak.intervals
    apart = (rows["sl_offered_independent"] - rows["sl_offered_transient"]).abs() * rows["contacts"]
    row = rows.loc[apart.idxmax()]
    assert found is not None
    assert found.cleared is not None
    assert row is not None
    said = " ".join(findings(plan, "en"))
    assert f"deepest at {found.at:%H:%M}: {found.waiting:.1f} contacts wait" in said
    assert f"cleared by {found.cleared:%H:%M}" in said
    assert f"answers {formats.share(row['sl_offered_independent'], 0)} within" in said
    assert f"neighbours, {formats.share(row['sl_offered_transient'], 0)}" in said
    first = peak.binding["binding"].partition("+")[0]
    assert f"{formats.share(peak.binding[f'{first}_share'], 0)} of them are needed" in said
    assert f"{formats.number(peak.agent_hours('needed_independent'))} agent-hours by independent" in said


def test_another_day_than_the_tightest_says_which_that_is(plan: ShownPlan) -> None:
    assert plan.peak is not None
    assert sentences_peak.elsewhere(plan, "en") == []
    other = dataclasses.replace(plan, peak=dataclasses.replace(plan.peak, day=plan.scenario.plan.start))
    need = plan.requirement.iloc[int(plan.requirement["agents"].argmax())]
    level = plan.simulation.service.set_index("start")["sl_offered"][need["start"]]
    (said,) = sentences_peak.elsewhere(other, "en")
    assert f"{need['agents']:.0f} on Wed 7 Jul at {need['start']:%H:%M}-" in said
    assert f"{formats.share(level)} within 30 s (target then 60%)" in said
    for language in LANGUAGES:
        (line,) = sentences_peak.elsewhere(other, language)
        assert re.sub(r"\s", "", line) in re.sub(r"\s", "", screen(other, language))
        assert line == findings(other, language)[0]


def test_how_likely_the_day_keeps_its_targets_is_counted(plan: ShownPlan) -> None:
    assert plan.peak is not None
    days = plan.simulation.days
    mine = (days["date"] == plan.peak.day).to_numpy()
    met = ~mine  # what other days do is not this day's
    met[np.flatnonzero(mine)[0]] = True
    told = dataclasses.replace(plan, simulation=dataclasses.replace(plan.simulation, days=days.assign(met=met)))
    (said,) = sentences_peak.kept(told, "en", "peak.kept")
    assert f"of {mine.sum()} such days in the plan's simulation 1 met all of them, {formats.share(1 / mine.sum(), 0)} (95" in said
    for language in LANGUAGES:
        assert sentences_peak.kept(told, language, "peak.kept")[0] in findings(told, language)
        line = sentences_peak.short_line(told, language)
        assert line.startswith(sentences_peak.kept(told, language, "screen.peak_kept")[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_hours_with_room_to_spare_have_no_binding_resource(plan: ShownPlan, language: str) -> None:
    assert plan.peak is not None
    hours = plan.peak.hours
    greatest = hours[[f"{name}_share" for name in RESOURCES]].max(axis=1)
    assert ((greatest < BINDS) == (hours["binding"] == "")).all()
    free = int((greatest < BINDS).sum())
    assert 0 < free < len(hours)
    words = text("peak.binding_hours_none", language, hours=free, binds=formats.percent(BINDS))
    assert words in sentences_peak.binding(plan.peak, language)[0]
    table = next(block for block in section(plan, language).blocks if isinstance(block, Table) and len(block.head) == 7)
    assert [row[1] == formats.NOTHING for row in table.rows] == (greatest < BINDS).tolist()
    quiet = hours.assign(binding="", **{f"{name}_share": hours[f"{name}_share"] / 10 for name in RESOURCES})
    calm = dataclasses.replace(plan, peak=dataclasses.replace(plan.peak, hours=quiet))
    (said,) = sentences_peak.binding(calm.peak or plan.peak, language)
    assert formats.percent(BINDS) in said
    assert text(
        "screen.peak_binding_none", language, binds="85%", level=text("peak_level.mean", language)
    ) in sentences_peak.short_line(calm, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_from_this_peak_is_said_to_be_near_all_by_construction(plan: ShownPlan, language: str) -> None:
    assert plan.peak is not None
    full = plan.peak.hours.assign(seats_share=0.99, licences_share=0.99, lines_share=0.5)
    near = dataclasses.replace(plan, peak=dataclasses.replace(plan.peak, hours=full))
    named = [text(f"resource.{name}", language) for name in ("licences", "seats")]
    said = text("peak.sized", language, resources=("、" if language == "zh" else ", ").join(named))
    assert said in findings(near, language)
    elsewhere = plan.peak.intervals.assign(present=plan.peak.intervals["present"] - 1)
    assert said not in findings(
        dataclasses.replace(plan, peak=dataclasses.replace(plan.peak, hours=full, intervals=elsewhere)), language
    )
    short = full.assign(seats_share=1.2, licences_share=1.1)
    assert said not in findings(dataclasses.replace(plan, peak=dataclasses.replace(plan.peak, hours=short)), language)


def test_times_that_differ_by_interval_are_told_in_words(plan: ShownPlan) -> None:
    assert plan.peak is not None
    within = plan.peak.intervals["within"].where(plan.peak.intervals["start"].dt.hour < 12, 60.0)
    calm = plan.peak.minutes.assign(reach=1e6)
    mixed = dataclasses.replace(plan.peak, intervals=plan.peak.intervals.assign(within=within), minutes=calm)
    zh, en = (" ".join(findings(dataclasses.replace(plan, peak=mixed), language)) for language in ("zh", "en"))
    assert "在线客服在各时段自己的目标时限内都接得起" in zh
    assert "全天在各时段自己的目标时限内接通：" in zh
    assert "answer all who wait within each interval's own target time, at most" in en
    same = dataclasses.replace(plan, peak=dataclasses.replace(plan.peak, minutes=calm))
    assert "在线客服在 30 秒内都接得起" in " ".join(findings(same, "zh"))
    assert "Answered within 30 s over the day" in " ".join(findings(same, "en"))


def test_captions_tell_the_date_and_the_target_steps(plan: ShownPlan) -> None:
    level = {"share": 0.6, "within": 30.0}
    held = {
        **plan.scenario.targets.model_dump(),
        "2027-07-07T12:00..2027-07-07T14:00": {"sl_offered": {"share": 0.4, "within": 60.0}},
    }
    targets = type(plan.scenario.targets).model_validate({**held, "sl_offered": level})
    dated = dataclasses.replace(plan, scenario=plan.scenario.model_copy(update={"targets": targets}))
    for id_, name in (("shifts", "day"), ("service", "service")):
        part = next(part for part in page(dated, "zh").sections if part.id == id_)
        caption = next(block.caption for block in part.blocks if isinstance(block, Chart) and block.name == name)
        assert "7月7日" in caption
    line = FIGURES["service"](dated, "en").data[-1]
    assert line.name == "target 60%/40%"
    assert [line.y[list(line.x).index(hour)] for hour in (11.75, 12.0, 13.75, 14.0)] == [0.6, 0.4, 0.4, 0.6]


@pytest.mark.parametrize(("language", "said"), [("zh", "比预测忙 8.6% 的日子"), ("en", "a day 8.6% busier than forecast")])
def test_where_people_are_staffed_for_busier_days_each_number_tells_its_level(plan: ShownPlan, language: str, said: str) -> None:
    assert plan.peak is not None
    usual = text("peak_level.mean", language)
    busy = dataclasses.replace(plan, peak=dataclasses.replace(plan.peak, intervals=plan.peak.intervals.assign(busier=1.086)))
    part = section(busy, language)
    views, hours, used, intervals = [block for block in part.blocks if isinstance(block, Table)]
    assert busy.peak is not None
    staffed = [views.rows[0][0], views.rows[1][0], hours.caption, used.caption, *sentences_peak.binding(busy.peak, language)]
    staffed.append(FIGURES_PEAK["peak_agents"](busy, language).layout.title.text.replace("<br>", " "))
    assert all(said in words for words in staffed), staffed
    for both in (part.intro, views.caption, intervals.caption):
        assert said in both
        assert usual in both
    assert usual in FIGURES_PEAK["peak_service"](busy, language).layout.title.text.replace("<br>", " ")
    assert said in sentences_peak.short_line(busy, language)
    plain = section(plan, language)
    assert said not in plain.intro
    assert usual in sentences_peak.binding(plan.peak, language)[0]


def test_the_figures_are_bilingual_and_mark_the_minute(plan: ShownPlan) -> None:
    assert plan.peak is not None
    for name, figure in FIGURES_PEAK.items():
        zh, en = figure(plan, "zh"), figure(plan, "en")
        assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", en.to_json()), name
        assert re.search(r"[\u4e00-\u9fff]", zh.layout.title.text)
        assert [list(trace.y) for trace in zh.data] == [list(trace.y) for trace in en.data]
    found = plan.peak.backlog
    assert found is not None
    assert found.cleared is not None
    marked = FIGURES_PEAK["peak_queue"](plan, "en")
    assert marked.layout.annotations[0].text == f"cleared {found.cleared:%H:%M}"
    assert marked.layout.shapes[0].x0 == pytest.approx(found.cleared.hour + found.cleared.minute / 60)
    rows = around(plan.peak)
    assert rows["start"].iloc[0] < found.at < found.cleared < rows["start"].iloc[-1]


def test_it_comes_back_from_its_folder_byte_for_byte(plan: ShownPlan, folder: Path) -> None:
    again = read_plan(folder)
    assert plan.peak is not None
    assert again.peak is not None
    for name in ("intervals", "hours", "minutes"):
        pd.testing.assert_frame_equal(getattr(again.peak, name), getattr(plan.peak, name), obj=name)
    assert html(again).encode() == (folder / "report.html").read_bytes()
    assert workbook(again) == (folder / "plan.xlsx").read_bytes()
    assert plan_json(again).encode() == (folder / "plan.json").read_bytes()


def test_a_plan_written_before_there_was_such_a_page_is_read(plan: ShownPlan, folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "plan")
    file = tmp_path / "plan" / "plan.json"
    value = json.loads(file.read_text(encoding="utf-8"))
    del value["peak"]
    file.write_text(json.dumps(value), encoding="utf-8")
    assert read_plan(tmp_path / "plan").peak is None


def test_plan_json_says_it_in_short(plan: ShownPlan) -> None:
    peak = json.loads(plan_json(plan))["peak"]
    assert plan.peak is not None
    found = plan.peak.backlog
    assert found is not None
    assert peak["day"] == "2027-07-07"
    assert peak["backlog"]["transient"]["at"] == found.at.isoformat()
    assert peak["missed"] == {view: plan.peak.missed(view) for view in plan.peak.views}
    assert peak["binding"]["binding"] == plan.peak.binding["binding"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_has_its_sheets(plan: ShownPlan, language: str) -> None:
    assert plan.peak is not None
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(plan, "zh" if language == "zh" else "en")))
    for key, table in (("peak", plan.peak.intervals), ("peak_hours", plan.peak.hours)):
        rows = book.get_sheet_by_name(text(f"sheet.{key}", language)).to_python()[4:]
        assert [row[1] for row in rows] == pytest.approx(table["contacts"].tolist())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_terminal_tells_it_in_a_line(plan: ShownPlan, language: str) -> None:
    assert plan.peak is not None
    line = sentences_peak.short_line(plan, language)
    found = plan.peak.backlog
    assert found is not None
    assert f"{found.cleared:%H:%M}" in line
    shown = screen(plan, language)
    # Lines break between words, and Chinese anywhere.
    assert re.sub(r"\s", "", line) in re.sub(r"\s", "", shown)
    line.encode("cp936")


@pytest.mark.parametrize("views", ["[independent_intervals]", "[transient]", "[simulation]", "[independent_intervals, simulation]"])
def test_fewer_views_make_a_smaller_page(views: str) -> None:
    made = run(SCENARIOS / "quickstart.yaml", [*SMALL, "report.day=2027-07-07", f"report.compare={views}"])
    assert made.peak is not None
    report = Page(html(dataclasses.replace(made, overrides=())))
    assert text("peak_table.hours", "en", level=text("peak_level.mean", "en")) in report.texts["en"]
    shown = " ".join(report.texts["en"])
    assert ("linked to its neighbours" in shown) == ("independent" in views and "transient" in views)
    assert not re.search(r"\bnan\b", shown)
    assert screen(made, "zh")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_screen_and_phone(plan: ShownPlan, folder: Path, width: int) -> None:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium: .ci/run installs Debian's")
        pytest.skip("no chromium found; on Debian: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-background-networking"])
        view = browser.new_context(viewport={"width": width, "height": 900}, offline=True).new_page()
        said: list[str] = []
        view.on("console", lambda message: said.append(message.text))
        view.on("pageerror", lambda error: said.append(str(error)))
        view.goto((folder / "report.html").as_uri())
        for language in LANGUAGES:
            view.click(f".page:not([hidden]) button[data-to={language}]")
            view.wait_for_function(f"document.querySelectorAll('#peak-{language} .plot .main-svg').length >= {len(FIGURES_PEAK)}")
            view.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
            assert view.evaluate("document.documentElement.scrollWidth") <= width
            # What is read by the hour is read without scrolling sideways.
            tables = f"Array.from(document.querySelectorAll('#peak-{language} .narrow'))"
            assert view.evaluate(f"{tables}.filter(t => t.offsetWidth > t.parentElement.clientWidth).length") == 0
            assert view.evaluate(f"document.querySelectorAll('#peak-{language} .narrow').length") == 3
        assert said == []
        browser.close()
