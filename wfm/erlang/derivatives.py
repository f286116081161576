"""What one agent, one contact or one second more does to a KPI.

Differences are taken of the logarithm, and of whichever of a share, its opposite or its surplus is smallest: so that a
service level of 1 - 1e-40 still has a slope.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wfm.erlang.models.kpis import in_units
from wfm.erlang.shapes import Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wfm.erlang.models.base import Queue

    Vector = NDArray[np.float64]

PRECISION = {"rtol": 1e-11, "atol": 0.0}


def derivative(queue: "Queue", name: str, by: str, agents: Any, threshold: Any = None) -> Any:
    """Partial derivative of a KPI; see `Queue.derivative`, which is the way to it."""
    import numpy as np

    if name not in queue._kpis:
        raise ValueError(f"no KPI {name!r} here; there are {', '.join(queue._kpis)}")
    kpi = queue._kpis[name]
    if kpi.needs_threshold and threshold is None:
        raise ValueError(f"{name} needs a threshold")
    given = {"agents": agents, "threshold": 0.0 if threshold is None else threshold, **queue._arguments}
    numbers = {key: np.asarray(value, dtype=float) for key, value in given.items() if _is_number(value)}
    if by not in numbers:
        raise ValueError(f"no number {by!r} to vary here; there are {', '.join(numbers)}")
    shape = np.broadcast_shapes(*(value.shape for value in numbers.values()))
    flat = {key: np.broadcast_to(value, shape).ravel() for key, value in numbers.items()}

    def value(code: int) -> "Callable[[Vector, Any], Vector]":
        def at(x: "Vector", element: Any) -> "Vector":
            point = {key: column[element] for key, column in flat.items()} | {by: x}
            n, within = point.pop("agents"), point.pop("threshold")
            other = queue._with(**point)
            return np.asarray(in_units(other._value(code, n, within / other._aht), kpi, other._aht), dtype=np.float64)

        return at

    slope, least = np.zeros(flat[by].size), np.full(flat[by].size, np.inf)
    for code, sign in queue._alike(kpi.code, by):
        share = value(code)
        here = share(flat[by], np.arange(slope.size))
        better = (here > 0.0) & (here < least)
        slope = np.where(better, sign * here * _log_slope(share, by, flat, here), slope)
        least = np.where(better, here, least)
    shaped = Shape(queue._shape.index).wrap(slope.reshape(shape), f"{name} by {by}")
    return shaped if shape else float(slope[0])


def _is_number(value: Any) -> bool:
    import numpy as np

    return np.asarray(value).dtype.kind in "iuf"


def _log_slope(value: "Callable[[Vector, Any], Vector]", by: str, flat: "Mapping[str, Vector]", here: "Vector") -> "Vector":
    import numpy as np
    from scipy.differentiate import derivative as differentiate

    def logarithm(x: "Vector", element: Any) -> "Vector":
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Vector = np.log(value(x, element) / here[element])
            return found

    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        found: Any = differentiate(  # type: ignore[call-overload]
            logarithm,
            flat[by],
            args=(np.arange(flat[by].size),),
            initial_step=_step(by, flat),
            tolerances=PRECISION,
            order=8,
            maxiter=12,
        )
    slope: Vector = np.where(here > 0.0, found.df, 0.0)
    return slope


def _step(by: str, flat: "Mapping[str, Vector]") -> "Vector":
    """Where to begin: a third of the scale on which KPIs bend, sqrt(n) agents (Halfin and Whitt 1981), within the domain.

    Erlang C has a pole at load = agents, which the steps must not reach.
    """
    import numpy as np

    x, n = flat[by], np.maximum(flat["agents"], 1.0)
    load = flat["arrival_rate"] * flat["aht"]
    room = np.abs(flat["agents"] - load) / np.where(load > 0.0, load, 1.0) + 1e-13
    bend = np.minimum(1.0 / np.sqrt(n), room) if by in ("arrival_rate", "aht", "agents") else np.ones_like(x)
    return np.maximum(0.3 * bend * x, 1e-300)
