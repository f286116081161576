"""What all queues share: reading arguments, KPIs computed when asked for, least agents and greatest anything else.

A queue says which KPIs it knows, and how one of them is computed from agents, load, its own parameters and a threshold,
all in mean handle times (`_value`). The searches need no more than that; a queue with a faster way overrides `_least`.
"""

import math
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from wfm.erlang.formulas.staffing import SLACK
from wfm.erlang.models.kpis import Kpi, in_units
from wfm.erlang.search import greatest_real, least_real, least_whole
from wfm.erlang.shapes import Shape, are_arrays, common

if TYPE_CHECKING:
    from wfm.erlang.shapes import Numbers

FINITE = sys.float_info.max
LEAST_TIME = 1e-200
Target = tuple[Kpi, Any, Any]


class Measures(Mapping[str, Any]):
    """The KPIs of one staffing level by name; each is computed when first asked for, and kept.

    KPIs that need a threshold are present only if one was given.
    """

    def __init__(self, queue: "Queue", agents: "Numbers", threshold: "Numbers | None") -> None:
        shape = Shape()
        self._agents = shape.read("agents", agents)
        self._threshold = 0.0 if threshold is None else shape.read("threshold", threshold) / queue._aht
        self._shape = shape.merge(queue._shape)
        self._queue = queue
        self._kpis = {n: k for n, k in queue._kpis.items() if threshold is not None or not k.needs_threshold}
        self._found: dict[int, Any] = {}
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._known:
            if name not in self._kpis:
                raise KeyError(_no_such(name, self._queue._kpis))
            kpi = self._kpis[name]
            if kpi.code not in self._found:
                self._found |= self._queue._values(kpi.code, self._agents, self._threshold)
            self._known[name] = self._shape.wrap(in_units(self._found[kpi.code], kpi, self._queue._aht), name)
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._kpis

    def __iter__(self) -> Iterator[str]:
        return iter(self._kpis)

    def __len__(self) -> int:
        return len(self._kpis)

    def __repr__(self) -> str:
        return "\n".join(f"{name:<21} {value}" for name, value in self.items())


def _no_such(name: str, kpis: Mapping[str, Kpi]) -> str:
    if name in kpis:
        return f"{name} needs a threshold: measures(agents, threshold=20)"
    return f"no KPI {name!r} here; there are {', '.join(kpis)}"


