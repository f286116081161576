"""Every kind of event, in the order in which events of one and the same microsecond happen.

All engines order events by (time, rank, contact, attempt, leg). The ranks say: work that ends makes room before anything else
happens; then the shift changes; then contacts arrive, or may overflow to other groups; and whoever runs out of patience at the very
moment an agent turns to them is answered.
"""

from __future__ import annotations

from enum import IntEnum


class Rank(IntEnum):
    """Kinds of events; smaller ranks happen first."""

    HANG_UP = 0  # the talk ends and the line is free; after-call work goes on
    DEPARTURE = 1  # after-call work ends and the agent is free
    CLOSE = 2  # an open span ends
    INTERVAL = 3  # a span opens, agents come and go
    ARRIVAL = 4  # a contact's first attempt
    REDIAL = 5  # a later attempt
    OVERFLOW = 6  # a contact has waited long enough for another group
    ABANDON = 7  # patience runs out


RETURNS_MAX = 250  # a contact is not sent back into its queue more often: legs of an attempt have eight bits
RANK_SHIFT, CONTACT_SHIFT, ATTEMPT_SHIFT = 56, 16, 8


def priority(rank: Rank, contact: int = 0, attempt: int = 0, leg: int = 0) -> int:
    """One number that orders events of equal time by (rank, contact, attempt, leg)."""
    return (rank << RANK_SHIFT) | (contact << CONTACT_SHIFT) | (attempt << ATTEMPT_SHIFT) | leg
