"""Agents of intervals that leave each other their queues, explained: the service they give, and what one fewer would miss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wfm.core import kpi
from wfm.report import formats
from wfm.report.explain import Fact, Ground, Part
from wfm.report.misses import said
from wfm.report.words import name, text
from wfm.staffing import queue_model
from wfm.staffing.linked import linked_service, open_spans
from wfm.staffing.missed import Miss, missed
from wfm.staffing.steady import least

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario

_KPIS = ("answer_rate", "sl_offered", "occupancy", "mean_wait_all")
#: Seconds before and after an interval that are played to tell what its agents change: queues have long been forgotten then.
_AROUND = 7200.0


@dataclass(frozen=True)
class OneFewer:
    """What an interval's agents give on the day they are found for, and what one fewer would.

    Attributes
    ----------
    agents, fewer
        Agents of the interval; those it would have.
    here, without
        The interval's KPIs with ``agents`` and with ``fewer``.
    already
        Targets that these agents miss in the interval.
    missed
        Targets that are missed with one fewer and kept with all, the interval's own first, then by how much.
    """

    agents: float
    fewer: float
    here: dict[str, float]
    without: dict[str, float]
    already: list[Miss]
    missed: list[Miss]


def one_fewer(need: pd.DataFrame, start: Any, scenario: Scenario) -> OneFewer:
    """Play the hours around an interval with its agents and with one fewer, as busy as they are found for.

    Parameters
    ----------
    need
        Table ``requirement``; ``agents`` finite in the interval and at least 1.
    start
        The interval's start. Where agents change every so many intervals only (``staffing.every``), all of its block lose one.
    """
    at = int(np.flatnonzero((need["start"] == start).to_numpy())[0])
    span = next(span for span in open_spans(need) if span.start <= at < span.stop)
    every = scenario.staffing.every
    first = span.start + (at - span.start) // every * every
    around = max(4, math.ceil(_AROUND / float(need["duration"].iloc[at])))
    window = slice(max(span.start, first - around), min(span.stop, first + every + around))
    rows = need.iloc[window]
    if "busier" in rows:
        rows = rows.assign(arrival_rate=rows["arrival_rate"] * rows["busier"])
    agents = rows["agents"].to_numpy(float)
    less = agents.copy()
    block = slice(first - window.start, min(first + every, span.stop) - window.start)
    less[block] = np.maximum(less[block] - 1, 0)
    played = [rows.assign(**linked_service(rows, each, scenario.targets, scenario.contact)) for each in (agents, less)]
    with_all, with_less = (missed(table, scenario.targets) for table in played)
    known = {(miss.start, miss.target) for miss in with_all}
    new = [miss for miss in with_less if (miss.start, miss.target) not in known]
    new.sort(key=lambda miss: (miss.start != start, -miss.apart))
    here, without = ({key: float(table.iloc[at - window.start][key]) for key in _KPIS} for table in played)
    number = float(need["agents"].iloc[at])
    already = [miss for miss in with_all if miss.start == start]
    return OneFewer(number, number - 1, here, without, already, new)


def answer(ground: Ground, row: dict[str, Any], found: OneFewer) -> str:
    """How many, by which method, for how busy a day; that they do not reach the targets, where so."""
    language, most = ground.language, ground.scenario.staffing.agents_max
    values = {"agents": formats.number(row["agents"]), "method": name("model", row["method"], language)}
    key = "agents_transient" if row["method"] == "transient" and not found.already else "agents_by_rates"
    if found.already and most is not None and row["agents"] >= most:
        key = "agents_capped"
    extra = more(row)
    said = text("explain.agents_busier", language, more=formats.share(extra)) if extra else ""
    return text(f"explain.{key}", language, **values) + said


def inputs(ground: Ground) -> list[Part]:
    """The method and its constraints, as far as they are set."""
    keys = ("method", "agents_max", "step_max", "every")
    facts = [fact for fact in ground.many(*(f"staffing.{key}" for key in keys)) if fact.value not in (None, 1, "independent")]
    return [Part(text("explain.method", ground.language), facts)]


def busier(ground: Ground, row: dict[str, Any]) -> list[Part]:
    """The factor on a day's contacts that agents are found for, and why; nothing where it is the forecast."""
    if not more(row):
        return []
    language = ground.language
    factor = float(row["busier"])
    facts = [
        Fact("busier", text("fact.busier", language), factor, formats.number(factor, 3), formats.unit("times", language)),
        ground.number("rate_staffed", row["arrival_rate"] * factor * 3600, 1, "contacts/h"),
        ground.number("day_cv", row.get("day_cv"), 3),
        *(fact for fact in ground.many("staffing.promise.day_target_met") if fact.value is not None),
    ]
    share = ground.scenario.staffing.promise.day_target_met
    lines = [] if share is None else [text("explain.why_busier", language, promise=formats.percent(share))]
    return [Part(text("explain.busier", language), facts, lines)]


