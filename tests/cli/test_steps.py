"""Each step on its own, on the tables of the step before: the same numbers as the whole plan."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.commands import QUICKSTART, SETS, SMALL, Done, wfm
from wfm.cli.tables import CONTRACT
from wfm.core.columns import units
from wfm.core.tables import read_table
from wfm.history.repairs import Repairs
from wfm.report.files import tables as written
from wfm.report.files import write_outputs
from wfm.report.shown import ShownPlan, run

ZONE = "Asia/Shanghai"
STEPS = ("forecast", "staff", "schedule", "simulate", "people", "economics")


@pytest.fixture(scope="module")
def plan() -> ShownPlan:
    return run(QUICKSTART, SMALL)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The steps one after another, each reading what the one before wrote: stdin where it is one table, else a folder."""
    folder = tmp_path_factory.mktemp("chain")
    forecast = done(wfm("forecast", QUICKSTART, *SETS))
    need = done(wfm("staff", QUICKSTART, *SETS, "--use", "forecast=-", stdin=forecast.raw))
    done(wfm("schedule", QUICKSTART, *SETS, "--use", "requirement=-", "--out", folder, "-q", stdin=need.raw))
    (folder / "forecast.csv").write_bytes(forecast.raw)
    (folder / "requirement.csv").write_bytes(need.raw)
    for step in ("simulate", "people", "economics"):
        done(wfm(step, QUICKSTART, *SETS, "--use", folder, "--out", folder, "-q"))
    return folder


def done(result: Done) -> Done:
    assert (result.code, result.err) == (0, "")
    return result


def same(file: Path, name: str, table: pd.DataFrame) -> None:
    """The file holds the table to the last digit; only a column of whole numbers may come back as float."""
    back = read_table(file, name, ZONE)
    text = [column for column in table if column == "irr_roots"]
    pd.testing.assert_frame_equal(
        back.drop(columns=text), table.reset_index(drop=True).drop(columns=text), check_exact=True, check_dtype=False
    )


def test_the_chain_gives_the_numbers_of_the_plan(plan: ShownPlan, chain: Path) -> None:
    same(chain / "forecast.csv", "forecast", plan.forecast)
    same(chain / "requirement.csv", "requirement", plan.requirement)
    same(chain / "shifts.csv", "schedule", plan.schedule.shifts)
    same(chain / "cover.csv", "cover", plan.schedule.cover)
    same(chain / "service.csv", "service", plan.simulation.service)
    same(chain / "weekdays.csv", "weekdays", plan.simulation.weekdays)
    same(chain / "people.csv", "people", plan.people.table)
    same(chain / "heads.csv", "heads", plan.people.kinds)
    same(chain / "ledger.csv", "ledger", plan.ledger)
    same(chain / "options.csv", "options", plan.options)


def test_a_plan_s_folder_can_be_used(plan: ShownPlan, tmp_path: Path) -> None:
    write_outputs(plan, tmp_path)
    made = done(wfm("people", QUICKSTART, *SETS, "--use", tmp_path))
    (tmp_path / "people.csv").write_bytes(made.raw)
    same(tmp_path / "people.csv", "people", plan.people.table)


def test_shifts_changed_by_hand_change_the_cover_and_the_service(plan: ShownPlan, chain: Path, tmp_path: Path) -> None:
    shifts = plan.schedule.shifts
    first = shifts.index[shifts["activity"] == "work"][0]
    fewer = shifts.assign(people=shifts["people"].where(shifts.index != first, shifts["people"] - 1))
    fewer.to_csv(tmp_path / "mine.csv", index=False)
    arguments = ["--use", f"requirement={chain / 'requirement.csv'}", "--use", f"shifts={tmp_path / 'mine.csv'}"]
    service = json.loads(done(wfm("simulate", QUICKSTART, *SETS, *arguments, "--json")).out)["rows"]
    gone = shifts.loc[first]
    for row, before in zip(service, plan.simulation.service.to_dict("records"), strict=True):
        inside = gone["start"] <= before["start"] < gone["end"]
        agents = before["agents"] - (0.94 if inside else 0.0)  # 6 % in-office shrinkage
        assert row["agents"] == pytest.approx(agents)
    assert sum(row["missed"] for row in service) > plan.simulation.service["missed"].sum()


