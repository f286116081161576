"""Where a number of a plan comes from: its formula, the numbers that go in, and the origin of each."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.core.errors import InputError, Problem
from wfm.report import formats, sentences
from wfm.report.headline import MEASURES
from wfm.report.values import origin_of, value_and_unit
from wfm.report.words import LANGUAGES, name, text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.capacity import People
    from wfm.plan import Plan
    from wfm.scenario.model import Scenario
    from wfm.scenario.origins import Origin
    from wfm.schedule.schedule import Schedule
    from wfm.simulate import SimulationResult
    from wfm.steps import Steps

#: Version of the object's shape.
VERSION = 1
_INTERVAL = ("agents", "contacts", "present", "offered_load", "aht")
_OF_EVENT = re.compile(r"events\.(?P<number>\d+)\.(?:phases\.(?P<phase>.+)\.)?(?P<key>\w+)")
_BRACKETS = re.compile(r"\s*[（(].*?[）)]")
_PEOPLE = ("rostered", "fte", "heads", "seats", "licences_concurrent", "licences_named", "lines")


@dataclass(frozen=True)
class Fact:
    """One number or word: its name, its value as data and as shown, and where it comes from."""

    key: str
    label: str
    value: Any
    shown: str
    unit: str = ""
    origin: str = ""
    source: str = ""


@dataclass(frozen=True)
class Part:
    """Facts or sentences under a heading."""

    heading: str
    facts: list[Fact] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Explanation:
    """An answer: what is explained, its value in a sentence, its formula, and the parts behind it."""

    what: str
    when: str
    title: str
    answer: str
    value: Any
    formula: str
    parts: list[Part]

    def object(self) -> dict[str, Any]:
        """As JSON values; what is no number is null."""
        return {
            "wfm_explain": VERSION,
            "what": self.what,
            "when": self.when,
            "title": self.title,
            "answer": self.answer,
            "value": _plain(self.value),
            "formula": self.formula,
            "parts": [
                {
                    "heading": part.heading,
                    "facts": [{**vars(fact), "value": _plain(fact.value)} for fact in part.facts],
                    "lines": part.lines,
                }
                for part in self.parts
            ],
        }

    def lines(self) -> list[str]:
        """As lines for the terminal."""
        lines = [self.title, f"  {self.answer}"]
        lines += [f"  {self.formula}"] if self.formula else []
        for part in self.parts:
            lines.append(part.heading)
            for fact in part.facts:
                shown = " ".join(word for word in (fact.shown, fact.unit) if word)
                about = [word for word in (fact.origin, fact.source) if word]
                lines.append(f"  {fact.label}: {shown}" + (f"  [{'; '.join(about)}]" if about else ""))
            lines += [f"  {line}" for line in part.lines]
        return lines


@dataclass(frozen=True)
class Ground:
    """What explanations stand on: a plan, or the steps of a scenario, each made when it is needed."""

    made: Plan | Steps
    language: str
    planned: bool

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is simulated."""
        return self.made.scenario

    @property
    def requirement(self) -> pd.DataFrame:
        """Table ``requirement``."""
        return self.made.requirement

    @property
    def forecast(self) -> pd.DataFrame:
        """Table ``forecast``."""
        return self.made.forecast

    @property
    def history(self) -> pd.DataFrame | None:
        """Table ``history``, where there is one."""
        return getattr(self.made, "history", None) if self.planned else self.made.past[0]  # type: ignore[union-attr]

    @property
    def schedule(self) -> Schedule:
        """Shifts and their cover."""
        return self.made.schedule

    @property
    def people(self) -> People:
        """The people chain."""
        return self.made.people if self.planned else self.made.staffed.people  # type: ignore[union-attr]

    @property
    def simulation(self) -> SimulationResult:
        """What service the schedule gives."""
        return self.made.simulation

    @property
    def options(self) -> pd.DataFrame:
        """The options' measures."""
        return self.made.options if self.planned else self.made.money.options  # type: ignore[union-attr]

    @property
    def ledger(self) -> pd.DataFrame:
        """Table ``ledger``."""
        return self.made.ledger if self.planned else self.made.money.ledger  # type: ignore[union-attr]

    @property
    def origins(self) -> Mapping[str, Origin]:
        """Every value of the scenario by its key."""
        from wfm.scenario.origins import origins

        found = self.made.origins if self.planned else origins(self.made.asked)  # type: ignore[union-attr]
        return {origin.key: origin for origin in found}

    def given(self, key: str) -> Fact:
        """A value of the scenario with its origin."""
        origin = self.origins[key]
        shown, unit = self._written(origin, origin.value)
        words = (sentences.phrase(part, self.language) for part in (origin.source, origin.date))
        label = str(getattr(origin, self.language))
        kind = name("origin", origin_of(origin.kind, origin.value), self.language)
        return Fact(key, f"{label} ({key})", origin.value, shown, unit, kind, " ".join(word for word in words if word))

    def default(self, key: str) -> Fact:
        """What stands for a value unless the planner writes otherwise."""
        origin = self.origins[key]
        shown, unit = self._written(origin, origin.default)
        return Fact("default", text("fact.default", self.language), origin.default, shown, unit)

    def _written(self, origin: Origin, value: object) -> tuple[str, str]:
        """A value of the scenario and its unit."""
        # A target of certain dates is written as the same target of all other days.
        dated = next((name_ for name_ in self.scenario.targets.dated if origin.key.startswith(f"targets.{name_}.")), None)
        key = origin.key if dated is None else origin.key.replace(f"{dated}.", "", 1)
        owner: Any = self.scenario
        if event := _OF_EVENT.fullmatch(key):
            # A list of events is no model: what a number is, its phase or event tells.
            owner, key = self.scenario.events[int(event["number"])], event["key"]
            owner = owner.resolved()[event["phase"]] if event["phase"] else owner
        return value_and_unit(value, origin.unit, self.language, self.scenario.currency, owner, key)

    def many(self, *keys: str) -> list[Fact]:
        """Values of the scenario; keys that it does not have are left out."""
        known = self.origins
        return [self.given(key) for key in keys if key in known]

    def number(self, key: str, value: Any, digits: int = 1, unit: str = "") -> Fact:
        """A number computed on the way."""
        shown = formats.number(value, digits) if not _endless(value) else "∞"
        return Fact(key, text(f"fact.{key}", self.language), value, shown, formats.unit(unit, self.language) if unit else "")

    def measure(self, key: str, value: Any, low: Any = None, high: Any = None, *, threshold: float | None = None) -> Fact:
        """A KPI with its own name, and its interval where it has one; ``threshold`` of an interval with targets of its own."""
        label = kpi.label(key, self.language, self.scenario.targets.threshold if threshold is None else threshold)
        known = not formats.missing(low) and not formats.missing(high)
        if kpi.KPIS[key].unit == "share":
            ends = f" ({formats.number(100 * low, 1)}–{formats.share(high)})" if known else ""
            return Fact(key, label, value, formats.share(value) + ends)
        ends = f" ({formats.number(low, 1)}–{formats.number(high, 1)})" if known else ""
        return Fact(key, label, value, formats.number(value, 1) + ends, text("unit.second", self.language))

    def interval(self, when: datetime | date | None) -> dict[str, Any]:
        """The row of the requirement that a moment falls into; the busiest one where none is asked for.

        Raises
        ------
        InputError
            The centre is closed then, or the plan does not reach there.
        """
        rows = self.requirement
        if isinstance(when, datetime):
            import pandas as pd

            at, zone = pd.Timestamp(when), self.scenario.timezone
            local = at.tz is None
            at = at.tz_localize(zone, ambiguous=True, nonexistent="shift_forward") if local else at.tz_convert(zone)
            ends = rows["start"] + pd.to_timedelta(rows["duration"], unit="s")
            rows = rows[(rows["start"] <= at) & (at < ends)]
        elif when is not None:
            rows = rows[rows["date"] == when]
        if rows.empty:
            window = self.scenario.plan
            way_out = "The plan runs from {start} to {end}; its opening hours are {hours}"
            values = {"start": window.start, "end": window.end, "hours": sentences.hours(self.scenario.hours.root, "en")}
            raise InputError(
                Problem("the plan has no open interval then", key="WHEN", value=str(when), way_out=way_out, values=values)
            )
        busy = rows["agents"].replace(math.inf, math.nan).fillna(-1.0)
        row = rows.iloc[int(busy.to_numpy().argmax())] if len(rows) > 1 else rows.iloc[0]
        return {str(key): value for key, value in row.items()}


