"""Requirement tables for the schedule's tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from wfm.core.intervals import OpeningHours, interval_grid


def requirement(
    agents: Callable[[pd.Series], float],
    hours: dict[str, str],
    *,
    first: date = date(2027, 7, 5),
    days: int = 7,
    seconds: int = 1800,
    timezone: str = "Asia/Shanghai",
    group: str = "all",
) -> pd.DataFrame:
    """A table by the contract; ``agents`` sees a grid row with ``clock`` hours (past midnight counted on) and ``weekday``."""
    grid = interval_grid(first, days, seconds, OpeningHours(hours), timezone)
    grid["clock"] = grid["slot"] * seconds / 3600
    grid["agents"] = [float(agents(row)) for _, row in grid.iterrows()]
    return grid.assign(
        group=group,
        method="given",
        binding="given",
        offered_load=0.0,
        sl_offered=1.0,
        answer_rate=1.0,
        occupancy=0.5,
        asa_answered=0.0,
    )
