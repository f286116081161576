"""Fluid with patience of any distribution: a queue known by the ages of those in it, solved along the arrivals.

While all agents are busy, contacts that arrive at `a` are served at a + v(a), v the wait they would have with endless patience.
Let C(t) be what agents could have taken from the queue since it began: it grows by agents / aht, by every agent that is added,
and not while more are busy than there are. Of the arrivals the share G(v) is still there when its turn comes, so

    C(a + v(a)) = integral of rate(u) G(v(u)) du up to a,

from which v follows; it is the boundary equation w' = 1 - b(t, 0) / q(t, w) of Liu and Whitt (Queueing Systems 71:405, 2012),
told from the arrivals' side, where nothing divides by a rate that may be 0. The queue at t is what has arrived since the head
of the queue did, each with the share still there at its age: an integral in closed form.

The equation for y = C(a + v) is solved by the implicit midpoint rule; steps end where rates and C bend and, as near as the
wait at both ends of a step tells, G. The error falls with the square of the step: of a day of quarter hours with overload and
exponential patience the default leaves errors of 0.02 s in waits and 0.004 contacts in queues. Where patience jumps, waits
stay at the jump while some leave; the implicit rule of Euler is taken there, whose error is of the order of a step.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.optimize import brentq

from wfm.erlang.formulas import fate as f
from wfm.erlang.impatience import Patience
from wfm.erlang.transient.capacity import Capacity
from wfm.erlang.transient.fluid import Fluid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wfm.erlang.shapes import Shape

    Vector = NDArray[np.float64]


class AgedFluid(Fluid):
    """Made by `wfm.erlang.transient.fluid.fluid`.

    The rate at which contacts leave does not count those who leave at the very moment their turn would come, as where patience
    ends for many at one age; totals by interval do.
    """

    def __init__(
        self,
        shape: Shape,
        rates: Vector,
        edges: Vector,
        agents: Vector,
        aht: float,
        patience: Patience,
        start: float | Literal["stationary"],
        step: float | None,
    ) -> None:
        self._shape, self._rates, self._edges, self._mu, self._patience = shape, rates, edges, 1.0 / aht, patience
        self._willing, self._endless = float(patience.survival(0.0)), patience._law[f.ENDLESS]
        shortest = min(aht, patience.mean_patience) if 0.0 < patience.mean_patience < math.inf else aht
        self._step = step or max(shortest / 50.0, float(np.diff(edges).max()) / 1000.0)
        # At what part of a step G is taken: in the middle, but where it jumps, and waits may stay at the jump, at the end.
        jumps = any(self._stay(k * (1.0 - 1e-9)) > self._stay(k) + 1e-6 for k in patience.kinks)
        self._part = 1.0 if jumps else 0.5
        self._staff = agents.tolist()
        # Who waits at the first edge came before it.
        wait, busy = self._begin(start, float(rates[0]), float(agents[0]))
        self._past = float(edges[0]) - wait
        self._ends = [*([self._past] if wait > 0.0 else []), *edges.tolist(), math.inf]
        self._levels = [*([float(rates[0])] if wait > 0.0 else []), *rates.tolist(), 0.0]
        self._nodes: list[tuple[float, float, float]] = []
        self._busy_parts: list[tuple[float, float, float]] = []
        self._spans: list[tuple[float, float]] = []
        self._solve(busy, waiting=wait > 0.0)
        nodes = np.array(self._nodes).reshape(-1, 3).T
        self._came, self._turn, self._taken = (np.ascontiguousarray(c) for c in nodes)
        parts = np.array(self._busy_parts).T
        self._part_start, self._part_busy, self._part_level = (np.ascontiguousarray(c) for c in parts)

    def _begin(self, start: float | Literal["stationary"], rate: float, agents: float) -> tuple[float, float]:
        """Wait and busy agents at the first edge."""
        if start != "stationary":
            if start > agents:
                raise ValueError(f"start is {start:g}; where patience is not exponential, at most the {agents:g} agents")
            return 0.0, start
        if rate * self._willing <= self._mu * agents:
            return 0.0, min(rate / self._mu, agents)
        if rate * self._endless >= self._mu * agents:
            raise ValueError("start is 'stationary', but in the first interval the queue grows for ever")
        top = max(self._patience.mean_patience, 1e-9) if self._patience.mean_patience < math.inf else 1.0
        while rate * self._stay(top) > self._mu * agents:
            top *= 2.0
        return float(brentq(lambda w: rate * self._stay(w) - self._mu * agents, 0.0, top, xtol=1e-12 * top)), agents

    def _stay(self, wait: float) -> float:
        if wait == math.inf:
            return self._endless
        return self._willing * f.fate(self._patience._law, max(wait, 0.0)).stays

    def _solve(self, busy: float, *, waiting: bool) -> None:
        mu, K = self._mu, len(self._rates)
        now, k = float(self._edges[0]), 0
        ends = [*self._edges.tolist(), math.inf]
        while now < math.inf:
            if waiting:
                now, busy = self._episode(now, k, busy)
                k = min(bisect_right(ends, now) - 1, K)
                waiting = False
                continue
            rate = float(self._rates[k]) if k < K else 0.0
            n, end = self._staff[min(k, K - 1)], ends[k + 1]
            if abs(busy - n) <= 1e-13 * n:
                busy = n
            if busy > n or (busy >= n and rate * self._willing > mu * n):
                waiting = True
                continue
            level = rate / mu
            until = math.inf
            if level > n:
                if busy >= n:
                    # So many leave at once that nobody waits.
                    level = n
                else:
                    until = now + math.log((level - busy) / (level - n)) / mu
            self._busy_parts.append((now, busy, level))
            if until < end:
                now, busy = until, n
            else:
                busy = level + (busy - level) * math.exp(-mu * (end - now))
                now, k = end, k + 1

    def _episode(self, now: float, k: int, busy: float) -> tuple[float, float]:
        """Follow the arrivals while there is a queue; when it ends, and the busy agents then."""
        capacity = Capacity(self._edges.tolist(), self._staff, self._mu, k, now, busy)
        a, y = (self._past if not self._spans and self._past < now <= self._edges[0] else now), 0.0
        first = a
        self._nodes.extend([(a, now, y), (a, capacity.time(y), y)])
        piece = bisect_right(self._ends, a) - 1
        while True:
            rate, end = self._levels[piece], self._ends[piece + 1]
            if rate == 0.0:
                turn = capacity.time(y)
                a = min(end, turn)
                if a < math.inf:
                    self._nodes.append((a, turn, y))
                done = turn <= end
            else:
                a, y, done = self._steps(capacity, a, y, rate, end)
            if done:
                break
            piece += 1
        self._spans.append((first, a))
        parts, busy = capacity.stretches(a, y) if a < math.inf else (capacity.stretches(math.inf, y)[0], 0.0)
        self._busy_parts.extend(parts)
        return a, busy

    def _steps(self, capacity: Capacity, a: float, y: float, rate: float, end: float) -> tuple[float, float, bool]:
        """From arrivals at a to those at the end of the piece, or until nobody waits."""
        count = max(math.ceil((end - a) / self._step), 1)
        length = (end - a) / count
        while a < end:
            h = length if end - a > 1.5 * length else end - a
            to = self._advance(capacity, a, y, rate, h)
            wait = capacity.time(y) - a
            kink = self._bend(wait, capacity.time(to) - a - h, h)
            if kink < h:
                h, to = kink, self._advance(capacity, a, y, rate, kink)
            corner = capacity.corner(y)
            if to > corner:
                h, to = self._until(capacity, a, y, rate, h, corner), corner
            turn = capacity.time(to)
            if turn <= a + h:
                if wait > 0.0 and turn < a + h:

                    def left(s: float, a: float = a, y: float = y) -> float:
                        return capacity.time(self._advance(capacity, a, y, rate, s)) - a - s

                    h = brentq(left, 0.0, h, xtol=1e-12 * h) if left(h) < 0.0 else h
                    to = self._advance(capacity, a, y, rate, h)
                a += h
                self._nodes.append((a, a, to))
                return a, to, True
            early = capacity.time(to, late=False)
            a = a + h if end - a > h else end
            if early < turn and to > y:
                self._nodes.append((a, max(early, a), to))
            y = to
            self._nodes.append((a, turn, y))
        return a, y, False

    def _advance(self, capacity: Capacity, a: float, y: float, rate: float, h: float) -> float:
        """An implicit step; its equation has one solution, since the more stay the longer the wait and the fewer stay."""
        most = rate * h

        def stay(share: float) -> float:
            return self._stay(capacity.time(y + self._part * share * most) - a - self._part * h)

        if most < 1e-12 or stay(self._willing) >= self._willing:
            return y + most * stay(self._willing)
        if stay(0.0) <= 0.0:
            return y
        return y + most * float(brentq(lambda share: share - stay(share), 0.0, self._willing, xtol=1e-13))

    def _until(self, capacity: Capacity, a: float, y: float, rate: float, h: float, corner: float) -> float:
        """The step after which y has come to a corner that lies within a step of h."""
        turn = capacity.time(y + self._part * (corner - y), late=False)

        def missing(s: float) -> float:
            return rate * s * self._stay(turn - a - self._part * s) - (corner - y)

        return float(brentq(missing, 0.0, h, xtol=1e-12 * h)) if missing(h) > 0.0 else h

    def _bend(self, wait: float, then: float, h: float) -> float:
        """Where within a step the wait passes an age at which patience bends; h if nowhere."""
        for kink in self._patience.kinks:
            if min(wait, then) < kink < max(wait, then) < math.inf:
                part = (kink - wait) / (then - wait)
                if 1e-3 < part < 1.0 - 1e-3:
                    return part * h
        return h

    def _within(self, at: Vector) -> NDArray[np.bool_]:
        """Whether there is a queue, or would be for those who come."""
        found = np.zeros(len(at), dtype=bool)
        for start, end in self._spans:
            found |= (at >= start) & (at < end)
        return found

    def _wait(self, at: Vector) -> Vector:
        found = np.zeros_like(at)
        inside = self._within(at)
        t = at[inside]
        i = np.searchsorted(self._came, t, side="right") - 1
        j = np.minimum(i + 1, len(self._came) - 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = np.where(self._came[j] > self._came[i], (t - self._came[i]) / (self._came[j] - self._came[i]), 0.0)
            turn = self._turn[i] + np.where(part > 0.0, part * (self._turn[j] - self._turn[i]), 0.0)
        turn = np.where(np.isinf(self._turn[i]), np.inf, turn)
        found[inside] = np.maximum(turn - t, 0.0)
        return found

    def _head(self, at: Vector) -> Vector:
        """When the head of the queue came."""
        i = np.clip(np.searchsorted(self._turn, at, side="right") - 1, 0, len(self._turn) - 1)
        j = np.minimum(i + 1, len(self._turn) - 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            part = (at - self._turn[i]) / (self._turn[j] - self._turn[i])
        part = np.where(np.isfinite(part), np.clip(part, 0.0, 1.0), 0.0)
        return np.asarray(self._came[i] + part * (self._came[j] - self._came[i]))

    def _ages(self, at: Vector) -> list[tuple[Vector, Vector, Vector]]:
        """Rate and least and greatest age of those in the queue, by the pieces of the rates they came in."""
        inside = self._within(at)
        head = np.where(inside, self._head(at) if len(self._turn) else at, at)
        ends, levels = np.array(self._ends), np.array(self._levels)
        here = np.searchsorted(ends, at, side="right") - 1
        found: list[tuple[Vector, Vector, Vector]] = []
        back = 0
        while True:
            j = here - back
            some = (j >= 0) & (ends[np.minimum(np.maximum(j, 0) + 1, len(ends) - 1)] > head)
            if not some.any():
                return found
            j = np.maximum(j, 0)
            late, early = np.minimum(ends[j + 1], at), np.maximum(ends[j], head)
            level = np.where(some & (early < late), levels[j], 0.0)
            found.append((level, np.where(level > 0.0, at - late, 0.0), np.where(level > 0.0, at - early, 0.0)))
            back += 1

    def _queue(self, at: Vector) -> Vector:
        found = np.zeros_like(at)
        for level, young, old in self._ages(at):
            some = level > 0.0
            found[some] += level[some] * (self._patience.integral(old[some]) - self._patience.integral(young[some]))
        return found

    def _leaving(self, at: Vector) -> Vector:
        found = np.zeros_like(at)
        k = np.minimum(np.searchsorted(self._edges, at, side="right") - 1, len(self._rates))
        rate = np.append(self._rates, 0.0)[k]
        for level, young, old in self._ages(at):
            some = level > 0.0
            found[some] += level[some] * (self._patience.survival(young[some]) - self._patience.survival(old[some]))
        at_once = np.where(self._within(at), rate * (1.0 - self._willing), np.maximum(rate - self._mu * self._busy(at), 0.0))
        full = self._busy(at) >= np.array([*self._staff, self._staff[-1]])[k] * (1.0 - 1e-12)
        return np.asarray(found + np.where(full, at_once, 0.0))

    def _busy(self, at: Vector) -> Vector:
        i = np.maximum(np.searchsorted(self._part_start, at, side="right") - 1, 0)
        decay = np.exp(-self._mu * (at - self._part_start[i]))
        return np.asarray(self._part_level[i] + (self._part_busy[i] - self._part_level[i]) * decay)

    def _stays(self, at: Vector, wait: Vector) -> Vector:
        shares = np.ones_like(wait)
        flat, came = wait.ravel(), at.ravel()
        inside = self._within(came)
        found = shares.ravel()
        found[inside] = [self._stay(w) for w in flat[inside]]
        if self._part == 1.0:
            # Waits stay at a jump while some of those who come leave there: who is answered follows from C.
            i = np.searchsorted(self._came, came, side="right") - 1
            j = np.minimum(i + 1, len(self._came) - 1)
            arrived = self._arrived(self._came[j]) - self._arrived(self._came[i]) if len(self._came) else np.zeros_like(came)
            some = inside & (arrived > 0.0)
            found[some] = np.clip((self._taken[j] - self._taken[i])[some] / arrived[some], 0.0, 1.0)
        pinned = ~inside & (self._leaving(came) > 0.0)
        rate = np.append(self._rates, 0.0)[np.minimum(np.searchsorted(self._edges, came, side="right") - 1, len(self._rates))]
        found[pinned] = 1.0 - self._leaving(came[pinned]) / rate[pinned]
        return found.reshape(wait.shape)

    def _lasts(self, wait: Vector) -> Vector:
        return np.asarray(self._patience.integral(wait), dtype=np.float64)

    def _arrived(self, at: Vector) -> Vector:
        ends = np.array(self._ends[:-1])
        total = np.append(0.0, np.cumsum(np.array(self._levels[:-1]) * np.diff(ends)))
        return np.asarray(np.interp(at, ends, total), dtype=np.float64)

    def _clears(self, at: float) -> float:
        return next((end for start, end in self._spans if start <= at < end), at)

    def _totals(self) -> tuple[Vector, Vector, Vector, Vector]:
        """Who leaves follows from the balance: what came is waiting, is being handled, has been handled, or has left."""
        from wfm.erlang.transient.fluid_flow import _phi1

        marks = np.unique(np.concatenate([self._part_start, self._edges]))
        marks = marks[(marks >= self._edges[0]) & (marks < self._edges[-1])]
        s = np.append(marks[1:], self._edges[-1]) - marks
        i = np.searchsorted(self._part_start, marks, side="right") - 1
        level = self._part_level[i]
        work = level * s + (self._busy(marks) - level) * s * _phi1(self._mu * s)
        k = np.searchsorted(self._edges, marks, side="right") - 1
        worked = np.zeros(len(self._rates))
        np.add.at(worked, k, work)
        inside = self._queue(self._edges) + self._busy(self._edges)
        lengths = np.diff(self._edges)
        abandoned = self._rates * lengths - np.diff(inside) - self._mu * worked
        bends = [np.array(span) for span in self._spans]
        if len(self._turn):
            bends.append(np.interp(self._edges, self._came, self._turn))
        cuts = np.unique(np.concatenate([marks, self._edges, *bends]))
        cuts = cuts[(cuts >= self._edges[0]) & (cuts <= self._edges[-1])]
        nodes, weights = np.polynomial.legendre.leggauss(12)
        half = 0.5 * np.diff(cuts)
        places = cuts[:-1, None] + half[:, None] * (1.0 + nodes)
        pieces = half * (self._queue(places.ravel()).reshape(places.shape) @ weights)
        queued = np.zeros(len(self._rates))
        np.add.at(queued, np.searchsorted(self._edges, cuts[:-1], side="right") - 1, pieces)
        return np.zeros_like(worked), np.maximum(abandoned, 0.0), queued, worked
