"""The same table from every kind of source; one clear message for what is none."""

import io
import sqlite3
import zipfile
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm.core.errors import InputError
from wfm.history import read_history
from wfm.history.sources import Query, chunks

ZONE = "Asia/Shanghai"
QUEUES = ("售前", "after-sales", "a,b", 'say "hi"', "x;y\tz|")


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Histories of one day of half hours or of several days, with numbers that may be unknown."""
    queues = draw(st.lists(st.sampled_from(QUEUES), min_size=1, max_size=3, unique=True))
    daily = draw(st.booleans())
    first = draw(st.dates(pd.Timestamp("1990-01-01").date(), pd.Timestamp("2100-01-01").date()))
    count = draw(st.integers(3, 12))
    starts = pd.date_range(first, periods=count, freq="D" if daily else "30min")
    size = count * len(queues)
    offered = draw(st.lists(st.integers(0, 10**6), min_size=size, max_size=size))
    handled = [draw(st.integers(0, n)) for n in offered]
    seconds = draw(st.lists(st.integers(0, 10**7).map(lambda n: n / 8), min_size=size, max_size=size))
    known = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return pd.DataFrame(
        {
            "start": [start for _ in queues for start in starts],
            "queue": [queue for queue in queues for _ in starts],
            "offered": [float(n) for n in offered],
            "handled": [float(n) if there else float("nan") for n, there in zip(handled, known, strict=True)],
            "handle_time": seconds,
        }
    )


def csv(table: pd.DataFrame, separator: str, encoding: str) -> bytes:
    return table.to_csv(sep=separator, index=False, date_format="%Y-%m-%d %H:%M").encode(encoding)


def book(table: pd.DataFrame, path: Path, title: bool) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as workbook:
        workbook.add_worksheet("empty")
        sheet = workbook.add_worksheet("data")
        top = 0
        if title:
            sheet.merge_range(0, 0, 0, 4, "Report of calls")
            sheet.write_row(1, 0, ["Report period:", "May"])
            top = 3
        sheet.write_row(top, 0, list(table))
        for i, row in enumerate(table.itertuples(index=False), top + 1):
            for j, cell in enumerate(row):
                if isinstance(cell, pd.Timestamp):
                    sheet.write_datetime(i, j, cell.to_pydatetime())
                elif cell == cell:
                    sheet.write(i, j, cell)


def expected(table: pd.DataFrame) -> pd.DataFrame:
    table = table.assign(start=table["start"].dt.as_unit("us").dt.tz_localize(ZONE), queue=table["queue"].astype("str"))
    return table.sort_values(["queue", "start"], ignore_index=True)


FORMS = (
    "comma",
    "semicolon",
    "tab",
    "pipe",
    "gb18030",
    "utf-16",
    "utf-8-sig",
    "xlsx",
    "titled xlsx",
    "parquet",
    "sqlite",
    "frame",
    "aware",
)


@given(tables(), st.sampled_from(FORMS))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_reads_back_from_any_source(tmp_path: Path, table: pd.DataFrame, form: str) -> None:
    path = tmp_path / "table"
    source: object = path
    signs = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
    if form in signs or form.startswith(("gb", "utf")):
        path.write_bytes(csv(table, signs.get(form, ","), "utf-8" if form in signs else form))
    elif form.endswith("xlsx"):
        book(table, path, form.startswith("titled"))
    elif form == "parquet":
        table.to_parquet(path)
    elif form == "sqlite":
        path.unlink(missing_ok=True)
        database = sqlite3.connect(path)
        table.to_sql("calls", database, index=False)
        database.close()
        source = Query("sqlite:///table", "SELECT * FROM calls", tmp_path)
    else:
        source = table if form == "frame" else table.assign(start=table["start"].dt.tz_localize(ZONE).dt.tz_convert("UTC"))
    read = read_history(source, timezone=ZONE, interval_s=1800)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(read.table, expected(table))


@given(tables(), st.booleans(), st.booleans())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_reads_back_from_a_wide_sheet(tmp_path: Path, table: pd.DataFrame, across: bool, totals: bool) -> None:
    days = pd.date_range(table["start"].iloc[0].normalize(), periods=4)
    rows = pd.concat([table.drop_duplicates("start").assign(start=day + pd.Timedelta(hours=9) * 1) for day in days])
    rows["start"] += pd.to_timedelta(rows.groupby("start").cumcount() * 30, unit="min")
    wide = rows.pivot_table(
        index=rows["start"].dt.strftime("%H:%M"), columns=rows["start"].dt.strftime("%Y-%m-%d"), values="offered"
    )
    wide = (wide if across else wide.T).astype(int).astype(str)
    if totals:
        wide["合计"] = "1"
        wide.loc["合计"] = "1"
    wide.index.name = "时段" if across else "日期"
    wide.to_csv(tmp_path / "wide.csv")
    read = read_history(tmp_path / "wide.csv", timezone=ZONE, interval_s=1800)
    assert read.table["start"].dt.tz_localize(None).tolist() == sorted(rows["start"])
    assert read.table["offered"].tolist() == rows.sort_values("start")["offered"].tolist()


def test_stdin_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "start,offered\n2027-07-05 10:00,3\n2027-07-05 10:30,4\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode("utf-8-sig"))))
    assert read_history("-", timezone=ZONE, interval_s=1800).table["offered"].tolist() == [3, 4]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("Report\n\nstart,offered\n2027-07-05 10:00,3\n\n2027-07-05 10:30,x\n", encoding="utf-8")
    (chunk,) = chunks(path)
    assert chunk.index.tolist() == [4, 6]
    assert chunk.attrs["preamble"] == ["Report"]
    with pytest.raises(InputError, match=r"calls\.csv:6: offered: not a number"):
        read_history(path, timezone=ZONE, interval_s=1800)


def test_chunks_hold_no_more_rows_than_asked(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("start,offered\n" + "\n".join(f"2027-07-{day:02d},{day}" for day in range(1, 29)), encoding="utf-8")
    parts = list(chunks(path, rows=10))
    assert [len(part) for part in parts] == [10, 10, 8]
    assert [int(line) for part in parts for line in part.index] == list(range(2, 30))


def test_merged_cells_titles_and_times_of_a_workbook(tmp_path: Path) -> None:
    """A queue merged over its rows, days and clock times as Excel's own types, a total below."""
    path = tmp_path / "report.xlsx"
    with xlsxwriter.Workbook(path) as book_:
        day, clock = book_.add_format({"num_format": "yyyy/m/d"}), book_.add_format({"num_format": "h:mm"})
        span, share = book_.add_format({"num_format": "[h]:mm:ss"}), book_.add_format({"num_format": "0.0%"})
        sheet = book_.add_worksheet("七月")
        sheet.merge_range("A1:F1", "话务日报")
        sheet.write_row("A3", ["技能组", "日期", "时刻", "呼入量", "接通率", "平均处理时长"])
        for i in range(4):
            sheet.write_datetime(3 + i, 1, pd.Timestamp("2027-07-05"), day)
            sheet.write_number(3 + i, 2, (20 + i) / 48, clock)
            sheet.write_number(3 + i, 3, 20)
            sheet.write_number(3 + i, 4, 0.95, share)
            sheet.write_number(3 + i, 5, 185 / 86400, span)
        sheet.merge_range("A4:A7", "售前")
        sheet.write_row("A8", ["合计", "", "", 80])
    read = read_history(path, timezone=ZONE, interval_s=1800)
    assert read.table["start"].dt.strftime("%m-%d %H:%M").tolist() == ["07-05 10:00", "07-05 10:30", "07-05 11:00", "07-05 11:30"]
    assert set(read.table["queue"]) == {"售前"}
    assert read.table["handled"].tolist() == [19] * 4
    assert read.table["handle_time"].tolist() == pytest.approx([19 * 185] * 4)
    assert set(read.log["code"]) == {"totals", "from_rate", "means"}


