"""Mean waits where patience is long: panels instead of Palm's series, the same numbers, and an end in sight."""

import math
import random

import pytest

from wfm.erlang import kernels, twin
from wfm.erlang.formulas import kpis, patience


@pytest.mark.parametrize("seed", range(3))
def test_panels_and_series_agree(seed, monkeypatch):
    draw = random.Random(seed)
    seen = 0
    while seen < 25:
        n, mean = 10.0 ** draw.uniform(1.0, 4.0), 10.0 ** draw.uniform(0.0, 3.0)
        near = n + draw.uniform(-6.0, 1.5) * math.sqrt(n / max(1.0, mean))
        q = patience.balance(n, a := draw.choice([near, n * draw.uniform(0.3, 1.0)]), mean, 0.0)
        if q.heavy or not 2e3 < n * mean < 1e6:
            continue
        seen += 1
        panels = patience.logs_by_panels(q, n, a)
        with monkeypatch.context() as patch:
            patch.setattr(patience, "LONG", math.inf)
            series = patience.logs(q, n, a)
        assert panels == pytest.approx(series, rel=1e-12)


@pytest.mark.parametrize(("n", "mean"), [(1e6, 1e6), (543035.0, 3.8e7), (1e9, 1e9)])
def test_long_patience_at_full_load_takes_no_longer(n, mean):
    """At n = a and long patience V is half a normal of deviation sqrt(patience/n), cut by eps: mean waits follow from it."""
    wait = twin.measure(kpis.ASA_ANSWERED, n, n, mean, 0.0, 0.0)
    assert wait == pytest.approx(kernels.measure(kpis.ASA_ANSWERED, n, n, mean, 0.0, 0.0), rel=1e-9)
    share = twin.measure(kpis.P_WAIT, n, n, mean, 0.0, 0.0)
    assert wait == pytest.approx(share * math.sqrt(2.0 * mean / (math.pi * n)), rel=5e-3)


def test_the_logarithm_of_nearly_everybody_waiting():
    n, a = 10.0, 10.0 - 1e-9
    waiting = kernels.no_delay_probability(n, a)
    assert kernels.ln_delay_probability(n, a) == pytest.approx(-waiting, rel=1e-8)
    assert twin.ln_delay_probability(n, a) == pytest.approx(kernels.ln_delay_probability(n, a), rel=1e-12)
