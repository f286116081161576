"""The compiled engine beside SimPy - this project's readable engine, and a model as SimPy's users write it - and plain C.

    uv run python -m benchmarks.simulate                      # out/benchmarks/simulate.json, report.html, report.md
    uv run python -m benchmarks.simulate --out FOLDER --rounds 7

One process and one thread; contenders take turns and medians of the rounds count. Times are of one contact, drawing it included
(plain C alone plays contacts that are drawn already, beside the compiled kernel that does the same). The exit code is 1 where the
two engines' records differ, or a simulation is further from exact Erlang A than chance allows, whatever the speed.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import facts
from benchmarks.plain_simpy import Centre
from benchmarks.report import write
from benchmarks.rounds import CLOCK, Claim, Contender, row
from benchmarks.skills import skills_row
from wfm.core import draws
from wfm.erlang import ErlangA
from wfm.simulate.arguments import arguments
from wfm.simulate.drawing import Drawn, draw
from wfm.simulate.engines import compiled_kernel, engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import Records
from wfm.simulate.replications import replicate
from wfm.simulate.statistics import ratio
from wfm.simulate.tally import COLUMNS, tally

FAST, TALLIES, READABLE, PLAIN = "wfm, compiled: records", "wfm, compiled: tallies", "wfm, SimPy engine", "plain SimPy"
KERNEL, PLAIN_C = "wfm, kernel alone", "plain C"
AHT, PATIENCE, THRESHOLD, AGENTS, LOAD = 240.0, 120.0, 20.0, 100, 0.95
MANY, FEW, SEED = 200_000, 10_000, 20270705
BAR = 4.0  # standard errors
FLAGS = ("-O3", "-march=native", "-fPIC", "-shared")
_INTEGERS = ctypes.POINTER(ctypes.c_int64)


def centre(seconds: float, rates: Any, agents: Any) -> Model:
    """Intervals of equal length in one span, exponential handle times and patience."""
    K = len(agents)
    length = round(seconds * SECOND)
    return Model(
        start=np.arange(K) * length,
        length=np.full(K, length),
        rate=np.broadcast_to(np.asarray(rates, dtype=float), K),
        agents=np.asarray(agents, dtype=np.int64),
        aht=np.full(K, AHT),
        day=np.full(K, 740_000),
        day_cv=np.zeros(K),
        slot_cv=np.zeros(K),
        family=draws.EXPONENTIAL,
        cv=1.0,
        then_mean=PATIENCE,
    )


def steady(contacts: int, batches: int = 1) -> Model:
    """M/M/100+M with about so many contacts; the first of several batches fills the queue."""
    rate = LOAD * AGENTS / AHT
    return centre(contacts / rate / batches, rate, np.full(batches, AGENTS))


def day(contacts: int) -> Model:
    """Half-hours of a day with two peaks, and agents for them, whose number changes 47 times."""
    hours = (np.arange(48) + 0.5) / 2
    shape = 0.2 + np.exp(-(((hours - 10.5) / 2.5) ** 2)) + 0.8 * np.exp(-(((hours - 20) / 2) ** 2))
    expected = contacts * shape / shape.sum()
    load = expected / 1800 * AHT
    return centre(1800, expected / 1800, np.ceil(load + 0.3 * np.sqrt(load) + (np.arange(48) % 2)))


def steps(model: Model) -> list[tuple[float, float, int]]:
    return list(zip(model.length / SECOND, model.rate.tolist(), model.agents.tolist(), strict=True))


def played(name: str, model: Model) -> Records:
    return engine(name)(model, draw(model, SEED, 0))


def agree(model: Model) -> str:
    """Both engines' records of the same draws, compared value by value."""
    fast, readable = (played(name, model) for name in ("compiled", "simpy"))
    for field in fields(Records):
        if not np.array_equal(getattr(fast, field.name), getattr(readable, field.name)):
            raise SystemExit(f"the engines differ in {field.name}")
    return f"both engines: {len(fast.contact):,} records, equal in every value"


