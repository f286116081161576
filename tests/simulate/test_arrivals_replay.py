"""Calls that came, played again."""

import numpy as np
import pytest

from tests.simulate.plans import model
from tests.simulate.test_engines import PATIENT, TRYING, both
from wfm.core.draws import NEVER
from wfm.simulate.drawing import draw
from wfm.simulate.model import SECOND
from wfm.simulate.records import HANDLED
from wfm.simulate.replay import replay

FIELDS = ("arrival", "interval", "handle", "patience", "day", "ordinal")
PLAN = model(1800, 0.05, 3, 60, intervals=24, per_day=8, gap=4 * 3600, lines=12, **PATIENT, **TRYING)


def test_arrivals_drawn_and_played_again_are_the_same() -> None:
    drawn = draw(PLAN, 3, 1, kind=2)
    again = replay(PLAN, drawn.arrival, seed=3, replication=1, kind=2)
    for name in FIELDS:
        np.testing.assert_array_equal(getattr(again, name), getattr(drawn, name))
    assert (again.seed, again.replication, again.kind) == (3, 1, 2)
    other = replay(PLAN, drawn.arrival, seed=3, replication=2, kind=2)
    np.testing.assert_array_equal(other.arrival, drawn.arrival)
    assert not np.array_equal(other.handle, drawn.handle)
    both(PLAN, again)


def test_what_is_given_holds_and_the_rest_is_drawn() -> None:
    arrival = np.array([5, 5, 1800, 3000, 8 * 1800 + 4 * 3600]) * SECOND
    plain = replay(PLAN, arrival, seed=1)
    assert plain.interval.tolist() == [0, 0, 1, 1, 8]
    assert plain.ordinal.tolist() == [0, 1, 2, 3, 0]
    assert plain.day.tolist() == PLAN.day[[0, 0, 1, 1, 8]].tolist()
    given = replay(PLAN, arrival, handle=[100, np.nan, 0, 1.5, np.nan], patience=[np.nan, np.inf, 30, 1e18, 0], seed=1)
    assert given.handle.tolist() == [100 * SECOND, plain.handle[1], 0, 1_500_000, plain.handle[4]]
    assert given.patience.tolist() == [plain.patience[0], NEVER, 30 * SECOND, NEVER, 0]
    played = both(PLAN, given)
    first = (played.attempt == 1) & (played.outcome == HANDLED)
    np.testing.assert_array_equal(played.handle[first], given.handle[played.contact[first]])


def test_no_calls() -> None:
    nothing = replay(PLAN, [], handle=[], seed=1)
    assert all(getattr(nothing, name).shape == (0,) and getattr(nothing, name).dtype == np.int64 for name in FIELDS)
    assert len(both(PLAN, nothing).contact) == 0


CLOSE = 8 * 1800 * SECOND


@pytest.mark.parametrize(
    ("arrival", "more", "said"),
    [
        ([5, 4, 9, 8], {}, r"2 of 4 rows arrive before the row above; sort the rows by their arrival\. The first is number 1: 4"),
        ([5, CLOSE, CLOSE + 1], {}, rf"2 of 3 rows arrive outside of the opening hours; .* The first is number 1: {CLOSE}"),
        ([-1], {}, "1 of 1 rows arrive outside"),
        ([24 * 1800 * SECOND + 8 * 3600 * SECOND], {}, "1 of 1 rows arrive outside"),
        (
            [1, 2],
            {"handle": [1, -1]},
            r"1 of 2 rows have a handle that is not 0 or more seconds; nan where unknown\. .* 1: -1",
        ),
        ([1, 2], {"handle": [np.inf, 1]}, "rows have a handle that"),
        ([1, 2], {"patience": [1, -np.inf]}, "1 of 2 rows have a patience that"),
        ([1, 2], {"patience": [1]}, r"patience has the shape \(1,\) for 2 arrivals"),
        ([0.5], {}, "whole microseconds"),
        ([[1]], {}, "whole microseconds"),
        ([1], {"seed": -1}, "seed is -1"),
    ],
)
def test_one_clear_message(arrival: list[float], more: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replay(PLAN, arrival, **{"seed": 1, **more})  # type: ignore[arg-type]
