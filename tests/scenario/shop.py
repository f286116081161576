"""A small right scenario, and a folder to write files into."""

from pathlib import Path

GOOD = """\
wfm: 2
name: shop
plan: {start: 2027-07-05}
demand: {orders_per_day: 600}
hours: {daily: "10:00-18:00"}
"""


def write(folder: Path, text: str, name: str = "shop.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
