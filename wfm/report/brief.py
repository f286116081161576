"""A step, or a plan, in a few lines of plain text: what it comes to, its peak, its first weak points; five lines are the gist.

No drawn boxes and no characters that cp936 lacks, so that the lines can be pasted into any chat.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.history.repairs import row_said
from wfm.report import formats, sentences
from wfm.report.words import catalog, name, text

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from wfm.capacity import People
    from wfm.plan import Plan
    from wfm.scenario.model import Scenario
    from wfm.schedule.schedule import Schedule
    from wfm.simulate import SimulationResult
    from wfm.steps import Comparison

_TOLD = 5
_KPIS = ("answer_rate", "sl_offered", "asa_answered", "occupancy")


def plan(made: Plan, language: str) -> list[str]:
    """A plan in five lines: whether the promise is kept, people, service, money, and what to watch."""
    window, currency = made.scenario.plan, made.scenario.currency
    then = text("step.then", language)
    status = text("brief.met" if made.status == "met" else "brief.short", language)
    served = [_kpis(made.scenario, made.simulation, language), _days_met(made.scenario, made.simulation, language)]
    rows = [row for row in sentences.records(made.options) if row["option"] in sentences.ranked(made)[:2]]
    rows.sort(key=lambda row: sentences.ranked(made).index(row["option"]))
    watch = sentences.advice(made.advice[0], language, currency) if made.advice else text("brief.nothing", language)
    return [
        text(
            "brief.plan",
            language,
            name=getattr(made.scenario.name, language),
            status=status,
            **_span(window.start, window.end, language),
        ),
        text("brief.people", language, agents=_agents(made.requirement, language), seats=_seats(made.people, language)),
        text("brief.service", language, service=then.join(served)),
        text("brief.money", language, money=then.join(_option(row, language, currency) for row in rows)),
        text("brief.watch", language, advice=watch),
    ]


def history(
    table: pd.DataFrame, repairs: pd.DataFrame, language: str, *, head: str, repaired: bool = True, most: int = _TOLD
) -> list[str]:
    """What was read: days, queues, totals, the busiest day, and the first ``most`` repairs."""
    if table.empty:
        return [head, text("step.nothing", language)]
    dates, queues = table["start"].dt.date, sorted(set(table["queue"]))
    shown = text("step.and", language).join(queues[:3]) + ("..." if len(queues) > 3 else "")
    lines = [
        head,
        text(
            "digest.read",
            language,
            days=formats.number(dates.nunique()),
            rows=formats.number(len(table)),
            queues=text("digest.queue_names", language, count=formats.number(len(queues)), names=shown),
            **_span(dates.min(), dates.max(), language),
        ),
        _past(table, dates, language),
    ]
    totals = table["offered"].groupby(dates).sum()
    at = int(totals.to_numpy().argmax())
    peak, most_contacts = totals.index[at], totals.iloc[at]
    lines.append(
        text(
            "digest.busiest_day_past", language, day=formats.day(peak, language, year=True), contacts=formats.number(most_contacts)
        )
    )
    if repaired:
        lines += _repairs(repairs, language, most)
    return lines


def _past(table: pd.DataFrame, dates: pd.Series, language: str) -> str:
    """Contacts, handle time and abandonment of a history."""
    total, days = float(table["offered"].sum()), max(dates[table["offered"].notna()].nunique(), 1)
    values = {"total": formats.number(total), "mean": formats.number(total / days)}
    line = text("digest.contacts_no_aht", language, **values)
    if {"handled", "handle_time"} <= set(table):
        known = table.dropna(subset=["handled", "handle_time"])
        handled = float(known["handled"].sum())
        if handled > 0:
            aht = formats.seconds(float(known["handle_time"].sum()) / handled, language)
            line = text("digest.contacts", language, aht=aht, **values)
    if "abandoned" in table and table["abandoned"].notna().any():
        known = table.dropna(subset=["abandoned", "offered"])
        lost, asked = float(known["abandoned"].sum()), float(known["offered"].sum())
        share = formats.share(lost / asked if asked else math.nan)
        line += text("step.then", language) + text("digest.unanswered", language, abandoned=formats.number(lost), share=share)
    return line


def _repairs(repairs: pd.DataFrame, language: str, most: int) -> list[str]:
    if repairs.empty:
        return [text("digest.no_repairs", language)]
    lines = [text("digest.repairs", language, count=formats.number(len(repairs)))]
    for row in sentences.records(repairs.head(most)):
        said = dict(zip(("what", "action"), row_said(row, language), strict=True))
        at = str(row.get("lines") or row["line"] or "")
        lines.append(
            "  " + (text("digest.repair", language, line=at, **said) if at else text("digest.repair_gap", language, **said))
        )
    if len(repairs) > most:
        lines.append("  " + text("digest.more", language, count=formats.number(len(repairs) - most)))
    return lines


def generate(scenario: Scenario, table: pd.DataFrame) -> list[str]:
    """A made-up past: that it is one, and what it comes to."""
    language = scenario.language
    first, last = table["start"].min().date(), table["start"].max().date()
    head = title(scenario, "generate", first, last)
    return history(table, table.head(0), language, head=head, repaired=False)


def forecast(scenario: Scenario, table: pd.DataFrame, days: pd.DataFrame) -> list[str]:
    """A forecast: totals, the busiest day with its band, the busiest interval, the weekdays."""
    language = scenario.language
    lines = [title(scenario, "forecast")]
    if table.empty or not len(days):
        return [*lines, text("step.nothing", language)]
    total = float(table["contacts"].sum())
    aht = float((table["contacts"] * table["aht"]).sum()) / total if total else math.nan
    mean = total / len(days)
    lines.append(
        text(
            "digest.contacts", language, total=formats.number(total), mean=formats.number(mean), aht=formats.seconds(aht, language)
        )
    )
    day = days.iloc[int(days["contacts"].to_numpy().argmax())]
    values = {key: formats.number(day[column]) for key, column in (("contacts", "contacts"), ("low", "q05"), ("high", "q95"))}
    lines.append(text("digest.busiest_day", language, day=formats.day(day["date"], language), **values))
    top = table.iloc[int(table["contacts"].to_numpy().argmax())]
    lines.append(
        text(
            "digest.busiest_interval",
            language,
            start=formats.instant(top["start"], language),
            contacts=formats.number(top["contacts"], 1),
        )
    )
    means = days.groupby("weekday")["contacts"].mean()
    shown = [
        text("digest.weekday", language, weekday=text(f"weekday.{w}", language), value=formats.number(v)) for w, v in means.items()
    ]
    lines.append(text("digest.weekdays", language, weekdays=text("step.and", language).join(shown)))
    if "counts" in table and (table["counts"] == "attempts").any():
        lines.append(text("digest.attempts", language))
    return lines


def staff(scenario: Scenario, need: pd.DataFrame) -> list[str]:
    """Agents needed: the peak, agent-hours, targets and which of them binds, intervals beyond reach."""
    language = scenario.language
    lines = [title(scenario, "staff"), _agents(need, language)]
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


def simulate(scenario: Scenario, result: SimulationResult) -> list[str]:
    """Service: KPIs with intervals, days that keep all targets, the weakest weekday and interval."""
    language = scenario.language
    lines = [title(scenario, "simulate"), _kpis(scenario, result, language), _days_met(scenario, result, language)]
    service = result.service
    if len(service) and service["missed"].max() > 0:
        worst = service.iloc[int(service["missed"].to_numpy().argmax())]
        start = formats.instant(worst["start"], language)
        lines.append(text("digest.weakest_interval", language, start=start, missed=formats.number(worst["missed"], 1)))
    values = {"replications": formats.number(result.replications), "contacts": formats.number(result.contacts_simulated)}
    return [*lines, text("digest.budget", language, **values)]


def people(scenario: Scenario, made: People) -> list[str]:
    """People: seats and heads by kind, licences and lines, the chain that leads there."""
    language = scenario.language
    values = {"concurrent": made.licences_concurrent, "named": made.licences_named, "lines": made.lines}
    chain = {"agents": made.agents, "present": made.present}
    return [
        title(scenario, "people"),
        _seats(made, language),
        text("digest.licences", language, **{key: formats.number(value) for key, value in values.items()}),
        text(
            "digest.chain",
            language,
            rostered=formats.number(made.rostered, 1),
            fte=formats.number(made.fte, 1),
            **{key: formats.number(value) for key, value in chain.items()},
        ),
    ]


def economics(scenario: Scenario, made: Comparison) -> list[str]:
    """The options, the highest net present value first, and which that is."""
    language = scenario.language
    rows = sentences.records(made.options[made.options["option"] != "none"].sort_values("npv", ascending=False, kind="stable"))
    options = [_option(row, language, scenario.currency) for row in rows]
    best = text("digest.best", language, option=text(f"option.{made.best}", language))
    return [title(scenario, "economics"), *options, best]


def held(scenario: Scenario, *, heads: bool) -> str:
    """What is left out where people are given."""
    language = scenario.language
    said = [text("digest.held", language), *([] if heads else [text("digest.held_no_heads", language)])]
    return text("step.then", language).join(said)


def title(scenario: Scenario, step: str, first: date | None = None, last: date | None = None) -> str:
    """Which scenario, which days, and which step."""
    language, window = scenario.language, scenario.plan
    span = _span(first or window.start, last or window.end, language)
    return text("step.title", language, name=getattr(scenario.name, language), what=text(f"step.{step}", language), **span)


def _span(first: date, last: date, language: str) -> dict[str, str]:
    return {
        "start": formats.day(first, language, year=True),
        "end": formats.day(last, language, year=last.year != first.year),
    }


def _agents(need: pd.DataFrame, language: str) -> str:
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


def _seats(made: People, language: str) -> str:
    kinds = " + ".join(
        text("digest.kind", language, kind=name("kind", kind, language), heads=formats.number(heads))
        for kind, heads in zip(made.kinds["kind"], made.kinds["heads"], strict=True)
        if heads
    )
    return text("digest.people", language, seats=formats.number(made.seats), heads=formats.number(made.heads), kinds=kinds)


def _target(key: str, scenario: Scenario, language: str) -> str:
    return text(f"target.{key}", language, threshold=f"{scenario.targets.threshold:g}") if f"target.{key}" in catalog() else key


def _kpis(scenario: Scenario, result: SimulationResult, language: str) -> str:
    shown = []
    for key in _KPIS:
        value, low, high = result.kpi(key)
        if kpi.KPIS[key].unit == "s":
            level = formats.seconds(value, language)
        else:
            level = f"{formats.share(value)} ({formats.share(low)}–{formats.share(high)})"
        shown.append(f"{kpi.label(key, language, scenario.targets.threshold)} {level}")
    return text("digest.kpis", language, kpis=text("step.and", language).join(shown))


def _days_met(scenario: Scenario, result: SimulationResult, language: str) -> str:
    """Days that keep all targets, and the weakest weekday."""
    row = sentences.records(result.promises[result.promises["target"] == "all"])[0]
    targets = [kpi.label(key, language, scenario.targets.threshold) for key in scenario.targets.bounds()]
    said = text(
        "digest.days_met",
        language,
        targets=("、" if language == "zh" else ", ").join(targets),
        promise=formats.percent(scenario.promise.day_target_met),
        **_met(row),
    )
    known = result.weekdays.dropna(subset=["met"])
    if known.empty:
        return said
    worst: dict[str, Any] = sentences.records(known.iloc[[int(known["met"].to_numpy().argmin())]])[0]
    weekday = text(f"weekdays.{int(worst['weekday'])}", language)
    return said + text("step.then", language) + text("digest.weakest_day", language, weekday=weekday, **_met(worst))


def _met(row: dict[str, Any]) -> dict[str, str]:
    return {key: formats.share(row[column]) for key, column in (("met", "met"), ("low", "met_low"), ("high", "met_high"))}


def _option(row: dict[str, Any], language: str, currency: str) -> str:
    payback = row["payback_months"]
    months = formats.NOTHING if formats.missing(payback) else f"{formats.number(payback, 1)} {text('unit.month', language)}"
    return text(
        "digest.option",
        language,
        option=text(f"option.{row['option']}", language),
        npv=formats.money(row["npv"], language, currency),
        investment=formats.money(row["investment"], language, currency),
        running=formats.money(row["running_cost_year"], language, currency),
        payback=months,
    )
