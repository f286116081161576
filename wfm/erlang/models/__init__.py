"""Queues to ask questions of; the KPIs they answer with are defined in `wfm.erlang.models.kpis`."""

from wfm.erlang.models.base import Measures
from wfm.erlang.models.classic import ErlangA, ErlangB, ErlangC, MMnDelayed
from wfm.erlang.models.general import MMnG, MMnKGWhitt
from wfm.erlang.models.mixed import GammaMixed
from wfm.erlang.models.shared import BlendedQueue, ChatQueue

__all__ = [
    "BlendedQueue",
    "ChatQueue",
    "ErlangA",
    "ErlangB",
    "ErlangC",
    "GammaMixed",
    "MMnDelayed",
    "MMnG",
    "MMnKGWhitt",
    "Measures",
]
