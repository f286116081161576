"""A day whose intervals are linked: the exact chain beside one simulated day, and staffing in units of one solution.

    uv run python -m benchmarks.transient                     # out/benchmarks/transient.json, report.html, report.md
    uv run python -m benchmarks.transient --out FOLDER --rounds 5

The day has 96 quarters and two humps; its agents are those of Erlang A, interval by interval. One exact solution tells every
expectation; one simulated day tells one draw of them. One process and one thread, contenders take turns, medians count. The exit
code is 1 where accuracy fails, a solution takes longer than a day on SimPy, or staffing more than 200 solutions.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import facts
from benchmarks.plain_simpy import Centre
from benchmarks.reference import SHARED
from benchmarks.report import write
from benchmarks.rounds import CLOCK, Claim, Contender, row
from wfm.core import draws
from wfm.erlang import ErlangA
from wfm.erlang.transient.goals import METHODS
from wfm.erlang.transient.solved import Transient
from wfm.erlang.transient.solver import TransientQueue
from wfm.erlang.transient.staffing import staff
from wfm.simulate.model import SECOND, Model
from wfm.simulate.replications import replicate
from wfm.simulate.tally import COLUMNS

EXACT, LEAST = "wfm, exact solution", "wfm, least agents of the day"
READABLE, PLAIN, FAST = "one day, wfm's SimPy engine", "one day, plain SimPy", "one day, wfm's compiled engine"
AHT, PATIENCE, INTERVAL, THRESHOLD = 300.0, 240.0, 900.0, 20.0
TARGETS = {"sl_offered": (0.8, THRESHOLD), "answer_rate": 0.95}
PEAK, LARGE, SEED = 500, 5000, 20271111
GOLDEN = ("tv_exhaustive_a", "tv_spike1111_a", "tv_sinusoid_a")
COMPARED = {
    "mean_queue": ("mean_queue", "count"),
    "mean_busy": ("mean_busy", "count"),
    "p_delay": ("p_delay", "ratio"),
    "abandon_events": ("abandoning", "count"),
    "p_abandon_cohort": ("abandon_rate_offered", "ratio"),
    "e_wait_cohort": ("mean_wait_all", "count"),
    "sl_offered_cohort": ("sl_offered", "ratio"),
}


@dataclass
class Day:
    """96 quarters with peak load near so many agents."""

    peak: int

    def __post_init__(self) -> None:
        hour = np.arange(96) / 4
        shape = 0.3 + 0.9 * np.exp(-(((hour - 11) / 3) ** 2)) + 0.7 * np.exp(-(((hour - 20) / 2.5) ** 2))
        self.rate = shape / shape.max() * self.peak / AHT * 0.95
        self.agents = np.asarray(ErlangA(self.rate, AHT, patience=PATIENCE).agents_for(sl_offered=(0.8, THRESHOLD))).astype(int)
        self.queue = TransientQueue(self.rate, AHT, patience=PATIENCE, interval=INTERVAL)

    def exact(self) -> Transient:
        return self.queue.solve(self.agents, threshold=THRESHOLD)

    def least(self) -> Any:
        return staff(self.queue, **TARGETS)

    @property
    def model(self) -> Model:
        length = round(INTERVAL * SECOND)
        count = len(self.rate)
        return Model(
            start=np.arange(count) * length,
            length=np.full(count, length),
            rate=self.rate,
            agents=self.agents,
            aht=np.full(count, AHT),
            day=np.full(count, 739_000),
            day_cv=np.zeros(count),
            slot_cv=np.zeros(count),
            family=draws.EXPONENTIAL,
            then_mean=PATIENCE,
        )

    def simulated(self, engine: str, days: int = 1) -> Any:
        return replicate(self.model, self.agents.astype(float), seed=SEED, replications=days, threshold=THRESHOLD, engine=engine)

    def plain(self) -> Centre:
        steps = [(INTERVAL, float(rate), int(n)) for rate, n in zip(self.rate, self.agents, strict=True)]
        return Centre(steps, AHT, PATIENCE, THRESHOLD, SEED)


def accuracy() -> tuple[str, list[dict[str, Any]]]:
    """Worst errors on the golden days, in units of the README's bars and as they are; nothing where they are absent."""
    if not (SHARED / "golden").exists():
        return "no golden tables here", []
    import pandas as pd

    from tests.erlang.days import GoldenDay

    entries = []
    for name in GOLDEN:
        golden, day = pd.read_csv(SHARED / f"golden/{name}_interval.csv", comment="#"), GoldenDay.read(name)
        found = day.queue().solve(day.agents, threshold=day.case["sl_threshold"], start=day.case["initial_state"])
        for column, (attribute, kind) in COMPARED.items():
            if column in golden:
                entries.append(_entry(name, column, kind, getattr(found, attribute), golden[column].to_numpy(float)))
    return "golden tables of a high-order ODE solver", entries


