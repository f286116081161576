"""The report's figures: one function each, from a plan to a plotly figure. They show tables; they compute nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from wfm.core import kpi, units
from wfm.report import formats, style, tallied
from wfm.report.figures_money import break_evens, cash, npv
from wfm.report.words import text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.plan import Plan


def day(plan: Plan, language: str, on: date | None = None) -> Any:
    """A day's required agents (steps) against those on queue, gaps coloured; the busiest day unless another is asked for."""
    import plotly.graph_objects as go

    chosen = on or tallied.busiest_day(plan)
    # The cover speaks of the same intervals as the requirement; hours after midnight come from there.
    rows = plan.requirement.loc[plan.requirement["date"] == chosen, ["start", "slot", "duration", "agents"]]
    rows = rows.merge(plan.schedule.cover[["start", "agents", "short"]], on="start", suffixes=("", "_cover"))
    hours, ends = _steps(rows)
    # An unreachable target asks for infinitely many; the line breaks there and the gap has no height to draw.
    need, cover, short = (rows[name].replace(math.inf, math.nan).tolist() for name in ("agents", "agents_cover", "short"))
    need = [None if value != value else value for value in need]
    clock = _clocks(rows)
    traces: list[Any] = [
        go.Scatter(
            x=ends,
            y=[*cover, cover[-1]],
            name=text("figure.cover", language),
            line={"shape": "hv", "width": 0},
            fill="tozeroy",
            fillcolor="rgba(86, 180, 233, 0.35)",
            mode="lines",
            customdata=[*clock, clock[-1]],
            hovertemplate=text("figure.hover_agents", language),
        ),
        go.Scatter(
            x=ends,
            y=[*need, need[-1]],
            name=text("figure.need", language),
            mode="lines",
            line={"shape": "hv", "width": 2.5, "color": style.INK},
            customdata=[*clock, clock[-1]],
            hovertemplate=text("figure.hover_agents", language),
        ),
    ]
    if any(gap > 0 for gap in short):
        width = float(rows["duration"].iloc[0]) / 3600
        gaps = [(hour, have, gap) for hour, have, gap in zip(hours, cover, short, strict=True) if gap > 0]
        traces.append(
            go.Bar(
                x=[hour + width / 2 for hour, _, _ in gaps],
                base=[have for _, have, _ in gaps],
                y=[gap for _, _, gap in gaps],
                width=width,
                name=text("figure.gap", language),
                marker={"color": style.RED, "opacity": 0.85},
                hovertemplate=text("figure.hover_short", language),
            )
        )
    title = text("figure.day", language, day=formats.day(chosen, language))
    return style.figure(
        traces,
        title,
        _clock_axis(rows),
        {"title": {"text": text("figure.agents", language)}, "rangemode": "tozero"},
        hovermode="closest",
    )


