"""`GammaMixed`: intervals that turn out busier or quieter than forecast."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from wfm.erlang.formulas import kpis as k
from wfm.erlang.formulas.mixed import mixed
from wfm.erlang.models.base import FINITE, Queue, Target, _choose
from wfm.erlang.models.kpis import BEYOND, LEVELS, SHARES, WAITS, Kpi, some
from wfm.erlang.shapes import each

if TYPE_CHECKING:
    from wfm.erlang.shapes import Numbers

_BASE = some(*LEVELS, *SHARES, *WAITS, "mean_time_to_abandon", *BEYOND)
# Means over time, not over contacts.
_NO_CALLS = ("occupancy", "mean_queue")


class GammaMixed(Queue):
    """M/M/n with patience onset + Exp(patience), the arrival rate a gamma variable that each interval draws anew.

    Parameters
    ----------
    arrival_rate
        Contacts offered per unit of time, the mean over intervals, >= 0.
    aht
        Mean handle time, > 0.
    patience
        Mean patience past the onset, >= 0 and finite: where nobody hangs up, any variation lets the load pass the agents
        now and then, and the mean wait is infinite.
    cv
        Coefficient of variation of the rate (the busyness) over intervals, >= 0; 0 is `MMnDelayed`. Counts of intervals
        with M contacts in the mean then have the variance M + (M cv)^2.
    onset
        Time nobody is lost in, >= 0 and finite; 0 is `ErlangA`.

    Notes
    -----
    Each interval is long enough to be stationary, and short enough for one rate. Every KPI comes twice, and in the second
    digit they differ:

    - ``sl_offered_call_weighted`` is the ratio of sums a monthly report shows: busy intervals have more contacts and
      count for more. The weight is what the KPI is a share or mean of: offered contacts (E[Lambda KPI] / E[Lambda]), the
      answered for ``sl_answered`` and ``asa_answered``, the abandoned for ``mean_time_to_abandon``. ``occupancy`` and
      ``mean_queue`` are means over time and have no such form.
    - ``sl_offered_interval_mean`` is the mean of the intervals' values, E[KPI].

    Both are targets of `agents_for` and the other searches: ``agents_for(sl_offered_call_weighted=(0.80, 20))``.
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = {
        f"{name}_call_weighted": kpi._replace(code=kpi.code + k.CALL_WEIGHTED)
        for name, kpi in _BASE.items()
        if name not in _NO_CALLS
    } | {f"{name}_interval_mean": kpi._replace(code=kpi.code + k.INTERVAL_MEAN) for name, kpi in _BASE.items()}

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", patience: "Numbers", cv: "Numbers", onset: "Numbers" = 0.0) -> None:
        super().__init__(arrival_rate, aht, patience=patience, cv=cv, onset=onset)
        self._patience = self._shape.read("patience", patience, most=FINITE) / self._aht
        self._onset = self._shape.read("onset", onset, most=FINITE) / self._aht
        self._cv = self._shape.read("cv", cv, most=FINITE)

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        return each(mixed, kpi, agents, self._load, self._patience, self._onset, threshold, self._cv)

    def _least(self, target: Target, whole: bool) -> Any:
        kpi, bound, _ = target
        # Any load leaves some to wait, however few: no rounding to 1 or 0 meets such a target.
        never = (bound >= 1.0 if kpi.better > 0 else bound <= 0.0) & (self._load > 0.0)
        return _choose(never, math.inf + self._like(*target[1:]), super()._least(target, whole))
