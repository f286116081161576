"""Results of benchmarks as one HTML and one Markdown page, without anything loaded from elsewhere.

uv run python -m benchmarks.report out/benchmarks/*.json --out out/benchmarks
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

from jinja2 import Environment


def write(results: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Write report.html and report.md of these results into the folder; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = [folder / "report.html", folder / "report.md"]
    for page in pages:
        template = Path(__file__).with_name(f"{page.name}.j2").read_text("utf-8")
        text = _environment(escape=page.suffix == ".html").from_string(template).render(results=results)
        page.write_text(text, "utf-8")
    return pages


def _environment(escape: bool) -> Environment:
    environment = Environment(autoescape=escape)
    environment.filters |= {
        "span": _span,
        "error": _error,
        "ratio": _ratio,
        "spread": _spread,
        "bar": _bar,
        "length_of": _length,
        "passing": _passing,
    }
    return environment


def _span(ns: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.3g} ns"


def _error(value: float) -> str:
    return f"{value:d}" if isinstance(value, int) else f"{value:.1e}"


def _passing(entry: dict[str, Any]) -> bool:
    return all(entry["passes"].values())


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ratio(claim: dict[str, Any]) -> str:
    return "-" if claim["ratio"] is None else f"{_number(claim['ratio'])}x"


def _spread(claim: dict[str, Any]) -> str:
    return "" if claim["ratio"] is None else f"({_number(claim['low'])} to {_number(claim['high'])})"


def _bar(claim: dict[str, Any], value: float | None) -> str:
    return "-" if value is None else f"{'≥' if claim['more'] else '≤'} {_number(value)}x"


def _length(ns: float) -> float:
    """Per cent of the width: 10 ns is 0, 100 ms is all of it."""
    return round(100.0 * min(max(math.log10(max(ns, 1.0) / 10.0) / 7.0, 0.01), 1.0), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, help="results in json; one page tells of all")
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks"))
    asked = parser.parse_args()
    for page in write([json.loads(file.read_text("utf-8")) for file in asked.files], asked.out):
        print(page)


if __name__ == "__main__":
    main()
