"""The rules of centres, each in a small example whose times are worked out by hand; both engines."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.simulate.centres import both
from tests.simulate.plans import model
from wfm.core.draws import NEVER
from wfm.simulate.centre import Centre, Closing, Group, Outage, Skill
from wfm.simulate.crowd import together
from wfm.simulate.drawing import Drawn
from wfm.simulate.model import SECOND, Model
from wfm.simulate.visits import OUTCOMES, Visits

Call = tuple[float, float, float]  # seconds: when it comes, how long it takes, how long it is willing to wait
PATIENT = float("inf")


def plan(*spans: int, **rules: Any) -> Model:
    """Intervals of 100 s; so many in each open span, spans 900 s apart."""
    lengths = sum(spans)
    day = np.repeat(np.arange(len(spans)), spans)
    one = model(100, 0.0, 0, 10, intervals=lengths, **rules)
    return replace(one, start=one.start + day * 900 * SECOND, day=one.day + day)


def counted(*agents: int) -> Group:
    return Group(np.array(agents, dtype=np.int64))


def rostered(*rows: tuple[int, float, float]) -> Group:
    return Group(roster=np.array([(agent, round(a * SECOND), round(b * SECOND)) for agent, a, b in rows], dtype=np.int64))


def played(centre: Centre, *calls: list[Call]) -> tuple[Visits, list[tuple[str, float, float, float]]]:
    """Visits and, row by row: outcome, when it joined the queue, how long it waited there, how long an agent worked on it [s]."""
    drawn = []
    for kind, those in enumerate(calls):
        grid = centre.kinds[kind]
        arrival, handle, patience = (np.array([call[i] for call in those], dtype=float) for i in range(3))
        come = np.round(arrival * SECOND).astype(np.int64)
        interval = np.searchsorted(grid.start, come, side="right") - 1
        willing = np.array([NEVER if np.isinf(p) else round(p * SECOND) for p in patience], dtype=np.int64)
        numbers = np.arange(len(those))
        drawn.append(
            Drawn(1, 0, come, interval, np.round(handle * SECOND).astype(np.int64), willing, grid.day[interval], numbers, kind)
        )
    visits = both(centre, together(centre, drawn))
    columns = (visits.queued, visits.wait, visits.handle)
    rows = zip(visits.outcome.tolist(), *((column / SECOND).tolist() for column in columns), strict=True)
    return visits, [(OUTCOMES[row[0]], *row[1:]) for row in rows]


# ---- closing ----


@pytest.mark.parametrize(
    ("closing", "third", "fourth", "overrun"),
    [
        ("answer", ("handled", 90.0, 30.0, 30.0), ("abandoned", 95.0, 10.0, 0.0), 50.0),
        ("let_go", ("abandoned", 90.0, 10.0, 0.0), ("abandoned", 95.0, 5.0, 0.0), 20.0),
        ("keep", ("handled", 90.0, 910.0, 30.0), ("abandoned", 95.0, 10.0, 0.0), 20.0),
    ],
)
def test_a_span_closes(closing: Closing, third: tuple[Any, ...], fourth: tuple[Any, ...], overrun: float) -> None:
    """One agent; the second call is begun at 80 and done at 120, the span closes at 100, the next one opens at 1000."""
    centre = Centre((plan(1, 1),), (counted(1, 1),), (Skill(0, 0),), closing=closing)
    calls = [(0.0, 80.0, 0.0), (50.0, 40.0, 60.0), (90.0, 30.0, PATIENT), (95.0, 10.0, 10.0)]
    visits, rows = played(centre, calls)
    assert rows == [("handled", 0.0, 0.0, 80.0), ("handled", 50.0, 30.0, 40.0), third, fourth]
    assert visits.overrun[0, 0] == overrun * SECOND
    assert visits.staffed[0].tolist() == [(100 + overrun) * SECOND, 100 * SECOND]


def test_who_waits_for_a_group_that_is_gone_is_let_go() -> None:
    """Type 1's group has nobody in the last interval; type 0's agent stays until the queue is empty."""
    centre = Centre((plan(2), plan(2)), (counted(1, 1), counted(1, 0)), (Skill(0, 0), Skill(1, 1)))
    _, rows = played(centre, [(190.0, 30.0, PATIENT), (195.0, 30.0, PATIENT)], [(150.0, 10.0, PATIENT)])
    assert rows == [("abandoned", 150.0, 50.0, 0.0), ("handled", 190.0, 0.0, 30.0), ("handled", 195.0, 25.0, 30.0)]


def test_reserves_end_at_closing() -> None:
    """An agent kept free for others turns to those who wait when nobody new can come."""
    centre = Centre((plan(1), plan(1)), (counted(1),), (Skill(0, 0), Skill(1, 0, level=1, reserve=1)))
    _, rows = played(centre, [(10.0, 20.0, PATIENT)], [(5.0, 30.0, PATIENT), (6.0, 30.0, 50.0)])
    assert rows == [("handled", 5.0, 95.0, 30.0), ("abandoned", 6.0, 50.0, 0.0), ("handled", 10.0, 0.0, 20.0)]
    _, rows = played(replace(centre, closing="let_go"), [(10.0, 20.0, PATIENT)], [(5.0, 30.0, PATIENT)])
    assert rows == [("abandoned", 5.0, 95.0, 0.0), ("handled", 10.0, 0.0, 20.0)]


@pytest.mark.parametrize(("closing", "after"), [("answer", "handled"), ("let_go", "abandoned"), ("keep", "waiting")])
def test_transfers_after_closing(closing: Closing, after: str) -> None:
    """A talk that ends after closing is passed on; where agents stay it is answered, where it is kept it waits for a next time."""
    centre = Centre(
        (plan(1), replace(plan(1), aht=np.array([7.0]), family=0, cv=0.0)), (counted(1), counted(1)), (Skill(0, 0), Skill(1, 1)),
        transfers=np.array([[0.0, 1.0], [0.0, 0.0]]), closing=closing,
    )  # fmt: skip
    _, rows = played(centre, [(90.0, 30.0, PATIENT)], [])
    assert rows[0] == ("transferred", 90.0, 0.0, 30.0)
    assert rows[1] == (after, 120.0, 0.0, 7.0 if after == "handled" else 0.0)


def test_those_kept_and_never_answered_are_told_as_waiting() -> None:
    centre = Centre((plan(1, 1),), (counted(1, 0),), (Skill(0, 0),), closing="keep")
    _, rows = played(centre, [(10.0, 150.0, PATIENT), (20.0, 5.0, PATIENT), (30.0, 5.0, 500.0)])
    assert rows == [("handled", 10.0, 0.0, 150.0), ("waiting", 20.0, 1080.0, 0.0), ("abandoned", 30.0, 500.0, 0.0)]


def test_agents_come_again_after_each_night() -> None:
    """As many as the day before: those who went home at closing are there when the next span opens."""
    for closing in ("answer", "let_go", "keep"):
        centre = Centre((plan(1, 2, 1),), (counted(2, 2, 2, 2), rostered((0, 0, 4000))), (Skill(0, 0),), closing=closing)
        visits, rows = played(centre, [(t, 10.0, 0.0) for t in (50.0, 1000.0, 1100.0, 2100.0, 2101.0)])
        assert [row[0] for row in rows] == ["handled"] * 5
        assert visits.staffed[0].tolist() == [200 * SECOND] * 4


# ---- agents leave while they talk ----


@pytest.mark.parametrize("leaving", ["finish", "return_to_queue"])
def test_fewer_agents_than_talks(leaving: str) -> None:
    """One agent until 100, none until 200, one until 300: the first call's 130 s."""
    centre = Centre((plan(3),), (counted(1, 0, 1),), (Skill(0, 0),), leaving=leaving)  # type: ignore[arg-type]
    _, rows = played(centre, [(0.0, 130.0, PATIENT), (10.0, 20.0, PATIENT), (20.0, 5.0, 185.0)])
    if leaving == "finish":
        assert rows == [("handled", 0.0, 0.0, 130.0), ("handled", 10.0, 190.0, 20.0), ("abandoned", 20.0, 185.0, 0.0)]
    else:
        assert rows == [
            ("returned", 0.0, 0.0, 100.0), ("handled", 100.0, 100.0, 30.0), ("handled", 10.0, 220.0, 20.0),
            ("abandoned", 20.0, 185.0, 0.0),
        ]  # fmt: skip


