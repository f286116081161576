"""Where the shift templates can lie in a run of open hours, as patterns for the program."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wfm.schedule.inputs import ShiftTemplate
from wfm.schedule.solver import Ints, Pattern

_DAY = 86400
_NEAR = 1e-6


@dataclass(frozen=True)
class Kind:
    """A template on a grid of intervals of ``seconds``.

    Attributes
    ----------
    covered, span
        Intervals the shift covers whole, and those it touches.
    places, meal_length
        Where the meal may begin, in intervals after the shift's start, and how many intervals it takes.
    meal_moved
        The window holds no whole place on this grid; the nearest to its middle is taken.
    """

    index: int
    name: str
    template: ShiftTemplate
    cost: float
    seconds: float
    covered: int
    span: int
    places: tuple[int, ...]
    meal_length: int
    meal_moved: bool

    def rounded(self) -> bool:
        """Whether the grid does not fit the template's length, meal or clock times."""
        off_grid = [clock for clock in self.template.start_clocks() or () if clock % self.seconds]
        meal = self.meal_length * self.seconds - self.template.paid_meal
        return self.covered != self.span or self.meal_moved or abs(meal) > _NEAR or bool(off_grid)

    def may_start(self, clock: Ints) -> np.ndarray:
        """Which clock times the template may start at; a start inside an interval counts as at that interval's start."""
        clocks = self.template.start_clocks()
        if clocks is None:
            step = self.template.start_step
            return clock % step == 0 if step > self.seconds else np.ones(len(clock), dtype=bool)
        return np.isin(clock, np.asarray(clocks) // self.seconds * self.seconds)


@dataclass(frozen=True)
class Run:
    """Intervals that touch one another: rows of the group's table, local clock [s], day number and need of each.

    ``round`` marks a centre that never closes: shifts may run past the end, and the evening before the first day is worked like the
    same weekday's evening of the plan.
    """

    rows: Ints
    clock: Ints
    day: Ints
    need: Ints
    room: Ints | None
    round: bool = False

    def __len__(self) -> int:
        return len(self.rows)


def kind(index: int, name: str, template: ShiftTemplate, cost: float, seconds: float) -> Kind:
    """A template on the grid; a meal that is no multiple of the interval is rounded up to one."""
    covered = max(math.floor(template.length / seconds + _NEAR), 1)
    span = math.ceil(template.length / seconds - _NEAR)
    places, meal_length, moved = _meal_places(template, covered, seconds)
    return Kind(index, name, template, cost, seconds, covered, span, places, meal_length, moved)


def _meal_places(template: ShiftTemplate, covered: int, seconds: float) -> tuple[tuple[int, ...], int, bool]:
    """(places, length, moved) of the meal in a shift of ``covered`` intervals; it neither opens nor closes the shift."""
    meal = math.ceil(template.paid_meal / seconds - _NEAR)
    inside = range(1, covered - meal)
    # Who works half a shift or less (cut at the day's end) has no meal in it.
    if not meal or not inside or covered * seconds <= template.length / 2 + _NEAR:
        return (), 0, False
    earliest, latest = template.meal_window(covered * seconds)
    places = tuple(k for k in inside if k * seconds >= earliest - _NEAR and (k + meal) * seconds <= latest + _NEAR)
    if places:
        return places, meal, False
    middle = (earliest + latest) / 2
    return (min(inside, key=lambda k: abs((k + meal / 2) * seconds - middle)),), meal, True


def patterns(kinds: list[Kind], run: Run, first: int, last: int) -> list[Pattern]:
    """Whole shifts that start in the run's intervals ``first`` to ``last`` (excluded), counted from ``first``.

    A template with any start may also start when the run opens, or end when it closes.
    """
    found: list[Pattern] = []
    for k in kinds:
        starts = k.may_start(run.clock[first:last])
        if k.template.start_clocks() is None and not run.round:
            edges = [at - first for at in (0, len(run) - k.span) if first <= at < last]
            starts[edges] = True
        room = np.inf if run.round else len(run)
        found.extend(
            _pattern(k, at, at + k.covered, int(run.day[first + at]))
            for at in np.flatnonzero(starts).tolist()
            if first + at + k.span <= room
        )
    return found


def cut_patterns(kinds: list[Kind], run: Run) -> list[Pattern]:
    """Shifts longer than the whole run, cut to it: the opening hours of a short Friday are worked by a full day's people."""
    found: list[Pattern] = []
    for k in kinds:
        if k.span <= len(run):
            continue
        clocks = k.template.start_clocks()
        length = len(run)
        begun = [0] if clocks is None else [round((clock - int(run.clock[0])) / k.seconds) for clock in clocks]
        turn = round(_DAY / k.seconds)
        cuts = {(max(at, 0), min(at + k.covered, length)) for begin in begun for at in (begin - turn, begin, begin + turn)}
        found.extend(_pattern(k, at, end, int(run.day[0])) for at, end in sorted(cuts) if at < end)
    return found


def _pattern(k: Kind, start: int, end: int, day: int) -> Pattern:
    places, meal_length = k.places, k.meal_length
    if end - start != k.covered:
        places, meal_length, _ = _meal_places(k.template, end - start, k.seconds)
    return Pattern(k.index, start, end, k.cost, day, tuple(start + place for place in places), meal_length)
