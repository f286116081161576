"""Rows of a history gathered chunk by chunk into compact arrays; rows that are none (totals, notes, headers) sorted out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Phrase, Problem
from wfm.core.masking import HIDDEN, masked, personal
from wfm.history.cells import SECONDS, Kind, Numbers
from wfm.history.columns import COUNTS, DURATIONS, SHARES, Layout
from wfm.history.repairs import Repairs
from wfm.history.stamps import (
    DAY_FIRST,
    EITHER,
    EPOCH,
    INSTANT,
    MONTH_FIRST,
    NONE,
    RANGE,
    SERIAL,
    Order,
    Stamps,
    read_stamps,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_TOLD = 20
# Millions of problems need no memory: what is beyond these is only counted.
_KEPT = 2_000
_TOTAL = re.compile(
    r"\s*[【\[(（]?\s*(合\s*计|总\s*计|小\s*计|汇总|共计|总和|总数|累计|平均值?|均值|日均|最大值?|最小值?"
    r"|(grand|sub|report|daily|weekly)?[\s-]*totals?|sum(mary)?|averages?|avg|mean|max(imum)?|min(imum)?|overall)\b.{0,40}$",
    re.I,
)
_LOOKS_DATED = re.compile(r"\s*\d{1,4}[-/.年月:：]\d")
_LONG_TEXT = 60
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}\s*(先生|女士|小姐)?|[\u4e00-\u9fff](先生|女士|小姐)|[A-Z][a-z]+(\s+[A-Z][a-z.]*)+")
# What people write where there is no number.
_NO_NAMES = frozenset("未知 暂无 待定 缺失 不详 没有 无数据 未统计 暂无数据 合计 小计 总计 错误 正常 休息 休假 放假".split())  # noqa: SIM905


def is_total(text: str) -> bool:
    """Whether a cell names a row of totals or means."""
    return bool(_TOTAL.match(text))


@dataclass
class Found:
    """Problems and repairs collected on the way."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    repairs: Repairs = field(default_factory=Repairs)

    def tell(self) -> None:
        """Raise what was found, the first twenty in the order of the file."""
        if not self.problems:
            return
        ordered = sorted(self.problems, key=lambda problem: problem.line)
        more = len(ordered) - _TOLD
        last = []
        if more > 0:
            last = [Problem("and {more} more problems of this kind", file=self.file, values={"more": more})]
        raise InputError(*(_hidden(problem) for problem in ordered[:_TOLD]), *last)


def _hidden(problem: Problem) -> Problem:
    """The problem without names and numbers of people."""
    from dataclasses import replace

    if problem.value is None:
        return problem
    text = str(problem.value)
    shown = masked(text)
    value: object = HIDDEN if personal(problem.key) or _may_name(text) or (shown != text and _HAN.search(text)) else shown
    return problem if value == text else replace(problem, value=value)


def _may_name(text: str) -> bool:
    """Whether a refused cell may be somebody's name: few Chinese characters, or capitalised words."""
    return bool(_NAME.fullmatch(text.strip())) and text.strip() not in _NO_NAMES


