"""The integer program of one stretch of intervals: how many people on each shift, and when they eat.

The implicit formulation (Aykin 1996, Management Science 42:591): a whole-number count of people per shift and start, and a count
per place of their meal, tied by one row a shift, instead of one column for each pair of shift and meal. `scipy.optimize.milp`
(HiGHS) solves it; searches end at a gap or a number of nodes, never by the clock, so the same input gives the same shifts.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Missing people are priced by how deep the hole is beside what the interval needs: the first tenth, up to a quarter, the rest.
# A convex price spreads a shortage, and puts the missing person where he is one of ten rather than one of two.
_DEPTHS = ((0.10, 1.0), (0.25, 2.0), (1.0, 4.0))
# One person missing for one interval outweighs this many of the dearest shifts: a shortage stays only where shifts cannot mend it.
_SHORT_OVER_SHIFT = 4.0


@dataclass(frozen=True)
class Limits:
    """Where a search stops: a relative gap to the bound, and a number of nodes.

    A program of more than ``large`` whole numbers decides the shifts first and the meals after them.
    """

    gap: float = 5e-3
    nodes: int = 20
    large: int = 6000


@dataclass(frozen=True)
class Pattern:
    """One shift of a stretch: intervals ``start`` to ``end`` (end excluded), and where its meal may begin (empty: no meal)."""

    template: int
    start: int
    end: int
    cost: float
    day: int
    meals: tuple[int, ...] = ()
    meal_length: int = 0


@dataclass(frozen=True)
class Stretch:
    """What a stretch needs: people present per interval, the most that fit, those already there, and people left per day."""

    need: Ints
    room: Ints | None = None
    already: Ints | None = None
    people_max: dict[int, int] | None = None


@dataclass(frozen=True)
class Solution:
    """People per pattern, people per pattern and meal place, and people missing per interval.

    ``gap`` is the relative gap to the bound that the search reached, ``nan`` where it ended without an answer and nobody works.
    """

    people: Ints
    meals: tuple[Ints, ...]
    short: Ints
    gap: float


def solve(stretch: Stretch, patterns: list[Pattern], limits: Limits | None = None) -> Solution:
    """The least shortage, then the least cost, then surplus spread evenly and meals near the middle of their window.

    Parameters
    ----------
    stretch
        Needs and caps per interval; all arrays of the same length. Patterns may run beyond its end; what lies there does not count.
    patterns
        The shifts that may be worked.
    limits
        When to stop searching.

    Returns
    -------
    Solution
        Never a refusal: what cannot be covered is ``short``.
    """
    limits = limits or Limits()
    program = _Program(stretch, patterns)
    if not patterns or not np.any(program.need > 0):
        return program.empty()
    first = _cheapest(program, limits)
    if first.short.any():
        # With the shortage settled its price is out of the objective, so the gap speaks of cost alone.
        first = _cheapest(program, limits, short=first.short, fall_back=first)
    best = _even(program, first, gap=2e-4)
    if program.columns <= limits.large // 3:
        # A day has a few hundred columns, round the clock thousands: there the meals of moved shifts are placed only afterwards.
        moved = _even(program, first, gap=0.05, starts_move=True, whole_meals=program.columns <= limits.large // 6)
        moved = _even(program, moved, gap=2e-4, settled=False)
        if program.fits(moved):
            best = min(best, moved, key=program.rank)
    return best


class _Program:
    """Rows and columns of the program: people x, meals b, then a column per interval and depth for the missing."""

    def __init__(self, stretch: Stretch, patterns: list[Pattern]) -> None:
        self.patterns = patterns
        already = stretch.already if stretch.already is not None else np.zeros_like(stretch.need)
        self.need = np.maximum(stretch.need - already, 0)
        self.over = np.maximum(already - stretch.need, 0)
        self.asked = np.maximum(stretch.need, 1)
        self.room = None if stretch.room is None else np.maximum(stretch.room - already, 0)
        self.size = len(stretch.need)
        self.owner = np.array([j for j, p in enumerate(patterns) for _ in p.meals], dtype=np.int64)
        self.place = np.array([slot for p in patterns for slot in p.meals], dtype=np.int64)
        self.cost = np.array([p.cost for p in patterns], dtype=float)
        self.caps = stretch.people_max or {}
        count, places = len(patterns), len(self.place)
        self.columns = count + places
        self.presence = self._presence()
        self.ties = self._ties()
        slots = zip(self.owner, self.place, strict=True)
        self.taste = 0.05 * np.array([_off_centre(patterns[j].meals, int(slot)) for j, slot in slots], dtype=float)
        # Nobody needs more people on one shift than everybody at once, twice over for those who eat meanwhile.
        self.most = np.full(self.columns, 2.0 * float(self.need.max(initial=0)) + 2.0)

    def _presence(self) -> sparse.csr_array:
        """Interval x (x, b): +1 while on shift, -1 while eating."""
        rows, columns, values = [], [], []
        for j, pattern in enumerate(self.patterns):
            span = np.arange(pattern.start, min(pattern.end, self.size))
            rows.append(span)
            columns.append(np.full(len(span), j))
            values.append(np.ones(len(span)))
        for k, (j, slot) in enumerate(zip(self.owner, self.place, strict=True)):
            span = np.arange(slot, min(slot + self.patterns[j].meal_length, self.size))
            rows.append(span)
            columns.append(np.full(len(span), len(self.patterns) + k))
            values.append(np.full(len(span), -1.0))
        if not rows:
            return sparse.csr_array((self.size, self.columns))
        entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
        return sparse.csr_array(entries, shape=(self.size, self.columns))

    def _ties(self) -> sparse.csr_array:
        """One row a shift with a meal: people on it = people who eat somewhere."""
        eating = np.unique(self.owner)
        row_of = {int(j): row for row, j in enumerate(eating)}
        rows = [row_of[int(j)] for j in eating] + [row_of[int(j)] for j in self.owner]
        columns = [int(j) for j in eating] + list(range(len(self.patterns), self.columns))
        values = [1.0] * len(eating) + [-1.0] * len(self.owner)
        return sparse.csr_array((values, (rows, columns)), shape=(len(eating), self.columns))

    def hard_rows(self, extra: int) -> list[LinearConstraint]:
        """Ties, room and people per day, with ``extra`` columns of zeros behind."""
        rows = []
        if self.ties.shape[0]:
            rows.append(LinearConstraint(_widen(self.ties, extra), 0, 0))
        if self.room is not None:
            rows.append(LinearConstraint(_widen(self.presence, extra), -np.inf, self.room))
        if self.caps:
            days = sorted(self.caps)
            member = np.array([[float(p.day == day) for p in self.patterns] + [0.0] * len(self.place) for day in days])
            rows.append(
                LinearConstraint(_widen(sparse.csr_array(member), extra), -np.inf, np.array([self.caps[d] for d in days], float))
            )
        return rows

    def solution(self, values: Floats, gap: float) -> Solution:
        """Whole numbers out of the solver's floats, and the shortage they leave."""
        whole = np.rint(values[: self.columns]).astype(np.int64)
        people, eating = whole[: len(self.patterns)], whole[len(self.patterns) :]
        short = np.maximum(self.need - np.rint(self.presence @ whole).astype(np.int64), 0)
        edges = np.searchsorted(self.owner, np.arange(len(self.patterns) + 1))
        meals = tuple(eating[edges[j] : edges[j + 1]] for j in range(len(self.patterns)))
        return Solution(people, meals, short, gap)

    def fits(self, solution: Solution) -> bool:
        """Whether the room holds everybody present."""
        return self.room is None or bool(np.all(self.presence @ self.flat(solution) <= self.room + 1e-6))

    def rank(self, solution: Solution) -> tuple[float, float]:
        """(price of the missing, price of the surplus and of meals off the middle of their window): the less the better."""
        surplus = np.maximum(self.presence @ self.flat(solution) - self.need + self.over, 0.0)
        eating = np.concatenate([*solution.meals, np.zeros(0)])
        return _graded(solution.short, self.asked), _graded(surplus, self.asked) + float(self.taste @ eating)

    def flat(self, solution: Solution) -> Floats:
        """The x and b columns of a solution."""
        return np.concatenate([solution.people, *solution.meals]).astype(float)

    def empty(self) -> Solution:
        """Nobody at work."""
        return self.solution(np.zeros(self.columns), 0.0)


