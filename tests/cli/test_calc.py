"""One-shot Erlang questions: the same answers as the models, told with formula, inputs and definitions."""

import json
import subprocess
import sys

import pytest

from tests.cli.commands import wfm
from wfm.erlang import ErlangA, ErlangB, ErlangC, MMnDelayed


def asked(*arguments: str) -> dict[str, object]:
    done = wfm("calc", *arguments, "--json")
    assert done.code == 0, done.err
    value: dict[str, object] = json.loads(done.out)
    assert value["wfm_calc"] == 1
    return value


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        ("--contacts 430 --per 30min --aht 180 --target 80/20", ErlangC(430 / 1800, 180).agents_for(sl_offered=(0.8, 20))),
        ("--contacts 430 --aht 3:00", ErlangC(430 / 1800, 180).agents_for(sl_offered=(0.8, 20))),
        ("--contacts 860 --per 1h --aht 180 --occupancy 85%", ErlangC(430 / 1800, 180).agents_for(occupancy=0.85)),
        (
            "--contacts 430 --aht 180 --patience 120 --answer-rate 98% --target 90%/10s",
            ErlangA(430 / 1800, 180, 120).agents_for(answer_rate=0.98, sl_offered=(0.9, 10)),
        ),
        (
            "--contacts 430 --aht 180 --patience 2min --onset 10s --answer-rate 98%",
            MMnDelayed(430 / 1800, 180, 120, 10).agents_for(answer_rate=0.98),
        ),
        ("--contacts 430 --aht 200 --model B", ErlangB(430 / 1800, 200).lines_for(blocking=0.01)),
        ("--contacts 0 --aht 180", 0),
    ],
)
def test_the_least_agents_are_those_of_the_models(arguments: str, least: int) -> None:
    value = asked(*arguments.split())
    assert value["answer"] == least
    met = {row["agents"]: row["met"] for row in value["rows"]}
    assert met[least]
    assert not met.get(least - 1, False)
    assert met[least + 1]


def test_a_textbook_answer() -> None:
    # 100 calls of 180 s in half an hour are 10 erlang; 80/20 takes 14 agents with a service level of 88.8 %: the usual Erlang C
    # example, recomputed here from the definition.
    load, n = 10.0, 14
    term, below = 1.0, 1.0
    for k in range(1, n):
        term *= load / k
        below += term
    top = term * load / n * n / (n - load)
    level = 1 - top / (below + top) * 2.718281828459045 ** (-(n - load) * 20 / 180)
    value = asked("--contacts", "100", "--aht", "180")
    assert value["answer"] == n
    assert next(row["sl_offered"] for row in value["rows"] if row["agents"] == n) == pytest.approx(level, rel=1e-12)
    assert level == pytest.approx(0.888, abs=5e-4)


def test_given_agents_tell_every_kpi_with_its_definition() -> None:
    value = asked("--contacts", "430", "--aht", "180", "--patience", "120", "--agents", "46")
    row = next(row for row in value["rows"] if row["agents"] == 46)
    measured = ErlangA(430 / 1800, 180, 120).measures([46], threshold=20)  # an array: the compiled kernels
    for name in value["definitions"]:
        assert row[name] == pytest.approx(measured[name][0], rel=1e-12)
    assert "offered" in value["definitions"]["sl_offered"]


def test_the_rate_that_agents_carry_keeps_the_targets_and_no_more() -> None:
    value = asked("--aht", "180", "--agents", "46", "--solve", "rate", "--target", "80/20")
    level = ErlangC(value["answer"] / 1800, 180).measures(46, threshold=20)["sl_offered"]
    assert level == pytest.approx(0.80, abs=1e-9)
    row = next(row for row in value["rows"] if row["agents"] == 46)
    assert row["sl_offered"] == pytest.approx(0.80, abs=1e-9)


def test_what_nobody_reaches_is_null_in_json_and_said_in_words() -> None:
    value = asked("--contacts", "430", "--aht", "180", "--target", "100/0")
    assert value["answer"] is None
    assert value["reachable"] is False
    assert "no number will do" in wfm("calc", "--contacts", "430", "--aht", "180", "--target", "100/0", "--language", "en").out


