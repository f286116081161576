"""Sentences about the peak day that page and console share: where ways of computing differ, what binds, when the backlog clears."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from wfm.peakday.chosen import most_needed
from wfm.peakday.resources import BINDS, RESOURCES, TOGETHER
from wfm.peakday.views import ROUNDINGS
from wfm.report import formats
from wfm.report.words import text
from wfm.simulate.statistics import wilson
from wfm.staffed import lines as lines_for
from wfm.staffing.impatience import exponential_alike

if TYPE_CHECKING:
    import pandas as pd

    from wfm.peakday import PeakDay
    from wfm.peakday.backlog import Backlog
    from wfm.plan import Plan

#: Intervals told one by one where ways of computing differ, at most, and from which difference on.
_TOLD, _APART = 2, 0.01
_TERMS = ("views", *RESOURCES, "binding", "backlog", "missed")


def findings(plan: Plan, language: str) -> list[str]:
    """What the day comes to, a sentence each; every one of them with the numbers it says."""
    peak = plan.peak
    assert peak is not None
    said = [
        *elsewhere(plan, language),
        *kept(plan, language, "peak.kept"),
        *binding(peak, language),
        *_sized(plan, language),
        *_backlog(peak, language),
        *_apart(peak, language),
        *_asked(peak, language),
    ]
    return [*said, _differ(plan, peak, language)]


def binding(peak: PeakDay, language: str) -> list[str]:
    """The tightest hour, and for how many hours each resource binds; nothing where nothing is needed."""
    row = peak.binding
    shares = {name: float(row[f"{name}_share"]) for name in RESOURCES}
    most = max(shares, key=lambda name: shares[name])
    if not shares[most] > 0:
        return []
    if not row["binding"]:
        said = {"resources": resources(most, language), "share": formats.share(shares[most], 0), **_hour(row)}
        return [text("peak.binding_none", language, level=level(peak, language), binds=formats.percent(BINDS), **said)]
    names = row["binding"].split("+")
    parts = [
        text(
            "peak.binding_part",
            language,
            resource=text(f"resource.{name}", language),
            used=formats.number(row[f"{name}_used"]),
            held=held(name, row[f"{name}_held"]),
        )
        for name in names
    ]
    counted = Counter(value for value in peak.hours["binding"] if value)
    hours = [
        text("peak.binding_hours", language, resources=resources(key, language), hours=formats.number(count))
        for key, count in counted.most_common()
    ]
    free = len(peak.hours) - sum(counted.values())
    if free:
        hours.append(text("peak.binding_hours_none", language, hours=formats.number(free), binds=formats.percent(BINDS)))
    return [
        text(
            "peak.binding",
            language,
            level=level(peak, language),
            resources=resources(row["binding"], language),
            share=formats.share(row[f"{names[0]}_share"], 0),
            used=" · ".join(parts),
            hours=_joined(hours, language),
            **_hour(row),
        )
    ]


def _sized(plan: Plan, language: str) -> list[str]:
    """Which resources are held in the number that this day's peak takes, so that they cannot but be near 100 % there."""
    peak = plan.peak
    assert peak is not None
    present = plan.schedule.cover.groupby("start")["present"].sum().max()
    people = peak.intervals["present"].max() >= present - 1e-9
    day = plan.requirement[plan.requirement["date"] == peak.day]
    from_here = {"lines": lines_for(day, plan.scenario) >= plan.lines, "licences": people, "seats": people}
    most = {name: float(peak.hours[f"{name}_share"].max()) for name in from_here}
    found = [name for name in RESOURCES if from_here.get(name) and BINDS <= most[name] <= 1 + 1e-9]
    return (
        [text("peak.sized", language, resources=_joined([text(f"resource.{name}", language) for name in found], language))]
        if found
        else []
    )


