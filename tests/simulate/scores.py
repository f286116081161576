"""Simulated numbers beside the exact ones, in standard errors, and all of them judged together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

MOST = 4.0  # standard errors


class Scores:
    """Cells of a comparison: where, what, the expected number, the simulated one and its standard error."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, float, float, float]] = []

    def add(self, where: str, what: str, expected: float, simulated: float, error: float) -> None:
        assert error > 0, f"{where}: {what} has no spread ({simulated})"
        self._rows.append((where, what, float(expected), float(simulated), float(error)))

    @property
    def table(self) -> pd.DataFrame:
        table = pd.DataFrame(self._rows, columns=["where", "what", "expected", "simulated", "s.e."])
        return table.assign(z=(table["simulated"] - table["expected"]) / table["s.e."])

    def judge(self, title: str, capsys: pytest.CaptureFixture[str], *, cells: int, told: int = 400) -> None:
        """Print the table, its worst rows where it has more than ``told``, and fail beyond `MOST` or with fewer than ``cells``."""
        table = self.table
        worst = table["z"].abs().max()
        shown = table if len(table) <= told else table.loc[table["z"].abs().nlargest(told).index]
        with capsys.disabled():
            print(f"\n{title}")
            print(shown.round({"z": 2}).to_string(index=False, float_format=lambda x: f"{x:.6g}"))
            spread = f"mean z = {table['z'].mean():+.2f}, sd = {table['z'].std():.2f}"
            print(f"largest |z| of {len(table)} cells = {worst:.2f}, {spread}", flush=True)
        assert len(table) >= cells
        assert np.isfinite(worst)
        assert worst <= MOST, f"{title}\n{table[table['z'].abs() > MOST].to_string(index=False)}"


def mean_and_error(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of independent rows and its standard error."""
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / np.sqrt(len(samples))