def versus(question: str, many: Model, few: Model, floor: float, aim: float, rounds: int) -> dict[str, Any]:
    """The race of one system; ``few`` is it again, with few contacts for those who are slow."""

    def counted(model: Model) -> int:
        return len(draw(model, SEED, 0).arrival)

    agents = many.agents.astype(float)
    runs = [
        Contender(FAST, lambda: played("compiled", many), counted(many)),
        Contender(
            TALLIES, lambda: replicate(many, agents, seed=SEED, replications=1, threshold=THRESHOLD), counted(many)
        ),
        Contender(READABLE, lambda: played("simpy", few), counted(few)),
        Contender(PLAIN, lambda: Centre(steps(few), AHT, PATIENCE, THRESHOLD, SEED), counted(few)),
    ]  # fmt: skip
    claims = [
        Claim("compiled records over this project's SimPy engine", READABLE, FAST, floor, aim),
        Claim("compiled records over plain SimPy", PLAIN, FAST, floor, aim),
        Claim("compiled tallies over plain SimPy", PLAIN, TALLIES, floor, aim),
    ]
    return row(question, runs, claims, rounds, [agree(few)])


class Twin:
    """`simulate_twin.c`, compiled."""

    def __init__(self, library: ctypes.CDLL, compiler: str) -> None:
        self.library, self.compiler = library, compiler

    def play(self, drawn: Drawn, outcome: Any, wait: Any) -> None:
        arrays = (drawn.arrival, drawn.handle, drawn.patience, outcome, wait)
        pointers = [values.ctypes.data_as(_INTEGERS) for values in arrays]
        self.library.play(ctypes.c_long(len(wait)), ctypes.c_long(AGENTS), *pointers)


def build() -> Twin | str:
    """The twin, or why there is none."""
    compiler = next((c for c in (os.environ.get("CC"), "gcc", "clang", "cc") if c and shutil.which(c)), None)
    if compiler is None:
        return "no C compiler on this machine"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        library = Path(folder) / "twin.so"
        source = Path(__file__).with_name("simulate_twin.c")
        done = subprocess.run([compiler, *FLAGS, "-o", str(library), str(source)], capture_output=True, text=True)
        if done.returncode:
            return f"{compiler} could not build the C twin: {(done.stderr.strip() or 'no reason given').splitlines()[0]}"
        return Twin(ctypes.CDLL(str(library)), f"{compiler} {' '.join(FLAGS[:2])}")


def against_c(twin: Twin, rounds: int) -> dict[str, Any]:
    """The bare play of contacts already drawn, into memory already there."""
    model = steady(MANY)
    given, drawn = arguments(model), draw(model, SEED, 0)
    N = len(drawn.arrival)
    outcome, wait, of_c, wait_of_c = (np.empty(N, dtype=np.int64) for _ in range(4))
    busy, overrun = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)

    def kernel() -> None:
        compiled_kernel.play(
            given.start, given.end, given.closing, given.agents, given.aht,
            drawn.arrival, drawn.interval, drawn.handle, drawn.patience, drawn.day, drawn.ordinal,
            (SEED, 0, 0), given.handle_law, given.patience_law, given.redials, given.talk_share, given.lines,
            outcome, wait, busy, overrun,
        )  # fmt: skip

    kernel()
    twin.play(drawn, of_c, wait_of_c)
    if not (np.array_equal(outcome, of_c) and np.array_equal(wait, wait_of_c)):
        raise SystemExit("the C twin and the kernel differ")
    runs = [Contender(KERNEL, kernel, N), Contender(PLAIN_C, lambda: twin.play(drawn, of_c, wait_of_c), N)]
    claims = [Claim("kernel's time over plain C's", KERNEL, PLAIN_C, 1.5, 1.0, more=False)]
    return row("M/M/100+M played alone, contacts drawn before", runs, claims, rounds, [f"{N:,} waits, equal in every value"])


