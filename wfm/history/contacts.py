"""Chunks of per-contact records as arrays: moments, queues, waits, handle times, outcomes; what is no contact is sorted out.

Who called is not kept at all, who answered only as a number in the order people appear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wfm.core.errors import InputError, Problem
from wfm.history.clocks import Zone
from wfm.history.contact_cells import Durations, outcomes_of, shown, stamps_of, unknown_words
from wfm.history.exports import outcome_words, plain
from wfm.history.rows import Found
from wfm.history.sums import tell_talk_alone

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from wfm.history.columns import Layout
    from wfm.history.stamps import Order

#: How a contact ended; ``phantom`` is none, ``left`` went elsewhere, ``unknown`` is not said.
OUTCOMES = ("handled", "abandoned", "blocked", "left", "phantom", "unknown")
HANDLED, ABANDONED, PHANTOM, UNKNOWN = (OUTCOMES.index(name) for name in ("handled", "abandoned", "phantom", "unknown"))
_SPANS = ("wait", "handle_time", "talk", "hold", "wrap")
_LINES = 6


@dataclass
class Part:
    """Contacts of one chunk as arrays: instants and wall clock in seconds since 1970, numbers of queues, outcomes and agents."""

    line: NDArray[np.int64]
    instant: NDArray[np.int64]
    wall: NDArray[np.int64]
    queue: NDArray[np.integer]
    wait: NDArray[np.float64]
    handle: NDArray[np.float64]
    outcome: NDArray[np.integer]
    agent: NDArray[np.integer]
    wrap: NDArray[np.float64]

    def take(self, which: NDArray[np.bool_]) -> Part:
        """Some of them."""
        return Part(**{name: array[which] for name, array in vars(self).items()})


class Reading:
    """Chunks of cells to parts of contacts, with what has to be remembered between chunks."""

    def __init__(
        self,
        layout: Layout,
        found: Found,
        timezone: str,
        order: Order | None,
        columns: Mapping[str, str],
        stem: str,
        wrap: float | None = None,
    ) -> None:
        self.layout, self.found, self.timezone, self.order, self.stem = layout, found, timezone, order, stem
        names = layout.columns
        self.durations = {ours: Durations(names[ours], layout.units.get(ours, "")) for ours in _SPANS if ours in names}
        self.words = _words(layout, columns)
        self.queues: dict[str, int] = {}
        self.agents: dict[str, int] = {}
        self.unknown: dict[str, list[int]] = {}
        self.last_ids: set[str] = set()
        self.zone: tuple[int, int, Zone] | None = None
        self.instants = False
        self.known: set[str] = set()
        self.phantoms: tuple[int, set[str], list[int]] = (0, set(), [])
        if "arrival" not in names and "date" not in names:
            raise InputError(_no_arrival(layout, found.file))
        if layout.grain == "order":
            found.repairs.add("orders")
        if names.keys() & {"outcome", "answered_at"}:
            self.known.add("outcome")
        if names.keys() >= {"wait"} or names.keys() >= {"answered_at"}:
            self.known.add("wait")
        talked = ["talk"] if "talk" in names else ["answered_at", "ended_at"] if names.keys() >= {"answered_at", "ended_at"} else []
        self.talk_alone = bool(talked) and not names.keys() & {"handle_time", "wrap"}
        self.wrap = wrap if wrap is not None and self.talk_alone else 0.0
        if "handle_time" in names or talked:
            self.known.add("handle_time")
        elif parts := [names[ours] for ours in ("hold", "wrap") if ours in names]:
            found.repairs.add("no_talk", columns=", ".join(parts), key="talk")
        if self.talk_alone:
            tell_talk_alone(found, ", ".join(names[ours] for ours in talked), wrap, "wrap")

    def queue_names(self) -> list[str]:
        """Queues by their number."""
        return list(self.queues) or [self.stem]

    def parts(self, chunks_: Iterator[pd.DataFrame]) -> Iterator[Part]:
        """A part for each chunk; phantoms and repeated records are gone from it."""
        for chunk in chunks_:
            part = self._part(chunk)
            if part is not None:
                yield part

    def close(self) -> None:
        """Log what was left out in all chunks, and raise what was wrong in any."""
        count, words, lines = self.phantoms
        if count:
            self.found.repairs.count("phantom", count, lines, words=", ".join(map(shown, sorted(words)[:5])))
        self.found.problems.extend(unknown_words(self.unknown, self.layout.columns.get("outcome", ""), self.found.file))
        self.found.tell()

    def _part(self, chunk: pd.DataFrame) -> Part | None:
        import numpy as np

        chunk = self._once(chunk)
        names, found = self.layout.columns, self.found
        lines = chunk.index.to_numpy().astype(np.int64)
        arrival = stamps_of(chunk, self.layout, "arrival", found, self.order)
        ok = arrival.known
        if not ok.all():
            chunk, lines = chunk.loc[ok], lines[ok]
            arrival = arrival.take(ok)
        if not len(chunk):
            return None
        instant, wall = self._times(arrival.seconds, arrival.instant, lines)
        spans = {ours: column.read(chunk[column.column], lines, found) for ours, column in self.durations.items()}
        outcome = self._outcomes(chunk, lines)
        answered, ended = (self._other(chunk, ours, lines) for ours in ("answered_at", "ended_at"))
        outcome = _filled_in(outcome, answered, chunk, names)
        nothing = np.full(len(chunk), np.nan)
        wait = spans.get("wait", nothing)
        handle = spans.get("handle_time", nothing)
        wrap = np.nan_to_num(spans.get("wrap", nothing)) + self.wrap
        if "handle_time" not in spans and "talk" in spans:
            handle = spans["talk"] + np.nan_to_num(spans.get("hold", nothing)) + wrap
        if answered is not None:
            after = np.where(outcome == HANDLED, answered, ended if ended is not None else np.nan)
            wait = np.where(np.isnan(wait), self._between(instant, after, lines, "answered_at"), wait)
            if ended is not None:
                # Hold lies between the two moments, after-call work behind them.
                handle = np.where(np.isnan(handle), self._between(answered, ended, lines, "ended_at") + wrap, handle)
        part = Part(lines, instant, wall, self._queues(chunk), wait, np.where(outcome == HANDLED, handle, np.nan), outcome,
                     self._agents(chunk), spans.get("wrap", nothing))  # fmt: skip
        return self._counted(part, chunk)

    def _counted(self, part: Part, chunk: pd.DataFrame) -> Part:
        """The part without phantoms; the log counts those and who hung up at once."""
        import numpy as np

        phantom = part.outcome == PHANTOM
        if phantom.any():
            count, words, lines = self.phantoms
            words.update(chunk[self.layout.columns["outcome"]].to_numpy()[phantom])
            self.phantoms = (count + int(phantom.sum()), words, [*lines, *map(int, part.line[phantom])][:_LINES])
            part = part.take(~phantom)
        at_once = (part.outcome == ABANDONED) & (part.wait == 0)
        if at_once.any():
            self.found.repairs.count("hang_up", int(at_once.sum()), part.line[at_once][:_LINES])
        silent = part.outcome == UNKNOWN
        if silent.any() and "outcome" in self.known:
            self.found.repairs.count("no_outcome", int(silent.sum()), part.line[silent][:_LINES])
        short = (part.outcome == HANDLED) & np.isnan(part.handle)
        if short.any() and "handle_time" in self.known:
            self.found.repairs.count("no_handle_time", int(short.sum()), part.line[short][:_LINES])
        return part

    def _once(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """Records of one contact (or lines of one order) count once; they stand near each other in a file."""
        name = self.layout.columns.get("contact_id")
        if not name:
            return chunk
        cells = chunk[name]
        again = cells.duplicated() | cells.isin(self.last_ids)
        again &= cells != ""
        self.last_ids = set(cells.iloc[-20_000:])
        if again.any():
            self.found.repairs.count("same_contact", int(again.sum()), chunk.index[again][:_LINES], column=name)
            chunk = chunk.loc[~again]
        return chunk

    def _times(
        self, seconds: NDArray[np.int64], instant: NDArray[np.bool_], lines: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(instants, wall clocks) of stamps that are the one or the other."""
        import numpy as np

        low, high = int(seconds.min()), int(seconds.max())
        if self.zone is None or low < self.zone[0] or high > self.zone[1]:
            low, high = (low, high) if self.zone is None else (min(low, self.zone[0]), max(high, self.zone[1]))
            self.zone = (low, high, Zone(self.timezone, low, high))
        zone = self.zone[2]
        instants, skipped = zone.instants(seconds)
        skipped &= ~instant
        if skipped.any():
            self.found.repairs.count("skipped_hour", int(skipped.sum()), lines[skipped][:_LINES])
        instants = np.where(instant, seconds, instants)
        self.instants |= bool(instant.any())
        return instants, zone.wall(instants)

    def _other(self, chunk: pd.DataFrame, ours: str, lines: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """Instants [s since 1970] of another moment of the contact, NaN where the cell is empty."""
        import numpy as np

        if ours not in self.layout.columns:
            return None
        stamps = stamps_of(chunk, self.layout, ours, self.found, self.order, needed=False)
        result = np.full(len(chunk), np.nan)
        if stamps.known.any():
            at = stamps.take(stamps.known)
            result[stamps.known] = self._times(at.seconds, at.instant, lines[stamps.known])[0]
        return result

    def _between(
        self, start: NDArray[np.number], end: NDArray[np.float64], lines: NDArray[np.int64], ours: str
    ) -> NDArray[np.float64]:
        import numpy as np

        seconds = end - start
        with np.errstate(invalid="ignore"):
            backwards = seconds < 0
        if backwards.any():
            self.found.repairs.count("backwards", int(backwards.sum()), lines[backwards][:_LINES], column=self.layout.columns[ours])
        return np.where(backwards, np.nan, seconds)

    def _outcomes(self, chunk: pd.DataFrame, lines: NDArray[np.int64]) -> NDArray[np.int8]:
        import numpy as np

        name = self.layout.columns.get("outcome")
        if not name:
            return np.full(len(chunk), UNKNOWN, dtype=np.int8)
        return outcomes_of(chunk, name, self.words, OUTCOMES, self.unknown, lines)

    def _queues(self, chunk: pd.DataFrame) -> NDArray[np.int32]:
        import numpy as np
        import pandas as pd

        name = self.layout.columns.get("queue")
        if not name:
            return np.zeros(len(chunk), dtype=np.int32)
        codes, unique = pd.factorize(chunk[name])
        known = [self.queues.setdefault(str(text).strip() or self.stem, len(self.queues)) for text in unique]
        return np.array(known, dtype=np.int32)[codes]

    def _agents(self, chunk: pd.DataFrame) -> NDArray[np.int32]:
        """Numbers of agents from 1 in the order they appear; 0 for none."""
        import numpy as np
        import pandas as pd

        name = self.layout.columns.get("agent")
        if not name:
            return np.zeros(len(chunk), dtype=np.int32)
        codes, unique = pd.factorize(chunk[name].str.strip())
        known = [self.agents.setdefault(str(text), len(self.agents) + 1) if text else 0 for text in unique]
        return np.array(known, dtype=np.int32)[codes]


def _filled_in(
    outcome: NDArray[np.int8], answered: NDArray[np.float64] | None, chunk: pd.DataFrame, names: Mapping[str, str]
) -> NDArray[np.int8]:
    """Outcomes that no word says but the moment of the answer: answered or hung up."""
    import numpy as np

    silent = outcome == UNKNOWN
    if answered is None or "outcome" in names or not silent.any():
        return outcome
    return np.where(silent, np.where(np.isnan(answered), ABANDONED, HANDLED), outcome).astype(np.int8)


def _words(layout: Layout, columns: Mapping[str, str]) -> dict[str, str]:
    """Words of outcomes, `plain`: the usual ones, then the export's, then the planner's."""
    words = dict(outcome_words())
    if layout.export is not None:
        words.update({plain(word): outcome for outcome, many in layout.export.outcomes.items() for word in many})
    for ours, many in columns.items():
        if ours.startswith("outcome."):
            outcome = ours.removeprefix("outcome.")
            if outcome not in OUTCOMES:
                way_out = "Write one of: {outcomes}"
                values = {"outcomes": ", ".join(f"outcome.{name}" for name in OUTCOMES)}
                raise InputError(Problem("not an outcome of a contact", key="columns", value=ours, way_out=way_out, values=values))
            words.update({plain(word): outcome for word in many.replace("，", ",").replace("、", ",").split(",")})
    return words


def _no_arrival(layout: Layout, file: str) -> Problem:
    there = ", ".join(f"{ours}: {theirs}" for ours, theirs in layout.columns.items())
    way_out = "Found: {found}. Say which it is, e.g. columns: {{arrival: call_start}}"
    return Problem("no column for 'arrival'", key="columns", way_out=way_out, file=file, line=1, values={"found": there or "-"})
