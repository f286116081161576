"""Agents, contacts, load and people present of one interval, explained."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.report import explain_event, explain_linked, explain_targets, formats
from wfm.report.explain import Explanation, Fact, Ground, Part
from wfm.report.words import name, text
from wfm.staffing.inputs import LINKED

if TYPE_CHECKING:
    from wfm.core.contacts import ContactType
    from wfm.staffing import Targets

_KPIS = ("answer_rate", "sl_offered", "occupancy", "asa_answered")
_WEEKS_SHOWN = 6


def explained(ground: Ground, what: str, when: datetime | date | None) -> Explanation:
    """One of ``agents``, ``contacts``, ``offered_load``, ``aht``, ``present`` in an interval."""
    row = ground.interval(when)
    make = {"agents": _agents, "contacts": _contacts, "present": _present, "offered_load": _load, "aht": _aht}[what]
    return make(ground, row)


def _agents(ground: Ground, row: dict[str, Any]) -> Explanation:
    language, method = ground.language, str(row["method"])
    needed, linked = float(row["agents"]), method in LINKED
    parts = [_demand(ground, row), _patience(ground), *explain_linked.busier(ground, row)]
    answer = _answer(ground, row)
    if linked:
        parts += [explain_targets.part(ground, row), *explain_linked.inputs(ground)]
        if 0 < needed < math.inf:
            found = explain_linked.one_fewer(ground.requirement, row["start"], ground.scenario)
            answer = explain_linked.answer(ground, row, found)
            parts.append(explain_linked.service(ground, row, found))
        parts.append(explain_linked.alone(ground, row))
    else:
        parts += [_targets(ground, row), *explain_linked.inputs(ground), _neighbours(ground, row)]
    parts += [_people(ground, row), *_simulated(ground, row)]
    formula = text(f"explain_formula.{method}", language) if f"explain_formula.{method}" in _formulas() else method
    return Explanation("agents", _start(row), _title(ground, "agents", row), answer, needed, formula, parts)


def _answer(ground: Ground, row: dict[str, Any]) -> str:
    """How many, of an interval by itself: as the formula asks, or otherwise where constraints or a given table say so."""
    language, needed = ground.language, float(row["agents"])
    if math.isinf(needed):
        return text("explain.agents_unreachable", language)
    held = _held(ground, row)
    asked = max(float(_model(ground, row).agents_for(**{target: bound})) for target, bound in held.solver().items())
    if needed != asked:
        shown = formats.number(asked) if math.isfinite(asked) else "∞"
        return text("explain.agents_otherwise", language, agents=formats.number(needed), asked=shown)
    binding = name("target", row["binding"], language, threshold=f"{held.threshold:g}")
    return text("explain.agents" if needed else "explain.agents_none", language, agents=formats.number(needed), binding=binding)


def _contacts(ground: Ground, row: dict[str, Any]) -> Explanation:
    language = ground.language
    day = ground.forecast[ground.forecast["date"] == row["date"]]
    facts = [
        ground.number("contacts", row["contacts"], 1, "contacts"),
        _band(ground, row),
        ground.number("day_contacts", float(day["contacts"].sum()), 0, "contacts"),
        ground.number("day_cv", row.get("day_cv"), 3),
        ground.number("slot_cv", row.get("slot_cv"), 3),
    ]
    inputs = ground.many("demand.history", "demand.orders_per_day", "demand.contacts_per_100_orders", "demand.volume")
    parts = [Part(text("explain.numbers", language), facts)]
    event = explain_event.said(ground, row)
    parts += [] if event is None else explain_event.parts(ground, event)
    parts += [Part(text("explain.inputs", language), inputs), *_past(ground, row)]
    answer = text("explain.contacts", language, contacts=formats.number(row["contacts"], 1))
    if event is not None:
        formula = explain_event.formula(ground, event)
    else:
        formula = text("explain_formula.contacts" if ground.history is not None else "explain_formula.contacts_estimate", language)
    return Explanation("contacts", _start(row), _title(ground, "contacts", row), answer, row["contacts"], formula, parts)


def _load(ground: Ground, row: dict[str, Any]) -> Explanation:
    shown = formats.number(row["offered_load"], 2)
    return Explanation(
        "offered_load",
        _start(row),
        _title(ground, "offered_load", row),
        text("explain.offered_load", ground.language, load=shown),
        row["offered_load"],
        text("explain_formula.offered_load", ground.language),
        [_demand(ground, row)],
    )


def _aht(ground: Ground, row: dict[str, Any]) -> Explanation:
    inputs = ground.many("contact.talk", "contact.wrap", *_spread_keys(ground.scenario.contact))
    learned = ground.history is not None and "handle_time" in ground.history and ground.history["handle_time"].notna().any()
    return Explanation(
        "aht",
        _start(row),
        _title(ground, "aht", row),
        text("explain.aht", ground.language, aht=formats.seconds(row["aht"], ground.language)),
        row["aht"],
        text("explain_formula.aht_history" if learned else "explain_formula.aht", ground.language),
        [Part(text("explain.inputs", ground.language), inputs)],
    )


def _present(ground: Ground, row: dict[str, Any]) -> Explanation:
    language = ground.language
    part = _people(ground, row)
    present = next(fact for fact in part.facts if fact.key == "scheduled_present")
    return Explanation(
        "present",
        _start(row),
        _title(ground, "present", row),
        text("explain.present", language, present=present.shown),
        present.value,
        text("explain_formula.present", language),
        [part, *_simulated(ground, row)],
    )


def _demand(ground: Ground, row: dict[str, Any]) -> Part:
    """What comes in: contacts, rate, handle time, load."""
    return Part(
        text("explain.demand", ground.language),
        [
            ground.number("contacts", row["contacts"], 1, "contacts"),
            _band(ground, row),
            ground.number("arrival_rate", row["arrival_rate"] * 3600, 1, "contacts/h"),
            ground.number("aht", row["aht"], 1, "s"),
            *ground.many("contact.talk", "contact.wrap"),
            ground.number("offered_load", row["offered_load"], 2, "erlang"),
        ],
    )


def _band(ground: Ground, row: dict[str, Any]) -> Fact:
    low, high = row.get("contacts_q05", math.nan), row.get("contacts_q95", math.nan)
    shown = f"{formats.number(low)}–{formats.number(high)}"
    return Fact("band", text("fact.band", ground.language), [low, high], shown, formats.unit("contacts", ground.language))


def _patience(ground: Ground) -> Part:
    return Part(text("explain.patience", ground.language), ground.many(*_patience_keys(ground.scenario.contact)))


def _patience_keys(contact: ContactType) -> list[str]:
    """The keys that say how long people wait."""
    from wfm.core.patience import NEEDS

    family = contact.patience.family
    keys = [*(() if family == "delayed" else ("family",)), *(NEEDS[family][0] or ("onset", "then_mean"))]
    keys += [key for key in ("at_once", "never") if getattr(contact.patience, key)]
    said = [
        f"contact.announcements.{i}.{key}"
        for i, one in enumerate(contact.announcements)
        for key, value in one.model_dump().items()
        if key == "at" or value != type(one).model_fields[key].default
    ]
    return [*(f"contact.patience.{key}" for key in keys), *said]


def _spread_keys(contact: ContactType) -> list[str]:
    """The keys that say how handle times scatter."""
    if not contact.spread.classes:
        return ["contact.spread.cv"]
    return [
        f"contact.spread.classes.{name}.{key}" for name, one in contact.spread.classes.items() for key in type(one).model_fields
    ]


def _held(ground: Ground, row: dict[str, Any]) -> Targets:
    """The targets of the interval's own date."""
    return ground.scenario.targets.at(row["start"])


