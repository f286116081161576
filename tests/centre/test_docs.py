"""docs/centre.md says what the code does: every key, and an example that is read and played."""

import json
import re
from pathlib import Path

from tests.centre.files import CENTRES, played, written
from tests.cli.commands import wfm
from wfm.centre import read_centre
from wfm.centre.keys import keys, markdown
from wfm.centre.simulation import TABLES

DOCS = CENTRES.parents[1] / "docs" / "centre.md"


def test_every_key_is_told() -> None:
    assert DOCS.read_text("utf-8").endswith(markdown())


def test_every_key_is_told_in_both_languages() -> None:
    for entry in keys():
        assert entry.en, entry.key
        assert re.search("[\u4e00-\u9fff]", entry.zh), entry.key


def test_the_example_is_a_centre(tmp_path: Path) -> None:
    text = re.search(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.S)
    assert text is not None
    result = played(text[1], "simulation={contacts: 1, replications_min: 2}", folder=tmp_path)
    assert list(result.types["type"]) == ["presale", "vip", "all"]
    assert 0.5 < result.kpi("answer_rate")[0] <= 1.0


def test_every_table_is_told() -> None:
    told = set(re.findall(r"`(\w+)`", "\n".join(line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `"))))
    assert set(TABLES) | {"differences"} <= told


def test_a_planners_tables_go_from_one_command_to_the_next(tmp_path: Path) -> None:
    """What the forecast and the schedule of a plan write stands in for numbers of a centre."""
    starts = [f"2027-07-05T{clock}:00+08:00" for clock in ("09:00", "09:30", "10:00", "10:30")]
    forecast = "start,queue,contacts,aht,day_cv,slot_cv\n" + "".join(f"{start},all,20,180,0.1,0.05\n" for start in starts)
    cover = "start,group,present,agents,required,short\n" + "".join(f"{start},agents,5,4.4,4,0\n" for start in starts)
    written(tmp_path, forecast, "forecast.csv")
    written(tmp_path, cover, "cover.csv")
    text = """\
wfm: 2
name: one
plan: {start: 2027-07-05, days: 1}
hours: {daily: "09:00-11:00"}
contacts: {calls: {file: forecast.csv}}
groups: {own: {cover: cover.csv}}
routing: {calls: [own]}
simulation: {contacts: 1, replications_min: 20}
"""
    made, _ = read_centre(written(tmp_path, text))
    assert made.contacts["calls"].file == "forecast.csv"
    result = played(text, folder=tmp_path)
    offered = result.types.set_index("type").loc["calls", "customers"]
    assert 70 < offered < 90
    assert 3.9 < result.service_groups["agents"].mean() < 4.9


def test_editors_get_a_schema() -> None:
    schema = json.loads(wfm("schema", "--centre").out)
    assert {"extends", "contacts", "groups", "routing"} <= set(schema["properties"])
    assert schema["properties"]["lines"]["title"] == "全中心线路数；不写表示不限"
    assert wfm("schema", "--centre", "--markdown").out == markdown()
