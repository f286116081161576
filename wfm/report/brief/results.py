"""What comes of it, in a few lines: service and money, and a whole plan in five."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.report import formats, sentences
from wfm.report.brief.crew import agents_needed, seats_and_heads
from wfm.report.brief.heading import span, title
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.plan import Plan
    from wfm.scenario.model import Scenario
    from wfm.simulate import SimulationResult
    from wfm.steps import Comparison


_KPIS = ("answer_rate", "sl_offered", "asa_answered", "occupancy")


def plan(made: Plan, language: str) -> list[str]:
    """A plan in five lines: whether the promise is kept, people, service, money, and what to watch."""
    window, currency = made.scenario.plan, made.scenario.currency
    then = text("step.then", language)
    status = text("brief.met" if made.status == "met" else "brief.short", language)
    served = [kpis(made.scenario, made.simulation, language), days_met(made.scenario, made.simulation, language)]
    options = sentences.records(made.options.loc[sentences.ranked(made)])
    told = [*worth(options, made.scenario, language), *each_option(options[:2], language, currency)]
    watch = sentences.advice(made.advice[0], language, currency) if made.advice else text("brief.nothing", language)
    return [
        text(
            "brief.plan",
            language,
            name=getattr(made.scenario.name, language),
            status=status,
            **span(window.start, window.end, language),
        ),
        text(
            "brief.people", language, agents=agents_needed(made.requirement, language), seats=seats_and_heads(made.people, language)
        ),
        text("brief.service", language, service=then.join(served)),
        text("brief.money", language, money=then.join(told)),
        text("brief.watch", language, advice=watch),
    ]


def simulate(scenario: Scenario, result: SimulationResult) -> list[str]:
    """Service: KPIs with intervals, days that keep all targets, the weakest weekday and interval."""
    language = scenario.language
    lines = [title(scenario, "simulate"), kpis(scenario, result, language), days_met(scenario, result, language)]
    service = result.service
    if len(service) and service["missed"].max() > 0:
        worst = service.iloc[int(service["missed"].to_numpy().argmax())]
        start = formats.instant(worst["start"], language)
        lines.append(text("digest.weakest_interval", language, start=start, missed=formats.number(worst["missed"], 1)))
    values = {"replications": formats.number(result.replications), "contacts": formats.number(result.contacts_simulated)}
    return [*lines, text("digest.budget", language, **values)]


def economics(scenario: Scenario, made: Comparison) -> list[str]:
    """The options, the highest net present value first, and which that is."""
    language = scenario.language
    rows = sentences.records(made.options[made.options["option"] != "none"].sort_values("npv", ascending=False, kind="stable"))
    best = text("digest.best", language, option=text(f"option.{made.best}", language))
    return [title(scenario, "economics"), *worth(rows, scenario, language), *each_option(rows, language, scenario.currency), best]


def held(scenario: Scenario, *, heads: bool) -> str:
    """What is left out where people are given."""
    language = scenario.language
    said = [text("digest.held", language), *([] if heads else [text("digest.held_no_heads", language)])]
    return text("step.then", language).join(said)


def kpis(scenario: Scenario, result: SimulationResult, language: str) -> str:
    """KPIs with their intervals."""
    shown = []
    for key in _KPIS:
        value, low, high = result.kpi(key)
        if kpi.KPIS[key].unit == "s":
            level = formats.seconds(value, language)
        else:
            level = f"{formats.share(value)} ({formats.share(low)}–{formats.share(high)})"
        shown.append(f"{kpi.label(key, language, scenario.targets.threshold)} {level}")
    return text("digest.kpis", language, kpis=text("step.and", language).join(shown))


def days_met(scenario: Scenario, result: SimulationResult, language: str) -> str:
    """Days that keep all targets, and the weakest weekday."""
    row = sentences.records(result.promises[result.promises["target"] == "all"])[0]
    targets = [kpi.label(key, language, scenario.targets.threshold) for key in scenario.targets.bounds()]
    said = text(
        "digest.days_met",
        language,
        targets=("、" if language == "zh" else ", ").join(targets),
        promise=formats.percent(scenario.promised_days),
        **_met(row),
    )
    if scenario.targets.dated:
        dates = text("step.and", language).join(scenario.targets.dated)
        said += text("step.then", language) + text("digest.dated_targets", language, dates=dates)
    known = result.weekdays.dropna(subset=["met"])
    if known.empty:
        return said
    worst: dict[str, Any] = sentences.records(known.iloc[[int(known["met"].to_numpy().argmin())]])[0]
    weekday = text(f"weekdays.{int(worst['weekday'])}", language)
    return said + text("step.then", language) + text("digest.weakest_day", language, weekday=weekday, **_met(worst))


def _met(row: dict[str, Any]) -> dict[str, str]:
    return {key: formats.share(row[column]) for key, column in (("met", "met"), ("low", "met_low"), ("high", "met_high"))}


def worth(rows: list[dict[str, Any]], scenario: Scenario, language: str) -> list[str]:
    """What nobody should have to read out of the numbers: that nothing pays, or that gains are not counted at all."""
    if not rows:
        return []
    years = sentences.horizon(scenario, language)
    if not _benefit(rows):
        return [text("digest.cost_alone", language)]
    if any(row["npv"] > 0 for row in rows):
        return []
    back = all(formats.missing(row["payback_months"]) for row in rows)
    return [text("digest.nothing_pays_back" if back else "digest.nothing_pays", language, years=years)]


def each_option(rows: list[dict[str, Any]], language: str, currency: str) -> list[str]:
    """The options, each in a phrase; by their cost alone where no benefit is counted."""
    return [_option(row, language, currency, benefit=_benefit(rows)) for row in rows]


def _benefit(rows: list[dict[str, Any]]) -> bool:
    """Whether any option is credited with sales."""
    return any(row["benefit_year"] > 0 for row in rows)


def _option(row: dict[str, Any], language: str, currency: str, *, benefit: bool) -> str:
    name_ = text(f"option.{row['option']}", language)
    amounts = {
        "investment": formats.money(row["investment"], language, currency),
        "running": formats.money(row["running_cost_year"], language, currency),
    }
    if not benefit:
        cost = formats.price(row["cost_per_contact"], language, currency, 2)
        return text("digest.option_cost", language, option=name_, cost=cost, **amounts)
    payback = row["payback_months"]
    if formats.missing(payback):
        months = text("digest.no_payback", language)
    else:
        months = text("digest.payback", language, months=f"{formats.number(payback, 1)} {text('unit.month', language)}")
    return text(
        "digest.option", language, option=name_, npv=formats.money(row["npv"], language, currency), payback=months, **amounts
    )
