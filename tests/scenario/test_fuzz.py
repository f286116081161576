"""Whatever is given, the answer is a scenario or a list of problems, and it comes at once."""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.scenario.shop import GOOD, write
from tests.scenario.test_sheet import NEEDED, book
from tests.scenario.values import KEYS
from wfm.core.errors import InputError, Problem
from wfm.scenario.document import BYTES_MAX
from wfm.scenario.leaves import flow
from wfm.scenario.reader import read_scenario, read_text_of, validate

PATHS = [entry.key for entry in KEYS]
WORDS = st.sampled_from(
    [*{part for path in PATHS for part in path.split(".")}, "extends", "wfm", "evening", "2027-07-05", "daily", "x"]
)
ODD = st.sampled_from(
    [
        "=1",
        "98%",
        "20s",
        "25:00",
        "-1",
        "1e999",
        "nan",
        "never",
        "null",
        "~",
        "٣",
        "½",
        "9" * 30,
        "<b>",
        "\ufeff",
        "1/0",
        "%",
        "a.b",
    ]
)
LEAVES = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8) | ODD
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12)


def told(*arguments: Any, **more: Any) -> None:
    """Read, and take a refusal as an answer; it has to be sayable in both languages."""
    refused: tuple[Problem, ...] | None = None
    try:
        read_scenario(*arguments, **more)
    except InputError as error:
        refused = error.problems
    assert refused is None or refused
    assert all(problem.text("en") and problem.text("zh") for problem in refused or ())


@settings(max_examples=200)
@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.text(alphabet="{}[]:,-&*!?|>'\"%@`# \nab1", max_size=80).map(str.encode)
)
def test_random_bytes(content: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "shop.yaml"
        path.write_bytes(content)
        told(path)
        path.write_bytes(GOOD.encode() + content)
        told(path)
        path = path.with_suffix(".xlsx")
        path.write_bytes(content)
        told(path)


@settings(max_examples=80)
@given(st.dictionaries(WORDS, TREES, max_size=5))
def test_random_trees(tree: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        told(write(Path(folder), flow(tree)))
        base = {
            "wfm": 2,
            "name": "x",
            "plan": {"start": "2027-07-05"},
            "demand": {"orders_per_day": 1},
            "hours": {"daily": "10:00-18:00"},
        }
        told(write(Path(folder), flow(base | tree)))


@settings(max_examples=200)
@given(st.sampled_from(PATHS) | st.text(max_size=20), LEAVES.map(flow) | ODD | st.text(max_size=20))
def test_random_overrides(key: str, value: str) -> None:
    with TemporaryDirectory() as folder:
        told(write(Path(folder), GOOD), [f"{key}={value}"])


CELLS = (
    st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    | ODD
)
TIMES = (
    st.dates(date(1950, 1, 1)) | st.datetimes(datetime(1950, 1, 1)) | st.times() | st.timedeltas(timedelta(0), timedelta(days=9))
)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(PATHS) | ODD, CELLS | TIMES), max_size=8))
def test_random_cells(rows: list[tuple[str, Any]]) -> None:
    with TemporaryDirectory() as folder:
        path = book(
            Path(folder) / "shop.xlsx",
            *NEEDED,
            *((key, value.replace(tzinfo=None) if isinstance(value, time) else value) for key, value in rows),
        )
        told(path)
        told(write(Path(folder), GOOD), sheet=path)


BOMBS = {
    "brackets": "a: " + "[" * 90_000,
    "maps in maps": GOOD + "money: " + "{a: " * 20_000,
    "an indent as deep as can be": "".join(" " * depth + "a:\n" for depth in range(400)),
    "a billion laughs": "a: &a [x,x]\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(9)),
    "a huge number": GOOD + "seed: " + "9" * 90_000,
    "a huge exponent": GOOD + "money: {average_order: 1e999999999}\n",
    "thousands of keys": GOOD + "".join(f"k{i}: 1\n" for i in range(9_000)),
    "a key again and again": GOOD + "seed: 1\n" * 9_000,
    "a tag that runs code": GOOD + "money: !!python/object/apply:os.system ['true']\n",
    "a tag of one's own": GOOD + "money: !secret {a: 1}\n",
    "a merge key": GOOD + "money: {<<: {discount_rate: 10%}}\n",
    "questions": "? " * 40_000,
    "an open quote": "'" * 90_001,
    "two documents": GOOD + "---\n" + GOOD,
    "a null byte": GOOD + "\0",
    "another version of YAML": "%YAML 9.9\n---\n" + GOOD,
    "too many bytes": GOOD + "#" * BYTES_MAX,
    "a complex key": GOOD + "? [a, b]\n: 1\n",
    "seconds since 1970": GOOD.replace("2027-07-05", "0"),
    "the end of time": GOOD.replace("2027-07-05", "9999-12-31"),
    "months without end": GOOD + "money: {horizon: .inf}\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_at_once(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, BOMBS[name])
    began = clock.process_time()
    with pytest.raises(InputError) as caught:
        read_scenario(path)
    assert clock.process_time() - began < 20
    assert len(caught.value.problems) <= 21
    assert all(len(str(problem)) < 1000 for problem in caught.value.problems)


def test_text_that_stands_in_no_file_is_read_too() -> None:
    assert validate(read_text_of(GOOD, "shop.yaml")).name.en == "shop"
