"""Cells of a history as instants and numbers; what is neither is a problem with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.core.errors import Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

# Year first: 2027-07-05, 2027/7/5, 20270705, 2027年7月5日; then a clock time and an offset, both optional.
_STAMP = (
    r"^\s*(?P<year>\d{4})(?:[-/.年])?(?P<month>\d{1,2})(?:[-/.月])?(?P<day>\d{1,2})日?"
    r"(?:[T\s]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?)?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?\s*$"
)
_WAY_OUT = "Write 2027-07-05 10:30, year first"


def stamps(
    cells: pd.Series, lines: NDArray[np.int64], column: str, file: str, problems: list[Problem]
) -> tuple[pd.Series, pd.Series]:
    """(wall-clock stamps, instants) of a column; an instant only where the cell has an offset, NaT elsewhere.

    Cells that are no date are added to ``problems``.
    """
    import pandas as pd

    cells = cells.reset_index(drop=True)
    parts = cells.str.extract(_STAMP)
    clock = parts[["hour", "minute", "second"]].fillna("0").astype("int64")
    fields = parts[["year", "month", "day"]].assign(**clock)
    naive = pd.to_datetime(fields, errors="coerce").astype("datetime64[us]")
    # Excel and old exports write 1899 or 9999 for a missing date.
    wrong = naive.isna() | (naive.dt.year < 1980) | (naive.dt.year > 2199) | (clock["hour"] > 23)
    for i in wrong[wrong].index:
        text = cells[i]
        problems.append(Problem("not a date and time", key=column, value=text, way_out=_WAY_OUT, file=file, line=int(lines[i])))
    naive = naive.mask(wrong)
    offset = parts["offset"].where(~wrong)
    seconds = offset.map(_offset_seconds, na_action="ignore").astype(float)
    instants = (naive - pd.to_timedelta(seconds, unit="s")).dt.tz_localize("UTC")
    return naive, instants


def _offset_seconds(text: str) -> float:
    if text == "Z":
        return 0.0
    sign = -1 if text[0] == "-" else 1
    return sign * (int(text[1:3]) * 3600 + int(text[-2:]) * 60)


def counts(
    cells: pd.Series, lines: NDArray[np.int64], column: str, file: str, problems: list[Problem], *, whole: bool
) -> pd.Series:
    """Numbers of a column, 0 or more; an empty cell is unknown (NaN). What is no such number is added to ``problems``."""
    import pandas as pd

    cells = cells.reset_index(drop=True).str.strip()
    numbers = pd.to_numeric(cells.where(cells.str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")), errors="coerce")
    rules = {
        "not a number": (cells != "") & numbers.isna(),
        "negative": numbers < 0,
        "not a whole number of contacts": (numbers != numbers.round()) & numbers.notna() & whole,
    }
    ways = {
        "not a number": "Write digits only, without thousand separators; leave the cell empty if the number is not known",
        "negative": "Numbers of contacts and handle times are 0 or more",
        "not a whole number of contacts": "Contacts are counted; means go into the aht column",
    }
    for message, bad in rules.items():
        problems.extend(
            Problem(message, key=column, value=cells[i], way_out=ways[message], file=file, line=int(lines[i]))
            for i in bad[bad].index
        )
    return numbers.astype(float)
