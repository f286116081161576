"""Changing queues with handle times and patience as they are: what approximations say beside what a simulation shows.

    uv run python -m benchmarks.approximations                       # tables on stdout
    uv run python -m benchmarks.approximations --out out/benchmarks  # and approximations.json, approximations.md

Handle times are lognormal (coefficient of variation 0.8), so no Markov chain is exact. Rates are constant within minutes, agents
within intervals; what is compared is of 15 or 30 minutes, by arrival. Contenders:

- SIPP: each interval for itself, the stationary queue at its mean rate.
- MOL: the stationary queue at the modified offered load of each minute.
- fluid: no chance, only flows.
- chain: the transient Markov chain, as if handle times were exponential; an onset of patience is approximated.

The exit code is 1 where in a summary a contender claimed to be right for a case is not (see `Case.good`): mean error in points.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from wfm.core import draws
from wfm.erlang import ErlangA, MMnDelayed
from wfm.erlang.impatience import Delayed
from wfm.erlang.transient.fluid import fluid
from wfm.erlang.transient.handle_times import LognormalTimes
from wfm.erlang.transient.modified_load import ModifiedOfferedLoad, stabilised_agents
from wfm.erlang.transient.solver import TransientQueue
from wfm.simulate.model import SECOND, Model
from wfm.simulate.replications import replicate
from wfm.simulate.statistics import ratio
from wfm.simulate.tally import over_and_under

MINUTE, CV, SEED, THRESHOLD = 60.0, 0.8, 20271111, 30.0
KPIS = ("sl_offered", "abandon_rate_offered", "mean_wait_all")
NAMES = {"sl_offered": "SL offered, 30 s [%]", "abandon_rate_offered": "abandoned [%]", "mean_wait_all": "mean wait [s]"}
UNIT = {"sl_offered": 100.0, "abandon_rate_offered": 100.0, "mean_wait_all": 1.0}


@dataclass(frozen=True, eq=False)
class Case:
    """A day: rates [1/s] and agents by the minute, reported by `part` minutes from `first` on.

    `good` says by contender how far off it may be: mean over contacts of the error of the service level, in points.
    """

    name: str
    rates: Any
    agents: Any
    aht: float
    onset: float
    then_mean: float
    part: int
    first: int
    good: dict[str, float]

    def by_part(self, values: Any, *, total: bool = False) -> Any:
        """From minutes to parts: contacts' mean, or sum."""
        table = np.asarray(values)[self.first :].reshape(-1, self.part)
        if total:
            return table.sum(axis=1)
        weights = self.rates[self.first :].reshape(-1, self.part)
        return (table * weights).sum(axis=1) / weights.sum(axis=1)


def spike(multiple: float) -> Any:
    """Arrivals a second for six hours: two calm hours, ten minutes up, twenty at the top, then decay to twice the calm."""
    t = np.arange(-120, 240) + 0.5
    after = 2.0 + (multiple - 2.0) * np.exp(-np.maximum(t - 30.0, 0.0) / 30.0)
    return 0.05 * np.select([t < 0, t < 10, t < 30], [1.0, 1.0 + (multiple - 1.0) * t / 10.0, multiple], after)


