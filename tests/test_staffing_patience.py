"""Patience of other families than the usual one: as a planner writes it, in the formulas, in linked intervals, and simulated."""

import math
import re
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from tests.simulate.plans import shop
from tests.simulate.test_laws import AHT, QUEUES, exact
from wfm import erlang
from wfm.core import distributions as d
from wfm.core.contacts import ContactType
from wfm.core.errors import InputError
from wfm.scenario.model import Scenario
from wfm.scenario.origins import origins
from wfm.scenario.reader import Source, read_scenario
from wfm.scenario.remarks import remarks
from wfm.scenario.sheet import workbook_bytes
from wfm.scenario.starter import yaml_text
from wfm.simulate import SimulationInputs, simulate
from wfm.simulate.model import Model
from wfm.staffing import queue_model
from wfm.staffing.impatience import exponential_alike, formula_patience

BANK = {"family": "measured", "survival": {"60s": "82%", "120s": "71%", "300s": "49%"}}
FAMILIES = {
    "weibull": ({"family": "weibull", "scale": "389s", "shape": 0.91}, d.Weibull(389.0, 0.91)),
    "exponential": ({"family": "exponential", "mean": "4min"}, d.Exponential(240.0)),
    "lognormal": ({"family": "lognormal", "mean": "4min", "cv": 1.5}, d.Lognormal(240.0, 1.5)),
    "gamma": ({"family": "gamma", "mean": "4min", "cv": "150%"}, d.Gamma(240.0, 1.5)),
    "measured": (BANK, d.HazardTable.of_survival((60, 120, 300), (0.82, 0.71, 0.49))),
    "some at once": ({"at_once": "10%"}, d.Balking(0.1, d.Delayed(120.0, 120.0))),
    "some never": ({"onset": 0, "at_once": "10%", "never": "18%"}, d.Balking(0.1, d.Staying(0.2, d.Delayed(0.0, 120.0)))),
}
SHOP = """wfm: 2
name: patience
hours: {daily: "10:00-18:00"}
demand: {orders_per_day: 1450}
plan: {start: 2027-07-05, weeks: 1}
"""


@pytest.mark.parametrize(("written", "law"), FAMILIES.values(), ids=FAMILIES)
def test_what_is_written_is_drawn_and_staffed(written: dict[str, object], law: d.Distribution) -> None:
    contact = ContactType(patience=written)
    assert contact.patience_distribution is not None
    np.testing.assert_allclose(contact.patience_distribution.law, law.law, rtol=1e-15)
    assert ContactType.model_validate_json(contact.model_dump_json()) == contact
    model = Model.of(contact, **_columns())
    np.testing.assert_array_equal(model.patience_law, contact.patience_distribution.law)
    assert type(queue_model(0.05, 180.0, contact)).__name__ == "MMnG"


def _columns() -> dict[str, object]:
    one = np.ones(1)
    whole = np.array([1_000_000])
    return {"start": 0 * whole, "length": whole, "rate": one, "agents": whole // whole, "aht": one, "day": whole // whole,
            "day_cv": 0 * one, "slot_cv": 0 * one, "lines": None}  # fmt: skip


def test_the_usual_patience_stays_as_it_was() -> None:
    contact = ContactType()
    assert contact.patience_distribution is None
    assert set(contact.patience.model_dump()) == {"family", "onset", "then_mean", "at_once", "never"}
    assert type(queue_model(0.05, 180.0, contact)).__name__ == "MMnDelayed"
    assert exponential_alike(contact) == (120.0, 120.0)


def test_announcements_and_classes_are_read() -> None:
    contact = ContactType(
        announcements=[{"at": "60s", "hazard": "50%", "until": "2min"}, {"at": "3min", "hang_up": "20%"}],
        spread={"classes": {"咨询": {"share": "70%", "mean": "2min"}, "异常处理": {"share": "30%", "mean": "7min", "cv": 1}}},
    )
    said = (d.Announcement(60, 0.5, 120), d.Announcement(180, hang_up=0.2))
    assert contact.patience_distribution == d.Announced(d.Delayed(120.0, 120.0), said)
    times = (d.Lognormal(120.0, 0.8), d.Lognormal(420.0, 1.0))
    assert contact.spread.distribution == d.Classes((0.7, 0.3), times, ("咨询", "异常处理"))
    second = 0.7 * 120**2 * 1.64 + 0.3 * 420**2 * 2
    assert contact.spread.variation == pytest.approx(math.sqrt(second / 210**2 - 1))
    assert ContactType.model_validate_json(contact.model_dump_json()) == contact


