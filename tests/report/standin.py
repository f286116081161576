"""A small plan made by hand, with tables that keep the contracts: only until `make_plan` can make one."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as N

import numpy as np
import pandas as pd

SLOTS = np.arange(20, 36)


def grid() -> pd.DataFrame:
    rows = []
    for day in range(28):
        at = pd.Timestamp("2027-07-05") + pd.Timedelta(days=day)
        for slot in SLOTS:
            start = (at + pd.Timedelta(minutes=30 * int(slot))).tz_localize("Asia/Shanghai")
            rows.append((start, at.date(), at.weekday(), int(slot), 1800.0))
    frame = pd.DataFrame(rows, columns=["start", "date", "weekday", "slot", "duration"])
    return frame


def standin(name: str = "十席小店", name_en: str = "Ten-seat shop", language: str = "zh") -> N:
    nan = float("nan")
    g = grid()
    n = len(g)
    rng = np.random.default_rng(1)
    day = np.array([1.1, 1.05, 1, 1, 1, 0.9, 0.95])[g["weekday"]]
    peak = np.where((g["slot"] >= 24) & (g["slot"] < 32), 57.3, 42.4)
    contacts = day * peak
    forecast = g.assign(
        queue="main",
        contacts=contacts,
        aht=180.0,
        contacts_q05=contacts * 0.75,
        contacts_q25=contacts * 0.9,
        contacts_q75=contacts * 1.1,
        contacts_q95=contacts * 1.28,
        day_cv=0.08,
        slot_cv=0.05,
    )
    work = forecast.assign(contact_type="main", arrival_rate=contacts / 1800, offered_load=contacts / 10, channel="phone")
    agents = np.ceil(contacts / 10 + 2.2)
    req = work.assign(
        group="agents",
        agents=agents,
        method="MMnDelayed",
        binding="sl_offered",
        sl_offered=0.86,
        answer_rate=0.998,
        occupancy=0.7,
        asa_answered=8.0,
    )
    present = np.where(g["slot"] == 25, agents - 1, agents) + 1
    cover = g.assign(
        group="agents",
        present=present,
        agents=np.floor(present * 0.94),
        required=agents,
        short=np.maximum(agents - np.floor(present * 0.94), 0),
    )
    shifts = []
    for d, rows in g.groupby("date"):
        first = rows["start"].iloc[0]
        shifts.append(("full_time 10:00", first, first + pd.Timedelta(hours=8), "work", "agents", 7, 300.0, "full_time", d))
        s2 = first + pd.Timedelta(hours=2)
        shifts.append(("peak_part_time 12:00", s2, s2 + pd.Timedelta(hours=4), "work", "agents", 2, 100.0, "peak_part_time", d))
    shifts = pd.DataFrame(shifts, columns=["shift", "start", "end", "activity", "group", "people", "cost", "template", "date"])
    gaps = cover[cover["short"] > 0]
    shortfalls = pd.DataFrame({"start": gaps["start"], "short": gaps["short"], "why": "meal"}).reset_index(drop=True)
    service = g.assign(
        group="agents",
        offered=contacts,
        handled=contacts * 0.997,
        answered_within=contacts * 0.88,
        missed=0.12 * contacts,
        busy_time=contacts * 180.0,
        staffed_time=9 * 1800.0,
        wait_handled=8 * contacts,
        answer_rate=0.997,
        answer_rate_low=0.995,
        answer_rate_high=0.999,
        replications=50,
    )
    sl = np.clip(0.9 - (day - 1) - 0.08 * (g["slot"] == 25) + rng.normal(0, 0.01, n), 0, 1)
    service = service.assign(
        sl_offered=sl, sl_offered_low=sl - 0.02, sl_offered_high=np.minimum(sl + 0.02, 1), occupancy=0.62, asa_answered=7.6
    )
    overall = pd.DataFrame(
        [
            ("answer_rate", 0.9971, 0.9968, 0.9974),
            ("sl_offered", 0.8862, 0.882, 0.890),
            ("asa_answered", 7.61, 7.3, 7.9),
            ("occupancy", 0.612, 0.610, 0.614),
            ("abandon_rate_offered", 0.0029, 0.0026, 0.0032),
            ("blocking", 0.0, 0, 0.0001),
            ("answer_rate_customer", 0.9985, 0.998, 0.999),
            ("mean_wait_all", 7.9, 7.6, 8.2),
            ("aht", 180.2, 179, 181),
            ("sl_net", 0.887, 0.88, 0.89),
        ],
        columns=["kpi", "value", "low", "high"],
    )
    met = [0.82, 0.9, 0.95, 0.94, 0.95, 0.99, 0.97]
    weekdays = pd.DataFrame(
        {
            "weekday": range(7),
            "days": 200,
            "met": met,
            "met_low": np.array(met) - 0.04,
            "met_high": np.minimum(np.array(met) + 0.04, 1.0),
        }
    )
    simulation = N(
        service=service,
        overall=overall,
        days=pd.DataFrame(),
        weekdays=weekdays,
        met=0.931,
        promises=pd.DataFrame(
            [
                ("sl_offered", 1, 0.8, 0.94, 0.93, 0.95, 1400),
                ("answer_rate", 1, 0.98, 0.97, 0.96, 0.98, 1400),
                ("all", 0, nan, 0.931, 0.92, 0.942, 1400),
            ],
            columns=["target", "direction", "bound", "met", "met_low", "met_high", "days"],
        ),
        contacts=pd.DataFrame(),
        replications=50,
        contacts_simulated=1_116_500,
        stopped_by="precision",
    )
    kinds = pd.DataFrame(
        {
            "kind": ["full_time", "part_time", "leader"],
            "heads": [14, 2, 1],
            "fte": [12.9, 1.1, 1.0],
            "shifts_per_week": [5, 6, np.nan],
        }
    )
    table = pd.DataFrame(
        [
            {
                "period": "2027-07",
                "site": "main",
                "agents": 9.0,
                "present": 10.0,
                "rostered": 11.0,
                "fte": 14.2,
                "heads": 17,
                "seats": 10,
                "licences_concurrent": 11,
                "licences_named": 17,
                "lines": 13,
            }
        ]
    )
    people = N(table=table, kinds=kinds)
    led = []
    flows = {"self_built": (-230000, -119000, 135000), "hosted": (-110000, -117000, 138000), "outsourced": (-42500, -97000, 123000)}
    for option, (capex, opex, benefit) in flows.items():
        led.append(
            (
                option,
                0,
                "hardware",
                "capex",
                1.0,
                "outlay",
                -capex,
                "undated",
                1.0,
                -1,
                capex,
                "found",
                "hollycrm.com/innews/7229",
                "stated outlay",
            )
        )
        for m in range(3, 37):
            led.append(
                (
                    option,
                    m,
                    "wages_full_time",
                    "opex",
                    14.0,
                    "person",
                    -opex / 14,
                    "2024",
                    1.0,
                    -1,
                    opex,
                    "found",
                    "gdswjx.net",
                    "full-time agents",
                )
            )
            led.append(
                (
                    option,
                    m,
                    "benefit",
                    "benefit",
                    44000.0,
                    "order",
                    benefit / 44000,
                    "",
                    1.0,
                    1,
                    benefit,
                    "assumed",
                    "S0-15",
                    "orders x ...",
                )
            )
    ledger = pd.DataFrame(
        led,
        columns=[
            "option",
            "period",
            "line",
            "category",
            "quantity",
            "unit",
            "unit_price",
            "price_date",
            "index",
            "sign",
            "amount",
            "origin",
            "source",
            "formula",
        ],
    )
    cols = [
        "option",
        "investment",
        "running_cost_year",
        "benefit_year",
        "npv",
        "irr",
        "mirr",
        "payback_months",
        "payback_from_go_live",
        "roi",
        "pi",
        "cost_per_contact",
        "funding_need",
        "break_even_uplift",
    ]
    options = pd.DataFrame(
        [
            ("none", 0.0, 0.0, 0.0, 0.0, nan, nan, nan, nan, nan, nan, nan, 0.0, nan),
            ("self_built", 230000, 1430000, 1620000, 885000, 0.9, 0.4, 11.2, 7.2, 3.4, 4.8, 4.912, 330000, 0.081),
            ("hosted", 110000, 1407000, 1660000, 1164000, 2.1, 0.6, 5.3, 3.3, 8.1, 11.6, 4.83, 210000, 0.076),
            ("outsourced", 42500, 1162000, 1480000, 1566000, 5.2, 0.9, 3.1, 1.1, 30.2, 37.8, 3.99, 120000, 0.066),
        ],
        columns=cols,
    )
    break_evens = pd.DataFrame(
        [
            ("vendor_price", "outsourced", "none", 8100.0, "CNY/FTE/month", 5000.0, "below"),
            ("vendor_price", "outsourced", "hosted", 5768.0, "CNY/FTE/month", 5000.0, "below"),
            ("conversion", "outsourced", "hosted", 0.861, "", 0.94, "above"),
            ("platform_fee", "hosted", "outsourced", nan, "CNY/licence/month", 200.0, "never"),
            ("uplift", "self_built", "none", 0.081, "share", 0.1, "above"),
            ("uplift", "outsourced", "none", 0.066, "share", 0.1, "above"),
        ],
        columns=["what", "option", "against", "value", "unit", "current", "wins"],
    )
    carried = N(
        seats=10,
        agents=9,
        weekday=0,
        time="12:00",
        factor_all_targets=1.035,
        factor_answer_rate=1.163,
        orders_now=1450.0,
        orders_all_targets=1501.0,
        orders_answer_rate=1687.0,
    )
    advice = (
        N(key="short_intervals", values={"count": 28.0, "start": "2027-07-05 12:30", "short": 2.0}),
        N(key="weekday_below_promise", values={"weekday": 0.0, "met": 0.82, "promise": 0.9}),
        N(
            key="weekday_with_one_more",
            values={"weekday": 0.0, "met_before": 0.82, "met_after": 0.92, "start": 43200.0, "hours": 4.0, "cost": 101.0},
        ),
        N(key="slot_below_target", values={"start": 37800.0, "end": 39600.0, "sl": 0.798, "target": 0.8, "within": 20.0}),
        N(key="outsourced_below_own_wage", values={"price": 5000.0, "own": 5850.0}),
        N(key="synthetic_history", values={}),
        N(key="origins", values={"assumed": 41.0, "found": 14.0, "lowest_grade": "C"}),
    )
    O = lambda *a: N(
        **dict(zip(("key", "value", "unit", "kind", "source", "date", "grade", "en", "zh", "default"), a, strict=True))
    )
    origins = (
        O("demand.orders_per_day", 1450.0, "orders/day", "yours", "", "", "", "orders on an average day", "日均订单量", None),
        O("targets.answer_rate", 0.98, "", "stated", "S0-10", "", "", "share answered", "人工接通率（按次）", 0.98),
        O(
            "people.wage.full_time",
            4500.0,
            "CNY/month",
            "found",
            "gdswjx.net, wages of customer service 2024: tier-1 4,000-7,000",
            "2024",
            "C",
            "monthly wage",
            "全职客服月工资",
            4500.0,
        ),
    )
    scenario = N(
        name=N(zh=name, en=name_en),
        language=language,
        currency="CNY",
        timezone="Asia/Shanghai",
        seed=20270705,
        plan=N(start=date(2027, 7, 5), end=date(2027, 8, 1), weeks=4, days=28, interval=1800.0),
        hours=N(root={"daily": "10:00-18:00"}),
        demand=N(history=N(generate="shop", csv=None), orders_per_day=1450.0),
        promise=N(day_target_met=0.9),
        targets=N(
            threshold=20.0,
            answer_rate=0.98,
            sl_offered=N(share=0.8, within=20.0),
            occupancy_max=0.85,
            line_blocking_max=0.01,
            bounds=lambda: {"answer_rate": (1, 0.98), "sl_offered": (1, 0.8)},
        ),
        money=N(horizon=36, discount_rate=0.1, benefit=N(net=lambda: 0.1, gross_uplift=0.3, attribution=1 / 3)),
        people=N(shrinkage=N(in_office=0.06, out_of_office=0.08), shifts=N(templates=lambda: {})),
        model_dump=lambda mode="python": {"wfm": 1},
    )
    one = N(weekday=0, template="peak_part_time", start=43200.0, hours=4.0, met_before=0.82, met_after=0.92, cost_day=101.0)
    history = g.assign(queue="main", offered=contacts)
    repairs = pd.DataFrame({"line": [], "what": [], "action": []})
    return N(
        scenario=scenario,
        history=history,
        repairs=repairs,
        forecast=forecast,
        day_draws=pd.DataFrame(),
        workload=work,
        requirement=req,
        schedule=N(shifts=shifts, cover=cover, shortfalls=shortfalls, paid_hours=1800.0, efficiency=0.93, notes=()),
        lines=13,
        simulation=simulation,
        people=people,
        ledger=ledger,
        options=options,
        break_evens=break_evens,
        best="outsourced",
        carried=carried,
        one_more=one,
        advice=advice,
        origins=origins,
        status="met",
    )
