"""Long runs of the compiled engine against the golden tables of Erlang B, C, A and of A with limited lines, and published examples.

Rows are spread evenly over each table; seeds were fixed before looking; every cell counts.
"""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.shared import shared
from tests.simulate.plans import estimate, model
from tests.simulate.scores import Scores
from wfm.core import draws
from wfm.core.kpi import KPIS
from wfm.simulate.drawing import draw
from wfm.simulate.engines import engine
from wfm.simulate.model import SECOND
from wfm.simulate.records import ABANDONED, HANDLED, Records
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS, over_and_under

SEED, AHT, REPLICATIONS, CONTACTS = 20270705, 180.0, 200, 2_000_000
FEW = 400  # cases and exceptions, for a share to be judged by its spread

# Our names of the golden columns; times are in handle times there.
CLASSIC_C = {"sl_offered": "sl", "mean_wait_all": "asa", "occupancy": "occupancy"}
CLASSIC_A = {
    "sl_offered": "sl_offered", "sl_answered": "sl_answered", "sl_net": "sl_net", "sl_either": "sl_either",
    "abandon_rate_offered": "p_abandon", "mean_wait_all": "e_wait", "asa_answered": "e_wait_served", "occupancy": "occupancy",
}  # fmt: skip
LINES = {
    "sl_offered": "sl_offered", "sl_answered": "sl_answered", "blocking": "p_block", "answer_rate": "p_served",
    "abandon_rate_offered": "p_abandon", "mean_wait_all": "e_wait_offered", "asa_answered": "e_wait_served",
    "occupancy": "occupancy",
}  # fmt: skip


def golden(name: str, keep: str, rows: int) -> pd.DataFrame:
    """So many rows that ``keep`` selects, spread evenly over the table in the order of agents and load."""
    table = pd.read_csv(shared(f"golden/{name}.csv"), comment="#")
    table = table.query(f"int_n == 1 and {keep}" if "int_n" in table.columns else keep)
    table = table.sort_values([c for c in ("n", "a", "patience", "T", "lines") if c in table.columns], ignore_index=True)
    return table.iloc[np.unique(np.linspace(0, len(table) - 1, rows).round().astype(int))].reset_index(drop=True)


def stationary(n: int, a: float, within: float, *, number: int, settle: float, **rules: Any) -> np.ndarray:
    """Tallies of independent replications, a row each, of a stretch long after the queue was empty; all in handle times."""
    length = np.array([settle, CONTACTS / REPLICATIONS / a, 2.0]) * AHT  # the last one keeps work after closing out
    edges = np.round(np.append(0.0, np.cumsum(length)) * SECOND).astype(np.int64)
    plan = replace(model(1, a / AHT, n, AHT, intervals=3, **rules), start=edges[:-1], length=np.diff(edges))
    tallies = replicate(plan, np.full(3, float(n)), seed=SEED + number, replications=REPLICATIONS, threshold=within * AHT)
    return tallies[:, 1]


def settling(n: int, a: float, patience: float = np.inf) -> float:
    """Handle times after which an empty queue is as good as steady: some relaxation times of M/M/n, or of patience if less."""
    relaxation = 1 / (np.sqrt(n) - np.sqrt(a)) ** 2 if a < n else np.inf
    return float(15 * (1 + min(relaxation, patience)))


def compare(scores: Scores, where: str, sums: np.ndarray, row: Any, columns: dict[str, str]) -> None:
    for kpi, column in columns.items():
        over, under = (part.sum() for part in over_and_under(sums, kpi))
        counted = KPIS[kpi].unit == "share" and kpi != "occupancy"
        if counted and not FEW <= over <= under - FEW:
            continue
        expected = getattr(row, column) * (AHT if KPIS[kpi].unit == "s" else 1.0)
        if over == 0:  # nobody waits where there are as many lines as agents
            assert expected == 0, where
            continue
        if kpi == "occupancy" and np.sum(over_and_under(sums, kpi)[0] < over_and_under(sums, kpi)[1]) < REPLICATIONS / 2:
            assert expected > 0.999, where  # most replications never see an idle agent, so their spread says nothing
            continue
        scores.add(where, kpi, expected, *estimate(sums, kpi))


