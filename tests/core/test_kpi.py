"""KPIs are ratios of tallies; the four service levels of one centre differ (economics B1)."""

import math

import pandas as pd
import pytest

from wfm.core import kpi

DAY = pd.DataFrame({"offered": [1000], "handled": [920], "abandoned": [80], "blocked": [0], "answered_within": [780],
                    "abandoned_within": [30], "wait_handled": [9200.0], "wait_abandoned": [4000.0]})  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("sl_either", 0.81), ("sl_answered", 0.8478), ("sl_offered", 0.78), ("sl_net", 0.8041), ("answer_rate", 0.92),
     ("asa_answered", 10.0), ("mean_wait_all", 13.2)],
)  # fmt: skip
def test_the_four_formulas_in_use(name: str, value: float) -> None:
    assert kpi.kpis(DAY, [name])[name].iloc[0] == pytest.approx(value, abs=5e-5)


def test_nothing_over_nothing_is_not_a_number() -> None:
    assert math.isnan(kpi.kpis(DAY * 0, ["answer_rate"])["answer_rate"].iloc[0])


def test_a_week_is_weighted_by_contacts_not_an_average_of_days() -> None:
    two = pd.concat([DAY, DAY * 0.1], ignore_index=True)
    two.loc[1, "answered_within"] = 0
    total = kpi.kpis(kpi.totals(two))
    assert total["sl_offered"].iloc[0] == pytest.approx(780 / 1100)


def test_kpis_without_their_tallies_are_left_out() -> None:
    assert "occupancy" not in kpi.kpis(DAY)


@pytest.mark.parametrize("name", kpi.KPIS)
def test_every_kpi_has_a_name_and_a_formula_in_both_languages(name: str) -> None:
    for language in ("zh", "en"):
        assert kpi.label(name, language)
        assert "{" not in kpi.definition(name, language)
