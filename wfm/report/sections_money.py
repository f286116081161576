"""Sections 1 and 6 to 8 of the report: the options compared, the ledger, where every value comes from, and definitions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wfm.core import kpi
from wfm.report import formats, sentences, sentences_peak, tallied
from wfm.report.blocks import Block, Section, Table, Terms, chart, heads
from wfm.report.console import cell
from wfm.report.headline import MEASURES, headline
from wfm.report.values import origin_of, value_and_unit
from wfm.report.words import name, text

if TYPE_CHECKING:
    from wfm.plan import Plan
    from wfm.scenario.origins import Origin

#: What tells options apart where no benefit is counted; returns and paybacks of costs alone say nothing.
_COST_MEASURES = ("investment", "running_cost_year", "npv", "eaa", "cost_per_contact", "funding_need")
_PEOPLE_TERMS = ("agents", "present", "rostered", "fte", "heads", "seats", "licences_concurrent", "licences_named", "lines")


def conclusion(plan: Plan, language: str) -> Section:
    """The options side by side, by every measure."""
    known = sentences.benefit_known(plan)
    rate, years = formats.percent(plan.scenario.money.discount_rate), sentences.horizon(plan.scenario, language)
    intro = text("intro.conclusion" if known else "intro.conclusion_cost", language, rate=rate, years=years)
    turning = bool(sentences.overturning(plan))
    blocks: list[Block] = [chart("npv", language, half=turning)] if known else []
    if turning:
        blocks.append(chart("break_evens", language, half=True))
    return Section("conclusion", text("section.conclusion", language), intro, [*blocks, _options(plan, language)])


def money(plan: Plan, language: str) -> Section:
    """Cumulative cash, every break-even, and each option's ledger by line and year."""
    blocks: list[Block] = [chart("cash", language), _break_evens(plan, language)]
    blocks += [_ledger(plan, option, language) for option in plan.options["option"] if option in set(plan.ledger["option"])]
    return Section("money", text("section.money", language), text("intro.money", language), blocks)


def origins(plan: Plan, language: str) -> Section:
    """Every value with its origin; the planner's own stand out."""
    told = [origin_of(origin.kind, origin.value) for origin in plan.origins]
    count = Counter(told)
    kinds = {kind: formats.number(count[kind]) for kind in ("yours", "law", "stated", "found", "assumed", "fitted")}
    rows = [_origin(plan, origin, language) for origin in plan.origins]
    yours = frozenset(i for i, kind in enumerate(told) if kind == "yours")
    columns = heads(language, "name", "written", "unit", "origin", "source", "date", "grade")
    table = Table(text("table.origins", language), columns, rows, frozenset({1}), yours, tall=True)
    return Section("origins", text("section.origins", language), text("intro.origins", language, **kinds), [table])


def definitions(plan: Plan, language: str) -> Section:
    """KPIs, people and money measures with their definitions."""
    known = terms(plan, language)
    return Section("definitions", text("section.definitions", language), text("intro.definitions", language), [Terms(known)])


def terms(plan: Plan, language: str) -> list[tuple[str, str]]:
    """KPIs in the order of `wfm.core.kpi.KPIS`, then people, then money measures: name and definition."""
    threshold, shrinkage, cash = plan.scenario.targets.threshold, plan.scenario.people.shrinkage, plan.scenario.money
    shares = {"in_office": formats.percent(shrinkage.in_office), "out_of_office": formats.percent(shrinkage.out_of_office)}
    rates = {"reinvest": formats.percent(getattr(cash, "reinvest_rate", None)), "uplift": formats.percent(cash.benefit.net())}
    known = [(kpi.label(key, language, threshold), kpi.definition(key, language, threshold)) for key in kpi.KPIS]
    known += [(text(f"people.{key}", language), text(f"people_definition.{key}", language, **shares)) for key in _PEOPLE_TERMS]
    unit = formats.small_unit(language, plan.scenario.currency)
    known += [
        (text(f"measures.{key}", language, unit=unit), text(f"measure_definition.{key}", language, **rates)) for key in MEASURES
    ]
    return [*known, *sentences_peak.terms(plan, language)]


