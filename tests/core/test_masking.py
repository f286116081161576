"""Names and numbers of people: known by their columns, hidden in texts, and nowhere in what is written of a broken file."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import SCENARIOS
from wfm.cli import main
from wfm.core.errors import InputError, Problem
from wfm.core.masking import HIDDEN, masked, personal, pseudonym, veiled
from wfm.core.tables import csv_text
from wfm.history import read_history
from wfm.history.calls import read_calls
from wfm.scenario.reader import read_scenario
from wfm.steps import Steps

PEOPLE = """
    agent Agent_Name agentId AgentId username Phone-Number ANI caller_id CUSTOMER
    customer_id CustomerEndpoint.Address email 客服 客服工号  客服昵称 座席 买家会员名 买家昵称 旺旺 手机号
    联系手机 收货人姓名 来电号码 主叫号码 姓名 客户电话 订单编号 接待客服 微信号 member_no mobile
    接听人 接线员 话务员 经办人 负责人 受理人 处理人 客户代表 nick ww uid staff
""".split()  # noqa: SIM905
NO_PEOPLE = """
    agents queue_name skill_name offered handle_time aht 接待人数 咨询人数 客户数 客服接待人数 来电量
    通话时长 通话时长(秒) 接通率 满意度  number_of_customers agent_count voicemails start date
    timezone 技能组 队列名称 支付买家数 客户满意度 customers_per_hour wage_agent_month
