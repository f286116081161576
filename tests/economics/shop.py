"""A small shop's case with quantities that differ by month, for tests."""

from dataclasses import replace

from wfm.economics.inputs import Money, Options, Wages
from wfm.economics.options import Quantities, case

ORDERS = 44_000.0


def quantities(option, month):
    contacts = 24_000.0 * (1 + month / 100)
    month_of = Quantities(
        agents=9, heads=17, full_time_heads=14, part_time_hours_month=170.0, leaders=1, seats=10, licences_concurrent=11,
        licences_named=17, lines=13, fte=15.4, contacts=contacts, talk_minutes=contacts * 2.5, wait_minutes=contacts * 0.1,
        orders=ORDERS, holiday_hours=85.0,
    )  # fmt: skip
    return replace(month_of, fte=15.9, talk_minutes=contacts * 2.6) if option == "outsourced" else month_of


def shop(money=None, wages=None, options=None, source=quantities):
    return case(money or Money(), wages or Wages(), options or Options(), source)
