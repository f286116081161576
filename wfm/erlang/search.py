"""Where a condition that is monotone in one number starts or stops to hold: for one question, or for arrays of them at once.

The conditions are called with all candidates together, so that compiled loops do the work; about a hundred calls settle a
real number to its last bits, about twice the logarithm of the answer a whole one.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wfm.erlang.formulas.staffing import MOST_AGENTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

Condition = Callable[[Any], Any]
LARGEST, SMALLEST = 2.0**40, 2.0**-700


def least_whole(holds: Condition, unit: Any) -> Any:
    """Least whole number >= 1 from which on the condition holds; inf where it does not hold up to 1e12.

    Parameters
    ----------
    holds
        From a float to a bool, or from an array of floats to one of bools: false, then true as the number grows.
    unit
        Where to look first; its shape is the answer's.
    """
    return _shaped(_least_whole, holds, unit)


def least_real(holds: Condition, unit: Any) -> Any:
    """Least real number >= 0 from which on the condition holds, to the last bits; else as `least_whole`."""
    return _shaped(lambda c, u: _edge(lambda x: ~c(x), u)[1], holds, unit)


def greatest_real(holds: Condition, unit: Any) -> Any:
    """Greatest real number up to which the condition holds: 0 where nowhere, inf where up to 2**40 units."""
    return _shaped(lambda c, u: _edge(c, u)[0], holds, unit)


def _shaped(search: Callable[[Condition, "Vector"], "Vector"], holds: Condition, unit: Any) -> Any:
    import numpy as np

    if isinstance(unit, float):
        return float(search(lambda x: np.array([bool(holds(float(x[0])))]), np.array([unit]))[0])
    return search(holds, np.asarray(unit, dtype=np.float64))


def _least_whole(holds: Condition, unit: "Vector") -> "Vector":
    import numpy as np

    missed = np.zeros_like(unit)
    met = np.maximum(np.ceil(unit), 1.0)
    while True:
        short = ~holds(met) & (met <= MOST_AGENTS)
        if not short.any():
            break
        missed = np.where(short, met, missed)
        met = np.where(short, 2.0 * met, met)
    never = met > MOST_AGENTS
    while True:
        open_ = (met - missed > 1.0) & ~never
        if not open_.any():
            return np.where(never, np.inf, met)
        middle = np.where(open_, np.floor(0.5 * (met + missed)), met)
        good = holds(middle)
        met = np.where(open_ & good, middle, met)
        missed = np.where(open_ & ~good, middle, missed)


def _edge(holds: Condition, unit: "Vector") -> tuple["Vector", "Vector"]:
    """The last number where a condition (true, then false) holds and the first where it does not, next to each other."""
    import numpy as np

    at_zero = np.asarray(holds(np.zeros_like(unit)))
    low, high = np.zeros_like(unit), np.array(unit)
    while True:
        on = holds(high) & (high < LARGEST * unit)
        if not on.any():
            break
        low = np.where(on, high, low)
        high = np.where(on, 2.0 * high, high)
    endless = high >= LARGEST * unit
    scale = np.where(low > 0.0, low, high)
    while True:
        off = (low == 0.0) & (scale > SMALLEST * unit) & ~holds(scale)
        if not off.any():
            break
        high = np.where(off, scale, high)
        scale = np.where(off, 0.5 * scale, scale)
    low = np.where((low == 0.0) & (scale > SMALLEST * unit), scale, low)
    while True:
        middle = 0.5 * (low + high)
        open_ = (low < middle) & (middle < high) & (low > 0.0) & ~endless
        if not open_.any():
            break
        good = holds(np.where(open_, middle, low))
        low = np.where(open_ & good, middle, low)
        high = np.where(open_ & ~good, middle, high)
    low = np.where(endless, np.inf, low)
    high = np.where(endless, np.inf, high)
    return np.where(at_zero, low, 0.0), np.where(at_zero, high, 0.0)
