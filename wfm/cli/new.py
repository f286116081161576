"""``wfm new``: a scenario file to start from, as YAML or as an Excel sheet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wfm.core.errors import InputError, Language, Problem, said

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--xlsx", is_flag=True, help="As an Excel sheet to fill in; FILE.xlsx means the same.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the comments and of the plan's screen.")
@click.option("--template", type=click.Choice(["shop", "estimate", "history", "centre"]), default="shop",
              show_default=True,
              help="shop: made-up past; estimate: orders only; history: a file of past contacts; centre: groups.")  # fmt: skip
@click.option("--from", "origin", type=click.Path(path_type=Path), metavar="OLD",
              help="Take a scenario over: YAML or sheet to either, what it builds on included.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
def new(file: Path | None, xlsx: bool, language: Language | None, template: str, origin: Path | None, force: bool) -> int:
    """Write a scenario FILE to start from [shop.yaml, shop.xlsx], ready to run.

    \b
    wfm new shop.yaml
    wfm new shop.xlsx --language zh
    wfm new shop.yaml --from shop.xlsx
    """  # noqa: D301
    from wfm.core.writing import write_files

    target = _target(file, xlsx)
    if origin is None and template == "centre":
        chosen, contents = _centre(target, language)
    elif origin is not None:
        chosen, contents = _taken_over(origin, target, language)
    else:
        chosen, contents = _started(template, target, language)
    for path in () if force else contents:
        if path.exists():
            raise InputError(Problem("this file is there already", file=str(path),
                                     way_out="Name another file, or replace it with --force"), language=chosen)  # fmt: skip
    write_files(contents)
    for path in contents:
        click.echo(said("written: {file}", {"file": path}, chosen))
    name = f'"{target}"' if " " in str(target) else str(target)
    if origin is None and template == "centre":
        click.echo(said("next: wfm check {file}, then wfm centre {file}", {"file": name}, chosen))
    else:
        click.echo(said("next: wfm check {file}, then wfm run {file}", {"file": name}, chosen))
    return 0


def _target(file: Path | None, xlsx: bool) -> Path:
    suffix = ".xlsx" if xlsx else ".yaml"
    target = file or Path(f"shop{suffix}")
    if not target.suffix:
        target = target.with_name(target.name + suffix)
    if target.suffix.lower() not in ((".xlsx",) if xlsx else (".yaml", ".yml", ".xlsx")):
        raise InputError(Problem("a scenario is a .yaml file or an .xlsx sheet", file=str(target), way_out="Write e.g. shop.yaml"))
    if target.is_dir():
        raise InputError(Problem("this is a folder, not a scenario file", file=str(target), way_out="Write e.g. shop.yaml"))
    return target


def _started(template: str, target: Path, language: Language | None) -> tuple[Language, dict[Path, bytes]]:
    from wfm.cli.options import spoken
    from wfm.scenario import starter
    from wfm.scenario.reader import read_text_of, validate

    chosen: Language = language or spoken()
    history = target.with_name(f"{target.stem}-history.csv")
    text = starter.template(template, chosen, history.name)
    source = read_text_of(text, str(target))
    contents = {target: _written(validate(source), target, chosen, text)}
    if template == "history":
        contents[history] = _example(validate(source))
    return chosen, contents


def _centre(target: Path, language: Language | None) -> tuple[Language, dict[Path, bytes]]:
    """A centre file to start from."""
    from importlib.resources import files

    from wfm.cli.options import spoken

    if target.suffix.lower() == ".xlsx":
        raise InputError(Problem("a centre is not read from a workbook", file=str(target), way_out="Write e.g. centre.yaml"))
    chosen: Language = language or spoken()
    text = files("wfm.centre").joinpath(f"templates/centre.{chosen}.yaml").read_text(encoding="utf-8")
    return chosen, {target: text.encode()}


def _taken_over(origin: Path, target: Path, language: Language | None) -> tuple[Language, dict[Path, bytes]]:
    from wfm.scenario import starter
    from wfm.scenario.reader import read_source, validate

    source = starter.relocated(read_source(origin, [f"language={language}"] if language else []), target.parent)
    scenario = validate(source)
    text = starter.yaml_text(scenario, scenario.language)
    return scenario.language, {target: _written(scenario, target, scenario.language, text)}


def _written(scenario: Scenario, target: Path, language: Language, text: str) -> bytes:
    if target.suffix.lower() != ".xlsx":
        return text.encode()
    from wfm.report.sentences import phrase
    from wfm.scenario.sheet import workbook_bytes

    return workbook_bytes(scenario, language, said=lambda words: phrase(words, language))


def _example(scenario: Scenario) -> bytes:
    """A made-up past to be replaced, in the form a planner's own file may have."""
    from wfm.core.tables import csv_text
    from wfm.history import generate_shop

    demand = scenario.demand.model_copy(update={"orders_per_day": scenario.demand.orders_per_day or 600.0})
    table = generate_shop(demand, scenario.contact, scenario.plan.start, 52, int(scenario.plan.interval), scenario.hours,
                          scenario.timezone, scenario.country, scenario.seed)  # fmt: skip
    return csv_text(table.assign(origin="synthetic 合成数据")).encode("utf-8-sig")
