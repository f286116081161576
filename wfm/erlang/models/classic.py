"""The classic queues: `ErlangB`, `ErlangC`, `ErlangA`, and `MMnDelayed` between the last two.

Each is made from an arrival rate and a mean handle time in any one unit of time; every other time given or returned is
in that unit. Arguments are scalars, lists, arrays or Series and broadcast; answers are of the same kind.

Edges: no load needs 0 agents, waits 0, service level 1; positive load needs at least 1 agent; a target no number of
agents meets needs inf. Erlang C with agents <= load has wait inf and service level 0.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from wfm.erlang.formulas import kpis as k
from wfm.erlang.formulas.measure import measure, measure_endless
from wfm.erlang.formulas.staffing import greatest_load, least_agents
from wfm.erlang.models.base import Queue, Target
from wfm.erlang.models.kpis import BEYOND, LEVELS, SHARES, WAITS, Kpi, some
from wfm.erlang.shapes import are_arrays, each, pair

if TYPE_CHECKING:
    from wfm.erlang.shapes import Numbers


def _is(value: Any, number: float) -> bool:
    return isinstance(value, float | int) and value == number


_OPPOSITE = {
    k.SL_OFFERED: k.LATE_OFFERED,
    k.SL_NET: k.LATE_NET,
    k.SL_ANSWERED: k.LATE_ANSWERED,
    k.SL_EITHER: k.P_WAIT_LONGER,
    k.SL_VIRTUAL: k.P_VIRTUAL_LONGER,
    k.ANSWER_RATE: k.ABANDON_RATE_OFFERED,
    k.P_NO_WAIT: k.P_WAIT,
    k.P_WAIT: k.P_NO_WAIT,
    k.BLOCKING: k.LINE_ANSWER_RATE,
    k.LINE_ANSWER_RATE: k.BLOCKING,
}


class _Solved(Queue):
    """The queues whose KPIs and searches are compiled: M/M/n with patience onset + Exp(mean), and its limits."""

    _patience: Any = math.inf
    _onset: Any = 0.0

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        return each(measure, kpi, agents, self._load, self._patience, self._onset, threshold)

    def _alike(self, kpi: int, by: str) -> list[tuple[int, float]]:
        alike = [(kpi, 1.0)]
        if kpi in _OPPOSITE:
            alike.append((_OPPOSITE[kpi], -1.0))
        if by == "patience" and kpi in (k.ABANDON_RATE_OFFERED, k.ANSWER_RATE):
            alike.append((k.ABANDON_SURPLUS, 1.0 if kpi == k.ABANDON_RATE_OFFERED else -1.0))
        return alike

    def _values(self, kpi: int, agents: Any, threshold: Any) -> dict[int, Any]:
        numbers = (agents, self._load, self._patience, self._onset, threshold)
        if kpi > k.SL_VIRTUAL or not are_arrays(numbers) or _is(self._patience, math.inf):
            return super()._values(kpi, agents, threshold)
        level, lost = pair("level_and_abandoned_each", kpi, *numbers)
        return {kpi: level, k.ABANDON_RATE_OFFERED: lost}

    def _least(self, target: Target, whole: bool) -> Any:
        if not whole:
            return super()._least(target, whole)
        kpi, bound, threshold = target
        bound = bound / self._aht if kpi.time else bound
        return each(least_agents, kpi.code, bound, threshold / self._aht, self._load, self._patience, self._onset)

    def _highest(self, argument: str, agents: Any, target: Target) -> Any:
        if argument != "arrival_rate":
            return super()._highest(argument, agents, target)
        kpi, bound, threshold = target
        bound = bound / self._aht if kpi.time else bound
        load = each(greatest_load, kpi.code, bound, threshold / self._aht, agents, self._patience, self._onset)
        return load / self._aht


class ErlangC(_Solved):
    """M/M/n: nobody hangs up.

    Parameters
    ----------
    arrival_rate
        Contacts offered per unit of time, >= 0.
    aht
        Mean handle time, > 0.

    Notes
    -----
    With agents <= load the queue grows for ever: waits are inf, service levels 0, occupancy 1, and
    `abandon_rate_offered` is the share never answered, 1 - agents/load.

    Where arrival_rate * aht is rounded, the results carry that error times about 1/(1 - occupancy).
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some(*LEVELS, *SHARES, *WAITS, *BEYOND, "ln_p_wait", "ln_p_wait_longer")

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers") -> None:
        super().__init__(arrival_rate, aht)

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        if kpi <= k.SL_VIRTUAL:
            # Nobody hangs up, so that all five are one.
            return each(measure_endless, kpi, agents, self._load, threshold)
        return super()._value(kpi, agents, threshold)


