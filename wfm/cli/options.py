"""Options that commands share: one name and one meaning each, gathered into `Asked`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from wfm.core.errors import InputError, Language, Problem, said

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario
    from wfm.scenario.reader import Source

_Command = TypeVar("_Command", bound=Callable[..., Any])
_Option = Callable[[_Command], _Command]

_LANGUAGE: ContextVar[Language | None] = ContextVar("language", default=None)
_LANGUAGE_WORD = re.compile("--language(=|$)")
_SOURCE: ContextVar[Source | None] = ContextVar("source", default=None)


def speak(language: str | None) -> None:
    """Messages of this run are in ``language``; None for the machine's own."""
    _LANGUAGE.set("zh" if language == "zh" else "en" if language == "en" else None)
    _SOURCE.set(None)


def language_in(arguments: Sequence[str]) -> str | None:
    """The language that arguments ask for, read before they are parsed: even a wrong option is answered in it."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    said = [after if word == "--language" else word.partition("=")[2] for word, after in pairs if _LANGUAGE_WORD.match(word)]
    return said[-1] if said else None


def spoken(file: Language | None = None) -> Language:
    """The language of messages: what was asked for or the scenario says, else that of the ``file``, else this machine's user's."""
    import locale
    import os

    chosen = _LANGUAGE.get()
    if chosen is not None or file is not None:
        return chosen or file or "en"
    told = os.environ.get("WFM_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "zh" if told.lower().startswith(("zh", "chinese")) else "en"


def about(source: Source) -> None:
    """Problems of this run with a key of the scenario are told at its place in ``source``."""
    _SOURCE.set(source)


def placed(problem: Problem) -> Problem:
    """A problem with a key of the scenario that is planned, at its file and line."""
    source = _SOURCE.get()
    if source is None:
        return problem
    from wfm.scenario import problems

    return problems.placed(problem, source.places, source.file)


@dataclass(frozen=True)
class Asked:
    """What was asked for by the shared options; commands that lack one have its default."""

    scenario: Path
    overrides: tuple[str, ...] = ()
    overlay: Path | None = None
    use: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    seed: int | None = None
    out: Path | None = None
    table: str | None = None
    as_json: bool = False
    brief: bool = False
    language: str | None = None
    quiet: bool = False
    verbose: bool = False

    @property
    def seats(self) -> int | None:
        """Seats of ``--given seats=N``."""
        seats = None
        for text in self.given:
            key, _, value = text.partition("=")
            if key.strip() != "seats":
                raise InputError(Problem("only seats can be given", key="--given", value=text, way_out="Write --given seats=10"))
            if not value.strip().isdecimal() or int(value) < 1:
                raise InputError(
                    Problem("seats are a whole number, 1 or more", key="--given", value=text, way_out="Write --given seats=10")
                )
            seats = int(value)
        return seats

    def read(self) -> tuple[Scenario, Source]:
        """The scenario with its overrides; from here on messages are in its language."""
        from wfm.scenario.reader import read_scenario

        speak(self.language)
        extra = [f"seed={self.seed}"] if self.seed is not None else []
        extra += [f"language={self.language}"] if self.language else []
        below: dict[str, Any] = {} if self.overlay is None else {"sheet": self.overlay}
        chosen, source = read_scenario(self.scenario, [*self.overrides, *extra], **below)
        speak(chosen.language)
        about(source)
        if not self.quiet:
            tell_notices(source.notices, chosen.language)
        return chosen, source


def tell_notices(notices: Iterable[Problem], language: Language) -> None:
    """Say on stderr what is not wrong and yet worth knowing: keys of an older file format, odd values."""
    for notice in notices:
        print("wfm: " + said("note: {text}", {"text": notice.text(language)}, language), file=sys.stderr)


_ALL: dict[str, _Option[Any]] = {
    "scenario": click.argument("scenario", type=click.Path(path_type=Path)),
    "overrides": click.option(
        "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override one value, e.g. targets.answer_rate=95%."
    ),
    "overlay": click.option(
        "--overrides",
        "overlay",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Take values over from a file of keys or a workbook's assumptions, e.g. out/shop/plan.xlsx.",
    ),
    "use": click.option(
        "--use",
        multiple=True,
        metavar="NAME=FILE",
        help="Use a table instead of making it: NAME=FILE (.csv, .parquet, .json, - for stdin), or the folder of a plan.",
    ),
    "given": click.option(
        "--given", multiple=True, metavar="seats=N", help="What is given: seats=10 schedules nobody beyond them."
    ),
    "seed": click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of every random number."),
    "out": click.option(
        "--out", type=click.Path(path_type=Path), help="Write to a .csv, .parquet or .json file, or every table to a folder."
    ),
    "table": click.option("--table", metavar="NAME", help="Which table to print, where a step makes several."),
    "as_json": click.option("--json", "as_json", is_flag=True, help="Print one JSON object to stdout, and nothing else there."),
    "brief": click.option("--brief", is_flag=True, help="Print five lines to paste into a chat."),
    "language": click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the console."),
    "quiet": click.option("-q", "--quiet", is_flag=True, help="No progress, no screen."),
    "verbose": click.option("-v", "--verbose", is_flag=True, help="Say more: each stage, each repair, each table used."),
}


def shared(*without: str, **instead: _Option[Any]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """The shared options as a decorator; the command is called with an `Asked` first.

    Parameters
    ----------
    without
        Names of `Asked` that this command has no option for.
    instead
        Options of other wording, by name.
    """
    options = {name: instead.get(name, option) for name, option in _ALL.items() if name not in without}

    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        @wraps(command)
        def called(**values: Any) -> int:
            own = {field.name: values.pop(field.name) for field in fields(Asked) if field.name in values}
            return command(Asked(**own), **values)

        for option in reversed(options.values()):
            called = option(called)
        return called

    return decorate
