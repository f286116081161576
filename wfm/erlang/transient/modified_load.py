"""Stationary formulas fed with the load that is really there: modified offered load (MOL), and its delayed form (DIS-MOL).

At every time t the queue is taken to be as if m(t) / aht had been the arrival rate for ever, m(t) the load that would be there with
endless agents (O. B. Jennings, A. Mandelbaum, W. A. Massey, W. Whitt, "Server staffing to meet time-varying demand", Management
Science 42:1383, 1996). It follows the rates with the right lag, where stationary formulas of each interval (SIPP) know nothing of
the interval before. It is good where service is good, and at any handle time distribution; what it knows nothing of is a backlog:
after an overload the load m falls at once, the queue does not. There the fluid or the exact chain are right.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from wfm.erlang.formulas.staffing import SLACK
from wfm.erlang.impatience import Patience
from wfm.erlang.models.base import Queue
from wfm.erlang.models.classic import ErlangA
from wfm.erlang.models.general import MMnG
from wfm.erlang.search import least_whole
from wfm.erlang.shapes import Shape
from wfm.erlang.transient.handle_times import handle_times
from wfm.erlang.transient.offered_load import Past, offered_load
from wfm.erlang.transient.periods import per_interval, read_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wfm.erlang.shapes import Numbers

    Vector = NDArray[np.float64]

Over = Literal["average", "most"]

# KPIs whose average over an interval's arrivals, or over its time, is that of their values: none with a denominator of its own.
AVERAGED = (
    "sl_offered",
    "sl_virtual",
    "p_wait",
    "p_no_wait",
    "abandon_rate_offered",
    "answer_rate",
    "mean_wait_all",
    "mean_wait_virtual",
    "mean_queue",
    "occupancy",
)


class ModifiedOfferedLoad:
    """Service by interval, and agents for a target, with the modified offered load.

    Parameters
    ----------
    rate
        Contacts offered per second within each of K intervals, >= 0.
    interval
        Length of all intervals [s], the first beginning at 0, or their K + 1 edges.
    service
        Handle time: its mean [s] if exponential, or a distribution (see `offered_load`). It enters through the load alone: the
        stationary queue has exponential handle times of the same mean.
    patience
        Mean patience [s] if exponential, >= 0; or a distribution of `wfm.erlang.impatience`.
    aht
        Mean handle time of those who arrive in each interval [s], where it changes; see `offered_load`.
    past
        What was before the first edge: ``"stationary"`` or ``"empty"``, see `offered_load`.
    delay
        By how long the load is late [s], since contacts wait before they are handled. 0 is MOL.
    points
        Times of an interval at which the stationary formulas are asked; averages are by Gauss and Legendre's rule.

    Raises
    ------
    ValueError
        For arguments out of range.
    """

    def __init__(
        self,
        rate: Numbers,
        interval: Numbers,
        service: Any,
        patience: float | Patience,
        *,
        aht: Numbers | None = None,
        past: Past = "stationary",
        delay: float = 0.0,
        points: int = 4,
    ) -> None:
        self._shape = Shape()
        rates, edges = read_rates(self._shape, rate, interval)
        if not 1 <= points <= 64:
            raise ValueError(f"points is {points}; it must be 1 to 64")
        late = float(Shape().read("delay", delay))
        law = handle_times(service)
        nodes, weights = np.polynomial.legendre.leggauss(points)
        self._weights = np.asarray(0.5 * weights, dtype=np.float64)
        # The ends count for the greatest load, not for the average.
        inner = edges[:-1, None] + np.diff(edges)[:, None] * (0.5 + 0.5 * nodes)
        times = np.concatenate([inner, edges[:-1, None], edges[1:, None]], axis=1)
        self._loads = np.asarray(offered_load(rates, edges, law, times - late, aht=aht, past=past))
        self._aht = np.full(len(rates), law.mean) if aht is None else per_interval(self._shape, "aht", aht, len(rates))
        self._patience = patience

    @property
    def load(self) -> Any:
        """Mean of the load over each interval, by the points [erlang]."""
        return self._shape.wrap(self._loads[:, :-2] @ self._weights, "offered_load")

    def measures(self, agents: Numbers, threshold: Numbers | None = None) -> dict[str, Any]:
        """KPIs with so many agents, averaged over the time of each interval.

        Parameters
        ----------
        agents
            Agents in each interval, or one number for all, >= 0.
        threshold
            T of the service levels [s], one or one for each interval; without it they are absent.

        Returns
        -------
        dict
            Name to one value for each interval, of the KPIs in `AVERAGED`.
        """
        staff = per_interval(Shape(), "agents", agents, len(self._loads))
        found = self._queue(self._loads[:, :-2]).measures(staff[:, None], _upright(threshold))
        names = [name for name in AVERAGED if name in found]
        return {name: self._shape.wrap(np.asarray(found[name]) @ self._weights, name) for name in names}

    def agents_for(self, *, over: Over = "average", **targets: Any) -> Any:
        """Least agents for each interval, without regard to those around it.

        Parameters
        ----------
        over
            Whether an interval meets a target on ``"average"`` over its time, or all the time, so at its ``"most"`` load (at the
            points or the ends).
        **targets
            As in `wfm.erlang.ErlangA.agents_for`, such as ``sl_offered=(0.80, 20)`` or ``abandon_rate_offered=0.05``, also one
            for each interval; on average those in `AVERAGED`.

        Returns
        -------
        float array or Series
            0 without load; inf where no number will do.
        """
        if over not in ("average", "most"):
            raise ValueError(f"over is {over!r}; it must be 'average' or 'most'")
        if over == "most":
            return self._shape.wrap(np.asarray(self._queue(self._loads.max(axis=1)).agents_for(**targets)), "agents")
        odd = [name for name in targets if name not in AVERAGED]
        if odd:
            raise ValueError(f"{odd[0]} has no average over an interval here; ask over='most', or for one of {', '.join(AVERAGED)}")
        queue = self._queue(self._loads[:, :-2])
        aims = list(queue._aims(Shape(), targets))
        answers = [self._least(queue, name, *aim[1:]) for name, aim in zip(targets, aims, strict=True)]
        return self._shape.wrap(np.maximum.reduce(answers), "agents")

    def _least(self, queue: Queue, name: str, bound: Any, threshold: Any) -> Vector:
        kpi = queue._kpis[name]
        limits = np.broadcast_to(np.asarray(bound, dtype=np.float64), len(self._loads))
        within = _upright(threshold) if kpi.needs_threshold else None

        def holds(n: Vector) -> NDArray[np.bool_]:
            value = np.asarray(queue.measures(n[:, None], within)[name]) @ self._weights
            met = value >= limits * (1.0 - SLACK) if kpi.better > 0 else value <= limits * (1.0 + SLACK)
            return np.asarray(met, dtype=bool)

        least = np.asarray(least_whole(holds, np.ceil(self._loads[:, :-2] @ self._weights) + 1.0), dtype=np.float64)
        return np.where(self._loads[:, :-2].max(axis=1) > 0.0, least, 0.0)

    def _queue(self, loads: Vector) -> Queue:
        aht = self._aht if loads.ndim == 1 else self._aht[:, None]
        rates = np.maximum(loads, 0.0) / aht
        if isinstance(self._patience, Patience):
            return MMnG(rates, aht, self._patience)
        return ErlangA(rates, aht, self._patience)


def _upright(values: Any) -> Any:
    """What is given for each interval holds at all points of it."""
    return np.asarray(values)[:, None] if np.ndim(values) == 1 else values


def stabilised_agents(
    rate: Numbers,
    interval: Numbers,
    service: Any,
    patience: float | Patience,
    abandon_rate: float,
    *,
    over: Over = "average",
    aht: Numbers | None = None,
    past: Past = "stationary",
) -> Any:
    """Agents by interval with which the same share abandons all day (DIS-MOL).

    If just the share `abandon_rate` abandons, everybody waits for about w, the time by which that share has lost patience. So the
    load is the offered load a time w earlier (`delayed_load`, but for the share served, which cancels), and agents are the least
    that keep the target in the stationary M/M/n+G queue with it (Y. Liu, W. Whitt, "Stabilizing customer abandonment in many-server
    queues with time-varying arrivals", Operations Research 60:1551, 2012). For targets of a few percent it hardly differs from
    `ModifiedOfferedLoad`; for great ones, where it is normal to wait, it is better.

    Parameters
    ----------
    rate, interval, service, patience, aht, past
        As in `ModifiedOfferedLoad`.
    abandon_rate
        Share of the offered that may abandon, above 0 and below 1.
    over
        As in `ModifiedOfferedLoad.agents_for`.

    Returns
    -------
    float array or Series
        Whole agents; 0 without load.

    Raises
    ------
    ValueError
        For arguments out of range, or where so many never abandon.
    """
    share = float(Shape().read("abandon_rate", abandon_rate, above=0.0, most=1.0))
    if share >= 1.0:
        raise ValueError("abandon_rate is 1; with no agents at all everybody abandons")
    delay = wait_until_gone(patience, share)
    queue = ModifiedOfferedLoad(rate, interval, service, patience, aht=aht, past=past, delay=delay)
    return queue.agents_for(over=over, abandon_rate_offered=share)


def wait_until_gone(patience: float | Patience, share: float) -> float:
    """The time by which this share has lost patience, 0 <= share < 1.

    Raises
    ------
    ValueError
        Where so many never do.
    """
    if not isinstance(patience, Patience):
        mean = float(Shape().read("patience", patience))
        if mean == math.inf and share > 0.0:
            raise ValueError(f"patience is endless; a share of {share:g} never abandons")
        return -mean * math.log1p(-share) if share > 0.0 else 0.0
    stays = 1.0 - share
    if float(patience.survival(0.0)) <= stays:
        return 0.0
    low, high = 0.0, max(min(patience.mean_patience, 1e15), 1e-9)
    while float(patience.survival(high)) > stays:
        low, high = high, 2.0 * high
        if high > 1e18:
            raise ValueError(f"patience is {patience!r}; a share of {share:g} never abandons")
    for _ in range(200):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        low, high = (middle, high) if float(patience.survival(middle)) > stays else (low, middle)
    return high
