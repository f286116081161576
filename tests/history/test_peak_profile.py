import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.core.profile import peak_profile

H = 3600


@given(
    opens=st.integers(0, 40),
    length=st.integers(1, 50),
    first=st.integers(0, 47),
    hours=st.integers(1, 24),
    share=st.floats(0.0, 1.0),
    grid=st.sampled_from([900, 1800, 3600]),
)
def test_shares_sum_to_one_and_the_busy_hours_hold_theirs(
    opens: int, length: int, first: int, hours: int, share: float, grid: int
) -> None:
    span = (opens * 1800, (opens + length) * 1800)
    peak = (first * 1800, first * 1800 + hours * 1800)
    slots = list(range(span[0] // 900, span[1] // 900))
    fine = peak_profile([span], slots, 900, peak, share)
    assert fine.min() >= 0
    assert fine.sum() == pytest.approx(1, abs=1e-12)
    inside = [peak[0] <= slot * 900 < peak[1] for slot in slots]
    if any(inside) and not all(inside):
        assert fine[inside].sum() == pytest.approx(share, abs=1e-9)
    else:
        assert fine == pytest.approx(np.full(len(slots), 1 / len(slots)))
    coarse = peak_profile([span], list(range(span[0] // grid, -(-span[1] // grid))), grid, peak, share)
    assert coarse.sum() == pytest.approx(1, abs=1e-12)


def test_ten_to_six_with_a_peak_from_twelve_to_four() -> None:
    shares = peak_profile([(10 * H, 18 * H)], range(20, 36), 1800, (12 * H, 16 * H), 0.575)
    assert shares == pytest.approx(shares[::-1])
    assert shares[4:12].sum() == pytest.approx(0.575)
    assert (np.diff(shares[:8]) >= -1e-15).all()


def test_a_slot_open_in_part_gets_its_part() -> None:
    shares = peak_profile([(10 * H, 11 * H + 900)], [20, 21, 22], 1800, (0, 1), 0.5)
    assert shares == pytest.approx([0.4, 0.4, 0.2])


def test_closed_days_have_no_shares() -> None:
    assert peak_profile([], [20, 21], 1800, (0, H), 0.5).tolist() == [0, 0]
