"""What is drawn before the contacts themselves, where a model has it: levels that hang together, and what bursts bring."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.simulate import arrivals_kernel
from wfm.simulate.arguments import Arguments

Key = tuple[int, int, int]  # seed, (first) replication, number of the contact type


def levels(given: Arguments, key: Key, replications: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Levels of days and of intervals in replications from that of ``key`` on: [R, K] each, [R, 0] for those by themselves."""
    over_days, over_types, parts = given.linked
    K = len(given.start)
    day_level = np.empty((replications, K if over_days > 0 or over_types > 0 else 0))
    slot_level = np.empty((replications, K if len(parts) else 0))
    if day_level.size or slot_level.size:
        arrivals_kernel.fill_levels(
            given.start, given.day, given.day_cv, given.slot_cv, given.linked, key, day_level, slot_level
        )  # fmt: skip
    return day_level, slot_level


def responses(given: Arguments, key: Key, replications: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Contacts that bursts bring in replications from that of ``key`` on.

    Returns
    -------
    rows
        int64[6, N], as in `wfm.simulate.drawing.Drawn` from arrival to ordinal, by replication and arrival.
    places
        int64[R + 1]: where each replication begins among them, and the end.
    """
    places = np.zeros(replications + 1, dtype=np.int64)
    if not len(given.bursts[0]):
        return np.empty((6, 0), dtype=np.int64), places
    seed, first, kind = key
    parts = [_responses(given, (seed, first + r, kind)) for r in range(replications)]
    places[1:] = np.cumsum([part.shape[1] for part in parts])
    return np.concatenate([np.empty((6, 0), dtype=np.int64), *parts], axis=1), places


def _responses(given: Arguments, key: Key) -> NDArray[np.int64]:
    total = float(given.bursts[1].sum())
    room = int(total + 6 * math.sqrt(total)) + 16
    while True:
        rows = np.empty((6, room), dtype=np.int64)
        count = arrivals_kernel.respond(
            given.start, given.length, given.day, given.aht, given.bursts, key, given.handle_law, given.patience_law, rows
        )
        if count < room:
            return rows[:, np.argsort(rows[0, :count], kind="stable")]
        room *= 2
