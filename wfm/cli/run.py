"""``wfm run``: one scenario file in, one plan out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wfm.core.errors import InputError, Problem


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override one value, e.g. targets.answer_rate=95%.")
@click.option("--given", "given", multiple=True, metavar="seats=N", help="What is given: seats=10 asks how many orders they carry.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the report and tables [out/SCENARIO].")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of every random number.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the console.")
@click.option("--json", "as_json", is_flag=True, help="Print plan.json to stdout, and nothing else there.")
@click.option("--fail-under", is_flag=True, help="Exit with 1 if targets are not met as often as promised.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no screen.")
def run(
    scenario: Path,
    overrides: tuple[str, ...],
    given: tuple[str, ...],
    out: Path | None,
    seed: int | None,
    language: str | None,
    as_json: bool,
    fail_under: bool,
    quiet: bool,
) -> int:
    """Make the plan of SCENARIO (a .yaml file).

    \b
    wfm run scenarios/quickstart.yaml
    wfm run scenarios/quickstart.yaml --set demand.orders_per_day=2000
    wfm run scenarios/quickstart.yaml --given seats=10
    """  # noqa: D301
    if not quiet:
        # Before anything heavy is imported: the planner sees at once that work has begun.
        print(f"wfm run {scenario}", file=sys.stderr, flush=True)
    from wfm.scenario.reader import read_scenario

    extra = ([f"seed={seed}"] if seed is not None else []) + ([f"language={language}"] if language else [])
    chosen, source = read_scenario(scenario, [*overrides, *extra])
    seats = _seats(given)

    from wfm.plan import make_plan
    from wfm.report.console import progress_line, screen
    from wfm.report.files import plan_json, write_outputs

    plan = make_plan(chosen, folder=source.folder, seats=seats, progress=progress_line(chosen.language, quiet=quiet))
    folder = out or Path("out") / scenario.stem
    written = write_outputs(plan, folder)
    if as_json:
        sys.stdout.write(plan_json(plan))
    elif not quiet:
        print(screen(plan, chosen.language, written=written, scenario_path=scenario))
    return 1 if fail_under and plan.status == "short" else 0


def _seats(given: tuple[str, ...]) -> int | None:
    seats = None
    for text in given:
        key, _, value = text.partition("=")
        if key != "seats":
            raise InputError(Problem("only seats can be given", key="--given", value=text, way_out="Write --given seats=10"))
        if not value.isdigit() or int(value) < 1:
            raise InputError(
                Problem("seats are a whole number, 1 or more", key="--given", value=text, way_out="Write --given seats=10")
            )
        seats = int(value)
    return seats
