"""The exact chain beside the golden days, every column that both have, at the README's bars; `-s` prints the worst errors.

The golden columns are of a high-order ODE solver: entries below 1e-9 are its noise, and are held to that.
"""

import numpy as np
import pytest

from tests.erlang.bars import table
from tests.erlang.days import GoldenDay

DAYS = ("tv_exhaustive_a", "tv_spike1111_a", "tv_sinusoid_a")
NOISE = 1e-9

INTERVAL = {
    "t_start": ("start", "ratio"),
    "t_end": ("end", "ratio"),
    "n_avg": ("agents", "ratio"),
    "arrivals": ("offered", "count"),
    "mean_queue": ("mean_queue", "count"),
    "mean_busy": ("mean_busy", "count"),
    "occupancy": ("occupancy", "ratio"),
    "p_delay": ("p_delay", "ratio"),
    "abandon_events": ("abandoning", "count"),
    "p_abandon_cohort": ("abandon_rate_offered", "ratio"),
    "e_wait_cohort": ("mean_wait_all", "count"),
    "sl_offered_cohort": ("sl_offered", "ratio"),
}
MINUTE = {
    "n": ("agents", "ratio"),
    "mean_queue": ("queue", "count"),
    "mean_busy": ("busy", "count"),
    "p_delay": ("p_delay", "ratio"),
    "p_busy_gt_n": ("late", "ratio"),
    "p_abandon_if_arriving": ("abandon_if_arriving", "ratio"),
    "sl_if_arriving": ("sl_if_arriving", "ratio"),
}


def held(name, golden, columns, found):
    """Every golden column that is known is at its bar; returns how many were."""
    compared = 0
    for column, (attribute, kind) in columns.items():
        if column not in golden:
            continue
        g, v = golden[column].to_numpy(float), np.asarray(getattr(found, attribute), dtype=float)
        bar = 1e-7 if kind == "ratio" else 1e-6 * np.abs(g) + NOISE
        apart = np.abs(v - g)
        print(f"{name:<24} {column:<22} worst {apart.max():.1e}, {np.max(apart / bar):.3f} of its bar")
        assert np.all(apart <= bar), (column, int(np.argmax(apart / bar)))
        compared += 1
    return compared


def unknown(golden, columns):
    return set(golden.columns) - set(columns)


@pytest.mark.parametrize("name", DAYS)
def test_intervals(name):
    day, golden = GoldenDay.read(name), table(f"{name}_interval")
    found = day.queue().solve(day.agents, threshold=day.case["sl_threshold"], start=day.case["initial_state"])
    # The README has one column more: abandonments over arrivals, by event.
    assert unknown(golden, INTERVAL) == {"abandon_events_per_arrival"}
    assert held(f"{name}, intervals", golden, INTERVAL, found) == (12 if "p_abandon_cohort" in golden else 8)
    apart = np.abs(found.abandoning / found.offered - golden["abandon_events_per_arrival"])
    assert apart.max() <= 1e-7


@pytest.mark.parametrize("name", [DAYS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in DAYS[1:])])
def test_the_stated_error_covers_the_truth(name):
    """Beside pieces a quarter as long, whose own error is a thousandth."""
    day = GoldenDay.read(name)
    rules = {"threshold": day.case["sl_threshold"], "start": day.case["initial_state"]}
    found = day.queue().solve(day.agents, **rules)
    finer = day.queue(piece=0.25).solve(day.agents, tolerance=1e-11, **rules)
    assert finer.error < 1e-10
    assert found.error < 1e-8
    for column in ("p_delay", "occupancy", "sl_offered", "abandon_rate_offered"):
        apart = np.abs(getattr(found, column) - getattr(finer, column)).max()
        assert apart <= found.error, column


def minutes(name, every):
    day, golden = GoldenDay.read(name), table(f"{name}_minute")
    golden = golden.iloc[::every].reset_index(drop=True)
    found = day.queue().path(day.agents, golden["t"], threshold=day.case["sl_threshold"], start=day.case["initial_state"])
    assert unknown(golden, MINUTE) == {"t", "lambda", "mol_offered_load", "mean_in_system"}
    assert held(f"{name}, minutes", golden, MINUTE, found) == (5 if "p_busy_gt_n" in golden else 6)
    in_system = found.queue + found.busy
    assert np.all(np.abs(in_system - golden["mean_in_system"]) <= 1e-6 * golden["mean_in_system"] + NOISE)


@pytest.mark.parametrize("name", DAYS)
def test_every_tenth_minute(name):
    minutes(name, 10)


@pytest.mark.slow
@pytest.mark.parametrize("name", DAYS)
def test_every_minute(name):
    minutes(name, 1)
