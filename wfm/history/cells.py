"""Cells as numbers of contacts, durations and shares; what is no number is a problem with its line, or known to be unknown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from wfm.core import units
from wfm.core.errors import BadValueError, Phrase, Problem

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Kind = Literal["count", "duration", "share"]

_UNKNOWN = frozenset(
    "- -- --- — —— – / . n/a na #n/a null none nil (null) <na> 无 空 暂无 未知 #div/0! #value! #ref! #num! #name?".split()  # noqa: SIM905
) | {""}
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:([,' ])\d{3})(?:\1\d{3})*(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d{1,2}|\d{4,})")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COUNTED = re.compile(r"\s*(?:通|个|次|条|人|人次|件|单|笔|calls?|contacts?|chats?|orders?)\s*$", re.I)
_TEN_THOUSANDS = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*万")
_MILLISECONDS = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:ms|msec|毫秒|milliseconds?)", re.I)
_CLOCK = re.compile(r"(\d+):([0-5]?\d)(?::([0-5]?\d))?(?:[.,](\d+))?")
_DAYS = re.compile(r"(\d+)\s*(?:days?|d|天)[\s,]*(.+)", re.I)

# No interval has more contacts, or seconds of handling; beyond it whole numbers lose their last digits.
_MOST = 1e12
#: Seconds of one of a unit's.
SECONDS = {"s": 1.0, "ms": 0.001, "us": 1e-6, "min": 60.0, "h": 3600.0, "hms": 1.0}

_WAY_OUT = {
    "count": Phrase("Write digits only; leave the cell empty if the number is not known"),
    "duration": Phrase("Write seconds (185), 3:05 or 0:03:05; leave the cell empty if it is not known"),
    "share": Phrase("Write 98.5% or 0.985; leave the cell empty if it is not known"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its number (NaN where unknown) and what had to be done to read it."""

    number: float
    repair: str = ""
    signed: bool = False


@lru_cache(maxsize=100_000)
def read_cell(text: str, kind: Kind = "count", scale: float = 1.0) -> Cell:
    """One cell as a number; durations in seconds (bare numbers times ``scale``), shares as written but for their percent sign.

    Raises
    ------
    BadValueError
        It is neither a number nor a word for none.
    """
    cell = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u2019", "'").strip().strip('"').strip("'").strip()
    if cell.lower() in _UNKNOWN or (kind != "count" and cell.lower() == "nan"):
        return Cell(float("nan"), "no_number" if cell else "")
    repair = "" if cell == text.strip() else "separators"
    if kind == "share" and cell.endswith("%"):
        inner = read_cell(cell[:-1].strip(), "count")
        return Cell(inner.number / 100, inner.repair, signed=True)
    if kind == "duration":
        seconds = _duration(cell)
        if seconds is not None:
            return Cell(seconds)
    elif kind == "count":
        if _COUNTED.search(cell):
            cell, repair = _COUNTED.sub("", cell), "separators"
        many = _TEN_THOUSANDS.fullmatch(cell)
        if many:
            return Cell(round(float(many[1]) * 10_000, 6), "separators")
    scale = scale if kind == "duration" else 1.0
    if _PLAIN.fullmatch(cell):
        number = float(cell)
        if number in (float("inf"), float("-inf")):
            raise BadValueError("not a number", _WAY_OUT[kind])
        return Cell(number * scale, repair)
    if _THOUSANDS.fullmatch(cell.replace("\u202f", " ").replace("\xa0", " ")):
        return Cell(float(re.sub(r"[,' \u202f\xa0]", "", cell)) * scale, "separators")
    comma = _DECIMAL_COMMA.fullmatch(cell)
    if comma:
        return Cell(float(f"{comma[1]}.{comma[2]}") * scale, "decimal_comma")
    raise BadValueError("not a number", _WAY_OUT[kind])


def _duration(cell: str) -> float | None:
    """Seconds of a text with a unit or colons; None for anything else."""
    negative = cell.startswith("-")
    cell = cell.removeprefix("-")
    days = _DAYS.fullmatch(cell)
    extra = 0.0
    if days:
        extra, cell = int(days[1]) * 86400.0, days[2]
    clock = _CLOCK.fullmatch(cell)
    if clock:
        parts = [int(part) for part in clock.groups()[:3] if part is not None]
        seconds = parts[0] * 3600 + parts[1] * 60 + parts[2] if len(parts) == 3 else parts[0] * 60 + parts[1]
        found = extra + seconds + float(f"0.{clock[4] or 0}")
    elif short := _MILLISECONDS.fullmatch(cell):
        found = float(short[1]) / 1000
    elif _PLAIN.fullmatch(cell):
        return None
    else:
        try:
            found = extra + units.duration(cell.replace("分钟", "分").replace("小时", "h").replace("时", "h").replace(" ", ""))
        except ValueError:
            return None
    return -found if negative else found


