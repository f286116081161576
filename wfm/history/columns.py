"""The text of a file and which of its columns is which."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

KNOWN = {
    "start": ("start", "timestamp", "interval", "interval_start", "datetime", "date", "time", "时间", "开始时间", "时段", "日期"),
    "queue": ("queue", "skill", "skill_group", "queue_name", "队列", "技能组", "队列名称"),
    "offered": (
        "offered",
        "contacts",
        "calls",
        "calls_offered",
        "volume",
        "arrivals",
        "来电量",
        "呼入量",
        "进线量",
        "咨询量",
        "呼入",
    ),
    "handled": ("handled", "answered", "calls_handled", "calls_answered", "接起量", "接听量", "接通量", "应答量"),
    "abandoned": ("abandoned", "calls_abandoned", "放弃量", "呼损量", "放弃"),
    "answered_within": ("answered_within", "answered_20s", "answered_30s", "answered_60s", "20秒接起量", "30秒接起量"),
    "handle_time": ("handle_time", "total_handle_time", "处理时长", "总处理时长"),
    "aht": ("aht", "average_handle_time", "avg_handle_time", "平均处理时长"),
}
_NEEDED = ("start", "offered")


def read_text_table(path: Path) -> pd.DataFrame:
    """Every cell of a CSV file as text; the index counts its lines after the header.

    Raises
    ------
    InputError
        No such file, no rows, an encoding that is none, or a line with too many fields.
    """
    import pandas as pd

    file = str(path)
    if path.suffix.lower() in (".xlsx", ".xls"):
        raise InputError(Problem("an Excel workbook, not a CSV file", way_out="Save the sheet as CSV UTF-8", file=file))
    try:
        data = path.read_bytes()
    except OSError as error:
        way_out = "Paths are read from the scenario's folder"
        raise InputError(Problem(f"cannot be read: {error.strerror}", way_out=way_out, file=file)) from None
    text = _decoded(data, file)
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    if not text.strip():
        raise InputError(Problem("the file is empty", way_out="It needs a header row and rows of intervals", file=file))
    try:
        table: pd.DataFrame = pd.read_csv(
            io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, skip_blank_lines=False, skipinitialspace=True
        )
    except pd.errors.ParserError as error:
        message = str(error).removeprefix("Error tokenizing data. C error: ").strip()
        way_out = "Put a text that holds a comma in quotes"
        raise InputError(Problem(f"not a table: {message}", way_out=way_out, file=file)) from None
    if not isinstance(table.index, pd.RangeIndex):
        raise InputError(Problem("the rows have more fields than the header", way_out="Name every column", file=file, line=2))
    table.columns = [str(name).strip() for name in table.columns]
    blank = (table.fillna("").apply(lambda column: column.str.strip()) == "").all(axis=1)
    table = table.loc[~blank].fillna("")
    if not len(table):
        raise InputError(Problem("the file has a header but no rows", way_out="Export the intervals again", file=file))
    return table


def _decoded(data: bytes, file: str) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(Problem("neither UTF-8 nor GB18030 text", way_out="Save the file as CSV UTF-8", file=file))


def find_columns(table: pd.DataFrame, columns: Mapping[str, str], file: str) -> dict[str, str]:
    """Our name of a column to the file's.

    Raises
    ------
    InputError
        A needed column is missing, or ``columns`` names one that is not there or not ours.
    """
    there = ", ".join(table.columns)
    lower = {name.lower().replace(" ", "_"): name for name in table.columns}
    problems = []
    found: dict[str, str] = {}
    for ours, theirs in columns.items():
        if ours not in KNOWN:
            way_out = f"Write one of: {', '.join(KNOWN)}"
            problems.append(Problem("not a column of a history", key="columns", value=ours, way_out=way_out, file=file))
        elif theirs not in table.columns:
            problems.append(Problem("the file has no such column", key=ours, value=theirs, way_out=f"It has: {there}", file=file))
        else:
            found[ours] = theirs
    for ours, names in KNOWN.items():
        if ours not in columns:
            known = next((lower[name] for name in names if name in lower and lower[name] not in found.values()), None)
            if known is not None:
                found[ours] = known
            elif ours in _NEEDED:
                way_out = f"It has: {there}. Say which it is, e.g. columns: {{{ours}: {table.columns[-1]}}}"
                problems.append(Problem(f"no column for '{ours}'", key="columns", way_out=way_out, file=file, line=1))
    if problems:
        raise InputError(*problems)
    return found
