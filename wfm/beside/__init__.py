"""What the formulas promised beside what the simulation gives, by interval, and how much of the difference each reason makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.beside.compared import Beside, compare

__all__ = ["Beside", "compare"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from wfm.beside import compared

        return getattr(compared, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
