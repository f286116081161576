"""What an option is worth, explained from its ledger."""

from __future__ import annotations

import math
from typing import Any

from wfm.core.errors import InputError, Problem
from wfm.report import formats, sentences
from wfm.report.console import cell
from wfm.report.explain import Explanation, Fact, Ground, Part
from wfm.report.headline import MEASURES
from wfm.report.words import name, text

_NONE = "none"
_INPUTS = ("money.discount_rate", "money.horizon", "money.price_growth", "money.demand_growth")


def explained(ground: Ground, measure: str, option: str | None) -> Explanation:
    """A measure of an option: its definition, the option's ledger by line, undiscounted and as present values."""
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
    lines, total = _lines(ground, chosen)
    facts = [*ground.many(*_INPUTS)]
    parts = [Part(text("explain.ledger", language), lines)]
    if measure == "npv":
        baseline = _lines(ground, _NONE)[1] if chosen != _NONE else 0.0
        facts = [ground.number("pv_total", total, 0, "money"), ground.number("pv_none", baseline, 0, "money"), *facts]
    return Explanation(
        measure,
        "",
        title,
        text("explain.value", language, value=shown),
        value,
        text(f"measure_definition.{measure}", language, **rates),
        [*parts, Part(text("explain.inputs", language), facts)],
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


def _lines(ground: Ground, option: str) -> tuple[list[Fact], float]:
    """Every line of the option's ledger over the horizon, and the present value of all."""
    language, currency, rows = ground.language, ground.scenario.currency, ground.ledger
    rows = rows[rows["option"] == option]
    monthly = math.log1p(ground.scenario.money.discount_rate) / 12
    present = rows["amount"] * (-monthly * rows["period"]).map(math.exp)
    facts, total = [], float(present.sum())
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
    return facts, total


def _about(row: Any, language: str) -> str:
    parts = [sentences.phrase(str(row[column]), language) for column in ("formula", "source") if str(row[column])]
    return ("；" if language == "zh" else "; ").join(parts)
