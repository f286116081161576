"""Events written by hand: multiples of normal contacts, their shapes, returns, totals met exactly, and what they leave alone."""

import math
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.core.contacts import ContactType
from wfm.core.contracts import check
from wfm.core.intervals import OpeningHours, interval_grid
from wfm.core.shop import Shop
from wfm.forecast import estimate, with_events
from wfm.forecast.bands import with_bands
from wfm.forecast.phases import PlannedEvent

ZONE = "Asia/Shanghai"
SHOP = Shop(orders_per_day=1000)
FIRST = date(2027, 11, 8)


def grid(hours: dict[str, str], days: int = 14, seconds: int = 900) -> pd.DataFrame:
    return interval_grid(FIRST, days, seconds, OpeningHours(hours), ZONE)


USUAL = grid({"daily": "10:00-18:00"})
NORMAL = estimate(SHOP, ContactType(), USUAL)
WIDE = grid({"daily": "10:00-18:00", "2027-11-10..2027-11-12": "00:00-24:00"})


def events(*phases: dict[str, Any], **more: Any) -> list[PlannedEvent]:
    return [PlannedEvent.model_validate({"name": "sale", "phases": {f"p{n}": phase for n, phase in enumerate(phases)}, **more})]


def made(*phases: dict[str, Any], wide: bool = True, **more: Any) -> pd.DataFrame:
    return with_events(NORMAL, events(*phases, **more), grid=WIDE if wide else None, shop=SHOP)


def on(table: pd.DataFrame, day: str, hours: str = "00:00-24:00") -> pd.DataFrame:
    begin, _, end = hours.partition("-")
    clock = table["start"].dt.tz_localize(None)
    start, stop = pd.Timestamp(f"{day} {begin}"), pd.Timestamp(day) + pd.Timedelta(hours=int(end[:2]), minutes=int(end[3:]))
    return table[(clock >= start) & (clock < stop)]


def normal_day(day: str) -> float:
    return float(on(NORMAL, day)["contacts"].sum())


def test_without_events_nothing_changes() -> None:
    assert with_events(NORMAL, [], grid=WIDE, shop=SHOP) is NORMAL


def test_a_multiple_of_a_day_is_of_that_day() -> None:
    table = made({"dates": "2027-11-11..2027-11-12", "contacts": 5})
    for day in ("2027-11-11", "2027-11-12"):
        assert on(table, day)["contacts"].sum() == pytest.approx(5 * normal_day(day), rel=1e-12)
    pd.testing.assert_frame_equal(
        on(table, "2027-11-14")[list(NORMAL.columns)].reset_index(drop=True), on(NORMAL, "2027-11-14").reset_index(drop=True)
    )


def test_usual_hours_keep_their_own_profile() -> None:
    table = made({"dates": "2027-11-16", "contacts": 2}, wide=False)
    np.testing.assert_allclose(on(table, "2027-11-16")["contacts"], 2 * on(NORMAL, "2027-11-16")["contacts"], rtol=1e-12)


def test_closed_hours_count_as_the_mean_open_hour() -> None:
    """9 times the same stretch of a normal day: at night, of a normal day's mean per open hour."""
    table = made({"at": "2027-11-10T20:00", "lasts": "2h", "contacts": 9, "shape": "spike"})
    assert on(table, "2027-11-10", "20:00-22:00")["contacts"].sum() == pytest.approx(9 * normal_day("2027-11-10") / 8 * 2)
    by_day = made({"at": "2027-11-10T12:00", "lasts": "1h", "contacts": 3})
    expected = 3 * on(NORMAL, "2027-11-10", "12:00-13:00")["contacts"]
    np.testing.assert_allclose(on(by_day, "2027-11-10", "12:00-13:00")["contacts"], expected, rtol=1e-12)


