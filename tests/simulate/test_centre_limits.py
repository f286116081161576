"""Rules of routing at their limits, where one says what another says; and overflow after a delay in closed form."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad

from tests.simulate.plans import estimate
from tests.simulate.scores import Scores
from tests.simulate.steady import MEASURED, OFFERED, group, kind, measured, ratio_of
from wfm.simulate.centre import Centre, Group, Leaving, Skill
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many
from wfm.simulate.model import SECOND
from wfm.simulate.tally import COLUMNS
from wfm.simulate.visits import ANSWERED, Visits

SEED, AHT = 20270705, 180.0
ENDLESS = 1e8  # seconds: three years


# ---- one rule as the limit of another ----


def centre(skills: tuple[Skill, ...], **rules: Any) -> Centre:
    """Two types, two groups, some impatience; everything at once."""
    lengths = (20_000.0, 20_000.0)
    types = (
        kind(lengths, 0.03, 150.0, then_mean=300.0, redial_abandon=0.5, redial_delay=120.0, attempts_max=3),
        kind(lengths, 0.02, 200.0, then_mean=np.inf),
    )
    return Centre(types, (group(lengths, 5), group(lengths, 5)), skills, **{"lines": 20, "closing": "let_go"} | rules)


A, B, BACK = Skill(0, 0), Skill(1, 1), Skill(1, 0, level=1, rank=1)
TWINS = {
    "an endless delay is no skill": (((A, B, BACK, Skill(0, 1, delay=ENDLESS)), {}), ((A, B, BACK), {})),
    "no delay but a microsecond's half": (((A, B, Skill(0, 1, delay=4e-7)), {}), ((A, B, Skill(0, 1)), {})),
    "a reserve of all agents is no skill": (((A, B, BACK, Skill(0, 1, reserve=5)), {}), ((A, B, BACK), {})),
    "an endless handicap is a higher rank": (
        ((A, B, Skill(0, 1, handicap=ENDLESS), Skill(1, 0)), {}), ((A, B, Skill(0, 1, rank=1), Skill(1, 0, rank=0)), {}),
    ),
    "an endless head start is a lower level": (
        ((A, B, Skill(1, 0), Skill(0, 1)), {"head_start": (ENDLESS, 0.0)}), ((A, replace(B, level=1), BACK, Skill(0, 1)), {}),
    ),
    "equal weights are none": (((A, B, Skill(1, 0)), {"weight": (7, 7)}), ((A, B, Skill(1, 0)), {})),
    "equal head starts are none": (((A, B, Skill(1, 0)), {"head_start": (9.0, 9.0)}), ((A, B, Skill(1, 0)), {})),
    "shares of 0 pass nobody on": (((A, B, BACK), {"transfers": np.zeros((2, 2))}), ((A, B, BACK), {})),
    "levels count by their order": (((A, B, replace(BACK, level=999)), {}), ((A, B, BACK), {})),
}  # fmt: skip


@pytest.mark.parametrize("name", TWINS)
def test_one_rule_says_what_another_says(name: str) -> None:
    (one, rules), (other, others) = TWINS[name]
    if "head start is a lower" in name:  # the lower level goes first to the right type in every group; ranks as they are
        other = tuple(replace(skill, rank=0) for skill in other)
    for r in range(3):
        visits = [many.play_centre(each, draw_crowd(each, SEED, r)) for each in (centre(one, **rules), centre(other, **others))]
        for field in fields(Visits):
            np.testing.assert_array_equal(getattr(visits[0], field.name), getattr(visits[1], field.name), err_msg=field.name)
        assert np.count_nonzero(visits[0].wait) > 200
        assert {0, 1, 2} <= set(visits[0].outcome.tolist())


# ---- overflow after a delay ----


def overflow_of(n: int, a: float, delay: float, patience: float) -> tuple[float, float, float]:
    """Shares that overflow after ``delay`` and that give up before, and the first group's occupancy; times in handle times.

    For the first group overflow is impatience: M/M/n+G where nobody waits longer than the delay, solved by the density of the wait
    that somebody endlessly patient would have (Baccelli and Hebuterne 1981).
    """

    def patient(x: float) -> float:
        return float(np.exp(-x / patience)) if np.isfinite(patience) else 1.0

    def passed(x: float) -> float:
        """Integral of the share still there from 0 to x."""
        until = min(x, delay)
        return float(patience * -np.expm1(-until / patience)) if np.isfinite(patience) else until

    def density(x: float) -> float:
        return float(a * np.exp(a * passed(x) - n * x))

    empty = [1.0]
    for k in range(1, n):
        empty.append(empty[-1] * a / k)
    scale = 1 / (sum(empty) + empty[-1] * (quad(density, 0, delay)[0] + density(delay) / n))
    longer = empty[-1] * scale * density(delay) / n  # the wait would be longer than the delay
    over = patient(delay) * longer
    # Lost before: patience ends before the delay and before the wait does.
    lost = empty[-1] * scale * quad(lambda x: density(x) * (1 - patient(x)), 0, delay)[0] + (1 - patient(delay)) * longer
    return over, lost, a * (1 - over - lost) / n


@pytest.mark.parametrize(
    ("n", "a", "delay", "patience"),
    [
        (1, 0.9, 0.3, np.inf), (5, 5.5, 0.1, np.inf), (10, 9.0, 0.2, 1.5), (20, 24.0, 0.15, 0.5), (40, 44.0, 1 / 9, np.inf),
        (3, 2.0, 2.0, 4.0),
    ],
)  # fmt: skip
def test_overflow_after_a_delay(n: int, a: float, delay: float, patience: float, capsys: pytest.CaptureFixture[str]) -> None:
    """To a group that always has somebody free and takes half as long again."""
    lengths, R = (30 * AHT, 16_000 / a * AHT, 5 * AHT), 50
    types = (kind(lengths, a / AHT, AHT, then_mean=patience * AHT),)
    skills = (Skill(0, 0), Skill(0, 1, rank=1, delay=delay * AHT, factor=1.5))
    found = measured(Centre(types, (group(lengths, n), group(lengths, 200)), skills), seed=SEED + n, replications=R)
    over, lost, occupancy = overflow_of(n, a, delay, patience)
    offered, abandoned = found.types[:, 0, OFFERED], found.types[:, 0, COLUMNS.index("abandoned")]
    scores = Scores()
    scores.add("", "overflow", over, *ratio_of(found.answers[:, 0, 1], offered))
    scores.add("", "first group busy", occupancy, *estimate(found.groups[:, 0], "occupancy"))
    busy = found.groups[:, 1, COLUMNS.index("busy_time")] / lengths[MEASURED]
    scores.add("", "second group busy", 1.5 * a * over, busy.mean(), busy.std(ddof=1) / np.sqrt(R))
    if np.isfinite(patience):
        scores.add("", "abandoned", lost, *ratio_of(abandoned, offered))
    else:
        assert abandoned.sum() == 0
    scores.judge(f"n={n} a={a:g}, overflow after {delay:.3g}, patience {patience:g}", capsys, cells=3)


# ---- breaks ----


@pytest.mark.parametrize("leaving", ["finish", "return_to_queue"])
def test_nobody_answers_during_a_break(leaving: Leaving) -> None:
    """What agents begin, they begin on duty; what they have not finished then is finished, or goes back at the minute."""
    random, lengths, n = np.random.default_rng(SEED), (1800.0,) * 16, 12
    rows = []
    for agent in range(n):
        cuts = np.sort(random.choice(np.arange(30, 480 - 30), 6, replace=False)) * 60
        rows += [(agent, int(a) * SECOND, int(b) * SECOND) for a, b in cuts.reshape(-1, 2)]
    roster = np.array(rows, dtype=np.int64)
    skills = (Skill(0, 0), Skill(1, 0, level=1))
    types = (kind(lengths, 0.02, AHT, then_mean=300.0), kind(lengths, 0.01, 2 * AHT))
    one = Centre(types, (Group(roster=roster, speed_cv=0.3),), skills, leaving=leaving, closing="let_go")
    closes, late = int(one.intervals.end[-1]), 0
    for r in range(10):
        v = many.play_centre(one, draw_crowd(one, SEED, r))
        begun, done = v.queued + v.wait, v.queued + v.wait + v.handle
        on_duty = np.zeros(len(lengths))
        for agent in range(n):
            mine = np.flatnonzero((v.agent == agent) & np.isin(v.outcome, ANSWERED))
            mine = mine[np.argsort(begun[mine], kind="stable")]
            assert np.all(begun[mine][1:] >= done[mine][:-1])  # one at a time
            turns = roster[roster[:, 0] == agent, 1:]
            number = np.searchsorted(turns[:, 0], begun[mine], side="right") - 1
            assert np.all(number >= 0)
            assert np.all(begun[mine] < turns[number, 1])
            after = done[mine] > turns[number, 1]
            late += int(after.sum())
            assert leaving == "finish" or not after.any()
            edges = np.append(one.intervals.start, closes)
            for a, b in turns:
                on_duty += np.diff(np.clip(edges, a, b))
        np.testing.assert_array_equal(v.staffed[0] - v.overrun[0], on_duty)
        assert np.count_nonzero(v.agent >= 0) > 300
    assert (late > 50) == (leaving == "finish")
