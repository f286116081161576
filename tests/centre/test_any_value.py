"""Whatever stands at whatever key: a centre that can be played, or a told problem - never a mistake of ours."""

from pathlib import Path

import pytest

from tests.centre.files import TWO, written
from wfm.centre.assembled import assembled
from wfm.centre.checks import problems_of
from wfm.centre.keys import keys
from wfm.centre.model import CentreScenario
from wfm.core.errors import InputError
from wfm.scenario.document import Place
from wfm.scenario.fields import keys_of
from wfm.scenario.overrides import put
from wfm.scenario.reader import read_source, validated

VALUES = (
    None, True, -1, 0, 0.5, 1, 7, 1e99, float("nan"), float("inf"), "", "x", "all", "98%", "-5%", "2min", "09:00-10:00",
    "2027-07-05",
    "2027-07-05T09:30", "20:00-02:00", "never", [], [[]], [{}], ["own"], ["own", "vendor"], [None], {}, {"x": 1}, {"presale": 0.5},
    {"vip": {"vip": 1}}, {"at": "2027-07-05T09:30"}, [{"at": "2027-07-05T09:30", "lasts": "5min", "contacts": 10}],
    [{"group": "own", "choice": 1}], {"always": 3}, {"sat 10:00-11:00": "1/2"}, {"file": "nowhere.csv"}, {"daily": "10:00-11:00"},
)  # fmt: skip
KEYS = sorted({entry.key.replace("contacts.*", "contacts.presale").replace("groups.*", "groups.own") for entry in keys()})


@pytest.mark.parametrize("key", [key for key in KEYS if "*" not in key and "[]" not in key])
def test_any_value_is_played_or_told(key: str, tmp_path: Path) -> None:
    played = 0
    with keys_of(CentreScenario):
        source = read_source(written(tmp_path, TWO))
        for value in VALUES:
            places = dict(source.places)
            values = put(source.values, places, tuple(key.split(".")), value, Place("--set"))
            try:
                scenario = validated(type(source)(values, places, source.file), CentreScenario)
                if not problems_of(scenario):
                    assembled(scenario, tmp_path)
                    played += 1
            except InputError as error:
                for problem in error.problems:
                    assert problem.text("en")
                    assert problem.text("zh")
    assert played < len(VALUES)
