"""``wfm economics``: the ways of running the centre in money."""

from __future__ import annotations

import sys

import click

from wfm.cli.options import Asked, shared

_READS = ("history", "forecast", "workload", "requirement", "shifts", "cover", "people", "heads")


@click.command()
@shared()
def economics(asked: Asked) -> int:
    """Compare running the centre self-built, hosted and outsourced: what each costs and returns.

    Reads requirement, shifts and cover, and staffs anew where volume grows or handle times differ. With people (and heads) these
    are held as given: growth of demand and other handle times are left out. Makes ledger, options and break_evens.

    \b
    wfm economics scenarios/quickstart.yaml --table options
    wfm economics scenarios/quickstart.yaml --use out/quickstart --set people.wage.full_time=5200
    wfm economics scenarios/quickstart.yaml --use people=people.csv --use heads=heads.csv --brief
    """  # noqa: D301
    from wfm.cli.tables import give, given_steps

    steps, scenario = given_steps(asked, "economics", _READS, ("requirement", "shifts", "cover"))
    made = steps.money
    from wfm.report import brief

    if steps.held and not asked.quiet:
        print(brief.held(scenario, heads="heads" in steps.given), file=sys.stderr)
    tables = {"ledger": made.ledger, "options": made.options, "break_evens": made.break_evens}
    return give(asked, "economics", tables, lambda: brief.economics(scenario, made), name=scenario.name.en)
