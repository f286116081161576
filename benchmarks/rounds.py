"""Contenders who take turns: every round each does its fixed work once, in an order that rotates; medians of rounds count."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# Processor time of this thread where the clock is fine enough: what others do on the machine then counts little.
_FINE = time.get_clock_info("thread_time").resolution <= 1e-6
CLOCK = "processor time of the one thread" if _FINE else "wall time"
_now = time.thread_time_ns if _FINE else time.perf_counter_ns


@dataclass
class Contender:
    """Someone who answers: `run` answers `count` questions."""

    name: str
    run: Callable[[], object]
    count: int
    note: str = ""


@dataclass
class Claim:
    """One contender's time over another's, held against a floor and an aim; `more` says which way is better."""

    what: str
    above: str
    below: str
    floor: float
    aim: float | None = None
    more: bool = True


def race(contenders: list[Contender], rounds: int) -> dict[str, list[float]]:
    """Nanoseconds a question, by contender and round; one turn each beforehand does not count."""
    for contender in contenders:
        contender.run()
    taken: dict[str, list[float]] = {c.name: [] for c in contenders}
    gc.collect()
    gc.disable()
    try:
        for r in range(rounds):
            turn = r % len(contenders)
            for contender in contenders[turn:] + contenders[:turn]:
                begin = _now()
                contender.run()
                taken[contender.name].append((_now() - begin) / contender.count)
    finally:
        gc.enable()
    return taken


def row(question: str, contenders: list[Contender], claims: list[Claim], rounds: int, agreement: list[str]) -> dict[str, Any]:
    """A race as one entry of the results: medians, and the claims judged."""
    taken = race(contenders, rounds)
    told = [
        {
            "name": c.name,
            "ns": statistics.median(taken[c.name]),
            "ns_low": min(taken[c.name]),
            "ns_high": max(taken[c.name]),
            "count": c.count,
            "note": c.note,
        }
        for c in contenders
    ]
    return {
        "question": question,
        "rounds": rounds,
        "contenders": told,
        "claims": [judge(claim, taken) for claim in claims],
        "agreement": agreement,
    }


def judge(claim: Claim, taken: dict[str, list[float]]) -> dict[str, Any]:
    """The ratio of medians, its spread over the rounds, and whether floor and aim are reached."""
    entry: dict[str, Any] = {"what": claim.what, "floor": claim.floor, "aim": claim.aim, "more": claim.more}
    missing = [name for name in (claim.above, claim.below) if name not in taken]
    if missing:
        return entry | {"ratio": None, "verdict": f"not measured: without {' and '.join(missing)}"}
    ratio = statistics.median(taken[claim.above]) / statistics.median(taken[claim.below])
    by_round = [a / b for a, b in zip(taken[claim.above], taken[claim.below], strict=True)]
    reached = (lambda bar: ratio >= bar) if claim.more else (lambda bar: ratio <= bar)
    verdict = "floor reached" if reached(claim.floor) else "floor missed"
    if claim.aim is not None and reached(claim.aim):
        verdict = "aim reached"
    return entry | {"ratio": ratio, "low": min(by_round), "high": max(by_round), "verdict": verdict}
