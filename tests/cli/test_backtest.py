"""``wfm backtest``: what it prints and writes, and what it refuses."""

import csv
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.cli.commands import QUICKSTART, SETS
from tests.cli.commands import wfm as command
from tests.shared import shared
from wfm.cli.backtest import backtest
from wfm.core.errors import InputError

START = date(2026, 3, 2)


def wfm(*arguments: object) -> Result:
    return CliRunner().invoke(backtest, [str(a) for a in arguments], catch_exceptions=False)


def days_file(folder: Path, values: list[object], header: str = "date,offered", step: int = 1) -> Path:
    path = folder / "days.csv"
    rows = [f"{START + timedelta(days=step * i)},{value}" for i, value in enumerate(values)]
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


@pytest.fixture
def steady(tmp_path: Path) -> Path:
    return days_file(tmp_path, [100 + 10 * (i % 7) for i in range(140)])


def test_numbers_by_hand(tmp_path: Path) -> None:
    """Each week is 10 a day above the one before: naive is off by 10, 20, 30, 40 in the four weeks ahead."""
    path = days_file(tmp_path, [100 + 10 * (i // 7) for i in range(140)])
    done = wfm(path, "--models", "naive,mean4", "--horizons", "1w,28", "--origins", 1, "--json", "-q")
    answer = json.loads(done.stdout)
    assert answer["wfm_backtest"] == 1
    assert answer["origins"] == [str(START + timedelta(days=111))]
    naive = {row["horizon"]: row for row in answer["measures"] if row["model"] == "naive"}
    assert naive["1w"]["wape"] == pytest.approx(10 / 260)
    assert naive["28"]["wape"] == pytest.approx(25 / 275)
    assert naive["28"]["bias"] == pytest.approx(-25 / 275)
    assert naive["28"]["rmse"] == pytest.approx(((100 + 400 + 900 + 1600) / 4) ** 0.5)
    assert naive["28"]["mase"] == pytest.approx(2.5)
    assert naive["28"]["cover80"] is None
    mean = {row["horizon"]: row for row in answer["measures"] if row["model"] == "mean4"}
    assert mean["1w"]["wape"] == pytest.approx(25 / 260)


def test_several_files_are_one_past(tmp_path: Path) -> None:
    """One file a month, as exports come, gives the numbers of all in one file."""
    whole = days_file(tmp_path, [100 + 10 * (i // 7) + i % 3 for i in range(140)])
    header, *rows = whole.read_text(encoding="utf-8").splitlines()
    parts = [tmp_path / "5月.csv", tmp_path / "6月.csv"]
    for part, some in zip(parts, (rows[:70], rows[70:]), strict=True):
        part.write_text("\n".join([header, *some, ""]), encoding="utf-8")
    options = ("--models", "naive", "--origins", 1, "--json", "-q")
    one, many = json.loads(wfm(whole, *options).stdout), json.loads(wfm(*parts, *options).stdout)
    assert many["measures"] == one["measures"]
    assert many["origins"] == one["origins"]
    refused = command("backtest", *parts, "--value", "offered")
    assert refused.code == 2
    assert "amounts are read from one file" in refused.err


def test_leads_count_open_days(tmp_path: Path) -> None:
    """Weekdays only: a week has five leads, and Monday follows Friday."""
    path = tmp_path / "weekdays.csv"
    days = [START + timedelta(days=i) for i in range(140) if (START + timedelta(days=i)).weekday() < 5]
    path.write_text("\n".join(["date,orders", *(f"{day},{50 + day.weekday()}" for day in days)]), encoding="utf-8")
    out = tmp_path / "every.csv"
    assert (
        wfm(
            path, "--value", "orders", "--horizons", "1w", "--from", "2026-05-21", "--to", "2026-05-21", "--out", out, "-q"
        ).exit_code
        == 0
    )
    rows = [row for row in rows_of(out) if row["model"] == "ours"]
    assert [row["lead"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row["date"][-2:] for row in rows] == ["22", "25", "26", "27", "28"]
    assert all(float(row["low95"]) <= float(row["low80"]) <= float(row["forecast"]) <= float(row["high80"]) for row in rows)


def test_an_origin_is_the_last_day_seen(steady: Path, tmp_path: Path) -> None:
    """What comes after the origin does not change the forecast."""
    other = tmp_path / "other.csv"
    lines = steady.read_text(encoding="utf-8").splitlines()
    other.write_text("\n".join([*lines[:101], *(f"{line.split(',')[0]},9" for line in lines[101:])]), encoding="utf-8")
    origin = lines[100].split(",")[0]
    made = []
    for path in (steady, other):
        out = tmp_path / f"{path.stem}-out.csv"
        wfm(path, "--from", origin, "--to", origin, "--out", out, "-q")
        made.append([row["forecast"] for row in rows_of(out)])
    assert made[0] == made[1]
    assert len(made[0]) == 3 * 28


def test_screen_brief_and_folder(steady: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = wfm(steady, "--language", "en", "--out", out)
    for word in ("WAPE", "seasonal naive", "80% covered", "an origin is the last day seen", "leads count open days"):
        assert word in done.stdout
    assert sorted(file.name for file in out.iterdir()) == ["backtest.csv", "backtest.json", "backtest_forecasts.csv"]
    chinese = wfm(steady, "--language", "zh", "--brief").stdout
    assert "上周同日法" in chinese
    assert len(chinese.strip().splitlines()) == 5
    assert wfm(steady, "-q").stdout == ""


def test_intervals_by_the_clock(tmp_path: Path) -> None:
    """Half-hours from quarter-hours: the same shape every day is forecast without error, and the floor is no error."""
    path = tmp_path / "quarters.csv"
    rows = ["start,offered"]
    for i in range(100):
        day = START + timedelta(days=i)
        rows += [f"{day}T{9 + q // 4:02d}:{15 * (q % 4):02d},{10 + q}" for q in range(16)]
    path.write_text("\n".join(rows), encoding="utf-8")
    answer = json.loads(wfm(path, "--interval", "30min", "--json", "-q").stdout)
    assert answer["interval_s"] == 1800
    one = {row["model"]: row for row in answer["measures"] if row["horizon"] == "1d"}
    assert one["ours"]["values"] == 8 * len(answer["origins"])
    assert one["naive"]["wape"] == one["mean8"]["wape"] == 0
    assert one["floor"]["wape"] == pytest.approx(0, abs=1e-9)
    assert one["ours"]["wape"] < 0.01


def test_queues_are_pooled_or_summed() -> None:
    """nhs111: 23 queues, each for itself; their sum is steadier than they are."""
    path = shared("data/nhs111_daily_dev.csv")
    each, total = (
        json.loads(wfm(path, "--queue", q, "--country", "GB", "--origins", 2, "--models", "ours", "--json", "-q").stdout)
        for q in ("each", "all")
    )
    assert len(each["queues"]) == 23
    assert len(total["queues"]) == 1
    wape = {name: answer["measures"][-1]["wape"] for name, answer in (("each", each), ("all", total))}
    assert wape["each"] > wape["all"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--horizons", "soon"], "not a horizon"),
        (["--models", "prophet"], "no such model"),
        (["--from", "last week"], "not a day"),
        (["--from", "2030-01-01"], "no day from 2030-01-01"),
        (["--horizons", "130"], "too few"),
        (["--interval", "7min"], "not the length of an interval"),
        (["--interval", "30min"], "totals of days only"),
        (["--country", "ZZ"], "no calendar"),
        (["--value", "sales"], "no such column"),
        (["--models", "floor"], "no such model"),
    ],
)
def test_what_is_refused(steady: Path, options: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        wfm(steady, *options, "-q")


@pytest.mark.parametrize(
    ("values", "words"),
    [([5] * 30, "too few"), ([5, -1] * 70, "negative"), ([1, "many"] * 70, "not a number"), ([""] * 140, "no known")],
)
def test_files_that_cannot_be_judged(tmp_path: Path, values: list[object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        wfm(days_file(tmp_path, values), "-q")


@pytest.mark.parametrize("value", ["0", "7", "x"])
def test_constant_and_empty_series_have_answers(tmp_path: Path, value: str) -> None:
    """All zeros: nothing to divide by, so no ratio; a constant is forecast exactly; every tenth day unknown is no zero."""
    values = ["" if value == "x" and i % 10 == 0 else value.replace("x", "7") for i in range(140)]
    answer = json.loads(wfm(days_file(tmp_path, values), "--json", "-q").stdout)
    for row in answer["measures"]:
        assert row["wape"] is None if value == "0" else row["wape"] == pytest.approx(0, abs=0.01)
        assert row["values"] > 0


def test_amounts_have_fractions(tmp_path: Path) -> None:
    """Money: 1,000.25 a day is as good as 100,025 cents; text among it is named by its line."""
    plain = json.loads(wfm(days_file(tmp_path, [100025 + 10000 * (i % 7) for i in range(120)]), "--json", "-q").stdout)
    money = days_file(tmp_path, [f'"{1000.25 + 100 * (i % 7):,.2f}"' for i in range(120)], header="date,amount")
    answer = json.loads(wfm(money, "--value", "amount", "--json", "-q").stdout)
    for one, other in zip(plain["measures"], answer["measures"], strict=True):
        assert other["wape"] == pytest.approx(one["wape"], abs=1e-4)
        assert other["rmse"] == pytest.approx(one["rmse"] / 100, abs=0.1)
    broken = days_file(tmp_path, [1000.25, "much"] * 60, header="date,amount")
    with pytest.raises(InputError, match=r"days.csv:3: amount: .*much"):
        wfm(broken, "--value", "amount", "-q")


def test_mondays_only(tmp_path: Path) -> None:
    """One open day a week: a week is one lead."""
    answer = json.loads(wfm(days_file(tmp_path, [70, 80, 90] * 12, step=7), "--json", "-q").stdout)
    assert [row["leads"] for row in answer["measures"] if row["model"] == "naive"] == [1, 1, 4]


def test_a_file_is_read_as_the_history_command_reads_it(tmp_path: Path) -> None:
    """Headers of their own, days before months, a row twice, the second sheet: the same numbers as of the plain file."""
    import pandas as pd

    values = [100 + 10 * (i % 7) + i for i in range(140)]
    plain = json.loads(wfm(days_file(tmp_path, values), "--json", "-q").stdout)["measures"]
    days = [(START + timedelta(days=i)).strftime("%d/%m/%Y") for i in range(140)]
    odd = pd.DataFrame({"Wann": [*days, days[-1]], "Anrufe": [*values, 1], "Umsatz": [*values, 1]})
    with pd.ExcelWriter(tmp_path / "odd.xlsx") as book:
        pd.DataFrame({"a": ["b"]}).to_excel(book, sheet_name="notes", index=False)
        odd.to_excel(book, sheet_name="calls", index=False)
    options = ["--sheet", "calls", "--date-order", "dmy", "--duplicates", "first", "--json", "-q"]
    for columns in (["--columns", "date=Wann,offered=Anrufe"], ["--columns", "date=Wann", "--value", "Umsatz"]):
        done = command("backtest", tmp_path / "odd.xlsx", *columns, *options)
        assert done.code == 0, done.err
        assert json.loads(done.out)["measures"] == plain


def test_options_override_a_scenario() -> None:
    options = ["--horizons", "1d", "--origins", 1, "--from", "2027-06-01", "--json", "-q", *SETS]
    answers = [
        json.loads(command("backtest", QUICKSTART, *map(str, [*more, *options])).out)
        for more in ([], ["--set", "demand.orders_per_day=100"], ["--country", "US"])
    ]
    plain, fewer, elsewhere = ([row["rmse"] for row in answer["measures"]] for answer in answers)
    assert fewer[0] < plain[0]
    assert elsewhere != plain
    refused = command("backtest", QUICKSTART, "--value", "amount", "--language", "en")
    assert refused.code == 2
    assert "says itself what it reads" in refused.err


@pytest.mark.parametrize(
    ("length", "judged", "dropped"),
    [
        (84, ["1d", "1w", "4w"], {}),
        (83, ["1d", "1w"], {"4w": 84}),
        (62, ["1d"], {"1w": 63, "4w": 84}),
    ],
)
def test_horizons_that_a_history_is_too_short_for_are_left_out(
    length: int, judged: list[str], dropped: dict[str, int], tmp_path: Path
) -> None:
    path = days_file(tmp_path, [100 + 10 * (i % 7) for i in range(length)])
    done = command("backtest", path, "--json")
    answer = json.loads(done.out)
    assert list(dict.fromkeys(row["horizon"] for row in answer["measures"])) == judged
    assert {one["horizon"]: one["days_needed"] for one in answer["dropped"]} == dropped
    for say in (done.err, command("backtest", path, "--language", "en").out, command("backtest", path, "--brief").out):
        assert all(f"{days}" in say for days in dropped.values())
    assert ("not judged" in command("backtest", path, "--language", "en", "--brief").out) == bool(dropped)


def test_a_short_history_is_refused_only_where_no_horizon_is_left(tmp_path: Path) -> None:
    path = days_file(tmp_path, [100] * 56)
    done = command("backtest", path, "--language", "en")
    assert done.code == 2
    assert "56 open days are too few to judge 1 days ahead: 57 are needed" in done.err
    named = json.loads(command("backtest", path, "--from", str(START + timedelta(days=20)), "--json", "-q").out)
    assert [one["horizon"] for one in named["dropped"]] == []
    late = json.loads(command("backtest", path, "--from", str(START + timedelta(days=45)), "--json", "-q").out)
    assert [(one["horizon"], one["days_needed"]) for one in late["dropped"]] == [("4w", 74)]
    last = str(START + timedelta(days=50))
    alone = json.loads(command("backtest", path, "--from", last, "--to", last, "--json", "-q").out)
    assert [one["horizon"] for one in alone["dropped"]] == ["1w", "4w"]


def test_few_values_are_said_beside_the_number(tmp_path: Path) -> None:
    path = days_file(tmp_path, [100 + 10 * (i % 7) for i in range(140)])
    five, six = (["--horizons", "1d,1w", "--origins", n] for n in ("5", "6"))
    screen = command("backtest", path, *five, "--language", "en").out
    marked = [line for line in screen.splitlines() if line.endswith("(too few)")]
    assert [line.split()[-3] for line in marked] == ["5", "5", "5"]
    assert "mostly chance" in screen
    assert "too few" not in command("backtest", path, *six, "--language", "en").out
    brief = command("backtest", path, *five, "--brief", "--language", "en").out.splitlines()
    assert [("only 5 values" in line) for line in brief[1:3]] == [True, False]
    flags = {row["horizon"]: row["few_values"] for row in json.loads(command("backtest", path, *five, "--json").out)["measures"]}
    assert flags == {"1d": True, "1w": False}


REFUSALS = [
    ["days.csv", "--horizons", "soon"],
    ["days.csv", "--models", "prophet"],
    ["days.csv", "--from", "last week"],
    ["days.csv", "--from", "2030-01-01"],
    ["days.csv", "--horizons", "130"],
    ["days.csv", "--interval", "7min"],
    ["days.csv", "--interval", "30min"],
    ["days.csv", "--country", "ZZ"],
    ["days.csv", "--timezone", "Mars"],
    ["days.csv", "--value", "sales"],
    ["days.csv", "--columns", "start"],
    ["days.csv", "--columns", "start=nowhere"],
    ["days.csv", "--export", "abacus"],
    ["days.csv", "--queue", "night"],
    ["days.csv", "--set", "seed=3"],
    ["days.csv", "--duplicates", "third"],
    ["days.csv", "--origins", "0"],
    ["days.csv", "--nonsense"],
    ["days.csv", "--out", "days.csv.pdf"],
    ["days.csv", "--out", "there.csv"],
    ["days.csv", "--events", "none.csv"],
    ["days.csv", "--events", "odd.csv"],
    ["days.csv", "--events", "odd.yaml"],
    ["days.csv", "--events", "empty.csv"],
    ["none.csv"],
    ["there.csv"],
    ["empty.csv"],
    ["less.csv"],
    ["text.csv"],
    ["short.csv"],
    ["unknown.csv"],
    ["none.yaml"],
    ["odd.yaml"],
    ["estimate.yaml"],
    ["estimate.yaml", "--columns", "start=a"],
    [],
]


@pytest.mark.parametrize("arguments", REFUSALS, ids=" ".join)
def test_every_refusal_is_in_the_language_asked_for(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WFM_LANGUAGE", "en")
    days_file(tmp_path, [100 + 10 * (i % 7) for i in range(140)])
    files: dict[str, list[object]] = {
        "less": [5, -1] * 70,
        "text": [1, "many"] * 70,
        "short": [5] * 30,
        "unknown": [""] * 140,
    }
    for name, cells in files.items():
        rows = [f"{START + timedelta(days=i)},{cell}" for i, cell in enumerate(cells)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["date,offered", *rows]), encoding="utf-8")
    (tmp_path / "there.csv").mkdir()
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    (tmp_path / "odd.csv").write_text("name,from,to,why\n,soon,later,x\na,2026-05-02,2026-05-01,\n", encoding="utf-8")
    (tmp_path / "odd.yaml").write_text("[1, {", encoding="utf-8")
    (tmp_path / "estimate.yaml").write_text("wfm: 2\ndemand: {history: estimate, orders_per_day: 600}\n", encoding="utf-8")
    done = command("backtest", *arguments, "--language", "zh", "-q")
    assert done.code == 2, done.err
    for line in done.err.splitlines():
        assert re.search("[\u4e00-\u9fff]", line), line
        # Words of ours in a row would be an English sentence; names of options, files and models stand alone.
        assert not re.search(r"(?<![-\w.])[a-z]{2,} [a-z]{2,} [a-z]{2,}(?![\w.])", line), line
