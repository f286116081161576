"""Campaigns with known dates: learned from the one before, carried to the next, and kept out of everything else."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.shared import shared
from wfm.core.errors import InputError
from wfm.forecast import daily_forecast
from wfm.forecast.events import Event, learnable, read_events
from wfm.forecast.special import unusual_days

START = date(2025, 1, 6)
CURVE = [2.0, 3.0, 5.0, 12.0, 4.0, 2.5]


def two_years(
    curve: list[float], begins: list[date], level: tuple[float, float] = (200.0, 200.0), noise: float = 0.05
) -> pd.Series:
    """Days of two years with a weekday pattern and a campaign's curve on each of the days it begins."""
    rng = np.random.default_rng(3)
    days = [START + timedelta(days=i) for i in range(730)]
    weekday = np.array([1.1, 1.0, 1.0, 1.0, 1.05, 0.9, 0.8])
    values = [(level[0] if day.year == 2025 else level[1]) * weekday[day.weekday()] * rng.normal(1, noise) for day in days]
    series = pd.Series(values, index=pd.Index(days, dtype=object))
    for begin in begins:
        for i, factor in enumerate(curve):
            series[begin + timedelta(days=i)] *= factor
    return series


FIRST = Event("sale", date(2025, 11, 8), date(2025, 11, 13), date(2025, 11, 11))
SECOND = Event("sale", date(2026, 11, 8), date(2026, 11, 13), date(2026, 11, 11))
ORIGIN = date(2026, 10, 20)


def of(series: pd.Series, *events: Event) -> pd.DataFrame:
    ahead = [ORIGIN + timedelta(days=i) for i in range(1, 36)]
    return daily_forecast(series.loc[:ORIGIN], ahead, events=events).set_index("date")


@pytest.mark.parametrize("seed", range(5))
def test_an_unannounced_campaign_is_found(seed: int) -> None:
    """Two months of a shop with the factors of a real one (data.md section 6, cosmetics): the raised days are found, no others."""
    rng = np.random.default_rng(seed)
    days = [date(2019, 10, 1) + timedelta(days=i) for i in range(62)]
    factors = [1.75, 2.6, 2.1, 2.3, 0.9, 1, 0.9, 1.9, 2.2, 1.8]
    raised = {date(2019, 11, 21) + timedelta(days=i): factor for i, factor in enumerate(factors)}
    values = [4000 * (0.9 if day.weekday() > 4 else 1.0) * rng.normal(1, 0.06) * raised.get(day, 1.0) for day in days]
    ordinals = np.array([day.toordinal() for day in days])
    found = unusual_days(np.array(values), ordinals, np.zeros(62, dtype=bool))
    expected = [day for day, factor in raised.items() if factor > 1.5]
    assert [day for day, out in zip(days, found, strict=True) if out] == expected
    after = [date(2019, 12, 2) + timedelta(days=i) for i in range(28)]
    made = daily_forecast(pd.Series(values, index=pd.Index(days, dtype=object)), after)["median"]
    assert made.mean() == pytest.approx(4000 * (5 + 2 * 0.9) / 7, rel=0.05)


def test_a_campaign_of_the_same_shape_is_foreseen() -> None:
    series = two_years(CURVE, [FIRST.first, SECOND.first])
    made = of(series, FIRST, SECOND)
    actual = series[SECOND.days]
    assert made.loc[SECOND.peak, "median"] == pytest.approx(series[SECOND.peak], rel=0.2)
    assert (made.loc[SECOND.days, "median"] - actual).abs().sum() / actual.sum() < 0.15
    without = of(series, FIRST)
    assert without.loc[SECOND.peak, "median"] < 0.15 * series[SECOND.peak]
    others = [day for day in made.index if day not in SECOND.days]
    assert made.loc[others, "median"].to_numpy() == pytest.approx(without.loc[others, "median"].to_numpy(), rel=1e-9)
    assert made.loc[SECOND.days, "log_sd"].min() > 2 * made.loc[others, "log_sd"].max()


def test_half_the_base_brings_between_half_and_all_of_the_campaign() -> None:
    """The base has halved: neither last year's factor (half the contacts) nor last year's number (all) is believed alone."""
    series = two_years(CURVE, [FIRST.first], level=(400.0, 200.0))
    made = of(series, FIRST, SECOND)
    share = made.loc[SECOND.days, "median"].sum() / series[FIRST.days].sum()
    assert 0.62 < share < 0.8


