"""A table that breaks its contract is told which column, which rule, which row."""

import pandas as pd
import pytest

from wfm.core.contracts import CONTRACTS, check
from wfm.core.errors import InputError


def history(**changes: object) -> pd.DataFrame:
    starts = pd.date_range("2027-07-05 10:00", periods=3, freq="30min", tz="Asia/Shanghai")
    return pd.DataFrame({"start": starts, "queue": "phone", "offered": [1.0, 2.0, 3.0]} | changes)


def test_a_good_table_passes_unchanged() -> None:
    table = history(mine=["a", "b", "c"])
    assert check(table, "history") is table


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"offered": [1.0, -2.0, 3.0]}, "0 or more"),
        ({"offered": ["one", "two", "three"]}, "numbers"),
        ({"start": pd.date_range("2027-07-05", periods=3)}, "time zone"),
        ({"start": [pd.Timestamp("2027-07-05", tz="Asia/Shanghai")] * 3}, "start"),
        ({"queue": [1, 2, 3]}, "text"),
    ],
)
def test_each_broken_rule_is_named(change: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says):
        check(history(**change), "history")


def test_a_missing_column_says_what_is_there() -> None:
    with pytest.raises(InputError, match=r"no column 'offered'.*It has: start, queue"):
        check(history().drop(columns="offered"), "history")


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_key_is_made_of_columns(name: str) -> None:
    contract = CONTRACTS[name]
    assert set(contract.key) <= set(contract.columns)
