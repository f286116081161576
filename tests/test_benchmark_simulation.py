"""What the benchmark of the simulation races is the same queue: SimPy as its users write it, and plain C."""

import numpy as np
import pytest

from benchmarks import simulate as bench
from benchmarks.plain_simpy import Centre
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS

COUNTS = [COLUMNS.index(name) for name in ("offered", "abandoned", "answered_within")]


def test_plain_simpy_plays_the_same_centre():
    """Means over days, by half-hour, as far apart as chance allows; the seed fixed before looking."""
    model = bench.day(1500)
    plain = np.array(
        [Centre(bench.steps(model), bench.AHT, bench.PATIENCE, bench.THRESHOLD, seed).batches for seed in range(25)], dtype=float
    )
    ours = replicate(model, model.agents, seed=bench.SEED, replications=2000, threshold=bench.THRESHOLD)[..., COUNTS]
    error = np.sqrt(plain.var(axis=0, ddof=1) / len(plain) + ours.var(axis=0) / len(ours))
    enough = ours.mean(axis=0) * len(plain) > 50  # counts that are nearly normal
    z = (plain.mean(axis=0) - ours.mean(axis=0))[enough] / error[enough]
    assert len(z) > 90
    assert np.abs(z).max() < 4.5
    assert abs(z.mean()) < 0.5


def test_a_race_is_between_equals():
    row = bench.versus("small", bench.steady(2_000), bench.day(500), 1.0, 2.0, 2)
    assert [c["name"] for c in row["contenders"]] == [bench.FAST, bench.TALLIES, bench.READABLE, bench.PLAIN]
    assert all(claim["ratio"] > 1 for claim in row["claims"])
    assert "equal in every value" in row["agreement"][0]


def test_plain_c_plays_the_same_contacts():
    twin = bench.build()
    if isinstance(twin, str):
        pytest.skip(twin)
    row = bench.against_c(twin, 1)  # raises where they differ
    assert [c["name"] for c in row["contenders"]] == [bench.KERNEL, bench.PLAIN_C]
