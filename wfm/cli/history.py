"""``wfm history``: past contacts, read, repaired and told."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wfm.cli.options import Asked, shared, speak, spoken
from wfm.cli.reading import file_arguments, is_scenario, reading, refuse_overrides, scenario_overrides
from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

_INTERVALS = (900, 1800, 3600, 86400)


@click.command()
@shared(
    "use",
    "given",
    "seed",
    "table",
    scenario=click.argument("scenario", nargs=-1, metavar="FILE...|SCENARIO"),
)
@click.option("--timezone", help="Zone of the clock times, e.g. Asia/Shanghai [of the scenario, or Asia/Shanghai].")
@click.option("--interval", help="Length of an interval: 15min, 30min, 60min, 1d [of the scenario, or 30min].")
@reading()
@click.option("--sql", metavar="URL", help="Read a database instead: sqlite:///calls.db, postgresql+psycopg://...")
@click.option("--query", metavar="SELECT", help="The query for --sql.")
@click.option("--repairs", type=click.Path(path_type=Path), help="Write the log of repairs to this .csv, .json or .parquet file.")
def history(asked: Asked, repairs: Path | None, **options: Any) -> int:
    """Read past contacts from FILEs (or - for stdin, or a SCENARIO's own), repair them, and say what was repaired.

    Makes the clean table history: start, queue, offered, and handled, abandoned, answered_within, handle_time [s] where known.

    \b
    wfm history calls.xlsx --timezone Asia/Shanghai --interval 30min --out history.csv
    wfm history 7月.csv 8月.csv --columns start=时间,offered=来电量 --repairs repairs.csv
    wfm history --sql sqlite:///calls.db --query "select start, offered from calls"
    wfm history scenarios/bank.yaml --brief
    """  # noqa: D301
    files: tuple[str, ...] = asked.scenario  # type: ignore[assignment]  # as many as were named
    from wfm.cli.tables import give, parquet_writer, put_table, target

    target(asked)
    if repairs is not None and repairs.suffix.lower() == ".parquet":
        parquet_writer()
    from_scenario = len(files) == 1 and is_scenario(files[0])
    read = _of_scenario if from_scenario else _of_files
    table, log, about, language = read(replace(asked, scenario=Path(files[0]) if files else Path()), files, options)
    from wfm.report import brief

    if repairs is not None:
        put_table(repairs, "history", "repairs", log)
    most = 200 if asked.verbose else 5
    if asked.verbose and not asked.quiet and not sys.stdout.isatty() and asked.out is None:
        print("\n".join(brief.history(table, log, language, head=about, most=most)), file=sys.stderr)
    tables = {"history": table, "repairs": log}
    return give(asked, "history", tables, lambda: brief.history(table, log, language, head=about, most=most))


_Read = tuple["pd.DataFrame", "pd.DataFrame", str, str]


def _of_scenario(asked: Asked, _: tuple[str, ...], options: dict[str, Any]) -> _Read:
    """The history of a scenario; options for files override its keys."""
    extra = scenario_overrides(options, {"timezone": "timezone", "interval": "plan.interval"}, ("sql", "query"))
    scenario, source = replace(asked, overrides=(*asked.overrides, *extra)).read()
    from wfm.expected import read_past
    from wfm.report import brief

    table, log = read_past(scenario, source.folder)
    if table is None:
        way_out = "Set demand.history in the scenario, or name a file"
        raise InputError(Problem("the scenario has no history", key="demand.history", way_out=way_out))
    first, last = table["start"].min().date(), table["start"].max().date()
    return table, log, brief.title(scenario, "history", first, last), scenario.language


def _of_files(asked: Asked, files: tuple[str, ...], options: dict[str, Any]) -> _Read:
    """One table of all the files."""
    from wfm.history import read_history
    from wfm.history.sources import Query
    from wfm.report.words import text

    language = asked.language or spoken()
    speak(language)
    if (options["sql"] is None) != (options["query"] is None):
        raise InputError(Problem("a database needs an address and a query", "--sql", way_out="Write --sql URL --query SELECT"))
    if bool(files) == (options["sql"] is not None):
        way_out = "E.g. wfm history calls.csv, or wfm history --sql URL --query SELECT"
        raise InputError(Problem("name a file, a scenario, or a database", way_out=way_out))
    refuse_overrides(asked.overrides or asked.overlay)
    sources: list[Any] = [Query(options["sql"], options["query"])] if options["sql"] else list(files)
    chosen = file_arguments(options, "Asia/Shanghai")
    interval_s = _seconds(options["interval"])
    read = read_history(sources, interval_s=interval_s, queue=options["queue"], **chosen)
    name = ", ".join(Path(str(source)).name for source in files) if files else "SQL"
    return read.table, read.log, f"{text('step.history', language)} {name}", language


def _seconds(text: str | None) -> int:
    from wfm.core import units

    try:
        seconds = 86400 if text in ("1d", "day") else int(units.duration(text or "30min"))
    except ValueError:
        seconds = 0
    if seconds not in _INTERVALS:
        raise InputError(Problem("an interval is 15min, 30min, 60min or 1d", "--interval", text))
    return seconds
