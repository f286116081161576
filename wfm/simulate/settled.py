"""A centre as it is in one replication: fractions of agents are there or not, and breakdowns happen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.core.draws import BREAKDOWN, exponential_quantile
from wfm.simulate.centre import Centre, Group, Outage
from wfm.simulate.drawing import draw_agents
from wfm.simulate.model import SECOND


def settled(centre: Centre, seed: int, replication: int) -> Centre:
    """What of the centre is left to chance, drawn.

    Fractions of agents become whole ones, up with the chance of the fraction, each interval and group by itself; of ``breakdowns``
    come outages. Keys are seed, replication, group and date alone.
    """
    if not is_random(centre):
        return centre
    draws.check_key(seed=seed, replication=replication)
    day = centre.intervals.day
    groups = tuple(_whole(group, day, seed, replication, number) for number, group in enumerate(centre.groups))
    outages = centre.outages + tuple(_breakdowns(centre, seed, replication))
    return replace(centre, groups=groups, outages=outages, breakdowns=None)


def is_random(centre: Centre) -> bool:
    """Whether replications of the centre itself differ, not only its customers."""
    fractions = any(group.agents is not None and (np.asarray(group.agents) % 1 != 0).any() for group in centre.groups)
    return fractions or centre.breakdowns is not None


def _whole(group: Group, day: NDArray[np.int64], seed: int, replication: int, number: int) -> Group:
    if group.agents is None:
        return group
    return replace(group, agents=draw_agents(np.asarray(group.agents, dtype=float), day, seed, replication, number))


def _breakdowns(centre: Centre, seed: int, replication: int) -> list[Outage]:
    """Up and down by turns, for exponential times, from each day's first open moment to its last: days are independent."""
    about = centre.breakdowns
    if about is None or about.availability >= 1:
        return []
    down = about.mean_length
    up = down * about.availability / (1 - about.availability)
    model, outages = centre.intervals, []
    for day in np.unique(model.day).tolist():
        here = model.day == day
        time, end = int(model.start[here].min()), int(model.end[here].max())
        step = 0
        is_up = _uniform(seed, replication, day, step) < about.availability  # as in the long run
        while time < end:
            step += 1
            length = exponential_quantile(_uniform(seed, replication, day, step)) * (up if is_up else down)
            until = min(time + max(round(length * SECOND), 1), end)
            if not is_up:
                outages.append(Outage(time, until, about.groups, 1.0, about.refuses))
            time, is_up = until, not is_up
    return outages


def _uniform(seed: int, replication: int, day: int, step: int) -> float:
    return draws.uniform(seed, replication, BREAKDOWN, 0, day, 0, 0, 0, step)
