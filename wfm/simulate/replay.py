"""Calls that really came, to be played again: their times as they were, and drawn what nobody knows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.core import draws
from wfm.simulate import drawing_kernel
from wfm.simulate.arguments import arguments
from wfm.simulate.drawing import TYPE, Drawn
from wfm.simulate.model import SECOND, Model


def replay(
    model: Model,
    arrival: ArrayLike,
    *,
    handle: ArrayLike | None = None,
    patience: ArrayLike | None = None,
    seed: int,
    replication: int = 0,
    kind: int = TYPE,
) -> Drawn:
    """First attempts that arrive when they did; their rates, levels and bursts are those of reality, not of the model.

    What is not given is drawn as the model says, keyed by day and number within the day: other replications meet the same arrivals
    with other handle times and patience.

    Parameters
    ----------
    model
        Opening hours; laws of what is drawn.
    arrival
        int64[N], moments in microseconds after the plan's first moment, ascending, all while open.
    handle
        float64[N], handle times [s]; nan for one that is unknown, e.g. of who hung up. None for all.
    patience
        float64[N], how long each is willing to wait [s]; inf for whoever never hangs up, nan for one that is unknown, e.g. of who
        was answered. None for all.
    seed, replication, kind
        Key of what is drawn, as of `wfm.simulate.drawing.draw`.

    Raises
    ------
    ValueError
        Arrivals out of order or while closed, times that are negative or not as many as the arrivals: the first is named, and how
        many more there are. Parts that do not fit the key of the random numbers.
    """
    draws.check_key(seed=seed, replication=replication, type=kind)
    when = np.array(arrival)
    if when.ndim != 1 or (len(when) and not np.issubdtype(when.dtype, np.integer)):
        raise ValueError("arrivals have to be a list of whole microseconds after the plan's first moment")
    when = when.astype(np.int64)
    given = arguments(model)
    interval = np.searchsorted(given.start, when, side="right") - 1
    closed = interval < 0
    closed[~closed] = when[~closed] >= given.end[interval[~closed]]
    _refuse(closed, when, "arrive outside of the opening hours; leave them out, or let the plan's intervals hold them")
    _refuse(np.diff(when, prepend=when[:1]) < 0, when, "arrive before the row above; sort the rows by their arrival")
    day = given.day[interval]
    first = np.flatnonzero(np.diff(day, prepend=-1))
    ordinal = np.arange(len(when)) - np.repeat(first, np.diff(first, append=len(when)))
    drawn_handle, drawn_patience = np.empty_like(when), np.empty_like(when)
    key = (seed, replication, kind)
    drawing_kernel.fill_days(key, given.handle_law, given.aht, given.patience_law, day, interval, drawn_handle, drawn_patience)
    return Drawn(
        seed=seed,
        replication=replication,
        arrival=when,
        interval=interval,
        handle=_or_drawn("handle", handle, drawn_handle, most=draws.NEVER / SECOND),
        patience=_or_drawn("patience", patience, drawn_patience, most=math.inf),
        day=day,
        ordinal=ordinal,
        kind=kind,
    )


def _or_drawn(name: str, given: ArrayLike | None, drawn: NDArray[np.int64], most: float) -> NDArray[np.int64]:
    """Seconds that are given as microseconds, in place of those drawn."""
    if given is None:
        return drawn
    seconds = np.array(given, dtype=float)
    if seconds.shape != drawn.shape:
        raise ValueError(f"{name} has the shape {seconds.shape} for {len(drawn)} arrivals; give a time for each, nan where unknown")
    known = ~np.isnan(seconds)
    _refuse(
        known & ~((seconds >= 0) & (seconds <= most)), seconds, f"have a {name} that is not 0 or more seconds; nan where unknown"
    )
    ends = known & (seconds * SECOND < draws.NEVER)
    times = drawn.copy()
    times[known] = draws.NEVER
    times[ends] = np.round(seconds[ends] * SECOND).astype(np.int64)
    return times


def _refuse(bad: NDArray[np.bool_], values: NDArray[np.generic], what: str) -> None:
    if bad.any():
        first = int(np.argmax(bad))
        raise ValueError(f"{int(bad.sum())} of {len(bad)} rows {what}. The first is number {first}: {values[first]}")
