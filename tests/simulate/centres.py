"""Random small centres whose events fall on few moments, and what both engines say of them."""

from dataclasses import dataclass, fields, replace

import numpy as np
from hypothesis import strategies as st

from wfm.core import draws
from wfm.core.distributions import Announced, Announcement, Balking, Classes, Deterministic, Exponential, Staying, Uniform
from wfm.core.draws import NEVER
from wfm.simulate.centre import Centre, Group, Leaving, Outage, Skill
from wfm.simulate.crowd import Crowd, together
from wfm.simulate.drawing import Drawn
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.visits import Visits

# Laws that end on few moments, of those who call again and of transfers.
PROBLEMS = Classes((0.5, 0.5), (Deterministic(1.0), Exponential(4.0)))
IMPATIENT = (
    Balking(0.3, Staying(0.3, Deterministic(3.0))),
    Announced(Uniform(6.0, 1.0), (Announcement(2.0, hazard=0.0, until=4.0), Announcement(4.0, hang_up=0.5))),
)


def both(centre: Centre, crowd: Crowd) -> Visits:
    """The visits, after both engines agreed on them."""
    readable, fast = simpy_engine.play_centre(centre, crowd), many.play_centre(centre, crowd)
    for field in fields(Visits):
        expected, found = getattr(readable, field.name), getattr(fast, field.name)
        assert found.dtype == expected.dtype == np.int64
        np.testing.assert_array_equal(found, expected, err_msg=field.name)
    return fast


@st.composite
def grids(draw: st.DrawFn) -> Model:
    """Up to five short intervals in one or several spans."""
    unit = draw(st.sampled_from([SECOND, 1]))
    K, length = draw(st.integers(1, 5)), draw(st.sampled_from([3, 10, 30]))
    gaps = np.array([draw(st.sampled_from([0, 5])), *(draw(st.sampled_from([0, 0, 7, 40])) for _ in range(K - 1))])
    nothing = np.zeros(K)
    return Model(
        start=(np.arange(K) * length + np.cumsum(gaps)) * unit,
        length=np.full(K, length * unit),
        rate=nothing,
        agents=np.zeros(K, dtype=np.int64),
        aht=nothing,
        day=740_000 + np.cumsum(gaps > 0),
        day_cv=nothing,
        slot_cv=nothing,
    )


@st.composite
def kinds(draw: st.DrawFn, grid: Model) -> Model:
    """A contact type on these intervals."""
    unit = int(grid.length[0] % SECOND != 0)
    moments = st.sampled_from([0.0, 3.0, 2e-6])
    return replace(
        grid,
        aht=np.full(len(grid.start), draw(moments)),
        family=draw(st.sampled_from([draws.LOGNORMAL, draws.EXPONENTIAL])),
        cv=0.5,
        talk_share=draw(st.sampled_from([1.0, 0.5, 0.33, 0.0])),
        onset=draw(moments),
        then_mean=draw(st.sampled_from([0.0, 5.0, 5e-6 if unit else 5.0, np.inf])),
        redial_busy=draw(st.sampled_from([0.0, 0.6, 1.0])),
        redial_abandon=draw(st.sampled_from([0.0, 0.6, 1.0])),
        redial_delay=draw(moments),
        attempts_max=draw(st.integers(1, 4)),
        handle=draw(st.sampled_from([None, None, PROBLEMS])),
        patience=draw(st.sampled_from([None, None, *(law._over(1e6 if unit else 1.0) for law in IMPATIENT)])),
    )


@dataclass(frozen=True)
class Mood:
    """What a centre is like: how many calls a type has, how long they take and wait, how many agents and lines there are."""

    calls: tuple[int, int]
    longest: int
    patience: tuple[int | None, ...]
    most: tuple[int, ...]
    least: int
    skilled: tuple[bool, ...]
    lines: tuple[int | None, ...]
    leaving: tuple[Leaving, ...] = ("finish", "return_to_queue")


ANY = Mood((0, 20), 45, (0, 1, 3, 8, 20, None), (0, 1, 3), 0, (True, True, False), (None, None, 0, 1, 2, 5))
#: Agents in plenty, so that there is a choice of who answers.
IDLE = Mood((3, 10), 8, (0, 3, None), (2, 3), 1, (True, True, True, False), (None, None, 2, 5))
#: Queues, so that there is a choice of who is answered.
BUSY = Mood((5, 14), 12, (3, 20, None, None), (1, 1, 2), 0, (True, True, True, False), (None, None, 5, 12))
#: Agents who go and come while much is to be done.
FICKLE = Mood(
    (2, 8),
    90,
    (20, 60, None),
    (1, 2),
    0,
    (True, True, False),
    (None, None, 5, 12),
    ("finish", "return_to_queue", "return_to_queue"),
)


