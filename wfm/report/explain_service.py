"""KPIs, and keys of the scenario, explained."""

from __future__ import annotations

from datetime import date, datetime

from wfm.core import kpi
from wfm.report import explain_beside, explain_targets, formats
from wfm.report.explain import Explanation, Fact, Ground, Part
from wfm.report.sections import target_bounds, value_by_formula
from wfm.report.words import text


def explained(ground: Ground, what: str, when: datetime | date | None) -> Explanation:
    """A KPI: definition, numerator and denominator, simulated beside the formula; of the plan, or of an interval."""
    language, targets = ground.language, ground.scenario.targets
    about, result = kpi.KPIS[what], ground.simulation
    value, low, high = result.kpi(what)
    row = None if when is None else ground.interval(when)
    # An interval is judged by the targets in force there, the time of the service level among them.
    held = targets if row is None else targets.at(row["start"])
    threshold = held.threshold
    title, start, parts = kpi.label(what, language, threshold), "", []
    if row is not None:
        here = result.service[result.service["start"] == row["start"]].iloc[0]
        value, low, high = (float(here[f"{what}{end}"]) for end in ("", "_low", "_high"))
        start = str(row["start"].isoformat())
        title = text("explain.title_when", language, what=title, when=formats.instant(row["start"], language))
        tallies = {term.lstrip("-"): float(here[term.lstrip("-")]) for term in (*about.over, *about.under)}
    else:
        tallies = {term.lstrip("-"): float(result.service[term.lstrip("-")].sum()) for term in (*about.over, *about.under)}
    seconds = ("wait_handled", "wait_abandoned", "handle_time", "busy_time", "staffed_time")
    facts = [
        Fact(
            term,
            text(f"tally.{term}", language),
            amount,
            formats.number(amount, 1),
            formats.unit("s" if term in seconds else "contacts", language),
        )
        for term, amount in tallies.items()
    ]
    parts.append(Part(text("explain.tallies", language, replications=formats.number(result.replications)), facts))
    beside = [ground.measure(what, value, low, high, threshold=threshold)]
    known = ("answer_rate", "sl_offered", "asa_answered", "occupancy")
    if ground.planned and row is None and what in known:
        formula = ground.measure(what, value_by_formula(ground.made, what))  # type: ignore[arg-type]
        beside.append(Fact("formula", text("fact.formula", language), formula.value, formula.shown, formula.unit))
    elif row is not None and what in known and not formats.missing(row.get(what)):
        formula = ground.measure(what, float(row[what]))
        beside.append(Fact("formula", text("fact.formula", language), formula.value, formula.shown, formula.unit))
    bound = explain_targets.bound(held, what) or target_bounds(ground.made).get(what)  # type: ignore[arg-type]
    asked: list[Fact] = []
    if bound:
        beside.append(Fact("target", text("fact.target", language), bound, bound))
        asked = explain_targets.given(ground, row, what)
    parts.append(Part(text("explain.beside", language), beside))
    parts += explain_beside.reasons(ground, what, row)
    if row is None:
        parts.append(_weekdays(ground, what))
    dated = row is None and asked and targets.dated
    dates = ("、" if language == "zh" else ", ").join(targets.dated)
    said = [text("explain.dated_targets", language, dates=dates)] if dated else []
    parts.append(Part(text("explain.inputs", language), asked, said))
    shown = ground.measure(what, value, low, high)
    answer = text("explain.simulated_value", language, value=" ".join(word for word in (shown.shown, shown.unit) if word))
    return Explanation(what, start, title, answer, value, kpi.definition(what, language, threshold), parts)


def key(ground: Ground, path: str) -> Explanation:
    """A key of the scenario: what it means, its value, default, origin; of a section, its keys."""
    from wfm.scenario.fields import documented

    language = ground.language
    entry = next((entry for entry in documented() if entry.key == path), None)
    known = ground.origins
    below = [ground.given(inner) for inner in known if inner.startswith(f"{path}.")]
    meaning = getattr(known[path], language) if path in known else getattr(entry, language) if entry else path
    facts: list[Fact] = []
    value, answer = None, text("explain.section", language, count=formats.number(len(below)))
    if path in known:
        fact, origin = ground.given(path), known[path]
        value = fact.value
        answer = text("explain.value", language, value=" ".join(word for word in (fact.shown, fact.unit) if word))
        facts = [ground.default(path)]
        facts.append(Fact("origin", text("fact.origin", language), origin.kind, fact.origin))
        sources = {"source": fact.source, "grade": origin.grade}
        facts += [Fact(part, text(f"fact.{part}", language), shown, shown) for part, shown in sources.items() if shown]
    elif not below:
        answer = text("explain.not_set", language)
    parts = [Part(text("explain.about", language), facts)] if facts else []
    parts += [Part(text("explain.keys", language), below)] if below else []
    return Explanation(path, "", f"{meaning} ({path})" if meaning != path else path, answer, value, "", parts)


def _weekdays(ground: Ground, what: str) -> Part:
    rows = ground.simulation.weekdays
    facts = []
    for row in rows.to_dict("records"):
        found = ground.measure(what, *(float(row[f"{what}{end}"]) for end in ("", "_low", "_high")))
        weekday = int(row["weekday"])
        facts.append(Fact(f"weekday.{weekday}", text(f"weekday.{weekday}", ground.language), found.value, found.shown, found.unit))
    return Part(text("explain.by_weekday", ground.language), facts)