class MMnDelayed(_Solved):
    """M/M/n with patience onset + Exp(patience): nobody hangs up before the onset, then gradually (S4-14).

    Parameters
    ----------
    arrival_rate
        Contacts offered per unit of time, >= 0.
    aht
        Mean handle time, > 0.
    patience
        Mean patience past the onset, >= 0; 0 means everybody leaves at the onset, inf is `ErlangC`.
    onset
        Time nobody is lost in, >= 0; 0 is `ErlangA`.
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some(*LEVELS, *SHARES, *WAITS, "mean_time_to_abandon", *BEYOND)

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", patience: "Numbers", onset: "Numbers") -> None:
        super().__init__(arrival_rate, aht, patience=patience, onset=onset)
        self._patience = self._shape.read("patience", patience) / self._aht
        self._onset = self._shape.read("onset", onset) / self._aht


class ErlangA(_Solved):
    """M/M/n+M: exponential patience; with limited lines or redials Erlang X.

    Parameters
    ----------
    arrival_rate
        Contacts offered per unit of time, >= 0: with redials the customers' first attempts.
    aht
        Mean handle time, > 0.
    patience
        Mean patience, >= 0; inf is `ErlangC`.
    lines
        Contacts there is room for, in service and waiting together: whole, or inf. `lines` = agents is `ErlangB`, and with
        fewer lines than agents the others stay idle.
    redial_abandon
        Probability that someone who hung up dials again at once.
    redial_block
        Probability that someone who found all lines busy dials again at once.

    Notes
    -----
    With lines or redials there are also `blocking`, `sl_accepted`, `mean_wait_accepted`, and `offered_attempts` (per unit
    of time, redials included), `attempts_per_customer`, `customer_lost`; all the others are then per attempt, the blocked
    included unless their definition says accepted. Redials count as further Poisson traffic: no pause, no memory.

    Where callers never give up and there are too few agents for them, attempts have no bound: `offered_attempts` and waits
    are inf, service levels 0, occupancy 1, and `customer_lost` is the share never served.

    With lines agents are whole. Targets that do not move one way with what is searched for (another agent takes a place
    to wait; a blocked call does not wait) are refused by name; `lines_for(agents, blocking=0.01)` sizes the lines.
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some(*LEVELS, *SHARES, *WAITS, "mean_time_to_abandon", *BEYOND)

    def __new__(
        cls,
        arrival_rate: "Numbers",
        aht: "Numbers",
        patience: "Numbers",
        lines: "Numbers" = math.inf,
        redial_abandon: "Numbers" = 0.0,
        redial_block: "Numbers" = 0.0,
    ) -> Any:
        """An `ErlangX` where lines are limited or callers dial again."""
        if _is(lines, math.inf) and _is(redial_abandon, 0.0) and _is(redial_block, 0.0):
            return super().__new__(cls)
        from wfm.erlang.models.limited import ErlangX

        return ErlangX(arrival_rate, aht, patience, lines, redial_abandon, redial_block)

    def __init__(
        self,
        arrival_rate: "Numbers",
        aht: "Numbers",
        patience: "Numbers",
        lines: "Numbers" = math.inf,
        redial_abandon: "Numbers" = 0.0,
        redial_block: "Numbers" = 0.0,
    ) -> None:
        super().__init__(arrival_rate, aht, patience=patience)
        self._patience = self._shape.read("patience", patience) / self._aht

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self._arguments.values())


class ErlangB(_Solved):
    """M/M/n/n: lines without a queue; who finds all busy is lost.

    Parameters
    ----------
    arrival_rate
        Attempts per unit of time, >= 0.
    aht
        Mean time a line is held, > 0.

    Notes
    -----
    `measures(lines)` has `blocking`, `ln_blocking`, `answer_rate` (1 - blocking), `carried_load` [erlang] and
    `occupancy` (of the lines).
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some("blocking", "ln_blocking", "carried_load") | {
        "answer_rate": Kpi(k.LINE_ANSWER_RATE),
        "occupancy": Kpi(k.LINE_OCCUPANCY, -1),
    }

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers") -> None:
        super().__init__(arrival_rate, aht)

    def lines_for(self, *, whole: bool = True, **targets: Any) -> Any:
        """Least number of lines with `blocking` (and `occupancy`) at most the value given; the same as `agents_for`."""
        return self.agents_for(whole=whole, **targets)
