"""What a plan leaves on disk: report.html, plan.json and csv tables; written beside and renamed, so nothing stands half-written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.tables import csv_text, write_files
from wfm.report import tallied
from wfm.report.planjson import plan_json

if TYPE_CHECKING:
    import pandas as pd

    from wfm.plan import Plan

__all__ = ["csv_text", "plan_json", "tables", "write_outputs"]


def write_outputs(plan: Plan, folder: str | Path) -> tuple[Path, ...]:
    """Write the report, plan.json and ``tables/*.csv`` into a folder, which is made where absent.

    Everything is rendered before the first file is touched, and every file is renamed into place, so an error leaves the files of
    an earlier run as they were. Equal plans give equal bytes.

    Returns
    -------
    tuple of Path
        The files written: report.html, plan.json, then the tables.

    Raises
    ------
    OSError
        The folder cannot be made or written.
    """
    from wfm.report.html import html

    root = Path(folder)
    contents = {root / "report.html": html(plan).encode(), root / "plan.json": plan_json(plan).encode()}
    # With a byte order mark, so that Excel reads Chinese.
    contents |= {root / "tables" / f"{name}.csv": csv_text(table).encode("utf-8-sig") for name, table in tables(plan).items()}
    write_files(contents)
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
        "requirement": plan.requirement,
        "shifts": plan.schedule.shifts,
        "cover": plan.schedule.cover,
        "shortfalls": plan.schedule.shortfalls,
        "service": plan.simulation.service,
        "service_overall": plan.simulation.overall,
        "weekdays": plan.simulation.weekdays,
        "people": plan.people.table,
        "heads": plan.people.kinds,
        "ledger": plan.ledger,
        "options": plan.options,
        "break_evens": plan.break_evens,
        "origins": origins,
    }


def _plain(value: Any) -> Any:
    """An origin's value as a cell: collections as text, numbers and texts as they are."""
    return ", ".join(map(str, value)) if isinstance(value, tuple | list) else value
