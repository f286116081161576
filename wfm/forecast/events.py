"""Campaigns with known dates: what the earlier ones of a name were like day by day, carried to the dates of the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.errors import BadValueError, InputError, Problem, reason_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# A campaign neither multiplies the ordinary day of its year alone nor brings the same number every year (data.md section 6: 37 %
# too low by last year's factor, 32 % too high by last year's number): half of either, in logs.
_FACTOR_SHARE = 0.5
# How far a campaign's day strays from the last one's, in logs, before two have shown it; and how many campaigns that counts for.
_PRIOR_SD, _PRIOR_TIMES = 0.5, 2.0


@dataclass(frozen=True)
class Event:
    """A span of days that are out of the ordinary for a known reason.

    Attributes
    ----------
    name
        Events of one name are of one kind: past ones teach what the next will be like.
    first, last
        Its days, both ends included.
    peak
        The day that the days of another event of this name are counted from; None: from start and end alike.
    total
        All the event's contacts (or orders), where the planner knows; then only its shape is learned.
    """

    name: str
    first: date
    last: date
    peak: date | None = None
    total: float | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadValueError("the event ends before it starts", "Write its first day, then its last")
        if self.peak is not None and not self.first <= self.peak <= self.last:
            raise BadValueError("the peak is not one of the event's days", "Leave it empty if no day stands out")
        if self.total is not None and not self.total >= 0:
            raise BadValueError("not a number of 0 or more", "Write the contacts of all the event's days")

    @property
    def days(self) -> list[date]:
        """Its days, in order."""
        return [self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1)]

    def matching(self, day: date, other: Event) -> date:
        """The day of ``other`` that ``day`` of this event is like."""
        if self.peak is not None and other.peak is not None:
            return min(max(other.peak + (day - self.peak), other.first), other.last)
        own, theirs = (self.last - self.first).days, (other.last - other.first).days
        return other.first + timedelta(days=round((day - self.first).days * theirs / own) if own else 0)


def learnable(events: Sequence[Event], last: date) -> list[Event]:
    """The events that a history ending on ``last`` tells of: those begun, and later ones with an earlier namesake or a total."""
    begun = {event.name for event in events if event.last <= last}
    return [event for event in events if event.first <= last or event.name in begun or event.total is not None]


def in_events(days: Sequence[date], events: Sequence[Event]) -> NDArray[np.bool_]:
    """Which of the days belong to an event."""
    import numpy as np

    return np.array([any(event.first <= day <= event.last for event in events) for day in days], dtype=bool)


def carried(
    day: date, event: Event, events: Sequence[Event], seen: Mapping[date, tuple[float, float]], ordinary: float
) -> tuple[float, float]:
    """(log total, its standard deviation) of a day of a coming event.

    Parameters
    ----------
    event, events
        The event of the day, and all; those of its name that lie in the past teach.
    seen
        Past event days: log total and the log of what would have been ordinary (NaN where unknown).
    ordinary
        Log of what the day would be without the event.

    Notes
    -----
    A past event's day teaches a factor on what is ordinary and a number; the forecast lies half way between, in logs. Where
    nothing teaches, the day stays ordinary: then the event's total has to tell.
    """
    import numpy as np

    values, moves = [], []
    for other in events:
        past = event.matching(day, other)
        if other.name != event.name or other.last >= event.first or past not in seen:
            continue
        total, typical = seen[past]
        move = ordinary - typical if np.isfinite(typical) else 0.0
        values.append(total + _FACTOR_SHARE * move)
        moves.append(move)
    if not values:
        return ordinary, _PRIOR_SD
    apart = float(((np.array(values) - np.mean(values)) ** 2).sum())
    variance = (_PRIOR_TIMES * _PRIOR_SD**2 + apart) / (_PRIOR_TIMES + max(len(values) - 1, 0))
    return float(np.mean(values)), float(np.sqrt(variance * (1 + 1 / len(values)) / 2 + (np.mean(moves) / 4) ** 2))


def read_events(path: Path | str) -> list[Event]:
    """Events of a file: csv with the columns ``name, from, to`` and optionally ``peak, total``, or YAML with a list of such.

    Raises
    ------
    InputError
        With file and line: what is no table of events, days that are none, events that end before they start.
    """
    path = Path(path)
    rows = _yaml_rows(path) if path.suffix.lower() in (".yaml", ".yml") else _csv_rows(path)
    problems: list[Problem] = []
    found = []
    for line, row in rows:
        wrong = len(problems)

        def tell(message: str, key: str, value: object, way_out: str, line: int = line) -> None:
            problems.append(Problem(message, key=key, value=value, way_out=way_out, file=str(path), line=line))

        for key in row.keys() - {"name", "from", "to", "peak", "total"}:
            tell("not a key of an event", str(key), row[key], "Write name, from, to, peak, total")
        days = {key: _day(row.get(key)) for key in ("from", "to", "peak")}
        for key, value in days.items():
            if value is None and (key != "peak" or str(row.get(key) or "").strip()):
                tell("not a day", key, row.get(key), "Write 2027-07-05")
        name, total = str(row.get("name") or "").strip(), _number(row.get("total"))
        if not name:
            tell("an event needs a name", "name", None, "Events of one name are of one kind, e.g. double11")
        if total == -1.0:
            tell("not a number of 0 or more", "total", row.get("total"), "Write the contacts of all the event's days")
        if len(problems) > wrong:
            continue
        assert days["from"] is not None
        assert days["to"] is not None
        try:
            found.append(Event(name, days["from"], days["to"], days["peak"], total))
        except BadValueError as error:
            tell(error.message, "from", days["from"].isoformat(), error.way_out)
    if not problems and not rows:
        problems.append(Problem("no events", file=str(path), way_out="Write a row for each event: name, from, to"))
    if problems:
        raise InputError(*problems[:20])
    return found


def _csv_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    import csv

    text = _text(path)
    reader = csv.DictReader(text.splitlines(), restkey="more")
    return [
        (reader.line_num, {str(key).strip().lower(): value for key, value in row.items()})
        for row in reader
        if any(str(value or "").strip() for value in row.values())
    ]


def _yaml_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        value = YAML(typ="safe", pure=True).load(_text(path))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        raise InputError(
            Problem("not YAML", file=str(path), line=line, way_out="Write - {name: double11, from: 2026-11-10, to: 2026-11-11}")
        ) from None
    value = value.get("events") if isinstance(value, dict) else value
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise InputError(
            Problem("not a list of events", file=str(path), way_out="Write - {name: double11, from: 2026-11-10, to: 2026-11-11}")
        )
    return [(0, row) for row in value]


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(Problem("cannot be read: {reason}", file=str(path), values={"reason": reason_of(error)})) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(Problem("neither UTF-8 nor GB18030 text", file=str(path), way_out="Save the file as CSV UTF-8"))


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value or "").strip())
    except ValueError:
        return None


def _number(value: object) -> float | None:
    """The number, None where there is none, -1 where it is none of 0 or more."""
    if value is None or str(value).strip() == "":
        return None
    try:
        number = float(str(value).replace(",", ""))
    except ValueError:
        return -1.0
    return number if 0 <= number < float("inf") else -1.0