def elsewhere(plan: Plan, language: str) -> list[str]:
    """Which day and hour needs the most agents, and the service there, where the page is on another day; else nothing."""
    row = most_needed(plan.requirement)
    if plan.peak is None or row["date"] == plan.peak.day:
        return []
    targets, service = plan.scenario.targets.at(row["start"]), plan.simulation.service
    known = service[service["start"] == row["start"]]
    asked = next(iter(sorted(targets.bounds(), reverse=True)), None)
    key, values = "elsewhere", {}
    if asked is not None and len(known):
        key = f"elsewhere_{asked}"
        values = {"value": formats.share(known[asked].iloc[0]), "target": formats.percent(targets.bounds()[asked][1])}
        values["within"] = formats.seconds(targets.threshold, language, 0)
    day, agents = formats.day(row["date"], language), formats.number(row["agents"])
    return [text(f"peak.{key}", language, day=day, agents=agents, **clock(row), **values)]


def kept(plan: Plan, language: str, key: str) -> list[str]:
    """How likely the day is to meet its targets: on how many of its simulated days it did, as text ``key``; else nothing."""
    if plan.peak is None:
        return []
    days = plan.simulation.days
    met = days.loc[days["date"] == plan.peak.day, "met"].to_numpy(bool)
    if not len(met):
        return []
    share, low, high = (float(part) for part in wilson(np.array(float(met.sum())), np.array(float(len(met)))))
    values = {name: formats.share(part, 0) for name, part in (("share", share), ("low", low), ("high", high))}
    values |= {"met": formats.number(met.sum()), "count": formats.number(len(met))}
    promise = formats.percent(plan.scenario.promised_days)
    return [text(key, language, day=formats.day(plan.peak.day, language), promise=promise, **values)]


def short_line(plan: Plan, language: str) -> str:
    """The peak day in a paragraph for a terminal: how likely it keeps its targets, what binds most, and the backlog."""
    peak = plan.peak
    assert peak is not None
    row, found = peak.binding, peak.backlog
    parts = kept(plan, language, "screen.peak_kept") or [formats.day(peak.day, language)]
    if not row["binding"]:
        parts.append(text("screen.peak_binding_none", language, binds=formats.percent(BINDS), level=level(peak, language)))
    else:
        share = formats.share(row[f"{row['binding'].partition('+')[0]}_share"], 0)
        named = resources(row["binding"], language)
        parts.append(text("screen.peak_binding", language, resources=named, share=share, level=level(peak, language), **_hour(row)))
    if found is None:
        if peak.timed:
            parts.append(text("screen.peak_backlog_none", language))
    else:
        until = {"cleared": _minute(found.cleared, peak)} if found.cleared is not None else {"end": _minute(found.end, peak)}
        key = "peak_backlog" if found.cleared is not None else "peak_backlog_open"
        parts.append(text(f"screen.{key}", language, at=_minute(found.at, peak), waiting=formats.number(found.waiting, 1), **until))
    busy = peak.backlog_by("busy")
    if busy is not None:
        key, until = _until("peak_busy", busy, peak)
        parts.append(text(f"screen.{key}", language, more=more(peak), at=_minute(busy.at, peak), **until))
    return ("；" if language == "zh" else "; ").join(parts)


def terms(plan: Plan, language: str) -> list[tuple[str, str]]:
    """What the section's words mean; none where the plan has no peak day."""
    if plan.peak is None:
        return []
    values = {"ways": ROUNDINGS, "together": formats.share(TOGETHER), "binds": formats.percent(BINDS)}
    return [(text(f"peak_term.{key}", language), text(f"peak_definition.{key}", language, **values)) for key in _TERMS]


