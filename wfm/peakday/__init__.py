"""The peak day: which it is, what three ways of computing say of its service, what binds by hour, and when the backlog clears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.peakday.chosen import peak_day

if TYPE_CHECKING:
    from wfm.peakday.day import PeakDay, at_peak

__all__ = ["PeakDay", "at_peak", "peak_day"]


def __getattr__(name: str) -> Any:
    if name in ("PeakDay", "at_peak"):
        from wfm.peakday import day

        return getattr(day, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
