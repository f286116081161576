"""Which column of a file is which of ours: as the planner says, as a known export has it, or as people usually call it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wfm.core.errors import BadValueError, InputError, Problem
from wfm.core.masking import HIDDEN, masked
from wfm.history.cells import read_cell
from wfm.history.exports import Export, export, exports, plain, recognise
from wfm.history.stamps import CLOCK, read_clock, read_stamp

if TYPE_CHECKING:
    import pandas as pd

#: Our columns of a row for each interval: numbers of contacts, seconds, shares of the contacts offered.
COUNTS = ("offered", "handled", "abandoned", "answered_within")
DURATIONS = ("handle_time", "talk_time", "hold_time", "wrap_time", "aht", "mean_talk", "mean_hold", "mean_wrap")
SHARES = ("answer_rate", "abandon_rate")
_TIMES = ("start", "date", "time", "queue")
_SAMPLE = 50
# As many numbers one behind the other are the numbers of rows.
_SEQUENCE = 3

_UNITS = (
    ("ms", re.compile(r"(?:[(（\[_ ]\s*(?:ms|msec|milliseconds?)\s*[)）\]]?|毫秒\s*[)）\]]?)\s*$", re.I)),
    ("min", re.compile(r"(?:[(（\[_ ]\s*(?:min|mins|minutes?)\s*[)）\]]?|分钟?\s*[)）\]]|_分钟)\s*$", re.I)),
    ("h", re.compile(r"(?:[(（\[]\s*(?:h|hours?|小时)\s*[)）\]])\s*$", re.I)),
    ("percent", re.compile(r"(?:[(（\[]\s*[%％]\s*[)）\]]|[%％])\s*$")),
)
_UNIT_BEHIND = re.compile(r"\s*[(（\[][^()（）\[\]]{1,12}[)）\]]\s*$|\s*[%％]$")


@dataclass(frozen=True)
class Layout:
    """How a file is to be read.

    Attributes
    ----------
    columns
        Our name of a column to the file's.
    units
        Units of its cells, by our name, as in `wfm.history.exports.Export`.
    export
        The export whose map was used; None where the names are everybody's.
    recognised
        Whether the export was found by the headers rather than named by the planner.
    grain
        What a row is: "interval" (or a day) of a queue, a "contact", an "order".
    wide
        Whether the rows were made from a wide sheet.
    """

    columns: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    export: Export | None = None
    recognised: bool = False
    grain: str = "interval"
    wide: bool = False


def find_layout(chunk: pd.DataFrame, columns: Mapping[str, str], export_name: str | None, file: str) -> Layout:
    """The layout of a file, from its headers and its first rows.

    Raises
    ------
    InputError
        A needed column is missing, or ``columns`` names one that is not there or not ours.
    """
    headers = list(chunk.columns)
    known = export(export_name) if export_name else recognise(headers)
    said = _as_said(headers, columns, file)
    if known is not None:
        found = {**known.find(_plain_names(headers, known)), **said}
        found = {ours: _theirs(theirs, headers) for ours, theirs in found.items()}
        mapped = set(found)
        if export_name:
            found = _completed(known, headers, found)
        grain = "interval" if known.grain == "day" else known.grain
    else:
        generic = {one.name: one for one in exports()}
        by_interval = _found(generic["generic"], headers, said)
        by_contact = _found(generic["generic-contacts"], headers, said)
        signs = {"outcome", "wait", "contact_id", "agent", "customer", "arrival", "answered_at", "ended_at"} & by_contact.keys()
        contact = "offered" not in by_interval and len(signs) >= 2 and "arrival" in by_contact
        found, grain = (by_contact, "contact") if contact else (by_interval, "interval")
    _refuse_twins(headers, found, file)
    units = {ours: unit for ours, theirs in found.items() if (unit := unit_of(theirs))}
    if known is not None:
        # A column that only its usual name gave has no unit of the export's.
        units.update(
            {ours: unit for ours, unit in known.units.items() if ours not in said and (ours in mapped or ours not in found)}
        )
    if grain == "interval":
        found = _when(chunk, found, said)
        _needed(chunk, found, file)
    return Layout(found, units, known, known is not None and not export_name, grain)


def _completed(known: Export, headers: Sequence[str], found: dict[str, str]) -> dict[str, str]:
    """What the map of a named export lacks, by the names everybody uses."""
    if known.grain == "order":  # generic names speak of contacts
        return found
    usual = export("generic-contacts" if known.grain == "contact" else "generic")
    free = [header for header in headers if header not in found.values()]
    return {**_found(usual, free, {}), **found}


def _refuse_twins(headers: list[str], found: Mapping[str, str], file: str) -> None:
    """Two columns of one name are told apart by a number behind the second (`wfm.history.sources`); none is guessed here."""
    twins = [theirs for theirs in found.values() if f"{theirs}.2" in headers]
    if twins:
        message, way_out = "two columns have this name", "Rename one of them, or leave it out"
        raise InputError(*(Problem(message, key=theirs, way_out=way_out, file=file) for theirs in twins))


def unit_of(header: str) -> str:
    """The unit a header names behind its words: "ms", "min", "h", "percent" or "" for none."""
    return next((unit for unit, form in _UNITS if form.search(header)), "")


def bare_name(header: str) -> str:
    """A header without the unit behind it.

    >>> bare_name("平均处理时长(秒)"), bare_name("offered")
    ('平均处理时长', 'offered')
    """
    return _UNIT_BEHIND.sub("", header) or header


def _plain_names(headers: Sequence[str], known: Export) -> list[str]:
    """Headers as they are, and without their units where only so they are known."""
    spelled = {plain(name) for names in known.columns.values() for name in names}
    return [name if plain(name) in spelled else bare_name(name) for name in headers]


def _theirs(name: str, headers: Sequence[str]) -> str:
    return name if name in headers else next(header for header in headers if bare_name(header) == name)


def _found(known: Export, headers: Sequence[str], said: Mapping[str, str]) -> dict[str, str]:
    free = [header for header in headers if header not in said.values()]
    found = {ours: _theirs(theirs, free) for ours, theirs in known.find(_plain_names(free, known)).items()}
    return {**found, **said}


def _as_said(headers: Sequence[str], columns: Mapping[str, str], file: str) -> dict[str, str]:
    """The planner's own map, each name in the file's spelling."""
    ours_all = [*_TIMES, *COUNTS, *DURATIONS, *SHARES]
    ours_all += [ours for one in exports() for ours in one.columns if ours not in ours_all]
    ours_all = list(dict.fromkeys(ours_all))
    spelled = {plain(header): header for header in reversed(headers)}
    there = told_names(headers)
    problems, found = [], {}
    for ours, theirs in columns.items():
        if ours.startswith("outcome."):  # words of the column of outcomes, no column (`wfm.history.contacts`)
            continue
        if ours not in ours_all:
            message, way_out = "not a column of a history", "Write one of: {names}"
            values = {"names": ", ".join([*_TIMES, *COUNTS, *DURATIONS, *SHARES])}
            problems.append(Problem(message, key="columns", value=ours, way_out=way_out, file=file, values=values))
        elif theirs not in headers and plain(theirs) not in spelled:
            message, way_out = "the file has no such column", "It has: {columns}"
            problems.append(Problem(message, key=ours, value=theirs, way_out=way_out, file=file, values={"columns": there}))
        else:
            found[ours] = theirs if theirs in headers else spelled[plain(theirs)]
    if problems:
        raise InputError(*problems)
    return found


def told_names(headers: Sequence[str], most: int = 30) -> str:
    """Headers for a message: without numbers of people, and without the cells of a first row that is no header."""
    shown = [masked(name) for name in headers]
    usual = {plain(name) for one in exports() for names in one.columns.values() for name in names}
    known = [plain(name) in usual or plain(bare_name(name)) in usual for name in headers]
    cells = [_is(name, "date") or _is(name, "number") for name in headers]
    if shown != list(headers) or any(map(_is_clocked, headers)) or (any(cells) and not any(known)):
        shown = [name if keep or cell else HIDDEN for name, keep, cell in zip(shown, known, cells, strict=True)]
    return ", ".join(shown[:most]) + (", ..." if len(shown) > most else "")


def _is_clocked(name: str) -> bool:
    """Whether a header is a date with a clock: a cell, since wide sheets have days or clocks above their columns."""
    try:
        return bool(read_stamp(name).flags & CLOCK)
    except BadValueError:
        return False


def _when(chunk: pd.DataFrame, found: dict[str, str], said: Mapping[str, str]) -> dict[str, str]:
    """Where dates and clock times stand: in one column (start), or in two (start holds the dates, time the clocks)."""
    found = dict(found)
    start, day = found.get("start"), found.get("date")
    if start and day and start != day:
        if holds(chunk[start], "clock") and holds(chunk[day], "date"):
            found.setdefault("time", start)
            found["start"] = day
        elif not holds(chunk[start], "date") and holds(chunk[day], "date") and "start" not in said:
            found["start"] = day
    elif day:
        found["start"] = day
    found.pop("date", None)
    if "start" in found and "time" in found:
        dated = holds(chunk[found["start"]], "date")
        if not dated and holds(chunk[found["time"]], "date"):
            found["start"] = found.pop("time")
        elif found["time"] == found["start"] or (dated and _with_clocks(chunk[found["start"]]) and "time" not in said):
            found.pop("time")
    elif "time" in found:
        found["start"] = found.pop("time")
    return found


def holds(cells: pd.Series, what: str) -> bool:
    """Whether most of a column's first filled cells are of one kind: "date", "clock", "count" or "number"."""
    sample = [text for text in cells.head(4 * _SAMPLE) if text.strip()][:_SAMPLE]
    return bool(sample) and sum(_is(text, what) for text in sample) > 0.7 * len(sample)


