"""``wfm run``: one scenario file in, one plan out."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from wfm.cli.options import Asked, shared

#: Tables of the planner's own that a whole plan can be made from; given people are for ``wfm economics``.
READS = ("history", "forecast", "workload", "requirement", "shifts", "cover")


_FILES = (".json", ".html", ".xlsx", ".csv")


@click.command()
@shared(
    "table",
    out=click.option("--out", type=click.Path(path_type=Path), help="Folder for the report and tables [out/SCENARIO]."),
    given=click.option(
        "--given", multiple=True, metavar="seats=N", help="What is given: seats=10 asks how many orders they carry."
    ),
    as_json=click.option("--json", "as_json", is_flag=True, help="Print plan.json to stdout, and nothing else there."),
)
@click.option("--fail-under", is_flag=True, help="Exit with 1 if targets are not met as often as promised.")
def run(asked: Asked, fail_under: bool) -> int:
    """Make the plan of SCENARIO (a .yaml file, or an Excel sheet of keys).

    \b
    wfm run scenarios/quickstart.yaml
    wfm run scenarios/quickstart.yaml --set demand.orders_per_day=2000 --brief
    wfm run scenarios/quickstart.yaml --given seats=10
    wfm run scenarios/quickstart.yaml --overrides out/quickstart/plan.xlsx --use forecast=mine.csv
    """  # noqa: D301
    if not asked.quiet:
        # Before anything heavy is imported: the planner sees at once that work has begun.
        print(f"wfm run {asked.scenario}", file=sys.stderr, flush=True)
    chosen, source = asked.read()
    seats = asked.seats
    folder = asked.out or Path("out") / asked.scenario.stem
    _refuse_file(folder)
    from wfm.cli.tables import used

    given, files = used(asked, chosen.timezone, READS, folder=("history",))

    from wfm.plan import make_plan
    from wfm.report import brief
    from wfm.report.console import progress_line, screen
    from wfm.report.files import plan_json, write_outputs

    tell = progress_line(chosen.language, quiet=asked.quiet)
    plan = make_plan(chosen, folder=source.folder, seats=seats, given=given, files=files, progress=tell)
    # What was asked for beside the file stands in the header of screen and report, and in plan.json.
    beside = [f"--given {text}" for text in asked.given] + [f"--use {name}" for name in sorted(given)]
    plan = replace(plan, overrides=(*source.overrides, *beside))
    written = write_outputs(plan, folder)
    if asked.as_json:
        sys.stdout.write(plan_json(plan))
    elif asked.brief:
        print("\n".join(brief.plan(plan, chosen.language)))
    elif not asked.quiet:
        print(screen(plan, chosen.language, written=written, scenario_path=asked.scenario))
    if asked.verbose and not asked.quiet:
        head = brief.title(chosen, "history")
        if plan.history is not None:
            lines = brief.history(plan.history, plan.repairs, chosen.language, head=head, most=200)
            print("\n".join(lines), file=sys.stderr)
        for path in written:
            print(path.as_posix(), file=sys.stderr)
    return 1 if fail_under and plan.status == "short" else 0


def _refuse_file(folder: Path) -> None:
    """Refuse a name that is or looks like a file's: a plan is a folder."""
    from wfm.core.errors import InputError, Problem

    if folder.is_file():
        way_out = "Name a folder, or leave --out away"
        raise InputError(Problem("a file stands where a folder is needed", key="--out", value=folder.as_posix(), way_out=way_out))
    if folder.suffix.lower() in _FILES and not folder.is_dir():
        way_out = "Name a folder: plan.json, report.html, plan.xlsx and tables stand in it"
        raise InputError(Problem("a plan is a folder, not one file", key="--out", value=folder.as_posix(), way_out=way_out))
