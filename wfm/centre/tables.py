"""Replications of a centre to the tables that people read: by contact type, by group, by site, and who answered whom."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.centre.assembled import Assembled
from wfm.centre.model import ALL, CentreScenario
from wfm.core.kpi import KPIS, TALLIES
from wfm.simulate import statistics, tables
from wfm.simulate.centre_tallies import CentreTallies
from wfm.simulate.tables import Played, Targets
from wfm.simulate.tally import COLUMNS, over_and_under

Floats = NDArray[np.float64]
Flags = Mapping[str, NDArray[np.bool_]]

#: What is counted of contacts; agents' time belongs to groups.
COUNTED = tuple(name for name in TALLIES if name not in ("busy_time", "staffed_time"))
#: KPIs that a contact type has; occupancy belongs to groups.
OF_TYPES = tuple(name for name in KPIS if name != "occupancy")
_MET = ("met", "met_low", "met_high")
_LABELS = ("segment", "language", "region")
_OFFERED = COLUMNS.index("offered")
_BUSY, _STAFFED, _OVERRUN = (COLUMNS.index(name) for name in ("busy_time", "staffed_time", "overrun_time"))


def all_tables(scenario: CentreScenario, made: Assembled, tallies: CentreTallies) -> dict[str, pd.DataFrame]:
    """Every table of `wfm.centre.simulation.CentreResult` that is made of all replications."""
    kinds = _kinds(made, tallies)
    targets: dict[str, Targets] = {name: dict(scenario.contacts[name].targets.bounds()) for name in made.kinds}
    targets[ALL] = {}
    days = {name: tables.days(played, targets[name]) for name, played in kinds.items()}
    met = _met(days, len(made.dates))
    days[ALL]["met"] = met[ALL].ravel()
    # Days on which nobody of a type ever comes say nothing of its targets.
    judged = {name: np.asarray(played.by_day()[:, :, _OFFERED].sum(axis=0) > 0) for name, played in kinds.items()}
    return {
        "types": _types(scenario, kinds, met, judged),
        "service": _stacked({name: _of_type(tables.service(played)) for name, played in kinds.items()}),
        "weekdays": _weekdays(kinds, targets, met, judged),
        "promises": _promises(kinds, targets, met, judged),
        "days": _stacked({name: _of_type(frame) for name, frame in days.items()}),
        "bands": _stacked({name: _kpis_of(tables.bands(played)) for name, played in kinds.items()}),
        "labels": _labels(scenario, made, tallies),
        "groups": _groups(scenario, made, tallies),
        "sites": _sites(scenario, made, tallies),
        "service_groups": _service_groups(made, tallies),
        "answers": _answers(scenario, made, tallies),
    }


def _kinds(made: Assembled, tallies: CentreTallies) -> dict[str, Played]:
    """Each type's tallies, and under "all" the whole centre's, agents' time included."""
    start, day = made.grid["start"], made.day
    none = np.zeros(len(start))
    found = {name: Played(tallies.types[:, number], start, name, none, day, made.dates) for number, name in enumerate(made.kinds)}
    return {**found, ALL: Played(tallies.total, start, ALL, none, day, made.dates)}


def _met(days: Mapping[str, pd.DataFrame], dates: int) -> dict[str, NDArray[np.bool_]]:
    """Whether each day met all targets of a type, and of every type: [R, D]."""
    found = {name: frame["met"].to_numpy(bool).reshape(-1, dates) for name, frame in days.items() if name != ALL}
    return {**found, ALL: np.logical_and.reduce(list(found.values()))}


