"""Wrong usage of the command line, in one line with the way out and one that says where the help is."""

from __future__ import annotations

import re
from collections.abc import Mapping

import click

from wfm.core.errors import Language, Problem, said

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)")
_NEEDS = re.compile(r"Option '(.*?)' requires (?:an argument|\d+ arguments)")


def told(error: click.ClickException, language: Language) -> list[str]:
    """What is wrong, and where the help is."""
    message, way_out, values = _said(error)
    lines = [Problem(message, way_out=way_out, values=values).text(language)]
    context = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError) and context is not None:
        lines.append(said("help: {command} --help", {"command": context.command_path}, language))
    return lines


def _said(error: click.ClickException) -> tuple[str, str, Mapping[str, object]]:
    """Message, way out and values."""
    if isinstance(error, Unknown):
        return error.template, error.way_out, error.values
    if isinstance(error, click.NoSuchOption):
        near = sorted(error.possibilities or ())
        values = {"option": error.option_name, "near": ", ".join(near)}
        return "there is no option '{option}'", "Did you mean {near}?" if near else "", values
    if isinstance(error, click.MissingParameter):
        name = _name(error)
        option = isinstance(error.param, click.Option)
        return ("the option '{name}' is missing" if option else "the argument {name} is missing"), "", {"name": name}
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _bad(error)
    text = error.format_message().rstrip(".")
    extra, needs = _EXTRA.match(text), _NEEDS.match(text)
    if extra:
        return "one argument too many: {extra}", "Put a path with blanks in quotes", {"extra": extra[1]}
    if needs:
        return "the option '{option}' needs a value", "", {"option": needs[1]}
    return text, "", {}


def _bad(error: click.BadParameter) -> tuple[str, str, Mapping[str, object]]:
    assert error.param is not None
    kind, name = error.param.type, _name(error)
    if isinstance(kind, click.Choice):
        return "'{option}' takes one of: {choices}", "", {"option": name, "choices": ", ".join(map(str, kind.choices))}
    if isinstance(kind, click.IntRange):
        low, high = kind.min, kind.max
        if high is None:
            return "'{option}' takes a whole number, {low} or more", "", {"option": name, "low": low}
        return "'{option}' takes a whole number from {low} to {high}", "", {"option": name, "low": low, "high": high}
    return "'{option}' does not take this: {why}", "", {"option": name, "why": error.message.rstrip(".")}


def _name(error: click.BadParameter) -> str:
    param = error.param
    if param is None:
        return str(error.param_hint or "")
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.human_readable_name.upper()


class Unknown(click.UsageError):
    """A command that does not exist; message and way out as in `wfm.core.errors.Problem`."""

    def __init__(self, message: str, way_out: str, ctx: click.Context | None = None, **values: object) -> None:
        super().__init__(said(message, values, "en"), ctx)
        self.template, self.way_out, self.values = message, way_out, values
