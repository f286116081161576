"""The Excel sheet of a scenario: it reads back as the same scenario, and what is wrong in it names sheet and cell."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from tests.scenario.shop import GOOD, write
from tests.scenario.values import scenarios
from wfm.core.errors import InputError
from wfm.core.intervals import OpeningHours
from wfm.scenario.model import Scenario
from wfm.scenario.reader import read_scenario, read_text_of, validate
from wfm.scenario.sheet import read_sheet, sheet_rows, workbook_bytes, write_sheet
from wfm.scenario.sheet_cells import restored
from wfm.scenario.sheet_reading import HEADERS
from wfm.scenario.sheet_rows import neutral
from wfm.scenario.starter import yaml_text

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def again(content: bytes) -> Scenario:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shop.xlsx"
        path.write_bytes(content)
        return read_scenario(path)[0]


@dataclass(frozen=True)
class Shown:
    """A cell's value with the number format that it is shown in."""

    value: Any
    code: str


def book(path: Path, *rows: tuple[Any, Any], name: str = "Scenario") -> Path:
    """A workbook as a planner's own spreadsheet may write it: title rows, then key and value."""
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet(name)
    for column, title in enumerate(HEADERS["en"]):
        sheet.write(1, column, title)
    formats = {time: "hh:mm", timedelta: "[h]:mm", date: "yyyy-mm-dd", datetime: "yyyy-mm-dd hh:mm"}
    for number, (key, value) in enumerate(rows, start=2):
        sheet.write_string(number, 0, key)
        if isinstance(value, Shown):
            sheet.write(number, 2, value.value, workbook.add_format({"num_format": value.code}))
        elif type(value) in formats:
            sheet.write_datetime(number, 2, value, workbook.add_format({"num_format": formats[type(value)]}))
        elif isinstance(value, str) and value.startswith("=") and "/0" in value:
            sheet.write_formula(number, 2, value, None, "#DIV/0!")
        elif isinstance(value, str):
            sheet.write_string(number, 2, value)
        else:
            sheet.write(number, 2, value)
    workbook.close()
    return path


NEEDED = (
    ("wfm", 2),
    ("name", "shop"),
    ("plan.start", date(2027, 7, 5)),
    ("demand.orders_per_day", 600),
    ("hours.daily", "10:00-18:00"),
)