def cases() -> list[Case]:
    """The days."""
    rates = spike(10.0)
    starts = np.array([-120, -30, 0, 15, 60, 120, 180])
    agents = np.array([14, 20, 60, 90, 70, 40, 28])[np.searchsorted(starts, np.arange(-120, 240), side="right") - 1]
    minutes = np.arange(1440) + 0.5
    smooth = (1.0 + 0.6 * np.sin(2 * np.pi * (minutes - 480) / 1440)) / 6.0
    half_hours = smooth.reshape(-1, 30).mean(axis=1)
    mol = ModifiedOfferedLoad(half_hours, 1800.0, LognormalTimes(300.0, CV), 240.0, past="empty")
    staffed = np.repeat(mol.agents_for(sl_offered=(0.8, 20.0)), 30)
    heavy = stabilised_agents(half_hours, 1800.0, LognormalTimes(300.0, CV), Delayed(120.0, 120.0), 0.1, past="empty")
    few = np.full(360, 50)
    return [
        Case("a smooth day staffed for 80/20 by MOL", smooth, staffed, 300.0, 0.0, 240.0, 30, 60, {"MOL": 1.5, "chain": 1.5}),
        Case("a smooth day staffed to lose 10 % by DIS-MOL, patience 120 s + 120 s", smooth, np.repeat(heavy, 30),
             300.0, 120.0, 120.0, 30, 60, {"MOL": 4.0}),
        Case("a spike of ten times the rate, staffed", rates, agents, 240.0, 0.0, 180.0, 15, 60, {"MOL": 2.0, "chain": 3.0}),
        Case("the same, patience 120 s + 120 s", rates, agents, 240.0, 120.0, 120.0, 15, 60, {"chain": 2.0}),
        Case("the same spike with 50 agents all day", rates, few, 240.0, 120.0, 120.0, 15, 60, {"fluid": 2.5, "chain": 1.5}),
    ]  # fmt: skip


def simulated(case: Case, replications: int) -> dict[str, Any]:
    """Value, low and high of each KPI by part."""
    K = len(case.rates)
    model = Model(
        start=np.arange(K) * round(MINUTE * SECOND),
        length=np.full(K, round(MINUTE * SECOND)),
        rate=np.asarray(case.rates, dtype=float),
        agents=np.asarray(case.agents, dtype=np.int64),
        aht=np.full(K, case.aht),
        day=np.full(K, 740_000),
        day_cv=np.zeros(K),
        slot_cv=np.zeros(K),
        family=draws.LOGNORMAL,
        cv=CV,
        onset=case.onset,
        then_mean=case.then_mean,
    )
    tallies = replicate(model, np.asarray(case.agents, dtype=float), seed=SEED, replications=replications, threshold=THRESHOLD)
    parts = tallies[:, case.first :].reshape(replications, -1, case.part, tallies.shape[-1]).sum(axis=2)
    return {kpi: tuple(map(np.asarray, ratio(*over_and_under(parts, kpi), share=UNIT[kpi] > 1.0))) for kpi in KPIS}


def sipp(case: Case) -> dict[str, Any]:
    """Each part for itself."""
    rates = np.asarray(case.rates)[case.first :].reshape(-1, case.part).mean(axis=1)
    agents = np.asarray(case.agents, dtype=float)[case.first :].reshape(-1, case.part).mean(axis=1)
    if case.onset:
        queue: Any = MMnDelayed(rates, case.aht, case.then_mean, case.onset)
    else:
        queue = ErlangA(rates, case.aht, case.then_mean)
    found = queue.measures(agents, THRESHOLD)
    return {kpi: found[kpi] for kpi in KPIS}


def mol(case: Case) -> dict[str, Any]:
    """One point a minute."""
    patience = Delayed(case.onset, case.then_mean) if case.onset else case.then_mean
    queue = ModifiedOfferedLoad(case.rates, MINUTE, LognormalTimes(case.aht, CV), patience, past="empty", points=1)
    found = queue.measures(case.agents, THRESHOLD)
    return {kpi: case.by_part(found[kpi]) for kpi in KPIS}


def flows(case: Case) -> dict[str, Any]:
    """The fluid."""
    patience = Delayed(case.onset, case.then_mean) if case.onset else case.then_mean
    found = fluid(case.rates, MINUTE, case.agents, case.aht, patience).by_interval(THRESHOLD)
    return {kpi: case.by_part(getattr(found, kpi)) for kpi in KPIS}


def chain(case: Case) -> dict[str, Any]:
    """Exponential handle times, else exact but for the onset."""
    queue = TransientQueue(case.rates, case.aht, patience=case.then_mean, interval=MINUTE, onset=case.onset)
    found = queue.solve(case.agents, threshold=THRESHOLD)
    return {kpi: case.by_part(getattr(found, kpi)) for kpi in KPIS}


CONTENDERS: dict[str, Callable[[Case], dict[str, Any]]] = {"SIPP": sipp, "MOL": mol, "fluid": flows, "chain": chain}


