"""Agents over the day: the least profile whose targets hold interval by interval, customers counted where they arrive.

Intervals are taken one after the other with the queue that the one before leaves; what is found is then trimmed until no interval
can lose an agent without a target failing in it, in the one before or in those after. Where customers leave, fewer agents in one
interval may help those of a later one: who has given up, or found no line, keeps nobody busy. So passes of trimming are repeated
until one finds nothing; their order decides which of several such profiles is found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wfm.erlang.formulas.staffing import SLACK
from wfm.erlang.transient.course import Course, Sums
from wfm.erlang.transient.goals import METHODS, Counts, Floats, Goals, Method, Profile
from wfm.erlang.transient.solver import TransientQueue
from wfm.erlang.transient.state import State

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# A state that differs by less from the one before has forgotten the change.
_FORGOTTEN = 1e-10
# So many blocks before and after may help one that has all its seats.
_HELP = 8


def staff(
    queue: TransientQueue,
    *,
    method: Method = "transient",
    answer_rate: ArrayLike | None = None,
    sl_offered: tuple[ArrayLike, ArrayLike] | None = None,
    occupancy: ArrayLike | None = None,
    most: int | None = None,
    step: int | None = None,
    every: int = 1,
    intervals: int | None = None,
    start: Any = "empty",
) -> Profile:
    """Agents for a queue whose arrivals change, such that the targets hold in every interval.

    Parameters
    ----------
    queue
        With ``leaving="finish"``, as agents do.
    method
        One of `METHODS`.
    answer_rate, sl_offered, occupancy
        Targets: share answered (neither abandoned nor blocked) at least; share answered within a time, of offered, at least; busy
        share at most. Numbers, or one an interval (nan: none there). Who waits is counted in the interval of arrival.
    most
        Seats: agents in any interval, at most. An interval that would need more gets all of them, and is ``short``.
    step
        Agents change by no more from one interval to the next.
    every
        Agents change every so many intervals only, as shifts begin.
    intervals
        How many, for a rate that is a function.
    start
        As for `TransientQueue.solve`.

    Returns
    -------
    Profile
        The agents, the service they give, and where that falls short.

    Raises
    ------
    ValueError
        Targets or constraints out of range, or agents whose contacts return to the queue.
    """
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; the methods are {', '.join(METHODS)}")
    for name, value in (("most", most), ("step", step), ("every", every), ("intervals", intervals)):
        if value is not None and not ((0 if name == "most" else 1) <= value < math.inf and value == int(value)):
            raise ValueError(f"{name} is {value}; it must be a whole number of {0 if name == 'most' else 1} or more")
    if queue.leaving != "finish":
        raise ValueError("staffing counts agents who finish their contact first: make the queue with leaving='finish'")
    count = len(queue.rate) if queue.rate is not None and intervals is None else int(intervals or len(queue.aht))
    goals = Goals.of(count, answer_rate, sl_offered, occupancy)
    work = _Staffing(queue, goals, count, most, step, every, start)
    agents = work.stationary(method) if method != "transient" else work.linked()
    return work.profile(agents, method)


@dataclass(eq=False)
class _Staffing:
    queue: TransientQueue
    goals: Goals
    count: int
    most: int | None
    step: int | None
    every: int
    start: Any
    course: Course = field(init=False)
    played: int = field(init=False, default=0)  # intervals

    def __post_init__(self) -> None:
        self.course = self.queue.course(self.count, 2 if self.queue.function else 1)
        begun = self._begun()
        self.limit = self.most if self.most is not None else _enough(self.course, self.count) + len(begun)
        if self.queue.lines >= 0:
            self.limit = min(self.limit, self.queue.lines)
        self.short = np.zeros(self.count, dtype=bool)
        self.blocks = [slice(a, min(a + self.every, self.count)) for a in range(0, self.count, self.every)]

    def _begun(self) -> Floats:
        """Probabilities of 0, 1, ... contacts when the day begins, where that does not depend on the agents."""
        if isinstance(self.start, str):
            return np.ones(1)
        return self.queue.begin(self.course, 0, self.start).x

    # ---- intervals by themselves ----

    def stationary(self, method: Method) -> Counts:
        """Agents by a stationary formula at some rate of each interval, constraints kept."""
        rates = self._rates(method)
        owner = np.repeat(np.arange(self.count), [len(each) for each in rates])
        needed = np.zeros(self.count)
        np.maximum.at(needed, owner, self._formula(np.concatenate(rates), owner))
        self.short |= needed > self.limit
        whole = np.minimum(needed, self.limit).astype(np.int64)
        for block in self.blocks:
            whole[block] = whole[block].max()
        return self._in_steps(whole)

    def _formula(self, rates: Floats, owner: NDArray[np.int64]) -> Floats:
        """Agents by the stationary formula of the patience, for rates with the targets of their intervals."""
        from wfm import erlang

        queue, aht = self.queue, np.array([1.0 / self.course.at(i).mu for i in range(self.count)])[owner]
        if queue.theta == 0:
            model: Any = erlang.ErlangC(rates, aht)
        elif queue.onset:
            model = erlang.MMnDelayed(rates, aht, patience=1 / queue.theta, onset=queue.onset)
        else:
            model = erlang.ErlangA(rates, aht, patience=1 / queue.theta)
        found = np.zeros(len(rates))
        goals = self.goals
        for name in ("answer_rate", "sl_offered", "occupancy"):
            target = getattr(goals, name)[owner]
            asked = ~np.isnan(target)
            if asked.any():
                # What is not asked for is asked for in vain, and not counted.
                bound = np.where(asked, target, 0.5)
                least = model.agents_for(**{name: (bound, goals.within[owner]) if name == "sl_offered" else bound})
                found = np.maximum(found, np.where(asked, np.asarray(least, dtype=float), 0.0))
        return found

    def _rates(self, method: Method) -> list[Floats]:
        """Rates for which each interval is staffed."""
        edges, arrivals = self.course.edges, self.course.arrivals
        mean = self.queue.mean_rate
        result = []
        load = self._load() if method == "mol" else None
        for i in range(self.count):
            begin, end = float(edges[i]), float(edges[i + 1])
            if method == "psa":
                result.append(np.array([piece.rate for piece in arrivals.pieces(begin, end)]))
            elif method == "lagged":
                result.append(np.array([self._lagged(begin, end, 1.0 / self.course.at(i).mu)]))
            elif load is not None:
                result.append(load[i] * self.course.at(i).mu)
            else:
                result.append(np.array([mean(begin, end)]))
        return result

    def _lagged(self, begin: float, end: float, lag: float) -> float:
        """Mean rate of a stretch as much earlier; before the first interval it was always as at its start."""
        opens, mean = float(self.course.edges[0]), self.queue.mean_rate
        early = min(max(opens - (begin - lag), 0.0), end - begin) / (end - begin)
        if early == 0.0:
            return mean(begin - lag, end - lag)
        first = next(iter(self.course.arrivals.pieces(opens, float(self.course.edges[1])))).rate
        return early * first + (1 - early) * mean(opens, end - lag)

    def _load(self) -> list[Floats]:
        """Offered load [erlang] at the ends of each interval's pieces, exponential handle times."""
        first = next(iter(self.course.arrivals.pieces(float(self.course.edges[0]), float(self.course.edges[1]))), None)
        begun = self._begun()
        load = float(np.arange(len(begun)) @ begun)
        if first is not None and isinstance(self.start, str) and self.start == "stationary":
            load = first.rate / self.course.at(0).mu
        result = []
        for i in range(self.count):
            mu, at = self.course.at(i).mu, [load]
            for piece in self.course.arrivals.pieces(float(self.course.edges[i]), float(self.course.edges[i + 1])):
                load = piece.rate / mu + (load - piece.rate / mu) * math.exp(-mu * piece.length)
                at.append(load)
            result.append(np.array(at))
        return result

    # ---- intervals linked ----

    def linked(self) -> Counts:
        """The least profile, intervals linked: forward, mended where a later interval took too many away, trimmed."""
        agents = self.stationary("mol")
        self.short[:] = False
        agents = self._in_steps(self._forward(agents))
        return self._trimmed(*self._mended(agents))

    def _forward(self, guess: Counts) -> Counts:
        """Least agents of each block with the queue that the one before leaves; what follows is taken to be as guessed."""
        agents = guess.copy()
        state, offset = self._first(agents), 0
        for block in self.blocks:
            found, state, _ = self._least(agents, block, state, int(guess[block.start]) + offset)
            offset = found - int(guess[block.start])
            agents[block] = found
        return agents

    def _least(self, agents: Counts, block: slice, state: State, guess: int) -> tuple[int, State, bool]:
        """Least agents of a block so that its targets hold, the state after it, and whether that many are allowed."""
        tried: dict[int, State | None] = {}

        def good(n: int) -> bool:
            trial = agents.copy()
            trial[block] = n
            if n not in tried:
                tried[n] = self._holds(trial, block, state)
            return tried[n] is not None

        low, high = -1, self.limit  # low does not do; high is not yet known to
        n, stride = min(max(guess, 0), self.limit), 1
        while not good(n):
            low = n
            if n >= self.limit:
                return n, self._after(agents, block, state, n), False
            n, stride = min(n + stride, self.limit), 2 * stride
        high, stride = n, 1
        while high - 1 > low:
            n = max(high - stride, low + 1) if low < 0 or high - stride > low else (low + high) // 2
            if good(n):
                high, stride = n, 2 * stride
            else:
                low = n
        after = tried[high]
        assert after is not None
        return high, after, True

    def _after(self, agents: Counts, block: slice, state: State, n: int) -> State:
        trial = agents.copy()
        trial[block] = n
        for i in range(block.start, block.stop):
            state, _ = self._play(trial, i, state.restaffed(n, "finish"))
        return state

    def _holds(self, agents: Counts, block: slice, state: State) -> State | None:
        """The state after a block if every target in it holds; None if one fails."""
        for i in range(block.start, block.stop):
            held = self._interval(agents, i, state)
            if held is None:
                return None
            state = held
        return state

    def _interval(self, agents: Counts, i: int, state: State, *, judged: bool = True) -> State | None:
        """The state after an interval (agents not yet changed) if its targets hold, None if one fails."""
        here = state.restaffed(int(agents[i]), "finish")
        after, sums = self._play(agents, i, here)
        if judged and not self._met(agents, i, here, after, sums):
            return None
        return after

    def _play(self, agents: Counts, i: int, here: State) -> tuple[State, Sums]:
        self.played += 1
        threshold = -1.0 if math.isnan(self.goals.sl_offered[i]) else float(self.goals.within[i])
        return self.course.interval(here, i, agents, threshold)

    def _met(self, agents: Counts, i: int, here: State, after: State, sums: Sums) -> bool:
        goals = self.goals
        if sums.offered <= 0:
            return True
        if here.agents == 0 and goals.any(i):
            return False  # whoever comes is to find somebody there
        if sums.answered_within < goals.sl_offered[i] * sums.offered * (1 - SLACK):
            return False
        on_duty = here.agents * (self.course.edges[i + 1] - self.course.edges[i]) + sums.excess
        if sums.busy > goals.occupancy[i] * on_duty * (1 + SLACK):
            return False
        if math.isnan(goals.answer_rate[i]):
            return True
        lost = self._lost(agents, i, here, after, sums)
        return bool(lost <= (1 - goals.answer_rate[i]) * sums.offered * (1 + SLACK) + SLACK * sums.offered)

    def _lost(self, agents: Counts, i: int, here: State, after: State, sums: Sums) -> float:
        """Contacts arriving in an interval that are blocked, or abandon whenever."""
        if self.queue.theta == 0:
            return sums.blocked
        following = int(agents[min(i + 1, self.count - 1)])
        later = self.course.remaining(after.restaffed(following, "finish"), i + 1, agents)[0]
        return sums.blocked + sums.abandoning + later - self.course.remaining(here, i, agents)[0]

    def _mended(self, agents: Counts) -> tuple[Counts, list[State]]:
        """Agents added where an interval lacks them, now that those after it are known; and the states intervals begin in."""
        while True:
            begins, failing = self._states(agents)
            first = next((i for i in failing if not self.short[i]), None)
            if first is None:
                return agents, begins
            place = first // self.every
            block = self.blocks[place]
            agents = agents.copy()
            if agents[first] < self.limit:
                found, _, reached = self._least(agents, block, begins[block.start], int(agents[first]) + 1)
                agents[block] = max(found, int(agents[first]) + 1) if reached else self.limit
                agents = self._in_steps(agents)
            elif not self._helped(agents, place, first):
                self.short[block] = True

    def _helped(self, agents: Counts, place: int, first: int) -> bool:
        """Give a block next to one that has all its seats all of its own, where that can help an interval of the latter.

        Who is there before leaves less of a queue, who is there after answers what is left of one.
        """
        if self.most is None:
            return False
        around = [p for d in range(1, _HELP + 1) for p in (place + d, place - d) if 0 <= p < len(self.blocks)]
        lacking = [self.blocks[p] for p in around if agents[self.blocks[p].start] < self.limit]
        trial = agents.copy()
        for block in lacking:
            trial[block] = self.limit
        if not lacking or first in self._states(trial)[1]:
            return False
        agents[lacking[0]] = self.limit
        return True

    def _states(self, agents: Counts) -> tuple[list[State], list[int]]:
        """States in which intervals begin (agents not yet changed), and the intervals whose targets fail."""
        begins, failing = [self._first(agents)], []
        for i in range(self.count):
            here = begins[i].restaffed(int(agents[i]), "finish")
            after, sums = self._play(agents, i, here)
            if not self._met(agents, i, here, after, sums):
                failing.append(i)
            begins.append(after)
        return begins, failing

    def _trimmed(self, agents: Counts, begins: list[State]) -> Counts:
        """The profile with agents taken away, one at a time, until every one that is left is needed."""
        before = -1
        while before != (before := int(agents.sum())):
            agents = self._trimmed_once(agents, begins)
        return agents

    def _trimmed_once(self, agents: Counts, begins: list[State]) -> Counts:
        for block in reversed(self.blocks):
            if self.short[block].any():
                continue  # it has all that are allowed, and needs them
            while agents[block.start] > 0 and self._step_allows(agents, block):
                trial = agents.copy()
                trial[block] -= 1
                changed = self._still_hold(trial, block, begins)
                if changed is None:
                    break
                agents = trial
                for i, state in changed.items():
                    begins[i] = state
        return agents

    def _still_hold(self, agents: Counts, block: slice, begins: list[State]) -> dict[int, State] | None:
        """Whether all targets hold after a block has lost an agent: the states that changed, or None where one fails."""
        reach = self._reach(block, agents, begins)
        changed: dict[int, State] = {}
        state = begins[block.start]
        for i in range(block.start, self.count):
            after = self._interval(agents, i, state, judged=not self.short[i])
            if after is None:
                return None
            changed[i + 1] = after
            if i + 1 >= block.stop and _same(after, begins[i + 1]):
                break
            state = after
        for i in range(block.start - 1, reach - 1, -1):
            if not self.short[i] and self._interval(agents, i, begins[i]) is None:
                return None
        return changed

    def _reach(self, block: slice, agents: Counts, begins: list[State]) -> int:
        """The first interval whose customers may still wait when a block begins."""
        begin = float(self.course.edges[block.start])
        first: int = max(block.start - 2, 0)
        while first > 0:
            state = begins[first].restaffed(int(agents[first]), "finish")
            waited = begin - float(self.course.edges[first])
            # What waited then has long been served, and whose deadline was then is past it.
            if waited >= float(np.max(self.goals.within)) and state.queue() < state.agents * self.course.at(first).mu * waited / 4:
                break
            first -= 1
        return first

    def _step_allows(self, agents: Counts, block: slice) -> bool:
        if self.step is None:
            return True
        sides = [agents[i] for i in (block.start - 1, block.stop) if 0 <= i < self.count]
        return bool(agents[block.start] - 1 >= max(sides, default=0) - self.step)

    def _in_steps(self, agents: Counts) -> Counts:
        """Raised so that no block differs from the next by more than a step."""
        if self.step is None:
            return agents
        levels = np.array([agents[block.start] for block in self.blocks])
        for i in range(1, len(levels)):
            levels[i] = max(levels[i], levels[i - 1] - self.step)
        for i in range(len(levels) - 2, -1, -1):
            levels[i] = max(levels[i], levels[i + 1] - self.step)
        result = agents.copy()
        for block, level in zip(self.blocks, levels.tolist(), strict=True):
            result[block] = level
        return result

    def _first(self, agents: Counts) -> State:
        return self.queue.begin(self.course, int(agents[0]), self.start)

    def profile(self, agents: Counts, method: Method) -> Profile:
        """The profile with its exact service."""
        solves = self.played / self.count
        thresholds = np.where(np.isnan(self.goals.within), 0.0, self.goals.within)
        service = self.queue.solve(agents, threshold=thresholds, start=self.start)
        met = self.goals.met(service)
        return Profile(agents, method, service, met, self.short & ~met, solves)


def _same(one: State, other: State) -> bool:
    if len(one.over) != len(other.over):
        return False
    size = min(len(one.x), len(other.x))
    apart = float(np.abs(one.x[:size] - other.x[:size]).sum() + one.x[size:].sum() + other.x[size:].sum())
    if len(one.over):
        wide = min(one.over.shape[1], other.over.shape[1])
        apart += float(np.abs(one.over[:, :wide] - other.over[:, :wide]).sum())
    return apart < _FORGOTTEN


def _enough(course: Course, count: int) -> int:
    """Agents beyond which more never help: as many as contacts are ever in the system, but for less than any probability kept."""
    load: float = 0.0
    for i in range(count):
        pieces = course.arrivals.pieces(float(course.edges[i]), float(course.edges[i + 1]))
        load = max(load, max((piece.rate for piece in pieces), default=0.0) / course.at(i).mu)
    return math.ceil(2 * load + 40 * math.sqrt(load + 1)) + 60
