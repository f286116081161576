"""A centre file to what the engines play: the plan's intervals, rates, agents, skills and outages as arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wfm.centre.checks import problems_of
from wfm.centre.contact import Contact, Drop
from wfm.centre.files import by_interval, roster
from wfm.centre.model import CentreScenario
from wfm.core import calendar, units
from wfm.core.distributions import Distribution, Exponential, Lognormal
from wfm.core.errors import InputError, Problem, problem_of
from wfm.core.intervals import interval_grid
from wfm.core.profile import peak_profile
from wfm.simulate.arrivals import Burst, Busyness, Part, tilts
from wfm.simulate.centre import Breakdowns, Centre, Group, Outage, Skill
from wfm.simulate.model import SECOND, Model

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

#: Contacts of one replication at most: the first is told contact by contact.
CONTACTS_MAX = 5_000_000


@dataclass(frozen=True, eq=False)
class Assembled:
    """A centre as engines play it, and what its numbers stand for.

    Attributes
    ----------
    centre
        The arrays.
    grid
        One row an interval: ``start``, ``date``, ``weekday``, ``slot``, ``duration`` [s].
    kinds, groups
        Names, in the order of the arrays.
    agents
        Names of the agents of each group with a roster, None for others.
    thresholds
        float64[Y], seconds within which an answer counts.
    """

    centre: Centre
    grid: pd.DataFrame
    kinds: tuple[str, ...]
    groups: tuple[str, ...]
    agents: tuple[tuple[str, ...] | None, ...]
    thresholds: Floats

    @property
    def origin(self) -> pd.Timestamp:
        """The plan's first moment, from which times are counted."""
        origin: pd.Timestamp = self.grid["start"].iloc[0]
        return origin

    @property
    def dates(self) -> list[date]:
        """The plan's days with open hours."""
        return list(dict.fromkeys(self.grid["date"]))

    @property
    def day(self) -> NDArray[np.int64]:
        """Number of each interval's day among `dates`."""
        number = {day: place for place, day in enumerate(self.dates)}
        return np.array([number[day] for day in self.grid["date"]], dtype=np.int64)


def assembled(scenario: CentreScenario, folder: Path | str = ".", *, first: Sequence[str] = ()) -> Assembled:
    """The arrays of a centre.

    Parameters
    ----------
    scenario
        As read.
    folder
        Where relative paths in it start.
    first
        Contact types in the order they are to be numbered, those it has; others follow. Types of one number and name meet the same
        customers in two centres.

    Raises
    ------
    InputError
        Parts that do not fit each other, a table that cannot be read, no open hours at all.
    """
    problems = problems_of(scenario)
    if problems:
        raise InputError(*problems)
    grid = _grid(scenario)
    kinds = (*(name for name in first if name in scenario.contacts), *(name for name in scenario.contacts if name not in first))
    groups = tuple(scenario.groups)
    root = Path(folder)
    crews, models = list[tuple[Group, tuple[str, ...] | None]](), list[Model]()
    for name in groups:
        with _of_key(f"groups.{name}"):
            crews.append(_group(scenario, name, grid, root))
    for name in kinds:
        with _of_key(f"contacts.{name}"):
            models.append(_kind(scenario, name, grid, root))
    _refuse_too_many(models)
    centre = Centre(
        kinds=tuple(models),
        groups=tuple(group for group, _ in crews),
        skills=tuple(_skills(scenario, kinds, groups)),
        lines=scenario.lines,
        weight=tuple(scenario.contacts[name].weight for name in kinds),
        head_start=tuple(scenario.contacts[name].head_start for name in kinds),
        transfers=_transfers(scenario, kinds),
        leaving=scenario.end_of_shift,
        closing=scenario.closing,
        outages=tuple(_outages(scenario, groups, grid)),
        breakdowns=_breakdowns(scenario, groups),
    )
    thresholds = np.array([scenario.contacts[name].targets.threshold for name in kinds])
    return Assembled(centre, grid, kinds, groups, tuple(names for _, names in crews), thresholds)


