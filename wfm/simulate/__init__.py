"""Simulation of a plan: what service its agents really give, day by day, and how sure that is.

`simulate` is the step; `SimulationResult` what it returns. Engines stand in `wfm.simulate.engines`: each plays the customers that
`drawing` drew on a `model` and returns `records`; `tally`, `statistics` and `tables` make KPIs with intervals of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.simulate.inputs import SimulationInputs
    from wfm.simulate.simulation import SimulationResult, simulate

__all__ = ["SimulationInputs", "SimulationResult", "simulate"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(f"{__name__}.{'inputs' if name == 'SimulationInputs' else 'simulation'}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
