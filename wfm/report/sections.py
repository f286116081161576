"""Sections 1 to 5 of the report: conclusion, demand, agents and shifts, service, people and seats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.history.repairs import lines_said, row_said
from wfm.report import formats, sections_beside, sections_money, sections_peak, sentences, tallied
from wfm.report.blocks import Block, Chart, Items, Section, Table, chart, heads
from wfm.report.headline import headline
from wfm.report.words import name, text

if TYPE_CHECKING:
    from wfm.plan import Plan

PEOPLE_TERMS = ("agents", "present", "rostered", "fte", "heads", "seats", "licences_concurrent", "licences_named", "lines")
_KPIS = (
    "answer_rate",
    "answer_rate_customer",
    "sl_offered",
    "sl_net",
    "asa_answered",
    "mean_wait_all",
    "abandon_rate_offered",
    "blocking",
    "occupancy",
    "aht",
)
_FORMULA = ("answer_rate", "sl_offered", "asa_answered", "occupancy")
_SHORTFALLS_SHOWN = 200


def sections(plan: Plan, language: str) -> list[Section]:
    """All sections in their order, numbered."""
    found = [
        sections_money.conclusion(plan, language),
        demand(plan, language),
        shifts(plan, language),
        service(plan, language),
        *sections_beside.beside_formula(plan, language),
        *sections_peak.peak_day(plan, language),
        people(plan, language),
        sections_money.money(plan, language),
        sections_money.origins(plan, language),
        sections_money.definitions(plan, language),
    ]
    return [replace(section, title=f"{number} {section.title}") for number, section in enumerate(found, start=1)]


def demand(plan: Plan, language: str) -> Section:
    """Contacts by day and weekday, and what was repaired in the history."""
    days, weekdays = tallied.by_day(plan), tallied.by_weekday(plan)
    handled = (days["contacts"] * days["aht"]).sum() / days["contacts"].sum() if days["contacts"].sum() > 0 else float("nan")
    intro = text(
        "intro.demand" if days["q95"].notna().any() else "intro.demand_estimate",
        language,
        history=sentences.history(plan, language),
        contacts=formats.number(days["contacts"].mean()),
        aht=formats.seconds(float(handled), language, 0),
    )
    by_weekday = [
        [
            text(f"weekday.{int(r['weekday'])}", language),
            formats.number(r["contacts"]),
            formats.number(r["load"], 1),
            formats.number(r["agents"]),
        ]
        for r in weekdays.to_dict("records")
    ]
    by_day = [
        [formats.day(r["date"], language), *(formats.number(r[c]) for c in ("contacts", "q05", "q95", "aht"))]
        for r in days.to_dict("records")
    ]
    blocks: list[Block] = [
        chart("forecast", language, half=True),
        chart("weekday", language, half=True),
        Table(
            text("table.demand_weekday", language),
            heads(language, "weekday", "contacts", "load", "agents"),
            by_weekday,
            frozenset({1, 2, 3}),
        ),
        Table(
            text("table.demand_day", language),
            heads(language, "date", "contacts", "q05", "q95", "aht"),
            by_day,
            frozenset({1, 2, 3, 4}),
            folded=True,
            tall=True,
        ),
    ]
    if len(plan.repairs):
        rows = [[lines_said(r, language), *row_said(r, language)] for r in plan.repairs.head(_SHORTFALLS_SHOWN).to_dict("records")]
        caption = text("table.repairs", language)
        columns = heads(language, "row", "repaired", "action")
        blocks.append(Table(caption, columns, rows, frozenset(), folded=True, tall=True))
    return Section("demand", text("section.demand", language), intro, blocks)


def shifts(plan: Plan, language: str) -> Section:
    """The busiest day, the week's shifts, and every interval that is short of people."""
    used = [str(method) for method in plan.requirement["method"].unique()]
    methods = [name("model", method, language) for method in used]
    alone = not {"transient", "given"} & set(used)
    intro = text(
        "intro.shifts",
        language,
        model=" / ".join(methods) + (text("intro.shifts_alone", language) if alone else ""),
        paid=formats.number(plan.schedule.paid_hours),
        efficiency=formats.share(plan.schedule.efficiency),
    )
    blocks: list[Block] = [_on_busiest_day("day", plan, language), _week_of_shifts(plan, language)]
    gaps = plan.schedule.shortfalls
    if len(gaps):
        rows = [
            [formats.instant(r["start"], language), formats.number(r["short"]), name("why", r["why"], language)]
            for r in gaps.head(_SHORTFALLS_SHOWN).to_dict("records")
        ]
        caption = text("table.shortfalls", language)
        blocks.append(
            Table(caption, heads(language, "start", "short", "why"), rows, frozenset({1}), folded=len(rows) > 12, tall=True)
        )
    notes = [_note(key, values, language) for key, values in plan.schedule.notes]
    return Section("shifts", text("section.shifts", language), intro, [*blocks, Items(notes)] if notes else blocks)


