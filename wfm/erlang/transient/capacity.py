"""What agents can take from a queue, as long as there is one: they are then all busy, and nothing depends on the queue."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right


class Capacity:
    """C(t) from the time on at which all agents are busy, and its inverse; built as far as it is asked for.

    Between corners C and the number of busy agents have one course each; a jump of C has two corners at one time, a standstill
    two at one C.
    """

    def __init__(self, edges: list[float], agents: list[float], mu: float, interval: int, now: float, busy: float) -> None:
        self._edges, self._agents, self._mu, self._next = [*edges, math.inf], [*agents, agents[-1]], mu, interval
        self.times, self.taken, self.busy = [now], [0.0], [busy]

    def _extend(self) -> bool:
        """One interval more; whether there was one."""
        if self._next == len(self._agents):
            return False
        n, end = self._agents[self._next], self._edges[self._next + 1]
        self._next += 1
        now, taken, busy = self.times[-1], self.taken[-1], self.busy[-1]
        if n > busy:
            self._corner(now, taken + n - busy, n)
        elif n < busy:
            free = now + math.log(busy / n) / self._mu if n > 0.0 else math.inf
            if free >= end:
                self._corner(end, taken, busy * math.exp(-self._mu * (end - now)))
                return True
            self._corner(free, taken, n)
        now, taken = self.times[-1], self.taken[-1]
        if now < end:
            self._corner(end, taken + self._mu * n * (end - now) if n > 0.0 else taken, n)
        return True

    def _corner(self, time: float, taken: float, busy: float) -> None:
        self.times.append(time)
        self.taken.append(taken)
        self.busy.append(busy)

    def corner(self, y: float) -> float:
        """The first C above y at which its course changes."""
        while self.taken[-1] <= y and self._extend():
            pass
        i = bisect_right(self.taken, y)
        return self.taken[i] if i < len(self.taken) else math.inf

    def time(self, y: float, *, late: bool = True) -> float:
        """When C reaches y; in a standstill its beginning or, `late`, its end."""
        while self.taken[-1] <= y and self._extend():
            pass
        i = (bisect_right if late else bisect_left)(self.taken, y)
        if i == 0 or i == len(self.taken):
            return self.times[0] if i == 0 else math.inf
        low, high = self.taken[i - 1], self.taken[i]
        if high == math.inf:
            return self.times[i - 1] + (y - low) / (self._mu * self.busy[i])
        return self.times[i - 1] + (y - low) / (high - low) * (self.times[i] - self.times[i - 1])

    def stretches(self, end: float, y: float) -> tuple[list[tuple[float, float, float]], float]:
        """Start, busy agents and the level they go to, up to the end of the queue; and the busy agents then."""
        while self.times[-1] <= end and self._extend():
            pass
        found = []
        for i in range(1, len(self.times)):
            start = self.times[i - 1]
            if start >= end:
                break
            if self.times[i] > start:
                level = self.busy[i] if self.busy[i] == self.busy[i - 1] else 0.0
                found.append((start, self.busy[i - 1], level))
        i = bisect_left(self.taken, y)
        if 0 < i < len(self.times) and self.times[i] == self.times[i - 1]:
            # Not all of those added found somebody waiting.
            return found, self.busy[i] - (self.taken[i] - y)
        start, busy, level = found[-1]
        return found, level + (busy - level) * math.exp(-self._mu * (end - start))
