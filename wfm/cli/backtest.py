"""``wfm backtest``: how good the forecast would have been."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

_SCENARIOS = (".yaml", ".yml")


@click.command()
@click.argument("source", metavar="FILE_OR_SCENARIO", type=click.Path(path_type=Path))
@click.option("--value", metavar="COLUMN", help="Column to forecast, where it is not called offered, contacts, 来电量, ...")
@click.option("--horizons", default="1d,1w,4w", show_default=True, help="How far ahead; plain numbers count open days: 1,7,28.")
@click.option("--origins", type=click.IntRange(1, 10_000), help="How many last days seen [12].")
@click.option("--from", "first", metavar="DAY", help="First origin (the last day seen), e.g. 2026-03-31.")
@click.option("--to", "last", metavar="DAY", help="Last origin [the last one after which all days are known].")
@click.option("--every", type=click.IntRange(1, 10_000), help="Open days between origins.")
@click.option("--queue", help="A queue, 'all' for their sum, 'each' to forecast each and pool the errors [all].")
@click.option("--country", help="Whose holidays count, e.g. CN; none without it.")
@click.option("--timezone", help="Zone of the file's clock times [as written].")
@click.option("--interval", default="day", show_default=True, help="day, or the length of an interval: 30min.")
@click.option("--absent", type=click.Choice(["unknown", "zero"]), default="unknown", help="What an interval without a row means.")
@click.option("--models", help="ours,naive,mean4: other numbers of weeks, and floor with --interval.")
@click.option("--events", type=click.Path(path_type=Path), help="Campaigns: csv or YAML of name, from, to, peak, total.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for csv and json, or one .csv (every forecast) or .json file.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the console.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON to stdout, and nothing else there.")
@click.option("--brief", "shortly", is_flag=True, help="Five lines to paste into a chat.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no screen.")
def backtest(source: Path, first: str | None, last: str | None, interval: str, **options: Any) -> int:
    """Measure how good the forecast would have been on FILE_OR_SCENARIO, beside simple baselines.

    FILE is a table with a date or time column and a column of values; closed days are absent. A scenario (.yaml) brings its own
    history, zone, country and hours.

    \b
    wfm backtest history.csv --country CN
    wfm backtest orders.csv --value amount --horizons 1,7,28 --origins 20
    wfm backtest history.csv --interval 30min --out out/backtest
    """  # noqa: D301
    language = options["language"] or _spoken()
    interval_s = 86400 if interval.strip().lower() in ("day", "1d") else _seconds(interval)
    span: dict[str, Any] = {"first": _day(first, "--from"), "last": _day(last, "--to")}
    if not options["quiet"]:
        print(f"wfm backtest {source}", file=sys.stderr, flush=True)
    if source.suffix.lower() in _SCENARIOS:
        table, chosen = _of_scenario(source, options["queue"])
    else:
        table, chosen = _of_file(source, interval_s, options)
    from wfm.backtesting import run_backtest
    from wfm.report.backtested import backtest_json, brief, screen

    if options["events"]:
        from wfm.forecast.events import read_events

        chosen["events"] = read_events(options["events"])
    result = run_backtest(
        table,
        interval_s=interval_s,
        horizons=_parts(options["horizons"]),
        models=_parts(options["models"]) or None,
        origins=options["origins"],
        every=options["every"],
        **span,
        **chosen,
    )
    name = source.name if str(source) != "-" else "stdin"
    written = _write(result, name, options["out"]) if options["out"] else []
    if options["as_json"]:
        sys.stdout.write(backtest_json(result, name))
    elif options["shortly"]:
        print(brief(result, name, language))
    elif not options["quiet"]:
        from wfm.report.words import text

        print("\n".join([screen(result, name, language), *(text("backtest.written", language, file=path) for path in written)]))
    return 0


def _of_file(source: Path, interval_s: int, options: dict[str, Any]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The history of a file and how to read its clock."""
    from wfm.amounts import read_amounts
    from wfm.history import read_history

    queue = options["queue"] or "all"
    # Without a zone the wall clock is taken as it is: every day has 24 hours.
    timezone = options["timezone"] or "UTC"
    reading: dict[str, Any] = {
        "timezone": timezone,
        "interval_s": interval_s if interval_s < 86400 else 60,
        "queue": None if queue == "each" else queue,
        "absent": options["absent"],
    }
    value = options["value"]
    table = read_amounts(source, value, **reading) if value else read_history(source, **reading).table
    return table, {"timezone": timezone, "country": _country(options["country"] or "")}


def _of_scenario(source: Path, queue: str | None) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The history of a scenario with its zone, country and hours."""
    from wfm.expected import read_past
    from wfm.scenario.reader import read_scenario

    chosen, read = read_scenario(source, [f"demand.history.queue={queue}"] if queue else [])
    past, _ = read_past(chosen, read.folder)
    if past is None:
        way_out = "Give demand.history a file; an estimate has no past to be judged by"
        raise InputError(Problem("the scenario has no history", key="demand.history", way_out=way_out, file=str(source)))
    return past, {"timezone": chosen.timezone, "country": chosen.country, "hours": chosen.hours}


def _write(result: Any, name: str, out: Path) -> list[Path]:
    from wfm.core.tables import csv_text, write_files
    from wfm.report.backtested import backtest_json, tables

    found = {key: csv_text(table).encode("utf-8-sig") for key, table in tables(result).items()}
    whole = backtest_json(result, name).encode()
    if out.suffix.lower() == ".json":
        contents = {out: whole}
    elif out.suffix.lower() == ".csv":
        contents = {out: found["backtest_forecasts"]}
    else:
        contents = {**{out / f"{key}.csv": content for key, content in found.items()}, out / "backtest.json": whole}
    write_files(contents)
    return list(contents)


def _seconds(interval: str) -> int:
    from wfm.core import units

    try:
        seconds = units.duration(interval)
    except ValueError:
        seconds = 0
    if seconds < 60 or seconds % 60 or 86400 % seconds:
        raise InputError(
            Problem("not the length of an interval", key="--interval", value=interval, way_out="Write day, 15min, 30min or 60min")
        )
    return int(seconds)


def _day(text: str | None, key: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(Problem("not a day", key=key, value=text, way_out="Write 2027-07-05")) from None


def _country(country: str) -> str:
    from wfm.core.calendar import day_table

    try:
        day_table(date(2027, 1, 1), date(2027, 1, 1), country)
    except ValueError:
        way_out = "Write an ISO code such as CN, IL or US, or leave it out"
        raise InputError(Problem("no calendar for this country", key="--country", value=country, way_out=way_out)) from None
    return country


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _spoken() -> str:
    from wfm.cli import _spoken

    return _spoken()
