"""``wfm people``: heads, seats, licences and lines behind a schedule."""

from __future__ import annotations

import click

from wfm.cli.options import Asked, shared

_READS = ("history", "forecast", "workload", "requirement", "shifts", "cover")


@click.command()
@shared()
def people(asked: Asked) -> int:
    """Heads, seats, licences and lines behind a schedule.

    Reads shifts (cover, requirement); makes people (one row) and heads (one row a kind).

    \b
    wfm people scenarios/quickstart.yaml
    wfm people scenarios/quickstart.yaml --use out/quickstart --use shifts=my-shifts.csv
    wfm people scenarios/quickstart.yaml --set people.shrinkage.out_of_office=12% --out people.csv
    """  # noqa: D301
    from wfm.cli.tables import give, given_steps

    steps, scenario = given_steps(asked, "people", _READS, ("requirement", "shifts", "cover"))
    made = steps.staffed.people
    from wfm.report import brief

    return give(
        asked, "people", {"people": made.table, "heads": made.kinds}, lambda: brief.people(scenario, made), name=scenario.name.en
    )
