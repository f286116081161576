"""The workbook, read back by another library: the plan's own numbers, texts that stay texts, alarms, the same bytes again."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from wfm.core import kpi
from wfm.report.headline import headline
from wfm.report.sheet import HEAD_ROW, Column, Sheet, Styles, write
from wfm.report.shown import ShownPlan
from wfm.report.words import LANGUAGES, catalog, text
from wfm.report.workbook import workbook
from wfm.scenario.reader import read_scenario

Cells = list[list[Any]]


def cells(content: bytes, name: str) -> Cells:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python(skip_empty_area=False)


def table(content: bytes, key: str, language: str) -> pd.DataFrame:
    rows = cells(content, text(f"sheet.{key}", language))
    return pd.DataFrame(rows[HEAD_ROW + 1 :], columns=rows[HEAD_ROW])


@pytest.fixture(scope="module")
def written(quickstart: ShownPlan) -> dict[str, bytes]:
    return {language: workbook(quickstart, language) for language in LANGUAGES}


def test_the_same_plan_gives_the_same_bytes(quickstart: ShownPlan, written: dict[str, bytes]) -> None:
    assert workbook(quickstart) == written["zh"]
    assert written["zh"] != written["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_of_sheets_are_in_one_language_and_short(language: str, written: dict[str, bytes]) -> None:
    names = CalamineWorkbook.from_filelike(io.BytesIO(written[language])).sheet_names
    assert len(names) >= 15
    known = {text(key, language) for key in catalog() if key.startswith("sheet.")}
    assert set(names) <= known
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cover_says_the_headline(language: str, quickstart: ShownPlan, written: dict[str, bytes]) -> None:
    numbers, threshold = headline(quickstart), quickstart.scenario.targets.threshold
    rows = {row[0]: row for row in cells(written[language], text("sheet.cover", language))}
    assert rows[text("people.seats", language)][1] == numbers["people.seats"]
    assert rows[text("people.heads", language)][1] == numbers["people.heads"]
    answered = numbers.number("service.sl_offered")
    row = rows[kpi.label("sl_offered", language, threshold)]
    assert row[1:4] == pytest.approx([answered.value, answered.low, answered.high])
    assert row[5] == kpi.definition("sl_offered", language, threshold)
    best = text("cover.npv", language, option=text(f"option.{quickstart.best}", language))
    assert rows[best][1] == pytest.approx(numbers[f"option.{quickstart.best}.npv"])
    # Every number on the cover has a definition.
    assert all(row[5] for row in rows.values() if isinstance(row[1], float))


def test_requirement_and_forecast_are_the_plans(quickstart: ShownPlan, written: dict[str, bytes]) -> None:
    need, plan = table(written["en"], "requirement", "en"), quickstart.requirement
    zone = quickstart.scenario.timezone
    assert need[text("head.start", "en", zone=zone)].tolist() == [
        start.to_pydatetime().replace(tzinfo=None) for start in plan["start"]
    ]
    assert need[text("head.needed", "en")].tolist() == plan["agents"].tolist()
    assert need[text("head.date", "en")].tolist() == plan["date"].tolist()
    forecast = table(written["en"], "forecast", "en")
    assert forecast[text("head.contacts", "en")].to_numpy(float) == pytest.approx(quickstart.forecast["contacts"].to_numpy())
    days = table(written["en"], "forecast_days", "en")
    assert days[text("head.contacts", "en")].sum() == pytest.approx(quickstart.forecast["contacts"].sum())


def test_the_roster_adds_up(quickstart: ShownPlan, written: dict[str, bytes]) -> None:
    roster, shifts = table(written["en"], "shifts", "en"), quickstart.schedule.shifts
    work = roster[roster[text("head.activity", "en")] == text("activity.work", "en")]
    wanted = shifts[shifts["activity"] == "work"]
    assert work[text("head.total", "en")].sum() == wanted["people"].sum()
    monday = date(2027, 7, 5)
    column = next(name for name in roster.columns if str(name).startswith(monday.isoformat()))
    assert work[column].sum() == wanted.loc[wanted["date"] == monday, "people"].sum()
    # Clock times are times of the day, as Excel knows them.
    assert roster[text("head.from", "en")].min() == timedelta(hours=10)
    assert roster[text("head.to", "en")].max() == timedelta(hours=18)


def test_the_cover_matrix_is_the_cover(quickstart: ShownPlan, written: dict[str, bytes]) -> None:
    grid, cover = table(written["en"], "cover_matrix", "en"), quickstart.schedule.cover
    for measure, column in (("on_queue", "agents"), ("needed", "required"), ("short", "short")):
        block = grid[grid[text("head.measure", "en")] == text(f"head.{measure}", "en")].iloc[:, 2:]
        assert block.to_numpy(float).sum() == pytest.approx(cover[column].sum())
    assert grid.shape[1] - 2 == cover["date"].nunique()


def test_every_money_row_is_there(quickstart: ShownPlan, written: dict[str, bytes]) -> None:
    rows = table(written["zh"], "ledger", "zh")
    unit = text("unit.money", "zh")
    assert rows[text("head.amount", "zh", unit=unit)].to_numpy(float) == pytest.approx(quickstart.ledger["amount"].to_numpy())
    assert not rows[text("head.unit", "zh")].str.contains("[a-zA-Z]{3}").any()


def test_a_value_and_its_default_are_in_the_unit_beside_them(quickstart: ShownPlan, written: dict[str, bytes]) -> None:
    rows = table(written["zh"], "sources", "zh").set_index(text("head.key", "zh"))
    value, default, unit = (text(f"head.{head}", "zh") for head in ("value", "default", "unit"))
    known = {origin.key: origin for origin in quickstart.origins}
    length = rows.loc["people.shifts.full_time.length"]
    assert (length[value], length[default], length[unit]) == (28_800, 28_800, "秒")
    assert rows.loc["people.wage.attrition_per_year", unit] == "%/年"
    assert rows.loc["people.wage.on_cost", unit] == "%"
    assert rows.loc["seed", value] == known["seed"].value
    assert {type(cell) for cell, of in zip(rows[default], rows[value], strict=True) if isinstance(of, float) and cell != "—"} == {
        float
    }


def formats_of(content: bytes) -> tuple[str, list[str]]:
    """The styles, and every sheet's XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/sheet"))
        return archive.read("xl/styles.xml").decode(), [archive.read(name).decode() for name in sheets]


