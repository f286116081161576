"""The group of commands; each lives in a module of its own that is imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

import wfm as package

#: Command to (module, one-line help); the help stands here so that ``wfm --help`` imports nothing.
_COMMANDS = {
    "run": "Make the plan of a scenario file: forecast, agents, shifts, service, people, money, report.",
    "new": "Write a scenario file to start from, as YAML or as an Excel sheet.",
    "check": "Check a scenario file and say every problem in it.",
    "history": "Read past contacts, repair them, and say what was repaired.",
    "forecast": "Forecast contacts and handle times of every interval.",
    "backtest": "Measure how good the forecast would have been on a history.",
    "staff": "Agents that each interval needs for the service targets.",
    "schedule": "Shifts that bring the agents needed.",
    "simulate": "Simulate the service that a schedule gives.",
    "centre": "Simulate a centre of several contact types and groups of agents.",
    "people": "Heads, seats, licences and lines behind a schedule.",
    "economics": "Compare running the centre self-built, hosted and outsourced.",
    "report": "Write the report of a plan made before.",
    "explain": "Say where a number of a plan comes from: formula, inputs, origins.",
    "diff": "Say what changed between two plans in people and money.",
    "calc": "Answer one Erlang question.",
    "generate": "Make up a shop's past contacts, labelled synthetic.",
    "schema": "Print the JSON schema of scenario files.",
    "doctor": "Check this machine: versions, compiler, time zones, console, disk.",
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"wfm.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            import difflib

            from wfm.cli.usage import Unknown
            from wfm.core.errors import Problem

            near = difflib.get_close_matches(args[0], _COMMANDS, 1)
            way_out = "Did you mean {near}?" if near else "Commands: {commands}"
            values = {"name": args[0], "near": f"'{near[0]}'" if near else "", "commands": ", ".join(_COMMANDS)}
            raise Unknown(Problem("there is no command '{name}'", way_out=way_out, values=values), ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package.__version__, prog_name="wfm")
def wfm() -> None:
    """Workforce management for e-commerce contact centres.

    Start with:  wfm run scenarios/quickstart.yaml
    """
