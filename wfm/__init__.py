"""Workforce management for e-commerce contact centres.

``wfm.run("scenario.yaml")`` makes a plan; ``wfm.erlang``, ``wfm.simulate``, ``wfm.forecast`` and the other steps work on their own.
Importing this package loads the standard library only: each step loads what it needs when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.report.shown import run

__version__ = "0.1.0"
__all__ = ["__version__", "run"]


def __getattr__(name: str) -> Any:
    if name == "run":
        from wfm.report.shown import run

        return run
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
