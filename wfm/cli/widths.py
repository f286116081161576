"""Columns of text in a terminal, where a Chinese character takes two places; the standard library only."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence


def width(words: str) -> int:
    """Places that a text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def aligned(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> list[str]:
    """The rows as lines with their columns under one another; ``right`` names columns that are set to the right."""
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = []
        for i, cell in enumerate(row):
            blanks = " " * (widths[i] - width(cell))
            cells.append(blanks + cell if i in right else cell + blanks)
        lines.append("  ".join(cells).rstrip())
    return lines
