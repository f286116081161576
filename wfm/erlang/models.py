"""Queues to ask questions of: `ErlangB`, `ErlangC`, `ErlangA`, `MMnDelayed`.

Each is made from an arrival rate and a mean handle time in any one unit of time; every other time given or returned is
in that unit. Arguments are scalars, lists, arrays or Series and broadcast; answers are of the same kind.

KPIs of `measures`, shares of all offered contacts unless said otherwise (W: time in queue; V: the wait of someone with
endless patience; T: the threshold; counted by arrival, `W <= T`):

======================== =============================================================================================
sl_offered               answered within T / offered (the default service level)
sl_net                   answered within T / (offered - abandoned within T)
sl_answered              answered within T / answered
sl_either                answered or abandoned within T / offered
sl_virtual               P(V <= T)
answer_rate              answered / offered
abandon_rate_offered     abandoned / offered
abandon_within           abandoned within T / offered
p_wait, p_no_wait        P(V > 0): all agents busy on arrival, and its complement
p_wait_longer            P(W > T)
p_virtual_longer         P(V > T)
asa_answered             mean wait of the answered, those answered at once included
mean_wait_all            mean wait of all offered
mean_wait_virtual        E[V]
mean_time_to_abandon     mean wait of those who abandon; nan where nobody does
mean_queue               mean number waiting
occupancy                busy time / staffed time; nan without agents
======================== =============================================================================================

Edges: no load needs 0 agents, waits 0, service level 1; positive load needs at least 1 agent; a target no number of
agents meets needs inf. Erlang C with agents <= load has wait inf and service level 0.
"""

import math
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from wfm.erlang import measure as m
from wfm.erlang import twin
from wfm.erlang.shapes import Shape, each

if TYPE_CHECKING:
    from wfm.erlang.shapes import Numbers

FINITE = sys.float_info.max

_LEVELS = {
    "sl_offered": m.SL_OFFERED,
    "sl_net": m.SL_NET,
    "sl_answered": m.SL_ANSWERED,
    "sl_either": m.SL_EITHER,
    "sl_virtual": m.SL_VIRTUAL,
}
_SHARES = {
    "answer_rate": m.ANSWER_RATE,
    "abandon_rate_offered": m.ABANDON_RATE_OFFERED,
    "p_wait": m.P_WAIT,
    "p_no_wait": m.P_NO_WAIT,
    "occupancy": m.OCCUPANCY,
}
_TIMES = {
    "asa_answered": m.ASA_ANSWERED,
    "mean_wait_all": m.MEAN_WAIT_ALL,
    "mean_wait_virtual": m.MEAN_WAIT_VIRTUAL,
}
_BEYOND = {
    "abandon_within": m.ABANDON_WITHIN,
    "p_wait_longer": m.P_WAIT_LONGER,
    "p_virtual_longer": m.P_VIRTUAL_LONGER,
}
_QUEUE = {"mean_queue": m.MEAN_QUEUE}
_ABANDON_TIME = {"mean_time_to_abandon": m.MEAN_TIME_TO_ABANDON}
_LOGS = {"ln_p_wait": m.LN_P_WAIT, "ln_p_wait_longer": m.LN_P_WAIT_LONGER}
_LINES = {
    "blocking": m.BLOCKING,
    "ln_blocking": m.LN_BLOCKING,
    "answer_rate": m.LINE_ANSWER_RATE,
    "carried_load": m.CARRIED_LOAD,
    "occupancy": m.LINE_OCCUPANCY,
}
_NEEDS_THRESHOLD = {*_LEVELS, *_BEYOND, "ln_p_wait_longer"}
_IN_TIME = {*_TIMES, *_ABANDON_TIME}


class Measures(Mapping[str, Any]):
    """The KPIs of one staffing level by name; each is computed when first asked for, and kept.

    KPIs that need a threshold are present only if one was given.
    """

    def __init__(self, queue: "_Queue", agents: "Numbers", threshold: "Numbers | None") -> None:
        shape = Shape()
        self._agents = shape.read("agents", agents)
        self._threshold = 0.0 if threshold is None else shape.read("threshold", threshold) / queue._aht
        self._shape = shape.merge(queue._shape)
        self._queue = queue
        self._codes = {k: c for k, c in queue._kpis.items() if threshold is not None or k not in _NEEDS_THRESHOLD}
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            if name not in self._codes:
                raise KeyError(_no_such(name, self._queue._kpis))
            q = self._queue
            value = each(twin.measure, self._codes[name], self._agents, q._load, q._patience, q._onset, self._threshold)
            self._known[name] = self._shape.wrap(value * q._aht if name in _IN_TIME else value, name)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._codes

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)

    def __repr__(self) -> str:
        return "\n".join(f"{name:<21} {value}" for name, value in self.items())


def _no_such(name: str, kpis: Mapping[str, int]) -> str:
    if name in kpis:
        return f"{name} needs a threshold: measures(agents, threshold=20)"
    return f"no KPI {name!r} here; there are {', '.join(kpis)}"