@pytest.mark.parametrize("name", QUEUES)
def test_formulas_of_every_patience(name: str) -> None:
    """Within two ten-thousandths of plain quadrature, also where a curve in steps stands for what the formulas do not know."""
    patience, n, rho, _ = QUEUES[name]
    found = erlang.MMnG(n * rho / AHT, AHT, formula_patience(patience)).measures(n, threshold=20.0)
    for kpi, value in exact(patience, n, n * rho).items():
        assert found[kpi] == pytest.approx(value, rel=2e-4), kpi


def test_linked_intervals_lose_as_many_within_five_minutes() -> None:
    contact = ContactType(patience={"family": "exponential", "mean": "4min"})
    assert exponential_alike(contact) == (0.0, pytest.approx(240.0, rel=1e-6))
    for written in (BANK, {"at_once": "10%"}, {"family": "weibull", "scale": "389s", "shape": 0.91}):
        contact = ContactType(patience=written)
        law, (onset, mean) = contact.patience_distribution, exponential_alike(contact)
        assert law is not None
        assert onset == 0.0
        waited = d.Exponential(mean).mean * -math.expm1(-300 / mean)
        assert (1 - law.survival(300)) * mean == pytest.approx(waited / (1 - math.exp(-300 / mean)) * (1 - law.survival(300)))
    assert exponential_alike(ContactType(patience={"never": "100%"}))[1] == math.inf


def test_a_step_with_it_simulates_what_the_formula_says() -> None:
    """Abandonment in the simulator beside M/M/n+G; the engines agree to the last row."""
    contact = ContactType(
        talk="180s", wrap=0, spread={"family": "exponential"}, patience=BANK | {"at_once": "5%"},
        announcements=[{"at": "30s", "hazard": "50%"}], redial={"after_busy": 0, "after_abandon": 0},
    )  # fmt: skip
    workload, cover = shop(days=5, per_hour=140.0, agents=7, hours="00:00-24:00", minutes=60)
    results = [
        simulate(workload, cover, contact, lines=None, threshold=20, targets={"answer_rate": (1, 0.98)}, seed=7,
                 inputs=SimulationInputs(engine=engine, replications_min=runs, replications_max=runs))
        for engine, runs in (("compiled", 2), ("simpy", 2), ("compiled", 60))
    ]  # fmt: skip
    pd.testing.assert_frame_equal(results[0].overall, results[1].overall, check_exact=True)
    overall = results[2].overall.set_index("kpi") if "kpi" in results[2].overall else results[2].overall
    told = float(queue_model(140 / 3600, 180.0, contact).measures(7, threshold=20.0)["answer_rate"])
    value = overall.loc["answer_rate", "value"] if "value" in overall else float(overall["answer_rate"].iloc[0])
    assert value == pytest.approx(told, abs=0.004)