def forecast(plan: Plan, language: str) -> Any:
    """Contacts of each day of the plan with the band that nine days out of ten fall into."""
    import plotly.graph_objects as go

    days = tallied.by_day(plan)
    labels = [formats.day(value, language) for value in days["date"]]
    x = [value.isoformat() for value in days["date"]]
    traces: list[Any] = []
    if days["q95"].notna().any():
        traces += _band(go, x, days["q05"], days["q95"], text("figure.band90", language))
    traces.append(
        go.Scatter(
            x=x,
            y=style.rounded(days["contacts"], 1),
            name=text("figure.contacts", language),
            mode="lines+markers",
            line={"color": style.BLUE, "width": 2},
            marker={"size": 5},
            customdata=labels,
            hovertemplate=text("figure.hover_contacts", language),
        )
    )
    # Weeks begin alike; of one or two weeks every second or third day, or there would be one tick.
    step = max(7, -(-len(x) // 7) // 7 * 7 or 7) if len(x) > 14 else 2 if len(x) > 3 else 1
    step = 3 if 7 < len(x) <= 14 else step
    axis = {
        "tickvals": x[::step],
        "ticktext": [formats.short_day(value, language) for value in days["date"].tolist()[::step]],
        "type": "date",
    }
    return style.figure(
        traces,
        text("figure.forecast", language),
        axis,
        {"title": {"text": text("figure.contacts_per_day", language)}, "rangemode": "tozero"},
        hovermode="closest",
    )


def weekday(plan: Plan, language: str) -> Any:
    """Contacts on an average day of each weekday."""
    import plotly.graph_objects as go

    rows = tallied.by_weekday(plan)
    names = [text(f"weekday.{int(value)}", language) for value in rows["weekday"]]
    shown = [formats.number(value) for value in rows["contacts"]]
    bars = go.Bar(
        x=names,
        y=style.rounded(rows["contacts"], 1),
        text=shown,
        textposition="outside",
        cliponaxis=False,
        marker={"color": style.SKY},
        name=text("figure.contacts", language),
        hovertemplate=text("figure.hover_bar_contacts", language),
    )
    return style.figure(
        [bars],
        text("figure.weekday", language),
        {"type": "category"},
        {"title": {"text": text("figure.contacts_per_day", language)}, "rangemode": "tozero"},
        showlegend=False,
        hovermode="closest",
    )


def service(plan: Plan, language: str, on: date | None = None) -> Any:
    """Share answered in time by interval of a day: simulated with its 95 % band, beside the formula and the target."""
    import plotly.graph_objects as go

    chosen, targets = on or tallied.busiest_day(plan), plan.scenario.targets
    rows = plan.requirement.loc[plan.requirement["date"] == chosen, ["start", "slot", "duration", "sl_offered"]]
    have = plan.simulation.service[["start", "sl_offered", "sl_offered_low", "sl_offered_high"]]
    rows = rows.rename(columns={"sl_offered": "formula"}).merge(have, on="start")
    hours, clock = [h + d / 7200 for h, d in zip(_steps(rows)[0], rows["duration"], strict=True)], _clocks(rows)
    hover = text("figure.hover_share", language)
    traces = _band(go, hours, rows["sl_offered_low"], rows["sl_offered_high"], text("figure.band95", language), digits=4)
    traces += [
        go.Scatter(
            x=hours,
            y=style.rounded(rows["sl_offered"], 4),
            name=text("figure.simulated", language),
            mode="lines+markers",
            line={"color": style.BLUE, "width": 2},
            marker={"size": 6},
            customdata=clock,
            hovertemplate=hover,
        ),
        go.Scatter(
            x=hours,
            y=style.rounded(rows["formula"], 4),
            name=text("figure.formula", language),
            mode="markers",
            marker={"symbol": "diamond-open", "size": 8, "color": style.RED, "line": {"width": 1.5}},
            customdata=clock,
            hovertemplate=hover,
        ),
    ]
    ends, asked = _steps(rows)[1], targets.judged(rows["start"]).get("sl_offered", (1, math.nan))[1]
    bounds = np.broadcast_to(asked, len(rows)).tolist()
    if any(bound == bound for bound in bounds):
        # Hours and dates may ask for levels of their own: the line steps there, and breaks where nothing is asked.
        level = [None if bound != bound else bound for bound in bounds]
        named = "/".join(formats.percent(bound) for bound in dict.fromkeys(bounds) if bound == bound)
        traces.append(_level(go, ends, [*level, level[-1]], text("figure.target", language, target=named)))
    within = dict.fromkeys(np.broadcast_to(targets.thresholds(rows["start"]), len(rows)).tolist())
    judged = " / ".join(kpi.label("sl_offered", language, threshold) for threshold in within)
    title = text("figure.service", language, kpi=judged, day=formats.day(chosen, language))
    return style.figure(traces, title, _clock_axis(rows), {"tickformat": ".0%"}, hovermode="closest")


def weekdays(plan: Plan, language: str) -> Any:
    """Share of days on which all targets are met, by weekday, with 95 % intervals and the promise."""
    import plotly.graph_objects as go

    rows = plan.simulation.weekdays.dropna(subset=["met"])
    promise = plan.scenario.promised_days
    names = [text(f"weekday.{int(value)}", language) for value in rows["weekday"]]
    colours = [style.RED if met < promise else style.SKY for met in rows["met"]]
    error = None
    if {"met_low", "met_high"} <= set(rows.columns):
        error = {
            "type": "data",
            "symmetric": False,
            "array": style.rounded(rows["met_high"] - rows["met"], 4),
            "arrayminus": style.rounded(rows["met"] - rows["met_low"], 4),
            "color": style.INK,
            "thickness": 1,
            "width": 3,
        }
    bars = go.Bar(
        x=names,
        y=style.rounded(rows["met"], 4),
        error_y=error,
        marker={"color": colours},
        name="",
        showlegend=False,
        hovertemplate=text("figure.hover_weekday", language),
    )
    line = _level(go, names, [promise] * len(names), text("figure.promise", language, promise=formats.percent(promise)))
    return style.figure(
        [bars, line],
        text("figure.weekdays", language),
        {"type": "category"},
        {"tickformat": ".0%", "range": [0, 1.04]},
        hovermode="closest",
    )


#: Name to figure, in the order of the report.
FIGURES: dict[str, Callable[[Plan, str], Any]] = {
    "npv": npv,
    "break_evens": break_evens,
    "forecast": forecast,
    "weekday": weekday,
    "day": day,
    "service": service,
    "weekdays": weekdays,
    "cash": cash,
}


def _steps(rows: pd.DataFrame) -> tuple[list[float], list[float]]:
    """Hours after midnight at which intervals begin, and the same with the last one's end."""
    hours = (rows["slot"] * rows["duration"] / 3600).tolist()
    return hours, [*hours, hours[-1] + float(rows["duration"].iloc[-1]) / 3600]


def _clocks(rows: pd.DataFrame) -> list[str]:
    begin = rows["slot"] * rows["duration"]
    return [
        f"{units.clock_text(start)}-{units.clock_text(end)}" for start, end in zip(begin, begin + rows["duration"], strict=True)
    ]


def _clock_axis(rows: pd.DataFrame) -> dict[str, Any]:
    ends = _steps(rows)[1]
    return style.clock_ticks(ends[0], ends[-1])


def _band(go: Any, x: Sequence[Any], low: pd.Series, high: pd.Series, label: str, digits: int = 1) -> list[Any]:
    edge = {"x": list(x), "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        go.Scatter(y=style.rounded(low, digits), showlegend=False, **edge),
        go.Scatter(y=style.rounded(high, digits), name=label, fill="tonexty", fillcolor=style.BAND, **edge),
    ]


def _level(go: Any, x: Sequence[Any], level: list[float | None] | list[float], label: str) -> Any:
    return go.Scatter(
        x=list(x),
        y=level,
        name=label,
        mode="lines",
        line={"shape": "hv", "color": style.INK, "dash": "dash", "width": 1.5},
        hovertemplate="%{y:.0%}<extra>" + label + "</extra>",
    )
