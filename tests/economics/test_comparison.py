"""The comparison of a case, and what would overturn it."""

import numpy as np
import pytest

from tests.economics.shop import ORDERS, shop
from wfm.economics import valuation
from wfm.economics.breakeven import break_even_uplift, break_evens, cheapest_intervals, option_npv, roots
from wfm.economics.comparison import case_ledger, compare
from wfm.economics.inputs import Benefit, Hosted, HostedFee, Money, Options, Outsourced, VendorPrice
from wfm.economics.ledger import flows

OPTIONS = ["self_built", "hosted", "outsourced"]


@pytest.fixture(scope="module")
def case():
    return shop()


@pytest.fixture(scope="module")
def table(case):
    return compare(case)


def test_one_row_an_option(table):
    assert table["option"].tolist() == table.index.tolist() == ["none", *OPTIONS]
    assert table["investment"].tolist() == [0, 230_000, 110_000, 42_500]
    assert table["npv"].idxmax() == "outsourced"


def test_measures_are_those_of_the_monthly_flows(case, table):
    rate = valuation.monthly_rate(0.10)
    books = case_ledger(case)
    for option in OPTIONS:
        net = flows(books, option, 36, baseline="none")
        assert table.loc[option, "npv"] == pytest.approx(valuation.npv(rate, net))
        assert table.loc[option, "npv"] == pytest.approx(option_npv(case, option))
        assert table.loc[option, "irr"] == pytest.approx(valuation.annual_rate(valuation.irr(net).value))
        assert table.loc[option, "payback_months"] == pytest.approx(valuation.payback(net).periods)
        assert table.loc[option, "eaa"] == pytest.approx(table.loc[option, "npv"] / valuation.annuity(0.10, 3))


def test_payback_counts_from_two_clocks(table):
    lead = {"self_built": 4, "hosted": 2, "outsourced": 2}
    for option, months in lead.items():
        assert table.loc[option, "payback_months"] - table.loc[option, "payback_from_go_live"] == pytest.approx(months)


def test_running_cost_is_a_year_of_running_at_first_year_prices(case, table):
    books = case_ledger(case)
    hosted = books[(books["option"] == "hosted") & books["period"].between(3, 14) & (books["category"] != "benefit")]
    assert table.loc["hosted", "running_cost_year"] == pytest.approx((hosted["quantity"] * hosted["unit_price"]).sum())
    assert table.loc["hosted", "benefit_year"] == pytest.approx(12 * ORDERS * 3.6)


def test_cost_per_contact_recovers_all_costs(case, table):
    rate = valuation.monthly_rate(0.10)
    books = case_ledger(case)
    costs = books[(books["option"] == "hosted") & (books["category"] != "benefit")]
    paid = -(costs["amount"] / (1 + rate) ** costs["period"]).sum()
    volumes = case.months["hosted"]["contacts"][2:] / (1 + rate) ** np.arange(3, 37)
    assert table.loc["hosted", "cost_per_contact"] == pytest.approx(paid / volumes.sum())


def test_an_option_left_out_changes_no_other(case, table):
    two = compare(shop(options=Options(self_built=None)))
    assert two.index.tolist() == ["none", "hosted", "outsourced"]
    assert two.loc["hosted", "npv"] == table.loc["hosted", "npv"]


def test_the_baseline_beside_itself_is_worth_nothing(table):
    none = table.loc["none"]
    assert none["npv"] == none["investment"] == none["running_cost_year"] == 0
    assert none[["irr", "payback_months", "roi", "cost_per_contact", "break_even_uplift"]].isna().all()
    alone = compare(shop(options=Options(self_built=None, hosted=None, outsourced=None)))
    assert alone["option"].tolist() == ["none"]


def test_a_centre_that_never_pays_says_so():
    table = compare(shop(money=Money(benefit=Benefit(gross_uplift=0))))
    assert table.loc[OPTIONS, ["irr", "payback_months"]].isna().all(axis=None)
    assert (table["irr_reason"] != "").all()


def test_at_a_break_even_the_two_are_worth_the_same(case):
    found = break_evens(case).set_index(["what", "option", "against"])
    price = found.loc[("vendor_price", "outsourced", "hosted"), "value"]
    dearer = shop(options=Options(outsourced=Outsourced(price=VendorPrice(price=price))))
    assert option_npv(dearer, "outsourced") == pytest.approx(option_npv(case, "hosted"), abs=1e-3)
    assert found.loc[("vendor_price", "outsourced", "hosted"), "wins"] == "below"
    fee = found.loc[("platform_fee", "hosted", "self_built"), "value"]
    assert option_npv(shop(options=Options(hosted=Hosted(fee=HostedFee(price=fee)))), "hosted") == pytest.approx(
        option_npv(case, "self_built"), abs=1e-3
    )
    factor = found.loc[("conversion", "outsourced", "hosted"), "value"]
    assert found.loc[("conversion", "outsourced", "hosted"), "wins"] == "above"
    assert option_npv(shop(options=Options(outsourced=Outsourced(benefit_factor=factor))), "outsourced") == pytest.approx(
        option_npv(case, "hosted"), abs=1e-3
    )


def test_the_uplift_an_option_needs(case, table):
    for option in OPTIONS:
        uplift = break_even_uplift(case, option)
        at = shop(money=Money(benefit=Benefit(gross_uplift=uplift, attribution=1)))
        assert option_npv(at, option) == pytest.approx(0, abs=1e-3)
        assert table.loc[option, "break_even_uplift"] == uplift


def test_a_rival_that_cannot_be_caught_is_told():
    free = shop(options=Options(outsourced=Outsourced(price=VendorPrice(price=100))))
    rows = break_evens(free).set_index(["what", "option", "against"])
    assert rows.loc[("platform_fee", "hosted", "outsourced"), "wins"] == "never"
    assert np.isnan(rows.loc[("platform_fee", "hosted", "outsourced"), "value"])


def test_every_root_of_a_scan_is_returned():
    assert roots(lambda x: (x - 1) * (x - 2) * (x - 3), 0, 4) == pytest.approx([1, 2, 3])
    assert roots(lambda x: x * x + 1, -1, 1) == []


def test_ties_are_cheapest_on_both_sides():
    tied = cheapest_intervals({"a": lambda n: 1.0, "b": lambda n: 1.0 if n > 2 else 2.0}, range(1, 5))
    assert tied == {"a": [(1, 4)], "b": [(3, 4)]}
