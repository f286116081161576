"""Erlang formulas: exact, for scalars and for years of intervals alike.

`ErlangB`, `ErlangC`, `ErlangA`, `MMnDelayed` and `MMnG` (patience of any distribution of
`wfm.erlang.impatience`) answer questions, `ErlangA` with limited lines and redials too; `ChatQueue` and `BlendedQueue`
where agents hold several chats or fill idle time with outbound work; `wfm.erlang.overflow` what one pool leaves to the next.
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

_HOMES = {
    "BlendedQueue": "shared",
    "ChatQueue": "shared",
    "ErlangA": "classic",
    "ErlangB": "classic",
    "ErlangC": "classic",
    "GammaMixed": "mixed",
    "MMnDelayed": "classic",
    "MMnG": "general",
    "MMnKGWhitt": "general",
    "Measures": "base",
}
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


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"wfm.erlang.models.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
