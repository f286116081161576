"""``wfm schema``: the JSON schema of scenario files, for editors that complete and check while one writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--markdown", is_flag=True, help="Print every key with unit, default and origin as a page instead.")
@click.option("--centre", is_flag=True, help="Of centre files instead (wfm centre).")
@click.option("--out", type=click.Path(path_type=Path), help="Write it to this file.")
def schema(markdown: bool, centre: bool, out: Path | None) -> int:
    """Print the JSON schema of scenario files."""
    text = _keys(centre) if markdown else json.dumps(_schema(centre), ensure_ascii=False, indent=2, default=str) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        from wfm.core.writing import write_files

        write_files({out: text.encode()})
    return 0


def _keys(centre: bool) -> str:
    if centre:
        from wfm.centre import keys

        return keys.markdown()
    from wfm.scenario import fields

    return fields.markdown()


def _schema(centre: bool) -> dict[str, Any]:
    from wfm.scenario import fields

    if centre:
        from wfm.centre.model import CentreScenario

        return fields.json_schema(CentreScenario)
    return fields.json_schema()
