"""``wfm diff``: what changed between two plans, or between two scenarios."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wfm.cli.options import speak

if TYPE_CHECKING:
    from wfm.plan import Plan


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the console [that of B].")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object to stdout, and nothing else there.")
@click.option("--brief", is_flag=True, help="Print five lines to paste into a chat.")
def diff(a: Path, b: Path, language: str | None, as_json: bool, brief: bool) -> int:
    """Say what changed from plan A to plan B: inputs, people, service, money.

    A and B are folders of plans (or their plan.json). Where one of them is a scenario file or a workbook, only inputs
    are compared.

    \b
    wfm diff out/quickstart out/more-orders
    wfm diff scenarios/quickstart.yaml mine.yaml
    """  # noqa: D301
    speak(language)
    if _planned(a) and _planned(b):
        from wfm.report.saved import read_plan

        return _plans(read_plan(a), read_plan(b), (a, b), language, as_json=as_json, brief=brief)
    return _inputs(a, b, language, as_json=as_json)


def _planned(path: Path) -> bool:
    """Whether a plan is meant: a folder, or its plan.json."""
    return path.is_dir() or path.suffix.lower() == ".json"


def _plans(a: Plan, b: Plan, paths: tuple[Path, Path], language: str | None, *, as_json: bool, brief: bool) -> int:
    from wfm.report.changes import changes
    from wfm.report.changes_said import brief_lines, changed_lines
    from wfm.report.words import text

    found = changes(a, b)
    shown, currency = language or b.scenario.language, b.scenario.currency
    title = text("diff.title", shown, a=paths[0].as_posix(), b=paths[1].as_posix())
    if as_json:
        _print_json(found)
    elif brief:
        print("\n".join(brief_lines(found, title, shown, currency, b.scenario)))
    else:
        print("\n".join([title, *changed_lines(found, shown, currency, b.scenario)]))
    return 0


def _inputs(a: Path, b: Path, language: str | None, *, as_json: bool) -> int:
    """Two scenarios, or a scenario and a plan: their values."""
    from wfm.report.changes import VERSION, input_changes
    from wfm.report.changes_said import input_lines
    from wfm.report.words import text

    (before, _, _), (after, spoken, scenario) = _values(a), _values(b)
    rows = input_changes(before, after)
    if as_json:
        _print_json({"wfm_diff": VERSION, "identical": not rows, "inputs": rows})
        return 0
    shown = language or spoken
    lines = input_lines(rows, shown, scenario.currency, scenario) or [text("diff.identical_inputs", shown)]
    print("\n".join([text("diff.title", shown, a=a.as_posix(), b=b.as_posix()), *lines]))
    return 0


def _values(path: Path) -> tuple[Any, str, Any]:
    """Origins, language and scenario of a plan or of a scenario file."""
    from wfm.scenario.origins import origins

    if _planned(path):
        from wfm.report.saved import read_plan

        plan = read_plan(path)
        return plan.origins, plan.scenario.language, plan.scenario
    from wfm.scenario.reader import read_scenario

    scenario = read_scenario(path)[0]
    return tuple(origins(scenario)), scenario.language, scenario


def _print_json(value: dict[str, Any]) -> None:
    import sys

    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
