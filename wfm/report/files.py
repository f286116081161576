"""What a plan leaves on disk: report.html, plan.xlsx, plan.json and csv tables; whole or not at all (`wfm.core.writing`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.tables import csv_text
from wfm.core.writing import write_files
from wfm.report import tallied
from wfm.report.planjson import plan_json

if TYPE_CHECKING:
    import pandas as pd

    from wfm.plan import Plan

__all__ = ["csv_text", "described", "plan_json", "tables", "write_outputs"]


def write_outputs(plan: Plan, folder: str | Path) -> tuple[Path, ...]:
    """Write the report, the workbook, plan.json and ``tables/*.csv`` into a folder, which is made where absent.

    Everything is rendered before the first file is touched, and every file is renamed into place, plan.json last: it knows the
    digest of each table, so whoever reads the folder after a killed run sees which tables are not its own. Tables of the plan that
    stood there before and that this one does not have go. Equal plans give equal bytes.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    OSError
        The folder cannot be made or written.
    """
    from wfm.report.html import html
    from wfm.report.workbook import workbook

    root = Path(folder)
    found = tables(plan)
    # All digits, so that what is read back is the same plan; with a byte order mark, so that Excel reads Chinese.
    files = {name: csv_text(table, exact=True).encode("utf-8-sig") for name, table in found.items()}
    contents = {root / "plan.xlsx": workbook(plan), root / "report.html": html(plan).encode()}
    contents |= {_table(root, name): content for name, content in files.items()}
    contents[root / "plan.json"] = plan_json(plan, described(found, files)).encode()
    write_files(contents, remove=[_table(root, name) for name in _tables_before(root) - files.keys()])
    return tuple(contents)


def tables(plan: Plan) -> dict[str, pd.DataFrame]:
    """Name to table, as the csv files hold them; instants with their offset, durations in seconds, shares 0-1."""
    import pandas as pd

    found: dict[str, pd.DataFrame] = {}
    if plan.history is not None:
        found["history"] = plan.history
    if len(plan.repairs):
        found["repairs"] = plan.repairs
    origins = pd.DataFrame([{key: _plain(value) for key, value in vars(origin).items()} for origin in plan.origins])
    return found | {
        "forecast": plan.forecast,
        "forecast_days": tallied.by_day(plan),
        "workload": plan.workload,
        "requirement": plan.requirement,
        "shifts": plan.schedule.shifts,
        "cover": plan.schedule.cover,
        "shortfalls": plan.schedule.shortfalls,
        "weekly_shifts": plan.schedule.weekly,
        "service": plan.simulation.service,
        "service_overall": plan.simulation.overall,
        "service_days": plan.simulation.days,
        "weekdays": plan.simulation.weekdays,
        "promises": plan.simulation.promises,
        "people": plan.people.table,
        "heads": plan.people.kinds,
        "ledger": plan.ledger,
        "options": plan.options,
        "break_evens": plan.break_evens,
        **_beside(plan),
        **_peak(plan),
        "origins": origins,
    }


def _beside(plan: Plan) -> dict[str, pd.DataFrame]:
    """Formula beside simulation; none where a plan of before was read."""
    beside = plan.beside
    return {} if beside is None else {"beside_cells": beside.cells, "beside_intervals": beside.intervals}


def _peak(plan: Plan) -> dict[str, pd.DataFrame]:
    """The tables of the peak day; none where the plan has none."""
    peak = plan.peak
    return {} if peak is None else {"peak_intervals": peak.intervals, "peak_hours": peak.hours, "peak_minutes": peak.minutes}


def described(found: Mapping[str, pd.DataFrame], files: Mapping[str, bytes]) -> dict[str, Any]:
    """What plan.json says of its tables: rows, the kind of each column, and a digest that tells an edited file."""
    return {
        name: {
            "rows": len(table),
            "columns": {str(column): _kind(table[column]) for column in table.columns},
            "sha256": hashlib.sha256(files[name]).hexdigest(),
        }
        for name, table in found.items()
    }


def _kind(column: pd.Series) -> str:
    """``instant``, ``day``, ``flag``, ``whole``, ``number``, ``list`` or ``text``."""
    import pandas as pd

    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return "instant"
    plain = {"b": "flag", "i": "whole", "u": "whole", "f": "number"}.get(column.dtype.kind)
    if plain:
        return plain
    first = next((value for value in column if value is not None), None)
    if isinstance(first, date) or (first is None and column.name == "date"):
        return "day"
    return "list" if isinstance(first, tuple | list) else "text"


def _table(root: Path, name: str) -> Path:
    return root / "tables" / f"{name}.csv"


def _tables_before(root: Path) -> set[str]:
    """Names of the tables that the plan standing in a folder wrote; none where there is no readable plan."""
    try:
        before = json.loads((root / "plan.json").read_bytes())
        return {str(name) for name in before["tables"] if str(name).replace("_", "").isalnum()}
    except (OSError, ValueError, TypeError, KeyError):
        return set()


def _plain(value: Any) -> Any:
    """An origin's value as a cell: collections as text, numbers and texts as they are."""
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value
