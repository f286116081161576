"""Distributions of patience for `MMnG`: how long callers wait before they hang up, in the model's unit of time.

Each tells `survival` (the share still there at t), `hazard` (the rate of leaving of those), `integral` (of the survival,
from 0 to t), `mean_patience`, and its `kinks`, where survival jumps or bends. The times asked for are numbers or arrays.

The mean patience is of all callers; balkers, who leave at once if they cannot be answered at once, count as patience 0.
"""

from wfm.erlang.impatience.base import Patience
from wfm.erlang.impatience.families import ErlangK, Hyperexponential, Lognormal, Uniform, Weibull
from wfm.erlang.impatience.observed import Balking, Empirical
from wfm.erlang.impatience.onset import Delayed, Deterministic, Exponential

__all__ = [
    "Balking",
    "Delayed",
    "Deterministic",
    "Empirical",
    "ErlangK",
    "Exponential",
    "Hyperexponential",
    "Lognormal",
    "Patience",
    "Uniform",
    "Weibull",
]
