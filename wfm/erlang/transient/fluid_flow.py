"""Fluid with exponential patience, in closed form: stretches of time on which queue and busy agents decay towards a level.

Between the edges there are four kinds of stretches: some agents free; all busy and a queue; all lines busy; more agents busy
than there are, since those who leave finish their contact first. The times at which one follows another are logarithms.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from wfm.erlang.transient.fluid import Fluid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wfm.erlang.shapes import Shape

    Vector = NDArray[np.float64]


class Stretch(NamedTuple):
    """A stretch on which busy' = mu (level - busy) and queue' = inflow - theta queue.

    `serving` is the rate at which the head of the queue is served (inf: nobody waits), `entered` how many went from the queue
    to agents at its very beginning (below 0: were sent back to the queue).
    """

    start: float
    busy: float
    level: float
    queue: float
    inflow: float
    serving: float
    blocked: float
    entered: float


class FlowFluid(Fluid):
    """Made by `wfm.erlang.transient.fluid.fluid`."""

    def __init__(
        self,
        shape: Shape,
        rates: Vector,
        edges: Vector,
        agents: Vector,
        aht: float,
        patience: float,
        lines: float | None,
        start: float | Literal["stationary"],
        leaving: str,
    ) -> None:
        self._shape, self._rates, self._edges = shape, rates, edges
        self._mu, self._theta = 1.0 / aht, 1.0 / patience
        self._lines = math.inf if lines is None else lines
        inside = self._steady(float(rates[0]), float(agents[0])) if start == "stationary" else float(start)
        if inside > self._lines:
            raise ValueError(f"start is {inside:g}, more than the {self._lines:g} lines")
        stretches: list[Stretch] = []
        busy = min(inside, float(agents[0]))
        state = (busy, inside - busy)
        ends = [*edges[1:].tolist(), math.inf]
        for k, (begin, end) in enumerate(zip(edges.tolist(), ends, strict=True)):
            last = k == len(rates)
            n = float(agents[-1] if last else agents[k])
            state = self._play(stretches, state, begin, end, 0.0 if last else float(rates[k]), n, leaving)
        columns = np.array(stretches).T
        self._start = np.ascontiguousarray(columns[0])
        self._columns = [np.ascontiguousarray(c) for c in columns]

    def _steady(self, rate: float, agents: float) -> float:
        over = rate - self._mu * agents
        if over <= 0.0:
            return min(rate / self._mu, self._lines)
        if self._theta == 0.0 and self._lines == math.inf:
            raise ValueError("start is 'stationary', but with endless patience the first interval's queue grows for ever")
        return min(agents + over / self._theta if self._theta > 0.0 else math.inf, self._lines)

    def _play(
        self, out: list[Stretch], state: tuple[float, float], now: float, end: float, rate: float, n: float, leaving: str
    ) -> tuple[float, float]:
        """Append the stretches of one interval; the state at its end."""
        busy, queue = state
        entered = min(queue, n - busy if leaving == "return_to_queue" else max(n - busy, 0.0))
        busy, queue = busy + entered, (queue - entered if entered < queue else 0.0)
        if abs(busy - n) <= 1e-13 * n:
            busy = n
        mu, theta = self._mu, self._theta
        while now < end:
            capacity, room = mu * n, self._lines - busy - queue
            level, inflow, serving, blocked, until = rate / mu, 0.0, math.inf, 0.0, math.inf
            after = (busy, queue)
            if busy > n:
                level, inflow, serving = 0.0, rate, 0.0
                until = math.log(busy / n) / mu if n > 0.0 else math.inf
                after = (n, math.nan)
            elif room <= 1e-12 * min(self._lines, 1e300) and rate > mu * busy + theta * queue:
                level, inflow, blocked = busy, theta * queue, rate - mu * busy - theta * queue
                serving = capacity if queue > 0.0 else math.inf
            elif queue > 0.0 or (busy >= n and rate > capacity):
                level, inflow, serving = n, rate - capacity, capacity
                busy = n
                if inflow < 0.0:
                    until = _falls(queue, -inflow, theta)
                    after = (n, 0.0)
                elif inflow - theta * (self._lines - n) > 0.0 and self._lines < math.inf:
                    until = _rises(queue, self._lines - n, inflow, theta)
                    after = (n, self._lines - n)
            else:
                most = min(n, self._lines)
                if level > most:
                    until = math.log((level - busy) / (level - most)) / mu
                    after = (most, 0.0)
            out.append(Stretch(now, busy, level, queue, inflow, serving, blocked, entered))
            length = min(until, end - now)
            if until <= end - now:
                queue = after[1] if not math.isnan(after[1]) else _queue(queue, inflow, theta, length)
                busy = after[0]
            else:
                busy, queue = level + (busy - level) * math.exp(-mu * length), _queue(queue, inflow, theta, length)
            if until == 0.0:
                out.pop()
            else:
                entered = 0.0
            now = now + length if length < end - now else end
        return busy, max(queue, 0.0)

    def _parts(self, at: Vector) -> tuple[NDArray[np.int64], Vector]:
        i = np.maximum(np.searchsorted(self._start, at, side="right") - 1, 0)
        return i, at - self._start[i]

    def _queue(self, at: Vector) -> Vector:
        i, s = self._parts(at)
        x = self._theta * s
        return np.maximum(self._columns[3][i] * np.exp(-x) + self._columns[4][i] * s * _phi1(x), 0.0)

    def _busy(self, at: Vector) -> Vector:
        i, s = self._parts(at)
        return np.asarray(self._columns[2][i] + (self._columns[1][i] - self._columns[2][i]) * np.exp(-self._mu * s))

    def _leaving(self, at: Vector) -> Vector:
        return np.asarray(self._theta * self._queue(at))

    def _stays(self, at: Vector, wait: Vector) -> Vector:
        return np.exp(-self._theta * wait) if self._theta > 0.0 else np.ones_like(wait)

    def _lasts(self, wait: Vector) -> Vector:
        return np.asarray(-np.expm1(-self._theta * wait) / self._theta) if self._theta > 0.0 else wait

    def _clears(self, at: float) -> float:
        if float(self._queue(np.array([at]))[0]) == 0.0:
            return at
        i = int(self._parts(np.array([at]))[0][0])
        empty = np.flatnonzero(self._columns[3][i + 1 :] == 0.0)
        return float(self._start[i + 1 + empty[0]]) if len(empty) else math.inf

    def _wait(self, at: Vector) -> Vector:
        """Follow who is ahead of each arrival: served from the head, and leaving, until none is left."""
        order = np.argsort(at, kind="stable")
        times = at[order]
        first = np.maximum(np.searchsorted(self._start, times, side="right") - 1, 0)
        ahead = self._queue(times)
        served = np.full(len(times), np.inf)
        starts = np.searchsorted(first, np.arange(len(self._start) + 1))
        waiting = np.empty(0, dtype=np.int64)
        ends = np.append(self._start[1:], np.inf)
        _, _, _, _, _, serving, _, entered = self._columns
        for i in range(len(self._start)):
            if len(waiting) and entered[i] != 0.0:
                ahead[waiting] -= entered[i]
                through = ahead[waiting] <= 0.0
                served[waiting[through]] = self._start[i]
                waiting = waiting[~through]
            new = np.arange(starts[i], starts[i + 1])
            if serving[i] == np.inf:
                served[new] = times[new]
                # Those left over by rounding.
                served[waiting] = self._start[i]
                waiting = waiting[:0]
                continue
            waiting = np.concatenate([waiting, new])
            if not len(waiting):
                continue
            begin = np.maximum(times[waiting], self._start[i])
            left = ends[i] - begin
            here = ahead[waiting]
            takes = _fall(here, serving[i], self._theta)
            through = takes <= left
            served[waiting[through]] = (begin + takes)[through]
            with np.errstate(invalid="ignore"):
                x = self._theta * left
                rest = here * np.exp(-x) - serving[i] * left * _phi1(x) if ends[i] < np.inf else here
            ahead[waiting] = rest
            waiting = waiting[~through]
        found = np.empty_like(times)
        found[order] = np.maximum(served - times, 0.0)
        return found

    def _totals(self) -> tuple[Vector, Vector, Vector, Vector]:
        ends = np.append(self._start[1:], np.inf)
        inside = self._start < self._edges[-1]
        start, busy, level, queue, inflow, _, blocked, _ = (c[inside] for c in self._columns)
        s = np.minimum(ends[inside], self._edges[-1]) - start
        x, y = self._theta * s, self._mu * s
        queued = queue * s * _phi1(x) + inflow * s * s * _phi2(x)
        worked = level * s + (busy - level) * s * _phi1(y)
        k = np.searchsorted(self._edges, start, side="right") - 1
        found = np.zeros((4, len(self._rates)))
        for total, part in zip(found, (blocked * s, self._theta * queued, queued, worked), strict=True):
            np.add.at(total, k, part)
        return found[0], found[1], found[2], found[3]


def _queue(queue: float, inflow: float, theta: float, s: float) -> float:
    if s == math.inf:
        return inflow / theta if theta > 0.0 else queue
    x = theta * s
    return queue * math.exp(-x) + inflow * s * (-math.expm1(-x) / x if x > 0.0 else 1.0)


def _falls(queue: float, drain: float, theta: float) -> float:
    """When a queue that is drained at this rate, and left, is empty."""
    return math.log1p(theta * queue / drain) / theta if theta > 0.0 else queue / drain


def _rises(queue: float, top: float, inflow: float, theta: float) -> float:
    """When a queue reaches a length that lies below its final one."""
    share = (top - queue) / (inflow - theta * queue)
    return -math.log1p(-theta * share) / theta if theta > 0.0 else share


def _fall(queue: Vector, drain: float, theta: float) -> Vector:
    if drain == 0.0:
        return np.full_like(queue, np.inf)
    with np.errstate(over="ignore"):
        return np.asarray(np.log1p(theta * queue / drain) / theta if theta > 0.0 else queue / drain)


def _phi1(x: Vector) -> Vector:
    """(1 - e^-x) / x."""
    safe = np.where(x > 0.0, x, 1.0)
    return np.where(x > 0.0, -np.expm1(-safe) / safe, 1.0)


def _phi2(x: Vector) -> Vector:
    """(x - 1 + e^-x) / x^2, by its series where that would cancel."""
    safe = np.where(x > 0.1, x, 1.0)
    series = 0.5 + x * (-1 / 6 + x * (1 / 24 + x * (-1 / 120 + x * (1 / 720 + x * (-1 / 5040 + x * (1 / 40320 - x / 362880))))))
    return np.where(x > 0.1, (safe + np.expm1(-safe)) / (safe * safe), series)
