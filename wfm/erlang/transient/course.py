"""One interval of the chain played exactly, and what becomes of those still waiting at its end."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wfm.erlang.transient import chain, playing, waiting
from wfm.erlang.transient.rates import Piece
from wfm.erlang.transient.state import Leaving, Rates, State

#: Probability of anybody waiting below which nobody does.
NOBODY = 1e-12
# Steps in which the number of those too fresh to abandon falls, once arrivals end.
_FRESH_STEPS = 8
#: What is left waiting where agents and patience end together, and nobody ever leaves.
FOR_EVER = math.inf


class Arrivals(Protocol):
    """Arrival rates over time (`wfm.erlang.transient.rates`)."""

    def pieces(self, start: float, end: float) -> list[Piece]:
        """Pieces of constant rate between two times of one interval."""

    def recent(self, time: float, since: float | None = None) -> float:
        """Expected arrivals of the onset before a time, those after ``since`` left out."""

    def table(self, edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times, and the arrivals expected until them."""


@dataclass(frozen=True, eq=False)
class Sums:
    """Expected sums over an interval: contacts, or contact-seconds (`wfm.erlang.transient.playing`)."""

    offered: float
    delayed: float
    blocked: float
    abandoning: float
    answered_within: float
    queue: float
    busy: float
    excess: float
    lost: float


