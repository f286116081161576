"""Every kind of event, in the order in which events of one and the same microsecond happen.

All engines order events by (time, rank, contact, attempt). The ranks say: work that ends makes room before anything else happens;
then the shift changes; then contacts arrive; and whoever runs out of patience at the very moment an agent turns to them is
answered.
"""

from __future__ import annotations

from enum import IntEnum


class Rank(IntEnum):
    """Kinds of events; smaller ranks happen first."""

    HANG_UP = 0  # the talk ends and the line is free; after-call work goes on
    DEPARTURE = 1  # after-call work ends and the agent is free
    CLOSE = 2  # an open span ends
    INTERVAL = 3  # an interval of the plan begins, with its number of agents
    ARRIVAL = 4  # a contact's first attempt
    REDIAL = 5  # a later attempt
    ABANDON = 6  # patience runs out


_CONTACT_BITS, _ATTEMPT_BITS = 40, 8


def priority(rank: Rank, contact: int = 0, attempt: int = 0) -> int:
    """One number that orders events of equal time by (rank, contact, attempt)."""
    return (rank << (_CONTACT_BITS + _ATTEMPT_BITS)) | (contact << _ATTEMPT_BITS) | attempt
