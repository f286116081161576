"""Everything about arrivals at once: on small nasty models, in both engines, in centres of several types, and after a broadcast."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulate.centres import both as both_centres
from tests.simulate.plans import MONDAY, model
from tests.simulate.test_engines import both
from wfm.core.distributions import Deterministic, Distribution, Exponential, Gamma, QuantileTable, Staying
from wfm.simulate.arrivals import Burst, Busyness, Part
from wfm.simulate.centre import Centre, Group, Skill
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.crowd import draw_crowd, together
from wfm.simulate.drawing import Drawn, draw
from wfm.simulate.model import SECOND, Model
from wfm.simulate.replay import replay
from wfm.simulate.replications import records, replicate
from wfm.simulate.tally import over_and_under, tally

LAGS: list[Distribution] = [
    Deterministic(0.0),
    Deterministic(7.0),
    Exponential(5.0),
    Exponential(float("inf")),
    Gamma(20.0, 3.0),
    QuantileTable((0, 0.5, 1), (0, 3, 40)),
    Staying(0.5, Exponential(4.0)),
]


@st.composite
def crowded(draw: st.DrawFn) -> Model:
    """Up to six intervals of one day or several, of single microseconds or many seconds, with everything arrivals may have."""
    K, unit = draw(st.integers(1, 6)), draw(st.sampled_from([SECOND, SECOND, 1]))
    length = np.array(draw(st.lists(st.sampled_from([1, 3, 10]), min_size=K, max_size=K)), dtype=np.int64) * unit
    gaps = np.array(draw(st.lists(st.sampled_from([0, 0, 7]), min_size=K, max_size=K)), dtype=np.int64) * unit
    start = np.cumsum(gaps) + np.cumsum(length) - length
    share = st.sampled_from([0.0, 0.3, 1.0])
    parts = draw(
        st.lists(
            st.builds(Part, st.sampled_from([0.0, 0.5]), st.sampled_from([1e-9, 4.0, np.inf]), st.sampled_from([9.0, np.inf])),
            max_size=2,
        )
    )
    ends = int(start[-1] + length[-1])
    moments = st.one_of(st.integers(-5 * unit, ends + 5 * unit), st.sampled_from([int(start[0]), int(start[-1]), ends]))
    bursts = draw(
        st.lists(st.builds(Burst, moments, st.sampled_from([0, 1, 5, 12]), st.sampled_from(LAGS), st.booleans()), max_size=3)
    )

    def each(values: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=K, max_size=K)), dtype=float)

    return Model(
        start=start,
        length=length,
        rate=each(st.sampled_from([0.0, 0.5, 2.0])) * (SECOND / unit),
        agents=np.array(draw(st.lists(st.integers(0, 3), min_size=K, max_size=K)), dtype=np.int64),
        aht=np.full(K, 3.0 * unit / SECOND),
        day=MONDAY.toordinal() + np.cumsum(np.where(gaps > 0, draw(st.sampled_from([0, 1, 40])), 0)),
        day_cv=each(st.sampled_from([0.0, 0.1, 2.0])),
        slot_cv=each(st.sampled_from([0.0, 0.1, 2.0])),
        then_mean=5.0 * unit / SECOND,
        redial_busy=0.6,
        redial_abandon=0.6,
        redial_delay=3.0 * unit / SECOND,
        attempts_max=draw(st.integers(1, 3)),
        lines=draw(st.sampled_from([None, 1, 3])),
        tilt=each(st.sampled_from([-1.0, -0.3, 0.0, 1e-12, 1.0])) if draw(st.booleans()) else None,
        busyness=Busyness(draw(st.sampled_from([0.0, 0.5, 0.999])), draw(share), tuple(parts)),
        bursts=tuple(bursts),
    )


def check(plan: Model, drawn: Drawn) -> None:
    assert np.all(np.diff(drawn.arrival) >= 0)
    assert np.all(drawn.arrival >= plan.start[drawn.interval])
    assert np.all(drawn.arrival < plan.end[drawn.interval])
    np.testing.assert_array_equal(drawn.day, plan.day[drawn.interval])
    keys = set(zip(drawn.day.tolist(), drawn.ordinal.tolist(), strict=True))
    assert len(keys) == len(drawn.arrival)
    assert all(np.all(values >= 0) for values in (drawn.handle, drawn.patience))
    regular = drawn.ordinal < 1 << 31
    for day in np.unique(drawn.day[regular]):
        here = drawn.ordinal[regular & (drawn.day == day)]
        np.testing.assert_array_equal(here, np.arange(len(here)))


@settings(max_examples=200, deadline=None)
@given(crowded(), st.integers(0, 99))
def test_small_nasty_models(plan: Model, seed: int) -> None:
    drawn = draw(plan, seed, 3, kind=seed % 3)
    check(plan, drawn)
    both(plan, drawn)
    agents = plan.agents.astype(float)
    fast = replicate(plan, agents, seed=seed, replications=2, threshold=2.0, first=3)
    np.testing.assert_array_equal(fast[1], tally(records(plan, agents, seed, 4), 2.0))
    without = draw(replace(plan, bursts=()), seed, 3, kind=seed % 3)
    np.testing.assert_array_equal(drawn.arrival[drawn.ordinal < 1 << 31], without.arrival)


def centre(days: int) -> Centre:
    """Two types with a level in common, the second with a mailing; one group for both, one for the first alone."""
    busyness = Busyness(0.6, 0.7, (Part(0.5, 3600.0),))
    plain = model(1800, 0.02, 0, 60, intervals=8 * days, per_day=8, gap=4 * 3600, then_mean=90.0)
    linked = replace(plain, day_cv=np.full(8 * days, 0.3), slot_cv=np.full(8 * days, 0.2), busyness=busyness)
    first = replace(linked, tilt=np.tile(np.linspace(-1, 1, 8), days))
    second = replace(linked, bursts=(Burst(3600 * SECOND, 80, Exponential(900.0)),))
    groups = (Group(np.full(8 * days, 2, dtype=np.int64)), Group(np.full(8 * days, 1, dtype=np.int64)))
    return Centre((first, second), groups, (Skill(0, 0), Skill(1, 0), Skill(0, 1)), lines=9)


def test_centres_draw_their_types_so() -> None:
    plan = centre(40)
    crowd = draw_crowd(plan, 5, 0)
    both_centres(plan, crowd)
    calls = np.stack([np.bincount(crowd.interval[crowd.kind == y] // 8, minlength=40)[1:] for y in range(2)])
    assert np.corrcoef(calls[0], calls[1])[0, 1] > 0.4  # 0.7 less what is each type's own within the day, and chance
    assert np.sum((crowd.ordinal >= 1 << 31) & (crowd.kind == 1)) > 40
    assert not np.any((crowd.ordinal >= 1 << 31) & (crowd.kind == 0))


def test_centres_lean_and_by_records() -> None:
    lean, readable = (
        replicate_centre(centre(3), seed=2, replications=3, threshold=20.0, engine=name) for name in ("compiled", "simpy")
    )
    np.testing.assert_array_equal(lean.types, readable.types)
    np.testing.assert_array_equal(lean.groups, readable.groups)


def test_a_centre_of_calls_that_came() -> None:
    plan = centre(2)
    drawn = [draw(kind, 5, 0, number) for number, kind in enumerate(plan.kinds)]
    again = [replay(plan.kinds[y], drawn[y].arrival, handle=drawn[y].handle / SECOND, seed=5, kind=y) for y in range(2)]
    np.testing.assert_array_equal(again[1].handle, drawn[1].handle)
    both_centres(plan, together(plan, again))


@pytest.mark.parametrize(
    ("agents", "lines", "answered"), [(5, 8, 0.16), (10, 12, 0.27), (10, 30, 0.29), (20, 30, 0.47), (40, 60, 0.75), (60, 90, 0.94)]
)
def test_a_broadcast(agents: int, lines: int, answered: float) -> None:
    """S1-11: 300 customers, exp(5 min) after the airing, 150 s each; few keep trying. Within 2 points."""
    plan = model(
        10_800, 0.0, agents, 150, then_mean=120.0, lines=lines, redial_busy=0.3, redial_abandon=0.2, redial_delay=60.0,
        attempts_max=6, bursts=(Burst(0, 300, Exponential(300.0)),),
    )  # fmt: skip
    sums = replicate(plan, np.array([agents], dtype=float), seed=20270705, replications=400, threshold=20.0).sum(axis=1)
    over, under = over_and_under(sums, "answer_rate_customer")
    assert abs(over.sum() / under.sum() - answered) < 0.02