def test_a_day_that_is_usually_closed_counts_as_a_mean_day() -> None:
    usual = grid({"daily": "10:00-18:00", "thu": "closed"})
    normal = estimate(SHOP, ContactType(), usual)
    table = with_events(normal, events({"dates": "2027-11-11", "contacts": 4}), grid=WIDE, shop=SHOP)
    mean = normal.groupby("date")["contacts"].sum().mean()
    assert on(table, "2027-11-11")["contacts"].sum() == pytest.approx(4 * mean)


@pytest.mark.parametrize("decay", ["10min", "30min", "2h"])
@pytest.mark.parametrize(
    ("phase", "day", "first"),
    [
        ({"at": "2027-11-10T20:00", "lasts": "2h", "shape": "spike"}, "2027-11-10", "20:00"),
        ({"at": "2027-11-10T10:00", "lasts": "6h", "shape": "spike"}, "2027-11-10", "10:00"),
        ({"dates": "2027-11-11", "spike_at": "00:00"}, "2027-11-11", "00:00"),
        ({"dates": "2027-11-11", "spike_at": "20:00"}, "2027-11-11", "20:00"),
    ],
)
def test_a_spike_jumps_at_once_and_decays(phase: dict[str, Any], day: str, first: str, decay: str) -> None:
    table = made({**phase, "contacts": 5, "decay": decay})
    rows = on(table, day)
    rows = rows[rows["event"] != ""]
    top = rows.loc[rows["contacts"].idxmax(), "start"]
    assert top.strftime("%H:%M") == first
    after = rows[rows["start"] >= top]["contacts"].to_numpy()
    assert after[0] > after[1] > after[2]


def test_the_excess_of_a_spike_halves_every_decay() -> None:
    flat = with_bands(NORMAL.assign(contacts=10.0))
    phase = {"dates": "2027-11-11", "spike_at": "10:00", "contacts": 3, "decay": "15min", "jump": 4}
    table = with_events(flat, events(phase), shop=SHOP)
    over = on(table, "2027-11-11")["contacts"].to_numpy()
    excess = over[:6] - over[-1]
    np.testing.assert_allclose(excess[1:] / excess[:-1], 0.5, rtol=1e-6)
    # At the jump the level is four times the usual one; over 15 minutes its mean is 1 + 3 x (1 - 1/2) / ln 2.
    assert over[0] / over[-1] == pytest.approx(1 + 3 * 0.5 / math.log(2), rel=1e-6)


def test_even_and_evening() -> None:
    even = on(made({"dates": "2027-11-11", "contacts": 5, "shape": "even"}), "2027-11-11")["contacts"]
    assert even.max() == pytest.approx(even.min())
    evening = on(made({"dates": "2027-11-11", "contacts": 5, "shape": "evening", "rise": 4}), "2027-11-11")["contacts"].to_numpy()
    assert evening[84] / evening[0] == pytest.approx(4)  # 21:00 against midnight, both usually closed
    assert evening.sum() == pytest.approx(even.sum())


def test_the_shorter_phase_has_its_say_however_they_are_written() -> None:
    long = {"dates": "2027-11-10..2027-11-12", "contacts": 2}
    short = {"at": "2027-11-10T20:00", "lasts": "2h", "contacts": 9}
    one, other = made(long, short), made(short, long)
    np.testing.assert_array_equal(one["contacts"], other["contacts"])
    assert on(one, "2027-11-10", "20:00-22:00")["contacts"].sum() == pytest.approx(9 * normal_day("2027-11-10") / 8 * 2)
    alone = made(long)
    np.testing.assert_array_equal(
        on(one, "2027-11-10", "00:00-20:00")["contacts"], on(alone, "2027-11-10", "00:00-20:00")["contacts"]
    )


def test_of_phases_of_one_length_the_later_written_has_its_say() -> None:
    first, second = {"dates": "2027-11-11", "contacts": 2}, {"dates": "2027-11-11", "contacts": 6}
    assert on(made(first, second), "2027-11-11")["contacts"].sum() == pytest.approx(6 * normal_day("2027-11-11"))
    assert on(made(second, first), "2027-11-11")["contacts"].sum() == pytest.approx(2 * normal_day("2027-11-11"))