class Queue:
    """Arrivals, handle times, and the searches; each model adds its KPIs and how to compute one.

    Attributes
    ----------
    _kpis
        The KPIs this queue knows, by name.
    _arguments
        What it was made of, by name and as given: a search over one of them makes the queue anew with that one changed.
    """

    _kpis: ClassVar[Mapping[str, Kpi]]

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", **others: Any) -> None:
        self._arguments: dict[str, Any] = {"arrival_rate": arrival_rate, "aht": aht, **others}
        self._shape = Shape()
        self._arrival_rate = self._shape.read("arrival_rate", arrival_rate, most=FINITE)
        self._aht = self._shape.read("aht", aht, above=0.0, most=FINITE)
        if are_arrays((self._arrival_rate, self._aht)):
            common(self._arrival_rate, self._aht)
        self._load = self._shape.read("arrival_rate * aht", self._arrival_rate * self._aht, most=FINITE)

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={_told(value)}" for name, value in self._arguments.items())
        return f"{type(self).__name__}({told})"

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        """The KPI of this code with so many agents, times in mean handle times."""
        raise NotImplementedError

    def _values(self, kpi: int, agents: Any, threshold: Any) -> dict[int, Any]:
        """The KPI, with others that cost nothing once it is computed, by code."""
        return {kpi: self._value(kpi, agents, threshold)}

    def _alike(self, kpi: int, by: str) -> list[tuple[int, float]]:
        """Codes of KPIs that change just so (1) or just opposite (-1) when this is varied; the smallest knows most digits."""
        return [(kpi, 1.0)]

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

    def agents_for(self, *, whole: bool = True, **targets: Any) -> Any:
        """Least number of agents that meets every target, also below the load.

        Parameters
        ----------
        whole
            Whether agents are whole; else the least real number, to the last bits and without slack.
        **targets
            Service levels as ``(share, threshold)``, such as ``sl_offered=(0.80, 20)``; the others as numbers:
            ``answer_rate``, ``p_no_wait`` at least; ``abandon_rate_offered``, ``p_wait``, ``occupancy``,
            ``asa_answered``, ``mean_wait_all``, ``mean_wait_virtual``, ``mean_queue`` at most. A whole number meets a
            target within a relative 1e-12 of its value, so that exact ties do not hang on the last bit.

        Returns
        -------
        int, or float array
            0 without load, else at least 1; inf where no number of agents will do (a service level of 1, a wait of 0).
            A float where agents need not be whole.

        Raises
        ------
        ValueError
            For unknown or malformed targets, naming the first bad element.
        """
        shape = Shape(self._shape.index)
        answers = [self._least(target, whole) for target in self._aims(shape, targets)]
        least = _extreme(answers, largest=True)
        if isinstance(least, float):
            return int(least) if whole and least < math.inf else least
        return shape.wrap(least, "agents")

    def rate_for(self, agents: "Numbers", **targets: Any) -> Any:
        """Greatest arrival rate at which so many agents meet every target (as in `agents_for`, without slack).

        The model's own arrival rate plays no part. The answer is inf where every rate meets the targets, and 0 where
        none does.
        """
        return self._greatest("arrival_rate", agents, targets)

    def aht_for(self, agents: "Numbers", **targets: Any) -> Any:
        """Greatest mean handle time at which so many agents meet every target; else as `rate_for`."""
        return self._greatest("aht", agents, targets)

    def threshold_for(self, agents: "Numbers", **shares: Any) -> Any:
        """Least threshold within which so many agents reach each service level, given as a share: ``sl_offered=0.80``.

        inf where no threshold will do.
        """
        shape = Shape(self._shape.index)
        n = shape.read("agents", agents)
        for name in shares:
            if name not in self._kpis or not (self._kpis[name].needs_threshold and self._kpis[name].better > 0):
                raise ValueError(f"no service level {name!r} here; there are {', '.join(self._levels())}")
        answers = [self._soonest(self._kpis[name].code, n, shape.read(name, s, most=1.0)) for name, s in shares.items()]
        return shape.wrap(_extreme(answers, largest=True) * self._aht, "threshold")

    def derivative(self, name: str, by: str, agents: "Numbers", threshold: "Numbers | None" = None) -> Any:
        """What one more of something does to a KPI: its partial derivative, all else as it is.

        Parameters
        ----------
        name
            A KPI of `measures`.
        by
            What is varied: ``"agents"`` (over the real numbers), ``"threshold"``, or a number the queue was made of, such
            as ``"arrival_rate"``, ``"aht"``, ``"patience"``.

        Returns
        -------
        float, or float array
            By differences of eighth order whose steps are halved until two agree (`scipy.differentiate.derivative`),
            mostly to 1e-10 of the value; nan where they do not agree, as at load = agents in Erlang C.
        """
        from wfm.erlang.derivatives import derivative

        return derivative(self, name, by, agents, threshold)

    def _soonest(self, kpi: int, agents: Any, share: Any) -> Any:
        return least_real(lambda threshold: self._value(kpi, agents, threshold) >= share, 1.0 + self._like(share, agents))

    def _levels(self) -> list[str]:
        return [n for n, k in self._kpis.items() if k.needs_threshold and k.better > 0]

    def _aims(self, shape: Shape, targets: Mapping[str, Any]) -> Iterator[Target]:
        known = [name for name, kpi in self._kpis.items() if kpi.better]
        if not targets:
            raise ValueError(f"name at least one target: {', '.join(known)}")
        for name, target in targets.items():
            if name not in known:
                raise ValueError(f"no target {name!r} here; there are {', '.join(known)}")
            kpi = self._kpis[name]
            threshold: Any = 0.0
            if kpi.needs_threshold:
                try:
                    target, threshold = target
                except (TypeError, ValueError):
                    raise ValueError(f"{name} takes (share, threshold), such as (0.80, 20), not {target!r}") from None
                threshold = shape.read(f"{name} threshold", threshold)
            elif isinstance(target, tuple):
                raise ValueError(f"{name} has no threshold; give one number, or a list or array of them, not {target!r}")
            yield kpi, shape.read(name, target, most=1.0 if kpi.share else math.inf), threshold

    def _least(self, target: Target, whole: bool) -> Any:
        kpi, bound, threshold = target
        within, unit = threshold / self._aht, 1.0 + self._load + self._like(bound, threshold)
        slack = SLACK if whole else 0.0

        def holds(n: Any) -> Any:
            return _meets(kpi, in_units(self._value(kpi.code, n, within), kpi, self._aht), bound, slack)

        return _choose(self._load == 0.0, 0.0 * unit, (least_whole if whole else least_real)(holds, unit))

    def _greatest(self, argument: str, agents: "Numbers", targets: Mapping[str, Any]) -> Any:
        shape = Shape(self._shape.index)
        n = shape.read("agents", agents, most=FINITE)
        answers = [self._highest(argument, n, target) for target in self._aims(shape, targets)]
        return shape.wrap(_extreme(answers, largest=False), argument)

    def _highest(self, argument: str, agents: Any, target: Target) -> Any:
        unit = self._aht + self._like(agents, *target[1:])
        if argument == "arrival_rate":
            unit = (1.0 + agents) / unit
        return greatest_real(lambda x: self._met_with(argument, x, agents, target), unit)

    def _met_with(self, argument: str, value: Any, agents: Any, target: Target) -> Any:
        kpi, bound, threshold = target
        # No handle time is 0; searches begin there.
        other = self._with(**{argument: value + LEAST_TIME if argument == "aht" else value})
        return _meets(kpi, in_units(other._value(kpi.code, agents, threshold / other._aht), kpi, other._aht), bound, 0.0)

    def _with(self, **changed: Any) -> Self:
        return type(self)(**{**self._arguments, **changed})

    def _like(self, *values: Any) -> Any:
        """A zero of the shape that this queue and these values have together."""
        if not are_arrays((self._load, *values)):
            return 0.0
        import numpy as np

        return np.zeros(common(self._load, *values))


def _told(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 and "\n" not in text else f"<{type(value).__name__}>"


def _meets(kpi: Kpi, value: Any, bound: Any, slack: float) -> Any:
    return value >= bound - slack * bound if kpi.better > 0 else value <= bound + slack * bound


def _choose(condition: Any, yes: Any, no: Any) -> Any:
    if isinstance(condition, bool):
        return yes if condition else no
    import numpy as np

    return np.where(condition, yes, no)


def _extreme(answers: list[Any], *, largest: bool) -> Any:
    if all(isinstance(a, float) for a in answers):
        return max(answers) if largest else min(answers)
    import numpy as np

    best = answers[0]
    for answer in answers[1:]:
        best = np.maximum(best, answer) if largest else np.minimum(best, answer)
    return best