@pytest.mark.parametrize(
    ("written", "says", "chinese"),
    [
        ("patience: {family: weibull, scale: 389s}", "a patience of family weibull needs shape", "weibull 分布的耐心还需要 shape"),
        ("patience: {mean: 4min}", "a patience of family delayed has no mean", "delayed 分布的耐心没有 mean"),
        ("patience: {family: gamma, mean: 60s, cv: 1, onset: 30s}", "a patience of family gamma has no onset", "没有 onset"),
        ("patience: {family: measured, survival: {60s: 50%, 90s: 60%}}", "the share still there can only fall", "只会下降"),
        ("patience: {at_once: 60%, never: 50%}", "are more than all", "超过 100%"),
        ("announcements: [{at: 60s, until: 30s}]", "an announcement's effect ends before it begins", "播报的效果"),
        ("spread: {classes: {a: {share: 50%, mean: 60s}}}", "the shares of the classes add up to 50.0%", "各类占比合计为 50.0%"),
    ],
)
def test_mistakes_are_told_with_their_place_and_way_out(tmp_path: Path, written: str, says: str, chinese: str) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(f"{SHOP}contact:\n  {written}\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_scenario(path)
    problem = told.value.problems[0]
    assert says in problem.text("en")
    assert chinese in problem.text("zh")
    assert problem.line == 7
    assert problem.way_out


WRITTEN = """contact:
  spread: {classes: {咨询: {share: 70%, mean: 2min}, 异常处理: {share: 30%, mean: 7min, cv: 1}}}
  patience: {family: measured, survival: {60s: 82%, 120s: 71%, 300s: 49%}, at_once: 5%}
  announcements: [{at: 60s, hazard: 50%, until: 3min}]
"""


def _read(tmp_path: Path, text: str, *overrides: str) -> tuple[Scenario, Source]:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP + text, encoding="utf-8")
    return read_scenario(path, overrides)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_goes_round_by_sheet_and_yaml(tmp_path: Path, language: Literal["zh", "en"]) -> None:
    scenario, _ = _read(tmp_path, WRITTEN)
    sheet, copy = tmp_path / "shop.xlsx", tmp_path / "copy.yaml"
    sheet.write_bytes(workbook_bytes(scenario, language, filled=True))
    copy.write_text(yaml_text(scenario, language), encoding="utf-8")
    assert read_scenario(sheet)[0].contact == scenario.contact
    assert read_scenario(copy)[0].contact == scenario.contact


def test_origins_tell_what_holds_and_nothing_else(tmp_path: Path) -> None:
    usual = {origin.key: origin.kind for origin in origins(_read(tmp_path, "")[0]) if origin.key.startswith("contact.")}
    assert "yours" not in usual.values()
    assert {"contact.patience.onset", "contact.spread.cv"} < set(usual)
    found = {origin.key: origin.kind for origin in origins(_read(tmp_path, WRITTEN)[0])}
    assert found["contact.spread.classes.咨询.mean"] == found["contact.announcements.0.hazard"] == "yours"
    assert found["contact.patience.survival"] == "yours"
    assert not {"contact.patience.onset", "contact.spread.cv", "contact.patience.mean"} & set(found)


def test_who_staffs_linked_intervals_hears_what_they_make_of_it(tmp_path: Path) -> None:
    linked = "staffing.method=transient"
    [told] = [problem for problem in remarks(*_read(tmp_path, WRITTEN, linked)) if problem.key == "staffing.method"]
    mean = exponential_alike(_read(tmp_path, WRITTEN)[0].contact)[1]
    assert f"a mean of {mean:.0f} s" in told.text("en")
    assert f"平均 {mean:.0f} 秒" in told.text("zh")
    for quiet in (_read(tmp_path, WRITTEN), _read(tmp_path, "", linked)):
        assert not [problem for problem in remarks(*quiet) if problem.key == "staffing.method"]


def test_the_page_on_contacts_says_what_the_formulas_give() -> None:
    page = (Path(__file__).parents[1] / "docs" / "contact.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\{.*\})` \| ([\d.]+) % \| ([\d.]+) % \| (\d+) \|$", page, re.MULTILINE)
    assert len(rows) == 7
    for written, abandoned, within, agents in rows:
        contact = ContactType(patience=dict(YAML(typ="safe").load(written)))
        queue = queue_model(140 / 3600, 180.0, contact)
        found = queue.measures(8, threshold=20.0)
        told = (
            f"{100 * found['abandon_rate_offered']:.2f}",
            f"{100 * found['sl_offered']:.1f}",
            queue.agents_for(answer_rate=0.98),
        )
        assert told == (abandoned, within, float(agents)), written
    [yaml] = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    contact = ContactType(**YAML(typ="safe").load(yaml)["contact"])
    assert len(contact.announcements) == 2
    assert contact.spread.classes is not None
    [python] = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    exec(python, {})  # it runs