def test_returns_follow_the_orders() -> None:
    """1000 orders x 8 x 8 points = 640 more orders come back, 0.08 / 0.10 contacts each, over twelve days."""
    main = {"dates": "2027-11-09", "contacts": 1, "orders": 8}
    back = {"lag_days": "4..7", "rate_points": 8}
    table, without = made(main, back), made(main)
    more = (table["contacts"] - without["contacts"]).groupby(table["date"]).sum()
    assert more.sum() == pytest.approx(640 * 0.8)
    assert more[more > 1e-9].index.tolist() == [date(2027, 11, 13), date(2027, 11, 14), date(2027, 11, 15), date(2027, 11, 16)]
    assert more[date(2027, 11, 14)] == pytest.approx(640 * 0.8 / 4)
    rate = made(main, {**back, "normal_rate": "20%"})
    assert rate["contacts"].sum() - without["contacts"].sum() == pytest.approx(640 * 0.4)


def test_returns_of_a_closed_day_come_on_the_next_open_one() -> None:
    usual = grid({"daily": "10:00-18:00", "sat": "closed", "sun": "closed"})
    normal = estimate(SHOP, ContactType(), usual)
    phases = {"dates": "2027-11-09", "contacts": 1, "orders": 8}, {"lag_days": 4, "rate_points": 8}  # Saturday 13
    more = with_events(normal, events(*phases), shop=SHOP)["contacts"] - normal["contacts"]
    days = more.groupby(normal["date"]).sum()
    assert days[days.abs() > 1e-6].index.tolist() == [date(2027, 11, 15)]


def test_the_bands_widen_on_event_days_alone() -> None:
    table = made({"dates": "2027-11-11", "contacts": 5}, uncertainty="30%")
    assert on(table, "2027-11-11")["day_cv"].unique() == pytest.approx([math.hypot(0.08, 0.30)])
    assert on(table, "2027-11-09")["day_cv"].unique() == pytest.approx([0.08])
    noon = on(table, "2027-11-11", "12:00-12:15").iloc[0]
    assert noon["contacts_q05"] < noon["contacts"] < noon["contacts_q95"]
    part = made({"at": "2027-11-10T12:00", "lasts": "2h", "contacts": 5})
    mixed = on(part, "2027-11-10")["day_cv"].unique()
    assert len(mixed) == 1
    assert 0.08 < mixed[0] < math.hypot(0.08, 0.25)


def test_the_contract_holds_and_names_the_phases() -> None:
    table = made({"dates": "2027-11-10..2027-11-12", "contacts": 5}, {"at": "2027-11-10T20:00", "lasts": "2h", "contacts": 9})
    check(table, "forecast")
    assert set(table["event"]) == {"", "sale p0", "sale p1"}
    assert len(table) == len(WIDE)


def test_night_hours_without_a_phase_have_nobody() -> None:
    table = made({"at": "2027-11-10T20:00", "lasts": "2h", "contacts": 9})
    night = on(table, "2027-11-10", "00:00-10:00")
    assert (night["contacts"] == 0).all()
    assert np.isfinite(table[["contacts", "aht", "day_cv", "contacts_q95"]]).all().all()


@given(total=st.integers(0, 10**7), times=st.floats(0, 50), spread=st.sampled_from(["usual", "even", "evening", "spike"]))
@settings(max_examples=40, deadline=None)
def test_a_total_is_met_to_the_last_digit(total: int, times: float, spread: str) -> None:
    table = made(
        {"dates": "2027-11-10..2027-11-12", "contacts": times, "shape": spread},
        {"at": "2027-11-10T20:00", "lasts": "2h", "contacts": 9, "shape": "spike"},
        planner_total=total,
    )
    mine = table[table["event"] != ""]["contacts"]
    assert mine.sum() == math.fsum(mine) == total
    assert mine[::-1].cumsum().iloc[-1] == total
    assert (mine >= 0).all()


