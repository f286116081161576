"""The service that scheduled agents give, three ways: intervals by themselves, linked by their queues, and simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from wfm.core.interrupt import heed
from wfm.simulate import statistics
from wfm.simulate.model import SECOND, Model
from wfm.simulate.replications import records
from wfm.simulate.tally import over_and_under, tally
from wfm.staffing.linked import chain, open_spans
from wfm.staffing.steady import handle_times, queue_model

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.core.contacts import ContactType

    Floats = NDArray[np.float64]

#: Ways to round fractional agents to whole ones over which the linked intervals are averaged.
ROUNDINGS = 8
#: Contacts simulated at most, and replications at least and at most.
CONTACTS, LEAST, MOST = 2_000_000, 20, 400
#: Moments at which queues are told [s].
MINUTE = 60.0


@dataclass(frozen=True, eq=False)
class View:
    """What one way of computing says of each interval: shares of contacts by arrival, nan where nobody arrives.

    Attributes
    ----------
    sl_offered, answer_rate
        Answered within the interval's time, and at all, of offered.
    queue
        Mean contacts waiting.
    wait
        Mean wait of all [s]; ``inf`` where the queue never ends.
    minutes
        Mean contacts waiting at each of `moments`; None where intervals have no inside.
    low, high
        95 % interval of each share, by its name; empty where nothing is random.
    replications
        How often it was played; 0 where nothing is random.
    """

    sl_offered: Floats
    answer_rate: Floats
    queue: Floats
    wait: Floats
    minutes: Floats | None = None
    low: dict[str, Floats] | None = None
    high: dict[str, Floats] | None = None
    replications: int = 0


def moments(work: pd.DataFrame) -> tuple[Floats, NDArray[np.int64]]:
    """Seconds since each interval's start at which queues are told, and the interval: every minute, and each open span's end."""
    seconds: list[float] = []
    rows: list[int] = []
    for span in open_spans(work):
        for row in range(span.start, span.stop):
            length = float(work["duration"].iloc[row])
            inside = np.arange(0.0, length, MINUTE).tolist()
            ends = [length] if row + 1 == span.stop else []
            seconds += [*inside, *ends]
            rows += [row] * (len(inside) + len(ends))
    return np.array(seconds), np.array(rows, dtype=np.int64)


def independent(work: pd.DataFrame, agents: Floats, within: Floats, contact: ContactType) -> View:
    """Each interval in its own steady state; a fraction of agents is the chance of one more."""
    rate, aht = work["arrival_rate"].to_numpy(float), handle_times(work, contact)
    model = queue_model(rate, aht, contact)
    low = np.floor(agents)
    found = {}
    for name in ("sl_offered", "answer_rate", "mean_queue", "mean_wait_all"):
        total = np.zeros(len(rate))
        for number, chance in ((low, 1 - (agents - low)), (np.ceil(agents), agents - low)):
            values = np.asarray(model.measures(number, threshold=within)[name], dtype=float)
            total += np.where(chance > 0, chance * np.where(chance > 0, values, 0.0), 0.0)
        found[name] = total
    served, answered = (_where_any(found[name], rate) for name in ("sl_offered", "answer_rate"))
    return View(served, answered, found["mean_queue"], found["mean_wait_all"])


def linked(work: pd.DataFrame, agents: Floats, within: Floats, contact: ContactType, seed: int) -> View:
    """Intervals linked by their queues (`wfm.erlang.transient`), every open span beginning empty.

    Agents are whole there: results are means over `ROUNDINGS` ways to round them, in which each interval has its fraction of times
    one more, interval by interval in an order of its own (a Latin hypercube), as each draws its own in the simulation.
    """
    rate = work["arrival_rate"].to_numpy(float)
    length = work["duration"].to_numpy(float)
    seconds, rows = moments(work)
    ways = roundings(agents, seed)
    answered, lost, queue, waited = (np.zeros(len(rate)) for _ in range(4))
    minutes = np.zeros(len(rows))
    for span in open_spans(work):
        queueing = chain(work.iloc[span], contact)
        inside = (rows >= span.start) & (rows < span.stop)
        since = (rows[inside] - span.start) * length[span][0] + seconds[inside]
        for whole in ways:
            heed()
            solved = queueing.solve(whole[span], threshold=within[span])
            answered[span] += solved.answered_within
            lost[span] += solved.abandoned + solved.blocked
            queue[span] += solved.mean_queue
            waited[span] += np.where(solved.offered > 0, solved.mean_wait_all, 0.0)
            minutes[inside] += queueing.path(whole[span], since, chances=False).queue
    offered = rate * length * len(ways)
    some = np.where(offered > 0, offered, np.nan)
    return View(answered / some, 1 - lost / some, queue / len(ways), waited / len(ways), minutes / len(ways))


def simulated(
    work: pd.DataFrame,
    agents: Floats,
    within: Floats,
    contact: ContactType,
    *,
    lines: int | None,
    seed: int,
    contacts: int = CONTACTS,
) -> View:
    """The contact's own handle times, redials and lines, played again and again on days exactly as busy as the forecast."""
    start = (work["start"] - work["start"].iloc[0]).to_numpy().astype("timedelta64[us]").astype(np.int64)
    length = np.round(work["duration"].to_numpy(float) * SECOND).astype(np.int64)
    nothing = np.zeros(len(work))
    model = Model.of(
        contact,
        start=start,
        length=length,
        rate=work["arrival_rate"].to_numpy(float),
        agents=np.zeros(len(work), dtype=np.int64),
        aht=work["aht"].to_numpy(float),
        day=np.array([day.toordinal() for day in work["date"]], dtype=np.int64),
        day_cv=nothing,
        slot_cv=nothing,
        lines=lines,
    )
    seconds, rows = moments(work)
    times = start[rows] + np.round(seconds * SECOND).astype(np.int64)
    expected = float(model.rate @ length / SECOND)
    count = int(np.clip(contacts / max(expected, 1.0), LEAST, MOST))
    minutes, tallies = np.zeros(len(rows)), []
    for replication in range(count):
        heed()
        played = records(model, agents, seed, replication)
        tallies.append(tally(played, within))
        came, left = np.sort(played.arrival), np.sort(played.arrival + played.wait)
        minutes += np.searchsorted(came, times, "right") - np.searchsorted(left, times, "right")
    sums = np.stack(tallies)
    found, low, high = {}, {}, {}
    for name in ("sl_offered", "answer_rate", "mean_wait_all"):
        found[name], low[name], high[name] = statistics.ratio(*over_and_under(sums, name), share=name != "mean_wait_all")
    queue = np.bincount(rows, minutes / count, len(work)) / np.maximum(np.bincount(rows, minlength=len(work)), 1)
    return View(found["sl_offered"], found["answer_rate"], queue, found["mean_wait_all"], minutes / count, low, high, count)


def roundings(agents: Floats, seed: int) -> list[NDArray[np.int64]]:
    """Whole agents by interval, `ROUNDINGS` times; once where they are whole."""
    low = np.floor(agents)
    if (agents == low).all():
        return [low.astype(np.int64)]
    draws = np.random.default_rng([seed, len(agents)])
    places = draws.permuted(np.tile(np.arange(ROUNDINGS), (len(agents), 1)), axis=1)
    return [(low + ((places[:, way] + 0.5) / ROUNDINGS < agents - low)).astype(np.int64) for way in range(ROUNDINGS)]


def _where_any(values: Floats, rate: Floats) -> Floats:
    return np.where(rate > 0, values, np.nan)
