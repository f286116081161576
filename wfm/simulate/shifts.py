"""When the number of agents changes: intervals, rosters and outages as one list of moments."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wfm.core.draws import NEVER
from wfm.simulate.centre import Centre, Group, Outage

CLOSE, BEGIN, COUNT, COME, GO = range(5)  # what a moment is


class Moments(NamedTuple):
    """Changes, in the order in which they happen; int64[n].

    ``kind`` is `CLOSE` (a span ends), `BEGIN` (interval ``number`` begins), `COUNT` (``group`` has ``number`` agents from now on),
    `COME` or `GO` (its agent ``number`` comes or goes).
    """

    time: NDArray[np.int64]
    kind: NDArray[np.int64]
    group: NDArray[np.int64]
    number: NDArray[np.int64]


def moments(centre: Centre) -> Moments:
    """All changes of a centre.

    Agents who are due to go at or after the end of an open span stay until the next one begins, where ``closing`` is "answer".
    """
    _, closes = spans(centre)
    rows = [(time, CLOSE, -1, 0) for time in closes]
    rows += [(time, BEGIN, -1, k) for k, time in enumerate(centre.intervals.start.tolist())]
    for number, group in enumerate(centre.groups):
        outages = [outage for outage in centre.outages if outage.groups is None or number in outage.groups]
        if group.roster is None:
            rows += [(time, COUNT, number, count) for time, count in _counts(centre, group, outages)]
        else:
            rows += [(time, kind, number, agent) for time, kind, agent in _comings(centre, group.roster, outages)]
    rows.sort()
    columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Moments(*np.ascontiguousarray(columns))


def refusals(centre: Centre) -> NDArray[np.int64]:
    """Times in which contacts are refused: int64[n, 2], from and to, apart and in order."""
    merged: list[list[int]] = []
    for outage in sorted((o for o in centre.outages if o.refuses), key=lambda o: o.start):
        if merged and outage.start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], outage.end)
        else:
            merged.append([outage.start, outage.end])
    return np.array(merged, dtype=np.int64).reshape(-1, 2)


def spans(centre: Centre) -> tuple[list[int], list[int]]:
    """First and last moments of the open spans."""
    model = centre.intervals
    if not len(model.start):
        return [], []
    closing = model.closing()
    first = np.append(True, closing[1:] != closing[:-1])
    return model.start[first].tolist(), np.unique(closing).tolist()


def _counts(centre: Centre, group: Group, outages: list[Outage]) -> list[tuple[int, int]]:
    """Moments at which the number of agents may change, and the number."""
    assert group.agents is not None
    model = centre.intervals
    if not outages:
        agents = np.asarray(group.agents)
        opens = model.start[1:] != model.end[:-1]  # at closing agents may have gone home: as many as before have to come again
        changes = np.append(True, (agents[1:] != agents[:-1]) | opens)[: len(agents)]
        return list(zip(model.start[changes].tolist(), agents[changes].astype(int).tolist(), strict=True))
    edges = {*model.start.tolist()}
    for outage in outages:
        edges |= {outage.start, outage.end}
    start, end = model.start.tolist(), model.end.tolist()
    opens = set(spans(centre)[0])
    rows: list[tuple[int, int]] = []
    k = -1
    for time in sorted(edges):
        while k + 1 < len(start) and start[k + 1] <= time:
            k += 1
        if k < 0 or time >= end[k]:
            continue  # before the plan, or closed
        count = int(group.agents[k])
        for outage in outages:
            if outage.start <= time < outage.end:
                count = min(count, int(group.agents[k] * (1.0 - outage.loss) + 1e-9))
        if not rows or rows[-1][1] != count or time in opens:
            rows.append((time, count))
    return rows


def _comings(centre: Centre, roster: NDArray[np.int64], outages: list[Outage]) -> list[tuple[int, int, int]]:
    starts, closes = spans(centre)
    losses, size = sorted(outages, key=lambda outage: outage.start), int(roster[:, 0].max()) + 1 if len(roster) else 0
    pieces: dict[int, list[tuple[int, int]]] = {}
    for agent, since, until in sorted(roster.tolist()):
        hit = [outage for outage in losses if outage.hits(agent, size)]
        for begin, end in _outside(since, until, hit):
            before = int(np.searchsorted(closes, end, side="right")) - 1  # the last closing up to the end
            after = starts[before + 1] if before + 1 < len(starts) else NEVER
            late = centre.closing == "answer" and before >= 0 and end < after
            pieces.setdefault(agent, []).append((begin, after if late else end))
    rows: list[tuple[int, int, int]] = []
    for agent, turns in pieces.items():
        for (begin, end), (again, _) in zip(turns, [*turns[1:], (NEVER, NEVER)], strict=True):
            if rows and rows[-1] == (begin, GO, agent):
                rows.pop()  # gone and come at one moment: nothing has changed
            else:
                rows.append((begin, COME, agent))
            if min(end, again) < NEVER:
                rows.append((min(end, again), GO, agent))
    return rows


def _outside(since: int, until: int, outages: list[Outage]) -> list[tuple[int, int]]:
    pieces = []
    for outage in outages:
        if outage.start >= until or outage.end <= since:
            continue
        if outage.start > since:
            pieces.append((since, outage.start))
        since = outage.end
    if since < until:
        pieces.append((since, until))
    return pieces
