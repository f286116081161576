"""Centre files as tests write them."""

from pathlib import Path
from typing import Any

from wfm.centre import CentreResult, CentreScenario, read_centre, simulate_centre

CENTRES = Path(__file__).parents[2] / "scenarios" / "centres"

#: One type, one group, four half-hours of one day.
SMALL = """\
wfm: 2
name: small
language: en
country: ""
plan: {start: 2027-07-05, days: 1}
hours: {daily: "09:00-11:00"}
contacts:
  presale: {per_day: 200, day_to_day_cv: 0%}
groups:
  own: {agents: 10}
routing:
  presale: [own]
simulation: {contacts: 1, replications_min: 2}
"""

TWO = """\
wfm: 2
name: {zh: 两类, en: two types}
language: en
plan: {start: 2027-07-05, days: 2}
hours: {daily: "09:00-11:00"}
contacts:
  presale: {per_day: 200, segment: retail, region: north, value: 30}
  vip: {per_day: 60, segment: high_value, outsourcable: false, language: en}
groups:
  own: {agents: 8, site: hangzhou}
  vendor: {agents: 3, vendor: true, site: vendor, handle_factor: 1.2}
routing:
  presale: [own, {group: vendor, after: 30s}]
  vip: [own]
priority: [vip, presale]
simulation: {contacts: 1, replications_min: 3}
"""


def written(folder: Path, text: str, name: str = "centre.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def scenario(text: str, *overrides: str, folder: Path) -> CentreScenario:
    return read_centre(written(folder, text), overrides)[0]


def played(text: str, *overrides: str, folder: Path, **more: Any) -> CentreResult:
    return simulate_centre(scenario(text, *overrides, folder=folder), folder, **more)
