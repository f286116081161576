"""``wfm schema``: the JSON schema of scenario files, for editors that complete and check while one writes."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--markdown", is_flag=True, help="Print every key with unit, default and origin as a page instead.")
def schema(markdown: bool) -> int:
    """Print the JSON schema of scenario files."""
    if markdown:
        from wfm.scenario import fields

        click.echo(fields.markdown(), nl=False)
        return 0
    from wfm.scenario.model import Scenario

    click.echo(json.dumps(Scenario.model_json_schema(), ensure_ascii=False, indent=2, default=str))
    return 0