def test_a_cover_alone_is_simulated_but_has_no_people(chain: Path) -> None:
    use = ["--use", f"cover={chain / 'cover.csv'}", "--use", f"requirement={chain / 'requirement.csv'}"]
    assert done(wfm("simulate", QUICKSTART, *SETS, *use)).raw == (chain / "service.csv").read_bytes()
    refused = wfm("people", QUICKSTART, *SETS, *use, "--language", "en")
    assert refused.code == 2
    assert "--use shifts=" in refused.err


def test_given_people_are_held_and_that_is_said(plan: ShownPlan, chain: Path) -> None:
    use = ["--use", f"people={chain / 'people.csv'}", "--use", f"heads={chain / 'heads.csv'}"]
    answer = wfm("economics", QUICKSTART, *SETS, *use, "--table", "options", "--json", "--language", "en")
    assert answer.code == 0
    assert "held as given" in answer.err
    npv = {row["option"]: row["npv"] for row in json.loads(answer.out)["rows"]}
    assert npv["self_built"] == pytest.approx(plan.options.loc["self_built", "npv"], rel=1e-9)
    more = plan.people.table.assign(seats=plan.people.seats + 1)
    more.to_csv(chain / "more.csv", index=False)
    dearer = wfm("economics", QUICKSTART, *SETS, "--use", f"people={chain / 'more.csv'}", *use[2:], "--table", "options", "--json")
    assert {row["option"]: row["npv"] for row in json.loads(dearer.out)["rows"]}["self_built"] < npv["self_built"]


@pytest.mark.parametrize("step", STEPS)
def test_json_is_one_versioned_object_with_units(step: str, chain: Path) -> None:
    use = [] if step == "forecast" else ["--use", chain]
    value = json.loads(done(wfm(step, QUICKSTART, *SETS, *use, "--json")).out)
    assert value["wfm_table"] == 1
    assert value["step"] == step
    assert set(value["units"]) == set(value["rows"][0])
    assert len(value["rows"]) == len(pd.read_csv(chain / f"{value['table']}.csv"))


