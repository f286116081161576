"""Sentences about a plan that console and page share: its header, advice, break-evens and the conclusion."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from wfm.core import kpi, units
from wfm.expected import made_up
from wfm.report import formats
from wfm.report.words import catalog, name, text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.advice import Advice
    from wfm.plan import Plan
    from wfm.scenario.model import Scenario

#: How a value of an advice is written, by its name.
_WRITE: dict[str, Callable[[Any, str, str], str]] = {
    **dict.fromkeys(("met", "met_before", "met_after", "sl", "low", "high", "kept"), lambda v, lang, cur: formats.share(v)),
    **dict.fromkeys(("median", "most", "share"), lambda v, lang, cur: formats.share(v)),
    **dict.fromkeys(("promise", "target"), lambda v, lang, cur: formats.percent(v)),
    **dict.fromkeys(("price", "own", "cost"), lambda v, lang, cur: formats.price(v, lang, cur)),
    **dict.fromkeys(("count", "short", "assumed", "found", "seats", "days"), lambda v, lang, cur: formats.number(v)),
    **dict.fromkeys(("hours", "within", "value", "limit", "times"), lambda v, lang, cur: formats.significant(v)),
    **dict.fromkeys(("start", "end"), lambda v, lang, cur: when(v, lang)),
    "weekday": lambda v, lang, cur: text(f"weekdays.{int(v)}", lang),
    "shift": lambda v, lang, cur: name("shift", v, lang),
    "kpi": lambda v, lang, cur: kpi.label(v.partition(":")[0], lang, float(v.partition(":")[2])),
    "source": lambda v, lang, cur: phrase(v, lang),
}


def phrase(words: str, language: str) -> str:
    """A step's own English words (a source, a formula, a repair) in ``language``; names without an entry stay as they are."""
    if language == "en" or not words:
        return words
    return "；".join(_phrase(part) for part in words.split("; "))