def service(ground: Ground, row: dict[str, Any], found: OneFewer) -> Part:
    """What the agents give by the chain, as forecast and as busy as they are found for; what one fewer would miss."""
    needed, language = float(row["agents"]), ground.language
    threshold = ground.scenario.targets.at(row["start"]).threshold
    facts = []
    if "mean_wait_all" in row:
        facts.append(_gives(f"agents.{needed:g}", needed, {key: float(row[key]) for key in _KPIS}, threshold, language))
    extra = more(row)
    suffix = ".busier" if extra else ""
    if extra or not facts:
        facts.append(_gives(f"agents.{needed:g}{suffix}", needed, found.here, threshold, language, extra))
    facts.append(_gives(f"agents.{found.fewer:g}{suffix}", found.fewer, found.without, threshold, language, extra))
    lines = []
    and_ = "；" if language == "zh" else "; "
    if found.already:
        lines.append(text("explain.linked_short", language, why=and_.join(said(miss, language) for miss in found.already)))
    if found.missed:
        told = [_where(miss, row["start"], language) + said(miss, language) for miss in found.missed[:3]]
        lines.append(text("explain.why_not_less", language, why=and_.join(told)))
    elif not found.already:
        lines.append(text("explain.one_less_holds", language))
    return Part(text("explain.linked", language), facts, lines)


def alone(ground: Ground, row: dict[str, Any]) -> Part:
    """What the formula of each interval by itself would ask for, for comparison."""
    language, scenario = ground.language, ground.scenario
    rate = float(row["arrival_rate"]) * (1 + more(row))
    model = queue_model(np.array([rate]), np.array([float(row["aht"])]), scenario.contact)
    agents = float(least(model, scenario.targets.at(row["start"]))[0][0])
    shown = formats.number(agents) if math.isfinite(agents) else "∞"
    label = text("fact.independent", language, model=name("model", type(model).__name__, language))
    fact = Fact("independent", label, agents, shown, formats.unit("people", language))
    return Part(text("explain.compared", language), [fact])


def more(row: dict[str, Any]) -> float:
    """How much busier than forecast the day is that agents are found for."""
    factor = row.get("busier", 1.0)
    return 0.0 if formats.missing(factor) or float(factor) <= 1 else float(factor) - 1


def _gives(key: str, agents: float, found: dict[str, float], threshold: float, language: str, more: float = 0.0) -> Fact:
    """So many agents and the KPIs they give."""
    shown = ("，" if language == "zh" else ", ").join(
        f"{kpi.label(key_, language, threshold)} {_written(key_, value, language)}" for key_, value in found.items()
    )
    said = text("fact.with_agents", language, agents=formats.number(agents))
    said += text("explain.on_busier_day", language, more=formats.share(more)) if more else ""
    return Fact(key, said, {"agents": agents, **found}, shown)


def _written(key: str, value: float, language: str) -> str:
    return formats.share(value) if kpi.KPIS[key].unit == "share" else formats.seconds(value, language)


def _where(miss: Miss, start: Any, language: str) -> str:
    if miss.start == start:
        return ""
    return text("explain.in_interval", language, start=f"{miss.start:%H:%M}")
