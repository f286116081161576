"""Replications of a plan by their number: their tallies, as many and as fast as the engine plays them, without any table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.simulate import replication_kernel, tally_kernel
from wfm.simulate.arguments import arguments
from wfm.simulate.arrivals_drawn import levels, responses
from wfm.simulate.centre import Centre
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.drawing import TYPE, draw, draw_agents
from wfm.simulate.engines import compiled, engine
from wfm.simulate.model import Model
from wfm.simulate.records import Records
from wfm.simulate.tally import COLUMNS, in_seconds, tally, within

_CONTACTS_IN_MEMORY = 1 << 22  # of a replication; a few hundred megabytes
_CONTACTS_AT_ONCE = 500_000  # between two chances to stop by Ctrl-C: some tenth of a second


def replicate(
    model: Model,
    agents: NDArray[np.float64] | None = None,
    *,
    seed: int,
    replications: int,
    threshold: float | NDArray[np.float64],
    engine: str = "compiled",
    first: int = 0,
) -> NDArray[np.float64]:
    """Tallies of replications ``first``, ``first`` + 1, ...

    Random numbers depend on the seed, the replication and the date alone: other agents meet the same customers, and parts of a
    range of replications are what the whole would give.

    Parameters
    ----------
    model
        Intervals and rules.
    agents
        float64[K], mean agents of each interval, in place of the model's own; a fraction is a chance, drawn for each replication
        and interval.
    seed
        0 to 2**32 - 1.
    replications
        How many.
    threshold
        Seconds within which an answer counts; or float64[K], by the interval of arrival.
    engine
        "compiled" or "simpy"; both give the same tallies.
    first
        Number of the first replication.

    Returns
    -------
    ndarray
        float64[replications, K, len(wfm.simulate.tally.COLUMNS)], counts and seconds.

    Raises
    ------
    ValueError
        Agents that are negative, not finite, or not one for each interval; a seed or replication out of range; no such engine.
    OverflowError
        Times that 64 bits of microseconds do not hold.
    """
    K = len(model.start)
    mean = np.array(model.agents if agents is None else agents, dtype=float)
    if mean.shape != (K,):
        raise ValueError(f"agents has the shape {mean.shape} for {K} intervals")
    bad = ~(np.isfinite(mean) & (mean >= 0))
    if bad.any():
        raise ValueError(f"agents has to be 0 or more; the first that is not is number {np.argmax(bad)}: {mean[np.argmax(bad)]}")
    draws.check_key(seed=seed, replication=first)
    if replications > 0:
        draws.check_key(replication=first + replications - 1)
    if engine != "compiled":
        rows = [tally(records(model, mean, seed, first + r, engine), threshold) for r in range(replications)]
        return np.stack(rows) if rows else np.empty((0, K, len(COLUMNS)))
    total = model.rate @ model.length / 1e6 + sum(burst.contacts for burst in model.bursts)
    if total > _CONTACTS_IN_MEMORY:
        return _in_parts(model, mean, seed, first, replications, threshold)
    given, limits = arguments(model), within(threshold, K)
    sums = np.zeros((replications, K, len(tally_kernel.NAMES)), dtype=np.int64)
    at_once = max(1, int(_CONTACTS_AT_ONCE / (1 + total)))
    for r in range(0, replications, at_once):
        key, number = (seed, first + r, TYPE), min(at_once, replications - r)
        status = replication_kernel.replicate(
            given.start, given.length, given.closing, given.rate, mean, given.aht, given.day, given.day_cv, given.slot_cv,
            given.tilt, *levels(given, key, number), *responses(given, key, number), key, given.handle_law, given.patience_law,
            given.redials, given.talk_share, given.lines, limits, sums[r : r + at_once],
        )  # fmt: skip
        compiled.check(status)
    return in_seconds(sums)


def _in_parts(
    model: Model, agents: NDArray[np.float64], seed: int, first: int, replications: int, threshold: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """The same by the engine of many queues, which need not have all contacts in memory at once."""
    limits = np.broadcast_to(np.asarray(threshold, dtype=float), len(model.start))[None]
    rows = []
    for r in range(first, first + replications):
        here = Centre.of(replace(model, agents=draw_agents(agents, model.day, seed, r)))
        rows.append(replicate_centre(here, seed=seed, replications=1, threshold=limits, first=r).total[0])
    return np.stack(rows)


def records(model: Model, agents: NDArray[np.float64], seed: int, replication: int, name: str = "compiled") -> Records:
    """Records of one replication, played by the engine of this name; ``agents`` are means as for `replicate`."""
    here = replace(model, agents=draw_agents(agents, model.day, seed, replication))
    return engine(name)(here, draw(here, seed, replication))
