"""The readable engine, on SimPy: what a compiled engine has to agree with, row by row.

SimPy keeps the clock and the order of events; each kind of event is a method of `Play`. Events are scheduled with the priority of
`wfm.simulate.events`, so nothing depends on the order in which they were made. One queue is a centre of one type and one group.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

import numpy as np
import simpy

from wfm.core.draws import LATEST, LONGEST, NEVER
from wfm.simulate.centre import LEGS_MAX, Centre, Skill
from wfm.simulate.crowd import Crowd, Later, together
from wfm.simulate.drawing import Drawn
from wfm.simulate.events import RETURNS_MAX, Rank, priority
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import Records
from wfm.simulate.shifts import BEGIN, CLOSE, COME, COUNT, moments, refusals
from wfm.simulate.visits import ABANDONED, BLOCKED, HANDLED, RETURNED, ROWS, TRANSFERRED, WAITING, Visits


class Leg:
    """A contact in one queue, and with the agent who answers it there."""

    __slots__ = ("agent", "answered_by", "arrival", "attempt", "begin", "contact", "end", "handle", "interval", "kind", "number",
                 "own", "patience", "queued", "talk", "waiting")  # fmt: skip

    def __init__(
        self, contact: int, attempt: int, number: int, kind: int, interval: int, arrival: int, handle: int, patience: int
    ) -> None:
        self.contact, self.attempt, self.number = contact, attempt, number
        self.kind, self.interval, self.arrival, self.queued = kind, interval, arrival, arrival
        self.handle, self.patience = handle, patience
        self.waiting = False
        self.agent: Agent | None = None  # while one is busy with it
        self.answered_by = -1
        self.begin = self.end = self.talk = 0
        self.own = True  # whether `handle` is still to be multiplied by who answers; not for work left over

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Who goes first where nothing else decides."""
        return self.arrival, self.contact, self.attempt, self.number


class Agent:
    """One agent of a group."""

    __slots__ = ("due", "group", "idle_since", "leg", "number", "present", "speed")

    def __init__(self, number: int, group: int, speed: float) -> None:
        self.number, self.group, self.speed = number, group, speed
        self.present = self.due = False
        self.idle_since = 0
        self.leg: Leg | None = None


class Moment(simpy.Event):
    """An event whose outcome is known when it is made: at its time it calls one method with what it is about."""

    def __init__(self, env: simpy.Environment, happens: Callable[[Moment], None], leg: Leg | None, number: int) -> None:
        # As SimPy's own Timeout does, without the constructor above it: a third of all time is spent making events.
        self.env = env
        self.callbacks = [happens]
        self._ok, self._value = True, None
        self.leg, self.number = leg, number


