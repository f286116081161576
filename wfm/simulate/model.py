"""What every engine plays: one queue, its intervals, its agents and its customers, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.core import distributions, draws, laws
from wfm.core.contacts import ContactType
from wfm.core.distributions import Distribution
from wfm.simulate.arrivals import Burst, Busyness, check_bursts

SECOND = 1_000_000  # microseconds

#: What the rules may be; a patience that never ends is infinite.
_RANGES = (
    ("cv", 0.0, 1000.0),
    ("talk_share", 0.0, 1.0),
    ("onset", 0.0, np.inf),
    ("then_mean", 0.0, np.inf),
    ("redial_busy", 0.0, 1.0),
    ("redial_abandon", 0.0, 1.0),
    ("redial_delay", 0.0, 1e12),
    ("attempts_max", 1, np.inf),
)


@dataclass(frozen=True, eq=False)
class Model:
    """A single queue over the open intervals of a plan.

    Clock times and lengths are int64 microseconds after the plan's first moment; K intervals in ascending order, not overlapping.
    Intervals that touch form one open span; 24x7 is a single span. Rules:

    - Contacts are answered in order of arrival by any free agent. Agents are alike.
    - When the number of agents falls, who is busy finishes the contact first (``finish``); when it rises, the queue is served at
      once.
    - At the end of a span nobody new arrives and redials are lost, but the last interval's agents stay until all who wait are
      answered; where that interval has no agents, those waiting are let go (abandoned) at closing.
    - A line is held from arrival until the talk ends; after-call work holds none.

    Attributes
    ----------
    start, length
        int64[K], of each interval.
    rate
        float64[K], mean arrivals of fresh contacts [1/s].
    agents
        int64[K], agents on queue.
    aht
        float64[K], mean handle time of attempts that arrive in the interval [s].
    day
        int64[K], ordinal (`datetime.date.toordinal`) of the local day each interval belongs to, ascending; keys the random numbers.
    day_cv, slot_cv
        float64[K], coefficient of variation of the day's level (its first interval's value holds) and of the interval's own level.
    family, cv
        Handle time: `draws.LOGNORMAL` or `draws.EXPONENTIAL`, and its coefficient of variation.
    talk_share
        Share of the handle time in which the line is held.
    onset, then_mean
        Patience: nobody hangs up before ``onset`` [s]; then exponential with mean ``then_mean`` [s], inf for never.
    redial_busy, redial_abandon, redial_delay, attempts_max
        Shares who try again, mean delay [s], attempts in all.
    lines
        Contacts in the system at once on a line, or None for no limit.
    tilt
        float64[K], -1 to 1: the rate goes in a straight line from ``1 - tilt`` times ``rate`` at an interval's start to
        ``1 + tilt`` times at its end; None for level rates. `wfm.simulate.arrivals.tilts` and `wfm.simulate.arrivals.line` make
        them.
    busyness
        How the levels of days and intervals hang together.
    bursts
        Contacts that mailings and airings bring on top of ``rate``.
    handle
        How handle times scatter, if not by ``family`` and ``cv``; its mean does not matter, that of each interval is ``aht``.
    patience
        Patience [s], if not by ``onset`` and ``then_mean``.
    """

    start: NDArray[np.int64]
    length: NDArray[np.int64]
    rate: NDArray[np.float64]
    agents: NDArray[np.int64]
    aht: NDArray[np.float64]
    day: NDArray[np.int64]
    day_cv: NDArray[np.float64]
    slot_cv: NDArray[np.float64]
    family: int = draws.LOGNORMAL
    cv: float = 0.0
    talk_share: float = 1.0
    onset: float = 0.0
    then_mean: float = np.inf
    redial_busy: float = 0.0
    redial_abandon: float = 0.0
    redial_delay: float = 0.0
    attempts_max: int = 1
    lines: int | None = None
    tilt: NDArray[np.float64] | None = None
    busyness: Busyness = Busyness()  # noqa: RUF009 - frozen
    bursts: tuple[Burst, ...] = ()
    handle: Distribution | None = None
    patience: Distribution | None = None

    def __post_init__(self) -> None:
        K = len(self.start)
        for name in ("length", "rate", "agents", "aht", "day", "day_cv", "slot_cv"):
            if len(getattr(self, name)) != K:
                raise ValueError(f"{name} has {len(getattr(self, name))} values for {K} intervals")
        _all_hold("length", self.length, self.length > 0, "above 0")
        for name in ("rate", "aht", "day_cv", "slot_cv"):
            values = getattr(self, name)
            _all_hold(name, values, np.isfinite(values) & (values >= 0), "finite and not negative")
        _all_hold("agents", self.agents, self.agents >= 0, "not negative")
        _all_hold("start", self.start[1:], self.start[1:] >= (self.start + self.length)[:-1], "past the end of the interval before")
        _all_hold("day", self.day[1:], self.day[1:] >= self.day[:-1], "ascending")
        if len(self.start) and self.start[0] < 0:
            raise ValueError(f"start begins at {self.start[0]}; clock times count from the plan's first moment, 0 or later")
        for name, least, most in _RANGES:
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"{name} is {value}; it has to be from {least:g} to {most:g}")
        if self.family not in (draws.LOGNORMAL, draws.EXPONENTIAL):
            raise ValueError(f"family is {self.family}; it has to be draws.LOGNORMAL or draws.EXPONENTIAL")
        for name in ("attempts_max", "lines"):
            value = getattr(self, name)
            if value is not None and value != int(value):
                raise ValueError(f"{name} is {value}; it has to be a whole number")
        if self.lines is not None and self.lines < 0:
            raise ValueError(f"lines is {self.lines}; it has to be 0 or more, or None for no limit")
        if self.tilt is not None:
            if len(self.tilt) != K:
                raise ValueError(f"tilt has {len(self.tilt)} values for {K} intervals")
            _all_hold("tilt", self.tilt, np.abs(self.tilt) <= 1, "from -1 to 1")
        check_bursts(self.bursts)
        if self.handle is not None:
            distributions.handle_law(self.handle)
        if self.patience is not None:
            distributions.patience_law(self.patience)

    @property
    def end(self) -> NDArray[np.int64]:
        """int64[K], end of each interval."""
        return self.start + self.length

    @property
    def handle_law(self) -> NDArray[np.float64]:
        """Law of the handle time in units of its mean, as `wfm.core.laws` writes it."""
        if self.handle is not None:
            return distributions.handle_law(self.handle)
        if self.family == draws.EXPONENTIAL:
            return np.array([laws.DELAYED, 0.0, 1.0])
        return np.array([laws.LOGNORMAL, 1.0, self.cv])

    @property
    def patience_law(self) -> NDArray[np.float64]:
        """Law of the patience [s], as `wfm.core.laws` writes it."""
        if self.patience is not None:
            return distributions.patience_law(self.patience)
        return np.array([laws.DELAYED, self.onset, self.then_mean])

    def closing(self) -> NDArray[np.int64]:
        """int64[K]: when the open span that each interval lies in ends."""
        end = self.end
        last = np.append(self.start[1:] != end[:-1], True)[: len(end)]
        return np.asarray(end[last][np.cumsum(last) - last], dtype=np.int64) if len(end) else end

    @classmethod
    def regular(
        cls,
        intervals: int,
        length: float,
        *,
        rate: ArrayLike,
        agents: ArrayLike,
        aht: ArrayLike,
        day: date = date(2027, 7, 5),
        day_cv: float = 0.0,
        slot_cv: float = 0.0,
        **rules: Any,
    ) -> Model:
        """A queue on intervals of one length, one after another within one day.

        Parameters
        ----------
        intervals, length
            How many, and their length [s].
        rate, agents, aht
            Contacts a second, agents and mean handle time [s] of every interval: one for all, or one for each.
        day
            The day, which keys the random numbers.
        day_cv, slot_cv
            Coefficients of variation of the day's level and of each interval's own.
        rules
            The other attributes, by name.

        Raises
        ------
        ValueError
            Numbers that are not one for each interval; what a model refuses.
        """
        K, each = intervals, round(length * SECOND)
        given = {"rate": rate, "agents": agents, "aht": aht}
        for name, values in given.items():
            if np.ndim(values) and np.shape(values) != (K,):
                raise ValueError(f"{name} has the shape {np.shape(values)} for {K} intervals")
        return cls(
            start=np.arange(K, dtype=np.int64) * each,
            length=np.full(K, each, dtype=np.int64),
            rate=np.array(np.broadcast_to(np.asarray(rate, dtype=float), K)),
            agents=np.array(np.broadcast_to(np.asarray(agents, dtype=np.int64), K)),
            aht=np.array(np.broadcast_to(np.asarray(aht, dtype=float), K)),
            day=np.full(K, day.toordinal(), dtype=np.int64),
            day_cv=np.full(K, float(day_cv)),
            slot_cv=np.full(K, float(slot_cv)),
            **rules,
        )

    @classmethod
    def of(
        cls,
        contact: ContactType,
        *,
        start: NDArray[np.int64],
        length: NDArray[np.int64],
        rate: NDArray[np.float64],
        agents: NDArray[np.int64],
        aht: NDArray[np.float64],
        day: NDArray[np.int64],
        day_cv: NDArray[np.float64],
        slot_cv: NDArray[np.float64],
        lines: int | None,
    ) -> Model:
        """The model of a contact type's customers on the given intervals."""
        return cls(
            start=start,
            length=length,
            rate=rate,
            agents=agents,
            aht=aht,
            day=day,
            day_cv=day_cv,
            slot_cv=slot_cv,
            family=draws.EXPONENTIAL if contact.spread.family == "exponential" else draws.LOGNORMAL,
            cv=contact.spread.cv,
            talk_share=contact.talk / contact.aht if contact.aht > 0 else 1.0,
            onset=contact.patience.onset,
            then_mean=contact.patience.then_mean,
            redial_busy=contact.redial.after_busy,
            redial_abandon=contact.redial.after_abandon,
            redial_delay=contact.redial.delay,
            attempts_max=contact.redial.attempts_max,
            lines=lines,
            handle=contact.spread.distribution,
            patience=contact.patience_distribution,
        )


def _all_hold(name: str, values: NDArray[np.generic], holds: NDArray[np.bool_], what: str) -> None:
    if not np.all(holds):
        first = int(np.argmin(holds))
        raise ValueError(f"{name} has to be {what}; the first that is not is number {first}: {values[first]}")
