"""What the money step asks a planner: valuation, wages, and the terms of each sourcing option (economics A3-A9).

Amounts are plain numbers in CNY at the prices of the first year. Capital outlays are stated for the size the planner has in mind
(the price points are for about ten seats); nothing scales them silently.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wfm.core.inputs import Amount, Factor, Growth, Inputs, Months, Quantity, Rate, Share, assumed, found, group, stated


class Benefit(Inputs):
    """What the centre brings: a gross uplift of sales, of which only a part is owed to the centre (S0-15, economics A8 V7)."""

    gross_uplift: Rate = stated(
        0.30,
        "sales uplift after a centre is built, as literature has it",
        "建成呼叫中心后的业绩提升（文献口径）",
        "share",
        source="S0-15",
    )
    attribution: Share = assumed(
        1 / 3, "part of that uplift owed to the centre", "其中归因于呼叫中心的比例", "share", "S0-15 names no source"
    )

    def net(self) -> float:
        """Uplift of sales that the centre is credited with."""
        return self.gross_uplift * self.attribution


class Money(Inputs):
    """Horizon, rates and the prices all options share. Nominal, before tax, monthly, end of period (economics A1)."""

    horizon: Annotated[Months, Field(ge=1, le=600)] = assumed(36, "months compared", "比较期", "months")
    discount_rate: Rate = assumed(0.10, "annual effective discount rate", "折现率（年）", "share/year")
    reinvest_rate: Rate = assumed(0.08, "annual rate at which gains are reinvested, for MIRR", "再投资收益率（年）", "share/year")
    price_growth: Growth = assumed(0.05, "yearly growth of all costs and benefits per unit", "价格年增长率", "share/year")
    demand_growth: Growth = assumed(0.0, "yearly growth of orders", "订单年增长率", "share/year")
    average_order: Amount = assumed(120.0, "average order value", "客单价", "CNY/order")
    contribution_margin: Share = assumed(0.30, "contribution margin", "边际贡献率", "share")
    benefit: Benefit = group(Benefit, "what the centre brings", "收益")
    telecom_per_minute: Amount = found("prices_cn.telecom_minute", "telecom price, queue and talk time", "通信单价（排队+通话）")
    rent_per_seat_month: Amount = found("prices_cn.rent_seat_month", "rent of a seat", "工位租金")
    breach_cost: Amount = assumed(500_000.0, "loss if customer data leak", "数据泄露损失", "CNY/breach")

    def benefit_per_order(self, factor: float = 1.0) -> float:
        """Contribution that the centre adds to an order on average [CNY]."""
        return self.average_order * self.contribution_margin * self.benefit.gross_uplift * self.benefit.attribution * factor


class Wages(Inputs):
    """What one's own people cost."""

    full_time: Amount = found("prices_cn.agent_wage_month", "monthly wage of a full-time agent", "全职客服月工资")
    part_time_hour: Amount = found("prices_cn.part_time_wage_hour", "hourly wage of a part-timer", "非全日制小时工资")
    leader: Amount = assumed(7000.0, "monthly wage of a team leader", "班组长月工资", "CNY/month")
    on_cost: Rate = assumed(
        0.30, "employer's social charges and housing fund on wages", "五险一金（企业部分）", "share", "25-40 %, differs by city"
    )
    part_time_on_cost: Rate = assumed(
        0.01, "employer's charges on part-time wages", "非全日制用工社保（工伤）", "share", "work-injury insurance only"
    )
    hire_and_train: Amount = found("prices_cn.hire_and_train", "cost to replace a leaver", "每名招聘培训成本")
    attrition_per_year: Rate = found("prices_cn.attrition_year", "share of the staff that leaves in a year", "年流失率")
    holiday_factor: Factor = stated(
        3.0,
        "pay for work on a statutory holiday, on top of the monthly wage",
        "法定节假日加班倍数",
        source="Labour Law of the PRC, Article 44",
    )
    paid_days_per_month: Annotated[float, Field(gt=0)] = stated(
        21.75, "days a monthly wage pays for", "月计薪天数", "days/month", source="Ministry of Labour 2008 No. 3: (365-104)/12"
    )

    def holiday_hour(self) -> float:
        """Cost of an hour worked on a statutory holiday [CNY]: 5,000 a month gives 689.66 for 8 hours (economics B5)."""
        return self.full_time / self.paid_days_per_month / 8 * self.holiday_factor


class NoCentre(Inputs):
    """Carrying on without a centre: the owner answers (S4-30). Every option is measured against this."""

    cost_per_month: Amount = assumed(0.0, "what answering costs now", "现状成本（店主自己接）", "CNY/month")


class SelfBuiltCapex(Inputs):
    """One-off spending on an own centre, stated for about ten seats."""

    hardware: Amount = found("prices_cn.hardware_ten_seats", "servers, workstations, phones", "硬件")
    software: Amount = found("prices_cn.software_ten_seats", "call centre software", "软件")
    fit_out: Amount = found("prices_cn.fit_out_ten_seats", "fit-out and cabling", "装修布线")
    recruit_train: Amount = found("prices_cn.recruit_train_ten_seats", "first recruiting and training", "首批招聘培训")