def test_sheets_freeze_filter_and_print_wide(written: dict[str, bytes]) -> None:
    styles, sheets = formats_of(written["zh"])
    names = CalamineWorkbook.from_filelike(io.BytesIO(written["zh"])).sheet_names
    assert len(sheets) == len(names)
    steps = [sheet for sheet in sheets if "<autoFilter" in sheet]
    assert len(steps) >= 14
    for sheet in steps:
        assert 'state="frozen"' in sheet
        assert 'orientation="landscape"' in sheet
        assert 'fitToPage="1"' in sheet
    assert 'formatCode="0.0%"' in styles
    assert 'formatCode="[hh]:mm"' in styles


def test_no_cell_is_a_formula_or_an_outside_link(quickstart: ShownPlan) -> None:
    evil = '=HYPERLINK("http://evil.example","x")'
    scenario = quickstart.scenario.model_copy(
        update={"name": quickstart.scenario.name.model_copy(update={"zh": evil, "en": "<b>@x"})}
    )
    repairs = pd.DataFrame({"line": [3], "what": ["+1+1"], "action": ["http://evil.example"]})
    forecast = quickstart.forecast.assign(queue="-2+3")
    plan = replace(quickstart, scenario=scenario, repairs=repairs, forecast=forecast, overrides=("=1+1",))
    for language in LANGUAGES:
        content = workbook(plan, language)
        _, sheets = formats_of(content)
        assert not any(
            re.search(r"<c [^>]*><f>|<f>", re.sub(r"<conditionalFormatting.*?</conditionalFormatting>", "", s)) for s in sheets
        )
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.endswith(".rels") and "worksheets" in name:
                    assert "evil" not in archive.read(name).decode()
        rows = cells(content, text("sheet.repairs", language))
        assert rows[HEAD_ROW + 1] == [3.0, "+1+1", "http://evil.example"]
        assert table(content, "forecast", language)[text("head.queue", language)].unique().tolist() == ["-2+3"]
        title = cells(content, text("sheet.cover", language))[0][0]
        assert title.startswith(evil if language == "zh" else "<b>@x")


