"""The options side by side: every measure with its one definition, from the ledger (economics A10).

Rank by NPV, never by IRR: a small outlay with a fine rate may be worth less than a large one with a modest rate (A15 shows it).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wfm.economics import ledger as books
from wfm.economics import valuation
from wfm.economics.breakeven import break_even_uplift
from wfm.economics.options import Case, lead_time, lines

if TYPE_CHECKING:
    import pandas as pd

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Terms:
    """How flows are valued: last period, periods a year, and annual effective rates for discounting and for MIRR's gains."""

    horizon: int
    periods_per_year: int
    discount_rate: float
    reinvest_rate: float

    def per_period(self, annual: float) -> float:
        """The rate a period with the same effect in a year."""
        return float(np.expm1(np.log1p(annual) / self.periods_per_year))

    def per_year(self, rate: float | None) -> float | None:
        """The annual effective rate of a rate a period."""
        return None if rate is None else float(np.expm1(np.log1p(rate) * self.periods_per_year))


@dataclass(frozen=True)
class Measures:
    """What an option's flows, less the baseline's, are worth.

    Attributes
    ----------
    option
        Which one.
    investment
        Capital outlays and deposits, undiscounted.
    running_cost_year, benefit_year
        Operating cost with expected losses, and benefits, of the first twelve months of running at first-year prices, as one
        year; nan where nothing runs within the horizon.
    npv, eaa
        Net present value, and its equivalent a year over the horizon.
    irr, irr_reason
        Annual effective internal rate of return; None with a reason where there is none, or more than one.
    irr_roots
        All of them, annual.
    mirr
        Annual effective; spending financed at the discount rate.
    payback, discounted_payback
        Periods from the first spend; None if never, or where nothing flows.
    payback_from_live
        Periods from the first contact.
    payback_multiple
        The cumulative flow fell below zero more than once.
    roi, pv_roi, pi
        (Undiscounted net benefits - investment) / investment; NPV / PV(investment); 1 + NPV / PV(investment).
    funding_need
        The most money tied up at any time.
    cost_per_contact
        PV(all costs) / PV(contacts answered).
    """

    option: str
    investment: float
    running_cost_year: float
    benefit_year: float
    npv: float
    irr: float | None
    irr_roots: tuple[float, ...]
    irr_reason: str
    mirr: float | None
    payback: float | None
    payback_from_live: float | None
    payback_multiple: bool
    discounted_payback: float | None
    roi: float | None
    pv_roi: float | None
    pi: float | None
    eaa: float
    funding_need: float
    cost_per_contact: float | None


def measures(
    table: pd.DataFrame, option: str, terms: Terms, *, lead: int = 0, contacts: Vector | None = None, baseline: str = books.BASELINE
) -> Measures:
    """Every measure of one option of a ledger.

    Parameters
    ----------
    table
        Contract ``ledger``.
    lead
        Periods before the first contact.
    contacts
        Contacts in periods 0..horizon, for the cost per contact.
    baseline
        The option whose flows are taken off.
    """
    rate = terms.per_period(terms.discount_rate)
    net = books.flows(table, option, terms.horizon, baseline)
    rows = table[table["option"] == option]
    outlays = _by_period(rows[rows["category"].isin(("capex", "wc")) & (rows["sign"] < 0)], terms)
    costs = _by_period(rows[rows["category"] != "benefit"], terms)
    invested, invested_now = float(np.sum(outlays)), valuation.npv(rate, outlays)

    found = valuation.irr(net)
    roots = tuple(float(np.expm1(np.log1p(root) * terms.periods_per_year)) for root in found.roots)
    back = valuation.payback(net) if net.any() else valuation.Payback(None)
    spent = np.flatnonzero(net < 0)
    first_spend = int(spent[0]) if len(spent) else 0
    worth = valuation.npv(rate, net)
    years = terms.horizon / terms.periods_per_year
    yearly = -np.expm1(-years * np.log1p(terms.discount_rate)) / terms.discount_rate if terms.discount_rate else years
    return Measures(
        option=option,
        investment=invested,
        running_cost_year=-_first_year(rows, ("opex", "risk"), terms, lead) + 0.0,  # no minus zero
        benefit_year=_first_year(rows, ("benefit",), terms, lead),
        npv=worth,
        irr=roots[0] if len(roots) == 1 else None,
        irr_roots=roots,
        irr_reason="more than one rate makes the net present value zero" if found.multiple else found.reason,
        mirr=terms.per_year(valuation.mirr(net, rate, terms.per_period(terms.reinvest_rate))),
        payback=_since(back.periods, first_spend),
        payback_from_live=_since(back.periods, lead),
        payback_multiple=back.multiple,
        discounted_payback=_since(valuation.discounted_payback(rate, net).periods if net.any() else None, first_spend),
        roi=valuation.roi(net, invested),
        pv_roi=valuation.pv_roi(rate, net, invested_now),
        pi=valuation.pi(rate, net, invested_now),
        eaa=worth / float(yearly),
        funding_need=valuation.funding_need(net),
        cost_per_contact=None if contacts is None else valuation.levelised(rate, costs, contacts),
    )


