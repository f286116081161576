"""Keyed random numbers: the published generator, honest uniforms, the right laws, and the same contacts in every scenario."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import special, stats

from wfm.core import draws

DAY = 740_168  # 2027-07-05
HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("words", "answer"),
    [  # kat_vectors of the Random123 distribution, lines "philox4x32 10": counter, key -> output
        ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_the_generator_gives_the_published_answers(words: tuple[int, ...], answer: tuple[int, ...]) -> None:
    assert tuple(int(word) for word in draws.philox(*map(np.uint64, words))) == answer


def test_every_part_of_the_key_reaches_its_own_bits_up_to_its_limit() -> None:
    names = ("seed", "replication", "purpose", "type", "day", "ordinal", "attempt", "leg", "step")
    keys = [tuple(draws.LIMITS[name] - 1 if name == big else 0 for name in names) for big in names]
    keys += [tuple(1 if name == one else 0 for name in names) for one in names] + [(0,) * 9]
    values = [draws.uniform(*key) for key in keys]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("part", sorted(draws.LIMITS))
def test_a_part_that_does_not_fit_is_refused_by_name(part: str) -> None:
    draws.check_key(**{part: draws.LIMITS[part] - 1})
    for value in (-1, draws.LIMITS[part]):
        with pytest.raises(ValueError, match=f"{part} is {value}"):
            draws.check_key(**{part: value})


def test_uniforms_are_uniform_and_keys_beside_each_other_are_independent() -> None:
    def along(part: int) -> NDArray[np.float64]:
        key = [3, 0, draws.HANDLE, 0, DAY, 0, 1, 0, 0]
        values = []
        for value in range(1, 20_001) if part not in (3, 6, 7) else range(250):
            key[part] = value
            values.append(draws.uniform(*key))
        return np.array(values)

    for part in range(9):
        u = along(part)
        n = len(u)
        assert stats.kstest(u, "uniform").pvalue > 1e-4, part
        for lag in (1, 2):
            z = np.corrcoef(u[:-lag], u[lag:])[0, 1] * math.sqrt(n)
            assert abs(z) < 4, (part, lag, z)
    u, v = along(5), np.array([draws.uniform(3, 0, draws.PATIENCE, 0, DAY, i, 1, 0, 0) for i in range(1, 20_001)])
    cells = np.histogram2d(u, v, bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > 1e-4


def test_a_uniform_is_never_zero_nor_one() -> None:
    extremes = [draws._open_unit.py_func(np.uint64(word), np.uint64(word)) for word in (0, 0xFFFFFFFF)]
    assert extremes == [2.0**-53, 1 - 2.0**-53]


def test_the_two_purposes_of_a_block_are_its_two_halves() -> None:
    key = (0, DAY, 7, 1, 0, 0)
    assert draws.pair(1, 2, draws.HANDLE, *key) == (
        draws.uniform(1, 2, draws.HANDLE, *key),
        draws.uniform(1, 2, draws.PATIENCE, *key),
    )


def test_quantiles_against_scipy() -> None:
    u = np.concatenate([10.0 ** -np.arange(1, 16), np.linspace(1e-6, 1 - 1e-6, 4001), 1 - 10.0 ** -np.arange(1, 15)])
    u = (2 * np.floor(u * 2.0**52) + 1) * 2.0**-53  # the grid that uniforms lie on
    normal = np.array([draws.normal_quantile(x) for x in u])
    assert np.max(np.abs(normal - special.ndtri(u)) / np.maximum(np.abs(normal), 1e-3)) < 1e-14
    sigma = math.sqrt(math.log1p(0.8**2))
    lognormal = np.array([draws.lognormal_quantile(x, 0.8) for x in u])
    np.testing.assert_allclose(lognormal, stats.lognorm.ppf(u, sigma, scale=math.exp(-(sigma**2) / 2)), rtol=1e-12)
    exponential = np.array([draws.exponential_quantile(x) for x in u])
    np.testing.assert_allclose(exponential, -np.log1p(-u), rtol=1e-14)


@pytest.mark.parametrize("cv", [0.02, 0.08, 0.5, 1.0, 1.6])
def test_busyness_is_gamma_with_mean_one(cv: float) -> None:
    factors = [draws.gamma_factor(11, r, draws.BUSYNESS, 0, DAY, 0, cv) for r in range(20_000)]
    assert stats.kstest(factors, stats.gamma(1 / cv**2, scale=cv**2).cdf).pvalue > 1e-4


def test_no_scatter_means_exactly_one() -> None:
    assert draws.gamma_factor(1, 2, draws.BUSYNESS, 0, DAY, 0, 0.0) == 1.0
    assert draws.lognormal_quantile(0.123, 0.0) == 1.0


def arrivals(expected: list[float], replication: int = 0, room: int = 10_000) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    K = len(expected)
    arrival, interval = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    start, length = np.arange(K) * HOUR, np.full(K, HOUR)
    place, used, count = np.zeros(2, dtype=np.int64), np.zeros(1), 0
    while count < room:  # in parts of some size, which must not matter
        part = slice(count, min(count + 300, room))
        more = draws.fill_arrivals(
            5, replication, 0, DAY, start, length, np.array(expected), 100, place, used, arrival[part], interval[part]
        )
        count += more
        if more < 300:
            break
    return arrival[:count], interval[:count]


def test_arrivals_in_parts_are_those_of_the_whole() -> None:
    start, length, expected = np.arange(3) * HOUR, np.full(3, HOUR), np.array([400.0, 0.0, 900.0])
    arrival, interval = np.empty(3000, dtype=np.int64), np.empty(3000, dtype=np.int64)
    count = draws.fill_arrivals(
        5, 0, 0, DAY, start, length, expected, 100, np.zeros(2, dtype=np.int64), np.zeros(1), arrival, interval
    )
    assert 1000 < count < 3000
    for whole, parts in zip((arrival, interval), arrivals([400.0, 0.0, 900.0]), strict=True):
        np.testing.assert_array_equal(parts, whole[:count])


def test_arrivals_are_poisson_with_the_given_intensity() -> None:
    expected = [30.0, 0.0, 60.0, 5.0]
    counts = np.zeros((2000, 4))
    for r in range(2000):
        arrival, interval = arrivals(expected, r)
        assert np.all(np.diff(arrival) >= 0)
        assert np.array_equal(arrival // HOUR, interval - 100)
        counts[r] = np.bincount(interval - 100, minlength=4)
    means, variances = counts.mean(axis=0), counts.var(axis=0, ddof=1)
    assert counts[:, 1].sum() == 0
    for k in (0, 2, 3):
        assert abs(means[k] - expected[k]) < 4 * math.sqrt(expected[k] / 2000)
        assert abs(variances[k] / expected[k] - 1) < 4 * math.sqrt(2 / 2000) + 0.02
    assert abs(np.corrcoef(counts[:, 0], counts[:, 2])[0, 1]) < 4 / math.sqrt(2000)


def test_more_volume_keeps_the_same_contacts_and_moves_them_earlier() -> None:
    base, _ = arrivals([40.0, 80.0, 40.0])
    more, _ = arrivals([44.0, 88.0, 44.0])
    assert len(more) > len(base)
    assert np.all(more[: len(base)] < base)
    assert np.mean(base - more[: len(base)]) < 0.11 * 3 * HOUR


def test_arrivals_report_that_the_outputs_are_full() -> None:
    arrival, _ = arrivals([40.0], room=7)
    assert len(arrival) == 7


def test_no_intensity_no_arrivals() -> None:
    assert len(arrivals([0.0, 0.0])[0]) == 0
    assert len(arrivals([])[0]) == 0


def test_redials_happen_with_their_share_and_delay() -> None:
    delays = np.array([draws.redial(9, 0, 0, DAY, i, 1, 0.3, 60.0) for i in range(20_000)])
    again = delays[delays >= 0] / 1e6
    assert abs(len(again) / 20_000 - 0.3) < 4 * math.sqrt(0.3 * 0.7 / 20_000)
    assert stats.kstest(again, stats.expon(scale=60).cdf).pvalue > 1e-4
    assert draws.redial(9, 0, 0, DAY, 1, 1, 0.0, 60.0) == -1
