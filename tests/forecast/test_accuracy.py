"""The daily and half-hour forecast on real series, against the anchors of shared/domain/data.md (section 3, dev window)."""

import json
import time
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tests.shared import shared
from wfm.cli.backtest import backtest as command
from wfm.core.intervals import OpeningHours, interval_grid
from wfm.forecast import daily_forecast, forecast
from wfm.forecast.bands import quantile
from wfm.forecast.measures import summary
from wfm.forecast.rolling import backtest
from wfm.history import read_history

MODELS = ("OWN", "LightGBM", "AutoETS", "DOT", "SeasMA4", "SeasNaive")
# The dev-window anchors: file, column, country, first and last origin (the anchors name the day after), open days between origins,
# then WAPE in % at 1 day, 1 week, 4 weeks of each of `MODELS`.
ANCHORS = {
    "bank_na": (
        "bank_na_2003_30min_dev", "offered", "US", "2003-06-25", "2003-07-16", 3,
        (2.9, 4.5, 5.4), (3.7, 6.4, 8.2), (2.9, 5.2, 5.5), (3.3, 5.3, 5.3), (4.8, 5.2, 5.2), (8.6, 7.5, 6.7),
    ),
    "bank_il": (
        "bank_il_1999_30min_dev", "offered", "IL", "1999-06-28", "1999-08-15", 3,
        (9.7, 14.7, 15.6), (11.9, 15.3, 15.9), (16.6, 17.9, 17.0), (13.5, 19.3, 22.4), (12.8, 16.2, 17.3), (21.9, 22.4, 25.7),
    ),
    "travel": (
        "travel_daily_dev", "offered", "GB", "2014-07-19", "2015-02-14", 7,
        (8.9, 12.1, 15.0), (7.4, 9.7, 11.9), (11.8, 14.0, 19.8), (10.9, 13.8, 20.7), (27.0, 19.6, 24.1), (18.3, 16.2, 21.3),
    ),
    "olist": (
        "olist_orders_daily_dev", "offered", "BR", "2017-10-25", "2018-01-29", 3,
        (19.0, 26.7, 31.7), (26.5, 31.5, 40.1), (15.0, 29.7, 43.8), (20.4, 35.6, 48.7), (38.2, 37.6, 38.8), (38.4, 32.5, 42.7),
    ),
    "nhs_total": (
        "nhs111_daily_dev", "offered", "GB", "2026-01-04", "2026-01-22", 3,
        (4.1, 5.0, 6.4), (7.1, 6.4, 7.4), (8.7, 8.5, 9.6), (6.4, 6.7, 7.8), (10.0, 9.2, 10.2), (7.0, 4.6, 5.5),
    ),
    "yuebao": (
        "yuebao_daily_dev", "purchase_fen", "CN", "2014-01-28", "2014-04-01", 3,
        (21.1, 25.3, 29.0), (41.4, 48.5, 70.8), (28.6, 34.5, 36.3), (19.7, 34.2, 37.7), (38.6, 35.8, 34.2), (48.2, 45.9, 42.2),
    ),
}  # fmt: skip


def totals(file: str, column: str) -> pd.Series:
    rows = pd.read_csv(shared(f"data/{file}.csv"))
    series = rows.groupby(rows["timestamp"].str[:10])[column].sum().astype(float)
    series.index = pd.Index([date.fromisoformat(day) for day in series.index], dtype=object)
    return series / (1e6 if column.endswith("fen") else 1.0)


@pytest.fixture(scope="module")
def measured() -> pd.DataFrame:
    """What the command line says of the anchors' origins, WAPE in %, beside the anchors."""
    parts = []
    for name, (file, column, country, first, last, every, *anchors) in ANCHORS.items():
        told = ["--value", column, "--country", country, "--from", first, "--to", last, "--every", str(every), "--json", "-q"]
        done = CliRunner().invoke(command, [str(shared(f"data/{file}.csv")), *told], catch_exceptions=False)
        rows = pd.DataFrame(json.loads(done.stdout)["measures"])
        rows["wape"] *= 100
        beside = pd.DataFrame(dict(zip(MODELS, anchors, strict=True))).assign(horizon=["1d", "1w", "4w"])
        parts.append(rows.merge(beside, on="horizon").assign(series=name))
    return pd.concat(parts, ignore_index=True)


def against_naive(wape: pd.Series, naive: pd.Series) -> float:
    """Geometric mean of WAPE over that of seasonal naive."""
    return float(np.exp(np.log(wape.to_numpy(dtype=float) / naive.to_numpy(dtype=float)).mean()))


def test_the_naive_baseline_is_the_anchors_own(measured: pd.DataFrame) -> None:
    """If this holds, origins, leads and the WAPE's definition are those of the anchors."""
    for model, anchor in (("naive", "SeasNaive"), ("mean4", "SeasMA4")):
        rows = measured[measured["model"] == model]
        apart = (rows["wape"] - rows[anchor]).abs()
        assert apart.max() < 1.1, rows[apart == apart.max()]
        assert apart.median() < 0.06


