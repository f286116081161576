"""The Erlang formulas beside pyworkforce and beside plain C: speed, with the accuracy it is had at, in one run.

    uv run python -m benchmarks.erlang                        # out/benchmarks/erlang.json, report.html, report.md
    uv run python -m benchmarks.erlang --out FOLDER --rounds 15

One process and one thread; contenders take turns and medians of the rounds count, so ratios hold on a busy machine too.
pyworkforce gets few questions a round, since it is slow; what is compared is the time of one. A kernel that misses its bar
of accuracy is not timed. The exit code is 1 where accuracy fails, whatever the speed.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.erlang_twin import Twin, build
from benchmarks.machine import facts
from benchmarks.reference import API, KERNEL, PLAIN, check, passes
from benchmarks.report import write
from benchmarks.rounds import CLOCK, Claim, Contender, row
from wfm.erlang import ErlangA, ErlangC, kernels, twin
from wfm.erlang.formulas import kpis as k

PEER, PLAIN_C, RECURSION_C = "pyworkforce", "plain C, O(1)", "plain C, recursion"
MANY, SOME, FEW, FEWEST = 100_000, 2_000, 200, 20
THRESHOLD, TARGET, PATIENCE, LARGE = 20.0, 0.80, 120.0, 10_000.0
INTERVAL_MIN = 30


@dataclass
class Load:
    """Queues to ask of: arrival rate [1/s], aht [s], whole agents; the load and T in units of the handle time."""

    rate: Any
    aht: Any
    agents: Any

    def __post_init__(self) -> None:
        self.a = self.rate * self.aht
        self.within = THRESHOLD / self.aht
        self.none = np.zeros(len(self.a))
        self.endless = np.full(len(self.a), math.inf)

    @classmethod
    def drawn(cls, least: float, most: float, size: int, seed: int) -> Load:
        """Loads between two numbers of erlang, handle times of 3 to 7 minutes, agents for anything from poor to good service."""
        random = np.random.default_rng(seed)
        load, aht = random.uniform(least, most, size), random.uniform(180.0, 420.0, size)
        return cls(load / aht, aht, np.floor(load + random.uniform(0.1, 2.5, size) * np.sqrt(load)) + 1.0)

    def first(self, size: int) -> Load:
        return Load(self.rate[:size], self.aht[:size], self.agents[:size])

    def tuples(self) -> list[tuple[float, float, int]]:
        return list(zip(self.rate.tolist(), self.aht.tolist(), self.agents.astype(int).tolist(), strict=True))

    # One method for every way to ask.
    def api_level(self) -> Any:
        return ErlangC(self.rate, self.aht).measures(self.agents, THRESHOLD)["sl_offered"]

    def kernel_level(self) -> Any:
        return kernels.measure_each(k.SL_OFFERED, self.agents, self.a, self.endless, self.none, self.within)

    def plain_level(self) -> Any:
        return [twin.measure(k.SL_OFFERED, float(n), r * h, math.inf, 0.0, THRESHOLD / h) for r, h, n in self.tuples()]

    def api_agents(self) -> Any:
        return ErlangC(self.rate, self.aht).agents_for(sl_offered=(TARGET, THRESHOLD))

    def kernel_agents(self) -> Any:
        return kernels.least_agents_each(k.SL_OFFERED, self.none + TARGET, self.within, self.a, self.endless, self.none)

    def plain_agents(self) -> Any:
        return [twin.least_agents(k.SL_OFFERED, TARGET, THRESHOLD / h, r * h, math.inf, 0.0) for r, h, _ in self.tuples()]

    def api_patience(self) -> Any:
        kpis = ErlangA(self.rate, self.aht, PATIENCE).measures(self.agents, THRESHOLD)
        return kpis["sl_offered"], kpis["abandon_rate_offered"]

    def kernel_patience(self) -> Any:
        patience = PATIENCE / self.aht
        return [
            kernels.measure_each(kpi, self.agents, self.a, patience, self.none, self.within)
            for kpi in (k.SL_OFFERED, k.ABANDON_RATE_OFFERED)
        ]

    def api_patience_agents(self) -> Any:
        return ErlangA(self.rate, self.aht, PATIENCE).agents_for(sl_offered=(TARGET, THRESHOLD))

    def peer(self) -> list[tuple[Any, int]]:
        """pyworkforce's objects of these queues, made anew: making them is part of asking."""
        from pyworkforce.queuing import ErlangC as Peer

        return [(Peer(r * 60.0 * INTERVAL_MIN, h / 60.0, THRESHOLD / 60.0, INTERVAL_MIN), n) for r, h, n in self.tuples()]

    def peer_level(self) -> list[float]:
        return [queue.service_level(n) for queue, n in self.peer()]

    def peer_agents(self) -> list[int]:
        return [queue.required_positions(TARGET)["raw_positions"] for queue, _ in self.peer()]


