"""Queues with patience of any distribution: `MMnG`, exact, and `MMnKGWhitt`, an approximation with finitely many lines."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from wfm.erlang import twin
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
        if not isinstance(patience, Patience):
            raise ValueError(f"patience is {patience!r}; it must be a distribution of wfm.erlang.impatience, or use ErlangA")
        self._patience = patience

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        tables = (self._patience._law, self._patience._cuts)
        return each(twin.measure_general, kpi, agents, self._load, self._aht, threshold, fixed=tables)
