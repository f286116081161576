"""What happens at the edges of rules, by hand and in both engines: interrupted after-call work, nights, sizes, odd numbers."""

from dataclasses import replace

import numpy as np
import pytest

from tests.simulate.centres import both
from tests.simulate.plans import model
from wfm.core.draws import NEVER
from wfm.simulate.centre import Centre, Group, Outage, Skill
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.crowd import Crowd, draw_crowd, speeds, together
from wfm.simulate.drawing import Drawn
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.tally import value
from wfm.simulate.visits import ABANDONED, HANDLED, RETURNED, TRANSFERRED


def calls(centre: Centre, *rows: tuple[int, float, float, float | None]) -> Crowd:
    """Contacts (type, arrival, handle time, patience; seconds)."""
    grid, parts = centre.intervals, []
    for kind in range(len(centre.kinds)):
        mine = sorted(row[1:] for row in rows if row[0] == kind)
        arrival, handle = (np.array([round(row[i] * SECOND) for row in mine], dtype=np.int64) for i in (0, 1))
        patience = np.array([NEVER if row[2] is None else round(row[2] * SECOND) for row in mine], dtype=np.int64)
        interval = np.searchsorted(grid.start, arrival, side="right") - 1
        parts.append(Drawn(1, 0, arrival, interval, handle, patience, grid.day[interval], np.arange(len(mine)), kind))
    return together(centre, parts)


def test_interrupted_after_call_work_is_dropped_and_the_transfer_stands() -> None:
    """Talk is half of 60 s; the only agent of the first type goes at 100 s, 40 s into the contact: it is passed on at once."""
    grid = model(100, 0.0, 1, 60, intervals=3, talk_share=0.5)
    centre = Centre(
        (grid, grid),
        (Group(np.array([1, 0, 0])), Group(np.array([1, 1, 1]))),
        (Skill(0, 0), Skill(1, 1)),
        transfers=np.array([[0.0, 1.0], [0.0, 0.0]]),
        leaving="return_to_queue",
    )
    found = both(centre, calls(centre, (0, 60, 60, None)))
    assert found.outcome.tolist() == [TRANSFERRED, HANDLED]
    assert found.handle[0] == 40 * SECOND
    assert found.arrival[1] == 100 * SECOND
    assert found.wait[1] == 0


def test_a_contact_sent_back_counts_once_by_its_end() -> None:
    """Answered at once at 90 s, sent back at 100 s, given up after 20 s more: abandoned, and answered in time by no definition."""
    grid = model(100, 0.0, 1, 60, intervals=2)
    centre = Centre((grid,), (Group(np.array([1, 0])),), (Skill(0, 0),), leaving="return_to_queue")
    crowd = calls(centre, (0, 90, 60, 20))
    found = both(centre, crowd)
    assert found.outcome.tolist() == [RETURNED, ABANDONED]
    assert found.wait.tolist() == [0, 20 * SECOND]


def test_no_share_is_above_one_where_contacts_are_sent_back() -> None:
    grid = model(300, 0.3, 1, 200, intervals=12, then_mean=60.0)
    centre = Centre((grid,), (Group(np.array([60, 0] * 6)),), (Skill(0, 0),), leaving="return_to_queue", closing="let_go")
    tallies = {
        name: replicate_centre(centre, seed=3, replications=3, threshold=20.0, engine=name) for name in ("compiled", "simpy")
    }
    np.testing.assert_array_equal(tallies["compiled"].types, tallies["simpy"].types)
    sums = tallies["compiled"].total.sum(axis=(0, 1))
    assert value(sums, "sl_offered") < 0.9
    for name in ("answer_rate", "sl_offered", "sl_net", "sl_answered", "sl_either", "abandon_rate_offered"):
        assert 0 <= value(sums, name) <= 1, name


def test_agents_keep_their_speed_whoever_else_is_there() -> None:
    grid = model(600, 0.1, 1, 60)

    def two(first: float) -> Centre:
        groups = (Group(np.array([first]), speed_cv=0.3), Group(np.array([3]), speed_cv=0.3))
        return Centre((grid,), groups, (Skill(0, 0), Skill(0, 1)))

    few, more = speeds(two(2), 5), speeds(two(4.5), 5)
    np.testing.assert_array_equal(few[:2], more[:2])
    np.testing.assert_array_equal(few[2:], more[5:])
    assert len(set(more)) == 8


def test_who_is_kept_over_night_may_call_again_in_the_morning() -> None:
    """Nobody answers on the first day; patience ends on the second, while it is open: the redial is of that day."""
    grid = model(100, 0.0, 1, 10, intervals=2, per_day=1, gap=50.0, redial_abandon=1.0, redial_delay=1.0, attempts_max=2)
    centre = Centre((grid,), (Group(np.array([0, 0])),), (Skill(0, 0),), closing="keep")
    found = both(centre, calls(centre, (0, 80, 10, 90)))
    assert found.attempt.tolist() == [1, 2]
    assert found.interval.tolist() == [0, 1]


