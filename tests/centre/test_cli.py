"""``wfm centre``: what goes to the screen, into files and to the next program, and what a wrong word is answered."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.centre.files import CENTRES, SMALL, TWO, written
from tests.cli.commands import wfm
from wfm.centre import read_centre

TABLES = {
    "types", "service", "weekdays", "promises", "days", "bands", "labels", "groups", "sites", "service_groups", "answers",
    "contacts", "spells", "agent_time",
}  # fmt: skip


@pytest.fixture
def two(tmp_path: Path) -> Path:
    return written(tmp_path, TWO)


def test_a_folder_holds_the_page_and_every_table(two: Path, tmp_path: Path) -> None:
    done = wfm("centre", two, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    assert {path.stem for path in (tmp_path / "out" / "tables").iterdir()} == TABLES
    assert (tmp_path / "out" / "report.html").stat().st_size > 1_000_000
    assert "two types · Mon 5 Jul 2027 to Tue 6 Jul" in done.out
    assert "presale: own" in done.out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / "tables" / "types.csv").read_text("utf-8-sig"))))
    assert [row["type"] for row in rows] == ["presale", "vip", "all"]


def test_the_next_program_gets_one_object(two: Path) -> None:
    done = wfm("centre", two, "--json", "--table", "service")
    value = json.loads(done.out)
    assert (value["step"], value["table"], value["scenario"]) == ("centre", "service", "two types")
    assert {row["type"] for row in value["rows"]} == {"presale", "vip", "all"}
    assert value["units"]["missed"] == "contacts not answered in time"
    assert len(value["rows"]) == 3 * 8
    numbers = {"contact", "attempt", "leg"}
    unitless = {(table, column) for table in TABLES for column, unit in table_units(two, table).items() if not unit}
    assert {column for _, column in unitless} <= numbers, unitless


def table_units(path: Path, table: str) -> dict[str, str]:
    units: dict[str, str] = json.loads(wfm("centre", path, "--json", "--table", table).out)["units"]
    return units


def test_a_pipe_gets_the_table_and_brief_five_lines(two: Path) -> None:
    assert wfm("centre", two).out.startswith("type,segment,language,region,offered")
    assert len(wfm("centre", two, "--brief").out.splitlines()) == 5


def test_both_languages_say_the_same_numbers(two: Path, tmp_path: Path) -> None:
    import re

    def numbers(language: str) -> list[str]:
        lines = wfm("centre", two, "--language", language, "--out", tmp_path / language).out.splitlines()
        return sorted(re.findall(r"\d+\.\d+", "\n".join(lines)))

    assert numbers("zh") == numbers("en")
    assert len(numbers("en")) > 30


def test_the_same_file_gives_the_same_bytes(two: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert wfm("centre", two, "--out", tmp_path / name).code == 0
    assert wfm("centre", two, "--seed", "5", "--out", tmp_path / "c").code == 0
    for file in ("report.html", "tables/service.csv", "tables/spells.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
        assert (tmp_path / "a" / file).read_bytes() != (tmp_path / "c" / file).read_bytes()


def test_two_centres_beside_each_other(two: Path, tmp_path: Path) -> None:
    more = written(tmp_path, "extends: centre.yaml\nname: more\ngroups: {own: {agents: 12}}\n", "more.yaml")
    done = wfm("centre", two, "--against", more, "--json")
    rows = {(row["type"], row["kpi"]): row for row in json.loads(done.out)["rows"]}
    assert rows["all", "sl_offered"]["difference"] > 0
    by_words = wfm("centre", two, "--against-set", "groups.own.agents=12", "--json")
    assert json.loads(by_words.out)["rows"] == json.loads(done.out)["rows"]
    said = wfm("centre", two, "--against", more, "--brief").out
    assert said.startswith("more beside two types, the same customers, 3 replications")
    both = wfm("centre", two, "--against", more, "--out", tmp_path / "both")
    assert both.code == 0
    assert (tmp_path / "both" / "tables" / "differences.csv").exists()
    assert wfm("centre", two, "--out", tmp_path / "both").code == 0
    assert not (tmp_path / "both" / "tables" / "differences.csv").exists()
    page = tmp_path / "page.html"
    assert wfm("centre", two, "--against-set", "groups.own.agents=12", "--html", page, "-q").code == 0
    assert "groups.own.agents=12" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "groups.own.agents=-3"], "wfm: --set groups.own.agents=-3: groups.own.agents: this has to be a finite number"),
        (["--set", "routing.vip=[vendor]"], "vip may not be outsourced"),
        (["--set", "wings=2"], "unknown key"),
        (["--table", "wings"], "the step makes no such table (got 'wings'). It makes: types, service"),
        (["--html", "page.pdf"], "a page is one .html file"),
        (["--out", "page.pdf"], "tables are not written to such a file"),
        (["--against", "nowhere.yaml"], "nowhere.yaml: no such file"),
        (["--against", str(CENTRES / "telstra.yaml")], "no contact type in common"),
        (["--wings"], "--wings"),
    ],
)
def test_a_wrong_word_ends_with_two_and_writes_nothing(arguments: list[str], said: str, two: Path, tmp_path: Path) -> None:
    done = wfm("centre", two, "--out", tmp_path / "out", *arguments)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""
    assert {path.name for path in tmp_path.iterdir()} == {"centre.yaml"}


def test_a_missing_table_is_named_and_nothing_written(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL.replace("{agents: 10}", "{roster: crew.csv}"))
    done = wfm("centre", path, "--out", tmp_path / "out")
    assert done.code == 2
    assert "crew.csv" in done.err
    assert not (tmp_path / "out").exists()


def test_a_centre_is_checked_without_playing_it(two: Path, tmp_path: Path) -> None:
    done = wfm("check", two)
    assert done.code == 0
    assert "2 contact types, 2 groups, 8 intervals; simulate it: wfm centre" in done.out
    assert json.loads(wfm("check", two, "--json").out)["problems"] == []
    done = wfm("check", two, "--set", "groups.own={roster: crew.csv}")
    assert done.code == 2
    assert "crew.csv" in done.err
    wrong = json.loads(wfm("check", two, "--json", "--set", "routing.vip=[vendor]").out)["problems"]
    assert len(wrong) == 1


def test_a_new_centre_is_right_at_once_and_the_same_in_both_languages(tmp_path: Path) -> None:
    made = []
    for language in ("zh", "en"):
        path = tmp_path / f"{language}.yaml"
        done = wfm("new", path, "--template", "centre", "--language", language)
        assert done.code == 0
        assert f"wfm centre {path}" in done.out
        made.append(read_centre(path)[0].model_copy(update={"language": "zh"}))
        played = wfm("centre", path, "--set", "simulation={contacts: 1, replications_min: 2}", "--json")
        rows = {row["type"]: row for row in json.loads(played.out)["rows"]}
        assert rows["all"]["answer_rate"] > 0.9
    assert made[0] == made[1]
    assert wfm("new", tmp_path / "centre.xlsx", "--template", "centre").code == 2


def test_what_is_odd_is_said_and_played_all_the_same(tmp_path: Path) -> None:
    text = TWO.replace(
        "groups:", "  drops: {bursts: [{at: 2027-07-06T08:30, contacts: 9}, {at: 2028-07-06T09:30, contacts: 9}]}\ngroups:"
    )
    text = text.replace("routing:", "  idle: {agents: 2}\nrouting:\n  drops: [own]")
    text += "outages: [{at: 2027-08-05T09:30, lasts: 5min}]\n"
    path = written(tmp_path, text)
    done = wfm("centre", path, "--brief")
    assert done.code == 0
    for line, said in (
        (9, "contacts.drops.bursts.0: the centre is closed then: who calls before it opens is lost (got '2027-07-06 08:30')"),
        (9, "contacts.drops.bursts.1: this is on none of the days played: its contacts do not come"),
        (13, "groups.idle: this group answers nobody. Add it to a line of routing"),
        (16, "routing.presale.1: whoever gets here has waited for as long as the target's 20 s already (got 'after: 30s')"),
        (20, "outages.0: this is on none of the days played: nothing fails"),
    ):
        assert f"centre.yaml:{line}: {said}" in done.err, done.err
    assert len(json.loads(wfm("check", path, "--json").out)["remarks"]) == 5
    assert "note" not in wfm("centre", path, "--brief", "-q").err
    assert wfm("check", written(tmp_path, TWO.replace("after: 30s", "after: 10s"))).err == ""
