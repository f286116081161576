"""The sheets of people, money, origins and definitions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.report import formats, sentences
from wfm.report.headline import MEASURES
from wfm.report.sections import PEOPLE_TERMS
from wfm.report.sections_money import terms
from wfm.report.sheet import Column, Sheet
from wfm.report.values import is_share, value_written
from wfm.report.words import name, text

if TYPE_CHECKING:
    from wfm.plan import Plan
    from wfm.scenario.origins import Origin

_PEOPLE_UNITS = {"fte": "fte", "seats": "seats", "licences_concurrent": "licences", "licences_named": "licences", "lines": "lines"}
_KIND_UNITS = {"heads": "people", "fte": "fte", "shifts_per_week": "shifts", "paid_hours_month": "hours"}


def people(plan: Plan, language: str) -> Sheet:
    """The chain from agents on queue to heads, seats and licences; then heads by kind."""
    row, shrinkage = plan.people.table.iloc[0], plan.scenario.people.shrinkage
    shares = {"in_office": formats.percent(shrinkage.in_office), "out_of_office": formats.percent(shrinkage.out_of_office)}
    cells: list[tuple[str, str, float, str, str, str]] = [
        (
            text(f"people.{key}", language),
            "",
            float(row[key]),
            "number" if key in ("rostered", "fte") else "whole",
            formats.unit(_PEOPLE_UNITS.get(key, "people"), language),
            text(f"people_definition.{key}", language, **shares),
        )
        for key in PEOPLE_TERMS
    ]
    for kind in plan.people.kinds.to_dict("records"):
        cells += [
            (
                text(f"people.{key}" if key in ("heads", "fte") else f"kind_measure.{key}", language),
                name("kind", kind["kind"], language),
                kind[key],
                "whole" if key == "heads" else "number",
                formats.unit(unit, language),
                "",
            )
            for key, unit in _KIND_UNITS.items()
            if kind[key] == kind[key]
        ]
    what, kinds, numbers, formats_, units, meanings = ([cell[i] for cell in cells] for i in range(6))
    columns = [
        Column(text("head.what", language), "text", what),
        Column(text("head.kind", language), "text", kinds),
        Column(text("head.number", language), "number", numbers, kinds=[str(kind) for kind in formats_]),
        Column(text("head.unit", language), "text", units),
        Column(text("head.definition", language), "words", meanings),
    ]
    return _sheet("people", language, columns)


def ledger(plan: Plan, language: str) -> Sheet:
    """Every amount of money."""
    rows, unit = plan.ledger, formats.small_unit(language, plan.scenario.currency)

    def worded(column: str, section: str) -> list[str]:
        return [name(section, value, language) for value in rows[column]]

    def phrases(column: str) -> list[str]:
        return [sentences.phrase(str(value), language) for value in rows[column]]

    columns = [
        Column(text("head.option", language), "text", worded("option", "option")),
        Column(text("head.month", language), "whole", rows["period"].tolist()),
        Column(text("head.line", language), "text", worded("line", "line")),
        Column(text("head.kind", language), "text", worded("category", "category")),
        Column(text("head.quantity", language), "price", rows["quantity"].tolist()),
        Column(text("head.unit", language), "text", [formats.unit(str(value), language) for value in rows["unit"]]),
        Column(text("head.price", language, unit=unit), "price", rows["unit_price"].tolist()),
        Column(text("head.index", language), "small", rows["index"].tolist()),
        Column(text("head.amount", language, unit=unit), "price", rows["amount"].tolist()),
        Column(text("head.how", language), "text", phrases("formula")),
        Column(text("head.origin", language), "text", worded("origin", "origin")),
        Column(text("head.price_date", language), "text", phrases("price_date")),
        Column(text("head.source", language), "text", phrases("source")),
    ]
    return _sheet("ledger", language, columns, frozen=3)


def options(plan: Plan, language: str) -> Sheet:
    """Measures down, options across."""
    table, currency = plan.options, plan.scenario.currency
    unit = formats.small_unit(language, currency)
    keys = [key for key in MEASURES if key in table]
    kinds = [_KINDS[MEASURES[key]] for key in keys]
    cash = plan.scenario.money
    rates = {"reinvest": formats.percent(getattr(cash, "reinvest_rate", None)), "uplift": formats.percent(cash.benefit.net())}
    columns = [
        Column(text("table.measure", language), "text", [text(f"measures.{key}", language, unit=unit) for key in keys]),
        Column(
            text("head.unit", language),
            "text",
            [
                "%" if kind == "share" else formats.unit(MEASURES[key], language, currency)
                for key, kind in zip(keys, kinds, strict=True)
            ],
        ),
        *(
            Column(text(f"option_spelled.{row['option']}", language), "number", [row[key] for key in keys], kinds=kinds)
            for row in table.to_dict("records")
        ),
        Column(text("head.definition", language), "words", [text(f"measure_definition.{key}", language, **rates) for key in keys]),
    ]
    rate, years = formats.percent(cash.discount_rate), sentences.horizon(plan.scenario, language)
    return _sheet("options", language, columns, rate=rate, years=years)


def break_evens(plan: Plan, language: str) -> Sheet:
    """What would have to change for another option to be the better one."""
    rows, currency = sentences.records(plan.break_evens), plan.scenario.currency
    shares = [str(row["unit"]) in ("", "share", "ratio", "factor") for row in rows]
    kinds = ["share" if share else "price" for share in shares]
    columns = [
        Column(text("head.lever", language), "text", [sentences.lever(row, language) for row in rows]),
        Column(text("head.option", language), "text", [text(f"option.{row['option']}", language) for row in rows]),
        Column(text("head.against", language), "text", [text(f"option.{row['against']}", language) for row in rows]),
        Column(text("head.current", language), "price", [row["current"] for row in rows], kinds=kinds),
        Column(text("head.break_even", language), "price", [row["value"] for row in rows], kinds=kinds),
        Column(
            text("head.unit", language),
            "text",
            ["%" if share else formats.unit(str(row["unit"]), language, currency) for share, row in zip(shares, rows, strict=True)],
        ),
        Column(text("head.reading", language), "words", [_reading(row, language, currency) for row in rows]),
    ]
    return _sheet("break_evens", language, columns, frozen=3)


def sources(plan: Plan, language: str) -> Sheet:
    """Every value with its origin."""
    rows, currency = plan.origins, plan.scenario.currency
    cells = [_cell(origin.value, origin, plan, language) for origin in rows]
    defaults = [_cell(origin.default, origin, plan, language) for origin in rows]
    units = [formats.unit(_unit(origin, plan), language, currency) for origin in rows]
    columns = [
        Column(text("head.key", language), "text", [origin.key for origin in rows]),
        Column(text("head.meaning", language), "words", [_meaning(origin, language) for origin in rows]),
        Column(text("head.value", language), "text", [value for value, _ in cells], kinds=[kind for _, kind in cells]),
        Column(text("head.unit", language), "text", units),
        Column(text("head.default", language), "text", [value for value, _ in defaults], kinds=[kind for _, kind in defaults]),
        Column(text("head.origin", language), "text", [name("origin", origin.kind, language) for origin in rows]),
        Column(text("head.source", language), "words", [sentences.phrase(origin.source, language) for origin in rows]),
        Column(text("head.price_date", language), "text", [sentences.phrase(origin.date, language) for origin in rows]),
        Column(
            text("head.grade", language), "text", [name("origin", "law", language) if o.grade == "law" else o.grade for o in rows]
        ),
    ]
    return _sheet("sources", language, columns, frozen=1)


def definitions(plan: Plan, language: str) -> Sheet:
    """Every KPI and measure with its definition."""
    threshold = plan.scenario.targets.threshold
    units = ["%" if kpi.KPIS[key].unit == "share" else "s" for key in kpi.KPIS]
    known = terms(plan, language)
    columns = [
        Column(text("head.what", language), "words", [what for what, _ in known]),
        Column(text("head.unit", language), "text", [*units, *[""] * (len(known) - len(units))]),
        Column(text("head.definition", language), "words", [meaning for _, meaning in known]),
        Column(text("head.key", language), "text", [*kpi.KPIS, *[""] * (len(known) - len(units))]),
    ]
    assert known[0][0] == kpi.label(next(iter(kpi.KPIS)), language, threshold)
    return _sheet("definitions", language, columns)


_KINDS = {
    "money": "money",
    "share": "share",
    "months": "number",
    "ratio": "price",
    "money/contact": "price",
}


def _sheet(key: str, language: str, columns: list[Column], *, frozen: int = 1, **values: Any) -> Sheet:
    title = text(f"sheet.{key}", language)
    return Sheet(title, title, text(f"sheet_note.{key}", language, **values), columns, frozen)


def _reading(row: dict[str, Any], language: str, currency: str) -> str:
    if row["value"] == row["value"]:
        return sentences.break_even(row, language, currency)
    option, against = (text(f"option.{row[column]}", language) for column in ("option", "against"))
    return text(f"break_even.{row['wins']}", language, option=option, against=against)


def _meaning(origin: Any, language: str) -> str:
    label = str(getattr(origin, language))
    return sentences.hours_of(label, language) if label == origin.key.rpartition(".")[2] else label


def _unit(origin: Origin, plan: Plan) -> str:
    """The unit of a value's cell: per cent of shares, and of what where the unit says so."""
    if is_share(plan.scenario, origin.key) or re.fullmatch("share(/.*)?", origin.unit):
        return f"%{origin.unit.removeprefix('share')}"
    return origin.unit


def _cell(value: Any, origin: Origin, plan: Plan, language: str) -> tuple[Any, str]:
    """A value as a number or a text, and the kind of its cell; a number without a unit, such as the seed, is shown as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        unit = _unit(origin, plan)
        return value, "percent" if unit.startswith(("%", "share")) else "price" if value != int_or(
            value
        ) else "whole" if unit else "text"
    return value_written(value, language), "text"


def int_or(value: float) -> float:
    """The value rounded, an infinity as it is."""
    return value if value in (float("inf"), float("-inf")) or value != value else float(round(value))
