"""A missed target in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.core import kpi
from wfm.report import formats
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.staffing.missed import Miss

_DIGITS = 4


def said(miss: Miss, language: str) -> str:
    """``answered within 30 s would be 52.1%, below 60%``."""
    key = "explain.above" if miss.target == "occupancy" else "explain.below"
    label = kpi.label(miss.target, language, miss.threshold)
    # A narrow miss is shown with as many digits as it takes to see it.
    told = [formats.share(miss.value, digits) for digits in range(1, _DIGITS + 1)]
    value = next((shown for shown in told if abs(float(shown[:-1].replace(",", "")) / 100 - miss.bound) > 1e-12), told[-1])
    return text(key, language, kpi=label, value=value, bound=formats.percent(miss.bound))