def _entry(name: str, column: str, kind: str, found: Any, golden: Any) -> dict[str, Any]:
    apart = np.abs(found - golden)
    # Absolute for shares; for queues and counts relative, but for 1e-9 of the ODE's noise.
    bar, worst = (1e-7, float(apart.max()))
    if kind == "count":
        bar, worst = 1e-6, float((np.maximum(apart - 1e-9, 0.0) / np.maximum(np.abs(golden), 1e-300)).max())
    said = "absolute" if kind == "ratio" else "relative"
    passes = {EXACT: worst <= bar}
    return {
        "model": name, "what": column, "rows": len(golden), "worst": {EXACT: worst}, "bar": bar, "kind": said, "passes": passes,
    }  # fmt: skip


def against_simulation(day: Day, days: int) -> str:
    """Whether the exact figures are those of simulated days: worst deviation in standard errors over intervals and figures."""
    tallies, exact = day.simulated("compiled", days), day.exact()
    expected = {"offered": exact.offered, "answered_within": exact.answered_within, "abandoned": exact.abandoned}
    worst = 0.0
    for name, values in expected.items():
        drawn = tallies[:, :, COLUMNS.index(name)]
        often = values * days >= 30
        variance = np.maximum(drawn.var(axis=0, ddof=1), values)[often]
        worst = max(worst, float(np.abs((drawn.mean(axis=0) - values)[often] / np.sqrt(variance / days)).max(initial=0.0)))
    return f"{days} simulated days are {worst:.1f} standard errors from the exact figures at most, of {3 * len(day.rate)} figures"


def wrong(name: str, queue: TransientQueue, targets: dict[str, Any], start: str) -> list[str]:
    """What intervals taken by themselves get wrong, one line a method."""
    lines = []
    for method in METHODS:
        found = staff(queue, method=method, start=start, **targets)
        level, answered = found.service.sl_offered, found.service.answer_rate
        lines.append(
            f"{name}, {method}: {found.agent_intervals:,} agent-intervals, {int((~found.met).sum())} of {len(found.met)} intervals "
            f"miss a target, least service level {np.nanmin(level):.1%}, least answer rate {np.nanmin(answered):.1%}"
        )
    return lines


def mistakes(peak: int) -> list[str]:
    """The golden spike (mean rates by quarter) and the big day."""
    lines = []
    if (SHARED / "golden").exists():
        from tests.erlang.days import GoldenDay

        day = GoldenDay.read("tv_spike1111_a")
        spike = day.queue(arrival_rate=day.means, leaving="finish", breaks=(), piece=None)
        lines += wrong("spike", spike, {"sl_offered": (0.8, day.case["sl_threshold"]), "answer_rate": 0.95}, "stationary")
    return lines + wrong(f"{peak} agents", Day(peak).queue, TARGETS, "empty")