def compared(case: Case, replications: int) -> dict[str, Any]:
    """Values by part, the simulation's with its interval, and errors in points of each contender."""
    truth = simulated(case, replications)
    begin = np.arange(case.first, len(case.rates), case.part)
    offered = case.by_part(case.rates, total=True) * MINUTE
    entry: dict[str, Any] = {
        "case": case.name,
        "replications": replications,
        "minute": begin.tolist(),
        "offered": offered.tolist(),
        "agents": np.asarray(case.agents)[begin].tolist(),
        "simulated": {kpi: [v.tolist() for v in values] for kpi, values in truth.items()},
        "values": {},
        "seconds": {},
        "summary": {},
        "good": case.good,
    }
    for name, contender in CONTENDERS.items():
        contender(case)  # compiles
        since = time.perf_counter()
        values = contender(case)
        entry["seconds"][name] = time.perf_counter() - since
        entry["values"][name] = {kpi: np.asarray(v).tolist() for kpi, v in values.items()}
        for kpi in KPIS:
            error = UNIT[kpi] * (np.asarray(values[kpi]) - truth[kpi][0])
            entry["summary"].setdefault(kpi, {})[name] = {
                "mean": float((np.abs(error) * offered).sum() / offered.sum()),
                "worst": float(error[np.abs(error).argmax()]),
            }
    entry["misses"] = [n for n, bar in case.good.items() if entry["summary"]["sl_offered"][n]["mean"] > bar]
    return entry


def page(results: list[dict[str, Any]]) -> str:
    """Everything as one Markdown page."""
    lines = [
        "# Approximations beside simulation",
        "",
        "Errors are approximation less simulation: points (0.01) of shares, seconds of waits. Mean errors are by contacts.",
        "",
    ]
    for entry in results:
        lines += [f"## {entry['case'][0].upper()}{entry['case'][1:]}", "", f"{entry['replications']:,} days simulated.", ""]
        head = " | ".join(f"{NAMES[kpi]}: mean error | worst" for kpi in KPIS)
        lines += [f"| | {head} | time |", "|---|" + "---:|" * (2 * len(KPIS) + 1)]
        for name in CONTENDERS:
            cells = [f"{entry['summary'][kpi][name]['mean']:.2f} | {entry['summary'][kpi][name]['worst']:+.2f}" for kpi in KPIS]
            lines.append(f"| {name} | {' | '.join(cells)} | {entry['seconds'][name]:.2f} s |")
        for kpi in KPIS:
            value, low, high = map(np.asarray, entry["simulated"][kpi])
            lines += ["", f"{NAMES[kpi]} by interval:", "", "| from minute | offered | agents | simulated (95 %) | "]
            lines[-1] += " | ".join(CONTENDERS) + " |"
            lines.append("|---:|---:|---:|---:|" + "---:|" * len(CONTENDERS))
            for i, minute in enumerate(entry["minute"]):
                half = 0.5 * UNIT[kpi] * (high[i] - low[i])
                errors = [f"{UNIT[kpi] * (entry['values'][name][kpi][i] - value[i]):+.1f}" for name in CONTENDERS]
                told = f"{minute} | {entry['offered'][i]:.0f} | {entry['agents'][i]:.0f} | {UNIT[kpi] * value[i]:.1f} ± {half:.1f}"
                lines.append(f"| {told} | {' | '.join(errors)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, help="folder for approximations.json and approximations.md")
    parser.add_argument("--replications", type=int, default=1000)
    asked = parser.parse_args()
    results = [compared(case, asked.replications) for case in cases()]
    text = page(results)
    print(text)
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "approximations.json").write_text(json.dumps(results, indent=1), "utf-8")
        (asked.out / "approximations.md").write_text(text, "utf-8")
    for entry in results:
        for name in entry["misses"]:
            print(f"{entry['case']}: {name} is further off than {entry['good'][name]:g} points", file=sys.stderr)
    return int(any(entry["misses"] for entry in results))


if __name__ == "__main__":
    sys.exit(main())
