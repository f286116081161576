"""Tallies of random centres beside the same sums told contact by contact, in plain Python."""

from collections import defaultdict
from itertools import groupby

import numpy as np
from hypothesis import given, settings

from tests.simulate.centres import centres
from wfm.simulate.centre import Centre
from wfm.simulate.centre_tallies import tally_visits
from wfm.simulate.crowd import Crowd
from wfm.simulate.engines import many
from wfm.simulate.model import SECOND
from wfm.simulate.tally_kernel import NAMES
from wfm.simulate.visits import OUTCOMES, ROWS, Visits

WITHIN = 3 * SECOND
AGENTS = ("busy_time", "staffed_time", "overrun_time")


def told(visits: Visits) -> dict[tuple[int, int], dict[str, int]]:
    """By type and interval; a contact that was sent back and goes on is one stay in its queue, from arrival to its end."""
    rows = [dict(zip(ROWS, row, strict=True)) for row in zip(*(getattr(visits, name).tolist() for name in ROWS), strict=True)]
    sums: dict[tuple[int, int], dict[str, int]] = defaultdict(lambda: dict.fromkeys(NAMES, 0))
    for _, contact in groupby(rows, key=lambda row: row["contact"]):
        legs = list(contact)
        stays: list[list[dict[str, int]]] = []
        for leg in legs:
            goes_on = stays and OUTCOMES[stays[-1][-1]["outcome"]] == "returned"
            stays[-1].append(leg) if goes_on else stays.append([leg])
        handled = [leg for leg in legs if OUTCOMES[leg["outcome"]] == "handled"]
        assert len(handled) <= 1
        home = sums[legs[0]["kind"], legs[0]["interval"]]
        home["customers"] += 1
        home["customers_handled"] += len(handled)
        for stay in stays:
            here, end, first_wait = sums[stay[0]["kind"], stay[0]["interval"]], OUTCOMES[stay[-1]["outcome"]], stay[0]["wait"]
            handled_here = end in ("handled", "transferred")
            here["offered"] += 1
            here["blocked"] += end == "blocked"
            here["abandoned"] += end == "abandoned"
            here["handled"] += handled_here
            here["answered_within"] += handled_here and first_wait <= WITHIN
            here["abandoned_within"] += end == "abandoned" and len(stay) == 1 and first_wait <= WITHIN
            here["handle_time"] += sum(leg["handle"] for leg in stay)
            waits = sum(leg["wait"] for leg in stay)
            here["wait_abandoned"] += waits if end == "abandoned" else 0
            here["wait_handled"] += waits if handled_here else 0
    return sums


@settings(max_examples=300, deadline=None)
@given(centres())
def test_tallies_are_what_is_told_contact_by_contact(case: tuple[Centre, Crowd]) -> None:
    centre, visits = case[0], many.play_centre(*case)
    Y, G, K = len(centre.kinds), len(centre.groups), len(centre.intervals.start)
    found = np.zeros((Y, K, len(NAMES)), dtype=np.int64), np.zeros((G, K, 3), dtype=np.int64), np.zeros((Y, G))
    tally_visits(centre, visits, np.full((Y, K), float(WITHIN)), *found)
    sums = told(visits)
    for y in range(Y):
        for k in range(K):
            expected = [sums[y, k][name] for name in NAMES]
            np.testing.assert_array_equal(found[0][y, k], expected)
    here = {name: found[0][:, :, i] for i, name in enumerate(NAMES)}
    left = np.zeros((Y, K), dtype=np.int64)
    np.add.at(left, (visits.kind, visits.interval), [OUTCOMES[o] == "waiting" for o in visits.outcome])
    np.testing.assert_array_equal(here["offered"], here["handled"] + here["abandoned"] + here["blocked"] + left)
    assert found[2].sum() == np.count_nonzero(visits.agent >= 0)
    assert here["handle_time"].sum() == found[1][:, :, 0].sum()  # nobody works before the first interval
