"""The heading of a step: which scenario, which days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfm.report import formats
from wfm.report.words import text

if TYPE_CHECKING:
    from datetime import date

    from wfm.scenario.model import Scenario


def title(scenario: Scenario, step: str, first: date | None = None, last: date | None = None) -> str:
    """Which scenario, which days, and which step."""
    language, window = scenario.language, scenario.plan
    days = span(first or window.start, last or window.end, language)
    return text("step.title", language, name=getattr(scenario.name, language), what=text(f"step.{step}", language), **days)


def span(first: date, last: date, language: str) -> dict[str, str]:
    """First and last day as shown, the second year only where it is another."""
    return {
        "start": formats.day(first, language, year=True),
        "end": formats.day(last, language, year=last.year != first.year),
    }
