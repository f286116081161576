"""Dated data files: prices, legal rules, festivals. Each point keeps its source and date; nothing of the kind is a constant in
code.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Point:
    """One number with its origin.

    Attributes
    ----------
    value, unit
        The number and its unit, e.g. 200.0 and "CNY/licence/month".
    source, date
        Where it was read, and of when it is.
    grade
        A vendor's own page, B vendor marketing, C trade or anecdote; ``law`` for a legal rule.
    low, high
        The range found, where a range was found.
    """

    value: float
    unit: str
    source: str
    date: str
    grade: str
    low: float | None = None
    high: float | None = None
    note: str = ""


@cache
def table(file: str) -> dict[str, Any]:
    """A data file of ``wfm/core/data`` as a dictionary."""
    text = (Path(__file__).parent / "data" / f"{file}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def point(entry: str) -> Point:
    """The point ``"file.key"``."""
    file, key = entry.split(".", 1)
    return Point(**table(file)[key])