def problems(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    return "\n".join(str(problem) for problem in caught.value.problems).replace(str(path.parent), "").replace("/shop", "shop")


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("filled", [False, True])
def test_every_scenario_that_we_ship_goes_round(path: Path, language: Any, filled: bool) -> None:
    scenario, _ = read_scenario(path)
    content = workbook_bytes(scenario, language, filled=filled)
    assert again(content) == scenario
    assert workbook_bytes(scenario, language, filled=filled) == content


@settings(max_examples=60)
@given(scenarios(), st.sampled_from(["zh", "en"]), st.booleans())
def test_any_scenario_goes_round(scenario: Scenario, language: Any, filled: bool) -> None:
    assert again(workbook_bytes(scenario, language, filled=filled)) == scenario


@settings(max_examples=100)
@given(scenarios(), st.sampled_from(["zh", "en"]))
def test_any_scenario_goes_round_as_yaml(scenario: Scenario, language: Any) -> None:
    assert validate(read_text_of(yaml_text(scenario, language), "shop.yaml")) == scenario


@given(st.text())
def test_no_text_is_a_formula_and_each_is_restored(text: str) -> None:
    assert neutral(text)[:1] not in ("=", "+", "-", "@")
    assert restored(neutral(text)) == text


def test_a_name_that_begins_like_a_formula_stays_text(tmp_path: Path) -> None:
    scenario, _ = read_scenario(write(tmp_path, GOOD.replace("shop", "'=HYPERLINK(\"http://x\")'")))
    [value] = [row.value for row in sheet_rows(scenario, "en") if row.key == "name.en"]
    assert str(value).startswith("'=")
    assert again(workbook_bytes(scenario, "en")).name.en == '=HYPERLINK("http://x")'


def test_empty_cells_are_defaults_and_required_ones_are_marked(tmp_path: Path) -> None:
    scenario, _ = read_scenario(write(tmp_path, GOOD))
    rows = {row.key: row for row in sheet_rows(scenario, "zh")}
    assert [key for key, row in rows.items() if row.required] == ["wfm", "name.zh", "name.en", "plan.start", "hours.daily"]
    assert rows["people.wage.full_time"].value is None
    assert rows["people.wage.full_time"].default == "4500"
    assert rows["plan.weeks"].unit == "周"
    assert rows["targets.answer_rate"].default == "98%"
    assert rows["options.outsourced.price.basis"].choices == ("per_fte_month", "per_seat_month", "per_contact")
    full = {row.key: row.value for row in sheet_rows(scenario, "zh", filled=True)}
    assert full["people.wage.full_time"] == 4500
    assert set(full) == set(rows)


def test_every_row_has_a_meaning_in_both_languages(tmp_path: Path) -> None:
    scenario, _ = read_scenario(write(tmp_path, GOOD))
    for language in ("zh", "en"):
        assert not [row.key for row in sheet_rows(scenario, language) if not row.meaning]  # type: ignore[arg-type]
    chinese = sheet_rows(scenario, "zh")
    assert not [row.key for row in chinese if all(ord(sign) < 0x2E80 for sign in row.meaning)]


@pytest.mark.parametrize(
    ("key", "cell", "expected"),
    [
        ("targets.answer_rate", 0.95, 0.95),
        ("targets.answer_rate", "95%", 0.95),
        ("targets.answer_rate", "none", None),
        ("targets.answer_rate", "无", None),
        ("contact.talk", "3min", 180.0),
        ("contact.talk", 180, 180.0),
        ("contact.talk", "180", 180.0),
        ("contact.patience.onset", "1.2482722814061224e-23", 1.2482722814061224e-23),
        ("contact.patience.then_mean", "never", float("inf")),
        ("plan.weeks", 3.0, 3),
        ("plan.weeks", "3", 3),
        ("plan.start", date(2027, 8, 2), date(2027, 8, 2)),
        ("plan.start", "2027-08-02", date(2027, 8, 2)),
        ("people.leaders.own_desk", True, True),
        ("people.leaders.own_desk", "是", True),
        ("people.shifts.full_time.start", time(9, 30), ("09:30",)),
        ("people.shifts.full_time.start", "08:00, 12:00", ("08:00", "12:00")),
        ("money.horizon", "3 years", 36),
        ("country", '""', ""),
        ("name.zh", 618, "618"),
        ("plan.start", "2027/8/2", date(2027, 8, 2)),
        ("plan.start", "2027年8月2日", date(2027, 8, 2)),
        ("plan.start", "2027.08.02", date(2027, 8, 2)),
        ("plan.start", 20270802, date(2027, 8, 2)),
        ("people.wage.full_time", "5,200", 5200),
        ("people.wage.full_time", "5200元", 5200),
        ("people.wage.full_time", "￥5,200.50", 5200.5),
        ("people.wage.full_time", "5200 CNY/month", 5200),
        ("people.wage.full_time", "5200元/月", 5200),
        ("options.outsourced.price.price", "5500元/月", 5500),
        ("money.breach_cost", "50万元", 500_000),
        ("plan.weeks", "2周", 2),
        ("plan.weeks", "２ weeks", 2),
        ("demand.orders_per_day", "1,350单", 1350),
        ("people.leaders.span", "12人", 12),
        ("people.shifts.full_time.days_per_week", "5天/周", 5),
        ("contact.talk", "4：30", 270),
        ("contact.talk", "0:04:30", 270),
        ("contact.talk", time(0, 4, 30), 270),
        ("contact.talk", Shown(time(0, 4), "h:mm:ss"), 240),
        ("contact.talk", Shown(time(0, 4), "mm:ss"), 240),
        ("contact.patience.then_mean", Shown(time(0, 2), "[h]:mm:ss"), 120),
        ("people.shifts.full_time.length", Shown(timedelta(hours=7), "[hh]:mm:ss"), 25_200),
        ("demand.volume", "120%", 1.2),
        ("demand.volume", 1.2, 1.2),
        ("demand.volume", "1200%", 12),
        ("demand.volume", Shown(1.2, "0%"), 1.2),
        ("money.demand_growth", Shown(-0.05, '0.0##%;"minus "0%'), -0.05),
        ("people.leaders.own_desk", "有", True),
        ("options.outsourced", False, None),
        ("options.outsourced", "否", None),
        ("targets.sl_offered", "不要", None),
        ("contact.talk", "3 mins", 180),
        ("people.shifts.full_time.length", "8个小时", 28_800),
        ("money.discount_rate", "１０％", 0.1),
        ("hours.sun", "休息", "休息"),
    ],
)
def test_cells_as_people_fill_them(key: str, cell: object, expected: object, tmp_path: Path) -> None:
    rows = [row for row in NEEDED if row[0] not in (key, "name")]
    path = book(tmp_path / "shop.xlsx", *rows, ("name.en", "x"), *([] if key == "name.zh" else [("name.zh", "x")]), (key, cell))
    found: Any = read_scenario(path)[0]
    for part in key.split("."):
        found = found.root[part] if isinstance(found, OpeningHours) else getattr(found, part)
    assert found == expected


def test_hours_shifts_and_options_have_rows_of_their_own(tmp_path: Path) -> None:
    rows = [*NEEDED, ("hours.2027-07-10..2027-07-12", "closed"), ("people.shifts.evening.length", "4h")]
    rows += [("people.shifts.evening.paid_meal", 0), ("people.shifts.peak_part_time", "none"), ("options.outsourced", "none")]
    scenario, _ = read_scenario(book(tmp_path / "shop.xlsx", *rows))
    assert scenario.hours.root == {"daily": "10:00-18:00", "2027-07-10..2027-07-12": "closed"}
    assert list(scenario.people.shifts.templates()) == ["full_time", "evening"]
    assert scenario.options.outsourced is None
    assert scenario.options.hosted is not None


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("targets.answer_rate", 98), "C8: targets.answer_rate: a share lies between 0 and 1 (got 98). Write 98%"),
        (("contact.talk", time(4, 30)), "C8: contact.talk: 4h30min or 4min30s? Typed as 4:30"),
        (("contact.talk", "=1/0"), "C8: contact.talk: this cell holds an error of the spreadsheet"),
        (("contact.tlak", "3min"), "C8: contact.tlak: unknown key. Did you mean 'talk'?"),
        (("plan.start", "x"), "C8: plan.start: duplicate key: it stands in C5 already"),
        (("a..b", 1), "C8: a..b: this is no key"),
        (("language", "fr"), "C8: language: none of the words that are known here (got 'fr'). Write one of: zh, en"),
        (("people.shifts.evening.start", "25:00"), "C8: people.shifts.evening.start: "),
        (("plan.weeks", datetime(2027, 7, 5, 12)), "C8: plan.weeks: a whole number is needed here"),
        (("money", "much"), "C8: money: a section with keys is needed here"),
        (("people.wage.full_time", "62400元/年"), "C8: people.wage.full_time: a number is needed here"),
        (("people.wage.full_time", "$5200"), "C8: people.wage.full_time: a number is needed here"),
        (("people.wage.full_time", "5,20"), "C8: people.wage.full_time: a number is needed here"),
        (("plan.weeks", "2天"), "C8: plan.weeks: a whole number is needed here"),
        (("demand.volume", 120), "C8: demand.volume: 120% or 12000%?"),
        (("demand.volume", Shown(12, "0%")), "(got 12). Write 12%; or 1200% as a text: '1200%"),
        (("money.discount_rate", 8), "C8: money.discount_rate: 8% or 800%?"),
        (("targets.sl_offered", "80/20"), "C8: targets.sl_offered: this row says only whether there is such a thing"),
        (("targets.answer_rate", Shown(98, "0%")), "C8: targets.answer_rate: a share lies between 0 and 1 (got 98)."),
    ],
)  # fmt: skip
def test_what_is_wrong_names_sheet_and_cell(row: tuple[str, Any], says: str, tmp_path: Path) -> None:
    assert says in problems(book(tmp_path / "shop.xlsx", *NEEDED, row))