@pytest.mark.parametrize(
    ("language", "grows", "fates", "endless"),
    [
        ("en", "the queue grows without end: more than 43 agents are needed", ("abandonment rate", "answer rate"), "no end"),
        ("zh", "队列会无限增长，至少需要超过 43 名坐席", ("放弃率", "人工接通率"), "无限"),
    ],
)
@pytest.mark.parametrize("agents", [40, 43])
def test_an_endless_queue_is_said_once_and_loses_nobody(
    agents: int, language: str, grows: str, fates: tuple[str, str], endless: str
) -> None:
    said = wfm("calc", "--contacts", "430", "--aht", "180", "--agents", str(agents), "--language", language).out
    assert said.count(grows) == 1
    assert not [line for line in said.splitlines() if line.startswith(fates)]
    assert endless in said.partition(grows)[2]
    assert "inf" not in said
    assert f" {agents - 1} " in said
    row = next(
        row for row in asked("--contacts", "430", "--aht", "180", "--agents", str(agents))["rows"] if row["agents"] == agents
    )
    assert row["answer_rate"] is None
    assert row["abandon_rate_offered"] is None


def test_part_of_an_agent_more_than_the_load_is_one_agent_more() -> None:
    said = wfm("calc", "--contacts", "432", "--aht", "180", "--agents", "43", "--language", "en").out  # 43.2 erlang
    assert "more than 43 agents are needed" in said
    assert "grows" not in wfm("calc", "--contacts", "432", "--aht", "180", "--agents", "44", "--language", "en").out


def test_a_queue_may_keep_its_targets_and_grow() -> None:
    said = wfm("calc", "--contacts", "430", "--aht", "180", "--agents", "40", "--occupancy", "100%", "--language", "en").out
    assert "the targets are met" in said
    assert "more than 43 agents are needed" in said


def test_who_hangs_up_ends_the_queue() -> None:
    said = wfm("calc", "--contacts", "430", "--aht", "180", "--patience", "120", "--agents", "40", "--language", "en").out
    assert "grows" not in said
    assert "abandonment rate" in said


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        ("--contacts 430 --aht 180 --agents 46", ErlangC(430 / 1800, 180).agents_for(sl_offered=(0.8, 20))),
        (
            "--contacts 430 --aht 180 --patience 120 --agents 40 --answer-rate 99%",
            ErlangA(430 / 1800, 180, 120).agents_for(answer_rate=0.99),
        ),
        ("--contacts 540 --aht 180 --agents 54 --occupancy 90%", 60),
        ("--contacts 430 --aht 200 --model B --lines 40", ErlangB(430 / 1800, 200).lines_for(blocking=0.01)),
    ],
)
def test_missed_targets_are_told_how_many_would_do(arguments: str, least: int) -> None:
    assert f"at least {least} would do" in wfm("calc", *arguments.split(), "--language", "en").out
    assert f"至少加到 {least} " in wfm("calc", *arguments.split(), "--language", "zh").out


def test_missed_targets_that_nobody_reaches_say_so() -> None:
    said = wfm("calc", "--contacts", "430", "--aht", "180", "--agents", "46", "--target", "100/0", "--language", "en").out
    assert "no number will do" in said
    assert "would do" not in said


def test_met_targets_name_no_other_number() -> None:
    assert "would do" not in wfm("calc", "--contacts", "430", "--aht", "180", "--agents", "49", "--language", "en").out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_answer_names_its_formula_and_fits_a_chinese_console(language: str) -> None:
    text = wfm("calc", "--contacts", "430", "--aht", "180", "--patience", "120", "--language", language).out
    assert "Erlang A" in text
    text.encode("cp936")
    assert ("口径" in text) == (language == "zh")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ("--aht 180", "--contacts: how many contacts?"),
        ("--aht 180 --solve rate", "--agents: how many agents?"),
        ("--contacts x --aht 180", "--contacts: not a number"),
        ("--contacts 430 --aht 0", "--aht: a time above 0"),
        ("--contacts 430 --aht 180 --target 80", "SHARE/SECONDS"),
        ("--contacts 430 --aht 180 --target 101%/20", "SHARE/SECONDS"),
        ("--contacts 430 --aht 180 --answer-rate 98%", "everybody is answered"),
        ("--contacts 430 --aht 180 --model A", "needs a patience"),
        ("--contacts 430 --aht 180 --model B --target 80/20", "--blocking 1%"),
        ("--contacts 430 --aht 180 --blocking 1%", "--model B"),
        ("--contacts 430 --aht 180 --agents 4.5", "whole number"),
        ("--contacts -3 --aht 180", "--contacts"),
    ],
)
def test_a_question_that_is_none_is_told_what_it_lacks(arguments: str, says: str) -> None:
    done = wfm("calc", *arguments.split(), "--language", "en")
    assert done.code == 2
    assert says in done.err
    assert done.out == ""


def test_nothing_heavy_is_loaded() -> None:
    code = (
        "import sys\nfrom wfm.cli import _run\nfrom wfm.cli.group import wfm\n"
        "_run(wfm, ['calc', '--contacts', '430', '--aht', '180', '--patience', '120'])\n"
        "print([name for name in ('numpy', 'pandas', 'numba', 'pydantic', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"