def large(peak: int) -> tuple[float, float]:
    """Seconds of one solution, and by how much it raises the process's memory at its peak [MB]; in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measure, peak).result()


def _measure(peak: int) -> tuple[float, float]:
    Day(10).exact()  # compiled
    day, before = Day(peak), _memory_now()
    begin = time.perf_counter()
    day.exact()
    return time.perf_counter() - begin, _memory_peak() - before


def _memory_now() -> float:
    """Memory in use [MB], from which the peak counts anew where the system lets it."""
    with suppress(OSError):  # else the peak of what came before may hide it
        Path("/proc/self/clear_refs").write_text("5")
    return _memory_peak()


def _memory_peak() -> float:
    status = Path("/proc/self/status")
    if status.exists():
        return float(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def rows(rounds: int, peak: int = PEAK, many: int = LARGE) -> list[dict[str, Any]]:
    """The races, and what is told beside them."""
    day = Day(peak)
    solves = day.least().solves
    contenders = [
        Contender(EXACT, day.exact, 1),
        Contender(READABLE, lambda: day.simulated("simpy"), 1),
        Contender(PLAIN, day.plain, 1),
        Contender(FAST, lambda: day.simulated("compiled"), 1),
    ]
    claims = [
        Claim("exact solution over a day on wfm's SimPy engine", EXACT, READABLE, 1, 0.1, more=False),
        Claim("exact solution over a day on plain SimPy", EXACT, PLAIN, 1, 0.1, more=False),
        Claim("exact solution over a day on the compiled engine", EXACT, FAST, 100, 1, more=False),
    ]
    contacts = int(day.rate.sum() * INTERVAL)
    told = [f"{contacts:,} contacts a day, {int(day.agents.max())} agents at most", against_simulation(day, 50)]
    first = row(f"A day of 96 quarters, {peak} agents: expectations, or one draw of them", contenders, claims, rounds, told)
    pair = [Contender(LEAST, day.least, 1), Contender(EXACT, day.exact, 1)]
    bars = [Claim("least agents over one solution", LEAST, EXACT, 200, 30, more=False)]
    told = [f"by count of intervals played: {solves:.1f} solutions", *mistakes(peak)]
    second = row("The least agents of that day: 80 % in 20 s and 95 % answered, in every quarter", pair, bars, rounds, told)
    seconds, megabytes = large(many)
    first["agreement"].append(f"{many:,} agents: one solution takes {seconds:.2f} s and {megabytes:.0f} MB more than before it")
    return [first, second]


def measured(rounds: int) -> dict[str, Any]:
    """Everything the page shows."""
    reference, checks = accuracy()
    return {
        "schema": 1,
        "title": "Days whose intervals are linked",
        "command": "uv run python -m benchmarks.transient",
        "machine": facts(),
        "reference": reference,
        "ways": [EXACT],
        "accuracy": checks,
        "rows": rows(rounds),
        "notes": [f"Clock: {CLOCK}. Ratios of medians over {rounds} rounds; in brackets the least and greatest of a round."],
    }


def gates(results: dict[str, Any]) -> list[str]:
    """What fails: accuracy, or a claim whose floor is missed."""
    failed = [f"{entry['model']} {entry['what']}" for entry in results["accuracy"] if not all(entry["passes"].values())]
    claims = [claim for entry in results["rows"] for claim in entry["claims"]]
    return failed + [claim["what"] for claim in claims if claim["verdict"] == "floor missed"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"), help="folder of the json and the pages")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    results = measured(max(asked.rounds, 1))
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "transient.json").write_text(json.dumps(results, indent=1), "utf-8")
    for page in write([results], asked.out):
        print(page)
    for entry in results["rows"]:
        for contender in entry["contenders"]:
            print(f"{contender['name']}: {contender['ns'] / 1e9:.3f} s")
        for claim in entry["claims"]:
            print(f"{claim['what']} {claim['ratio']:,.3g}x ({claim['verdict']})")
        print(*entry["agreement"], sep="\n")
    failed = gates(results)
    print(*(f"FAILED: {what}" for what in failed), sep="\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
