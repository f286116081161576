"""Queues with patience of any distribution: `MMnG`, exact, and `MMnKGWhitt`, an approximation with finitely many lines."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from wfm.erlang.formulas.measure_general import measure_general
from wfm.erlang.formulas.whitt import measure_whitt
from wfm.erlang.impatience.base import Patience
from wfm.erlang.models.base import Queue
from wfm.erlang.models.kpis import BEYOND, LEVELS, SHARES, WAITS, Kpi, some
from wfm.erlang.shapes import each

if TYPE_CHECKING:
    from wfm.erlang.shapes import Numbers


class MMnG(Queue):
    """M/M/n+G: patience of any distribution of `wfm.erlang.impatience`.

    Parameters
    ----------
    arrival_rate
        Contacts offered per unit of time, >= 0.
    aht
        Mean handle time, > 0.
    patience
        One distribution of patience for all, in the same unit of time.

    Notes
    -----
    Exact, by quadrature (Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum, QUESTA 51, 2005). With exponential patience it
    is `ErlangA`, with `Delayed` it is `MMnDelayed`; those two are faster.

    Balkers (`Balking`, or a survival curve below 1 at time 0) leave at once where they cannot be answered at once. They
    count as abandoned with wait 0, so within any threshold, and are part of `p_wait`. Whoever hangs up at the very
    threshold counts as abandoned within it.

    Where some never leave, and they alone are as many as can be answered, waits grow for ever as in `ErlangC`.
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some(*LEVELS, *SHARES, *WAITS, "mean_time_to_abandon", *BEYOND)

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", patience: Patience) -> None:
        super().__init__(arrival_rate, aht, patience=patience)
        self._patience = _distribution(patience)

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        tables = (self._patience._law, self._patience._cuts)
        return each(measure_general, kpi, agents, self._load, self._aht, threshold, fixed=tables)


class MMnKGWhitt(Queue):
    """Whitt's approximation M/M/n/K+M(n) of M/G/n/K+G: finitely many lines, patience of any distribution.

    Parameters
    ----------
    arrival_rate
        Contacts offered per unit of time, >= 0.
    aht
        Mean handle time, > 0.
    patience
        One distribution of patience for all, in the same unit of time.
    lines
        Callers the system holds, waiting or in service, >= 0; who finds it full is blocked. inf: all are accepted.
        With more agents than lines, as many work as there are lines.

    Notes
    -----
    An approximation with errors of some percent (W. Whitt, Management Science 51:221, 2005), exact for exponential
    patience; without a limit to the lines use `MMnG`, which is exact for exponential handle times. The waiting leave at
    rates by their place in the queue, so there are no service levels within a threshold. A fraction of a place in the
    queue (lines - agents) is not used.

    Without load nobody waits or is lost; without lines all are blocked; with load and lines but no agents all is nan. Where
    endless patience meets endless lines and too few agents, waits are endless as in `ErlangC`. Places are gone through one by
    one: a queue that reaches beyond ten million of them is nan, and `ln_blocking` beyond as many is -inf.
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some(
        "blocking", *SHARES, "mean_wait_all", "mean_wait_accepted", "mean_queue", "ln_blocking"
    )

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", patience: Patience, lines: "Numbers") -> None:
        super().__init__(arrival_rate, aht, patience=patience, lines=lines)
        self._patience = _distribution(patience)
        self._lines = self._shape.read("lines", lines)

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        return each(measure_whitt, kpi, agents, self._lines, self._load, self._aht, fixed=(self._patience._law,))

    def _like(self, *values: Any) -> Any:
        return super()._like(*values) + 0.0 * _finite(self._lines)


def _finite(lines: Any) -> Any:
    if isinstance(lines, float):
        return min(lines, 0.0)
    import numpy as np

    return np.minimum(lines, 0.0)


def _distribution(patience: Any) -> Patience:
    if not isinstance(patience, Patience):
        raise ValueError(f"patience is {patience!r}; it must be a distribution of wfm.erlang.impatience, or use ErlangA")
    return patience
