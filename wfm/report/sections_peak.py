"""The section on the peak day: several ways of computing side by side, what binds by the hour, and when the backlog clears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.peakday.resources import RESOURCES
from wfm.report import formats
from wfm.report.blocks import Block, Chart, Items, Section, Table, chart, heads
from wfm.report.sentences_peak import clock, findings, held, level, resources, share_of_day
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.peakday import PeakDay
    from wfm.plan import Plan


def peak_day(plan: Plan, language: str) -> list[Section]:
    """The section, or none where the plan has no peak day."""
    peak = plan.peak
    if peak is None:
        return []
    rows = peak.intervals
    most = rows.iloc[int(rows["contacts"].to_numpy(float).argmax())]
    intro = text(
        "peak.intro",
        language,
        contacts=formats.number(rows["contacts"].sum()),
        most=formats.number(most["contacts"]),
        level=level(peak, language),
        **clock(most),
    )
    blocks: list[Block] = [Items(findings(plan, language)), chart("peak_service", language), _views(peak, language)]
    blocks.append(Chart("peak_agents", text("figure_caption.peak_agents", language, level=level(peak, language))))
    if peak.timed:
        caption = "peak_queue" if peak.backlog is not None or peak.backlog_by("busy") is not None else "peak_queue_none"
        blocks.append(Chart("peak_queue", text(f"figure_caption.{caption}", language)))
    blocks += [_hours(peak, language), _used(peak, language), _intervals(peak, language)]
    return [Section("peak", text("section.peak", language, day=formats.day(peak.day, language)), intro, blocks)]


def _views(peak: PeakDay, language: str) -> Table:
    rows, views = peak.intervals, [*peak.views, "plan"]
    asked = [view if f"needed_{view}" in rows else None for view in views]
    cells = {
        "asked": [formats.number(peak.agent_hours(f"needed_{view}")) if view else formats.NOTHING for view in asked],
        "most": [formats.number(rows[f"needed_{view}"].max()) if view else formats.NOTHING for view in asked],
        "missed": [formats.number(peak.missed(view)) if view != "plan" else formats.NOTHING for view in views],
        "sl_offered": [formats.share(share_of_day(peak, "sl_offered", view)) for view in views],
        "answer_rate": [formats.share(share_of_day(peak, "answer_rate", view)) for view in views],
        "queue": [formats.number(rows[f"queue_{view}"].max(), 1) if view != "plan" else formats.NOTHING for view in views],
    }
    head = [text("peak_column.measure", language), *_named(views, language)]
    stands = {"level": level(peak, language)}
    table = [[text(f"peak_column.{key}", language, **stands), *row] for key, row in cells.items()]
    return Table(
        text("peak_table.views", language, **stands), head, table, frozenset(range(1, len(head))), frozenset({3}), narrow=True
    )


def _hours(peak: PeakDay, language: str) -> Table:
    tightest, strong, cells = peak.binding["start"], set(), []
    for number, row in enumerate(peak.hours.to_dict("records")):
        shares = [row[f"{name}_share"] for name in RESOURCES]
        if row["start"] == tightest or max(shares) > 1 + 1e-9:
            strong.add(number)
        named = resources(row["binding"], language) if row["binding"] else formats.NOTHING
        cells.append(
            [
                f"{row['start']:%H:%M}",
                text("peak_table.short", language, resources=named) if max(shares) > 1 + 1e-9 else named,
                *(formats.share(share, 0) for share in shares),
                formats.number(row["contacts"]),
            ]
        )
    names = [text(f"resource.{name}", language) for name in RESOURCES]
    head = [*heads(language, "clock"), text("peak_column.binding", language), *names, *heads(language, "contacts")]
    caption = text("peak_table.hours", language, level=level(peak, language))
    return Table(caption, head, cells, frozenset(range(2, 7)), frozenset(strong), narrow=True)


def _used(peak: PeakDay, language: str) -> Table:
    cells = [
        [
            f"{row['start']:%H:%M}",
            formats.number(row["present"]),
            *(f"{formats.number(row[f'{name}_used'])}/{held(name, row[f'{name}_held'])}" for name in RESOURCES),
        ]
        for row in peak.hours.to_dict("records")
    ]
    names = [text(f"resource.{name}", language) for name in RESOURCES]
    head = [*heads(language, "clock"), text("peak_column.present", language), *names]
    caption = text("peak_table.used", language, level=level(peak, language))
    return Table(caption, head, cells, frozenset(range(1, 6)), folded=True, narrow=True)


def _named(views: list[str], language: str) -> list[str]:
    """Names of views, as short as a column's heading."""
    return [text("peak_column.plan" if view == "plan" else f"peak_view.{view}", language) for view in views]


def _intervals(peak: PeakDay, language: str) -> Table:
    rows = peak.intervals
    asked = [name for name in ("independent", "transient") if f"needed_{name}" in rows]
    views = [*peak.views, "plan"]
    cells = []
    for row in rows.to_dict("records"):
        when = clock(row)
        cells.append(
            [
                f"{when['start']}-{when['end']}",
                formats.number(row["contacts"]),
                *(formats.number(row[f"needed_{name}"]) for name in asked),
                formats.number(row["scheduled"], 1),
                *(formats.share(row[f"sl_offered_{view}"]) for view in views),
                *(formats.share(row[f"answer_rate_{view}"]) for view in views),
            ]
        )
    short = _named(views, language)
    head = [
        *heads(language, "clock", "contacts"),
        *(text(f"peak_column.asked_{name}", language) for name in asked),
        text("peak_column.scheduled", language),
        *(text(f"peak_column.{kind}_view", language, view=view) for kind in ("sl", "answer") for view in short),
    ]
    numeric = frozenset(range(1, len(head)))
    caption = text("peak_table.intervals", language, level=level(peak, language))
    return Table(caption, head, cells, numeric, folded=True, tall=True)