def test_who_is_sent_back_has_the_patience_that_was_left() -> None:
    """It waited 20 of 60 s before it was answered; sent back at 100, it gives up at 140."""
    centre = Centre((plan(2),), (counted(1, 0),), (Skill(0, 0),), leaving="return_to_queue")
    _, rows = played(centre, [(0.0, 50.0, 0.0), (30.0, 90.0, 60.0)])
    assert rows == [("handled", 0.0, 0.0, 50.0), ("returned", 30.0, 20.0, 50.0), ("abandoned", 100.0, 40.0, 0.0)]


def test_after_call_work_is_dropped_and_a_talk_is_not() -> None:
    """Half of the time is talk: of 160 s begun at 0 it is over at 80, of those begun at 40 at 120."""
    centre = Centre((plan(2, talk_share=0.5),), (counted(2, 0),), (Skill(0, 0),), leaving="return_to_queue")
    _, rows = played(centre, [(0.0, 160.0, PATIENT), (40.0, 160.0, 30.0)])
    assert rows == [("handled", 0.0, 0.0, 100.0), ("returned", 40.0, 0.0, 60.0), ("abandoned", 100.0, 30.0, 0.0)]


def test_those_begun_last_are_sent_back() -> None:
    centre = Centre((plan(2),), (counted(3, 1),), (Skill(0, 0),), leaving="return_to_queue")
    _, rows = played(centre, [(0.0, 130.0, PATIENT), (20.0, 100.0, PATIENT), (10.0 + 20.0, 100.0, PATIENT)])
    assert rows == [
        ("handled", 0.0, 0.0, 130.0),
        ("returned", 20.0, 0.0, 80.0), ("handled", 100.0, 30.0, 20.0),
        ("returned", 30.0, 0.0, 70.0), ("handled", 100.0, 50.0, 30.0),
    ]  # fmt: skip


