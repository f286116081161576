"""A shop's order flow and the contacts it brings: what is known before any history exists (S1-08, economics C1)."""

from __future__ import annotations

from pydantic import Field, field_validator, model_validator

from wfm.core import units
from wfm.core.errors import BadValueError
from wfm.core.inputs import Inputs, Quantity, Share, assumed, group, stated


class WeekdayFactors(Inputs):
    """How busy each weekday is beside the others; only proportions count."""

    mon: Quantity = assumed(1.10, "Monday", "周一", "relative")
    tue: Quantity = assumed(1.05, "Tuesday", "周二", "relative")
    wed: Quantity = assumed(1.00, "Wednesday", "周三", "relative")
    thu: Quantity = assumed(1.00, "Thursday", "周四", "relative")
    fri: Quantity = assumed(1.00, "Friday", "周五", "relative")
    sat: Quantity = assumed(0.90, "Saturday", "周六", "relative")
    sun: Quantity = assumed(0.95, "Sunday", "周日", "relative")

    @model_validator(mode="after")
    def _some_day_is_open(self) -> WeekdayFactors:
        if sum(self.values()) <= 0:
            raise BadValueError("at least one weekday needs a factor above 0", "Write e.g. mon: 1.1")
        return self

    def values(self) -> tuple[float, ...]:
        """Monday to Sunday."""
        return tuple(getattr(self, day) for day in units.WEEKDAYS)


class Peak(Inputs):
    """The busy part of the day and the share of the day's contacts that falls in it."""

    hours: str = stated("12:00-16:00", "busy hours of the day", "一天的高峰时段", "clock", source="S1-08")
    share: Share = assumed(0.575, "share of the day's contacts in the busy hours", "高峰时段占全天的比例", source="55-60 %")

    @field_validator("hours")
    @classmethod
    def _is_a_span(cls, text: str) -> str:
        units.clock_span(text)
        return text


class ContactsPer100Orders(Inputs):
    """Contacts that a hundred orders bring, by reason; their sum is what staffing needs (economics C1, C2)."""

    presale: Quantity = assumed(30, "before the order", "售前咨询", "contacts/100 orders", "economics C2")
    order_status: Quantity = assumed(12, "where is my order", "订单与物流查询", "contacts/100 orders", "economics C2")
    delivery: Quantity = assumed(5, "delivery problems", "派送问题", "contacts/100 orders", "economics C2")
    returns: Quantity = assumed(8, "returns and exchanges", "退换货", "contacts/100 orders", "economics C2")

    def total(self) -> float:
        """Contacts per order."""
        return (self.presale + self.order_status + self.delivery + self.returns) / 100


class Shop(Inputs):
    """Orders, and how contacts follow from them."""

    orders_per_day: Quantity | None = Field(
        None,
        description="orders on an average day; needed unless a history of contacts is given",
        json_schema_extra={"zh": "日均订单量（没有历史文件时必填）", "unit": "orders/day", "origin": "yours", "source": ""},
    )
    contacts_per_100_orders: ContactsPer100Orders = group(
        ContactsPer100Orders, "contacts that 100 orders bring, by reason", "每百单咨询量（按原因）"
    )
    weekday: WeekdayFactors = group(WeekdayFactors, "relative volume by weekday", "一周各天的相对量")
    peak: Peak = group(Peak, "the busy hours", "高峰时段")
    day_to_day_cv: Share = assumed(
        0.08,
        "busy and quiet days beyond chance: coefficient of variation of the day's level",
        "日间波动（变异系数，不含偶然波动）",
    )

    def contacts_per_day(self) -> float:
        """Contacts on an average day.

        Raises
        ------
        ValueError
            No number of orders is known.
        """
        if self.orders_per_day is None:
            raise BadValueError(
                "contacts cannot be derived from orders: orders_per_day is not known", "Write e.g. orders_per_day: 1450"
            )
        return self.orders_per_day * self.contacts_per_100_orders.total()
