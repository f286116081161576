"""The engine against exact Erlang A: twenty queues, four KPIs, the seed fixed before looking."""

import numpy as np
import pandas as pd
import pytest

from tests.shared import shared
from tests.simulate.exact import erlang_a
from tests.simulate.plans import estimate, model, play
from wfm.simulate.tally import tally

SEED = 20270705
AHT = 180.0
WITHIN = 20.0
CONTACTS = 80_000
BATCHES = 40

# agents, offered load per agent, mean patience [s]
QUEUES = [
    (1, 0.6, 120), (1, 1.2, 600), (2, 0.8, 60), (2, 1.1, 300), (3, 0.9, 120), (4, 0.7, 1800), (5, 0.8, 240), (5, 1.3, 120),
    (7, 0.95, 20), (8, 0.9, 900), (10, 0.8, 120), (10, 1.0, 300), (14, 1.15, 180), (20, 0.85, 600), (20, 1.05, 60),
    (30, 0.95, 120), (40, 0.9, 300), (50, 1.2, 240), (60, 1.0, 1200), (100, 0.95, 120),
]  # fmt: skip
KPIS = ("abandon_rate_offered", "mean_wait_all", "sl_offered", "occupancy")


def test_twenty_queues_within_four_standard_errors(capsys: pytest.CaptureFixture[str]) -> None:
    rows = []
    for number, (n, rho, patience) in enumerate(QUEUES):
        rate = n * rho / AHT
        batch = CONTACTS / rate / BATCHES
        # One long run, cut into batches long enough to be nearly independent; the first, which starts empty, is left out.
        plan = model(batch, rate, n, AHT, intervals=BATCHES + 1, then_mean=float(patience))
        sums = tally(play(plan, SEED, number), WITHIN)[1:]
        exact = erlang_a(n, n * rho, patience / AHT, WITHIN / AHT)
        exact["mean_wait_all"] *= AHT
        for kpi in KPIS:
            value, error = estimate(sums, kpi)
            rows.append((n, rho, patience, kpi, exact[kpi], value, error, (value - exact[kpi]) / error))
    table = pd.DataFrame(rows, columns=["agents", "load/agent", "patience", "kpi", "exact", "simulated", "s.e.", "z"])
    worst = table["z"].abs().max()
    with capsys.disabled():
        wide = table.assign(**{"exact | simulated | z": table.apply(_cell, axis=1)}).pivot_table(
            index=["agents", "load/agent", "patience"], columns="kpi", values="exact | simulated | z", aggfunc="first"
        )
        print(f"\nSimPy engine against exact Erlang A: exact | simulated | z, seed {SEED}, {CONTACTS} contacts a queue")
        print(wide.to_string())
        print(f"largest |z| = {worst:.2f}, mean z = {table['z'].mean():+.2f}, sd = {table['z'].std():.2f}")
    assert len(table) == 80
    assert worst <= 4


def _cell(row: pd.Series) -> str:
    return f"{row['exact']:.5g} | {row['simulated']:.5g} | {row['z']:+.1f}"


def test_the_reference_agrees_with_the_golden_table() -> None:
    golden = pd.read_csv(shared("golden/erlang_a.csv"), comment="#", dtype={"patience": str})
    golden = golden[(golden["n"] % 1 == 0) & (golden["n"] <= 120) & (golden["patience"] != "inf") & (golden["n"] > 0)]
    assert len(golden) > 100
    for row in golden.itertuples():
        exact = erlang_a(int(row.n), row.a, float(row.patience), row.T)
        for kpi, column in zip(KPIS, ("p_abandon", "e_wait", "sl_offered", "occupancy"), strict=True):
            np.testing.assert_allclose(exact[kpi], getattr(row, column), rtol=1e-7, atol=1e-10)
