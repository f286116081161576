"""The fast engine of many queues: the records of the SimPy engine, row by row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.simulate.centre import LEGS_MAX, Centre
from wfm.simulate.crowd import Crowd, speeds
from wfm.simulate.engines import many_kernel
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.many_state import Arrivals, Rules, State, Told
from wfm.simulate.model import SECOND, Model
from wfm.simulate.shifts import moments, refusals
from wfm.simulate.tally_kernel import NAMES
from wfm.simulate.visits import ROWS, Visits

_ROOM = 1024
Integers = NDArray[np.int64]


def play_centre(centre: Centre, crowd: Crowd) -> Visits:
    """Play one replication of a centre.

    Parameters
    ----------
    centre
        Contact types, groups and rules.
    crowd
        The replication's customers, of `wfm.simulate.crowd.draw_crowd`.

    Returns
    -------
    Visits
        One row a visit of a queue, and agents' time by group and interval.

    Raises
    ------
    ValueError
        Arrivals that are not in order, or outside of their intervals; more attempts or legs than have keys.
    OverflowError
        Time beyond what 64 bits of microseconds hold.
    """
    rules = rules_of(centre, crowd.seed, crowd.replication, crowd.numbers)
    state = begin(centre, crowd.numbers)
    told = records(centre, len(crowd.arrival))
    state, told = go_on(rules, state, arrivals(crowd), told, final=True)
    rows = np.empty((len(ROWS), state.scalars[at.EMITTED]), dtype=np.int64)
    many_kernel.arrange(told.records[: rows.shape[1]], len(crowd.arrival), rows)
    busy, staffed, overrun = np.ascontiguousarray(np.moveaxis(state.times, 2, 0))
    contact, attempt, leg, kind, interval, arrival, queued, outcome, wait, handle, agent = rows
    return Visits(contact, attempt, leg, kind, interval, arrival, queued, outcome, wait, handle, agent, busy, staffed, overrun)


def go_on(rules: Rules, state: State, coming: Arrivals, told: Told, *, final: bool) -> tuple[State, Told]:
    """Play until more arrivals are wanted, or all is over; tables become longer on the way as they have to."""
    while True:
        status = many_kernel.advance(rules, state, coming, final, told)
        if status == at.MORE_ROOM:
            state, told = _roomier(state, told)
        elif status in (at.DONE, at.MORE_ARRIVALS):
            return state, told
        else:
            _refuse(status)


def _refuse(status: int) -> None:
    if status == at.ILL_ORDERED:
        raise ValueError("arrivals have to be in order, each within its interval")
    if status == at.TOO_MANY_LEGS:
        raise ValueError("a contact is sent back into its queue more than 250 times")
    raise OverflowError("somebody waits or is served for so long that sums of it leave 64 bits of microseconds")


def arrivals(crowd: Crowd) -> Arrivals:
    """All first attempts of a crowd."""
    columns = (crowd.kind, crowd.interval, crowd.arrival, crowd.handle, crowd.patience, crowd.day, crowd.ordinal)
    kind, interval, arrival, handle, patience, day, ordinal = (np.require(c, np.int64, ["C", "W"]) for c in columns)
    return Arrivals(np.zeros(1, dtype=np.int64), kind, interval, arrival, handle, patience, day, ordinal)


def records(centre: Centre, contacts: int) -> Told:
    """Room for records, to begin with."""
    Y, G = len(centre.kinds), len(centre.groups)
    return Told(
        np.zeros(1, dtype=np.int64),
        np.empty((contacts + contacts // 4 + _ROOM, len(ROWS)), dtype=np.int64),
        np.zeros((Y, 0, len(NAMES)), dtype=np.int64),
        np.zeros((Y, G), dtype=np.int64),
        np.zeros((Y, 0)),
    )


def rules_of(centre: Centre, seed: int, replication: int, numbers: tuple[int, ...]) -> Rules:
    """A centre as the kernel takes it; ``numbers`` are the types' in the keys of random numbers."""
    model, Y = centre.intervals, len(centre.kinds)
    for kind in centre.kinds:
        draws.check_key(attempt=kind.attempts_max)
    for day in (model.day[0], model.day[-1]) if len(model.day) else ():
        draws.check_key(day=int(day))
    by_kind = sorted(centre.skills, key=lambda s: (s.kind, s.group))
    by_group = sorted(centre.skills, key=lambda s: (s.group, s.kind))

    def table(skills: list, other: str, first: str) -> Integers:  # type: ignore[type-arg]
        rows = [
            (getattr(s, other), getattr(s, first), round(s.delay * SECOND), s.reserve, round(s.handicap * SECOND)) for s in skills
        ]
        return np.array(rows, dtype=np.int64).reshape(-1, at.SKILL_WIDTH)

    shares = np.zeros((Y, Y)) if centre.transfers is None else np.array(centre.transfers, dtype=float)
    return Rules(
        numbers=np.array(
            [
                seed,
                replication,
                -1 if centre.lines is None else centre.lines,
                centre.leaving == "return_to_queue",
                ("answer", "let_go", "keep").index(centre.closing),
                LEGS_MAX,
            ],
            dtype=np.int64,
        ),
        start=np.array(model.start, dtype=np.int64),
        closing=np.array(model.closing(), dtype=np.int64),
        moments=np.ascontiguousarray(np.column_stack(moments(centre))),
        refusals=refusals(centre),
        by_kind=table(by_kind, "group", "rank"),
        by_kind_factor=np.array([s.factor for s in by_kind], dtype=float),
        by_group=table(by_group, "kind", "level"),
        by_group_factor=np.array([s.factor for s in by_group], dtype=float),
        delays=np.array([delay for kind in range(Y) for delay in _delays(centre, kind)], dtype=np.int64),
        aht=np.array([kind.aht for kind in centre.kinds], dtype=float),
        talk_share=np.array([kind.talk_share for kind in centre.kinds], dtype=float),
        redials=np.array([(k.redial_busy, k.redial_abandon, k.redial_delay) for k in centre.kinds], dtype=float),
        handle_laws=_padded([kind.handle_law for kind in centre.kinds]),
        patience_laws=_padded([kind.patience_law for kind in centre.kinds]),
        transfers=shares,
        speed=speeds(centre, seed),
    )


