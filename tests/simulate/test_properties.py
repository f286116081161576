"""What holds for every play, on small nasty models: ties, nobody there, no patience, closing with a queue."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.core.draws import NEVER
from wfm.simulate.drawing import Drawn
from wfm.simulate.engines import engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import ABANDONED, BLOCKED, HANDLED, Records
from wfm.simulate.tally import COLUMNS, tally

# Whole seconds on a short clock: many events fall on one moment.
LENGTH = 10


@st.composite
def plays(draw: st.DrawFn) -> tuple[Model, Drawn]:
    K = draw(st.integers(1, 4))
    gaps = np.array([0, *draw(st.lists(st.sampled_from([0, 0, 7]), min_size=K - 1, max_size=K - 1))])
    start = (np.arange(K) * LENGTH + np.cumsum(gaps)) * SECOND
    model = Model(
        start=start.astype(np.int64),
        length=np.full(K, LENGTH * SECOND),
        rate=np.zeros(K),
        agents=np.array(draw(st.lists(st.integers(0, 3), min_size=K, max_size=K)), dtype=np.int64),
        aht=np.full(K, 4.0),
        day=740_000 + np.cumsum(gaps > 0),
        day_cv=np.zeros(K),
        slot_cv=np.zeros(K),
        cv=0.5,
        talk_share=draw(st.sampled_from([1.0, 0.5])),
        onset=draw(st.sampled_from([0.0, 3.0])),
        then_mean=draw(st.sampled_from([0.0, 5.0])),
        redial_busy=0.6,
        redial_abandon=0.6,
        redial_delay=draw(st.sampled_from([0.0, 3.0])),
        attempts_max=draw(st.integers(1, 3)),
        lines=draw(st.sampled_from([None, 0, 1, 2, 4])),
    )
    calls = draw(
        st.lists(
            st.tuples(st.integers(0, K - 1), st.integers(0, LENGTH - 1), st.integers(0, 12), st.sampled_from([0, 1, 3, 8, None])),
            max_size=12,
        )
    )
    calls.sort(key=lambda call: (call[0], call[1]))
    interval = np.array([call[0] for call in calls], dtype=np.int64)
    arrival = model.start[interval] + np.array([call[1] for call in calls], dtype=np.int64) * SECOND
    handle = np.array([call[2] for call in calls], dtype=np.int64) * SECOND
    patience = np.array([NEVER if call[3] is None else call[3] * SECOND for call in calls], dtype=np.int64)
    return model, Drawn(9, 0, arrival, interval, handle, patience, model.day[interval], np.arange(len(calls)))


def played(case: tuple[Model, Drawn]) -> Records:
    return engine("simpy")(*case)


@settings(max_examples=150, deadline=None)
@given(plays())
def test_contacts_are_neither_lost_nor_made(case: tuple[Model, Drawn]) -> None:
    model, drawn = case
    records = played(case)
    first = records.attempt == 1
    assert np.array_equal(records.contact[first], np.arange(len(drawn.arrival)))
    assert np.array_equal(records.arrival[first], drawn.arrival)
    assert np.all(records.attempt <= model.attempts_max)
    sums = dict(zip(COLUMNS, tally(records, 3.0).sum(axis=0), strict=True))
    assert sums["offered"] == sums["handled"] + sums["abandoned"] + sums["blocked"] == len(records.contact)
    assert sums["customers"] == len(drawn.arrival)
    assert sums["customers_handled"] == sums["handled"]
    # Only who failed comes again, within the same span.
    again = np.flatnonzero(~first)
    assert np.all(records.outcome[again - 1] != HANDLED)
    assert np.all(records.arrival[again] < model.closing()[records.interval[again - 1]])
    assert np.array_equal(records.interval, np.searchsorted(model.start, records.arrival, side="right") - 1)


@settings(max_examples=150, deadline=None)
@given(plays())
def test_the_queue_is_in_order_and_patience_is_kept(case: tuple[Model, Drawn]) -> None:
    _, drawn = case
    records = played(case)
    first = records.attempt == 1
    patience = drawn.patience[records.contact[first]]
    assert np.all(records.wait[first] <= patience)
    assert np.all(records.wait[records.outcome == BLOCKED] == 0)
    handled = np.flatnonzero(records.outcome == HANDLED)
    answered = records.arrival[handled] + records.wait[handled]
    order = np.lexsort((records.contact[handled], records.attempt[handled] > 1, records.arrival[handled]))
    assert np.all(np.diff(answered[order]) >= 0)


@settings(max_examples=150, deadline=None)
@given(plays())
def test_nobody_waits_beside_an_idle_agent_and_agents_time_adds_up(case: tuple[Model, Drawn]) -> None:
    """Agents' time and the state between events, counted again from the records alone."""
    model, _ = case
    records = played(case)
    handled, abandoned = records.outcome == HANDLED, records.outcome == ABANDONED
    answered = (records.arrival + records.wait)[handled]
    done = answered + records.handle[handled]
    left = (records.arrival + records.wait)[handled | abandoned]
    came = records.arrival[handled | abandoned]
    moments = np.unique(np.concatenate([model.start, model.end, answered, done, left, came]))
    closing = model.closing()
    busy_time, staffed, overrun = (np.zeros(len(model.start), dtype=np.int64) for _ in range(3))
    for begin, end in pairwise(moments):
        k = int(np.searchsorted(model.start, begin, side="right")) - 1
        busy = int(np.sum((answered <= begin) & (done > begin)))
        waiting = int(np.sum((came <= begin) & (left > begin)))
        here = int(model.agents[k])
        if waiting:
            assert busy >= here
        planned = here if begin < closing[k] else 0
        busy_time[k] += busy * (end - begin)
        staffed[k] += max(busy, planned) * (end - begin)
        overrun[k] += max(busy - planned, 0) * (end - begin)
        if model.lines is not None:
            talk = (records.handle[handled] * model.talk_share).astype(np.int64)
            assert waiting + np.sum((answered <= begin) & (answered + talk > begin)) <= model.lines
    assert np.array_equal(busy_time, records.busy)
    assert np.array_equal(staffed, records.staffed)
    assert np.array_equal(overrun, records.overrun)
