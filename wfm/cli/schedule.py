"""``wfm schedule``: shifts that bring the agents needed."""

from __future__ import annotations

import click

from wfm.cli.options import Asked, shared


@click.command()
@shared()
def schedule(asked: Asked) -> int:
    """Shifts with meals that bring the agents each interval needs, and the cover they give.

    Reads requirement (or forecast, workload); makes shifts, cover and shortfalls.

    \b
    wfm schedule scenarios/quickstart.yaml --given seats=10
    wfm schedule scenarios/quickstart.yaml --use requirement=requirement.csv --out out/shifts
    wfm staff scenarios/quickstart.yaml | wfm schedule scenarios/quickstart.yaml --use requirement=-
    """  # noqa: D301
    from wfm.cli.tables import give, given_steps

    steps, scenario = given_steps(asked, "schedule", ("history", "forecast", "workload", "requirement"), ("requirement",))
    made = steps.schedule
    from wfm.report import brief

    tables = {"shifts": made.shifts, "cover": made.cover, "shortfalls": made.shortfalls}
    return give(asked, "schedule", tables, lambda: brief.schedule(scenario, made), name=scenario.name.en)
