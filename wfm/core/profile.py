"""A day's shape from two numbers: which hours are busy, and which share of the day's contacts falls into them (S1-08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_RAMP = 3600.0


def peak_profile(
    spans: Sequence[tuple[int, int]], slots: Sequence[int], seconds: int, peak: tuple[int, int], share: float
) -> Floats:
    """Share of the day's contacts in each slot.

    Inside the busy hours the rate is one level, outside another, with a straight ramp of an hour centred on each edge; the
    levels are solved so that the busy hours hold exactly ``share``. Where the ramp would push a level below zero the edges are
    steps instead.

    Parameters
    ----------
    spans
        Open spans of the day, (start, end) in seconds after its midnight (`OpeningHours.spans`); an end may lie past 86400.
    slots
        Numbers of the slots asked for, `slot` of the interval grid.
    seconds
        Length of a slot.
    peak
        Busy hours as (start, end) in seconds after midnight.
    share
        Share of the day's contacts in the busy hours, 0-1.

    Returns
    -------
    ndarray, shape (len(slots),)
        Shares, summing to 1 over the slots that cover the spans. Uniform over the open time where the busy hours lie outside
        the open hours or cover all of them. A slot that is open in part gets its part only.
    """
    import numpy as np

    begin = np.asarray(slots, dtype=np.float64) * seconds
    end = begin + seconds

    def mass(ramp: float, low: Floats, high: Floats) -> Floats:
        """Open time, weighted by the bump, between ``low`` and ``high``."""
        total = np.zeros_like(low)
        for first, last in spans:
            a, b = np.clip(low, first, last), np.clip(high, first, last)
            total += _bump_integral(b, peak, ramp) - _bump_integral(a, peak, ramp)
        return total

    def open_time(low: Floats, high: Floats) -> Floats:
        total = np.zeros_like(low)
        for first, last in spans:
            total += np.clip(high, first, last) - np.clip(low, first, last)
        return total

    day = (np.array([-np.inf]), np.array([np.inf]))
    busy = (np.array([float(peak[0])]), np.array([float(peak[1])]))
    opened = float(open_time(*day)[0])
    inside = float(open_time(*busy)[0])
    if not opened:
        return np.zeros(len(begin))
    if inside <= 0 or inside >= opened:
        return open_time(begin, end) / opened
    for ramp in (_RAMP, 0.0):
        in_busy, in_all = float(mass(ramp, *busy)[0]), float(mass(ramp, *day)[0])
        base, extra = np.linalg.solve([[inside, in_busy], [opened, in_all]], [share, 1.0])
        if base >= 0 and base + extra >= 0:
            break
    shares = base * open_time(begin, end) + extra * mass(ramp, begin, end)
    return np.asarray(np.maximum(shares, 0.0))


def _bump_integral(t: Floats, peak: tuple[int, int], ramp: float) -> Floats:
    """Integral up to ``t`` of a bump: 1 in the busy hours, 0 outside, with ramps centred on the edges."""
    return _rise_integral(t - peak[0], ramp) - _rise_integral(t - peak[1], ramp)


def _rise_integral(t: Floats, ramp: float) -> Floats:
    import numpy as np

    half = ramp / 2
    if not half:
        return np.maximum(t, 0.0)
    inner = np.clip(t, -half, half)
    return np.asarray((inner + half) ** 2 / (4 * half) + np.maximum(t - half, 0.0))
