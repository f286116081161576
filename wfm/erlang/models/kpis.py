"""The KPIs by name: code, unit, and which way is better.

Shares are of all offered contacts unless said otherwise. W: time in queue; V: the wait of someone with endless patience;
T: the threshold; everything counted by arrival, `W <= T`.

======================== =============================================================================================
sl_offered               answered within T / offered (the default service level)
sl_net                   answered within T / (offered - abandoned within T); with lines: of the accepted
sl_answered              answered within T / answered
sl_either                answered or abandoned within T / offered
sl_virtual               P(V <= T); with lines: of the accepted
sl_accepted              answered within T / accepted (offered - blocked)
answer_rate              answered / offered
abandon_rate_offered     abandoned / offered
abandon_within           abandoned within T / offered
p_wait, p_no_wait        P(V > 0): all agents busy on arrival, and its complement (with lines: less the blocked)
p_wait_longer            P(W > T)
p_virtual_longer         P(V > T); with lines: of the accepted
asa_answered             mean wait of the answered, those answered at once included
mean_wait_all            mean wait of all offered (the blocked wait 0)
mean_wait_accepted       mean wait of the accepted
mean_wait_virtual        E[V]; with lines: of the accepted
mean_time_to_abandon     mean wait of those who abandon; nan where nobody does
mean_queue               mean number waiting
occupancy                busy time / staffed time; nan without agents
blocking                 found all lines busy / offered
carried_load             mean number of busy lines
offered_attempts         attempts per unit of time, redials included
attempts_per_customer    attempts / customers
customer_lost            customers who give up for good / customers
mean_chats               mean number of chats in progress
slot_utilisation         chats in progress / slots
outbound_rate            outbound contacts completed per unit of time
ln_...                   natural logarithm of the KPI, where that may be too small for a double
======================== =============================================================================================
"""

from typing import Any, NamedTuple

from wfm.erlang.formulas import kpis as k


class Kpi(NamedTuple):
    """What there is to know of a KPI.

    `better` is 1 where more is better (a target is "at least"), -1 where less is ("at most"), 0 where it is no target.
    `time` is its power of the unit of time: 1 for times, -1 for rates, 0 for shares and counts.
    """

    code: int
    better: int = 0
    time: int = 0
    needs_threshold: bool = False
    share: bool = True


KPIS: dict[str, Kpi] = {
    "sl_offered": Kpi(k.SL_OFFERED, 1, needs_threshold=True),
    "sl_net": Kpi(k.SL_NET, 1, needs_threshold=True),
    "sl_answered": Kpi(k.SL_ANSWERED, 1, needs_threshold=True),
    "sl_either": Kpi(k.SL_EITHER, 1, needs_threshold=True),
    "sl_virtual": Kpi(k.SL_VIRTUAL, 1, needs_threshold=True),
    "sl_accepted": Kpi(k.SL_ACCEPTED, 1, needs_threshold=True),
    "answer_rate": Kpi(k.ANSWER_RATE, 1),
    "p_no_wait": Kpi(k.P_NO_WAIT, 1),
    "abandon_rate_offered": Kpi(k.ABANDON_RATE_OFFERED, -1),
    "p_wait": Kpi(k.P_WAIT, -1),
    "occupancy": Kpi(k.OCCUPANCY, -1),
    "asa_answered": Kpi(k.ASA_ANSWERED, -1, 1, share=False),
    "mean_wait_all": Kpi(k.MEAN_WAIT_ALL, -1, 1, share=False),
    "mean_wait_accepted": Kpi(k.MEAN_WAIT_ACCEPTED, -1, 1, share=False),
    "mean_wait_virtual": Kpi(k.MEAN_WAIT_VIRTUAL, -1, 1, share=False),
    "mean_queue": Kpi(k.MEAN_QUEUE, -1, share=False),
    "blocking": Kpi(k.BLOCKING, -1),
    "customer_lost": Kpi(k.CUSTOMER_LOST, -1),
    "abandon_within": Kpi(k.ABANDON_WITHIN, needs_threshold=True),
    "p_wait_longer": Kpi(k.P_WAIT_LONGER, needs_threshold=True),
    "p_virtual_longer": Kpi(k.P_VIRTUAL_LONGER, needs_threshold=True),
    "mean_time_to_abandon": Kpi(k.MEAN_TIME_TO_ABANDON, time=1, share=False),
    "carried_load": Kpi(k.CARRIED_LOAD, share=False),
    "offered_attempts": Kpi(k.OFFERED_ATTEMPTS, time=-1, share=False),
    "attempts_per_customer": Kpi(k.ATTEMPTS_PER_CUSTOMER, share=False),
    "mean_chats": Kpi(k.MEAN_CHATS, share=False),
    "slot_utilisation": Kpi(k.SLOT_UTILISATION),
    "outbound_rate": Kpi(k.OUTBOUND_RATE, time=-1, share=False),
    "ln_blocking": Kpi(k.LN_BLOCKING, share=False),
    "ln_p_wait": Kpi(k.LN_P_WAIT, share=False),
    "ln_p_wait_longer": Kpi(k.LN_P_WAIT_LONGER, needs_threshold=True, share=False),
}

LEVELS = ("sl_offered", "sl_net", "sl_answered", "sl_either", "sl_virtual")
SHARES = ("answer_rate", "abandon_rate_offered", "p_wait", "p_no_wait", "occupancy")
WAITS = ("asa_answered", "mean_wait_all", "mean_wait_virtual", "mean_queue")
BEYOND = ("abandon_within", "p_wait_longer", "p_virtual_longer")


def some(*names: str) -> dict[str, Kpi]:
    """These KPIs, in this order."""
    return {name: KPIS[name] for name in names}


def in_units(value: Any, kpi: Kpi, aht: Any) -> Any:
    """A KPI in mean handle times, in the queue's own unit of time."""
    return value * aht if kpi.time == 1 else value / aht if kpi.time == -1 else value
