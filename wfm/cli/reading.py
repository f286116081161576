"""Options of commands that read past contacts, from a file or by the word of a scenario: one meaning each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from wfm.core.errors import InputError, Problem

_Option = Callable[[Callable[..., Any]], Callable[..., Any]]

_CHOICES = ("export", "sheet", "absent", "date_order", "duplicates")
_OPTIONS = (
    click.option("--queue", help="The queue wanted, or 'all' for their sum [all of them, each by itself]."),
    click.option("--columns", metavar="OURS=THEIRS,...", help="What the file calls its columns: start=时间,offered=来电量."),
    click.option("--export", help="Which system's export it is, e.g. genesys_cloud [recognised by its headers]."),
    click.option("--sheet", help="Sheet of a workbook [the first with a table]."),
    click.option("--absent", type=click.Choice(["unknown", "zero"]), help="What an interval without a row means [unknown]."),
    click.option(
        "--date-order", type=click.Choice(["ymd", "dmy", "mdy"]), help="Order of 05/07/2027, where the file does not tell."
    ),
    click.option(
        "--duplicates", type=click.Choice(["refuse", "first", "last", "sum"]), help="Rows of one interval that differ [refuse]."
    ),
)


def reading(queue: _Option = _OPTIONS[0]) -> _Option:
    """The options as a decorator; ``queue`` is that option where a command words it otherwise."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed((queue, *_OPTIONS[1:])):
            command = option(command)
        return command

    return decorate


def is_scenario(file: str | Path) -> bool:
    """Whether a file is a scenario and no past: YAML, or a workbook with the columns key and value."""
    from wfm.scenario.sheet_reading import holds_scenario

    return str(file).lower().endswith((".yaml", ".yml")) or holds_scenario(file)


def file_arguments(options: Mapping[str, Any], timezone: str) -> dict[str, Any]:
    """What `wfm.history.read_history` is told of a bare file; ``timezone`` counts where none is asked for."""
    chosen = {name: options[name] for name in _CHOICES if options[name]}
    return chosen | {"timezone": _zone(options["timezone"] or timezone), "columns": _columns(options["columns"])}


def scenario_overrides(options: Mapping[str, Any], keys: Mapping[str, str], refused: tuple[str, ...]) -> list[str]:
    """Overrides of a scenario for the options that were given.

    Parameters
    ----------
    keys
        Option to the scenario's key, beside those of ``demand.history``.
    refused
        Options that only a bare file has use for.
    """
    for name in ("columns", *refused):
        if options[name]:
            way_out = "Set demand.history in the scenario, or name a file"
            raise InputError(Problem("a scenario says itself what it reads", key=f"--{name}", value=options[name], way_out=way_out))
    all_keys = {**keys, **{name: f"demand.history.{name}" for name in ("queue", *_CHOICES)}}
    return [f"{key}={options[name]}" for name, key in all_keys.items() if options[name]]


def refuse_overrides(overrides: object) -> None:
    """A bare file has no keys that ``--set`` or ``--overrides`` could change."""
    if overrides:
        way_out = "Use --timezone, --interval, --columns and so on"
        raise InputError(Problem("a bare file has no keys to override", "--set", way_out=way_out))


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        way_out = "Write a name of the IANA list such as Asia/Shanghai"
        raise InputError(Problem("not a time zone", "--timezone", name, way_out)) from None


def _columns(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(ours.strip() and theirs.strip() for ours, _, theirs in pairs):
        raise InputError(Problem("columns are pairs OURS=THEIRS", "--columns", text, "E.g. --columns start=时间,offered=来电量"))
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
