"""What the page on formula beside simulation says in sentences: the difference, each reason with its number, and what is chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wfm.core import kpi
from wfm.report import formats
from wfm.report.words import text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.beside import Beside
    from wfm.plan import Plan

#: A step below this makes no sentence of its own.
SMALL = 0.0005
#: Decimals of each KPI: of shares in per cent, of waits in seconds.
DIGITS = {"sl_offered": 1, "abandon_rate_offered": 2, "mean_wait_all": 1, "occupancy": 1}


def findings(plan: Plan, beside: Beside, language: str) -> list[str]:
    """The difference over the plan, its reasons from the greatest on, those within chance, and single intervals."""
    row = overall(beside)["sl_offered"]
    reasons = [(reason, *step(row, reason)) for reason in beside.reasons]
    # What is nothing at all needs no words.
    known = [found for found in reasons if found[1] != 0 and not formats.missing(found[1])]
    chance = [found for found in known if abs(found[1]) <= found[2]]
    sure = [found for found in known if found not in chance and abs(found[1]) >= SMALL]
    small = [found for found in known if found not in chance and found not in sure]
    said = [_total(plan, row, bool(sure), language), _same_agents(row, language)]
    for reason, value, half in sorted(sure, key=lambda found: -abs(found[1])):
        why = text(f"beside_why.{named(reason, beside)}", language, **facts(plan, row, reason))
        said.append(text("beside.reason", language, points=points(value, half), why=why))
    least = formats.significant(100 * SMALL)
    for key, group in (("small", small), ("within_chance", chance)):
        if group:
            said.append(text(f"beside.{key}", language, least=least, list=_list(group, beside, language)))
    said.append(_intervals(beside, language))
    own = plan.simulation.kpi("sl_offered")[0]
    values = {"plan": formats.share(own), "simulated": formats.share(row["simulated"])}
    if values["plan"] != values["simulated"]:
        values["replications"] = formats.number(plan.simulation.replications)
        said.append(text("beside.chance", language, **values))
    return said


def _list(group: list[tuple[str, float, float]], beside: Beside, language: str) -> str:
    """Reasons with their numbers, one behind the other."""
    return ("、" if language == "zh" else ", ").join(
        text("beside.within_part", language, name=plain_name(reason, beside, language), points=points(value, half))
        for reason, value, half in group
    )


def plain_name(reason: str, beside: Beside, language: str) -> str:
    """A reason's name without its sign."""
    return text(f"beside_step.{named(reason, beside)}", language).lstrip("＋+ ")


def overall(beside: Beside) -> dict[str, dict[str, Any]]:
    """The row over the whole plan of each KPI."""
    rows = beside.cells[beside.cells["scope"] == "all"]
    return {str(row["kpi"]): {str(name): value for name, value in row.items()} for row in rows.to_dict("records")}


def step(row: dict[str, Any], reason: str) -> tuple[float, float]:
    """How much a reason makes, and half its 95 % interval; 0 for the agents, of which formulas tell, nan where there is none."""
    value = float(row[f"by_{reason}"])
    half = 0.0 if reason == "cover" else (float(row[f"by_{reason}_high"]) - float(row[f"by_{reason}_low"])) / 2
    return value, half


def half_of(row: dict[str, Any]) -> float:
    """Half the 95 % interval of the difference; the simulated value's own, uncut at 0 and 1."""
    return (float(row["difference_high"]) - float(row["difference_low"])) / 2


def named(reason: str, beside: Beside) -> str:
    """The key of a reason's words: where the formula links intervals already, what is left is how it approximates."""
    return "linked_again" if reason == "linked" and beside.linked else reason


