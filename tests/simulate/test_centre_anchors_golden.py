"""Centres beside golden tables: calls blended with other work, limited lines, overflow; and a day that others have published."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.shared import shared
from tests.simulate.exact import erlang_b
from tests.simulate.plans import estimate, model
from tests.simulate.scores import Scores, mean_and_error
from tests.simulate.steady import FEW, MEASURED, OFFERED, group, kind, measured, ratio_of
from tests.simulate.test_anchors_moving import area
from tests.simulate.test_anchors_steady import LINES, REPLICATIONS, compare, golden, settling
from wfm.core.draws import NEVER
from wfm.simulate.centre import Centre, Skill
from wfm.simulate.centre_tallies import replicate_centre
from wfm.simulate.crowd import Crowd, together
from wfm.simulate.drawing import draw
from wfm.simulate.engines import many
from wfm.simulate.model import SECOND
from wfm.simulate.tally import COLUMNS
from wfm.simulate.visits import ABANDONED, HANDLED

SEED, AHT = 20270705, 180.0
CALLS, WORK = 0, 1


# ---- blending ----


def with_backlog(centre: Centre, work: int, replication: int, seed: int) -> Crowd:
    """Calls as drawn, and so many pieces of work that are all there at the start and wait for ever."""
    calls = draw(centre.kinds[CALLS], seed, replication)
    times = np.random.default_rng((seed, replication)).exponential(AHT * SECOND, work)
    none = np.zeros(work, dtype=np.int64)
    heap = replace(
        calls, arrival=none, interval=none, handle=np.round(times).astype(np.int64), patience=np.full(work, NEVER),
        day=np.full(work, calls.day[0]), ordinal=np.arange(work), kind=WORK,
    )  # fmt: skip
    return together(centre, [calls, heap])


def test_calls_blended_with_other_work(capsys: pytest.CaptureFixture[str]) -> None:
    """An agent begins other work only while more than ``reserve`` are idle (Bhulai and Koole 2003; Gans and Zhou 2003)."""
    scores, R = Scores(), 40
    for row in golden("blending_threshold", "n <= 150 and (a < 0.93 * n or patience < 20)", 24).itertuples():
        n, reserve, patience = int(row.n), int(row.reserve), float(row.patience)
        settle, window = settling(n, row.a, patience), 6000.0 / n + 50.0
        lengths = tuple(part * AHT for part in (settle, window, settle))
        centre = Centre(
            (kind(lengths, row.a / AHT, AHT, then_mean=patience * AHT), kind(lengths, 0.0, AHT)),
            (group(lengths, n),), (Skill(CALLS, 0), Skill(WORK, 0, level=1, reserve=reserve)), closing="let_go",
        )  # fmt: skip
        begin = round(settle * AHT * SECOND)
        edges = np.array([begin, begin + round(window * AHT * SECOND)])
        sums: dict[str, list[float]] = {}
        for r in range(R):
            work = int(1.2 * n * (2 * settle + window)) + 100
            v = many.play_centre(centre, with_backlog(centre, work, r, SEED + row.Index))
            here, left = (v.kind == CALLS) & (v.interval == MEASURED), v.queued + v.wait
            calls, done = v.kind == CALLS, np.where((v.kind == WORK) & (v.outcome == HANDLED), left + v.handle, 0)
            # Somebody is always left to work on, so the heap is as good as endless; and nobody who waits is let go at the end.
            assert np.any((v.kind == WORK) & (v.outcome == ABANDONED))
            assert v.queued[here].max() < edges[1]
            told = {
                "offered": here.sum(),
                "p_wait": (here & (v.wait > 0)).sum(),
                "p_abandon": (here & (v.outcome == ABANDONED)).sum(),
                "e_wait": v.wait[here].sum() / AHT / SECOND,
                "sl_offered": (here & (v.outcome == HANDLED) & (v.wait <= row.T * AHT * SECOND)).sum(),
                "e_queue": area(v.queued[calls], left[calls], edges)[0],
                "outbound_rate": ((edges[0] <= done) & (done < edges[1])).sum() / window,
                "occupancy": v.busy[0, MEASURED] / v.staffed[0, MEASURED],
            }
            for name, number in told.items():
                sums.setdefault(name, []).append(float(number))
        where = f"n={n} reserve={reserve} a={row.a:g} patience={row.patience:g} T={row.T:g}"
        offered = np.array(sums.pop("offered"))
        for name, values in sums.items():
            each, expected = np.array(values), getattr(row, name)
            if name in ("p_wait", "p_abandon", "sl_offered"):
                if FEW <= each.sum() <= offered.sum() - FEW:
                    scores.add(where, name, expected, *ratio_of(each, offered))
            elif name == "e_wait":
                if np.count_nonzero(each) == R:
                    scores.add(where, name, expected, *ratio_of(each, offered))
            elif name == "occupancy" and expected == 1.0:
                assert np.all(each == 1.0), where
            elif np.count_nonzero(each) == R:
                scores.add(where, name, expected, *(float(part) for part in mean_and_error(each)))
    scores.judge("Blending", capsys, cells=120, told=60)


# ---- lines, overflow ----


def test_limited_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """M/M/n/K+M; lines are the whole centre's: two types that are alike share them, and two groups are as one."""
    scores = Scores()
    for row in golden("erlang_a_finite_lines", "2 <= n <= 200 and 0.3 < a < 300 and p_wait + p_block > 0.005", 20).itertuples():
        n, lines = int(row.n), int(row.lines)
        settle = 15 * (1 + min(settling(n, row.a, row.patience) / 15, lines / n))
        lengths = (settle * AHT, 4000 / row.a * AHT, 2 * AHT)
        types = tuple(kind(lengths, share * row.a / AHT, AHT, then_mean=row.patience * AHT) for share in (0.25, 0.75))
        teams = (group(lengths, n // 2), group(lengths, n - n // 2))
        skills = tuple(Skill(y, g) for y in range(2) for g in range(2))
        centre = Centre(types, teams, skills, lines=lines)
        found = replicate_centre(centre, seed=SEED + row.Index, replications=REPLICATIONS, threshold=row.T * AHT).total[:, MEASURED]
        compare(scores, f"n={n} lines={lines} a={row.a:g} patience={row.patience:g} T={row.T:g}", found, row, LINES)
    scores.judge("Limited lines of a centre", capsys, cells=90, told=60)


def test_overflow_to_a_second_group(capsys: pytest.CaptureFixture[str]) -> None:
    """What the first group lets through, exactly: the second one's, and of that what finds it busy too."""
    scores, R = Scores(), 60
    rows = golden("overflow_ert", "1 <= a <= 60 and 1 <= n <= 60 and 0.02 < overflow_mean", 15)
    for row in rows.itertuples():
        n, more = int(row.n), max(int(row.n) // 4, 1)
        lengths = (20 * AHT, 12_000 / row.a * AHT, 2 * AHT)
        skills = (Skill(0, 0), Skill(0, 1, rank=1))
        centre = Centre((kind(lengths, row.a / AHT, AHT),), (group(lengths, n), group(lengths, more)), skills, lines=n + more)
        found = measured(centre, seed=SEED + row.Index, replications=R)
        offered, blocked = found.types[:, 0, OFFERED], found.types[:, 0, COLUMNS.index("blocked")]
        over = found.answers[:, 0, 1] + blocked
        where = f"n={n} and {more}, a={row.a:g}"
        scores.add(where, "overflow", row.overflow_mean / row.a, *ratio_of(over, offered))
        if blocked.sum() >= FEW:
            scores.add(where, "lost of it", erlang_b(n + more, row.a) * row.a / row.overflow_mean, *ratio_of(blocked, over))
        scores.add(where, "first group busy", (row.a - row.overflow_mean) / n, *estimate(found.groups[:, 0], "occupancy"))
    scores.judge("Overflow", capsys, cells=40, told=60)


# ---- published ----


@pytest.mark.parametrize("anchor", ["contactcenters_MMC", "contactcenters_MMCAb"])
def test_a_day_that_starts_empty_as_published(anchor: str, capsys: pytest.CaptureFixture[str]) -> None:
    """L'Ecuyer and Buist's ContactCenters: 480 minutes; those who wait at the end are served. Two teams alike are as one."""
    entry = next(entry for entry in json.loads(shared("golden/published_anchors.json").read_text()) if entry["id"] == anchor)
    given, exact = entry["inputs"], entry["exact_transient"]
    patience = 60 / given["nu"] if "nu" in given else np.inf
    plan = model(given["horizon_min"] * 60, given["lam"] / 60, given["n"], 60 / given["mu"], then_mean=patience)
    teams = (5, 7)
    centre = Centre((plan,), tuple(group((1.0,), n) for n in teams), tuple(Skill(0, g) for g in range(len(teams))))
    days = replicate_centre(centre, seed=SEED + 1, replications=4000, threshold=given["T_min"] * 60).total.sum(axis=1)
    occupied = days.copy()  # of the 480 minutes
    for name in ("busy_time", "staffed_time"):
        occupied[:, COLUMNS.index(name)] -= days[:, COLUMNS.index("overrun_time")]
    wait, error = estimate(days, "asa_answered")
    simulated = {
        "in_target": mean_and_error(days[:, COLUMNS.index("answered_within")]),
        "abandoned": mean_and_error(days[:, COLUMNS.index("abandoned")]),
        "sl": estimate(days, "sl_offered"),
        "occupancy": estimate(occupied, "occupancy"),
        "asa_min": (wait / 60, error / 60),
        "asa_served_min": (wait / 60, error / 60),
    }
    scores = Scores()
    for what, expected in exact.items():
        scores.add(anchor, what, expected, *(float(part) for part in simulated[what]))
    scores.judge(f"{anchor}, teams of {teams}, 4000 days", capsys, cells=4)