""".split()  # noqa: SIM905


@pytest.mark.parametrize("header", PEOPLE)
def test_columns_of_people(header: str) -> None:
    assert personal(header)


@pytest.mark.parametrize("header", NO_PEOPLE)
def test_columns_of_no_people(header: str) -> None:
    assert not personal(header)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("电话13812345678已回", f"电话{HIDDEN}已回"),
        ("call +86 138 1234 5678 now", f"call {HIDDEN} now"),
        ("+44 20 7946 0958", HIDDEN),
        ("(555) 123-4567", HIDDEN),
        ("(212)555-1234", HIDDEN),
        ("call 2125551234", f"call {HIDDEN}"),
        ("1998887777", HIDDEN),
        ("010-12345678", HIDDEN),
        ("wang.xm@example.com wrote", f"{HIDDEN} wrote"),
        ("11010119900307123X", HIDDEN),
        ("order 240707123456789", f"order {HIDDEN}"),
    ],
)
def test_numbers_of_people_are_hidden_in_texts(text: str, hidden: str) -> None:
    assert masked(text) == hidden


@pytest.mark.parametrize(
    "text",
    ["2027-07-05 10:30", "2027-07-05T10:30:00+08:00", "20270705103000", "20270705", "1,234,567.89", "98.5%",
     "12345678", "0.123456789012", "wrote 2003-03-04 to 1999-02-20", "E8", "1999-02-01T00:11:28"],
)  # fmt: skip
def test_dates_amounts_and_instants_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize("text", ["1604639129000", "1604639129"])
def test_counted_instants_stay_in_columns_of_times_alone(text: str) -> None:
    assert masked(text, instants=True) == text
    assert masked(text) == HIDDEN
    table = pd.DataFrame({"start": [text, text], "note": [text, "ok"]})
    assert veiled(table).to_dict("list") == {"start": [text, text], "note": [HIDDEN, "ok"]}


@given(st.text())
def test_hiding_twice_hides_no_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_pseudonyms() -> None:
    assert pseudonym("王小明") == pseudonym(" 王小明 ")
    assert pseudonym("王小明") != pseudonym("李雷")
    assert pseudonym("") == ""
    assert re.fullmatch(r"p[0-9a-f]{12}", pseudonym("13812345678"))
    assert pseudonym("x", key=b"one") != pseudonym("x", key=b"two")


def test_people_of_a_table_are_numbered_in_order() -> None:
    table = pd.DataFrame(
        {"queue": ["a", "b", "a"], "客服": ["王小明", "", "李雷"], "offered": [1, 2, 3],
         "手机号": [13812345678, 13912345678, 13812345678], "note": ["call 13812345678", "", "ok"]}
    )  # fmt: skip
    shown = veiled(table)
    assert shown["客服"].tolist() == ["person 1", "", "person 2"]
    assert shown["手机号"].tolist() == ["person 1", "person 2", "person 1"]
    assert shown["note"].tolist() == [f"call {HIDDEN}", "", "ok"]
    pd.testing.assert_frame_equal(shown[["queue", "offered"]], table[["queue", "offered"]])
    assert table["客服"].tolist() == ["王小明", "", "李雷"]
    pd.testing.assert_frame_equal(veiled(table, keep=list(table)), table)


def test_problems_hide_numbers_they_quote() -> None:
    said = Problem("not a number", key="wait", value="13812345678", file="calls.csv", line=3)
    assert str(said) == f"calls.csv:3: wait: not a number (got '{HIDDEN}')"


# A per-call file with people in it, broken in several ways.
NAMES = ("王小明", "李雷", "韩梅梅", "Jane Doe", "张伟")
NUMBERS = ("13812345678", "13987654321", "02162345678", "+8613711112222", "zhang.wei@example.cn", "110101199003071234")
HEADER = "来电时间,技能组,排队时长,通话时长,通话结果,客服姓名,来电号码,买家昵称,备注"


def good(i: int) -> list[str]:
    name, number = NAMES[i % len(NAMES)], NUMBERS[i % len(NUMBERS)]
    ends = ("已接通", "180", name) if i % 4 else ("放弃", "", "")
    return [
        f"2027-07-05 {8 + i // 30:02d}:{2 * (i % 30):02d}:05",
        "售后",
        str(i % 90 + 1),
        ends[1],
        ends[0],
        ends[2],
        number,
        name,
        f"回电{number}",
    ]


def broken() -> Iterator[tuple[str, str]]:
    rows = [good(i) for i in range(240)]

    def text(changed: list[list[str]], header: str = HEADER) -> str:
        return "\n".join([header, *(",".join(row) for row in changed)]) + "\n"

    yield "whole", text(rows)
    yield "name for a time", text([*rows[:50], ["王小明", *rows[50][1:]], *rows[51:]])
    yield "number for a wait", text([*rows[:50], [*rows[50][:2], "13812345678x", *rows[50][3:]], *rows[51:]])
    yield "shifted to the left", text([*rows[:80], [*rows[80][1:], ""], *rows[81:]])
    yield "shifted to the right", text([*rows[:80], ["", *rows[80][:-1]], *rows[81:]])
    yield "name for an outcome", text([*rows[:70], [*rows[70][:4], "韩梅梅", *rows[70][5:]], *rows[71:]])
    yield "names for every outcome", text([[*row[:4], row[7], *row[5:]] for row in rows])
    yield "no header", "\n".join(",".join(row) for row in rows) + "\n"
    yield "a field too many", text([*rows[:20], [*rows[20], "13812345678"], *rows[21:]])
    yield "a number for a talk time", text([*rows[:30], [*rows[30][:3], "02162345678", *rows[30][4:]], *rows[31:]])
    yield "no time at all", text([[*row[1:]] for row in rows], HEADER.partition(",")[2])
    yield "a quote that never closes", text([*rows[:30], ['"王小明', *rows[30][1:]], *rows[31:]])


def leaks(text: str) -> list[str]:
    return [secret for secret in (*NAMES, *NUMBERS) if secret in text]


@pytest.mark.parametrize(("how", "text"), list(broken()), ids=[how for how, _ in broken()])
def test_nobody_is_named_in_what_is_written_of_a_file(
    how: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "calls.csv"
    file.write_text(text, encoding="utf-8")
    said: list[str] = []
    for read in (
        lambda: read_history(file, timezone="Asia/Shanghai", interval_s=1800),
        lambda: read_calls(file, timezone="Asia/Shanghai"),
    ):
        try:
            result = read()
        except InputError as error:
            said += [problem.text(language) for problem in error.problems for language in ("en", "zh")]
        else:
            said += [csv_text(result.table), csv_text(result.log)]
    for args in ([str(file)], [str(file), "--json"], [str(file), "--out", str(tmp_path / "out.csv"), "-v"]):
        with pytest.raises(SystemExit) as ended:
            main(["history", *args, "--timezone", "Asia/Shanghai"])
        printed = capsys.readouterr()
        said += [printed.out, printed.err]
        assert ended.value.code in ((0,) if how == "whole" else (0, 2)), (how, printed.err)
    said += [path.read_text(encoding="utf-8-sig") for path in tmp_path.glob("out*")]
    assert said
    for words in said:
        assert not leaks(words), (how, leaks(words), words[:600])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_cell_put_anywhere_names_anybody(data: st.DataObject) -> None:
    """A name or a number in any cell of a small file: nothing that is said of it holds it."""
    rows = [good(i) for i in range(40)]
    at = data.draw(st.integers(0, 39)), data.draw(st.integers(0, 4))
    secret = data.draw(st.sampled_from((*NAMES, *NUMBERS)))
    if at[1] == 1:
        return  # a queue is called what the file calls it
    rows[at[0]][at[1]] = secret
    frame = pd.DataFrame(rows, columns=HEADER.split(","))
    try:
        read = read_calls(frame, timezone="Asia/Shanghai")
        said = csv_text(read.table) + csv_text(read.log)
    except InputError as error:
        said = str(error)
    assert not leaks(said)


def test_a_table_of_ones_own_is_shown_without_its_people(tmp_path: Path) -> None:
    scenario, _ = read_scenario(SCENARIOS / "quickstart.yaml")
    table = pd.DataFrame(
        {"start": pd.date_range("2027-06-01 10:00", periods=2, freq="30min", tz="Asia/Shanghai"), "queue": "shop",
         "offered": [3.0, 4.0], "客服姓名": ["王小明", "李雷"]}
    )  # fmt: skip
    given = Steps(scenario, given={"history": table}).given["history"]
    assert given["客服姓名"].tolist() == ["person 1", "person 2"]
    assert given["offered"].tolist() == [3.0, 4.0]


def test_headers_of_csv_are_no_formulas() -> None:
    assert csv_text(pd.DataFrame({"=1+1": [2], "offered": [3]})) == "'=1+1,offered\n2,3\n"
