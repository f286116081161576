"""What an engine plays when there are many queues: contact types, groups of agents, and who may answer whom, as plain arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from wfm.simulate.model import SECOND, Model

Leaving = Literal["finish", "return_to_queue"]
Closing = Literal["answer", "let_go", "keep"]

LEGS_MAX = 16  # a contact is not transferred more often
_WEIGHT_MAX = 1000
_LONGEST = 10.0 * 366 * 86_400  # seconds: sums of times, weights applied, stay below 2**63


@dataclass(frozen=True)
class Skill:
    """That a group may answer a contact type, and on what terms.

    Attributes
    ----------
    kind, group
        Numbers of the contact type and of the group.
    level
        An agent who becomes free takes contacts of the lowest level first.
    rank
        A contact goes to a free agent of the lowest rank first.
    delay
        The group answers the type only after this long in queue [s] (overflow).
    reserve
        It does so only while more agents than this are idle.
    factor
        Handle time of the type in this group, in units of the type's own (temps: 1.3 to 1.6).
    handicap
        Among groups of equal rank the agent idle longest is chosen; this group's count as idle for so much less [s].
    """

    kind: int
    group: int
    level: int = 0
    rank: int = 0
    delay: float = 0.0
    reserve: int = 0
    factor: float = 1.0
    handicap: float = 0.0

    def __post_init__(self) -> None:
        for name in ("kind", "group", "level", "rank", "reserve"):
            _whole(name, getattr(self, name))
        if self.reserve < 0:
            raise ValueError(f"reserve is {self.reserve}; it has to be 0 or more")
        for name in ("level", "rank"):
            if not 0 <= getattr(self, name) < 1000:
                raise ValueError(f"{name} is {getattr(self, name)}; it has to be from 0 to 999")
        for name in ("delay", "handicap"):
            _between(name, getattr(self, name), 0.0, _LONGEST)
        _between("factor", self.factor, 0.0, 1000.0)


@dataclass(frozen=True, eq=False)
class Group:
    """Agents who are planned together.

    Attributes
    ----------
    agents
        [K], agents on queue in each interval; nobody in particular leaves or comes. Fractions are chances, for each replication
        to draw. Or None, with a roster.
    roster
        int64[n, 3], rows (agent, from, to) in microseconds: when each agent, numbered from 0, is on queue; time between two rows
        of an agent is a break. Or None.
    speed_cv
        Coefficient of variation of the agents' own speeds: each one's handle times are the type's times a factor of mean 1.
    """

    agents: NDArray[np.int64] | NDArray[np.float64] | None = None
    roster: NDArray[np.int64] | None = None
    speed_cv: float = 0.0

    def __post_init__(self) -> None:
        if (self.agents is None) == (self.roster is None):
            raise ValueError("a group has either agents by interval or a roster")
        if self.agents is not None:
            bad = ~(np.isfinite(self.agents) & (np.asarray(self.agents) >= 0))
            if bad.any():
                first = int(np.argmax(bad))
                raise ValueError(f"agents has to be 0 or more; the first that is not is number {first}: {self.agents[first]}")
        if self.roster is not None:
            _check_roster(np.asarray(self.roster))
        _between("speed_cv", self.speed_cv, 0.0, 10.0)

    @property
    def size(self) -> int:
        """How many different agents there are."""
        if self.roster is not None:
            return int(self.roster[:, 0].max()) + 1 if len(self.roster) else 0
        return math.ceil(self.agents.max()) if self.agents is not None and len(self.agents) else 0


@dataclass(frozen=True)
class Outage:
    """A time without some or all of the agents, or in which nobody gets through (S0-19).

    It takes agents away while the centre is open; those who stay after closing until all are answered are not hit.

    Attributes
    ----------
    start, end
        Microseconds after the plan's first moment.
    groups
        Numbers of the groups hit; None for all.
    loss
        Share of their agents who cannot work; of a group with a roster the first so many, rounded up.
    refuses
        Whether contacts that arrive meanwhile are blocked.
    """

    start: int
    end: int
    groups: tuple[int, ...] | None = None
    loss: float = 1.0
    refuses: bool = False

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"an outage ends at {self.end}, which is not after its start {self.start}")
        _between("loss", self.loss, 0.0, 1.0)

    def hits(self, agent: int, size: int) -> bool:
        """Whether it hits an agent of a roster of so many."""
        return agent < math.ceil(self.loss * size - 1e-9)


@dataclass(frozen=True)
class Breakdowns:
    """A platform that is not always there (S0-19): up and down by turns, each for an exponential time.

    Attributes
    ----------
    availability
        Share of time it is up, in the long run.
    mean_length
        Mean length of a time without it [s].
    groups
        Numbers of the groups that work on it; None for all.
    refuses
        Whether contacts that arrive meanwhile are blocked; else they wait.
    """

    availability: float
    mean_length: float = 1800.0
    groups: tuple[int, ...] | None = None
    refuses: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.availability <= 1:
            raise ValueError(f"availability is {self.availability}; it has to be above 0 and 1 at most")
        _between("mean_length", self.mean_length, 1.0, _LONGEST)


@dataclass(frozen=True, eq=False)
class Centre:
    """Contact types and groups on one grid of intervals.

    Rules, beyond those of `wfm.simulate.model.Model`:

    - Each contact type has a queue in order of arrival. Who is answered next by a group's free agent: the lowest ``level`` of the
      group's skills; then the highest score, ``weight`` x time in queue + ``head_start``; then whoever came first.
    - A contact that may be answered at once goes to the group of lowest ``rank``, then to the agent idle longest.
    - When agents of a group become fewer, idle ones leave first, the highest numbers before others; for the rest ``leaving``
      holds: "finish" lets whoever is done next leave; "return_to_queue" sends the contacts begun last back into their queues, at
      their places by arrival, with the time of work that was left and the patience that was left; after-call work is dropped.
      With a roster it is the agent of the row who leaves.
    - At the end of an open span nobody new arrives, redials are lost and reserves end. ``closing`` "answer": agents stay until all
      who wait are answered; where no agent of any group that may answer a type is on queue, its contacts are let go (abandoned).
      "let_go": all who wait are let go. "keep": they keep waiting, as written contacts do; agents go home, but for those whose
      roster goes on, who answer them.
    - A contact that is done may be transferred: with share ``transfers[i, j]`` type i goes on in the queue of type j as its next
      leg, on the same line, with a handle time and patience of type j.
    - Lines are those of the whole centre.

    Attributes
    ----------
    kinds
        Contact types, each as if it were a queue of its own; their ``agents`` and ``lines`` are not used.
    groups, skills, outages, breakdowns
        Who may answer, and when not. Engines play what `wfm.simulate.settled.settled` makes of chances.
    lines
        Contacts in the system at once on a line, or None.
    weight, head_start
        By type: whole numbers of 0 to 1000 (default 1), seconds (default 0).
    transfers
        float64[Y, Y] or None.
    """

    kinds: tuple[Model, ...]
    groups: tuple[Group, ...]
    skills: tuple[Skill, ...]
    lines: int | None = None
    weight: tuple[int, ...] = ()
    head_start: tuple[float, ...] = ()
    transfers: NDArray[np.float64] | None = None
    leaving: Leaving = "finish"
    closing: Closing = "answer"
    outages: tuple[Outage, ...] = ()
    breakdowns: Breakdowns | None = None

    def __post_init__(self) -> None:
        Y, G = len(self.kinds), len(self.groups)
        if not Y:
            raise ValueError("a centre has at least one contact type")
        first = self.kinds[0]
        for number, kind in enumerate(self.kinds):
            if not all(np.array_equal(getattr(kind, name), getattr(first, name)) for name in ("start", "length", "day")):
                raise ValueError(f"contact type {number} has other intervals than type 0; all are planned on the same ones")
        for number, group in enumerate(self.groups):
            if group.agents is not None and len(group.agents) != len(first.start):
                raise ValueError(f"group {number} has agents for {len(group.agents)} intervals of {len(first.start)}")
        seen = set()
        for skill in self.skills:
            if not (0 <= skill.kind < Y and 0 <= skill.group < G):
                raise ValueError(f"a skill is of type {skill.kind} and group {skill.group}; there are {Y} types and {G} groups")
            if (skill.kind, skill.group) in seen:
                raise ValueError(f"group {skill.group} has two skills for type {skill.kind}; one says all")
            seen.add((skill.kind, skill.group))
        for name, least, most in (("weight", 0, _WEIGHT_MAX), ("head_start", 0.0, _LONGEST)):
            values = getattr(self, name)
            if values and len(values) != Y:
                raise ValueError(f"{name} has {len(values)} values for {Y} contact types")
            for value in values:
                _between(name, value, least, most)
        for value in self.weight:
            _whole("weight", value)
        if self.transfers is not None:
            shares = np.asarray(self.transfers, dtype=float)
            if shares.shape != (Y, Y) or not (shares >= 0).all() or not (shares.sum(axis=1) <= 1 + 1e-12).all():
                raise ValueError(f"transfers are shares of each of {Y} types to each, 0 or more and 1 at most in a row")
        if self.lines is not None:
            _whole("lines", self.lines)
        if self.lines is not None and self.lines < 0:
            raise ValueError(f"lines is {self.lines}; it has to be 0 or more, or None for no limit")
        for name, choices in (("leaving", get_args(Leaving)), ("closing", get_args(Closing))):
            if getattr(self, name) not in choices:
                raise ValueError(f"{name} is {getattr(self, name)!r}; it has to be one of {', '.join(choices)}")
        for outage in self.outages:
            if outage.groups is not None and not all(0 <= group < G for group in outage.groups):
                raise ValueError(f"an outage hits the groups {outage.groups}; there are {G}")

    @classmethod
    def of(cls, model: Model, **rules: object) -> Centre:
        """One queue as a centre of one type and one group."""
        return cls((model,), (Group(np.asarray(model.agents)),), (Skill(0, 0),), lines=model.lines, **rules)  # type: ignore[arg-type]

    @property
    def intervals(self) -> Model:
        """Whose start, length, day and closing are everybody's."""
        return self.kinds[0]


