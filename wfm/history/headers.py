"""Which line of a table is its header, and what its columns are called."""

from __future__ import annotations

import re
from collections.abc import Sequence

# A cell that starts like a number, a clock time or a date.
_DIGITS = re.compile(r"\s*[+\-(￥¥$]?\s*[\d０-９]")
_DATE = re.compile(r"\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[-/.月]\d{1,2}([-/.日]|$)|\d{1,2}[:：]\d{2})")


def header_row(records: Sequence[Sequence[str]]) -> int:
    """Index of the header among the first records of a table; titles and periods may stand above it.

    It is the first full row after which numbers begin, or that itself holds dates or clock times side by side (a wide sheet).
    """
    filled = [sum(bool(cell.strip()) for cell in record) for record in records]
    counts = [count for count in filled if count > 1] or [count for count in filled if count]
    if not counts:
        return 0
    usual = max(set(counts), key=lambda count: (counts.count(count), -count))
    wanted = [i for i, count in enumerate(filled) if count >= usual] or [i for i, count in enumerate(filled) if count]
    # A wide sheet leaves the corner empty.
    if wanted[0] > 0:
        before = [i for i in range(wanted[0]) if filled[i] == usual - 1 and filled[i] > 1 and not records[i][0].strip()]
        wanted = before[-1:] + wanted
    for i in wanted[:20]:
        dates = sum(bool(_DATE.match(cell)) for cell in records[i])
        if dates >= 3 and dates >= filled[i] - 2:
            return i
        following = next((j for j in range(i + 1, len(records)) if filled[j]), None)
        if following is not None and _numbers(records[following]) > _numbers(records[i]):
            return i
    return wanted[0]


def _numbers(record: Sequence[str]) -> int:
    return sum(bool(_DIGITS.match(cell)) for cell in record)


def column_names(header: Sequence[str], width: int) -> list[str]:
    """Names of ``width`` columns: stripped, on one line, the second of a name with ``.2``, nameless ones ``column 3``."""
    seen: dict[str, int] = {}
    names = []
    for i in range(width):
        name = " ".join(header[i].replace("\ufeff", "").split()) if i < len(header) else ""
        name = name or f"column {i + 1}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return names
