"""Levels of days and of intervals: their gamma distribution, and how they hang together over days, types and the day."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import special, stats

from tests.simulate.plans import MONDAY, model
from wfm.core import draws
from wfm.simulate.arrivals import Busyness, Part
from wfm.simulate.arrivals_kernel import fill_day_levels, fill_slot_levels, gamma_of_normal
from wfm.simulate.drawing import draw
from wfm.simulate.model import SECOND, Model

FIRST = MONDAY.toordinal()

#: z, cv, gamma variate of mean 1: mpmath 1.4.1, 40 digits, root of the regularized incomplete gamma function less ncdf(z).
MPMATH = [
    (-7.5, 0.009, 0.933984189729890065),
    (-2.0, 0.005, 0.990025020786918475),
    (0.0, 0.005, 0.999991666679012458),
    (0.5, 0.009, 1.00447968176987967),
    (6.0, 0.005, 1.03029226766111098),
]


def day_levels(
    dates: np.ndarray, cv: float, over_days: float, over_types: float = 0.0, key: tuple[int, int, int] = (1, 0, 0)
) -> np.ndarray:
    level = np.empty(len(dates))
    fill_day_levels(np.asarray(dates, dtype=np.int64), np.full(len(dates), cv), key, over_days, over_types, level)
    return level


def slot_levels(start: np.ndarray, day: np.ndarray, cv: float, parts: tuple[Part, ...], replication: int = 0) -> np.ndarray:
    level = np.empty(len(start))
    table = np.array([(part.share, part.memory, part.period) for part in parts], dtype=float).reshape(-1, 3)
    fill_slot_levels(start.astype(np.int64), day.astype(np.int64), np.full(len(start), cv), (3, replication, 0), table, level)
    return level


AS_EVER = {
    (0.0, 0.0): (2155, 23395540038826),
    (0.2, 0.0): (2140, 22896001215780),
    (0.0, 0.3): (2234, 22821913121952),
    (0.1, 0.2): (2200, 22708506998389),
}


# The gamma variate behind a normal one.


@pytest.mark.parametrize("cv", [3.0, 1.0, 0.5, 0.24, 0.062, 0.02, 0.0101])
def test_the_gamma_of_a_normal(cv: float) -> None:
    z = np.concatenate([np.linspace(-8, 8, 161), [-1e-9, 1e-9]])
    shape = cv**-2
    below, above = special.ndtr(z), special.ndtr(-z)
    expected = np.where(z < 0, special.gammaincinv(shape, below), special.gammainccinv(shape, above)) / shape
    found = np.array([gamma_of_normal(x, cv) for x in z])
    told = expected > 1e-290
    np.testing.assert_allclose(found[told], expected[told], rtol=3e-11)


def test_the_gamma_of_a_normal_where_it_hardly_scatters() -> None:
    """Both ways meet at their border; beyond it, against 40 digits of mpmath (z, cv, value) and the plain normal far out."""
    z = np.linspace(-9, 9, 37)
    below, above = (np.array([gamma_of_normal(x, 0.01 * (1 + e)) for x in z]) for e in (1e-12, -1e-12))
    np.testing.assert_allclose(below, above, rtol=1e-12)
    for x, cv, exact in MPMATH:
        assert gamma_of_normal(x, cv) == pytest.approx(exact, rel=1e-14)
    for x in (-8.0, 0.0, 3.0):
        assert gamma_of_normal(x, 1e-7) - 1 == pytest.approx(x * 1e-7 + (x * x - 1) / 3 * 1e-14, abs=1e-15)
        assert gamma_of_normal(x, 0.0) == 1.0


# Days.


def test_days_by_themselves_are_drawn_as_ever() -> None:
    """To the microsecond what was drawn before days and intervals could hang together."""
    for (day_cv, slot_cv), (number, sum_of_arrivals) in AS_EVER.items():
        plain = model(1800, 0.1, 1, 60, intervals=12, per_day=4)
        plan = replace(plain, day_cv=np.full(12, day_cv), slot_cv=np.full(12, slot_cv))
        drawn = draw(plan, 2, 0)
        assert (len(drawn.arrival), drawn.arrival.sum()) == (number, sum_of_arrivals)
        np.testing.assert_array_equal(drawn.arrival, draw(replace(plan, busyness=Busyness(0.0, 0.0, ())), 2, 0).arrival)
        if day_cv:
            linked = draw(replace(plan, busyness=Busyness(over_days=0.5)), 2, 0)
            assert not np.array_equal(drawn.arrival, linked.arrival)


@pytest.mark.parametrize("over_days", [0.3, 0.7, 0.95])
def test_levels_of_days_are_gamma_and_forget_by_powers(over_days: float) -> None:
    cv, days, R = 0.3, 300, 400
    levels = np.stack([day_levels(FIRST + np.arange(days), cv, over_days, key=(1, r, 0)) for r in range(R)])
    every = levels[:, :: max(1, round(-7 / np.log(over_days)))]  # far enough apart to be independent
    assert stats.kstest(every.ravel(), stats.gamma(cv**-2, scale=cv**2).cdf).pvalue > 1e-3
    z = stats.norm.ppf(stats.gamma(cv**-2, scale=cv**2).cdf(levels))
    for lag in (1, 2, 7):
        products = (z[:, :-lag] * z[:, lag:]).mean(axis=1)  # independent over replications
        assert abs(products.mean() - over_days**lag) < 4 * products.std(ddof=1) / np.sqrt(R)


def test_a_day_has_its_level_whatever_the_plan() -> None:
    for over_days in (0.0, 0.7, 0.99):
        whole = day_levels(FIRST + np.arange(400), 0.2, over_days, 0.4)
        np.testing.assert_array_equal(day_levels(FIRST + np.arange(370, 400), 0.2, over_days, 0.4), whole[370:])
        gaps = np.array([3, 50, 51, 399])
        np.testing.assert_array_equal(day_levels(FIRST + gaps, 0.2, over_days, 0.4), whole[gaps])
        np.testing.assert_array_equal(day_levels(FIRST + np.repeat(gaps, 5), 0.2, over_days, 0.4), np.repeat(whole[gaps], 5))
    np.testing.assert_allclose(day_levels(np.array([0, 1, 2]), 0.2, 0.9), day_levels(np.array([0, 1, 2]), 0.2, 0.9))
    assert day_levels(np.array([]), 0.2, 0.9).shape == (0,)


def test_days_that_hang_together_as_closely_as_allowed() -> None:
    """Correlation 0.999: a level for months; over replications it scatters as always."""
    levels = np.stack([day_levels(FIRST + np.arange(0, 61, 60), 0.2, 0.999, key=(2, r, 0)) for r in range(1000)])
    assert abs(levels[:, 0].std(ddof=1) / 0.2 - 1) < 4 / np.sqrt(2 * 1000)
    found = np.corrcoef(levels.T)[0, 1]
    assert abs(np.arctanh(found) - np.arctanh(0.999**60)) < 4 / np.sqrt(997)


def test_types_share_a_part() -> None:
    def of_type(kind: int, over_types: float) -> np.ndarray:
        return np.stack(
            [day_levels(FIRST + np.arange(0, 300, 30), 0.06, 0.6, over_types, (4, r, kind)) for r in range(400)]
        ).ravel()

    for shares, rho in (((0.31, 0.31), 0.31), ((0.8, 0.2), 0.4), ((0.0, 0.5), 0.0)):
        found = np.corrcoef(of_type(0, shares[0]), of_type(5, shares[1]))[0, 1]
        assert abs(np.arctanh(found) - np.arctanh(rho)) < 4 / np.sqrt(4000 - 3)
    np.testing.assert_array_equal(of_type(0, 1.0), of_type(1, 1.0))
    assert not np.array_equal(of_type(0, 0.9), of_type(1, 0.9))


def test_the_prefix_of_a_plan_has_the_same_contacts() -> None:
    parts = (Part(0.5, 3600.0), Part(0.3, np.inf, 4 * 3600.0))

    def plan(days: int, first: int) -> Model:
        plain = model(1800, 0.2, 1, 60, intervals=8 * days, per_day=8, gap=4 * 3600)
        cv = np.full(8 * days, 0.2)
        return replace(plain, day=plain.day + first, day_cv=cv, slot_cv=cv, busyness=Busyness(0.7, 0.3, parts))

    whole, end, begin = (draw(plan(n, first), 6, 1) for n, first in ((10, 0), (3, 7), (7, 0)))
    shift = int(plan(10, 0).start[56])
    late = whole.interval >= 56
    for name, less in (("arrival", shift), ("interval", 56), ("handle", 0), ("patience", 0), ("day", 0), ("ordinal", 0)):
        values = getattr(whole, name)
        np.testing.assert_array_equal(values[late] - less, getattr(end, name))
        np.testing.assert_array_equal(values[~late], getattr(begin, name))


# Intervals of a day.


def test_intervals_hang_together_as_said() -> None:
    """Correlations by time apart, also across a gap within the day; the marginal stays gamma."""
    start = np.array([0, 1, 2, 4, 8, 20]) * 1800.0 * SECOND
    parts, cv = (Part(0.4, 3600.0), Part(0.35, np.inf, 30 * 1800.0), Part(0.1, 7200.0, 9000.0)), 0.25
    n = 8000
    levels = np.stack([slot_levels(start, np.full(6, FIRST + r), cv, parts) for r in range(n)])
    gamma = stats.gamma(cv**-2, scale=cv**2)
    z = stats.norm.ppf(gamma.cdf(levels))
    for k in range(6):
        assert stats.kstest(levels[:, k], gamma.cdf).pvalue > 1e-3
    for i in range(6):
        for j in range(i):
            t = (start[i] - start[j]) / SECOND
            rho = sum(p.share * np.exp(-t / p.memory) * np.cos(2 * np.pi * t / p.period) for p in parts)
            assert abs(np.arctanh(np.corrcoef(z[:, i], z[:, j])[0, 1]) - np.arctanh(rho)) < 4 / np.sqrt(n - 3)


def test_a_day_of_one_interval_and_the_ends_of_memory() -> None:
    day = np.repeat(FIRST + np.arange(500), 4)
    start = (np.arange(2000) * 1800 * SECOND).astype(np.int64)
    always = slot_levels(start, day, 0.2, (Part(1.0, np.inf),)).reshape(500, 4)
    np.testing.assert_allclose(always, np.repeat(always[:, :1], 4, axis=1), rtol=1e-12)
    never = slot_levels(start, day, 0.2, (Part(1.0, 1e-6),)).reshape(500, 4)
    assert abs(np.corrcoef(never[:, 0], never[:, 1])[0, 1]) < 4 / np.sqrt(500)
    alone = slot_levels(start[:500], FIRST + np.arange(500), 0.2, (Part(1.0, 3600.0),))
    np.testing.assert_array_equal(alone, slot_levels(start, day, 0.2, (Part(1.0, 3600.0),)).reshape(500, 4)[:, 0])
    assert abs(alone.std(ddof=1) / 0.2 - 1) < 4 / np.sqrt(1000)
    assert slot_levels(start[:0], day[:0], 0.2, (Part(1.0, 3600.0),)).shape == (0,)
    np.testing.assert_array_equal(slot_levels(start, day, 0.0, (Part(0.5, 3600.0),)), 1.0)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Busyness(over_days=1.0), "over_days is 1.0; it has to be from 0 to 0.999"),
        (lambda: Busyness(over_days=-0.2), "over_days is -0.2"),
        (lambda: Busyness(over_types=1.2), "over_types is 1.2; it has to be from 0 to 1"),
        (lambda: Busyness(over_types=float("nan")), "over_types is nan"),
        (lambda: Part(1.5, 60), "share of a part is 1.5"),
        (lambda: Part(0.5, 0), "memory is 0; it has to be above 0 seconds"),
        (lambda: Part(0.5, 60, -1), "period is -1"),
        (lambda: Busyness(within_day=(Part(0.7, 60), Part(0.4, 600))), "add up to 1.1"),
    ],
)
def test_what_is_refused(make: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()  # type: ignore[operator]


def test_numbers_of_purposes_stay() -> None:
    assert (draws.DAY_LEVEL, draws.COMMON_LEVEL, draws.SLOT_LEVEL, draws.BURST) == (16, 18, 20, 22)
