"""Many queues on SimPy, twice: with a process for each customer, as most write them, and as those do who want speed.

In both a dispatcher with deques knows who is idle and who waits. In the fast one waiting contacts are entries of a deque, not
processes, and SimPy's events, that a call or somebody's patience ends, call the dispatcher back.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import Any

import simpy

Done = Callable[[simpy.Event | None], None]


class Contact:
    __slots__ = ("answered", "came", "counts", "kind", "waiting")

    def __init__(self, kind: int, came: float, counts: list[int], answered: simpy.Event | None = None) -> None:
        self.kind, self.came, self.counts, self.waiting, self.answered = kind, came, counts, True, answered


class SkilledCentre:
    """Types of contacts, and groups of agents who serve some of them.

    Whoever calls goes to the agent who has been idle for longest, of all groups that serve the type. An agent who is free takes the
    contact of the highest priority (least number) among those the group serves, and of these the one that has waited for longest.
    Handle times and patience are exponential; the clock runs on until nobody is left.

    Parameters
    ----------
    rates, priorities, ahts, patiences
        By type: arrivals a second, priority, mean handle time and mean patience [s] (inf: never gives up).
    groups
        By group: how many agents, and the types they serve.
    seconds, steps
        Length of a step and how many there are, one after the other.
    threshold
        Seconds within which an answer counts.
    seed
        Of `random`.

    Attributes
    ----------
    counts
        [offered, abandoned, answered within the threshold] by step of arrival and type.
    """

    def __init__(
        self,
        rates: Sequence[float],
        priorities: Sequence[int],
        ahts: Sequence[float],
        patiences: Sequence[float],
        groups: Sequence[tuple[int, Sequence[int]]],
        *,
        seconds: float,
        threshold: float,
        seed: int,
        steps: int = 1,
    ) -> None:
        self.env, self.random = simpy.Environment(), random.Random(seed)
        self.threshold = threshold
        self.handling = [1 / aht for aht in ahts]
        self.giving_up = [0.0 if patience == inf else 1 / patience for patience in patiences]
        self.queues: list[deque[Contact]] = [deque() for _ in rates]
        # Moments since which the agents of a group are idle, the longest idle first.
        self.idle: list[deque[float]] = [deque([0.0] * agents) for agents, _ in groups]
        self.ranks = [self.by_priority(priorities, kinds) for _, kinds in groups]
        agents = list(zip(self.idle, map(self.release, range(len(groups))), strict=True))
        self.serving = [[agents[g] for g, (_, kinds) in enumerate(groups) if kind in kinds] for kind in range(len(rates))]
        self.counts = [[[0, 0, 0] for _ in rates] for _ in range(steps)]
        for kind, rate in enumerate(rates):
            if rate > 0:
                self.env.process(self.arrivals(kind, rate, seconds, steps))
        self.env.run()

    def by_priority(self, priorities: Sequence[int], kinds: Sequence[int]) -> list[list[deque[Contact]]]:
        """The queues of some types: lists of equal priority, the most urgent first."""
        return [
            [self.queues[kind] for kind in kinds if priorities[kind] == p] for p in sorted({priorities[kind] for kind in kinds})
        ]

    def totals(self) -> list[list[int]]:
        """[offered, abandoned, answered within the threshold] by type."""
        return [[sum(step[kind][i] for step in self.counts) for i in range(3)] for kind in range(len(self.queues))]

    def arrivals(self, kind: int, rate: float, seconds: float, steps: int) -> Iterator[Any]:
        env, gap, timeout, arrive = self.env, self.random.expovariate, self.env.timeout, self.arrive
        next_at = gap(rate)
        for step in range(steps):
            counts, end = self.counts[step][kind], seconds * (step + 1)
            while next_at < end:
                yield timeout(next_at - env.now)
                arrive(kind, counts)
                next_at += gap(rate)

    def arrive(self, kind: int, counts: list[int]) -> None:
        counts[0] += 1
        done = self.longest_idle(kind)
        if done is not None:
            counts[2] += 1
            self.handle(kind, done)
            return
        contact = Contact(kind, self.env.now, counts)
        self.queues[kind].append(contact)
        if self.giving_up[kind]:
            patience = self.env.timeout(self.random.expovariate(self.giving_up[kind]), contact)
            patience.callbacks.append(self.lose_patience)

    def longest_idle(self, kind: int) -> Done | None:
        """Take the agent who has been idle for longest, of those who serve the type: what to call when they are done."""
        since, longest, then = inf, None, None
        for idle, done in self.serving[kind]:
            if idle and idle[0] < since:
                since, longest, then = idle[0], idle, done
        if longest is not None:
            longest.popleft()
        return then

    def lose_patience(self, event: simpy.Event) -> None:
        contact = event.value
        if contact.waiting:
            contact.waiting = False
            contact.counts[1] += 1

    def answer(self, contact: Contact, done: Done) -> None:
        """An agent turns to somebody who waited."""
        contact.waiting = False
        contact.counts[2] += self.env.now - contact.came <= self.threshold
        self.handle(contact.kind, done)

    def handle(self, kind: int, done: Done) -> None:
        self.env.timeout(self.random.expovariate(self.handling[kind])).callbacks.append(done)

    def release(self, group: int) -> Done:
        """What happens when an agent of the group is done."""
        ranks, idle, env, answer = self.ranks[group], self.idle[group], self.env, self.answer

        def done(_: simpy.Event | None) -> None:
            for queues in ranks:
                earliest, first = inf, None
                for queue in queues:
                    while queue and not queue[0].waiting:  # has given up
                        queue.popleft()
                    if queue and queue[0].came < earliest:
                        earliest, first = queue[0].came, queue
                if first is not None:
                    answer(first.popleft(), done)
                    return
            idle.append(env.now)

        return done


class CustomersAsProcesses(SkilledCentre):
    """The same centre with a process for each customer, who waits for an answer or the end of their patience."""

    def arrive(self, kind: int, counts: list[int]) -> None:
        self.env.process(self.customer(kind, counts))

    def customer(self, kind: int, counts: list[int]) -> Iterator[Any]:
        env = self.env
        counts[0] += 1
        done = self.longest_idle(kind)
        if done is None:
            contact = Contact(kind, env.now, counts, env.event())
            self.queues[kind].append(contact)
            if self.giving_up[kind]:
                happened = yield contact.answered | env.timeout(self.random.expovariate(self.giving_up[kind]))
                if contact.answered not in happened:
                    contact.waiting = False
                    counts[1] += 1
                    return
                done = contact.answered.value
            else:
                done = yield contact.answered
            counts[2] += env.now - contact.came <= self.threshold
        else:
            counts[2] += 1
        yield env.timeout(self.random.expovariate(self.handling[kind]))
        done(None)

    def answer(self, contact: Contact, done: Done) -> None:
        contact.waiting = False
        contact.answered.succeed(done)
