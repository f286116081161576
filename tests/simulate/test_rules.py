"""Rules of the play, on days small enough to play by hand."""

import numpy as np
import pytest

from tests.simulate.plans import model, play
from wfm.core import draws
from wfm.core.draws import NEVER
from wfm.simulate.drawing import Drawn
from wfm.simulate.engines import engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import ABANDONED, BLOCKED, HANDLED, Records
from wfm.simulate.tally import COLUMNS, tally


def by_hand(plan: Model, *calls: tuple[float, float, float | None]) -> Records:
    """Play calls given as (arrival, handle, patience) in seconds; patience None for never."""
    arrival, handle = (np.array([round(call[i] * SECOND) for call in calls], dtype=np.int64) for i in (0, 1))
    patience = np.array([NEVER if call[2] is None else round(call[2] * SECOND) for call in calls], dtype=np.int64)
    interval = np.searchsorted(plan.start, arrival, side="right") - 1
    number = np.arange(len(calls))
    return engine("simpy")(plan, Drawn(1, 0, arrival, interval, handle, patience, plan.day[interval], number))


def said(records: Records) -> list[tuple[int, float]]:
    return [(int(outcome), wait / SECOND) for outcome, wait in zip(records.outcome, records.wait, strict=True)]


def test_first_come_first_served_by_any_free_agent() -> None:
    records = by_hand(model(100, 0, 2, 0), (0, 30, None), (1, 10, None), (2, 5, None), (3, 5, None), (4, 5, None))
    assert said(records) == [(HANDLED, 0), (HANDLED, 0), (HANDLED, 9), (HANDLED, 13), (HANDLED, 17)]
    assert records.busy.tolist() == [55 * SECOND]
    assert records.staffed.tolist() == [200 * SECOND]


def test_whoever_loses_patience_as_an_agent_turns_to_them_is_answered() -> None:
    records = by_hand(model(100, 0, 1, 0), (0, 10, None), (4, 5, 6), (5, 5, 5))
    assert said(records) == [(HANDLED, 0), (HANDLED, 6), (ABANDONED, 5)]


def test_no_patience_is_answered_by_a_free_agent_and_gone_without_one() -> None:
    records = by_hand(model(100, 0, 1, 0), (0, 10, 0), (5, 10, 0), (10, 10, 0), (20, 0, 0), (20, 1, 0))
    assert said(records) == [(HANDLED, 0), (ABANDONED, 0), (HANDLED, 0), (HANDLED, 0), (HANDLED, 0)]


def test_equal_arrival_times_are_served_by_number() -> None:
    records = by_hand(model(100, 0, 1, 0), (5, 10, None), (5, 1, None), (5, 2, None))
    assert said(records) == [(HANDLED, 0), (HANDLED, 10), (HANDLED, 11)]


def test_agents_finish_their_contact_at_the_end_of_the_shift() -> None:
    plan = model(100, 0, [2, 1, 3], 0, intervals=3)
    records = by_hand(plan, (90, 60, None), (95, 35, None), (96, 10, None), (140, 30, None), (145, 20, None), (146, 60, None))
    # 150: the first of two busy agents left at 130; only when the other is done is the third contact answered.
    assert said(records) == [(HANDLED, 0), (HANDLED, 0), (HANDLED, 54), (HANDLED, 20), (HANDLED, 45), (HANDLED, 54)]
    assert records.staffed.tolist() == [200 * SECOND, 130 * SECOND, 300 * SECOND]
    assert records.overrun.tolist() == [0, 30 * SECOND, 0]


def test_more_agents_serve_the_queue_at_once() -> None:
    plan = model(100, 0, [0, 2], 0, intervals=2)
    assert said(by_hand(plan, (10, 5, None), (20, 5, None), (30, 5, None))) == [(HANDLED, 90), (HANDLED, 80), (HANDLED, 75)]


def test_after_closing_the_last_agents_stay_for_those_who_wait() -> None:
    records = by_hand(model(100, 0, 1, 0), (90, 30, None), (95, 20, None), (96, 10, 30), (97, 10, None))
    assert said(records) == [(HANDLED, 0), (HANDLED, 25), (ABANDONED, 30), (HANDLED, 43)]
    assert records.busy.tolist() == [60 * SECOND]
    assert records.overrun.tolist() == [50 * SECOND]
    assert records.staffed.tolist() == [150 * SECOND]


def test_where_nobody_is_left_at_closing_those_waiting_are_let_go() -> None:
    plan = model(100, 0, [1, 0], 0, intervals=2)
    records = by_hand(plan, (90, 200, None), (95, 20, None), (150, 10, 30), (190, 10, 60))
    assert said(records) == [(HANDLED, 0), (ABANDONED, 105), (ABANDONED, 30), (ABANDONED, 10)]
    assert records.overrun.tolist() == [0, 190 * SECOND]


def test_no_agents_at_all() -> None:
    records = by_hand(model(100, 0, 0, 0), (10, 5, 20), (50, 5, None))
    assert said(records) == [(ABANDONED, 20), (ABANDONED, 50)]
    assert records.staffed.tolist() == [0]


def test_a_queue_that_outlives_the_night_is_first_in_the_morning() -> None:
    plan = model(100, 0, 1, 0, intervals=2, per_day=1, gap=50)
    records = by_hand(plan, (90, 90, None), (95, 10, None), (160, 10, None))
    assert said(records) == [(HANDLED, 0), (HANDLED, 85), (HANDLED, 30)]
    assert records.busy.tolist() == [60 * SECOND, 50 * SECOND]


