"""Targets of certain dates: which hold when, who is needed for them, and by which a day is judged."""

import numpy as np
import pandas as pd
import pytest

from wfm.core.contacts import ContactType
from wfm.simulate import SimulationInputs, SimulationResult, simulate
from wfm.staffing import Targets, requirement
from wfm.workload import workload

ZONE = "Asia/Shanghai"


def starts(first: str, last: str, step: str = "1h") -> pd.Series:
    return pd.Series(pd.date_range(first, last, freq=step, tz=ZONE, inclusive="left"))


def load(start: pd.Series, contacts: float = 60.0) -> pd.DataFrame:
    table = pd.DataFrame({"start": start, "queue": "shop", "contacts": contacts, "aht": 180.0, "duration": 3600.0})
    return workload(table, ContactType())


DATED = Targets.model_validate(
    {
        "2027-11-10T20:00..2027-11-12": {"answer_rate": "90%", "sl_offered": {"share": "60%", "within": "30s"}},
        "2027-11-11": {"occupancy_max": "95%"},
    }
)


def test_every_interval_goes_by_one_set_of_targets() -> None:
    at = starts("2027-11-10 18:00", "2027-11-13 02:00")
    groups = DATED.groups(at)
    assert (np.sum([rows for _, rows in groups], axis=0) == 1).all()
    held = {stamp.strftime("%d %H"): targets for targets, rows in groups for stamp in at[rows]}
    assert held["10 19"] == Targets()
    assert held["10 20"].answer_rate == 0.9
    assert held["10 20"].occupancy_max == 0.85
    assert (held["11 12"].answer_rate, held["11 12"].occupancy_max) == (0.9, 0.95)
    assert held["12 23"].sl_offered is not None
    assert (held["12 23"].sl_offered.share, held["12 23"].sl_offered.within) == (0.6, 30.0)
    assert held["13 00"] == Targets()


def test_without_dates_the_targets_stay_the_same_object() -> None:
    targets = Targets(answer_rate=0.95)
    (held, rows), *others = targets.groups(starts("2027-11-10", "2027-11-11"))
    assert held is targets
    assert rows.all()
    assert not others


@pytest.mark.parametrize("turned", [False, True])
def test_the_shortest_span_has_its_say_last(turned: bool) -> None:
    written = [("2027-11-01..2027-11-30", {"answer_rate": 0.7}), ("2027-11-11", {"answer_rate": 0.6})]
    targets = Targets.model_validate(dict(reversed(written) if turned else written))
    assert targets.at(pd.Timestamp("2027-11-11 12:00", tz=ZONE)).answer_rate == 0.6
    assert targets.at(pd.Timestamp("2027-11-12 00:00", tz=ZONE)).answer_rate == 0.7


def test_of_spans_of_one_length_the_later_written_wins() -> None:
    written = {"2027-11-10..2027-11-11": {"answer_rate": 0.7}, "2027-11-11..2027-11-12": {"answer_rate": 0.6}}
    for order, wins in ((list(written), 0.6), (list(written)[::-1], 0.7)):
        targets = Targets.model_validate({key: written[key] for key in order})
        assert targets.at(pd.Timestamp("2027-11-11 12:00", tz=ZONE)).answer_rate == wins


def test_a_level_written_in_part_keeps_the_other_part() -> None:
    targets = Targets.model_validate({"sl_offered": {"share": 0.7, "within": 45}, "2027-11-11": {"sl_offered": {"share": 0.5}}})
    held = targets.at(pd.Timestamp("2027-11-11", tz=ZONE)).sl_offered
    assert held is not None
    assert (held.share, held.within) == (0.5, 45.0)


def test_the_requirement_is_that_of_each_set_of_targets_alone() -> None:
    at = starts("2027-11-10 00:00", "2027-11-13 00:00", "30min")
    work = load(at, 30.0)
    need = requirement(work, DATED, ContactType())
    for targets, rows in DATED.groups(at):
        alone = requirement(work[rows], targets, ContactType())
        pd.testing.assert_frame_equal(need[rows], alone)
    assert len(set(need["agents"])) > 1


def test_night_hours_go_by_the_clock() -> None:
    targets = Targets.model_validate({"2027-11-11": {"answer_rate": 0.5}})
    assert targets.at(pd.Timestamp("2027-11-10 16:00", tz="UTC").tz_convert(ZONE)).answer_rate == 0.5


