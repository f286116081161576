"""The readable engine, on SimPy: what a compiled engine has to agree with, row by row.

SimPy keeps the clock and the order of events; each kind of event is a method of `Centre`. Events are scheduled with the priority of
`wfm.simulate.events`, so nothing depends on the order in which they were made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable

import numpy as np
import simpy

from wfm.core.draws import NEVER
from wfm.simulate.drawing import Drawn, LaterAttempts
from wfm.simulate.events import Rank, priority
from wfm.simulate.model import Model
from wfm.simulate.records import ABANDONED, BLOCKED, HANDLED, Records


class Attempt:
    """One try of a contact to reach a person."""

    __slots__ = ("arrival", "contact", "handle", "interval", "number", "patience", "waiting")

    def __init__(self, contact: int, number: int, interval: int, arrival: int, handle: int, patience: int) -> None:
        self.contact, self.number, self.interval = contact, number, interval
        self.arrival, self.handle, self.patience = arrival, handle, patience
        self.waiting = False


class Moment(simpy.Event):
    """An event whose outcome is known when it is made: at its time it calls one method with the attempt it is about."""

    def __init__(self, env: simpy.Environment, happens: Callable[[Moment], None], attempt: Attempt | None) -> None:
        # As SimPy's own Timeout does, without the constructor above it: a third of all time is spent making events.
        self.env = env
        self.callbacks = [happens]
        self._ok, self._value = True, None
        self.attempt = attempt


def play(model: Model, drawn: Drawn) -> Records:
    """Play one replication.

    Parameters
    ----------
    model
        Intervals, agents and rules.
    drawn
        The replication's customers, of `wfm.simulate.drawing.draw`.

    Returns
    -------
    Records
        One row an attempt, and agents' time by interval.
    """
    return Centre(model, drawn).run()


class Centre:
    """One queue, its agents and its lines; the methods are what can happen."""

    def __init__(self, model: Model, drawn: Drawn) -> None:
        self.env = simpy.Environment(initial_time=0)
        self.later = LaterAttempts(model, drawn)
        self.starts, self.ends, self.closing = model.start.tolist(), model.end.tolist(), model.closing().tolist()
        self.agents_of = model.agents.tolist()
        self.lines, self.talk_share = model.lines, model.talk_share
        self.line_ends_with_talk = model.lines is not None and model.talk_share < 1
        self.fresh = zip(
            range(len(drawn.arrival)),
            drawn.interval.tolist(),
            drawn.arrival.tolist(),
            drawn.handle.tolist(),
            drawn.patience.tolist(),
            strict=True,
        )
        self.queue: deque[Attempt] = deque()  # may hold people who have hung up; `waiting` counts the others
        self.waiting = self.busy = self.agents = self.on_line = 0
        self.interval, self.open, self.since = -1, False, 0
        K = len(self.starts)
        self.busy_time, self.staffed, self.overrun = [0] * K, [0] * K, [0] * K
        self.rows: list[tuple[int, int, int, int, int, int, int]] = []

    @property
    def now(self) -> int:
        """The clock, in microseconds: whole, because it starts at 0 and only whole delays are added."""
        return self.env.now  # type: ignore[return-value]

    def run(self) -> Records:
        """Let everything happen."""
        self._expect_interval(0)
        self._expect_arrival()
        self.env.run()
        rows = np.array(self.rows, dtype=np.int64).reshape(-1, 7)
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
        times = (np.array(sums, dtype=np.int64) for sums in (self.busy_time, self.staffed, self.overrun))
        return Records(*np.ascontiguousarray(rows.T), *times)

    # ---- what can happen, in the order of the ranks ----

    def hang_up(self, _: Moment) -> None:
        """The talk is over: the line is free, the agent is not yet."""
        self.on_line -= 1

    def depart(self, _: Moment) -> None:
        """An agent is done with a contact, and turns to the next one or leaves."""
        self._account()
        self.busy -= 1
        if not self.line_ends_with_talk:
            self.on_line -= 1
        self._serve()

    def close(self, _: Moment) -> None:
        """An open span ends. The agents stay for those who wait; where there are no agents, nobody will ever answer."""
        self._account()
        self.open = False
        if self.agents == 0:
            while self.waiting:
                self._give_up(self._next_in_line())

    def begin_interval(self, _: Moment) -> None:
        """The next interval begins, with its own number of agents."""
        self._account()
        self.interval += 1
        self.open, self.agents = True, self.agents_of[self.interval]
        self._expect_interval(self.interval + 1)
        end = self.ends[self.interval]
        if end == self.closing[self.interval]:
            self._after(end - self.now, Rank.CLOSE, self.close)
        self._serve()

    def arrive(self, moment: Moment) -> None:
        """Somebody calls, for the first time or again."""
        attempt = moment.attempt
        assert attempt is not None
        if attempt.number == 1:
            self._expect_arrival()
        if self.lines is not None and self.on_line >= self.lines:
            self._record(attempt, BLOCKED, 0)
            self._perhaps_again(attempt, blocked=True)
            return
        self.on_line += 1
        if self.busy < self.agents:
            self._account()
            self._answer(attempt)
            return
        attempt.waiting = True
        self.waiting += 1
        self.queue.append(attempt)
        if attempt.patience < NEVER:
            self._after(attempt.patience, Rank.ABANDON, self.lose_patience, attempt)

    def lose_patience(self, moment: Moment) -> None:
        """Somebody's patience is at its end, which matters only if they still wait."""
        attempt = moment.attempt
        assert attempt is not None
        if attempt.waiting:
            attempt.waiting = False
            self.waiting -= 1
            self._give_up(attempt)

    # ---- what follows from it ----

    def _serve(self) -> None:
        while self.waiting and self.busy < self.agents:
            self._answer(self._next_in_line())

    def _next_in_line(self) -> Attempt:
        while True:
            attempt = self.queue.popleft()
            if attempt.waiting:
                attempt.waiting = False
                self.waiting -= 1
                return attempt

    def _answer(self, attempt: Attempt) -> None:
        self.busy += 1
        self._record(attempt, HANDLED, attempt.handle)
        self._after(attempt.handle, Rank.DEPARTURE, self.depart, attempt)
        if self.line_ends_with_talk:
            self._after(int(attempt.handle * self.talk_share), Rank.HANG_UP, self.hang_up, attempt)

    def _give_up(self, attempt: Attempt) -> None:
        self.on_line -= 1
        self._record(attempt, ABANDONED, 0)
        self._perhaps_again(attempt, blocked=False)

    def _perhaps_again(self, attempt: Attempt, *, blocked: bool) -> None:
        contact, number = attempt.contact, attempt.number + 1
        delay = self.later.delay(contact, attempt.number, blocked=blocked)
        time = self.now + delay
        if delay < 0 or time >= self.closing[attempt.interval]:
            return
        interval = bisect_right(self.starts, time) - 1
        handle, patience = self.later.handle_and_patience(contact, number, interval)
        again = Attempt(contact, number, interval, time, handle, patience)
        self._after(delay, Rank.REDIAL, self.arrive, again)

    def _expect_arrival(self) -> None:
        fresh = next(self.fresh, None)
        if fresh is not None:
            contact, interval, arrival, handle, patience = fresh
            first = Attempt(contact, 1, interval, arrival, handle, patience)
            self._after(arrival - self.now, Rank.ARRIVAL, self.arrive, first)

    def _expect_interval(self, number: int) -> None:
        if number < len(self.starts):
            self._after(self.starts[number] - self.now, Rank.INTERVAL, self.begin_interval)

    def _after(self, delay: int, rank: Rank, happens: Callable[[Moment], None], attempt: Attempt | None = None) -> None:
        order = priority(rank, attempt.contact, attempt.number) if attempt else priority(rank)
        self.env.schedule(Moment(self.env, happens, attempt), order, delay)  # type: ignore[arg-type]  # any int will do

    def _record(self, attempt: Attempt, outcome: int, handle: int) -> None:
        wait = self.now - attempt.arrival
        self.rows.append((attempt.contact, attempt.number, attempt.interval, attempt.arrival, outcome, wait, handle))

    def _account(self) -> None:
        """Book agents' time since the last change: before `busy`, `agents` or the interval change."""
        now = self.now
        passed = now - self.since
        if passed and self.interval >= 0:
            here = self.agents if self.open else 0
            over = max(self.busy - here, 0)
            self.busy_time[self.interval] += self.busy * passed
            self.staffed[self.interval] += (here + over) * passed
            self.overrun[self.interval] += over * passed
        self.since = now
