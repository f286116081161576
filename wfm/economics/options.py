"""From people, seats and minutes a month to ledger lines of each sourcing option (economics A3).

Quantities come from whoever computed the staffing of an option; nothing here knows how, and nothing is contacts times a flat rate.
Spending of period 0 is the planner's stated outlay. Running costs and benefits start in the month after the lead time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from wfm.core.errors import InputError, Problem
from wfm.core.inputs import Inputs
from wfm.economics.inputs import Hosted, Money, NoCentre, Options, Outsourced, SelfBuilt, Wages
from wfm.economics.ledger import Category, Line
from wfm.economics.origins import Source, origin

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Quantities:
    """What one month of one option takes.

    Attributes
    ----------
    agents
        On queue at the peak.
    heads, full_time_heads, leaders
        People on the payroll: all of them, the full-time agents, the team leaders.
    part_time_hours_month, holiday_hours
        Hours paid to part-timers, and full-timers' hours that fall on statutory holidays (paid on top of the monthly wage).
    seats, licences_concurrent, licences_named, lines
        Desks, people logged in at once, accounts, trunk lines.
    fte
        Paid hours / 165.33.
    contacts, orders
        In the month.
    answered_share
        Contacts answered / contacts: the uplift of orders is earned on those only.
    talk_minutes, wait_minutes
        Minutes on the line, summed over contacts.
    """

    agents: float
    heads: float
    full_time_heads: float
    part_time_hours_month: float
    leaders: float
    seats: float
    licences_concurrent: float
    licences_named: float
    lines: float
    fte: float
    contacts: float
    talk_minutes: float
    wait_minutes: float
    orders: float
    holiday_hours: float = 0.0
    answered_share: float = 1.0


#: ``quantities(option, month)`` with months counted from 1; an outsourced option's handle time already holds its ``aht_factor``.
QuantitySource = Callable[[str, int], Quantities]


@dataclass(frozen=True)
class Tabulated:
    """The quantities of one option as one vector a name, months 1..horizon."""

    columns: dict[str, Vector]

    def __getitem__(self, name: str) -> Vector:
        return self.columns[name]


@dataclass(frozen=True)
class Case:
    """A comparison with its quantities tabulated once, so that prices can be varied without staffing anew."""

    money: Money
    wages: Wages
    options: Options
    months: dict[str, Tabulated]

    @property
    def horizon(self) -> int:
        """Months compared."""
        return self.money.horizon


def case(money: Money, wages: Wages, options: Options, quantities: QuantitySource) -> Case:
    """Ask ``quantities`` once for every month of every option that needs people.

    Raises
    ------
    InputError
        A quantity is negative or not finite; the first such month of each option is named.
    """
    months, problems = {}, []
    for option in options.present()[1:]:
        rows = [quantities(option, month) for month in range(1, money.horizon + 1)]
        columns = {field.name: np.array([getattr(row, field.name) for row in rows], dtype=float) for field in fields(Quantities)}
        for name, column in columns.items():
            bad = np.flatnonzero(~(np.isfinite(column) & (column >= 0)))
            if len(bad):
                at = f"{option}, month {bad[0] + 1}, {name}"
                problems.append(Problem("a quantity is a finite number, 0 or more", key=at, value=float(column[bad[0]])))
        months[option] = Tabulated(columns)
    if problems:
        raise InputError(*problems)
    return Case(money, wages, options, months)


def lines(case: Case) -> list[Line]:
    """Ledger lines of all options of a case."""
    return [line for option in case.options.present() for line in option_lines(case, option)]


def option_lines(case: Case, option: str) -> list[Line]:
    """Ledger lines of one option."""
    terms: NoCentre | SelfBuilt | Hosted | Outsourced = getattr(case.options, option)
    if isinstance(terms, NoCentre):
        cost = Line(option, "owner", "opex", 1.0, "month", terms.cost_per_month, origin=origin((terms, "cost_per_month")))
        return [cost] if terms.cost_per_month else []
    desk = _Desk(case, option, terms.lead_time)
    if isinstance(terms, SelfBuilt):
        running = _self_built(terms, desk)
    elif isinstance(terms, Hosted):
        running = _hosted(terms, desk)
    else:
        running = _outsourced(terms, desk)
    return [*_capex(option, terms.capex), *running]


def lead_time(options: Options, option: str) -> int:
    """Months before the option's first contact; 0 for none."""
    return int(getattr(getattr(options, option), "lead_time", 0))


def own_loaded_wage(wages: Wages) -> float:
    """Monthly cost of one's own full-time agent, charges included [CNY].

    An outsourcing price below it is either shared agents, a cheaper city or a shorter shift: ask (economics A16, cross-check ii).
    """
    return wages.full_time * (1 + wages.on_cost)