def test_a_total_leaves_only_the_shape_to_be_learned() -> None:
    series = two_years(CURVE, [FIRST.first])
    told = Event(SECOND.name, SECOND.first, SECOND.last, SECOND.peak, total=20_000.0)
    made = of(series, FIRST, told)
    assert made.loc[told.days, "mean"].sum() == pytest.approx(20_000)
    assert made.loc[told.days, "mean"].idxmax() == told.peak
    # A horizon that ends within the event has its share of the total, not all of it.
    first_half = daily_forecast(series.loc[:ORIGIN], [ORIGIN + timedelta(days=i) for i in range(1, 22)], events=[FIRST, told])
    whole = made.loc[[told.first, told.first + timedelta(days=1), told.first + timedelta(days=2)], "mean"]
    assert first_half["mean"].tail(3 if first_half["date"].iloc[-1] == told.first + timedelta(days=2) else 2).sum() < 20_000
    assert first_half.set_index("date").loc[told.first, "mean"] == pytest.approx(whole.iloc[0], rel=1e-6)


def test_a_new_campaign_needs_a_total() -> None:
    series = two_years(CURVE, [])
    new = Event("new", SECOND.first, SECOND.last)
    assert learnable([new], ORIGIN) == []
    ordinary = of(series)
    assert of(series, new).loc[new.days, "median"].to_numpy() == pytest.approx(ordinary.loc[new.days, "median"].to_numpy())
    told = Event("new", SECOND.first, SECOND.last, total=9_000.0)
    assert learnable([told], ORIGIN) == [told]
    made = of(series, told).loc[told.days, "mean"]
    assert made.sum() == pytest.approx(9_000)
    plain = ordinary.loc[told.days, "mean"]
    assert made.max() / made.min() == pytest.approx(plain.max() / plain.min(), rel=0.01)


def test_a_campaign_may_be_longer_than_the_last_one() -> None:
    short, long = Event("s", date(2025, 6, 1), date(2025, 6, 3)), Event("s", date(2026, 6, 1), date(2026, 6, 9))
    assert [long.matching(day, short).day for day in long.days] == [1, 1, 1, 2, 2, 2, 3, 3, 3] or long.matching(
        long.last, short
    ) == short.last
    assert long.matching(long.first, short) == short.first
    peaked = Event("s", date(2026, 6, 1), date(2026, 6, 9), date(2026, 6, 2))
    other = Event("s", date(2025, 6, 1), date(2025, 6, 9), date(2025, 6, 5))
    assert peaked.matching(date(2026, 6, 3), other) == date(2025, 6, 6)
    assert peaked.matching(date(2026, 6, 9), other) == date(2025, 6, 9)


def test_a_real_campaign_is_carried_a_year_on() -> None:
    """Pk, seen to 2017-10-27: the campaign of 2016 (peak 6,291) and the dates of 2017's give a peak of that order."""
    rows = pd.read_csv(shared("data/pk_orders_daily_dev.csv"))
    days = [date.fromisoformat(day) for day in rows["timestamp"]]
    series = pd.Series(rows["offered"].to_numpy(dtype=float), index=pd.Index(days, dtype=object))
    past = Event("black", date(2016, 11, 18), date(2016, 11, 28), date(2016, 11, 25))
    coming = Event("black", date(2017, 11, 17), date(2017, 11, 28), date(2017, 11, 24))
    origin = date(2017, 10, 27)
    ahead = [origin + timedelta(days=i) for i in range(1, 36)]
    made = daily_forecast(series.loc[:origin], ahead, country="PK", events=[past, coming]).set_index("date")["median"]
    print(made.loc[coming.days].round(0).to_dict())
    assert 0.4 * 6291 < made[coming.peak] < 1.1 * 6291
    assert made.idxmax() == coming.peak
    assert made[date(2017, 11, 10)] < 0.2 * made[coming.peak]


def test_events_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "name,from,to,peak,total\nsale,2025-11-08,2025-11-13,2025-11-11,\nsale,2026-11-08,2026-11-13,,20000\n", encoding="utf-8"
    )
    assert read_events(path) == [FIRST, Event("sale", SECOND.first, SECOND.last, None, 20000.0)]
    yaml = tmp_path / "events.yaml"
    yaml.write_text("- {name: sale, from: 2025-11-08, to: 2025-11-13, peak: 2025-11-11}\n", encoding="utf-8")
    assert read_events(yaml) == [FIRST]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no events"),
        ("name,from,to\n", "no events"),
        ("name,from,to\nsale,soon,2025-11-13\n", "events.csv:2: from: not a day"),
        ("name,from,to\n,2025-11-08,2025-11-13\n", "needs a name"),
        ("name,from,to\nsale,2025-11-13,2025-11-08\n", "ends before it starts"),
        ("name,from,to,peak\nsale,2025-11-08,2025-11-13,2025-12-24\n", "not one of the event's days"),
        ("name,from,to,total\nsale,2025-11-08,2025-11-13,-5\n", "not a number of 0 or more"),
        ("name,from,to,uplift\nsale,2025-11-08,2025-11-13,3\n", "not a key of an event"),
    ],
)
def test_broken_events_are_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "events.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_events(path)
