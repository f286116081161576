"""Service levels as they fall out: how likely an interval, or a day, is to meet its target, and the agents that promise it.

A service level is a mean over endless time; half an hour with ten agents has a standard deviation of 15 points around it,
skewed and with a lump at 1, so that no normal distribution describes it (Roubos, Koole and Stolletz, "Service-level
variability of inbound call centers", M&SOM 14, 2012). So intervals are played contact by contact. The same seed plays
the same contacts whatever the agents, and every probability comes with its Monte Carlo standard error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from wfm.core.draws import check_key
from wfm.erlang.formulas.staffing import MOST_AGENTS
from wfm.erlang.models.base import FINITE
from wfm.erlang.played import Estimate, Played
from wfm.erlang.shapes import Shape

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Counts = NDArray[np.int64]


class Promise(NamedTuple):
    """The agents found, the probability that they meet the target, and its Monte Carlo standard error."""

    agents: int | Counts
    probability: float
    se: float


class Day:
    """A day of intervals, one after the other: queues and busyness carry over from one to the next.

    Parameters
    ----------
    arrival_rate
        Contacts offered per unit of time in each interval, >= 0: a list, an array or a Series.
    aht
        Mean handle time, > 0; handle times are exponential.
    patience
        Mean patience past the onset, >= 0 and finite.
    length
        Length of an interval, > 0, in the same unit of time.
    cv
        Coefficient of variation of the day's busyness, a gamma factor on all its rates, >= 0.
    onset
        Time nobody is lost in, >= 0 and finite.
    seed
        Chooses the random numbers; the same seed gives the same answer.
    replications
        How many days are played.
    opens_empty
        Whether the day begins without contacts; else with the stationary queue of its first interval (at its busyness).

    Notes
    -----
    Agents leave when their interval is over and their contact finished. Contacts that wait at the end of the day are
    answered by the agents of the last interval. All contacts count, by arrival, `W <= T`.
    """

    def __init__(
        self,
        arrival_rate: ArrayLike,
        aht: float,
        patience: float,
        length: float,
        *,
        cv: float = 0.0,
        onset: float = 0.0,
        seed: int = 1,
        replications: int = 1000,
        opens_empty: bool = True,
    ) -> None:
        shape = Shape()
        self._aht = _number("aht", aht, above=0.0)
        self._load = np.atleast_1d(np.asarray(shape.read("arrival_rate", arrival_rate, most=FINITE))) * self._aht
        if self._load.ndim != 1 or not self._load.size:
            raise ValueError(f"arrival_rate has the shape {self._load.shape}; it must hold one number for each interval")
        self._shape = shape
        self._patience = _number("patience", patience) / self._aht
        self._length = _number("length", length, above=0.0) / self._aht
        self._cv = _number("cv", cv)
        self._onset = _number("onset", onset) / self._aht
        check_key(seed=seed)
        if replications < 1:
            raise ValueError(f"replications is {replications}; it must be at least 1")
        self._seed, self._replications, self._stationary = seed, replications, not opens_empty

    def play(self, agents: ArrayLike, threshold: float) -> Played:
        """Play with so many agents in each interval.

        Parameters
        ----------
        agents
            Whole numbers >= 0, one for each interval, or one for all.
        threshold
            T of the service level, >= 0.

        Raises
        ------
        ValueError
            Naming an element that is no whole number >= 0.
        """
        return self._play(agents, threshold, self._replications)

    def _play(self, agents: ArrayLike, threshold: float, replications: int) -> Played:
        from wfm.erlang.short_kernels import play_each

        n = np.atleast_1d(np.asarray(Shape().read("agents", agents, most=FINITE)))
        odd = np.flatnonzero(n != np.floor(n))
        if len(odd):
            raise ValueError(f"agents[{odd[0]}] is {n[odd[0]]:g}; agents must be whole where contacts are played one by one")
        if n.size not in (1, self._load.size) or n.ndim != 1:
            raise ValueError(f"agents has the shape {n.shape}; give one number, or one for each of {self._load.size} intervals")
        whole = np.broadcast_to(n, self._load.shape).astype(np.int64)
        offered = np.zeros((replications, self._load.size), dtype=np.int64)
        within = np.zeros_like(offered)
        limit = _number("threshold", threshold, most=math.inf) / self._aht
        rest = (self._patience, self._onset, limit, self._cv, self._stationary, offered, within)
        play_each(self._seed, self._load, self._length, whole, *rest)
        return Played(offered, within)

    def agents_for(self, *, sl_offered: tuple[float, float], probability: float) -> Promise:
        """Agents of a square-root rule that meets the day's target with this probability.

        Each interval has the load a and max(ceil(a + b sqrt(a)), 1) agents; b is the least multiple of 1/16 with which
        the probability played reaches `probability`.

        Parameters
        ----------
        sl_offered
            Service level of the whole day and its threshold, such as ``(0.80, 20)``.
        probability
            Between 0 and 1. Where it lies closer to 1 than 1/replications, more replications say more.

        Returns
        -------
        Promise
            Agents of each interval (a Series where the rates are one), 0 where nobody is expected.
        """
        share, threshold = _target(sl_offered, probability)
        lowest = math.floor(-16.0 * math.sqrt(float(self._load.max())))

        def agents(rung: int) -> Counts:
            n = np.ceil(self._load + (lowest + rung) / 16.0 * np.sqrt(self._load))
            return np.where(self._load > 0.0, np.maximum(n, 1.0), 0.0).astype(np.int64)

        rung, found = self._search(agents, share, threshold, probability, 0, -lowest)
        return Promise(self._shape.wrap(agents(rung), "agents"), *found)

    def _search(
        self,
        agents: Callable[[int], Counts],
        share: float,
        threshold: float,
        probability: float,
        least: int,
        start: int,
    ) -> tuple[int, Estimate]:
        """`_first` among these staffing levels; a tenth of the replications says where to look."""
        for replications in (-(-self._replications // 10), self._replications):

            def played(number: int, replications: int = replications) -> Estimate:
                return self._play(agents(number), threshold, replications).probability(share)

            start, found = _first(played, probability, least, start)
        return start, found


class ShortInterval(Day):
    """One interval out of a long stationary stretch, with the randomness of its own contacts.

    Parameters
    ----------
    arrival_rate, aht, patience, length, cv, onset, seed
        Numbers, as in `Day`; `cv` is of the busyness of an interval.
    replications
        How many intervals are played: 10,000 give a probability within 0.005 (one standard error).

    Notes
    -----
    Each interval begins in the exact stationary state of the M/M/n queue with patience onset + Exp(patience) at its own
    busyness. An interval in which nobody calls meets its target.
    """

    def __init__(
        self,
        arrival_rate: float,
        aht: float,
        patience: float,
        length: float,
        *,
        cv: float = 0.0,
        onset: float = 0.0,
        seed: int = 1,
        replications: int = 10_000,
    ) -> None:
        rate = _number("arrival_rate", arrival_rate)
        super().__init__([rate], aht, patience, length, cv=cv, onset=onset, seed=seed, replications=replications, opens_empty=False)

    def agents_for(self, *, sl_offered: tuple[float, float], probability: float) -> Promise:
        """Least number of agents with which an interval meets the target with this probability, as played.

        Parameters
        ----------
        sl_offered
            Service level of the interval and its threshold, such as ``(0.80, 20)``.
        probability
            Between 0 and 1.

        Returns
        -------
        Promise
            0 agents without load, else at least 1.
        """
        share, threshold = _target(sl_offered, probability)
        if self._load[0] == 0.0:
            return Promise(0, *self.play(0, threshold).probability(share))
        start = max(math.ceil(self._load[0]), 1)
        agents, found = self._search(lambda n: np.array([n]), share, threshold, probability, 1, start)
        return Promise(agents, *found)


def _first(played: Callable[[int], Estimate], probability: float, least: int, start: int) -> tuple[int, Estimate]:
    """The first whole number >= `least` at which the probability is reached, and what was reached.

    The probabilities rise but for noise, so past the bisection smaller numbers are tried down to one that misses by a
    standard error: the same contacts call, so two numbers next to each other differ by far less noise than that.
    """
    known: dict[int, Estimate] = {}

    def meets(number: int) -> bool:
        if number not in known:
            known[number] = played(number)
        return known[number].value >= probability

    missed, met = least - 1, max(start, least)
    step = 1
    while not meets(met):
        missed, met, step = met, met + step, 2 * step
        if met > MOST_AGENTS:  # pragma: no cover - with endless agents nobody waits
            raise ValueError("no number of agents meets the target")
    step = 1
    while met - step > missed and meets(met - step):
        met, step = met - step, 2 * step
    missed = max(missed, met - step)
    while met - missed > 1:
        middle = (met + missed) // 2
        missed, met = (missed, middle) if meets(middle) else (middle, met)
    below = met - 1
    while below >= least:
        if meets(below):
            met = below
        elif known[below].value + known[below].se < probability:
            break
        below -= 1
    return met, known[met]


def _target(sl_offered: tuple[float, float], probability: float) -> tuple[float, float]:
    try:
        share, threshold = sl_offered
    except (TypeError, ValueError):
        raise ValueError(f"sl_offered takes (share, threshold), such as (0.80, 20), not {sl_offered!r}") from None
    if not 0.0 < probability < 1.0:
        raise ValueError(f"probability is {probability}; it must lie between 0 and 1")
    return _number("sl_offered", share, most=1.0), _number("sl_offered threshold", threshold, most=math.inf)


def _number(name: str, value: float, *, above: float = -math.inf, most: float = FINITE) -> float:
    if np.ndim(value):
        raise ValueError(f"{name} is one number for all intervals, not {np.ndim(value)}-dimensional")
    return float(Shape().read(name, value, above=above, most=most))
