"""What happened in the first replication of a centre, contact by contact and agent by agent."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.centre.assembled import Assembled
from wfm.simulate.centre import Centre, Outage
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many, simpy_engine
from wfm.simulate.model import SECOND
from wfm.simulate.settled import settled
from wfm.simulate.visits import ANSWERED, OUTCOMES, TRANSFERRED, Visits

Integers = NDArray[np.int64]
#: What an agent may be at; "out" is on the roster while the platform is down.
STATES = ("busy", "available", "break", "overrun", "out")


def play(made: Assembled, seed: int, engine: str) -> Visits:
    """The first replication, visit by visit."""
    centre = settled(made.centre, seed, 0)
    player = many.play_centre if engine == "compiled" else simpy_engine.play_centre
    return player(centre, draw_crowd(centre, seed, 0))


def tables(made: Assembled, visits: Visits, seed: int) -> dict[str, pd.DataFrame]:
    """Tables ``contacts``, ``spells`` and ``agent_time``."""
    found = _spells(made, visits)
    centre = settled(made.centre, seed, 0)
    return {
        "contacts": _contacts(made, visits),
        "spells": _shown(made, found),
        "agent_time": _agent_time(made, centre, visits, found),
    }


def _instants(made: Assembled, times: Integers) -> pd.Series:
    stamps = made.origin + pd.to_timedelta(pd.Series(times, dtype="int64"), unit="us")
    return stamps.dt.tz_convert(made.grid["start"].dt.tz)


def _names(made: Assembled) -> NDArray[np.object_]:
    """Each agent's name, counted through all groups: the roster's, else that of the group and a number."""
    names = [
        own[number] if own is not None else f"{name}-{number + 1}"
        for name, own, group in zip(made.groups, made.agents, made.centre.groups, strict=True)
        for number in range(group.size)
    ]
    return np.array([*names, ""], dtype=object)  # the last is nobody's, number -1


def _contacts(made: Assembled, visits: Visits) -> pd.DataFrame:
    """One row an attempt: where it arrived, and what became of it in the end."""
    first = visits.leg == 1
    number = np.cumsum(first) - 1
    last = np.append(first[1:], True)[: len(first)]
    many_ = int(first.sum())
    wait, handle = (np.bincount(number, weights=times, minlength=many_) / SECOND for times in (visits.wait, visits.handle))
    answered = np.bincount(number, weights=np.isin(visits.outcome, ANSWERED), minlength=many_) > 0
    return pd.DataFrame(
        {
            "replication": 0,
            "contact": visits.contact[first],
            "attempt": visits.attempt[first],
            "type": np.array(made.kinds, dtype=object)[visits.kind[first]],
            "arrival": _instants(made, visits.arrival[first]),
            "outcome": np.array(OUTCOMES, dtype=object)[visits.outcome[last]],
            "wait": wait,
            "handle_time": np.where(answered, handle, np.nan),
            "legs": visits.leg[last],
        }
    )


def _spells(made: Assembled, visits: Visits) -> pd.DataFrame:
    """Answers as numbers: contact, attempt, leg, kind, agent, begin and end in microseconds."""
    answered = visits.agent >= 0
    begin = (visits.queued + visits.wait)[answered]
    ends = np.cumsum([group.size for group in made.centre.groups])
    agent = visits.agent[answered]
    return pd.DataFrame(
        {
            "contact": visits.contact[answered],
            "attempt": visits.attempt[answered],
            "leg": visits.leg[answered],
            "kind": visits.kind[answered],
            "outcome": visits.outcome[answered],
            "agent": agent,
            "group": np.searchsorted(ends, agent, side="right"),
            "begin": begin,
            "end": begin + visits.handle[answered],
        }
    )


def _shown(made: Assembled, found: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "contact": found["contact"],
            "attempt": found["attempt"],
            "leg": found["leg"],
            "type": np.array(made.kinds, dtype=object)[found["kind"]],
            "agent": _names(made)[found["agent"]],
            "group": np.array(made.groups, dtype=object)[found["group"]],
            "from": _instants(made, found["begin"].to_numpy(np.int64)),
            "to": _instants(made, found["end"].to_numpy(np.int64)),
            "transferred": found["outcome"].to_numpy() == TRANSFERRED,
        }
    )


def _agent_time(made: Assembled, centre: Centre, visits: Visits, found: pd.DataFrame) -> pd.DataFrame:
    """Agents of a roster one by one; of other groups, whose agents are nobody in particular, the time of all by interval."""
    rows: list[tuple[str, str, int, int, str, float]] = []
    names, start = _names(made), centre.intervals.start.tolist()
    begun = 0
    for number, group in enumerate(centre.groups):
        if group.roster is None:
            for state, times in _of_group(visits, number).items():
                rows += [
                    ("", made.groups[number], begin, end, state, time / SECOND)
                    for begin, end, time in zip(start, centre.intervals.end.tolist(), times.tolist(), strict=True)
                    if time
                ]
        else:
            there = [o for o in centre.outages if o.groups is None or number in o.groups]
            for agent in range(group.size):
                outages = [o for o in there if o.hits(agent, group.size)]
                mine = found[found["agent"] == begun + agent]
                turns = sorted(group.roster[group.roster[:, 0] == agent, 1:].tolist())
                work = sorted(zip(mine["begin"].tolist(), mine["end"].tolist(), strict=True))
                for begin, end, state in _of_agent(turns, work, outages, centre):
                    rows.append((str(names[begun + agent]), made.groups[number], begin, end, state, (end - begin) / SECOND))
        begun += group.size
    columns = list(zip(*rows, strict=True)) if rows else [()] * 6
    return pd.DataFrame(
        {
            "agent": pd.Series(columns[0], dtype=object),
            "group": pd.Series(columns[1], dtype=object),
            "from": _instants(made, np.array(columns[2], dtype=np.int64)),
            "to": _instants(made, np.array(columns[3], dtype=np.int64)),
            "state": pd.Series(columns[4], dtype=object),
            "time": np.array(columns[5], dtype=float),
        }
    )


def _of_group(visits: Visits, number: int) -> dict[str, Integers]:
    """Agents' time [microseconds] of a group by interval and state."""
    busy, staffed, overrun = visits.busy[number], visits.staffed[number], visits.overrun[number]
    return {"busy": busy - overrun, "available": np.maximum(staffed - busy, 0), "overrun": overrun}


