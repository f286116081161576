"""What the requirements say of centres, one fact a test: pooling, availability, who never gets whose contacts, pace of agents."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.simulate.exact import erlang_b
from tests.simulate.plans import estimate, model
from tests.simulate.scores import Scores
from tests.simulate.steady import MEASURED, OFFERED, group, kind, ratio_of
from wfm.core import draws
from wfm.simulate.centre import Breakdowns, Centre, Group, Outage, Skill
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.model import SECOND
from wfm.simulate.settled import settled
from wfm.simulate.tally import COLUMNS
from wfm.simulate.visits import ANSWERED, BLOCKED, HANDLED

SEED, AHT = 20270705, 180.0
BLOCKED_AT, STAFFED, OVERRUN = (COLUMNS.index(name) for name in ("blocked", "staffed_time", "overrun_time"))


# ---- S0-04, E4: one queue or several ----


def within_20_seconds(n: int, per_hour: float) -> float:
    """Erlang C."""
    a = per_hour / 3600 * AHT
    if a >= n:
        return 0.0
    blocking = erlang_b(n, a)
    return 1 - n * blocking / (n - a * (1 - blocking)) * math.exp(-(n - a) * 20 / AHT)


def most(n: int) -> float:
    """Contacts per hour of which 80 % are answered within 20 s."""
    low, high = 0.0, n * 3600 / AHT
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if within_20_seconds(n, middle) >= 0.8 else (low, middle)
    return low


@pytest.mark.parametrize(
    ("half", "pooled", "split", "digits", "settle", "window"), [(120, 4639, 4530, 0, 225, 250), (5, 145.94, 121.95, 2, 150, 2000)]
)
def test_one_queue_carries_more_than_two(
    half: int, pooled: float, split: float, digits: int, settle: float, window: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """S0-04, E4: 240 agents carry 4639 calls an hour at 80/20, twice 120 carry 4530; at 4639 they no longer do."""
    assert round(most(2 * half), digits) == pooled
    assert round(2 * most(half), digits) == split
    lengths = (settle * AHT, window * AHT, 3 * AHT)
    own, both = (Skill(0, 0), Skill(1, 1)), tuple(Skill(y, g) for y in range(2) for g in range(2))
    scores = Scores()
    for load in (pooled, split):
        types = (kind(lengths, load / 7200, AHT), kind(lengths, load / 7200, AHT))
        levels, waits = {}, {}
        for skills, name in ((both, "one queue"), (own, "two queues")):
            centre = Centre(types, (group(lengths, half), group(lengths, half)), skills)
            sums = replicate_centre(centre, seed=SEED, replications=60, threshold=20.0).total[:, MEASURED]
            level, error = estimate(sums, "sl_offered")
            exact = within_20_seconds(2 * half, load) if name == "one queue" else within_20_seconds(half, load / 2)
            scores.add(name, f"answered within 20 s at {load:g} an hour", exact, level, error)
            levels[name], waits[name] = level, sums[:, COLUMNS.index("wait_handled")]
        assert levels["one queue"] > levels["two queues"]
        assert np.all(waits["one queue"] < waits["two queues"])  # of the same customers, in every replication
    scores.judge(f"{2 * half} agents", capsys, cells=4)


@pytest.mark.parametrize("number", range(6))
def test_the_same_agents_pooled_are_never_worse(number: int) -> None:
    """S0-04: teams of any size and load, impatient customers; the same customers and as many agents."""
    random = np.random.default_rng(SEED + number)
    lengths, Y = (20 * AHT, 300 * AHT, 3 * AHT), int(random.integers(2, 5))
    teams = random.integers(1, 15, Y)
    types = tuple(kind(lengths, n * random.uniform(0.6, 1.2) / AHT, AHT, then_mean=random.uniform(0.5, 3) * AHT) for n in teams)
    alike = tuple(replace(one, then_mean=types[0].then_mean) for one in types)
    sums = []
    for skills in (tuple(Skill(y, g) for y in range(Y) for g in range(Y)), tuple(Skill(y, y) for y in range(Y))):
        centre = Centre(alike, tuple(group(lengths, int(n)) for n in teams), skills)
        sums.append(replicate_centre(centre, seed=SEED + number, replications=40, threshold=20.0).total[:, MEASURED])
    for worse in ("abandoned", "wait_abandoned"):
        saved = (sums[1] - sums[0])[:, COLUMNS.index(worse)]
        assert saved.mean() > 4 * saved.std(ddof=1) / np.sqrt(len(saved))


# ---- S0-19: a platform that fails ----


@pytest.mark.parametrize("refuses", [False, True])
def test_availability_takes_its_share_of_capacity_hours(refuses: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """S0-19: available 99.5 % of the time is 0.5 % less of agents' hours, of groups that work on it; and of calls, if refused."""
    days, hours, lost, minutes = 25, 10, 0.005, 30
    plan = model(3600, 0.01, 0, AHT, intervals=days * hours, per_day=hours, gap=14 * 3600, then_mean=AHT)
    roster = np.array([(i, d * 86_400 * SECOND, (d * 86_400 + hours * 3600) * SECOND) for d in range(days) for i in range(4)])
    counted = Group(np.full(days * hours, 8, dtype=np.int64))
    centre = Centre(
        (plan,), (counted, Group(roster=roster), counted), tuple(Skill(0, g) for g in range(3)), closing="let_go",
        breakdowns=Breakdowns(1 - lost, minutes * 60, groups=(0, 1), refuses=refuses),
    )  # fmt: skip
    R, planned = 300, days * hours * 3600.0
    tallies = replicate_centre(centre, seed=SEED, replications=R, threshold=20.0)
    scores = Scores()
    for g, agents in enumerate((8, 4)):
        on_duty = tallies.groups[:, g, :, STAFFED].sum(axis=1) - tallies.groups[:, g, :, OVERRUN].sum(axis=1)
        share = 1 - on_duty / (agents * planned)
        scores.add(f"group {g}", "hours lost", lost, share.mean(), share.std(ddof=1) / np.sqrt(R))
    third = tallies.groups[:, 2, :, STAFFED].sum(axis=1) - tallies.groups[:, 2, :, OVERRUN].sum(axis=1)
    np.testing.assert_allclose(third, 8 * planned, rtol=1e-12)
    starts = [sum(o.start % (86_400 * SECOND) > 0 for o in settled(centre, SEED, r).outages) for r in range(R)]
    often = planned / (minutes * 60 / lost)  # once in a time up and a time down
    scores.add("platform", "failures", often, np.mean(starts), np.std(starts, ddof=1) / np.sqrt(R))
    offered, blocked = tallies.types[:, 0, :, OFFERED].sum(axis=1), tallies.types[:, 0, :, BLOCKED_AT].sum(axis=1)
    if refuses:
        scores.add("calls", "refused", lost, *ratio_of(blocked, offered))
    else:
        assert blocked.sum() == 0
    scores.judge(f"Availability {1 - lost:.1%}, {'refusing' if refuses else 'waiting'}", capsys, cells=3)