def test_a_total_that_is_no_whole_number_is_met_too() -> None:
    table = made({"dates": "2027-11-11", "contacts": 5}, planner_total=1234.56789)
    assert math.fsum(table[table["event"] != ""]["contacts"]) == 1234.56789


def test_a_total_leaves_everything_else_alone_and_keeps_the_shape() -> None:
    phase = {"dates": "2027-11-11", "contacts": 5, "spike_at": "00:00"}
    table, free = made(phase, planner_total=10_000), made(phase)
    np.testing.assert_array_equal(on(table, "2027-11-12")["contacts"], on(free, "2027-11-12")["contacts"])
    ratio = on(table, "2027-11-11")["contacts"] / on(free, "2027-11-11")["contacts"]
    np.testing.assert_allclose(ratio, 10_000 / (5 * normal_day("2027-11-11")), rtol=1e-4)


def test_two_events_share_no_interval() -> None:
    one = events({"dates": "2027-11-10..2027-11-12", "contacts": 3}, planner_total=5000)[0]
    other = PlannedEvent.model_validate(
        {"name": "other", "phases": {"p": {"dates": "2027-11-11", "contacts": 3}}, "planner_total": 700}
    )
    table = with_events(NORMAL, [one, other], grid=WIDE, shop=SHOP)
    assert table.loc[table["event"] == "other p", "contacts"].sum() == 700
    assert table.loc[table["event"] == "sale p0", "contacts"].sum() == 5000


@given(a=st.floats(0.1, 20), b=st.floats(0.1, 20))
@settings(max_examples=25, deadline=None)
def test_multiples_add_up(a: float, b: float) -> None:
    def of(times: float) -> np.ndarray:
        return made({"dates": "2027-11-11", "contacts": times, "spike_at": "00:00"})["contacts"].to_numpy()

    mine = (WIDE["date"] == date(2027, 11, 11)).to_numpy()
    np.testing.assert_allclose(of(a)[mine] + of(b)[mine], of(a + b)[mine], rtol=1e-9)


def test_a_table_of_dates_is_a_start_and_what_is_written_wins_key_by_key() -> None:
    event = PlannedEvent.model_validate({"use": "double11/2027", "phases": {"opening": {"contacts": 8}, "presale": None}})
    phases = event.resolved()
    assert "presale" not in phases
    assert (phases["opening"].contacts, phases["opening"].at, phases["opening"].shape) == (8, "2027-11-10T20:00", "spike")
    moved = PlannedEvent.model_validate({"use": "double11/2027", "phases": {"opening": {"dates": "2027-11-09"}}})
    assert (moved.resolved()["opening"].at, moved.resolved()["opening"].dates) == (None, "2027-11-09")


def test_a_total_counts_the_days_of_returns_too() -> None:
    phases = {"dates": "2027-11-11", "contacts": 5, "orders": 8}, {"lag_days": "4..6", "rate_points": 8}
    table = made(*phases, planner_total=9000)
    mine = table[table["event"] != ""]
    assert mine["contacts"].sum() == 9000
    assert set(mine["date"]) == {date(2027, 11, 11), date(2027, 11, 15), date(2027, 11, 16), date(2027, 11, 17)}
    free = made(*phases)
    assert (table.loc[table["event"] == "", "contacts"] == free.loc[free["event"] == "", "contacts"]).all()


def test_queues_have_their_own_multiples_and_one_total() -> None:
    two = pd.concat([NORMAL.assign(queue="a"), with_bands(NORMAL.assign(queue="b", contacts=NORMAL["contacts"] / 4))])
    phase = {"dates": "2027-11-11", "contacts": 5}
    table = with_events(two, events(phase), grid=WIDE, shop=SHOP)
    sums = table[table["event"] != ""].groupby("queue")["contacts"].sum()
    assert sums["a"] == pytest.approx(4 * sums["b"])
    assert sums["a"] == pytest.approx(5 * normal_day("2027-11-11"))
    total = with_events(two, events(phase, planner_total=1000), grid=WIDE, shop=SHOP)
    assert total.loc[total["event"] != "", "contacts"].sum() == 1000
