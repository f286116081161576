"""``wfm check``: every problem of a scenario file, told together."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wfm.cli.options import about, tell_notices
from wfm.core.errors import InputError, Language, Problem, said

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario
    from wfm.scenario.reader import Source


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override one value before checking.")
@click.option("--overrides", "sheet", metavar="FILE", type=click.Path(path_type=Path),
              help="Take values over from a file of keys or a workbook's assumptions.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object to stdout, and nothing else there.")
@click.option("--migrate", is_flag=True, help="Rewrite SCENARIO in the current version of the file format, comments kept.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the messages.")
def check(
    scenario: Path, overrides: tuple[str, ...], sheet: Path | None, as_json: bool, migrate: bool, language: Language | None
) -> int:
    """Check SCENARIO and its history file without planning; exit code 2 and one line a problem where one is wrong."""
    if migrate:
        _migrate(scenario, language)
    if sheet is None and _is_centre(scenario):
        return _centre(scenario, overrides, language, as_json=as_json)
    try:
        chosen, source = _read(scenario, overrides, sheet, language)
        remarks = _remarks(chosen, source)
    except InputError as error:
        error.language = language or error.language
        if not as_json:
            raise
        _print(str(scenario), error.language or "en", problems=error.problems)
        return 2
    from wfm.scenario.origins import origins

    if chosen.contact.fit is not None:
        from wfm.expected import fitted

        chosen = fitted(chosen, source.folder)
    known = origins(chosen)
    yours = sum(origin.kind == "yours" for origin in known)
    told = language or chosen.language
    if as_json:
        _print(source.file, told, notices=source.notices, remarks=remarks, values=len(known), yours=yours,
               overrides=[text for text in source.overrides if text != f"language={language}"])  # fmt: skip
        return 0
    tell_notices((*source.notices, *remarks), told)
    counts = {"file": source.file, "known": len(known), "yours": yours}
    click.echo(said("{file}: fine. {known} values, {yours} of them yours, the rest defaults with an origin.", counts, told))
    return 0


def _read(scenario: Path, overrides: tuple[str, ...], sheet: Path | None, language: Language | None) -> tuple[Scenario, Source]:
    from wfm.scenario.reader import read_scenario

    extra = [f"language={language}"] if language else []
    chosen, source = read_scenario(scenario, [*overrides, *extra], sheet=sheet)
    about(source)
    return chosen, source


def _is_centre(path: Path) -> bool:
    """Whether a file describes a centre; what cannot be read is told by who reads it as a plan."""
    from wfm.centre.reading import is_centre

    return is_centre(path)


def _centre(path: Path, overrides: tuple[str, ...], language: Language | None, *, as_json: bool) -> int:
    """A centre with the tables it names; exit code 2 and one line a problem where one is wrong."""
    from wfm.centre.assembled import assembled
    from wfm.centre.reading import read_centre
    from wfm.centre.remarks import remarks

    extra = [f"language={language}"] if language else []
    try:
        chosen, source = read_centre(path, [*overrides, *extra])
        made = assembled(chosen, source.folder)
    except InputError as error:
        error.language = language or error.language
        if not as_json:
            raise
        _print(str(path), error.language or "en", problems=error.problems)
        return 2
    told = language or chosen.language
    found = remarks(chosen, source.places, source.file)
    counts: dict[str, Any] = {"types": len(made.kinds), "groups": len(made.groups), "intervals": len(made.grid)}
    if as_json:
        _print(source.file, told, notices=source.notices, remarks=found, overrides=list(overrides), **counts)
        return 0
    tell_notices((*source.notices, *found), told)
    message = "{file}: fine. {types} contact types, {groups} groups, {intervals} intervals; simulate it: wfm centre {file}"
    click.echo(said(message, {"file": source.file, **counts}, told))
    return 0


def _remarks(scenario: Scenario, source: Source) -> list[Problem]:
    from wfm.scenario.remarks import remarks

    past: pd.DataFrame | None = None
    history = scenario.demand.history
    if not isinstance(history, str) and history.reads:
        from wfm.expected import read_past

        try:
            past, _ = read_past(scenario, source.folder)
        except InputError as error:
            error.language = error.language or scenario.language
            raise
    return remarks(scenario, source, past)


def _migrate(path: Path, language: Language | None) -> None:
    """Rewrite a file in the current version of the format."""
    from wfm.core.writing import write_files
    from wfm.scenario.document import parse, read_document, read_text
    from wfm.scenario.migration import migrated, rewritten

    if path.suffix.lower() not in (".yaml", ".yml"):
        raise InputError(Problem("only YAML files are rewritten", file=str(path),
                                 way_out="Write a new sheet: wfm new NEW.xlsx --from {file}", values={"file": path}))  # fmt: skip
    old = read_document(path, str(path))
    text, _ = read_text(path, str(path))
    new = rewritten(text, old)
    chosen = language or ("en" if dict(old.values).get("language") == "en" else "zh")
    if new == text:
        return
    # What was rewritten has to say the same: else the file stays as it is.
    current, _, _ = migrated(old)
    if parse(new, str(path))[0] != current.values:  # noqa: PD011  # no frame
        raise InputError(Problem("this file cannot be rewritten without changing it", file=str(path),
                                 way_out="Write wfm: 2 and the new names by hand: docs/scenario.md"), language=chosen)  # fmt: skip
    write_files({path: new.encode()})
    print("wfm: " + said("rewritten: {file}", {"file": path}, chosen), file=sys.stderr)


def _print(
    file: str,
    language: Language,
    *,
    problems: tuple[Problem, ...] = (),
    notices: tuple[Problem, ...] = (),
    remarks: list[Problem] | None = None,
    **more: Any,
) -> None:
    """One versioned object: ``ok``, and every problem, notice and remark with its place."""
    answer = {
        "wfm_check": 1,
        "file": file,
        "ok": not problems,
        **more,
        "problems": [_plain(problem, language) for problem in problems],
        "notices": [_plain(problem, language) for problem in notices],
        "remarks": [_plain(problem, language) for problem in remarks or ()],
    }
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _plain(problem: Problem, language: Language) -> dict[str, Any]:
    value = problem.value
    return {
        "file": problem.file,
        "line": problem.line,
        "key": problem.key,
        "value": value if value is None or isinstance(value, str | int | bool) else str(value),
        "message": said(problem.message, problem.values, language),
        "way_out": said(problem.way_out, problem.values, language),
        "text": problem.text(language),
    }
