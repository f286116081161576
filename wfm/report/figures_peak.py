"""The figures of the peak day: agents by two methods, service by several ways of computing, the queue by minute."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wfm.core import units
from wfm.report import formats, style
from wfm.report.sentences_peak import level, more
from wfm.report.words import text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.peakday import PeakDay
    from wfm.plan import Plan

_COLOURS = {"independent": style.RED, "transient": style.GREEN, "simulation": style.BLUE}
_DASHES = {"independent": "dash", "transient": "solid", "simulation": "solid"}
#: Minutes shown before a backlog begins and after it is cleared.
_AROUND = 30


def agents(plan: Plan, language: str) -> Any:
    """Agents asked for by independent and by linked intervals, and scheduled (steps), over the contacts of each interval (bars)."""
    import plotly.graph_objects as go

    peak = _peak(plan)
    rows = peak.intervals
    hours, ends, clock = _grid(rows)
    width = float(rows["duration"].iloc[0]) / 3600
    traces: list[Any] = [
        go.Bar(
            x=[hour + width / 2 for hour in hours],
            y=style.rounded(rows["contacts"], 1),
            width=width,
            yaxis="y2",
            name=text("figure.peak_contacts", language),
            marker={"color": "#DDE5EC", "line": {"width": 0}},
            customdata=clock,
            hovertemplate=text("figure.hover_contacts_interval", language),
        )
    ]
    for key, column, colour, dash in (
        ("peak_scheduled", "scheduled", style.SKY, "solid"),
        ("peak_independent", "needed_independent", style.RED, "dash"),
        ("peak_transient", "needed_transient", style.INK, "solid"),
    ):
        if column in rows:
            values = [None if not math.isfinite(value) else round(value, 2) for value in rows[column].tolist()]
            traces.append(
                go.Scatter(
                    x=ends,
                    y=[*values, values[-1]],
                    name=text(f"figure.{key}", language),
                    mode="lines",
                    line={"shape": "hv", "width": 3 if key == "peak_scheduled" else 2, "color": colour, "dash": dash},
                    customdata=[*clock, clock[-1]],
                    hovertemplate=text("figure.hover_asked", language),
                )
            )
    return style.figure(
        traces,
        text("figure_caption.peak_agents", language, level=level(peak, language)),
        style.clock_ticks(ends[0], ends[-1]),
        {"title": {"text": text("figure.agents", language)}, "rangemode": "tozero", "overlaying": "y2", "tickmode": "auto"},
        yaxis2={
            "side": "right",
            "showgrid": False,
            "zeroline": False,
            "rangemode": "tozero",
            "nticks": 4,
            "fixedrange": True,
            "automargin": True,
            "tickfont": {"color": "#7B8794"},
            "title": {"text": text("figure.peak_contacts_axis", language), "font": {"size": 12, "color": "#7B8794"}},
        },
        hovermode="closest",
    )


def service(plan: Plan, language: str) -> Any:
    """Share answered in time by interval: each way of computing, the simulation with its 95 % band, and the target (steps)."""
    import plotly.graph_objects as go

    peak = _peak(plan)
    rows = peak.intervals
    hours, ends, clock = _grid(rows)
    middle = [(a + b) / 2 for a, b in zip(hours, ends[1:], strict=True)]
    traces: list[Any] = []
    if "simulation" in peak.views:
        edge: dict[str, Any] = {"x": middle, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        low, high = (_shown(rows[f"sl_offered_simulation_{end}"]) for end in ("low", "high"))
        traces += [
            go.Scatter(y=low, showlegend=False, **edge),
            go.Scatter(y=high, name=text("figure.band95", language), fill="tonexty", fillcolor=style.BAND, **edge),
        ]
    for view in ("simulation", "transient", "independent"):
        if view in peak.views:
            traces.append(
                go.Scatter(
                    x=middle,
                    y=_shown(rows[f"sl_offered_{view}"]),
                    name=text(f"figure.peak_view_{view}", language),
                    mode="lines",
                    line={"color": _COLOURS[view], "dash": _DASHES[view], "width": 2},
                    customdata=clock,
                    hovertemplate=text("figure.hover_view", language),
                )
            )
    target = _shown(rows["target_sl_offered"])
    if any(value is not None for value in target):
        traces.append(
            go.Scatter(
                x=ends,
                y=[*target, target[-1]],
                name=text("figure.peak_target", language),
                mode="lines",
                line={"shape": "hv", "color": style.INK, "dash": "dot", "width": 1.5},
                customdata=[*clock, clock[-1]],
                hovertemplate=text("figure.hover_view", language),
            )
        )
    return style.figure(
        traces,
        text("figure_caption.peak_service", language),
        style.clock_ticks(ends[0], ends[-1]),
        {"tickformat": ".0%", "range": [0, 1.03]},
        legend={"traceorder": "normal"},
        hovermode="closest",
    )


def queue(plan: Plan, language: str) -> Any:
    """Contacts waiting by minute around the backlog (the whole day where there is none), and those answered in time (steps)."""
    import plotly.graph_objects as go

    peak = _peak(plan)
    rows = around(peak)
    midnight = peak.intervals["start"].iloc[0] - _seconds(
        float(peak.intervals["slot"].iloc[0] * peak.intervals["duration"].iloc[0])
    )
    x = [round(value / 3600, 5) for value in (rows["start"] - midnight).dt.total_seconds().tolist()]
    clock = [f"{value:%H:%M}" for value in rows["start"]]
    traces: list[Any] = []
    for view, fill in (("transient", "tozeroy"), ("simulation", None)):
        if f"queue_{view}" in rows:
            traces.append(
                go.Scatter(
                    x=x,
                    y=style.rounded(rows[f"queue_{view}"], 2),
                    name=text(f"figure.peak_queue_{view}", language),
                    mode="lines",
                    line={"color": _COLOURS[view], "width": 2},
                    fill=fill,
                    fillcolor="rgba(0, 158, 115, 0.14)" if fill else None,
                    customdata=clock,
                    hovertemplate=text("figure.hover_waiting", language),
                )
            )
    traces.append(
        go.Scatter(
            x=x,
            y=style.rounded(rows["reach"], 2),
            name=text("figure.peak_reach", language),
            mode="lines",
            line={"shape": "hv", "color": style.INK, "dash": "dash", "width": 1.5},
            customdata=clock,
            hovertemplate=text("figure.hover_waiting", language),
        )
    )
    if "queue_busy" in rows:
        traces.append(
            go.Scatter(
                x=x,
                y=style.rounded(rows["queue_busy"], 2),
                name=text("figure.peak_queue_busy", language, more=more(peak)),
                mode="lines",
                line={"color": style.ORANGE, "width": 1.5},
                customdata=clock,
                hovertemplate=text("figure.hover_waiting", language),
            )
        )
    layout: dict[str, Any] = {}
    found = peak.backlog or peak.backlog_by("busy")
    if found is not None and found.cleared is not None:
        place = (found.cleared - midnight).total_seconds() / 3600
        label = text("figure.peak_cleared", language, cleared=f"{found.cleared:%H:%M}")
        line = {"color": style.INK, "width": 1}
        layout["shapes"] = [{"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1, "yref": "paper", "line": line}]
        layout["annotations"] = [
            {"x": place, "y": 1, "yref": "paper", "text": label, "showarrow": False, "xanchor": "left", "yanchor": "top",
             "xshift": 4, "font": {"size": 13}}
        ]  # fmt: skip
    return style.figure(
        traces,
        text("figure_caption.peak_queue", language),
        _ticks(x[0], x[-1]),
        {"title": {"text": text("figure.peak_waiting", language)}, "rangemode": "tozero"},
        hovermode="closest",
        **layout,
    )


def around(peak: PeakDay) -> pd.DataFrame:
    """Minutes that the figure shows: those around the deepest backlog, or the day's."""
    found, rows = peak.backlog, peak.minutes
    view = "transient" if "transient" in peak.views else "simulation"
    if found is None:
        found, view = peak.backlog_by("busy"), "busy"
    if found is None:
        return rows[rows["own"]]
    over = rows[(rows[f"queue_{view}"] > rows["reach"]) & (rows["start"] <= found.at)]["start"]
    first = _begun(over, found.at)
    last = found.cleared if found.cleared is not None else found.end
    near = (rows["start"] >= first - _seconds(60 * _AROUND)) & (rows["start"] <= last + _seconds(60 * _AROUND))
    shown: pd.DataFrame = rows[near]
    return shown


