"""``wfm staff``: agents on queue that each interval needs."""

from __future__ import annotations

import click

from wfm.cli.options import Asked, shared


@click.command()
@shared("given")
def staff(asked: Asked) -> int:
    """Agents on queue that each interval needs for the targets of SCENARIO, and the service they would give.

    Reads forecast (or workload); makes requirement.

    \b
    wfm staff scenarios/quickstart.yaml --set targets.answer_rate=95%
    wfm staff scenarios/quickstart.yaml --use forecast=forecast.csv --out requirement.csv
    wfm staff scenarios/quickstart.yaml --use out/quickstart --brief
    """  # noqa: D301
    from wfm.cli.tables import give, given_steps

    steps, scenario = given_steps(asked, "staff", ("history", "forecast", "workload"), ("forecast",))
    need = steps.requirement
    from wfm.report import brief

    return give(asked, "staff", {"requirement": need}, lambda: brief.staff(scenario, need), name=scenario.name.en)
