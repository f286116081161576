"""Exact transient service of a queue whose arrivals and agents change over the day: M(t)/M/n(t)+M.

Intervals are linked: a queue at the end of one is there when the next begins, and who arrives in one may be answered, or give up,
in another. Formulas that take every interval for itself in a steady state do not see that (theory 1.12).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from wfm.erlang.models.base import FINITE
from wfm.erlang.shapes import Shape, plain_numbers
from wfm.erlang.transient.arguments import each_interval, whole
from wfm.erlang.transient.course import Course, Sums
from wfm.erlang.transient.rates import SmoothRate, StepRate
from wfm.erlang.transient.solved import Moments, Transient, between, extrapolated, ratio, tabled
from wfm.erlang.transient.state import Leaving, Rates, State, stationary

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Floats = NDArray[np.float64]
#: How often the pieces of a smooth rate are cut in half, at most.
_REFINEMENTS = 8
#: States are kept by number of contacts: more agents than this are no use to anybody.
MOST_AGENTS = 1_000_000
_WAIT_NODES, _WAIT_WEIGHTS = np.polynomial.legendre.leggauss(12)
Start = Literal["empty", "stationary"]


class TransientQueue:
    """Poisson arrivals at a rate that changes, exponential handle times and patience, agents by interval; lines optional.

    Parameters
    ----------
    arrival_rate
        Contacts per unit of time: one number an interval, constant in it; or a function of time, smooth between its ``breaks``.
    aht
        Mean handle time, > 0: one number, or one an interval (all contacts then in service go on at the new pace).
    patience
        Mean patience, > 0; ``inf`` for nobody abandons.
    interval
        Length of an interval, > 0.
    onset
        Nobody abandons before this wait. Then the number of contacts alone is no longer a Markov chain: those too fresh to abandon
        are taken to be Poisson with the mean of the last arrivals, which is close, not exact (docs/transient.md).
    lines
        Contacts in the system at most; None for no limit.
    leaving
        ``"finish"``: agents whose time is over finish their contact first (busy may exceed agents); ``"return_to_queue"``: the
        contact goes back to the head of the queue at once.
    starts_at
        Time at which the first interval begins.
    breaks, piece
        Of a function: times of its jumps and kinks, and the length of the pieces on which it is taken as constant before the error
        is extrapolated away (three refinements, Richardson); a sixth of an interval if not given.

    Notes
    -----
    Uniformisation with adaptive truncation: exact up to the stated ``error`` for rates that are constant in each interval. After
    the last interval nobody arrives and its agents stay.
    """

    def __init__(
        self,
        arrival_rate: ArrayLike | Callable[[float], float],
        aht: ArrayLike,
        *,
        patience: float,
        interval: float,
        onset: float = 0.0,
        lines: int | None = None,
        leaving: Leaving = "finish",
        starts_at: float = 0.0,
        breaks: Sequence[float] = (),
        piece: float | None = None,
    ) -> None:
        self.interval = Shape().read("interval", interval, above=0.0, most=FINITE)
        if onset and leaving == "return_to_queue" and not math.isinf(patience):
            raise ValueError(
                "an onset of patience needs leaving='finish': how long contacts have waited is not known after they return"
            )
        patience, onset = Shape().read("patience", patience, above=0.0), Shape().read("onset", onset, most=FINITE)
        if lines is not None and not (0 <= lines < math.inf and lines == int(lines)):
            raise ValueError(f"lines is {lines}; it must be a whole number of 0 or more, or None for no limit")
        if leaving not in ("finish", "return_to_queue"):
            raise ValueError(f"leaving is {leaving!r}; it must be 'finish' or 'return_to_queue'")
        self.theta = 0.0 if math.isinf(patience) else 1.0 / patience
        self.onset = float(onset) if self.theta else 0.0
        self.lines = -1 if lines is None else int(lines)
        self.leaving: Leaving = leaving
        self.starts_at = float(starts_at)
        self.aht: Floats = Shape().read("aht", np.atleast_1d(np.asarray(aht)), above=0.0, most=FINITE)
        self.rate: Floats | None = None
        self.function: SmoothRate | None = None
        if callable(arrival_rate):
            part = self.interval / 6 if piece is None else Shape().read("piece", piece, above=0.0, most=FINITE)
            self.function = SmoothRate(arrival_rate, part, tuple(breaks), self.onset, self.starts_at)
        else:
            self.rate = Shape().read("arrival_rate", np.atleast_1d(np.asarray(arrival_rate)), most=FINITE)

    def solve(
        self,
        agents: ArrayLike,
        *,
        threshold: ArrayLike = 20.0,
        start: Start | State | ArrayLike = "empty",
        tolerance: float = 1e-8,
    ) -> Transient:
        """Service with so many agents in each interval.

        Parameters
        ----------
        agents
            Whole numbers >= 0, one an interval; one for all where the rates are given by interval.
        threshold
            T of the service level, >= 0.
        start
            ``"empty"``, ``"stationary"`` (the steady state of the first rate and agents), or probabilities of 0, 1, ... contacts.
        tolerance
            For smooth rates: pieces are halved until the error of shares of contacts is estimated below this, seven times at most.

        Raises
        ------
        ValueError
            Agents that are no whole numbers or too few; a start that is no distribution or does not exist.
        """
        staff = self.staff(agents)
        within = _within(threshold, len(staff))
        if self.function is None:
            return self._solved(staff, within, start, 1)
        levels = [self._solved(staff, within, start, factor) for factor in (1, 2, 4)]
        while (result := extrapolated(levels)).error > tolerance and len(levels) < _REFINEMENTS:
            levels.append(self._solved(staff, within, start, 2 ** len(levels)))
        return result

    def path(
        self,
        agents: ArrayLike,
        times: ArrayLike,
        *,
        threshold: ArrayLike = 20.0,
        start: Start | State | ArrayLike = "empty",
        chances: bool = True,
        tolerance: float = 1e-8,
    ) -> Moments:
        """The same at single moments; at a change of agents just after it.

        Parameters
        ----------
        times
            Ascending, from the first interval's start to the last one's end.
        chances
            Whether the chances of who arrives are wanted, which take most of the time; else they are nan.
        tolerance
            As for `solve`.
        """
        staff, moments = self.staff(agents), np.atleast_1d(plain_numbers("times", times))
        within = _within(threshold, len(staff))
        edges = self.edges(len(staff))
        if len(moments) and not (np.all(np.diff(moments) >= 0) and moments[0] >= edges[0] and moments[-1] <= edges[-1] + 1e-9):
            raise ValueError("times must ascend within the intervals")
        if self.function is None:
            return self._path(staff, moments, within, start, 1, chances)
        levels = [self._path(staff, moments, within, start, factor, chances) for factor in (1, 2, 4)]
        while (apart := between(levels))[1] > tolerance and len(levels) < _REFINEMENTS:
            levels.append(self._path(staff, moments, within, start, 2 ** len(levels), chances))
        return Moments(time=moments, agents=levels[0].agents, **apart[0])

    def asa_answered(self, agents: ArrayLike, *, start: Start | State | ArrayLike = "empty") -> Floats:
        """Mean wait of the contacts that are answered, by interval of arrival; nan where nobody is.

        The share answered later than a time, summed over times: a solution for each of some hundred service levels, to about 1e-8.
        Where contacts return to the queue it is the wait until first answered.
        """
        staff = self.staff(agents)
        ever = self.solve(staff, start=start)
        taken = ever.offered - ever.blocked - ever.abandoned
        total, begin = np.zeros(len(staff)), 0.0
        # Panels twice as long each, from the pace of the busiest team on: waits end like exponentials.
        length = float(self.aht.min()) / max(int(staff.max()), 1)
        # Nobody's patience outlasts e^-40; where nobody abandons, a queue that does not end is told to have no mean wait.
        longest = self.onset + 40 / self.theta if self.theta else 1e3 * float(self.aht.max())
        while True:
            for node, weight in zip(_WAIT_NODES.tolist(), _WAIT_WEIGHTS.tolist(), strict=True):
                soon = self.solve(staff, threshold=begin + length / 2 * (1 + node), start=start).answered_within
                total += weight * length / 2 * np.maximum(taken - soon, 0.0)
            begin, length = begin + length, 2 * length
            left = taken - self.solve(staff, threshold=begin, start=start).answered_within
            if (left * begin <= 1e-9 * total + 1e-12 * length * taken).all() or begin > longest:
                return ratio(total, taken)

    def staff(self, agents: ArrayLike) -> NDArray[np.int64]:
        """Agents as whole numbers, one an interval."""
        found = whole("agents", agents, MOST_AGENTS)
        count = len(self.rate) if self.rate is not None and len(self.rate) > 1 else max(len(found), len(self.aht))
        if len(self.aht) not in (1, count):
            raise ValueError(f"aht has {len(self.aht)} values for {count} intervals")
        return each_interval("agents", found, count).astype(np.int64)

    def edges(self, count: int) -> Floats:
        """Times at which intervals begin, and the end."""
        return np.asarray(self.starts_at + self.interval * np.arange(count + 1, dtype=float))

    def mean_rate(self, start: float, end: float) -> float:
        """Mean arrival rate between two times; 0 outside the intervals where rates are given by interval."""
        if self.function is not None:
            return self.function.mean(start, end)
        assert self.rate is not None
        count = max(len(self.rate), 1)
        steps = StepRate(self.edges(count), self.rate)
        return steps.mean(start, end)

    def course(self, count: int, factor: int = 1) -> Course:
        """The intervals as the chain plays them."""
        edges = self.edges(count)
        aht = np.broadcast_to(self.aht, count)
        rates = [Rates(1.0 / float(a), self.theta, self.onset, self.lines) for a in aht]
        if self.function is not None:
            return Course(edges, rates, self.function.refined(factor), self.leaving)
        assert self.rate is not None
        return Course(edges, rates, StepRate(edges, np.broadcast_to(self.rate, count), self.onset), self.leaving)

    def begin(self, course: Course, agents: int, start: Start | State | ArrayLike) -> State:
        """The state when the first interval begins."""
        if isinstance(start, State):
            return start.restaffed(agents, self.leaving)
        if isinstance(start, str):
            if start == "empty":
                return State.of(np.ones(1), agents)
            if start != "stationary":
                raise ValueError(f"start is {start!r}; it must be 'empty', 'stationary' or probabilities")
            first = self.function.function(self.starts_at) if self.function else float(self.rate[0])  # type: ignore[index]
            return stationary(float(first), agents, course.at(0))
        chances = np.atleast_1d(plain_numbers("start", start))
        if chances.ndim != 1 or not len(chances) or np.any(~(chances >= 0)) or abs(chances.sum() - 1) > 1e-9:
            raise ValueError("start must be probabilities of 0, 1, ... contacts that add up to 1")
        if 0 <= self.lines < len(np.trim_zeros(chances, "b")) - 1:
            raise ValueError(f"start has more contacts than there are lines, {self.lines}")
        return State.of(chances / chances.sum(), agents)

    def _solved(self, staff: NDArray[np.int64], within: Floats, start: Any, factor: int) -> Transient:
        count = len(staff)
        course = self.course(count, factor)
        state = self.begin(course, int(staff[0]), start)
        sums: list[Sums] = []
        begins: list[State] = []
        for i in range(count):
            begins.append(state)
            state, part = course.interval(state, i, staff, float(within[i]))
            sums.append(part)
            state = state if i + 1 == count else state.restaffed(int(staff[i + 1]), self.leaving)
        fates = self._fates(course, staff, begins, state, sums)
        return tabled(course, staff, begins, sums, *fates, self.interval)

    def _fates(
        self, course: Course, staff: NDArray[np.int64], begins: list[State], last: State, sums: list[Sums]
    ) -> tuple[Floats, Floats]:
        """Contacts abandoning, and their waits summed, by interval of arrival."""
        if self.leaving == "finish":
            # Those there at the beginning, and those who arrive, abandon now or are left for later.
            left = np.array([course.remaining(state, i, staff) for i, state in enumerate([*begins, last])])
            abandoning, queue = np.array([(part.abandoning, part.queue) for part in sums]).T
            with np.errstate(invalid="ignore"):
                return abandoning + np.diff(left[:, 0]), queue + np.diff(left[:, 1])
        waits: list[float] = []
        after = None
        for i in range(len(begins) - 1, -1, -1):
            after, total = course.first_waits(begins[i], i, after, int(staff[min(i + 1, len(staff) - 1)]))
            waits.append(total)
        waited = np.array(waits[::-1])
        return self.theta * waited, waited

    def _path(self, staff: NDArray[np.int64], times: Floats, within: Floats, start: Any, factor: int, chances: bool) -> Moments:
        count = len(staff)
        course = self.course(count, factor)
        state = self.begin(course, int(staff[0]), start)
        rows: list[tuple[float, ...]] = []
        i, now = 0, float(course.edges[0])
        for time in times.tolist():
            while i + 1 < count and course.edges[i + 1] <= time + 1e-9:
                state = course.play(state, now, float(course.edges[i + 1]), i)
                i, now = i + 1, float(course.edges[i + 1])
                state = state.restaffed(int(staff[i]), self.leaving)
            state = course.play(state, now, time, i)
            now = time
            met = _chances(course, state, i, now, staff, float(within[i])) if chances else (math.nan, math.nan)
            late = float(state.over.sum())
            rows.append((i, state.queue(), state.busy(), state.delayed(self.lines), late, *met))
        columns = np.array(rows, dtype=float).reshape(-1, 7).T
        return Moments(times, staff[columns[0].astype(int)], *columns[1:])


def _chances(course: Course, state: State, i: int, now: float, staff: NDArray[np.int64], threshold: float) -> tuple[float, float]:
    """Of who arrives now: to be answered in time, and to abandon."""
    rates = course.at(i)
    soon = course.chances(state, now, i, staff, threshold)
    if not rates.theta:
        return soon, 0.0
    # A wait that nobody's patience outlasts: e^-40.
    return soon, 1.0 - state.full(rates.lines) - course.chances(state, now, i, staff, rates.onset + 40 / rates.theta)


def _within(threshold: ArrayLike, count: int) -> Floats:
    return each_interval("threshold", Shape().read("threshold", np.atleast_1d(np.asarray(threshold)), most=FINITE), count)