@dataclass(frozen=True, eq=False)
class Course:
    """The intervals of a day and how they follow each other.

    Attributes
    ----------
    edges
        float64[K + 1], times [s] at which intervals begin, and the end.
    rates
        K of them.
    arrivals
        When contacts come; nobody does after the end, when the last interval's agents stay.
    leaving
        What agents who leave do with their contacts.
    """

    edges: NDArray[np.float64]
    rates: list[Rates]
    arrivals: Arrivals
    leaving: Leaving
    _known: dict[tuple[float, float], NDArray[np.float64]] = field(default_factory=dict, init=False, repr=False)

    def at(self, i: int) -> Rates:
        """Rates of an interval; those of the last go on after it."""
        return self.rates[min(i, len(self.rates) - 1)]

    def end(self, i: int) -> float:
        """End of an interval; the last one's agents never leave."""
        return float(self.edges[i + 1]) if i + 1 < len(self.edges) else math.inf

    def play(self, state: State, start: float, end: float, i: int) -> State:
        """From a state in interval ``i`` at ``start`` to ``end``."""
        rates = self.at(i)
        x, over, _, _ = playing.play(
            state.x, state.over, self._pieces(start, end), state.agents, rates.mu, rates.theta, rates.lines, np.zeros(playing.SUMS)
        )
        return State(x, over, state.agents)

    def interval(self, state: State, i: int, agents: NDArray[np.int64], threshold: float) -> tuple[State, Sums]:
        """A whole interval: the state at its end (before agents change) and its sums, the service level by arrival in them."""
        begin, finish = float(self.edges[i]), float(self.edges[i + 1])
        steady = finish if threshold < 0 else max(begin, min(self._change(i, agents, threshold) - threshold, finish))
        rates = self.at(i)
        x, over, sums = playing.interval(
            state.x, state.over, i, self._pieces(begin, steady), self._tail(steady, finish, threshold), threshold, agents,
            self._mus, self.edges, rates.theta, rates.onset, rates.lines, *self._arrived, self.leaving == "finish",
        )  # fmt: skip
        return State(x, over, state.agents), Sums(*sums.tolist())

    def chances(self, state: State, time: float, i: int, agents: NDArray[np.int64], threshold: float) -> float:
        """Chance of an arrival at ``time``, when the state is this, to be answered within ``threshold``."""
        rates = self.at(i)
        rows, longest = len(state.over) + 1, len(state.waiting())
        soon = playing.chances(
            time, i, threshold, rows, longest, agents, self._mus, self.edges, rates.theta, rates.onset, *self._arrived,
            self.leaving == "finish",
        )  # fmt: skip
        return float(playing.gained(state.x, state.over, soon, state.agents, rates.lines))

    @cached_property
    def _mus(self) -> NDArray[np.float64]:
        return np.array([rates.mu for rates in self.rates])

    @cached_property
    def _arrived(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and the arrivals expected until them, for who is too fresh to abandon; needed only where patience has an onset."""
        return self.arrivals.table(self.edges)

    def _tail(self, start: float, end: float, threshold: float) -> NDArray[np.float64]:
        """Pieces, cut where the deadline passes from one interval to the next: there the chance to be in time jumps or bends."""
        due = self.edges - threshold
        marks = [start, *due[(due > start) & (due < end)].tolist(), end]
        return np.concatenate([self._pieces(a, b) for a, b in itertools.pairwise(marks)])

    def _pieces(self, start: float, end: float) -> NDArray[np.float64]:
        key = (start, end)
        if key not in self._known:
            pieces = self.arrivals.pieces(start, end)
            self._known[key] = np.array([(p.length, p.rate, p.fresh) for p in pieces]).reshape(-1, 3)
        return self._known[key]

    def _change(self, i: int, agents: NDArray[np.int64], threshold: float) -> float:
        """When the number of agents, or how fast they are, next changes; past every deadline of the interval it does not matter."""
        k, deadline = i, self.edges[i + 1] + threshold
        while k + 1 < len(agents) and self.edges[k + 1] < deadline:
            if agents[k + 1] != agents[i] or self.rates[k + 1].mu != self.rates[i].mu:
                return float(self.edges[k + 1])
            k += 1
        return math.inf

    def _agents(self, agents: NDArray[np.int64], i: int) -> int:
        return int(agents[min(i, len(agents) - 1)])

    def first_waits(
        self, state: State, i: int, after: NDArray[np.float64] | None, next_agents: int
    ) -> tuple[NDArray[np.float64], float]:
        """Mean waits until first answered, and their sum over the interval's arrivals, where contacts may return to the queue.

        Parameters
        ----------
        state
            When interval ``i`` begins.
        after, next_agents
            Mean waits with j ahead when the next interval begins, ``after[j]``, and its agents; None after the last.

        Returns
        -------
        (waits, total)
            With j ahead when interval ``i`` begins [s]; contact-seconds.
        """
        rates, n = self.at(i), state.agents
        moments: list[
            tuple[float, float, NDArray[np.float64]]
        ] = []  # time, rate x weight, probabilities of j waiting, all agents busy
        now = float(self.edges[i])
        for piece in self.arrivals.pieces(now, float(self.edges[i + 1])):
            parts = playing.stretches(piece.length, max(rates.mu, rates.theta), n)
            half = piece.length / parts / 2
            for _ in range(parts):
                middle, last = now + half, now
                for node, weight in zip(playing.NODES.tolist(), playing.WEIGHTS.tolist(), strict=True):
                    time = middle + node * half
                    state = self._moved(state, piece.rate, rates, time - last)
                    room = state.x[n:] if rates.lines < 0 else state.x[n : max(rates.lines, n)]
                    moments.append((time, piece.rate * weight * half, room))
                    last = time
                now = middle + half
                state = self._moved(state, piece.rate, rates, now - last)
        longest = max((len(room) for _, _, room in moments), default=0) + 1
        waits = self._closing_waits(n, rates, longest) if after is None else np.zeros(longest)
        if after is not None:
            free, fewer = max(next_agents - n, 0), max(n - next_agents, 0)
            taken = after[fewer : fewer + max(longest - free, 0)]
            # Beyond the longest queue that the next interval ever sees nobody is.
            waits[free : free + len(taken)] = taken
        total, last, here = 0.0, float(self.edges[i + 1]), waits.reshape(1, -1)
        for time, weight, room in reversed(moments):
            here = waiting.answered(here, n, rates.mu, rates.theta, 0.0, rates.theta, last - time, 1.0)
            total += weight * float(room @ here[0, : len(room)])
            last = time
        here = waiting.answered(here, n, rates.mu, rates.theta, 0.0, rates.theta, last - float(self.edges[i]), 1.0)
        return here[0], total

    def _moved(self, state: State, rate: float, rates: Rates, length: float) -> State:
        x, over, *_ = chain.advance(state.x, state.over, rate, state.agents, rates.mu, rates.theta, 0.0, rates.lines, length)
        return State(x, over, state.agents)

    def _closing_waits(self, agents: int, rates: Rates, longest: int) -> NDArray[np.float64]:
        """Mean waits with j ahead where agents and rates never change again."""
        waits, before = np.zeros(longest), 0.0
        for j in range(longest):
            pace = agents * rates.mu + j * rates.theta
            whole = pace + rates.theta
            waits[j] = before = (1 + pace * before) / whole if whole > 0 else math.inf
        return waits

    def remaining(self, state: State, i: int, agents: NDArray[np.int64]) -> tuple[float, float]:
        """(abandonments, waiting time [s]) still to come for those in the system when interval ``i`` begins, nobody else arriving.

        The state is that after the change of agents. Those who come later do not matter to those who are there.
        """
        abandoned = waited = 0.0
        begin = float(self.edges[i])
        now, fresh, stride = begin, np.empty(0), 1.0
        if self.at(i).onset:
            stride = self.at(i).onset / _FRESH_STEPS
            fresh = np.array([self.arrivals.recent(begin + (m + 0.5) * stride, begin) for m in range(_FRESH_STEPS)])
        while True:
            rates, end = self.at(i), self.end(i)
            never = self._never(state, i, agents)
            if state.x[never + 1 :].sum() + state.over[:, 1:].sum() < NOBODY:
                return abandoned, waited
            if rates.theta <= 0 and end == math.inf and state.agents == 0:
                return 0.0, FOR_EVER
            x, over, gone, spent, _ = waiting.drain(
                state.x, state.over, never, state.agents, rates.mu, rates.theta, fresh, stride, now - begin, rates.lines, end - now,
                NOBODY,
            )  # fmt: skip
            abandoned, waited = abandoned + gone, waited + spent
            if end == math.inf:
                return abandoned, waited
            i, now = i + 1, end
            state = State(x, over, state.agents).restaffed(self._agents(agents, i), self.leaving)

    def _never(self, state: State, i: int, agents: NDArray[np.int64]) -> int:
        """So many contacts or fewer never have to wait, if nobody else arrives."""
        if self.leaving == "finish":
            return state.agents
        ahead = agents[i:] if i < len(agents) else agents[-1:]
        return int(ahead.min())
