"""Wide sheets: times down and dates across, or the other way round, turned into a row for each interval."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wfm.core.errors import BadValueError, InputError, Problem
from wfm.history.exports import exports, plain
from wfm.history.stamps import CLOCK, NONE, Order, read_clock, read_stamp, read_stamps

if TYPE_CHECKING:
    import pandas as pd

# Two headers may be dates by chance, three are not.
_ACROSS = 3
_YEAR = re.compile(r"(?<!\d)(19[89]\d|20\d\d|21\d\d)(?!\d)")
_MONTH_DAY = re.compile(r"\s*(\d{1,2})[-/.月](\d{1,2})[日号]?\s*(.*)$")
_WEEKDAY = re.compile(r"(周|星期|礼拜)?[一二三四五六日天]|(mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?", re.I)
_SUFFIX = re.compile(r"\.\d+$")


@dataclass(frozen=True)
class Wide:
    """A wide sheet.

    Attributes
    ----------
    across
        The file's name of a column to what stands in its header: a day as ISO text, or a clock time as ``09:30``.
    dates_across
        Dates across and times down; else times across and dates down.
    label
        The column that holds the other of the two.
    queue
        The column of queues, or "".
    header_rows
        Rows of the first chunk that belong to the header.
    """

    across: Mapping[str, str]
    dates_across: bool
    label: str
    queue: str
    header_rows: int = 0


def find_wide(chunk: pd.DataFrame, order: Order | None, file: str) -> Wide | None:
    """The wide layout of a file by its headers (or a row of dates below weekdays); None where it is a long table."""
    names = list(chunk.columns)
    year = next((found[1] for line in chunk.attrs.get("preamble", ()) if (found := _YEAR.search(line))), "")
    rows = [names, *(list(chunk.iloc[i]) for i in range(min(2, len(chunk))))]
    for used, cells in enumerate(rows):
        texts = [_SUFFIX.sub("", str(cell)) if used == 0 else str(cell) for cell in cells]
        line = 1 if used == 0 else int(chunk.index[used - 1])
        days = _days(texts, year, order, file, line)
        if len(days) >= _ACROSS:
            return _placed(chunk, names, days, used, dates_across=True)
        clocks = {i: clock for i, text in enumerate(texts) if (clock := _clock(text, bare=False)) is not None}
        if len(clocks) >= _ACROSS:
            placed = _placed(chunk, names, clocks, used, dates_across=False)
            if placed is None:
                _refuse_yearless(chunk.iloc[used:], [name for i, name in enumerate(names) if i not in clocks], file)
            return placed
    return None


def _refuse_yearless(body: pd.DataFrame, names: Sequence[str], file: str) -> None:
    """Days down without a year: said so, else the columns of clock times would be asked for their meaning."""
    for name in names:
        short = [(line, text) for line, text in body[name].head(200).items() if _MONTH_DAY.fullmatch(text)]
        if len(short) >= _ACROSS:
            line, text = short[0]
            way_out = "Write it before each of them: 2027/7/5"
            raise InputError(Problem("dates without a year", str(name), text, way_out, file=file, line=int(str(line))))


def _placed(chunk: pd.DataFrame, names: Sequence[str], found: Mapping[int, str], used: int, *, dates_across: bool) -> Wide | None:
    across = {names[i]: text for i, text in found.items()}
    others = [name for name in names if name not in across]
    if used < len(chunk) and all(_WEEKDAY.fullmatch(str(chunk.iloc[used][name]).strip()) for name in across):
        used += 1  # the weekdays below the days belong to the header
    body = chunk.iloc[used:]
    fits = [name for name in others if _holds(body[name], clocks=dates_across)]
    if not fits:
        return None
    queues = next(one for one in exports() if one.name == "generic").columns["queue"]
    known = {plain(name) for name in queues}
    queue = next((name for name in others if name != fits[0] and plain(name) in known), "")
    return Wide(across, dates_across, fits[0], queue, used)


def _holds(cells: pd.Series, *, clocks: bool) -> bool:
    sample = [text for text in cells.head(200) if text.strip()]
    good = sum((_clock(text) if clocks else _date(text)) is not None for text in sample)
    return good >= 1 and good >= 0.5 * len(sample)


def _days(texts: Sequence[str], year: str, order: Order | None, file: str, line: int) -> dict[int, str]:
    """Days in a header as ISO text by column; those without a year take the one that stands above the table."""
    import datetime as dt

    import pandas as pd

    if sum(any(sign.isdigit() for sign in text) for text in texts) < _ACROSS:
        return {}
    stamps, _ = read_stamps(pd.Series(list(texts), dtype="str"), order)
    found: dict[int, str] = {}
    if stamps.other is not None and sum(second != NONE for second in stamps.seconds) >= _ACROSS:
        # Headers of days run upwards, a day at a time: the order of day and month that does so is meant.
        fits = [
            seconds
            for seconds in (stamps.seconds, [b if b != NONE else a for a, b in zip(stamps.seconds, stamps.other, strict=True)])
            if _in_steps([int(second) for second in seconds if second != NONE])
        ]
        if len(fits) != 1:
            message, way_out = (
                "dates that may have the day or the month first",
                "Say which: date_order: dmy (5 July is 05/07/2027) or date_order: mdy",
            )
            raise InputError(Problem(message, key="date_order", value=texts[-1], way_out=way_out, file=file, line=line))
        seconds = [int(second) for second in fits[0]]
    else:
        seconds = [int(second) for second in stamps.seconds]
    for i, (second, flags) in enumerate(zip(seconds, stamps.flags, strict=True)):
        if second != NONE and not flags & CLOCK:
            found[i] = str(dt.date(1970, 1, 1) + dt.timedelta(seconds=second))
    if found:
        return found
    short = {
        i: match
        for i, text in enumerate(texts)
        if (match := _MONTH_DAY.match(text))
        and not match[3].strip("()（）周星期一二三四五六日天 ")
        and 1 <= int(match[1]) <= 12
        and 1 <= int(match[2]) <= 31
        # Below the header 7.5 is a number, not the fifth of July.
        and (line == 1 or "." not in text)
    }
    if len(short) < _ACROSS:
        return {}
    if not year:
        message, way_out = "dates without a year", "Write the year into the headers or into a line above them"
        raise InputError(Problem(message, value=texts[next(iter(short))], way_out=way_out, file=file, line=line))
    return _short_days(short, int(year), texts)


def _short_days(short: Mapping[int, re.Match[str]], year: int, texts: Sequence[str]) -> dict[int, str]:
    import datetime as dt

    found, before = {}, 0
    for i, match in short.items():
        month = int(match[1])
        if "月" not in texts[i] and month > 12:
            return {}
        # December to January: the next year begins.
        year += month < before - 6
        before = month
        try:
            found[i] = str(dt.date(year, month, int(match[2])))
        except ValueError:
            return {}
    return found


def _in_steps(seconds: Sequence[int]) -> bool:
    return all(0 < after - before <= 7 * 86400 for before, after in itertools.pairwise(seconds))


def _clock(text: str, *, bare: bool = True) -> str | None:
    """A clock time as ``09:30``; with ``bare`` an hour may be a number (9)."""
    cell = text.strip()
    if re.fullmatch(r"\d{1,2}", cell):
        cell = f"{cell}:00" if bare else ""
    try:
        seconds, _ = read_clock(cell)
    except BadValueError:
        return None
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def _date(text: str) -> str | None:
    try:
        stamp = read_stamp(text)
    except BadValueError:
        return None
    return None if stamp.flags & CLOCK else text


def long_chunks(parts: Iterator[pd.DataFrame], wide: Wide) -> Iterator[pd.DataFrame]:
    """Chunks with the columns ``start``, ``queue`` (if there is one) and ``offered``; empty cells give no row.

    A row whose label is neither a date nor a time (totals, notes) gives one row with that label as its start, so that it is
    judged like such a row of a long table.
    """
    import pandas as pd

    skip = wide.header_rows
    for chunk in parts:
        body, skip = chunk.iloc[skip:], 0
        labels = body[wide.label].str.strip()
        read = [(_clock(text) if wide.dates_across else _date(text)) if text else None for text in labels]
        good = pd.Series([text is not None for text in read], index=body.index)
        label = pd.Series([text or "" for text in read], index=body.index, dtype="str")
        pieces = []
        for i, (name, head) in enumerate(wide.across.items()):
            rows = good & (body[name].str.strip() != "")
            start = head + " " + label[rows] if wide.dates_across else label[rows] + " " + head
            piece = {"start": start, "offered": body.loc[rows, name]}
            if wide.queue:
                piece["queue"] = body.loc[rows, wide.queue]
            pieces.append(pd.DataFrame(piece).assign(order_=i))
        odd = body[~good & ((body != "").any(axis=1))]
        if len(odd):
            values = odd[list(wide.across)]
            first = values.where(values != "").bfill(axis=1).iloc[:, 0].fillna("")
            texts = labels[odd.index].where(labels[odd.index] != "", odd.where(odd != "").bfill(axis=1).iloc[:, 0])
            piece = {"start": texts.astype("str"), "offered": first.astype("str")}
            if wide.queue:
                piece["queue"] = odd[wide.queue]
            pieces.append(pd.DataFrame(piece).assign(order_=-1))
        joined = pd.concat(pieces)
        order = joined.reset_index(names="line_").sort_values(["line_", "order_"], kind="stable").index
        joined = joined.iloc[order].drop(columns="order_")
        joined.attrs["preamble"] = chunk.attrs.get("preamble", [])
        if len(joined):
            yield joined
