"""The plan's requirement with intervals linked: methods, constraints, spans, promises."""

import numpy as np
import pandas as pd
import pytest

from wfm.core.contacts import ContactType
from wfm.staffing import Staffing, Targets, requirement
from wfm.staffing.linked import linked_factor, linked_service, open_spans

TARGETS = Targets.model_validate({"answer_rate": "95%", "sl_offered": {"share": "80%", "within": "20s"}, "occupancy_max": "90%"})
#: Exponential handle times and patience: the chain is exact.
CONTACT = ContactType.model_validate(
    {"talk": "150s", "wrap": "30s", "spread": {"family": "exponential", "cv": 1}, "patience": {"onset": "0s", "then_mean": "120s"}}
)


def work(*days, first="2027-11-10T20:00", seconds=900):
    """A workload of contacts by interval, a list a day; days begin at the same hour."""
    rows = []
    for number, contacts in enumerate(days):
        begin = pd.Timestamp(first, tz="Asia/Shanghai") + pd.Timedelta(days=number)
        for slot, count in enumerate(contacts):
            rows.append((begin + pd.Timedelta(seconds=slot * seconds), begin.date(), slot, float(count)))
    table = pd.DataFrame(rows, columns=["start", "date", "slot", "contacts"])
    return table.assign(
        contact_type="phone",
        channel="phone",
        duration=float(seconds),
        aht=180.0,
        arrival_rate=table["contacts"] / seconds,
        offered_load=table["contacts"] * 180.0 / seconds,
        day_cv=0.1,
    )


SPIKE = [45, 45, 405, 315, 180, 90, 45, 45]


def asked(table, **staffing):
    return requirement(table, TARGETS, CONTACT, staffing=Staffing.model_validate(staffing))


def test_independent_intervals_are_what_they_were():
    alone = requirement(work(SPIKE), TARGETS, CONTACT)
    pd.testing.assert_frame_equal(alone, asked(work(SPIKE), method="independent"))
    assert set(alone["method"]) == {"ErlangA"}


def test_linked_intervals_meet_their_targets_with_the_queues_they_inherit():
    linked = asked(work(SPIKE), method="transient")
    assert (linked["sl_offered"] >= 0.80 - 1e-9).all()
    assert (linked["answer_rate"] >= 0.95 - 1e-9).all()
    assert (linked["occupancy"] <= 0.90 + 1e-9).all()
    assert set(linked["method"]) == {"transient"}
    # The agents of independent intervals would not do once the queue is counted.
    alone = asked(work(SPIKE), method="independent")
    served = linked_service(work(SPIKE), alone["agents"].to_numpy(), TARGETS, CONTACT)
    assert served["sl_offered"].min() < 0.78


@pytest.mark.parametrize("method", ["lagged", "psa", "mol"])
def test_other_methods_tell_their_linked_service(method):
    table = asked(work(SPIKE), method=method)
    assert set(table["method"]) == {method}
    assert table["sl_offered"].between(0, 1).all()
    assert table["agents"].between(1, 200).all()


def test_each_open_span_begins_empty_and_days_do_not_touch():
    both = asked(work(SPIKE, SPIKE), method="transient")
    once = asked(work(SPIKE), method="transient")
    np.testing.assert_array_equal(both["agents"].to_numpy(), np.tile(once["agents"].to_numpy(), 2))


def test_spans_end_where_hours_do():
    day = work(SPIKE)
    broken = pd.concat([day.iloc[:3], day.iloc[4:]], ignore_index=True)
    assert [(s.start, s.stop) for s in open_spans(broken)] == [(0, 3), (3, 7)]
    assert [(s.start, s.stop) for s in open_spans(day)] == [(0, 8)]
    assert list(open_spans(day.iloc[:0])) == []


def test_constraints_hold():
    free = asked(work(SPIKE), method="transient")["agents"].to_numpy()
    stepped = asked(work(SPIKE), method="transient", step_max=30)["agents"].to_numpy()
    assert np.abs(np.diff(stepped)).max() <= 30 < np.abs(np.diff(free)).max()
    capped = asked(work(SPIKE), method="transient", agents_max=50)
    assert capped["agents"].max() == 50
    assert capped["sl_offered"].min() < 0.80
    hourly = asked(work(SPIKE), method="transient", every=4)["agents"].to_numpy()
    assert set(map(len, map(set, hourly.reshape(-1, 4)))) == {1}
    assert set(asked(work(SPIKE), method="independent", every=4)["agents"].to_numpy().reshape(-1, 4).std(axis=1)) == {0.0}


def test_targets_of_certain_hours_hold_in_their_hours():
    dated = TARGETS.model_dump(mode="json") | {
        "2027-11-10T20:30..2027-11-10T21:00": {"answer_rate": "80%", "sl_offered": {"share": "50%"}}
    }
    linked = requirement(work(SPIKE), Targets.model_validate(dated), CONTACT, staffing=Staffing(method="transient"))
    strict = asked(work(SPIKE), method="transient")
    assert linked["agents"].iloc[2:4].sum() < strict["agents"].iloc[2:4].sum()
    assert (linked["sl_offered"] >= np.where(linked.index.isin([2, 3]), 0.5, 0.8) - 1e-9).all()


def test_nobody_comes_nobody_is_needed():
    table = asked(work([0, 0, 45, 0]), method="transient")
    assert table["agents"].iloc[0] == 0
    assert table["agents"].iloc[2] > 0
    assert table[["sl_offered", "answer_rate"]].notna().all().all()
    assert (asked(work([0, 0]), method="transient")["agents"] == 0).all()


def test_people_are_found_for_busier_days_and_service_told_for_the_forecast():
    plain, busy = asked(work(SPIKE), method="transient"), asked(work(SPIKE).assign(busier=1.2), method="transient")
    scaled = asked(work([1.2 * count for count in SPIKE]), method="transient")
    np.testing.assert_array_equal(busy["agents"].to_numpy(), scaled["agents"].to_numpy())
    assert (busy["sl_offered"] > plain["sl_offered"]).all()
    assert busy["contacts"].tolist() == plain["contacts"].tolist()


def test_unreachable_targets_give_inf():
    never = TARGETS.model_copy(update={"occupancy_max": 0.0})
    table = requirement(work(SPIKE), never, CONTACT, staffing=Staffing(method="transient"))
    assert np.isinf(table["agents"]).all()
    assert table["sl_offered"].isna().all()


def test_what_agents_carry_with_intervals_linked():
    table = work(SPIKE)
    factor = linked_factor(table, TARGETS, CONTACT, 80)
    for times, holds in ((factor * 0.999, True), (factor * 1.001, False)):
        all_day = work([times * count for count in SPIKE])
        served = linked_service(all_day, np.full(len(SPIKE), 80.0), TARGETS, CONTACT)
        kept = served["sl_offered"].min() >= 0.80 and served["answer_rate"].min() >= 0.95 and served["occupancy"].max() <= 0.90
        assert bool(kept) is holds
    half = linked_factor(table, TARGETS, CONTACT, 80.5)
    assert factor < half < linked_factor(table, TARGETS, CONTACT, 81)
    assert linked_factor(table, TARGETS, CONTACT, 0) == 0.0
    assert linked_factor(table, TARGETS, CONTACT, 80, only="answer_rate") >= factor
