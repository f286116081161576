"""Demand without a history: orders x contacts per order x handle time, spread over weekdays and hours (S1-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.core import units
from wfm.core.profile import peak_profile
from wfm.core.shop import Shop
from wfm.forecast.bands import with_bands

if TYPE_CHECKING:
    import pandas as pd

    from wfm.core.contacts import ContactType

QUEUE = "shop"


def estimate(shop: Shop, contact: ContactType, grid: pd.DataFrame) -> pd.DataFrame:
    """Expected contacts of every interval of a grid, from the shop's orders.

    A day has orders x contacts per order x its weekday's factor (the seven factors count as proportions of their mean, open or not)
    contacts, all within the open hours, shaped by the busy hours. Holidays and festivals are not in it: nothing tells their effect.

    Parameters
    ----------
    grid
        Open intervals, as of `wfm.core.intervals.interval_grid`.

    Returns
    -------
    DataFrame
        Contract ``forecast``, with ``date``, ``weekday``, ``slot`` and ``duration`` of the grid. ``day_cv`` is the shop's,
        ``slot_cv`` 0: an estimate knows of no more.

    Raises
    ------
    ValueError
        A shop without orders.
    """
    import numpy as np

    weekday = np.array(shop.weekday.values()) / np.mean(shop.weekday.values())
    contacts = shop.contacts_per_day() * weekday[grid["weekday"].to_numpy()] * _shapes(shop, grid)
    table = grid[["start"]].assign(
        queue=QUEUE, contacts=contacts, aht=float(contact.aht), day_cv=float(shop.day_to_day_cv), slot_cv=0.0
    )
    return with_bands(table).assign(**{name: grid[name] for name in ("date", "weekday", "slot", "duration")})


def _shapes(shop: Shop, grid: pd.DataFrame) -> pd.Series:
    """Share of its day's contacts in every interval of the grid. An hour that daylight saving repeats counts in full each time."""
    import pandas as pd

    peak = units.clock_span(shop.peak.hours)
    shares = pd.Series(0.0, index=grid.index)
    for _, day in grid.groupby("date"):
        seconds = int(day["duration"].iloc[0])
        slots = sorted(set(day["slot"]))
        spans = [(slot * seconds, (slot + 1) * seconds) for slot in slots]
        share = dict(zip(slots, peak_profile(spans, slots, seconds, peak, shop.peak.share), strict=True))
        shares[day.index] = day["slot"].map(share)
    return shares
