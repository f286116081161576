"""The program of one stretch: against enumeration on tiny instances, and by its properties on larger ones."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.schedule.solver import Limits, Pattern, Solution, Stretch, solve

EXACT = Limits(gap=0.0)
SIZE = 7


def presence(patterns: list[Pattern], solution: Solution, size: int) -> np.ndarray:
    """People present, counted person by person."""
    present = np.zeros(size, dtype=np.int64)
    for pattern, people, eating in zip(patterns, solution.people, solution.meals, strict=True):
        present[pattern.start : pattern.end] += people
        for slot, count in zip(pattern.meals, eating, strict=True):
            present[slot : slot + pattern.meal_length] -= count
    return present


def price(need: np.ndarray, short: np.ndarray) -> float:
    """Price of the missing: 1 a head in the first tenth of the need, 2 up to a quarter, 4 beyond; 4 dearest shifts a unit."""
    asked = np.maximum(need, 1)
    first = np.minimum(short, 0.1 * asked)
    second = np.clip(short - 0.1 * asked, 0, 0.15 * asked)
    return 4.0 * float((first + 2 * second + 4 * (short - first - second)).sum())


def enumerated(need: np.ndarray, patterns: list[Pattern], most: int, room: np.ndarray | None, people_max: int | None) -> float:
    """Least of price and cost over every way to send up to ``most`` people on each pattern and to their meals."""
    ways: list[list[tuple[int, np.ndarray]]] = []
    for p in patterns:
        own: list[tuple[int, np.ndarray]] = []
        for counts in itertools.product(range(most + 1), repeat=max(len(p.meals), 1)):
            people = sum(counts)
            if people > most:
                continue
            present = np.zeros(len(need), dtype=np.int64)
            present[p.start : p.end] += people
            for slot, count in zip(p.meals, counts, strict=False):
                present[slot : slot + p.meal_length] -= count
            own.append((people, present))
        ways.append(own)
    scale = max(p.cost for p in patterns)
    best = np.inf
    for choice in itertools.product(*ways):
        present = sum((part for _, part in choice), start=np.zeros(len(need), dtype=np.int64))
        if room is not None and np.any(present > room):
            continue
        if people_max is not None and sum(people for people, _ in choice) > people_max:
            continue
        cost = sum(people * p.cost for (people, _), p in zip(choice, patterns, strict=True)) / scale
        best = min(best, cost + price(need, np.maximum(need - present, 0)))
    return float(best)


@st.composite
def tiny(draw: st.DrawFn) -> tuple[np.ndarray, list[Pattern]]:
    need = np.array(draw(st.lists(st.integers(0, 2), min_size=SIZE, max_size=SIZE)))
    patterns = []
    for number in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, SIZE - 3))
        end = draw(st.integers(start + 3, SIZE))
        places = tuple(range(start + 1, end - 1))[:2] if draw(st.booleans()) else ()
        patterns.append(Pattern(number, start, end, float(draw(st.integers(1, 6))), 0, places, 1 if places else 0))
    return need, patterns


@settings(max_examples=40, deadline=None)
@given(tiny(), st.sampled_from([None, 1, 2]), st.sampled_from([None, 2, 4]))
def test_equals_enumeration(case: tuple[np.ndarray, list[Pattern]], seats: int | None, people_max: int | None) -> None:
    need, patterns = case
    room = None if seats is None else np.full(SIZE, seats)
    caps = None if people_max is None else {0: people_max}
    solution = solve(Stretch(need, room=room, people_max=caps), patterns, EXACT)
    present = presence(patterns, solution, SIZE)
    assert np.array_equal(solution.short, np.maximum(need - present, 0))
    assert room is None or np.all(present <= room)
    assert people_max is None or solution.people.sum() <= people_max
    cost = sum(p.cost * n for p, n in zip(patterns, solution.people, strict=True)) / max(p.cost for p in patterns)
    assert cost + price(need, solution.short) == pytest.approx(enumerated(need, patterns, 4, room, people_max), abs=1e-6)


def test_a_shortage_goes_where_it_hurts_least() -> None:
    # One person too few for two hours of equal length: one of ten misses less than one of two.
    need = np.array([10, 10, 2, 2])
    patterns = [Pattern(0, 0, 2, 1.0, 0), Pattern(1, 2, 4, 1.0, 0)]
    solution = solve(Stretch(need, people_max={0: 11}), patterns, EXACT)
    assert solution.short.tolist() == [1, 1, 0, 0]


def test_a_shortage_is_spread() -> None:
    need = np.array([8, 8, 8, 8])
    patterns = [Pattern(0, t, t + 1, 1.0, 0) for t in range(4)]
    solution = solve(Stretch(need, people_max={0: 28}), patterns, EXACT)
    assert solution.short.tolist() == [1, 1, 1, 1]


def test_those_already_there_count_and_fill_the_room() -> None:
    need = np.array([3, 3, 3])
    solution = solve(Stretch(need, room=np.full(3, 4), already=np.array([2, 5, 0])), [Pattern(0, 0, 3, 1.0, 0)], EXACT)
    # The middle interval is full: nobody more may come, so the ends stay short.
    assert solution.people.tolist() == [0]
    assert solution.short.tolist() == [1, 0, 3]


def test_nothing_needed_nobody_works() -> None:
    solution = solve(Stretch(np.zeros(4, dtype=np.int64)), [Pattern(0, 0, 4, 1.0, 0, (1, 2), 1)])
    assert solution.people.tolist() == [0]
    assert solve(Stretch(np.array([2, 1])), []).short.tolist() == [2, 1]


def large_day() -> tuple[np.ndarray, list[Pattern]]:
    """A day of 96 quarter hours with a peak of 120: 8 h with a meal in 23 places, 4 h without."""
    clock = np.arange(96) / 4
    curve = 10 + 70 * np.exp(-(((clock - 11) / 2.2) ** 2)) + 110 * np.exp(-(((clock - 19) / 3) ** 2))
    need = np.where(clock < 6, 6, np.rint(curve)).astype(np.int64)
    full = [Pattern(0, s, s + 32, 270.0, 0, tuple(range(s + 4, s + 27)), 2) for s in range(0, 65, 2)]
    return need, full + [Pattern(1, s, s + 16, 140.0, 0) for s in range(0, 81, 2)]


def test_a_large_day_is_proven_and_large_programs_come_near() -> None:
    need, patterns = large_day()
    whole = solve(Stretch(need), patterns)
    assert need.max() == 120
    assert whole.gap <= Limits().gap
    assert not whole.short.any()
    cost = sum(p.cost * n for p, n in zip(patterns, whole.people, strict=True))
    halves = solve(Stretch(need), patterns, replace(Limits(), large=0))
    assert np.array_equal(halves.short, np.maximum(need - presence(patterns, halves, 96), 0))
    assert halves.short.sum() <= 2
    assert sum(p.cost * n for p, n in zip(patterns, halves.people, strict=True)) == pytest.approx(cost, rel=0.01)


def test_a_large_program_keeps_to_the_room() -> None:
    # Ten people may be present and all places of the meal are taken in turns, whether meals are decided at once or afterwards.
    need = np.array([7, 8, 8, 8, 9, 10, 10, 10, 10, 10, 10, 10, 8, 8, 8, 8])
    patterns = [Pattern(0, 0, 16, 269.0, 0, tuple(range(2, 14)), 1), Pattern(1, 4, 12, 100.0, 0)]
    room = np.full(16, 10)
    for limits in (Limits(), Limits(large=0)):
        solution = solve(Stretch(need, room=room), patterns, limits)
        assert solution.people.tolist() == [8, 3]
        assert not solution.short.any()
        assert (presence(patterns, solution, 16) <= room).all()


def test_surplus_is_spread_and_meals_are_central() -> None:
    # Five people for a need of four: all may eat apart, at the five central places of eleven.
    need = np.full(16, 4)
    pattern = Pattern(0, 0, 16, 1.0, 0, tuple(range(2, 13)), 1)
    solution = solve(Stretch(need), [pattern])
    assert solution.people.tolist() == [5]
    assert solution.meals[0].tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0]
