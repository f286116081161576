"""Who comes when: contact types by their number, rates that change within an interval, bursts after a drop."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from tests.simulate.plans import model
from tests.simulate.test_engines import PATIENT, TRYING, both
from wfm.core import draws
from wfm.core.distributions import (
    Classes,
    Deterministic,
    Distribution,
    Exponential,
    Gamma,
    Lognormal,
    QuantileTable,
    Staying,
)
from wfm.simulate.arrivals import Burst, Busyness, Part, line, tilts
from wfm.simulate.drawing import Drawn, draw
from wfm.simulate.drawing_kernel import tilted
from wfm.simulate.model import SECOND, Model
from wfm.simulate.replications import records, replicate
from wfm.simulate.tally import COLUMNS, tally

FIELDS = ("arrival", "interval", "handle", "patience", "day", "ordinal")
MAILING = Burst(at=600 * SECOND, contacts=300, lag=Exponential(300))


def week(**more: object) -> Model:
    """Three days of eight half-hours, 4 h closed between them."""
    return model(1800, 0.05, 6, 60, intervals=24, per_day=8, gap=4 * 3600, lines=12, **{**PATIENT, **TRYING, **more})


def rows(drawn: Drawn) -> np.ndarray:
    return np.stack([getattr(drawn, name) for name in FIELDS], axis=1)


def test_types_are_told_apart_by_their_number() -> None:
    plan = week()
    first, other = draw(plan, 3, 1), draw(plan, 3, 1, kind=1)
    assert (first.kind, other.kind) == (0, 1)
    assert not set(first.arrival) & set(other.arrival)
    both(plan, other)  # redials are drawn by the type too
    with pytest.raises(ValueError, match="type is 1024; random numbers are keyed by a type from 0 to 1023"):
        draw(plan, 3, 1, kind=1024)


# Rates that change within an interval.


@pytest.mark.parametrize("tilt", [-1.0, -0.6, -1e-9, 0.0, 1e-15, 1e-6, 0.5, 1.0])
def test_the_inverse_of_a_line(tilt: float) -> None:
    share = np.concatenate([[0.0, 1e-300, 1e-12], np.linspace(0.01, 0.99, 99), [1 - 1e-12, 1.0]])
    part = np.array([tilted(s, tilt) for s in share])
    np.testing.assert_allclose((1 - tilt) * part + tilt * part**2, share, rtol=1e-14)
    assert np.all(np.diff(part) >= 0)
    assert part[0] == 0.0
    if abs(tilt) < 1e-14:
        np.testing.assert_allclose(part, share, rtol=1e-14)


def test_arrivals_follow_the_line_and_intervals_keep_their_contacts() -> None:
    level = model(1800, [0.5, 2.0, 0.0, 1.0], 1, 60, intervals=4)
    tilt = np.array([1.0, -0.7, 0.3, 0.0])
    sloped = replace(level, tilt=tilt)
    plain = [draw(level, 11, r) for r in range(20)]
    moved = [draw(sloped, 11, r) for r in range(20)]
    for a, b in zip(plain, moved, strict=True):
        for name in ("interval", "handle", "patience", "ordinal"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        assert np.all(np.diff(b.arrival) >= 0)
        np.testing.assert_array_equal(a.arrival[a.interval == 3], b.arrival[b.interval == 3])  # a level line is level
    interval = np.concatenate([d.interval for d in moved])
    into = (np.concatenate([d.arrival for d in moved]) - level.start[interval]) / level.length[interval]
    assert not np.any(interval == 2)
    for k in (0, 1, 3):
        x = into[interval == k]
        assert stats.kstest((1 - tilt[k]) * x + tilt[k] * x**2, "uniform").pvalue > 1e-3
    assert not draw(replace(level, rate=np.zeros(4), tilt=tilt), 11, 0).arrival.size


def test_lines_through_means() -> None:
    start, length = np.arange(6) * 1800 * SECOND, np.full(6, 1800 * SECOND)
    ramp = 1.0 + np.arange(6) * 0.5
    tilt = tilts(ramp, start, length)
    np.testing.assert_allclose(ramp * tilt, 0.25)  # a straight line through all of them
    np.testing.assert_allclose((ramp * (1 + tilt))[:-1], (ramp * (1 - tilt))[1:])
    peak = np.array([1.0, 4.0, 9.0, 2.0, 0.0, 3.0])
    tilt = tilts(peak, start, length)
    assert tilt[2] == tilt[4] == 0.0
    assert np.all(np.abs(tilt) <= 1)
    first, last = peak * (1 - tilt), peak * (1 + tilt)
    for k in range(1, 5):  # never past a neighbour
        low, high = peak[k - 1 : k + 2].min(), peak[k - 1 : k + 2].max()
        assert low - 1e-12 <= min(first[k], last[k])
        assert max(first[k], last[k]) <= high + 1e-12
    apart = np.array([0, 1, 5, 6, 9, 20]) * 1800 * SECOND
    tilt = tilts(ramp, apart, length)  # 0-1, 2-3 touch; 4 and 5 stand alone
    np.testing.assert_allclose(ramp * tilt, [0.25, 0.25, 0.25, 0.25, 0, 0])
    assert tilts(np.array([3.0]), start[:1], length[:1]) == 0
    rate, tilt = line(np.array([0.0, 2.0, 0.0]), np.array([1.0, 1.0, 0.0]))
    np.testing.assert_allclose(rate, [0.5, 1.5, 0.0])
    np.testing.assert_allclose(tilt, [1.0, -1 / 3, 0.0])
    with pytest.raises(ValueError, match=r"number 1: 1.0 to -1.0"):
        line(np.array([0.0, 1.0]), np.array([1.0, -1.0]))


# Bursts.


def test_the_other_contacts_stay_as_they_were() -> None:
    plan = week()
    without, with_it = draw(plan, 5, 2), draw(replace(plan, bursts=(MAILING,)), 5, 2)
    assert np.all(np.diff(with_it.arrival) >= 0)
    regular = with_it.ordinal < 1 << 31
    np.testing.assert_array_equal(rows(with_it)[regular], rows(without))
    assert 200 < np.sum(~regular) < 400
    keys = list(zip(with_it.day.tolist(), with_it.ordinal.tolist(), strict=True))
    assert len(set(keys)) == len(keys)
    np.testing.assert_array_equal(with_it.interval, np.searchsorted(plan.start, with_it.arrival, side="right") - 1)
    np.testing.assert_array_equal(with_it.day, plan.day[with_it.interval])
    # Handle times and patience are those of the contact's key.
    both(replace(plan, bursts=(MAILING,)), with_it)


def test_twice_the_drop_is_twice_the_calls_and_keeps_the_first_ones() -> None:
    """S1-14."""
    empty = model(3600, 0.0, 1, 60, intervals=3)
    counts = []
    for r in range(200):
        one, two = (draw(replace(empty, bursts=(replace(MAILING, contacts=n),)), 1, r) for n in (150, 300))
        assert {tuple(row) for row in rows(one)} <= {tuple(row) for row in rows(two)}
        counts.append((len(one.arrival), len(two.arrival)))
    for found, mean in zip(np.mean(counts, axis=0), (150, 300), strict=True):
        assert abs(found - mean) < 4 * np.sqrt(mean / 200)
    assert abs(np.var(counts, axis=0)[1] / 300 - 1) < 0.4  # Poisson: 4 standard errors of sqrt(2 / 199)


@pytest.mark.parametrize(
    "lag",
    [
        Exponential(300.0),
        Gamma(900.0, 0.7),
        Lognormal(600.0, 1.5),
        QuantileTable(shares=(0, 0.5, 0.8, 1), times=(60, 120, 600, 1200)),
    ],
    ids=lambda lag: type(lag).__name__,
)
def test_lags(lag: Distribution) -> None:
    plan = model(1e6, 0.0, 1, 60)
    drawn = draw(replace(plan, bursts=(Burst(at=500 * SECOND, contacts=4000, lag=lag, exact=True),)), 3, 0)
    assert len(drawn.arrival) == 4000
    found = drawn.arrival / SECOND - 500
    assert stats.kstest(found, lambda t: 1 - lag.survival(t)).pvalue > 1e-3


def test_exact_numbers_at_one_moment() -> None:
    plan = model(600, 0.0, 2, 30, intervals=2)
    for r in range(5):
        drawn = draw(replace(plan, bursts=(Burst(600 * SECOND, 40, Deterministic(0.0), exact=True),)), 1, r)
        assert drawn.arrival.tolist() == [600 * SECOND] * 40
        assert set(drawn.interval) == {1}


def test_bursts_at_equal_times_are_in_order_behind_the_others() -> None:
    plan = model(600, 0.5, 2, 30)
    moment = int(draw(plan, 2, 0).arrival[20])
    at_once = Deterministic(0.0)
    drawn = draw(replace(plan, bursts=(Burst(moment, 3, at_once, exact=True), Burst(moment, 2, at_once, exact=True))), 2, 0)
    here = drawn.ordinal[drawn.arrival == moment]
    first = 1 << 31
    assert here.tolist() == [20, first, first + 1, first + 2, first + (1 << 21), first + (1 << 21) + 1]


def test_responses_while_closed_or_after_the_end_are_lost() -> None:
    plan = replace(week(), rate=np.zeros(24))
    close = int(plan.end[7])
    # All within the 4 h closed, all before, all after the last day.
    for at, kept in (
        (close, 0),
        (close - 100 * SECOND, 500),
        (-200 * SECOND, 0),
        (int(plan.end[-1]), 0),
        (close + 4 * 3600 * SECOND, 500),
    ):
        drawn = draw(replace(plan, bursts=(Burst(at, 500, QuantileTable((0, 1), (0, 99)), exact=True),)), 1, 0)
        assert len(drawn.arrival) == kept
    half = draw(replace(plan, bursts=(Burst(0, 4000, Staying(0.5, Exponential(10)), exact=True),)), 1, 0)
    assert abs(len(half.arrival) - 2000) < 4 * np.sqrt(1000)
    assert not len(draw(replace(plan, bursts=(replace(MAILING, contacts=0),)), 1, 0).arrival)


def test_other_days_of_the_plan_meet_the_same_responses() -> None:
    plan = week(bursts=(replace(MAILING, lag=Exponential(36_000.0)), Burst(10 * 3600 * SECOND, 100, Gamma(900, 0.5))))
    whole = draw(plan, 4, 0)
    shift = int(plan.start[8])
    later = model(
        1800, 0.05, 6, 60, intervals=16, per_day=8, gap=4 * 3600, lines=12, **{**PATIENT, **TRYING},
        bursts=tuple(replace(burst, at=burst.at - shift) for burst in plan.bursts),
    )  # fmt: skip
    part = draw(replace(later, day=plan.day[8:]), 4, 0)
    kept = whole.interval >= 8
    assert np.sum(part.ordinal >= 1 << 31) > 50
    np.testing.assert_array_equal(rows(part), rows(whole)[kept] - [shift, 8, 0, 0, 0, 0])


# All of it, in the lean mode.


@pytest.mark.parametrize("name", ["tilt", "bursts", "busyness", "all"])
def test_lean_tallies_are_those_of_records(name: str) -> None:
    kinds: dict[str, dict[str, object]] = {
        "tilt": {"tilt": np.linspace(-1, 1, 24)},
        "bursts": {"bursts": (MAILING, Burst(-60 * SECOND, 200, Gamma(4 * 3600, 2.0)))},
        "busyness": {"busyness": Busyness(0.6, 0.3, (Part(0.5, 3600), Part(0.4, np.inf, 4 * 3600)))},
    }
    chosen = {key: value for kind, more in kinds.items() if name in (kind, "all") for key, value in more.items()}
    plan = replace(week(**chosen), day_cv=np.full(24, 0.2), slot_cv=np.full(24, 0.3))
    agents = np.asarray(plan.agents + 0.4, dtype=np.float64)
    fast = replicate(plan, agents, seed=5, replications=4, threshold=20)
    np.testing.assert_array_equal(fast, replicate(plan, agents, seed=5, replications=4, threshold=20, engine="simpy"))
    np.testing.assert_array_equal(fast[3], tally(records(plan, agents, 5, 3), 20))
    assert fast[..., COLUMNS.index("blocked")].sum() > 0
    for one, other in pairwise(fast):
        assert not np.array_equal(one, other)


def test_more_responses_than_there_is_room_for_at_first() -> None:
    """Rates of nearly nothing, and levels that scatter so much that the memory asked for is too short now and then."""
    plan = replace(week(), rate=np.full(24, 1e-4), day_cv=np.full(24, 3.0), bursts=(replace(MAILING, contacts=3),))
    found = replicate(plan, plan.agents.astype(float), seed=8, replications=300, threshold=20)[..., COLUMNS.index("customers")].sum(
        axis=1
    )
    assert found.tolist() == [len(draw(plan, 8, r).arrival) for r in range(300)]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: week(tilt=np.zeros(3)), "tilt has 3 values for 24 intervals"),
        (lambda: week(tilt=np.full(24, 1.01)), "tilt has to be from -1 to 1; the first that is not is number 0: 1.01"),
        (lambda: week(tilt=np.full(24, np.nan)), "tilt has to be from -1 to 1"),
        (lambda: week(bursts=(MAILING,) * 1025), "1025 bursts; random numbers are keyed for 1024"),
        (lambda: Burst(0, -1, Exponential(1)), "contacts of a burst is -1; it has to be from 0 to 2e"),
        (lambda: Burst(0, 3e6, Exponential(1)), "contacts of a burst is 3000000.0"),
        (lambda: Burst(0, 1.5, Exponential(1), exact=True), "are 1.5; exactly as many can only be a whole number"),
        (lambda: Burst(1 << 61, 1, Exponential(1)), "moments are microseconds after the plan's first"),
        (lambda: Burst(0, 1, Classes((0.5, 0.5), (Exponential(1), Exponential(2)))), "not of classes"),
        (lambda: Burst(0, 1, 300.0), "lag of a burst is 300.0; it has to be a distribution"),  # type: ignore[arg-type]
    ],
)
def test_what_is_refused(make: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()  # type: ignore[operator]


def test_keys_of_bursts_are_within_their_bits() -> None:
    draws.check_key(ordinal=(1 << 31) + 1023 * (1 << 21) + (1 << 21) - 1)
