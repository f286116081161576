"""Whatever stands in a file, the answer is a scenario, a history, or problems said in both languages; never a NaN among numbers."""

import copy
import io
import math
import random
import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm.core.errors import InputError
from wfm.history import read_history
from wfm.scenario.reader import read_scenario

FUZZ = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

GOOD: dict[str, Any] = {
    "wfm": 2,
    "name": {"zh": "小店", "en": "shop"},
    "plan": {"start": "2027-07-05", "weeks": 1, "interval": "30min"},
    "timezone": "Asia/Shanghai",
    "country": "CN",
    "demand": {"orders_per_day": 600, "volume": "120%", "history": {"generate": "shop", "weeks": 4}},
    "hours": {"daily": "10:00-18:00", "sun": "closed", "2027-07-06": "09:00-12:00"},
    "targets": {"answer_rate": "98%", "sl_offered": {"share": "80%", "within": "20s"}},
    "contact": {"talk": "150s", "patience": {"onset": 120, "then_mean": "never"}, "redial": {"attempts_max": 3}},
    "people": {
        "shifts": {"night": {"length": "8h", "start": ["22:00"]}},
        "wage": {"full_time": 4500},
        "shrinkage": {"in_office": "8%"},
    },
    "money": {"horizon": "3 years", "price_growth": "-5%"},
    "options": {"outsourced": {"price": {"price": 5500}}},
    "simulation": {"contacts": 1000},
}

# What people and machines write where something else belongs.
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        None, True, False, 0, -1, 98, 1e308, -1e308, 10**17, math.nan, math.inf, -math.inf, "", " ", "98%", "-5%", "1/0", "0/0",
        "1e400", "nan", "inf", "20s", "-20s", "24:00", "25:00", "10:00-18:00", "18:00-10:00", "closed", "never", "any",
        "2027-02-30", "9999-12-31", "0001-01-01", "=1+1", "<script>", "%s%n", "{blank}", "\x00", "\ud7ff", "𝟙𝟚", "٣",
        "１２：００", "all",
        "../../etc/passwd", "estimate", [], [[]], {}, {"a": 1}, [1, 2], ["12:00", None], {"share": "80%"}, "9" * 400,
        "1" * 20 + " months", "9" * 30 + "h", "1_000", "2,000", "1.5.2", "--1", "０％",
    ]
)  # fmt: skip
VALUES = ODD | st.text(max_size=12) | st.floats() | st.integers(-(10**6), 10**6)


