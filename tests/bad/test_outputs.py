"""Names that are code elsewhere (HTML, spreadsheet formulas) are not wrong: they come out as the text they are."""

import csv
import json
import zipfile
from pathlib import Path

from tests.bad.corpus import wfm

MARKUP = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://example.org","pay")'

SCENARIO = """\
wfm: 2
name: {zh: '<img src=x onerror=alert(1)>', en: '</script><script>alert(2)</script>'}
plan: {start: 2027-07-05, weeks: 1}
demand: {orders_per_day: 300}
hours: {daily: "10:00-18:00"}
contact: {patience: {then_mean: never}}
people:
  shifts:
    '=HYPERLINK("http://example.org","pay")': {length: 8h}
    '+1+cmd': {length: 6h}
    '@sum': {length: 4h, paid_meal: 0s}
simulation: {contacts: 1, replications_min: 2}
"""


def test_names_come_out_as_text(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SCENARIO, encoding="utf-8")
    ended = wfm(tmp_path, "run", "shop.yaml", "--out", "out")
    assert ended.code == 0, ended.err
    out = tmp_path / "out"

    page = (out / "report.html").read_text(encoding="utf-8")
    assert MARKUP not in page
    assert "<script>alert(2)" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page

    told = json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert MARKUP in json.dumps(told)
    assert told["scenario"]["contact"]["patience"]["then_mean"] == "never", "JSON knows no infinity"

    tables = list((out / "tables").glob("*.csv"))
    assert tables
    seen = 0
    for path in tables:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                for cell in row:
                    seen += FORMULA in cell
                    # A sign may open a number; what opens a formula may not open a text.
                    assert not cell.startswith(("=", "@", "\t", "\r")), f"{path.name}: {cell}"
                    assert not cell.startswith(("+", "-")) or cell.lstrip("+-").replace(".", "").replace("e-", "").isdigit(), cell
    assert seen, "the shift of that name is in no table"

    with zipfile.ZipFile(out / "plan.xlsx") as book:
        sheets = [book.read(name).decode("utf-8") for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        names = book.namelist()
    assert all("HYPERLINK" not in formula for sheet in sheets for formula in sheet.split("<f>")[1:])
    assert not [name for name in names if "externalLink" in name or name.endswith(".bin")]