def explain(ground: Ground, what: str, when: datetime | date | None = None, option: str | None = None) -> Explanation:
    """Explain a number.

    Parameters
    ----------
    ground
        The plan or the steps.
    what
        A topic (`topics`), a KPI, or a key of the scenario file; Chinese names are known too.
    when
        An interval or a day, where the number differs by interval; else the busiest interval.
    option
        Whose money; else the best option's.

    Raises
    ------
    InputError
        Nothing of this name, with what comes near; a moment without an open interval; no such option.
    """
    from wfm.report import explain_load, explain_money, explain_people, explain_service

    topic = resolved(what, ground)
    makers: dict[str, Callable[[], Explanation]] = {
        **{key: (lambda key=key: explain_load.explained(ground, key, when)) for key in _INTERVAL},  # type: ignore[misc]
        **{key: (lambda key=key: explain_people.explained(ground, key)) for key in _PEOPLE},  # type: ignore[misc]
        **{key: (lambda key=key: explain_money.explained(ground, key, option)) for key in MEASURES},  # type: ignore[misc]
    }
    if topic in makers:
        found = makers[topic]()
    elif topic in kpi.KPIS:
        found = explain_service.explained(ground, topic, when)
    else:
        found = explain_service.key(ground, topic)
    return replace(found, parts=[part for part in found.parts if part.facts or part.lines])


