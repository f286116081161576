"""The figures of a centre's page: service by time of day and over the plan, who answers whom, groups busy and on queue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wfm.report import style
from wfm.report.centre_said import records
from wfm.report.words import text
from wfm.simulate.tally import COLUMNS, value

if TYPE_CHECKING:
    from wfm.centre.model import CentreScenario
    from wfm.centre.simulation import CentreResult

_COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.RED, style.PURPLE, style.SKY, style.GREY, style.INK)
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
Floats = NDArray[np.float64]


def figures(scenario: CentreScenario, result: CentreResult, language: str) -> dict[str, dict[str, Any]]:
    """Name to figure, as JSON values."""
    made = {
        "figure_clock": by_clock(scenario, result, language),
        "figure_plan": by_interval(result, language),
        "figure_answers": answers(result, language),
        "figure_groups": groups(result, language),
    }
    found: dict[str, dict[str, Any]] = {}
    for name, figure in made.items():
        figure.update_layout(title=None, margin_t=12)
        found[name] = json.loads(figure.to_json())
    return found


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _slots(result: CentreResult) -> tuple[list[float], NDArray[np.int64]]:
    """Hours after midnight of the distinct slots, and each interval's number among them."""
    slot = result.played.grid["slot"].to_numpy(int)
    found, at = np.unique(slot, return_inverse=True)
    hours = float(result.played.grid["duration"].iloc[0]) / 3600
    return [float(one * hours) for one in found], at


def _pooled(values: Floats, at: NDArray[np.int64], slots: int) -> Floats:
    """Sums by slot of [K, ...]."""
    sums = np.zeros((slots, *values.shape[1:]))
    np.add.at(sums, at, values)
    return sums


def _clock_axis(hours: list[float], result: CentreResult) -> dict[str, Any]:
    width = float(result.played.grid["duration"].iloc[0]) / 3600
    return style.clock_ticks(hours[0], hours[-1] + width)


def by_clock(scenario: CentreScenario, result: CentreResult, language: str) -> Any:
    """Share answered in time of each type by time of day; targets as thin lines of the same colour."""
    import plotly.graph_objects as go

    hours, at = _slots(result)
    means = result.tallies.types.mean(axis=0)
    traces: list[Any] = []
    shapes = []
    for number, kind in enumerate(result.played.kinds):
        level = value(_pooled(means[number], at, len(hours)), "sl_offered")
        traces.append(
            go.Scatter(
                x=hours,
                y=[None if np.isnan(one) else round(float(one), 4) for one in level],
                name=kind,
                mode="lines+markers" if len(hours) < 60 else "lines",
                marker={"size": 4},
                line={"color": _colour(number), "width": 2, "dash": _DASHES[number % len(_DASHES)]},
                hovertemplate="%{y:.1%}",
            )
        )
        asked = scenario.contacts[kind].targets.sl_offered
        if asked is not None:
            line = {"color": _colour(number), "width": 1, "dash": "dot"}
            shapes.append({"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": asked.share, "y1": asked.share, "line": line})
    axis = {"title": {"text": text("centre.axis_share", language)}, "tickformat": ".0%", "range": [0, 1.02]}
    return style.figure(traces, text("centre.figure_clock", language), _clock_axis(hours, result), axis, shapes=shapes)


def by_interval(result: CentreResult, language: str) -> Any:
    """Contacts not answered in time by interval of the plan, types stacked."""
    import plotly.graph_objects as go

    means = result.tallies.types.mean(axis=0)
    offered, within = (COLUMNS.index(name) for name in ("offered", "answered_within"))
    start = [moment.strftime("%Y-%m-%d %H:%M") for moment in result.played.grid["start"]]
    width = float(result.played.grid["duration"].iloc[0]) * 1000
    traces = [
        go.Bar(
            x=start,
            y=[round(float(one), 2) for one in means[number, :, offered] - means[number, :, within]],
            name=kind,
            width=width,
            offset=0,
            marker={"color": _colour(number), "line": {"width": 0}},
            hovertemplate="%{y:.1f}",
        )
        for number, kind in enumerate(result.played.kinds)
    ]
    axis = {"title": {"text": text("centre.axis_missed", language)}, "rangemode": "tozero"}
    form = "%-m月%-d日" if language == "zh" else "%-d %b"
    days = {"type": "date", "tickformat": form, "hoverformat": f"{form} %H:%M"}
    return style.figure(traces, text("centre.figure_plan", language), days, axis, barmode="stack")


def answers(result: CentreResult, language: str) -> Any:
    """Each type a bar, cut by the group that answered."""
    import plotly.graph_objects as go

    kinds = list(result.played.kinds)
    shares = {(row["type"], row["group"]): float(row["share_of_type"]) for row in records(result.answers)}
    traces = []
    for number, name in enumerate(result.played.groups):
        values = [shares.get((kind, name), 0.0) for kind in kinds]
        shown = [0.0 if np.isnan(one) else round(one, 4) for one in values]
        traces.append(
            go.Bar(
                y=kinds,
                x=shown,
                name=name,
                orientation="h",
                marker={"color": _colour(number)},
                text=[f"{one:.0%}" if one >= 0.06 else "" for one in shown],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                hovertemplate="%{x:.1%}",
            )
        )
    x = {"tickformat": ".0%", "range": [0, 1], "showgrid": True}
    y = {"autorange": "reversed", "type": "category"}
    height = 120 + 40 * len(kinds)
    return style.figure(traces, text("centre.figure_answers", language), x, y, barmode="stack", hovermode="closest", height=height,
                        legend={"traceorder": "normal"})  # fmt: skip


def groups(result: CentreResult, language: str) -> Any:
    """Agents on queue as a thin line and those busy as a thick one, by time of day, means over the days."""
    import plotly.graph_objects as go

    hours, at = _slots(result)
    seconds = result.played.grid["duration"].to_numpy(float)
    time, width = _pooled(seconds, at, len(hours)), float(seconds[0]) / 3600
    means = result.tallies.groups.mean(axis=0)
    traces: list[Any] = []
    for number, name in enumerate(result.played.groups):
        sums = _pooled(means[number], at, len(hours))
        for column, word, line in (
            ("busy_time", "busy_of", {"width": 2.5}),
            ("staffed_time", "online_of", {"width": 1, "dash": "dash"}),
        ):
            level = sums[:, COLUMNS.index(column)] / time
            traces.append(
                go.Scatter(
                    x=[*hours, hours[-1] + width],
                    y=[round(float(one), 3) for one in (*level, level[-1])],
                    name=text(f"centre.{word}", language, group=name),
                    mode="lines",
                    line={"color": _colour(number), "shape": "hv", **line},
                    hovertemplate="%{y:.1f}",
                )
            )
    axis = {"title": {"text": text("centre.axis_agents", language)}, "rangemode": "tozero"}
    height = 340 + 12 * len(traces)
    return style.figure(traces, text("centre.figure_groups", language), _clock_axis(hours, result), axis, height=height)
