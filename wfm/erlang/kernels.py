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
from wfm.erlang.formulas import fate as _fate
from wfm.erlang.formulas import gauss as _gauss
from wfm.erlang.formulas import general as _general
from wfm.erlang.formulas import kpis as _kpis
from wfm.erlang.formulas import lines as _lines
from wfm.erlang.formulas import loss as _loss
from wfm.erlang.formulas import measure as _measure
from wfm.erlang.formulas import measure_general as _measure_general
from wfm.erlang.formulas import mixed as _mixed
from wfm.erlang.formulas import outcome as _outcome
from wfm.erlang.formulas import patience as _patience
from wfm.erlang.formulas import redial as _redial
from wfm.erlang.formulas import special as _special
from wfm.erlang.formulas import staffing as _staffing
from wfm.erlang.formulas import uniform as _uniform

Vector = NDArray[np.float64]
P = ParamSpec("P")
R = TypeVar("R")

_SOURCES: tuple[ModuleType, ...] = (_kpis, _special, _uniform, _loss, _delay, _patience, _measure, _mixed, _staffing)
_SOURCES += (_fate, _gauss, _general, _measure_general)
_SOURCES += (_outcome, _lines, _redial)
_NAMES: dict[str, object] = {"math": math, "__name__": __name__}
for _module in _SOURCES:
    _NAMES |= {k: v for k, v in vars(_module).items() if k.isupper() or isinstance(v, type)}
# Tables are tuples to plain Python and constant arrays to compiled code.
_NAMES |= {k: np.array(v) for k, v in _NAMES.items() if k.isupper() and isinstance(v, tuple)}
# numba's cache looks at the file of the function alone; a kernel is stale too when a formula it calls has changed.
_FILES = sorted(Path(__file__).parent.rglob("*.py"))
_STAMP = tuple((f.stat().st_mtime, f.stat().st_size) for f in _FILES)


def kernel(function: Callable[P, R], *, contract: bool = False) -> Callable[P, R]:
    """Compile, with products and sums contracted where asked for: faster, and rounded once instead of twice."""
    compiled: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"} if contract else False)(function)
    compiled._cache._cache_file._source_stamp = _STAMP
    result: Callable[P, R] = compiled
    return result


def _compiled(formula: Callable[P, R]) -> Callable[P, R]:
    plain = cast(FunctionType, formula)
    bound = FunctionType(plain.__code__, _NAMES, plain.__name__)
    bound.__doc__ = plain.__doc__
    bound.__module__ = __name__
    result = kernel(cast(Callable[P, R], bound))
    _NAMES[plain.__name__] = result
    return result


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

per = _compiled(_outcome.per)
outcome_kpi = _compiled(_outcome.outcome_kpi)
climb = _compiled(_lines.climb)
ln_growth = _compiled(_lines.ln_growth)
first_place = _compiled(_lines.first_place)
first_departure = _compiled(_lines.first_departure)
add_places = _compiled(_lines.add_places)
add_within = _compiled(_lines.add_within)
lines_outcome = _compiled(_lines.lines_outcome)
all_blocked = _compiled(_lines.all_blocked)
measure_lines = _compiled(_lines.measure_lines)
given_up = _compiled(_redial.given_up)
most_customers = _compiled(_redial.most_customers)
attempts = _compiled(_redial.attempts)
hopeless = _compiled(_redial.hopeless)
measure_redial = _compiled(_redial.measure_redial)

step_at = _compiled(_fate.step_at)
weibull_power = _compiled(_fate.weibull_power)
fate = _compiled(_fate.fate)
next_cut = _compiled(_general.next_cut)
is_flat = _compiled(_general.is_flat)
end_of = _compiled(_general.end_of)
stay = _compiled(_general.stay)
rise = _compiled(_general.rise)
find_top = _compiled(_general.find_top)
flat_panel = _compiled(_general.flat_panel)
curved_panel = _compiled(_general.curved_panel)
sums = _compiled(_general.sums)
is_endless = _compiled(_general.is_endless)
near_cut = _compiled(_measure_general.near_cut)
measure_within = _compiled(_measure_general.measure_within)
measure_swamped = _compiled(_measure_general.measure_swamped)
measure_general = _compiled(_measure_general.measure_general)

short_of_tangent = _compiled(_mixed.short_of_tangent)
mixed_node = _compiled(_mixed.mixed_node)
mixed = _compiled(_mixed.mixed)

is_met = _compiled(_staffing.is_met)
is_unreachable = _compiled(_staffing.is_unreachable)
height = _compiled(_staffing.height)
first_guess = _compiled(_staffing.first_guess)
whole_above = _compiled(_staffing.whole_above)
least_agents_endless = _compiled(_staffing.least_agents_endless)
least_agents = _compiled(_staffing.least_agents)
greatest_load = _compiled(_staffing.greatest_load)


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
