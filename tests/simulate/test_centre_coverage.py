"""That the random centres really have in them what equality of the engines is said to hold for."""

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings

from tests.simulate.centres import centres
from wfm.core.draws import NEVER
from wfm.simulate.centre import Centre, Group
from wfm.simulate.crowd import Crowd, speeds
from wfm.simulate.engines import many
from wfm.simulate.visits import ABANDONED, ANSWERED, BLOCKED, RETURNED, TRANSFERRED, WAITING, Visits

Case = tuple[Centre, Crowd]
EXAMPLES, LEAST = 1800, 3  # equality is tested on more


@pytest.fixture(scope="module")
def played() -> list[tuple[Centre, Crowd, Visits]]:
    found: list[tuple[Centre, Crowd, Visits]] = []

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    @given(centres())
    def collect(case: Case) -> None:
        found.append((*case, many.play_centre(*case)))

    collect()
    return found


# ---- what is there to be seen ----


def again_after(visits: Visits, outcome: int) -> bool:
    before = np.flatnonzero((visits.attempt[1:] > visits.attempt[:-1]) & (visits.contact[1:] == visits.contact[:-1]))
    return bool(np.any(visits.outcome[before] == outcome))


def after_returning(visits: Visits, outcome: int) -> bool:
    after = np.flatnonzero(visits.outcome == RETURNED) + 1
    return bool(np.any(visits.outcome[after] == outcome))


def late(centre: Centre, visits: Visits) -> bool:
    rostered = [group.roster is not None for group in centre.groups]
    return bool(visits.overrun[rostered].any())


def answered_after_closing(centre: Centre, visits: Visits) -> bool:
    waited = np.isin(visits.outcome, ANSWERED) & (visits.wait > 0)
    return bool(np.any((visits.queued + visits.wait)[waited] >= centre.intervals.closing()[visits.interval[waited]]))


def overflowed(centre: Centre, visits: Visits) -> bool:
    ends = np.cumsum([group.size for group in centre.groups])
    group = np.searchsorted(ends, visits.agent, side="right")
    delay = {(skill.kind, skill.group): skill.delay for skill in centre.skills}
    rows = np.flatnonzero(visits.agent >= 0)
    return any(delay[visits.kind[i], group[i]] > 0 for i in rows.tolist())


SEEN: dict[str, Callable[[Centre, Visits], bool]] = {
    "handled after a wait": lambda c, v: bool(np.any((v.outcome == 0) & (v.wait > 0))),
    "abandoned": lambda c, v: ABANDONED in v.outcome,
    "abandoned at once": lambda c, v: bool(np.any((v.outcome == ABANDONED) & (v.wait == 0))),
    "blocked": lambda c, v: BLOCKED in v.outcome,
    "transferred": lambda c, v: TRANSFERRED in v.outcome,
    "transferred twice": lambda c, v: bool(np.any((v.outcome == TRANSFERRED) & (v.leg >= 2))),
    "returned": lambda c, v: RETURNED in v.outcome,
    "returned twice": lambda c, v: after_returning(v, RETURNED),
    "returned, then given up": lambda c, v: after_returning(v, ABANDONED),
    "returned, then transferred": lambda c, v: after_returning(v, TRANSFERRED),
    "left waiting": lambda c, v: WAITING in v.outcome,
    "redial after busy": lambda c, v: again_after(v, BLOCKED),
    "redial after giving up": lambda c, v: again_after(v, ABANDONED),
    "third attempt": lambda c, v: bool((v.attempt >= 3).any()),
    "answered by overflow": overflowed,
    "agents of a roster are late": late,
    "overrun without a roster": lambda c, v: bool(v.overrun[[g.roster is None for g in c.groups]].any()),
    "answered after closing": answered_after_closing,
    "equal arrivals": lambda c, v: bool(np.any(np.diff(np.sort(v.arrival[(v.attempt == 1) & (v.leg == 1)])) == 0)),
}


@pytest.mark.parametrize("what", SEEN)
def test_it_is_to_be_seen(what: str, played: list[tuple[Centre, Crowd, Visits]]) -> None:
    assert sum(SEEN[what](centre, visits) for centre, _, visits in played) >= LEAST


# ---- what matters: without it things would be otherwise ----


def unrostered(centre: Centre) -> Centre:
    """Rosters without their breaks."""
    groups = []
    for group in centre.groups:
        if group.roster is not None and len(group.roster):
            rows = group.roster[np.lexsort((group.roster[:, 1], group.roster[:, 0]))]
            agents = np.unique(rows[:, 0])
            whole = [(a, rows[rows[:, 0] == a, 1].min(), rows[rows[:, 0] == a, 2].max()) for a in agents]
            group = Group(roster=np.array(whole, dtype=np.int64), speed_cv=group.speed_cv)
        groups.append(group)
    return replace(centre, groups=tuple(groups))


def without(**skill: float) -> Callable[[Centre], Centre]:
    return lambda centre: replace(centre, skills=tuple(replace(s, **skill) for s in centre.skills))  # type: ignore[arg-type]


WITHOUT: dict[str, Callable[[Centre], Centre]] = {
    "levels": without(level=0),
    "ranks": without(rank=0),
    "delays": without(delay=0.0),
    "reserves": without(reserve=0),
    "factors": without(factor=1.0),
    "handicaps": without(handicap=0.0),
    "weights": lambda c: replace(c, weight=()),
    "head starts": lambda c: replace(c, head_start=()),
    "lines": lambda c: replace(c, lines=None),
    "transfers": lambda c: replace(c, transfers=None),
    "returning": lambda c: replace(c, leaving="finish"),
    "letting go": lambda c: replace(c, closing="answer") if c.closing == "let_go" else c,
    "keeping": lambda c: replace(c, closing="answer") if c.closing == "keep" else c,
    "answering": lambda c: replace(c, closing="let_go") if c.closing == "answer" else c,
    "outages": lambda c: replace(c, outages=()),
    "refusing": lambda c: replace(c, outages=tuple(replace(o, refuses=False) for o in c.outages)),
    "outages of some agents": lambda c: replace(c, outages=tuple(replace(o, loss=0.0) if o.loss < 1 else o for o in c.outages)),
    "breaks": unrostered,
    "speeds": lambda c: replace(c, groups=tuple(replace(g, speed_cv=0.0) for g in c.groups)),
    "after-call work": lambda c: replace(c, kinds=tuple(replace(k, talk_share=1.0) for k in c.kinds)),
}


def otherwise(centre: Centre, crowd: Crowd, visits: Visits) -> bool:
    other = many.play_centre(centre, replace(crowd, speed=speeds(centre, crowd.seed)))
    pairs = ((getattr(visits, field.name), getattr(other, field.name)) for field in fields(Visits))
    return not all(np.array_equal(one, two) for one, two in pairs)


@pytest.mark.parametrize("what", WITHOUT)
def test_it_matters(what: str, played: list[tuple[Centre, Crowd, Visits]]) -> None:
    assert sum(otherwise(WITHOUT[what](centre), crowd, visits) for centre, crowd, visits in played) >= LEAST


def test_patience_of_any_length(played: list[tuple[Centre, Crowd, Visits]]) -> None:
    for least, most in ((0, 0), (1, NEVER - 1), (NEVER, NEVER)):
        assert sum(bool(np.any((least <= crowd.patience) & (crowd.patience <= most))) for _, crowd, _ in played) >= LEAST
