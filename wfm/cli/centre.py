"""``wfm centre``: the service of a centre of several contact types and groups."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wfm.cli.options import Asked, shared, speak, tell_notices
from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from wfm.centre.model import CentreScenario
    from wfm.scenario.reader import Source


@click.command()
@shared(
    "overlay",
    "use",
    "given",
    out=click.option("--out", type=click.Path(path_type=Path), help="Folder for the page and all tables, or a file for one table."),
)
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write the page alone.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Another centre under the same customers; --set counts for both.",
)
@click.option(
    "--against-set",
    "against_set",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override a value of the other centre alone [SCENARIO's].",
)
def centre(asked: Asked, html: Path | None, against: Path | None, against_set: tuple[str, ...]) -> int:
    """Simulate a centre of several contact types and groups of agents: who answers whom, and how well.

    Makes types, service, weekdays, promises, days, bands, labels, groups, sites, service_groups, answers, contacts, spells and
    agent_time; beside another centre, differences.

    \b
    wfm centre scenarios/centres/three-skills.yaml
    wfm centre scenarios/centres/three-skills.yaml --set groups.vendor.agents=3 --brief
    wfm centre scenarios/centres/telstra-split.yaml --against scenarios/centres/telstra.yaml
    wfm centre scenarios/centres/three-skills.yaml --against-set groups.own.agents=14 --out out/three-skills
    """  # noqa: D301
    from wfm.cli.tables import give, target

    speak(asked.language)
    out = _page(html)
    scenario, source = _read(asked, asked.scenario, ())
    speak(scenario.language)
    folder = target(asked)
    other = _read(asked, against or asked.scenario, against_set) if against is not None or against_set else None
    if not asked.quiet:
        from wfm.centre.remarks import remarks

        for made, read in ((scenario, source), *((other,) if other else ())):
            tell_notices((*read.notices, *remarks(made, read.places, read.file)), scenario.language)

    from wfm.centre.comparison import compare_centres
    from wfm.centre.simulation import TABLES, simulate_centre
    from wfm.report import centre_said

    language, tell = scenario.language, _progress(asked)
    makes = (*(("differences",) if other else ()), *TABLES)
    if asked.table not in (None, *makes):
        way_out = "It makes: {tables}"
        values = {"tables": ", ".join(makes)}
        raise InputError(Problem("the step makes no such table", "--table", asked.table, way_out, values=values))
    comparison = None
    if other is None:
        result = simulate_centre(scenario, source.folder, progress=tell)
        tables = result.tables
    else:
        comparison = compare_centres(scenario, other[0], (source.folder, other[1].folder), progress=tell)
        result = comparison.one
        tables = {"differences": comparison.kpis, **result.tables}
    names = _names(scenario, other, language)
    if out is not None or _is_folder(folder):
        from wfm.report.centre_page import page
        from wfm.report.words import LANGUAGES

        content = page(scenario, result, comparison, {code: _names(scenario, other, code)[1] for code in LANGUAGES}).encode()
        _write(out, content, folder, tables)

    def said() -> list[str]:
        if comparison is None:
            return centre_said.lines(scenario, result, language)
        thresholds = {name: about.targets.threshold for name, about in scenario.contacts.items()}
        return centre_said.compared_lines(names, comparison, language, thresholds)

    if _is_folder(folder) or (out is not None and folder is None):
        _tell(asked, tables, said, scenario.name.en)
        return 0
    return give(asked, "centre", tables, said, name=scenario.name.en)


def _read(asked: Asked, path: Path, more: Sequence[str]) -> tuple[CentreScenario, Source]:
    from wfm.centre.reading import read_centre

    extra = [f"seed={asked.seed}"] if asked.seed is not None else []
    extra += [f"language={asked.language}"] if asked.language else []
    return read_centre(path, [*asked.overrides, *more, *extra])


def _names(scenario: CentreScenario, other: tuple[CentreScenario, Source] | None, language: str) -> tuple[str, str]:
    """How both centres are called; overrides tell two of one file apart."""
    one = str(getattr(scenario.name, language))
    if other is None:
        return one, ""
    name = str(getattr(other[0].name, language))
    if name != one:
        return one, name
    told = [text for text in other[1].overrides if not text.startswith(("seed=", "language="))]
    return one, f"{name} ({', '.join(told)})" if told else name


def _progress(asked: Asked) -> Callable[[float], None] | None:
    """A share that grows on one line of stderr, where somebody looks."""
    if asked.quiet or not sys.stderr.isatty():
        return None

    def tell(share: float) -> None:
        print(f"\rwfm centre {share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)

    return tell


def _page(path: Path | None) -> Path | None:
    if path is not None and (path.is_dir() or path.suffix.lower() not in (".html", ".htm")):
        raise InputError(Problem("a page is one .html file", "--html", path.as_posix(), "Write e.g. --html out/centre.html"))
    return path


def _is_folder(out: Path | None) -> bool:
    return out is not None and (out.is_dir() or out.suffix.lower() not in (".csv", ".parquet", ".json"))


def _write(html: Path | None, page: bytes, folder: Path | None, tables: dict[str, pd.DataFrame]) -> None:
    """The page and, in a folder, every table: all of them or none."""
    from wfm.core.tables import csv_text, write_files

    contents = {html: page} if html is not None else {}
    stale: list[Path] = []
    if folder is not None and _is_folder(folder):
        contents[folder / "report.html"] = page
        for name, table in tables.items():
            contents[folder / "tables" / f"{name}.csv"] = csv_text(table, exact=True).encode("utf-8-sig")
        # What an earlier comparison left there belongs to no run any more.
        stale = [] if "differences" in tables else [folder / "tables" / "differences.csv"]
    write_files(contents, remove=stale)


def _tell(asked: Asked, tables: dict[str, pd.DataFrame], said: Callable[[], list[str]], name: str) -> None:
    """What stdout gets beside a folder."""
    from wfm.cli.tables import give

    if asked.as_json or asked.table:
        give(replace(asked, out=None), "centre", tables, said, name=name)
    elif asked.brief:
        print("\n".join(said()[:5]))
    elif not asked.quiet:
        print("\n".join(said()))
