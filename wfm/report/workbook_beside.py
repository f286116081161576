"""The sheets of formula beside simulation: by time of the week with every KPI, and every interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wfm.beside.promise import KPIS
from wfm.core import kpi
from wfm.report import formats
from wfm.report.sentences_beside import plain_name
from wfm.report.sheet import Column, Sheet
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.beside import Beside
    from wfm.plan import Plan

_NUMBERS = ("formula_needed", "formula_scheduled", "simulated", "simulated_low", "simulated_high", "difference")


def cells(plan: Plan, language: str) -> Sheet:
    """Every group of intervals and KPI: formula, simulation, the difference, and its reasons."""
    beside, threshold = _beside(plan), plan.scenario.targets.threshold
    rows = beside.cells
    kinds = ["share" if kpi.KPIS[name].unit == "share" else "number" for name in rows["kpi"]]
    length = float(plan.scenario.plan.interval)
    columns = [
        Column(text("head.beside_scope", language), "text", [text(f"beside_scope.{scope}", language) for scope in rows["scope"]]),
        Column(
            text("head.weekday", language),
            "text",
            [text(f"weekday.{day}", language) if day >= 0 else "" for day in rows["weekday"]],
        ),
        Column(text("column.clock", language), "clock", [slot * length if slot >= 0 else None for slot in rows["slot"].tolist()]),
        Column(text("head.beside_kpi", language), "text", [kpi.label(name, language, threshold) for name in rows["kpi"]]),
        Column(text("head.contacts", language), "number", rows["contacts"].tolist()),
        Column(text("beside_column.needed", language), "number", rows["needed"].tolist()),
        Column(text("beside_column.scheduled", language), "number", rows["scheduled"].tolist()),
    ]
    for name in _NUMBERS:
        stem, _, end = name.partition("_")
        words = text(f"beside_column.{name if name.startswith('formula') else stem}", language)
        head = text(f"head.{end}", language, head=words) if end in ("low", "high") else words
        columns.append(Column(head, "number", rows[name].tolist(), kinds=kinds))
    for reason in beside.reasons:
        for end in ("", "_low", "_high"):
            if f"by_{reason}{end}" in rows:
                words = _reason(reason, beside, language)
                head = text(f"head.{end[1:]}", language, head=words) if end else words
                columns.append(Column(head, "number", rows[f"by_{reason}{end}"].tolist(), kinds=kinds))
    return _sheet("beside", plan, language, columns, frozen=4)


def intervals(plan: Plan, language: str) -> Sheet:
    """Every interval: each KPI by formula and simulated, the reasons of the answered in time, and whether it is beyond chance."""
    beside, threshold, zone = _beside(plan), plan.scenario.targets.threshold, plan.scenario.timezone
    rows = beside.intervals
    columns = [
        Column(text("head.start", language, zone=zone), "instant", rows["start"].tolist()),
        Column(text("head.contacts", language), "number", rows["contacts"].tolist()),
        Column(text("beside_column.needed", language), "number", np.round(rows["needed"], 6).tolist()),
        Column(text("beside_column.scheduled", language), "number", rows["scheduled"].tolist()),
    ]
    for name in KPIS:
        label, kind = kpi.label(name, language, threshold), "share" if kpi.KPIS[name].unit == "share" else "number"
        for part in ("needed", "scheduled", "simulated", "simulated_low", "simulated_high"):
            stem, _, end = part.partition("_")
            words = text(f"head.beside_{stem}", language, kpi=label)
            head = text(f"head.{end}", language, head=words) if end else words
            columns.append(Column(head, kind, rows[f"{name}_{part}"].tolist()))
    columns += [Column(_reason(reason, beside, language), "share", rows[f"by_{reason}"].tolist()) for reason in beside.reasons]
    columns.append(Column(text("head.beside_beyond", language), "whole", rows["beyond"].tolist()))
    return _sheet("beside_intervals", plan, language, columns)


#: In the order of the workbook.
SHEETS = (cells, intervals)


def _reason(reason: str, beside: Beside, language: str) -> str:
    return text("head.beside_by", language, name=plain_name(reason, beside, language))


def _beside(plan: Plan) -> Beside:
    if plan.beside is None:
        raise ValueError("the plan was saved without formula beside simulation")
    return plan.beside


def _sheet(key: str, plan: Plan, language: str, columns: list[Column], frozen: int = 1) -> Sheet:
    title = text(f"sheet.{key}", language)
    values = {"replications": formats.number(_beside(plan).replications), "zone": plan.scenario.timezone}
    return Sheet(title, title, text(f"sheet_note.{key}", language, **values), columns, frozen=frozen)
