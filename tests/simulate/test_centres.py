"""Centres of many queues: both engines leave the same visits, small nasty centres and longer ones of each kind."""

import tracemalloc
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulate.centres import both, centres
from tests.simulate.plans import model
from wfm.core.distributions import Exponential
from wfm.simulate import replications
from wfm.simulate.arrivals import Burst
from wfm.simulate.centre import Centre, Group, Skill
from wfm.simulate.centre_tallies import replicate_centre, tally_visits
from wfm.simulate.crowd import Crowd, draw_crowd, speeds
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.layout import lay_out
from wfm.simulate.model import SECOND
from wfm.simulate.replications import replicate
from wfm.simulate.streaming import stream
from wfm.simulate.tally_kernel import NAMES
from wfm.simulate.visits import Visits


@settings(max_examples=600, deadline=None)
@given(centres())
def test_small_nasty_centres(case: tuple[Centre, Crowd]) -> None:
    both(*case)


@settings(max_examples=300, deadline=None)
@given(centres())
def test_lean_runs_tally_what_records_say(case: tuple[Centre, Crowd]) -> None:
    """The kernel adds legs up as they end; the records of both engines, tallied afterwards, give the same sums."""
    centre, crowd = case
    limits = np.full((len(centre.kinds), len(centre.intervals.start)), 3.0 * SECOND)
    K, Y, G = len(centre.intervals.start), len(centre.kinds), len(centre.groups)
    found = np.zeros((Y, K, len(NAMES)), dtype=np.int64), np.zeros((G, K, 3), dtype=np.int64), np.zeros((Y, G))
    tally_visits(centre, simpy_engine.play_centre(centre, crowd), limits, *found)
    memory = lay_out(centre, crowd.seed, crowd.numbers, limits)
    m, _ = many.go_on(memory.begin(crowd.replication), memory.f, crowd.columns, 0, True, np.empty((0, 0), dtype=np.int64))
    for expected, lean in zip(found, (memory.sums_of(m), memory.times_of(m), memory.answers_of(m)), strict=True):
        np.testing.assert_array_equal(lean, expected)


@settings(max_examples=200, deadline=None)
@given(centres(), st.integers(1, 7))
def test_arrivals_in_parts_give_what_the_whole_gives(case: tuple[Centre, Crowd], size: int) -> None:
    centre, crowd = case
    memory, N = lay_out(centre, crowd.seed, crowd.numbers), len(crowd.arrival)
    states = []
    for step in (max(N, 1), size):
        m, records = memory.begin(crowd.replication), np.empty((N + 1, 11), dtype=np.int64)
        m[at.CONTACTS] = N
        for first in range(0, max(N, 1), step):
            m[at.COMING] = 0
            part = np.ascontiguousarray(crowd.columns[:, first : first + step])
            m, records = many.go_on(m, memory.f, part, first, first + step >= N, records)
        states.append((m[at.EMITTED], memory.times_of(m), records[: N + m[at.EMITTED]]))
    for whole, parts in zip(*states, strict=True):
        np.testing.assert_array_equal(parts, whole)


def plainly(centre: Centre) -> Centre:
    """What of a centre the plain kernel can play."""
    K = len(centre.intervals.start)
    return replace(
        centre,
        kinds=tuple(replace(kind, attempts_max=1) for kind in centre.kinds),
        groups=tuple(Group(np.arange(K) % 3, speed_cv=g.speed_cv) if g.agents is None else g for g in centre.groups),
        skills=tuple(replace(skill, delay=0.0) for skill in centre.skills),
        lines=None,
        transfers=None,
        leaving="finish",
        closing="answer",
        outages=tuple(replace(outage, refuses=False) for outage in centre.outages),
    )


@settings(max_examples=600, deadline=None)
@given(centres())
def test_the_plain_kernel_plays_as_the_others_do(case: tuple[Centre, Crowd]) -> None:
    centre = plainly(case[0])
    crowd = replace(case[1], speed=speeds(centre, case[1].seed))
    assert many.is_plain(centre)
    plain = both(centre, crowd)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "is_plain", lambda _: False)
        general = both(centre, crowd)
    for field in fields(Visits):
        np.testing.assert_array_equal(getattr(plain, field.name), getattr(general, field.name), err_msg=field.name)


def flowing(contacts: float, hours: float = 1) -> Centre:
    """Two types over two days, one with a burst, three groups and everything that keeps a contact alive for long.

    ``contacts`` in the time of eight hours; each interval has so many ``hours``.
    """
    grid = model(3600 * hours, 0.0, 1, 180, intervals=8, per_day=4, gap=3600.0)
    rate = contacts / (8 * 3600) / 2
    kinds = (
        replace(grid, rate=np.full(8, rate), cv=0.8, then_mean=90.0, redial_abandon=0.5, redial_delay=30.0, attempts_max=3,
                bursts=(Burst(1_000_000 * 5000, contacts / 10, Exponential(300.0)),)),
        replace(grid, rate=np.linspace(0.5, 1.5, 8) * rate, day_cv=np.full(8, 0.1), cv=1.2, then_mean=300.0),
    )  # fmt: skip
    load = 180 * rate
    agents = [np.linspace(0.6, 1.3, 8) * load, np.full(8, 0.8 * load), np.full(8, 0.2 * load)]
    groups = tuple(Group(np.round(a)) for a in agents)
    skills = (Skill(0, 0), Skill(1, 1), Skill(0, 2, delay=20.0), Skill(1, 2, rank=1, reserve=1))
    return Centre(kinds, groups, skills, transfers=np.array([[0.0, 0.1], [0.0, 0.0]]))


def test_a_stream_in_parts_is_the_crowd() -> None:
    centre = flowing(3000)
    whole = draw_crowd(centre, 5, 3)
    for size in (1, 7, 256, 1000, 100_000):
        parts = list(stream(centre, 5, 3, size))
        assert [final for _, final in parts] == [False] * (len(parts) - 1) + [True]
        np.testing.assert_array_equal(np.concatenate([columns for columns, _ in parts], axis=1), whole.columns)


def test_lean_runs_in_parts_agree_with_the_readable_engine() -> None:
    centre = flowing(3000)
    lean, readable = (
        replicate_centre(centre, seed=5, replications=2, threshold=20.0, engine=name) for name in ("compiled", "simpy")
    )
    for name in ("types", "groups", "answers"):
        np.testing.assert_array_equal(getattr(lean, name), getattr(readable, name))


def test_many_contacts_of_one_queue_go_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    one = flowing(4000).kinds[0]
    agents = np.full(8, 7.5)
    whole = replicate(one, agents, seed=3, replications=2, threshold=20.0)
    monkeypatch.setattr(replications, "_CONTACTS_IN_MEMORY", 10)
    np.testing.assert_array_equal(replicate(one, agents, seed=3, replications=2, threshold=20.0), whole)


def test_memory_of_lean_runs_does_not_grow_with_contacts() -> None:
    def most(hours: float) -> int:
        centre = flowing(20_000, hours)
        tracemalloc.start()
        replicate_centre(centre, seed=5, replications=1, threshold=20.0)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(1)
    assert most(40) < 1.2 * most(4)  # 800,000 contacts and 80,000