def test_all_problems_of_a_sheet_are_told_together_by_row_in_its_language(tmp_path: Path) -> None:
    rows = [*NEEDED, *((f"hours.2027-07-{day:02d}", "closed") for day in range(5, 32)), ("language", "zh")]
    wrong = [("contact.talk", time(4, 30)), ("people.leaders.span", "many"), ("a..b", 1), ("contact.wrap", "=1/0"), ("seed", -1)]
    path = book(
        tmp_path / "shop.xlsx", wrong[0], *rows[:3], wrong[1], *rows[3:], *wrong[2:], *(("x.y", 1) for _ in range(90)), ("x.z", 1)
    )
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    told = [problem.file.rpartition("!")[2] for problem in caught.value.problems]
    assert told[:5] == ["C3", "C7", "C38", "C39", "C40"]
    assert told[5:-1] == [f"C{row}" for row in range(41, 56)]
    assert caught.value.language == "zh"
    assert "是 4h30min 还是 4min30s？" in caught.value.problems[0].text("zh")


def test_what_follows_from_a_cell_that_cannot_be_read_is_not_told_too(tmp_path: Path) -> None:
    rows = [row for row in NEEDED if row[0] != "demand.orders_per_day"]
    told = problems(book(tmp_path / "shop.xlsx", *rows, ("demand.orders_per_day", "=1/0")))
    assert told.endswith(
        "C7: demand.orders_per_day: this cell holds an error of the spreadsheet. Mend its formula or write a value"
    )
    assert "\n" not in told