def test_daily_totals_are_as_good_as_the_anchors(measured: pd.DataFrame) -> None:
    """Over all cells as good as the best library model and as the anchors' own; at each horizon within 5 % of the latter."""
    ours = measured[measured["model"] == "ours"]
    print("\n" + ours[["series", "horizon", "wape", *MODELS, "bias", "cover80", "cover95"]].round(2).to_string(index=False))
    ratio = {model: against_naive(ours[model], ours["SeasNaive"]) for model in MODELS}
    mine = against_naive(ours["wape"], ours["SeasNaive"])
    print(f"WAPE against seasonal naive, geometric mean: ours {mine:.3f}; {', '.join(f'{m} {r:.3f}' for m, r in ratio.items())}")
    assert mine <= min(ratio[model] for model in ("LightGBM", "AutoETS", "DOT", "SeasMA4"))
    assert mine <= 1.05 * ratio["OWN"]
    for horizon, rows in ours.groupby("horizon"):
        assert against_naive(rows["wape"], rows["SeasNaive"]) <= 1.05 * against_naive(rows["OWN"], rows["SeasNaive"]), horizon


def test_bands_cover_what_they_promise(measured: pd.DataFrame) -> None:
    ours = measured[(measured["model"] == "ours") & (measured["horizon"] == "4w")]
    assert 0.75 <= ours["cover80"].mean() <= 0.92
    assert 0.88 <= ours["cover95"].mean() <= 0.99


def test_an_event_does_not_spoil_the_month_after() -> None:
    """Olist after Black Friday 2017 (1,166 orders against some 200): other models are off by +22 to +262 % (data.md section 6)."""
    result = backtest(totals("olist_orders_daily_dev", "offered"), [date(2017, 11, 29)], 28, partial(daily_forecast, country="BR"))
    assert abs(summary(result, {"4w": 28})["bias"].iloc[0]) < 0.20


def test_make_up_workdays_are_workdays() -> None:
    """Sunday 2014-01-26 and Saturday 2014-02-08 were worked for the Spring Festival; ordinary weekends have 0.6 of a weekday."""
    series = totals("yuebao_daily_dev", "purchase_fen")
    for worked in (date(2014, 1, 26), date(2014, 2, 8)):
        past = series.loc[: worked - timedelta(days=1)]
        made = {country: daily_forecast(past, [worked], country=country)["median"].iloc[0] for country in ("CN", "")}
        print(f"\n{worked}: {series[worked]:.0f}, with the calendar {made['CN']:.0f}, without {made['']:.0f}")
        assert abs(np.log(made["CN"] / series[worked])) < abs(np.log(made[""] / series[worked]))


def test_one_daily_forecast_is_quick() -> None:
    series = totals("travel_daily_dev", "offered")
    days = [series.index[-1] + timedelta(days=i) for i in range(1, 29)]
    took = []
    for _ in range(4):
        began = time.process_time()
        daily_forecast(series, days, country="GB")
        took.append(time.process_time() - began)
    print(f"\n28 days from {len(series)}: {min(took):.3f} s")
    assert min(took) <= 0.3


def test_half_hours_stay_near_the_floor_of_their_day_totals() -> None:
    """bank_il, 24 h grid: true totals x profile reach 17.9-19.6 %, OWN x profile 21.8-25.4 % on the held-out part (section 4)."""
    history = read_history(shared("data/bank_il_1999_30min_dev.csv"), timezone="Asia/Jerusalem", interval_s=1800).table
    actual = history.set_index("start")["offered"]
    hours = OpeningHours({"daily": "00:00-24:00"})
    parts = []
    for origin in [date(1999, 6, 13) + timedelta(days=13 * i) for i in range(5)]:
        grid = interval_grid(origin, 28, 1800, hours, "Asia/Jerusalem")
        made = forecast(history, grid, aht=188.0, country="IL")
        parts.append(made.assign(actual=made["start"].map(actual), origin=origin).dropna(subset=["actual"]))
    rows = pd.concat(parts)
    day = rows.groupby(["origin", "date"])
    perfect = rows["contacts"] * day["actual"].transform("sum") / day["contacts"].transform("sum")
    total = rows["actual"].sum()
    wape, floor = ((values - rows["actual"]).abs().sum() / total for values in (rows["contacts"], perfect))
    cv = np.hypot(rows["day_cv"], rows["slot_cv"])
    low, high = (quantile(rows["contacts"].to_numpy(), cv.to_numpy(), q) for q in (0.1, 0.9))
    cover = rows["actual"].between(pd.Series(low, index=rows.index), pd.Series(high, index=rows.index)).mean()
    print(f"\nhalf-hour WAPE {wape:.3f}, with true totals {floor:.3f}, 80 % band covers {cover:.3f}")
    assert floor < 0.205
    assert wape < 0.27
    assert 0.75 <= cover <= 0.92