@pytest.mark.parametrize("step", [*STEPS, "generate", "history"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_five_lines_for_a_chat(step: str, language: str, chain: Path) -> None:
    use = ["--use", chain] if step in STEPS[1:] else []
    lines = done(wfm(step, QUICKSTART, *SETS, *use, "--brief", "--language", language)).out.splitlines()
    assert 3 <= len(lines) <= 5
    assert all(line.strip() for line in lines)
    "\n".join(lines).encode("cp936")
    assert not re.search(r"[\u2500-\u257f]", "".join(lines))
    assert bool(re.search(r"[\u4e00-\u9fff]", "".join(lines))) == (language == "zh")


def test_one_table_goes_to_one_file_of_any_kind_and_all_to_a_folder(chain: Path, tmp_path: Path) -> None:
    use = ["--use", chain]
    for name in ("need.csv", "deep/er/need.parquet", "need.json"):
        done(wfm("staff", QUICKSTART, *SETS, *use, "--out", tmp_path / name, "-q"))
    assert (tmp_path / "need.csv").read_bytes() == (chain / "requirement.csv").read_bytes()
    assert (tmp_path / "need.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    same(tmp_path / "deep/er/need.parquet", "requirement", read_table(chain / "requirement.csv", "requirement", ZONE))
    assert json.loads((tmp_path / "need.json").read_text(encoding="utf-8"))["table"] == "requirement"
    done(wfm("people", QUICKSTART, *SETS, *use, "--out", tmp_path / "folder", "-q"))
    assert {path.name for path in (tmp_path / "folder").iterdir()} == {"people.csv", "heads.csv"}
    from_parquet = done(wfm("schedule", QUICKSTART, *SETS, "--use", f"requirement={tmp_path / 'deep/er/need.parquet'}"))
    assert from_parquet.raw == (chain / "shifts.csv").read_bytes()


def test_days_are_printed_where_asked_for(plan: ShownPlan) -> None:
    days = json.loads(done(wfm("forecast", QUICKSTART, *SETS, "--days", "--json")).out)
    assert [row["date"] for row in days["rows"]] == [str(day) for day in sorted(set(plan.forecast["date"]))]
    assert sum(row["contacts"] for row in days["rows"]) == pytest.approx(plan.forecast["contacts"].sum())


def test_with_out_the_gist_is_printed_and_quiet_prints_nothing(tmp_path: Path, chain: Path) -> None:
    told = done(wfm("staff", QUICKSTART, *SETS, "--use", chain, "--out", tmp_path / "a.csv", "--language", "en")).out
    assert "agents on queue" in told
    assert done(wfm("staff", QUICKSTART, *SETS, "--use", chain, "--out", tmp_path / "b.csv", "-q")).out == ""


@pytest.mark.parametrize(
    ("step", "arguments", "says"),
    [
        ("staff", ["--use", "shifts=x.csv"], "does not read the table 'shifts'"),
        ("staff", ["--use", "forecast=nowhere.csv"], "no such file"),
        ("staff", ["--use", "forecast={folder}/plan.json"], "plan.json: JSON, but not a table of a step"),
        ("staff", ["--use", "nowhere"], "no such folder"),
        ("staff", ["--use", "{folder}"], "none of the tables"),
        ("staff", ["--use", "{folder}/broken.csv"], "the name of its table"),
        ("staff", ["--use", "forecast={folder}/broken.csv"], "broken.csv:3: contacts: a number is needed here (got 'many')"),
        ("staff", ["--use", "forecast={folder}/short.csv"], "short.csv:3: the row has 2 cells, the header 3"),
        ("staff", ["--use", "forecast=-"], "the table is empty"),
        ("staff", ["--out", "need.docx"], "not written to such a file"),
        ("staff", ["--table", "shifts"], "no such table"),
        ("simulate", ["--use", "cover=-", "--use", "shifts=-"], "holds one table"),
        ("schedule", ["--given", "seats=0"], "1 or more"),
        ("staff", ["--set", "plan.start=2031-01-01", "--use", "forecast={chain}/forecast.csv"], "days outside the plan"),
        ("people", ["--use", "requirement={chain}/requirement.csv", "--use", "shifts={folder}/strange.csv"], "no such shift"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(
    step: str, arguments: list[str], says: str, tmp_path: Path, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.csv").write_text("start,queue,contacts\n2027-07-05T10:00,a,3\n2027-07-05T10:30,a,many\n", encoding="utf-8")
    (tmp_path / "short.csv").write_text("start,queue,contacts\n2027-07-05T10:00,a,3\n2027-07-05T10:30,a\n", encoding="utf-8")
    (tmp_path / "plan.json").write_text('{"wfm_plan": 1}', encoding="utf-8")
    shifts = pd.read_csv(chain / "shifts.csv", encoding="utf-8-sig")
    shifts.assign(template="night").to_csv(tmp_path / "strange.csv", index=False)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    filled = [text.format(folder=tmp_path, chain=chain) for text in arguments]
    result = wfm(step, QUICKSTART, *SETS, *filled, "--language", "en")
    assert result.code == 2, result.err
    assert says in result.err
    assert result.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_a_history_of_attempts_is_known_as_one_further_down(tmp_path: Path) -> None:
    """Where nobody tells who hung up, redials are in the forecast: a simulation of its table alone must not add them again."""
    past = wfm("generate", QUICKSTART, "--set", "plan.weeks=1", "--weeks", "10").out
    table = pd.read_csv(pd.io.common.StringIO(past)).drop(columns=["abandoned", "origin"])
    table.to_csv(tmp_path / "attempts.csv", index=False)
    sets = [*SETS[:6], "--set", f"demand.history.file={tmp_path / 'attempts.csv'}"]
    need = done(wfm("staff", QUICKSTART, *sets))
    assert set(pd.read_csv(pd.io.common.StringIO(need.out))["counts"]) == {"attempts"}
    whole = done(wfm("simulate", QUICKSTART, *sets))
    alone = done(wfm("simulate", QUICKSTART, *SETS, "--use", "requirement=-", stdin=need.raw))
    assert alone.raw == whole.raw


def test_a_made_up_past_read_back_gives_the_same_forecast(plan: ShownPlan, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    done(wfm("generate", QUICKSTART, *SETS, "--out", file, "-q"))
    assert set(pd.read_csv(file)["origin"]) == {"synthetic 合成数据"}
    read = done(wfm("forecast", QUICKSTART, *SETS[:6], "--set", f"demand.history.file={file}"))
    (tmp_path / "forecast.csv").write_bytes(read.raw)
    same(tmp_path / "forecast.csv", "forecast", plan.forecast)
    clean = done(wfm("history", file))
    used = done(wfm("forecast", QUICKSTART, *SETS, "--use", "history=-", stdin=clean.raw))
    assert used.raw == read.raw


@pytest.mark.parametrize(
    ("step", "tables"),
    [
        ("history", ("history",)),
        ("generate", ("history",)),
        ("forecast", ("forecast", "forecast_days")),
        ("staff", ("requirement",)),
        ("schedule", ("shifts", "cover", "shortfalls")),
        ("simulate", ("service", "service_overall", "weekdays", "promises")),
        ("people", ("people", "heads")),
        ("economics", ("ledger", "options", "break_evens")),
    ],
)
def test_every_column_printed_as_json_has_a_unit(step: str, tables: tuple[str, ...], chain: Path) -> None:
    use = ["--use", str(chain)] if step in STEPS[3:] else []
    for table in tables:
        which = ["--table", table] if len(tables) > 1 else []
        value = json.loads(done(wfm(step, QUICKSTART, *SETS, *use, *which, "-q", "--json")).out)
        assert value["table"] == table
        assert value["units"]
        assert [column for column, unit in value["units"].items() if not unit] == [], table
    if step == "staff":
        assert value["units"]["contacts_q05"] == "contacts"
        assert "beyond Poisson" in value["units"]["day_cv"]


def test_no_step_makes_a_table_that_is_not_looked_at_above(plan: ShownPlan) -> None:
    """Every table of a whole plan has units too, the log of repairs among them."""
    repairs = Repairs()
    repairs.count("zero_run", 1, [3], queue="a", day="2027-07-05", span="10:00-12:00")
    for name, table in (written(plan) | {"repairs": repairs.log(), "day_draws": plan.day_draws}).items():
        assert [column for column, unit in units(table, CONTRACT.get(name, name)).items() if not unit] == [], name


def test_a_forecast_without_its_spread_is_taken_with_a_notice(chain: Path, tmp_path: Path) -> None:
    own = read_table(chain / "forecast.csv", "forecast", ZONE)[["start", "queue", "contacts", "aht"]]
    own.to_csv(tmp_path / "mine.csv", index=False)
    use = ("--use", f"forecast={tmp_path / 'mine.csv'}")
    made = wfm("staff", QUICKSTART, *SETS, *use)
    assert made.code == 0
    assert "mine.csv" in made.err
    assert "day_cv, slot_cv" in made.err
    assert made.err.count("\n") == 1
    (tmp_path / "mine.csv").write_text("start,queue,contacts,aht\n2020-01-01T10:00,shop,5,200\n", encoding="utf-8")
    refused = wfm("staff", QUICKSTART, *SETS, *use, "-q")
    assert refused.code == 2
    assert "mine.csv" in refused.err
