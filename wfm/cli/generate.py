"""``wfm generate``: a shop's made-up past."""

from __future__ import annotations

import click

from wfm.cli.options import Asked, shared


@click.command()
@shared("use", "given", "table")
@click.option("--weeks", type=click.IntRange(2, 260), help="Weeks before the plan's first day [as the scenario says, or 52].")
def generate(asked: Asked, weeks: int | None) -> int:
    """Make up the past contacts of SCENARIO's shop, in a table that is read back like any history; every row says synthetic.

    \b
    wfm generate scenarios/quickstart.yaml --out history.csv
    wfm generate scenarios/quickstart.yaml --weeks 104 --seed 7 --out history.csv
    wfm run scenarios/quickstart.yaml --set demand.history.file=history.csv
    """  # noqa: D301
    from wfm.cli.tables import give, target
    from wfm.core.errors import InputError, Problem

    scenario, _ = asked.read()
    target(asked)
    demand, window = scenario.demand, scenario.plan
    if demand.orders_per_day is None:
        raise InputError(
            Problem(
                "a past is made up from orders, and the scenario tells none",
                key="demand.orders_per_day",
                way_out="Add --set demand.orders_per_day=1000",
            )
        )
    own = None if isinstance(demand.history, str) or demand.history.generate is None else demand.history.weeks
    from wfm.history import generate_shop

    table = generate_shop(
        demand,
        scenario.contact,
        window.start,
        weeks or own or 52,
        int(window.interval),
        scenario.hours,
        scenario.timezone,
        scenario.country,
        scenario.seed,
    )
    counts = dict.fromkeys(("offered", "handled", "abandoned"), "int64")
    table = table.astype(counts).assign(origin="synthetic 合成数据")
    from wfm.report import brief

    return give(asked, "generate", {"history": table}, lambda: brief.generate(scenario, table), name=scenario.name.en)
