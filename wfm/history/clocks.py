"""Wall clocks of a zone as instants and back, a million at once: by the moments at which its offset changes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)  # noqa: UP017


class Zone:
    """The offsets of a zone between two instants [s since 1970]."""

    def __init__(self, timezone: str, first: int, last: int) -> None:
        import numpy as np

        zone = ZoneInfo(timezone)

        def offset(second: int) -> int:
            return round((_EPOCH + dt.timedelta(seconds=second)).astimezone(zone).utcoffset().total_seconds())  # type: ignore[union-attr]

        day = 86400
        at = first - 2 * day
        changes, offsets = [], [offset(at)]
        while at < last + 2 * day:
            after = at + day
            if offset(after) != offsets[-1]:
                low, high = at, after
                while high - low > 1:
                    middle = (low + high) // 2
                    low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
                changes.append(high)
                offsets.append(offset(after))
            at = after
        self._changes = np.array(changes, dtype=np.int64)
        self._offsets = np.array(offsets, dtype=np.int64)

    def wall(self, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Wall-clock seconds of instants."""
        import numpy as np

        return instants + self._offsets[np.searchsorted(self._changes, instants, side="right")]

    def instants(self, wall: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(instants, skipped) of a wall clock: a repeated hour as its first run, a skipped one at the moment of the change."""
        import numpy as np

        before, after = self._offsets[:-1], self._offsets[1:]
        at = np.searchsorted(self._changes + before, wall, side="right")
        instants = wall - self._offsets[at]
        skipped = np.zeros(len(wall), dtype=bool)
        for change, old, new in zip(self._changes, before, after, strict=True):
            if new > old:
                here = (wall >= change + old) & (wall < change + new)
                skipped |= here
                instants = np.where(here, change, instants)
        return instants, skipped

    def repeated(self, wall: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """(which wall clocks stand twice, the instants of their second run; those of others mean nothing)."""
        import numpy as np

        twice = np.zeros(len(wall), dtype=bool)
        second = np.zeros(len(wall), dtype=np.int64)
        for change, old, new in zip(self._changes, self._offsets[:-1], self._offsets[1:], strict=True):
            if new < old:
                here = (wall >= change + new) & (wall < change + old)
                twice |= here
                second[here] = wall[here] - new
        return twice, second
