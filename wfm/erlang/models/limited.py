"""`ErlangX`: what `ErlangA` becomes with limited lines or with callers who dial again."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from wfm.erlang.formulas import kpis as k
from wfm.erlang.formulas.redial import measure_redial
from wfm.erlang.models.base import FINITE, Queue, Target
from wfm.erlang.models.kpis import BEYOND, KPIS, LEVELS, SHARES, WAITS, Kpi, some
from wfm.erlang.shapes import Shape, each

if TYPE_CHECKING:
    from wfm.erlang.shapes import Numbers

LIMITS = ("sl_accepted", "mean_wait_accepted", "blocking")
CUSTOMERS = ("offered_attempts", "attempts_per_customer", "customer_lost")
# Past so many places to wait a single question is worth the load of compiled code.
LONG = 3000.0


class ErlangX(Queue):
    """M/M/n/K+M with redials: limited lines, exponential patience, and callers who dial again.

    `ErlangA(..., lines=..., redial_abandon=..., redial_block=...)` makes one; parameters are described there.
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some(*LEVELS, *SHARES, *WAITS, "mean_time_to_abandon", *BEYOND, *LIMITS, *CUSTOMERS)

    def __init__(
        self,
        arrival_rate: "Numbers",
        aht: "Numbers",
        patience: "Numbers",
        lines: "Numbers" = math.inf,
        redial_abandon: "Numbers" = 0.0,
        redial_block: "Numbers" = 0.0,
    ) -> None:
        more = {"lines": lines, "redial_abandon": redial_abandon, "redial_block": redial_block}
        super().__init__(arrival_rate, aht, patience=patience, **more)
        self._patience = self._shape.read("patience", patience) / self._aht
        self._lines = self._shape.read("lines", lines)
        be_whole("lines", self._lines)
        self._redial_abandon = self._shape.read("redial_abandon", redial_abandon, most=1.0)
        self._redial_block = self._shape.read("redial_block", redial_block, most=1.0)

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        if self._limited():
            be_whole("agents", agents, " where lines are limited")
        values = (agents, self._lines, self._load, self._patience, self._redial_abandon, self._redial_block, threshold)
        if all(isinstance(v, float) for v in values) and LONG < self._lines - agents < math.inf:
            from wfm.erlang import kernels

            return kernels.measure_redial(kpi, *values)
        return each(measure_redial, kpi, *values)

    def _limited(self) -> bool:
        """Whether any element has limited lines."""
        return some_are(self._lines < math.inf)

    def lines_for(self, agents: "Numbers", *, blocking: "Numbers") -> Any:
        """Least number of lines, those of the agents included, with at most this share blocked.

        Parameters
        ----------
        agents
            Agents on queue, whole.
        blocking
            Greatest share of attempts that may find all lines busy.

        Returns
        -------
        int, or float array
            inf where no number of lines will do, as when nobody hangs up and agents <= load.
        """
        from wfm.erlang.search import least_whole

        shape = Shape(self._shape.index)
        n = shape.read("agents", agents, most=FINITE)
        be_whole("agents", n)
        share = shape.read("blocking", blocking, most=1.0)

        def holds(lines: Any) -> Any:
            # Past a million places what is left to block is what never will be served.
            return self._with(lines=lines)._value(k.BLOCKING, n, 0.0) <= share

        unit = 1.0 + n + self._like(n, share)
        least = least_whole(lambda x: holds(x) | (x > n + 2.0**20), unit)
        if isinstance(least, float):
            return math.inf if least > n + 2.0**20 else int(least)
        import numpy as np

        return shape.wrap(np.where(least > n + 2.0**20, np.inf, least), "lines")

    def _least(self, target: Target, whole: bool) -> Any:
        if self._limited():
            if not whole:
                raise ValueError("agents must be whole where lines are limited; leave out whole=False")
            self._refuse(target[0], self._unsteady_in_agents(), "agents")
        return super()._least(target, whole)

    def _highest(self, argument: str, agents: Any, target: Target) -> Any:
        if self._limited():
            self._refuse(target[0], {k.SL_EITHER, k.P_WAIT, k.ABANDON_RATE_OFFERED, k.MEAN_WAIT_ALL}, argument)
        return super()._highest(argument, agents, target)

    def _unsteady_in_agents(self) -> set[int]:
        """KPIs that may get worse with another agent, who takes a place to wait at which callers would have hung up."""
        impatient = some_are(self._patience < 1.0)
        if impatient and some_are(self._redial_block > self._redial_abandon):
            return {kpi.code for kpi in self._kpis.values()}
        unsteady = {k.P_WAIT}
        if impatient:
            unsteady |= {k.SL_EITHER, k.BLOCKING}
        if some_are((self._redial_abandon + self._redial_block) > 0.0):
            unsteady |= {k.ABANDON_RATE_OFFERED, k.MEAN_WAIT_ALL} | ({k.CUSTOMER_LOST} if impatient else set())
        return unsteady

    def _refuse(self, kpi: Kpi, unsteady: set[int], argument: str) -> None:
        if kpi.code not in unsteady:
            return
        name = next(n for n, other in KPIS.items() if other.code == kpi.code)
        steady = [n for n, other in self._kpis.items() if other.better and other.code not in unsteady]
        way_out = f"ask for {', '.join(steady)}" if steady else "compare measures(agents) over the agents that come into question"
        raise ValueError(f"with limited lines {name} does not move one way with {argument}; {way_out}")


def some_are(condition: Any) -> bool:
    """Whether a condition holds, or holds for any element."""
    return condition if isinstance(condition, bool) else bool(condition.any())


def be_whole(name: str, value: Any, where: str = "") -> None:
    """Refuse numbers that are not whole; inf passes."""
    if isinstance(value, float):
        if value != math.inf and value % 1.0 != 0.0:
            raise ValueError(f"{name} is {value}; it must be whole{where}")
        return
    import numpy as np

    broken = np.isfinite(value) & (np.where(np.isfinite(value), value, 0.0) % 1.0 != 0.0)
    if broken.any():
        place = np.unravel_index(int(np.argmax(broken)), broken.shape)
        raise ValueError(f"{name}[{', '.join(str(int(i)) for i in place)}] is {value[place]}; it must be whole{where}")
