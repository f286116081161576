"""The ledger's rows and their sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.core.contracts import check
from wfm.core.errors import InputError
from wfm.economics.ledger import Line, cash, flows, ledger, price_index

some_lines = st.lists(
    st.builds(
        lambda number, option, category, quantity, price, first, length, grows: Line(
            option, f"line {number}", category, quantity, "piece", price, first, min(first + length, 24), grows=grows
        ),
        st.integers(0, 10**9),
        st.sampled_from(["a", "b"]),
        st.sampled_from(["capex", "opex", "benefit", "risk", "wc"]),
        st.floats(0, 1e4),
        st.floats(0, 1e4),
        st.integers(0, 24),
        st.integers(0, 24),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda line: line.name,
)


def test_prices_step_by_the_year():
    assert price_index(36, 12, 0.05)[[0, 1, 12, 13, 24, 25, 36]] == pytest.approx([1, 1, 1, 1.05, 1.05, 1.1025, 1.1025])
    assert price_index(3, 1, 0.05) == pytest.approx([1, 1, 1.05, 1.1025])


@settings(deadline=None)
@given(some_lines, st.floats(-0.2, 0.3))
def test_rows_are_their_own_arithmetic_and_their_sums_are_the_flows(lines, growth):
    table = check(ledger(lines, 24, 12, growth), "ledger")
    assert (table["amount"] == table["quantity"] * table["unit_price"] * table["index"] * table["sign"]).all()
    for option in ("a", "b"):
        sums = table[table["option"] == option].groupby("period")["amount"].sum().reindex(range(25), fill_value=0.0)
        scale = 1e-9 * (1 + np.abs(sums).max())
        assert flows(table, option, 24) == pytest.approx(sums.to_numpy(), abs=scale)
        assert cash(lines, option, 24, 12, growth) == pytest.approx(sums.to_numpy(), abs=scale)
    assert flows(table, "a", 24, baseline="b") == pytest.approx(flows(table, "a", 24) - flows(table, "b", 24))


def test_signs():
    rows = ledger([Line("a", "cost", "opex", 2, "h", 3.0), Line("a", "gain", "benefit", 1, "order", 5.0)], 1)
    assert rows["amount"].tolist() == [-6.0, 5.0]
    back = ledger([Line("a", "deposit", "wc", 1, "deposit", 9.0, 1, 1, sign=1)], 1)
    assert back["amount"].tolist() == [9.0]


def test_an_option_without_rows_flows_zero():
    table = ledger([], 3)
    assert check(table, "ledger").empty
    assert flows(table, "a", 3).tolist() == [0, 0, 0, 0]


def test_a_line_after_the_horizon_is_empty():
    assert ledger([Line("a", "late", "opex", 1, "h", 1.0, first=7)], 6).empty


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ([Line("a", "x", "opex", 1, "h", 1.0), Line("a", "x", "opex", 1, "h", 1.0, 3, 3)], r"a\.x.*two lines.*period 3"),
        ([Line("a", "x", "opex", [1, 2], "h", 1.0)], "need 6 quantities"),
        ([Line("a", "x", "opex", 1, "h", 1.0, 0, 7)], "periods 0 to 6"),
    ],
)
def test_contradictory_lines_are_refused(lines, word):
    with pytest.raises(InputError, match=word):
        ledger(lines, 6)
