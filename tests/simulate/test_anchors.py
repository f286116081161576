"""The readable engine beside exact numbers: patience that begins late, and as many lines as agents."""

import pytest

from tests.simulate.exact import erlang_b
from tests.simulate.plans import estimate, model, play
from wfm.core import draws
from wfm.simulate.tally import COLUMNS, tally

SEED = 20270705


@pytest.mark.parametrize(
    ("per_hour", "onset", "abandoned", "digits"),
    [(140, 0, 0.0347, 5e-5), (140, 120, 0.0044, 5e-5), (170, 0, 0.0788, 5e-5), (170, 120, 0.0226, 5e-5)],
)
def test_patience_with_a_delayed_onset(per_hour: float, onset: float, abandoned: float, digits: float) -> None:
    """S4-14: ten agents, 180 s; 120 s and then exponential is not the same as exponential with mean 120 s."""
    contacts, batches = 60_000, 30
    plan = model(
        contacts / batches / per_hour * 3600, per_hour / 3600, 10, 180, intervals=batches + 1, onset=onset, then_mean=120.0
    )
    value, error = estimate(tally(play(plan, SEED), 20)[1:], "abandon_rate_offered")
    assert abs(value - abandoned) < 4 * error + digits
    assert error < 0.003


@pytest.mark.parametrize(("n", "a"), [(1, 0.8), (5, 4.0), (20, 22.0)])
@pytest.mark.parametrize("family", [draws.LOGNORMAL, draws.EXPONENTIAL])
def test_as_many_lines_as_agents_is_erlang_b_for_any_handle_time(n: int, a: float, family: int) -> None:
    batches = 25
    plan = model(1600 / (a / 180), a / 180, n, 180, intervals=batches + 1, lines=n, family=family, cv=0.8)
    sums = tally(play(plan, SEED), 20)[1:]
    value, error = estimate(sums, "blocking")
    assert abs(value - erlang_b(n, a)) < 4 * error
    assert sums[:, COLUMNS.index("wait_handled")].sum() == 0
