"""Handle time and patience of the bank's calls, against the same facts computed here straight from its rows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.shared import shared
from wfm.core.errors import InputError
from wfm.history.calls import Calls, read_calls
from wfm.history.fits import fit_handle_time, fit_patience


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(shared("data/bank_il_1999feb_calls_dev.csv"))


@pytest.fixture(scope="module")
def bank() -> Calls:
    return read_calls(shared("data/bank_il_1999feb_calls_dev.csv"), timezone="Asia/Jerusalem")


def test_handle_time_of_the_bank(rows: pd.DataFrame, bank: Calls) -> None:
    """The file's own fact: mean 183 s over calls served for 10 s or more."""
    served = rows[(rows["outcome"] == "served") & (rows["handle_s"] >= 10)]["handle_s"]
    assert served.mean() == pytest.approx(183, rel=0.005)
    fit = fit_handle_time(bank)
    assert fit.mean == pytest.approx(served.mean(), rel=0.02)
    assert fit.cv == pytest.approx(served.std() / served.mean(), rel=0.02)
    shape, _, scale = stats.lognorm.fit(served, floc=0)
    assert fit.sigma == pytest.approx(shape, rel=0.02)
    assert np.exp(fit.mu) == pytest.approx(scale, rel=0.02)
    assert fit.n + sum(fit.left_out.values()) == (rows["outcome"] == "served").sum()
    assert fit.left_out["no_agent"] == (rows["agent"].isna() & (rows["outcome"] == "served")).sum()


def test_patience_of_the_bank(rows: pd.DataFrame, bank: Calls) -> None:
    """The file's own fact: censored maximum likelihood 336 s."""
    waited = rows[(rows["outcome"] == "served") | ((rows["outcome"] == "abandoned") & (rows["wait_s"] > 0))]
    events = (waited["outcome"] == "abandoned").sum()
    assert waited["wait_s"].sum() / events == pytest.approx(336, rel=0.005)
    fit = fit_patience(bank)
    assert fit.mean == pytest.approx(waited["wait_s"].sum() / events, rel=0.02)
    assert fit.hung_up == events
    curve = stats.ecdf(stats.CensoredData.right_censored(waited["wait_s"].astype(float), waited["outcome"] == "served")).sf
    median = curve.quantiles[np.argmax(curve.probabilities <= 0.5)]
    assert fit.median == pytest.approx(median, rel=0.02)
    positive = waited[waited["wait_s"] > 0]
    censored = stats.CensoredData.right_censored(positive["wait_s"].astype(float), positive["outcome"] == "served")
    shape, _, scale = stats.weibull_min.fit(censored, floc=0)
    assert fit.shape == pytest.approx(shape, rel=0.02)
    assert fit.scale == pytest.approx(scale, rel=0.02)
    assert fit.left_out["at_once"] == ((rows["outcome"] == "abandoned") & (rows["wait_s"] == 0)).sum()


def frame(waits: np.ndarray, hung_up: np.ndarray) -> pd.DataFrame:
    base = pd.Timestamp("2027-07-05 08:00")
    return pd.DataFrame(
        {
            "arrival": [str(base + pd.Timedelta(seconds=30 * i)) for i in range(len(waits))],
            "wait": [f"{wait:.6f}" for wait in waits],
            "outcome": np.where(hung_up, "abandoned", "served"),
            "handle_time": "120",
        }
    )


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(60, 600))
def test_a_known_patience_is_found_again(seed: int, mean: float) -> None:
    """Exponential patience against uniform offered waits: within four standard errors of the truth."""
    random = np.random.default_rng(seed)
    patience, offered = random.exponential(mean, 4000), random.uniform(0, 300, 4000)
    fit = fit_patience(read_calls(frame(np.minimum(patience, offered) + 1e-5, patience < offered), timezone="Asia/Shanghai"))
    assert fit.mean == pytest.approx(mean, rel=4 / np.sqrt(fit.hung_up))
    assert fit.shape == pytest.approx(1, abs=4 * 0.8 / np.sqrt(fit.hung_up))


def test_too_few_records(tmp_path: Path) -> None:
    calls = read_calls(frame(np.full(5, 10.0), np.zeros(5, dtype=bool)), timezone="Asia/Shanghai")
    for fit in (fit_handle_time, fit_patience):
        with pytest.raises(InputError, match=r"only 5 .* too few to fit from"):
            fit(calls)


def test_nobody_hung_up(tmp_path: Path) -> None:
    calls = read_calls(frame(np.full(50, 10.0), np.zeros(50, dtype=bool)), timezone="Asia/Shanghai")
    with pytest.raises(InputError, match="nobody hung up"):
        fit_patience(calls)
