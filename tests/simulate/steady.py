"""Centres long after they were empty: how they are built, played and summed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.simulate.exact_chain import Design
from tests.simulate.plans import estimate, model
from tests.simulate.scores import Scores
from wfm.simulate.centre import Centre, Group, Skill
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.crowd import draw_crowd
from wfm.simulate.engines import many
from wfm.simulate.model import SECOND, Model
from wfm.simulate.tally import COLUMNS
from wfm.simulate.visits import ANSWERED

MEASURED = 1  # the interval after the one in which things settle
OFFERED = COLUMNS.index("offered")
FEW = 400  # cases and exceptions, for a share to be judged by its spread


def kind(lengths: Sequence[float], rate: float, aht: float, **rules: Any) -> Model:
    """A contact type on intervals of these lengths [s]: to settle, to be measured, to let the last ones end."""
    edges = np.round(np.append(0.0, np.cumsum(lengths)) * SECOND).astype(np.int64)
    return replace(model(1, rate, 0, aht, intervals=len(lengths), **rules), start=edges[:-1], length=np.diff(edges))


def group(lengths: Sequence[float], agents: int, **about: Any) -> Group:
    return Group(np.full(len(lengths), agents, dtype=np.int64), **about)


def centre_of(design: Design, lengths: Sequence[float], **rules: Any) -> Centre:
    """A design that is solved as a chain, to be played: a type's handle time is that of its first way."""
    first = [next(way for way in design.ways if way.kind == y) for y in range(len(design.arrivals))]
    types = tuple(
        kind(lengths, rate, way.mean, then_mean=patience)
        for rate, way, patience in zip(design.arrivals, first, design.patience, strict=True)
    )
    skills = tuple(
        Skill(way.kind, way.group, level=way.level, rank=way.rank, reserve=way.reserve, factor=way.mean / first[way.kind].mean)
        for way in design.ways
    )
    transfers = np.array(design.transfers) if design.transfers else None
    return Centre(types, tuple(group(lengths, n) for n in design.agents), skills, lines=design.lines, transfers=transfers, **rules)


@dataclass(frozen=True)
class Steady:
    """Sums over the measured interval, a row a replication: by type and by group, [R, Y or G, columns]; and of the contacts that
    arrive in it, how many of each type each group answered, [R, Y, G].
    """

    types: np.ndarray
    groups: np.ndarray
    answers: np.ndarray


def measured(centre: Centre, *, seed: int, replications: int, threshold: float = 0.0) -> Steady:
    """The lean compiled engine; answers by its records."""
    tallies = replicate_centre(centre, seed=seed, replications=replications, threshold=threshold)
    ends = np.cumsum([about.size for about in centre.groups])
    answers = np.zeros((replications, len(centre.kinds), len(centre.groups)))
    for r in range(replications):
        visits = many.play_centre(centre, draw_crowd(centre, seed, r))
        here = (visits.interval == MEASURED) & np.isin(visits.outcome, ANSWERED)
        np.add.at(answers[r], (visits.kind[here], np.searchsorted(ends, visits.agent[here], side="right")), 1)
    return Steady(tallies.types[:, :, MEASURED], tallies.groups[:, :, MEASURED], answers)


def ratio_of(over: np.ndarray, under: np.ndarray) -> tuple[float, float]:
    """Ratio of sums over replications, and its standard error."""
    value, R = over.sum() / under.sum(), len(over)
    return float(value), float(np.sqrt(np.sum((over - value * under) ** 2) * R / (R - 1)) / under.sum())


def score(scores: Scores, where: str, design: Design, seed: int, *, settle: float, window: float, replications: int) -> None:
    """All that the chain says of a design, beside the play of it."""
    solved = design.solve()
    found = measured(centre_of(design, (settle, window, 1.0)), seed=seed, replications=replications)
    for y in range(len(design.arrivals)):
        sums = found.types[:, y]
        offered = sums[:, OFFERED]
        for kpi, what in (("blocking", "blocked"), ("abandon_rate_offered", "abandoned"), ("sl_offered", "at once")):
            expected = solved.share(what, y)
            if FEW <= expected * offered.sum() <= offered.sum() - FEW:
                scores.add(where, f"type {y}: {kpi}", expected, *estimate(sums, kpi))
        scores.add(where, f"type {y}: mean_wait_all", solved.mean_wait(y), *estimate(sums, "mean_wait_all"))
        external = offered / window
        rate = external.mean(), external.std(ddof=1) / np.sqrt(replications)
        scores.add(where, f"type {y}: offered [1/s]", solved.often["offered", y], *rate)
    for g, n in enumerate(design.agents):
        scores.add(where, f"group {g}: occupancy", solved.busy[g] / n, *estimate(found.groups[:, g], "occupancy"))
    for number, way in enumerate(design.ways):
        share = solved.often["answered", number] / solved.often["offered", way.kind]
        answered, offered = found.answers[:, way.kind, way.group], found.types[:, way.kind, OFFERED]
        if FEW <= share * offered.sum() <= offered.sum() - FEW:
            scores.add(where, f"type {way.kind} by group {way.group}", share, *ratio_of(answered, offered))