class _Queue:
    """What the four models share: arguments, units, and the searches."""

    _kpis: ClassVar[Mapping[str, int]]
    _targets: ClassVar[Mapping[str, int]]

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", patience: "Numbers", onset: "Numbers") -> None:
        shape = Shape()
        self._arrival_rate = shape.read("arrival_rate", arrival_rate, most=FINITE)
        self._aht = shape.read("aht", aht, above=0.0, most=FINITE)
        self._load = self._arrival_rate * self._aht
        self._patience = shape.read("patience", patience) / self._aht
        self._onset = shape.read("onset", onset) / self._aht
        self._shape = shape

    @property
    def offered_load(self) -> Any:
        """Arrival rate times mean handle time [erlang]."""
        return self._shape.wrap(self._load, "offered_load")

    def measures(self, agents: "Numbers", threshold: "Numbers | None" = None) -> Measures:
        """KPIs with this many agents (lines for `ErlangB`); real numbers are allowed.

        Parameters
        ----------
        agents
            Agents on queue, >= 0.
        threshold
            T of the service levels, in the model's unit of time; without it those KPIs are absent.
        """
        return Measures(self, agents, threshold)

    def _aims(self, shape: Shape, targets: Mapping[str, Any]) -> Iterator[tuple[int, Any, Any]]:
        if not targets:
            raise ValueError(f"name at least one target: {', '.join(self._targets)}")
        for name, target in targets.items():
            if name not in self._targets:
                raise ValueError(f"no target {name!r} here; there are {', '.join(self._targets)}")
            threshold: Any = 0.0
            if name in _LEVELS:
                try:
                    target, threshold = target
                except (TypeError, ValueError):
                    raise ValueError(f"{name} takes (share, threshold), such as (0.80, 20), not {target!r}") from None
                threshold = shape.read(f"{name} threshold", threshold) / self._aht
            if name in _TIMES:
                target = shape.read(name, target) / self._aht
            else:
                target = shape.read(name, target, most=math.inf if name in _QUEUE else 1.0)
            yield self._targets[name], target, threshold

    def _least(self, targets: Mapping[str, Any]) -> Any:
        shape = Shape(self._shape.index)
        answers = [
            each(twin.least_agents, kpi, target, threshold, self._load, self._patience, self._onset)
            for kpi, target, threshold in self._aims(shape, targets)
        ]
        least = _extreme(answers, largest=True)
        if isinstance(least, float):
            return int(least) if least < math.inf else least
        return shape.wrap(least, "agents")

    def _greatest(self, agents: "Numbers", targets: Mapping[str, Any]) -> Any:
        shape = Shape(self._shape.index)
        n = shape.read("agents", agents, most=FINITE)
        answers = [
            each(twin.greatest_load, kpi, target, threshold, n, self._patience, self._onset)
            for kpi, target, threshold in self._aims(shape, targets)
        ]
        return shape.wrap(_extreme(answers, largest=False) / self._aht, "arrival_rate")


def _extreme(answers: list[Any], *, largest: bool) -> Any:
    if all(isinstance(a, float) for a in answers):
        return max(answers) if largest else min(answers)
    import numpy as np

    best = answers[0]
    for answer in answers[1:]:
        best = np.maximum(best, answer) if largest else np.minimum(best, answer)
    return best


class _WithAgents(_Queue):
    """The two searches of the queues with waiting."""

    _targets: ClassVar[Mapping[str, int]] = {**_LEVELS, **_SHARES, **_TIMES, **_QUEUE}

    def agents_for(self, **targets: Any) -> Any:
        """Least whole number of agents that meets every target, also below the load.

        Parameters
        ----------
        **targets
            Service levels as ``(share, threshold)``, such as ``sl_offered=(0.80, 20)``; the others as numbers:
            ``answer_rate``, ``p_no_wait`` at least; ``abandon_rate_offered``, ``p_wait``, ``occupancy``,
            ``asa_answered``, ``mean_wait_all``, ``mean_wait_virtual``, ``mean_queue`` at most. A target is met
            within a relative 1e-12 of its value, so that exact ties do not hang on the last bit.

        Returns
        -------
        int, or float array
            0 without load, else at least 1; inf where no number of agents will do (a service level of 1, a wait of 0).

        Raises
        ------
        ValueError
            For unknown or malformed targets, naming the first bad element.
        """
        return self._least(targets)

    def rate_for(self, agents: "Numbers", **targets: Any) -> Any:
        """Greatest arrival rate at which so many agents meet every target (as in `agents_for`, without slack).

        The model's own arrival rate plays no part. The answer is inf where every rate meets the targets, and 0 where
        none does.
        """
        return self._greatest(agents, targets)


class ErlangC(_WithAgents):
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

    _kpis: ClassVar[Mapping[str, int]] = {**_LEVELS, **_SHARES, **_TIMES, **_BEYOND, **_QUEUE, **_LOGS}

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers") -> None:
        super().__init__(arrival_rate, aht, math.inf, 0.0)


class MMnDelayed(_WithAgents):
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

    _kpis: ClassVar[Mapping[str, int]] = {**_LEVELS, **_SHARES, **_TIMES, **_BEYOND, **_QUEUE, **_ABANDON_TIME}

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", patience: "Numbers", onset: "Numbers") -> None:
        super().__init__(arrival_rate, aht, patience, onset)


class ErlangA(MMnDelayed):
    """M/M/n+M: exponential patience.

    Parameters
    ----------
    arrival_rate
        Contacts offered per unit of time, >= 0.
    aht
        Mean handle time, > 0.
    patience
        Mean patience, >= 0; inf is `ErlangC`.
    """

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", patience: "Numbers") -> None:
        super().__init__(arrival_rate, aht, patience, 0.0)


class ErlangB(_Queue):
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

    _kpis: ClassVar[Mapping[str, int]] = _LINES
    _targets: ClassVar[Mapping[str, int]] = {"blocking": m.BLOCKING, "occupancy": m.LINE_OCCUPANCY}

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers") -> None:
        super().__init__(arrival_rate, aht, math.inf, 0.0)

    def lines_for(self, **targets: Any) -> Any:
        """Least whole number of lines with `blocking` (and `occupancy`) at most the value given; as `agents_for`."""
        return self._least(targets)

    def rate_for(self, lines: "Numbers", **targets: Any) -> Any:
        """Greatest arrival rate at which so many lines keep `blocking` (and `occupancy`) at most the value given."""
        return self._greatest(lines, targets)
