"""A centre's results in words and short tables, for a terminal and as the sentences of its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.report import formats
from wfm.report.brief.heading import span
from wfm.report.console import pad, width
from wfm.report.words import text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.centre.comparison import CentreComparison
    from wfm.centre.model import CentreScenario
    from wfm.centre.simulation import CentreResult

_ALL = "all"
#: KPIs that two centres are compared by.
COMPARED = ("answer_rate", "sl_offered", "asa_answered", "abandon_rate_offered", "blocking", "occupancy")


def lines(scenario: CentreScenario, result: CentreResult, language: str) -> list[str]:
    """What a terminal shows: the gist in the first five lines, then types, groups and who answers whom."""
    rows = types_rows(scenario, result, language)
    groups = groups_rows(result, language)
    return [
        *brief(scenario, result, language),
        "",
        *_aligned([types_head(language), *rows], 1),
        "",
        *_aligned([groups_head(language), *groups], 3),
        "",
        *(f"{text('centre.who', language)}  {said}" for said in who_answers(result, language)),
    ]


def brief(scenario: CentreScenario, result: CentreResult, language: str) -> list[str]:
    """The gist in five lines."""
    whole = records(result.types)[-1]
    days = open_days(result)
    answered, in_time = (interval(whole, name, language) for name in ("answer_rate", "sl_offered"))
    contacts, customers = (formats.number(whole[name] / days) for name in ("offered", "customers"))
    third = text("centre.all_met", language, met=met_interval(whole, language))
    weak = weakest(scenario, result)
    if weak is not None:
        said = text("centre.weakest", language, type=weak["type"], met=met_interval(weak, language))
        third = f"{third}{'；' if language == 'zh' else '; '}{said}"
    fourth = [said for said in (worst_interval(result, language), lost(scenario, whole, days, language)) if said]
    return [
        title(scenario, result, language),
        text("centre.summary", language, customers=customers, contacts=contacts, answered=answered, in_time=in_time),
        third,
        ("；" if language == "zh" else "; ").join(fourth) or text("centre.nothing", language),
        text("centre.budget", language, **budget(result, language)),
    ]


def title(scenario: CentreScenario, result: CentreResult, language: str) -> str:
    """Name and days of a centre."""
    dates = result.played.dates
    return text("centre.title", language, name=getattr(scenario.name, language), **span(dates[0], dates[-1], language))


def budget(result: CentreResult, language: str) -> dict[str, str]:
    """How much was played, and why no more."""
    return {
        "replications": formats.number(result.replications),
        "contacts": formats.number(result.contacts_simulated),
        "why": text(f"centre.stopped_{result.stopped_by}", language),
    }


def open_days(result: CentreResult) -> int:
    """Days of the plan with open hours."""
    return len(result.played.dates)


def weakest(scenario: CentreScenario, result: CentreResult) -> dict[str, Any] | None:
    """The type that meets its targets on the fewest days; None where there is one type, or all always do."""
    rows = [row for row in records(result.types)[:-1] if scenario.contacts[row["type"]].targets.bounds()]
    if len(rows) < 2:
        return None
    row = min(rows, key=lambda row: float(row["met"]))
    return row if row["met"] < 1 else None


def worst_interval(result: CentreResult, language: str) -> str:
    """The interval of the whole centre in which most are not answered in time; "" where everybody is."""
    service = result.service[result.service["type"] == _ALL]
    if not len(service) or not service["missed"].max() > 0:
        return ""
    row = service.iloc[int(service["missed"].to_numpy().argmax())]
    return text("centre.worst", language, start=formats.instant(row["start"], language), missed=formats.number(row["missed"], 1))


def lost(scenario: CentreScenario, whole: dict[str, Any], days: int, language: str) -> str:
    """What customers never answered are worth; "" where no type says its worth."""
    if not any(about.value for about in scenario.contacts.values()):
        return ""
    return text("centre.lost", language, value=formats.number(whole["value_lost"] / days))


def types_head(language: str) -> list[str]:
    """Headings of `types_rows`."""
    keys = ("type", "per_day", "answered_share", "customers_share", "in_time", "asa", "abandoned", "blocked", "days_met_interval")
    return [text(f"centre.{key}", language) for key in keys]


def types_rows(scenario: CentreScenario, result: CentreResult, language: str) -> list[list[str]]:
    """One row a type, the whole centre last."""
    days = open_days(result)
    rows = []
    for row in records(result.types):
        name = row["type"]
        in_time = formats.share(row["sl_offered"])
        judged = any(about.targets.bounds() for about in scenario.contacts.values())
        if name != _ALL:
            targets = scenario.contacts[name].targets
            in_time = text("centre.in_time_within", language, share=in_time, within=formats.significant(targets.threshold))
            judged = bool(targets.bounds())
        rows.append(
            [
                kind_name(name, language),
                formats.number(row["offered"] / days),
                formats.share(row["answer_rate"]),
                formats.share(row["answer_rate_customer"]),
                in_time,
                formats.seconds(row["asa_answered"], language),
                formats.share(row["abandon_rate_offered"]),
                formats.share(row["blocking"]),
                met_interval(row, language) if judged else text("centre.no_targets", language),
            ]
        )
    return rows


def groups_head(language: str) -> list[str]:
    """Headings of `groups_rows`."""
    keys = ("group", "site", "staff", "answered", "hours", "overrun", "occupancy")
    return [text(f"centre.{key}", language) for key in keys]


def groups_rows(result: CentreResult, language: str) -> list[list[str]]:
    """One row a group."""
    days = open_days(result)
    return [
        [
            row["group"],
            row["site"] or formats.NOTHING,
            text("centre.vendor" if row["vendor"] else "centre.own", language),
            formats.number(row["answered"] / days),
            formats.number(row["staffed_hours"] / days, 1),
            formats.number(row["overrun_hours"] / days, 1),
            interval(row, "occupancy", language),
        ]
        for row in records(result.groups)
    ]


def who_answers(result: CentreResult, language: str) -> list[str]:
    """For each type, the groups that answer it with their shares."""
    said = []
    for kind in result.played.kinds:
        rows = records(result.answers[result.answers["type"] == kind])
        parts = [
            text("centre.answered_by_one", language, group=row["group"], share=formats.share(row["share_of_type"])) for row in rows
        ]
        said.append(text("centre.answered_by", language, type=kind, groups=("、" if language == "zh" else ", ").join(parts)))
    return said


def kind_name(name: str, language: str) -> str:
    """A type's own name; the whole centre in words."""
    return text("centre.whole", language) if name == _ALL else name