def test_days_that_touch_are_one_span() -> None:
    plan = model(100, 0, [1, 0], 0, intervals=2, per_day=1)
    assert plan.closing().tolist() == [200 * SECOND, 200 * SECOND]
    assert said(by_hand(plan, (90, 20, None), (95, 10, None))) == [(HANDLED, 0), (ABANDONED, 105)]


def test_all_lines_busy_blocks_and_a_waiting_contact_holds_a_line() -> None:
    records = by_hand(model(100, 0, 1, 0, lines=2), (0, 10, None), (1, 10, 5), (6, 1, None), (7, 1, None), (8, 1, None))
    # At 6 the line of the contact that gives up in the same moment is not free yet.
    assert said(records) == [(HANDLED, 0), (ABANDONED, 5), (BLOCKED, 0), (HANDLED, 3), (BLOCKED, 0)]


def test_after_call_work_holds_the_agent_but_no_line() -> None:
    records = by_hand(model(100, 0, 1, 0, lines=1, talk_share=0.6), (0, 10, None), (5, 1, None), (6, 2, None), (7, 1, None))
    assert said(records) == [(HANDLED, 0), (BLOCKED, 0), (HANDLED, 4), (BLOCKED, 0)]


def test_no_lines_answer_nobody() -> None:
    assert said(by_hand(model(100, 0, 3, 0, lines=0), (0, 10, None))) == [(BLOCKED, 0)]


def test_lines_beyond_agents_queue_and_agents_beyond_lines_idle() -> None:
    records = by_hand(model(100, 0, 5, 0, lines=2), (0, 10, None), (1, 10, None), (2, 10, None))
    assert said(records) == [(HANDLED, 0), (HANDLED, 0), (BLOCKED, 0)]


def test_redials_happen_until_attempts_run_out() -> None:
    plan = model(100_000, 0, 0, 10, redial_abandon=1.0, redial_delay=60.0, attempts_max=4, then_mean=30.0)
    records = by_hand(plan, (0, 10, 20), (10, 10, 30))
    assert records.attempt.tolist() == [1, 2, 3, 4] * 2
    assert set(records.outcome.tolist()) == {ABANDONED}
    gone = records.arrival + records.wait
    assert np.all(records.arrival[1:4] > gone[:3])


def test_redials_after_closing_are_lost() -> None:
    plan = model(100, 0, 0, 10, redial_abandon=1.0, redial_delay=1e9, attempts_max=4)
    assert by_hand(plan, (0, 10, 20)).attempt.tolist() == [1]


def test_tallies_count_attempts_where_they_arrive_and_customers_where_they_first_called() -> None:
    plan = model(100, 0, [0, 1], 10, intervals=2, lines=1, redial_busy=1.0, redial_delay=0.0, attempts_max=2, then_mean=1.0)
    records = by_hand(plan, (50, 10, 60), (60, 10, None), (120, 10, None))
    # The second is blocked, calls again at once and is blocked again.
    sums = dict(zip(COLUMNS, tally(records, 50.0).T.tolist(), strict=True))
    assert said(records) == [(HANDLED, 50), (BLOCKED, 0), (BLOCKED, 0), (HANDLED, 0)]
    assert sums["offered"] == [3, 1]
    assert sums["blocked"] == [2, 0]
    assert sums["handled"] == sums["answered_within"] == [1, 1]
    assert sums["customers"] == [2, 1]
    assert sums["customers_handled"] == [1, 1]
    assert sums["wait_handled"] == [50, 0]
    assert sums["busy_time"] == [0, 20]
    assert tally(records, 49.9)[0, COLUMNS.index("answered_within")] == 0


def test_the_redialling_shares_are_those_asked_for() -> None:
    busy = play(model(36_000, 0.5, 0, 10, lines=0, redial_busy=0.3, attempts_max=2), 3)
    gone = play(model(36_000, 0.5, 0, 10, then_mean=5.0, redial_abandon=0.2, attempts_max=2), 3)
    for records, share in ((busy, 0.3), (gone, 0.2)):
        first, second = (np.sum(records.attempt == number) for number in (1, 2))
        assert abs(second / first - share) < 4 * np.sqrt(share * (1 - share) / first)


@pytest.mark.parametrize(("family", "cv"), [(draws.LOGNORMAL, 0.8), (draws.LOGNORMAL, 0.0), (draws.EXPONENTIAL, 1.0)])
def test_handle_times_scatter_as_asked(family: int, cv: float) -> None:
    records = play(model(36_000, 0.5, 1000, 180, family=family, cv=cv), 3)
    handle = records.handle / SECOND
    assert abs(handle.mean() / 180 - 1) < 4 * max(cv, 1e-6) / np.sqrt(len(handle))
    assert abs(handle.std() / 180 - cv) < 0.06


def test_a_model_that_contradicts_itself_names_the_first_bad_value() -> None:
    with pytest.raises(ValueError, match="agents has to be not negative; the first that is not is number 1: -2"):
        model(100, 0, [1, -2], 10, intervals=2)
    with pytest.raises(ValueError, match="rate has to be finite"):
        model(100, np.nan, 1, 10)
    with pytest.raises(ValueError, match="lines is -1"):
        model(100, 0, 1, 10, lines=-1)
    with pytest.raises(ValueError, match="no engine is called 'quick'"):
        engine("quick")
