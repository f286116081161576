"""A centre laid out in the memory of the compiled engine of many queues."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.simulate.centre import LEGS_MAX, Centre, Skill
from wfm.simulate.crowd import speeds
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.event_heap_kernel import FOREVER
from wfm.simulate.model import SECOND
from wfm.simulate.shifts import COME, GO, moments, refusals
from wfm.simulate.tally_kernel import NAMES

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_ROOM = 256  # legs and events, to begin with


@dataclass(frozen=True, eq=False)
class Memory:
    """The two arrays, and where the sums are.

    ``times`` [G, K, 3], ``sums`` [Y, K, len(tally_kernel.NAMES)] and ``answers`` [Y, G] say where in ``m`` they begin.
    """

    m: Integers
    f: Floats
    times: int
    sums: int
    answers: int
    counts: tuple[int, int, int]  # Y, G, K

    def times_of(self, m: Integers) -> Integers:
        """Agents' time, busy, staffed and overrun: [G, K, 3]."""
        _, G, K = self.counts
        times = m[self.times : self.times + G * K * 3].reshape(G, K, 3).copy()
        times[:, :, 1] += times[:, :, 2]
        return times

    def sums_of(self, m: Integers) -> Integers:
        """Tallies by contact type: [Y, K, columns]."""
        Y, _, K = self.counts
        return m[self.sums : self.sums + Y * K * len(NAMES)].reshape(Y, K, len(NAMES))

    def answers_of(self, m: Integers) -> Integers:
        """Legs answered, by type and group: [Y, G]."""
        Y, G, _ = self.counts
        return m[self.answers : self.answers + Y * G].reshape(Y, G)

    def begin(self, replication: int) -> Integers:
        """A fresh copy of ``m`` for a replication."""
        m = self.m.copy()
        m[at.REPLICATION] = replication
        return m


def lay_out(centre: Centre, seed: int, numbers: tuple[int, ...], within: Floats | None = None) -> Memory:
    """Write a centre into memory.

    Parameters
    ----------
    centre, seed
        What is to be played.
    numbers
        The types' numbers in the keys of random numbers.
    within
        [Y, K], microseconds: tallies are kept with these thresholds; None for records.

    Raises
    ------
    ValueError
        Attempts or days that do not fit the keys of random numbers.
    """
    model, Y, G = centre.intervals, len(centre.kinds), len(centre.groups)
    K, A = len(model.start), sum(group.size for group in centre.groups)
    for kind in centre.kinds:
        draws.check_key(attempt=kind.attempts_max)
    for day in (model.day[0], model.day[-1]) if K else ():
        draws.check_key(day=int(day))
    f, places = _floats(centre, seed, within)
    m = _Writer(at.HEAD)
    m[at.SEED], m[at.LINES] = seed, -1 if centre.lines is None else centre.lines
    m[at.RETURNS], m[at.CLOSING] = centre.leaving == "return_to_queue", ("answer", "let_go", "keep").index(centre.closing)
    m[at.LEGS_MAX], m[at.LEAN], m[at.INTERVALS] = LEGS_MAX, within is not None, K
    m[at.KINDS_N], m[at.GROUPS_N], m[at.AGENTS_N], m[at.INTERVAL] = Y, G, A, -1
    m[at.STARTS] = m.add(model.start)
    m[at.CLOSINGS] = m.add(model.closing())
    m[at.REFUSALS] = m.add(refusals(centre))
    m[at.REFUSALS_END] = m.end
    m[at.KINDS] = m.room(Y * at.KIND_WIDTH)
    m[at.KINDS_END] = m.end
    m[at.GROUPS] = m.room(G * at.GROUP_WIDTH)
    m[at.GROUPS_END] = m.room(A * at.AGENT_WIDTH)  # agents stand behind the groups
    times, sums, answers = m.room(G * K * 3), m.room(Y * K * len(NAMES) if within is not None else 0), m.room(Y * G)
    m[at.SUMS] = sums
    _write_groups(m, centre, times, places["speed"], places["group_factors"])
    _write_kinds(m, centre, numbers, answers, places)
    _write_moments(m, centre)
    m[at.ROWS] = m.add(_free_legs(m.end, _ROOM))
    m[at.FREE], m[at.ROWS_END] = m[at.ROWS], m.end
    m[at.HEAP_AT] = m.add(_free_events(_ROOM + 8 * A))
    m[at.HEAP_END] = m.end
    return Memory(m.array(), f, times, sums, answers, (Y, G, K))


