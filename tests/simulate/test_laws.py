"""Patience and handle time of every law in the simulator: exact M/M/n+G, the statements about two minutes, and equal engines."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.simulate.exact import erlang_b
from tests.simulate.plans import estimate, model
from tests.simulate.test_engines import STEPS, TRYING, both, week
from wfm import erlang
from wfm.core import draws
from wfm.core.distributions import (
    Announced,
    Announcement,
    Balking,
    Classes,
    Delayed,
    Deterministic,
    Distribution,
    Empirical,
    ErlangK,
    Exponential,
    Gamma,
    HazardTable,
    Hyperexponential,
    Lognormal,
    QuantileTable,
    Staying,
    Uniform,
    Weibull,
)
from wfm.erlang import impatience as formula
from wfm.simulate.drawing import draw
from wfm.simulate.engines import engine
from wfm.simulate.model import Model
from wfm.simulate.records import HANDLED
from wfm.simulate.tally import tally

SEED = 20270705
AHT, WITHIN = 180.0, 20.0
CONTACTS, BATCHES = 200_000, 40
KPIS = ("abandon_rate_offered", "mean_wait_all", "sl_offered")

PER_THOUSAND = (3.6, 4.0, 2.9, 3.0, 2.8, 2.2, 1.9, 2.2, 1.6)  # data.md section 7
BANK = HazardTable((0, 10, 20, 30, 60, 90, 180, 300, 480), tuple(h / 1000 for h in PER_THOUSAND))
CURVE = ((15.0, 40.0, 100.0), (0.85, 0.6, 0.4))
SAID = (Announcement(30, hazard=0.4, until=90), Announcement(60, hazard=2.0), Announcement(120, hang_up=0.3))

# Patience, agents, erlang an agent, and the same patience as the formulas have it.
QUEUES: dict[str, tuple[Distribution, int, float, formula.Patience | None]] = {
    "exponential": (Exponential(120.0), 10, 1.0, formula.Exponential(120.0)),
    "after two minutes": (Delayed(120.0, 120.0), 10, 1.05, formula.Delayed(120.0, 120.0)),
    "weibull of the bank": (Weibull(389.0, 0.91), 5, 1.0, formula.Weibull(389.0, 0.91)),
    "weibull, then suddenly": (Weibull(120.0, 4.0), 20, 1.1, formula.Weibull(120.0, 4.0)),
    "lognormal": (Lognormal(200.0, 1.5), 10, 1.1, formula.Lognormal(200.0, 1.5)),
    "three stages": (ErlangK(90.0, 3), 8, 1.2, formula.ErlangK(90.0, 3)),
    "two kinds": (Hyperexponential((0.4, 0.6), (20.0, 400.0)), 12, 1.0, formula.Hyperexponential((0.4, 0.6), (20.0, 400.0))),
    "uniform": (Uniform(150.0, 30.0), 6, 1.1, formula.Uniform(150.0, 30.0)),
    "all at one time": (Deterministic(60.0), 15, 0.95, formula.Deterministic(60.0)),
    "some balk": (Balking(0.3, Exponential(150.0)), 10, 1.1, formula.Balking(0.3, formula.Exponential(150.0))),
    "a measured curve": (Empirical(*CURVE, tail=200.0), 10, 1.1, formula.Empirical(*CURVE, tail=200.0)),
    "gamma": (Gamma(120.0, 1.6), 10, 1.05, None),
    "hazards of the bank": (BANK, 5, 1.05, None),
    "some stay": (Staying(0.2, Exponential(60.0)), 10, 1.2, None),
    "announcements": (Announced(Weibull(200.0, 0.8), SAID), 10, 1.1, None),
    "an announcement that keeps them": (Announced(Delayed(20.0, 60.0), (Announcement(45, hazard=0.2),)), 10, 1.1, None),
}  # fmt: skip


def exact(patience: Distribution, n: int, load: float) -> dict[str, float]:
    """M/M/n+G by plain quadrature (Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum 2005), from the survival alone."""
    rate, mu, step = load / AHT, 1 / AHT, 0.02
    x = np.arange(0.0, 40_000.0, step)
    stays = patience.survival(x + step / 2)  # of each small stretch, by its middle
    lived = np.concatenate(([0.0], np.cumsum(stays) * step))[:-1] + stays * step / 2
    weight = np.exp(rate * lived - n * mu * (x + step / 2)) * step
    J, JH = weight.sum(), (lived * weight).sum()
    all_of = 1 / erlang_b(n - 1, load) + rate * J
    in_time = x < WITHIN  # WITHIN is a whole number of steps
    # Whoever is answered within the threshold would have waited less, and stays so long.
    served = (rate * stays * weight)[in_time].sum() / all_of
    return {
        "abandon_rate_offered": (1 + (rate - n * mu) * J) / all_of,
        "mean_wait_all": rate * JH / all_of,
        "sl_offered": 1 - rate * J / all_of + served,
    }


def steady(plan: Model, number: int) -> np.ndarray:
    """Tallies of one long run in batches long enough to be nearly independent; the first, which starts empty, is left out."""
    return tally(engine("compiled")(plan, draw(plan, SEED, number)), WITHIN)[1:]


def queue(patience: Distribution, n: int, rho: float) -> Model:
    rate = n * rho / AHT
    return model(CONTACTS / rate / BATCHES, rate, n, AHT, intervals=BATCHES + 1, patience=patience)


def test_general_patience_within_four_standard_errors(capsys: pytest.CaptureFixture[str]) -> None:
    rows = []
    for number, (name, (patience, n, rho, alike)) in enumerate(QUEUES.items()):
        expected = exact(patience, n, n * rho)
        if alike is not None:  # the formulas know this one, and agree
            known = erlang.MMnG(n * rho / AHT, AHT, alike).measures(n, threshold=WITHIN)
            for kpi in KPIS:
                assert expected[kpi] == pytest.approx(known[kpi], rel=2e-4), (name, kpi)
        sums = steady(queue(patience, n, rho), number)
        for kpi in KPIS:
            value, error = estimate(sums, kpi)
            rows.append((name, n, rho, kpi, expected[kpi], value, (value - expected[kpi]) / error))
    table = pd.DataFrame(rows, columns=["patience", "agents", "load/agent", "kpi", "exact", "simulated", "z"])
    with capsys.disabled():
        print("\n" + table.round(4).to_string(index=False))
        print(f"largest |z| = {table['z'].abs().max():.2f}, mean z = {table['z'].mean():+.2f}, sd = {table['z'].std():.2f}")
    assert table["z"].abs().max() <= 4
    assert abs(table["z"].mean()) < 4 / math.sqrt(len(table) / len(KPIS))


@pytest.mark.parametrize(("per_hour", "at_once", "after_two_minutes"), [(140, 0.0347, 0.0044), (170, 0.0788, 0.0226)])
def test_patience_after_two_minutes_is_not_a_mean_of_two_minutes(per_hour: float, at_once: float, after_two_minutes: float) -> None:
    """S4-14: 10 agents, AHT 180 s; exponential patience of mean 120 s against 120 s and then 120 s."""
    for number, (patience, stated) in enumerate(((Exponential(120.0), at_once), (Delayed(120.0, 120.0), after_two_minutes))):
        value, error = estimate(steady(queue(patience, 10, per_hour * AHT / 3600 / 10), 100 + number), "abandon_rate_offered")
        assert abs(value - stated) <= 4 * error + 5e-5  # stated to a hundredth of a percent
        assert error < 0.001


def test_abandonment_per_wait_is_the_bank_s_hazard() -> None:
    """data.md section 7: P(abandon)/E[wait] 0.00286 a second at 13.1 % abandonment, 77 s mean wait of those who wait."""
    sums = steady(queue(BANK, 7, 1.03), 200)
    abandoned, wait = (estimate(sums, kpi)[0] for kpi in ("abandon_rate_offered", "mean_wait_all"))
    assert abandoned == pytest.approx(0.131, abs=0.02)
    assert abandoned / wait == pytest.approx(0.00286, rel=0.1)


# ---- engines, with redials ----

HANDLES: dict[str, Distribution] = {
    "always the same": Deterministic(180.0),
    "exponential": Exponential(180.0),
    "gamma": Gamma(180.0, 0.7),
    "stages": ErlangK(180.0, 4),
    "weibull": Weibull(180.0, 1.5),
    "two kinds": Hyperexponential((0.8, 0.2), (90.0, 600.0)),
    "measured": QuantileTable((0.1, 0.5, 0.9, 1.0), (30, 120, 400, 1800)),
    "classes": Classes((0.7, 0.3), (Lognormal(120.0, 0.6), Gamma(420.0, 0.9)), ("consult", "exception")),
}
CASES = [
    *((name, HANDLES["classes"], patience) for name, (patience, *_) in QUEUES.items()),
    *((name, handle, Announced(Balking(0.1, BANK), SAID)) for name, handle in HANDLES.items()),
]


@pytest.mark.parametrize(("handle", "patience"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_engines_agree_with_redials(handle: Distribution, patience: Distribution) -> None:
    rules = {**TRYING, "lines": 24, "talk_share": 0.8}
    plan = replace(week(20_000, agents=STEPS, **rules), handle=handle, patience=patience)
    records = both(plan, draw(plan, SEED, 1))
    assert records.attempt.max() > 2


def test_the_same_law_written_in_two_ways_is_the_same_day() -> None:
    plan = week(3_000, agents=STEPS, onset=5.0, then_mean=90.0, **TRYING)
    written = replace(plan, handle=Lognormal(60.0, 0.9), patience=Delayed(5.0, 90.0), onset=0.0, then_mean=1.0, cv=0.1)
    exponential = replace(plan, family=draws.EXPONENTIAL, cv=0.3)
    for one, other in ((plan, written), (exponential, replace(written, handle=Exponential(7.0)))):
        for left, right in zip(
            both(one, draw(one, 5, 0)).__dict__.values(), both(other, draw(other, 5, 0)).__dict__.values(), strict=True
        ):
            np.testing.assert_array_equal(left, right)


def test_problems_by_class_in_the_records() -> None:
    """S1-10: a contact's class can be told afterwards; exceptions take longer, and each interval keeps its mean handle time."""
    classes = HANDLES["classes"]
    assert isinstance(classes, Classes)
    plan = model(3600.0, 0.5, 200, np.linspace(150.0, 210.0, 24), intervals=24, handle=classes)
    drawn = draw(plan, SEED, 0)
    records = engine("compiled")(plan, drawn)
    assert np.all(records.outcome == HANDLED)
    which = classes.classes_of(SEED, 0, drawn.day, drawn.ordinal)[records.contact]
    relative = records.handle / 1e6 / plan.aht[records.interval]
    assert abs(relative.mean() - 1) < 4 * relative.std() / math.sqrt(len(relative))
    consult, exception = (np.quantile(relative[which == i], 0.9) for i in range(2))
    assert exception > 2 * consult
    assert relative[which == 1].mean() / relative[which == 0].mean() == pytest.approx(420 / 120, rel=0.05)


def test_a_model_refuses_what_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="an end for everybody"):
        model(100, 0, 1, 10, handle=Balking(0.1, Exponential(60.0)))
    with pytest.raises(ValueError, match="one of Classes"):
        model(100, 0, 1, 10, patience=HANDLES["classes"])
