"""The same queues on SimPy as its users write them: a process for each customer, who waits for a free agent or gives up."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import simpy


class Centre:
    """Customers with exponential handle times and patience; agents of `steps` (length [s], rate [1/s], agents) one after another.

    `batches` holds [offered, abandoned, answered within the threshold] by step of arrival.
    """

    def __init__(self, steps: Sequence[tuple[float, float, int]], aht: float, patience: float, threshold: float, seed: int) -> None:
        self.steps, self.aht, self.patience, self.threshold = steps, aht, patience, threshold
        self.random = random.Random(seed)
        self.batches = [[0, 0, 0] for _ in steps]
        self.env = simpy.Environment()
        most = max(agents for _, _, agents in steps)
        # Where numbers change, absent agents hold the places nobody works at, and come before customers.
        changes = len({agents for _, _, agents in steps}) > 1
        self.desks: Any = simpy.PriorityResource(self.env, most) if changes else simpy.Resource(self.env, most)
        self.ask = (lambda: self.desks.request(priority=1)) if changes else self.desks.request
        self.env.process(self.arrivals())
        if changes:
            self.env.process(self.shifts(most))
        self.env.run()

    def arrivals(self) -> Iterator[Any]:
        begin = 0.0
        for step, (length, rate, _) in enumerate(self.steps):
            while True:
                gap = self.random.expovariate(rate)
                if self.env.now + gap >= begin + length:
                    break
                yield self.env.timeout(gap)
                self.env.process(self.customer(self.batches[step]))
            begin += length
            yield self.env.timeout(begin - self.env.now)

    def customer(self, batch: list[int]) -> Iterator[Any]:
        came = self.env.now
        batch[0] += 1
        with self.ask() as answer:
            happened = yield answer | self.env.timeout(self.random.expovariate(1 / self.patience))
            if answer in happened:
                batch[2] += self.env.now - came <= self.threshold
                yield self.env.timeout(self.random.expovariate(1 / self.aht))
            else:
                batch[1] += 1

    def shifts(self, most: int) -> Iterator[Any]:
        absent: list[simpy.Event] = []
        for length, _, agents in self.steps:
            while len(absent) > most - agents:
                absent.pop().succeed()
            while len(absent) < most - agents:
                absent.append(self.env.event())
                self.env.process(self.away(absent[-1]))
            yield self.env.timeout(length)
        for back in absent[: len(absent) - most + self.steps[-1][2]]:
            back.succeed()

    def away(self, back: simpy.Event) -> Iterator[Any]:
        with self.desks.request(priority=0):
            yield back
