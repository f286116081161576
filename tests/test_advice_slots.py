"""Which time of day the remark on service names, and over which days."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from wfm.advice import _interval
from wfm.scenario.reader import read_scenario

SHOP = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"


def told(targets: str, shares: dict[tuple[int, int], float]) -> list[tuple[str, dict[str, Any]]]:
    """Key and values of the remark of three days of two hours; answered in time is 95 % but for ``shares`` by day and hour."""
    scenario = read_scenario(SHOP, [f"targets={targets}"])[0]
    start = [
        pd.Timestamp("2027-07-05 10:00", tz="Asia/Shanghai") + pd.Timedelta(days=d, hours=h) for d in range(3) for h in range(2)
    ]
    answered = [100 * shares.get((d, h), 0.95) for d in range(3) for h in range(2)]
    service = pd.DataFrame({"start": start, "offered": 100.0, "answered_within": answered})
    work = pd.DataFrame({"start": start, "date": [s.date() for s in start], "slot": [s.hour for s in start], "duration": 3600.0})
    found = _interval(scenario, SimpleNamespace(workload=work), SimpleNamespace(service=service))  # type: ignore[arg-type]
    return [(remark.key, vars(remark)["values"]) for remark in found]


USUAL = "{answer_rate: 98%, sl_offered: {share: 80%, within: 20s}}"
DATED = '{answer_rate: 98%, sl_offered: {share: 80%, within: 20s}, "2027-07-06": {sl_offered: {share: 60%, within: 30s}}}'


def test_an_average_says_over_which_days() -> None:
    ((key, said),) = told(USUAL, {(0, 1): 0.7, (1, 1): 0.7, (2, 1): 0.7})
    assert key == "slot_below_target"
    assert (said["day"], said["last"], said["days"]) == ("2027-07-05", "2027-07-07", 3)
    assert (said["start"], said["end"], said["sl"]) == (11 * 3600, 12 * 3600, 0.7)


def test_each_interval_is_held_against_the_target_in_force() -> None:
    assert told(DATED, {(1, 0): 0.65}) == []
    ((key, said),) = told(DATED, {(0, 1): 0.75, (2, 1): 0.75, (1, 0): 0.5})
    assert key == "slot_below_target_once"
    assert (said["day"], said["target"], said["within"], said["sl"]) == (
        "2027-07-06",
        0.6,
        30,
        0.5,
    )
    ((key, said),) = told(DATED, {(0, 1): 0.5, (2, 1): 0.5, (1, 1): 0.1, (1, 0): 0.55})
    assert said["target"] == 0.6


def test_where_no_level_is_asked_there_is_no_remark() -> None:
    assert told("{answer_rate: 98%, sl_offered: null}", {(0, 0): 0.1}) == []
    ((key, _),) = told('{answer_rate: 98%, sl_offered: null, "2027-07-06": {sl_offered: {share: 60%, within: 30s}}}', {(1, 0): 0.2})
    assert key == "slot_below_target_once"
