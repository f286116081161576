"""Centres of many queues: both engines leave the same visits, small nasty centres and longer ones of each kind."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulate.centres import both, centres
from wfm.simulate.centre import Centre, Group
from wfm.simulate.centre_tallies import tally_visits
from wfm.simulate.crowd import Crowd, speeds
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.layout import lay_out
from wfm.simulate.model import SECOND
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