def _of_agent(
    turns: list[list[int]], work: list[tuple[int, int]], outages: list[Outage], centre: Centre
) -> list[tuple[int, int, str]]:
    """What one agent was at from when to when, in order: the roster cut by contacts, breaks, outages and closed hours."""
    edges = {edge for span in (*turns, *work) for edge in span}
    edges |= {edge for outage in outages for edge in (outage.start, outage.end)}
    starts = centre.intervals.start
    first = np.append(True, starts[1:] != centre.intervals.end[:-1])
    opens, closes = starts[first].tolist(), np.unique(centre.intervals.closing()).tolist()
    edges |= {*opens, *closes}
    found: list[tuple[int, int, str]] = []
    for begin, end in pairwise(sorted(edges)):
        out = any(outage.start <= begin < outage.end for outage in outages)
        on, at_work = _inside(turns, begin), _inside(work, begin)
        is_open = _inside([list(span) for span in zip(opens, closes, strict=True)], begin)
        if at_work:
            state = "busy" if on and is_open and not out else "overrun"
        elif not is_open:
            continue
        elif on:
            state = "out" if out else "available"
        elif _is_break(turns, begin, opens, closes):
            state = "break"
        else:
            continue
        if found and found[-1][1] == begin and found[-1][2] == state and not at_work:
            found[-1] = (found[-1][0], end, state)
        else:
            found.append((begin, end, state))
    return found


def _inside(spans: list[list[int]] | list[tuple[int, int]], time: int) -> bool:
    return any(begin <= time < end for begin, end in spans)


def _is_break(turns: list[list[int]], time: int, opens: list[int], closes: list[int]) -> bool:
    """Whether a time off the roster lies between two turns of one open span that are at most four hours apart."""
    before = max((end for _, end in turns if end <= time), default=None)
    after = min((begin for begin, _ in turns if begin > time), default=None)
    if before is None or after is None or after - before > 4 * 3600 * SECOND:
        return False
    return any(begin <= before and after <= end for begin, end in zip(opens, closes, strict=True))
