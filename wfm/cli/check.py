"""``wfm check``: every problem of a scenario file, told together."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override one value before checking.")
def check(scenario: Path, overrides: tuple[str, ...]) -> int:
    """Check SCENARIO and its history file without planning; exit code 2 and one line a problem where one is wrong."""
    from wfm.scenario.origins import origins
    from wfm.scenario.reader import read_scenario

    chosen, source = read_scenario(scenario, overrides)
    history = chosen.demand.history
    if not isinstance(history, str) and history.file is not None:
        from wfm.expected import read_past

        read_past(chosen, source.folder)
    known = origins(chosen)
    yours = sum(origin.kind == "yours" for origin in known)
    click.echo(f"{source.file}: fine. {len(known)} values, {yours} of them yours, the rest defaults with an origin.")
    return 0
