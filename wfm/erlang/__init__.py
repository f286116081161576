"""Erlang formulas: exact, for scalars and for years of intervals alike.

`ErlangB`, `ErlangC`, `ErlangA`, `MMnDelayed` and `MMnG` (patience of any distribution of
`wfm.erlang.impatience`) answer questions, `ErlangA` with limited lines and redials too; `ChatQueue` and `BlendedQueue`
where agents hold several chats or fill idle time with outbound work; `GammaMixed`, `ShortInterval` and `Day` where the
day's busyness or the luck of one interval counts; `TransientQueue` where rates and agents change over the day and intervals
are linked by their queues (`wfm.erlang.transient`); `wfm.erlang.overflow` what one pool leaves to the next.
`wfm.erlang.kernels` holds the compiled functions for one's own compiled code, `wfm.erlang.twin` the same in plain Python.
Importing this package loads the standard library only.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.erlang.models.base import Measures
    from wfm.erlang.models.classic import ErlangA, ErlangB, ErlangC, MMnDelayed
    from wfm.erlang.models.general import MMnG, MMnKGWhitt
    from wfm.erlang.models.mixed import GammaMixed
    from wfm.erlang.models.shared import BlendedQueue, ChatQueue
    from wfm.erlang.short_intervals import Day, ShortInterval
    from wfm.erlang.transient.solver import TransientQueue

# Loaded when asked for: a question about one queue needs that queue only.
_HOMES = {
    "BlendedQueue": "models.shared",
    "ChatQueue": "models.shared",
    "Day": "short_intervals",
    "ErlangA": "models.classic",
    "ErlangB": "models.classic",
    "ErlangC": "models.classic",
    "GammaMixed": "models.mixed",
    "MMnDelayed": "models.classic",
    "MMnG": "models.general",
    "MMnKGWhitt": "models.general",
    "Measures": "models.base",
    "ShortInterval": "short_intervals",
    "TransientQueue": "transient.solver",
}
__all__ = [
    "BlendedQueue",
    "ChatQueue",
    "Day",
    "ErlangA",
    "ErlangB",
    "ErlangC",
    "GammaMixed",
    "MMnDelayed",
    "MMnG",
    "MMnKGWhitt",
    "Measures",
    "ShortInterval",
    "TransientQueue",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"wfm.erlang.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
