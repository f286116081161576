"""The chain of contacts by brute force: dense matrix exponentials of every pair (busy, waiting), a tagged contact for each fate.

Nothing here is shared with `wfm.erlang.transient`: states are pairs, time passes by `scipy.linalg.expm`, and what becomes of an
arrival is followed backwards from its deadline, or from the end of time, and integrated over its moment by Gauss.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
FUNCTIONALS = ("queue", "busy", "excess", "delayed", "blocked", "abandoning")


@dataclass
class Brute:
    """A small day; ``lines`` None cuts contacts in the system off at ``most``, which must be far more than ever come."""

    rates: list[float]
    aht: list[float]
    theta: float
    interval: float
    agents: list[int]
    leaving: str
    lines: int | None = None
    most: int = 30

    def __post_init__(self):
        self.cap = self.most if self.lines is None else self.lines
        # Who is in service when agents go up and down: never more than the greatest number of them, or than there are.
        self.top = min(max(self.agents), self.cap)
        self.states = [(b, w) for b in range(self.top + 1) for w in range(self.cap - b + 1)]
        self.index = {s: k for k, s in enumerate(self.states)}

    # ---- everybody ----

    def generator(self, i):
        """Rates between the pairs in an interval."""
        n, mu, rate = self.agents[i], 1 / self.aht[i], self.rates[i]
        q = np.zeros((len(self.states),) * 2)
        for (b, w), k in self.index.items():
            if w and b < n:
                continue  # nobody waits beside a free agent
            moves = []
            if b < n:
                moves.append((rate, (b + 1, w)))
            elif b + w < self.cap:
                moves.append((rate, (b, w + 1)))
            moves.append((b * mu, (b, w - 1) if w and b <= n else (b - 1, w)))
            moves.append((w * self.theta, (b, w - 1)))
            for pace, after in moves:
                if pace > 0 and after in self.index:
                    q[k, self.index[after]] += pace
        return q - np.diag(q.sum(axis=1))

    def restaffed(self, p, i):
        """Probabilities after the change to interval i's agents."""
        n, after = self.agents[i], np.zeros_like(p)
        for (b, w), k in self.index.items():
            if self.leaving == "finish":
                more = min(max(n - b, 0), w)
                after[self.index[b + more, w - more]] += p[k]
            else:
                busy = min(b + w, n)
                after[self.index[busy, b + w - busy]] += p[k]
        return after

    def functionals(self, i):
        n, cap = self.agents[i], self.cap if self.lines is not None else math.inf
        table = []
        for b, w in self.states:
            full, none_free = b + w >= cap, b >= n
            table.append((w, b, max(b - n, 0), none_free and not full, full, w * self.theta))
        return np.array(table, dtype=float)

    def begin(self, chances):
        """Pairs of 0, 1, ... contacts."""
        p, n = np.zeros(len(self.states)), self.agents[0]
        for k, chance in enumerate(chances):
            p[self.index[min(k, n), k - min(k, n)]] = chance
        return p

    def play(self, chances=(1.0,)):
        """States in which intervals begin and end, and integrals of the functionals in each."""
        p, begins, ends, sums = self.begin(chances), [], [], []
        for i in range(len(self.agents)):
            p = self.restaffed(p, i) if i else p
            begins.append(p)
            f, q = self.functionals(i), self.generator(i)
            whole = np.zeros((len(p) + f.shape[1],) * 2)
            whole[: len(p), : len(p)], whole[: len(p), len(p) :] = q, f
            after = np.concatenate([p, np.zeros(f.shape[1])]) @ expm(whole * self.interval)
            p = after[: len(p)]
            ends.append(p)
            sums.append(dict(zip(FUNCTIONALS, after[len(p) :].tolist(), strict=True)))
        return begins, ends, sums

    # ---- one who waits ----

    def tagged(self, i):
        """Rates of (busy, ahead) for one who waits in interval i, the paces of being answered; abandoning is what is left."""
        n, mu = self.agents[min(i, len(self.agents) - 1)], 1 / self.aht[min(i, len(self.aht) - 1)]
        q, answered = np.zeros((len(self.states),) * 2), np.zeros(len(self.states))
        for (b, j), k in self.index.items():
            if b < n:
                continue
            q[k, k] -= b * mu + (j + 1) * self.theta
            if b > n:
                q[k, self.index[b - 1, j]] += b * mu
            elif j:
                q[k, self.index[b, j - 1]] += b * mu
            else:
                answered[k] += b * mu
            if j:
                q[k, self.index[b, j - 1]] += j * self.theta
        return q, answered

    def waiting(self, i):
        """1 where somebody may wait, no agent being free."""
        return np.array([float(b >= self.agents[i]) for b, _ in self.states])

    def across(self, after, i, worth):
        """Values just before interval i begins, from those just after; ``worth`` to be answered by the change."""
        n, before = self.agents[i], np.zeros_like(after)
        for (b, j), k in self.index.items():
            if self.leaving == "finish":
                free = max(n - b, 0)
                before[k] = worth if free > j else after[self.index[b + free, j - free]]
            elif n - b > j:
                before[k] = worth
            elif (n, b + j - n) in self.index:
                before[k] = after[self.index[n, b + j - n]]
        return before

    def backward(self, time, i, deadline):
        """Chance of one who waits at ``time`` in interval i to be answered by the deadline."""
        last, value, at = i, np.zeros(len(self.states)), deadline
        while last + 1 < len(self.agents) and (last + 1) * self.interval < deadline:
            last += 1
        for k in range(last, i - 1, -1):
            since = time if k == i else k * self.interval
            q, answered = self.tagged(k)
            value = self._earlier(q, answered, value, at - since)
            at = since
            if k > i:
                value = self.across(value, k, 1.0)
        return value

    def ever(self, i, *, waits):
        """Chance to abandon (or mean wait), for one who waits when interval i ends."""
        q, _ = self.tagged(len(self.agents) - 1)
        gain = np.array([1.0 if waits else self.theta for _ in self.states])
        used = np.diag(q) < 0
        value = np.zeros(len(self.states))
        value[used] = np.linalg.solve(-q[np.ix_(used, used)], gain[used])
        for k in range(len(self.agents) - 1, i, -1):
            q, _ = self.tagged(k)
            value = self.across(self._earlier(q, gain * self.waiting(k), value, self.interval), k, 0.0)
        return value

    @staticmethod
    def _earlier(q, pace, value, length):
        """Values a time earlier, with a reward at this pace meanwhile."""
        if length <= 0:
            return value
        whole = np.zeros((len(q) + 1,) * 2)
        whole[:-1, :-1], whole[:-1, -1] = q, pace
        return (expm(whole * length) @ np.append(value, 1.0))[:-1]

    def arrivals(self, begins, worth, marks):
        """Sum over the arrivals of each interval of what ``worth(time, i)`` is for one who has to wait, and the chance not to."""
        totals, at_once = [], []
        for i, p in enumerate(begins):
            q, n, total, free = self.generator(i), self.agents[i], 0.0, 0.0
            a, b = i * self.interval, (i + 1) * self.interval
            inner = [a, *sorted(m for m in marks if a < m < b), b]
            waits = [k for (busy, w), k in self.index.items() if busy >= n and (self.lines is None or busy + w < self.lines)]
            # An arrival that meets (busy, w) has w ahead.
            frees = [k for (busy, w), k in self.index.items() if busy < n and busy + w < self.cap]
            now = a
            for c, d in itertools.pairwise(inner):
                for node, weight in zip(NODES, WEIGHTS, strict=True):
                    time = (c + d) / 2 + (d - c) / 2 * node
                    p = p @ expm(q * (time - now))
                    now = time
                    share = weight * (d - c) / 2 * self.rates[i]
                    total += share * (p[waits] @ worth(time, i)[waits])
                    free += share * p[frees].sum()
            totals.append(total)
            at_once.append(free)
        return np.array(totals), np.array(at_once)

    def answered_within(self, begins, threshold):
        """Arrivals of each interval that are answered within the threshold."""
        marks = [k * self.interval - threshold for k in range(1, len(self.agents))]
        late, at_once = self.arrivals(begins, lambda time, i: self.backward(time, i, time + threshold), marks)
        return late + at_once

    def fates(self, begins, *, waits=False):
        """Arrivals of each interval that abandon, or their waits summed."""
        ends = [self.ever(i, waits=waits) for i in range(len(self.agents))]

        def worth(time, i):
            q, _ = self.tagged(i)
            gain = self.waiting(i) * (1.0 if waits else self.theta)
            return self._earlier(q, gain, ends[i], (i + 1) * self.interval - time)

        return self.arrivals(begins, worth, ())[0]
