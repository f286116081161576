"""A scenario file is read with line numbers; whatever is wrong in it is told with place, key, value and the way out."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.core.errors import InputError
from wfm.scenario.origins import origins
from wfm.scenario.reader import read_scenario, read_text_of, validate

SCENARIOS = Path(__file__).parents[2] / "scenarios"
GOOD = """\
wfm: 2
name: shop
plan: {start: 2027-07-05}
demand: {orders_per_day: 600}
hours: {daily: "10:00-18:00"}
"""

# Text of a broken file, the line the message must name, and what it must say.
BROKEN = {
    "unknown key at the top": (GOOD + "targtes: {answer_rate: 98%}\n", 6, "Did you mean 'targets'?"),
    "unknown key inside": (GOOD + "targets:\n  anser_rate: 98%\n", 7, "Did you mean 'answer_rate'?"),
    "missing version": (GOOD.replace("wfm: 2\n", ""), 0, "wfm: this key is required"),
    "version of the future": (GOOD.replace("wfm: 2", "wfm: 3"), 1, "newer wfm"),
    "missing start": (GOOD.replace("{start: 2027-07-05}", "{weeks: 2}"), 3, "plan.start: this key is required"),
    "no orders and no file": (GOOD.replace("orders_per_day: 600", "day_to_day_cv: 8%"), 4, "orders_per_day"),
    "negative orders": (GOOD.replace("600", "-600"), 4, "got -600"),
    "text for a number": (GOOD.replace("600", "many"), 4, "'many'"),
    "not a number": (GOOD.replace("600", ".nan"), 4, "demand.orders_per_day"),
    "infinitely many": (GOOD.replace("600", ".inf"), 4, "demand.orders_per_day"),
    "true for a number": (GOOD.replace("600", "true"), 4, "a number is needed here"),
    "share above one": (GOOD + "targets: {answer_rate: 98}\n", 6, "Write 98% or 0.98"),
    "share in percent without its sign": (GOOD + "targets: {answer_rate: 92.5}\n", 6, "Write 92.5% or 0.925"),
    "share as a word": (GOOD + "targets: {answer_rate: high}\n", 6, "'high'"),
    "no target left": (GOOD + "targets: {answer_rate: null, sl_offered: null, occupancy_max: null}\n", 6, "at least one target"),
    "interval of 7 minutes": (GOOD.replace("2027-07-05}", "2027-07-05, interval: 7min}"), 3, "15min, 30min or 60min"),
    "no weeks": (GOOD.replace("2027-07-05}", "2027-07-05, weeks: 0}"), 3, "plan.weeks"),
    "a date that is none": (GOOD.replace("2027-07-05", "2027-02-30"), 3, "plan.start"),
    "hours as a number": (GOOD.replace('"10:00-18:00"', "10"), 5, "10:00-18:00"),
    "hours that end where they start": (GOOD.replace("18:00", "10:00"), 5, "empty"),
    "hours of an unknown day": (GOOD.replace("daily", "funday"), 5, "date"),
    "hours without quotes": (GOOD.replace('{daily: "10:00-18:00"}', "10:00-18:00"), 5, "mapping"),
    "zone that is none": (GOOD + "timezone: Mars/Olympus\n", 6, "Asia/Shanghai"),
    "seed below zero": (GOOD + "seed: -1\n", 6, "seed"),
    "language that we do not speak": (GOOD + "language: fr\n", 6, "Write one of: zh, en"),
    "negative wage": (GOOD + "people: {wage: {full_time: -4500}}\n", 6, "people.wage.full_time"),
    "duration as a word": (GOOD + "contact: {talk: long}\n", 6, "Write 20s, 3min"),
    "shrinkage of everybody": (GOOD + "people: {shrinkage: {in_office: 100%}}\n", 6, "people.shrinkage.in_office"),
    "a shift of a minute": (GOOD + "people: {shifts: {mini: {length: 1min, paid_meal: 0s}}}\n", 6, "15 minutes"),
    "all shifts switched off": (GOOD + "people: {shifts: {full_time: null, peak_part_time: null}}\n", 6, "no shift is left"),
    "two sources of history": (
        GOOD.replace("orders", "history: {file: a.csv, generate: shop}, orders"),
        4,
        "either made up or read",
    ),
    "history as a number": (GOOD.replace("orders", "history: 3, orders"), 4, "demand.history"),
    "a list for a section": (GOOD + "money: [1, 2]\n", 6, "money"),
    "key written twice": (GOOD + "seed: 1\nseed: 2\n", 7, "duplicate key"),
    "tab for indent": (GOOD + "money:\n\tdiscount_rate: 10%\n", 7, "not readable as YAML"),
    "quote not closed": (GOOD + 'currency: "CNY\n', 6, "not readable as YAML"),
    "currency as a word": (GOOD + "currency: yuan\n", 6, "currency"),
    "country that is none": (GOOD + "country: XX\n", 6, "ISO code such as CN"),
    "a contact that takes no time": (GOOD + "contact: {talk: 0s, wrap: 0s}\n", 6, "has to be above 0"),
    "no blocking at all": (GOOD + "targets: {line_blocking_max: 0}\n", 6, "above 0"),
    "hours between intervals": (GOOD.replace("18:00", "18:10"), 5, "steps of 30 minutes"),
    "a section as a word": (GOOD + "targets: {sl_offered: 80%}\n", 6, "keys: share, within"),
    "a date of a spreadsheet": (GOOD.replace("2027-07-05", "7/5/2027"), 3, "Write 2027-11-11"),
    "a number with a comma": (GOOD.replace("600", "'20,00'"), 4, "Write 2000"),
    "empty file": ("", 0, "the file is empty"),
    "a list for a file": ("- a\n- b\n", 0, "not a mapping"),
    "an alias": (GOOD + "money: &m {discount_rate: 10%}\noptions: *m\n", 7, "aliases"),
}


def write(folder: Path, text: str) -> Path:
    path = folder / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        read_scenario(path, overrides)
    return str(caught.value)


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_file_is_told_where_and_what(name: str, tmp_path: Path) -> None:
    text, line, says = BROKEN[name]
    message = problems(write(tmp_path, text))
    assert says in message
    assert f"shop.yaml:{line}: " in message if line else "shop.yaml: " in message
    assert "pydantic" not in message
    assert "Traceback" not in message


def test_all_problems_of_a_file_are_told_together(tmp_path: Path) -> None:
    text = GOOD.replace("600", "-1") + "targets: {answer_rate: 980}\ncontact: {talk: long}\n"
    message = problems(write(tmp_path, text))
    assert len(message.splitlines()) == 3


def test_yaml_bombs_do_not_go_off(tmp_path: Path) -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
    )
    assert "aliases" in problems(write(tmp_path, bomb))
    assert "nested too deeply" in problems(write(tmp_path, GOOD + "money: " + "{a: " * 40 + "1" + "}" * 40))


def test_a_file_that_is_not_there_names_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert "Did you mean" in problems(tmp_path / "shp.yaml")
    assert "a folder" in problems(tmp_path)


def test_gb18030_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    for encoding in ("gb18030", "utf-8-sig"):
        path = tmp_path / "shop.yaml"
        path.write_bytes(GOOD.replace("name: shop", "name: 十席小店").encode(encoding))
        assert read_scenario(path)[0].name.zh == "十席小店"


@pytest.mark.parametrize(
    ("override", "key", "value"),
    [
        ("demand.orders_per_day=2000", "demand.orders_per_day", 2000),
        ("targets.answer_rate=95%", "targets.answer_rate", 0.95),
        ("people.wage.full_time=5200", "people.wage.full_time", 5200),
        ("options.outsourced.price.price=5500", "options.outsourced.price.price", 5500),
    ],
)
def test_five_common_edits_are_one_line_each(override: str, key: str, value: float) -> None:
    """Volume, target, wage, price; opening hours below. The edited value's origin becomes "yours"."""
    scenario, _ = read_scenario(SCENARIOS / "quickstart.yaml", [override])
    entry = next(origin for origin in origins(scenario) if origin.key == key)
    assert entry.value == value
    assert entry.kind == "yours"


