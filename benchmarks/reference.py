"""Accuracy of everything of ours that is timed, checked before it is: golden tables where they are, else mpmath, in this run.

The golden tables (fifty digits, with bars in their README) are kept outside the project. Without them a short table is
computed here with mpmath by other formulas than ours: Erlang B by its recursion, Erlang A by the integral of Zeltyn and
Mandelbaum (QUESTA 51, 2005), with thirty digits, and held to the same bars.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from tests.erlang.bars import absolute, rel_l
from tests.shared import SHARED
from wfm.erlang import ErlangA, ErlangB, ErlangC, kernels, twin
from wfm.erlang.formulas import kpis as k

API, KERNEL, PLAIN = "wfm, public API", "wfm, compiled kernel", "wfm, plain Python twin"

# model, golden column, code, error, bar: the README's.
COLUMNS: tuple[tuple[str, str, int, Callable[[float, float], float], float], ...] = (
    ("erlang_b", "blocking", k.BLOCKING, rel_l, 4e-14),
    ("erlang_c", "p_wait", k.P_WAIT, rel_l, 4e-14),
    ("erlang_c", "asa", k.ASA_ANSWERED, rel_l, 4e-14),
    ("erlang_c", "sl", k.SL_OFFERED, absolute, 1e-14),
    ("erlang_a", "p_wait", k.P_WAIT, rel_l, 1e-13),
    ("erlang_a", "p_abandon", k.ABANDON_RATE_OFFERED, rel_l, 1e-13),
    ("erlang_a", "sl_offered", k.SL_OFFERED, absolute, 1e-13),
)
TARGETS = {
    "blocking": k.BLOCKING,
    "sl": k.SL_OFFERED,
    "asa": k.ASA_ANSWERED,
    "e_wait": k.MEAN_WAIT_ALL,
    "p_abandon": k.ABANDON_RATE_OFFERED,
    "p_wait": k.P_WAIT,
    "occupancy": k.OCCUPANCY,
    "sl_offered": k.SL_OFFERED,
    "sl_net": k.SL_NET,
    "sl_answered": k.SL_ANSWERED,
    "sl_virtual": k.SL_VIRTUAL,
}
# Golden metrics by the models' names, where they differ.
NAMES = {
    "blocking": "blocking",
    "p_wait": "p_wait",
    "asa": "asa_answered",
    "sl": "sl_offered",
    "sl_offered": "sl_offered",
    "e_wait": "mean_wait_all",
    "p_abandon": "abandon_rate_offered",
}


def check() -> tuple[str, list[dict[str, Any]]]:
    """Which reference was used, and for each column the worst error beside its bar."""
    golden = SHARED / "golden"
    if (golden / "erlang_c.csv").exists():
        name = "golden tables (mpmath, 50 digits), all rows"

        def read(table: str) -> pd.DataFrame:
            return pd.read_csv(golden / f"{table}.csv", comment="#")
    else:
        name = "no golden tables here: a short table computed in this run with mpmath, 30 digits (benchmarks/reference.py)"
        made = made_here()

        def read(table: str) -> pd.DataFrame:
            return made[table]

    tables = {model: read(model) for model in ("erlang_b", "erlang_c", "erlang_a", "staffing")}
    return name, [_column(tables[entry[0]], *entry) for entry in COLUMNS] + [_staffing(tables["staffing"])]


def passes(checks: list[dict[str, Any]], model: str, way: str) -> bool:
    """Whether every column of this model is within its bar when asked this way."""
    return all(entry["passes"][way] for entry in checks if entry["model"] == model)


def _column(
    t: pd.DataFrame, model: str, column: str, kpi: int, error: Callable[[float, float], float], bar: float
) -> dict[str, Any]:
    patience = t["patience"] if model == "erlang_a" else math.inf
    n, a, p, within = (_doubles(v, len(t)) for v in (t.n, t.a, patience, t.get("T", 0.0)))
    none = np.zeros(len(t))
    made = {"erlang_b": lambda: ErlangB(a, 1.0), "erlang_c": lambda: ErlangC(a, 1.0), "erlang_a": lambda: ErlangA(a, 1.0, p)}
    values = {
        API: made[model]().measures(n, within)[NAMES[column]],
        KERNEL: kernels.measure_each(kpi, n, a, p, none, within),
        PLAIN: [twin.measure(kpi, *map(float, row)) for row in zip(n, a, p, none, within, strict=True)],
    }
    worst = {way: _worst(error, found, t[column]) for way, found in values.items()}
    kind = {rel_l: "relative, in units of 1 + |ln|", absolute: "absolute"}[error]
    return _entry(model, column, int(t[column].notna().sum()), worst, bar, kind)


def _worst(error: Callable[[float, float], float], values: Any, golden: Any) -> float:
    errors = [error(float(v), float(g)) for v, g in zip(values, golden, strict=True) if not math.isnan(g)]
    return math.inf if any(map(math.isnan, errors)) else max(errors)


def _entry(model: str, what: str, rows: int, worst: dict[str, float], bar: float, kind: str) -> dict[str, Any]:
    entry = {"model": model, "what": what, "rows": rows, "worst": worst, "bar": bar, "kind": kind}
    return entry | {"passes": {way: value <= bar for way, value in worst.items()}}


def _staffing(t: pd.DataFrame) -> dict[str, Any]:
    wrong = dict.fromkeys((API, KERNEL, PLAIN), 0)
    for (model, metric), part in t.groupby(["model", "metric"]):
        a, aht = (part.calls * part.aht_s / part.interval_s).to_numpy(float), part.aht_s.to_numpy(float)
        target = part.target.to_numpy(float) / (aht if metric in ("asa", "e_wait") else 1.0)
        within, patience = part.T_s.fillna(0.0).to_numpy(float) / aht, part.patience_s.fillna(math.inf).to_numpy(float) / aht
        kpi, name, none = TARGETS[metric], NAMES.get(metric, metric), np.zeros(len(part))
        queue = {"erlang_b": ErlangB, "erlang_c": ErlangC}.get(model)
        asked = queue(a, 1.0) if queue else ErlangA(a, 1.0, patience)
        rows = zip(target, within, a, patience, none, strict=True)
        found = {
            API: asked.agents_for(**{name: (target, within) if name.startswith("sl_") else target}),
            KERNEL: kernels.least_agents_each(kpi, target, within, a, patience, none),
            PLAIN: [twin.least_agents(kpi, *map(float, row)) for row in rows],
        }
        for way, agents in found.items():
            wrong[way] += int((np.asarray(agents) != part.n_min.to_numpy()).sum())
    return _entry("staffing", "n_min", len(t), wrong, 0, "wrong rows")


def _doubles(values: Any, size: int) -> Any:
    return np.broadcast_to(np.asarray(values, dtype=float), size).copy()


def made_here() -> dict[str, pd.DataFrame]:
    """The short table: quiet, busy and overloaded queues from one agent to two thousand."""
    systems = [(n, a) for n in (1, 3, 12, 40, 150, 500, 2000) for a in (0.5 * n, 0.95 * n, float(n) - 0.25, 1.2 * n)]
    b = [(n, a, float(erlang_b(n, a))) for n, a in systems]
    c = [(n, a, T, *erlang_c(n, a, T)) for n, a in systems if a < n for T in (0.0, 0.1)]
    few = [(n, a) for n, a in systems if n in (3, 40, 500)]
    a = [(n, load, p, 0.1, *erlang_a(n, load, p, 0.1)) for n, load in few for p in (0.4, 2.0)]
    return {
        "erlang_b": pd.DataFrame(b, columns=["n", "a", "blocking"]),
        "erlang_c": pd.DataFrame(c, columns=["n", "a", "T", "p_wait", "asa", "sl"]),
        "erlang_a": pd.DataFrame(a, columns=["n", "a", "patience", "T", "p_wait", "p_abandon", "sl_offered"]),
        "staffing": _staffing_made(),
    }


def erlang_b(n: int, a: float) -> Any:
    """B(n, a) by the recursion."""
    from mpmath import mp, mpf

    with mp.workdps(30):
        inverse, load = mpf(1), mpf(a)
        for j in range(1, n + 1):
            inverse = 1 + inverse * j / load
        return 1 / inverse


def erlang_c(n: int, a: float, within: float) -> tuple[float, float, float]:
    """P(W > 0), E[W] and P(W <= within) in Erlang C, n > a."""
    from mpmath import mp, mpf

    with mp.workdps(30):
        load = mpf(a)
        b = erlang_b(n, a)
        wait = n * b / (n - load + load * b)
        return float(wait), float(wait / (n - load)), float(1 - wait * mp.exp(-(n - load) * mpf(within)))


def erlang_a(n: int, a: float, patience: float, within: float) -> tuple[float, float, float]:
    """P(W > 0), the shares that abandon and that are answered in time, in Erlang A.

    The virtual wait has the density a p exp(a H(x) - n x), H(x) the integral of the survival e^(-x/patience), p the
    probability of n - 1 busy; those busy have the weights of Erlang B.
    """
    from mpmath import inf, mp, mpf

    with mp.workdps(30):
        load, mean, until = mpf(a), mpf(patience), mpf(within)
        idle = 1 / erlang_b(n - 1, a)
        # Past the top of the density by so many of its widths nothing is left.
        top = mean * mp.log(load / n) if load > n else mpf(0)
        width = mp.sqrt(mean / n)

        def density(x: Any) -> Any:
            return load * mp.exp(load * mean * (1 - mp.exp(-x / mean)) - n * x)

        def stay(x: Any) -> Any:
            return mp.exp(-x / mean)

        places = {top + i * width for i in (-6, -3, -1, 0, 1, 3, 6, 12, 24)} | {until}
        cuts = [mpf(0), *sorted(x for x in places if x > 0), inf]
        soon = [x for x in cuts if x <= until]
        all_waits = mp.quad(density, cuts)
        served = mp.quad(lambda x: density(x) * stay(x), cuts)
        in_time = mp.quad(lambda x: density(x) * stay(x), soon)
        total = idle + all_waits
        return float(all_waits / total), float((all_waits - served) / total), float((idle + in_time) / total)


def _staffing_made() -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for calls, aht in ((5, 240), (98, 600), (600, 180), (2000, 300)):
        for share, within in ((0.8, 20), (0.95, 10)):
            a, n = calls * aht / 1800, 1
            while n <= a or erlang_c(n, a, within / aht)[2] < share:
                n += 1
            rows.append(("erlang_c", calls, 1800, aht, math.nan, "sl", within, share, n))
    return pd.DataFrame(rows, columns=["model", "calls", "interval_s", "aht_s", "patience_s", "metric", "T_s", "target", "n_min"])
