"""A crowd part by part, for plays that keep no records: memory does not grow with the number of contacts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from wfm.core import draws
from wfm.simulate import drawing_kernel
from wfm.simulate.arguments import arguments
from wfm.simulate.arrivals_drawn import levels, responses
from wfm.simulate.centre import Centre
from wfm.simulate.crowd import merged
from wfm.simulate.model import Model

AT_ONCE = 1 << 14  # contacts of a type: what fits the processor's own memory
_FOREVER = (1 << 63) - 1


class Stream:
    """First attempts of one type in order of arrival; ``contacts`` are those at hand, [6, n] from arrival to ordinal.

    All that bursts bring is drawn beforehand.
    """

    def __init__(self, model: Model, seed: int, replication: int, kind: int, at_once: int = AT_ONCE) -> None:
        draws.check_key(seed=seed, replication=replication, type=kind)
        self._given, self._key, self._at_once = arguments(model), (seed, replication, kind), at_once
        given = self._given
        day_level, slot_level = levels(given, self._key, 1)
        self._expected = np.empty(len(given.start))
        drawing_kernel.expect(
            given.length, given.rate, given.day, given.day_cv, given.slot_cv, day_level[0], slot_level[0], self._key, self._expected
        )
        self._responses, _ = responses(given, self._key, 1)
        self._answered = 0  # how many of the responses are at hand already
        self._place, self._used = np.zeros(3, dtype=np.int64), np.zeros(1)
        self.contacts = np.empty((6, 0), dtype=np.int64)
        self.drawn = False  # whether all there are have been at hand

    @property
    def sure_until(self) -> int:
        """Everybody who arrives before this moment is at hand."""
        return _FOREVER if self.drawn else int(self.contacts[0, -1])

    def go_on(self) -> None:
        """Bring more to hand, behind those there are."""
        given, left = self._given, self.contacts.shape[1]
        room = np.empty((6, left + self._at_once), dtype=np.int64)
        room[:, :left] = self.contacts
        count = drawing_kernel.fill(
            given.start, given.length, given.day, self._expected, given.tilt, given.aht, self._key, given.handle_law,
            given.patience_law, self._place, self._used, *room[:, left:],
        )  # fmt: skip
        self.drawn = count < self._at_once
        until = self._responses.shape[1]
        if not self.drawn:
            until = int(np.searchsorted(self._responses[0], room[0, left + count - 1]))
        self.contacts = room[:, : left + count]
        if until > self._answered:
            self.contacts = np.empty((6, left + count + until - self._answered), dtype=np.int64)
            self.contacts[:, : left + count] = room[:, : left + count]
            drawing_kernel.merge(self._responses, self._answered, until, left + count, self.contacts)
            self._answered = until

    def take(self, moment: int) -> NDArray[np.int64]:
        """Those who arrive before a moment; they are at hand no more."""
        count = int(np.searchsorted(self.contacts[0], moment))
        taken, self.contacts = self.contacts[:, :count], self.contacts[:, count:]
        return taken


def stream(centre: Centre, seed: int, replication: int, at_once: int = AT_ONCE) -> Iterator[tuple[NDArray[np.int64], bool]]:
    """Columns of `wfm.simulate.crowd.Crowd` part by part, and whether a part is the last; together those of the whole.

    A part ends before the first moment that is not yet sure of any type; where more contacts of a type than ``at_once`` arrive in
    one microsecond, it becomes so much longer.
    """
    streams = [Stream(kind, seed, replication, number, at_once) for number, kind in enumerate(centre.kinds)]
    final = False
    while not final:
        for each in streams:
            while not each.drawn and (each.contacts.shape[1] == 0 or each.contacts[0, 0] == each.contacts[0, -1]):
                each.go_on()
        sure = min(each.sure_until for each in streams)
        final = all(each.drawn for each in streams)
        yield merged([list(each.take(sure)) for each in streams]), final
