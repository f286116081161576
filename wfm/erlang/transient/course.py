"""One interval of the chain played exactly, and what becomes of those still waiting at its end."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wfm.erlang.transient import chain
from wfm.erlang.transient.rates import Piece
from wfm.erlang.transient.state import Leaving, Rates, State

# Nodes of the quadrature over arrivals whose deadline lies past a change of staff, where the chance to be answered in time moves.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
#: Probability of anybody waiting below which nobody does.
NOBODY = 1e-13
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


@dataclass(eq=False)
class Sums:
    """Expected sums over an interval: contacts, or contact-seconds."""

    offered: float = 0.0
    delayed: float = 0.0
    blocked: float = 0.0
    abandoning: float = 0.0
    answered_within: float = 0.0
    queue: float = 0.0
    busy: float = 0.0
    excess: float = 0.0
    lost: float = 0.0

    def __iadd__(self, other: Sums) -> Sums:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


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

    def at(self, i: int) -> Rates:
        """Rates of an interval; those of the last go on after it."""
        return self.rates[min(i, len(self.rates) - 1)]

    def end(self, i: int) -> float:
        """End of an interval; the last one's agents never leave."""
        return float(self.edges[i + 1]) if i + 1 < len(self.edges) else math.inf

    def play(self, state: State, start: float, end: float, i: int, gains: NDArray[np.float64] | None = None) -> tuple[State, Sums]:
        """From a state in interval ``i`` at ``start`` to ``end``.

        Parameters
        ----------
        gains
            Chances to be answered in time for an arrival that meets l agents in excess and j waiting, ``gains[l, j]``; all such
            arrivals have the same. None counts nobody.
        """
        sums, rates = Sums(), self.at(i)
        x, over = state.x, state.over
        for piece in self.arrivals.pieces(start, end):
            x, over, held, held_over, lost = chain.advance(
                x, over, piece.rate, state.agents, rates.mu, rates.theta, piece.fresh, rates.lines, piece.length
            )
            spent = State(held, held_over, state.agents)
            waiting = spent.waiting()
            delayed, full = spent.delayed(), spent.full(rates.lines)
            sums += Sums(
                offered=piece.rate * piece.length,
                delayed=piece.rate * (delayed - full),
                blocked=piece.rate * full,
                abandoning=float(waiting @ chain.leaving(len(waiting) - 1, rates.theta, piece.fresh)),
                answered_within=0.0 if gains is None else piece.rate * gained(spent, gains, rates.lines),
                queue=float(waiting @ np.arange(len(waiting))),
                busy=spent.busy(),
                excess=spent.excess(),
                lost=lost,
            )
        return State(x, over, state.agents), sums

    def interval(self, state: State, i: int, agents: NDArray[np.int64], threshold: float) -> tuple[State, Sums]:
        """A whole interval: the state at its end (before agents change) and its sums, the service level by arrival in them."""
        begin, finish = float(self.edges[i]), float(self.edges[i + 1])
        if threshold < 0:
            return self.play(state, begin, finish, i)
        change = self._change(i, agents, threshold)
        rows, longest = len(state.over) + 1, self._longest(state, i)
        steady = max(begin, min(change - threshold, finish))
        sums = Sums()
        if steady > begin:
            gains = self.chances(steady - (steady - begin) / 2, i, agents, threshold, rows, longest) if threshold > 0 else None
            if gains is None:
                gains = np.zeros((rows, longest))
            state, part = self.play(state, begin, steady, i, gains)
            sums += part
        for piece in self.arrivals.pieces(steady, finish) if steady < finish else []:
            parts = max(math.ceil(2 * piece.length * self.at(i).mu), 1)
            half = piece.length / parts / 2
            for _ in range(parts):
                now = steady
                for node, weight in zip(_NODES.tolist(), _WEIGHTS.tolist(), strict=True):
                    time = steady + half * (1 + node)
                    state, part = self.play(state, now, time, i)
                    gains = self.chances(time, i, agents, threshold, len(state.over) + 1, len(state.waiting()) + 8)
                    part.answered_within = weight * half * piece.rate * gained(state, gains, self.at(i).lines)
                    sums += part
                    now = time
                steady += 2 * half
                state, part = self.play(state, now, steady, i)
                sums += part
        return state, sums

    def _change(self, i: int, agents: NDArray[np.int64], threshold: float) -> float:
        """When the number of agents, or how fast they are, next changes after an interval begins."""
        k = i
        while k + 1 < len(agents) and agents[k + 1] == agents[i] and self.at(k + 1) == self.at(i) and self.edges[k + 1] <= (
            self.edges[i + 1] + threshold
        ):  # fmt: skip
            k += 1
        return float(self.edges[k + 1]) if k + 1 < len(agents) else math.inf

    def _longest(self, state: State, i: int) -> int:
        """Longest queue that the interval may show: chances are wanted that far."""
        arrivals = sum(piece.rate * piece.length for piece in self.arrivals.pieces(float(self.edges[i]), float(self.edges[i + 1])))
        waiting = len(state.waiting())
        rates = self.at(i)
        room = waiting + int(8 * math.sqrt(len(state.x) + 1)) + 64
        # An overloaded interval can add what arrives and is not served.
        room += max(int(arrivals + 9 * math.sqrt(arrivals)) - int(state.agents * rates.mu * (self.edges[i + 1] - self.edges[i])), 0)
        return min(room, rates.lines + 2) if rates.lines >= 0 else room

    def chances(
        self, time: float, i: int, agents: NDArray[np.int64], threshold: float, rows: int, longest: int
    ) -> NDArray[np.float64]:
        """``chances[l, j]`` to be answered within ``threshold`` of arriving at ``time``, with l agents in excess and j waiting."""
        stretches = self._stretches(time, i, threshold)
        # Who would need more departures than there can be is not answered in time.
        rates = self.at(i)
        most = (
            max(self._agents(agents, k) for k, _ in stretches) + rows
        ) * rates.mu * threshold + rates.theta * threshold * longest
        most = int(most + 9 * math.sqrt(most)) + 12
        rows, longest = min(rows, most), min(longest, most)
        # How many layers and how long a queue each stretch may meet.
        sizes = [(rows, longest)]
        for (before, _), (after, _) in itertools.pairwise(stretches):
            fewer = int(self._agents(agents, before) - self._agents(agents, after))
            tall, wide = sizes[-1]
            if self.leaving == "finish":
                sizes.append((max(tall + fewer, 1), wide))
            else:
                sizes.append((1, wide + max(fewer, 0)))
        here = np.zeros(sizes[-1])
        gone = threshold
        for step in range(len(stretches) - 1, -1, -1):
            k, length = stretches[step]
            here = self._waited(here, k, int(self._agents(agents, k)), time, gone - length, gone)
            gone -= length
            if step:
                here = self._mapped(
                    here, int(self._agents(agents, stretches[step - 1][0])), int(self._agents(agents, k)), sizes[step - 1]
                )
        return here

    def _agents(self, agents: NDArray[np.int64], i: int) -> int:
        return int(agents[min(i, len(agents) - 1)])

    def _stretches(self, time: float, i: int, length: float) -> list[tuple[int, float]]:
        """(interval, time in it) of a wait that begins in interval i."""
        result, left, now = [], length, time
        while True:
            last = i + 1 >= len(self.edges) - 1
            here = left if last else min(left, float(self.edges[i + 1]) - now)
            result.append((i, here))
            left -= here
            if left <= 0:
                return result
            now, i = float(self.edges[i + 1]), i + 1

    def _waited(
        self, chances: NDArray[np.float64], i: int, agents: int, arrival: float, since: float, until: float
    ) -> NDArray[np.float64]:
        """Chances a stretch earlier, for one who has then waited ``since`` seconds and ``until`` at its end."""
        rates = self.at(i)
        marks = [since, until]
        if since < rates.onset < until:
            marks = [since, rates.onset, until]
        for a, b in zip(marks[-2::-1], marks[:0:-1], strict=True):
            # Those ahead have come before: only the onset before the arrival tells how many of them are fresh.
            fresh = self.arrivals.recent(arrival + (a + b) / 2, arrival) if rates.onset else 0.0
            own = rates.theta if a >= rates.onset else 0.0
            chances = chain.answered(chances, agents, rates.mu, rates.theta, fresh, own, b - a, 0.0)
        return chances

    def _mapped(self, after: NDArray[np.float64], before: int, now: int, size: tuple[int, int]) -> NDArray[np.float64]:
        """Chances just before the number of agents changes, from those just after."""
        rows, longest = size
        result = np.ones(size)
        if self.leaving == "return_to_queue":
            free = max(now - before, 0)
            wide = max(longest - free, 0)
            first = max(before - now, 0)
            result[0, free : free + wide] = after[0, first : first + wide]
            return result
        for row in range(rows):
            excess = before + row - now
            if excess >= 0:
                result[row] = after[excess, :longest] if excess < len(after) else 0.0
            elif longest > -excess:
                result[row, -excess:] = after[0, : longest + excess]
        return result

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
        step = min(1 / rates.mu, 1 / rates.theta if rates.theta else math.inf) / 2
        moments: list[
            tuple[float, float, NDArray[np.float64]]
        ] = []  # time, rate x weight, probabilities of j waiting, all agents busy
        now = float(self.edges[i])
        for piece in self.arrivals.pieces(now, float(self.edges[i + 1])):
            parts = max(math.ceil(piece.length / step), 1)
            half = piece.length / parts / 2
            for _ in range(parts):
                middle, last = now + half, now
                for node, weight in zip(_NODES.tolist(), _WEIGHTS.tolist(), strict=True):
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
            here = chain.answered(here, n, rates.mu, rates.theta, 0.0, rates.theta, last - time, 1.0)
            total += weight * float(room @ here[0, : len(room)])
            last = time
        here = chain.answered(here, n, rates.mu, rates.theta, 0.0, rates.theta, last - float(self.edges[i]), 1.0)
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
            x, over, gone, spent, _ = chain.drain(
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


def gained(state: State, gains: NDArray[np.float64], lines: int) -> float:
    """Expected share answered in time of arrivals that meet a state (or time in one)."""
    free = float(state.x[: state.agents].sum())
    queue = state.x[state.agents :]
    if lines >= 0:
        queue = queue[: max(lines - state.agents, 0)]
    known = min(len(queue), gains.shape[1])
    total = free + float(queue[:known] @ gains[0, :known])
    for row in range(min(len(state.over), len(gains) - 1)):
        rest = state.over[row]
        if lines >= 0:
            rest = rest[: max(lines - state.agents - row - 1, 0)]
        wide = min(len(rest), gains.shape[1])
        total += float(rest[:wide] @ gains[row + 1, :wide])
    return total
