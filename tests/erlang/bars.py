"""Reading golden tables, and the README's ways of measuring an error."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.shared import shared
from wfm.erlang import kernels

# Below this a double has lost digits or is gone: the README has such values skipped.
TINY = 1e-290


def table(name: str) -> pd.DataFrame:
    """A golden table as doubles."""
    return pd.read_csv(shared(f"golden/{name}.csv"), comment="#")


def computed(kpi: int, t: pd.DataFrame, patience: object = 0.0, onset: object = 0.0, threshold: object = 0.0):
    """The compiled measure for every row."""
    columns = [np.broadcast_to(np.asarray(c, dtype=float), len(t)).copy() for c in (t.n, t.a, patience, onset, threshold)]
    return kernels.measure_each(kpi, *columns)


def rel_l(v: float, g: float) -> float:
    return abs(v - g) / (abs(g) * (1.0 + abs(math.log(abs(g))))) if abs(g) >= TINY else 0.0


def rel(v: float, g: float) -> float:
    return abs(v - g) / abs(g) if abs(g) >= TINY else 0.0


def absolute(v: float, g: float) -> float:
    return abs(v - g)


def log_error(v: float, g: float) -> float:
    return abs(v - g) / (1.0 + abs(g))


def worst(table_name: str, column: str, error: Callable[[float, float], float], bar: float, values, golden) -> None:
    """Print the worst error of a column beside its bar, and hold it under the bar."""
    pairs = [(v, g) for v, g in zip(map(float, values), map(float, golden), strict=True) if not math.isnan(g)]
    assert pairs
    errors = [error(v, g) for v, g in pairs]
    top = max(errors)
    print(f"\n{table_name:<22} {column:<20} {len(pairs):>4} rows  worst {error.__name__:<9} {top:.1e}  bar {bar:.0e}", end="")
    assert not any(map(math.isnan, errors))
    assert top <= bar, pairs[errors.index(top)]