def test_what_is_judged_follows_the_dates() -> None:
    at = starts("2027-11-10 18:00", "2027-11-10 22:00")
    judged = DATED.judged(at)
    assert judged["answer_rate"][1].tolist() == [0.98, 0.98, 0.9, 0.9]
    assert DATED.thresholds(at).tolist() == [20, 20, 30, 30]
    assert Targets().judged(at) == Targets().bounds()
    assert Targets().thresholds(at) == 20.0
    nothing = Targets.model_validate({"answer_rate": None, "2027-11-10T20:00..2027-11-10": {"answer_rate": 0.9}})
    assert np.isnan(nothing.judged(at)["answer_rate"][1]).tolist() == [True, True, False, False]


def test_a_day_is_judged_by_what_its_intervals_ask_for_together() -> None:
    """Two sets in one day: the answered of the day are held against the sum that each interval's own bound asks for."""
    at = starts("2027-11-10 18:00", "2027-11-10 22:00")
    work = load(at, 60.0)
    cover = pd.DataFrame({"start": at, "group": "agents", "agents": 3.0})
    inputs = SimulationInputs(replications_min=40, replications_max=40)

    def played(targets: Targets) -> SimulationResult:
        return simulate(
            work,
            cover,
            ContactType(),
            lines=None,
            threshold=targets.thresholds(at),
            targets=targets.judged(at),
            seed=1,
            inputs=inputs,
        )

    mixed = Targets.model_validate({"answer_rate": 0.98, "sl_offered": None, "2027-11-10T20:00..2027-11-10": {"answer_rate": 0.8}})
    result, strict = played(mixed), played(Targets(answer_rate=0.98, sl_offered=None))
    pd.testing.assert_frame_equal(result.service, strict.service)
    bands = result.days
    assert strict.met < result.met < 1
    # The bound of each day lies between the two, as its contacts do.
    for _, day in bands.iterrows():
        if day["answer_rate"] < 0.8:
            assert not day["met"]
        if day["answer_rate"] >= 0.98:
            assert day["met"]
    told = result.promises.set_index("target")["bound"]
    assert told["answer_rate"] == pytest.approx(0.89, abs=0.01)


def test_one_bound_written_for_every_interval_judges_as_one_number_does() -> None:
    at = starts("2027-11-09 10:00", "2027-11-10 22:00")
    work, cover = load(at, 60.0), pd.DataFrame({"start": at, "group": "agents", "agents": 4.0})
    inputs = SimulationInputs(replications_min=20, replications_max=20)

    def played(bound: object, threshold: object) -> SimulationResult:
        asked = {"sl_offered": (1, bound), "answer_rate": (1, 0.95)}
        return simulate(work, cover, ContactType(), lines=None, threshold=threshold, targets=asked, seed=1, inputs=inputs)

    one, each = played(0.8, 20.0), played(np.full(len(at), 0.8), np.full(len(at), 20.0))
    for name in ("service", "overall", "days", "weekdays", "promises"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(each, name))


def test_answered_in_time_is_the_time_of_the_interval() -> None:
    at = starts("2027-11-10 18:00", "2027-11-10 22:00")
    work, cover = load(at, 60.0), pd.DataFrame({"start": at, "group": "agents", "agents": 3.0})
    inputs = SimulationInputs(replications_min=10, replications_max=10)

    def within(threshold: object) -> list[float]:
        asked = {"sl_offered": (1, 0.8)}
        result = simulate(work, cover, ContactType(), lines=None, threshold=threshold, targets=asked, seed=1, inputs=inputs)
        return result.service["answered_within"].tolist()

    short, long = within(10.0), within(60.0)
    assert within(np.array([10.0, 10.0, 60.0, 60.0])) == [*short[:2], *long[2:]]
    assert all(a < b for a, b in zip(short, long, strict=True))


def test_dated_shares_are_shown_in_per_cent():
    from wfm.report.values import is_share
    from wfm.scenario.reader import read_scenario

    scenario, _ = read_scenario("scenarios/singles-day.yaml")
    dates = "targets.2027-11-10T20:00..2027-11-12"
    assert is_share(scenario, f"{dates}.answer_rate")
    assert is_share(scenario, f"{dates}.sl_offered.share")
    assert not is_share(scenario, f"{dates}.sl_offered.within")
