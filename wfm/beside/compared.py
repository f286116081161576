"""Formula and simulation side by side, in all, by time of the week and by interval, and the part of each reason they differ by.

The way from the one to the other is walked in steps, each computed: the formula at the agents needed; the formula at the agents
scheduled; then the simulation of the formula's own world, and with one feature after the other, on the same customers
(`wfm.beside.variants`). So the steps add up to the difference, to the last digit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wfm.beside import apart
from wfm.beside.promise import KPIS, is_linked, needed, promised
from wfm.beside.variants import FEATURES, Variant, played, variants
from wfm.core.kpi import KPIS as DEFINED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.scenario.model import Scenario

    Floats = NDArray[np.float64]

#: Contacts simulated of each variant, about: so many times the budget of the plan's own simulation, and at most.
TIMES, CONTACTS = 5, 3_000_000
#: Replications of each variant, at least and at most.
LEAST, MOST = 4, 400
#: Why formula and simulation differ, in the order of the steps.
REASONS = ("cover", *FEATURES)
#: Groups of intervals that are told: all, each time of day, each weekday, each time of each weekday.
SCOPES = ("all", "slot", "weekday", "weekday_slot")
#: KPIs that are shares of contacts.
_SHARES = ("sl_offered", "abandon_rate_offered")


@dataclass(frozen=True, eq=False)
class Beside:
    """Formula beside simulation.

    Attributes
    ----------
    reasons
        Those of `REASONS` that the plan has, in the order of the steps.
    linked
        Whether the plan's formula links intervals by their queues already.
    replications, contacts
        How often each variant was played, and contacts expected in all of it.
    cells
        One row a group of intervals and KPI: ``scope`` (of `SCOPES`), ``weekday`` and ``slot`` (-1 for all), ``kpi``; how many
        ``intervals``, and ``contacts`` expected in them; mean agents ``needed`` and ``scheduled``; the KPI by formula at either,
        ``formula_needed`` and ``formula_scheduled``; ``simulated`` with ``_low`` and ``_high`` (95 %); ``difference`` (simulated -
        formula_needed) with its interval; ``by_<reason>``, the parts that add up to it, those that are simulated with theirs. KPIs
        are ratios of sums: contacts count alike, agents' time does. nan where nobody comes, or a wait has no end.
    intervals
        One row an interval: agents ``needed`` and ``scheduled``; each KPI as ``<kpi>_needed``, ``<kpi>_scheduled`` and
        ``<kpi>_simulated`` with ``_low`` and ``_high``; ``by_<reason>`` of sl_offered; ``beyond``: -1 where sl_offered is simulated
        below the formula for the same agents (scheduled) by more than chance would give in any interval of one plan in twenty
        (Bonferroni), 1 above, else 0.
    """

    reasons: tuple[str, ...]
    linked: bool
    replications: int
    contacts: int
    cells: pd.DataFrame
    intervals: pd.DataFrame

    def scope(self, scope: str, kpi: str = "sl_offered") -> pd.DataFrame:
        """The rows of a scope and KPI, in order of weekday and slot."""
        rows = self.cells[(self.cells["scope"] == scope) & (self.cells["kpi"] == kpi)]
        return rows.sort_values(["weekday", "slot"], ignore_index=True)

    def worst(self, most: int = 10) -> pd.DataFrame:
        """Intervals in which the formula says too much of the agents scheduled, beyond chance; by contacts, most first.

        Column ``late``: contacts answered in time by the formula that are not in the simulation, with the same agents.
        """
        rows = self.intervals[self.intervals["beyond"] < 0]
        late = (rows["sl_offered_scheduled"] - rows["sl_offered_simulated"]) * rows["contacts"]
        return rows.assign(late=late).sort_values(["late", "start"], ascending=[False, True], ignore_index=True).head(most)


def compare(
    scenario: Scenario,
    workload: pd.DataFrame,
    requirement: pd.DataFrame,
    cover: pd.DataFrame,
    lines: int | None,
    *,
    contacts: int | None = None,
    replications: int | None = None,
) -> Beside:
    """Compare a plan's formula with its simulation.

    Parameters
    ----------
    workload, requirement, cover
        Tables of the plan, of one contact type and one group. Where no number of agents reaches the targets (``requirement`` has
        inf), nothing is promised: the agents scheduled stand in.
    lines
        The plan's lines.
    contacts
        Contacts simulated of each variant, about; None for `TIMES` the budget of the plan's simulation, `CONTACTS` at most.
    replications
        How often each is played; None for as often as ``contacts`` allow, `LEAST` to `MOST`. The plan's own come first.

    Raises
    ------
    ValueError
        No intervals, or no replications.
    """
    if not len(workload):
        raise ValueError("there is no interval to compare")
    if replications is not None and replications < 1:
        raise ValueError(f"replications is {replications}; it has to be 1 or more")
    work = workload.sort_values("start", ignore_index=True)
    work = work.assign(contacts=work["arrival_rate"] * work["duration"])
    scheduled = cover.groupby("start")["agents"].sum().reindex(work["start"]).fillna(0.0).to_numpy(float)
    asked, linked = needed(requirement, work["start"], scheduled), is_linked(requirement)
    contact, targets, seed = scenario.contact, scenario.targets, scenario.seed
    formula = [promised(work, agents, contact, targets, linked=linked, seed=seed) for agents in (asked, scheduled)]
    expected = float(work["contacts"].sum())
    budget = min(TIMES * scenario.simulation.contacts, CONTACTS) if contacts is None else contacts
    count = replications or int(np.clip(budget / max(expected, 1.0), LEAST, MOST))
    groups, ladder = _groups(work), variants(work, contact, lines)
    within = targets.thresholds(work["start"])
    rungs = [_Rung.of(rung, scheduled, groups, seed, count, within) for rung in ladder]
    return Beside(
        reasons=("cover", *(rung.feature for rung in rungs)),
        linked=linked,
        replications=count,
        contacts=round(expected * count),
        cells=_cells(work, groups, asked, scheduled, formula, rungs),
        intervals=_intervals(work, asked, scheduled, formula, rungs, count),
    )


@dataclass(frozen=True, eq=False)
class _Groups:
    """Groups of intervals: their keys (scope, weekday, slot), and the rows of each, one group after the other."""

    keys: list[tuple[str, int, int]]
    order: NDArray[np.int64]
    first: NDArray[np.int64]

    def sums(self, values: Floats, axis: int) -> Floats:
        """Sums over the rows (``axis``) of each group."""
        return np.asarray(np.add.reduceat(np.take(values, self.order, axis=axis), self.first, axis=axis))


def _groups(work: pd.DataFrame) -> _Groups:
    weekday, slot = work["weekday"].to_numpy(np.int64), work["slot"].to_numpy(np.int64)
    keys: list[tuple[str, int, int]] = []
    orders, first, at = [], [], 0
    for scope in SCOPES:
        day = weekday if "weekday" in scope else np.full(len(work), -1, dtype=np.int64)
        clock = slot if "slot" in scope else np.full(len(work), -1, dtype=np.int64)
        order = np.lexsort((clock, day))
        starts = np.flatnonzero(np.append(True, (np.diff(day[order]) != 0) | (np.diff(clock[order]) != 0)))
        keys += [(scope, int(day[row]), int(clock[row])) for row in order[starts]]
        orders.append(order)
        first.append(starts + at)
        at += len(order)
    return _Groups(keys, np.concatenate(orders), np.concatenate(first))


@dataclass(frozen=True, eq=False)
class _Rung:
    """A variant played: sums by replication and group [R, G, KPI, 2], by interval [K, KPI, 2], and moments there [K, KPI, 5]."""

    feature: str
    groups: Floats
    intervals: Floats
    moments: Floats

    @classmethod
    def of(cls, rung: Variant, agents: Floats, groups: _Groups, seed: int, count: int, threshold: float | Floats) -> _Rung:
        by_group, moments = [], np.zeros((len(agents), len(KPIS), 5))
        for sums in played(rung.model, agents, seed=seed, replications=count, threshold=threshold, kpis=KPIS):
            by_group.append(groups.sums(sums, axis=1))
            moments += apart.moments(sums)
        return cls(rung.feature, np.concatenate(by_group), moments[..., :2], moments)


def _cells(
    work: pd.DataFrame, groups: _Groups, asked: Floats, scheduled: Floats, formula: list[Floats], rungs: list[_Rung]
) -> pd.DataFrame:
    import pandas as pd

    length, contacts = work["duration"].to_numpy(float), work["contacts"].to_numpy(float)
    hours = groups.sums(length, axis=0)
    scope, weekday, slot = zip(*groups.keys, strict=True)
    common = {
        "scope": list(scope),
        "weekday": np.array(weekday, dtype=np.int64),
        "slot": np.array(slot, dtype=np.int64),
    }
    about = {
        "intervals": groups.sums(np.ones(len(work), dtype=np.int64), axis=0),
        "contacts": groups.sums(contacts, axis=0),
        "needed": groups.sums(asked * length, axis=0) / hours,
        "scheduled": groups.sums(scheduled * length, axis=0) / hours,
    }
    ends = [apart.value(groups.sums(sums, axis=0)) for sums in formula]
    frames = []
    for i, name in enumerate(KPIS):
        at_needed, at_scheduled = ends[0][:, i], ends[1][:, i]
        floor = at_scheduled if name in _SHARES else None
        steps = [rung.groups[:, :, i] for rung in rungs]
        values = [apart.value(step.sum(axis=0)) for step in steps]
        half = apart.half_of(steps[-1], promised=floor)
        columns = {"formula_needed": at_needed, "formula_scheduled": at_scheduled}
        columns |= _with_interval("simulated", values[-1], half, name)
        columns |= _with_interval("difference", _minus(values[-1], at_needed), half)
        columns["by_cover"] = _minus(at_scheduled, at_needed)
        for rung, (last, now) in enumerate(zip([None, *steps], steps, strict=False)):
            before = at_scheduled if last is None else values[rung - 1]
            spread = apart.half_of(now, promised=floor) if last is None else apart.half_between(now, last)
            columns |= _with_interval(f"by_{rungs[rung].feature}", _minus(values[rung], before), spread)
        frames.append(pd.DataFrame({**common, "kpi": name, **about, **columns}))
    return pd.concat(frames, ignore_index=True)


def _intervals(
    work: pd.DataFrame, asked: Floats, scheduled: Floats, formula: list[Floats], rungs: list[_Rung], count: int
) -> pd.DataFrame:
    table = work[["start", "date", "weekday", "slot", "duration", "contacts"]].assign(needed=asked, scheduled=scheduled)
    ends, values = [apart.value(sums) for sums in formula], [apart.value(rung.intervals) for rung in rungs]
    for i, name in enumerate(KPIS):
        floor = ends[1][:, i] if name in _SHARES else None
        half = apart.half_of_moments(rungs[-1].moments[:, i], count, promised=floor)
        columns = {f"{name}_needed": ends[0][:, i], f"{name}_scheduled": ends[1][:, i]}
        table = table.assign(**columns, **_with_interval(f"{name}_simulated", values[-1][:, i], half, name))
    first = KPIS.index("sl_offered")
    steps = [ends[0][:, first], ends[1][:, first], *(value[:, first] for value in values)]
    for reason, before, after in zip(("cover", *(rung.feature for rung in rungs)), steps, steps[1:], strict=False):
        table[f"by_{reason}"] = _minus(after, before)
    some = max(int((work["contacts"].to_numpy(float) > 0).sum()), 1)
    sure = apart.half_of_moments(
        rungs[-1].moments[:, first], count, promised=ends[1][:, first], confidence=1 - (1 - apart.CONFIDENCE) / some
    )
    gap = _minus(steps[-1], steps[1])
    with np.errstate(invalid="ignore"):
        return table.assign(beyond=np.where(np.abs(gap) > sure, np.sign(gap), 0.0).astype(np.int64))


def _minus(one: Floats, other: Floats) -> Floats:
    """The difference; nan where either has no end."""
    known = np.isfinite(one) & np.isfinite(other)
    return np.where(known, np.where(known, one, 0.0) - np.where(known, other, 0.0), np.nan)


def _with_interval(name: str, values: Floats, half: Floats, kpi: str = "") -> dict[str, Floats]:
    """A column with its interval, which a KPI that cannot be below 0, or above 1, does not leave."""
    low, high = values - half, values + half
    if kpi:
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0) if DEFINED[kpi].unit == "share" else high
    return {name: values, f"{name}_low": low, f"{name}_high": high}
