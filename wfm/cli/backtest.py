"""``wfm backtest``: how good the forecast would have been."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wfm.cli.options import Asked, shared, speak, spoken
from wfm.cli.reading import file_arguments, is_scenario, reading, refuse_overrides, scenario_overrides
from wfm.cli.tables import put_table, target
from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from wfm.backtesting import Backtest
    from wfm.core.errors import Language

_DAY = 86400
_QUEUE = click.option("--queue", help="A queue, 'all' for their sum, 'each' to forecast each and pool the errors [all].")


@click.command()
@shared(
    "use",
    "given",
    "seed",
    "table",
    scenario=click.argument("scenario", nargs=-1, required=True, metavar="FILE...|SCENARIO"),
    out=click.option(
        "--out",
        type=click.Path(path_type=Path),
        help="Folder for csv and json, or one .csv or .parquet (every forecast) or .json file.",
    ),
)
@click.option("--value", metavar="COLUMN", help="Column to forecast, where it is not called offered, contacts, 来电量, ...")
@click.option("--horizons", default="1d,1w,4w", show_default=True, help="How far ahead; plain numbers count open days: 1,7,28.")
@click.option("--origins", type=click.IntRange(1, 10_000), help="How many last days seen [12].")
@click.option("--from", "first", metavar="DAY", help="First origin (the last day seen), e.g. 2026-03-31.")
@click.option("--to", "last", metavar="DAY", help="Last origin [the last one after which all days are known].")
@click.option("--every", type=click.IntRange(1, 10_000), help="Open days between origins.")
@click.option("--country", help="Whose holidays count, e.g. CN [of the scenario; none for a file].")
@click.option("--timezone", help="Zone of the clock times [of the scenario; as written in a file].")
@click.option("--interval", default="day", show_default=True, help="day, or the length of an interval: 30min.")
@reading(_QUEUE)
@click.option("--models", help="ours,naive,mean4: other numbers of weeks, and floor with --interval.")
@click.option("--events", type=click.Path(path_type=Path), help="Campaigns: csv or YAML of name, from, to, peak, total.")
def backtest(asked: Asked, first: str | None, last: str | None, interval: str, **options: Any) -> int:
    """Measure how good the forecast would have been on FILEs or a SCENARIO, beside simple baselines.

    A FILE is a table with a date or time column and a column of values; closed days are absent; several are one past. A
    SCENARIO (.yaml or a sheet) brings its own history, zone, country and hours.

    \b
    wfm backtest history.csv --country CN
    wfm backtest 5月.csv 6月.csv
    wfm backtest orders.csv --value amount --horizons 1,7,28 --origins 20
    wfm backtest history.csv --interval 30min --out out/backtest
    """  # noqa: D301
    files: tuple[str, ...] = asked.scenario  # type: ignore[assignment]  # as many as were named
    asked = replace(asked, scenario=Path(files[0]))
    target(asked)
    interval_s = _DAY if interval.strip().lower() in ("day", "1d") else _seconds(interval)
    span: dict[str, Any] = {"first": _day(first, "--from"), "last": _day(last, "--to")}
    if not asked.quiet:
        print(f"wfm backtest {' '.join(files)}", file=sys.stderr, flush=True)
    if len(files) == 1 and is_scenario(asked.scenario):
        table, chosen, language = _of_scenario(asked, options)
    else:
        table, chosen, language = _of_files(asked, files, interval_s, options)
    from wfm.backtesting import run_backtest
    from wfm.report.backtested import backtest_json, brief, dropped, screen

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
    name = ", ".join(Path(file).name if file != "-" else "stdin" for file in files)
    written = _write(result, name, asked.out) if asked.out else []
    if asked.as_json:
        sys.stdout.write(backtest_json(result, name))
        if not asked.quiet:
            print("".join(f"{line}\n" for line in dropped(result, language)), end="", file=sys.stderr)
    elif asked.brief:
        print(brief(result, name, language))
    elif not asked.quiet:
        from wfm.report.words import text

        print("\n".join([screen(result, name, language), *(text("backtest.written", language, file=path) for path in written)]))
    return 0


_Read = tuple["pd.DataFrame", dict[str, Any], "Language"]


def _of_files(asked: Asked, files: tuple[str, ...], interval_s: int, options: dict[str, Any]) -> _Read:
    """The history of all the files, how to read its clock, and the language to speak."""
    from wfm.amounts import read_amounts
    from wfm.history import read_history

    refuse_overrides(asked.overrides or asked.overlay)
    speak(asked.language)
    queue = options["queue"] or "all"
    # Without a zone the wall clock is taken as it is: every day has 24 hours.
    told = file_arguments(options, "UTC")
    told |= {"interval_s": interval_s if interval_s < _DAY else 60, "queue": None if queue == "each" else queue}
    value = options["value"]
    if value and len(files) > 1:
        way_out = "Put the files below each other in one, or leave --value out"
        raise InputError(Problem("amounts are read from one file", key="--value", value=value, way_out=way_out))
    table = read_amounts(files[0], value, **told) if value else read_history(list(files), **told).table
    return table, {"timezone": told["timezone"], "country": _country(options["country"] or "")}, spoken()


def _of_scenario(asked: Asked, options: dict[str, Any]) -> _Read:
    """The history of a scenario with its zone, country and hours, and its language."""
    from wfm.expected import read_past

    keys = scenario_overrides(options, {"timezone": "timezone", "country": "country"}, ("value",))
    scenario, source = replace(asked, overrides=(*asked.overrides, *keys)).read()
    past, _log = read_past(scenario, source.folder)
    if past is None:
        way_out = "Give demand.history a file; an estimate has no past to be judged by"
        raise InputError(Problem("the scenario has no history", key="demand.history", way_out=way_out))
    return past, {"timezone": scenario.timezone, "country": scenario.country, "hours": scenario.hours}, scenario.language


def _write(result: Backtest, name: str, out: Path) -> list[Path]:
    from wfm.core.tables import csv_text, write_files
    from wfm.report.backtested import backtest_json, tables

    found = tables(result)
    whole = backtest_json(result, name).encode()
    if out.suffix.lower() in (".csv", ".parquet"):
        put_table(out, "backtest", "backtest_forecasts", found["backtest_forecasts"])
        return [out]
    contents = {out / f"{key}.csv": csv_text(table).encode("utf-8-sig") for key, table in found.items()}
    contents = {out: whole} if out.suffix.lower() == ".json" else contents | {out / "backtest.json": whole}
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