def _apart(peak: PeakDay, language: str) -> list[str]:
    """Where intervals by themselves are wrong, and by how much."""
    rows = peak.intervals
    if not {"independent", "transient"} <= set(peak.views):
        return []
    apart = (rows["sl_offered_independent"] - rows["sl_offered_transient"]).abs()
    if not apart.max() >= _APART:
        most = formats.share(_APART, 0)
        return [text("peak.alike", language, most=most)]
    weight = (apart * rows["contacts"]).where(apart >= _APART).dropna().sort_values(ascending=False, kind="stable")
    said = []
    for place in sorted(weight.index[:_TOLD]):
        row = rows.loc[place]
        begin = float(peak.minutes.loc[peak.minutes["start"] == row["start"], "queue_transient"].iloc[0])
        waiting = formats.number(begin, 1)
        values = {
            **clock(row),
            "contacts": formats.number(row["contacts"]),
            "waiting": text("peak.waiting" if float(waiting.replace(",", "")) else "peak.nobody", language, waiting=waiting),
            "within": formats.seconds(row["within"], language, 0),
            "independent": formats.share(row["sl_offered_independent"], 0),
            "transient": formats.share(row["sl_offered_transient"], 0),
        }
        if "simulation" in peak.views:
            half = (row["sl_offered_simulation_high"] - row["sl_offered_simulation_low"]) / 2
            values |= {"simulation": formats.share(row["sl_offered_simulation"], 0), "half": formats.number(100 * half)}
        said.append(text("peak.apart_simulated" if "simulation" in peak.views else "peak.apart", language, **values))
    return said


def _asked(peak: PeakDay, language: str) -> list[str]:
    rows = peak.intervals
    if not {"needed_independent", "needed_transient"} <= set(rows.columns):
        return []
    apart = (rows["needed_independent"] - rows["needed_transient"]).abs().fillna(0.0)
    row = rows.iloc[int(apart.to_numpy(float).argmax())]
    return [
        text(
            "peak.asked",
            language,
            level=level(peak, language),
            independent=formats.number(peak.agent_hours("needed_independent")),
            transient=formats.number(peak.agent_hours("needed_transient")),
            scheduled=formats.number(peak.agent_hours("scheduled")),
            apart_independent=formats.number(row["needed_independent"]),
            apart_transient=formats.number(row["needed_transient"]),
            **clock(row),
        )
    ]


def _backlog(peak: PeakDay, language: str) -> list[str]:
    view = "transient" if "transient" in peak.views else "simulation"
    if f"queue_{view}" not in peak.minutes:
        return []
    found = peak.backlog_by(view)
    if found is None:
        own = peak.minutes[peak.minutes["own"]]
        most = own.iloc[int(own[f"queue_{view}"].to_numpy(float).argmax())]
        values = {"waiting": formats.number(most[f"queue_{view}"], 1), "at": _minute(most["start"], peak)}
        return [text("peak.backlog_none", language, within=_within(peak, None, language), **values), *_busy(peak, language)]
    values = {
        "at": _minute(found.at, peak),
        "waiting": formats.number(found.waiting, 1),
        "contacts": formats.number(found.contacts, 1),
        "within": _within(peak, found, language),
        "minutes": formats.number(found.minutes),
    }
    if found.cleared is None:
        said = [text("peak.backlog_open", language, end=_minute(found.end, peak), **values)]
    else:
        said = [text("peak.backlog", language, cleared=_minute(found.cleared, peak), **values)]
        if found.last is not None and found.last != found.cleared:
            said.append(text("peak.backlog_again", language, last=_minute(found.last, peak)))
    other = peak.backlog_by("simulation") if view == "transient" else None
    if other is not None:
        until = {"cleared": _minute(other.cleared, peak)} if other.cleared is not None else {"end": _minute(other.end, peak)}
        key = "backlog_simulated" if other.cleared is not None else "backlog_simulated_open"
        said.append(text(f"peak.{key}", language, at=_minute(other.at, peak), contacts=formats.number(other.contacts, 1), **until))
    return ["".join(said) if language == "zh" else " ".join(said), *_busy(peak, language)]


def more(peak: PeakDay) -> str:
    """How many more contacts than forecast the day has that people are staffed for."""
    return formats.share(peak.intervals["busier"].max() - 1)


def level(peak: PeakDay, language: str) -> str:
    """The demand that agents asked for, and shares of resources, stand for; service is told at the forecast's mean."""
    if "busier" not in peak.intervals or not peak.intervals["busier"].max() > 1:
        return text("peak_level.mean", language)
    return text("peak_level.busy", language, more=more(peak))


