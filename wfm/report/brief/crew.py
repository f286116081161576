"""People in a few lines: agents needed, shifts, seats and heads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wfm.report import formats, sentences
from wfm.report.brief.heading import title
from wfm.report.words import catalog, name, text
from wfm.report.words import kind as kind_said

if TYPE_CHECKING:
    import pandas as pd

    from wfm.capacity import People
    from wfm.scenario.model import Scenario
    from wfm.schedule.schedule import Schedule


def staff(scenario: Scenario, need: pd.DataFrame) -> list[str]:
    """Agents needed: the peak, agent-hours, targets and which of them binds, intervals beyond reach."""
    language = scenario.language
    lines = [title(scenario, "staff"), agents_needed(need, language)]
    busy = need[need["agents"] > 0]
    if busy.empty:
        return lines
    asked = []
    for key, bound in scenario.targets.solver().items():
        level = bound[0] if isinstance(bound, tuple) else bound
        sign = "≤" if key == "occupancy" else "≥"
        asked.append(f"{_target(key, scenario, language)}{sign}{formats.percent(level)}")
    methods = text("step.and", language).join(name("model", method, language) for method in sorted(set(need["method"])))
    lines.append(text("digest.targets", language, targets=text("step.and", language).join(asked), method=methods))
    if scenario.targets.dated:
        lines.append(text("digest.dated_targets", language, dates=text("step.and", language).join(scenario.targets.dated)))
    shares = busy["binding"].value_counts(normalize=True)
    shown = [
        text("digest.binding_one", language, target=_target(str(key), scenario, language), share=formats.share(value, 0))
        for key, value in sorted(shares.items(), key=lambda item: (-item[1], str(item[0])))
    ]
    lines.append(text("digest.binding", language, binding=text("step.and", language).join(shown)))
    beyond = need[need["agents"] == math.inf]
    if beyond.empty:
        return [*lines, text("digest.reachable", language)]
    start = formats.instant(beyond["start"].iloc[0], language)
    return [*lines, text("digest.unreachable", language, count=formats.number(len(beyond)), start=start)]


def schedule(scenario: Scenario, made: Schedule) -> list[str]:
    """Shifts: how many, their hours and cost, those of each template, and where people are missing."""
    language, currency = scenario.language, scenario.currency
    lines = [title(scenario, "schedule")]
    if made.cover.empty:
        return [*lines, text("step.nothing", language)]
    at_once = made.cover.groupby("start")["present"].sum()
    lines.append(
        text(
            "digest.shifts",
            language,
            count=formats.number(made.weekly["shifts"].sum()),
            hours=formats.number(made.paid_hours),
            cost=formats.price(made.cost, language, currency),
            present=formats.number(at_once.max()),
            start=formats.instant(at_once.index[int(at_once.to_numpy().argmax())], language),
        )
    )
    if made.shortfalls.empty:
        lines.append(text("digest.covered", language))
    else:
        worst = made.shortfalls.iloc[int(made.shortfalls["short"].to_numpy(float).argmax())]
        lines.append(
            text(
                "digest.short",
                language,
                count=formats.number(len(made.shortfalls)),
                start=formats.instant(worst["start"], language),
                short=formats.number(worst["short"], 1),
                why=name("why", worst["why"], language),
            )
        )
    lines.append(text("digest.efficiency", language, share=formats.share(made.efficiency)))
    for row in sentences.records(made.weekly[made.weekly["shifts"] > 0]):
        values = {"count": row["shifts"], "day": row["busiest_day"], "week": row["busiest_week"]}
        shift = name("shift", row["template"], language)
        lines.append(text("digest.template", language, shift=shift, **{k: formats.number(v) for k, v in values.items()}))
    return lines


def people(scenario: Scenario, made: People) -> list[str]:
    """People: seats and heads by kind, licences and lines, the chain that leads there."""
    language = scenario.language
    values = {"concurrent": made.licences_concurrent, "named": made.licences_named, "lines": made.lines}
    chain = {"agents": made.agents, "present": made.present}
    return [
        title(scenario, "people"),
        seats_and_heads(made, language),
        text("digest.licences", language, **{key: formats.number(value) for key, value in values.items()}),
        text(
            "digest.chain",
            language,
            rostered=formats.number(made.rostered, 1),
            fte=formats.number(made.fte, 1),
            **{key: formats.number(value) for key, value in chain.items()},
        ),
    ]


def agents_needed(need: pd.DataFrame, language: str) -> str:
    """The most agents, when, the usual number, agent-hours; or that nobody is needed, or none suffice."""
    reachable = need[need["agents"] < math.inf]
    busy = reachable[reachable["agents"] > 0]
    if busy.empty:
        return text("screen.nobody" if need["agents"].sum() == 0 else "screen.unreachable", language)
    top = busy.iloc[int(busy["agents"].to_numpy().argmax())]
    return text(
        "digest.agents",
        language,
        peak=formats.number(top["agents"]),
        start=formats.instant(top["start"], language),
        median=formats.number(busy["agents"].median()),
        hours=formats.number((busy["agents"] * busy["duration"]).sum() / 3600),
    )


def seats_and_heads(made: People, language: str) -> str:
    """Seats, and heads by kind."""
    kinds = " + ".join(
        text("digest.kind", language, kind=kind_said(kind, heads, language), heads=formats.number(heads))
        for kind, heads in zip(made.kinds["kind"], made.kinds["heads"], strict=True)
        if heads
    )
    return text("digest.people", language, seats=formats.number(made.seats), heads=formats.number(made.heads), kinds=kinds)


def _target(key: str, scenario: Scenario, language: str) -> str:
    return text(f"target.{key}", language, threshold=f"{scenario.targets.threshold:g}") if f"target.{key}" in catalog() else key