def test_erlang_b(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines for as many as there are agents; half of the rows with lognormal handle times, to which blocking is indifferent."""
    scores = Scores()
    for row in golden("erlang_b", "1 <= n <= 400 and 0.001 < blocking < 0.97", 40).itertuples():
        n, family = int(row.n), (draws.EXPONENTIAL, draws.LOGNORMAL)[row.Index % 2]
        sums = stationary(n, row.a, 0.0, number=row.Index, settle=15.0, lines=n, family=family, cv=0.8)
        where = f"n={n} a={row.a:g} {('exponential', 'lognormal')[row.Index % 2]}"
        compare(scores, where, sums, row, {"blocking": "blocking", "answer_rate": "one_minus_blocking", "occupancy": "occupancy"})
        assert sums[:, COLUMNS.index("wait_handled")].sum() == 0
    scores.judge("Erlang B", capsys, cells=110)


def test_erlang_c(capsys: pytest.CaptureFixture[str]) -> None:
    scores = Scores()
    for row in golden("erlang_c", "1 <= n <= 400 and rel_gap > 0.03 and 0.005 < p_wait and T < 20", 40).itertuples():
        n = int(row.n)
        sums = stationary(n, row.a, row.T, number=row.Index, settle=settling(n, row.a))
        compare(scores, f"n={n} a={row.a:g} T={row.T:g}", sums, row, CLASSIC_C)
    scores.judge("Erlang C", capsys, cells=90)


def test_erlang_a(capsys: pytest.CaptureFixture[str]) -> None:
    scores = Scores()
    rows = golden("erlang_a", "1 <= n <= 400 and 0.3 < a < 600 and 0.005 < p_wait and 0.01 <= patience <= 10", 50)
    for row in rows.itertuples():
        n = int(row.n)
        settle = settling(n, row.a, row.patience)
        sums = stationary(n, row.a, row.T, number=row.Index, settle=settle, then_mean=row.patience * AHT)
        compare(scores, f"n={n} a={row.a:g} patience={row.patience:g} T={row.T:g}", sums, row, CLASSIC_A)
    scores.judge("Erlang A", capsys, cells=250)


def test_limited_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """M/M/n/K+M."""
    scores = Scores()
    for row in golden("erlang_a_finite_lines", "1 <= n <= 400 and 0.3 < a < 600 and p_wait + p_block > 0.005", 50).itertuples():
        n, lines = int(row.n), int(row.lines)
        # Whoever waits is gone once lines are full, so nothing takes longer to settle than the queue that fits them.
        settle = 15 * (1 + min(settling(n, row.a, row.patience) / 15, lines / n))
        sums = stationary(n, row.a, row.T, number=row.Index, settle=settle, then_mean=row.patience * AHT, lines=lines)
        compare(scores, f"n={n} lines={lines} a={row.a:g} patience={row.patience:g} T={row.T:g}", sums, row, LINES)
    scores.judge("Erlang A with limited lines", capsys, cells=250)


# ---- published examples ----


def published(name: str) -> dict[str, Any]:
    entries = json.loads(shared("golden/published_anchors.json").read_text())
    return dict(next(entry for entry in entries if entry["id"] == name))


def as_printed(value: float, printed: float) -> bool:
    """Whether a number rounds to the one that is printed."""
    return abs(value - printed) <= 0.5 * 10.0 ** -len(str(printed).partition(".")[2])


@pytest.mark.parametrize("name", ["ccmath_erlang_c", "mitan_erlang_c"])
def test_published_erlang_c(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """CCmath's demonstration and the page of mitan: within four standard errors of what is exact, as printed there."""
    entry = published(name)
    given, exact, printed = entry["inputs"], entry["exact"], entry["published"]
    if name == "mitan_erlang_c":
        aht, load, within = given["aht_s"], given["calls"] * given["aht_s"] / given["interval_s"], given["T_s"]
    else:
        aht, load, within = given["aht_min"], given["arrivals_per_min"] * given["aht_min"], given["T_min"]
    n = given["agents"]
    runs = {at: stationary(n, load, at / aht, number=number, settle=settling(n, load)) for number, at in enumerate((within, 0.0))}
    waits, error = estimate(runs[within], "asa_answered")
    answered_at_once = estimate(runs[0.0], "sl_offered")
    asa = "asa_s" if "asa_s" in exact else "asa_min"
    simulated = {
        asa: (waits / AHT * aht, error / AHT * aht),
        "sl": estimate(runs[within], "sl_offered"),
        "occupancy": estimate(runs[within], "occupancy"),
        "p_wait": (1 - answered_at_once[0], answered_at_once[1]),
    }
    scores = Scores()
    for what, value in exact.items():
        scores.add(name, what, value, *simulated[what])
        assert as_printed(value, printed[what]), what
    scores.judge(f"{entry['source'].split(' (')[0]}: Erlang C", capsys, cells=3)


def test_published_impatient_customers(capsys: pytest.CaptureFixture[str]) -> None:
    """CCmath's Erlang X: its ASA and level are those of a customer who would wait forever, seen at every arrival."""
    entry = published("ccmath_erlang_x")
    given, exact = entry["inputs"], entry["exact"]
    n, batches = given["agents"], 100
    minutes = 4000 * np.ones(batches + 1)
    plan = model(
        minutes[0] * 60, given["arrivals_per_min"] / 60, n, given["aht_min"] * 60, intervals=batches + 1,
        then_mean=given["patience_min"] * 60, lines=given["lines"],
    )  # fmt: skip
    records = engine("compiled")(plan, draw(plan, SEED, 0))
    virtual = virtual_waits(records, n)
    batch = records.interval
    within = virtual <= given["T_min"] * 60 * SECOND
    offered = np.bincount(batch)[1:]
    sums = {
        "e_virtual_wait_min": np.bincount(batch, weights=virtual / (60 * SECOND))[1:],
        "sl_virtual": np.bincount(batch, weights=within)[1:],
        "p_abandon": np.bincount(batch, weights=records.outcome == ABANDONED)[1:],
    }
    scores = Scores()
    for what, over in sums.items():
        value = over.sum() / offered.sum()
        error = np.sqrt(np.sum((over - value * offered) ** 2) / (batches - 1) * batches) / offered.sum()
        scores.add("ccmath_erlang_x", what, exact[what], value, error)
    busy = records.busy[1:-1] / records.staffed[1:-1]
    scores.add("ccmath_erlang_x", "occupancy", exact["occupancy"], busy.mean(), busy.std(ddof=1) / np.sqrt(len(busy)))
    printed = dict(
        zip(exact, (entry["published"][name] for name in ("asa_min", "sl", "abandon", "blocked", "occupancy")), strict=True)
    )
    for what, value in exact.items():
        assert abs(value - printed[what]) < 6e-4, what
    assert not np.any(records.outcome == 2)  # one in 1e87 is blocked
    scores.judge("CCmath: Erlang X", capsys, cells=4)


def virtual_waits(records: Records, agents: int) -> np.ndarray:
    """What each customer would have had to wait who never gives up: who is ahead of them, answered or not, decides (Kiefer and
    Wolfowitz). For those answered it is their wait, which is checked.
    """
    from heapq import heapify, heapreplace

    free = [0] * agents
    heapify(free)
    waits = np.empty(len(records.arrival), dtype=np.int64)
    rows = zip(records.arrival.tolist(), records.outcome.tolist(), records.handle.tolist(), strict=True)
    for i, (arrival, outcome, handle) in enumerate(rows):
        begin = max(arrival, free[0])
        waits[i] = begin - arrival
        if outcome == HANDLED:
            heapreplace(free, begin + handle)
    answered = records.outcome == HANDLED
    assert np.array_equal(waits[answered], records.wait[answered])
    assert np.all(waits[~answered] >= records.wait[~answered])
    return waits


def test_published_erlang_b_table(capsys: pytest.CaptureFixture[str]) -> None:
    """Loads that so many lines carry at so much blocking: played at the exact load, they block as much."""
    entry = published("globalspec_erlang_b_table")
    scores = Scores()
    for number, ((lines, blocking), load, printed) in enumerate(
        zip(entry["inputs"]["points"], entry["exact"]["loads"], entry["published"]["loads"], strict=True)
    ):
        assert as_printed(load, printed)
        sums = stationary(lines, load, 0.0, number=100 + number, settle=15.0, lines=lines)
        scores.add(f"{lines} lines, {load:g} erlang", "blocking", blocking, *estimate(sums, "blocking"))
    scores.judge("A published table of Erlang B", capsys, cells=4)
