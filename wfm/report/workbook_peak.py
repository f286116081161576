"""The sheets of the peak day: every interval by several ways of computing, and what binds by the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.peakday.resources import RESOURCES
from wfm.report import formats, sentences_peak
from wfm.report.sheet import Column, Sheet
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.peakday import PeakDay
    from wfm.plan import Plan


def intervals(plan: Plan, language: str) -> Sheet:
    """The day's intervals: contacts, agents asked for and scheduled, service by each way of computing with its interval."""
    peak, zone = _peak(plan), plan.scenario.timezone
    rows = peak.intervals
    columns = [
        Column(text("head.start", language, zone=zone), "instant", rows["start"].tolist()),
        Column(text("head.contacts", language), "number", rows["contacts"].tolist()),
    ]
    views = [*peak.views, "plan"]
    said = {view: text(f"peak_view.{view}", language) for view in views}
    columns += [
        Column(text("head.peak_needed", language, view=said[view]), "whole", rows[f"needed_{view}"].tolist())
        for view in views
        if f"needed_{view}" in rows
    ]
    columns.append(Column(text("head.on_queue", language), "number", rows["scheduled"].tolist()))
    columns.append(Column(text("head.peak_within", language), "number", rows["within"].tolist()))
    for head, name in (("peak_sl", "sl_offered"), ("peak_answer", "answer_rate")):
        for view in views:
            for end in ("", "_low", "_high"):
                if f"{name}_{view}{end}" in rows:
                    words = text(f"head.{head}", language, view=said[view])
                    words = text(f"head.{end[1:]}", language, head=words) if end else words
                    columns.append(Column(words, "share", rows[f"{name}_{view}{end}"].tolist()))
    columns += [
        Column(text("head.peak_queue", language, view=said[view]), "number", rows[f"queue_{view}"].tolist()) for view in peak.views
    ]
    return _sheet("peak", peak, zone, language, columns)


def hours(plan: Plan, language: str) -> Sheet:
    """What binds by the hour: of each resource what is used and held, and the share."""
    peak, zone = _peak(plan), plan.scenario.timezone
    rows = peak.hours
    columns = [
        Column(text("head.start", language, zone=zone), "instant", rows["start"].tolist()),
        Column(text("head.contacts", language), "number", rows["contacts"].tolist()),
        Column(
            text("head.peak_binding", language),
            "text",
            [sentences_peak.resources(value, language) if value else "" for value in rows["binding"]],
        ),
        Column(text("peak_column.present", language), "number", rows["present"].tolist()),
    ]
    for name in RESOURCES:
        said = text(f"resource.{name}", language)
        for part, kind in (("used", "number"), ("held", "number"), ("share", "share")):
            columns.append(Column(text(f"head.peak_{part}", language, resource=said), kind, rows[f"{name}_{part}"].tolist()))
    return _sheet("peak_hours", peak, zone, language, columns)


#: In the order of the workbook, where the plan has a peak day.
SHEETS = (intervals, hours)


def _peak(plan: Plan) -> PeakDay:
    if plan.peak is None:
        raise ValueError("the plan has no peak day")
    return plan.peak


def _sheet(key: str, peak: PeakDay, zone: str, language: str, columns: list[Column]) -> Sheet:
    title = text(f"sheet.{key}", language)
    day = formats.day(peak.day, language, year=True)
    note = text(
        f"sheet_note.{key}",
        language,
        day=day,
        zone=zone,
        level=sentences_peak.level(peak, language),
        replications=formats.number(peak.replications),
    )
    return Sheet(title, title, note, columns)