def _begun(over: pd.Series, at: Any) -> Any:
    """When the run of minutes that ends at ``at`` began."""
    begun = at
    for start in reversed(over.tolist()):
        if (begun - start).total_seconds() > 60:
            break
        begun = start
    return begun


#: Name to figure, shown where the plan has a peak day.
FIGURES_PEAK: dict[str, Callable[[Plan, str], Any]] = {
    "peak_agents": agents,
    "peak_service": service,
    "peak_queue": queue,
}


def _peak(plan: Plan) -> PeakDay:
    if plan.peak is None:
        raise ValueError("the plan has no peak day")
    return plan.peak


def _seconds(value: float) -> Any:
    import pandas as pd

    return pd.Timedelta(seconds=value)


def _grid(rows: pd.DataFrame) -> tuple[list[float], list[float], list[str]]:
    """Hours after midnight at which intervals begin, the same with the last one's end, and their clock spans."""
    begin = rows["slot"] * rows["duration"]
    hours = (begin / 3600).tolist()
    clock = [formats.clock_span(start, end) for start, end in zip(begin, begin + rows["duration"], strict=True)]
    return hours, [*hours, hours[-1] + float(rows["duration"].iloc[-1]) / 3600], clock


def _shown(values: pd.Series) -> list[float | None]:
    return [None if formats.missing(value) else round(value, 4) for value in values.astype(float).tolist()]


def _ticks(first: float, last: float, most: int = 6) -> dict[str, Any]:
    """Ticks of a part of the day, at round minutes."""
    span = (last - first) * 60
    step = next((size for size in (5, 10, 15, 30, 60, 120, 180, 240) if span / size <= most), 360)
    begin = math.ceil(first * 60 / step - 1e-9) * step
    ticks = list(range(begin, math.floor(last * 60 + 1e-9) + 1, step))
    names = [units.clock_text((minute * 60) % 86_400) for minute in ticks]
    return {"tickvals": [round(minute / 60, 5) for minute in ticks], "ticktext": names, "range": [first, last]}
