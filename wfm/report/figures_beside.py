"""The figures of formula beside simulation: the steps from the one to the other, by time of day, and by time of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.report import formats, style
from wfm.report.sections_beside import rows_of
from wfm.report.sentences_beside import named, overall, points, step
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.beside import Beside
    from wfm.plan import Plan

_SL = "sl_offered"
#: Below, alike, above: orange and blue, which colour-blind readers tell apart.
_SCALE = [[0.0, "#B35806"], [0.25, "#F1A340"], [0.5, "#F7F7F7"], [0.75, "#7FB3D5"], [1.0, "#0B5C8F"]]


def steps(plan: Plan, language: str) -> Any:
    """From the formula to the simulation: each step a bar from where the one before it ended, with its 95 % interval."""
    import plotly.graph_objects as go

    beside = _beside(plan)
    row, rows = overall(beside)[_SL], rows_of(beside)
    # Short names: on a phone a row has room for few letters.
    names = [
        text(f"beside_{'short' if kind == 'step' else 'column'}.{_short(kind, what, beside)}", language) for kind, what in rows
    ]
    at, levels, bars = float(row["formula_needed"]), list[tuple[str, float, str]](), list[tuple[str, float, float, float]]()
    for name, (kind, what) in zip(names, rows, strict=True):
        if kind == "step":
            value, half = step(row, what)
            bars.append((name, at, value, half))
            at += value
        else:
            levels.append((name, at, style.BLUE if what == "simulated" else style.RED))
    ends = [value for _, start, size, half in bars for value in (start, start + size - half, start + size + half)] + [at]
    traces: list[Any] = [
        go.Bar(
            y=[bar[0] for bar in bars],
            base=[round(bar[1], 4) for bar in bars],
            x=[round(bar[2], 4) for bar in bars],
            orientation="h",
            name=text("figure.beside_step", language),
            marker={"color": [style.SKY if bar[2] >= 0 else style.ORANGE for bar in bars]},
            error_x={
                "type": "data",
                "array": [round(bar[3], 4) or None for bar in bars],
                "color": style.INK,
                "thickness": 1,
                "width": 3,
            },
            customdata=[points(bar[2], bar[3]) for bar in bars],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        ),
        go.Scatter(
            # Beside each bar, past the end of its interval: what the step makes.
            y=[bar[0] for bar in bars],
            x=[round(max(bar[1], bar[1] + bar[2] + bar[3]), 4) for bar in bars],
            mode="text",
            text=[f"  {points(bar[2], digits=1)}" for bar in bars],
            textposition="middle right",
            cliponaxis=False,
            showlegend=False,
            hoverinfo="skip",
        ),
    ]
    for colour, words in ((style.RED, "beside_formula"), (style.BLUE, "beside_simulated")):
        mine = [(name, value) for name, value, shade in levels if shade == colour]
        traces.append(
            go.Scatter(
                y=[name for name, _ in mine],
                x=[round(value, 4) for _, value in mine],
                mode="markers+text",
                text=[f"  {formats.share(value)}" for _, value in mine],
                textposition="middle right",
                cliponaxis=False,
                marker={"symbol": "diamond", "size": 11, "color": colour},
                name=text(f"figure.{words}", language),
                hovertemplate="%{y}<br>%{x:.1%}<extra></extra>",
            )
        )
    low, high = min(ends), max(ends)
    room = max(high - low, 0.005)
    label = kpi.label(_SL, language, plan.scenario.targets.threshold)
    return style.figure(
        traces,
        text("figure_caption.beside_steps", language, kpi=label),
        {"tickformat": ".0%" if room > 0.04 else ".1%", "range": [low - 0.08 * room, high + 0.3 * room], "showgrid": True},
        {"type": "category", "categoryorder": "array", "categoryarray": names[::-1], "dtick": 1, "showgrid": False},
        height=90 + 34 * len(names),
        hovermode="closest",
        bargap=0.35,
        legend={"y": -0.16},
    )


def slots(plan: Plan, language: str) -> Any:
    """By time of day: the formula at the agents needed and scheduled, and the simulation with its 95 % band."""
    import plotly.graph_objects as go

    rows = _beside(plan).scope("slot")
    length = float(plan.scenario.plan.interval) / 3600
    hours = [(slot + 0.5) * length for slot in rows["slot"].tolist()]
    clock = [formats.clock_span(slot * length * 3600, (slot + 1) * length * 3600) for slot in rows["slot"].tolist()]
    hover = text("figure.hover_share", language)
    edge: dict[str, Any] = {"x": hours, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    lines = (
        (
            "formula_needed",
            "beside_needed",
            {"mode": "markers", "marker": {"symbol": "diamond-open", "size": 8, "color": style.INK}},
        ),
        ("formula_scheduled", "beside_scheduled", {"mode": "lines", "line": {"color": style.RED, "dash": "dash", "width": 2}}),
        (
            "simulated",
            "beside_simulated",
            {"mode": "lines+markers", "line": {"color": style.BLUE, "width": 2}, "marker": {"size": 5}},
        ),
    )
    band = {"name": text("figure.band95", language), "fill": "tonexty", "fillcolor": style.BAND}
    traces: list[Any] = [
        go.Scatter(y=_listed(rows["simulated_low"]), showlegend=False, **edge),
        go.Scatter(y=_listed(rows["simulated_high"]), **band, **edge),
    ]
    traces += [
        go.Scatter(
            x=hours, y=_listed(rows[column]), name=text(f"figure.{words}", language), customdata=clock, hovertemplate=hover, **drawn
        )
        for column, words, drawn in lines
    ]
    label = kpi.label(_SL, language, plan.scenario.targets.threshold)
    return style.figure(
        traces,
        text("figure_caption.beside_slots", language, kpi=label),
        style.clock_ticks(hours[0] - length / 2, hours[-1] + length / 2),
        {"tickformat": ".0%"},
        hovermode="closest",
    )


def week(plan: Plan, language: str) -> Any:
    """By weekday and time: how much the simulation lies above what the formula promised at the agents needed."""
    import plotly.graph_objects as go

    rows = _beside(plan).scope("weekday_slot")
    length = float(plan.scenario.plan.interval)
    grid = rows.pivot_table(index="slot", columns="weekday", values="difference", aggfunc="first", dropna=False)
    said = rows.assign(
        said=[f"{formats.share(a)} / {formats.share(b)}" for a, b in zip(rows["simulated"], rows["formula_needed"], strict=True)]
    )
    told = said.pivot_table(index="slot", columns="weekday", values="said", aggfunc="first", dropna=False)
    values = [[None if value != value else round(100 * value, 2) for value in line] for line in grid.to_numpy(float).tolist()]
    most = max([abs(value) for line in values for value in line if value is not None] or [1.0])
    heat = go.Heatmap(
        x=[text(f"weekday.{int(day)}", language) for day in grid.columns],
        y=[formats.clock_span(slot * length, (slot + 1) * length) for slot in grid.index],
        z=values,
        zmid=0,
        zmin=-most,
        zmax=most,
        customdata=[[cell if isinstance(cell, str) else "" for cell in line] for line in told.to_numpy().tolist()],
        colorscale=_SCALE,
        xgap=2,
        ygap=1,
        hoverongaps=False,
        colorbar={
            "title": {"text": text("figure.beside_points", language)},
            "thickness": 12,
            "outlinewidth": 0,
            "tickformat": "+.0f",
        },
        hovertemplate=text("figure.hover_beside_week", language),
    )
    label = kpi.label(_SL, language, plan.scenario.targets.threshold)
    return style.figure(
        [heat],
        text("figure_caption.beside_week", language, kpi=label),
        {"type": "category", "side": "top"},
        {"type": "category", "autorange": "reversed", "nticks": 12, "showgrid": False},
        height=min(620, 110 + 19 * len(grid)),
        hovermode="closest",
    )


def _short(kind: str, what: str, beside: Beside) -> str:
    return named(what, beside) if kind == "step" else what if what == "simulated" else f"formula_{what}"


def _beside(plan: Plan) -> Beside:
    if plan.beside is None:
        raise ValueError("this plan was saved before formula and simulation were held against each other: run it again")
    return plan.beside


def _listed(values: Any) -> list[float | None]:
    return [None if value != value else round(value, 4) for value in values.tolist()]


#: Name to figure, in the order of the page.
FIGURES_BESIDE = {"beside_steps": steps, "beside_slots": slots, "beside_week": week}