def _phrase(words: str) -> str:
    known = catalog().get(f"phrase.{words}")
    if known:
        return known["zh"]
    for pattern, chinese in _patterns():
        match = pattern.fullmatch(words)
        if match:
            return chinese.format(**match.groupdict())
    return words


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Phrases with kept parts: a pattern of the English, and the Chinese with the same parts."""
    found = []
    for key, pair in catalog().items():
        words = key.removeprefix("phrase.")
        if words != key and "{" in words:
            parts = re.split(r"\{(\w+)\}", words)
            pattern = "".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
            found.append((re.compile(pattern), pair["zh"]))
    return tuple(found)


def advice(remark: Advice, language: str, currency: str) -> str:
    """A remark as one sentence."""
    key, said = remark.key, remark.values  # noqa: PD011 -- not a table
    if key == "origins" and not said.get("lowest_grade"):
        key = "origins_assumed"
    if key == "short_intervals" and formats.missing(said["short"]):
        key = "unreachable_intervals"
    values = {k: _WRITE[k](v, language, currency) if k in _WRITE else str(v) for k, v in said.items()}
    return text(f"advice.{key}", language, **values)


def targets(plan: Plan, language: str) -> str:
    """The KPIs a day is judged by: ``人工接通率、20 秒接通率、线路拥塞率``."""
    scenario = plan.scenario.targets
    names = [kpi.label(key, language, scenario.threshold) for key in scenario.bounds()]
    return ("、" if language == "zh" else ", ").join(names)


def header(plan: Plan, language: str) -> list[str]:
    """The parts of the line that says which plan this is."""
    window = plan.scenario.plan
    return [
        getattr(plan.scenario.name, language),
        text(
            "header.span",
            language,
            start=formats.day(window.start, language, year=True),
            end=formats.day(window.end, language, year=window.end.year != window.start.year),
        ),
        hours(plan.scenario.hours.root, language),
        text("header.seed", language, seed=plan.scenario.seed),
        history(plan, language),
        *overrides(plan, language),
    ]


def overrides(plan: Plan, language: str, most: int = 4) -> list[str]:
    """What was changed beside the scenario file, as one sentence; none where nothing was."""
    changed = [override for override in plan.overrides if not override.startswith("language=")]
    if not changed:
        return []
    shown = ("、" if language == "zh" else ", ").join(changed[:most])
    return [text("overrides.one" if len(changed) <= most else "overrides.more", language, list=shown, count=len(changed))]


def history(plan: Plan, language: str) -> str:
    """What the forecast was made from."""
    if plan.history is None:
        return text("header.estimate", language)
    if made_up(plan.scenario, plan.repairs):
        return text("header.synthetic", language)
    stamps = plan.history["start"]
    days = stamps.dt.date.nunique()
    return text("header.history", language, days=formats.number(days), end=formats.day(stamps.max().date(), language, year=True))


def hours(spans: dict[str, str], language: str, most: int = 3) -> str:
    """Opening hours, the first ``most`` entries of them."""
    parts = []
    for key, value in list(spans.items())[:most]:
        open_ = text("header.closed", language) if value.strip().lower() in ("closed", "休") else value
        parts.append(f"{hours_of(key, language)} {open_}")
    if len(spans) > most:
        parts.append(text("header.hours_more", language))
    return ("，" if language == "zh" else ", ").join(parts)


def hours_of(key: str, language: str) -> str:
    """Whose hours a key of the opening hours speaks of; dates stay as they are."""
    if key in ("daily", "holiday"):
        return text(f"header.{key}", language)
    return text(f"weekday.{units.WEEKDAYS.index(key)}", language) if key in units.WEEKDAYS else key


def horizon(scenario: Scenario, language: str) -> str:
    """``3 年`` or ``3 years``; months where the horizon is no whole number of years."""
    months = scenario.money.horizon
    if months % 12:
        return text("screen.months", language, months=months)
    return text("screen.years", language, years=months // 12)


def benefit_known(plan: Plan) -> bool:
    """Whether sales are counted at all; where no orders are known, options differ by cost alone."""
    return not any(remark.key == "no_benefit" for remark in plan.advice)


def ranked(plan: Plan) -> list[str]:
    """The options without none, the best first: by NPV, or by cost per contact where no benefit is counted.

    Without benefits the NPV favours whoever starts late, for he pays fewer months; the cost per contact does not.
    """
    rows = plan.options[plan.options["option"] != "none"]
    by, ascending = ("npv", False) if benefit_known(plan) else ("cost_per_contact", True)
    return [str(option) for option in rows.sort_values(by, ascending=ascending, kind="stable")["option"]]


def overturning(plan: Plan) -> list[dict[str, Any]]:
    """Break-evens whose crossing makes another option than ``plan.best`` the better of two, the nearest first.

    Of several on the same side of one value only the nearest is kept: behind it the conclusion has turned already.
    """
    rows = [row for row in records(plan.break_evens) if row["value"] == row["value"] and row["current"]]
    rows = [row for row in rows if plan.best in (row["option"], row["against"]) and winner_now(row) == plan.best]
    nearest: dict[tuple[str, str, bool], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (abs(row["value"] / row["current"] - 1), row["what"], row["option"])):
        nearest.setdefault((row["what"], row["option"], row["value"] > row["current"]), row)
    return list(nearest.values())


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table as dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def winner_now(row: dict[str, Any]) -> str:
    """Which of the two options of a break-even is better at the present value."""
    wins = row["current"] < row["value"] if row["wins"] == "below" else row["current"] > row["value"]
    return str(row["option"] if wins else row["against"])


def break_even(row: dict[str, Any], language: str, currency: str) -> str:
    """One row of the table ``break_evens`` as a sentence: which crossing makes which option the better one."""
    now = winner_now(row)
    other = row["against"] if now == row["option"] else row["option"]
    names = {"better": text(f"option.{other}", language), "worse": text(f"option.{now}", language)}
    side = "above" if row["value"] > row["current"] else "below"
    value, current = (level(row, column, language, currency) for column in ("value", "current"))
    return text(f"break_even.{side}", language, name=lever(row, language), value=value, current=current, **names)


def level(row: dict[str, Any], column: str, language: str, currency: str) -> str:
    """A break-even's value or present value with its unit; plain numbers are shares."""
    value, unit = row[column], str(row["unit"])
    if unit in ("", "share", "ratio", "factor"):
        return formats.share(value)
    digits = 0 if abs(value) >= 100 else 2
    return f"{formats.number(value, digits)} {formats.unit(unit, language, currency)}"


def lever(row: dict[str, Any], language: str) -> str:
    """What a break-even moves: the vendor's price, the conversion, the uplift."""
    own = f"{row['what']}.{row['option']}"
    return text(f"lever.{own}", language) if f"lever.{own}" in catalog() else name("lever", row["what"], language)


def when(value: float | str | datetime, language: str) -> str:
    """A clock time (seconds after midnight) or an instant."""
    if isinstance(value, str):
        return formats.instant(datetime.fromisoformat(value), language)
    if isinstance(value, datetime):
        return formats.instant(value, language)
    return units.clock_text(float(value))