def test_dates_of_1904(tmp_path: Path) -> None:
    path = tmp_path / "mac.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"}) as book_:
        sheet = book_.add_worksheet()
        sheet.write_row(0, 0, ["date", "calls"])
        for i in range(3):
            sheet.write_datetime(i + 1, 0, pd.Timestamp(f"2027-07-0{i + 5}"))
            sheet.write_number(i + 1, 1, 7)
    read = read_history(path, timezone=ZONE, interval_s=1800)
    assert read.table["start"].dt.strftime("%Y-%m-%d").tolist() == ["2027-07-05", "2027-07-06", "2027-07-07"]


def _empty_book(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book_:
        book_.add_worksheet("a")


def _zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("hello.txt", "hello")


BROKEN = {
    "empty.csv": (lambda path: path.write_bytes(b""), "the file is empty"),
    "blank.csv": (lambda path: path.write_bytes(b"\n\n  \n,,\n"), "the file is empty"),
    "header.csv": (lambda path: path.write_text("start,offered\n", encoding="utf-8"), "a header but no rows"),
    "nul.csv": (lambda path: path.write_bytes(b"start,offered\n2027-07-05,\x001\n"), r"nul.csv:2: binary data"),
    "picture.csv": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), "binary data"),
    "latin.csv": (lambda path: path.write_bytes(b"start,offered\n2027-07-05,\xff\xff\n"), "neither UTF-8 nor GB18030"),
    "long.csv": (lambda path: path.write_bytes(b"start,offered\n" + b"7" * 3_000_000), "longer than a million"),
    "quote.csv": (lambda path: path.write_text('start,offered\n"2027-07-05,1\n', encoding="utf-8"), "never closed"),
    "web.xls": (lambda path: path.write_text("<html><table>", encoding="utf-8"), "a web page"),
    "data.csv": (lambda path: path.write_text('{"start": 1}', encoding="utf-8"), "JSON"),
    "report.csv": (lambda path: path.write_bytes(b"%PDF-1.7"), "a PDF"),
    "table.csv.gz": (lambda path: path.write_bytes(b"\x1f\x8b\x08"), "a packed file"),
    "calls.db": (lambda path: path.write_bytes(b"SQLite format 3\x00"), "sql: {url: sqlite:///"),
    "folder.csv": (lambda path: path.mkdir(), "a folder"),
    "none.csv": (lambda path: None, "cannot be read: No such file"),
    "empty.xlsx": (_empty_book, "no sheet of the workbook holds a table.*it has: a"),
    "packed.xlsx": (_zip, "not a workbook that can be read"),
    "old.xls": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "not a workbook|protected"),
    "broken.parquet": (lambda path: path.write_bytes(b"PAR1PAR1"), "a broken parquet file"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_table_has_one_message(tmp_path: Path, name: str) -> None:
    build, message = BROKEN[name]
    build(tmp_path / name)
    with pytest.raises(InputError, match=message) as error:
        read_history(tmp_path / name, timezone=ZONE, interval_s=1800)
    assert len(error.value.problems) == 1
    assert error.value.problems[0].way_out


def test_a_csv_with_the_name_of_a_workbook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    path.write_text("start,offered\n2027-07-05 10:00,3\n2027-07-05 10:30,3\n", encoding="utf-8")
    assert len(read_history(path, timezone=ZONE, interval_s=1800).table) == 2


def test_sheets_by_name(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book_:
        for name, count in (("May", 3), ("June", 5)):
            sheet = book_.add_worksheet(name)
            for i, row in enumerate([["date", "calls"], ["2027-07-05", count], ["2027-07-06", count]]):
                sheet.write_row(i, 0, row)
    assert read_history(path, timezone=ZONE, interval_s=1800).table["offered"].tolist() == [3, 3]
    assert read_history(path, timezone=ZONE, interval_s=1800, sheet="June").table["offered"].tolist() == [5, 5]
    with pytest.raises(InputError, match="It has: May, June"):
        read_history(path, timezone=ZONE, interval_s=1800, sheet="July")


class TestDatabases:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        database = sqlite3.connect(tmp_path / "calls.db")
        database.execute("CREATE TABLE calls (day TEXT, n INTEGER, note TEXT)")
        database.executemany("INSERT INTO calls VALUES (?, ?, 'drop; it')", [("2027-07-05", 3), ("2027-07-06", None)])
        database.commit()
        database.close()
        return tmp_path

    def read(self, folder: Path, sql: str, url: str = "sqlite:///calls.db") -> list[float]:
        table = read_history(Query(url, sql, folder), timezone=ZONE, interval_s=1800).table
        return list(table["offered"].fillna(-1))

    def test_one_select_is_read(self, folder: Path) -> None:
        assert self.read(folder, "SELECT day AS date, n AS offered FROM calls -- all; of them") == [3, -1]
        assert self.read(folder, "WITH c AS (SELECT * FROM calls) SELECT day AS date, replace(n, 'x', '') offered FROM c;") == [
            3,
            -1,
        ]
        assert self.read(
            folder, "SELECT day AS date, n AS offered FROM calls", f"sqlite+pysqlite:///{folder / 'calls.db'}?x=1"
        ) == [3, -1]

    @pytest.mark.parametrize(
        "sql",
        [
            "DELETE FROM calls",
            "SELECT 1; DROP TABLE calls",
            "WITH c AS (SELECT 1) DELETE FROM calls",
            "",
            "PRAGMA user_version = 3",
        ],
    )
    def test_nothing_else_is_run(self, folder: Path, sql: str) -> None:
        with pytest.raises(InputError, match=r"only reads|several statements"):
            self.read(folder, sql)

    def test_what_fails_is_told(self, folder: Path) -> None:
        with pytest.raises(InputError, match="no such column: m"):
            self.read(folder, "SELECT m FROM calls")
        with pytest.raises(InputError, match="the query found no rows"):
            self.read(folder, "SELECT * FROM calls WHERE n > 9")
        with pytest.raises(InputError, match="No such file"):
            self.read(folder, "SELECT 1", "sqlite:///none.db")
        assert not (folder / "none.db").exists()

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql+psycopg://me:s3cret@localhost/base",
            "nothing://me:s3c@ret/x@h/b",
            "me:s3cret@host",
            "mysql+pymysql://host/base?user=me&password=s3cret",
        ],
    )
    def test_passwords_are_never_shown(self, folder: Path, url: str) -> None:
        with pytest.raises(InputError) as error:
            self.read(folder, "SELECT 1", url)
        for text in (str(error.value), repr(Query(url, "SELECT 1"))):
            assert "s3c" not in text
            assert "ret" not in text.replace("interpreter", "")
            assert "***" in text

    def test_other_databases_go_through_sqlalchemy(self, folder: Path) -> None:
        read = read_history(
            Query("sqlite://", "SELECT '2027-07-05 10:00' AS start, 3 AS offered UNION SELECT '2027-07-05 10:30', 4"),
            timezone=ZONE,
            interval_s=1800,
        )
        assert read.table["offered"].tolist() == [3, 4]


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_make_it_stumble(tmp_path: Path, data: st.DataObject) -> None:
    """A workbook or a text with bytes changed is read or refused with a message in both languages."""
    path = tmp_path / "calls"
    if data.draw(st.booleans()):
        with xlsxwriter.Workbook(path) as book_:
            # Else the archive's length would hang on the clock.
            book_.set_properties({"created": datetime(2027, 1, 1)})
            sheet = book_.add_worksheet()
            for i, row in enumerate([["start", "offered"], ["2027-07-05 10:00", 3], ["2027-07-05 10:30", 4]]):
                sheet.write_row(i, 0, row)
        content = bytearray(path.read_bytes())
    else:
        lines = ["时间,来电量,接通率", *(f"2027/7/5 10:{i:02d},{i},95%" for i in range(10, 40)), "合计,9,9%"]
        content = bytearray("\n".join(lines).encode(data.draw(st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-16-le"]))))
    for at_, byte in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=8)):
        content[at_] = byte
    path.write_bytes(bytes(content))
    problems = []
    try:
        read_history(path, timezone=ZONE, interval_s=1800)
    except InputError as error:
        problems = list(error.problems)
    assert all(problem.text("en") and problem.text("zh") for problem in problems)