def _counts(cells: pd.Series) -> bool:
    """Whether a column may hold numbers of contacts: no clock times, and not the numbers of the rows (1, 2, 3, ...)."""
    sample = [text.strip() for text in cells.head(4 * _SAMPLE) if text.strip()][:_SAMPLE]
    if not holds(cells, "count") or any(re.search(r"\d[:：]\d", text) for text in sample):
        return False
    digits = [int(text) for text in sample if text.isascii() and text.isdigit()]
    return len(digits) < _SEQUENCE or digits[0] != 1 or any(after - before != 1 for before, after in itertools.pairwise(digits))


def _is(text: str, what: str) -> bool:
    try:
        if what == "date":
            read_stamp(text)
        elif what == "clock":
            read_clock(text if not re.fullmatch(r"\d{1,2}", text.strip()) else f"{text.strip()}:00")
        elif what == "count":
            return read_cell(text, "count").number >= 0
        else:
            return read_cell(text, "duration").number >= 0
    except BadValueError:
        return False
    return True


def _with_clocks(cells: pd.Series) -> bool:
    for text in cells.head(_SAMPLE):
        try:
            stamp = read_stamp(text)
            # Excel and databases write a day as its midnight.
            if stamp.flags & CLOCK and stamp.seconds % 86400:
                return True
        except BadValueError:
            continue
    return False