def test_short_intervals_are_coloured(quickstart: ShownPlan) -> None:
    cover = quickstart.schedule.cover.copy()
    cover.loc[cover.index[3], ["short", "agents"]] = [2.0, 5.0]
    gaps = cover.loc[[cover.index[3]], ["start", "group", "date", "required", "agents", "short"]].assign(why="seats")
    plan = replace(quickstart, schedule=replace(quickstart.schedule, cover=cover, shortfalls=gaps))
    content = workbook(plan, "en")
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    _, sheets = formats_of(content)
    by_name = dict(zip(names, sorted(sheets, key=lambda s: 0), strict=True))
    assert len(by_name) == len(sheets)
    alarmed = [sheet for sheet in sheets if "<conditionalFormatting" in sheet]
    assert len(alarmed) == 2  # the matrix, and the list of shortfalls
    rules = re.findall(r'<conditionalFormatting sqref="([A-Z0-9:]+)">.*?<formula>(.*?)</formula>', "".join(alarmed))
    slots = cover.merge(quickstart.requirement[["start", "slot"]], on="start")["slot"].nunique()
    first = HEAD_ROW + 2  # Excel counts rows from 1
    last_column = rules[0][0].partition(":")[2].rstrip("0123456789")
    assert f"C{first}:{last_column}{first + slots - 1}" in [area for area, _ in rules]
    formula = next(formula for area, formula in rules if area.startswith(f"C{first}:"))
    judged = f"C{first + 2 * slots}"
    assert formula == f"OR(ISTEXT({judged}),{judged}&gt;0)"
    # The judged cell really is the one that says how many are short.
    grid = cells(content, text("sheet.cover_matrix", "en"))
    assert grid[first + 2 * slots - 1 + 3][2] == 2.0
    assert grid[first - 1 + 3][2] == 5.0


def test_an_unreachable_target_and_missing_numbers_are_honest(quickstart: ShownPlan) -> None:
    need = quickstart.requirement.copy()
    need.loc[need.index[0], ["agents", "sl_offered", "answer_rate", "occupancy", "asa_answered"]] = [math.inf, *[math.nan] * 4]
    rows = table(workbook(replace(quickstart, requirement=need), "en"), "requirement", "en")
    assert rows[text("head.needed", "en")].iloc[0] == "∞"
    threshold = quickstart.scenario.targets.threshold
    head = text("head.share_kpi", "en", kpi=kpi.label("sl_offered", "en", threshold))
    assert rows[head].iloc[0] == ""


def sheet_of(*columns: Column) -> Cells:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
        write(book, Styles(book), Sheet("one", "one", "", list(columns)))
    return cells(file.getvalue(), "one")[HEAD_ROW + 1 :]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "=1+1"),
        ("{=1}", "{=1}"),
        ("@SUM(A1)", "@SUM(A1)"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("x" * 40_000, "x" * 32_766 + "…"),
        (True, True),
        (date(2027, 7, 5), date(2027, 7, 5)),
        (datetime(2027, 7, 5, 10, 30), datetime(2027, 7, 5, 10, 30)),
    ],
    ids=str,
)
def test_a_cell_holds_what_it_was_given(value: object, shown: object) -> None:
    kind = {datetime: "instant", date: "date"}.get(type(value), "text")
    assert sheet_of(Column("a", kind, [value]))[0][0] == shown


@pytest.mark.parametrize("function", [lambda plan: workbook(plan, "zh")])
def test_a_wall_clock_past_midnight_counts_on(function: Callable[[ShownPlan], bytes], quickstart: ShownPlan) -> None:
    assert sheet_of(Column("a", "clock", [25.5 * 3600]))[0][0] == timedelta(hours=25, minutes=30)
    assert function(quickstart)


def test_the_assumptions_are_the_scenario(quickstart: ShownPlan, tmp_path: Path) -> None:
    for language in LANGUAGES:
        (tmp_path / "plan.xlsx").write_bytes(workbook(quickstart, language))
        assert read_scenario(tmp_path / "plan.xlsx")[0] == quickstart.scenario


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [("targets.answer_rate", "95%", 0.95), ("people.wage.full_time", 5200, 5200.0), ("demand.orders_per_day", 2000, 2000.0)],
)
def test_one_edited_cell_changes_that_value_alone(
    quickstart: ShownPlan, tmp_path: Path, key: str, written: str | float, value: float
) -> None:
    """As a spreadsheet would save it: the same sheet with another value in one cell."""
    name = text("sheet.assumptions", "en")
    rows = cells(workbook(quickstart, "en"), name)
    at = next(number for number, row in enumerate(rows) if row[0] == key)
    with xlsxwriter.Workbook(tmp_path / "plan.xlsx", {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(number, column, str(cell) if isinstance(cell, date) else cell)
        sheet.write(at, 2, written)
    again = read_scenario(tmp_path / "plan.xlsx")[0].model_dump()
    before = quickstart.scenario.model_dump()
    changed = [path for path in leaves(before) if leaf(before, path) != leaf(again, path)]
    assert changed == [key]
    assert leaf(again, key) == value


def leaves(values: dict[str, Any], prefix: str = "") -> list[str]:
    found = []
    for key, value in values.items():
        found += leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else [f"{prefix}{key}"]
    return found


def leaf(values: dict[str, Any], path: str) -> Any:
    for part in path.split("."):
        values = values[part]
    return values
