"""Models written in few words."""

from dataclasses import fields

import numpy as np
import pytest

import wfm.simulate
from tests.simulate.plans import MONDAY, model
from wfm.core import draws
from wfm.core.kpi import KPIS
from wfm.simulate import Model, engine, estimate, replicate
from wfm.simulate.drawing import draw
from wfm.simulate.tally import COLUMNS, tally


def test_regular_intervals_are_those_written_out() -> None:
    rates = np.array([0.1, 0.2, 0.05])
    found = Model.regular(
        3, 900, rate=rates, agents=7, aht=[60, 70, 80], day=MONDAY, day_cv=0.1, family=draws.EXPONENTIAL, then_mean=30.0
    )
    expected = model(900, rates, 7, np.array([60, 70, 80]), intervals=3, then_mean=30.0)
    for field in fields(Model):
        if field.name != "day_cv":
            np.testing.assert_array_equal(getattr(found, field.name), getattr(expected, field.name), err_msg=field.name)
    assert found.day_cv.tolist() == [0.1] * 3
    rates[0] = 9.0
    assert found.rate[0] == 0.1  # its own


@pytest.mark.parametrize("name", ["rate", "agents", "aht"])
def test_regular_intervals_have_one_number_each(name: str) -> None:
    given: dict[str, object] = {"rate": 0.1, "agents": 2, "aht": 60.0, name: [1, 2]}
    with pytest.raises(ValueError, match=rf"{name} has the shape \(2,\) for 3 intervals"):
        Model.regular(3, 900, **given)  # type: ignore[arg-type]


def test_an_estimate_is_the_ratio_of_sums_and_holds_it() -> None:
    plan = Model.regular(4, 900, rate=0.1, agents=7, aht=60.0, then_mean=30.0)
    tallies = replicate(plan, seed=3, replications=50, threshold=20.0)
    offered, within = (tallies[..., COLUMNS.index(name)] for name in ("offered", "answered_within"))
    np.testing.assert_array_equal(tallies, replicate(plan, np.full(4, 7.0), seed=3, replications=50, threshold=20.0))
    value, low, high = estimate(tallies, "sl_offered")
    np.testing.assert_allclose(value, within.sum(axis=0) / offered.sum(axis=0), rtol=1e-14)
    whole = estimate(tallies.sum(axis=1), "sl_offered")
    assert whole[0] == pytest.approx(within.sum() / offered.sum(), rel=1e-14)
    assert (low < value).all()
    assert (value < high).all()
    assert whole[2] - whole[1] < (high - low).min()
    np.testing.assert_array_equal(estimate(tallies, KPIS["sl_offered"])[2], high)
    with pytest.raises(ValueError, match="'service_level' is no KPI; they are"):
        estimate(tallies, "service_level")


def test_every_name_of_the_face_is_there() -> None:
    assert [name for name in wfm.simulate.__all__ if getattr(wfm.simulate, name).__name__ != name] == []
    plan = Model.regular(1, 900, rate=0.1, agents=7, aht=60.0)
    one = tally(engine("simpy")(plan, wfm.simulate.draw(plan, 1, 0)), 20.0)
    np.testing.assert_array_equal(one, tally(engine("compiled")(plan, draw(plan, 1, 0)), 20.0))
