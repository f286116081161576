"""Golden: every printed cell of economics A15, A11 and A12, rebuilt through the ledger."""

import numpy as np
import pytest

from tests.economics import a15
from wfm.core.contracts import check
from wfm.economics import breakeven, valuation
from wfm.economics.comparison import measures
from wfm.economics.ledger import Line, cash, flows, ledger

RATE = 0.10


def book(**changed):
    return ledger(a15.lines(**changed), 3, 1, a15.GROWTH)


def flow(option, **changed):
    return cash(a15.lines(**changed), option, 3, 1, a15.GROWTH)


def npv(option, **changed):
    return valuation.npv(RATE, flow(option, **changed))


OUTLAY_LINES = {
    "platform": (60, None, None),
    "workstations": (160, 160, None),
    "fit-out": (120, 120, None),
    "integration": (100, 40, 40),
    ("recruiting", "training"): (120, 120, None),
    "knowledge base": (None, None, 60),
    "rent deposit": (20, 20, None),
}
RUNNING_LINES = {
    "agents": (1440.0, 1440.0, None),
    "on-costs": (432.0, 432.0, None),
    "supervisors": (249.6, 249.6, None),
    "attrition": (48.0, 48.0, None),
    "rent": (86.4, 86.4, None),
    "telecom": (180.0, 180.0, 180.0),
    "overtime": (60.0, 60.0, None),
    "surge": (None, None, 80.0),
    "maintenance": (24.0, None, None),
    "platform fee": (None, 60.0, None),
    "vendor": (None, None, 2083.968),
    "vendor manager": (None, None, 187.2),
    "breach": (20.0, 30.0, 40.0),
}


@pytest.fixture(scope="module")
def table():
    return check(book(), "ledger")


def amount(table, option, names, period):
    names = (names,) if isinstance(names, str) else names
    return table.query("option == @option and line in @names and period == @period")["amount"].sum()


@pytest.mark.parametrize(("line", "cells"), OUTLAY_LINES.items())
def test_outlays(table, line, cells):
    for option, cell in zip(a15.OPTIONS, cells, strict=True):
        assert amount(table, option, line, 0) == pytest.approx(-(cell or 0), abs=1e-9)


@pytest.mark.parametrize(("line", "cells"), RUNNING_LINES.items())
def test_running_lines_of_year_one(table, line, cells):
    for option, cell in zip(a15.OPTIONS, cells, strict=True):
        started = 0.75 if option == "self" else 1
        assert amount(table, option, line, 1) == pytest.approx(-(cell or 0) * started, abs=1e-9)
        assert amount(table, option, line, 2) == pytest.approx(-(cell or 0) * 1.05, abs=1e-9)


@pytest.mark.parametrize(
    ("option", "outlay", "running", "benefit"),
    [("self", 580, 2540.0, 2800), ("hosted", 460, 2586.0, 2800), ("outsourced", 100, 2571.168, 2632)],
)
def test_totals(table, option, outlay, running, benefit):
    year = table[(table["option"] == option) & (table["period"] == 2)]
    costs = year[year["category"] != "benefit"]
    assert -table[(table["option"] == option) & (table["period"] == 0)]["amount"].sum() == pytest.approx(outlay, abs=1e-9)
    assert -(costs["amount"] / costs["index"]).sum() == pytest.approx(running, abs=1e-9)
    assert amount(table, option, "benefit", 2) / 1.05 == pytest.approx(benefit, abs=1e-9)


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("self", [-580, 195, 273, 326.65]),
        ("hosted", [-460, 214, 224.7, 275.935]),
        ("outsourced", [-100, 60.832, 63.8736, 67.06728]),
    ],
)
def test_flows(table, option, expected):
    assert flows(table, option, 3) == pytest.approx(expected, abs=1e-9)
    assert flow(option) == pytest.approx(flows(table, option, 3), abs=1e-9)


MEASURES = {
    "npv": (68.309542, 127.561983, 58.478557, 1),
    "irr": (16.0248899, 24.4777381, 40.3719833, 100),
    "mirr": (13.5401142, 18.6431601, 27.4462596, 100),
    "payback": (2.342875, 2.077192, 1.613211, 1),
    "discounted_payback": (2.721659, 2.384692, 1.846747, 1),
    "pi": (1.117775, 1.277309, 1.584786, 1),
    "roi": (37.0086, 55.3554, 91.7729, 100),
    "eaa": (27.468278, 51.294562, 23.515094, 1),
}
DECIMALS = {"irr": 7, "mirr": 7, "roi": 4}


@pytest.mark.parametrize("measure", MEASURES)
def test_measures(table, measure):
    *cells, factor = MEASURES[measure]
    for option, cell in zip(a15.OPTIONS, cells, strict=True):
        ours = getattr(measures(table, option, a15.TERMS), measure) * factor
        assert round(ours, DECIMALS.get(measure, 6)) == pytest.approx(cell, abs=1e-12)


def test_measures_that_a15_implies(table):
    found = measures(table, "hosted", a15.TERMS, contacts=np.array([0, 1, 1, 1]) * a15.CONTACTS)
    assert found.investment == pytest.approx(460)
    assert found.funding_need == pytest.approx(460)
    assert found.running_cost_year == pytest.approx(2586)
    costs = 460 + sum(2586 * 1.05**k / 1.1 ** (k + 1) for k in range(3)) - 40 / 1.1**3
    assert found.cost_per_contact == pytest.approx(costs / (a15.CONTACTS * valuation.annuity(RATE, 3)))


