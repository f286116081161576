"""The Erlang formulas as NumPy ufuncs: broadcasting, ``out=`` and casting as with NumPy's own (``where=`` is not supported).

All are in units of the mean handle time: `n` agents (real, >= 0), `a` offered load [erlang], `patience` the mean patience,
`threshold` T. Outside of the domain the answer is nan; edges are those of `wfm.erlang.models`. Each is compiled when first
asked for, and kept on disk.

>>> from wfm.erlang import ufuncs
>>> ufuncs.blocking([10, 20], 8.0).round(6).tolist()
[0.121661, 0.000159]

================================================= ====================================================================
blocking(n, a)                                    Erlang B
ln_blocking(n, a)                                 its logarithm, also where B is too small for a double
delay_probability(n, a)                           Erlang C, P(W > 0)
delay_tail(n, a, threshold)                       Erlang C, P(W > T)
delay_mean(n, a)                                  Erlang C, E[W]
sl_offered(n, a, patience, threshold)             Erlang A, answered within T / offered
sl_answered, sl_net, sl_either, sl_virtual        likewise, see `wfm.erlang.models.kpis`
abandon_rate_offered(n, a, patience)              Erlang A, abandoned / offered
p_wait(n, a, patience)                            Erlang A, P(V > 0)
asa_answered(n, a, patience)                      Erlang A, mean wait of the answered
mean_wait_all(n, a, patience)                     Erlang A, E[W]
least_agents(a, patience, share, threshold)       least whole n with `sl_offered` >= share
================================================= ====================================================================
"""

from collections.abc import Callable
from inspect import signature
from typing import TYPE_CHECKING, Any

from numba import float64
from numba.np.ufunc.ufuncbuilder import UFuncBuilder

from wfm.erlang import kernels
from wfm.erlang.formulas import kpis

if TYPE_CHECKING:
    import numpy as np

_measure, _least = kernels.measure, kernels.least_agents


def _level(kpi: int) -> Callable[..., float]:
    def level(n: float, a: float, patience: float, threshold: float) -> float:
        result: float = _measure(kpi, n, a, patience, 0.0, threshold)
        return result

    return level


def _mean(kpi: int) -> Callable[..., float]:
    def mean(n: float, a: float, patience: float) -> float:
        result: float = _measure(kpi, n, a, patience, 0.0, 0.0)
        return result

    return mean


def _least_agents(a: float, patience: float, share: float, threshold: float) -> float:
    result: float = _least(0, share, threshold, a, patience, 0.0)
    return result


_LOOPS: dict[str, Callable[..., float]] = {
    "blocking": kernels.blocking.py_func,
    "ln_blocking": kernels.ln_blocking.py_func,
    "delay_probability": kernels.delay_probability.py_func,
    "delay_tail": kernels.delay_tail.py_func,
    "delay_mean": kernels.delay_mean.py_func,
    "sl_offered": _level(kpis.SL_OFFERED),
    "sl_answered": _level(kpis.SL_ANSWERED),
    "sl_net": _level(kpis.SL_NET),
    "sl_either": _level(kpis.SL_EITHER),
    "sl_virtual": _level(kpis.SL_VIRTUAL),
    "abandon_rate_offered": _mean(kpis.ABANDON_RATE_OFFERED),
    "p_wait": _mean(kpis.P_WAIT),
    "asa_answered": _mean(kpis.ASA_ANSWERED),
    "mean_wait_all": _mean(kpis.MEAN_WAIT_ALL),
    "least_agents": _least_agents,
}


def _built(name: str) -> "np.ufunc":
    function = _LOOPS[name]
    function.__name__ = name
    builder: Any = UFuncBuilder(function, cache=True)  # type: ignore[no-untyped-call]
    builder.nb_func.cache._cache_file._source_stamp = kernels.STAMP
    builder.add(float64(*[float64] * len(signature(function).parameters)))
    ufunc: np.ufunc = builder.build_ufunc()
    return ufunc


def __getattr__(name: str) -> Any:
    if name not in _LOOPS:
        raise AttributeError(f"wfm.erlang.ufuncs has no {name!r}; there are {', '.join(_LOOPS)}")
    globals()[name] = _built(name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *_LOOPS})
