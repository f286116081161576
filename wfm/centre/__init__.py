"""A centre of several contact types and groups of agents: from a planner's file to service, group by group.

`read_centre` reads a centre file, `simulate_centre` plays it, `compare_centres` plays two under the same customers. The file's keys
are those of `wfm.centre.model.CentreScenario`; `wfm.simulate.centre` says by which rules it is played.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.centre.comparison import CentreComparison, compare_centres
    from wfm.centre.model import CentreScenario
    from wfm.centre.reading import read_centre
    from wfm.centre.simulation import CentreResult, simulate_centre

__all__ = ["CentreComparison", "CentreResult", "CentreScenario", "compare_centres", "read_centre", "simulate_centre"]

_HOMES = {
    "CentreComparison": "comparison",
    "CentreResult": "simulation",
    "CentreScenario": "model",
    "compare_centres": "comparison",
    "read_centre": "reading",
    "simulate_centre": "simulation",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