def test_rankings_conflict(table):
    found = {option: measures(table, option, a15.TERMS) for option in a15.OPTIONS}
    by_npv = sorted(found, key=lambda option: -found[option].npv)
    assert by_npv == ["hosted", "self", "outsourced"]
    for measure in ("irr", "pi"):
        assert sorted(found, key=lambda option: -getattr(found[option], measure)) == ["outsourced", "hosted", "self"]


@pytest.mark.parametrize(
    ("option", "against", "rate"),
    [("hosted", "outsourced", 0.20033230), ("self", "outsourced", 0.11044052), ("self", "hosted", -0.132596)],
)
def test_incremental_rates(table, option, against, rate):
    assert valuation.irr(flows(table, option, 3, baseline=against)).value == pytest.approx(rate, abs=5e-7)


def test_incremental_flows(table):
    step = flows(table, "hosted", 3, baseline="outsourced")
    assert step == pytest.approx([-360, 153.168, 160.8264, 208.86772], abs=1e-9)
    assert valuation.npv(RATE, step) == pytest.approx(69.083426, abs=5e-7)


def test_hosted_first_self_built_later():
    hosted = [line for line in a15.lines() if line.option == "hosted" and line.last == 0]
    later = [line for line in a15.lines() if line.option == "self" and line.first > 0]
    running = [line for line in a15.lines() if line.option == "hosted" and line.first == 1]
    h2 = [
        *(_as_h2(line, line.quantity, line.first, line.last) for line in hosted),
        *(_as_h2(line, line.quantity[0], 1, 1) for line in running),
        *(_as_h2(line, line.quantity[1:], 2, 3) for line in later if line.first == 1),
        *(_as_h2(line, line.quantity, 3, 3) for line in later if line.first == 3),
        Line("h2", "migration", "capex", 1, "project", 160.0, 1, 1),
    ]
    net = flows(ledger(h2, 3, 1, a15.GROWTH), "h2", 3)
    assert net == pytest.approx([-460, 54, 273, 326.65], abs=1e-9)
    assert valuation.npv(RATE, net) == pytest.approx(60.127724, abs=5e-7)
    assert valuation.irr(net).value == pytest.approx(0.15861328, abs=5e-9)


def _as_h2(line, quantity, first, last):
    from dataclasses import replace

    return replace(line, option="h2", quantity=quantity, first=first, last=last)


def test_break_even_prices():
    same_as_hosted = breakeven.roots(lambda price: npv("outsourced", vendor=price) - npv("hosted"), 0, 20)
    same_as_self = breakeven.roots(lambda price: npv("outsourced", vendor=price) - npv("self"), 0, 20)
    fee = breakeven.roots(lambda price: npv("hosted", fee=price) - npv("self"), 0, 5)
    assert same_as_hosted == [pytest.approx(6.614745, abs=5e-7)]
    assert same_as_self == [pytest.approx(6.687868, abs=5e-7)]
    assert fee == [pytest.approx(0.344767, abs=5e-7)]


@pytest.mark.parametrize(("option", "multiplier"), [("self", 0.989740), ("hosted", 0.982513), ("outsourced", 0.991472)])
def test_benefit_multipliers(option, multiplier):
    assert breakeven.roots(lambda uplift: npv(option, uplift=uplift), 0, 3) == [pytest.approx(multiplier, abs=5e-7)]


@pytest.mark.parametrize(
    ("changed", "low", "high", "cells"),
    [
        ("wage", 4.5, 5.5, {"self": (513.45, -376.84), "hosted": (615.25, -360.13), "outsourced": (58.48, 58.48)}),
        ("vendor", 6.03, 7.37, {"outsourced": (601.39, -484.43), "self": (68.31, 68.31)}),
        ("fee", 0.225, 0.275, {"hosted": (143.19, 111.93), "outsourced": (58.48, 58.48)}),
        ("uplift", 0.9, 1.1, {"self": (-597.51, 734.12), "hosted": (-601.89, 857.01), "outsourced": (-627.21, 744.16)}),
    ],
)
def test_tornado(changed, low, high, cells):
    for option, expected in cells.items():
        assert (npv(option, **{changed: low}), npv(option, **{changed: high})) == pytest.approx(expected, abs=5e-3)


@pytest.mark.parametrize(
    ("fee", "expected"),
    [(0.20, [(86, 120), (224, 400)]), (0.25, [(69, 120), (179, 400)]), (0.50, [(13, 20), (35, 400)]), (0.70, [(9, 20), (25, 400)])],
)
def test_sizes_on_which_self_built_is_cheaper(fee, expected):
    annuity = valuation.annuity(RATE, 3)

    def own(seats):
        platform = 60 if seats <= 20 else 300 if seats <= 120 else 900
        return (platform + 100) / annuity + 0.15 * (platform + 100)

    def hosted(seats):
        return 40 / annuity + seats * 12 * fee

    assert own(10) == own(20) == pytest.approx(88.338, abs=5e-4)
    assert own(121) == pytest.approx(552.115, abs=5e-4)
    assert breakeven.cheapest_intervals({"self": own, "hosted": hosted}, range(1, 401))["self"] == expected


def test_scaling_all_prices_scales_every_npv():
    for option in a15.OPTIONS:
        assert npv(option, scale=7.0) == pytest.approx(7 * npv(option), rel=1e-12)


def test_the_order_of_options_changes_nothing(table):
    turned = ledger(list(reversed(a15.lines())), 3, 1, a15.GROWTH)
    for option in a15.OPTIONS:
        assert flows(turned, option, 3) == pytest.approx(flows(table, option, 3), abs=1e-9)
