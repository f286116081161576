"""Replications without tables: what both engines' records say, in any order and in parts; the compiled tally beside plain numpy."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.simulate.plans import model
from tests.simulate.test_engines import KINDS, PATIENT, TRYING, nasty, week
from wfm.core.kpi import TALLIES
from wfm.simulate import tally_kernel
from wfm.simulate.drawing import Drawn, draw
from wfm.simulate.engines import engine
from wfm.simulate.model import SECOND, Model
from wfm.simulate.records import ABANDONED, BLOCKED, HANDLED, Records
from wfm.simulate.replications import records, replicate
from wfm.simulate.tally import COLUMNS, tally


def by_numpy(records: Records, threshold: float | np.ndarray) -> np.ndarray:
    """The tallies by their words, one after the other."""
    K = len(records.busy)
    handled, abandoned = records.outcome == HANDLED, records.outcome == ABANDONED
    limit = np.round(np.broadcast_to(np.asarray(threshold, dtype=float) * SECOND, K))
    within = records.wait <= limit[records.interval]
    first = records.attempt == 1
    answered = np.isin(records.contact, records.contact[handled])

    def sums(which: np.ndarray, what: np.ndarray | None = None) -> np.ndarray:
        weights = None if what is None else what[which] / SECOND
        return np.bincount(records.interval[which], weights=weights, minlength=K).astype(float)

    columns = {
        "offered": sums(first | ~first),
        "blocked": sums(records.outcome == BLOCKED),
        "abandoned": sums(abandoned),
        "handled": sums(handled),
        "answered_within": sums(handled & within),
        "abandoned_within": sums(abandoned & within),
        "wait_handled": sums(handled, records.wait),
        "wait_abandoned": sums(abandoned, records.wait),
        "handle_time": sums(handled, records.handle),
        "busy_time": records.busy / SECOND,
        "staffed_time": records.staffed / SECOND,
        "customers": sums(first),
        "customers_handled": sums(first & answered),
        "overrun_time": records.overrun / SECOND,
    }
    return np.stack([columns[name] for name in COLUMNS], axis=1)


@settings(max_examples=200, deadline=None)
@given(nasty())
def test_the_tally_is_that_of_numpy(case: tuple[Model, Drawn]) -> None:
    played = engine("compiled")(*case)
    thresholds = (2.0, np.inf, np.linspace(0, 9, len(case[0].start)))
    for threshold in thresholds:
        np.testing.assert_allclose(tally(played, threshold), by_numpy(played, threshold), rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_replications_are_the_tallies_of_their_records(kind: str) -> None:
    plan = week(3_000, days=3, **KINDS[kind])
    agents = plan.agents + 0.3
    fast = replicate(plan, agents, seed=5, replications=3, threshold=20)
    assert fast.shape == (3, 48, len(COLUMNS))
    np.testing.assert_array_equal(fast, replicate(plan, agents, seed=5, replications=3, threshold=20, engine="simpy"))
    np.testing.assert_array_equal(fast[2], tally(records(plan, agents, 5, 2), 20))
    assert not np.array_equal(fast[0], fast[1])


def test_a_range_of_replications_is_its_parts() -> None:
    plan = model(600, 0.2, 0, 100, intervals=6, lines=12, **PATIENT, **TRYING)
    agents, within = np.linspace(4.5, 12.25, 6), np.linspace(0, 30, 6)
    whole = replicate(plan, agents, seed=5, replications=40, threshold=within)
    parts = [replicate(plan, agents, seed=5, replications=n, threshold=within, first=f) for f, n in ((0, 7), (7, 0), (7, 33))]
    np.testing.assert_array_equal(whole, np.concatenate(parts))
    assert whole[..., COLUMNS.index("blocked")].sum() > 100


def test_far_more_contacts_than_expected_find_room() -> None:
    """A day's level that scatters by 300 %: memory for the days before is too short."""
    plan = week(2_000, days=1, **KINDS["redials"])
    wild = Model(**{**plan.__dict__, "day_cv": np.full(16, 3.0)})
    fast = replicate(wild, wild.agents, seed=8, replications=60, threshold=20)
    offered = fast[..., COLUMNS.index("customers")].sum(axis=1)
    assert offered.max() > 4 * np.median(offered)
    assert offered.tolist() == [len(draw(wild, 8, r).arrival) for r in range(60)]


def test_agents_and_numbers_out_of_range_are_refused() -> None:
    plan = model(600, 0.2, 0, 100, intervals=3)
    for agents, said in (([1, 2], "shape"), ([1, -2, 3], "number 1: -2"), ([1, 2, np.nan], "number 2: nan")):
        with pytest.raises(ValueError, match=said):
            replicate(plan, np.array(agents, dtype=float), seed=1, replications=1, threshold=20)
    for more, said in (({"seed": -1}, "seed is -1"), ({"first": 1 << 32}, "replication is"), ({"engine": "quick"}, "no engine")):
        with pytest.raises(ValueError, match=said):
            replicate(plan, np.ones(3), **{"seed": 1, "replications": 1, "threshold": 20, **more})  # type: ignore[arg-type]


def test_every_tally_is_summed() -> None:
    assert set(tally_kernel.NAMES) == {*TALLIES, "overrun_time"} == set(COLUMNS)
    columns = "OFFERED BLOCKED ABANDONED HANDLED ANSWERED_WITHIN ABANDONED_WITHIN WAIT_HANDLED WAIT_ABANDONED HANDLE_TIME CUSTOMERS"
    for name in columns.split():
        assert tally_kernel.NAMES[getattr(tally_kernel, name)] == name.lower()
