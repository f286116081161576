"""Both engines play the same records, row by row: small nasty models, longer ones of each kind, and the step as a whole."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulate.centres import IMPATIENT, PROBLEMS
from tests.simulate.plans import model, shop
from wfm.core import draws
from wfm.core.contacts import ContactType, Patience, Redial
from wfm.core.distributions import Uniform
from wfm.core.draws import NEVER
from wfm.simulate import SimulationInputs, simulate
from wfm.simulate.drawing import Drawn, draw
from wfm.simulate.engines import engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import ABANDONED, BLOCKED, HANDLED, Records

TARGETS = {"answer_rate": (1, 0.98), "sl_offered": (1, 0.80)}


def both(plan: Model, drawn: Drawn) -> Records:
    """The records, after both engines agreed on them."""
    readable, fast = engine("simpy")(plan, drawn), engine("compiled")(plan, drawn)
    for field in fields(Records):
        expected, found = getattr(readable, field.name), getattr(fast, field.name)
        assert found.dtype == expected.dtype == np.int64
        np.testing.assert_array_equal(found, expected, err_msg=field.name)
    return fast


@st.composite
def nasty(draw: st.DrawFn) -> tuple[Model, Drawn]:
    """Up to six short intervals in one or several spans, whose events fall on few moments: seconds, or single microseconds."""
    unit = draw(st.sampled_from([SECOND, 1]))
    K, length = draw(st.integers(1, 6)), draw(st.sampled_from([3, 10, 30]))
    gaps = np.array([draw(st.sampled_from([0, 5])), *(draw(st.sampled_from([0, 0, 7, 40])) for _ in range(K - 1))])
    moments = st.sampled_from([0.0, 3.0, 2.0 * unit / SECOND])
    most = draw(st.sampled_from([1, 3, 6]))
    plan = Model(
        start=(np.arange(K) * length + np.cumsum(gaps)) * unit,
        length=np.full(K, length * unit),
        rate=np.zeros(K),
        agents=np.array([draw(st.integers(0, most)) for _ in range(K)], dtype=np.int64),
        aht=np.full(K, draw(moments)),
        day=740_000 + np.cumsum(gaps > 0),
        day_cv=np.zeros(K),
        slot_cv=np.zeros(K),
        family=draw(st.sampled_from([draws.LOGNORMAL, draws.EXPONENTIAL])),
        cv=0.5,
        talk_share=draw(st.sampled_from([1.0, 0.5, 0.33, 0.0])),
        onset=draw(moments),
        then_mean=draw(st.sampled_from([0.0, 5.0, 5.0 * unit / SECOND, np.inf])),
        redial_busy=draw(st.sampled_from([0.0, 0.6, 1.0])),
        redial_abandon=draw(st.sampled_from([0.0, 0.6, 1.0])),
        redial_delay=draw(moments),
        attempts_max=draw(st.integers(1, 6)),
        lines=draw(st.sampled_from([None, 0, 1, 2, 4, 7])),
        handle=draw(st.sampled_from([None, Uniform(2.0), PROBLEMS])),
        patience=draw(st.sampled_from([None, *(law._over(SECOND / unit) for law in IMPATIENT)])),
    )
    calls = draw(
        st.lists(
            st.tuples(
                st.integers(0, K - 1), st.integers(0, length - 1), st.integers(0, 45), st.sampled_from([0, 1, 3, 8, 20, None])
            ),
            max_size=40,
        )
    )
    calls.sort(key=lambda call: call[:2])
    interval = np.array([call[0] for call in calls], dtype=np.int64)
    arrival = plan.start[interval] + np.array([call[1] for call in calls], dtype=np.int64) * unit
    handle = np.array([call[2] for call in calls], dtype=np.int64) * unit
    patience = np.array([NEVER if call[3] is None else call[3] * unit for call in calls], dtype=np.int64)
    seed = draw(st.integers(0, 99))
    return plan, Drawn(seed, 0, arrival, interval, handle, patience, plan.day[interval], np.arange(len(calls)))


@settings(max_examples=600, deadline=None)
@given(nasty())
def test_small_nasty_models(case: tuple[Model, Drawn]) -> None:
    both(*case)


def crowd(seed: int) -> tuple[Model, Drawn]:
    """Hundreds at once on a few dozen lines, so that lines run out and are free again; many redials, many equal moments."""
    random = np.random.default_rng(seed)
    K, length, n = int(random.integers(1, 6)), int(random.choice([10, 30, 200])), int(random.integers(100, 500))
    gaps = random.choice([0, 0, 7], K)
    start = (np.arange(K) * length + np.cumsum(gaps)).astype(np.int64)
    at_once = random.random() < 0.5
    plan = Model(
        start=start,
        length=np.full(K, length, dtype=np.int64),
        rate=np.zeros(K),
        agents=random.integers(0, random.choice([5, 30, 60]) + 1, K),
        aht=np.full(K, 20e-6),
        day=740_000 + np.cumsum(gaps > 0),
        day_cv=np.zeros(K),
        slot_cv=np.zeros(K),
        cv=1.0,
        talk_share=float(random.choice([1.0, 0.7])),
        onset=float(random.choice([0.0, 2e-6])),
        then_mean=10e-6,
        redial_busy=0.8,
        redial_abandon=0.8,
        redial_delay=0.0 if at_once else 5e-6,
        attempts_max=int(random.integers(1, 8)),
        lines=int(random.integers(25, 150)),
    )
    interval = np.sort(random.integers(0, K, n))
    arrival = np.sort(start[interval] + random.integers(0, length, n))
    interval = np.searchsorted(start, arrival, side="right") - 1
    handle, patience = random.integers(0, 60, n), random.choice([0, 3, 10, 40, NEVER], n)
    return plan, Drawn(seed, 0, arrival, interval, handle, patience, plan.day[interval], np.arange(n))


def test_crowds_on_few_lines() -> None:
    blocked = again = 0
    for seed in range(150):
        records = both(*crowd(seed))
        blocked += int(np.sum(records.outcome == BLOCKED))
        again += int(np.sum(records.attempt > 1))
    assert min(blocked, again) > 5_000


# Sixteen half-hours a day; agents rise and fall, and at noon there are none.
STEPS = np.array([10, 12, 15, 18, 20, 20, 16, 0, 4, 12, 18, 20, 17, 14, 9, 3])
PATIENT = {"onset": 5.0, "then_mean": 90.0}
TRYING = {"redial_busy": 0.7, "redial_abandon": 0.4, "redial_delay": 45.0, "attempts_max": 5}
KINDS = {
    "patient": {"agents": 19},
    "losing patience": {"agents": 17, **PATIENT},
    "changing agents": {"agents": STEPS, **PATIENT},
    "lines": {"agents": 15, "lines": 22, **PATIENT},
    "lines held by talk alone": {"agents": STEPS, "lines": 24, "talk_share": 0.8, **PATIENT},
    "redials": {"agents": STEPS, **PATIENT, **TRYING},
    "redials and lines": {"agents": STEPS, "lines": 24, "talk_share": 0.8, **PATIENT, **TRYING},
    "redials at once": {"agents": 15, "lines": 20, **PATIENT, **TRYING, "redial_delay": 0.0},
    "nobody there": {"agents": 0, **PATIENT, **TRYING},
}


def week(contacts: int, days: int = 10, **rules: object) -> Model:
    """About so many contacts on days of eight hours that begin at ten, with half-hours of uneven demand."""
    wave = 1 + 0.5 * np.sin(np.arange(16) / 3)
    agents = rules.pop("agents")
    per_day = agents if isinstance(agents, np.ndarray) else np.full(16, agents)
    rate = contacts / days / 28_800 * wave / wave.mean()
    aht = 17 / (contacts / days / 28_800)  # 17 erlang whatever the number of contacts
    plan = model(
        1800, np.tile(rate, days), np.tile(per_day, days), aht, intervals=16 * days, per_day=16, gap=16 * 3600,
        family=draws.LOGNORMAL, cv=0.9, **rules,
    )  # fmt: skip
    return replace(plan, day_cv=np.full(16 * days, 0.1), slot_cv=np.full(16 * days, 0.2))


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_thousand_contacts(kind: str) -> None:
    plan = week(20_000, **KINDS[kind])
    records = both(plan, draw(plan, 20270705, 3))
    assert len(records.contact) > 15_000
    expected = {HANDLED} if kind == "patient" else {ABANDONED} if kind == "nobody there" else {HANDLED, ABANDONED}
    assert set(records.outcome) == expected | ({BLOCKED} if "lines" in KINDS[kind] else set())
    assert (records.attempt.max() > 1) == ("attempts_max" in KINDS[kind])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["redials and lines", "changing agents"])
def test_a_million_contacts(kind: str) -> None:
    plan = week(1_000_000, days=50, **KINDS[kind])
    assert len(both(plan, draw(plan, 20270705, 0)).contact) > 900_000


def test_round_the_clock_with_shifts_that_end_at_night() -> None:
    plan = model(3600, 0.02, np.tile([3, 2, 0, 1, 4, 6, 5, 4], 6), 240, intervals=48, per_day=24, **PATIENT, **TRYING)
    both(plan, draw(plan, 11, 0))


def test_the_step_gives_the_same_tables() -> None:
    contact = ContactType(patience=Patience(onset=20, then_mean=120), redial=Redial(after_busy=0.6, after_abandon=0.3))
    workload, cover = shop(days=9, agents=3.4, day_cv=0.1, slot_cv=0.2)
    results = [
        simulate(workload, cover, contact, lines=6, threshold=20, targets=TARGETS, seed=7,
                 inputs=SimulationInputs(engine=name, replications_min=4, replications_max=4))
        for name in ("simpy", "compiled")
    ]  # fmt: skip
    for table in ("service", "overall", "days", "weekdays", "promises", "bands", "contacts"):
        pd.testing.assert_frame_equal(*(getattr(result, table) for result in results), check_exact=True)
    assert results[0].contacts_simulated == results[1].contacts_simulated
    assert {"handled", "abandoned", "blocked"} == set(results[0].contacts["outcome"])


@pytest.mark.parametrize(
    ("arrival", "interval"), [([30, 20], [0, 0]), ([10, 20], [0, 1]), ([10, 210], [0, 1]), ([-1], [0]), ([100], [0])]
)
def test_arrivals_out_of_order_or_out_of_their_interval_are_refused(arrival: list[int], interval: list[int]) -> None:
    plan = model(100, 0, 1, 10, intervals=2)
    n = np.ones(len(arrival), dtype=np.int64)
    drawn = Drawn(1, 0, np.array(arrival) * SECOND, np.array(interval), n, n, plan.day[interval], np.arange(len(n)))
    with pytest.raises(ValueError, match="in order"):
        engine("compiled")(plan, drawn)


def test_more_attempts_than_have_keys_are_refused() -> None:
    plan = model(100, 0, 1, 10, attempts_max=256)
    with pytest.raises(ValueError, match="attempt is 256"):
        engine("compiled")(plan, draw(plan, 1, 0))


def test_waits_that_no_clock_can_tell_are_refused() -> None:
    plan = model(100, 0, 1, 10)
    first, never = np.array([0, 1]), np.array([NEVER, NEVER])
    drawn = Drawn(1, 0, first, np.zeros(2, dtype=np.int64), never, never, plan.day[[0, 0]], np.arange(2))
    with pytest.raises(OverflowError, match="64 bits"):
        engine("compiled")(plan, drawn)
