"""The report as plain data: a title, a conclusion, tiles, and sections of blocks. The template only lays them out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wfm.core import kpi
from wfm.report import formats, sections, sentences
from wfm.report.blocks import Section
from wfm.report.console import kinds, with_half
from wfm.report.headline import Headline, headline
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.plan import Plan

#: Remarks that question the conclusion itself; they stand in the conclusion's box.
GRAVE = (
    "synthetic_history",
    "talk_alone",
    "no_talk",
    "estimated_demand",
    "outsourced_below_own_wage",
    "no_benefit",
    "nothing_pays",
    "foreign_prices",
    "not_all_answered",
    "event_days",
    "planned_events",
    "planned_events_alone",
)


@dataclass(frozen=True)
class Tile:
    """One number of the first screen, ``spread`` being half its 95 % interval."""

    label: str
    value: str
    note: str = ""
    spread: str = ""


@dataclass(frozen=True)
class Page:
    """Everything one language's page says."""

    language: str
    title: str
    about: list[str]
    verdict: list[str]
    turning: list[str]
    verify: list[str]
    remarks: list[str]
    tiles: list[Tile]
    sections: list[Section] = field(default_factory=list)


def page(plan: Plan, language: str) -> Page:
    """The report of a plan in one language, sections included."""
    front = first_page(plan, language)
    return Page(**{**vars(front), "sections": sections.sections(plan, language)})


def first_page(plan: Plan, language: str) -> Page:
    """Title, conclusion and tiles: what a notebook shows, and what the report opens with."""
    numbers = headline(plan)
    currency = plan.scenario.currency
    return Page(
        language=language,
        title=_title(plan, numbers, language),
        about=sentences.header(plan, language)[1:],
        verdict=verdict(plan, language),
        turning=[sentences.break_even(row, language, currency) for row in sentences.overturning(plan)],
        verify=[sentences.advice(remark, language, currency) for remark in plan.advice if remark.key in GRAVE],
        remarks=[sentences.advice(remark, language, currency) for remark in plan.advice if remark.key not in GRAVE],
        tiles=tiles(plan, numbers, language),
    )


def verdict(plan: Plan, language: str) -> list[str]:
    """The conclusion: which option, by how much, and whether service keeps its promise."""
    numbers, currency = headline(plan), plan.scenario.currency
    years = sentences.horizon(plan.scenario, language)
    ranked = sentences.ranked(plan)
    lines = []
    if ranked:
        names = [text(f"option_spelled.{option}", language) for option in ranked]
        worth = [numbers[f"option.{option}.npv"] for option in ranked]
        best = formats.money(worth[0], language, currency)
        if not sentences.benefit_known(plan):
            cost = formats.price(numbers[f"option.{ranked[0]}.cost_per_contact"], language, currency, 2)
            lines.append(text("verdict.cost", language, years=years, second=names[0], cost=cost))
        elif plan.best == "none":
            lines.append(text("verdict.none", language, years=years, second=names[0], npv=best))
        else:
            lines.append(text("verdict.best", language, years=years, best=names[0], npv=best))
            if len(ranked) > 1:
                # The difference of the rounded amounts, so that what is shown adds up.
                gap = formats.money(
                    1000 * (formats.half_up(worth[0] / 1000) - formats.half_up(worth[1] / 1000)), language, currency
                )
                lines.append(text("verdict.ahead", language, second=names[1], gap=gap))
            else:
                lines.append(text("verdict.alone", language))
    met, promise = formats.share(numbers["service.days_met"]), formats.percent(plan.scenario.promised_days)
    lines.append(text(f"verdict.service_{plan.status}", language, met=met, promise=promise))
    return lines


def tiles(plan: Plan, numbers: Headline, language: str) -> list[Tile]:
    """The first screen's numbers as tiles, each service number with its definition."""

    def shown(key: str) -> str:
        return formats.number(numbers[key])

    scenario, threshold = plan.scenario, plan.scenario.targets.threshold
    result = [
        Tile(text("tile.seats", language), shown("people.seats"), text("tile.seats_note", language)),
        Tile(text("tile.heads", language), shown("people.heads"), kinds(plan, numbers, language)),
        Tile(
            text("tile.licences", language),
            shown("people.licences_concurrent"),
            text("tile.licences_note", language, named=shown("people.licences_named")),
        ),
        Tile(
            text("tile.lines", language),
            shown("people.lines"),
            text("tile.lines_note", language, blocking=formats.percent(scenario.targets.line_blocking_max)),
        ),
    ]
    for name in ("answer_rate", "sl_offered"):
        label, meaning = kpi.label(name, language, threshold), kpi.definition(name, language, threshold)
        result.append(Tile(label, *_apart(with_half(numbers, f"service.{name}", language), meaning)))
    promise = text(
        "tile.days_note",
        language,
        targets=sentences.targets(plan, language),
        promise=formats.percent(scenario.promised_days),
    )
    result.append(Tile(text("tile.days_met", language), *_apart(with_half(numbers, "service.days_met", language), promise)))
    if numbers["carried.orders_all_targets"] is not None:
        now = text("tile.carried_note", language, now=shown("carried.orders_now"))
        result.append(Tile(text("tile.carried", language), shown("carried.orders_all_targets"), now))
    return result


def _apart(shown: str, note: str) -> tuple[str, str, str]:
    """Value, note and spread of a text such as ``88.6% ±0.4`` or ``88.0% (84.8–91.1%)``."""
    value, _, spread = shown.partition(" ")
    return value, note, spread


def _title(plan: Plan, numbers: Headline, language: str) -> str:
    name = getattr(plan.scenario.name, language)
    if not numbers["people.agents_peak"]:
        return text("page.title_nobody" if plan.requirement["agents"].sum() == 0 else "page.title_unreachable", language, name=name)
    days = plan.forecast["date"].nunique()
    per_day = float(plan.forecast["contacts"].sum()) / days
    contacts = formats.number(float(f"{per_day:.2g}"))
    seats, heads = formats.number(numbers["people.seats"]), formats.number(numbers["people.heads"])
    return text("page.title", language, name=name, seats=seats, heads=heads, contacts=contacts)
