"""A past of amounts - money, weights, hours - read as a past of counts is, fractions and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

# Thousand separators and decimals; what else a cell may hold is left to the reader, which says what is wrong with it.
_FRACTION = r"\s*(?:\d+|\d{1,3}(?:,\d{3})+)\.(\d*?)0*\s*"
_DIGITS = 6


def read_amounts(
    source: Path | str, value: str, *, columns: Mapping[str, str] | None = None, sheet: str | None = None, **reading: Any
) -> pd.DataFrame:
    """The table ``history`` of a file whose column ``value`` holds amounts, in its ``offered``.

    Parameters
    ----------
    source
        As of `wfm.history.read_history`.
    value
        The column's name.
    columns, sheet
        As of `read_history`; ``offered`` is the amount in any case.
    **reading
        What else `read_history` takes.

    Raises
    ------
    InputError
        As of `read_history`: no such column, text, negative amounts.

    Notes
    -----
    A history counts contacts and refuses parts of one. Amounts are read in their smallest unit (cents), six decimals at most, and
    scaled back.
    """
    import pandas as pd

    from wfm.history import read_history
    from wfm.history.sources import chunks

    if str(source) == "-":
        read: list[pd.DataFrame] = list(chunks(source, sheet=sheet))
        digits = max(_digits(chunk, value) for chunk in read)
    else:
        read = []
        digits = max((_digits(chunk, value) for chunk in chunks(source, sheet=sheet)), default=0)
    named = {**(columns or {}), "offered": value}
    if not digits and not read:
        return read_history(source, columns=named, sheet=sheet, **reading).table
    table = pd.concat(read or list(chunks(source, sheet=sheet)))
    if value in table:
        table[value] = [_scaled(cell, digits) for cell in table[value]]
    try:
        past = read_history(table.reset_index(drop=True), columns=named, **reading).table
    except InputError as error:
        told = (replace(problem, file=str(source)) if problem.file == "table" else problem for problem in error.problems)
        raise InputError(*told, language=error.language) from None
    return past.assign(offered=past["offered"] / 10**digits, queue=past["queue"].replace("table", Path(source).stem))


def _digits(chunk: pd.DataFrame, value: str) -> int:
    """Decimals that the column's amounts have, six at most."""
    if value not in chunk:
        return 0
    decimals = chunk[value].str.extract(f"^{_FRACTION}$")[0].dropna().str.len()
    return min(int(decimals.max()), _DIGITS) if len(decimals) else 0


def _scaled(cell: str, digits: int) -> str:
    """An amount as a whole number of its smallest unit; other text as it is."""
    from decimal import Decimal, InvalidOperation

    try:
        number = Decimal(cell.replace(",", ""))
    except InvalidOperation:
        return cell
    return str(int((number * 10**digits).to_integral_value())) if number.is_finite() and number >= 0 else cell
