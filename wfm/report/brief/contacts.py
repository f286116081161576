"""Contacts in a few lines: those of a history, and those of a forecast."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from wfm.history.repairs import lines_said, row_said
from wfm.report import formats, sentences
from wfm.report.brief.heading import span, title
from wfm.report.words import text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.scenario.model import Scenario


_TOLD = 5


def history(
    table: pd.DataFrame, repairs: pd.DataFrame, language: str, *, head: str, repaired: bool = True, most: int = _TOLD
) -> list[str]:
    """What was read: days, queues, totals, the busiest day, and the first ``most`` repairs."""
    if table.empty:
        return [head, text("step.nothing", language)]
    dates, queues = table["start"].dt.date, sorted(set(table["queue"]))
    shown = text("step.and", language).join(queues[:3]) + ("..." if len(queues) > 3 else "")
    lines = [
        head,
        text(
            "digest.read",
            language,
            days=formats.number(dates.nunique()),
            rows=formats.number(len(table)),
            queues=text("digest.queue_names", language, count=formats.number(len(queues)), names=shown),
            **span(dates.min(), dates.max(), language),
        ),
        _past(table, dates, language),
    ]
    totals = table["offered"].groupby(dates).sum()
    at = int(totals.to_numpy().argmax())
    peak, most_contacts = totals.index[at], totals.iloc[at]
    lines.append(
        text(
            "digest.busiest_day_past", language, day=formats.day(peak, language, year=True), contacts=formats.number(most_contacts)
        )
    )
    if repaired:
        lines += _repairs(repairs, language, most)
    return lines


def generate(scenario: Scenario, table: pd.DataFrame) -> list[str]:
    """A made-up past: that it is one, and what it comes to."""
    language = scenario.language
    first, last = table["start"].min().date(), table["start"].max().date()
    head = title(scenario, "generate", first, last)
    return history(table, table.head(0), language, head=head, repaired=False)


def forecast(scenario: Scenario, table: pd.DataFrame, days: pd.DataFrame) -> list[str]:
    """A forecast: totals, the busiest day with its band, the busiest interval, the weekdays."""
    language = scenario.language
    lines = [title(scenario, "forecast")]
    if table.empty or not len(days):
        return [*lines, text("step.nothing", language)]
    total = float(table["contacts"].sum())
    aht = float((table["contacts"] * table["aht"]).sum()) / total if total else math.nan
    mean = total / len(days)
    lines.append(
        text(
            "digest.contacts", language, total=formats.number(total), mean=formats.number(mean), aht=formats.seconds(aht, language)
        )
    )
    day = days.iloc[int(days["contacts"].to_numpy().argmax())]
    values = {key: formats.number(day[column]) for key, column in (("contacts", "contacts"), ("low", "q05"), ("high", "q95"))}
    lines.append(text("digest.busiest_day", language, day=formats.day(day["date"], language), **values))
    top = table.iloc[int(table["contacts"].to_numpy().argmax())]
    lines.append(
        text(
            "digest.busiest_interval",
            language,
            start=formats.instant(top["start"], language),
            contacts=formats.number(top["contacts"], 1),
        )
    )
    means = days.groupby("weekday")["contacts"].mean()
    shown = [
        text("digest.weekday", language, weekday=text(f"weekday.{w}", language), value=formats.number(v)) for w, v in means.items()
    ]
    lines.append(text("digest.weekdays", language, weekdays=text("step.and", language).join(shown)))
    if "counts" in table and (table["counts"] == "attempts").any():
        lines.append(text("digest.attempts", language))
    return lines


def _past(table: pd.DataFrame, dates: pd.Series, language: str) -> str:
    """Contacts, handle time and abandonment of a history."""
    total, days = float(table["offered"].sum()), max(dates[table["offered"].notna()].nunique(), 1)
    values = {"total": formats.number(total), "mean": formats.number(total / days)}
    line = text("digest.contacts_no_aht", language, **values)
    if {"handled", "handle_time"} <= set(table):
        known = table.dropna(subset=["handled", "handle_time"])
        handled = float(known["handled"].sum())
        if handled > 0:
            aht = formats.seconds(float(known["handle_time"].sum()) / handled, language)
            line = text("digest.contacts", language, aht=aht, **values)
    if "abandoned" in table and table["abandoned"].notna().any():
        known = table.dropna(subset=["abandoned", "offered"])
        lost, asked = float(known["abandoned"].sum()), float(known["offered"].sum())
        share = formats.share(lost / asked if asked else math.nan)
        line += text("step.then", language) + text("digest.unanswered", language, abandoned=formats.number(lost), share=share)
    return line


def _repairs(repairs: pd.DataFrame, language: str, most: int) -> list[str]:
    if repairs.empty:
        return [text("digest.no_repairs", language)]
    lines = [text("digest.repairs", language, count=formats.number(len(repairs)))]
    for row in sentences.records(repairs.head(most)):
        said = dict(zip(("what", "action"), row_said(row, language), strict=True))
        where = lines_said(row, language)
        lines.append(
            "  " + (text("digest.repair", language, where=where, **said) if where else text("digest.repair_gap", language, **said))
        )
    if len(repairs) > most:
        lines.append("  " + text("digest.more", language, count=formats.number(len(repairs) - most)))
    return lines