def _cheapest(program: _Program, limits: Limits, short: Ints | None = None, fall_back: Solution | None = None) -> Solution:
    """Least shortage and cost; with ``short`` given, the least cost that leaves no more missing than that."""
    scale = program.cost.max(initial=0.0) or 1.0
    objective = np.concatenate([program.cost / scale, np.zeros(len(program.place))])
    if short is not None:
        rows = [LinearConstraint(program.presence, program.need - short, np.inf), *program.hard_rows(0)]
        upper = program.most
        depth = 0
    else:
        depth = len(_DEPTHS) * program.size
        widths, prices = _segments(program.asked)
        objective = np.concatenate([objective, _SHORT_OVER_SHIFT * prices])
        missing = sparse.hstack([sparse.eye_array(program.size)] * len(_DEPTHS), format="csr")
        cover = sparse.hstack([program.presence, missing], format="csr")
        rows = [LinearConstraint(cover, program.need, np.inf), *program.hard_rows(depth)]
        upper = np.concatenate([program.most, widths])
    large = program.columns > limits.large
    whole = np.concatenate([np.ones(len(program.patterns)), np.full(len(program.place), 0.0 if large else 1.0), np.zeros(depth)])
    result = _search(objective, rows, upper, whole, limits)
    if result.x is None:
        return fall_back or replace(program.empty(), gap=float("nan"))
    gap = float(result.mip_gap or 0.0)
    if not large:
        return program.solution(result.x, gap)
    found = _even(program, program.solution(_whole_shifts(program, result.x), gap), gap=2e-4, settled=False)
    if program.fits(found):
        return found
    # The shifts leave no way to eat in turns within the room: meals have to be whole from the start.
    return _cheapest(program, replace(limits, large=program.columns), short, fall_back)


