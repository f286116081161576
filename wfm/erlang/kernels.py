"""The Erlang formulas compiled: scalar ``@njit`` kernels under the names of `wfm.erlang.twin`, and loops over arrays.

One source serves both: each function below is the plain one of its formula module, compiled with the names it calls
bound to compiled functions. Kernels are cached on disk, release the GIL and may be called from a user's own
``@njit`` code. Pass floats (``10.0``, not ``10``): each new combination of argument types is compiled anew.
Importing this module costs the import of numba; nothing is compiled or loaded before a first call.
"""

import math
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wfm.erlang.formulas import delay as _delay
from wfm.erlang.formulas import kpis as _kpis
from wfm.erlang.formulas import loss as _loss
from wfm.erlang.formulas import measure as _measure
from wfm.erlang.formulas import patience as _patience
from wfm.erlang.formulas import special as _special
from wfm.erlang.formulas import staffing as _staffing
from wfm.erlang.formulas import uniform as _uniform

Vector = NDArray[np.float64]
P = ParamSpec("P")
R = TypeVar("R")

_SOURCES: tuple[ModuleType, ...] = (_kpis, _special, _uniform, _loss, _delay, _patience, _measure, _staffing)
_NAMES: dict[str, object] = {"math": math, "__name__": __name__}
for _module in _SOURCES:
    _NAMES |= {k: v for k, v in vars(_module).items() if k.isupper() or isinstance(v, type)}
# Tables are tuples to plain Python and constant arrays to compiled code.
_NAMES |= {k: np.array(v) for k, v in _NAMES.items() if k.isupper() and isinstance(v, tuple)}
# numba's cache looks at the file of the function alone; a kernel is stale too when a formula it calls has changed.
_FILES = [Path(__file__), *(Path(str(m.__file__)) for m in _SOURCES)]
_STAMP = tuple((f.stat().st_mtime, f.stat().st_size) for f in _FILES)


def _kernel(function: Callable[P, R]) -> Callable[P, R]:
    kernel: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    kernel._cache._cache_file._source_stamp = _STAMP
    result: Callable[P, R] = kernel
    return result


def _compiled(formula: Callable[P, R]) -> Callable[P, R]:
    plain = cast(FunctionType, formula)
    bound = FunctionType(plain.__code__, _NAMES, plain.__name__)
    bound.__doc__ = plain.__doc__
    bound.__module__ = __name__
    kernel = _kernel(cast(Callable[P, R], bound))
    _NAMES[plain.__name__] = kernel
    return kernel


stirling_error = _compiled(_special.stirling_error)
deviance = _compiled(_special.deviance)
neg_ln_poisson = _compiled(_special.neg_ln_poisson)
neg_ln_poisson_decayed = _compiled(_special.neg_ln_poisson_decayed)
upper_tail = _compiled(_special.upper_tail)
rising_sum = _compiled(_special.rising_sum)
ln_minus_digamma = _compiled(_special.ln_minus_digamma)
upper_log_mean = _compiled(_special.upper_log_mean)
decay_mean = _compiled(_special.decay_mean)
decay_first_moment = _compiled(_special.decay_first_moment)

is_uniform = _compiled(_uniform.is_uniform)
half_square = _compiled(_uniform.half_square)
erfcx_near = _compiled(_uniform.erfcx_near)
erfcx_lack = _compiled(_uniform.erfcx_lack)
sweep = _compiled(_uniform.sweep)
turn = _compiled(_uniform.turn)

odds = _compiled(_loss.odds)
blocking = _compiled(_loss.blocking)
ln_blocking = _compiled(_loss.ln_blocking)
one_minus_blocking = _compiled(_loss.one_minus_blocking)
blocking_one_less = _compiled(_loss.blocking_one_less)

delay_probability = _compiled(_delay.delay_probability)
no_delay_probability = _compiled(_delay.no_delay_probability)
ln_delay_probability = _compiled(_delay.ln_delay_probability)
delay_tail = _compiled(_delay.delay_tail)
delay_mean = _compiled(_delay.delay_mean)

is_heavy = _compiled(_patience.is_heavy)
light_kernel = _compiled(_patience.light_kernel)
heavy_kernel = _compiled(_patience.heavy_kernel)
balance = _compiled(_patience.balance)
waiting = _compiled(_patience.waiting)
abandoned = _compiled(_patience.abandoned)
served = _compiled(_patience.served)
drift = _compiled(_patience.drift)
split = _compiled(_patience.split)
linear_moment = _compiled(_patience.linear_moment)
logs = _compiled(_patience.logs)
mean_wait = _compiled(_patience.mean_wait)
mean_wait_served = _compiled(_patience.mean_wait_served)
mean_wait_abandoned = _compiled(_patience.mean_wait_abandoned)
mean_wait_virtual = _compiled(_patience.mean_wait_virtual)

measure_endless = _compiled(_measure.measure_endless)
measure_idle = _compiled(_measure.measure_idle)
measure = _compiled(_measure.measure)

is_met = _compiled(_staffing.is_met)
is_unreachable = _compiled(_staffing.is_unreachable)
least_agents = _compiled(_staffing.least_agents)
greatest_load = _compiled(_staffing.greatest_load)


@_kernel
def measure_each(kpi: int, n: Vector, a: Vector, patience: Vector, onset: Vector, threshold: Vector) -> Vector:
    """`measure` of one KPI, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = measure(kpi, n[i], a[i], patience[i], onset[i], threshold[i])
    return out


@_kernel
def least_agents_each(kpi: int, target: Vector, threshold: Vector, a: Vector, patience: Vector, onset: Vector) -> Vector:
    """`least_agents` for one KPI, element by element over flat arrays of one length."""
    out = np.empty(a.size)
    for i in range(a.size):
        out[i] = least_agents(kpi, target[i], threshold[i], a[i], patience[i], onset[i])
    return out


@_kernel
def greatest_load_each(kpi: int, target: Vector, threshold: Vector, n: Vector, patience: Vector, onset: Vector) -> Vector:
    """`greatest_load` for one KPI, element by element over flat arrays of one length."""
    out = np.empty(n.size)
    for i in range(n.size):
        out[i] = greatest_load(kpi, target[i], threshold[i], n[i], patience[i], onset[i])
    return out
