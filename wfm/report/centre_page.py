"""The page of a centre: service by type and interval, who answers whom, groups, days within targets; both languages in one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import wfm
from wfm.report import centre_figures, formats
from wfm.report import centre_said as said
from wfm.report.blocks import Block, Chart, Section, Table
from wfm.report.html import rendered
from wfm.report.page import Page, Tile
from wfm.report.words import LANGUAGES, text

if TYPE_CHECKING:
    from wfm.centre.comparison import CentreComparison
    from wfm.centre.model import CentreScenario
    from wfm.centre.simulation import CentreResult

_ALL = "all"
_WORST = 12
_RARELY = 0.15  # occupancy below which a group is hardly used


def page(
    scenario: CentreScenario,
    result: CentreResult,
    comparison: CentreComparison | None = None,
    other: Mapping[str, str] | None = None,
) -> str:
    """One HTML file that opens without a network, the scenario's language first.

    Parameters
    ----------
    scenario, result
        A centre and what playing it gave.
    comparison, other
        Beside another centre, and what that is called in each language.
    """
    pages = {language: _page(scenario, result, comparison, other or {}, language) for language in LANGUAGES}
    figures = {language: centre_figures.figures(scenario, result, language) for language in LANGUAGES}
    footers = {language: text("centre.footer", language, version=wfm.__version__, seed=scenario.seed) for language in LANGUAGES}
    return rendered(pages, figures, scenario.language, footers)


def _page(
    scenario: CentreScenario, result: CentreResult, comparison: CentreComparison | None, other: Mapping[str, str], language: str
) -> Page:
    sections = [_service(scenario, result, language), _groups(result, language), _days(scenario, result, language)]
    if comparison is not None:
        sections.insert(0, _against(scenario, comparison, other, language))  # who asks to compare reads that first
    whole = said.records(result.types)[-1]
    verdict = [
        text(
            "centre.answer",
            language,
            met=formats.share(whole["met"]),
            answered=formats.share(whole["answer_rate"]),
            in_time=formats.share(whole["sl_offered"]),
        )
    ]
    weak = said.weakest(scenario, result)
    if weak is not None:
        verdict.append(text("centre.answer_weakest", language, type=weak["type"], met=formats.share(weak["met"])))
    return Page(
        language=language,
        title=said.title(scenario, result, language),
        about=[text("centre.budget", language, **said.budget(result, language))],
        verdict=verdict,
        turning=[],
        verify=[],
        remarks=_remarks(scenario, result, language),
        tiles=_tiles(result, language),
        sections=sections,
    )


def _remarks(scenario: CentreScenario, result: CentreResult, language: str) -> list[str]:
    days, whole = said.open_days(result), said.records(result.types)[-1]
    found = [said.worst_interval(result, language), said.lost(scenario, whole, days, language)]
    rarely = [row for row in said.records(result.groups) if row["occupancy"] < _RARELY]
    found += [text("centre.remark_unused", language, group=row["group"], share=formats.share(row["occupancy"])) for row in rarely]
    found.append(text("centre.remark_mean", language))
    return [sentence for sentence in found if sentence]


def _tiles(result: CentreResult, language: str) -> list[Tile]:
    whole, days = said.records(result.types)[-1], said.open_days(result)

    def spread(name: str) -> str:
        return f"({formats.share(whole[f'{name}_low']).rstrip('%')}–{formats.share(whole[f'{name}_high'])})"

    tiles = [Tile(text("centre.tile_offered", language), formats.number(whole["offered"] / days))]
    for name, label in (("answer_rate", "answered_share"), ("sl_offered", "in_time"), ("met", "tile_met")):
        tiles.append(Tile(text(f"centre.{label}", language), formats.share(whole[name]), "", spread(name)))
    return tiles


def _table(caption: str, head: list[str], rows: list[list[str]], language: str, **more: Any) -> Table:
    return Table(text(f"centre.{caption}", language), head, rows, **more)


def _service(scenario: CentreScenario, result: CentreResult, language: str) -> Section:
    rows = said.types_rows(scenario, result, language)
    types = _table("table_types", said.types_head(language), rows, language, numeric=frozenset(range(1, 9)),
                   strong=frozenset([len(rows) - 1]))  # fmt: skip
    charts = [Chart(name, text(f"centre.{name}", language)) for name in ("figure_clock", "figure_plan")]
    service = result.service[(result.service["type"] != _ALL) & (result.service["missed"] > 0)]
    worst = service.sort_values("missed", ascending=False, kind="stable").head(_WORST)
    head = [text(f"centre.{key}", language) for key in ("when", "type", "offered", "missed", "in_time", "asa")]
    cells = [
        [
            formats.instant(row["start"], language),
            row["type"],
            formats.number(row["offered"], 1),
            formats.number(row["missed"], 1),
            formats.share(row["sl_offered"]),
            formats.seconds(row["asa_answered"], language),
        ]
        for row in said.records(worst)
    ]
    last = [_table("table_worst", head, cells, language, numeric=frozenset(range(2, 6)), folded=True)] if cells else []
    intro = text("centre.section_service_intro", language)
    return Section("service", text("centre.section_service", language), intro, [types, *charts, *last])


def _groups(result: CentreResult, language: str) -> Section:
    groups = _table("table_groups", said.groups_head(language), said.groups_rows(result, language), language,
                    numeric=frozenset(range(1, 7)))  # fmt: skip
    names = list(result.played.groups)
    shares = {(row["type"], row["group"]): row["share_of_type"] for row in said.records(result.answers)}
    cells = [
        [kind, *(formats.share(shares[kind, name]) if (kind, name) in shares else "" for name in names)]
        for kind in result.played.kinds
    ]
    head = [text("centre.type", language), *names]
    answers = _table("table_answers", head, cells, language, numeric=frozenset(range(1, len(head))))
    charts = [Chart(name, text(f"centre.{name}", language)) for name in ("figure_answers", "figure_groups")]
    blocks: list[Block] = [charts[0], answers, groups, *_sites(result, language), charts[1]]
    return Section("groups", text("centre.section_groups", language), text("centre.section_groups_intro", language), blocks)


def _sites(result: CentreResult, language: str) -> list[Table]:
    """Sites by themselves, where there are several."""
    if len(result.sites) < 2:
        return []
    days = said.open_days(result)
    rows = [
        [
            row["site"] or formats.NOTHING,
            formats.number(row["answered"] / days),
            formats.number(row["staffed_hours"] / days, 1),
            said.interval(row, "occupancy", language),
        ]
        for row in said.records(result.sites)
    ]
    head = [text(f"centre.{key}", language) for key in ("site", "answered", "hours", "occupancy")]
    return [_table("table_sites", head, rows, language, numeric=frozenset(range(1, 4)))]


def _days(scenario: CentreScenario, result: CentreResult, language: str) -> Section:
    weekdays = sorted(result.weekdays["weekday"].unique().tolist())
    head = [text("centre.type", language), *(text(f"weekday.{day}", language) for day in weekdays)]
    rows = []
    for kind in (*result.played.kinds, _ALL):
        own = result.weekdays[result.weekdays["type"] == kind].set_index("weekday")["met"]
        judged = kind == _ALL or scenario.contacts[kind].targets.bounds()
        shown = [formats.share(float(own[day])) if judged else formats.NOTHING for day in weekdays]
        rows.append([said.kind_name(kind, language), *shown])
    table = _table("table_weekdays", head, rows, language, numeric=frozenset(range(1, len(head))),
                   strong=frozenset([len(rows) - 1]), narrow=True)  # fmt: skip
    return Section("days", text("centre.section_days", language), text("centre.section_days_intro", language), [table])


def _against(scenario: CentreScenario, comparison: CentreComparison, other: Mapping[str, str], language: str) -> Section:
    thresholds = {name: about.targets.threshold for name, about in scenario.contacts.items()}
    names = (text("centre.one", language), text("centre.other", language))
    head, rows = said.compared(names, comparison, language, thresholds)
    cells = [[f"{kind} · {name}", *rest] for kind, name, *rest in rows]
    table = _table("table_against", head[1:], cells, language, numeric=frozenset(range(1, 4)))
    intro = text("centre.section_against_intro", language, other=other[language])
    return Section("against", text("centre.section_against", language), intro, [table])