def paths(values: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [here] if here else []
    if isinstance(values, dict):
        for key, value in values.items():
            found += paths(value, (*here, key))
    return found


PATHS = paths(GOOD)


def changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    values = copy.deepcopy(GOOD)
    section = values
    for key in path[:-1]:
        section = section[key]
    section[path[-1]] = value
    return values


def written(values: object, path: Path) -> Path:
    """As YAML, by ruamel: nothing of ours."""
    from ruamel.yaml import YAML

    stream = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_unicode = True
    yaml.dump(values, stream)
    path.write_text(stream.getvalue(), encoding="utf-8")
    return path


def told(error: InputError) -> None:
    """Each problem is one line in either language."""
    assert error.problems
    for problem in error.problems:
        for language in ("en", "zh"):
            text = problem.text(language)
            assert text.strip()
            assert "\n" not in text
            assert "\r" not in text


def numbers(values: object) -> list[float]:
    """Every number of a scenario."""
    if isinstance(values, dict):
        return [number for value in values.values() for number in numbers(value)]
    if isinstance(values, list | tuple):
        return [number for value in values for number in numbers(value)]
    return [float(values)] if isinstance(values, int | float) else []


def read(path: Path, *overrides: str) -> None:
    """A scenario whose numbers are numbers and whose grid can be laid, or problems."""
    from wfm.expected import plan_grid

    try:
        scenario, _ = read_scenario(path, overrides)
        grid = plan_grid(scenario)
    except InputError as error:
        told(error)
        return
    found = numbers(scenario.model_dump(exclude={"contact": {"patience": {"then_mean"}}}))
    assert all(math.isfinite(number) for number in found)
    assert len(grid) <= 53 * 7 * 96 * 2
    assert grid["start"].is_unique


@FUZZ
@given(st.sampled_from(PATHS), VALUES)
def test_one_odd_value_in_a_scenario(path: tuple[Any, ...], value: object) -> None:
    from wfm.scenario.reader import Source, validate

    try:
        scenario = validate(Source(changed(path, value), {}, "shop.yaml"))
    except InputError as error:
        told(error)
        return
    assert all(math.isfinite(n) for n in numbers(scenario.model_dump(exclude={"contact": {"patience": {"then_mean"}}})))


@FUZZ
@given(st.sampled_from(PATHS), VALUES.filter(lambda value: value != "\ud7ff"))
def test_one_odd_value_in_a_file(tmp_path: Path, path: tuple[Any, ...], value: object) -> None:
    read(written(changed(path, value), tmp_path / "shop.yaml"))


@FUZZ
@given(st.sampled_from(PATHS), st.text(alphabet=string.ascii_lowercase + "_.- :é中", min_size=1, max_size=10), ODD)
def test_one_odd_key_in_a_file(tmp_path: Path, path: tuple[Any, ...], key: str, value: object) -> None:
    read(written(changed((*path[:-1], key), value), tmp_path / "shop.yaml"))


@FUZZ
@given(st.text(max_size=300) | st.text(alphabet="{}[]:,-&*!|>'\"%@` \n\tab1#?", max_size=120))
def test_any_text_as_a_scenario(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    read(path)


@FUZZ
@given(st.binary(max_size=300), st.sampled_from([".yaml", ".xlsx"]))
def test_any_bytes_as_a_scenario(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / f"shop{kind}"
    path.write_bytes(content)
    read(path)


@FUZZ
@given(
    st.text(max_size=30)
    | st.builds(lambda path, value: f"{'.'.join(map(str, path))}={value}", st.sampled_from(PATHS), VALUES)
    | st.text(alphabet="abdem.=_{}[]:\"' ,1", max_size=25)
)
def test_any_override(tmp_path: Path, override: str) -> None:
    path = tmp_path / "shop.yaml"
    if not path.exists():
        written(GOOD, path)
    read(path, override)


HEADERS = [
    "start",
    "queue",
    "offered",
    "handled",
    "abandoned",
    "handle_time",
    "aht",
    "answer_rate",
    "date",
    "time",
    "开始时间",
    "呼入量",
    "x",
    "",
]
CELLS = st.sampled_from(
    ["", "0", "3", "-1", "3.5", "1e400", "nan", "inf", "-inf", "many", "98%", "0.98", "1,234", "12:30", "0:03:05", "2027-06-01",
     "2027-06-01 10:00", "01/02/2027", "45000", "1780000000000", "2027-06-01T10:00:00Z", "2027-06-01 10:00+08:00",
     "2027-03-28 02:30", "1899-12-30", "9999-12-31", "#REF!", '"', '"a', "a;b", "\t", "=1+1", "<b>", "\x00", "９",
     "２０２７年６月１日", "合计", "Total", "-", "N/A", " 5 "]
) | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8)  # fmt: skip


def table(seed: int) -> list[list[str]]:
    """A fair history: a week of half hours."""
    dice = random.Random(seed)
    rows = [["start", "queue", "offered", "handled", "handle_time"]]
    for day in range(1, 8):
        for slot in range(16):
            offered = dice.randrange(20)
            rows.append(
                [f"2027-06-{day:02d} {10 + slot // 2}:{slot % 2 * 3}0", "sales", str(offered), str(offered), str(offered * 180)]
            )
    return rows


def checked(source: Path, timezone: str = "Asia/Shanghai") -> None:
    """A table whose counts are unknown or numbers of 0 and more, or problems."""
    try:
        result = read_history(source, timezone=timezone, interval_s=1800)
    except InputError as error:
        told(error)
        return
    history = result.table
    assert history["start"].notna().all()
    assert not history.duplicated(["start", "queue"]).any()
    for name in history.columns.intersection(["offered", "handled", "abandoned", "answered_within", "handle_time"]):
        values = history[name].to_numpy(float)
        assert (np.isnan(values) | (np.isfinite(values) & (values >= 0))).all(), name


@FUZZ
@given(st.integers(0, 3), st.lists(st.tuples(st.integers(0, 112), st.integers(0, 4), CELLS), min_size=1, max_size=4))
def test_odd_cells_in_a_history(tmp_path: Path, seed: int, changes: list[tuple[int, int, str]]) -> None:
    rows = table(seed)
    for row, column, cell in changes:
        rows[row][column] = cell
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8", newline="")
    checked(path)


@FUZZ
@given(
    st.lists(st.sampled_from(HEADERS), min_size=1, max_size=6),
    st.lists(st.lists(CELLS, max_size=6), max_size=8),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from([".csv", ".txt", ".tsv", ".xlsx", ".xls", ".ods", ".parquet"]),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "UTC"]),
)
def test_any_table_as_a_history(
    tmp_path: Path, headers: list[str], rows: list[list[str]], sign: str, encoding: str, kind: str, timezone: str
) -> None:
    path = tmp_path / f"calls{kind}"
    text = "\r\n".join(sign.join(row) for row in [headers, *rows])
    path.write_bytes(text.encode(encoding, errors="replace"))
    checked(path, timezone)


@FUZZ
@given(st.binary(max_size=400), st.sampled_from([".csv", ".xlsx", ".xls", ".xlsb", ".ods", ".parquet", ""]))
def test_any_bytes_as_a_history(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / f"calls{kind}"
    path.write_bytes(content)
    checked(path)


@FUZZ
@given(st.lists(st.sampled_from(["cut", "twice", "swap", "blank", "shuffle"]), min_size=1, max_size=3), st.integers(0, 10**6))
def test_torn_tables_as_a_history(tmp_path: Path, harms: list[str], seed: int) -> None:
    """Rows cut short, written twice, columns exchanged, blank lines, and rows out of order."""
    dice, rows = random.Random(seed), table(seed % 4)
    for harm in harms:
        at = dice.randrange(len(rows))
        if harm == "cut":
            rows[at] = rows[at][: dice.randrange(len(rows[at]) + 1)]
        elif harm == "twice":
            rows.insert(at, list(rows[-1]))
        elif harm == "blank":
            rows.insert(at, [])
        elif harm == "shuffle":
            dice.shuffle(rows)
        else:
            one, other = dice.randrange(5), dice.randrange(5)
            for row in rows:
                if len(row) == 5:
                    row[one], row[other] = row[other], row[one]
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    checked(path)


@pytest.mark.parametrize("text", ["demand.orders_per_day=" + "9" * 5000, "a" * 100_000 + "=1", "seed=" + "[" * 5000, "=" * 5000])
def test_long_overrides_cost_nothing(tmp_path: Path, text: str) -> None:
    read(written(GOOD, tmp_path / "shop.yaml"), text)