def compare(case: Case, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """The options of a case side by side, months as periods.

    Parameters
    ----------
    table
        The case's ledger where it is at hand.

    Returns
    -------
    DataFrame
        One row an option, the baseline first; ``option`` is a column and the label of the row. Columns of `Measures` with nan for
        what does not exist, paybacks named ``payback_months``, ``payback_from_go_live`` and ``discounted_payback_months``, and
        ``break_even_uplift``: the sales uplift owed to the centre that makes the NPV zero.
    """
    import pandas as pd

    entries = case_ledger(case) if table is None else table
    terms = case_terms(case)
    rows = []
    for option in case.options.present():
        lead = min(lead_time(case.options, option), case.horizon)
        contacts = None
        if option in case.months:
            answered = case.months[option]["contacts"] * case.months[option]["answered_share"]
            contacts = np.concatenate([np.zeros(lead + 1), answered[lead:]])
        row = asdict(measures(entries, option, terms, lead=lead, contacts=contacts))
        rows.append(row | {"break_even_uplift": break_even_uplift(case, option)})
    words = ("option", "irr_reason", "irr_roots", "payback_multiple")
    side = pd.DataFrame(rows, index=pd.Index(case.options.present()))
    return side.astype({name: float for name in side.columns if name not in words}).rename(
        columns={
            "payback": "payback_months",
            "payback_from_live": "payback_from_go_live",
            "discounted_payback": "discounted_payback_months",
        }
    )


def case_ledger(case: Case) -> pd.DataFrame:
    """The monthly ledger of a case (contract ``ledger``)."""
    return books.ledger(lines(case), case.horizon, 12, case.money.price_growth)


def case_terms(case: Case) -> Terms:
    """Monthly periods and the case's rates."""
    return Terms(case.horizon, 12, case.money.discount_rate, case.money.reinvest_rate)


def _by_period(rows: pd.DataFrame, terms: Terms) -> Vector:
    """Spending a period, positive."""
    sums = np.bincount(rows["period"].to_numpy(), weights=-rows["amount"].to_numpy(), minlength=terms.horizon + 1)
    return np.asarray(sums, dtype=np.float64)


def _first_year(rows: pd.DataFrame, categories: tuple[str, ...], terms: Terms, lead: int) -> float:
    last = min(lead + terms.periods_per_year, terms.horizon)
    if last <= lead:
        return float("nan")
    year = rows[rows["category"].isin(categories) & rows["period"].between(lead + 1, last)]
    return float((year["amount"] / year["index"]).sum()) * terms.periods_per_year / (last - lead)


def _since(time: float | None, start: int) -> float | None:
    return None if time is None else max(0.0, time - start)
