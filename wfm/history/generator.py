"""A made-up past of a shop, so that a first plan has a history to read; seeded, and always labelled synthetic."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from wfm.core import units
from wfm.core.calendar import day_table
from wfm.core.intervals import OpeningHours, interval_grid
from wfm.core.profile import peak_profile
from wfm.core.shop import Shop

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.contacts import ContactType

QUEUE = "shop"


@dataclass(frozen=True)
class Habits:
    """What the made-up past assumes beyond the scenario; all of it ours, none of it measured at a shop.

    Attributes
    ----------
    growth_per_year
        Relative growth of the level; at the end the level is the shop's own.
    day_correlation
        Autocorrelation of a day's busyness with the day before (0.2-0.6 at the centres of data.md section 7).
    slot_cv
        Variation of an interval beyond its day's and beyond chance (3.8 % at a large centre, 19 % at a small one, same section).
    public_holiday
        Level of a public holiday against an ordinary day.
    festival, festival_main
        Level within a festival's span and on its main days, by festival key.
    """

    growth_per_year: float = 0.05
    day_correlation: float = 0.5
    slot_cv: float = 0.04
    public_holiday: float = 0.75
    festival: dict[str, float] = field(default_factory=lambda: {"double11": 1.25, "618": 1.15, "double12": 1.1, "women": 1.05})
    festival_main: dict[str, float] = field(default_factory=lambda: {"double11": 3.0, "618": 2.0, "double12": 1.5, "women": 1.2})


def generate_shop(
    shop: Shop,
    contact: ContactType | None,
    until: date,
    weeks: int,
    interval_s: int,
    hours: OpeningHours,
    timezone: str,
    country: str,
    seed: int,
    habits: Habits | None = None,
) -> pd.DataFrame:
    """Contacts of the ``weeks`` before ``until``, interval by interval.

    An interval's expected contacts are orders x contacts per order x weekday x festival or holiday x the day's shape; they
    vary with the day's busyness (gamma, coefficient of variation ``shop.day_to_day_cv``, autocorrelated), with the interval's,
    and by chance (Poisson). The level rises slightly and reaches the shop's own on the last day.

    Parameters
    ----------
    contact
        If given, everybody is handled and ``handle_time`` sums draws with its mean and spread. None leaves handle times unknown.
    until
        The day after the history's last day.
    hours, country
        Opening hours and calendar; closed hours have no rows.
    seed
        The same seed gives the same past, on one version of NumPy.

    Returns
    -------
    DataFrame
        Contract ``history``: ``start``, ``queue`` ("shop"), ``offered`` and with a contact type ``handled``, ``abandoned`` (0) and
        ``handle_time`` [s].

    Raises
    ------
    ValueError
        Fewer than one week, or a shop without orders.
    """
    import numpy as np
    from scipy.special import gammaincinv, ndtr

    if weeks < 1:
        raise ValueError("a generated history needs at least one week")
    habits = habits or Habits()
    days = 7 * weeks
    first = until - timedelta(days=days)
    calendar = day_table(first, until, country).iloc[:-1]
    holidays = frozenset(calendar.loc[calendar["holiday"] != "", "date"])
    grid = interval_grid(first, days, interval_s, hours, timezone, holidays)
    rng = np.random.Generator(np.random.PCG64DXSM(seed))

    expected = shop.contacts_per_day() * _day_factors(calendar, shop, habits)
    normal = rng.standard_normal(days)
    for i in range(1, days):
        normal[i] = habits.day_correlation * normal[i - 1] + np.sqrt(1 - habits.day_correlation**2) * normal[i]
    busyness: NDArray[np.float64] = np.ones(days)
    if shop.day_to_day_cv > 0:
        shape = shop.day_to_day_cv**-2
        busyness = np.asarray(gammaincinv(shape, ndtr(normal)) / shape, dtype=float)

    row_day = np.array([day.toordinal() for day in grid["date"]], dtype=np.int64) - first.toordinal()
    shares = _day_shapes(grid, row_day, shop, hours, holidays, interval_s)
    noise = rng.gamma(habits.slot_cv**-2, habits.slot_cv**2, len(grid)) if habits.slot_cv else np.ones(len(grid))
    offered = rng.poisson((expected * busyness)[row_day] * shares * noise).astype(float)

    table = grid[["start"]].assign(queue=QUEUE, offered=offered)
    if contact is not None:
        cv2 = max(contact.spread.variation, 1e-9) ** 2
        table["handled"], table["abandoned"] = offered, 0.0
        # A sum of n handle times as one gamma of the same mean and variance.
        table["handle_time"] = np.where(offered > 0, rng.gamma(np.maximum(offered, 1.0) / cv2, contact.aht * cv2), 0.0)
    return table


def _day_shapes(
    grid: pd.DataFrame, row_day: NDArray[np.int64], shop: Shop, hours: OpeningHours, holidays: frozenset[date], interval_s: int
) -> NDArray[np.float64]:
    """Share of its day's contacts in every interval; days of the same hours share one shape."""
    import numpy as np

    shares = np.zeros(len(grid))
    peak = units.clock_span(shop.peak.hours)
    slots, dates = grid["slot"].to_numpy(), grid["date"].to_numpy()
    known: dict[tuple[object, ...], NDArray[np.float64]] = {}
    bounds = np.searchsorted(row_day, np.arange(row_day[-1] + 2)) if len(row_day) else np.zeros(1, dtype=np.int64)
    for begin, end in pairwise(bounds.tolist()):
        if begin == end:
            continue
        spans = hours.spans(dates[begin], holiday=dates[begin] in holidays)
        mine = slots[begin:end].tolist()
        key = (*spans, *mine)
        if key not in known:
            known[key] = peak_profile(spans, mine, interval_s, peak, shop.peak.share)
        shares[begin:end] = known[key]
    return shares


def _day_factors(calendar: pd.DataFrame, shop: Shop, habits: Habits) -> NDArray[np.float64]:
    """Level of each day against an average one at the history's end."""
    import numpy as np

    weekday = np.array(shop.weekday.values()) / np.mean(shop.weekday.values())
    factor = weekday[calendar["weekday"].to_numpy()]
    # A make-up weekend is worked: it is as busy as the weekdays.
    factor = np.where(calendar["makeup"], weekday[:5].mean(), factor)
    raised = calendar["festival"].map(habits.festival).fillna(1.0).to_numpy(dtype=float)
    peak = calendar["festival"].map(habits.festival_main).fillna(1.0).to_numpy(dtype=float)
    factor = factor * np.where(calendar["festival_main"], peak, raised)
    factor = np.where(calendar["holiday"] != "", factor * habits.public_holiday, factor)
    back = np.arange(len(calendar) - 1, -1, -1)
    return np.asarray(factor / (1 + habits.growth_per_year) ** (back / 365.25))
