"""What a colleague would say on reading the plan: each warning is a key and its values; the report words it in zh or en."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wfm.core.calendar import day_table
from wfm.economics.ledger import BASELINE
from wfm.economics.options import own_loaded_wage
from wfm.event_hours import at_the_mean, without_contacts
from wfm.forecast.phases import event_days
from wfm.schedule.inputs import law_warnings
from wfm.staffing.missed import missed

if TYPE_CHECKING:
    import pandas as pd

    from wfm.loop import OneMore
    from wfm.scenario.model import Scenario
    from wfm.scenario.origins import Origin
    from wfm.simulate import SimulationResult
    from wfm.staffed import Staffed

Value = float | str

_CLEARLY_BELOW = 0.02
_OVERLAP = 1.4  # desks over what the busiest interval needs
_YEAR = 360
_RAISED = 1.2  # contacts of festival days over those of others, above which a plan is not one of ordinary days
_UNCERTAIN = 0.5  # coefficient of variation of a day's level above which its forecast is a guess


@dataclass(frozen=True)
class Advice:
    """One remark: what it is about, and the values it speaks of."""

    key: str
    values: dict[str, Value]


def advise(
    scenario: Scenario,
    history: pd.DataFrame | None,
    staffed: Staffed,
    simulation: SimulationResult,
    better: OneMore | None,
    best: str,
    origins: tuple[Origin, ...],
    *,
    synthetic: bool,
    lacking: tuple[str, str] = ("", ""),
) -> tuple[Advice, ...]:
    """Every remark the plan calls for, the gravest first."""
    return (
        *_shortage(staffed),
        *_capped(scenario, staffed),
        *_unanswered(scenario, simulation),
        *_weekday(scenario, simulation, better),
        *_interval(scenario, staffed, simulation),
        *_money(scenario, best),
        *(Advice(key, values) for key, values in law_warnings(scenario.people.shifts)),
        *_parts(*lacking),
        *_never_called(scenario, history, staffed),
        *_overlap(staffed),
        *_special(scenario, history),
        *_event(scenario, history, staffed),
        *_planned(scenario, staffed),
        *(Advice(key, values) for key, values in at_the_mean(scenario, staffed.workload)),
        *(Advice(key, values) for key, values in (without_contacts(staffed.workload) if history is None else ())),
        *_dated(scenario, staffed),
        *_busier(scenario, staffed),
        *_uncertain(scenario, staffed),
        *_inputs(scenario, history, origins, synthetic=synthetic),
    )


def _shortage(staffed: Staffed) -> list[Advice]:
    """Intervals where the shifts bring fewer agents than the targets ask for."""
    short = staffed.schedule.cover[staffed.schedule.cover["short"] > 0]
    if short.empty:
        return []
    worst = short.iloc[int(short["short"].argmax())]
    return [Advice("short_intervals", {"count": float(len(short)), "start": _when(worst["start"]), "short": float(worst["short"])})]


def _capped(scenario: Scenario, staffed: Staffed) -> list[Advice]:
    """Intervals in which the agents allowed are too few, by the formula that staffs them."""
    limit, need = scenario.staffing.agents_max, staffed.requirement
    if limit is None:
        return []
    # That people are too busy is no shortfall of service.
    misses = [miss for miss in missed(need[need["agents"] >= limit], scenario.targets) if miss.target != "occupancy"]
    if not misses:
        return []
    worst = max(misses, key=lambda miss: miss.apart)
    values: dict[str, Value] = {"start": _when(worst.start), "kpi": f"{worst.target}:{worst.threshold:g}"}
    values |= {"share": worst.value, "target": worst.bound, "limit": float(limit)}
    return [Advice("capped_intervals", {"count": float(len({miss.start for miss in misses})), **values})]


def _weekday(scenario: Scenario, simulation: SimulationResult, better: OneMore | None) -> list[Advice]:
    """The weekday that keeps the promise least, and what one more person would do."""
    weekdays = simulation.weekdays
    weak = weekdays[weekdays["met"] < scenario.promised_days]
    if weak.empty:
        return []
    worst = weak.iloc[int(weak["met"].argmin())]
    targets = scenario.targets
    missed = min(targets.bounds(), key=lambda kpi: float(worst[f"met_{kpi}"]))
    said = Advice(
        "weekday_below_promise",
        {
            "kpi": f"{missed}:{targets.threshold:g}",
            "kept": float(worst[f"met_{missed}"]),
            "weekday": float(worst["weekday"]),
            "met": float(worst["met"]),
            "low": float(worst["met_low"]),
            "high": float(worst["met_high"]),
            "days": float(worst["days"]),
            "promise": scenario.promised_days,
        },
    )
    if better is None:
        return [said]
    return [
        said,
        Advice(
            "weekday_with_one_more",
            {
                "weekday": float(better.weekday),
                "met_before": better.met_before,
                "met_after": better.met_after,
                "start": better.start,
                "hours": better.hours,
                "cost": better.cost_day,
                "seats": float(better.seats),
            },
        ),
    ]


def _interval(scenario: Scenario, staffed: Staffed, simulation: SimulationResult) -> list[Advice]:
    """The time of day whose simulated service level lies furthest below the target in force, over the days on which that holds."""
    import pandas as pd

    clock = simulation.service[["start", "offered", "answered_within"]]
    asked = pd.DataFrame({"target": np.nan, "within": np.nan}, index=clock.index)
    for held, rows in scenario.targets.groups(clock["start"]):
        if held.sl_offered is not None:
            asked.loc[rows, ["target", "within"]] = held.sl_offered.share, held.sl_offered.within
    clock = clock.join(asked).merge(staffed.workload[["start", "date", "slot", "duration"]], on="start")
    clock = clock[clock["offered"] > 0].dropna(subset=["target"])
    sums = clock.groupby(["slot", "target", "within"], as_index=False).agg(
        offered=("offered", "sum"),
        answered_within=("answered_within", "sum"),
        duration=("duration", "first"),
        days=("date", "nunique"),
        first=("date", "min"),
        last=("date", "max"),
    )
    below = sums["answered_within"] / sums["offered"] - sums["target"]
    if not below.min() < 0:
        return []
    worst = sums.iloc[int(below.argmin())]
    begin = float(worst["slot"] * worst["duration"])
    values: dict[str, Value] = {
        "start": begin,
        "end": begin + float(worst["duration"]),
        "sl": float(worst["answered_within"] / worst["offered"]),
        "target": float(worst["target"]),
        "within": float(worst["within"]),
    }
    if worst["days"] == 1:
        return [Advice("slot_below_target_once", {"day": str(worst["first"]), **values})]
    over: dict[str, Value] = {"days": float(worst["days"]), "day": str(worst["first"]), "last": str(worst["last"])}
    return [Advice("slot_below_target", {**over, **values})]


def _money(scenario: Scenario, best: str) -> list[Advice]:
    """Prices that look wrong, and benefits that are not there."""
    remarks = []
    outsourced, own = scenario.options.outsourced, own_loaded_wage(scenario.people.wage)
    person = outsourced is not None and outsourced.price.basis == "per_fte_month" and outsourced.price.dedicated
    if outsourced is not None and person and outsourced.price.price < own:
        remarks.append(Advice("outsourced_below_own_wage", {"price": outsourced.price.price, "own": own}))
    if scenario.demand.orders_per_day is None:
        remarks.append(Advice("no_benefit", {}))
    elif best == BASELINE:
        remarks.append(Advice("nothing_pays", {}))
    return remarks


def _unanswered(scenario: Scenario, simulation: SimulationResult) -> list[Advice]:
    """Own staff that cannot answer what is asked: then the options do not serve the same customers."""
    target = scenario.targets.answer_rate
    answered = simulation.kpi("answer_rate")[0]
    if target is None or not answered < target - _CLEARLY_BELOW:
        return []
    return [Advice("not_all_answered", {"met": answered, "target": target})]


def _parts(code: str, columns: str) -> list[Advice]:
    """A past that tells talk without after-call work, or the other way round."""
    return [Advice(code, {"columns": columns})] if code else []


def _never_called(scenario: Scenario, history: pd.DataFrame | None, staffed: Staffed) -> list[Advice]:
    """Open hours for which nobody is planned, since the past has no contacts at that time of the week."""
    if history is None:
        return []
    past = history.loc[history["offered"] > 0, "start"].dt.tz_convert(scenario.timezone)
    seen = set(zip(past.dt.day_of_week, past.dt.time, strict=True))
    start = staffed.workload.loc[staffed.workload["contacts"] == 0, "start"]
    unseen = list(dict.fromkeys(at for at in zip(start.dt.day_of_week, start.dt.time, strict=True) if at not in seen))
    if not unseen:
        return []
    weekday, clock = unseen[0]
    begin = float(clock.hour * 3600 + clock.minute * 60)
    return [Advice("never_called", {"count": float(len(unseen)), "weekday": float(weekday), "start": begin})]


def _overlap(staffed: Staffed) -> list[Advice]:
    """Shifts that overlap so far that they need many more desks than the work does."""
    cover = staffed.schedule.cover
    surplus = (cover["present"] - cover["needed"]).where(cover["needed"] > 0)
    top = float(cover["needed"].max()) if len(cover) else 0.0
    most = float(cover["present"].max()) if len(cover) else 0.0
    if not top or most < _OVERLAP * top or not surplus.max() > 0:
        return []
    widest = cover.iloc[int(surplus.argmax())]
    return [Advice("overlap", {"start": _when(widest["start"]), "seats": most, "found": top})]


def _special(scenario: Scenario, history: pd.DataFrame | None) -> list[Advice]:
    """Public holidays and festival days in the plan that no year of history stands behind."""
    window = scenario.plan
    if history is not None and (history["start"].max() - history["start"].min()).days >= _YEAR:
        return []
    days = day_table(window.start, window.end, scenario.country)
    # What the planner wrote of a day stands behind it.
    days = days[((days["holiday"] != "") | days["festival_main"]) & ~days["date"].isin(event_days(scenario.events))]
    if days.empty:
        return []
    return [Advice("special_days", {"count": float(len(days)), "day": str(days["date"].iloc[0])})]


def _event(scenario: Scenario, history: pd.DataFrame | None, staffed: Staffed) -> list[Advice]:
    """Festival days that the past raises in the forecast: no factor is needed on top, and they are no measure of a whole year.

    Days of which the planner wrote an event are told by `_planned`.
    """
    window = scenario.plan
    days = day_table(window.start, window.end, scenario.country)
    main = set(days.loc[days["festival_main"], "date"]) - event_days(scenario.events)
    contacts = staffed.workload.groupby("date")["contacts"].sum()
    event = contacts.index.isin(main)
    if history is None or not event.any() or event.all() or not contacts[event].mean() > _RAISED * contacts[~event].mean():
        return []
    factor = float(contacts[event].mean() / contacts[~event].mean())
    return [Advice("event_days", {"count": float(event.sum()), "day": str(contacts.index[event].min()), "times": factor})]


def _planned(scenario: Scenario, staffed: Staffed) -> list[Advice]:
    """Days of the planner's events: their numbers are the planner's, and no measure of a whole year."""
    days = event_days(scenario.events)
    contacts = staffed.workload.groupby("date")["contacts"].sum()
    mine = contacts.index.isin(days)
    if not mine.any():
        return []
    others = contacts[~mine].mean() if not mine.all() else float("nan")
    values: dict[str, Value] = {"count": float(mine.sum()), "day": str(contacts.index[mine].min()),
                                "busiest": str(contacts[mine].idxmax())}  # fmt: skip
    if not others > 0:
        return [Advice("planned_events_alone", values)]
    return [Advice("planned_events", {**values, "times": float(contacts[mine].max() / others)})]


def _dated(scenario: Scenario, staffed: Staffed) -> list[Advice]:
    """Days with targets of their own: by what each is staffed and judged."""
    work, general = staffed.workload, scenario.targets.general
    own = [rows for held, rows in scenario.targets.groups(work["start"]) if held != general] if scenario.targets.dated else []
    if not own:
        return []
    days = sorted(set(work.loc[np.any(own, axis=0), "date"]))
    return [Advice("dated_targets", {"count": float(len(days)), "day": str(days[0]), "last": str(days[-1])})]


def _busier(scenario: Scenario, staffed: Staffed) -> list[Advice]:
    """How much more than the forecast people are staffed for, to keep a promise by the day."""
    work = staffed.workload
    if "busier" not in work or not (work["busier"] > 1).any():
        return []
    factors = work.groupby("date")["busier"].first()
    values: dict[str, Value] = {"promise": scenario.promised_days, "median": float(factors.median()) - 1}
    return [Advice("staffed_busier", {**values, "most": float(factors.max()) - 1, "day": str(factors.idxmax())})]


def _uncertain(scenario: Scenario, staffed: Staffed) -> list[Advice]:
    """Days whose forecast rests on little, such as a holiday that the history has seen under another name."""
    work = staffed.workload
    days = work[(work["day_cv"] > _UNCERTAIN) & ~work["date"].isin(event_days(scenario.events))]
    if days.empty:
        return []
    return [Advice("uncertain_days", {"count": float(days["date"].nunique()), "day": str(days["date"].iloc[0])})]


def _inputs(scenario: Scenario, history: pd.DataFrame | None, origins: tuple[Origin, ...], *, synthetic: bool) -> list[Advice]:
    """On what the numbers rest."""
    remarks = []
    if history is None:
        remarks.append(Advice("estimated_demand", {}))
    elif synthetic:
        remarks.append(Advice("synthetic_history", {}))
    elif "abandoned" not in history or history["abandoned"].isna().all():
        remarks.append(Advice("redials_unknown", {}))
    kinds = [origin.kind for origin in origins]
    grades = [origin.grade for origin in origins if origin.kind == "found"]
    foreign = sum("CNY" in origin.unit for origin in origins if origin.kind != "yours")
    if scenario.currency != "CNY" and foreign:
        remarks.append(Advice("foreign_prices", {"count": float(foreign), "currency": scenario.currency}))
    remarks.append(
        Advice(
            "origins",
            {"assumed": float(kinds.count("assumed")), "found": float(len(grades)), "lowest_grade": max(grades, default="")},
        )
    )
    return remarks


def _when(start: pd.Timestamp) -> str:
    return start.strftime("%Y-%m-%d %H:%M")
