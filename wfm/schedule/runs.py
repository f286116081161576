"""Runs of open hours: each solved apart, equal ones once, long ones day by day with the next day in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from wfm.schedule.patterns import Kind, Run, cut_patterns, patterns
from wfm.schedule.solver import Ints, Limits, Pattern, Solution, Stretch, solve

_DAY = 86400
_WHOLE = 2 * _DAY


@dataclass(frozen=True)
class Placed:
    """People on one shift: its first row in the group's table, intervals covered, and (place after the start, people) of meals."""

    kind: Kind
    row: int
    length: int
    people: int
    meals: tuple[tuple[int, int], ...]

    @property
    def cut(self) -> bool:
        """Whether opening hours cut the shift short."""
        return self.length < self.kind.covered


@dataclass
class Work:
    """What the runs of one group come to, by row of its table.

    Attributes
    ----------
    present, eating
        People present (meals taken out), and people at their meal.
    can_start
        Whether any shift could cover the row.
    carried
        Whether shifts of the evening before the plan cover its first hours.
    gaps
        Relative gap of every program solved.
    """

    present: Ints
    eating: Ints
    can_start: np.ndarray
    placed: list[Placed] = field(default_factory=list)
    carried: bool = False
    gaps: list[float] = field(default_factory=list)


class Planner:
    """Solves runs and remembers what it has solved: equal days give equal shifts at no cost."""

    def __init__(self, kinds: list[Kind], rows: int, limits: Limits, people_max: int | None, used: dict[int, int]) -> None:
        # A fixed order by what a shift is, not by its name: renaming a template changes nothing.
        self.kinds = sorted(kinds, key=lambda k: (k.covered, k.cost, k.template.start, k.places, k.name))
        self.by_index = {k.index: k for k in kinds}
        self.work = Work(np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=bool))
        self.people_max, self.used = people_max, used
        self.limits = limits
        self.solved: dict[tuple[object, ...], Solution] = {}

    def plan(self, run: Run) -> None:
        """Place the shifts of a run."""
        seconds = self.kinds[0].seconds
        if run.round:
            self._roll(_wrapped(run), warm_up=True)
        elif len(run) * seconds > _WHOLE:
            self._roll(run, warm_up=False)
        else:
            self._whole(run)

    def _whole(self, run: Run) -> None:
        shifts = patterns(self.kinds, run, 0, len(run))
        if np.any(~_reach(shifts, len(run)) & (run.need > 0)):
            shifts += cut_patterns(self.kinds, run)
        self.work.can_start[run.rows] |= _reach(shifts, len(run))
        solution = self._solve(run, slice(0, len(run)), shifts, np.zeros(len(run), dtype=np.int64))
        for pattern, people, eating in zip(shifts, solution.people, solution.meals, strict=True):
            self._place(run, pattern, int(people), eating)

    def _roll(self, run: Run, *, warm_up: bool) -> None:
        """Day by day: solve two days, keep the first day's shifts, carry what they cover into the next."""
        days = np.unique(run.day)
        edges = [*np.searchsorted(run.day, days).tolist(), len(run)]
        longest = max(k.span for k in self.kinds)
        already = np.zeros(len(run) + longest, dtype=np.int64)
        # A centre that never closes has one more day behind its end, only to look at.
        for number in range(len(days) - (1 if run.round else 0)):
            first, next_day, last = edges[number], edges[number + 1], edges[min(number + 2, len(days))]
            shifts = patterns(self.kinds, run, first, last)
            window = slice(first, last)
            # Beyond the view a shift's cover is not seen, so neither is that part of its price.
            priced = [replace(p, cost=p.cost * min(1.0, (last - first - p.start) / (p.end - p.start))) for p in shifts]
            solution = self._solve(run, window, priced, already[window])
            for pattern, people, eating in zip(shifts, solution.people, solution.meals, strict=True):
                at = first + pattern.start
                if at >= next_day or not people:
                    continue
                already[at : at + pattern.end - pattern.start] += people
                for place, count in zip(pattern.meals, eating, strict=True):
                    already[first + place : first + place + pattern.meal_length] -= count
                moved = replace(
                    pattern, start=at, end=at + pattern.end - pattern.start, meals=tuple(first + m for m in pattern.meals)
                )
                self._place(run, moved, int(people), eating, warm_up=warm_up and number == 0)
            reached = run.rows[window][_reach(shifts, last - first) | (already[window] > 0)]
            self.work.can_start[reached[reached >= 0]] = True

    def _solve(self, run: Run, window: slice, shifts: Sequence[Pattern], already: Ints) -> Solution:
        day0 = int(run.day[window][0])
        caps = None
        if self.people_max is not None:
            caps = {int(day) - day0: max(self.people_max - self.used.get(int(day), 0), 0) for day in np.unique(run.day[window])}
        need = run.need[window]
        room = None if run.room is None else run.room[window]
        same_days = [replace(p, day=p.day - day0) for p in shifts]
        key = (
            need.tobytes(),
            already.tobytes(),
            b"" if room is None else room.tobytes(),
            tuple(same_days),
            tuple((caps or {}).items()),
        )
        if key not in self.solved:
            self.solved[key] = solve(Stretch(need, room, already, caps), same_days, self.limits)
            self.work.gaps.append(self.solved[key].gap)
        return self.solved[key]

    def _place(self, run: Run, pattern: Pattern, people: int, eating: Ints, *, warm_up: bool = False) -> None:
        if not people:
            return
        if not warm_up:
            self.used[pattern.day] = self.used.get(pattern.day, 0) + people
        self._count(run, pattern.start, pattern.end, people, self.work.present, carried=warm_up)
        meals = []
        for place, count in zip(pattern.meals, eating.tolist(), strict=True):
            if count:
                meals.append((place - pattern.start, count))
                self._count(run, place, place + pattern.meal_length, -count, self.work.present, carried=warm_up)
                self._count(run, place, place + pattern.meal_length, count, self.work.eating)
        if not warm_up:
            length = pattern.end - pattern.start
            self.work.placed.append(
                Placed(self.by_index[pattern.template], int(run.rows[pattern.start]), length, people, tuple(meals))
            )

    def _count(self, run: Run, start: int, end: int, people: int, into: Ints, *, carried: bool = False) -> None:
        rows = run.rows[start : min(end, len(run))]
        rows = rows[rows >= 0]
        into[rows] += people
        if carried:
            self.work.carried |= bool(len(rows))


def _reach(shifts: Sequence[Pattern], size: int) -> np.ndarray:
    """Which intervals some shift covers."""
    reach = np.zeros(size, dtype=bool)
    for pattern in shifts:
        reach[pattern.start : pattern.end] = True
    return reach


def _wrapped(run: Run) -> Run:
    """The run with a day before it and a day behind it: the same weekday's where the plan has one, else its last and first day."""
    days = np.unique(run.day)
    before = days[6] if len(days) >= 7 else days[-1]
    behind = days[-7] if len(days) >= 7 else days[0]
    ahead, after = np.flatnonzero(run.day == before), np.flatnonzero(run.day == behind)
    order = np.concatenate([ahead, np.arange(len(run)), after])
    outside = np.full(len(order), False)
    outside[: len(ahead)] = outside[len(order) - len(after) :] = True
    day = np.concatenate([np.full(len(ahead), days[0] - 1), run.day, np.full(len(after), days[-1] + 1)])
    room = None if run.room is None else run.room[order]
    return Run(np.where(outside, -1, run.rows[order]), run.clock[order], day, run.need[order], room, round=True)