def more_room(m: Integers) -> Integers:
    """The same memory with twice the legs, or twice the events: whichever is short."""
    head, events = m[: m[at.HEAP_AT]], m[m[at.HEAP_AT] : m[at.HEAP_END]]
    if m[at.FREE] < 0:
        legs = (m[at.ROWS_END] - m[at.ROWS]) // at.LEG_WIDTH
        fresh = _free_legs(int(m[at.ROWS_END]), int(legs))
        result = np.concatenate([head, fresh, events])
        result[at.FREE] = m[at.ROWS_END]
        for address in (at.ROWS_END, at.HEAP_AT, at.HEAP_END):
            result[address] += len(fresh)
    else:
        result = np.concatenate([head, events, _free_events(len(events) // at.EVENT_WIDTH)])
        result[at.HEAP_END] += len(events)
    return result


class _Writer:
    """Memory that grows at its end."""

    def __init__(self, size: int) -> None:
        self._cells = [0] * size

    @property
    def end(self) -> int:
        return len(self._cells)

    def __getitem__(self, address: int) -> int:
        return self._cells[address]

    def __setitem__(self, address: int, value: int) -> None:
        self._cells[address] = int(value)

    def room(self, size: int) -> int:
        """Address of so many zeros."""
        self._cells += [0] * size
        return self.end - size

    def add(self, values: Integers) -> int:
        """Address of a table."""
        cells = np.asarray(values, dtype=np.int64).ravel().tolist()
        self._cells += cells
        return self.end - len(cells)

    def array(self) -> Integers:
        return np.array(self._cells, dtype=np.int64)


def _free_legs(address: int, count: int) -> Integers:
    """Legs that nobody uses yet, each linked to the next."""
    legs = np.zeros((count, at.LEG_WIDTH), dtype=np.int64)
    legs[:, at.NEXT] = address + at.LEG_WIDTH * np.arange(1, count + 1)
    legs[-1, at.NEXT] = -1
    return legs.ravel()


def _free_events(count: int) -> Integers:
    return np.tile(np.array([FOREVER, 0, 0], dtype=np.int64), count)


def _by_kind(centre: Centre) -> list[Skill]:
    return sorted(centre.skills, key=lambda s: (s.kind, s.group))


def _by_group(centre: Centre) -> list[Skill]:
    return sorted(centre.skills, key=lambda s: (s.group, s.kind))


def _floats(centre: Centre, seed: int, within: Floats | None) -> tuple[Floats, dict[str, list[int]]]:
    """All floats in a row, and where each table's rows begin."""
    tables: dict[str, list[Floats]] = {
        "aht": [np.asarray(kind.aht, dtype=float) for kind in centre.kinds],
        "talk_share": [np.array([kind.talk_share]) for kind in centre.kinds],
        "redials": [np.array([kind.redial_busy, kind.redial_abandon, kind.redial_delay]) for kind in centre.kinds],
        "handle_law": [kind.handle_law for kind in centre.kinds],
        "patience_law": [kind.patience_law for kind in centre.kinds],
        "transfers": [] if centre.transfers is None else list(np.asarray(centre.transfers, dtype=float)),
        "within": [] if within is None else list(np.asarray(within, dtype=float)),
        "kind_factors": [np.array([s.factor]) for s in _by_kind(centre)],
        "group_factors": [np.array([s.factor]) for s in _by_group(centre)],
        "speed": [np.array([factor]) for factor in speeds(centre, seed)],
    }
    places: dict[str, list[int]] = {}
    end, parts = 0, [np.zeros(1)]
    for name, rows in tables.items():
        places[name] = []
        for row in rows:
            places[name].append(end + 1)
            end += len(row)
            parts.append(row)
        places[name].append(end + 1)
    return np.concatenate(parts).astype(float), places


def _write_groups(m: _Writer, centre: Centre, times: int, speed: list[int], factors: list[int]) -> None:
    K, agent, skill = m[at.INTERVALS], 0, 0
    skills = _by_group(centre)
    for number, about in enumerate(centre.groups):
        group = m[at.GROUPS] + number * at.GROUP_WIDTH
        m[group + at.G_NUMBER], m[group + at.G_ROSTERED] = number, about.roster is not None
        m[group + at.G_IDLE_FIRST] = m[group + at.G_IDLE_LAST] = -1
        m[group + at.G_TIMES] = times + number * K * 3
        m[group + at.G_AGENTS] = m[at.GROUPS_END] + agent * at.AGENT_WIDTH
        for _ in range(about.size):
            address = m[at.GROUPS_END] + agent * at.AGENT_WIDTH
            m[address + at.A_GROUP], m[address + at.A_NUMBER], m[address + at.A_SPEED] = group, agent, speed[agent]
            agent += 1
        m[group + at.G_AGENTS_END] = m[at.GROUPS_END] + agent * at.AGENT_WIDTH
        m[group + at.G_SKILLS] = m.end
        for known in (s for s in skills if s.group == number):
            kind = m[at.KINDS] + known.kind * at.KIND_WIDTH
            m.add(_skill(kind, known.level, known, factors[skill]))
            skill += 1
        m[group + at.G_SKILLS_END] = m.end


def _write_kinds(m: _Writer, centre: Centre, numbers: tuple[int, ...], answers: int, places: dict[str, list[int]]) -> None:
    skill = 0
    skills = _by_kind(centre)
    for number, model in enumerate(centre.kinds):
        kind = m[at.KINDS] + number * at.KIND_WIDTH
        m[kind + at.K_NUMBER], m[kind + at.K_KEY], m[kind + at.K_ATTEMPTS_MAX] = number, numbers[number], model.attempts_max
        m[kind + at.K_HEAD] = m[kind + at.K_TAIL] = -1
        m[kind + at.K_WEIGHT] = centre.weight[number] if centre.weight else 1
        m[kind + at.K_HEAD_START] = round(centre.head_start[number] * SECOND) if centre.head_start else 0
        m[kind + at.K_ANSWERS] = answers + number * len(centre.groups)
        m[kind + at.K_TRANSFERS] = -1
        if centre.transfers is not None and np.asarray(centre.transfers)[number].any():
            m[kind + at.K_TRANSFERS] = places["transfers"][number]
        for field, name in ((at.K_AHT, "aht"), (at.K_TALK_SHARE, "talk_share"), (at.K_REDIALS, "redials"), (at.K_WITHIN, "within")):
            m[kind + field] = places[name][number] if number < len(places[name]) else 0
        for field, name in ((at.K_HANDLE_LAW, "handle_law"), (at.K_PATIENCE_LAW, "patience_law")):
            m[kind + field], m[kind + field + 1] = places[name][number], places[name][number + 1]
        m[kind + at.K_SKILLS] = m.end
        here = [s for s in skills if s.kind == number]
        for known in here:
            group = m[at.GROUPS] + known.group * at.GROUP_WIDTH
            m.add(_skill(group, known.rank, known, places["kind_factors"][skill]))
            skill += 1
        m[kind + at.K_SKILLS_END] = m.end
        m[kind + at.K_DELAYS] = m.add(np.array(sorted({round(s.delay * SECOND) for s in here} - {0}), dtype=np.int64))
        m[kind + at.K_DELAYS_END] = m.end


def _skill(other: int, first: int, skill: Skill, factor: int) -> Integers:
    return np.array(
        [other, first, round(skill.delay * SECOND), skill.reserve, round(skill.handicap * SECOND), factor], dtype=np.int64
    )


def _write_moments(m: _Writer, centre: Centre) -> None:
    m[at.MOMENT] = m.end
    time, kind, group, number = moments(centre)
    first = np.cumsum([0, *(about.size for about in centre.groups)])[group]  # -1, of no group, is never looked at
    agents = m[at.GROUPS_END] + (first + number) * at.AGENT_WIDTH
    m.add(
        np.column_stack(
            [time, kind, m[at.GROUPS] + group * at.GROUP_WIDTH, np.where((kind == COME) | (kind == GO), agents, number)]
        )
    )
    m[at.MOMENTS_END] = m.end