def play(model: Model, drawn: Drawn) -> Records:
    """Play one replication of one queue.

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
    centre = Centre.of(model)
    found = play_centre(centre, together(centre, [drawn]))
    return Records(
        found.contact, found.attempt, found.interval, found.arrival, found.outcome, found.wait, found.handle,
        found.busy[0], found.staffed[0], found.overrun[0],
    )  # fmt: skip


def play_centre(centre: Centre, crowd: Crowd) -> Visits:
    """Play one replication of a centre.

    Parameters
    ----------
    centre
        Contact types, groups and rules.
    crowd
        The replication's customers, of `wfm.simulate.crowd.draw_crowd`.

    Returns
    -------
    Visits
        One row a visit of a queue, and agents' time by group and interval.
    """
    return Play(centre, crowd).run()


class Play:
    """A centre while it is played; the public methods are what can happen."""

    def __init__(self, centre: Centre, crowd: Crowd) -> None:
        model, self.centre = centre.intervals, centre
        self.env = simpy.Environment(initial_time=0)
        self.later = Later(centre, crowd)
        self.starts, self.ends, self.closing = model.start.tolist(), model.end.tolist(), model.closing().tolist()
        self.moments = list(zip(*(column.tolist() for column in moments(centre)), strict=True))
        self.refusals = refusals(centre).tolist()
        self.lines, self.on_line = centre.lines, 0
        self.fresh: Iterator[tuple[int, ...]] = zip(
            range(len(crowd.arrival)),
            *(column.tolist() for column in crowd.columns[:5]),
            strict=True,
        )
        self.queues: list[list[Leg]] = [[] for _ in centre.kinds]  # in order of arrival
        self.weight = centre.weight or (1,) * len(centre.kinds)
        self.head_start = [round(seconds * SECOND) for seconds in centre.head_start or (0.0,) * len(centre.kinds)]
        self.answerers: list[list[Skill]] = [[s for s in centre.skills if s.kind == y] for y in range(len(centre.kinds))]
        self.answered: list[list[Skill]] = [[s for s in centre.skills if s.group == g] for g in range(len(centre.groups))]
        self.delays = [sorted({round(s.delay * SECOND) for s in skills} - {0}) for skills in self.answerers]
        self.agents: list[list[Agent]] = []
        for group, about in enumerate(centre.groups):
            first = sum(map(len, self.agents))
            self.agents.append([Agent(first + i, group, float(crowd.speed[first + i])) for i in range(about.size)])
        G, K = len(centre.groups), len(self.starts)
        self.idle: list[list[Agent]] = [[] for _ in range(G)]  # longest first
        self.busy, self.wanted = [0] * G, [0] * G  # `wanted`: how many are to be there
        self.late = [0] * G  # of those with a roster, who work though they were to go
        self.interval, self.open, self.since = -1, False, 0
        self.busy_time, self.staffed, self.overrun = ([[0] * K for _ in range(G)] for _ in range(3))
        self.rows: list[tuple[int, ...]] = []

    @property
    def now(self) -> int:
        """The clock, in microseconds: whole, because it starts at 0 and only whole delays are added."""
        return self.env.now  # type: ignore[return-value]

    def run(self) -> Visits:
        """Let everything happen."""
        self._expect_change(0)
        self._expect_arrival()
        self.env.run()
        for leg in (leg for queue in self.queues for leg in queue):
            self._record(leg, WAITING, 0, wait=max(self.closing[-1] - leg.queued, 0))
        rows = np.array(self.rows, dtype=np.int64).reshape(-1, len(ROWS))
        rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
        times = (
            np.array(sums, dtype=np.int64).reshape(len(self.idle), len(self.starts))
            for sums in (self.busy_time, self.staffed, self.overrun)
        )
        return Visits(*np.ascontiguousarray(rows.T), *times)

    # ---- what can happen, in the order of the ranks ----

    def hang_up(self, moment: Moment) -> None:
        """The talk is over: the line is free, the agent is not yet."""
        if moment.leg is not None and moment.leg.agent is not None:
            self.on_line -= 1

    def depart(self, moment: Moment) -> None:
        """An agent is done with a leg, and turns to the next one or leaves."""
        leg = moment.leg
        assert leg is not None
        if leg.agent is None:
            return  # it was sent back into the queue before
        self._account()
        agent = self._release(leg)
        other = self._next_type(leg)
        if other < 0 and not (self.lines is not None and leg.talk < leg.handle):
            self.on_line -= 1
        self._record(leg, HANDLED if other < 0 else TRANSFERRED, leg.handle)
        if self._is_to_leave(agent):
            agent.present = False
        else:
            self._rest(agent)
            self._serve_one(agent.group)
        if other >= 0:
            self._pass_on(leg, other)

    def change(self, moment: Moment) -> None:
        """A span ends or begins, agents come and go: all that happens at one moment and rank."""
        self._account()
        number, time = moment.number, self.now
        kind = self.moments[number][1]
        if kind == CLOSE:
            self._expect_change(number + 1)
            self._close()
            return
        while number < len(self.moments) and self.moments[number][0] == time:
            _, kind, group, value = self.moments[number]
            if kind == BEGIN:
                self.interval, self.open = value, True
            elif kind == COUNT:
                self._count(group, value)
            else:
                self._come_or_go(self.agents[group][value], comes=kind == COME)
            number += 1
        self._expect_change(number)
        self._serve_all()

    def arrive(self, moment: Moment) -> None:
        """Somebody calls, for the first time or again."""
        leg = moment.leg
        assert leg is not None
        if leg.attempt == 1:
            self._expect_arrival()
        refused = any(since <= self.now < until for since, until in self.refusals)
        if refused or (self.lines is not None and self.on_line >= self.lines):
            self._record(leg, BLOCKED, 0)
            self._perhaps_again(leg, blocked=True)
            return
        self.on_line += 1
        self._join(leg)

    def overflow(self, moment: Moment) -> None:
        """Somebody has waited long enough for a further group."""
        leg = moment.leg
        assert leg is not None
        if leg.waiting:
            self._account()
            if not self._answer_at_once(leg):
                self._expect_overflow(leg)

    def lose_patience(self, moment: Moment) -> None:
        """Somebody's patience is at its end, which matters only if they still wait."""
        leg = moment.leg
        assert leg is not None
        if leg.waiting:
            self._give_up(leg)

    # ---- who meets whom ----

    def _join(self, leg: Leg) -> None:
        """Join the queue, or be answered at once."""
        self._account()
        if self._answer_at_once(leg):
            return
        leg.waiting = True
        self.queues[leg.kind].append(leg)
        if not self.open and not self._will_be_answered(leg.kind):
            self._give_up(leg)
            return
        if leg.patience < NEVER:
            self._after(leg.patience, Rank.ABANDON, self.lose_patience, leg)
        self._expect_overflow(leg)

    def _may(self, skill: Skill, leg: Leg) -> bool:
        """Whether the skill's group may answer the leg now: waited long enough, and more idle than kept in reserve."""
        reserve = skill.reserve if self.open else 0
        return self.now - leg.arrival >= round(skill.delay * SECOND) and len(self.idle[skill.group]) > reserve

    def _answer_at_once(self, leg: Leg) -> bool:
        """Let the best idle agent answer, if there is any who may."""
        able = [skill for skill in self.answerers[leg.kind] if self._may(skill, leg)]
        if not able:
            return False
        best = min(able, key=lambda s: (s.rank, self.idle[s.group][0].idle_since + round(s.handicap * SECOND), s.group))
        self._answer(leg, best)
        return True

    def _serve_one(self, group: int) -> bool:
        """Let an idle agent of the group answer the best of those who wait, if anyone may be answered."""
        heads = ((skill, self.queues[skill.kind][0]) for skill in self.answered[group] if self.queues[skill.kind])
        able = [(skill, leg) for skill, leg in heads if self._may(skill, leg)]
        if not able:
            return False
        skill, leg = min(able, key=lambda pair: (pair[0].level, -self._score(pair[1]), pair[1].place))
        self._answer(leg, skill)
        return True

    def _serve_all(self) -> None:
        for group in range(len(self.idle)):
            while self.idle[group] and self._serve_one(group):
                pass

    def _score(self, leg: Leg) -> int:
        return self.weight[leg.kind] * (self.now - leg.arrival) + self.head_start[leg.kind]

    def _answer(self, leg: Leg, skill: Skill) -> None:
        """The agent of the group who is idle longest answers."""
        agent = self.idle[skill.group].pop(0)
        self._unqueue(leg)
        if leg.own:
            factor = skill.factor * agent.speed
            if factor != 1.0:
                leg.handle = int(leg.handle * factor)
            leg.talk = int(leg.handle * self.centre.kinds[leg.kind].talk_share)
        if leg.handle > LONGEST or self.now >= LATEST:
            raise OverflowError("somebody waits or is served for so long that sums of it leave 64 bits of microseconds")
        agent.leg, leg.agent, leg.answered_by = leg, agent, agent.number
        leg.begin, leg.end = self.now, self.now + leg.handle
        self.busy[agent.group] += 1
        self._after(leg.handle, Rank.DEPARTURE, self.depart, leg)
        if self.lines is not None and leg.talk < leg.handle and self._next_type(leg) < 0:
            self._after(leg.talk, Rank.HANG_UP, self.hang_up, leg)

    def _unqueue(self, leg: Leg) -> None:
        if leg.waiting:
            self.queues[leg.kind].remove(leg)
            leg.waiting = False

    # ---- agents come and go ----

    def _count(self, group: int, count: int) -> None:
        """A group shall have so many agents; idle ones leave first, the highest numbers before others."""
        self.wanted[group] = count
        present = [agent for agent in self.agents[group] if agent.present]
        surplus = len(present) - count
        for agent in [a for a in reversed(present) if a.leg is None][: max(surplus, 0)]:
            self._go_home(agent)
            surplus -= 1
        if surplus > 0 and self._interrupts():
            working = [agent for agent in present if agent.leg is not None]
            working.sort(key=lambda a: (a.leg.begin, a.number), reverse=True)  # type: ignore[union-attr]
            for agent in working[:surplus]:
                self._interrupt(agent)
        for agent in self.agents[group]:
            if surplus >= 0:
                break
            if not agent.present:
                self._come(agent)
                surplus += 1

    def _come_or_go(self, agent: Agent, *, comes: bool) -> None:
        agent.due = comes
        self.wanted[agent.group] += 1 if comes else -1
        if agent.leg is not None:
            self.late[agent.group] += -1 if comes else 1
            if not comes and self._interrupts():
                self._interrupt(agent)
        elif comes:
            self._come(agent)
        else:
            self._go_home(agent)

    def _come(self, agent: Agent) -> None:
        agent.present = True
        self._rest(agent)

    def _rest(self, agent: Agent) -> None:
        agent.idle_since = self.now
        self.idle[agent.group].append(agent)

    def _go_home(self, agent: Agent) -> None:
        self.idle[agent.group].remove(agent)
        agent.present = False

    def _is_to_leave(self, agent: Agent) -> bool:
        """Whether an agent who has just finished leaves instead of taking the next contact."""
        if self.centre.groups[agent.group].roster is not None:
            return not agent.due
        return self.busy[agent.group] + len(self.idle[agent.group]) >= self.wanted[agent.group]

    def _interrupts(self) -> bool:
        """Whether those who leave drop their work; after closing all finish it, unless it can wait for the next opening."""
        return self.centre.leaving == "return_to_queue" and (self.open or self.centre.closing == "keep")

    def _interrupt(self, agent: Agent) -> None:
        """The agent leaves at once; the contact goes back into its queue, unless only after-call work is left."""
        leg = agent.leg
        assert leg is not None
        talked = self.now - leg.begin
        self._release(leg)
        agent.present = False
        if leg.talk < leg.handle and talked >= leg.talk:
            other = self._next_type(leg)
            self._record(leg, HANDLED if other < 0 else TRANSFERRED, talked)
            if other >= 0:
                self._pass_on(leg, other)
            return
        if leg.number >= RETURNS_MAX:
            raise ValueError("a contact is sent back into its queue more than 250 times")
        self._record(leg, RETURNED, talked)
        again = Leg(
            leg.contact, leg.attempt, leg.number + 1, leg.kind, leg.interval, leg.arrival, leg.handle - talked, leg.patience
        )
        again.queued, again.own, again.talk = self.now, False, max(leg.talk - talked, 0)
        if leg.patience < NEVER:
            again.patience -= leg.begin - leg.queued
            self._after(again.patience, Rank.ABANDON, self.lose_patience, again)
        again.waiting = True
        queue = self.queues[again.kind]
        queue.insert(bisect_left(queue, again.arrival, key=lambda other: other.arrival), again)
        self._expect_overflow(again)

    def _release(self, leg: Leg) -> Agent:
        agent = leg.agent
        assert agent is not None
        agent.leg = leg.agent = None
        self.busy[agent.group] -= 1
        if self.centre.groups[agent.group].roster is not None and not agent.due:
            self.late[agent.group] -= 1
        return agent

    # ---- closing ----

    def _close(self) -> None:
        """A span ends: who stays, and who is let go."""
        if self.centre.closing != "keep":
            self.open = False
        if self.centre.closing == "answer":
            self._serve_all()  # nobody is kept in reserve any more
        for kind, queue in enumerate(self.queues):
            if not self._will_be_answered(kind):
                for leg in list(queue):
                    self._give_up(leg)
        if self.centre.closing != "answer":
            for group, about in enumerate(self.centre.groups):
                if about.roster is None:
                    self._count(group, 0)
        self.open = False
        if self.centre.closing == "keep":
            self._serve_all()  # by those whose roster goes on

    def _will_be_answered(self, kind: int) -> bool:
        """Whether somebody of a type who waits after closing can still be answered, or waits for the next opening."""
        if self.centre.closing == "keep":
            return True
        return self.centre.closing == "answer" and any(self.wanted[skill.group] > 0 for skill in self.answerers[kind])

    # ---- what follows from it ----

    def _give_up(self, leg: Leg) -> None:
        self._unqueue(leg)
        self.on_line -= 1
        self._record(leg, ABANDONED, 0)
        self._perhaps_again(leg, blocked=False)

    def _perhaps_again(self, leg: Leg, *, blocked: bool) -> None:
        contact, attempt = leg.contact, leg.attempt + 1
        delay = self.later.delay(contact, leg.attempt, blocked=blocked)
        time = self.now + delay
        # Who is kept over night fails on another day than they came.
        within = self.interval if self.centre.closing == "keep" else leg.interval
        if delay < 0 or time >= self.closing[within]:
            return
        kind, interval = self.later.kind(contact), bisect_right(self.starts, time) - 1
        handle, patience = self.later.handle_and_patience(contact, attempt, 1, kind, interval)
        self._after(delay, Rank.REDIAL, self.arrive, Leg(contact, attempt, 1, kind, interval, time, handle, patience))

    def _next_type(self, leg: Leg) -> int:
        if leg.number >= LEGS_MAX:
            return -1
        return self.later.transferred_to(leg.contact, leg.attempt, leg.number, leg.kind)

    def _pass_on(self, leg: Leg, kind: int) -> None:
        interval = bisect_right(self.starts, self.now) - 1
        handle, patience = self.later.handle_and_patience(leg.contact, leg.attempt, leg.number + 1, kind, interval)
        self._join(Leg(leg.contact, leg.attempt, leg.number + 1, kind, interval, self.now, handle, patience))

    def _expect_arrival(self) -> None:
        fresh = next(self.fresh, None)
        if fresh is not None:
            contact, kind, arrival, interval, handle, patience = fresh
            leg = Leg(contact, 1, 1, kind, interval, arrival, handle, patience)
            self._after(arrival - self.now, Rank.ARRIVAL, self.arrive, leg)

    def _expect_change(self, number: int) -> None:
        if number < len(self.moments):
            time, kind, _, _ = self.moments[number]
            self._after(time - self.now, Rank.CLOSE if kind == CLOSE else Rank.INTERVAL, self.change, None, number)

    def _expect_overflow(self, leg: Leg) -> None:
        """The next moment at which a further group may answer."""
        waited = self.now - leg.arrival
        later = next((delay for delay in self.delays[leg.kind] if delay > waited), None)
        if later is not None:
            self._after(later - waited, Rank.OVERFLOW, self.overflow, leg)

    def _after(self, delay: int, rank: Rank, happens: Callable[[Moment], None], leg: Leg | None = None, number: int = 0) -> None:
        order = priority(rank, leg.contact, leg.attempt, leg.number) if leg else priority(rank)
        self.env.schedule(Moment(self.env, happens, leg, number), order, delay)  # type: ignore[arg-type]  # any int will do

    def _record(self, leg: Leg, outcome: int, handle: int, wait: int | None = None) -> None:
        if wait is None:
            wait = (leg.begin if leg.answered_by >= 0 else self.now) - leg.queued
        self.rows.append(
            (
                leg.contact,
                leg.attempt,
                leg.number,
                leg.kind,
                leg.interval,
                leg.arrival,
                leg.queued,
                outcome,
                wait,
                handle,
                leg.answered_by,
            )
        )

    def _account(self) -> None:
        """Book agents' time since the last change: before anybody becomes busy or free, comes or goes, and between intervals."""
        now, k = self.now, self.interval
        passed = now - self.since
        if passed and k >= 0:
            for group, busy in enumerate(self.busy):
                here = self.wanted[group] if self.open else 0
                over = busy if not self.open else self.late[group] or max(busy - here, 0)
                self.busy_time[group][k] += busy * passed
                self.staffed[group][k] += (here + over) * passed
                self.overrun[group][k] += over * passed
        self.since = now