def service(plan: Plan, language: str) -> Section:
    """Formula beside simulation, each number with its definition; by time of day; days meeting targets."""
    result, threshold = plan.simulation, plan.scenario.targets.threshold
    intro = text(
        "intro.service",
        language,
        contacts=formats.number(result.contacts_simulated),
        replications=formats.number(result.replications),
        stopped=text(f"stopped.{result.stopped_by}", language),
    )
    rows = tallied.by_slot(plan).to_dict("records")
    sl = kpi.label("sl_offered", language, threshold)
    by_slot = [
        [
            formats.clock_span(r["clock"], r["clock"] + r["duration"]),
            *(formats.share(r.get(k)) for k in ("sl_offered", "formula", "answer_rate", "occupancy")),
            formats.number(r.get("asa_answered"), 1),
        ]
        for r in rows
    ]
    unit = text("unit.second", language)
    head = [
        text("column.clock", language),
        sl,
        f"{sl} · {text('column.formula', language)}",
        kpi.label("answer_rate", language),
        kpi.label("occupancy", language),
        text("column.in_unit", language, what=kpi.label("asa_answered", language), unit=unit),
    ]
    weekdays = [
        [
            text(f"weekday.{int(r['weekday'])}", language),
            formats.number(r["days"]),
            formats.share(r["met"]),
            _span(r.get("met_low"), r.get("met_high"), "share", language),
        ]
        for r in result.weekdays.to_dict("records")
    ]
    blocks: list[Block] = [
        _on_busiest_day("service", plan, language),
        _service_overall(plan, language),
        chart("weekdays", language),
        Table(
            text("table.service_weekday", language),
            heads(language, "weekday", "days", "met", "interval"),
            weekdays,
            frozenset({1, 2, 3}),
        ),
        Table(text("table.service_slot", language), head, by_slot, frozenset(range(1, 6)), folded=True),
    ]
    return Section("service", text("section.service", language), intro, blocks)


def people(plan: Plan, language: str) -> Section:
    """The chain from agents on queue to heads, beside seats, licences and lines: why they differ."""
    numbers, row = headline(plan), plan.people.table.iloc[0]
    intro = text(
        "intro.people", language, seats=formats.number(numbers["people.seats"]), heads=formats.number(numbers["people.heads"])
    )
    shrinkage = plan.scenario.people.shrinkage
    shares = {"in_office": formats.percent(shrinkage.in_office), "out_of_office": formats.percent(shrinkage.out_of_office)}
    rows = [
        [
            text(f"people.{key}", language),
            formats.number(row[key], 1 if key in ("rostered", "fte") else 0),
            text(f"people_definition.{key}", language, **shares),
        ]
        for key in PEOPLE_TERMS
    ]
    kinds = [
        [
            name("kind", r["kind"], language),
            formats.number(r["heads"]),
            formats.number(r["fte"], 1),
            formats.significant(r["shifts_per_week"]),
        ]
        for r in plan.people.kinds.to_dict("records")
    ]
    blocks: list[Block] = [
        Table(
            text("table.people", language),
            heads(language, "what", "quantity", "definition"),
            rows,
            frozenset({1}),
            frozenset({4, 5}),
        ),
        Table(text("table.kinds", language), heads(language, "kind", "heads", "fte", "shifts_week"), kinds, frozenset({1, 2, 3})),
    ]
    return Section("people", text("section.people", language), intro, blocks)