@contextmanager
def _of_key(key: str) -> Iterator[None]:
    """What the engines' own limits refuse is a problem of the key it was made for."""
    try:
        yield
    except InputError:
        raise
    except ValueError as error:
        raise InputError(problem_of(error, key)) from None


def _refuse_too_many(models: Sequence[Model]) -> None:
    """The first replication stands in tables, some 400 bytes a contact."""
    expected = sum(float(model.rate @ (model.length / SECOND)) + sum(burst.contacts for burst in model.bursts) for model in models)
    if expected > CONTACTS_MAX:
        raise InputError(
            Problem(
                "{expected} contacts a replication are more than can be played at once",
                "contacts",
                None,
                "Play fewer days: at most {most} contacts",
                values={"expected": f"{expected:,.0f}", "most": f"{CONTACTS_MAX:,}"},
            )
        )


def _holidays(scenario: CentreScenario) -> frozenset[date]:
    window = scenario.plan
    last = window.start + timedelta(days=window.days - 1)
    return calendar.holidays_between(window.start, last, scenario.country)


def _grid(scenario: CentreScenario) -> pd.DataFrame:
    window = scenario.plan
    grid = interval_grid(window.start, window.days, int(window.interval), scenario.hours, scenario.timezone, _holidays(scenario))
    if not len(grid):
        raise InputError(Problem("the centre is never open on the days played", "hours", None, "Check hours and plan.start"))
    return grid


def _elapsed(grid: pd.DataFrame) -> NDArray[np.int64]:
    since = grid["start"] - grid["start"].iloc[0]
    return np.asarray(since.to_numpy().astype("timedelta64[us]").astype(np.int64))


def _moment(scenario: CentreScenario, grid: pd.DataFrame, at: datetime) -> int:
    """A moment by the wall clock in microseconds after the plan's first; one that a clock change skips counts as the next."""
    import pandas as pd

    stamp = pd.Timestamp(at).tz_localize(scenario.timezone, ambiguous=True, nonexistent="shift_forward")
    return int((stamp - grid["start"].iloc[0]) / pd.Timedelta(microseconds=1))


def _kind(scenario: CentreScenario, name: str, grid: pd.DataFrame, folder: Path) -> Model:
    about, contact = scenario.contacts[name], scenario.contacts[name].about
    K, start = len(grid), _elapsed(grid)
    length = np.round(grid["duration"].to_numpy(float) * SECOND).astype(np.int64)
    aht, day_cv, slot_cv = (np.full(K, value) for value in (contact.aht, about.day_to_day_cv, about.interval_cv))
    if about.file is not None:
        table = by_interval(folder / about.file, name, "contacts", grid["start"], scenario.timezone)
        contacts = table["contacts"].to_numpy(float)
        aht, day_cv, slot_cv = (
            table[column].to_numpy(float) if column in table.columns else fixed
            for column, fixed in (("aht", aht), ("day_cv", day_cv), ("slot_cv", slot_cv))
        )
    else:
        contacts = _profile(scenario, about, grid)
    rate = scenario.volume * contacts / grid["duration"].to_numpy(float)
    together = scenario.busyness
    model = Model.of(
        contact,
        start=start,
        length=length,
        rate=rate,
        agents=np.zeros(K, dtype=np.int64),
        aht=aht,
        day=np.array([day.toordinal() for day in grid["date"]], dtype=np.int64),
        day_cv=day_cv,
        slot_cv=slot_cv,
        lines=None,
    )
    return replace(
        model,
        tilt=tilts(rate, start, length) if about.shape == "smooth" else None,
        busyness=Busyness(
            together.over_days, together.over_types, () if together.memory is None else (Part(1.0, together.memory),)
        ),
        bursts=tuple(_burst(scenario, drop, grid) for drop in about.bursts),
    )


