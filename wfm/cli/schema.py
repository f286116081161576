"""``wfm schema``: the JSON schema of scenario files, for editors that complete and check while one writes."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--markdown", is_flag=True, help="Print every key with unit, default and origin as a page instead.")
def schema(markdown: bool) -> int:
    """Print the JSON schema of scenario files."""
    from wfm.scenario import fields

    if markdown:
        click.echo(fields.markdown(), nl=False)
    else:
        click.echo(json.dumps(fields.json_schema(), ensure_ascii=False, indent=2, default=str))
    return 0
