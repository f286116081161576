"""Days of the golden tables as queues, and small made ones."""

import itertools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.shared import shared
from wfm.erlang.transient.solver import TransientQueue

LEAVING = {"preemptive": "return_to_queue", "exhaustive": "finish"}


@dataclass
class GoldenDay:
    """A case of the golden tables; times in minutes."""

    name: str
    case: dict[str, Any]
    rate: Callable[[float], float]
    breaks: tuple[float, ...]
    agents: np.ndarray

    @classmethod
    def read(cls, name: str) -> "GoldenDay":
        case = json.loads(shared(f"golden/{name}.json").read_text())
        starts, levels = np.array(case["staffing_steps"]).T
        edges = np.arange(case["t0"], case["t1"], case["interval"])
        agents = levels[np.searchsorted(starts, edges, side="right") - 1].astype(int)
        return cls(name, case, *_rate(case["arrival_rate"]), agents)

    def queue(self, **changes: Any) -> TransientQueue:
        case = self.case
        given = {
            "arrival_rate": self.rate,
            "aht": case["aht"],
            "patience": case["patience_mean"],
            "interval": case["interval"],
            "leaving": LEAVING[case["staff_drop_rule"]],
            "starts_at": case["t0"],
            "breaks": self.breaks,
            "piece": 1.0,
        }
        return TransientQueue(**given | changes)

    @property
    def means(self) -> np.ndarray:
        """Mean rate of each interval."""
        queue, edges = self.queue(), np.arange(self.case["t0"], self.case["t1"] + 1e-9, self.case["interval"])
        return np.array([queue.mean_rate(a, b) for a, b in itertools.pairwise(edges.tolist())])


def _rate(given: dict[str, float]) -> tuple[Callable[[float], float], tuple[float, ...]]:
    if given["kind"] == "sinusoid":
        turn = 2 * math.pi / given["period"]
        return lambda t: given["mean_rate"] * (1 + given["amplitude"] * math.sin(turn * (t - given["phase"]))), ()
    base, multiple, final = given["base_rate"], given["multiple"], given["final_multiple"]
    up, hold = given["ramp"], given["ramp"] + given["hold"]

    def spike(t: float) -> float:
        if t < 0:
            return base
        if t < up:
            return base * (1 + (multiple - 1) * t / up)
        if t < hold:
            return base * multiple
        return base * (final + (multiple - final) * math.exp(-(t - hold) / given["decay_tau"]))

    return spike, (0.0, up, hold)