def _whole_shifts(program: _Program, values: Floats) -> Floats:
    """Whole people per shift with their meals at the first place each, for the meal program to move."""
    count = len(program.patterns)
    people = np.rint(values[:count])
    eating = np.zeros(len(program.place))
    firsts = np.searchsorted(program.owner, np.unique(program.owner))
    eating[firsts] = people[np.unique(program.owner)]
    return np.concatenate([people, eating])


def _even(
    program: _Program, found: Solution, *, gap: float, starts_move: bool = False, whole_meals: bool = True, settled: bool = True
) -> Solution:
    """The same shifts per template, surplus spread and meals central; ``found`` itself where nothing better turns up.

    ``starts_move`` lets people start at other times at the same cost; else meals alone move. ``settled`` keeps the shortage of
    every interval from growing; else it is whatever the best places of the meals leave.
    """
    size, count, places = program.size, len(program.patterns), len(program.place)
    widths, prices = _segments(program.asked)
    surplus_most = widths.copy()
    surplus_most[-size:] = np.inf
    target = (program.need - program.over).astype(float)
    depths = sparse.hstack([sparse.eye_array(size)] * len(_DEPTHS), format="csr")
    parts, upper = [program.presence, -depths], [program.most, surplus_most]
    objective = [np.zeros(count), program.taste, prices]
    if not settled:
        parts.append(depths)
        upper.append(widths)
        objective.append(10 * _SHORT_OVER_SHIFT * prices)
    else:
        target -= found.short
    top = np.concatenate(upper)
    extra = len(top) - program.columns
    rows = [LinearConstraint(sparse.hstack(parts, format="csr"), target, target), *program.hard_rows(extra)]
    low = np.zeros(len(top))
    if starts_move:
        rows.append(_same_counts(program, found, extra))
    else:
        low[:count] = top[:count] = found.people
    whole = np.concatenate([np.ones(count), np.full(places, float(whole_meals)), np.zeros(extra)])
    result = _search(np.concatenate(objective), rows, top, whole, Limits(gap=gap, nodes=5), low)
    if result.x is None:
        return found
    values = result.x if whole_meals else _whole_shifts(program, result.x)
    return program.solution(values, found.gap)


def _same_counts(program: _Program, found: Solution, extra: int) -> LinearConstraint:
    """People per template and length as found: the cost stays, the starts may move."""
    kinds = [(p.template, p.cost) for p in program.patterns]
    row_of = {kind: row for row, kind in enumerate(dict.fromkeys(kinds))}
    member = sparse.csr_array(
        (np.ones(len(kinds)), ([row_of[kind] for kind in kinds], np.arange(len(kinds)))), shape=(len(row_of), program.columns)
    )
    counts: Floats = np.asarray(member @ program.flat(found), dtype=float)
    return LinearConstraint(_widen(member, extra), counts, counts)


def _segments(need: Ints) -> tuple[Floats, Floats]:
    """(widths, prices) of the depths of every interval, depth by depth; the last is as wide as the need."""
    edges = [share * need for share, _ in _DEPTHS]
    widths = [edges[0], *(upper - lower for lower, upper in itertools.pairwise(edges))]
    prices = [np.full(len(need), price) for _, price in _DEPTHS]
    return np.concatenate(widths).astype(float), np.concatenate(prices)


def _graded(amount: Floats | Ints, need: Ints) -> float:
    """Price of an amount per interval, dearer by depth; what lies beyond the last depth at its price."""
    total, rest = 0.0, np.asarray(amount, dtype=float)
    widths, prices = (part.reshape(len(_DEPTHS), len(need)) for part in _segments(need))
    widths[-1] = np.inf
    for width, price in zip(widths, prices, strict=True):
        total += float((price * np.minimum(rest, width)).sum())
        rest = np.maximum(rest - width, 0.0)
    return total


def _off_centre(slots: tuple[int, ...], slot: int) -> float:
    """0 in the middle of the meal window, 1 at its edges."""
    half = (slots[-1] - slots[0]) / 2
    return abs(slot - slots[0] - half) / half if half else 0.0


def _widen(matrix: sparse.csr_array, extra: int) -> sparse.csr_array:
    return sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], extra))], format="csr") if extra else matrix


def _search(
    objective: Floats, rows: list[LinearConstraint], upper: Floats, whole: Floats, limits: Limits, lower: Floats | None = None
) -> OptimizeResult:
    low = np.zeros(len(upper)) if lower is None else lower
    options: Any = {"mip_rel_gap": limits.gap, "node_limit": limits.nodes}
    return milp(objective, constraints=rows, bounds=Bounds(low, upper), integrality=whole.astype(np.int64), options=options)
