"""The people chain: golden values of economics A2 and B3, and what must hold for any schedule."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.capacity import Leaders, Reserves, Shrinkage, gross_up, heads_for_hours, nested, people
from wfm.core.contracts import check
from wfm.core.errors import InputError

START = pd.date_range("2027-07-05 10:00", periods=4, freq="30min", tz="Asia/Shanghai")
TEN_SEATS = pd.DataFrame({"start": START, "group": "agents", "present": [8, 10, 10, 7], "required": [7.0, 9.0, 9.0, 6.0]})


def week(*rows):
    columns = ["kind", "shifts_per_week", "hours_per_shift", "shifts_per_person_week"]
    return pd.DataFrame(list(rows), columns=columns)


FULL = week(("full_time", 63, 8.0, 5))
BOTH = week(("full_time", 63, 8.0, 5), ("part_time", 9, 4.0, 6))


def chain(weekly=BOTH, cover=TEN_SEATS, shrinkage=None, leaders=None, **more):
    return people(cover, weekly, shrinkage or Shrinkage(), leaders or Leaders(), 13, **more)


def test_nested_shrinkages_multiply():
    assert nested(0.10, 0.08, 0.12) == pytest.approx(0.27136, abs=1e-12)
    assert Shrinkage(in_office=0.12, out_of_office=0.10).total() == pytest.approx(0.208)
    assert nested() == 0


def test_gross_up_divides():
    assert gross_up(24, 0.30) == pytest.approx(34.2857, abs=5e-5)
    # B3: 24 on queue, 12 % in the office, 10 % out of it.
    present = gross_up(24, 0.12)
    assert present == pytest.approx(27.27, abs=5e-3)
    assert gross_up(present, 0.10) == pytest.approx(30.3, abs=5e-2)


def test_one_position_round_the_clock():
    assert heads_for_hours(168, 0.30) == pytest.approx(6.0)


def test_the_ten_seat_shop():
    found = chain()
    check(found.table, "people")
    assert (found.agents, found.present) == (9, 10)
    assert (found.heads_of("full_time"), found.heads_of("part_time"), found.heads_of("leader")) == (14, 2, 1)
    assert (found.seats, found.heads, found.licences_concurrent, found.licences_named, found.lines) == (10, 17, 11, 17, 13)
    assert found.rostered == pytest.approx(10 / 0.92)


def test_hours_of_the_ten_seat_shop():
    found = chain()
    weeks = 365 / 84
    full = 63 * 8 / 0.92 * weeks
    assert found.part_time_hours_month == pytest.approx(9 * 4 * weeks)
    assert found.fte == pytest.approx((full + 36 * weeks) / 165.33)
    assert found.kinds.set_index("kind").loc["full_time", "paid_hours_month"] == pytest.approx(full)
    assert found.holiday_hours_month == pytest.approx(63 * 8 * weeks * 13 / 365)


def test_buffers_only_add():
    kept = chain(reserves=Reserves(attrition_buffer=0.10, trainees=2, desk_buffer=0.05))
    normal = 63 * 8 / 0.92 * 365 / 84 / 165.33 * (1 - 13 / 365)
    assert kept.heads_of("full_time") == math.ceil(normal / 0.9) + 2 == 18
    assert kept.seats == 11
    assert kept.licences_named == kept.heads == 21


def test_a_leader_with_a_desk_takes_a_seat():
    assert chain(leaders=Leaders(own_desk=True, span=5)).seats == 12
    assert chain(leaders=Leaders(span=5)).licences_concurrent == 12


def test_the_busiest_week_decides_about_people():
    peak = FULL.assign(busiest_week=90)
    assert chain(peak).heads_of("full_time") == math.ceil(90 / 0.92 / 5)
    assert chain(peak).fte == chain(FULL).fte


def test_groups_sit_in_the_same_room():
    two = pd.concat([TEN_SEATS, TEN_SEATS.assign(group="chat", present=[5, 1, 1, 5])])
    assert chain(cover=two).present == 13


def test_unreachable_requirements_do_not_make_infinite_people():
    cover = TEN_SEATS.assign(required=[7.0, math.inf, 9.0, 6.0])
    assert chain(cover=cover).agents == 9


def test_nobody_at_all():
    found = chain(week(("full_time", 0, 8.0, 5)), TEN_SEATS.iloc[:0])
    check(found.table, "people")
    assert (found.heads, found.seats, found.fte, found.agents) == (0, 0, 0, 0)


@settings(deadline=None)
@given(
    st.integers(1, 400),
    st.floats(1, 12),
    st.integers(1, 7),
    st.floats(0, 0.6),
    st.floats(0, 0.6),
    st.integers(0, 10),
    st.floats(0, 0.5),
)
def test_the_chain_widens_at_every_step(shifts, hours, each, inside, outside, trainees, buffer):
    found = chain(
        week(("full_time", shifts, hours, each)),
        shrinkage=Shrinkage(in_office=inside, out_of_office=outside),
        reserves=Reserves(trainees=trainees, attrition_buffer=buffer),
    )
    full_time = found.heads_of("full_time")
    assert full_time * each >= shifts / (1 - outside) - 1e-6
    assert full_time >= trainees
    assert found.present <= found.rostered
    assert found.seats <= found.licences_concurrent
    assert found.licences_named == found.heads


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: nested(1.0), "share"),
        (lambda: gross_up(3, -0.1), "share"),
        (lambda: chain(week(("full_time", 3, 0.0, 5))), "hours_per_shift"),
        (lambda: chain(week(("temp", 3, 8.0, 5))), "no such kind"),
    ],
)
def test_nonsense_is_refused(call, word):
    with pytest.raises(InputError, match=word):
        call()


def test_everybody_of_one_day_is_on_the_payroll():
    """99 at work on one evening are 99 people, though their week would be filled by a few."""
    evening = week(("part_time", 110, 4.0, 6)).assign(day_of_kind=99)
    assert chain(evening).heads_of("part_time") == math.ceil(99 / 0.92)
    assert chain(evening.assign(day_of_kind=18)).heads_of("part_time") == math.ceil(110 / 6 / 0.92)
