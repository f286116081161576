"""How far apart the rows of a file are; files that mix days with intervals, or intervals of two lengths, are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Phrase, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wfm.history.rows import Found, Rows

_DAY = 86400
_WHOLE_DAY = Phrase("a row for a whole day among rows of {minutes} minutes")
# Rows of a day that are needed to tell its own distance from chance.
_ENOUGH = 8


def find_step(rows: Rows, wall: NDArray[np.int64], found: Found) -> int:
    """The usual shortest distance between rows of a queue [s]; a day where there is no telling.

    Parameters
    ----------
    rows
        Sorted by queue and instant.
    wall
        Their wall clocks.

    Raises
    ------
    InputError
        Day rows among interval rows, or days of 30-minute rows among days of 15-minute rows.
    """
    import numpy as np

    distance = np.diff(rows.start)
    same = (np.diff(rows.queue) == 0) & (distance > 0)
    distance = distance[same]
    if not len(distance):
        return _DAY
    values, counts = np.unique(distance, return_counts=True)
    step = int(values[counts == counts.max()].min())
    if step >= _DAY:
        short = values[values < 23 * 3600]
        if not len(short) or counts[values < 23 * 3600].sum() < 3:
            return step
        # Mostly days, with some intervals among them.
        step = int(short[np.argmax(counts[values < 23 * 3600])])
    if step < 23 * 3600:
        _one_grain(rows, wall, step, found)
    return step


def _one_grain(rows: Rows, wall: NDArray[np.int64], step: int, found: Found) -> None:
    import numpy as np

    day = wall // _DAY
    head = np.flatnonzero(np.concatenate([[True], (np.diff(rows.queue) != 0) | (np.diff(day) != 0)]))
    size = np.diff(np.concatenate([head, [len(rows)]]))
    clock = wall % _DAY
    usual = float(np.median(size[size > 1])) if (size > 1).any() else 1.0
    # A day that is one row at midnight, where others have many.
    alone = head[(size == 1) & (clock[head] == 0)]
    midnights = np.count_nonzero((size > 1) & (clock[head] == 0))
    if len(alone) >= 2 and usual >= 4 and midnights < 0.5 * np.count_nonzero(size > 1):
        _refuse(rows, int(alone[0]), _WHOLE_DAY, step, found)
    # A midnight row as large as the rest of its day together, where midnight usually has none.
    many = np.flatnonzero((size >= 4) & (clock[head] == 0))
    if len(many):
        offered = np.nan_to_num(rows.numbers["offered"].astype(np.float64))
        total = np.add.reduceat(offered, head)
        first = offered[head[many]]
        rest = total[many] - first
        like = (first >= 20) & (np.abs(first - rest) <= 0.1 * first)
        if np.count_nonzero(like) >= 2 and np.count_nonzero(like) > 0.3 * len(many):
            _refuse(rows, int(head[many[like]][0]), _WHOLE_DAY, step, found)
    # Whole days on a coarser grid.
    coarse = np.gcd.reduceat(clock, head)
    gaps = np.diff(wall, append=wall[-1:])
    within = np.ones(len(rows), dtype=bool)
    within[np.concatenate([head[1:] - 1, [len(rows) - 1]])] = False
    larger = (size >= _ENOUGH) & (coarse % step == 0) & (coarse >= 2 * step)
    if larger.any() and not larger.all():
        steady = np.minimum.reduceat(np.where(within, gaps, _DAY), head) >= 2 * step
        odd = head[larger & steady]
        if len(odd):
            message = "rows further apart than the {minutes} minutes between other rows"
            _refuse(rows, int(odd[0]), message, step, found)


def _refuse(rows: Rows, at: int, message: str, step: int, found: Found) -> None:
    queue = rows.queues[int(rows.queue[at])]
    way_out = "Keep one kind of rows in one file"
    values = {"minutes": f"{step / 60:g}"}
    line = int(rows.line[at])
    raise InputError(Problem(message, key="start", value=queue, way_out=way_out, file=found.file, line=line, values=values))
