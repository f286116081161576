"""Per-contact records: when each contact came, how long it waited and was handled, how it ended; and their history by interval.

Read chunk by chunk. Who called and who answered stays out of everything that is returned: agents are numbered in the order they
appear, customers are not kept at all, and messages never show a cell that could be a name or a number of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.history.columns import Layout, find_layout
from wfm.history.contacts import OUTCOMES, Part, Reading
from wfm.history.exports import recognise
from wfm.history.rows import Found
from wfm.history.sources import ROWS, chunks, name_of
from wfm.history.tally import Sums

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.history.sources import Source
    from wfm.history.stamps import Order

__all__ = ["OUTCOMES", "Calls", "history_of_calls", "read_calls"]


@dataclass(frozen=True)
class Calls:
    """Contacts, a row each.

    Attributes
    ----------
    table
        ``arrival`` (instant in the scenario's zone), ``queue``, ``wait``, ``handle_time`` and the ``wrap`` within it [s, NaN
        where not known], ``outcome`` (one of `OUTCOMES`), ``agent`` (``agent 1``, ``agent 2``, ... in the order they appear, ""
        for none).
    log
        What was repaired (`wfm.history.repairs`).
    name
        What the source is called.
    has_agents
        Whether the file says who answered.
    talk_alone
        Whether ``handle_time`` is talk (and hold) alone: nothing tells after-call work.
    """

    table: pd.DataFrame
    log: pd.DataFrame
    name: str
    has_agents: bool
    talk_alone: bool = False

    def history(self, interval_s: int, within: float | None = None) -> pd.DataFrame:
        """Contract ``history`` of these contacts (see `history_of_calls`); intervals without a contact are 0."""
        table = self.table
        part = Part(
            line=table.index.to_numpy(),
            instant=_seconds(table["arrival"]),
            wall=_seconds(table["arrival"].dt.tz_localize(None)),
            queue=table["queue"].cat.codes.to_numpy(),
            wait=table["wait"].to_numpy(),
            handle=table["handle_time"].to_numpy(),
            outcome=table["outcome"].cat.codes.to_numpy(),
            agent=table["agent"].cat.codes.to_numpy(),
            wrap=table["wrap"].to_numpy(),
        )
        sums = Sums(interval_s, within)
        sums.add(part)
        return sums.table(list(table["queue"].cat.categories), str(table["arrival"].dt.tz), clock=False)


def read_calls(
    source: Source,
    *,
    timezone: str,
    columns: Mapping[str, str] | None = None,
    export: str | None = None,
    sheet: str | None = None,
    date_order: Order | None = None,
    rows: int = ROWS,
) -> Calls:
    """Contacts of a file, a row each.

    Parameters
    ----------
    source, sheet
        As in `wfm.history.sources.chunks`.
    timezone
        Zone of the wall clock, for stamps without an offset.
    columns
        What the file calls ``arrival`` (or ``date`` and ``time``), ``queue``, ``wait``, ``handle_time`` (or ``talk``, ``hold``,
        ``wrap``), ``outcome``, ``answered_at``, ``ended_at``, ``agent``, ``customer``, ``contact_id``; common names are known
        without it. The file's own words for how a contact ended are told as ``outcome.handled: "OK, taken"``.
    export
        Name of a known export (`wfm.history.exports`); found by the headers without it.

    Returns
    -------
    Calls
        Without what is no contact (``phantom``); the log counts it.

    Raises
    ------
    InputError
        No column of arrivals, cells that are no times, unknown words for how a contact ended. No message shows a name or number.
    """
    import numpy as np
    import pandas as pd

    parts = chunks(source, sheet=sheet, rows=rows)
    first = next(parts)
    name = name_of(source)
    said = dict(columns or {})
    known = recognise(first.columns)
    contacts = known.name if known is not None and known.grain in ("contact", "order") else "generic-contacts"
    layout = find_layout(first, said, export or contacts, name)
    found = Found(name)
    reading = Reading(layout, found, timezone, date_order, said, _stem(source))
    read = list(reading.parts(chain([first], parts)))
    reading.close()
    whole = Part(**{key: np.concatenate([getattr(part, key) for part in read]) for key in vars(read[0])})
    agents = ["", *(f"agent {i}" for i in range(1, len(reading.agents) + 1))]
    instants = pd.Series(pd.to_datetime(whole.instant, unit="s", utc=True)).dt.tz_convert(timezone)
    table = pd.DataFrame(
        {
            "arrival": pd.DatetimeIndex(instants),
            "queue": pd.Categorical.from_codes(whole.queue.astype(np.int64), categories=pd.Index(reading.queue_names())),
            "wait": whole.wait,
            "handle_time": whole.handle,
            "wrap": whole.wrap,
            "outcome": pd.Categorical.from_codes(whole.outcome.astype(np.int64), categories=pd.Index(OUTCOMES)),
            "agent": pd.Categorical.from_codes(whole.agent.astype(np.int64), categories=pd.Index(agents)),
        },
        index=pd.Index(whole.line, name="line"),
    )
    return Calls(table, found.repairs.log(), name, "agent" in layout.columns, reading.talk_alone)


def history_of_calls(
    parts: Iterable[pd.DataFrame],
    layout: Layout,
    *,
    found: Found,
    timezone: str,
    interval_s: int,
    within: float | None = None,
    columns: Mapping[str, str] | None = None,
    date_order: Order | None = None,
    stem: str = "all",
    wrap: float | None = None,
) -> pd.DataFrame:
    """Contract ``history`` of contacts (or orders) that come in chunks, in memory for the intervals only.

    An interval without a contact on a day that has some is 0; days without any stay out. Contacts that hung up without waiting
    count as offered and abandoned, what is no contact (``phantom``) is left out; the log of ``found`` counts both.

    Parameters
    ----------
    parts, layout
        As `wfm.history.sources.chunks` and `wfm.history.columns.find_layout` give them.
    interval_s
        Length of an interval [s].
    within
        Threshold of ``answered_within`` [s]; None leaves the column out.
    columns
        The planner's own map, for his words of outcomes.
    stem
        Name of the queue where the file has none.
    wrap
        As for `wfm.history.reader.read_history`.
    """
    reading = Reading(layout, found, timezone, date_order, columns or {}, stem, wrap)
    sums = Sums(interval_s, within)
    for part in reading.parts(iter(parts)):
        sums.add(part)
    reading.close()
    table = sums.table(reading.queue_names(), timezone, clock=not reading.instants)
    # A file without outcomes knows how many came, not what became of them.
    known = {name for name, needed in _KNOWN_BY.items() if needed & reading.known}
    return table[["start", "queue", "offered", *(name for name in table.columns[3:] if name in known)]]


_KNOWN_BY = {
    "handled": {"outcome"}, "abandoned": {"outcome"}, "answered_within": {"wait"}, "handle_time": {"handle_time"},
}  # fmt: skip


def _stem(source: Source) -> str:
    return Path(str(source)).stem if isinstance(source, str | Path) and str(source) != "-" else "all"


def _seconds(instants: pd.Series) -> NDArray[np.int64]:
    import numpy as np

    plain_ = instants.dt.tz_convert("UTC").dt.tz_localize(None) if instants.dt.tz is not None else instants
    return plain_.to_numpy().astype("datetime64[s]").astype(np.int64)
