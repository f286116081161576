"""What a centre file may say, and what it is told where it may not: file, line, key, value, way out, in its language."""

from pathlib import Path

import pytest

from tests.centre.files import CENTRES, SMALL, TWO, scenario, written
from wfm.centre import read_centre
from wfm.centre.crew import Agents
from wfm.core.errors import InputError
from wfm.scenario.reader import read_scenario

BAD = [
    # override, what is said
    ("contacts.presale.per_day=-3", "contacts.presale.per_day: this has to be a finite number, 0 or more (got -3)"),
    ("contacts.presale.per_day=null", "nothing says how many of these contacts come"),
    ("contacts.presale.file=volumes.csv", "per_day and file both say how many contacts come"),
    ("contacts.presale.talk=soon", "contacts.presale.talk: not a duration (got 'soon'). Write 20s, 3min"),
    ("contacts.presale.tlak=20s", "contacts.presale.tlak: unknown key. Did you mean 'talk'?"),
    ("contacts.presale.targets.sl_offered.share=80", "a share lies between 0 and 1 (got 80). Write 80% or 0.8"),
    ("contacts.presale.weekday={fri: 120}", "120% or 12000%? A bare number of 10 or more may mean either"),
    ("contacts.presale.bursts=[{at: 2027-07-05, contacts: 10}]", "not a moment: a day and a clock time"),
    ("contacts.presale.bursts=[{at: 2027-07-05T09:00, contacts: 1.5, exact: true}]", "exactly as many contacts can only be"),
    ("contacts.presale.patience.family=weibull", "a patience of family weibull needs scale, shape"),
    ("contacts.presale.hours.daily=09:10-10:00", "contacts.presale.hours: opening hours start and end with an interval"),
    ("groups.own.agents=-1", "groups.own.agents: this has to be a finite number, 0 or more (got -1)"),
    ("groups.own.agents=many", "groups.own.agents: not a number (got 'many')"),
    ('groups.own.agents={"9 to 5": 3}', "not a span of hours of some days"),
    ('groups.own.agents={"09:10-10:00": 3}', "the number of agents changes within an interval (got '09:10-10:00')"),
    ("groups.own.agents=null", "nothing says how many agents there are"),
    ("groups.own.cover=cover.csv", "agents, cover all say how many agents there are"),
    ("groups.own.handle_factor=0", "groups.own.handle_factor: has to be above 0 (got 0)"),
    ("groups.own.speed_cv=200%", "groups.own.speed_cv"),
    ("routing.presale=[onw]", "routing.presale.0: there is no group of this name (got 'onw'). Did you mean 'own'?"),
    ("routing.presale=[own, own]", "a group stands twice among those who answer a type"),
    ("routing.presale=[{group: own, after: -5s}]", "not a duration"),
    ("routing.sales=[own]", "routing.sales: there is no contact type of this name (got 'sales')"),
    ("routing.vip=[]", "contacts.vip: nobody may answer this contact type. Add it to routing, e.g. vip: [own]"),
    ("routing.vip=[own, vendor]", "routing.vip.1: vip may not be outsourced, and vendor is a vendor's. Take vendor out"),
    ("groups.own.languages=[zh]", "routing.vip.0: vip is answered in en, which own does not speak"),
    ("priority=[vip, vip]", "a contact type stands twice in priority (got 'vip')"),
    ("priority=[vop]", "there is no contact type of this name (got 'vop'). Did you mean 'vip'?"),
    ("priority=vip", "priority: a list is needed here (got 'vip')"),
    ("transfers={vip: {presale: 70%, vip: 40%}}", "transfers.vip: more than all are transferred (got '110%')"),
    ("transfers={vip: {sales: 70%}}", "transfers.vip.sales: there is no contact type of this name"),
    ("outages=[{at: 2027-07-05T09:30, lasts: 0s}]", "has to be above 0"),
    ("outages=[{at: 2027-07-05T09:30, lasts: 5min, sites: [beijing]}]", "there is no site of this name (got 'beijing')"),
    ("outages=[{at: 2027-07-05T09:30, lasts: 5min, groups: [her]}]", "there is no group of this name (got 'her')"),
    ("availability.share=0", "availability.share: has to be above 0"),
    ("availability.groups=[her]", "availability.groups: there is no group of this name"),
    ("closing=stay", "closing: none of the words that are known here (got 'stay'). Write one of: answer, let_go, keep"),
    ("lines=-1", "lines: has to be 0 or more (got -1)"),
    ("seed=-1", "seed: has to be 0 or more"),
    ("plan.days=0", "plan.days: has to be 1 or more"),
    ("plan.interval=7min", "an interval is 15min, 30min or 60min"),
    ("timezone=Mars", "timezone: not a time zone (got 'Mars')"),
    ("hours={daily: closed}", ""),
    ("wings=2", "wings: unknown key"),
    ("simulation.precision_of=asa_answered", "a precision is a share, and asa_answered is a time"),
]  # fmt: skip


