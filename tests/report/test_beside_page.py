"""The page on formula beside simulation: in both languages, in workbook, plan.json and csv; saved and read back; at its edges."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from tests.report.pages import numbers
from wfm.beside import Beside
from wfm.plan import Plan
from wfm.report import explain_beside, formats, sentences_beside
from wfm.report.blocks import Chart, Items, Section, Table
from wfm.report.explain import Ground, explain
from wfm.report.figures_beside import FIGURES_BESIDE
from wfm.report.files import write_outputs
from wfm.report.html import html
from wfm.report.page import page
from wfm.report.planjson import plan_json
from wfm.report.saved import read_plan
from wfm.report.sections_beside import beside_formula
from wfm.report.shown import ShownPlan
from wfm.report.words import LANGUAGES, text
from wfm.report.workbook import workbook

REASONS = ("cover", "linked", "spread", "days", "lines", "redials")


@pytest.fixture(scope="module")
def folder(quickstart: ShownPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_outputs(quickstart, tmp_path_factory.mktemp("beside"))[0].parent


def found(plan: Plan) -> Beside:
    assert plan.beside is not None
    return plan.beside


def section(plan: Plan, language: str) -> Section:
    return next(part for part in page(plan, language).sections if part.id == "beside")


def findings(plan: Plan, language: str) -> list[str]:
    return next(block for block in section(plan, language).blocks if isinstance(block, Items)).items


def tables(plan: Plan, language: str) -> list[Table]:
    return [block for block in section(plan, language).blocks if isinstance(block, Table)]


def changed(plan: Plan, **columns: object) -> Plan:
    """The plan with other numbers of sl_offered over the whole of it."""
    cells = found(plan).cells.copy()
    here = (cells["scope"] == "all") & (cells["kpi"] == "sl_offered")
    for name, value in columns.items():
        cells.loc[here, name] = value
    return dataclasses.replace(plan, beside=dataclasses.replace(found(plan), cells=cells))


def test_it_stands_behind_service_with_every_reason_of_the_plan(quickstart: ShownPlan) -> None:
    assert found(quickstart).reasons == REASONS
    for language, title in (("zh", "5 公式与仿真为何不同"), ("en", "5 Why formula and simulation differ")):
        parts = page(quickstart, language).sections
        assert [part.id for part in parts][3:5] == ["service", "beside"]
        assert parts[4].title == title
        assert [block.name for block in parts[4].blocks if isinstance(block, Chart)] == list(FIGURES_BESIDE)


def test_both_languages_say_the_same_numbers(quickstart: ShownPlan) -> None:
    zh, en = section(quickstart, "zh"), section(quickstart, "en")
    assert numbers(zh.intro, "zh") == numbers(en.intro, "en")
    for left, right in zip(findings(quickstart, "zh"), findings(quickstart, "en"), strict=True):
        assert numbers(left, "zh") == numbers(right, "en")
    for one, other in zip(tables(quickstart, "zh"), tables(quickstart, "en"), strict=True):
        assert [[row[i] for i in one.numeric] for row in one.rows] == [[row[i] for i in other.numeric] for row in other.rows]


def test_each_page_is_in_its_language(quickstart: ShownPlan) -> None:
    for language, foreign in (("zh", r"[A-Za-z]{3,}"), ("en", r"[\u3000-\u9fff\uff00-\uffef]")):
        part = section(quickstart, language)
        said = [part.title, part.intro, *findings(quickstart, language)]
        said += [block.caption for block in part.blocks if isinstance(block, Chart | Table)]
        for table in tables(quickstart, language):
            said += [*table.head, *(cell for row in table.rows for cell in row)]
        assert not [word for word in said if re.search(foreign, word)]


def test_sentences_say_what_the_tables_say(quickstart: ShownPlan) -> None:
    row = sentences_beside.overall(found(quickstart))["sl_offered"]
    said = findings(quickstart, "en")
    assert f"promises {formats.share(row['formula_needed'])}, the simulation gives {formats.share(row['simulated'])}" in said[0]
    assert f"{100 * row['difference']:.2f} points more" in said[0]
    assert f"{row['scheduled']:.2f} agents on queue on average where {row['needed']:.2f} are needed" in " ".join(said)
    sure = [line for line in said if re.match(r"[+-][\d.]+( ±[\d.]+)? points: ", line)]
    sizes = [abs(float(line.split()[0])) for line in sure]
    assert sizes == sorted(sizes, reverse=True)
    # Every reason is told once: by a sentence of its own, or among the small ones and those within chance.
    told = " ".join(said)
    for reason in REASONS:
        assert told.count(sentences_beside.points(*sentences_beside.step(row, reason))) >= 1, reason


def test_the_table_of_steps_goes_from_the_formula_to_the_plans_simulation(quickstart: ShownPlan) -> None:
    table = tables(quickstart, "en")[0]
    assert [row[0] for row in table.rows][:3] == [text(f"beside_step.{key}", "en") for key in ("needed", "cover", "scheduled")]
    levels = [table.rows[i] for i in sorted(table.strong)]
    own = quickstart.simulation
    assert levels[-1][1:5] == [
        sentences_beside.level(own.kpi(name)[0], name)
        for name in ("sl_offered", "abandon_rate_offered", "mean_wait_all", "occupancy")
    ]
    steps = [row for i, row in enumerate(table.rows) if i not in table.strong]
    assert len(steps) == len(REASONS) + 1
    for column, scale in ((1, 100), (2, 100), (3, 1), (4, 100)):
        first, last = (float(levels[i][column].rstrip("%").split("%")[0]) for i in (0, -1))
        total = sum(float(row[column].split()[0]) for row in steps)
        assert total == pytest.approx(last - first, abs=0.13), (column, scale)


def test_by_clock_the_reasons_add_up_in_every_row(quickstart: ShownPlan) -> None:
    by_slot, _, by_week = tables(quickstart, "zh")[1:4]
    assert len(by_slot.rows) == 16
    assert len(by_week.rows) == 7 * 16
    assert by_week.folded
    for row in [*by_slot.rows, *by_week.rows]:
        difference, *parts = (float(cell) for cell in row[7:])
        assert sum(parts) == pytest.approx(difference, abs=0.051 * (len(parts) + 1))
        promised, simulated = (float(row[i].rstrip("%")) for i in (3, 5))
        assert simulated - promised == pytest.approx(difference, abs=0.151)


@pytest.mark.parametrize("name", FIGURES_BESIDE)
def test_figures_are_bilingual_and_hold_the_same_numbers(quickstart: ShownPlan, name: str) -> None:
    zh, en = (FIGURES_BESIDE[name](quickstart, language) for language in LANGUAGES)
    assert zh.layout.title.text != en.layout.title.text
    for one, other in zip(zh.data, en.data, strict=True):
        held = "z" if name == "beside_week" else "x" if name == "beside_steps" else "y"
        assert json.dumps(one.to_plotly_json()[held]) == json.dumps(other.to_plotly_json()[held])
    assert getattr(quickstart.plot, name)("en").to_json() == en.to_json()
    assert name in repr(quickstart.plot)


def test_bars_begin_where_the_step_before_ended(quickstart: ShownPlan) -> None:
    bars, _, formula, simulated = FIGURES_BESIDE["beside_steps"](quickstart, "en").data
    ends = [base + size for base, size in zip(bars.base, bars.x, strict=True)]
    np.testing.assert_allclose(bars.base[1:], ends[:-1], atol=2e-4)
    assert bars.base[0] == pytest.approx(formula.x[0])
    assert ends[-1] == pytest.approx(simulated.x[0], abs=2e-4)
    assert len(bars.x) == len(REASONS)


def test_what_cancels_out_what_is_small_and_what_is_chance_is_said(quickstart: ShownPlan) -> None:
    row = sentences_beside.overall(found(quickstart))["sl_offered"]
    level = float(row["formula_needed"])
    near = changed(quickstart, simulated=level + 0.001, difference=0.001, difference_low=-0.002, difference_high=0.004)
    assert "cancel each other out" in findings(near, "en")[0]
    assert "互相抵消" in findings(near, "zh")[0]
    quiet = changed(
        near, **{f"by_{reason}{end}": 0.0 for reason in REASONS for end in ("", *(("_low", "_high") if reason != "cover" else ()))}
    )
    assert findings(quiet, "en")[0].endswith("no difference that chance would not give.")
    unsure = changed(quickstart, by_days=0.004, by_days_low=-0.001, by_days_high=0.009)
    (said,) = (line for line in findings(unsure, "en") if line.startswith("Within chance, not to be told from 0: "))
    assert "busy and quiet days +0.40 ±0.50" in said
    small = changed(quickstart, by_lines=0.0003, by_lines_low=0.0002, by_lines_high=0.0004)
    assert text("beside.small", "en", least="0.05", list="limited lines +0.03 ±0.01") in findings(small, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_intervals_beyond_chance_are_listed_with_their_reasons(quickstart: ShownPlan, language: str) -> None:
    beside = found(quickstart)
    assert len(tables(quickstart, language)) == 4 + int((beside.intervals["beyond"] < 0).any())
    rows = beside.intervals.assign(beyond=0)
    rows.loc[[3, 20], "beyond"] = -1
    rows.loc[7, "beyond"] = 1
    rows.loc[3, "sl_offered_simulated"] = rows.loc[3, "sl_offered_scheduled"] - 0.5
    other = dataclasses.replace(quickstart, beside=dataclasses.replace(beside, intervals=rows))
    worst = tables(other, language)[-1]
    assert [row[0] for row in worst.rows] == [formats.instant(rows["start"][i], language) for i in (3, 20)]
    assert len(worst.head) == len(worst.rows[0]) == 8 + len(REASONS)
    counts = {"count": formats.number((rows["contacts"] > 0).sum()), "below": "2", "above": "1"}
    assert text("beside.intervals", language, **counts) in findings(other, language)
    calm = dataclasses.replace(quickstart, beside=dataclasses.replace(beside, intervals=rows.assign(beyond=0)))
    assert len(tables(calm, language)) == 4
    assert text("beside.intervals_none", language, count=counts["count"]) in findings(calm, language)


def test_a_formula_that_links_intervals_is_said_to_approximate(quickstart: ShownPlan) -> None:
    linked = dataclasses.replace(quickstart, beside=dataclasses.replace(found(quickstart), linked=True))
    for language in LANGUAGES:
        assert text("beside.formula_linked", language) in section(linked, language).intro
        rows = [row[0] for row in tables(linked, language)[0].rows]
        assert text("beside_step.linked_again", language) in rows
        assert text("beside_step.linked", language) not in rows


def test_waits_without_end_and_missing_intervals_are_written_plainly(quickstart: ShownPlan) -> None:
    cells = found(quickstart).cells.copy()
    waits = cells["kpi"] == "mean_wait_all"
    cells.loc[waits, ["formula_needed", "formula_scheduled"]] = np.inf
    cells.loc[waits, ["difference", "difference_low", "difference_high", "by_cover", "by_linked"]] = np.nan
    bare = [name for name in cells if name.endswith(("_low", "_high"))]
    other = dataclasses.replace(
        quickstart, beside=dataclasses.replace(found(quickstart), cells=cells.assign(**dict.fromkeys(bare, np.nan)))
    )
    for language in LANGUAGES:
        steps = tables(other, language)[0]
        assert steps.rows[0][3] == "∞"
        assert steps.rows[1][3] == formats.NOTHING
        said = " ".join(
            [*findings(other, language), *(cell for table in tables(other, language) for row in table.rows for cell in row)]
        )
        assert not re.search(r"\bnan\b|\binf\b|±—|±$", said)
    assert json.loads(plan_json(other))["beside"]["overall"]["mean_wait_all"]["formula_needed"] is None
    assert workbook(other)
    for name, figure in FIGURES_BESIDE.items():
        assert figure(other, "en").data, name


def test_without_contacts_there_is_no_page(quickstart: ShownPlan) -> None:
    nobody = changed(quickstart, simulated=np.nan)
    for language in LANGUAGES:
        assert beside_formula(nobody, language) == []
        assert [part.title.partition(" ")[0] for part in page(nobody, language).sections] == [str(i) for i in range(1, 9)]


def test_it_comes_back_from_its_folder(quickstart: ShownPlan, folder: Path) -> None:
    again = read_plan(folder)
    for name in ("cells", "intervals"):
        pd.testing.assert_frame_equal(getattr(found(again), name), getattr(found(quickstart), name), obj=name)
    for name in ("reasons", "linked", "replications", "contacts"):
        assert getattr(found(again), name) == getattr(found(quickstart), name)


def test_a_plan_written_before_there_was_such_a_page_is_read(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "plan")
    file = tmp_path / "plan" / "plan.json"
    value = json.loads(file.read_text(encoding="utf-8"))
    del value["beside"]
    for name in ("beside_cells", "beside_intervals"):
        del value["tables"][name]
        (tmp_path / "plan" / "tables" / f"{name}.csv").unlink()
    file.write_text(json.dumps(value), encoding="utf-8")
    old = read_plan(tmp_path / "plan")
    assert old.beside is None
    assert "beside" not in {part.id for part in page(old, "zh").sections}
    assert not re.search(r'id="(plot-)?beside', html(old))
    assert json.loads(plan_json(old))["beside"] is None
    names = CalamineWorkbook.from_filelike(io.BytesIO(workbook(old, "en"))).sheet_names
    assert text("sheet.beside", "en") not in names
    with pytest.raises(ValueError, match="run it again"):
        ShownPlan.of(old).plot.beside_steps()


def test_plan_json_says_it_in_short(quickstart: ShownPlan) -> None:
    beside = json.loads(plan_json(quickstart))["beside"]
    row = sentences_beside.overall(found(quickstart))["sl_offered"]
    assert tuple(beside["reasons"]) == REASONS
    told = beside["overall"]["sl_offered"]
    assert told["simulated"] == pytest.approx(row["simulated"])
    assert sum(told[f"by_{reason}"] for reason in beside["reasons"]) == pytest.approx(told["difference"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_has_its_sheets(quickstart: ShownPlan, language: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(quickstart, "zh" if language == "zh" else "en")))
    cells = book.get_sheet_by_name(text("sheet.beside", language)).to_python()
    assert [row[4] for row in cells[4:]] == pytest.approx(found(quickstart).cells["contacts"].tolist())
    at = cells[3].index(text("beside_column.difference", language))
    assert [row[at] for row in cells[4:]] == pytest.approx(found(quickstart).cells["difference"].tolist())
    assert "" not in cells[3]
    assert len(set(cells[3])) == len(cells[3])
    rows = book.get_sheet_by_name(text("sheet.beside_intervals", language)).to_python()
    assert [row[1] for row in rows[4:]] == pytest.approx(found(quickstart).intervals["contacts"].tolist())
    assert len(set(rows[3])) == len(rows[3])


def test_an_explained_kpi_tells_why_it_differs_from_the_formula(quickstart: ShownPlan) -> None:
    row = sentences_beside.overall(found(quickstart))["sl_offered"]
    interval = found(quickstart).intervals.iloc[5]
    for language in LANGUAGES:
        ground = Ground(quickstart, language, planned=True)
        heading = text("beside.why", language, replications=formats.number(found(quickstart).replications))

        def told(what: str, *when: datetime, heading: str = heading, ground: Ground = ground) -> dict[str, float]:
            parts = [part for part in explain(ground, what, *when).parts if part.heading == heading]
            return {fact.key: fact.value for part in parts for fact in part.facts}

        whole, here = told("sl_offered"), told("sl_offered", interval["start"].to_pydatetime().replace(tzinfo=None))
        assert whole == {
            "formula_needed": row["formula_needed"],
            **{f"by_{r}": row[f"by_{r}"] for r in REASONS},
            "simulated": row["simulated"],
        }
        assert here["simulated"] == interval["sl_offered_simulated"]
        for facts in (whole, here, told("mean_wait_all"), told("occupancy")):
            steps = sum(facts[f"by_{reason}"] for reason in REASONS)
            assert facts["formula_needed"] + steps == pytest.approx(facts["simulated"])
        assert not told("aht")
        assert not told("occupancy", interval["start"].to_pydatetime().replace(tzinfo=None))
    assert not explain_beside.reasons(Ground(dataclasses.replace(quickstart, beside=None), "en", planned=True), "sl_offered", None)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_screen_and_phone(folder: Path, width: int) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium: .ci/run installs Debian's")
        pytest.skip("no chromium found; on Debian: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"])
        view = browser.new_context(viewport={"width": width, "height": 900}, offline=True).new_page()
        said: list[str] = []
        view.on("console", lambda message: said.append(message.text))
        view.on("pageerror", lambda error: said.append(str(error)))
        view.goto((folder / "report.html").as_uri())
        for language in LANGUAGES:
            view.click(f".page:not([hidden]) button[data-to={language}]")
            drawn = f"document.querySelectorAll('#beside-{language} .plot .main-svg').length >= {len(FIGURES_BESIDE)}"
            view.wait_for_function(drawn)
            view.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
            assert view.evaluate("document.documentElement.scrollWidth") <= width
            if width > 1000:
                # On a screen the columns of every table stand side by side.
                frames = f"Array.from(document.querySelectorAll('#beside-{language} .frame'))"
                assert view.evaluate(f"{frames}.filter(f => f.scrollWidth > f.clientWidth + 1).length") == 0
        assert said == []
        browser.close()
