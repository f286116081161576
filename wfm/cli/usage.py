"""Wrong usage of the command line, in one line with the way out and one that says where the help is."""

from __future__ import annotations

import re

import click

from wfm.core.errors import Language, Problem, said

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)")
_NEEDS = re.compile(r"Option '(.*?)' requires (?:an argument|\d+ arguments)")


class Unknown(click.UsageError):
    """A command that does not exist."""

    def __init__(self, problem: Problem, ctx: click.Context | None = None) -> None:
        super().__init__(str(problem), ctx)
        self.problem = problem


def told(error: click.ClickException, language: Language) -> list[str]:
    """What is wrong, and where the help is."""
    lines = [_problem(error).text(language)]
    context = getattr(error, "ctx", None)
    if isinstance(error, click.UsageError):
        command = "wfm" if context is None else context.command_path
        lines.append(said("help: {command} --help", {"command": command}, language))
    return lines


def _problem(error: click.ClickException) -> Problem:
    if isinstance(error, Unknown):
        return error.problem
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(sorted(error.possibilities or ()))
        way_out = "Did you mean {near}?" if near else ""
        return Problem("there is no option '{option}'", way_out=way_out, values={"option": error.option_name, "near": near})
    if isinstance(error, click.MissingParameter):
        if isinstance(error.param, click.Option):
            return Problem("the option '{name}' is missing", values={"name": _name(error)})
        return Problem("the argument {name} is missing", values={"name": _name(error)})
    if isinstance(error, click.BadParameter) and error.param is not None:
        return _bad(error, error.param)
    text = error.format_message().rstrip(".")
    extra, needs = _EXTRA.match(text), _NEEDS.match(text)
    if extra:
        return Problem("one argument too many: {extra}", way_out="Put a path with blanks in quotes", values={"extra": extra[1]})
    if needs:
        return Problem("the option '{name}' needs a value", values={"name": needs[1]})
    return Problem(text)


def _bad(error: click.BadParameter, param: click.Parameter) -> Problem:
    kind, name = param.type, _name(error)
    if isinstance(kind, click.Choice):
        return Problem("'{name}' takes one of: {choices}", values={"name": name, "choices": ", ".join(map(str, kind.choices))})
    if isinstance(kind, click.IntRange):
        if kind.max is None:
            return Problem("'{name}' takes a whole number, {low} or more", values={"name": name, "low": kind.min})
        return Problem(
            "'{name}' takes a whole number from {low} to {high}", values={"name": name, "low": kind.min, "high": kind.max}
        )
    return Problem("'{name}' does not take this: {why}", values={"name": name, "why": error.message.rstrip(".")})


def _name(error: click.BadParameter) -> str:
    param = error.param
    if param is None:
        return str(error.param_hint or "")
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.human_readable_name.upper()
