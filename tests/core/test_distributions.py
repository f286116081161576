"""Laws of handle time and patience: quantiles, survival, what is drawn from them, and what is refused."""

import numpy as np

from wfm.core import distributions_kernel, draws

DAY = 740_168  # 2027-07-05
HOUR = 3_600_000_000


def test_handle_time_and_patience_of_an_attempt_in_microseconds() -> None:
    key = (1, 0, 0, DAY, 4, 1, 0)
    always, never = np.array([distributions_kernel.LOGNORMAL, 1.0, 0.0]), np.array([distributions_kernel.DELAYED, 120.0, np.inf])
    at_onset = np.array([distributions_kernel.DELAYED, 120.0, 0.0])
    assert distributions_kernel.draw_attempt(*key, always, 180.0, at_onset) == (180_000_000, 120_000_000)
    assert distributions_kernel.draw_attempt(*key, always, 180.0, never)[1] == draws.NEVER
    assert draws.NEVER + 100 * 365 * 24 * HOUR < 2**63