def has_peer() -> bool:
    """Whether pyworkforce can be imported (which takes half a second: it brings ortools)."""
    try:
        import pyworkforce.queuing  # noqa: F401
    except ImportError:
        return False
    return True


class Bench:
    """The rows; contenders that are absent, or whose accuracy failed, are left out and their claims say so."""

    def __init__(self, rounds: int, checks: list[dict[str, Any]], c: Twin | None, peer: bool) -> None:
        self.rounds, self.checks, self.c, self.peer = rounds, checks, c, peer
        self.mixed = Load.drawn(1.0, 500.0, MANY, 20271111)
        self.huge = Load.drawn(0.99 * LARGE, 1.01 * LARGE, MANY // 5, 20271112)
        self.hundred = Load.drawn(99.0, 101.0, MANY // 5, 20271113)

    def rows(self) -> list[dict[str, Any]]:
        return [self.level(), self.size(), self.staffing(), self.staffing_huge(), self.patience(), self.one()]

    def level(self) -> dict[str, Any]:
        few, some = self.mixed.first(FEW), self.mixed.first(SOME)
        runs = self._theirs(few.peer_level, FEW) + self._plain_c(self.mixed, some)
        runs += self._ours("erlang_c", (API, self.mixed.api_level, MANY), (KERNEL, self.mixed.kernel_level, MANY))
        runs += self._ours("erlang_c", (PLAIN, some.plain_level, SOME))
        claims = [Claim("public API over pyworkforce", PEER, API, 300, 1000)]
        return self._row("Erlang C: service level alone, 1 to 500 erlang", runs, claims, self._level_agreement(self.mixed, few))

    def size(self) -> dict[str, Any]:
        few = self.huge.first(FEWEST)
        small, large = f"{API}: 100 erlang", f"{API}: 10,000 erlang"
        runs = self._theirs(few.peer_level, FEWEST) + self._plain_c(self.huge, None)
        runs += self._ours("erlang_c", (small, self.hundred.api_level, MANY // 5), (large, self.huge.api_level, MANY // 5))
        claims = [
            Claim("public API over pyworkforce, 10,000 erlang", PEER, large, 10_000, 40_000),
            Claim("time at 10,000 erlang over time at 100", large, small, 1.5, 1.2, more=False),
        ]
        return self._row("Erlang C: service level alone, 10,000 erlang", runs, claims, self._level_agreement(self.huge, few))

    def staffing(self) -> dict[str, Any]:
        few, some = self.mixed.first(FEW), self.mixed.first(SOME)
        runs = self._theirs(few.peer_agents, FEW)
        runs += self._ours("staffing", (API, self.mixed.api_agents, MANY), (KERNEL, self.mixed.kernel_agents, MANY))
        runs += self._ours("staffing", (PLAIN, some.plain_agents, SOME))
        claims = [Claim("public API over pyworkforce", PEER, API, 1000, 2500)]
        return self._row("Erlang C: least agents for 80/20, 1 to 500 erlang", runs, claims, self._agents_agreement(few))

    def staffing_huge(self) -> dict[str, Any]:
        few = self.huge.first(FEWEST)
        runs = self._theirs(few.peer_agents, FEWEST)
        runs += self._ours("staffing", (API, self.huge.api_agents, MANY // 5), (KERNEL, self.huge.kernel_agents, MANY // 5))
        claims = [Claim("public API over pyworkforce", PEER, API, 50_000, 150_000)]
        return self._row("Erlang C: least agents for 80/20, 10,000 erlang", runs, claims, self._agents_agreement(few))

    def patience(self) -> dict[str, Any]:
        part = self.mixed.first(MANY // 5)
        both, staffed = f"{API}: service level and abandonment", f"{API}: least agents for 80/20"
        runs = self._plain_c(part, None)
        runs += self._ours("erlang_a", (both, part.api_patience, MANY // 5), (f"{KERNEL}: both", part.kernel_patience, MANY // 5))
        runs += self._ours("staffing", (staffed, part.api_patience_agents, MANY // 5))
        claims = [
            Claim("service level and abandonment over Erlang C's service level in C", both, PLAIN_C, 4, more=False),
            Claim("least agents over one evaluation of both", staffed, both, 6, 4, more=False),
        ]
        note = ["The measure is Erlang C in C: pyworkforce 0.5.1, the one for Python 3.11, has no Erlang A."]
        return self._row("Erlang A: patience of 120 s, 1 to 500 erlang", runs, claims, note)

    def one(self) -> dict[str, Any]:
        queue, times = Load(np.array([95.0 / 180.0]), np.array([180.0]), np.array([100.0])), 500
        rate, aht, n = queue.tuples()[0]

        def asked() -> list[float]:
            return [ErlangC(rate, aht).measures(n, THRESHOLD)["sl_offered"] for _ in range(times)]

        def called() -> list[float]:
            within = THRESHOLD / aht
            return [kernels.measure(k.SL_OFFERED, float(n), rate * aht, math.inf, 0.0, within) for _ in range(times)]

        def peers() -> list[list[float]]:
            return [queue.peer_level() for _ in range(times)]

        runs = self._theirs(peers, times) + self._ours("erlang_c", (API, asked, times), (KERNEL, called, times))
        claims = [Claim("kernel over pyworkforce", PEER, KERNEL, 5, 30)]
        return self._row("Erlang C: one service level asked alone, 95 erlang, 100 agents", runs, claims, [])

    def _row(self, question: str, runs: list[Contender], claims: list[Claim], agreement: list[str]) -> dict[str, Any]:
        return row(question, runs, claims, self.rounds, agreement)

    def _theirs(self, run: Any, count: int) -> list[Contender]:
        return [Contender(PEER, run, count)] if self.peer else []

    def _ours(self, model: str, *runs: tuple[str, Any, int]) -> list[Contender]:
        # Named after the way they ask, which the accuracy was checked for.
        return [Contender(*run) for run in runs if passes(self.checks, model, run[0].partition(":")[0])]

    def _plain_c(self, load: Load, slower: Load | None) -> list[Contender]:
        if self.c is None:
            return []
        c = self.c
        runs = [Contender(PLAIN_C, lambda: c.service_level(load.agents, load.a, load.within), len(load.a))]
        if slower is not None:
            by_recursion = c.service_level_by_recursion
            runs.append(Contender(RECURSION_C, lambda: by_recursion(slower.agents, slower.a, slower.within), len(slower.a)))
        return runs

    def _level_agreement(self, load: Load, few: Load) -> list[str]:
        levels = load.kernel_level()
        told = [f"public API and kernel differ by {np.abs(load.api_level() - levels).max():.1e} at most"]
        if self.c is not None:
            apart = np.abs(self.c.service_level(load.agents, load.a, load.within) - levels).max()
            if not apart <= 1e-12:
                raise SystemExit(f"the C twin and the kernel differ by {apart:.1e} in a service level; 1e-12 is allowed")
            told.append(f"plain C and the kernel differ by {apart:.1e} at most")
        if self.peer:
            apart = np.abs(np.array(few.peer_level()) - few.kernel_level()).max()
            told.append(f"pyworkforce and the kernel differ by {apart:.1e} at most")
        return told

    def _agents_agreement(self, few: Load) -> list[str]:
        if not self.peer:
            return []
        same = int((np.array(few.peer_agents()) == few.kernel_agents()).sum())
        return [f"pyworkforce and wfm name the same number of agents in {same} of {len(few.a)} cases"]


def measured(rounds: int) -> dict[str, Any]:
    """Everything the page shows."""
    reference, checks = check()
    built = build()
    c, peer = (None if isinstance(built, str) else built), has_peer()
    notes = [f"Clock: {CLOCK}. Ratios of medians over {rounds} rounds; in brackets the least and greatest of a round."]
    notes.append(f"pyworkforce is slow and is asked {FEW} questions a round, at 10,000 erlang {FEWEST}; times are of one question.")
    if isinstance(built, str):
        notes.append(f"No plain C here: {built}.")
    if not peer:
        notes.append("pyworkforce is not installed; what is compared with it is not measured.")
    return {
        "schema": 1,
        "title": "Erlang formulas",
        "command": "uv run python -m benchmarks.erlang",
        "machine": facts(c.compiler if c else None),
        "reference": reference,
        "ways": [API, KERNEL, PLAIN],
        "accuracy": checks,
        "rows": Bench(rounds, checks, c, peer).rows(),
        "notes": notes,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"), help="folder of the json and the pages")
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    results = measured(asked.rounds)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "erlang.json").write_text(json.dumps(results, indent=1), "utf-8")
    for page in write([results], asked.out):
        print(page)
    for entry in results["rows"]:
        for claim in entry["claims"]:
            ratio = "-" if claim["ratio"] is None else f"{claim['ratio']:,.3g}x"
            print(f"{entry['question']}: {claim['what']} {ratio} ({claim['verdict']})")
    return int(not all(all(entry["passes"].values()) for entry in results["accuracy"]))


if __name__ == "__main__":
    sys.exit(main())
