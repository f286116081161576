"""Figures of money: net present value, break-evens, cumulative cash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.report import formats, sentences, style, tallied
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.plan import Plan


def cash(plan: Plan, language: str) -> Any:
    """Cumulative cash of each option against none, by month."""
    import plotly.graph_objects as go

    flows = tallied.cumulative_cash(plan)
    unit, scale = formats.money_unit(language, plan.scenario.currency), 10_000 if language == "zh" else 1000
    hover = text("figure.hover_cash", language, unit=unit)
    traces = [
        go.Scatter(
            x=flows.index.tolist(),
            y=style.rounded(flows[option].round(-3) / scale, 1),
            name=text(f"option.{option}", language),
            mode="lines",
            line={
                "width": 2.5,
                "color": style.OPTION_COLOURS.get(option, style.PURPLE),
                "dash": style.OPTION_DASHES.get(option, "solid"),
            },
            hovertemplate=hover,
        )
        for option in flows.columns
    ]
    axis = {"title": {"text": text("figure.month", language)}, "dtick": 6 if len(flows) > 14 else 2}
    return style.figure(
        traces,
        text("figure.cash", language),
        axis,
        {"title": {"text": unit}, "zeroline": True, "zerolinecolor": style.GREY},
        hovermode="closest",
        legend={"y": -0.26},
    )


def npv(plan: Plan, language: str) -> Any:
    """Net present value of each option against none."""
    import plotly.graph_objects as go

    rows = plan.options.set_index("option", drop=False).loc[sentences.ranked(plan)[::-1]]
    unit, scale = formats.money_unit(language, plan.scenario.currency), 10_000 if language == "zh" else 1000
    bars = go.Bar(
        x=style.rounded(rows["npv"].round(-3) / scale, 1),
        y=[text(f"option.{option}", language) for option in rows["option"]],
        orientation="h",
        text=[formats.thousands(value, language) for value in rows["npv"]],
        textposition="auto",
        insidetextfont={"color": "white"},
        name="NPV",
        marker={"color": [style.BLUE if option == plan.best else style.GREY for option in rows["option"]]},
        hovertemplate=text("figure.hover_npv", language, unit=unit),
    )
    return style.figure(
        [bars],
        text("figure.npv", language),
        {"title": {"text": unit}, "zeroline": True, "zerolinecolor": style.GREY, "showgrid": True},
        {"type": "category"},
        showlegend=False,
        hovermode="closest",
        height=240,
    )


def break_evens(plan: Plan, language: str) -> Any:
    """How far each value may move before another option is better, in per cent of its present value."""
    import plotly.graph_objects as go

    rows = sentences.overturning(plan)[::-1]
    moves = [round(row["value"] / row["current"] - 1, 4) for row in rows]
    bars = go.Bar(
        x=moves,
        y=list(range(len(rows))),
        width=0.42,
        orientation="h",
        text=[f"{move:+.1%}" for move in moves],
        textposition="outside",
        cliponaxis=False,
        marker={"color": style.ORANGE},
        hovertemplate=text("figure.hover_break_even", language),
        name="",
    )
    # The labels stand above their bars: beside them they would leave no room on a phone.
    place = {"x": 0, "xref": "paper", "xanchor": "left", "yref": "y", "yanchor": "middle", "showarrow": False, "bgcolor": "white"}
    labels = [{"text": _label(row, plan.best, language), "y": i + 0.42, **place} for i, row in enumerate(rows)]
    reach = 1.35 * max((abs(move) for move in moves), default=0.1)
    axis = {
        "tickformat": "+.0%",
        "range": [-reach, reach],
        "zeroline": True,
        "zerolinecolor": style.INK,
        "showgrid": True,
        "nticks": 5,
    }
    return style.figure(
        [bars],
        text("figure.break_evens", language),
        axis,
        {"showticklabels": False, "showgrid": False, "range": [-0.5, len(rows) - 0.3]},
        annotations=labels,
        showlegend=False,
        hovermode="closest",
        height=90 + 56 * len(rows),
    )


def _label(row: dict[str, Any], best: str, language: str) -> str:
    other = row["against"] if row["option"] == best else row["option"]
    return text("figure.against", language, lever=sentences.lever(row, language), other=text(f"option.{other}", language))
