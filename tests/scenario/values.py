"""Random right scenarios: random values of every key, of which those are kept that the model takes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pydantic
from hypothesis import strategies as st

from wfm.scenario.fields import Documented, documented
from wfm.scenario.model import Scenario

BASE: dict[str, Any] = {
    "wfm": 2,
    "name": "x",
    "plan": {"start": "2027-07-05"},
    "demand": {"orders_per_day": 600},
    "hours": {"daily": "10:00-18:00"},
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "=1+1",
        "+x",
        "-x",
        "@x",
        "'=1",
        "none",
        "无",
        "null",
        "true",
        "3",
        " x ",
        "",
        '"',
        "{}",
        "[a]",
        "a: b",
        "# x",
        "2027-07-05",
        "_x0041_",
    ]
)
NUMBERS = st.integers(0, 100) | st.floats(0, 1e7, allow_nan=False) | st.sampled_from([0.1 + 0.2, 1 / 3, 0.575, 1e-9])
PERCENTS = st.integers(0, 5000).map(lambda number: f"{number / 7}%") | st.sampled_from(["30%", "250%", "1234.5%"])


def values(entry: Documented) -> st.SearchStrategy[Any]:
    """Something a planner may write for a key."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "share": st.floats(0, 1) | st.sampled_from(["98%", "1/3", 0.0]),
        "duration": st.integers(0, 90_000) | st.floats(0, 90_000) | st.sampled_from(["20s", "4:30", "8h"]),
        "rate": st.floats(0, 1.9) | PERCENTS,
        "factor": st.floats(0, 9) | PERCENTS,
        "date": st.dates(date(1970, 1, 1), date(2199, 12, 31)).map(str),
        "flag": st.booleans(),
        "choice": st.sampled_from(entry.choices or ("x",)),
        "whole": st.integers(0, 60),
        "number": NUMBERS,
        "list": st.lists(st.sampled_from(["any", "08:00", "12:30", "23:00"]), max_size=3),
        "table": st.dictionaries(TEXTS, TEXTS, max_size=2),
        "text": st.sampled_from(["11:00-15:00", "CNY", "", "IL", "UTC"]) | TEXTS,
        "section": st.sampled_from([{}, *(entry.choices)]),
    }
    return kinds[entry.kind] | st.none() if entry.nullable else kinds[entry.kind]


KEYS = [entry for entry in documented() if entry.key not in ("wfm", "hours")]
OWN = st.dictionaries(
    st.sampled_from(["evening", "夜班", "a.b", "x y", "=s"]),
    st.fixed_dictionaries({}, optional={"length": st.just("4h"), "paid_meal": st.just(0), "start": st.just(["20:00", "21:00"])}),
    max_size=2,
)
HOURS = st.dictionaries(
    st.sampled_from(["mon", "sun", "holiday", "2027-07-08", "2027-07-10..2027-07-12"]),
    st.sampled_from(["closed", "休", "20:00-02:00"]),
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """A right scenario with up to a dozen random values."""
    tree = BASE | {"hours": BASE["hours"] | draw(HOURS)}
    best = Scenario.model_validate(tree)
    for entry in draw(st.lists(st.sampled_from(KEYS), max_size=12)):
        tried = put(tree, tuple(entry.key.split(".")), draw(values(entry)))
        best, tree = taken(tried, best, tree)
    return taken(put(tree, ("people", "shifts"), {**(tree.get("people", {}).get("shifts") or {}), **draw(OWN)}), best, tree)[0]


def taken(tried: dict[str, Any], best: Scenario, tree: dict[str, Any]) -> tuple[Scenario, dict[str, Any]]:
    try:
        return Scenario.model_validate(tried), tried
    except pydantic.ValidationError:
        return best, tree


def put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    inner = tree.get(path[0])
    return {**tree, path[0]: value if len(path) == 1 else put(inner if isinstance(inner, dict) else {}, path[1:], value)}
