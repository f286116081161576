"""``wfm report``: report and workbook of a plan made before, without planning again."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from wfm.cli.options import speak


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to write to [the plan's own].")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language that shows first, and the workbook's [the plan's].")
@click.option("--html", "html_only", is_flag=True, help="Write report.html only.")
@click.option("--xlsx", "xlsx_only", is_flag=True, help="Write plan.xlsx only.")
@click.option("--json", "as_json", is_flag=True, help="Print plan.json of the plan as it was read, and nothing else on stdout.")
@click.option("--brief", is_flag=True, help="Print five lines to paste into a chat.")
@click.option("-q", "--quiet", is_flag=True, help="No screen.")
def report(
    folder: Path | None,
    out: Path | None,
    language: str | None,
    html_only: bool,
    xlsx_only: bool,
    as_json: bool,
    brief: bool,
    quiet: bool,
) -> int:
    """Write the report of the plan in FOLDER (the only one under out/ by default).

    A table in FOLDER/tables that was replaced is taken as it stands; the report names it.

    \b
    wfm report out/quickstart --language en
    wfm report out/quickstart --xlsx --out for-the-boss
    """  # noqa: D301
    speak(language)
    from wfm.report.saved import only_plan, read_plan

    chosen = folder or only_plan()
    if folder is None:
        print(f"wfm report {chosen.as_posix()}", file=sys.stderr, flush=True)
    plan = read_plan(chosen)
    if language:
        plan = replace(plan, scenario=plan.scenario.model_copy(update={"language": language}))
    shown = plan.scenario.language

    from wfm.core.writing import write_files
    from wfm.report.html import html
    from wfm.report.workbook import workbook

    target = out or (chosen.parent if chosen.name.endswith(".json") else chosen)
    contents: dict[Path, bytes] = {}
    if xlsx_only or not html_only:
        contents[target / "plan.xlsx"] = workbook(plan)
    if html_only or not xlsx_only:
        contents[target / "report.html"] = html(plan).encode()
    write_files(contents)
    if as_json:
        from wfm.report.planjson import plan_json

        sys.stdout.write(plan_json(plan))
    elif brief:
        from wfm.report import brief as short

        print("\n".join(short.plan(plan, shown)))
    elif not quiet:
        from wfm.report import sentences
        from wfm.report.words import text

        print(" · ".join(sentences.header(plan, shown)))
        print(text("saved.written", shown, files=(", " if shown == "en" else "、").join(path.as_posix() for path in contents)))
    return 0