def test_amounts_are_in_the_currency_of_the_sheet(tmp_path: Path) -> None:
    rows = [*NEEDED, ("currency", "USD"), ("people.wage.full_time", "$5,200"), ("people.wage.leader", "7000 usd/month")]
    path = book(tmp_path / "shop.xlsx", *rows)
    scenario = read_scenario(path)[0]
    assert (scenario.people.wage.full_time, scenario.people.wage.leader) == (5200, 7000)
    units = {row.key: row.unit for row in sheet_rows(scenario, "zh")}
    assert units["people.wage.full_time"] == "USD/月"
    assert "a number is needed here" in problems(book(tmp_path / "shop.xlsx", *rows[:-2], ("people.wage.full_time", "￥5200")))


@pytest.mark.parametrize("day", ["2027/7/20", "2027年7月20日", "20270720"])
def test_days_of_hours_are_written_as_dates_are(day: str, tmp_path: Path) -> None:
    rows = [*NEEDED[:-1], ("hours.daily", "9点到21点30分"), (f"hours.{day}", "休息"), ("hours.2027/7/21至2027/7/23", "10:00-14:00")]
    scenario, _ = read_scenario(book(tmp_path / "shop.xlsx", *rows))
    assert list(scenario.hours.root) == ["daily", "2027-07-20", "2027-07-21..2027-07-23"]
    assert scenario.hours.spans_of("daily") == [(9 * 3600, 21 * 3600 + 1800)]