@st.composite
def groups(draw: st.DrawFn, grid: Model, unit: int, mood: Mood = ANY) -> Group:
    speed = draw(st.sampled_from([0.0, 0.0, 0.4]))
    K = len(grid.start)
    if draw(st.booleans()):
        most = draw(st.sampled_from(mood.most))
        return Group(np.array([draw(st.integers(min(mood.least, most), most)) for _ in range(K)], dtype=np.int64), speed_cv=speed)
    end = int(grid.end[-1]) // unit
    roster = []
    for agent in range(draw(st.integers(mood.least, 3))):
        cuts = sorted(draw(st.lists(st.integers(0, end + 5), min_size=2, max_size=6, unique=True)))
        if mood in (IDLE, BUSY):  # nearly all day, with one break or none
            cuts = [*sorted({0, *cuts[: len(cuts) // 3 * 2]}), end + 5]
            cuts = cuts[len(cuts) % 2 :]
        roster += [(agent, begin * unit, until * unit) for begin, until in zip(cuts[::2], cuts[1::2], strict=False)]
    return Group(roster=np.array(roster, dtype=np.int64).reshape(-1, 3), speed_cv=speed)


@st.composite
def centres(draw: st.DrawFn) -> tuple[Centre, Crowd]:
    """A centre of up to three types and three groups, with everything it may have, and its customers."""
    grid = draw(grids())
    unit = SECOND if grid.length[0] >= SECOND else 1
    second = unit / SECOND
    mood = draw(st.sampled_from([ANY, IDLE, IDLE, BUSY, BUSY, FICKLE, FICKLE]))
    fewest = 1 if mood is ANY else 2
    Y, G, K = draw(st.integers(fewest, 3)), draw(st.integers(2 if mood is IDLE else 1, 3)), len(grid.start)
    types = tuple(draw(kinds(grid)) for _ in range(Y))
    short = st.sampled_from([0.0, 0.0, 2 * second, 6 * second])
    long = st.sampled_from([0.0, 2 * second, 6 * second, 40 * second])
    level = st.sampled_from([0, 0, 0, 1] if mood is BUSY else [0, 1])  # where levels are equal, weights decide
    skills = tuple(
        Skill(
            y, g, level=draw(level), rank=draw(st.integers(0, 1)), delay=draw(short),
            reserve=draw(st.sampled_from([0, 0, 1, 2])), factor=draw(st.sampled_from([1.0, 1.0, 1.5, 0.0])), handicap=draw(long),
        )
        for y in range(Y) for g in range(G) if draw(st.sampled_from(mood.skilled))
    )  # fmt: skip
    end = int(grid.end[-1]) // unit
    outages = []
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        begin = draw(st.integers(0, end))
        hit = draw(st.sampled_from([None, (0,), (G - 1,)]))
        until = begin + draw(st.integers(1, 12))
        outages.append(Outage(begin * unit, until * unit, hit, draw(st.sampled_from([1.0, 0.5])), draw(st.booleans())))
    shares = np.array(
        draw(st.lists(st.sampled_from([0.0, 0.0, 0.3, 0.5] if Y < 3 else [0.0, 0.0, 0.3]), min_size=Y * Y, max_size=Y * Y))
    ).reshape(Y, Y)
    centre = Centre(
        types,
        tuple(draw(groups(grid, unit, mood)) for _ in range(G)),
        skills,
        lines=draw(st.sampled_from(mood.lines)),
        weight=draw(st.sampled_from([(), (1, 3, 0)[:Y]])),
        head_start=draw(st.sampled_from([(), (0.0, 4 * second, 20 * second)[:Y], (9 * second, 0.0, 4 * second)[:Y]])),
        transfers=draw(st.sampled_from([None, shares])),
        leaving=draw(st.sampled_from(mood.leaving)),
        closing=draw(st.sampled_from(["answer", "answer", "let_go", "keep"])),
        outages=tuple(outages),
    )
    seed, drawn = draw(st.integers(0, 99)), []
    call = st.tuples(st.integers(0, K - 1), st.integers(0, 29), st.integers(0, mood.longest), st.sampled_from(mood.patience))
    for y in range(Y):
        calls = draw(st.lists(call, min_size=mood.calls[0], max_size=mood.calls[1]))
        length = int(grid.length[0]) // unit
        calls = sorted((k, second % length, handle, -1 if p is None else p) for k, second, handle, p in calls)
        interval = np.array([call[0] for call in calls], dtype=np.int64)
        arrival = grid.start[interval] + np.array([call[1] for call in calls], dtype=np.int64) * unit
        handle = np.array([call[2] for call in calls], dtype=np.int64) * unit
        willing = np.array([NEVER if call[3] < 0 else call[3] * unit for call in calls], dtype=np.int64)
        drawn.append(Drawn(seed, 0, arrival, interval, handle, willing, grid.day[interval], np.arange(len(calls)), y))
    return centre, together(centre, drawn)
