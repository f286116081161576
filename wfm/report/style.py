"""How every figure looks: a palette that colour-blind readers can tell apart, Chinese fonts, few ticks, the legend below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

FONTS = (
    "-apple-system, 'Segoe UI', Roboto, 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'Hiragino Sans GB', "
    "'Source Han Sans SC', 'WenQuanYi Micro Hei', system-ui, Arial, sans-serif"
)
#: Okabe and Ito (2008), darkened where thin lines need it.
BLUE, ORANGE, GREEN, RED, SKY, PURPLE, GREY, INK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#9C5A8C",
    "#7B8794",
    "#1F2933",
)
BAND = "rgba(0, 114, 178, 0.16)"
OPTION_COLOURS = {"none": GREY, "self_built": GREEN, "hosted": BLUE, "outsourced": ORANGE}
#: Dashes tell the options apart where colours do not (print in grey).
OPTION_DASHES = {"none": "dot", "self_built": "dash", "hosted": "solid", "outsourced": "longdash"}


def figure(traces: list[Any], title: str, x: dict[str, Any], y: dict[str, Any], **layout: Any) -> Any:
    """A figure in the report's style.

    Parameters
    ----------
    traces
        Plotly traces.
    x, y
        Settings of the axes beyond the style's own.
    layout
        Further layout settings.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    import plotly.graph_objects as go

    axis = {
        "showline": False,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,
        "gridcolor": "#E8ECF0",
        "tickfont": {"color": "#52606D"},
        "title": {"font": {"size": 12, "color": "#52606D"}, "standoff": 8},
    }
    settings: dict[str, Any] = {
        "template": go.layout.Template(),
        "title": {"text": title, "x": 0, "xanchor": "left", "xref": "paper", "font": {"size": 15}},
        "font": {"family": FONTS, "size": 12, "color": INK},
        "paper_bgcolor": "white",
        "plot_bgcolor": "white",
        "height": 340,
        "margin": {"l": 8, "r": 8, "t": 48, "b": 8, "pad": 2},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": -0.2,
            "yanchor": "top",
            "yref": "paper",
            "font": {"size": 12},
        },
        "hovermode": "x unified",
        "hoverlabel": {"font": {"family": FONTS, "size": 12}},
        "dragmode": False,
        "xaxis": _merged(axis, {"showgrid": False, "nticks": 7, **x}),
        "yaxis": _merged(axis, {"nticks": 6, **y}),
    }
    return go.Figure(traces, _merged(settings, layout))


def _merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in more.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def clock_ticks(first: float, last: float, most: int = 7) -> dict[str, Any]:
    """Axis settings for hours after midnight: whole hours as ``10:00``, at most ``most`` of them."""
    step = next((s for s in (1, 2, 3, 4, 6, 12, 24) if (last - first) / s <= most - 1), 24)
    begin = -(-int(first) // step) * step if first % step else int(first)
    ticks = list(range(begin, int(last) + 1, step))
    return {"tickvals": ticks, "ticktext": [f"{tick:02d}:00" for tick in ticks], "range": [first, last]}


def rounded(values: pd.Series, digits: int) -> list[float]:
    """Plain numbers of a column, rounded: figures hold what they show."""
    return [float(value) + 0.0 for value in values.astype(float).round(digits)]
