"""The worked example of economics A15 written as ledger lines (k CNY, years): quantities times unit prices, no totals."""

from wfm.economics.comparison import Terms
from wfm.economics.ledger import Line

TERMS = Terms(horizon=3, periods_per_year=1, discount_rate=0.10, reinvest_rate=0.08)
GROWTH = 0.05
OPTIONS = ("self", "hosted", "outsourced")

SEATS, HEADS, CONTACTS, BENEFIT = 20, 24, 480_000, 2800.0


def lines(fee=0.25, vendor=6.7, uplift=1.0, wage=5.0, scale=1.0):
    return [
        line if scale == 1.0 else _scaled(line, scale)
        for option in OPTIONS
        for line in (*_outlays(option), *_running(option, fee, vendor, uplift, wage))
    ]


def _outlays(option):
    def once(name, quantity, unit, price, category="capex", **more):
        return Line(option, name, category, quantity, unit, price, 0, 0, **more)

    if option == "outsourced":
        return [once("integration", 1, "project", 40.0), once("knowledge base", 1, "project", 60.0)]
    own = [
        once("workstations", SEATS, "seat", 8.0),
        once("fit-out", SEATS * 6, "m2", 1.0),
        once("recruiting", HEADS, "hire", 1.0),
        once("training", HEADS, "hire", 4.0),
        once("rent deposit", 1, "deposit", 20.0, "wc"),
        # The deposit and the salvage come back at the end, not indexed.
        Line(option, "deposit and salvage", "wc", 1, "return", 40.0, 3, 3, grows=False, sign=1),
    ]
    if option == "self":
        return [*own, once("platform", 1, "kit", 60.0), once("integration", 1, "project", 100.0)]
    return [*own, once("integration", 1, "project", 40.0)]


def _running(option, fee, vendor, uplift, wage):
    # Three quarters of the first year run after the lead time of the own platform.
    part = [0.75, 1, 1] if option == "self" else [1, 1, 1]

    def yearly(name, quantity, unit, price, category="opex"):
        return Line(option, name, category, [quantity * share for share in part], unit, price)

    rows = [
        yearly("telecom", CONTACTS * 2.5, "minute", 0.15 / 1000),
        yearly("breach", {"self": 0.01, "hosted": 0.015, "outsourced": 0.02}[option], "breach", 2000.0, "risk"),
        yearly("benefit", {"outsourced": 0.94}.get(option, 1.0) * uplift, "benefit", BENEFIT, "benefit"),
    ]
    if option == "outsourced":
        return [
            *rows,
            yearly("vendor", HEADS * 12 * 1.08, "person-month", vendor),
            yearly("vendor manager", 12, "person-month", 12 * 1.3),
            yearly("surge", 1, "year", 80.0),
        ]
    rows += [
        yearly("agents", HEADS * 12, "person-month", wage),
        yearly("on-costs", HEADS * 12 * wage, "wages", 0.30),
        yearly("supervisors", 2 * 12, "person-month", 8 * 1.3),
        yearly("attrition", 0.4 * HEADS, "leaver", 5.0),
        yearly("rent", SEATS * 6 * 12, "m2-month", 0.06),
        yearly("overtime", 1, "year", 60.0),
    ]
    if option == "self":
        return [*rows, yearly("maintenance", 60 + 100, "k CNY of platform", 0.15)]
    return [*rows, yearly("platform fee", SEATS * 12, "licence-month", fee)]


def _scaled(line, scale):
    from dataclasses import replace

    return replace(line, unit_price=line.unit_price * scale)
