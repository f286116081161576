"""``wfm forecast``: contacts and handle times of every interval of the plan."""

from __future__ import annotations

import click

from wfm.cli.options import Asked, shared


@click.command()
@shared("given")
@click.option("--days", is_flag=True, help="Print daily totals (table forecast_days) instead of intervals.")
def forecast(asked: Asked, days: bool) -> int:
    """Forecast contacts and handle times of every open interval of SCENARIO's plan.

    Reads the table history (--use history=clean.csv), else the scenario's own; makes forecast and forecast_days.

    \b
    wfm forecast scenarios/quickstart.yaml
    wfm forecast scenarios/quickstart.yaml --days --out days.csv
    wfm forecast scenarios/quickstart.yaml | wfm staff scenarios/quickstart.yaml --use forecast=-
    """  # noqa: D301
    from dataclasses import replace

    from wfm.cli.tables import give, given_steps

    steps, scenario = given_steps(asked, "forecast", ("history",), ("history",))
    from wfm.report import brief, tallied

    totals = tallied.by_day(steps)
    tables = {"forecast": steps.forecast, "forecast_days": totals}
    chosen = replace(asked, table="forecast_days") if days and not asked.table else asked
    return give(chosen, "forecast", tables, lambda: brief.forecast(scenario, steps.forecast, totals), name=scenario.name.en)
