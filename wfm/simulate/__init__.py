"""Simulation of a plan: what service its agents really give, day by day, and how sure that is.

`simulate` is the step; `SimulationResult` what it returns. Engines stand in `wfm.simulate.engines`: each plays the customers that
`drawing` drew on a `model` and returns `records`; `tally`, `statistics` and `tables` make KPIs with intervals of them; `comparison`
says how much better one of two plans is for the same customers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.simulate.comparison import Comparison, compare, compare_days, compare_plans, compare_promises
    from wfm.simulate.inputs import SimulationInputs
    from wfm.simulate.simulation import SimulationResult, simulate

_HOMES = {
    "Comparison": "comparison",
    "SimulationInputs": "inputs",
    "SimulationResult": "simulation",
    "compare": "comparison",
    "compare_days": "comparison",
    "compare_plans": "comparison",
    "compare_promises": "comparison",
    "simulate": "simulation",
}
__all__ = [
    "Comparison",
    "SimulationInputs",
    "SimulationResult",
    "compare",
    "compare_days",
    "compare_plans",
    "compare_promises",
    "simulate",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
