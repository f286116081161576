"""Tables in and out of the step commands: what ``--use`` names, what goes to stdout, and what is written."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.columns import units
from wfm.core.errors import InputError, Problem
from wfm.core.tables import STDIN, csv_text, json_rows, read_table

if TYPE_CHECKING:
    import pandas as pd

    from wfm.cli.options import Asked
    from wfm.scenario.model import Scenario
    from wfm.steps import Steps

#: Version of the object that ``--json`` prints of a table.
VERSION = 1

#: Table to its contract, where it has another name.
CONTRACT = {"shifts": "schedule"}
#: Tables that ``--use`` takes, and the step that makes each.
MADE_BY = {
    "history": "history",
    "forecast": "forecast",
    "workload": "forecast",
    "requirement": "staff",
    "shifts": "schedule",
    "cover": "schedule",
    "people": "people",
    "heads": "people",
}
_ALSO = {"schedule": "shifts", "staff": "requirement"}
_FILES = (".csv", ".parquet", ".json")


def used(
    asked: Asked, timezone: str, reads: tuple[str, ...], *, folder: tuple[str, ...]
) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    """The tables that ``--use`` names, and the file of each.

    Parameters
    ----------
    reads
        Names that the step can use.
    folder
        Names that it takes from a folder of a plan, those that are there.

    Raises
    ------
    InputError
        An unknown name, a table the step does not read, a folder without tables, stdin twice, or a table that breaks its contract.
    """
    files: dict[str, str] = {}
    for text in asked.use:
        name, equals, file = text.partition("=")
        if not equals:
            files |= _of_folder(Path(text), folder, tuple(name for name in ("people", "heads") if name in reads))
            continue
        name = _ALSO.get(name.strip(), name.strip())
        if name not in reads:
            raise InputError(
                Problem(
                    "this step does not read the table '{name}'",
                    key="--use",
                    value=text,
                    way_out="It reads: {reads}",
                    values={"name": name, "reads": ", ".join(reads) or "-"},
                )
            )
        files[name] = file
    if list(files.values()).count(STDIN) > 1:
        raise InputError(Problem("the standard input holds one table", key="--use", way_out="Write the others to files"))
    tables = {}
    for name, file in files.items():
        if asked.verbose and not asked.quiet:
            print(f"--use {name}={Path(file).as_posix()}", file=sys.stderr)
        tables[name] = read_table(file, CONTRACT.get(name, name), timezone)
    told = {name: "<stdin>" if file == STDIN else file for name, file in files.items()}
    if "forecast" in tables and not asked.quiet:
        _tell_chance(tables["forecast"], told["forecast"])
    return tables, told


def _tell_chance(forecast: pd.DataFrame, file: str) -> None:
    """Say of a planner's own forecast without its spread that no day is taken to be busier than another."""
    from wfm.cli.options import spoken, tell_notices
    from wfm.forecast.bands import SPREADS

    lacking = [name for name in SPREADS if name not in forecast]
    if lacking:
        message = "the forecast has no {columns}: contacts vary by chance alone, and days busier than forecast are not allowed for"
        tell_notices([Problem(message, file=file, values={"columns": ", ".join(lacking)})], spoken())


def _of_folder(folder: Path, names: tuple[str, ...], instead: tuple[str, ...] = ()) -> dict[str, str]:
    """Files of a plan's folder, or of the folder ``tables`` in it; those ``instead`` where it has none of ``names``."""
    if not folder.is_dir():
        message = "a file needs the name of its table" if folder.is_file() else "no such folder"
        way_out = "Write --use NAME=FILE, e.g. --use forecast=forecast.csv"
        raise InputError(Problem(message, key="--use", value=folder.as_posix(), way_out=way_out))
    place = folder / "tables" if (folder / "tables").is_dir() else folder

    def files(wanted: tuple[str, ...]) -> dict[str, str]:
        ends = (".parquet", ".csv")
        return {name: str(place / f"{name}{end}") for end in ends for name in wanted if (place / f"{name}{end}").is_file()}

    found = files(names) or files(instead)
    if not found:
        raise InputError(
            Problem(
                "the folder has none of the tables this step reads",
                key="--use",
                value=folder.as_posix(),
                way_out="It reads: {reads}",
                values={"reads": ", ".join(f"{name}.csv" for name in (*names, *instead)) or "-"},
            )
        )
    return found


