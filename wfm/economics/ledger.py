"""Ledger first: every movement of money is a row with its quantity, price, origin and formula (economics A1).

All totals, measures and charts are sums of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from wfm.core.errors import InputError, Problem
from wfm.economics.origins import UNKNOWN, Origin

if TYPE_CHECKING:
    import pandas as pd

Vector = NDArray[np.float64]
Category = Literal["capex", "opex", "benefit", "risk", "wc"]

#: The option every other is measured against.
BASELINE = "none"


@dataclass(frozen=True)
class Line:
    """One line of an option's ledger over its periods.

    Attributes
    ----------
    option, name, category
        Whose line, which line, and of what kind: ``capex`` (one-off), ``opex``, ``risk`` (expected losses), ``wc`` (working
        capital: deposits that come back) or ``benefit``.
    quantity, unit
        How many a period: one number, or one for each of the periods ``first..last``.
    unit_price
        Price of one unit at the prices of the first year.
    first, last
        Periods with this line, both included; ``last`` None means to the horizon. Period 0 is the start.
    grows
        Whether the price follows the price index.
    sign
        +1 income, -1 spending; by default benefits are income and everything else is spending.
    formula, origin
        How the quantity arises, and where the price comes from.
    """

    option: str
    name: str
    category: Category
    quantity: float | Sequence[float] | Vector
    unit: str
    unit_price: float
    first: int = 1
    last: int | None = None
    grows: bool = True
    sign: Literal[1, -1] | None = None
    formula: str = ""
    origin: Origin = UNKNOWN

    @property
    def key(self) -> str:
        """``option.name``, as messages call it."""
        return f"{self.option}.{self.name}"

    @property
    def direction(self) -> int:
        """+1 or -1."""
        return self.sign if self.sign is not None else (1 if self.category == "benefit" else -1)

    def periods(self, horizon: int) -> range:
        """The periods of this line; empty where it starts after the horizon.

        Raises
        ------
        InputError
            The line starts before period 0 or ends after the horizon.
        """
        last = horizon if self.last is None else self.last
        if self.first < 0 or last > horizon:
            raise InputError(Problem("a ledger line runs over periods 0 to {last}", self.key, last, values={"last": horizon}))
        return range(self.first, last + 1)

    def quantities(self, horizon: int) -> Vector:
        """The quantity in each of its periods."""
        count = len(self.periods(horizon))
        quantity = np.asarray(self.quantity, dtype=float)
        if quantity.ndim and len(quantity) != count:
            values = {"first": self.first, "last": self.first + count - 1, "count": count}
            way_out = "Periods {first} to {last} need {count} quantities"
            raise InputError(Problem("a quantity a period is needed", self.key, len(quantity), way_out, values=values))
        return np.broadcast_to(quantity, (count,)).astype(float)


def price_index(horizon: int, periods_per_year: int, growth: float) -> Vector:
    """The price index of periods 0..horizon: 1 in the first year, stepping by ``1 + growth`` each year."""
    years = np.maximum(np.arange(horizon + 1) - 1, 0) // periods_per_year
    return np.asarray((1 + growth) ** years.astype(float), dtype=np.float64)


def ledger(lines: Iterable[Line], horizon: int, periods_per_year: int = 12, growth: float = 0.0) -> pd.DataFrame:
    """Every movement of money as a row.

    Parameters
    ----------
    lines
        Lines of all options.
    horizon
        Last period.
    growth
        Yearly growth of the price index; year 1 has index 1.

    Returns
    -------
    DataFrame
        Contract ``ledger`` plus ``sign``; ``amount == quantity * unit_price * index * sign`` exactly, costs negative.

    Raises
    ------
    InputError
        Two lines of one option with the same name meet in a period, or a line leaves the periods.
    """
    import pandas as pd

    index = price_index(horizon, periods_per_year, growth)
    columns: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    seen: set[tuple[str, int, str]] = set()
    for line in lines:
        for period, quantity in zip(line.periods(horizon), line.quantities(horizon).tolist(), strict=True):
            key = (line.option, period, line.name)
            if key in seen:
                raise InputError(
                    Problem("the ledger has two lines of this name in period {period}", line.key, values={"period": period})
                )
            seen.add(key)
            at = float(index[period]) if line.grows else 1.0
            amount = quantity * line.unit_price * at * line.direction + 0.0  # no minus zero
            row = (line.option, period, line.name, line.category, quantity, line.unit, float(line.unit_price), line.origin.date, at)
            for column, value in zip(
                _COLUMNS, (*row, line.direction, amount, line.origin.kind, line.origin.source, line.formula), strict=True
            ):
                columns[column].append(value)
    return pd.DataFrame(columns).astype(_TYPES)


def cash(lines: Iterable[Line], option: str, horizon: int, periods_per_year: int = 12, growth: float = 0.0) -> Vector:
    """Net flow of one option straight from its lines: the sums of ``flows(ledger(...))`` without the table, for root searches."""
    index = price_index(horizon, periods_per_year, growth)
    total = np.zeros(horizon + 1)
    for line in lines:
        if line.option == option:
            periods = np.asarray(line.periods(horizon), dtype=np.intp)
            at = index[periods] if line.grows else 1.0
            total[periods] += line.quantities(horizon) * line.unit_price * at * line.direction
    return total


def flows(table: pd.DataFrame, option: str, horizon: int, baseline: str | None = None) -> Vector:
    """Net flow of periods 0..horizon of an option, less the baseline's where one is named; an option without rows flows zero."""
    total = _sums(table, option, horizon)
    return total if baseline is None else total - _sums(table, baseline, horizon)


def _sums(table: pd.DataFrame, option: str, horizon: int) -> Vector:
    rows = table[table["option"] == option]
    sums = np.bincount(rows["period"].to_numpy(), weights=rows["amount"].to_numpy(), minlength=horizon + 1)
    return np.asarray(sums, dtype=np.float64)


_TYPES = {
    "option": "str", "period": "int64", "line": "str", "category": "str", "quantity": "float64", "unit": "str",
    "unit_price": "float64", "price_date": "str", "index": "float64", "sign": "int64", "amount": "float64",
    "origin": "str", "source": "str", "formula": "str",
}  # fmt: skip
_COLUMNS = tuple(_TYPES)