def _profile(scenario: CentreScenario, about: Contact, grid: pd.DataFrame) -> Floats:
    """Contacts of each interval: the day's, spread over the hours in which they come."""
    contacts = np.zeros(len(grid))
    if not about.per_day:
        return contacts
    hours, seconds, holidays = about.hours or scenario.hours, int(scenario.plan.interval), _holidays(scenario)
    peak = units.clock_span(about.peak.hours) if about.peak is not None else (0, 0)
    dates, slots = np.array(grid["date"].tolist(), dtype=object), grid["slot"].to_numpy(int)
    for day in dict.fromkeys(grid["date"]):
        rows = np.flatnonzero(dates == day)
        spans = hours.spans(day, holiday=day in holidays)
        shares = peak_profile(spans, slots[rows].tolist(), seconds, peak, about.peak.share if about.peak is not None else 0.0)
        # Hours of a type while the centre is closed bring nobody: who would come then comes while it is open.
        shares = shares / shares.sum() if shares.sum() > 0 else shares
        contacts[rows] = about.per_day * about.weekday.get(units.WEEKDAYS[day.weekday()], 1.0) * shares  # type: ignore[call-overload]
    return contacts


def _burst(scenario: CentreScenario, drop: Drop, grid: pd.DataFrame) -> Burst:
    lag: Distribution = Exponential(drop.lag) if drop.lag_cv == 1.0 else Lognormal(drop.lag, drop.lag_cv)
    contacts = drop.contacts * scenario.volume
    return Burst(_moment(scenario, grid, drop.at), round(contacts) if drop.exact else contacts, lag, drop.exact)


def _group(scenario: CentreScenario, name: str, grid: pd.DataFrame, folder: Path) -> tuple[Group, tuple[str, ...] | None]:
    crew = scenario.groups[name]
    if crew.roster is not None:
        end = int(_elapsed(grid)[-1]) + round(float(grid["duration"].iloc[-1]) * SECOND)
        rows, names = roster(folder / crew.roster, grid["start"].iloc[0], end, scenario.timezone)
        return Group(roster=rows, speed_cv=crew.speed_cv), names
    if crew.cover is not None:
        table = by_interval(folder / crew.cover, name, "agents", grid["start"], scenario.timezone)
        return Group(table["agents"].to_numpy(float), speed_cv=crew.speed_cv), None
    assert crew.agents is not None
    found = [crew.agents.at(start.date(), start.hour * 3600 + start.minute * 60) for start in grid["start"]]
    return Group(np.array(found, dtype=float), speed_cv=crew.speed_cv), None


def _skills(scenario: CentreScenario, kinds: tuple[str, ...], groups: tuple[str, ...]) -> list[Skill]:
    levels = scenario.levels
    return [
        Skill(
            kind=number,
            group=groups.index(one.group),
            level=levels[name] if one.level is None else one.level - 1,
            rank=place if one.choice is None else one.choice - 1,
            delay=one.after,
            reserve=one.keep_free,
            factor=one.handle_factor * scenario.groups[one.group].handle_factor,
            handicap=one.handicap,
        )
        for number, name in enumerate(kinds)
        for place, one in enumerate(scenario.routing[name])
    ]


def _transfers(scenario: CentreScenario, kinds: tuple[str, ...]) -> Floats | None:
    if not scenario.transfers:
        return None
    shares = np.zeros((len(kinds), len(kinds)))
    for name, others in scenario.transfers.items():
        for other, share in others.items():
            shares[kinds.index(name), kinds.index(other)] = share
    return shares


def _numbers(
    scenario: CentreScenario, groups: tuple[str, ...], named: Sequence[str], sites: Sequence[str]
) -> tuple[int, ...] | None:
    if not named and not sites:
        return None
    return tuple(number for number, name in enumerate(groups) if name in named or scenario.groups[name].site in sites)


def _outages(scenario: CentreScenario, groups: tuple[str, ...], grid: pd.DataFrame) -> list[Outage]:
    found = []
    for outage in scenario.outages:
        start = _moment(scenario, grid, outage.at)
        end = start + math.ceil(outage.lasts * SECOND)
        found.append(Outage(start, end, _numbers(scenario, groups, outage.groups, outage.sites), outage.loss, outage.refuses))
    return found


def _breakdowns(scenario: CentreScenario, groups: tuple[str, ...]) -> Breakdowns | None:
    about = scenario.availability
    if about.share >= 1:
        return None
    return Breakdowns(about.share, about.mean_length, _numbers(scenario, groups, about.groups, ()), about.refuses)