@dataclass
class Numbers:
    """A column of numbers gathered chunk by chunk.

    Attributes
    ----------
    column
        The file's name of it.
    kind
        "count" (whole, unless it was estimated), "duration" [s] or "share".
    scale
        Seconds of a bare number of a duration.
    """

    column: str
    kind: Kind
    scale: float = 1.0
    parts: list[NDArray[np.floating]] = field(default_factory=list)
    repaired: dict[str, list[int]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    signed: bool = False
    bare: bool = False
    thousands: bool = False

    def add(self, cells: pd.Series, lines: NDArray[np.integer], file: str, problems: list[Problem]) -> None:
        """Read a chunk's cells; what is wrong with them is added to ``problems``."""
        import numpy as np
        import pandas as pd

        codes, unique = pd.factorize(cells)
        texts = [str(text) for text in unique]
        # A column of counts repeats itself: each text is read once.
        read = pd.to_numeric(pd.Series(unique), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan).copy()
        plain = np.isfinite(read)
        if self.kind == "duration" and self.scale != 1.0:
            read[plain] *= self.scale
        self.bare |= bool((read[plain] != 0).any())
        read[~plain] = np.nan
        wrong: dict[int, BadValueError] = {}
        for i in (int(i) for i in np.flatnonzero(~plain)):
            if not texts[i]:
                continue
            try:
                cell = read_cell(texts[i], self.kind, self.scale)
            except BadValueError as error:
                wrong[i] = error
                continue
            read[i] = cell.number
            self.signed |= cell.signed
            self.bare |= not cell.signed and cell.number > 0
            self.thousands |= cell.repair == "separators" and "," in texts[i]
            if cell.repair:
                self._repaired(cell.repair, lines[codes == i])
        for at, found in {**self._refused(read), **wrong}.items():
            problems.extend(
                Problem(found.message, key=self.column, value=texts[at], way_out=found.way_out, file=file, line=int(line))
                for line in lines[codes == at][:100]
            )
        read[read > _MOST] = np.nan
        small = read.astype(np.float32)
        with np.errstate(invalid="ignore"):
            exact = bool(((small == read) | np.isnan(read)).all())
        self.parts.append((small if exact else read)[codes])

    def _repaired(self, code: str, lines: NDArray[np.integer]) -> None:
        kept = self.repaired.setdefault(code, [])
        kept.extend(int(line) for line in lines[: max(0, 50 - len(kept))])
        self.counted[code] = self.counted.get(code, 0) + len(lines)

    def _refused(self, read: NDArray[np.float64]) -> dict[int, BadValueError]:
        """Which of the texts are numbers that cannot be meant."""
        import numpy as np

        with np.errstate(invalid="ignore"):
            negative = np.flatnonzero(read < 0)
            broken = np.flatnonzero((read != np.rint(read)) & (read >= 0) & (self.kind == "count"))
            large = np.flatnonzero(read > _MOST)
        most = BadValueError("a number larger than any count or time of contacts", "Look for two numbers run together")
        low = BadValueError("negative", "Numbers of contacts and handle times are 0 or more")
        part = BadValueError("not a whole number of contacts", "Contacts are counted; means go into the aht column")
        return {int(i): error for error, where in ((low, negative), (part, broken), (most, large)) for i in where}

    def finish(self, file: str) -> tuple[NDArray[np.floating], list[Problem]]:
        """The whole column, shares as 0-1, and what only the whole column shows to be wrong."""
        import numpy as np

        numbers = np.concatenate(self.parts) if len(self.parts) != 1 else self.parts[0]
        self.parts.clear()
        problems = []
        if "decimal_comma" in self.repaired and self.thousands:
            message = "commas stand for decimals in some cells and for thousands in others"
            line = self.repaired["decimal_comma"][0]
            problems.append(Problem(message, key=self.column, way_out="Write numbers without commas", file=file, line=line))
        if self.kind == "share":
            numbers, wrong = self._shares(numbers, file)
            problems.extend(wrong)
        return numbers, problems

    def _shares(self, numbers: NDArray[np.floating], file: str) -> tuple[NDArray[np.floating], list[Problem]]:
        """Shares 0-1: percent where the column says so or goes beyond 1; what may be either is refused."""
        import numpy as np

        known = numbers[~np.isnan(numbers)]
        top = float(known.max()) if len(known) else 0.0
        way_out = "Write all of them as 98.5%, or put (%) behind the column's name"
        if self.signed:
            if self.bare:
                message = "some cells have a percent sign and some have none"
                return numbers, [Problem(message, key=self.column, way_out=way_out, file=file)]
            return numbers, []
        if self.scale == 0.01:
            return numbers * np.float32(1) / 100 if top > 0 else numbers, []
        if top <= 1.0:
            return numbers, []
        if top <= 100.0 and float(np.median(known)) > 1.0:
            self.counted["percent"] = len(known)
            self.repaired["percent"] = []
            return numbers.astype(np.float64) / 100, []
        message = "shares beyond 1 and no telling whether percent is meant" if top <= 100.0 else "a share beyond 100 %"
        return numbers, [Problem(message, key=self.column, value=f"{top:g}", way_out=way_out, file=file)]
