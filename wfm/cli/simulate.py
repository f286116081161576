"""``wfm simulate``: the service that a schedule gives."""

from __future__ import annotations

import click

from wfm.cli.options import Asked, shared

_READS = ("history", "forecast", "workload", "requirement", "shifts", "cover")


@click.command()
@shared()
def simulate(asked: Asked) -> int:
    """Simulate the service that a schedule gives, with confidence, against the targets of SCENARIO.

    Reads shifts or cover, and the requirement (or forecast, workload) they were made for; shifts of your own may be edited by hand.
    Makes service (by interval), service_overall, weekdays and promises.

    \b
    wfm simulate scenarios/quickstart.yaml
    wfm simulate scenarios/quickstart.yaml --use out/quickstart --use shifts=my-shifts.csv --brief
    wfm simulate scenarios/quickstart.yaml --use cover=cover.csv --table weekdays --json
    """  # noqa: D301
    from wfm.cli.tables import give, given_steps

    steps, scenario = given_steps(asked, "simulate", _READS, ("requirement", "shifts", "cover"))
    result = steps.simulation
    from wfm.report import brief

    tables = {
        "service": result.service,
        "service_overall": result.overall,
        "weekdays": result.weekdays,
        "promises": result.promises,
    }
    return give(asked, "simulate", tables, lambda: brief.simulate(scenario, result), name=scenario.name.en)