def test_what_a_planner_filled_in_is_never_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "shop.xlsx"
    path.write_bytes(workbook_bytes(read_scenario(write(tmp_path, GOOD))[0], "zh"))
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(skip_empty_area=False)
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as workbook:
        page = workbook.add_worksheet("方案")
        for number, row in enumerate(rows):
            page.write_row(number, 0, [str(cell) if isinstance(cell, date) else cell for cell in row])
            if row[0] == "people.wage.full_time":
                page.write_formula(number, 2, "=5000*1.04", None, "")
            if row[0] == "people.wage.leader":
                page.write_number(number, 4, 9000)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            # xlsxwriter says that the formula gave a text; libraries that do not calculate say nothing.
            archive.writestr(name, content.replace(b' t="str"><f>5000*1.04</f><v></v>', b"><f>5000*1.04</f><v></v>"))
    told = problems(path)
    assert "people.wage.full_time: this cell holds a formula that was never calculated" in told
    assert "people.wage.leader: a value stands in the column of defaults, which is not read (got 9000). Write it into C" in told


def test_a_missing_key_and_an_old_version_are_told_of_sheets_too(tmp_path: Path) -> None:
    path = book(tmp_path / "shop.xlsx", *(row for row in NEEDED if row[0] != "plan.start"))
    assert "shop.xlsx: plan: this key is required" in problems(path)
    rows = [("wfm", 1), *NEEDED[1:], ("demand.history.csv", "a.csv")]
    _, source = read_scenario(book(tmp_path / "old.xlsx", *rows))
    assert [notice.file.split(":")[-1] for notice in source.notices] == ["Scenario!C8"]


def test_books_that_are_no_scenarios_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.xlsx"
    for content in (b"", b"PK\x03\x04", b"no workbook at all", workbook_bytes(read_scenario(write(tmp_path, GOOD))[0], "en")[:900]):
        path.write_bytes(content)
        assert "cannot be read as a workbook" in problems(path)
    workbook = xlsxwriter.Workbook(path)
    workbook.add_worksheet().write_string(0, 0, "nothing")
    workbook.close()
    assert "none has the columns key and value" in problems(path)


def test_a_cell_at_the_far_corner_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "shop.xlsx"
    workbook = xlsxwriter.Workbook(path)
    sheet = workbook.add_worksheet()
    sheet.write_string(0, 0, "key")
    sheet.write_string(1_048_575, 16_383, "far")
    workbook.close()
    assert "too large for a scenario" in problems(path)


def test_the_scenario_is_found_beside_other_sheets(tmp_path: Path) -> None:
    scenario, _ = read_scenario(write(tmp_path, GOOD))
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True})
    workbook.add_worksheet("Forecast").write_row(0, 0, ["start", "contacts"])
    write_sheet(workbook, scenario, "en", name="Assumptions")
    workbook.close()
    path = tmp_path / "plan.xlsx"
    path.write_bytes(stream.getvalue())
    assert read_scenario(path)[0] == scenario
    assert "Assumptions!C" in read_sheet(path).places["plan", "start"].file


def test_a_sheet_fed_back_overrides_what_was_changed_and_nothing_else(tmp_path: Path) -> None:
    path = SCENARIOS / "quickstart.yaml"
    scenario, _ = read_scenario(path)
    sheet = tmp_path / "plan.xlsx"
    sheet.write_bytes(workbook_bytes(scenario, "zh", filled=True))
    same, source = read_scenario(path, sheet=sheet)
    assert same == scenario
    assert source.overrides == ()
    changed, _ = read_scenario(
        path, ["demand.orders_per_day=2000", "targets.sl_offered=null", "people.shifts.full_time.start=09:00"]
    )
    sheet.write_bytes(workbook_bytes(changed, "zh", filled=True))
    again, source = read_scenario(path, ["plan.weeks=2"], sheet=sheet)
    assert again == changed.model_copy(update={"plan": changed.plan.model_copy(update={"weeks": 2})})
    assert source.overrides == (
        "demand.orders_per_day=2000",
        "targets.sl_offered=null",
        'people.shifts.full_time.start=["09:00"]',
        "plan.weeks=2",
    )
    assert read_scenario(path, source.overrides)[0] == again


