"""Sums and averages: means times contacts, parts added up, whole numbers from shares; and what contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.core.errors import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wfm.history.columns import Layout
    from wfm.history.rows import Found, Rows

SUMMED = ("offered", "handled", "abandoned", "answered_within", "handle_time")
_PARTS = {"handle_time": ("talk_time", "hold_time", "wrap_time"), "aht": ("mean_talk", "mean_hold", "mean_wrap")}
_LARGER = {"handled": "offered", "abandoned": "offered", "answered_within": "offered"}


def as_sums(rows: Rows, layout: Layout, found: Found) -> None:
    """Leave only the columns of the contract, as sums over the interval.

    Shares become numbers only where one whole number of contacts follows from a share as it was rounded.
    """
    import numpy as np

    numbers, names = rows.numbers, layout.columns
    for ours, whole in (("answer_rate", "handled"), ("abandon_rate", "abandoned")):
        if ours not in numbers:
            continue
        share = numbers.pop(ours)
        if whole not in numbers:
            follows, count = _whole(share, numbers["offered"], least=2 if ours in rows.percent else 0)
            lost = ~np.isnan(share) & ~np.isnan(numbers["offered"]) & ~follows
            if follows.any() and lost.sum() <= 0.5 * len(rows):
                numbers[whole] = np.where(follows, count, np.nan)
                found.repairs.add("from_rate", column=names[ours])
            if lost.any():
                found.repairs.count("rate_left", int(lost.sum()), rows.line[lost][:10].tolist(), column=names[ours])
    for whole, parts in _PARTS.items():
        there = [part for part in parts if part in numbers]
        if there and whole not in numbers and (whole == "aht" or there[0] == "talk_time"):
            numbers[whole] = np.sum([numbers[part] for part in there], axis=0)
            found.repairs.add("parts", columns=", ".join(names[part] for part in there))
        for part in there:
            del numbers[part]
    if "aht" in numbers:
        mean = numbers.pop("aht")
        if "handle_time" not in numbers and "handled" in numbers:
            handled = numbers["handled"]
            numbers["handle_time"] = np.where(handled == 0, 0.0, mean.astype(np.float64) * handled)
            found.repairs.add("means", column=names.get("aht", "aht"))
        elif "handle_time" not in numbers:
            found.repairs.add("mean_alone", column=names.get("aht", "aht"))
    _contradictions(rows, layout, found)


def _whole(share: NDArray[np.floating], offered: NDArray[np.floating], least: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(where one whole number follows, that number) of shares of whole numbers, as exact as the column was written.

    ``least`` decimals it has at any rate: a column in percent says two.
    """
    import numpy as np

    known = share[~np.isnan(share)].astype(np.float64)
    decimals = next((d for d in range(least, 7) if np.allclose(known * 10**d, np.rint(known * 10**d), rtol=0, atol=1e-6)), 7)
    half = 0.5 * 10.0**-decimals + 1e-9 if decimals < 7 else 1e-7
    with np.errstate(invalid="ignore"):
        product = share.astype(np.float64) * offered
        room = half * offered + 1e-6
        count = np.rint(product)
        follows = (np.abs(product - count) <= room) & (room < 0.5) & (share <= 1 + 1e-9)
    follows |= offered == 0
    return follows, np.where(offered == 0, 0.0, count)


def _contradictions(rows: Rows, layout: Layout, found: Found) -> None:
    """A part larger than its whole: a carry-over in a few rows, columns taken for each other in most."""
    import numpy as np

    numbers = rows.numbers
    for part, whole in _LARGER.items():
        if part not in numbers:
            continue
        with np.errstate(invalid="ignore"):
            more = numbers[part] > numbers[whole]
            busy = numbers[whole] > 0
        if not more.any():
            continue
        # An interval may answer who came in the one before; a file in which that is usual has its columns mixed up.
        if more.sum() >= 3 and more.sum() > 0.2 * busy.sum():
            i = int(np.argmax(more))
            theirs, others = layout.columns.get(part, part), layout.columns.get(whole, whole)
            values = {"part": part, "whole": whole, "count": int(more.sum()), "rows": len(rows), "theirs": theirs, "others": others}
            found.problems.append(
                Problem(
                    "more contacts {part} than {whole} in {count} of {rows} rows",
                    key=theirs,
                    value=f"{numbers[part][i]:g} of {numbers[whole][i]:g}",
                    way_out="Look which column is which: {part} was read from '{theirs}', {whole} from '{others}'",
                    file=found.file,
                    line=int(rows.line[i]),
                    values=values,
                )
            )
            continue
        found.repairs.count("more_" + part, int(more.sum()), rows.line[more][:10].tolist())
