"""The targets in force in an interval, explained: which values hold there, and who wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.core import kpi, moments
from wfm.report import formats
from wfm.report.explain import Fact, Ground, Part
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.staffing import Targets

#: Target to its keys below ``targets``.
KEYS = {"answer_rate": ("answer_rate",), "sl_offered": ("sl_offered.share", "sl_offered.within"), "occupancy": ("occupancy_max",)}


def part(ground: Ground, row: dict[str, Any]) -> Part:
    """Every target that holds in an interval: its bound, and the values of the scenario that say so."""
    held = ground.scenario.targets.at(row["start"])
    facts: list[Fact] = []
    for target in held.solver():
        shown = bound(held, target)
        label = kpi.label(target, ground.language, held.threshold)
        facts += [Fact(f"target.{target}", label, shown, shown), *given(ground, row, target)]
    return Part(text("explain.targets_held", ground.language), facts)


def given(ground: Ground, row: dict[str, Any] | None, target: str) -> list[Fact]:
    """The values that a target in force comes of: of the dates that have the last say there, else (no row) of all other days."""
    return ground.many(*(_key(ground, row, key) for key in KEYS.get(target, ())))


def bound(held: Targets, target: str) -> str:
    """A bound as shown: ``≥ 60%``, ``≤ 95%``; "" where none is asked for."""
    asked = held.solver().get(target)
    if asked is None:
        return ""
    value = asked[0] if isinstance(asked, tuple) else asked
    return f"{'≤' if target == 'occupancy' else '≥'} {formats.percent(value)}"


def _key(ground: Ground, row: dict[str, Any] | None, key: str) -> str:
    """The key of the scenario that has its say in an interval (`wfm.staffing.targets.Targets.groups`)."""
    if row is None:
        return f"targets.{key}"
    clock = row["start"].tz_localize(None)
    spans = {name: moments.span(name) for name in ground.scenario.targets.dated}
    holding = [name for name, span in spans.items() if span.start <= clock < span.end]
    known = ground.origins
    for name in sorted(holding, key=lambda each: -spans[each].seconds)[::-1]:
        if f"targets.{name}.{key}" in known:
            return f"targets.{name}.{key}"
    return f"targets.{key}"