class _Desk:
    """Writes the lines of one option that run from the month after its lead time."""

    def __init__(self, case: Case, option: str, lead: int) -> None:
        self.case, self.option, self.lead = case, option, lead

    def of(self, name: str) -> Vector:
        """A quantity in the months of running."""
        return self.case.months[self.option][name][self.lead :]

    def line(
        self,
        name: str,
        quantity: float | Vector,
        unit: str,
        formula: str,
        *sources: Source,
        price: float | None = None,
        category: Category = "opex",
    ) -> Line:
        """A running line; its price is the value of its only source unless one is made of several."""
        at = float(getattr(*sources[0])) if price is None else price
        return Line(self.option, name, category, quantity, unit, at, self.lead + 1, formula=formula, origin=origin(*sources))

    def shared(self, breach_probability: Source, conversion: Source | None = None) -> Iterator[Line]:
        """Lines of every centre, whoever runs it."""
        money = self.case.money
        minutes = self.of("talk_minutes") + self.of("wait_minutes")
        yield self.line("telecom", minutes, "minute", "queue + talk minutes", (money, "telecom_per_minute"))
        chance = float(getattr(*breach_probability)) / 12
        cost = (money, "breach_cost")
        yield self.line("breach", chance, "breach", "yearly probability / 12", cost, category="risk")
        price = money.benefit_per_order(float(getattr(*conversion)) if conversion else 1.0)
        formula = "orders x answered share x (average order x contribution margin x gross uplift x attribution x conversion)"
        sources: list[Source] = [(money, "average_order"), (money, "contribution_margin")]
        sources += [(money.benefit, "gross_uplift"), (money.benefit, "attribution"), *([conversion] if conversion else [])]
        yield self.line(
            "benefit", self.of("orders") * self.of("answered_share"), "order", formula, *sources, price=price, category="benefit"
        )

    def own_people(self, technician: SelfBuilt | None = None) -> Iterator[Line]:
        """Wages, charges, replacement of leavers and rent: a centre with one's own agents."""
        money, wages = self.case.money, self.case.wages
        full_time, leaders = self.of("full_time_heads"), self.of("leaders")
        monthly = full_time * wages.full_time + leaders * wages.leader
        yield self.line("wages_full_time", full_time, "person", "full-time agents", (wages, "full_time"))
        yield self.line("wages_leaders", leaders, "person", "team leaders", (wages, "leader"))
        if technician:
            monthly = monthly + technician.technician_fte * technician.technician_wage
            yield self.line("technician", technician.technician_fte, "FTE", "technical staff", (technician, "technician_wage"))
        yield self.line("on_costs", monthly, "CNY of monthly wages", "monthly wages x charges", (wages, "on_cost"))
        hour = wages.part_time_hour * (1 + wages.part_time_on_cost)
        part_time: list[Source] = [(wages, "part_time_hour"), (wages, "part_time_on_cost")]
        formula = "part-time hours x (wage + charges)"
        yield self.line("wages_part_time", self.of("part_time_hours_month"), "hour", formula, *part_time, price=hour)
        formula = "hours on statutory holidays x (monthly wage / paid days / 8 x factor)"
        holiday: list[Source] = [(wages, "full_time"), (wages, "paid_days_per_month"), (wages, "holiday_factor")]
        yield self.line("holiday_pay", self.of("holiday_hours"), "hour", formula, *holiday, price=wages.holiday_hour())
        leavers = self.of("heads") * wages.attrition_per_year / 12
        yield self.line("replacement", leavers, "leaver", "heads x yearly attrition / 12", (wages, "hire_and_train"))
        yield self.line("rent", self.of("seats"), "seat", "seats", (money, "rent_per_seat_month"))


def _capex(option: str, capex: Inputs) -> list[Line]:
    amounts = {name: getattr(capex, name) for name in type(capex).model_fields}
    return [
        Line(option, name, "capex", 1.0, "outlay", amount, 0, 0, formula="stated outlay", origin=origin((capex, name)))
        for name, amount in amounts.items()
        if amount
    ]


def _self_built(terms: SelfBuilt, desk: _Desk) -> Iterator[Line]:
    yield from desk.own_people(terms)
    yield desk.line("maintenance", 1 / 12, "year", "a twelfth of a year", (terms, "maintenance_year"))
    yield from desk.shared((terms, "breach_probability"))


def _hosted(terms: Hosted, desk: _Desk) -> Iterator[Line]:
    yield from desk.own_people()
    named = terms.fee.basis == "named_user_month"
    formula = "accounts" if named else "people logged in at once"
    licences = desk.of("licences_named" if named else "licences_concurrent")
    yield desk.line("platform_fee", licences, "licence", formula, (terms.fee, "price"))
    yield from desk.shared((terms, "breach_probability"))


def _outsourced(terms: Outsourced, desk: _Desk) -> Iterator[Line]:
    counted, unit = {
        "per_fte_month": ("fte", "FTE"), "per_seat_month": ("seats", "seat"), "per_contact": ("contacts", "contact"),
    }[terms.price.basis]  # fmt: skip
    yield desk.line("vendor_price", desk.of(counted), unit, counted, (terms.price, "price"))
    bill = desk.of(counted) * terms.price.price
    formula = "vendor price x surcharge"
    yield desk.line("vendor_management", bill, "CNY of vendor price", formula, (terms, "management_surcharge"))
    yield from desk.shared((terms, "breach_probability"), (terms, "benefit_factor"))
