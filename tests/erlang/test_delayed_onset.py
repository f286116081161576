"""Delayed-onset patience against the integrals themselves (theory 1.6), by quadrature that shares no code with it."""

import numpy as np
import pytest

from wfm.erlang import MMnDelayed, kernels
from wfm.erlang.formulas import kpis as m

X, W = np.polynomial.legendre.leggauss(24)


def by_quadrature(n, a, patience, onset, threshold):
    """The measures from phi(t) = a H(t) - n t by Gauss-Legendre pieces; 1/B(n-1) by the recursion."""

    def survival(t):
        return np.where(t < onset, 1.0, np.exp(-np.maximum(t - onset, 0.0) / patience))

    def lived(t):
        late = np.maximum(t - onset, 0.0)
        return np.minimum(t, onset) - patience * np.expm1(-late / patience)

    peak = onset + patience * max(np.log(a / n), 0.0)
    top = max(a * lived(peak) - n * peak, 0.0)
    width = min(1.0 / n + patience, 3.0 / np.sqrt(n / patience) + 1.0 / n)
    end = peak
    while a * lived(end) - n * end > top - 60.0:
        end += width
    cuts = np.unique(np.concatenate([np.linspace(0.0, peak, 201), np.linspace(peak, end, 401), [onset, threshold]]))
    middle, half = (cuts[1:] + cuts[:-1]) / 2.0, (cuts[1:] - cuts[:-1]) / 2.0
    t = (middle[:, None] + half[:, None] * X).ravel()
    density = (half[:, None] * W).ravel() * a * np.exp(a * lived(t) - n * t - top)
    ratio = 1.0
    for k in range(1, int(n)):
        ratio = 1.0 + k / a * ratio
    no_wait = ratio * np.exp(-top)
    total = no_wait + density.sum()
    s, past = survival(t), t > threshold
    served = (no_wait + (density * s).sum()) / total
    late = (density * s)[past].sum() / total
    return {
        m.P_WAIT: density.sum() / total,
        m.ABANDON_RATE_OFFERED: (density * (1.0 - s)).sum() / total,
        m.ANSWER_RATE: served,
        m.SL_OFFERED: served - late,
        m.SL_ANSWERED: 1.0 - late / served,
        m.SL_VIRTUAL: 1.0 - density[past].sum() / total,
        m.P_WAIT_LONGER: survival(np.array(threshold)) * density[past].sum() / total,
        m.MEAN_WAIT_ALL: (density * lived(t)).sum() / total,
        m.ASA_ANSWERED: (density * s * t).sum() / total / served,
        m.MEAN_WAIT_VIRTUAL: (density * t).sum() / total,
    }


@pytest.mark.parametrize("n", [1.0, 10.0, 80.0, 400.0])
@pytest.mark.parametrize("rho", [0.5, 0.95, 1.0, 1.2, 2.0])
@pytest.mark.parametrize(("patience", "onset"), [(0.05, 0.3), (0.667, 0.667), (3.0, 0.02), (0.5, 2.0), (2.0, 0.0)])
def test_against_quadrature(n, rho, patience, onset):
    for threshold in (0.0, 0.11, onset, onset + 0.4):
        for kpi, exact in by_quadrature(n, rho * n, patience, onset, threshold).items():
            value = kernels.measure(kpi, n, rho * n, patience, onset, threshold)
            assert value == pytest.approx(exact, abs=1e-11, rel=1e-9), (kpi, threshold)


def test_nobody_is_lost_before_the_onset():
    k = MMnDelayed(140 / 3600, 180, 120, 120).measures(10, threshold=60)
    assert k["abandon_within"] == 0.0
    assert k["sl_net"] == pytest.approx(k["sl_offered"], rel=1e-15)
    assert k["p_wait_longer"] == k["p_virtual_longer"]
    assert k["mean_time_to_abandon"] > 120.0