def test_exactly_those_who_call_during_an_outage_are_refused() -> None:
    plan = model(3600, 0.05, 6, AHT, intervals=10, then_mean=AHT)
    centre = Centre(
        (plan,), (Group(np.full(10, 6, dtype=np.int64)),), (Skill(0, 0),),
        breakdowns=Breakdowns(0.9, 600.0, refuses=True), outages=(Outage(100 * SECOND, 900 * SECOND, refuses=True, loss=0.5),),
    )  # fmt: skip
    refused = 0
    for r in range(20):
        here = settled(centre, SEED, r)
        visits = many.play_centre(here, draw_crowd(here, SEED, r))
        down = np.any([(o.start <= visits.arrival) & (visits.arrival < o.end) for o in here.outages], axis=0)
        np.testing.assert_array_equal(visits.outcome == BLOCKED, down)
        refused += int(down.sum())
        begun = (visits.arrival + visits.wait)[visits.outcome == HANDLED]
        all_gone = [o for o in here.outages if o.loss == 1]
        assert not any(((o.start <= begun) & (begun < o.end)).any() for o in all_gone)
    assert refused > 1000


def test_fractions_of_agents_are_chances(capsys: pytest.CaptureFixture[str]) -> None:
    """Of 2.3 agents there are three at times and two at others, 2.3 on average; every interval and group by itself."""
    K, R, agents = 8, 2000, (2.3, 0.5)
    plan = model(1800, 0.0, 0, AHT, intervals=K)
    centre = Centre((plan,), tuple(Group(np.full(K, n)) for n in agents), (Skill(0, 0), Skill(0, 1)))
    there = replicate_centre(centre, seed=SEED, replications=R, threshold=20.0).groups[:, :, :, STAFFED] / 1800
    scores = Scores()
    for g, n in enumerate(agents):
        assert set(np.unique(there[:, g])) == {math.floor(n), math.ceil(n)}
        for k in range(K):
            scores.add(f"group {g}, interval {k}", "agents", n, there[:, g, k].mean(), there[:, g, k].std(ddof=1) / np.sqrt(R))
    flat = there.reshape(R, -1)
    others = np.corrcoef(flat, rowvar=False)[np.triu_indices(flat.shape[1], 1)]
    for one in others[:20]:
        scores.add("pairs", "correlation", 0.0, one, 1 / np.sqrt(R))
    scores.judge("Fractions of agents", capsys, cells=36)


# ---- S2-10: valued customers ----


