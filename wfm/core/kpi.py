"""Tallies, and every KPI as a named ratio of tallies (DESIGN section 4, "Tallies, then KPIs").

Tallies are sums over contacts, so they add up over intervals, days and replications; a KPI of a longer span is the ratio of the
summed tallies (call-weighted), never an average of averages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: Sums over attempts (by arrival interval) and over agents' time; seconds where a time is meant.
TALLIES = (
    "offered",  # attempts that asked for a person, blocked ones included
    "blocked",  # attempts that found every line busy
    "abandoned",  # attempts that hung up while waiting
    "handled",  # attempts answered by a person
    "answered_within",  # answered within the threshold
    "abandoned_within",  # abandoned within the threshold
    "wait_handled",  # seconds waited by the handled
    "wait_abandoned",  # seconds waited by the abandoned
    "handle_time",  # seconds of talk, hold and wrap of the handled
    "busy_time",  # seconds agents were busy in the interval
    "staffed_time",  # seconds agents were on queue in the interval, overrun after the shift's end included
    "customers",  # fresh contacts: first attempts
    "customers_handled",  # customers answered at some attempt
)


@dataclass(frozen=True)
class Kpi:
    """A KPI: the sum of ``over`` tallies divided by the sum of ``under`` (terms starting with "-" are subtracted).

    ``direction`` is +1 where more is better, -1 where less is, 0 where it has no better side.
    """

    name: str
    zh: str
    en: str
    over: tuple[str, ...]
    under: tuple[str, ...]
    unit: str
    direction: int
    formula_zh: str
    formula_en: str

    @property
    def share_of_cases(self) -> bool:
        """Whether it is a share of so many contacts or customers, and not of seconds."""
        return self.unit == "share" and not self.under[0].endswith("_time")


KPIS: dict[str, Kpi] = {
    kpi.name: kpi
    for kpi in (
        Kpi("answer_rate", "人工接通率", "answer rate", ("handled",), ("offered",), "share", 1,
            "人工应答量 / 请求人工量（按次，含线路忙）", "handled / offered, by attempt, busy lines included"),
        Kpi("answer_rate_customer", "客户接通率", "answer rate by customer", ("customers_handled",), ("customers",), "share", 1,
            "最终接通的客户数 / 客户数（重拨合并）", "customers answered at some attempt / customers (redials merged)"),
        Kpi("sl_offered", "{threshold} 秒接通率", "answered within {threshold} s", ("answered_within",), ("offered",), "share", 1,
            "{threshold} 秒内应答量 / 请求人工量", "answered within {threshold} s / offered"),
        Kpi("sl_net", "{threshold} 秒接通率（扣除短放弃）", "answered within {threshold} s, net of short abandons",
            ("answered_within",), ("offered", "-abandoned_within"), "share", 1,
            "{threshold} 秒内应答量 /（请求人工量 − {threshold} 秒内放弃量）",
            "answered within {threshold} s / (offered - abandoned within {threshold} s)"),
        Kpi("sl_answered", "{threshold} 秒接通率（应答口径）", "answered within {threshold} s, of those answered",
            ("answered_within",), ("handled",), "share", 1, "{threshold} 秒内应答量 / 应答量", "answered within {threshold} s / handled"),
        Kpi("sl_either", "{threshold} 秒内应答或放弃", "answered or abandoned within {threshold} s",
            ("answered_within", "abandoned_within"), ("offered",), "share", 0,
            "（{threshold} 秒内应答量 + {threshold} 秒内放弃量）/ 请求人工量", "(answered + abandoned within {threshold} s) / offered"),
        Kpi("asa_answered", "平均应答速度", "average speed of answer", ("wait_handled",), ("handled",), "s", -1,
            "应答者等待总时长 / 应答量（含零等待）", "waiting time of the handled / handled, zero waits included"),
        Kpi("mean_wait_all", "平均等待时长", "mean wait of all", ("wait_handled", "wait_abandoned"), ("offered",), "s", -1,
            "全部等待总时长 / 请求人工量", "waiting time of all / offered"),
        Kpi("abandon_rate_offered", "放弃率", "abandonment rate", ("abandoned",), ("offered",), "share", -1,
            "放弃量 / 请求人工量", "abandoned / offered"),
        Kpi("blocking", "线路拥塞率", "blocking", ("blocked",), ("offered",), "share", -1, "线路忙次数 / 请求人工量", "blocked / offered"),
        Kpi("aht", "平均处理时长", "average handle time", ("handle_time",), ("handled",), "s", 0,
            "（通话 + 保持 + 话后）总时长 / 应答量", "talk, hold and wrap time / handled"),
        Kpi("occupancy", "占用率", "occupancy", ("busy_time",), ("staffed_time",), "share", 0,
            "处理中时长 / 在线时长", "busy time / time on queue"),
    )
}  # fmt: skip


def totals(tallies: pd.DataFrame, by: Iterable[str] = ()) -> pd.DataFrame:
    """Tallies summed over the groups ``by`` (over everything when empty: one row)."""
    keys = list(by)
    present = [name for name in TALLIES if name in tallies.columns]
    if keys:
        return tallies.groupby(keys, sort=True, as_index=False, observed=True)[present].sum()
    return tallies[present].sum().to_frame().T


def kpis(tallies: pd.DataFrame, names: Iterable[str] = tuple(KPIS)) -> pd.DataFrame:
    """The named KPIs of each row of tallies; a zero denominator gives nan.

    Parameters
    ----------
    tallies
        Rows with the columns of `TALLIES` that the asked KPIs need.
    names
        Keys of `KPIS`; KPIs whose tallies are absent are left out.

    Returns
    -------
    DataFrame
        One column a KPI, index as ``tallies``.
    """
    import pandas as pd

    columns = {}
    for name in names:
        kpi = KPIS[name]
        if all(term.lstrip("-") in tallies.columns for term in (*kpi.over, *kpi.under)):
            over, under = _sum(tallies, kpi.over), _sum(tallies, kpi.under)
            columns[name] = (over / under.where(under > 0)).astype(float)
    return pd.DataFrame(columns, index=tallies.index)


def _sum(tallies: pd.DataFrame, terms: tuple[str, ...]) -> pd.Series:
    signed = [-tallies[term[1:]] if term.startswith("-") else tallies[term] for term in terms]
    total = signed[0]
    for term in signed[1:]:
        total = total + term
    return total


def label(name: str, language: str, threshold: float = 20) -> str:
    """The KPI's name in ``language``, with the threshold filled in."""
    return getattr(KPIS[name], language).format(threshold=f"{threshold:g}")  # type: ignore[no-any-return]


def definition(name: str, language: str, threshold: float = 20) -> str:
    """The KPI's formula in ``language``, with the threshold filled in; printed beside the number in every report."""
    return getattr(KPIS[name], f"formula_{language}").format(threshold=f"{threshold:g}")  # type: ignore[no-any-return]