def _share(met: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Share of days with its interval; nan without days."""
    return statistics.share_of_days(met) if met.size else (np.nan, np.nan, np.nan)


def _types(scenario: CentreScenario, kinds: Mapping[str, Played], met: Flags, judged: Flags) -> pd.DataFrame:
    rows = []
    for name, played in kinds.items():
        sums = played.tallies.sum(axis=1)
        about = scenario.contacts.get(name)
        labels = {label: getattr(about, label) if about is not None else "" for label in _LABELS}
        counts = {column: float(sums[:, COLUMNS.index(column)].mean()) for column in COUNTED}
        worth = _value(scenario, kinds) if about is None else about.value * np.array(
            [counts["customers_handled"], counts["customers"] - counts["customers_handled"]]
        )  # fmt: skip
        share = dict(zip(_MET, _share(met[name][:, judged[name]]), strict=True))
        money = {"value_answered": float(worth[0]), "value_lost": float(worth[1])}
        rows.append({"type": name, **labels, **counts, **money, **share, **_kpi_cells(sums, KPIS if about is None else OF_TYPES)})
    return pd.DataFrame(rows)


def _value(scenario: CentreScenario, kinds: Mapping[str, Played]) -> Floats:
    """What customers answered, and those never answered, are worth."""
    found = np.zeros(2)
    for name, about in scenario.contacts.items():
        sums = kinds[name].tallies.sum(axis=1).mean(axis=0)
        handled = float(sums[COLUMNS.index("customers_handled")])
        found += about.value * np.array([handled, float(sums[COLUMNS.index("customers")]) - handled])
    return found


def _kpi_cells(sums: Floats, names: Mapping[str, object] | tuple[str, ...]) -> dict[str, float]:
    """KPIs of [R, columns] with their intervals."""
    cells: dict[str, float] = {}
    for name in names:
        kpi = KPIS[name]
        found = statistics.ratio(*over_and_under(sums, kpi), share=kpi.unit == "share", cases=kpi.share_of_cases)
        cells |= {f"{name}{end}": float(part) for end, part in zip(("", "_low", "_high"), found, strict=True)}
    return cells


def _of_type(frame: pd.DataFrame) -> pd.DataFrame:
    """Without the columns that a contact type has no say in."""
    strange = [
        "group",
        "agents",
        "busy_time",
        "staffed_time",
        "overrun_time",
        *(f"occupancy{end}" for end in ("", "_low", "_high")),
    ]
    return frame.drop(columns=strange, errors="ignore")


def _kpis_of(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["kpi"] != "occupancy"].drop(columns="group")


def _stacked(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Frames of types one below the other, ``type`` after the start."""
    whole = pd.concat([frame.assign(type=name) for name, frame in frames.items()], ignore_index=True)
    keys = [column for column in ("start", "replication", "date") if column in whole.columns]
    return whole[[*keys, "type", *(column for column in whole.columns if column not in (*keys, "type"))]]


def _weekdays(kinds: Mapping[str, Played], targets: Mapping[str, Targets], met: Flags, judged: Flags) -> pd.DataFrame:
    """By type; no share of days where nobody ever comes on such a day."""
    frames = {}
    for name, played in kinds.items():
        frame = _of_type(tables.weekdays(played, targets[name]))
        on = [(played.weekday == day) & judged[name] for day in frame["weekday"]]
        frame[list(_MET)] = np.array([_share(met[name][:, days]) for days in on]).reshape(-1, 3)
        others = [column for column in frame.columns if column.startswith("met_") and column not in _MET]
        frame.loc[[not days.any() for days in on], others] = np.nan
        frames[name] = frame
    whole = _stacked(frames)
    first = ["type", "weekday", "days", *_MET]
    return whole[[*first, *(column for column in whole.columns if column not in first)]]


def _promises(kinds: Mapping[str, Played], targets: Mapping[str, Targets], met: Flags, judged: Flags) -> pd.DataFrame:
    """By type and target, on days on which anybody comes."""
    frames = {}
    for name, played in kinds.items():
        days = judged[name]
        kept = np.isin(played.day, np.flatnonzero(days))
        number = np.cumsum(days) - 1
        dates = [date for date, some in zip(played.dates, days, strict=True) if some]
        own = Played(played.tallies[:, kept], played.start[kept], name, played.agents[kept], number[played.day[kept]], dates)
        frame = tables.promises(own, targets[name])
        if name == ALL:
            frame[list(_MET)] = [_share(met[ALL][:, days])]
        frames[name] = frame
    return _stacked(frames)


def _labels(scenario: CentreScenario, made: Assembled, tallies: CentreTallies) -> pd.DataFrame:
    rows = []
    for label in _LABELS:
        values = [getattr(scenario.contacts[name], label) for name in made.kinds]
        for value in dict.fromkeys(value for value in values if value):
            sums = tallies.types[:, [number for number, own in enumerate(values) if own == value]].sum(axis=(1, 2))
            counts = {column: float(sums[:, COLUMNS.index(column)].mean()) for column in COUNTED}
            rows.append({"label": label, "value": value, **counts, **_kpi_cells(sums, OF_TYPES)})
    columns = ["label", "value", *COUNTED, *(f"{name}{end}" for name in OF_TYPES for end in ("", "_low", "_high"))]
    return pd.DataFrame(rows, columns=columns)


def _hours(sums: Floats) -> dict[str, float]:
    """Agents' hours of [R, columns], as means, and occupancy with its interval."""
    hours = {
        f"{name}_hours": float(sums[:, column].mean()) / 3600
        for name, column in (("staffed", _STAFFED), ("busy", _BUSY), ("overrun", _OVERRUN))
    }
    return {**hours, **_kpi_cells(sums, ("occupancy",))}


def _groups(scenario: CentreScenario, made: Assembled, tallies: CentreTallies) -> pd.DataFrame:
    rows = []
    for number, name in enumerate(made.groups):
        crew, sums = scenario.groups[name], tallies.groups[:, number].sum(axis=1)
        answered = float(tallies.answers[:, :, number].sum(axis=1).mean())
        rows.append({"group": name, "site": crew.site, "vendor": crew.vendor, "answered": answered, **_hours(sums)})
    return pd.DataFrame(rows)


def _sites(scenario: CentreScenario, made: Assembled, tallies: CentreTallies) -> pd.DataFrame:
    sites = [scenario.groups[name].site for name in made.groups]
    rows = []
    for site in dict.fromkeys(sites):
        mine = [number for number, own in enumerate(sites) if own == site]
        answered = float(tallies.answers[:, :, mine].sum(axis=(1, 2)).mean())
        rows.append({"site": site, "groups": len(mine), "answered": answered, **_hours(tallies.groups[:, mine].sum(axis=(1, 2)))})
    return pd.DataFrame(rows)


def _service_groups(made: Assembled, tallies: CentreTallies) -> pd.DataFrame:
    frames = []
    seconds = made.grid["duration"].to_numpy(float)
    for number, name in enumerate(made.groups):
        own = tallies.groups[:, number]
        kpi = statistics.ratio(*over_and_under(own, "occupancy"), share=True, cases=False)
        frames.append(
            pd.DataFrame(
                {
                    "start": made.grid["start"],
                    "group": name,
                    "agents": own[:, :, _STAFFED].mean(axis=0) / seconds,
                    "busy": own[:, :, _BUSY].mean(axis=0) / seconds,
                    "overrun": own[:, :, _OVERRUN].mean(axis=0) / seconds,
                    "replications": len(own),
                    **dict(zip(("occupancy", "occupancy_low", "occupancy_high"), kpi, strict=True)),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _answers(scenario: CentreScenario, made: Assembled, tallies: CentreTallies) -> pd.DataFrame:
    means = tallies.answers.mean(axis=0)
    rows = []
    for y, name in enumerate(made.kinds):
        for one in scenario.routing[name]:
            g = made.groups.index(one.group)
            of_type, of_group = float(means[y].sum()), float(means[:, g].sum())

            rows.append(
                {
                    "type": name,
                    "group": one.group,
                    "answered": float(means[y, g]),
                    "share_of_type": float(means[y, g]) / of_type if of_type else np.nan,
                    "share_of_group": float(means[y, g]) / of_group if of_group else np.nan,
                }
            )
    return pd.DataFrame(rows)
