"""What a play of a centre must have been like, worked out from its visits alone, moment by moment; nothing of an engine is used."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from wfm.simulate.centre import Centre, Skill
from wfm.simulate.crowd import Crowd
from wfm.simulate.model import SECOND
from wfm.simulate.visits import ABANDONED, ANSWERED, BLOCKED, HANDLED, RETURNED, Visits


@dataclass(frozen=True, eq=False)
class Audit:
    """A centre, its customers, and what became of them. Moments are whole microseconds; what holds between two is asked half a
    microsecond after the first.
    """

    centre: Centre
    crowd: Crowd
    visits: Visits

    # ---- what the plan says of a moment ----

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        for start, end in zip(self.centre.intervals.start.tolist(), self.centre.intervals.end.tolist(), strict=True):
            if spans and spans[-1][1] == start:
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((start, end))
        return spans

    def is_open(self, t: float) -> bool:
        return any(start <= t < end for start, end in self.spans)

    def interval(self, t: float) -> int:
        """Of the clock: the last that has begun; -1 before the first."""
        return int(np.searchsorted(self.centre.intervals.start, t, side="right")) - 1

    def last_open(self, t: float) -> float:
        """The moment itself, or just before the span closed that was open last."""
        return t if self.is_open(t) else max((end for _, end in self.spans if end <= t), default=-1) - 0.5

    def down(self, group: int, t: float) -> list[float]:
        """Losses of the outages that hit a group."""
        hit = (o for o in self.centre.outages if o.groups is None or group in o.groups)
        return [o.loss for o in hit if o.start <= t < o.end]

    def wanted(self, group: int, t: float) -> int:
        """How many agents of a group without a roster are to be there; after closing those of before, where they answer all."""
        if not self.is_open(t) and self.centre.closing != "answer":
            return 0
        t = self.last_open(t)
        k, agents = self.interval(t), self.centre.groups[group].agents
        assert agents is not None
        if k < 0:
            return 0
        return min([int(agents[k]), *(int(agents[k] * (1 - loss) + 1e-9) for loss in self.down(group, t))])

    def due(self, group: int, t: float) -> set[int]:
        """Agents of a roster who are to be there; after closing also those who were there until then, where they answer all."""
        roster = self.centre.groups[group].roster
        assert roster is not None
        size = self.centre.groups[group].size

        def at(moment: float) -> set[int]:
            hit = max((math.ceil(loss * size - 1e-9) for loss in self.down(group, moment)), default=0)
            return {agent for agent, since, until in roster.tolist() if since <= moment < until and agent >= hit}

        here = at(t)
        if self.centre.closing == "answer" and not self.is_open(t) and t > self.spans[0][0]:
            closed = int(self.last_open(t) + 0.5)
            ends = sorted({closed, *(int(x) for x in self.moments if closed <= x <= t)})
            for moment in (closed - 0.5, *(end + 0.5 for end in ends)):
                here |= at(moment)  # who has been there since closing, or just before, stays
        return here

    # ---- what the visits say of a moment ----

    @cached_property
    def begin(self) -> np.ndarray:
        return self.visits.queued + self.visits.wait

    @cached_property
    def done(self) -> np.ndarray:
        return self.begin + self.visits.handle

    @cached_property
    def answered(self) -> np.ndarray:
        return np.isin(self.visits.outcome, ANSWERED)

    @cached_property
    def group(self) -> np.ndarray:
        ends = np.cumsum([about.size for about in self.centre.groups])
        return np.searchsorted(ends, self.visits.agent, side="right")

    @cached_property
    def moments(self) -> np.ndarray:
        """All at which anything may change."""
        v, centre = self.visits, self.centre
        parts = [v.queued, self.begin, self.done, centre.intervals.start, centre.intervals.end]
        parts += [np.array([o.start, o.end]) for o in centre.outages]
        parts += [group.roster[:, 1:].ravel() for group in centre.groups if group.roster is not None]
        parts += [v.arrival + round(s.delay * SECOND) for s in centre.skills]
        return np.unique(np.concatenate(parts))

    # ---- checks ----

    def agents_do_one_thing_at_a_time(self) -> None:
        for agent in np.unique(self.visits.agent[self.answered]):
            mine = np.flatnonzero(self.answered & (self.visits.agent == agent))
            mine = mine[np.lexsort((self.done[mine], self.begin[mine]))]
            assert np.all(self.begin[mine][1:] >= self.done[mine][:-1])

    def agents_know_how(self) -> None:
        skills = {(s.kind, s.group): s for s in self.centre.skills}
        for i in np.flatnonzero(self.answered):
            skill = skills[int(self.visits.kind[i]), int(self.group[i])]
            assert self.begin[i] - self.visits.arrival[i] >= round(skill.delay * SECOND)

    def nobody_waits_beyond_patience(self) -> None:
        v, first = self.visits, (self.visits.leg == 1) & (self.visits.attempt == 1) & (self.visits.outcome != BLOCKED)
        patience = self.crowd.patience[v.contact]
        last = self.spans[-1][1] if self.spans else 0
        assert np.all((v.wait <= patience)[first & (v.queued + v.wait <= last)])
        for i in np.flatnonzero(first & (v.outcome == ABANDONED) & (v.wait < patience)):
            assert self.centre.closing != "keep"
            assert any(self.begin[i] == end for _, end in self.spans)  # let go

    def first_come_first_answered(self) -> None:
        """Of those who wait in one queue, whoever came earlier is not answered later."""
        v = self.visits
        for kind in range(len(self.centre.kinds)):
            rows = np.flatnonzero((v.kind == kind) & (v.outcome != BLOCKED))
            for i in rows[self.answered[rows]]:
                ahead = rows[(v.arrival[rows] < v.arrival[i]) & (v.queued[rows] < self.begin[i])]
                assert not np.any(self.begin[ahead] > self.begin[i])

    def times_add_up(self) -> None:
        """Busy, staffed and overrun time of every group and interval."""
        v, centre = self.visits, self.centre
        sums = np.zeros((3, *v.busy.shape), dtype=np.int64)
        for since, until in zip(self.moments[:-1].tolist(), self.moments[1:].tolist(), strict=True):
            t = since + 0.5
            k = self.interval(t)
            if k < 0:
                continue
            working = self.answered & (self.begin <= t) & (t < self.done)
            for g, about in enumerate(centre.groups):
                mine = working & (self.group == g)
                busy = over = staffed = int(mine.sum())
                if self.is_open(t):
                    if about.roster is None:
                        here = self.wanted(g, t)
                        over = max(busy - here, 0)
                    else:
                        first, due = sum(other.size for other in centre.groups[:g]), self.due(g, t)
                        here = len(due)
                        over = sum(agent - first not in due for agent in v.agent[mine].tolist())
                    staffed = here + over
                sums[:, g, k] += np.array([busy, staffed, over]) * (until - since)
        for found, expected in zip((v.busy, v.staffed, v.overrun), sums, strict=True):
            np.testing.assert_array_equal(found, expected)

    def nobody_waits_while_an_agent_is_idle(self) -> None:
        """Of those who may answer, were waited for long enough and are not kept back, which nobody is once the span is closed."""
        v, centre = self.visits, self.centre
        for since in self.moments[:-1].tolist():
            t = since + 0.5
            working = self.answered & (self.begin <= t) & (t < self.done)
            waits = (v.outcome != BLOCKED) & (v.queued <= t) & (t < self.begin)
            for skill in centre.skills:
                queue = np.flatnonzero(waits & (v.kind == skill.kind) & (t - v.arrival >= round(skill.delay * SECOND)))
                assert not len(queue) or self.idle(skill, working, t) <= (skill.reserve if self.is_open(t) else 0)

    def idle(self, skill: Skill, working: np.ndarray, t: float) -> int:
        mine = working & (self.group == skill.group)
        if self.centre.groups[skill.group].roster is None:
            return self.wanted(skill.group, t) - int(mine.sum())
        first = sum(other.size for other in self.centre.groups[: skill.group])
        return len({agent + first for agent in self.due(skill.group, t)} - set(self.visits.agent[mine].tolist()))

    def lines_hold_so_many(self) -> None:
        """Those who wait have a line; those who talk or are about to have one at most; who is refused finds none."""
        v, lines = self.visits, self.centre.lines
        down = [(o.start, o.end) for o in self.centre.outages if o.refuses]
        blocked = v.outcome == BLOCKED
        ending = np.where(self.answered, self.done, self.begin)
        for t in self.moments.tolist():
            if lines is not None:
                assert np.sum(~blocked & (v.queued <= t) & (t + 0.5 < self.begin)) <= lines
            for i in np.flatnonzero(blocked & (v.arrival == t)):
                refused = any(since <= t < until for since, until in down)
                # Whose work ends at this very moment may still have it, or not.
                some = np.sum(~blocked & (v.queued <= t) & (t <= ending))
                assert refused or (lines is not None and some >= lines), i

    def contacts_go_on_where_they_stopped(self) -> None:
        """Legs follow one another at once; work that was interrupted takes what was left of it."""
        v = self.visits
        for i in np.flatnonzero((v.contact[1:] == v.contact[:-1]) & (v.attempt[1:] == v.attempt[:-1])):
            assert v.queued[i + 1] == self.done[i]
            assert v.leg[i + 1] == v.leg[i] + 1
            if v.outcome[i] == RETURNED:
                assert (v.kind[i + 1], v.arrival[i + 1]) == (v.kind[i], v.arrival[i])
        crowd = self.crowd
        speed, factor = crowd.speed, {(s.kind, s.group): s.factor for s in self.centre.skills}
        for i in np.flatnonzero((v.outcome == HANDLED) & (v.leg == 1) & (v.attempt == 1)):
            if self.centre.leaving == "finish":
                own = factor[int(v.kind[i]), int(self.group[i])] * speed[v.agent[i]]
                handle = crowd.handle[v.contact[i]]
                assert v.handle[i] == (handle if own == 1.0 else int(handle * own))