def interval(row: dict[str, Any], name: str, language: str) -> str:
    """``91.2% (90.8-91.6%)``."""
    if formats.missing(row[name]):
        return formats.NOTHING
    value, low, high = (formats.share(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    return text("centre.interval", language, value=value, low=low.rstrip("%"), high=high)


def met_interval(row: dict[str, Any], language: str) -> str:
    """Share of days within targets with its interval."""
    return interval(row, "met", language)


def compared(
    names: tuple[str, str], comparison: CentreComparison, language: str, thresholds: dict[str, float]
) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of two centres side by side: one row a type and KPI."""
    rows = []
    for row in records(comparison.kpis):
        if row["kpi"] not in COMPARED or formats.missing(row["difference"]):
            continue
        told = _level(row["kpi"], row["one"], language), _level(row["kpi"], row["other"], language)
        label = kpi_name(row["kpi"], row["type"], language, thresholds)
        rows.append([kind_name(row["type"], language), label, *told, gap(row, language)])
    head = [text("centre.type", language), text("centre.kpi", language), *names, text("centre.difference", language)]
    return head, rows


def kpi_name(name: str, kind: str, language: str, thresholds: dict[str, float]) -> str:
    """A KPI's name; of the whole centre, "in time" is within each type's own limit."""
    if name == "sl_offered" and kind not in thresholds:
        return text("centre.in_time", language)
    return kpi.label(name, language, thresholds.get(kind, 20.0))


def gap(row: dict[str, Any], language: str) -> str:
    """A difference in points or seconds, its sign always shown."""
    share = kpi.KPIS[row["kpi"]].unit == "share"
    factor = 100 if share else 1
    value, low, high = (factor * float(row[name]) for name in ("difference", "low", "high"))
    digits = 2 if share and abs(value) < 1 else 1
    shown = f"{value:+.{digits}f}"
    if formats.missing(low):
        return shown
    return text("centre.signed", language, value=shown, low=f"{low:+.{digits}f}", high=f"{high:+.{digits}f}")


def compared_lines(names: tuple[str, str], comparison: CentreComparison, language: str, thresholds: dict[str, float]) -> list[str]:
    """What a terminal shows of two centres: the gist first, then a table."""
    gist = []
    for row in records(comparison.kpis[comparison.kpis["type"] == _ALL]):
        if row["kpi"] in ("answer_rate", "sl_offered", "asa_answered", "occupancy"):
            one, other = (_level(row["kpi"], row[side], language) for side in ("one", "other"))
            label = kpi_name(row["kpi"], _ALL, language, thresholds)
            gist.append(text("centre.differs", language, kpi=label, one=one, other=other, difference=gap(row, language)))
    head, rows = compared(names, comparison, language, thresholds)
    first = text("centre.against", language, one=names[0], other=names[1], replications=formats.number(comparison.replications))
    return [first, *gist, "", *_aligned([head, *rows], 2)]


def _level(name: str, value: Any, language: str) -> str:
    return formats.share(value) if kpi.KPIS[name].unit == "share" else formats.seconds(value, language)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts."""
    return frame.to_dict("records")  # type: ignore[return-value]


def _aligned(rows: Sequence[Sequence[str]], first_number: int) -> list[str]:
    """Rows with their columns under each other; numbers from column ``first_number`` on stand right."""
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(pad(cell, widths[i], right=i >= first_number) for i, cell in enumerate(row)).rstrip() for row in rows]
