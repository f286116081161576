"""Ledger lines of the sourcing options, by hand arithmetic from prices and quantities."""

from dataclasses import replace

import pytest

from tests.economics.shop import ORDERS, quantities, shop
from wfm.core.contracts import check
from wfm.core.errors import InputError
from wfm.economics.breakeven import option_npv
from wfm.economics.comparison import case_ledger
from wfm.economics.inputs import Benefit, Hosted, HostedFee, Money, NoCentre, Options, Outsourced, SelfBuilt, VendorPrice, Wages
from wfm.economics.ledger import flows
from wfm.economics.options import own_loaded_wage
from wfm.economics.valuation import monthly_rate, npv

OWN = {
    *("wages_full_time", "wages_leaders", "on_costs", "wages_part_time", "holiday_pay", "replacement", "rent"),
    *("telecom", "breach", "benefit"),
}


@pytest.fixture(scope="module")
def table():
    return check(case_ledger(shop()), "ledger")


def rows(table, option, period):
    return table[(table["option"] == option) & (table["period"] == period)].set_index("line")["amount"].to_dict()


def test_self_built_month_by_hand(table):
    contacts = 24_000 * 1.05
    assert rows(table, "self_built", 5) == pytest.approx({
        "wages_full_time": -14 * 4500,
        "wages_leaders": -7000,
        "technician": -0.25 * 8000,
        "on_costs": -0.30 * (14 * 4500 + 7000 + 2000),
        "wages_part_time": -170 * 25 * 1.01,
        "holiday_pay": -85 * 4500 / 21.75 / 8 * 3,
        "replacement": -17 * 0.30 / 12 * 5000,
        "rent": -10 * 830,
        "maintenance": -20_000 / 12,
        "telecom": -contacts * 2.6 * 0.15,
        "breach": -0.01 / 12 * 500_000,
        "benefit": ORDERS * 120 * 0.30 * 0.30 / 3,
    })  # fmt: skip
    assert rows(table, "self_built", 0) == {"hardware": -75e3, "software": -100e3, "fit_out": -35e3, "recruit_train": -20e3}


def test_hosted_month_by_hand(table):
    assert set(rows(table, "hosted", 3)) == OWN | {"platform_fee"}
    assert rows(table, "hosted", 3)["platform_fee"] == pytest.approx(-11 * 200)
    assert rows(table, "hosted", 15)["platform_fee"] == pytest.approx(-11 * 200 * 1.05)
    assert sum(rows(table, "hosted", 0).values()) == pytest.approx(-110_000)


def test_outsourced_month_by_hand(table):
    contacts = 24_000 * 1.03
    assert rows(table, "outsourced", 3) == pytest.approx({
        "vendor_price": -15.9 * 5000,
        "vendor_management": -15.9 * 5000 * 0.10,
        "telecom": -contacts * 2.7 * 0.15,
        "breach": -0.02 / 12 * 500_000,
        "benefit": ORDERS * 120 * 0.30 * 0.30 / 3 * 0.94,
    })  # fmt: skip
    assert sum(rows(table, "outsourced", 0).values()) == pytest.approx(-42_500)


@pytest.mark.parametrize(("option", "lead"), [("self_built", 4), ("hosted", 2), ("outsourced", 2)])
def test_nothing_runs_before_the_lead_time_ends(table, option, lead):
    net = flows(table, option, 36)
    assert (net[1 : lead + 1] == 0).all()
    assert net[lead + 1] != 0
    now = shop(options=Options(**{option: getattr(Options(), option).model_copy(update={"lead_time": 0})}))
    assert flows(case_ledger(now), option, 36)[1] != 0


def test_a_lead_time_beyond_the_horizon_leaves_the_outlay():
    late = shop(money=Money(horizon=3))
    assert rows(case_ledger(late), "self_built", 3) == {}
    assert option_npv(late, "self_built") == pytest.approx(-230_000)


def test_other_bases_of_price():
    options = Options(
        hosted=Hosted(fee=HostedFee(basis="named_user_month", price=150)),
        outsourced=Outsourced(price=VendorPrice(basis="per_contact", price=1.2)),
        self_built=None,
    )
    table = case_ledger(shop(options=options))
    assert rows(table, "hosted", 3)["platform_fee"] == pytest.approx(-17 * 150)
    assert rows(table, "outsourced", 3)["vendor_price"] == pytest.approx(-24_000 * 1.03 * 1.2)
    assert set(table["option"]) == {"hosted", "outsourced"}


def test_origins_follow_the_planner(table):
    def origin(of, option, line):
        row = of[(of["option"] == option) & (of["line"] == line)].iloc[-1]
        return row["origin"], row["price_date"]

    assert origin(table, "hosted", "rent") == ("found", "2025-10-21")
    assert origin(table, "hosted", "benefit")[0] == "assumed"
    edited = case_ledger(shop(money=Money(rent_per_seat_month=500), options=Options(self_built=SelfBuilt(maintenance_year=20_000))))
    assert origin(edited, "hosted", "rent") == ("yours", "")
    # The same value written again is still the found one.
    assert origin(edited, "self_built", "maintenance")[0] == "found"


def test_the_baseline_is_what_doing_nothing_costs():
    owner = shop(options=Options(none=NoCentre(cost_per_month=3000)))
    assert rows(case_ledger(owner), "none", 1) == {"owner": -3000}
    saved = option_npv(owner, "hosted") - option_npv(shop(), "hosted")
    assert saved == pytest.approx(-npv(monthly_rate(0.10), flows(case_ledger(owner), "none", 36)))


def test_benefits_are_linear_and_zero_without_uplift():
    def worth(uplift):
        return option_npv(shop(money=Money(benefit=Benefit(gross_uplift=uplift))), "hosted")

    assert worth(0.2) - worth(0.1) == pytest.approx(worth(0.1) - worth(0.0), rel=1e-9)
    none = case_ledger(shop(money=Money(benefit=Benefit(gross_uplift=0))))
    assert (none.loc[none["category"] == "benefit", "amount"] == 0).all()


def test_without_risk_the_rest_is_the_same():
    careless = case_ledger(shop(money=Money(breach_cost=0)))
    assert careless.loc[careless["category"] == "risk", "amount"].sum() == 0
    others = careless[careless["category"] != "risk"]["amount"].sum()
    table = case_ledger(shop())
    assert others == pytest.approx(table[table["category"] != "risk"]["amount"].sum())


def test_loaded_wage_and_holiday_pay():
    assert own_loaded_wage(Wages()) == pytest.approx(5850)
    assert Wages(full_time=5000).holiday_hour() * 8 == pytest.approx(689.66, abs=0.005)


def test_bad_quantities_are_all_named():
    def broken(option, month):
        row = quantities(option, month)
        return replace(row, seats=-1.0) if month == 3 else replace(row, fte=float("nan")) if month == 5 else row

    with pytest.raises(InputError) as caught:
        shop(source=broken)
    assert {problem.key for problem in caught.value.problems} >= {"hosted, month 3, seats", "outsourced, month 5, fte"}


def test_quantities_are_asked_once_a_month():
    asked = []

    def counting(option, month):
        asked.append((option, month))
        return quantities(option, month)

    case_ledger(shop(source=counting))
    assert sorted(asked) == sorted((option, month) for option in ("self_built", "hosted", "outsourced") for month in range(1, 37))