@pytest.mark.parametrize("leaving", ["finish", "return_to_queue"])
def test_a_break(leaving: str) -> None:
    """From 40 to 60: a talk begun at 30 goes on until 50 or is taken up again at 60; nobody new is answered."""
    centre = Centre((plan(1),), (rostered((0, 0, 40), (0, 60, 100)),), (Skill(0, 0),), leaving=leaving)  # type: ignore[arg-type]
    visits, rows = played(centre, [(30.0, 20.0, PATIENT), (45.0, 5.0, PATIENT)])
    if leaving == "finish":
        assert rows == [("handled", 30.0, 0.0, 20.0), ("handled", 45.0, 15.0, 5.0)]
        assert (visits.staffed[0, 0], visits.overrun[0, 0]) == (90 * SECOND, 10 * SECOND)
    else:
        assert rows == [("returned", 30.0, 0.0, 10.0), ("handled", 40.0, 20.0, 10.0), ("handled", 45.0, 25.0, 5.0)]
        assert (visits.staffed[0, 0], visits.overrun[0, 0]) == (80 * SECOND, 0)


# ---- who gets through, who is answered ----


def test_an_outage_refuses_from_its_start_to_before_its_end() -> None:
    centre = Centre(
        (plan(1),), (counted(3),), (Skill(0, 0),), outages=(Outage(20 * SECOND, 30 * SECOND, loss=0.0, refuses=True),)
    )  # fmt: skip
    _, rows = played(centre, [(t, 5.0, 0.0) for t in (19.9, 20.0, 29.9, 30.0)])
    assert [row[0] for row in rows] == ["handled", "blocked", "blocked", "handled"]


def test_overflow_after_its_delay_to_the_second_group_and_then_to_the_third() -> None:
    """The second group is busy at 21 s, so that call waits for the third; who comes later is answered by the second, free again."""
    centre = Centre(
        (plan(1),),
        (counted(0), counted(1), counted(1)),
        (Skill(0, 0), Skill(0, 1, delay=20.0), Skill(0, 2, delay=50.0, factor=1.4)),
    )
    visits, rows = played(centre, [(0.0, 45.0, PATIENT), (1.0, 10.0, PATIENT), (50.0, 10.0, PATIENT)])
    assert rows == [("handled", 0.0, 20.0, 45.0), ("handled", 1.0, 50.0, 14.0), ("handled", 50.0, 20.0, 10.0)]
    assert visits.agent.tolist() == [0, 1, 0]


def test_levels_before_scores_before_arrival() -> None:
    """Who is next at 60: type 2 by level; then type 1, of 3 x 40 s against 50 s + 60 s; then type 0."""
    centre = Centre(
        (plan(1), plan(1), plan(1)), (counted(1),), (Skill(0, 0, level=1), Skill(1, 0, level=1), Skill(2, 0)),
        weight=(1, 3, 1), head_start=(60.0, 0.0, 0.0),
    )  # fmt: skip
    _, rows = played(centre, [(0.0, 60.0, 0.0), (10.0, 1.0, PATIENT)], [(20.0, 1.0, PATIENT)], [(50.0, 1.0, PATIENT)])
    assert [row[1:3] for row in rows] == [(0.0, 0.0), (10.0, 52.0), (20.0, 41.0), (50.0, 10.0)]


def test_longest_idle_with_a_handicap() -> None:
    """Agents idle since 0, 10 and 0 s; the first group's count as idle for 5 s less, the third is of a higher rank."""
    skills = (Skill(0, 0, handicap=5.0), Skill(0, 1), Skill(0, 2, rank=1), Skill(1, 1))
    centre = Centre((plan(1), plan(1)), (counted(1), counted(1), counted(1)), skills)
    visits, _ = played(centre, [(20.0, 50.0, 0.0), (21.0, 50.0, 0.0), (22.0, 50.0, 0.0)], [(0.0, 10.0, 0.0)])
    assert visits.agent.tolist() == [1, 0, 1, 2]
    visits, _ = played(replace(centre, skills=(Skill(0, 0, handicap=15.0), *skills[1:])), [(20.0, 50.0, 0.0)], [(0.0, 10.0, 0.0)])
    assert visits.agent.tolist() == [1, 1]


def test_whose_roster_goes_on_answers_those_who_are_kept() -> None:
    """The one agent was kept free for type 0; nobody of it can come after closing at 100, so both of type 1 are answered then."""
    skills = (Skill(0, 0), Skill(1, 0, level=1, reserve=1))
    centre = Centre((plan(1), plan(1)), (rostered((0, 0, 115)),), skills, closing="keep")
    _, rows = played(centre, [], [(90.0, 10.0, PATIENT), (91.0, 10.0, PATIENT), (92.0, 10.0, PATIENT)])
    assert rows == [("handled", 90.0, 10.0, 10.0), ("handled", 91.0, 19.0, 10.0), ("waiting", 92.0, 8.0, 0.0)]