def _needed(chunk: pd.DataFrame, found: Mapping[str, str], file: str) -> None:
    """Refuse a file without dates or without contacts, with a hint that its cells bear out."""
    missing = [ours for ours in ("start", "offered") if ours not in found]
    if not missing:
        return
    if (
        len(missing) == 2
        and any(_is(name, "date") for name in chunk.columns)
        and any(_is(name, "number") for name in chunk.columns)
    ):
        message, way_out = (
            "no header: the first row holds dates and numbers already",
            "Write names above the columns: start,offered",
        )
        raise InputError(Problem(message, way_out=way_out, file=file, line=int(chunk.index[0]) - 1))
    free = [name for name in chunk.columns if name not in found.values()]
    dates = [name for name in free if holds(chunk[name], "date")]
    numbers = [name for name in free if name not in dates and _counts(chunk[name])]
    there = told_names(list(chunk.columns))
    problems = []
    for ours in missing:
        candidates = dates if ours == "start" else numbers
        values: dict[str, object] = {"ours": ours, "columns": there, "candidates": told_names(candidates[:8])}
        if candidates:
            way_out = (
                "It has: {columns}. Say which it is, e.g. columns: {{{ours}: {first}}}; by their cells it may be: {candidates}"
            )
            values["first"] = masked(candidates[0])
        elif ours == "start":
            way_out = "It has: {columns}. None of them holds dates: a row needs its date, or date and time in two columns"
        else:
            way_out = "It has: {columns}. None of the others holds numbers: a row needs its number of contacts"
        message = "no column for '{ours}'"
        line = max(int(chunk.index[0]) - 1, 1)
        problems.append(Problem(message, key="columns", way_out=way_out, file=file, line=line, values=values))
    raise InputError(*problems)