def topics() -> list[str]:
    """Everything that can be asked for beside keys of the scenario."""
    return [*_INTERVAL, *_PEOPLE, *MEASURES, *(key for key in kpi.KPIS if key not in _INTERVAL)]


def resolved(what: str, ground: Ground) -> str:
    """The topic, KPI or key that a word means.

    Raises
    ------
    InputError
        None; near ones are told.
    """
    from wfm.scenario.fields import documented

    word = what.strip()
    known = {name_.lower(): topic for name_, topic in _names(ground.scenario.targets.threshold).items()}
    if word.lower().replace("-", "_") in known:
        return known[word.lower().replace("-", "_")]
    keys = [*ground.origins, *(entry.key for entry in documented())]
    if word in keys:
        return word
    ends = [key for key in dict.fromkeys(keys) if key.rpartition(".")[2] == word or key.endswith(f".{word}")]
    if len(ends) == 1:
        return ends[0]
    near = ends or difflib.get_close_matches(word.lower(), list(dict.fromkeys([*known, *keys])), 5, 0.5)
    problem = "several keys end like this" if ends else "nothing of this name to explain"
    way_out = "Did you mean: {near}?" if near else "Ask for one of: {topics}; or any key of docs/scenario.md"
    # One name a topic: a second name of the same number is no other suggestion.
    one: dict[str, str] = {}
    for name_ in near:
        one.setdefault(known.get(name_, name_), name_)
    near = list(one.values())
    values = {"near": ", ".join(near), "topics": ", ".join(topics())}
    raise InputError(Problem(problem, key="WHAT", value=what, way_out=way_out, values=values))


def _names(threshold: float) -> dict[str, str]:
    """Every name of a topic, in both languages."""
    found = {topic: topic for topic in topics()}
    for language in LANGUAGES:
        found |= {text(f"topic.{topic}", language): topic for topic in _INTERVAL}
        found |= {text(f"people.{topic}", language): topic for topic in ("agents", "present", *_PEOPLE)}
        found |= {_BRACKETS.sub("", text(f"measures.{topic}", language, unit="")).strip("/ "): topic for topic in MEASURES}
        found |= {kpi.label(topic, language, threshold): topic for topic in kpi.KPIS if topic not in _INTERVAL}
    return found | {"licences": "licences_concurrent", "seat": "seats", "净现值": "npv", "人数": "agents", "预测": "contacts"}


def _endless(value: Any) -> bool:
    return isinstance(value, float) and math.isinf(value)


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.12g}") if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return [_plain(inner) for inner in value] if isinstance(value, tuple | list) else str(value)