def _whole(name: str, value: float) -> None:
    if value != int(value):
        raise ValueError(f"{name} is {value}; it has to be a whole number")


def _between(name: str, value: float, least: float, most: float) -> None:
    if not (math.isfinite(value) and least <= value <= most):
        raise ValueError(f"{name} is {value}; it has to be from {least:g} to {most:g}")


def _check_roster(roster: NDArray[np.int64]) -> None:
    if roster.ndim != 2 or roster.shape[1] != 3:
        raise ValueError(f"a roster has rows (agent, from, to); this one has the shape {roster.shape}")
    order = np.lexsort((roster[:, 1], roster[:, 0]))
    agent, since, until = roster[order].T
    if len(agent) and agent[0] < 0:
        raise ValueError(f"a roster numbers agents from 0; there is a {agent[0]}")
    overlaps = np.append(False, (agent[1:] == agent[:-1]) & (since[1:] < until[:-1]))[: len(agent)]
    for bad, what in ((until <= since, "ends before it begins"), (overlaps, "overlaps the one before")):
        if bad.any():
            row = int(order[np.argmax(bad)])
            begin, end = roster[row, 1] / SECOND, roster[row, 2] / SECOND
            raise ValueError(f"row {row} of a roster, agent {roster[row, 0]} from {begin:g} s to {end:g} s, {what}")