def _targets(ground: Ground, row: dict[str, Any]) -> Part:
    """Every target with the agents it alone asks for."""
    targets, language = _held(ground, row), ground.language
    facts: list[Fact] = []
    model = _model(ground, row)
    for target, bound in targets.solver().items():
        facts += explain_targets.given(ground, row, target)
        alone = float(model.agents_for(**{target: bound}))
        label = text("fact.alone", language, target=name("target", target, language, threshold=f"{targets.threshold:g}"))
        facts.append(Fact(f"alone.{target}", label, alone, formats.number(alone) if math.isfinite(alone) else "∞"))
    return Part(text("explain.targets", language), facts)


def _model(ground: Ground, row: dict[str, Any]) -> Any:
    """The interval by itself, as busy as agents are found for."""
    from wfm.staffing import queue_model

    rate = float(row["arrival_rate"]) * (1 + explain_linked.more(row))
    return queue_model(rate, float(row["aht"]), ground.scenario.contact)


def _neighbours(ground: Ground, row: dict[str, Any]) -> Part:
    """One agent less, as many, one more: what each gives, and why not one less."""
    language, targets, needed = ground.language, _held(ground, row), float(row["agents"])
    heading = text("explain.neighbours", language)
    if not needed or math.isinf(needed):
        return Part(heading, [], [])
    model = _model(ground, row)
    facts, missed = [], []
    for agents in (needed - 1, needed, needed + 1):
        if agents < 1:
            continue
        measures = model.measures(agents, threshold=targets.threshold)
        found = {key: float(measures[key]) for key in _KPIS}
        shown = ("，" if language == "zh" else ", ").join(
            f"{kpi.label(key, language, targets.threshold)} {_written(key, value, language)}" for key, value in found.items()
        )
        label = text("fact.with_agents", language, agents=formats.number(agents))
        facts.append(Fact(f"agents.{agents:g}", label, {"agents": agents, **found}, shown))
        if agents == needed - 1:
            missed = _missed(targets, found, language)
    if needed == 1:
        return Part(heading, facts, [text("explain.not_none", language)])
    why = ("；" if language == "zh" else "; ").join(missed)
    return Part(heading, facts, [text("explain.why_not_less", language, why=why)] if missed else [])