def test_opening_hours_are_one_line() -> None:
    scenario, _ = read_scenario(SCENARIOS / "quickstart.yaml", ["hours.daily=09:00-21:00"])
    assert scenario.hours.spans(scenario.plan.start) == [(9 * 3600, 21 * 3600)]


@pytest.mark.parametrize("override", ["demand", "=3", "demand.=3", "demand.orders_per_day=", "nothing.there=1", "wfm.deep=1"])
def test_a_broken_override_is_told(override: str) -> None:
    assert "--set" in problems(SCENARIOS / "quickstart.yaml", override)


def test_a_value_equal_to_its_default_keeps_its_origin(tmp_path: Path) -> None:
    scenario, _ = read_scenario(write(tmp_path, GOOD + "people: {wage: {full_time: 4500}}\n"))
    kinds = {origin.key: origin.kind for origin in origins(scenario)}
    assert kinds["people.wage.full_time"] == "found"
    assert kinds["people.shifts.full_time.length"] == "assumed"
    assert kinds["demand.orders_per_day"] == "yours"
    assert kinds["hours.daily"] == "yours"


def test_the_quickstart_needs_at_most_twelve_keys() -> None:
    from wfm.scenario.reader import read_source

    source = read_source(SCENARIOS / "quickstart.yaml")
    leaves = [path for path in source.places if not any(other[: len(path)] == path and other != path for other in source.places)]
    assert len(leaves) <= 12


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_scenario_that_we_ship_is_right(path: Path) -> None:
    scenario, _ = read_scenario(path)
    assert all(origin.en and (origin.zh or origin.kind == "yours") for origin in origins(scenario))


KEYS = ["plan", "demand", "hours", "targets", "people", "shifts", "daily", "start", "x", "price"]
LEAVES = st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers()
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4), max_leaves=8
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_no_tree_of_values_breaks_the_reader(value: object) -> None:
    """Whatever stands in a section, the answer is a scenario or a list of problems."""
    from wfm.scenario.reader import Source, validate

    base = {
        "wfm": 2,
        "name": "x",
        "plan": {"start": "2027-07-05"},
        "demand": {"orders_per_day": 1},
        "hours": {"daily": "10:00-18:00"},
    }
    for section in ("plan", "demand", "hours", "targets", "people", "money", "options", "contact", "simulation"):
        with contextlib.suppress(InputError):
            validate(Source(base | {section: value}, {}, "x.yaml"))


def test_factors_and_rates_that_would_be_asked_about_are_dumped_as_they_are_read() -> None:
    text = GOOD.replace("600}", "600, volume: 1250%}") + "money: {demand_growth: 250%, discount_rate: 8%}\n"
    scenario = validate(read_text_of(text, "shop.yaml"))
    dumped = scenario.model_dump(mode="json")
    assert (dumped["demand"]["volume"], dumped["money"]["demand_growth"], dumped["money"]["discount_rate"]) == (
        "1250%",
        "250%",
        0.08,
    )
    assert type(scenario).model_validate(dumped) == scenario
