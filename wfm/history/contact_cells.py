"""Cells of per-contact records: moments, durations and outcomes; what is wrong with one is told without naming anybody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wfm.core.errors import Problem
from wfm.core.masking import HIDDEN, masked, personal
from wfm.history.cells import SECONDS, Numbers
from wfm.history.exports import plain
from wfm.history.rows import Found
from wfm.history.stamps import DAY_FIRST, EITHER, INSTANT, MONTH_FIRST, NONE, read_stamps

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.history.columns import Layout
    from wfm.history.stamps import Order

_KEPT = 2_000
# A word that many rows have is a word of the export; one that few have may be a name that slipped into the column.
_COMMON = 3
_WORDS_TOLD = 20
_PLAIN_CELL = re.compile(r"[\d\s:./\-+,%TZ年月日时分秒]*")
_MANY_DIGITS = re.compile(r"\d{7,}")


def shown(text: str) -> str:
    """A word that is no name, for messages and logs: numbers of people hidden."""
    return masked(str(text).strip())


def safe(text: str) -> str:
    """A cell as a message may show it: digits and punctuation of a date or a number; anything else could be somebody."""
    text = text.strip()
    cell = masked(text)
    if cell != text or not _PLAIN_CELL.fullmatch(text) or _MANY_DIGITS.search(text):
        return HIDDEN
    return text


def _hidden(problems: list[Problem], before: int) -> None:
    """Hide the cells of the problems added since ``before``."""
    from dataclasses import replace

    for i in range(before, len(problems)):
        problem = problems[i]
        if problem.value is not None:
            problems[i] = replace(problem, value=safe(str(problem.value)))


@dataclass
class Moments:
    """A column of moments: seconds since 1970, whether of the wall clock or an instant, and which cells have one."""

    seconds: NDArray[np.int64]
    instant: NDArray[np.bool_]
    known: NDArray[np.bool_]

    def take(self, which: NDArray[np.bool_]) -> Moments:
        """Some of them."""
        return Moments(self.seconds[which], self.instant[which], self.known[which])


def stamps_of(chunk: pd.DataFrame, layout: Layout, ours: str, found: Found, order: Order | None, *, needed: bool = True) -> Moments:
    """The moments of a column (or of ``date`` and ``time``); cells that are none are problems of ``found``.

    Parameters
    ----------
    needed
        Whether an empty cell is a problem.
    """
    import numpy as np

    names, units = layout.columns, layout.units
    column = names.get(ours) or names["date"]
    texts = chunk[column].str.strip()
    unit = units.get(ours if ours in names else "date", "")
    if unit == "mmddyyyy":
        texts = texts.str.replace(r"^(\d{2})(\d{2})(\d{4})", r"\3-\1-\2", regex=True)
    if ours == "arrival" and "arrival" not in names and "time" in names:
        texts = (texts + " " + _clocks(chunk[names["time"]].str.strip())).str.strip()
    known_order: Order | None = "mdy" if unit == "mdy" else order
    stamps, wrong = read_stamps(texts, known_order)
    lines = chunk.index.to_numpy()
    seconds, flags = stamps.seconds, stamps.flags
    either = flags & EITHER != 0
    if either.any():
        first, last = bool((flags & DAY_FIRST).any()), bool((flags & MONTH_FIRST).any())
        if first == last:
            way_out = "Say which: date_order: dmy (5 July is 05/07/2027) or date_order: mdy"
            message = "dates that may have the day or the month first"
            found.problems.append(
                Problem(message, key=column, way_out=way_out, file=found.file, line=int(lines[np.argmax(either)]))
            )
        elif last and stamps.other is not None:
            seconds = np.where(stamps.other != NONE, stamps.other, seconds)
    known = seconds != NONE
    empty = (texts == "").to_numpy()
    before = len(found.problems)
    for row in np.flatnonzero(~known & (needed | ~empty))[:_KEPT]:
        error = wrong.get(texts.iloc[row])
        message = getattr(error, "message", "no date and time")
        way_out = getattr(error, "way_out", "Write 2027-07-05 10:30, year first")
        value = texts.iloc[row] or None
        found.problems.append(Problem(message, key=column, value=value, way_out=way_out, file=found.file, line=int(lines[row])))
    _hidden(found.problems, before)
    if len(found.problems) > _KEPT:
        found.tell()
    instant = np.full(len(seconds), fill_value=True) if unit == "utc" else flags & INSTANT != 0
    return Moments(seconds, instant, known)


def _clocks(times: pd.Series) -> pd.Series:
    packed = times.str.fullmatch(r"\d{3,4}")
    return times.where(~packed, times.str.zfill(4).str[:2] + ":" + times.str.zfill(4).str[2:])


class Durations:
    """A column of durations, read chunk by chunk."""

    def __init__(self, column: str, unit: str) -> None:
        self.column = column
        self._scale = SECONDS.get(unit, 1.0)

    def read(self, cells: pd.Series, lines: NDArray[np.int64], found: Found) -> NDArray[np.float64]:
        """Seconds, NaN where a cell is empty; what is no duration is a problem of ``found``."""
        import numpy as np

        before = len(found.problems)
        numbers = Numbers(self.column, "duration", self._scale)
        numbers.add(cells, lines, found.file, found.problems)
        _hidden(found.problems, before)
        if len(found.problems) > _KEPT:
            found.tell()
        return np.concatenate(numbers.parts).astype(np.float64)


def outcomes_of(
    chunk: pd.DataFrame,
    name: str,
    words: Mapping[str, str],
    outcomes: Sequence[str],
    unknown: dict[str, list[int]],
    lines: NDArray[np.int64],
) -> NDArray[np.int8]:
    """Numbers of outcomes by the words of a column; words nobody knows are gathered in ``unknown`` with their lines."""
    import numpy as np
    import pandas as pd

    codes, unique = pd.factorize(chunk[name].str.strip())
    nothing = outcomes.index("unknown")
    known = np.full(len(unique), nothing, dtype=np.int8)
    people: set[str] | None = None
    for i, word in enumerate(unique):
        outcome = words.get(plain(str(word))) or words.get(re.sub(r"[\W_]+", "", plain(str(word))))
        if outcome is not None:
            known[i] = outcomes.index(outcome)
        elif word and len(unknown) < _KEPT:
            people = _people(chunk, name) if people is None else people
            where = unknown.setdefault(HIDDEN if word in people else str(word), [0])
            rows = np.flatnonzero(codes == i)
            where[0] += len(rows)
            where.extend(int(line) for line in lines[rows[: max(0, 4 - len(where))]])
    return known[codes]


def _people(chunk: pd.DataFrame, but: str) -> set[str]:
    """Whoever stands in the columns of people."""
    return {text for name in chunk.columns if name != but and personal(name) for text in chunk[name].str.strip().unique()}


def unknown_words(unknown: Mapping[str, list[int]], column: str, file: str) -> list[Problem]:
    """One problem for words of outcomes that nobody knows, told together; a rare word, which may be a name, only by its line."""
    if not unknown:
        return []
    common = {shown(word): count for word, (count, *_) in unknown.items() if count >= _COMMON and word != HIDDEN}
    rare = sorted(line for word, (count, *lines) in unknown.items() if count < _COMMON or word == HIDDEN for line in lines)
    problems = []
    if common and len(common) <= _WORDS_TOLD:
        first = min(lines[0] for _, *lines in unknown.values())
        message = "words for how a contact ended that are not known: {words}"
        way_out = "Say what they mean: columns: {{outcome.handled: ..., outcome.abandoned: ..., outcome.phantom: ...}}"
        said: dict[str, object] = {
            "words": ", ".join(f"{word} ({count})" for word, count in sorted(common.items(), key=lambda one: (-one[1], one[0])))
        }
        problems.append(Problem(message, key=column, way_out=way_out, file=file, line=first, values=said))
    elif common:
        message = "{count} different words for how a contact ended: this is no column of outcomes"
        way_out = "Name the right one: columns: {{outcome: ...}}"
        problems.append(Problem(message, key=column, way_out=way_out, file=file, line=1, values={"count": len(common)}))
    if rare and not problems:
        message = "{count} words for how a contact ended that are not known"
        way_out = "Look at lines {lines}; say what they mean: columns: {{outcome.handled: ..., outcome.abandoned: ...}}"
        values = {"count": len(rare), "lines": ", ".join(map(str, rare[:6]))}
        problems.append(Problem(message, key=column, way_out=way_out, file=file, line=rare[0], values=values))
    return problems
