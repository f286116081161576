"""What `wfm backtest` shows and writes: the screen, five lines to paste, JSON and csv."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from wfm.report import formats
from wfm.report.console import pad, width, wrap
from wfm.report.words import text

if TYPE_CHECKING:
    import pandas as pd

    from wfm.backtesting import Backtest

#: Version of the JSON object's shape: raised when a key changes its meaning or goes.
VERSION = 1
_DAY = 86400
_WIDTH = 110
_SPANS = 12
#: So few values say more of chance than of a model.
FEW = 5
_COLUMNS = ("wape", "bias", "rmse", "mase", "pinball", "cover80", "cover95", "values")
_DEFINITIONS = ("wape", "bias", "bands", "median")


def screen(result: Backtest, name: str, language: str) -> str:
    """The result as a table, then what its numbers mean.

    Parameters
    ----------
    name
        What the history is called.
    """
    lines = [*_wrapped(_head(result, name, language)), ""]
    header = ["", *(text(f"backtest_column.{column}", language) for column in _COLUMNS)]
    rows = [header]
    for horizon, group in result.measures.groupby("horizon", sort=False):
        rows.append([_horizon(str(horizon), int(group["leads"].iloc[0]), language)])
        rows += [_row(row, language) for _, row in group.iterrows()]
    widths = [max(width(row[i]) for row in rows if len(row) > i and (i or len(row) > 1)) for i in range(len(header))]
    for row in rows:
        cells = [pad(cell, widths[i], right=i > 0) for i, cell in enumerate(row)]
        lines.append("  ".join(cells).rstrip())
    lines.append("")
    if (result.measures["values"] <= FEW).any():
        lines += [*_wrapped(text("backtest.few_meaning", language, few=FEW)), ""]
    for line in dropped(result, language):
        lines += [*_wrapped(line), ""]
    if len(result.unusual):
        lines += [*_wrapped(_unusual(result, language)), ""]
    for key in _DEFINITIONS:
        lines += _wrapped(text(f"backtest.definition_{key}", language))
    return "\n".join(line.rstrip() for line in lines)


def brief(result: Backtest, name: str, language: str) -> str:
    """Five lines or so to paste into a chat: our own error within each horizon, against seasonal naive, and the bands."""
    lines = [_head(result, name, language)]
    judged = result.measures
    for _, row in judged[judged["model"] == judged["model"].iloc[0]].iterrows():
        naive = judged[(judged["model"] == "naive") & (judged["horizon"] == row["horizon"])]["wape"]
        ratio = formats.number(row["wape"] / naive.iloc[0], 2) if len(naive) and naive.iloc[0] > 0 else formats.NOTHING
        horizon = _horizon(str(row["horizon"]), int(row["leads"]), language)
        values = {"horizon": horizon, "wape": formats.share(row["wape"]), "bias": _signed(row["bias"])}
        against = text("backtest.against", language, ratio=ratio)
        few = text("backtest.brief_few", language, count=int(row["values"])) if row["values"] <= FEW else ""
        lines.append(text("backtest.brief", language, against=against, **values) + few)
    covers = {f"cover{band}": formats.share(row[f"cover{band}"], 0) for band in (80, 95)}
    return "\n".join([*lines, text("backtest.brief_bands", language, horizon=horizon, **covers), *dropped(result, language)])


def dropped(result: Backtest, language: str) -> list[str]:
    """What was asked for and is not judged, and how many open days it needs; no line where all is."""
    return [
        text("backtest.dropped", language, horizon=_horizon(one.horizon, one.leads, language), needed=one.needed, days=result.days)
        for one in result.dropped
    ]


def backtest_json(result: Backtest, name: str) -> str:
    """The result as one JSON object with a newline at its end; what is not finite is null. Single forecasts are left to the csv."""
    value = {
        "wfm_backtest": VERSION,
        "name": name,
        "interval_s": result.interval_s,
        "queues": list(result.queues),
        "open_days": result.days,
        "first": result.first.isoformat(),
        "last": result.last.isoformat(),
        "origins": [day.isoformat() for day in result.origins],
        "definitions": {key: text(f"backtest.definition_{key}", "en") for key in _DEFINITIONS},
        "unusual_days": [
            {"queue": queue, "date": day.isoformat(), "actual": _plain(float(actual))}
            for queue, day, actual in result.unusual.itertuples(index=False)
        ],
        "dropped": [{"horizon": one.horizon, "leads": one.leads, "days_needed": one.needed} for one in result.dropped],
        "measures": [
            {key: _plain(cell) for key, cell in row.items()} | {"few_values": row["values"] <= FEW}
            for row in result.measures.to_dict("records")
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def tables(result: Backtest) -> dict[str, pd.DataFrame]:
    """Name to table, as the csv files hold them."""
    return {"backtest": result.measures, "backtest_forecasts": result.forecasts}


def model_name(model: str, language: str) -> str:
    """A model in words: ``mean4`` is "mean of last 4 weeks"."""
    match = re.fullmatch(r"mean(\d+)", model)
    return text("backtest_model.mean", language, weeks=match[1]) if match else text(f"backtest_model.{model}", language)


def _head(result: Backtest, name: str, language: str) -> str:
    grain = (
        text("backtest.day", language)
        if result.interval_s == _DAY
        else text("backtest.interval", language, minutes=result.interval_s // 60)
    )
    parts = [text("backtest.title", language, name=name), grain]
    if len(result.queues) > 1:
        parts.append(text("backtest.queues", language, count=len(result.queues)))
    parts.append(text("backtest.history", language, days=result.days, first=result.first, last=result.last))
    first, last = result.origins[0], result.origins[-1]
    parts.append(text("backtest.origins", language, count=len(result.origins), first=first, last=last))
    return " · ".join(parts)


def _horizon(name: str, leads: int, language: str) -> str:
    if name == "events":
        return text("backtest.events", language)
    words = text("backtest.horizon_one", language) if leads == 1 else text("backtest.horizon", language, leads=leads)
    return f"{name} ({words})" if language == "en" else f"{name}（{words}）"


def _unusual(result: Backtest, language: str) -> str:
    """Days out of the ordinary as spans, the latest ones; their number where there are several queues."""
    if len(result.queues) > 1:
        return text("backtest.unusual_count", language, count=len(result.unusual))
    spans: list[list[date]] = []
    for day in result.unusual["date"]:
        if spans and day == spans[-1][1] + timedelta(days=1):
            spans[-1][1] = day
        else:
            spans.append([day, day])
    shown = [f"{first}" if first == last else f"{first}..{last}" for first, last in spans[-_SPANS:]]
    more = "... " if len(spans) > _SPANS else ""
    return text("backtest.unusual", language, days=more + ", ".join(shown))


def _row(row: pd.Series, language: str) -> list[str]:
    cells = {
        "wape": formats.share(row["wape"]),
        "bias": _signed(row["bias"]),
        "rmse": formats.significant(row["rmse"]),
        "mase": formats.number(row["mase"], 2),
        "pinball": formats.share(row["pinball"]),
        "cover80": formats.share(row["cover80"], 0),
        "cover95": formats.share(row["cover95"], 0),
        "values": formats.number(row["values"]),
    }
    if row["values"] <= FEW:
        cells["values"] = text("backtest.few", language, count=cells["values"])
    return [f"  {model_name(str(row['model']), language)}", *(cells[column] for column in _COLUMNS)]


def _signed(value: Any) -> str:
    shown = formats.share(value)
    return f"+{shown}" if not formats.missing(value) and round(100 * float(value), 1) > 0 else shown


def _wrapped(words: str) -> list[str]:
    return wrap(words, _WIDTH)


def _plain(cell: Any) -> Any:
    if isinstance(cell, float):
        return None if formats.missing(cell) else float(f"{cell:.12g}")
    return cell.item() if hasattr(cell, "item") else cell