def _on_busiest_day(figure: str, plan: Plan, language: str) -> Chart:
    """A figure of one day, whose caption says which."""
    day = formats.day(tallied.busiest_day(plan), language)
    return Chart(figure, text(f"figure_caption.{figure}", language, day=day))


def _week_of_shifts(plan: Plan, language: str) -> Table:
    """People on each shift by day in the first week of the plan; a shift is its template and hours."""
    work = plan.schedule.shifts[plan.schedule.shifts["activity"] == "work"]
    first = plan.scenario.plan.start
    dates = sorted(date for date in work["date"].unique() if (date - first).days < 7)
    week = work[work["date"].isin(dates)]
    clock = week["start"].dt.strftime("%H:%M") + "-" + week["end"].dt.strftime("%H:%M")
    table = week.assign(clock=clock).pivot_table(
        index=["template", "clock"], columns="date", values="people", aggfunc="sum", fill_value=0
    )
    rows = []
    for template, hours in table.index:
        counts = [formats.number(table.loc[(template, hours), date] or None) for date in dates]
        rows.append([f"{name('shift', template, language)} {hours}", *counts])
    head = [text("column.shift", language), *(formats.day(date, language) for date in dates)]
    share = formats.number(1 - plan.scenario.people.shrinkage.out_of_office, 2)
    return Table(text("table.shifts", language, present_share=share), head, rows, frozenset(range(1, len(dates) + 1)))


def _service_overall(plan: Plan, language: str) -> Table:
    """Every KPI: simulated with its interval, by formula, its target, and how it is defined."""
    threshold = plan.scenario.targets.threshold
    overall = plan.simulation.overall.set_index("kpi")
    bounds = target_bounds(plan)
    rows = []
    for key in (key for key in _KPIS if key in overall.index):
        unit, found = kpi.KPIS[key].unit, overall.loc[key]
        formula = _value(value_by_formula(plan, key), unit, language)
        rows.append(
            [
                kpi.label(key, language, threshold),
                _value(found["value"], unit, language),
                _span(found["low"], found["high"], unit, language),
                formula,
                bounds.get(key, formats.NOTHING),
                kpi.definition(key, language, threshold),
            ]
        )
    columns = heads(language, "kpi", "simulated", "interval", "formula", "target", "definition")
    return Table(text("table.service_overall", language), columns, rows, frozenset({1, 2, 3, 4}))


def target_bounds(plan: Plan) -> dict[str, str]:
    """KPI name to its bound as shown: ``≥ 98%``."""
    targets = plan.scenario.targets
    bounds = {key: f"≥ {formats.percent(bound)}" for key, (_, bound) in targets.bounds().items()}
    if targets.occupancy_max is not None:
        bounds["occupancy"] = f"≤ {formats.percent(targets.occupancy_max)}"
    return bounds | {"blocking": f"≤ {formats.percent(targets.line_blocking_max)}"}


def value_by_formula(plan: Plan, key: str) -> float:
    """A KPI the formula promises with the required agents, over the plan: weighted by contacts, occupancy by agents.

    nan for KPIs that the formula does not give.
    """
    if key not in _FORMULA:
        return float("nan")
    rows = plan.requirement[plan.requirement[key].notna()]
    weight = rows["agents"] * rows["duration"] if key == "occupancy" else rows["contacts"]
    return float((rows[key] * weight).sum() / weight.sum()) if weight.sum() > 0 else float("nan")


def _value(value: Any, unit: str, language: str) -> str:
    return formats.share(value) if unit == "share" else formats.seconds(value, language)


def _span(low: Any, high: Any, unit: str, language: str) -> str:
    if formats.missing(low) or formats.missing(high):
        return formats.NOTHING
    if unit == "share":
        return f"{formats.share(low)} – {formats.share(high)}"
    return f"{formats.number(low, 1)} – {formats.number(high, 1)} {text('unit.second', language)}"


def _note(key: str, values: dict[str, Any], language: str) -> str:
    shown = {
        k: formats.percent(v) if k in ("gap", "wanted") else name("shift", v, language) if k == "shift" else v
        for k, v in values.items()
    }
    return text(f"note.{key}", language, **shown)