class SelfBuilt(Inputs):
    """An own centre on an own platform, with own agents."""

    capex: SelfBuiltCapex = group(SelfBuiltCapex, "one-off spending", "一次性投入")
    maintenance_year: Amount = found("prices_cn.maintenance_year_ten_seats", "platform maintenance", "系统维护费")
    technician_fte: Quantity = assumed(0.25, "technical staff", "技术人员", "FTE")
    technician_wage: Amount = assumed(8000.0, "monthly wage of a technician", "技术人员月工资", "CNY/month")
    lead_time: Months = assumed(4, "months until the first contact is answered", "建设周期", "months", "3-6 months")
    breach_probability: Share = assumed(0.01, "chance of a data breach in a year", "年数据泄露概率", "share/year")


class HostedCapex(Inputs):
    """One-off spending on a centre in the cloud, stated for about ten seats."""

    workstations: Amount = assumed(50_000.0, "workstations, headsets", "工位电脑与耳麦", "CNY", "low end of 50-100 k with servers")
    fit_out: Amount = found("prices_cn.fit_out_ten_seats", "fit-out and cabling", "装修布线")
    recruit_train: Amount = found("prices_cn.recruit_train_ten_seats", "first recruiting and training", "首批招聘培训")
    set_up: Amount = assumed(5_000.0, "set-up of the platform", "开通费", "CNY")


class HostedFee(Inputs):
    """What the platform charges."""

    basis: Literal["concurrent_user_month", "named_user_month"] = assumed(
        "concurrent_user_month", "what is counted: people logged in at once, or accounts", "计费口径（并发/具名）"
    )
    price: Amount = found("prices_cn.hosted_licence_month", "price of a licence", "坐席授权单价")


class Hosted(Inputs):
    """A cloud platform with own agents (S4-29)."""

    capex: HostedCapex = group(HostedCapex, "one-off spending", "一次性投入")
    fee: HostedFee = group(HostedFee, "platform fee", "平台费")
    lead_time: Months = assumed(
        2, "months until the first contact is answered", "上线周期", "months", "platform 1-4 weeks; recruiting binds"
    )
    breach_probability: Share = assumed(0.015, "chance of a data breach in a year", "年数据泄露概率", "share/year")


class OutsourcedCapex(Inputs):
    """One-off spending on a vendor's start."""

    start_fee: Amount = found("prices_cn.outsourced_start_fee", "start fee", "启动费")
    knowledge_base: Amount = assumed(30_000.0, "knowledge base for the vendor's team", "知识库建设", "CNY", "20-60 k")


class VendorPrice(Inputs):
    """What the vendor charges, and for what. The price is taken to hold leaders, quality checks, desks and holidays."""

    basis: Literal["per_fte_month", "per_seat_month", "per_contact"] = assumed("per_fte_month", "what is counted", "计价口径")
    price: Amount = found("prices_cn.outsourced_person_month", "price of one unit of the basis", "外包单价")
    dedicated: bool = assumed(True, "the agents work for this shop only", "是否专属客服")


class Outsourced(Inputs):
    """A service provider's agents. ``aht_factor`` acts on the handle time, so whoever computes the quantities applies it."""

    capex: OutsourcedCapex = group(OutsourcedCapex, "one-off spending", "一次性投入")
    price: VendorPrice = group(VendorPrice, "vendor price", "外包报价")
    management_surcharge: Rate = found(
        "prices_cn.outsourced_management_surcharge", "managing the vendor, on the price", "外包管理附加费"
    )
    aht_factor: Annotated[Factor, Field(gt=0)] = assumed(
        1.04,
        "handle time beside one's own agents: knowledge arrives late",
        "处理时长系数（知识更新滞后）",
        source="S4-25",
    )
    benefit_factor: Factor = assumed(
        0.94, "conversion beside one's own agents", "转化系数（相对自有客服）", source="as in economics A15"
    )
    lead_time: Months = assumed(
        2, "months until the first contact is answered", "上线周期", "months", "4-12 weeks, A16 PH5, grade C"
    )
    breach_probability: Share = assumed(0.02, "chance of a data breach in a year", "年数据泄露概率", "share/year")


class Options(Inputs):
    """The sourcing options compared; one that is ``null`` is left out."""

    none: NoCentre = group(NoCentre, "no centre: the owner answers", "不建（店主自己接）")
    self_built: SelfBuilt | None = group(SelfBuilt, "own platform, own agents", "自建型（自购平台）")
    hosted: Hosted | None = group(Hosted, "cloud platform, own agents", "托管型（云平台，客服自聘）")
    outsourced: Outsourced | None = group(Outsourced, "a vendor's agents", "外包型（服务商客服）")

    def present(self) -> tuple[str, ...]:
        """Names of the options compared, "none" first."""
        return ("none", *(name for name in ("self_built", "hosted", "outsourced") if getattr(self, name) is not None))