def _options(plan: Plan, language: str) -> Table:
    numbers, currency = headline(plan), plan.scenario.currency
    ranked = sentences.ranked(plan)
    unit = formats.small_unit(language, currency)
    known = sentences.benefit_known(plan)
    rows = []
    for measure in MEASURES if known else _COST_MEASURES:
        keys = [f"option.{option}.{measure}" for option in ranked]
        cells = [cell(numbers[key], measure, language) for key in keys if key in numbers]
        if any(shown != formats.NOTHING for shown in cells):
            rows.append([text(f"measures.{measure}", language, unit=unit), *cells])
    head = [text("table.measure", language), *(text(f"option_spelled.{option}", language) for option in ranked)]
    caption = text("table.options", language, unit=formats.money_unit(language, currency))
    decides = "npv" if known else "cost_per_contact"
    strong = frozenset(i for i, row in enumerate(rows) if row[0] == text(f"measures.{decides}", language, unit=unit))
    return Table(caption, head, rows, frozenset(range(1, len(ranked) + 1)), strong)


def _break_evens(plan: Plan, language: str) -> Table:
    currency, rows = plan.scenario.currency, []
    for row in sentences.records(plan.break_evens):
        option, against = (text(f"option.{row[column]}", language) for column in ("option", "against"))
        known = not formats.missing(row["value"])
        if known:
            reading = sentences.break_even(row, language, currency)
        else:
            reading = text(f"break_even.{row['wins']}", language, option=option, against=against)
        value = sentences.level(row, "value", language, currency) if known else formats.NOTHING
        rows.append(
            [sentences.lever(row, language), option, against, sentences.level(row, "current", language, currency), value, reading]
        )
    columns = heads(language, "lever", "option", "against", "current", "value", "reading")
    return Table(text("table.break_evens", language), columns, rows, frozenset({3, 4}), folded=True)


def _ledger(plan: Plan, option: str, language: str) -> Table:
    table = tallied.by_year(plan, option)
    years = [int(str(year)) for year in table.columns]
    rows, strong = [], set()
    for category in dict.fromkeys(table.index.get_level_values("category")):
        part = table.xs(category, level="category")
        rows += [
            [text(f"category.{category}", language), name("line", line, language), *_amounts(part.loc[line].tolist(), language)]
            for line in part.index
        ]
    strong.add(len(rows))
    rows.append([text("table.total", language), "", *_amounts(table.sum().tolist(), language)])
    head = [
        *heads(language, "kind", "line"),
        *(text("column.start_year" if year == 0 else "column.year", language, year=year) for year in years),
    ]
    caption = text(
        "table.ledger",
        language,
        option=text(f"option_spelled.{option}", language),
        unit=formats.money_unit(language, plan.scenario.currency),
    )
    columns = frozenset(range(2, len(years) + 3))
    return Table(caption, [*head, text("table.total", language)], rows, columns, frozenset(strong), folded=True)


def _amounts(values: list[float], language: str) -> list[str]:
    return [formats.thousands(value, language) if value else formats.NOTHING for value in [*values, sum(values)]]


def _origin(plan: Plan, origin: Origin, language: str) -> list[str]:
    currency = plan.scenario.currency
    value, unit = value_and_unit(origin.value, origin.unit, language, currency, plan.scenario, origin.key)
    label = origin.zh if language == "zh" else origin.en
    if label == origin.key.rpartition(".")[2]:
        label = sentences.hours_of(label, language)
    grade = text("origin.law", language) if origin.grade == "law" else origin.grade
    source = sentences.phrase(origin.source, language)
    return [
        f"{label}\n{origin.key}",
        value,
        unit,
        text(f"origin.{origin_of(origin.kind, origin.value)}", language),
        source,
        sentences.phrase(origin.date, language),
        grade,
    ]
