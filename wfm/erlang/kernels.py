"""The Erlang formulas compiled: scalar ``@njit`` kernels under the names of `wfm.erlang.twin`, and loops over arrays.

One source serves both: every function of every module of `wfm.erlang.formulas` is here under its own name, compiled. The
kernels are cached on disk, release the GIL and may be called from a user's own ``@njit`` code. Pass floats (``10.0``, not
``10``): each new combination of argument types is compiled anew. Importing this module costs the import of numba; nothing is
compiled or loaded before a first call.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from wfm.core import compiled

Vector = NDArray[np.float64]
P = ParamSpec("P")
R = TypeVar("R")

# numba's cache looks at the file of the function alone; a kernel is stale too when a formula it calls has changed.
_FOLDER = Path(__file__).parent
#: Whatever of them has changed, a kernel is stale.
FILES = sorted(_FOLDER.rglob("*.py"))
STAMP = compiled.stamp(*FILES)
_FORMULAS = [import_module(f"wfm.erlang.formulas.{f.stem}") for f in sorted((_FOLDER / "formulas").glob("[a-z]*.py"))]


_exact = compiled.kernel(*FILES, error_model="numpy")
_contracting = compiled.kernel(*FILES, error_model="numpy", fastmath={"contract"})
# Long sums of products; elsewhere a difference of two products may have to be exactly 0.
_SUMS = ("wfm.erlang.formulas.uniform",)


def kernel(function: Callable[P, R], *, contract: bool = False) -> Callable[P, R]:
    """Compile, with products and sums contracted where asked for: faster, and rounded once instead of twice."""
    return (_contracting if contract else _exact)(function)


def _compile(modules: list[ModuleType]) -> dict[str, Any]:
    """Every function of these modules compiled; each sees its module's names, with compiled functions and tables as arrays."""
    kernels: dict[FunctionType, Any] = {}
    seen: dict[ModuleType, dict[str, Any]] = {module: {"__name__": __name__} for module in modules}
    for module in modules:
        for formula in vars(module).values():
            if isinstance(formula, FunctionType) and formula.__module__ == module.__name__:
                bound = FunctionType(formula.__code__, seen[module], formula.__name__)
                bound.__doc__, bound.__module__ = formula.__doc__, __name__
                kernels[formula] = kernel(bound, contract=module.__name__ in _SUMS)
    for module in modules:
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, tuple):
                seen[module][name] = np.array(value)
            elif not name.startswith("__"):
                seen[module][name] = kernels.get(value, value) if isinstance(value, FunctionType) else value
    return {formula.__name__: compiled for formula, compiled in kernels.items()}


_KERNELS = _compile(_FORMULAS)
globals().update(_KERNELS)


def __getattr__(name: str) -> Any:
    """Nothing but a clear refusal; that the kernels are here is known at run time only."""
    raise AttributeError(f"wfm.erlang.kernels has no kernel {name!r}; its names are those of wfm.erlang.formulas")


# Named for those who read the loops below.
greatest_load: Any = _KERNELS["greatest_load"]
least_agents: Any = _KERNELS["least_agents"]
measure: Any = _KERNELS["measure"]
measure_blend: Any = _KERNELS["measure_blend"]
measure_chats: Any = _KERNELS["measure_chats"]
measure_general: Any = _KERNELS["measure_general"]
measure_redial: Any = _KERNELS["measure_redial"]
measure_whitt: Any = _KERNELS["measure_whitt"]
mixed: Any = _KERNELS["mixed"]


@kernel
def measure_each(kpi: int, n: Vector, a: Vector, patience: Vector, onset: Vector, threshold: Vector) -> Vector:
    """`measure` of one KPI, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = measure(kpi, n[i], a[i], patience[i], onset[i], threshold[i])
    return out


@kernel
def measure_general_each(kpi: int, n: Vector, a: Vector, unit: Vector, threshold: Vector, law: Vector, cuts: Vector) -> Vector:
    """`measure_general` of one KPI and one distribution of patience, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = measure_general(kpi, n[i], a[i], unit[i], threshold[i], law, cuts)
    return out


@kernel
def measure_whitt_each(kpi: int, n: Vector, lines: Vector, a: Vector, unit: Vector, law: Vector) -> Vector:
    """`measure_whitt` of one KPI and one distribution of patience, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = measure_whitt(kpi, n[i], lines[i], a[i], unit[i], law)
    return out


@kernel
def mixed_each(kpi: int, n: Vector, a: Vector, patience: Vector, onset: Vector, threshold: Vector, cv: Vector) -> Vector:
    """`mixed` of one KPI, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = mixed(kpi, n[i], a[i], patience[i], onset[i], threshold[i], cv[i])
    return out


@kernel
def measure_redial_each(
    kpi: int, n: Vector, lines: Vector, a: Vector, patience: Vector, by_abandon: Vector, by_block: Vector, threshold: Vector
) -> Vector:
    """`measure_redial` of one KPI, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = measure_redial(kpi, n[i], lines[i], a[i], patience[i], by_abandon[i], by_block[i], threshold[i])
    return out


@kernel
def measure_chats_each(kpi: int, n: Vector, a: Vector, patience: Vector, threshold: Vector, times: Vector) -> Vector:
    """`measure_chats` of one KPI and one list of chat lengths, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = measure_chats(kpi, n[i], a[i], patience[i], threshold[i], times)
    return out


@kernel
def measure_blend_each(kpi: int, n: Vector, reserve: Vector, a: Vector, patience: Vector, threshold: Vector) -> Vector:
    """`measure_blend` of one KPI, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = measure_blend(kpi, n[i], reserve[i], a[i], patience[i], threshold[i])
    return out


@kernel
def least_agents_each(kpi: int, target: Vector, threshold: Vector, a: Vector, patience: Vector, onset: Vector) -> Vector:
    """`least_agents` for one KPI, element by element over flat arrays of one length."""
    out = np.empty(a.size)
    for i in range(a.size):
        out[i] = least_agents(kpi, target[i], threshold[i], a[i], patience[i], onset[i])
    return out


@kernel
def greatest_load_each(kpi: int, target: Vector, threshold: Vector, n: Vector, patience: Vector, onset: Vector) -> Vector:
    """`greatest_load` for one KPI, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = greatest_load(kpi, target[i], threshold[i], n[i], patience[i], onset[i])
    return out
