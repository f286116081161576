"""What is known of the system at a moment: how many contacts are in it, and how a change in the number of agents moves them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from wfm.erlang.transient import chain

#: What happens to contacts in service when agents leave: ``finish`` (the agent finishes first; "exhaustive" in the literature) or
#: ``return_to_queue`` (the contact goes back to the head of the queue; "preemptive").
Leaving = Literal["finish", "return_to_queue"]


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates that hold for a while: arrivals, services of one agent, abandonments of one who waits [1/s].

    ``onset`` [s]: those who wait less long do not abandon; how many they are is taken from the arrivals of that long.
    ``lines``: contacts in the system at most, -1 for no limit.
    """

    mu: float
    theta: float
    onset: float = 0.0
    lines: int = -1


@dataclass(frozen=True, eq=False)
class State:
    """Probabilities of the number of contacts while ``agents`` are on duty (`wfm.erlang.transient.chain`)."""

    x: NDArray[np.float64]
    over: NDArray[np.float64]
    agents: int

    @classmethod
    def of(cls, x: NDArray[np.float64], agents: int) -> State:
        """The state with these probabilities of 0, 1, ... contacts, nobody finishing late."""
        return cls(np.asarray(x, dtype=float), np.zeros((0, 1)), agents)

    def busy(self) -> float:
        """Expected contacts in service."""
        served = np.minimum(np.arange(len(self.x)), self.agents) @ self.x
        rows = np.arange(1, len(self.over) + 1) + self.agents
        return float(served + rows @ self.over.sum(axis=1))

    def queue(self) -> float:
        """Expected contacts waiting."""
        waits = np.maximum(np.arange(len(self.x)) - self.agents, 0) @ self.x
        return float(waits + np.arange(self.over.shape[1]) @ self.over.sum(axis=0))

    def delayed(self, lines: int) -> float:
        """Probability that a line is free and no agent is; with fewer lines than agents there always is one."""
        if 0 <= lines < self.agents:
            return 0.0
        return float(self.x[self.agents :].sum() + self.over.sum()) - self.full(lines)

    def full(self, lines: int) -> float:
        """Probability that every line is taken; 0 where there is no limit."""
        if lines < 0:
            return 0.0
        taken = float(self.x[lines]) if lines < len(self.x) else 0.0
        for row in range(len(self.over)):
            q = lines - self.agents - row - 1
            if 0 <= q < self.over.shape[1]:
                taken += float(self.over[row, q])
            elif q < 0:
                taken += float(self.over[row].sum())
        return taken

    def waiting(self) -> NDArray[np.float64]:
        """Probabilities of 0, 1, ... contacts waiting."""
        beyond = self.x[self.agents + 1 :]
        result = np.zeros(max(len(beyond) + 1, self.over.shape[1]))
        result[0] = self.x[: self.agents + 1].sum()
        result[1 : len(beyond) + 1] = beyond
        result[: self.over.shape[1]] += self.over.sum(axis=0)
        return result

    def restaffed(self, agents: int, leaving: Leaving) -> State:
        """The state just after the number of agents has changed."""
        if agents == self.agents:
            return self
        if leaving == "return_to_queue":
            return State(self.x, self.over, agents)
        return self._fallen(agents) if agents < self.agents else self._risen(agents)

    def _fallen(self, agents: int) -> State:
        fewer = self.agents - agents
        layers, most = self.over.shape
        beyond = self.x[self.agents :]
        width = max(most, len(beyond), 1)
        over = np.zeros((fewer + layers, width))
        between = self.x[agents + 1 : self.agents]
        over[: len(between), 0] = between
        over[fewer - 1, : len(beyond)] = beyond
        over[fewer:, :most] = self.over
        while len(over) and over[-1].sum() < chain.TINY:
            over = over[:-1]
        return State(self.x[: agents + 1].copy(), np.ascontiguousarray(over), agents)

    def _risen(self, agents: int) -> State:
        more = agents - self.agents
        layers, most = self.over.shape
        x = np.zeros(max(len(self.x), self.agents + layers + most + 1))
        x[: len(self.x)] = self.x
        for row in range(min(layers, more)):  # busy + waiting: those who can start do
            first = self.agents + row + 1
            x[first : first + most] += self.over[row]
        return State(x, self.over[more:].copy(), agents)


def stationary(rate: float, agents: int, rates: Rates) -> State:
    """The steady state at constant rates.

    Raises
    ------
    ValueError
        Where there is none: the load is not below the agents, nobody abandons and lines are unlimited.
    """
    mu, theta, lines = rates.mu, rates.theta, rates.lines
    if rate <= 0:
        return State.of(np.ones(1), agents)
    if theta <= 0 and lines < 0 and rate >= agents * mu:
        raise ValueError(
            f"there is no steady state: {rate / mu:g} erlang for {agents} agents, nobody abandons and lines are unlimited"
        )
    fresh = rate * rates.onset
    level = max(rate / mu, agents + fresh + (max(rate - agents * mu, 0.0) / theta if theta > 0 else 0.0))
    while True:
        top = int(level + 12 * math.sqrt(level + 1)) + 40 if lines < 0 else lines
        away = chain.leaving(max(top - agents, 0) + 1, theta, fresh)
        k = np.arange(1, top + 1)
        deaths = np.minimum(k, agents) * mu + away[np.maximum(k - agents, 0)]
        with np.errstate(divide="ignore"):
            logs = np.concatenate([[0.0], np.cumsum(np.log(rate) - np.log(deaths))])
        x = np.exp(logs - logs[np.isfinite(logs)].max()) if np.isfinite(logs).all() else _above(logs)
        x /= x.sum()
        if lines >= 0 or x[-1] < chain.TINY:
            return State.of(x, agents)
        level *= 1.5


def _above(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities where low states are left for ever (nobody serves and nobody abandons there): all weight from the last on."""
    last = int(np.flatnonzero(~np.isfinite(logs) | np.isnan(logs))[-1]) if np.isnan(logs).any() else len(logs) - 1
    x = np.zeros(len(logs))
    x[last] = 1.0
    return x
