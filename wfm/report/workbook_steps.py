"""The sheets of demand, agents, shifts and service, each a table of the plan with headings that carry units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.history.repairs import row_said
from wfm.report import formats, sentences, tallied
from wfm.report.sections import target_bounds, value_by_formula
from wfm.report.sheet import Column, Sheet
from wfm.report.words import name, text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.plan import Plan

_INTERVAL_KPIS = ("answer_rate", "sl_offered", "asa_answered", "abandon_rate_offered", "occupancy", "aht")
_QUANTILES = {"q05": "5%", "q25": "25%", "q75": "75%", "q95": "95%"}


def repairs(plan: Plan, language: str) -> Sheet:
    """What was mended in the history."""
    rows = plan.repairs
    said = [row_said(row, language) for row in rows.to_dict("records")]
    columns = [
        Column(text("head.file_line", language), "whole", rows["line"].tolist()),
        Column(text("head.repaired", language), "words", [what for what, _ in said]),
        Column(text("head.action", language), "words", [action for _, action in said]),
    ]
    note = sentences.history(plan, language)
    note += ("。" if language == "zh" else ". ") + text(f"sheet_note.repairs{'' if len(rows) else '_none'}", language)
    return _sheet("repairs", language, columns, note=note)


def forecast_days(plan: Plan, language: str) -> Sheet:
    """Contacts by day with their band."""
    days = tallied.by_day(plan)
    columns = [
        Column(text("head.date", language), "date", days["date"].tolist()),
        _weekdays(days, language),
        Column(text("head.contacts", language), "number", days["contacts"].tolist()),
        *(
            Column(text("head.quantile", language, share=_QUANTILES[key]), "number", days[key].tolist())
            for key in ("q05", "q95")
            if days[key].notna().any()
        ),
        Column(text("head.aht", language), "number", days["aht"].tolist()),
    ]
    return _sheet("forecast_days", language, columns)


def forecast(plan: Plan, language: str) -> Sheet:
    """Contacts and handle times by interval."""
    rows, zone = plan.forecast, plan.scenario.timezone
    columns = [
        *_when(rows, language, zone),
        Column(text("head.queue", language), "text", rows["queue"].tolist()),
        Column(text("head.contacts", language), "number", rows["contacts"].tolist()),
        *(
            Column(text("head.quantile", language, share=share), "number", rows[f"contacts_{key}"].tolist())
            for key, share in _QUANTILES.items()
        ),
        Column(text("head.aht", language), "number", rows["aht"].tolist()),
        Column(text("head.day_cv", language), "small", rows["day_cv"].tolist()),
        Column(text("head.slot_cv", language), "small", rows["slot_cv"].tolist()),
    ]
    return _sheet("forecast", language, columns, frozen=3, zone=zone)


def requirement(plan: Plan, language: str) -> Sheet:
    """Agents needed by interval, with what the formula promises."""
    rows, zone, threshold = plan.requirement, plan.scenario.timezone, plan.scenario.targets.threshold
    binding = [name("target", value, language, threshold=f"{threshold:g}") if value else "" for value in rows["binding"]]
    columns = [
        *_when(rows, language, zone),
        Column(text("head.group", language), "text", rows["group"].tolist()),
        Column(text("head.contacts", language), "number", rows["contacts"].tolist()),
        Column(text("head.rate", language), "number", (rows["arrival_rate"] * 3600).tolist()),
        Column(text("head.aht", language), "number", rows["aht"].tolist()),
        Column(text("head.load", language), "price", rows["offered_load"].tolist()),
        Column(text("head.needed", language), "whole", rows["agents"].tolist()),
        Column(text("head.binding", language), "text", binding),
        Column(text("head.method", language), "text", [name("model", value, language) for value in rows["method"]]),
        *(_kpi(key, rows[key].tolist(), language, threshold) for key in ("answer_rate", "sl_offered", "asa_answered", "occupancy")),
    ]
    return _sheet("requirement", language, columns, frozen=3, zone=zone)


def shifts(plan: Plan, language: str) -> Sheet:
    """A roster without names: people on each shift, and at each of its meals, by day."""
    import pandas as pd

    rows = plan.schedule.shifts
    work = rows[rows["activity"] == "work"][["shift", "group", "start", "end"]]
    work = work.rename(columns={"start": "shift_start", "end": "shift_end"})
    rows = rows.merge(work, on=["shift", "group"], how="left")
    keys = ["group", "template", "from", "to", "activity", "activity_from", "activity_to"]
    midnight = pd.to_datetime(rows["date"])

    def clock(column: str) -> pd.Series[float]:
        seconds: pd.Series[float] = (rows[column].dt.tz_localize(None) - midnight).dt.total_seconds()
        return seconds

    rows = rows.assign(
        **{"from": clock("shift_start"), "to": clock("shift_end"), "activity_from": clock("start"), "activity_to": clock("end")},
        activity=pd.Categorical(rows["activity"], ["work", "meal"]),
    )
    table = rows.pivot_table(index=keys, columns="date", values="people", aggfunc="sum", fill_value=0, observed=True)
    index = table.index.to_frame(index=False) if len(table) else pd.DataFrame(columns=keys)
    several = len(set(index["group"])) > 1
    columns = [
        *([Column(text("head.group", language), "text", index["group"].tolist())] if several else []),
        Column(text("head.shift", language), "text", [name("shift", value, language) for value in index["template"]]),
        Column(text("head.from", language), "clock", index["from"].tolist()),
        Column(text("head.to", language), "clock", index["to"].tolist()),
        Column(text("head.activity", language), "text", [name("activity", value, language) for value in index["activity"]]),
        Column(text("head.activity_from", language), "clock", index["activity_from"].tolist()),
        Column(text("head.activity_to", language), "clock", index["activity_to"].tolist()),
        Column(text("head.total", language), "whole", table.sum(axis=1).tolist()),
        *(Column(_day(value, language), "whole", table[value].tolist()) for value in table.columns),
    ]
    return _sheet("shifts", language, columns, frozen=7 + several, zone=plan.scenario.timezone, wide=True)


def cover_matrix(plan: Plan, language: str) -> Sheet:
    """On queue, needed and short: times down, dates across; red where short."""
    rows = plan.schedule.cover.merge(plan.requirement[["start", "slot"]].drop_duplicates("start"), on="start", how="left")
    rows = rows.assign(clock=rows["slot"] * rows["duration"])
    measures = {"on_queue": "agents", "needed": "required", "short": "short"}
    grids = {
        key: rows.pivot_table(index="clock", columns="date", values=column, aggfunc="sum", sort=True, dropna=False)
        for key, column in measures.items()
    }
    first = grids["on_queue"]
    clocks, dates, height = first.index.tolist(), first.columns.tolist(), len(first)
    # A closed interval has no row; pivoting leaves its cell empty.
    columns = [
        Column(text("head.measure", language), "text", [text(f"head.{key}", language) for key in measures for _ in clocks]),
        Column(text("head.clock", language), "clock", clocks * len(measures)),
        *(
            Column(_day(value, language), "number", [cell for grid in grids.values() for cell in grid[value].tolist()])
            for value in dates
        ),
    ]
    # The cell that says how many are short stands two blocks below that of those on queue.
    alarms = [(0, height - 1, 2, 2 * height), (2 * height, 3 * height - 1, 2, 0)] if height else []
    return _sheet("cover_matrix", language, columns, frozen=2, zone=plan.scenario.timezone, alarms=alarms, wide=True)


def shortfalls(plan: Plan, language: str) -> Sheet:
    """Every interval that is short, and why."""
    rows, zone = plan.schedule.shortfalls, plan.scenario.timezone
    columns = [
        Column(text("head.date", language), "date", rows["date"].tolist()),
        Column(text("head.start", language, zone=zone), "instant", rows["start"].tolist()),
        Column(text("head.group", language), "text", rows["group"].tolist()),
        Column(text("head.needed", language), "whole", rows["required"].tolist()),
        Column(text("head.on_queue", language), "number", rows["agents"].tolist()),
        Column(text("head.short", language), "number", rows["short"].tolist(), alarm=True),
        Column(text("head.why", language), "text", [name("why", value, language) for value in rows["why"]]),
    ]
    return _sheet("shortfalls", language, columns, frozen=2, zone=zone)


def service(plan: Plan, language: str) -> Sheet:
    """Simulated service by interval, every number with its interval."""
    rows, zone, threshold = plan.simulation.service, plan.scenario.timezone, plan.scenario.targets.threshold
    dated = plan.requirement[["start", "date", "weekday"]].drop_duplicates("start")
    rows = rows.drop(columns=["date", "weekday"], errors="ignore").merge(dated, on="start", how="left")
    columns = [
        *_when(rows, language, zone),
        Column(text("head.on_queue", language), "number", rows["agents"].tolist()),
        Column(text("head.offered", language), "number", rows["offered"].tolist()),
        Column(text("head.missed", language), "number", rows["missed"].tolist()),
        *(column for key in _INTERVAL_KPIS if key in rows for column in _with_ends(key, rows, language, threshold)),
    ]
    note = {"zone": zone, "replications": formats.number(plan.simulation.replications)}
    return _sheet("service", language, columns, frozen=3, **note)


def weekdays(plan: Plan, language: str) -> Sheet:
    """Simulated service by weekday, and how often its days meet their targets."""
    rows, threshold = plan.simulation.weekdays, plan.scenario.targets.threshold
    met = {"met": text("head.met", language)}
    for target in plan.scenario.targets.bounds():
        met[f"met_{target}"] = text("head.met_kpi", language, kpi=kpi.label(target, language, threshold))
    columns = [
        _weekdays(rows, language),
        Column(text("head.days", language), "whole", rows["days"].tolist()),
        *(
            Column(_end(head, end, language), "share", rows[f"{key}{end}"].tolist())
            for key, head in met.items()
            for end in ("", "_low", "_high")
            if f"{key}{end}" in rows
        ),
        *(column for key in _INTERVAL_KPIS if key in rows for column in _with_ends(key, rows, language, threshold)),
    ]
    return _sheet("weekdays", language, columns)


def service_overall(plan: Plan, language: str) -> Sheet:
    """Every KPI over the whole plan: simulated, by formula, its target and definition."""
    rows, threshold = plan.simulation.overall, plan.scenario.targets.threshold
    keys = [key for key in rows["kpi"] if key in kpi.KPIS]
    found, bounds = rows.set_index("kpi").loc[keys], target_bounds(plan)
    kinds = ["share" if kpi.KPIS[key].unit == "share" else "number" for key in keys]
    columns = [
        Column(text("head.kpi", language), "text", [kpi.label(key, language, threshold) for key in keys]),
        Column(text("head.unit", language), "text", ["%" if kind == "share" else "s" for kind in kinds]),
        Column(text("head.simulated", language), "number", found["value"].tolist(), kinds=kinds),
        Column(text("head.value_low", language), "number", found["low"].tolist(), kinds=kinds),
        Column(text("head.value_high", language), "number", found["high"].tolist(), kinds=kinds),
        Column(text("head.formula", language), "number", [value_by_formula(plan, key) for key in keys], kinds=kinds),
        Column(text("head.target", language), "text", [bounds.get(key, "") for key in keys]),
        Column(text("head.definition", language), "words", [kpi.definition(key, language, threshold) for key in keys]),
    ]
    return _sheet("service_overall", language, columns)


def _sheet(key: str, language: str, columns: list[Column], *, frozen: int = 1, note: str = "", **more: Any) -> Sheet:
    layout = {part: more.pop(part) for part in ("alarms", "wide") if part in more}
    words = note or text(f"sheet_note.{key}", language, **more)
    title = text(f"sheet.{key}", language)
    return Sheet(title, title, words, columns, frozen, **layout)


def _when(rows: pd.DataFrame, language: str, zone: str) -> list[Column]:
    return [
        Column(text("head.date", language), "date", rows["date"].tolist()),
        _weekdays(rows, language),
        Column(text("head.start", language, zone=zone), "instant", rows["start"].tolist()),
    ]


def _weekdays(rows: pd.DataFrame, language: str) -> Column:
    return Column(
        text("head.weekday", language),
        "text",
        ["" if value != value else text(f"weekday.{int(value)}", language) for value in rows["weekday"]],
    )


def _kpi(key: str, values: Sequence[Any], language: str, threshold: float, end: str = "") -> Column:
    share = kpi.KPIS[key].unit == "share"
    head = text("head.share_kpi" if share else "head.second_kpi", language, kpi=kpi.label(key, language, threshold))
    return Column(_end(head, end, language), "share" if share else "number", values)


def _with_ends(key: str, rows: pd.DataFrame, language: str, threshold: float) -> list[Column]:
    return [_kpi(key, rows[f"{key}{end}"].tolist(), language, threshold, end) for end in ("", "_low", "_high")]


def _end(head: str, end: str, language: str) -> str:
    return text(f"head.{end[1:]}", language, head=head) if end else head


def _day(value: Any, language: str) -> str:
    """A day as a heading: ``2027-07-05 周一``."""
    return f"{value.isoformat()} {text(f'weekday.{value.weekday()}', language)}"
