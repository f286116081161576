"""Who comes when: contact types by their number, rates that change within an interval, bursts, and calls that came."""

import pytest

from tests.simulate.plans import model
from tests.simulate.test_engines import PATIENT, TRYING, both
from wfm.simulate.drawing import draw


def test_types_are_told_apart_by_their_number() -> None:
    plan = model(1800, 0.1, 5, 60, intervals=6, per_day=3, gap=3600, lines=8, **PATIENT, **TRYING)
    first, other = draw(plan, 3, 1), draw(plan, 3, 1, kind=1)
    assert (first.kind, other.kind) == (0, 1)
    assert not set(first.arrival) & set(other.arrival)
    both(plan, other)  # redials are drawn by the type too
    with pytest.raises(ValueError, match="type is 1024; random numbers are keyed by a type from 0 to 1023"):
        draw(plan, 3, 1, kind=1024)