def _busy(peak: PeakDay, language: str) -> list[str]:
    """The backlog of a day as busy as people are staffed for; nothing where that is the forecast's own."""
    if "queue_busy" not in peak.minutes:
        return []
    found = peak.backlog_by("busy")
    if found is None:
        # Where the forecast's day has a backlog, so has a busier one.
        return [text("peak.busy_none", language, more=more(peak))]
    key, until = _until("busy", found, peak)
    values = {"at": _minute(found.at, peak), "waiting": formats.number(found.waiting, 1), "minutes": formats.number(found.minutes)}
    return [text(f"peak.{key}", language, more=more(peak), **values, **until)]


def _until(key: str, found: Backlog, peak: PeakDay) -> tuple[str, dict[str, str]]:
    """The text that says until when a backlog lasts, and its moment."""
    if found.cleared is None:
        return f"{key}_open", {"end": _minute(found.end, peak)}
    return key, {"cleared": _minute(found.cleared, peak)}


def _differ(plan: Plan, peak: PeakDay, language: str) -> str:
    contact = plan.scenario.contact
    day = [
        text(
            "peak.view_value",
            language,
            view=text(f"peak_view.{view}", language),
            value=formats.share(share_of_day(peak, "sl_offered", view)),
        )
        for view in (*peak.views, "plan")
    ]
    onset = contact.patience.onset
    near = text("peak.onset", language, onset=formats.seconds(onset, language, 0)) if onset and "transient" in peak.views else ""
    if contact.patience_distribution is not None and "transient" in peak.views:
        near = text("peak.patience", language, mean=formats.seconds(exponential_alike(contact)[1], language, 0))
    cv = contact.spread.variation
    return text(
        "peak.differ",
        language,
        cv=formats.significant(cv),
        onset=near,
        redial=formats.percent(contact.redial.after_abandon),
        lines=formats.number(plan.lines),
        within=_within(peak, None, language),
        day=_joined(day, language),
    )


def share_of_day(peak: PeakDay, name: str, view: str) -> float:
    """A share over the day's contacts."""
    rows = peak.intervals
    column = rows[f"{name}_{view}"]
    known = column.notna() & (rows["contacts"] > 0)
    contacts = rows["contacts"][known]
    return float((column[known] * contacts).sum() / contacts.sum()) if contacts.sum() > 0 else float("nan")


def _within(peak: PeakDay, found: Backlog | None, language: str) -> str:
    """Within which time: that of the moment, or of the day where it is the same all day, else each interval's own."""
    rows = peak.intervals
    if found is not None:
        rows = rows[rows["start"] <= found.at].tail(1)
    different = rows["within"].unique()
    if len(different) > 1:
        return text("peak.in_time", language)
    return text("peak.within", language, seconds=formats.seconds(different[0], language, 0))


def held(name: str, value: float) -> str:
    """How much of a resource there is: agents on queue are a mean."""
    return formats.number(value, 1 if name == "agents" else 0)


def resources(key: str, language: str) -> str:
    """Names of the resources of a ``binding``: ``客服+工位``."""
    return ("+" if language == "zh" else " + ").join(text(f"resource.{name}", language) for name in key.split("+"))


def _joined(parts: list[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(parts)


def clock(row: Any) -> dict[str, str]:
    """``start`` and ``end`` of an interval by the day's clock."""
    begin = float(row["slot"]) * float(row["duration"])
    start, _, end = formats.clock_span(begin, begin + float(row["duration"])).partition("-")
    return {"start": start, "end": end}


def _hour(row: pd.Series) -> dict[str, str]:
    return {"start": f"{row['start']:%H:%M}", "end": f"{row['end']:%H:%M}"}


def _minute(moment: Any, peak: PeakDay) -> str:
    """``00:19``; with the day where it is another one than the page's."""
    return f"{moment:%H:%M}" if moment.date() == peak.day else f"{moment:%m-%d %H:%M}"