def fitted(scenario: Scenario) -> Scenario:
    """As a plan fits it from records: numbers that no spreadsheet shows in full."""
    values = {"talk": 187.12345678901234, "spread.cv": 0.8310000000000001, "patience.then_mean": 1000 / 7}
    contact = scenario.contact.with_fitted(values, dict.fromkeys(values, "calls.csv, maximum likelihood"))
    return scenario.model_copy(update={"contact": contact})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_was_fitted_is_no_override_until_it_is_edited(language: Any, tmp_path: Path) -> None:
    path = write(tmp_path, GOOD + "promise: {day_target_met: 83.33333333333333%}\n")
    scenario, sheet = read_scenario(path)[0], tmp_path / "plan.xlsx"
    sheet.write_bytes(workbook_bytes(fitted(scenario), language, filled=True))
    same, source = read_scenario(path, sheet=sheet)
    assert (same, source.overrides) == (scenario, ())
    # As another program saves it: fifteen digits, and one fitted value edited.
    [name] = [str(name) for name in CalamineWorkbook.from_path(sheet).sheet_names]
    rows = CalamineWorkbook.from_path(sheet).get_sheet_by_name(name).to_python(skip_empty_area=False)
    with xlsxwriter.Workbook(sheet) as workbook:
        page = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                edited = row[0] == "contact.spread.cv" and column == 2
                page.write(number, column, 0.9 if edited else float(f"{cell:.15g}") if isinstance(cell, float) else str(cell))
    again, source = read_scenario(path, sheet=sheet)
    assert source.overrides == ("contact.spread.cv=0.9",)
    assert again.contact.talk == scenario.contact.talk


def test_percent_cells_do_not_round_and_texts_are_in_one_language(tmp_path: Path) -> None:
    path = tmp_path / "shop.xlsx"
    path.write_bytes(workbook_bytes(read_scenario(SCENARIOS / "bank.yaml")[0], "zh"))
    with zipfile.ZipFile(path) as archive:
        styles = archive.read("xl/styles.xml").decode()
    codes = re.findall(r'formatCode="([^"]*%[^"]*)"', styles)
    assert codes == ["0.0##%"]
    assert not re.search(r'<xf numFmtId="(9|10)"', styles)
    rows = {
        row.key: row for row in sheet_rows(read_scenario(SCENARIOS / "bank.yaml")[0], "zh", filled=True, said=lambda words: "译文")
    }
    assert rows["contact.fit.file"].meaning == "用通话记录拟合处理时长与耐心 · 每通咨询一行的记录文件（相对于方案文件）"
    assert {row.source for row in rows.values()} <= {"", "译文", "译文 译文"}
    assert (rows["people.shifts.full_time.length"].value, rows["people.shifts.full_time.length"].default) == ("8h", "8h")
    assert {row.unit for row in rows.values() if row.kind == "duration"} == {"秒（或 3min、8h）"}
    assert {row.unit[0] for row in rows.values() if row.kind in ("share", "rate", "factor")} == {"%"}


def test_a_small_yaml_of_keys_overrides_too(tmp_path: Path) -> None:
    keys = write(tmp_path, "demand.orders_per_day: 2000\ntargets: {answer_rate: 95%}\npeople.wage.full_time: 4500\n", "keys.yaml")
    scenario, source = read_scenario(SCENARIOS / "quickstart.yaml", sheet=keys)
    assert (scenario.demand.orders_per_day, scenario.targets.answer_rate) == (2000, 0.95)
    assert source.overrides == ("demand.orders_per_day=2000", "targets.answer_rate=95%")
    write(tmp_path, "demand.orders_per_day: many\n", "keys.yaml")
    with pytest.raises(InputError, match=r"keys.yaml:1: demand.orders_per_day: .*'many'"):
        read_scenario(SCENARIOS / "quickstart.yaml", sheet=keys)