def _written(key: str, value: float, language: str) -> str:
    return formats.share(value) if kpi.KPIS[key].unit == "share" else formats.seconds(value, language)


def _missed(targets: Targets, found: dict[str, float], language: str) -> list[str]:
    lines = []
    for key, (_, bound) in targets.bounds().items():
        if found[key] < bound:
            label = kpi.label(key, language, targets.threshold)
            lines.append(text("explain.below", language, kpi=label, value=formats.share(found[key]), bound=formats.percent(bound)))
    if targets.occupancy_max is not None and found["occupancy"] > targets.occupancy_max:
        most = formats.percent(targets.occupancy_max)
        label = kpi.label("occupancy", language)
        lines.append(text("explain.above", language, kpi=label, value=formats.share(found["occupancy"]), bound=most))
    return lines


def _people(ground: Ground, row: dict[str, Any]) -> Part:
    """From agents on queue to people present, and what the schedule brings."""
    cover = ground.schedule.cover
    here = cover[cover["start"] == row["start"]].sum(numeric_only=True)
    shrinkage = ground.scenario.people.shrinkage.in_office
    needed = float(row["agents"])
    wanted: float = math.ceil(math.ceil(needed - 1e-9) / (1 - shrinkage) - 1e-9) if math.isfinite(needed) else math.inf
    return Part(
        text("explain.to_present", ground.language),
        [
            ground.number("needed", needed, 0, "people"),
            *ground.many("people.shrinkage.in_office"),
            ground.number("needed_present", float(wanted), 0, "people"),
            ground.number("scheduled_present", float(here["present"]), 0, "people"),
            ground.number("scheduled_agents", float(here["agents"]), 2, "people"),
            ground.number("short", float(here["short"]), 1, "people"),
        ],
    )


def _simulated(ground: Ground, row: dict[str, Any]) -> list[Part]:
    """What the simulation says of the interval; nothing where only the steps before were made."""
    if not ground.planned:
        return []
    service = ground.simulation.service
    here = service[service["start"] == row["start"]]
    if here.empty:
        return []
    found = here.iloc[0]
    threshold = _held(ground, row).threshold
    facts = [
        ground.measure(key, *(float(found[f"{key}{end}"]) for end in ("", "_low", "_high")), threshold=threshold)
        for key in ("answer_rate", "sl_offered", "asa_answered", "abandon_rate_offered", "occupancy")
        if key in found
    ]
    heading = text("explain.simulated", ground.language, replications=formats.number(ground.simulation.replications))
    return [Part(heading, facts)]


def _past(ground: Ground, row: dict[str, Any]) -> list[Part]:
    """The same interval on the last such weekdays of the history: the days a forecast leans on most."""
    history = ground.history
    if history is None or history.empty:
        return []
    start, language = row["start"], ground.language
    stamps = history["start"]
    same = history[(stamps.dt.day_of_week == start.weekday()) & (stamps.dt.time == start.time()) & history["offered"].notna()]
    last = same.sort_values("start").tail(_WEEKS_SHOWN)
    unit = formats.unit("contacts", language)
    facts = [
        Fact(
            f"history.{when.date().isoformat()}",
            formats.day(when.date(), language, year=True),
            float(offered),
            formats.number(offered),
            unit,
        )
        for when, offered in zip(last["start"], last["offered"], strict=True)
    ]
    if len(same):
        mean = float(same["offered"].mean())
        facts.append(ground.number("weekday_mean", mean, 1, "contacts"))
    return [Part(text("explain.past", language, days=formats.number(stamps.dt.date.nunique())), facts)]


def _title(ground: Ground, what: str, row: dict[str, Any]) -> str:
    topic = text(f"topic.{what}", ground.language)
    return text("explain.title_when", ground.language, what=topic, when=formats.instant(row["start"], ground.language))


def _start(row: dict[str, Any]) -> str:
    return str(row["start"].isoformat())


def _formulas() -> set[str]:
    from wfm.report.words import catalog

    return {key for key in catalog() if key.startswith("explain_formula.")}