@pytest.mark.parametrize(("override", "said"), BAD, ids=[override for override, _ in BAD])
def test_what_cannot_be_is_refused_at_its_key(override: str, said: str, tmp_path: Path) -> None:
    if not said:  # closed for good: nothing to read wrong, nothing to play
        from wfm.centre.assembled import assembled

        with pytest.raises(InputError, match="the centre is never open on the days played"):
            assembled(scenario(TWO, override, folder=tmp_path))
        return
    with pytest.raises(InputError) as caught:
        scenario(TWO, override, folder=tmp_path)
    text = str(caught.value)
    assert said in text
    assert "--set" in text or "centre.yaml" in text


def test_all_problems_of_a_file_are_told_together_with_their_lines(tmp_path: Path) -> None:
    text = TWO.replace("  vip: [own]", "  vip: [owm, vendor]").replace("[vip, presale]", "[vip, resale]")
    with pytest.raises(InputError) as caught:
        scenario(text, folder=tmp_path)
    lines = [(problem.key, problem.line) for problem in caught.value.problems]
    assert lines == [("routing.vip.0", 14), ("routing.vip.1", 14), ("priority.1", 15)]
    assert all(problem.file.endswith("centre.yaml") for problem in caught.value.problems)


def test_messages_are_in_the_files_language(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        scenario(TWO.replace("language: en\nplan", "plan"), "routing.vip=[own, vendor]", folder=tmp_path)
    assert caught.value.language == "zh"
    assert "vip 不得外包，而 vendor 是外包商的组" in caught.value.problems[0].text("zh")


def test_a_vendor_takes_only_what_may_be_outsourced(tmp_path: Path) -> None:
    """S4-26: the same routing is fine for a type that may."""
    made = scenario(TWO, "routing.vip=[own, vendor]", "contacts.vip.outsourcable=true", folder=tmp_path)
    assert [one.group for one in made.routing["vip"]] == ["own", "vendor"]


def test_kinds_of_files_are_told_apart(tmp_path: Path) -> None:
    path = written(tmp_path, TWO)
    with pytest.raises(InputError, match=r"a centre of several contact types and groups, not a plan.*wfm centre"):
        read_scenario(path)
    with pytest.raises(InputError, match=r"describes a plan, not a centre.*wfm run"):
        read_centre(CENTRES.parent / "quickstart.yaml")
    with pytest.raises(InputError, match="not read from a workbook"):
        read_centre(tmp_path / "centre.xlsx")


def test_one_centre_builds_on_another(tmp_path: Path) -> None:
    written(tmp_path, TWO)
    path = written(tmp_path, "extends: centre.yaml\ngroups: {own: {agents: 12}, vendor: {agents: 0}}\n", "more.yaml")
    made, source = read_centre(path)
    assert made.groups["own"].agents is not None
    assert made.groups["own"].agents.root == {"always": 12.0}
    assert made.groups["own"].site == "hangzhou"
    assert source.folder == tmp_path


@pytest.mark.parametrize(
    ("written_", "day", "hour", "agents"),
    [
        (5, "2027-07-05", 3, 5),
        ({"09:00-12:00": 3, "12:00-18:00": 4}, "2027-07-05", 12, 4),
        ({"09:00-12:00": 3}, "2027-07-05", 8, 0),
        ({"always": 3, "sat,sun": 1}, "2027-07-10", 9, 1),
        ({"always": 3, "fri-mon 10:00-12:00": 7}, "2027-07-11", 10, 7),
        ({"always": 3, "fri-mon 10:00-12:00": 7}, "2027-07-08", 10, 3),
        ({"20:00-08:00": 2}, "2027-07-06", 7, 2),
        ({"sat 20:00-08:00": 2}, "2027-07-11", 7, 2),
        ({"sat 20:00-08:00": 2}, "2027-07-10", 7, 0),
        ({"always": 1, "2027-07-06..2027-07-07 10:00-11:00": 9}, "2027-07-07", 10, 9),
        ({"always": "2.5"}, "2027-07-07", 10, 2.5),
    ],
)
def test_agents_by_hours_and_days(written_: object, day: str, hour: int, agents: float) -> None:
    from datetime import date

    assert Agents.model_validate(written_).at(date.fromisoformat(day), hour * 3600) == agents


def test_names_that_tables_use_are_nobodys(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a name"):
        scenario(SMALL.replace("presale", "all"), folder=tmp_path)