@dataclass
class Rows:
    """Rows as arrays of one length.

    Attributes
    ----------
    start
        Seconds since 1970 of the wall clock; `wfm.history.reader` turns them into instants.
    flags
        Bits of `wfm.history.stamps`.
    queue
        Number of the queue in ``queues``.
    line
        Line in the file.
    numbers
        Our columns.
    percent
        Those of them that were written as percent.
    rest
        Hash of each row's columns that are not read, by which rows of several agents are told from the same row twice; None where
        every column is read.
    """

    start: NDArray[np.int64]
    flags: NDArray[np.uint8]
    queue: NDArray[np.int32]
    line: NDArray[np.int32]
    numbers: dict[str, NDArray[np.floating]]
    queues: list[str]
    percent: frozenset[str] = frozenset()
    rest: NDArray[np.uint64] | None = None

    def __len__(self) -> int:
        return len(self.start)

    def take(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> None:
        """Keep or order rows, one array at a time."""
        self.start, self.flags = self.start[which], self.flags[which]
        self.queue, self.line = self.queue[which], self.line[which]
        for name in self.numbers:
            self.numbers[name] = self.numbers[name][which]
        if self.rest is not None:
            self.rest = self.rest[which]


def gather(parts: Iterator[pd.DataFrame], layout: Layout, found: Found, order: Order | None, stem: str) -> Rows:
    """All rows of a file.

    Raises
    ------
    InputError
        Every cell that is wrong; no row at all.
    """
    import numpy as np

    gathering = _Gathering(layout, found, order)
    for chunk in parts:
        gathering.add(chunk)
    if not gathering.lines and not found.problems:
        message, way_out = "the file has a header but no rows", "Export the intervals again"
        raise InputError(Problem(message, way_out=way_out, file=found.file))
    numbers, percent = {}, set()
    for name, column in gathering.numbers.items():
        if not column.parts:
            continue
        numbers[name], problems = column.finish(found.file)
        if column.kind == "share" and (column.signed or column.scale == 0.01 or "percent" in column.repaired):
            percent.add(name)
        found.problems.extend(problems)
        for code, where in column.repaired.items():
            found.repairs.count(code, column.counted[code], where, column=column.column)
    found.tell()
    start, flags = _settled(gathering.stamps, found, gathering.lines, layout.columns["start"])
    found.tell()
    queues = list(gathering.queues) or [stem]
    lines = np.concatenate(gathering.lines)
    codes = np.concatenate(gathering.codes)
    rest = np.concatenate(gathering.rest) if gathering.rest else None
    return Rows(start, flags, codes, lines, numbers, queues, frozenset(percent), rest)


class _Gathering:
    def __init__(self, layout: Layout, found: Found, order: Order | None) -> None:
        self.layout, self.found, self.order = layout, found, order
        self.stamps: list[Stamps] = []
        self.codes: list[NDArray[np.int32]] = []
        self.lines: list[NDArray[np.int32]] = []
        self.rest: list[NDArray[np.uint64]] = []
        self.queues: dict[str, int] = {}
        self.day_before = ""
        names = layout.columns
        self.numbers = {ours: _column(ours, names[ours], layout.units) for ours in (*COUNTS, *DURATIONS, *SHARES) if ours in names}

    def add(self, chunk: pd.DataFrame) -> None:
        """One chunk: its stamps, its rows that are none, its numbers."""
        import numpy as np
        import pandas as pd

        names, found = self.layout.columns, self.found
        lines = chunk.index.to_numpy().astype(np.int32)
        starts = self._starts(chunk)
        stamps, wrong = read_stamps(starts, self.order)
        if self.layout.units.get("start") == "utc":
            stamps.flags |= np.uint8(INSTANT)
        bad = stamps.seconds == NONE
        if bad.any():
            kept = self._sorted_out(chunk, starts, np.flatnonzero(bad), wrong, lines)
            if not kept.all():
                chunk, lines = chunk.loc[kept], lines[kept]
                other = stamps.other[kept] if stamps.other is not None else None
                stamps = Stamps(stamps.seconds[kept], other, stamps.flags[kept])
        if not len(chunk):
            return
        for column in self.numbers.values():
            column.add(chunk[column.column], lines, found.file, found.problems)
        self.codes.append(self._queues(chunk, names.get("queue", ""), lines))
        self.stamps.append(stamps)
        self.lines.append(lines)
        unread = [name for name in chunk.columns if name not in names.values()]
        if unread:
            self.rest.append(np.asarray(pd.util.hash_pandas_object(chunk[unread], index=False), dtype=np.uint64))
        if len(found.problems) > _KEPT:
            found.tell()

    def _starts(self, chunk: pd.DataFrame) -> pd.Series:
        names = self.layout.columns
        starts = chunk[names["start"]]
        if "time" not in names:
            return starts
        times = chunk[names["time"]].str.strip()
        days = starts.str.strip()
        below = (days == "") & (times != "") & ~times.str.match(_TOTAL)
        if below.any() and (self.day_before or days.iloc[0] != ""):
            filled = days.where(~below).ffill().fillna(self.day_before)
            self.found.repairs.add("merged_date", chunk.index[below & (filled != "")])
            days = filled
        if len(days) and days.iloc[-1]:
            self.day_before = str(days.iloc[-1])
        # Excel and databases write a day as its midnight.
        days = days.str.replace(r"[T ]0?0:00(:00(\.0+)?)?$", "", regex=True)
        serial = days.str.fullmatch(r"[2-7]\d{4}(\.0+)?")
        if serial.any():
            days = days.where(~serial, days[serial].map(_day_of_serial))
        if self.layout.units.get("time") == "hhmm":
            # 30 is half past midnight, not thirty o'clock.
            short = times.str.fullmatch(r"\d{1,3}")
            times = times.where(~short, times.str.zfill(4))
        hours = times.str.fullmatch(r"\d{1,2}(\.0)?")
        if hours.any():
            times = times.where(~hours, times.str.removesuffix(".0") + ":00")
        packed = times.str.fullmatch(r"\d{3,4}")
        if packed.any():
            times = times.where(~packed, times.str.zfill(4).str[:2] + ":" + times.str.zfill(4).str[2:])
        fraction = times.str.fullmatch(r"0?\.\d+")
        if fraction.any():
            seconds = times.where(fraction).astype(float).mul(86400).round()
            texts = seconds.map(lambda s: f"{int(s) // 3600:02d}:{int(s) // 60 % 60:02d}:{int(s) % 60:02d}", na_action="ignore")
            times = times.where(~fraction, texts)
        return (days + " " + times).str.strip()

    def _sorted_out(
        self, chunk: pd.DataFrame, starts: pd.Series, at: NDArray[np.int64], wrong: Mapping[str, object], lines: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Which rows stay; those without a date are totals, headers, notes, or problems."""
        import numpy as np

        kept = np.ones(len(chunk), dtype=bool)
        kept[at] = False
        for i in at:
            row = {name: str(cell).strip() for name, cell in chunk.iloc[i].items()}
            code = self._kind(row, starts.iloc[i])
            if code:
                self.found.repairs.add(code, int(lines[i]))
                continue
            if len(self.found.problems) > _KEPT:
                break
            text = str(starts.iloc[i]).strip()
            error = wrong.get(text)
            message = getattr(error, "message", Phrase("no date and time"))
            way_out = getattr(error, "way_out", Phrase("Write 2027-07-05 10:30, year first"))
            key, line = self.layout.columns["start"], int(lines[i])
            self.found.problems.append(
                Problem(message, key=key, value=text or None, way_out=way_out, file=self.found.file, line=line)
            )
        return kept

    def _kind(self, row: Mapping[str, str], start: str) -> str:
        filled = {name: text for name, text in row.items() if text}
        if all(_same(name, text) for name, text in filled.items()):
            return "header_again"
        names = self.layout.columns
        where = [names[ours] for ours in ("start", "time", "queue") if ours in names]
        heads = [row[name] for name in where if row[name]] or list(filled.values())[:1]
        if any(_TOTAL.match(text) for text in heads):
            return "totals"
        numbers = [row[column.column] for column in self.numbers.values()]
        text = start.strip() or next(iter(filled.values()))
        if not any(numbers) and (len(filled) <= 2 or len(text) > _LONG_TEXT) and not _LOOKS_DATED.match(text):
            return "note"
        first = next(iter(filled.values()))
        if re.match(r"\s*([*#※]|注[:：]|备注|说明|数据|报表|note\b|source\b)", first, re.I) and not _digits(numbers):
            return "note"
        return ""

    def _queues(self, chunk: pd.DataFrame, name: str, lines: NDArray[np.int32]) -> NDArray[np.int32]:
        import numpy as np
        import pandas as pd

        if not name:
            return np.zeros(len(chunk), dtype=np.int32)
        codes, unique = pd.factorize(chunk[name])
        known = np.empty(len(unique), dtype=np.int32)
        for i, text in enumerate(unique):
            known[i] = self.queues.setdefault(str(text).strip(), len(self.queues))
        if "" in self.queues:
            blank = known[codes] == self.queues[""]
            if blank.any() and not (blank.all() and len(self.queues) == 1):
                way_out = "Name the queue of every row, or take the rows of all queues together out"
                self.found.problems.extend(
                    Problem("no queue in this row", key=name, way_out=way_out, file=self.found.file, line=int(line))
                    for line in lines[blank][:_TOLD]
                )
        return known[codes]


def _day_of_serial(text: str) -> str:
    import datetime as dt

    return str(dt.date(1899, 12, 30) + dt.timedelta(days=int(float(text))))


def _same(name: str, text: str) -> bool:
    return text == name or re.sub(r"\.\d+$", "", name) == text or " ".join(text.split()) == name


def _digits(cells: list[str]) -> bool:
    return any(re.search(r"\d", cell) for cell in cells)


def _column(ours: str, theirs: str, units: Mapping[str, str]) -> Numbers:
    kind: Kind = "count" if ours in COUNTS else "duration" if ours in DURATIONS else "share"
    unit = units.get(ours, "")
    scale = SECONDS.get(unit, 1.0) if kind == "duration" else 0.01 if unit == "percent" else 1.0
    return Numbers(theirs, kind, scale)


def _settled(
    stamps: list[Stamps], found: Found, lines: list[NDArray[np.int32]], column: str
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """(seconds, flags) of the whole column, the order of day and month found in it."""
    import numpy as np

    flags = np.concatenate([part.flags for part in stamps])
    seconds = np.concatenate([part.seconds for part in stamps])
    line = np.concatenate(lines)

    def first(bit: int) -> int:
        return int(line[np.argmax(flags & bit != 0)])

    seen = {bit: bool((flags & bit).any()) for bit in (EITHER, DAY_FIRST, MONTH_FIRST, SERIAL, EPOCH, RANGE)}
    if seen[DAY_FIRST] and seen[MONTH_FIRST]:
        message = "dates with the month first, and with the day first in line {line}"
        way_out = "Write all of them year first: 2027-07-05"
        values = {"line": first(DAY_FIRST)}
        found.problems.append(
            Problem(message, key=column, way_out=way_out, file=found.file, line=first(MONTH_FIRST), values=values)
        )
    elif seen[EITHER] and not seen[DAY_FIRST] and not seen[MONTH_FIRST]:
        message = "dates that may have the day or the month first"
        way_out = "Say which: date_order: dmy (5 July is 05/07/2027) or date_order: mdy"
        found.problems.append(Problem(message, key=column, way_out=way_out, file=found.file, line=first(EITHER)))
    if seen[EITHER] and seen[MONTH_FIRST]:
        other = np.concatenate([part.other if part.other is not None else np.full(len(part.seconds), NONE) for part in stamps])
        seconds = np.where(other != NONE, other, seconds)
    stamps.clear()
    for bit, code in {
        SERIAL: "serial", EPOCH: "epoch", DAY_FIRST: "day_first", MONTH_FIRST: "month_first", RANGE: "clock_range"
    }.items():  # fmt: skip
        if seen[bit]:
            found.repairs.count(code, int(np.count_nonzero(flags & bit)), [first(bit)])
    return seconds, flags