def test_work_goes_back_over_night_by_counts_and_by_rosters_alike() -> None:
    grid = model(100, 0.0, 1, 60, intervals=2, per_day=1, gap=50.0)
    roster = np.array([[0, 0, 100 * SECOND], [0, 150 * SECOND, 250 * SECOND]])
    ends = []
    for group in (Group(np.array([1, 1])), Group(roster=roster)):
        centre = Centre((grid,), (group,), (Skill(0, 0),), leaving="return_to_queue", closing="keep")
        found = both(centre, calls(centre, (0, 80, 60, None)))
        assert found.outcome.tolist() == [RETURNED, HANDLED]
        assert found.overrun.sum() == 0
        ends.append((found.queued + found.wait + found.handle).tolist())
    assert ends[0] == ends[1] == [100 * SECOND, 190 * SECOND]


def test_an_outage_hits_its_share_of_a_roster() -> None:
    grid = model(100, 0.0, 1, 60, intervals=1)
    roster = np.array([[agent, 0, 100 * SECOND] for agent in range(10)])
    outage = Outage(20 * SECOND, 60 * SECOND, loss=0.25)
    centre = Centre((grid,), (Group(roster=roster),), (Skill(0, 0),), outages=(outage,))
    assert both(centre, calls(centre)).staffed.sum() == (10 * 100 - 3 * 40) * SECOND  # a quarter of ten, rounded up


@pytest.mark.parametrize("groups", [0, 1])
def test_nothing_at_all(groups: int) -> None:
    """No intervals, no contacts, perhaps no groups: empty results in both engines."""
    grid = model(100, 0.0, 1, 60, intervals=0)
    centre = Centre((grid,), (Group(np.array([], dtype=np.int64)),) * groups, ())
    found = both(centre, calls(centre))
    assert len(found.contact) == 0
    assert found.busy.shape == (groups, 0)


def test_thousands_come_and_go_at_one_moment() -> None:
    """Tables grow in the middle of what one moment brings: 3,000 agents interrupted, others at once there for 6,000 waiting."""
    grid = replace(model(100, 0.0, 1, 500, intervals=3, then_mean=1000.0), redial_abandon=0.5, attempts_max=3, redial_delay=5.0)
    centre = Centre(
        (grid, grid),
        (Group(np.array([3000, 0, 10])), Group(np.array([0, 3000, 0]))),
        (Skill(0, 0), Skill(1, 0), Skill(0, 1), Skill(1, 1, delay=30.0)),
        lines=12_000,
        leaving="return_to_queue",
    )
    rows = [(i % 2, 1 + 0.004 * i, 200 + i % 7, 40 + i % 300) for i in range(9000)]
    found = both(centre, calls(centre, *rows))
    assert (found.outcome == RETURNED).sum() > 3000


def test_events_that_find_nothing_are_dropped() -> None:
    """Whoever would wait a day leaves an event behind when answered; memory does not fill with them."""
    grid = model(36_000, 1.0, 1, 20, then_mean=86_400.0)
    centre = Centre((grid,), (Group(np.array([21])),), (Skill(0, 0),), lines=1000)
    crowd = draw_crowd(centre, 1, 0)
    memory = many.lay_out(centre, 1, crowd.numbers, np.full((1, 1), 2e7))
    m, _ = many.go_on(memory.begin(0), memory.f, crowd.columns, 0, True, np.empty((0, 0), dtype=np.int64))
    assert len(crowd.arrival) > 30_000
    assert len(m) < 20 * len(memory.m)
    both(centre, draw_crowd(replace(centre, kinds=(replace(grid, rate=np.array([0.9])),)), 2, 0))


@pytest.mark.parametrize("play", [many.play_centre, simpy_engine.play_centre])
def test_handle_times_beyond_any_clock_are_refused(play: object) -> None:
    grid = model(100, 0.0, 1, 60)
    for lines in (None, 5):
        centre = Centre((grid,), (Group(np.array([1])),), (Skill(0, 0, factor=1000.0),), lines=lines)
        with pytest.raises(OverflowError, match="64 bits"):
            play(centre, calls(centre, (0, 1, 1e9, None)))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"then_mean": float("nan")}, "then_mean is nan"),
        ({"then_mean": -1.0}, "then_mean is -1"),
        ({"onset": -30.0}, "onset is -30"),
        ({"cv": float("nan")}, "cv is nan"),
        ({"talk_share": 2.0}, "talk_share is 2"),
        ({"redial_busy": 1.2}, "redial_busy is 1.2"),
        ({"redial_delay": -1.0}, "redial_delay is -1"),
        ({"attempts_max": 0}, "attempts_max is 0"),
        ({"lines": 2.5}, "lines is 2.5"),
        ({"family": 7}, "family is 7"),
        ({"start": np.array([-5])}, "start begins at -5"),
    ],
)
def test_rules_of_a_model_that_mean_nothing_are_refused(change: dict[str, object], message: str) -> None:
    good: Model = model(100, 0.1, 1, 60)
    with pytest.raises(ValueError, match=message):
        replace(good, **change)  # type: ignore[arg-type]


def test_rules_of_a_centre_are_whole_numbers() -> None:
    grid = model(100, 0.1, 1, 60)
    with pytest.raises(ValueError, match=r"level is 0\.5; it has to be a whole number"):
        Skill(0, 0, level=0.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"weight is 0\.5"):
        Centre((grid,), (Group(np.array([1])),), (Skill(0, 0),), weight=(0.5,))  # type: ignore[arg-type]
