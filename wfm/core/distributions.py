"""Distributions of handle times and of patience.

Each tells its `mean`, its `survival` (share that lasts longer than t), its `hazard` (rate of ending of those still there), its
`quantile`, and its `law`: the flat array from which simulation draws it. Names are those of `wfm.erlang.impatience`, whose formulas
take the same distributions.

A patience may be any of them but `Classes`; seconds. A handle time may be any that has a mean and ends: the plan says how long it
takes on average in each interval, the distribution how it scatters around that.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.core import laws
from wfm.core.distributions_announced import Announced, Announcement
from wfm.core.distributions_base import Distribution
from wfm.core.distributions_families import ErlangK, Gamma, Hyperexponential, Lognormal, Uniform, Weibull
from wfm.core.distributions_measured import Empirical, HazardTable, QuantileTable
from wfm.core.distributions_mixed import Balking, Classes, Staying
from wfm.core.distributions_onset import Delayed, Deterministic, Exponential

__all__ = [
    "Announced",
    "Announcement",
    "Balking",
    "Classes",
    "Delayed",
    "Deterministic",
    "Distribution",
    "Empirical",
    "ErlangK",
    "Exponential",
    "Gamma",
    "HazardTable",
    "Hyperexponential",
    "Lognormal",
    "QuantileTable",
    "Staying",
    "Uniform",
    "Weibull",
    "handle_law",
    "patience_law",
]


def handle_law(time: Distribution) -> NDArray[np.float64]:
    """The law of a handle time in units of its mean.

    Raises
    ------
    ValueError
        A time that never ends for some or is 0 for all, or one that only a patience can have (atoms, announcements).
    """
    if laws.ATOMS <= time._law[0] <= laws.ANNOUNCED or not 0.0 < time.mean < math.inf:
        raise ValueError(f"handle is {time!r}; a handle time needs a mean above 0 and an end for everybody")
    return time._over(time.mean).law


def patience_law(patience: Distribution) -> NDArray[np.float64]:
    """The law of a patience [s].

    Raises
    ------
    ValueError
        Classes of problems, which handle times have.
    """
    if patience._law[0] == laws.CLASSES:
        raise ValueError("patience is one of Classes; classes of problems have handle times, give a distribution of one kind")
    return patience.law
