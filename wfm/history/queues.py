"""What queues are called in everything that is written: as the file has it, unless that is a number or the name of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wfm.core.masking import HIDDEN, masked, personal

if TYPE_CHECKING:
    from wfm.history.repairs import Repairs

#: What `columns` says of the queue where each file is one: ``{queue: file}``.
BY_FILE = "file"


class QueueNames:
    """Names of queues as they are shown, the same in all files of a history.

    A queue called by a telephone number and the like becomes ``queue 1``, ``queue 2``, ... in the order they appear; where the
    column is one of people (`wfm.core.masking.personal`), each becomes ``person 1``, ``person 2``, ...
    """

    def __init__(self) -> None:
        self._shown: dict[str, str] = {}
        self._hidden: list[str] = []

    def shown(self, names: Iterable[str], column: str = "") -> list[str]:
        """The names to show for those of a file's ``column``."""
        names = list(names)
        taken = {*names, *self._shown.values()}
        for name in names:
            if name in self._shown:
                continue
            hidden = HIDDEN if personal(column) else masked(name)
            if hidden == name:
                self._shown[name] = name
                continue
            word, count = "person" if personal(column) else "queue", len(self._hidden) + 1
            while (stand_in := hidden.replace(HIDDEN, f"{word} {count}")) in taken:
                count += 1
            taken.add(stand_in)
            self._hidden.append(stand_in)
            self._shown[name] = stand_in
        return [self._shown[name] for name in names]

    def asked(self, queue: str | None) -> str | None:
        """The queue a planner asks for, by either of its names."""
        return queue if queue is None else self._shown.get(queue, queue)

    def tell(self, repairs: Repairs) -> None:
        """Log what was hidden."""
        if self._hidden:
            shown = ", ".join(self._hidden[:3]) + (", ..." if len(self._hidden) > 3 else "")
            repairs.add("queue_hidden", count=len(self._hidden), shown=shown)


def by_file(columns: Mapping[str, str], headers: Iterable[str]) -> bool:
    """Whether the planner asks for a queue a file, and no column is called so."""
    return columns.get("queue") == BY_FILE and BY_FILE not in headers
