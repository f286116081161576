"""Why a KPI is simulated otherwise than the formula says, explained: each reason with its number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wfm.beside.promise import KPIS
from wfm.core import kpi
from wfm.report import formats
from wfm.report.explain import Fact, Ground, Part
from wfm.report.sentences import records
from wfm.report.sentences_beside import overall, plain_name, points, step
from wfm.report.words import text


def reasons(ground: Ground, what: str, row: dict[str, Any] | None) -> list[Part]:
    """The steps from the formula at the agents needed to the simulation, of the plan or of an interval.

    Nothing for KPIs that the formula does not tell, for intervals of others than sl_offered, and where no plan has been made.
    """
    beside = getattr(ground.made, "beside", None) if ground.planned else None
    if beside is None or what not in KPIS:
        return []
    if row is None:
        found = overall(beside)[what]
        steps = [(reason, *step(found, reason)) for reason in beside.reasons]
        needed, simulated = "formula_needed", "simulated"
    else:
        here = beside.intervals[beside.intervals["start"] == row["start"]]
        if what != "sl_offered" or here.empty:
            return []
        found = records(here)[0]
        steps = [(reason, float(found[f"by_{reason}"]), float("nan")) for reason in beside.reasons]
        needed, simulated = "sl_offered_needed", "sl_offered_simulated"
    ends = [float(found[key]) for key in (needed, simulated, f"{simulated}_low", f"{simulated}_high")]
    if any(formats.missing(value) for value in (*ends[:2], *(value for _, value, _ in steps))):
        return []
    language, share = ground.language, kpi.KPIS[what].unit == "share"
    unit = text("beside.points", language) if share else text("unit.second", language)
    between = [
        Fact(f"by_{reason}", plain_name(reason, beside, language), value, points(value, half, what), unit)
        for reason, value, half in steps
    ]
    first, last = ground.measure(what, ends[0]), ground.measure(what, *ends[1:])
    first = replace(first, key="formula_needed", label=text("beside_step.needed", language))
    last = replace(last, key="simulated", label=text("beside_step.simulated", language).lstrip("＝= "))
    heading = text("beside.why", language, replications=formats.number(beside.replications))
    return [Part(heading, [first, *between, last])]
