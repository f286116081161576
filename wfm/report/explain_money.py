"""What an option is worth, explained from its ledger."""

from __future__ import annotations

import math
from typing import Any

from wfm.core.errors import InputError, Problem
from wfm.report import formats, sentences
from wfm.report.console import cell
from wfm.report.explain import Explanation, Fact, Ground, Part
from wfm.report.explain_flows import CATEGORIES, amounts, inputs, monthly_rate
from wfm.report.headline import MEASURES
from wfm.report.words import name, text

_NONE = "none"


def explained(ground: Ground, measure: str, option: str | None) -> Explanation:
    """A measure of an option: its definition, the amounts behind it, the lines of the ledger that enter, and inputs."""
    language, currency, table = ground.language, ground.scenario.currency, ground.options
    chosen = _option(ground, option)
    value = float(table.loc[table["option"] == chosen, measure].to_numpy(float)[0])
    cash = ground.scenario.money
    rates = {"reinvest": formats.percent(getattr(cash, "reinvest_rate", None)), "uplift": formats.percent(cash.benefit.net())}
    large = MEASURES[measure] == "money"
    unit = formats.money_unit(language, currency) if large else ""
    small = formats.small_unit(language, currency)
    label = text(f"measures.{measure}", language, unit=small)
    shown = " ".join(part for part in (cell(value, measure, language), unit) if part)
    title = text("explain.title_option", language, what=label, option=text(f"option_spelled.{chosen}", language))
    parts = [
        Part(text("explain.numbers", language), amounts(ground, measure, chosen, value)),
        Part(text("explain.ledger", language), _lines(ground, chosen, CATEGORIES.get(measure))),
        Part(text("explain.inputs", language), inputs(ground, measure, chosen)),
    ]
    return Explanation(
        measure,
        "",
        title,
        text("explain.value", language, value=shown),
        value,
        text(f"measure_definition.{measure}", language, **rates),
        [part for part in parts if part.facts],
    )


def _option(ground: Ground, option: str | None) -> str:
    present = [str(name_) for name_ in ground.options["option"]]
    if option is None:
        ranked = [name_ for name_ in ground.options.sort_values("npv", ascending=False, kind="stable")["option"] if name_ != _NONE]
        return str(ranked[0]) if ranked else _NONE
    if option not in present:
        way_out, values = "Options here: {options}", {"options": ", ".join(present)}
        raise InputError(Problem("the plan has no such option", key="WHAT", value=option, way_out=way_out, values=values))
    return option


def _lines(ground: Ground, option: str, categories: tuple[str, ...] | None) -> list[Fact]:
    """Every line of the option's ledger over the horizon, of some categories where they are named."""
    language, currency, rows = ground.language, ground.scenario.currency, ground.ledger
    rows = rows[rows["option"] == option]
    rows = rows if categories is None else rows[rows["category"].isin(categories)]
    present = rows["amount"] * (-monthly_rate(ground) * rows["period"]).map(math.exp)
    facts = []
    for line in dict.fromkeys(rows["line"]):
        own = rows[rows["line"] == line]
        worth = float(present[own.index].sum())
        facts.append(
            Fact(
                f"{option}.{line}",
                f"{name('category', own['category'].iloc[0], language)} · {name('line', line, language)}",
                {"amount": float(own["amount"].sum()), "present_value": worth},
                text(
                    "explain.line",
                    language,
                    amount=formats.money(own["amount"].sum(), language, currency),
                    worth=formats.money(worth, language, currency),
                    price=formats.price(own["unit_price"].iloc[0], language, currency, 2),
                    unit=formats.unit(str(own["unit"].iloc[0]), language, currency),
                ),
                "",
                name("origin", own["origin"].iloc[0], language),
                _about(own.iloc[0], language),
            )
        )
    return facts


def _about(row: Any, language: str) -> str:
    parts = [sentences.phrase(str(row[column]), language) for column in ("formula", "source") if str(row[column])]
    return ("；" if language == "zh" else "; ").join(parts)
