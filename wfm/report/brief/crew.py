"""People in a few lines: agents needed, shifts, seats and heads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wfm.core import moments
from wfm.report import formats, sentences
from wfm.report import misses as told
from wfm.report.brief.heading import title
from wfm.report.explain_linked import more, one_fewer
from wfm.report.explain_targets import bound
from wfm.report.words import catalog, name, text
from wfm.report.words import kind as kind_said
from wfm.staffing.inputs import LINKED
from wfm.staffing.missed import missed

if TYPE_CHECKING:
    import pandas as pd

    from wfm.capacity import People
    from wfm.scenario.model import Scenario
    from wfm.schedule.schedule import Schedule
    from wfm.staffing import Targets


def staff(scenario: Scenario, need: pd.DataFrame) -> list[str]:
    """Agents needed: the peak, agent-hours, targets and which of them binds, for how busy a day, intervals that miss a target.

    Five lines: all of them are the gist.
    """
    language = scenario.language
    lines = [title(scenario, "staff"), agents_needed(need, language)]
    busy = need[need["agents"] > 0]
    if busy.empty:
        return lines
    methods = text("step.and", language).join(name("model", method, language) for method in sorted(set(need["method"])))
    then = text("step.then", language)
    asked = [text("digest.targets", language, targets=_asked(scenario.targets.general, language), method=methods)]
    if scenario.targets.dated:
        dates = [f"{key}{_then(scenario, key)}" for key in scenario.targets.dated]
        asked.append(text("digest.dated_targets", language, dates=text("step.and", language).join(dates)))
    why = [*_promise(scenario, need), *_binding(scenario, need, busy)]
    return [*lines, *(then.join(each) for each in (asked, why, _reached(scenario, need)) if each)]


def _reached(scenario: Scenario, need: pd.DataFrame) -> list[str]:
    """How many intervals are beyond reach, how many miss a target and which is worst; or that none does."""
    language = scenario.language
    said = []
    beyond = need[need["agents"] == math.inf]
    if len(beyond):
        start = formats.instant(beyond["start"].iloc[0], language)
        said.append(text("digest.unreachable", language, count=formats.number(len(beyond)), start=start))
    misses = missed(need, scenario.targets)
    if misses:
        worst = max(misses, key=lambda miss: miss.apart)
        count = len({miss.start for miss in misses})
        start = formats.instant(worst.start, language)
        said.append(text("digest.missed", language, count=formats.number(count), start=start, why=told.said(worst, language)))
    elif beyond.empty:
        linked = set(need["method"]) & set(LINKED)
        said.append(text("digest.reached_linked" if linked else "digest.reachable", language))
    return said


def _promise(scenario: Scenario, need: pd.DataFrame) -> list[str]:
    """How much busier than forecast the days are that people are found for; nothing where that is the forecast."""
    share, language = scenario.staffing.promise.day_target_met, scenario.language
    if share is None or "busier" not in need:
        return []
    factors = need.groupby("date")["busier"].max() - 1
    if not factors.max() > 0:
        return [text("digest.not_busier", language, promise=formats.percent(share))]
    values = {"median": formats.share(factors.median()), "most": formats.share(factors.max())}
    day = formats.day(factors.index[int(factors.to_numpy().argmax())], language)
    return [text("advice.staffed_busier", language, promise=formats.percent(share), day=day, **values)]


def _binding(scenario: Scenario, need: pd.DataFrame, busy: pd.DataFrame) -> list[str]:
    """Which target asks for the most agents, at the peak too; of linked intervals, what one fewer at the peak would miss."""
    language = scenario.language
    reachable = busy[busy["agents"] < math.inf]
    if reachable.empty:
        return []
    top = reachable.iloc[int(reachable["agents"].to_numpy().argmax())]
    start = formats.instant(top["start"], language)
    if top["method"] in LINKED:
        found = one_fewer(need, top["start"], scenario)
        extra = more(dict(top))
        busier = text("explain.on_busier_day", language, more=formats.share(extra)) if extra else ""
        values = {"start": start, "fewer": formats.number(found.fewer), "busier": busier}
        if found.already:
            why = told.said(found.already[0], language)
            return [text("digest.peak_short", language, start=start, agents=formats.number(found.agents), why=why)]
        if not found.missed:
            return [text("digest.peak_spare", language, **values)]
        first = found.missed[0]
        where = "" if first.start == top["start"] else text("explain.in_interval", language, start=f"{first.start:%H:%M}")
        label = name("target", first.target, language, threshold=f"{first.threshold:g}")
        return [text("digest.peak_binding_linked", language, target=label, why=where + told.said(first, language), **values)]
    shares = busy["binding"].value_counts(normalize=True)
    shown = [
        text("digest.binding_one", language, target=_target(str(key), scenario, language), share=formats.share(value, 0))
        for key, value in sorted(shares.items(), key=lambda item: (-item[1], str(item[0])))
    ]
    held = scenario.targets.at(top["start"])
    target = name("target", top["binding"], language, threshold=f"{held.threshold:g}")
    peak = text("digest.peak_binding", language, start=start, target=target)
    return [text("digest.binding", language, binding=text("step.and", language).join(shown)) + text("step.then", language) + peak]


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


def _asked(targets: Targets, language: str) -> str:
    """Targets as bounds, in one line."""
    shown = []
    for key in targets.solver():
        label = name("target", key, language, threshold=f"{targets.threshold:g}")
        shown.append(f"{label}{bound(targets, key).replace(' ', '')}")
    return text("step.and", language).join(shown)


def _then(scenario: Scenario, dates: str) -> str:
    """The targets at the start of certain dates, in brackets."""
    import pandas as pd

    start = pd.Timestamp(moments.span(dates).start).tz_localize(scenario.timezone, ambiguous=True, nonexistent="shift_forward")
    asked = _asked(scenario.targets.at(start), scenario.language)
    return f"（{asked}）" if scenario.language == "zh" else f" ({asked})"


def _target(key: str, scenario: Scenario, language: str) -> str:
    return text(f"target.{key}", language, threshold=f"{scenario.targets.threshold:g}") if f"target.{key}" in catalog() else key
