"""Simulation of a plan: what service its agents really give, day by day, and how sure that is.

`simulate` is the step; `SimulationResult` what it returns. For models of one's own (a `Model` of one queue, a `Centre` of many):
`draw` draws their customers, `engine` plays them, `replicate` and `replicate_centre` do it many times and count, `estimate` makes a
KPI with its interval of the counts, `compare` the difference of two.

Engines stand in `wfm.simulate.engines`: each plays the customers that `drawing` drew on a `model` and returns `records`; `tally`,
`statistics` and `tables` make KPIs with intervals of them; `comparison` says how much better one of two plans is for the same
customers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.simulate.arrivals import Burst, Busyness, Part
    from wfm.simulate.centre import Breakdowns, Centre, Group, Outage, Skill
    from wfm.simulate.centre_tallies import CentreTallies, replicate_centre
    from wfm.simulate.comparison import Comparison, compare, compare_days, compare_plans, compare_promises
    from wfm.simulate.drawing import draw
    from wfm.simulate.engines import engine
    from wfm.simulate.inputs import SimulationInputs
    from wfm.simulate.model import Model
    from wfm.simulate.replications import replicate
    from wfm.simulate.simulation import SimulationResult, simulate
    from wfm.simulate.tables import estimate

_HOMES = {
    "Breakdowns": "centre",
    "Burst": "arrivals",
    "Busyness": "arrivals",
    "Centre": "centre",
    "CentreTallies": "centre_tallies",
    "Comparison": "comparison",
    "Group": "centre",
    "Model": "model",
    "Outage": "centre",
    "Part": "arrivals",
    "SimulationInputs": "inputs",
    "SimulationResult": "simulation",
    "Skill": "centre",
    "compare": "comparison",
    "compare_days": "comparison",
    "compare_plans": "comparison",
    "compare_promises": "comparison",
    "draw": "drawing",
    "engine": "engines",
    "estimate": "tables",
    "replicate": "replications",
    "replicate_centre": "centre_tallies",
    "simulate": "simulation",
}
__all__ = [
    "Breakdowns",
    "Burst",
    "Busyness",
    "Centre",
    "CentreTallies",
    "Comparison",
    "Group",
    "Model",
    "Outage",
    "Part",
    "SimulationInputs",
    "SimulationResult",
    "Skill",
    "compare",
    "compare_days",
    "compare_plans",
    "compare_promises",
    "draw",
    "engine",
    "estimate",
    "replicate",
    "replicate_centre",
    "simulate",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
