"""Heads, seats, licences and lines, explained."""

from __future__ import annotations

import math
from typing import Any

from wfm.report import formats, sentences
from wfm.report.explain import Explanation, Fact, Ground, Part
from wfm.report.words import name, text
from wfm.staffed import ONE_IN_TWENTY

_INPUTS = {
    "rostered": ("people.shrinkage.out_of_office",),
    "fte": ("people.shrinkage.out_of_office",),
    "heads": (
        "people.shrinkage.out_of_office",
        "people.reserves.attrition_buffer",
        "people.reserves.trainees",
        "people.reserves.holidays_open",
        "people.leaders.span",
    ),
    "seats": ("people.shrinkage.in_office", "people.reserves.desk_buffer", "people.leaders.own_desk"),
    "licences_concurrent": ("people.shrinkage.in_office", "people.leaders.span"),
    "licences_named": ("people.shrinkage.out_of_office",),
    "lines": ("targets.line_blocking_max", "contact.talk", "contact.wrap"),
}


def explained(ground: Ground, what: str) -> Explanation:
    """One of the numbers of the people chain."""
    language, people = ground.language, ground.people
    value = getattr(people, what)
    shrinkage = ground.scenario.people.shrinkage
    shares = {"in_office": formats.percent(shrinkage.in_office), "out_of_office": formats.percent(shrinkage.out_of_office)}
    shown = formats.number(value, 1 if what in ("rostered", "fte") else 0)
    parts = [
        Part(text("explain.numbers", language), _numbers(ground, what)),
        Part(text("explain.inputs", language), ground.many(*_INPUTS[what], *_shift_keys(ground, what))),
    ]
    return Explanation(
        what,
        "",
        text(f"people.{what}", language),
        text("explain.value", language, value=shown),
        value,
        text(f"people_definition.{what}", language, **shares) + _more(what, language),
        [part for part in parts if part.facts],
    )


def _more(what: str, language: str) -> str:
    return ("。" if language == "zh" else ". ") + text("explain_formula.heads", language) if what == "heads" else ""


def _numbers(ground: Ground, what: str) -> list[Fact]:
    people, language = ground.people, ground.language
    if what == "lines":
        return _lines(ground)
    if what in ("heads", "fte", "licences_named"):
        return [fact for row in sentences.records(people.kinds) for fact in _kind(row, language)]
    top = ground.schedule.cover
    facts = [ground.number("scheduled_present", people.present, 0, "people")]
    if len(top):
        at = top.iloc[int(top["present"].to_numpy().argmax())]["start"]
        facts.append(Fact("busiest", text("fact.busiest", language), at.isoformat(), formats.instant(at, language)))
    if what == "licences_concurrent":
        facts.append(ground.number("leaders", people.heads_of("leader"), 0, "people"))
    return [ground.number("needed", people.agents, 0, "people"), *facts]


def _kind(row: dict[str, Any], language: str) -> list[Fact]:
    kind = name("kind", row["kind"], language)
    units = {
        "shifts_per_week": "shifts",
        "rostered_shifts": "shifts",
        "shifts_per_person": "shifts",
        "fte": "fte",
        "heads": "people",
    }
    return [
        Fact(
            f"{row['kind']}.{key}",
            f"{kind} · {text(f'fact.{key}', language)}",
            row[key],
            formats.significant(row[key]),
            formats.unit(unit, language),
        )
        for key, unit in units.items()
        if not formats.missing(row[key])
    ]


def _lines(ground: Ground) -> list[Fact]:
    """What the lines are sized for: the busiest interval of a busy day."""
    need, scenario = ground.requirement, ground.scenario
    # Linked intervals tell how long all wait, as the lines are sized for (`wfm.staffed.lines`).
    wait = need["mean_wait_all"] if "mean_wait_all" in need else need["asa_answered"]
    held = scenario.contact.talk / scenario.contact.aht * need["aht"] + wait.fillna(0.0)
    load = (need["arrival_rate"] * (1 + ONE_IN_TWENTY * need["day_cv"]) * held).replace(math.inf, math.nan)
    if not load.notna().any():
        return []
    at = int(load.fillna(-1.0).to_numpy().argmax())
    row = need.iloc[at]
    language = ground.language
    return [
        Fact("busiest", text("fact.busiest", language), row["start"].isoformat(), formats.instant(row["start"], language)),
        ground.number("arrival_rate", float(row["arrival_rate"]) * 3600, 1, "contacts/h"),
        ground.number("day_cv", float(row["day_cv"]), 3),
        ground.number("line_held", float(held.iloc[at]), 1, "s"),
        ground.number("line_load", float(load.iloc[at]), 2, "erlang"),
    ]


def _shift_keys(ground: Ground, what: str) -> list[str]:
    """Length and days a week of the shifts, which heads follow from."""
    if what not in ("heads", "fte", "licences_named"):
        return []
    ends = (".length", ".days_per_week", ".paid_meal")
    return [key for key in ground.origins if key.startswith("people.shifts.") and key.endswith(ends)]
