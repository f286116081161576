"""Centres of many queues: both engines leave the same visits, small nasty centres and longer ones of each kind."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulate.centres import both, centres
from wfm.simulate.centre import Centre
from wfm.simulate.centre_tallies import tally_visits
from wfm.simulate.crowd import Crowd
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.layout import lay_out
from wfm.simulate.model import SECOND
from wfm.simulate.tally_kernel import NAMES


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
