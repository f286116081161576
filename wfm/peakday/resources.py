"""What binds by hour: agents, lines, licences and seats, each as the share of what the plan holds that the hour needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wfm.staffed import lines as lines_for

if TYPE_CHECKING:
    import pandas as pd

    from wfm.capacity import People
    from wfm.scenario.model import Scenario

#: In the order they are told.
RESOURCES = ("agents", "lines", "licences", "seats")
#: Shares closer than this to the greatest bind with it.
TOGETHER = 0.005
#: Share below which nothing binds: who takes the most of what is there still leaves plenty.
BINDS = 0.85


def by_hour(rows: pd.DataFrame, scenario: Scenario, people: People) -> pd.DataFrame:
    """How much of each resource is needed, hour by hour.

    People who are present and not needed take seats and licences too, and keep nobody from anything: they do not count here. So
    seats bind together with agents, where all are taken and more agents are needed, and never alone.

    Parameters
    ----------
    rows
        The day's intervals: ``start``, ``slot``, ``duration``, ``contacts``, ``needed`` and ``scheduled`` (agents on queue),
        ``present`` (people in the building), and the requirement's columns with ``mean_wait_all``, the wait of all [s] with the
        agents scheduled.
    people
        Seats, concurrent licences and lines held.

    Returns
    -------
    DataFrame
        One row an hour of the day's clock: ``start``, ``end``, ``contacts``, ``present`` (most people in the building); of each of
        `RESOURCES` ``<name>_used`` (needed), ``<name>_held`` and ``<name>_share``, in the hour's tightest interval; ``binding``,
        the resources of the greatest share with a ``+`` between them, "" where that is below `BINDS`.

        - agents: needed over scheduled, on queue.
        - lines: lines for the hour's busiest interval by the rule of the plan's own (`wfm.staffed.lines`) over those held.
        - licences: people present for the agents needed, and the leaders they take, over concurrent licences.
        - seats: the same people without leaders, or with them where leaders have desks, over seats.
    """
    import pandas as pd

    in_office, leaders = scenario.people.shrinkage.in_office, scenario.people.leaders
    found = []
    hour = (rows["slot"] * rows["duration"] // 3600).astype(int)
    for _, part in rows.groupby(hour, sort=True):
        most = float(part["needed"].max()) / (1 - in_office)
        leading = 0.0 if most <= 0 else most if math.isinf(most) else math.ceil(most / leaders.span - 1e-9)
        busiest = _tightest(part["needed"].to_numpy(float), part["scheduled"].to_numpy(float))
        used = {
            "agents": (float(part["needed"].iloc[busiest]), float(part["scheduled"].iloc[busiest])),
            "lines": (float(lines_for(part, scenario)), float(people.lines)),
            "licences": (most + leading, float(people.licences_concurrent)),
            "seats": (most + (leading if leaders.own_desk else 0.0), float(people.seats)),
        }
        shares = {name: _share(*pair) for name, pair in used.items()}
        greatest = max(shares.values())
        binding = [
            name for name, share in shares.items() if greatest >= BINDS and (share == greatest or share >= greatest - TOGETHER)
        ]
        row: dict[str, object] = {
            "start": part["start"].iloc[0],
            "end": part["start"].iloc[-1] + pd.Timedelta(seconds=float(part["duration"].iloc[-1])),
            "contacts": float(part["contacts"].sum()),
            "present": float(part["present"].max()),
        }
        for name, (taken, held) in used.items():
            row |= {f"{name}_used": taken, f"{name}_held": held, f"{name}_share": shares[name]}
        found.append(row | {"binding": "+".join(binding)})
    return pd.DataFrame(found)


def _tightest(needed: np.ndarray, scheduled: np.ndarray) -> int:
    """The interval that takes the greatest share; of equals the one that needs most."""
    shares = [_share(need, have) for need, have in zip(needed.tolist(), scheduled.tolist(), strict=True)]
    return max(range(len(shares)), key=lambda row: (shares[row], needed[row]))


def _share(used: float, held: float) -> float:
    if used <= 0:
        return 0.0
    return used / held if held > 0 else math.inf
