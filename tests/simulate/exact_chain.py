"""Small centres as Markov chains, solved as linear equations: independent of `wfm.erlang` and of the engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

State = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
Tag = tuple[str, int]


@dataclass(frozen=True)
class Way:
    """A group that answers a type: mean handle time [s], and on what terms."""

    kind: int
    group: int
    mean: float
    rank: int = 0
    level: int = 0
    reserve: int = 0


@dataclass(frozen=True)
class Design:
    """Poisson arrivals, exponential handle times and patience, lines for all, transfers.

    A state is how many are busy in each way; who waits, by type in order of arrival; which groups' agents are idle, longest first.
    Where no two ways of a type are of one rank the order of the idle does not matter, and where no two ways of a group are of one
    level that of the waiting does not.
    """

    arrivals: tuple[float, ...]  # per second
    agents: tuple[int, ...]
    ways: tuple[Way, ...]
    lines: int
    patience: tuple[float, ...]  # seconds
    transfers: tuple[tuple[float, ...], ...] = ()

    @cached_property
    def idle_order_matters(self) -> bool:
        return len({(way.kind, way.rank) for way in self.ways}) < len(self.ways)

    @cached_property
    def queue_order_matters(self) -> bool:
        return len({(way.group, way.level) for way in self.ways}) < len(self.ways)

    def plain(self, busy: list[int], queue: list[int], idle: list[int]) -> State:
        return (
            tuple(busy),
            tuple(queue if self.queue_order_matters else sorted(queue)),
            tuple(idle if self.idle_order_matters else sorted(idle)),
        )

    def join(self, kind: int, busy: list[int], queue: list[int], idle: list[int]) -> list[Tag]:
        """Somebody comes who has a line; the lists change in place."""
        able = [i for i, way in enumerate(self.ways) if way.kind == kind and idle.count(way.group) > way.reserve]
        if not able:
            queue.append(kind)
            return []
        best = min(able, key=lambda i: (self.ways[i].rank, idle.index(self.ways[i].group)))
        busy[best] += 1
        idle.remove(self.ways[best].group)
        return [("at once", kind), ("answered", best)]

    def serve(self, group: int, busy: list[int], queue: list[int], idle: list[int]) -> list[Tag]:
        """An agent of the group has become idle."""
        able = [
            i for i, way in enumerate(self.ways)
            if way.group == group and way.kind in queue and idle.count(group) > way.reserve
        ]  # fmt: skip
        if not able:
            return []
        best = min(able, key=lambda i: (self.ways[i].level, queue.index(self.ways[i].kind)))
        busy[best] += 1
        queue.remove(self.ways[best].kind)
        idle.remove(group)
        return [("answered", best)]

    def moves(self, state: State) -> Iterator[tuple[float, State, list[Tag]]]:
        """Rate, next state, and what happens."""
        full = sum(state[0]) + len(state[1]) >= self.lines
        for kind, rate in enumerate(self.arrivals):
            busy, queue, idle = map(list, state)
            tags = [("blocked", kind)] if full else self.join(kind, busy, queue, idle)
            yield rate, self.plain(busy, queue, idle), [("offered", kind), *tags]
        for place, kind in enumerate(state[1]):
            if np.isfinite(self.patience[kind]):
                queue = [*state[1][:place], *state[1][place + 1 :]]
                yield 1 / self.patience[kind], self.plain(list(state[0]), queue, list(state[2])), [("abandoned", kind)]
        for number, way in enumerate(self.ways):
            if not state[0][number]:
                continue
            shares = self.transfers[way.kind] if self.transfers else (0.0,)
            for other, share in ((-1, 1 - sum(shares)), *enumerate(shares)):
                if share <= 0:
                    continue
                busy, queue, idle = map(list, state)
                busy[number] -= 1
                idle.append(way.group)
                tags = self.serve(way.group, busy, queue, idle)
                if other >= 0:
                    tags = [*tags, ("offered", other), *self.join(other, busy, queue, idle)]
                yield state[0][number] / way.mean * share, self.plain(busy, queue, idle), tags

    def solve(self) -> Solved:
        """The steady state."""
        first = self.plain([0] * len(self.ways), [], [g for g, n in enumerate(self.agents) for _ in range(n)])
        number, states = {first: 0}, [first]
        origin, target, rates, happened = [], [], [], []
        for state in states:  # grows while it is read
            for rate, after, tags in self.moves(state):
                if after not in number:
                    number[after] = len(states)
                    states.append(after)
                origin.append(number[state])
                target.append(number[after])
                rates.append(rate)
                happened.append(tags)
        N, flow = len(states), np.array(rates)
        out = np.bincount(origin, weights=flow, minlength=N)
        matrix = coo_matrix((flow, (np.array(target), np.array(origin))), shape=(N, N)).tolil()
        matrix.setdiag(matrix.diagonal() - out)
        matrix[N - 1, :] = 1.0  # one equation is spare: shares add up to 1
        share = spsolve(matrix.tocsc(), np.eye(1, N, N - 1).ravel())
        assert share.min() > -1e-12
        often: dict[Tag, float] = {}
        for i, tags in enumerate(happened):
            for tag in tags:
                often[tag] = often.get(tag, 0.0) + share[origin[i]] * flow[i]
        waiting = [sum(p * state[1].count(y) for p, state in zip(share, states, strict=True)) for y in range(len(self.arrivals))]
        in_way = np.array([state[0] for state in states]).T @ share
        busy = [sum(in_way[i] for i, way in enumerate(self.ways) if way.group == g) for g in range(len(self.agents))]
        return Solved(N, often, waiting, busy)


@dataclass(frozen=True)
class Solved:
    """Steady state of a design: how often things happen [1/s], mean number waiting by type, busy by group."""

    states: int
    often: dict[Tag, float]
    waiting: list[float]
    busy: list[float]

    def share(self, what: str, kind: int) -> float:
        """Of all who come to a queue."""
        return self.often.get((what, kind), 0.0) / self.often["offered", kind]

    def mean_wait(self, kind: int) -> float:
        """Of all who come, by Little's law [s]."""
        return self.waiting[kind] / self.often["offered", kind]