def points(value: float, half: float | None = None, name: str = "sl_offered", digits: int = 2) -> str:
    """``+6.19`` or ``+0.26 ±0.03``: points of a share, seconds of a wait; what is not random has no ±."""
    if formats.missing(value):
        return formats.NOTHING
    scale = 100.0 if kpi.KPIS[name].unit == "share" else 1.0
    shown = f"{round(scale * value, digits) + 0.0:+,.{digits}f}"
    shown = shown[1:] if float(shown.replace(",", "")) == 0 else shown
    return shown if not half or formats.missing(half) else f"{shown} ±{scale * half:,.{digits}f}"


def level(value: Any, name: str, half: float = float("nan")) -> str:
    """A KPI as a cell: a share with its sign, seconds as a number, with half its interval where there is one.

    A wait without end is ``∞``.
    """
    if isinstance(value, float) and np.isposinf(value):
        return "∞"
    share = kpi.KPIS[name].unit == "share"
    shown = formats.share(value, DIGITS[name]) if share else formats.number(value, DIGITS[name])
    return shown if formats.missing(half) else f"{shown} ±{half_shown(half, name)}"


def half_shown(half: float, name: str) -> str:
    """Half an interval: points of a share, seconds of a wait."""
    return formats.number(half * (100 if kpi.KPIS[name].unit == "share" else 1), 2)


def facts(plan: Plan, row: dict[str, Any], reason: str) -> dict[str, str]:
    """The plan's numbers that a reason's sentence tells."""
    contact = plan.scenario.contact
    if reason == "cover":
        return {name: formats.number(row[name], 2) for name in ("scheduled", "needed")}
    if reason == "spread":
        return {"cv": formats.significant(contact.spread.variation, 3)}
    if reason == "days":
        return {name: formats.significant(_mean_cv(plan.workload, name), 2) for name in ("day_cv", "slot_cv")}
    if reason == "lines":
        return {"lines": formats.number(plan.lines), "blocking": formats.share(plan.simulation.kpi("blocking")[0], 2)}
    if reason == "redials":
        service, redial = plan.simulation.service, contact.redial
        more = float(service["offered"].sum()) / float(service["customers"].sum()) - 1
        shares = {"abandon": formats.percent(redial.after_abandon), "busy": formats.percent(redial.after_busy)}
        return {**shares, "more": formats.share(more, 2)}
    return {}


def _total(plan: Plan, row: dict[str, Any], reasons: bool, language: str) -> str:
    gap, half = float(row["difference"]), half_of(row)
    same = "total_cancel" if reasons else "total_chance"
    key = same if abs(gap) <= half else "total_more" if gap > 0 else "total_less"
    values = {
        "kpi": kpi.label("sl_offered", language, plan.scenario.targets.threshold),
        "promised": formats.share(row["formula_needed"]),
        "simulated": level(row["simulated"], "sl_offered", half),
    }
    return text(f"beside.{key}", language, **values, **({} if key == same else {"points": formats.number(100 * abs(gap), 2)}))


def _same_agents(row: dict[str, Any], language: str) -> str:
    rest = float(row["simulated"]) - float(row["formula_scheduled"])
    return text(
        "beside.same_agents",
        language,
        formula=formats.share(row["formula_scheduled"]),
        simulated=formats.share(row["simulated"]),
        points=points(rest, half_of(row)),
    )


def _intervals(beside: Beside, language: str) -> str:
    rows = beside.intervals
    counts = {
        "count": formats.number((rows["contacts"] > 0).sum()),
        "below": formats.number((rows["beyond"] < 0).sum()),
        "above": formats.number((rows["beyond"] > 0).sum()),
    }
    key = "intervals" if (rows["beyond"] != 0).any() else "intervals_none"
    return text(f"beside.{key}", language, **counts)


def _mean_cv(work: pd.DataFrame, column: str) -> float:
    """Mean over contacts of a level's coefficient of variation; 0 where the workload has none."""
    if column not in work:
        return 0.0
    weight = (work["arrival_rate"] * work["duration"]).to_numpy(float)
    return float((np.nan_to_num(work[column].to_numpy(float)) * weight).sum() / weight.sum()) if weight.sum() > 0 else 0.0
