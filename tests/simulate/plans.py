"""Small plans to play, and their results in one line."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from wfm.core import draws
from wfm.core.intervals import OpeningHours, interval_grid
from wfm.simulate.drawing import draw
from wfm.simulate.engines import engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import Records
from wfm.simulate.statistics import ratio
from wfm.simulate.tally import over_and_under, tally

MONDAY = date(2027, 7, 5)


def model(
    seconds: float,
    rate: object,
    agents: object,
    aht: object,
    *,
    intervals: int = 1,
    per_day: int = 0,
    gap: float = 0.0,
    **rules: object,
) -> Model:
    """``intervals`` intervals of equal length; a new day after every ``per_day``, after a closed ``gap`` [s]."""
    K = intervals
    day = np.arange(K) // (per_day or K)
    length = round(seconds * SECOND)
    start = np.arange(K) * length + day * round(gap * SECOND)
    return Model(
        start=start,
        length=np.full(K, length, dtype=np.int64),
        rate=np.broadcast_to(np.asarray(rate, dtype=float), K),
        agents=np.broadcast_to(np.asarray(agents, dtype=np.int64), K),
        aht=np.broadcast_to(np.asarray(aht, dtype=float), K),
        day=MONDAY.toordinal() + day,
        day_cv=np.zeros(K),
        slot_cv=np.zeros(K),
        **{"family": draws.EXPONENTIAL, **rules},  # type: ignore[arg-type]
    )


def play(plan: Model, seed: int, replication: int = 0) -> Records:
    return engine("simpy")(plan, draw(plan, seed, replication))


def tallies(plan: Model, seed: int, replications: int, threshold: float = 20.0) -> NDArray[np.float64]:
    """[R, K, tallies]."""
    return np.stack([tally(play(plan, seed, r), threshold) for r in range(replications)])


def estimate(sums: NDArray[np.float64], kpi: str) -> tuple[float, float]:
    """Value of a KPI and its standard error, one row of ``sums`` an independent replication."""
    value, _, high = ratio(*over_and_under(sums, kpi), share=False)
    return float(value), float((high - value) / stdtrit(len(sums) - 1, 0.975))


def shop(
    days: int = 7,
    *,
    hours: str = "10:00-18:00",
    per_hour: float = 60.0,
    agents: float = 6,
    minutes: int = 30,
    zone: str = "Asia/Shanghai",
    first: date = MONDAY,
    **columns: object,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Workload and cover of a shop with level demand."""
    grid = interval_grid(first, days, minutes * 60, OpeningHours({"daily": hours}), zone)
    rate = per_hour / 3600
    workload = grid.assign(contact_type="phone", arrival_rate=rate, aht=180.0, offered_load=rate * 180, channel="phone", **columns)
    return workload, pd.DataFrame({"start": grid["start"], "group": "agents", "agents": float(agents)})
