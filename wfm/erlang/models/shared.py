"""`ChatQueue`: agents who hold several chats at once. `BlendedQueue`: inbound contacts before endless outbound work."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from wfm.erlang.formulas.shared import measure_blend, measure_chats
from wfm.erlang.models.base import FINITE, Queue, Target, _extreme, _meets
from wfm.erlang.models.kpis import BEYOND, KPIS, LEVELS, SHARES, WAITS, Kpi, in_units, some
from wfm.erlang.models.limited import be_whole
from wfm.erlang.search import least_whole
from wfm.erlang.shapes import Shape, each

if TYPE_CHECKING:
    from wfm.erlang.shapes import Numbers


class ChatQueue(Queue):
    """Chats, several at once: each agent has as many slots as there are chat lengths; the rest wait with Exp(patience).

    Parameters
    ----------
    arrival_rate
        Chats offered per unit of time, >= 0.
    chat_lengths
        Mean length of a chat while an agent holds 1, 2, ... of them: one list for all elements. Lengths must not fall with
        concurrency, nor may chats completed per unit of time, j / length j (more at once would then serve fewer).
    patience
        Mean patience, >= 0, inf allowed.

    Notes
    -----
    Chats are spread evenly, and an agent with j chats completes them at rate j / length j: a birth-death chain. Chats that
    have begun stay with their agent in practice, so that real loads are a little less even; simulate where that matters.

    Agents are whole. `occupancy` is the share of time an agent has at least one chat, `slot_utilisation` the share of
    slots in use (what CCmath calls occupancy), `mean_chats` the mean number in progress. One chat length is `ErlangA`.
    Without patience running out and with too few slots the queue grows for ever, as in `ErlangC`.

    Source: Luo and Zhang, "Staffing and control of instant messaging contact centers", Oper. Res. 61 (2013).
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some(*LEVELS, *SHARES, *WAITS, "mean_time_to_abandon", *BEYOND, "mean_chats") | {
        "slot_utilisation": KPIS["slot_utilisation"]._replace(better=-1)
    }

    def __init__(self, arrival_rate: "Numbers", chat_lengths: Sequence[float], patience: "Numbers") -> None:
        lengths = tuple(float(x) for x in chat_lengths)
        if not lengths:
            raise ValueError("chat_lengths is empty; give the mean length of a chat for 1, 2, ... chats at once")
        for j, length in enumerate(lengths):
            if not 0.0 < length < math.inf:
                raise ValueError(f"chat_lengths[{j}] is {length}; it must be > 0 and finite")
            if j > 0 and length < lengths[j - 1]:
                raise ValueError(f"chat_lengths[{j}] is {length}, less than {lengths[j - 1]} for fewer chats; use that for both")
            if j > 0 and (j + 1) * lengths[j - 1] < j * length * (1.0 - 1e-12):
                raise ValueError(
                    f"chat_lengths[{j}] is {length}: {j + 1} chats at once would complete fewer than {j} do; "
                    f"leave it out, or give at most {(j + 1) / j * lengths[j - 1]:g}"
                )
        super().__init__(arrival_rate, lengths[0], patience=patience)
        self._arguments = {"arrival_rate": arrival_rate, "chat_lengths": lengths, "patience": patience}
        self._patience = self._shape.read("patience", patience) / self._aht
        self._times = tuple(x / lengths[0] for x in lengths)

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        be_whole("agents", agents)
        return each(measure_chats, kpi, agents, self._load, self._patience, threshold, fixed=(self._times,))

    def _least(self, target: Target, whole: bool) -> Any:
        if not whole:
            raise ValueError("agents who chat must be whole; leave out whole=False")
        return super()._least(target, whole)

    def aht_for(self, agents: "Numbers", **targets: Any) -> Any:
        """Refused: a chat has no one handle time."""
        raise ValueError("chat_lengths are several; compare ChatQueue(...).measures(agents) for those that come into question")


class BlendedQueue(Queue):
    """Inbound contacts with priority, and endless outbound work for idle agents, a few of whom are kept in reserve.

    Parameters
    ----------
    arrival_rate
        Inbound contacts offered per unit of time, >= 0.
    aht
        Mean handle time, inbound and outbound alike, > 0.
    patience
        Mean patience of inbound contacts, >= 0, inf allowed.
    reserve
        Agents kept idle for inbound contacts, whole, >= 0: an agent who gets free with nobody waiting starts an outbound
        contact only if more than so many would be idle. As many as there are agents, or more, is `ErlangA`.

    Notes
    -----
    KPIs are those of inbound contacts; `outbound_rate` is outbound contacts completed per unit of time, `occupancy` counts
    both. `reserve_for` finds the smallest reserve, so the most outbound work, that keeps a service target.

    Without reserve every inbound contact waits for somebody to finish. Without inbound load agents less reserve are busy.
    Targets are all but `occupancy`, which more agents need not lower here.

    Source: Bhulai and Koole, "A queueing model for call blending in call centers", IEEE Trans. Autom. Control 48 (2003).
    """

    _kpis: ClassVar[Mapping[str, Kpi]] = some(*LEVELS, *SHARES, *WAITS, "mean_time_to_abandon", *BEYOND) | {
        "occupancy": KPIS["occupancy"]._replace(better=0),
        "outbound_rate": KPIS["outbound_rate"]._replace(better=1),
    }

    def __init__(self, arrival_rate: "Numbers", aht: "Numbers", patience: "Numbers", reserve: "Numbers") -> None:
        super().__init__(arrival_rate, aht, patience=patience, reserve=reserve)
        self._patience = self._shape.read("patience", patience) / self._aht
        self._reserve = self._shape.read("reserve", reserve)
        be_whole("reserve", self._reserve)

    def _value(self, kpi: int, agents: Any, threshold: Any) -> Any:
        return each(measure_blend, kpi, agents, self._reserve, self._load, self._patience, threshold)

    def reserve_for(self, agents: "Numbers", **targets: Any) -> Any:
        """Least reserve with which so many agents meet every target; it leaves them the most outbound work.

        The model's own reserve plays no part.

        Parameters
        ----------
        agents
            Agents on queue, >= 0.
        **targets
            As in `agents_for`, of inbound contacts.

        Returns
        -------
        int, or float array
            inf where not even a reserve of all agents meets the targets.
        """
        if "outbound_rate" in targets:
            raise ValueError("outbound_rate falls with the reserve; give targets of inbound contacts")
        shape = Shape(self._shape.index)
        n = shape.read("agents", agents, most=FINITE)
        most = _extreme([self._smallest(n, target) for target in self._aims(shape, targets)], largest=True)
        if isinstance(most, float):
            return int(most) if most < math.inf else most
        return shape.wrap(most, "reserve")

    def _smallest(self, agents: Any, target: Target) -> Any:
        kpi, bound, threshold = target
        within = threshold / self._aht

        def holds(one_more: Any) -> Any:
            value = each(measure_blend, kpi.code, agents, one_more - 1.0, self._load, self._patience, within)
            return _meets(kpi, in_units(value, kpi, self._aht), bound, 1e-12) | (one_more > agents + 2.0)

        least = least_whole(holds, 1.0 + self._like(agents, bound, threshold)) - 1.0
        if isinstance(least, float):
            return math.inf if least + 1.0 > agents + 2.0 else least
        import numpy as np

        return np.where(least + 1.0 > agents + 2.0, np.inf, least)
