"""The section on formula beside simulation: why they differ, step by step, over the plan, by time of the week and by interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.report import formats, sentences
from wfm.report.blocks import Block, Chart, Items, Section, Table, heads
from wfm.report.sentences_beside import DIGITS, findings, half_of, half_shown, level, named, overall, points, step
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.beside import Beside
    from wfm.plan import Plan

_SL = "sl_offered"
#: KPIs beside the first, and the headings of what the formula says of them.
_OTHERS = {"abandon_rate_offered": "abandon_formula", "mean_wait_all": "wait_formula", "occupancy": "occupancy_formula"}
_WORST = 10


def beside_formula(plan: Plan, language: str) -> list[Section]:
    """The section, or none where the plan was read from before there was one, or nobody comes."""
    beside = plan.beside
    if beside is None or formats.missing(overall(beside)[_SL]["simulated"]):
        return []
    label = kpi.label(_SL, language, plan.scenario.targets.threshold)
    formula = text(f"beside.formula_{'linked' if beside.linked else 'independent'}", language)
    intro = text(
        "beside.intro",
        language,
        formula=formula,
        replications=formats.number(beside.replications),
        contacts=formats.number(float(f"{beside.contacts:.2g}")),
    )
    week = beside.scope("weekday_slot")
    charts = ["beside_steps", "beside_slots", *(["beside_week"] if week["weekday"].nunique() > 1 else [])]
    blocks: list[Block] = [Items(findings(plan, beside, language))]
    blocks += [Chart(name, text(f"figure_caption.{name}", language, kpi=label)) for name in charts[:1]]
    blocks.append(_steps(plan, beside, language))
    blocks += [Chart(name, text(f"figure_caption.{name}", language, kpi=label)) for name in charts[1:]]
    blocks += [_by_clock(plan, beside, "slot", label, language), _others(plan, beside, language)]
    if len(week) > len(beside.scope("slot")):
        blocks.append(_by_clock(plan, beside, "weekday_slot", label, language))
    worst = _worst(beside, label, language)
    return [Section("beside", text("section.beside", language), intro, [*blocks, *worst])]


def rows_of(beside: Beside) -> list[tuple[str, str]]:
    """The rows of the way from formula to simulation: kind ("level" or "step") and what it is."""
    steps = [("step", reason) for reason in beside.reasons[1:]]
    return [("level", "needed"), ("step", "cover"), ("level", "scheduled"), *steps, ("level", "simulated")]


def _steps(plan: Plan, beside: Beside, language: str) -> Table:
    found, own = overall(beside), plan.simulation
    told = {name: row for name, row in found.items() if name in DIGITS}
    rows, strong = list[list[str]](), set[int]()
    for kind, what in rows_of(beside):
        key = named(what, beside)
        if kind == "step":
            cells = [points(*step(row, what), name) for name, row in told.items()]
        else:
            strong.add(len(rows))
            cells = [_level(row, what, name) for name, row in told.items()]
        how = text(f"beside_how.{key}", language, **_about(beside, what))
        rows.append([text(f"beside_step.{key}", language), *cells, how])
    count = {"replications": formats.number(own.replications)}
    chance = [points(own.kpi(name)[0] - row["simulated"], name=name) for name, row in told.items()]
    rows.append([text("beside_step.chance", language), *chance, text("beside_how.chance", language, **count)])
    strong.add(len(rows))
    levels = [level(own.kpi(name)[0], name) for name in told]
    rows.append([text("beside_step.plan", language), *levels, text("beside_how.plan", language)])
    threshold = plan.scenario.targets.threshold
    labels = [_headed(name, language, threshold) for name in told]
    head = [text("beside_column.step", language), *labels, text("beside_column.how", language)]
    return Table(text("beside_table.steps", language), head, rows, frozenset(range(1, len(labels) + 1)), frozenset(strong))


def _level(row: dict[str, Any], what: str, name: str) -> str:
    if what != "simulated":
        return level(row[f"formula_{what}"], name)
    return level(row["simulated"], name, half_of(row))


def _about(beside: Beside, what: str) -> dict[str, str]:
    return {"replications": formats.number(beside.replications)} if what == "simulated" else {}


def _headed(name: str, language: str, threshold: float) -> str:
    label = kpi.label(name, language, threshold)
    if kpi.KPIS[name].unit == "share":
        return label
    return text("column.in_unit", language, what=label, unit=text("unit.second", language))


def _by_clock(plan: Plan, beside: Beside, scope: str, label: str, language: str) -> Table:
    """Formula and simulation by time of day, and the points that each reason makes."""
    rows = [
        [
            _when(row, plan, language),
            *(formats.number(row[name], 1) for name in ("needed", "scheduled")),
            *(formats.share(row[name]) for name in ("formula_needed", "formula_scheduled", "simulated")),
            formats.number(100 * half_of(row), 1),
            points(row["difference"], digits=1),
            *(points(float(row[f"by_{reason}"]), digits=1) for reason in beside.reasons),
        ]
        for row in sentences.records(beside.scope(scope))
    ]
    columns = ("needed", "scheduled", "formula_needed", "formula_scheduled", "simulated", "half", "difference")
    head = [*heads(language, "clock"), *(text(f"beside_column.{name}", language) for name in columns)]
    head += [text(f"beside_short.{named(reason, beside)}", language) for reason in beside.reasons]
    caption = text(f"beside_table.{'slots' if scope == 'slot' else 'week'}", language, kpi=label)
    numeric = frozenset(range(1, len(head)))
    return Table(caption, head, rows, numeric, folded=scope != "slot", tall=True, narrow=True)


def _others(plan: Plan, beside: Beside, language: str) -> Table:
    """The other KPIs by time of day: by formula at the agents scheduled, and simulated."""
    found = [sentences.records(beside.scope("slot", name)) for name in _OTHERS]
    rows = []
    for together in zip(*found, strict=True):
        cells = [_when(together[0], plan, language)]
        for name, row in zip(_OTHERS, together, strict=True):
            cells += [level(row[column], name) for column in ("formula_needed", "formula_scheduled", "simulated")]
            cells.append(half_shown(half_of(row), name))
        rows.append(cells)
    head = heads(language, "clock")
    for first in _OTHERS.values():
        head += [
            text(f"beside_column.{first}", language),
            *(text(f"beside_column.{name}", language) for name in ("formula_scheduled", "simulated", "half")),
        ]
    numeric = frozenset(range(1, len(head)))
    return Table(text("beside_table.others", language), head, rows, numeric, folded=True, tall=True, narrow=True)


def _worst(beside: Beside, label: str, language: str) -> list[Block]:
    rows = [
        [
            formats.instant(row["start"], language),
            formats.number(row["contacts"], 1),
            *(formats.number(row[name], 1) for name in ("needed", "scheduled")),
            *(formats.share(row[f"{_SL}_{name}"]) for name in ("needed", "scheduled", "simulated")),
            formats.number(50 * (row[f"{_SL}_simulated_high"] - row[f"{_SL}_simulated_low"]), 1),
            *(points(float(row[f"by_{reason}"]), digits=1) for reason in beside.reasons),
        ]
        for row in sentences.records(beside.worst(_WORST))
    ]
    if not rows:
        return []
    columns = ("needed", "scheduled", "formula_needed", "formula_scheduled", "simulated", "half")
    head = [*heads(language, "start", "contacts"), *(text(f"beside_column.{name}", language) for name in columns)]
    head += [text(f"beside_short.{named(reason, beside)}", language) for reason in beside.reasons]
    numeric = frozenset(range(1, len(head)))
    return [Table(text("beside_table.worst", language, kpi=label), head, rows, numeric, narrow=True)]


def _when(row: dict[str, Any], plan: Plan, language: str) -> str:
    """``10:00-10:30`` or ``Mon 10:00-10:30``."""
    length = float(plan.scenario.plan.interval)
    clock = formats.clock_span(row["slot"] * length, (row["slot"] + 1) * length)
    day = int(row["weekday"])
    return clock if day < 0 else f"{text(f'weekday.{day}', language)} {clock}"