@pytest.mark.parametrize("number", range(6))
def test_a_higher_tier_waits_no_longer(number: int) -> None:
    """S2-10: tiers alike but for their level, in teams that share the work in any way; also where people give up and call again."""
    random = np.random.default_rng(SEED + 100 + number)
    lengths, tiers, n = (20 * AHT, 300 * AHT, 3 * AHT), 3, int(random.integers(2, 20))
    rules = {"then_mean": float(random.uniform(0.3, 3)) * AHT, "redial_abandon": 0.3, "redial_delay": 60.0, "attempts_max": 3}
    types = tuple(kind(lengths, n / tiers * random.uniform(0.8, 1.2) / AHT, AHT, **rules) for _ in range(tiers))
    first = int(random.integers(1, n))
    reserve = int(random.integers(0, 2))
    skills = tuple(Skill(y, g, level=y, delay=20.0 * g, reserve=reserve * g) for y in range(tiers) for g in (0, 1))
    centre = Centre(types, (group(lengths, first), group(lengths, n - first)), skills, lines=3 * n)
    sums = replicate_centre(centre, seed=SEED + number, replications=40, threshold=20.0).types[:, :, MEASURED]
    for kpi in ("mean_wait_all", "abandon_rate_offered"):
        (one, a), (two, b), (three, c) = (estimate(sums[:, y], kpi) for y in range(tiers))
        assert one < two + 2 * math.hypot(a, b)
        assert two < three + 2 * math.hypot(b, c)
        assert one < three


# ---- S4-26: who must not get what ----


def test_a_vendor_never_gets_what_it_may_not() -> None:
    """S4-26: cells that are not for the vendor stay in house, whatever happens; others go there, and only after their delay."""
    lengths, valuable, plain, delay = (3600.0,) * 6, 0, 1, 30.0
    types = tuple(
        kind(lengths, rate, AHT, then_mean=120.0, redial_abandon=0.6, redial_busy=0.6, redial_delay=60.0, attempts_max=4)
        for rate in (0.03, 0.05)
    )
    centre = Centre(
        types, (group(lengths, 8), group(lengths, 6)),
        (Skill(valuable, 0), Skill(plain, 0, level=1), Skill(plain, 1, rank=1, delay=delay)),
        lines=30, transfers=np.array([[0.1, 0.1], [0.2, 0.0]]), outages=(Outage(4000 * SECOND, 6000 * SECOND, (0,)),),
    )  # fmt: skip
    at_vendor = 0
    for r in range(10):
        visits = many.play_centre(centre, draw_crowd(centre, SEED, r))
        vendor = visits.agent >= 8
        assert not np.any(vendor & (visits.kind == valuable))
        assert np.all(visits.wait[vendor] >= delay * SECOND)
        at_vendor += int(vendor.sum())
        assert np.any(visits.attempt[vendor] > 1)
        assert np.any(visits.leg[vendor] > 1)
    assert at_vendor > 1000
    answers = replicate_centre(centre, seed=SEED, replications=10, threshold=20).answers
    assert answers[:, valuable, 1].sum() == 0
    assert answers[:, plain, 1].sum() == at_vendor


# ---- who takes longer ----


def test_temps_take_longer() -> None:
    """Their factor, exactly, of every contact; so of mean handle times too. Own people's times are the type's."""
    lengths = (36_000.0,)
    centre = Centre((kind(lengths, 0.1, AHT),), (group(lengths, 10), group(lengths, 12)), (Skill(0, 0), Skill(0, 1, factor=1.4)))
    crowd = draw_crowd(centre, SEED, 0)
    for play in (many.play_centre, simpy_engine.play_centre):
        visits = play(centre, crowd)
        temps = visits.agent >= 10
        assert 1000 < np.count_nonzero(temps) < len(temps) - 1000
        expected = np.where(temps, (crowd.handle * 1.4).astype(np.int64), crowd.handle)
        np.testing.assert_array_equal(visits.handle, expected[visits.contact])
    ratio = visits.handle[temps].mean() / visits.handle[~temps].mean()
    assert abs(ratio - 1.4) < 4 * 1.4 * np.sqrt(1 / temps.sum() + 1 / (~temps).sum())


def test_agents_have_paces_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Agents' mean handle times scatter by ``speed_cv`` around the type's; the same agents are slow in every replication."""
    lengths, n, cv = (40_000.0,), 2000, 0.25
    centre = Centre((kind(lengths, 12.0, AHT, family=draws.LOGNORMAL, cv=0.0),), (group(lengths, n, speed_cv=cv),), (Skill(0, 0),))
    means = []
    for r in range(2):
        visits = many.play_centre(centre, draw_crowd(centre, SEED, r))
        answered = np.isin(visits.outcome, ANSWERED)
        count = np.bincount(visits.agent[answered], minlength=n)
        assert count.min() >= 50
        means.append(np.bincount(visits.agent[answered], weights=visits.handle[answered], minlength=n) / count / (AHT * SECOND))
    np.testing.assert_allclose(means[0], means[1], rtol=1e-8)
    logs, variance = np.log(means[0]), math.log(1 + cv**2)
    scores = Scores()
    scores.add("agents", "mean pace", 1.0, means[0].mean(), cv / np.sqrt(n))
    scores.add("agents", "mean of logs", -variance / 2, logs.mean(), np.sqrt(variance / n))
    scores.add("agents", "variance of logs", variance, logs.var(ddof=1), variance * np.sqrt(2 / (n - 1)))
    scores.judge(f"{n} agents, coefficient of variation {cv}", capsys, cells=3)
    assert abs(means[0].std() / means[0].mean() - cv) < 0.02
