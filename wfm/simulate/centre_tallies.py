"""Replications of a centre to tallies, by contact type, by group and for the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.simulate import leg_kernel
from wfm.simulate.centre import Centre
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.engines import many_state as at
from wfm.simulate.engines.layout import Memory, lay_out
from wfm.simulate.model import SECOND
from wfm.simulate.settled import is_random, settled
from wfm.simulate.streaming import stream
from wfm.simulate.tally import in_seconds, within
from wfm.simulate.tally_kernel import BUSY, NAMES, OVERRUN
from wfm.simulate.visits import ANSWERED, Visits

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_WHOLE = 1 << 20  # so many contacts of a replication may be in memory at once


@dataclass(frozen=True, eq=False)
class CentreTallies:
    """What R replications gave.

    Attributes
    ----------
    types
        float64[R, Y, K, len(wfm.simulate.tally.COLUMNS)], counts and seconds; legs count in the queue and interval where they
        arrive, so what is transferred is offered again to the other type. Agents' times are 0.
    groups
        float64[R, G, K, columns]: agents' times, all else 0.
    answers
        float64[R, Y, G]: legs of a type answered by a group.
    """

    types: Floats
    groups: Floats
    answers: Floats

    @property
    def total(self) -> Floats:
        """[R, K, columns] of the whole centre."""
        summed: Floats = self.types.sum(axis=1) + self.groups.sum(axis=1)
        return summed


def replicate_centre(
    centre: Centre,
    *,
    seed: int,
    replications: int,
    threshold: float | Floats,
    engine: str = "compiled",
    first: int = 0,
) -> CentreTallies:
    """Tallies of replications ``first``, ``first`` + 1, ...

    Parameters
    ----------
    centre
        Contact types, groups and rules. Agents may be fractions: chances, drawn for each replication and interval.
    seed
        0 to 2**32 - 1.
    replications
        How many.
    threshold
        Seconds within which an answer counts; one for all, [Y], or [Y, K] by the interval of arrival.
    engine
        "compiled" or "simpy"; both give the same tallies.
    first
        Number of the first replication.

    Raises
    ------
    ValueError
        A seed or replication out of range; no such engine.
    OverflowError
        Times that 64 bits of microseconds do not hold.
    """
    if engine not in ("compiled", "simpy"):
        raise ValueError(f"engine is {engine!r}; it has to be compiled or simpy")
    draws.check_key(seed=seed, replication=first)
    if replications > 0:
        draws.check_key(replication=first + replications - 1)
    limits = _thresholds(centre, threshold)
    Y, G, K = len(centre.kinds), len(centre.groups), len(centre.intervals.start)
    types = np.zeros((replications, Y, K, len(NAMES)), dtype=np.int64)
    groups = np.zeros((replications, G, K, len(NAMES)), dtype=np.int64)
    answers = np.zeros((replications, Y, G))
    here, memory, anew = centre, None, is_random(centre)
    for r in range(replications):
        sums = types[r], groups[r, :, :, BUSY : OVERRUN + 1], answers[r]
        if engine == "simpy":
            _by_records(settled(centre, seed, first + r), seed, first + r, limits, *sums)
            continue
        if anew or memory is None:
            here = settled(centre, seed, first + r)
            memory = lay_out(here, seed, tuple(range(Y)), limits)
        _lean(here, memory, seed, first + r, limits, *sums)
    return CentreTallies(in_seconds(types), in_seconds(groups), answers)


def _thresholds(centre: Centre, threshold: float | Floats) -> Floats:
    """[Y, K], microseconds."""
    Y, K = len(centre.kinds), len(centre.intervals.start)
    given = np.asarray(threshold, dtype=float)
    if given.shape not in ((), (Y,), (Y, K)):
        raise ValueError(f"threshold has the shape {given.shape}; it has to be a number, {Y} or {Y} x {K} of them")
    by_type = np.broadcast_to(given[:, None] if given.ndim == 1 else given, (Y, K))
    return np.stack([within(row, K) for row in by_type]) if Y else np.zeros((0, K))


def _lean(
    centre: Centre, memory: Memory, seed: int, replication: int, limits: Floats, sums: Integers, times: Integers, answers: Floats
) -> None:
    """One replication without records, added to the outputs."""
    if many.is_plain(centre) and _expected(centre) <= _WHOLE:
        crowd = draw_crowd(centre, seed, replication)
        m, (outcome, wait, handle, _) = many.play_plain(memory, crowd)
        leg_kernel.tally_plain(crowd.kind, crowd.interval, outcome, wait, handle, limits, sums)
    else:
        m, first, nothing = memory.begin(replication), 0, np.empty((0, 0), dtype=np.int64)
        for columns, final in stream(centre, seed, replication):
            m[at.COMING] = 0
            m, _ = many.go_on(m, memory.f, columns, first, final, nothing)
            first += columns.shape[1]
        sums += memory.sums_of(m)
    times += memory.times_of(m)
    answers += memory.answers_of(m)


def _expected(centre: Centre) -> float:
    """Contacts of a replication, more or less."""
    return sum(float(kind.rate @ kind.length) / SECOND + sum(burst.contacts for burst in kind.bursts) for kind in centre.kinds)


def _by_records(
    centre: Centre, seed: int, replication: int, limits: Floats, sums: Integers, times: Integers, answers: Floats
) -> None:
    """The same by the readable engine and its records."""
    visits = simpy_engine.play_centre(centre, draw_crowd(centre, seed, replication))
    tally_visits(centre, visits, limits, sums, times, answers)


def tally_visits(centre: Centre, visits: Visits, limits: Floats, sums: Integers, times: Integers, answers: Floats) -> None:
    """Add records to sums by type [Y, K, columns], agents' times [G, K, 3] and answers [Y, G]; ``limits`` [Y, K]."""
    leg_kernel.tally_visits(
        visits.contact, visits.attempt, visits.leg, visits.kind, visits.interval, visits.outcome, visits.wait, visits.handle,
        limits, sums,
    )  # fmt: skip
    times += np.stack([visits.busy, visits.staffed, visits.overrun], axis=-1)
    answered = np.isin(visits.outcome, ANSWERED)
    ends = np.cumsum([group.size for group in centre.groups])
    np.add.at(answers, (visits.kind[answered], np.searchsorted(ends, visits.agent[answered], side="right")), 1)
