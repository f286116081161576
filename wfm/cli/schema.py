"""``wfm schema``: the JSON schema of scenario files, for editors that complete and check while one writes."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.option("--markdown", is_flag=True, help="Print every key with unit, default and origin as a page instead.")
@click.option("--out", type=click.Path(path_type=Path), help="Write it to this file.")
def schema(markdown: bool, out: Path | None) -> int:
    """Print the JSON schema of scenario files."""
    from wfm.scenario import fields

    text = fields.markdown() if markdown else json.dumps(fields.json_schema(), ensure_ascii=False, indent=2, default=str) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        from wfm.core.writing import write_files

        write_files({out: text.encode()})
    return 0