def accuracy() -> list[dict[str, Any]]:
    """Each way's distance from exact Erlang A in its own standard errors; the first batch, which starts empty, is left out."""
    exact = ErlangA(LOAD * AGENTS / AHT, AHT, PATIENCE).measures(AGENTS, THRESHOLD)
    few, many = steady(40_000, 21), steady(2_000_000, 41)
    column = [COLUMNS.index(name) for name in ("offered", "abandoned", "answered_within")]
    batches = {
        FAST: tally(played("compiled", many), THRESHOLD)[1:, column],
        TALLIES: replicate(many, many.agents, seed=SEED + 1, replications=1, threshold=THRESHOLD)[0][1:, column],
        READABLE: tally(played("simpy", few), THRESHOLD)[1:, column],
        PLAIN: np.array(Centre(steps(few), AHT, PATIENCE, THRESHOLD, SEED).batches, dtype=float)[1:],
    }
    told = []
    for kpi, over in (("abandon_rate_offered", 1), ("sl_offered", 2)):
        worst = {}
        for name, sums in batches.items():
            value, _, high = ratio(sums[:, over], sums[:, 0], share=False)
            worst[name] = abs(float(value - exact[kpi])) / (float(high - value) / 2)
        told.append(
            {
                "model": "erlang_a", "what": kpi, "rows": 1, "worst": worst, "bar": BAR,
                "kind": "standard errors from the exact value",
                "passes": {name: z <= BAR for name, z in worst.items()},
            }
        )  # fmt: skip
    return told


def asides() -> list[str]:
    """What is told beside: a festival's day, and two threads."""
    festival = centre(86_400, 3_000_000 / 86_400, [10_000])
    agents = festival.agents.astype(float)
    replicate(festival, agents, seed=SEED, replications=1, threshold=THRESHOLD)
    begin = time.perf_counter()
    replicate(festival, agents, seed=SEED, replications=1, threshold=THRESHOLD)
    told = [f"A day of 3,000,000 contacts and 10,000 agents: {time.perf_counter() - begin:.2f} s."]
    model = day(17_000)

    def part(first: int) -> None:
        replicate(model, model.agents, seed=SEED, replications=60, threshold=THRESHOLD, first=first)

    taken = []
    for workers in (1, 2):
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(part, (0,) * workers))
            begin = time.perf_counter()
            list(pool.map(part, (0, 60)))
            taken.append(time.perf_counter() - begin)
    return [*told, f"120 days of 17,000 contacts on two threads: {taken[0] / taken[1]:.2f} times as fast as on one."]


def measured(rounds: int) -> dict[str, Any]:
    """Everything the page shows."""
    twin = build()
    checks = accuracy()
    rows = [
        versus("M/M/100+M, a contact drawn and played", steady(MANY), steady(FEW), 120, 250, rounds),
        versus("M(t)/M/n(t)+M, agents change every half-hour", day(MANY), day(FEW), 100, 200, rounds),
        skills_row(MANY, FEW, rounds),
    ]
    notes = [f"Clock: {CLOCK}. Ratios of medians over {rounds} rounds; in brackets the least and greatest of a round."]
    notes.append(f"SimPy plays {FEW:,} contacts a round, the compiled engine {MANY:,}; times are of one contact.")
    if isinstance(twin, str):
        notes.append(f"No plain C here: {twin}.")
    else:
        rows.append(against_c(twin, rounds))
    return {
        "schema": 1,
        "title": "Simulation",
        "command": "uv run python -m benchmarks.simulate",
        "machine": facts(None if isinstance(twin, str) else twin.compiler),
        "reference": "exact Erlang A",
        "ways": [FAST, TALLIES, READABLE, PLAIN],
        "accuracy": checks,
        "rows": rows,
        "notes": [*notes, *asides()],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"), help="folder of the json and the pages")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    results = measured(asked.rounds)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "simulate.json").write_text(json.dumps(results, indent=1), "utf-8")
    for page in write([results], asked.out):
        print(page)
    for entry in results["rows"]:
        for contender in entry["contenders"]:
            print(f"{entry['question']}: {contender['name']} {contender['ns']:,.0f} ns")
        for claim in entry["claims"]:
            print(f"{entry['question']}: {claim['what']} {claim['ratio']:,.3g}x ({claim['verdict']})")
    for entry in results["accuracy"]:
        print(f"{entry['what']}: " + ", ".join(f"{name} {z:.1f}" for name, z in entry["worst"].items()) + f" {entry['kind']}")
    print("\n".join(results["notes"]))
    return int(not all(all(entry["passes"].values()) for entry in results["accuracy"]))


if __name__ == "__main__":
    sys.exit(main())