def _delays(centre: Centre, kind: int) -> list[int]:
    return sorted({round(s.delay * SECOND) for s in centre.skills if s.kind == kind} - {0})


def _padded(laws: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Laws of different lengths in one table."""
    table = np.zeros((len(laws), max(map(len, laws))))
    for row, law in zip(table, laws, strict=True):
        row[: len(law)] = law
    return table


def begin(centre: Centre, numbers: tuple[int, ...]) -> State:
    """A centre before anything has happened."""
    A = sum(group.size for group in centre.groups)
    scalars = np.zeros(at.SCALARS, dtype=np.int64)
    scalars[at.INTERVAL] = -1
    agents = np.zeros((A, at.AGENT_WIDTH), dtype=np.int64)
    groups = np.zeros((len(centre.groups), at.GROUP_WIDTH), dtype=np.int64)
    first = skills = 0
    for number, group in enumerate(centre.groups):
        here = groups[number]
        here[at.G_FIRST], here[at.G_SIZE], here[at.G_ROSTERED] = first, group.size, group.roster is not None
        here[at.G_IDLE_FIRST] = here[at.G_IDLE_LAST] = -1
        agents[first : first + group.size, at.A_GROUP] = number
        here[at.G_SKILLS] = skills
        skills += sum(skill.group == number for skill in centre.skills)
        here[at.G_SKILLS_END] = skills
        first += group.size
    kinds = np.zeros((len(centre.kinds), at.KIND_WIDTH), dtype=np.int64)
    skills = delays = 0
    for number, model in enumerate(centre.kinds):
        row = kinds[number]
        row[at.K_HEAD] = row[at.K_TAIL] = -1
        row[at.K_WEIGHT] = centre.weight[number] if centre.weight else 1
        row[at.K_HEAD_START] = round(centre.head_start[number] * SECOND) if centre.head_start else 0
        row[at.K_NUMBER], row[at.K_ATTEMPTS_MAX] = numbers[number], model.attempts_max
        row[at.K_SKILLS], row[at.K_DELAYS] = skills, delays
        skills += sum(skill.kind == number for skill in centre.skills)
        delays += len(_delays(centre, number))
        row[at.K_SKILLS_END], row[at.K_DELAYS_END] = skills, delays
        row[at.K_TRANSFERS] = centre.transfers is not None and bool(np.asarray(centre.transfers)[number].any())
    times = np.zeros((len(centre.groups), len(centre.intervals.start), 3), dtype=np.int64)
    rows = _linked(np.zeros((_ROOM, at.LEG_WIDTH), dtype=np.int64), 0)
    return State(scalars, rows, np.empty((_ROOM + 4 * A, 3), dtype=np.int64), agents, groups, kinds, times)


def _linked(rows: Integers, since: int) -> Integers:
    """Free rows from ``since`` on, each linked to the next."""
    rows[since:, at.NEXT] = np.arange(since + 1, len(rows) + 1)
    rows[-1, at.NEXT] = -1
    return rows


def _roomier(state: State, told: Told) -> tuple[State, Told]:
    """Whatever is nearly full, twice as long."""
    scalars = state.scalars
    if scalars[at.FREE] < 0:
        rows = np.concatenate([state.rows, np.zeros_like(state.rows)])
        scalars[at.FREE] = len(state.rows)
        return state._replace(rows=_linked(rows, len(state.rows))), told
    if not told.lean[0] and scalars[at.EMITTED] + scalars[at.USED] + 2 > len(told.records):
        return state, told._replace(records=np.concatenate([told.records, np.empty_like(told.records)]))
    return state._replace(heap=np.concatenate([state.heap, np.empty_like(state.heap)])), told
