"""Sums and averages: means times contacts, parts added up, whole numbers from shares; and what contradicts itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wfm.core.errors import Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from wfm.history.columns import Layout
    from wfm.history.rows import Found, Rows

SUMMED = ("offered", "handled", "abandoned", "answered_within", "handle_time")
# Parts of the handle time as sums, each with its name as a mean.
_PARTS = {"talk_time": "mean_talk", "hold_time": "mean_hold", "wrap_time": "mean_wrap"}
_LARGER = {"handled": "offered", "abandoned": "offered", "answered_within": "offered"}


def as_sums(rows: Rows, layout: Layout, found: Found, wrap: float | None) -> None:
    """Leave only the columns of the contract, as sums over the interval.

    Where talk is told without after-call work, ``wrap`` [s] is added for each contact handled. Shares become numbers only where one
    whole number of contacts follows from a share as it was rounded.
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
    _handle_time(numbers, names, found, wrap)
    _contradictions(rows, layout, found)


def _handle_time(numbers: dict[str, NDArray[np.floating]], names: Mapping[str, str], found: Found, wrap: float | None) -> None:
    """``handle_time`` of the whole, of its mean, or of its parts; parts of which talk is missing are none."""
    import numpy as np

    repairs = found.repairs
    mean, theirs = numbers.pop("aht", None), names.get("aht", "aht")
    parts = {ours: numbers.pop(ours) for pair in _PARTS.items() for ours in pair if ours in numbers}
    if "handle_time" in numbers:
        return
    handled, code = _weights(numbers, mean if mean is not None else parts.get("mean_talk"))
    if mean is not None:
        numbers |= {"handled": handled, "handle_time": times(mean, handled)}
        repairs.add(code, column=theirs)
        return
    sums = {}
    for ours, alike in _PARTS.items():
        if ours in parts:
            sums[ours] = parts[ours]
        elif alike in parts:
            sums[alike] = times(parts[alike], handled)
            repairs.add(code, column=names[alike])
    if not sums:
        return
    columns = ", ".join(names[ours] for ours in sums)
    if not sums.keys() & {"talk_time", "mean_talk"}:
        repairs.add("no_talk", columns=columns, key="talk_time")
        return
    if sums.keys() & set(_PARTS.values()):
        numbers["handled"] = handled
    numbers["handle_time"] = np.sum(list(sums.values()), axis=0)
    if len(sums) > 1:
        repairs.add("parts", columns=columns)
    if not sums.keys() & {"wrap_time", "mean_wrap"}:
        added = wrap if "handled" in numbers else None
        tell_talk_alone(found, columns, added)
        if added is not None:
            numbers["handle_time"] = numbers["handle_time"] + times(np.full(len(handled), added), handled)


def _weights(numbers: Mapping[str, NDArray[np.floating]], mean: NDArray[np.floating] | None) -> tuple[NDArray[np.floating], str]:
    """Contacts handled, by which means become sums, and the repair to log; without them, those offered and not abandoned.

    Nobody was handled where the mean is 0: an interval in which all hung up must not shorten the others' handle time.
    """
    import numpy as np

    if "handled" in numbers:
        return numbers["handled"], "means"
    lost = numbers.get("abandoned")
    weights = numbers["offered"] if lost is None else np.maximum(numbers["offered"] - lost, 0.0)
    weights = weights if mean is None else np.where(mean == 0, 0.0, weights)
    return weights, "mean_by_offered" if lost is None else "mean_by_not_abandoned"


def times(mean: NDArray[np.floating], handled: NDArray[np.floating]) -> NDArray[np.float64]:
    """Means as sums; nobody handled is 0 seconds, whatever the mean says."""
    import numpy as np

    return np.where(handled == 0, 0.0, mean.astype(np.float64) * handled)


def tell_talk_alone(found: Found, columns: str, wrap: float | None, key: str = "wrap_time") -> None:
    """Say that talk is told without after-call work (our column ``key``), and whether the scenario's was added."""
    if wrap is None:
        found.repairs.add("talk_alone", columns=columns, key=key)
    else:
        found.repairs.add("talk_and_wrap", columns=columns, wrap=f"{wrap:g}")


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