def given_steps(asked: Asked, step: str, reads: tuple[str, ...], folder: tuple[str, ...]) -> tuple[Steps, Scenario]:
    """The scenario's steps with the tables that ``--use`` names, and the scenario."""
    scenario, source = asked.read()
    seats = asked.seats
    target(asked)
    tables, files = used(asked, scenario.timezone, reads, folder=folder)
    from wfm.steps import Steps

    tell = _progress(scenario.language, quiet=asked.quiet, verbose=asked.verbose)
    return Steps(scenario, folder=source.folder, seats=seats, given=tables, files=files, progress=tell), scenario


def _progress(language: str, *, quiet: bool, verbose: bool) -> Callable[[str, bool], None]:
    """Stages on stderr where somebody looks, or asked for; a step of a second needs none in a pipe."""
    from wfm.report.words import text

    def tell(stage: str, done: bool) -> None:
        if done or quiet or not (verbose or sys.stderr.isatty()):
            return
        print(f"{text(f'stage.{stage}', language)} ...", file=sys.stderr, flush=True)

    return tell


def target(asked: Asked) -> Path | None:
    """Where ``--out`` writes: refused before any work where it cannot be written to."""
    out = asked.out
    if out is None:
        return None
    if out.suffix.lower() in _FILES and out.is_dir():
        raise InputError(Problem("this is a folder, not a file", key="--out", value=out.as_posix(), way_out="Name a file in it"))
    if out.suffix.lower() not in _FILES and (out.suffix or out.is_file()) and not out.is_dir():
        way_out = "Write a .csv, .parquet or .json file, or a folder"
        raise InputError(Problem("tables are not written to such a file", key="--out", value=out.as_posix(), way_out=way_out))
    if out.suffix.lower() == ".parquet":
        parquet_writer()
    return out


def parquet_writer() -> None:
    """Refuse parquet where pyarrow is not installed."""
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        way_out = "pip install 'openwfm[parquet]', or write a .csv"
        raise InputError(Problem("writing parquet needs pyarrow", key="--out", way_out=way_out))


def give(asked: Asked, step: str, tables: Mapping[str, pd.DataFrame], said: Callable[[], list[str]], *, name: str = "") -> int:
    """Write and print what a step made.

    ``tables`` has the step's table first; ``said`` words it for a person, the first five lines the gist. Onto a terminal goes what
    is said, into a pipe the table as csv; with ``--out`` the tables go there and what is said to stdout.
    """
    chosen = asked.table or next(iter(tables))
    if chosen not in tables:
        way_out = "It makes: {tables}"
        raise InputError(Problem("the step makes no such table", "--table", chosen, way_out, values={"tables": ", ".join(tables)}))
    if asked.out is not None:
        _write(asked, step, tables, chosen, name)
    if asked.as_json:
        sys.stdout.write(json_text(step, chosen, tables[chosen], name))
    elif asked.brief:
        print("\n".join(said()[:5]))
    elif asked.out is not None or (sys.stdout.isatty() and not asked.table):
        if not asked.quiet:
            print("\n".join(said()))
    else:
        _raw(_bytes(tables[chosen]))
    return 0


def _raw(content: bytes) -> None:
    """Bytes to stdout: a text stream would change line ends on Windows."""
    sys.stdout.flush()
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None:
        sys.stdout.write(content.decode("utf-8-sig"))
    else:
        binary.write(content)
        binary.flush()


def _write(asked: Asked, step: str, tables: Mapping[str, pd.DataFrame], chosen: str, name: str) -> None:
    from wfm.core.tables import write_files

    assert asked.out is not None
    if asked.out.is_dir() or asked.out.suffix.lower() not in _FILES:
        write_files({asked.out / f"{key}.csv": _bytes(table) for key, table in tables.items()})
    else:
        put_table(asked.out, step, chosen, tables[chosen], name)


def put_table(path: Path, step: str, name: str, table: pd.DataFrame, scenario: str = "") -> None:
    """Write one table to a .parquet, .json or (whatever else it is called) csv file, whole or not at all."""
    from wfm.core.tables import write_files

    kind = path.suffix.lower()
    if kind == ".parquet":
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False)
        write_files({path: buffer.getvalue()})
    else:
        write_files({path: json_text(step, name, table, scenario).encode() if kind == ".json" else _bytes(table)})


def _bytes(table: pd.DataFrame) -> bytes:
    """With a byte order mark, so that Excel reads Chinese."""
    return csv_text(table, exact=True).encode("utf-8-sig")


def json_text(step: str, name: str, table: pd.DataFrame, scenario: str = "") -> str:
    """A table as the one JSON object that ``--json`` prints: numbers with all their digits, null for what is no number."""
    value: dict[str, Any] = {"wfm_table": VERSION, "step": step, "table": name}
    value |= {"scenario": scenario} if scenario else {}
    value |= {"units": units(table, CONTRACT.get(name, name)), "rows": json_rows(table)}
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
