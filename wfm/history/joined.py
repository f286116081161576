"""Several files as one past: months of one queue go on from file to file, files of the same days are queues of their own."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from wfm.history.regular import Duplicates
    from wfm.history.rows import Found
    from wfm.history.sources import Source

# Files that share more of the shorter one's days than this tell of different queues.
_SHARED = 0.5
_PERIOD = " _-.~至到0123456789年月日号第周季度"


@dataclass
class FileRead:
    """One file as read: contract ``history``, the distance of its rows [s], and whether it names its queues itself."""

    found: Found
    table: pd.DataFrame
    interval_s: int
    daily: bool
    named: bool
    stem: str


def stem_of(source: Source, otherwise: str = "contacts") -> str:
    """What a queue is called where the file names none."""
    return Path(source).stem if isinstance(source, str | Path) and str(source) != "-" else otherwise


def joined(reads: Sequence[FileRead], found: Found, duplicates: Duplicates) -> pd.DataFrame:
    """One table of several files, what they share told once.

    Raises
    ------
    InputError
        Rows of different length; intervals that stand in two files otherwise, unless ``duplicates`` says which counts.
    """
    import pandas as pd

    first = reads[0]
    other = next((read for read in reads if (read.interval_s, read.daily) != (first.interval_s, first.daily)), None)
    if other is not None:
        message = "rows {length} minutes apart, and {other} minutes apart in {file}"
        values = {"length": f"{other.interval_s / 60:g}", "other": f"{first.interval_s / 60:g}", "file": first.found.file}
        way_out = "Keep files of one length of intervals together, or plan by the longer one"
        raise InputError(Problem(message, way_out=way_out, file=other.found.file, values=values))
    alone = [read for read in reads if not read.named]
    if len(alone) > 1 and not any(_apart(a.table, b.table, a.interval_s) for a, b in itertools.combinations(alone, 2)):
        name = _common([read.stem for read in alone])
        found.repairs.add("one_queue", count=len(alone), queue=name)
        for read in alone:
            read.table = read.table.assign(queue=name)
    columns = list(dict.fromkeys(itertools.chain(*(read.table.columns for read in reads))))
    table = pd.concat([read.table for read in reads], ignore_index=True)[columns]
    table["queue"] = table["queue"].astype("str")
    return _once(table, found, duplicates).sort_values(["queue", "start"], ignore_index=True)


def _apart(a: pd.DataFrame, b: pd.DataFrame, seconds: int) -> bool:
    """Whether two files tell of the same days, and not the same of them."""
    import pandas as pd

    step = pd.Timedelta(seconds=seconds)
    begin, end = max(a["start"].min(), b["start"].min()), min(a["start"].max(), b["start"].max()) + step
    shorter = min(table["start"].max() - table["start"].min() for table in (a, b)) + step
    if end - begin <= _SHARED * shorter:
        return False
    both = a.merge(b, on="start", suffixes=("", "_"))
    return not len(both) or not (both["offered"].eq(both["offered_"]) | both["offered"].isna() | both["offered_"].isna()).all()


def _common(stems: Sequence[str]) -> str:
    """What the names of the files have in common, without their periods."""
    alike = itertools.takewhile(lambda signs: len(set(signs)) == 1, zip(*stems, strict=False))
    return "".join(signs[0] for signs in alike).rstrip(_PERIOD).strip() or "contacts"


def _once(table: pd.DataFrame, found: Found, duplicates: Duplicates) -> pd.DataFrame:
    """Each interval of a queue once."""
    import pandas as pd

    again = table.duplicated(["queue", "start"], keep=False)
    if not again.any():
        return table
    values = [name for name in table if name not in ("queue", "start")]
    groups = table[again].groupby(["queue", "start"], sort=True)[values]
    differ = groups.max().gt(groups.min()).any(axis=1)
    if duplicates == "sum":
        differ[:] = True
    count = int(differ.sum())
    if count and duplicates == "refuse":
        queue, start = differ.index[differ][0]
        told = {"count": count, "start": start.isoformat(), "queue": queue}
        message = "the files overlap: {count} intervals stand in several, the first {start} of {queue}"
        way_out = "Name each period once, or say duplicates: first, last or sum; files of several queues: columns: {{queue: file}}"
        raise InputError(Problem(message, way_out=way_out, file=found.file, values=told))
    if count:
        found.repairs.count(f"clash_{duplicates}", count, [])
    if len(differ) > count:
        found.repairs.count("files_alike", len(differ) - count, [], count=len(differ) - count)
    merged = groups.sum(min_count=1) if duplicates == "sum" else groups.last() if duplicates == "last" else groups.first()
    return pd.concat([table[~again], merged.reset_index()[list(table.columns)]], ignore_index=True)
