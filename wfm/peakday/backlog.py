"""The backlog of a day: when more contacts wait than the agents on duty answer in time, how deep it is, and when it clears."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: Contacts below which a backlog is none: rounding, not a queue.
NONE = 0.01


@dataclass(frozen=True)
class Backlog:
    """The deepest backlog of a day.

    Attributes
    ----------
    at, contacts
        The minute in which most contacts wait beyond those that the agents on duty answer within the target's time, and how many.
    waiting
        All contacts waiting then.
    cleared
        First minute after it without a backlog; None where there is one until the end.
    last
        First minute from which there is none for the rest of that open span; None as for ``cleared``.
    minutes
        Minutes of the day with a backlog.
    end
        Until when it was looked at: closing, or some hours after the day.
    """

    at: pd.Timestamp
    contacts: float
    waiting: float
    cleared: pd.Timestamp | None
    last: pd.Timestamp | None
    minutes: int
    end: pd.Timestamp


def backlog(minutes: pd.DataFrame, column: str) -> Backlog | None:
    """The backlog that a way of computing sees.

    Parameters
    ----------
    minutes
        ``start``, ``span`` (number of the open span), ``own`` (whether the minute is the day's), ``reach`` (contacts that agents
        on duty answer within the target's time: agents x T / aht), and the mean contacts waiting.
    column
        Where those stand, e.g. ``queue_transient``.

    Returns
    -------
    Backlog or None
        None where never more contacts wait than are answered in time.
    """
    beyond = minutes[column] - minutes["reach"]
    own = minutes["own"] & (beyond > NONE)
    if not own.any():
        return None
    deepest = int(beyond.where(minutes["own"]).to_numpy(float, na_value=float("-inf")).argmax())
    after = minutes[(minutes["span"] == minutes["span"].iloc[deepest]) & (minutes.index >= minutes.index[deepest])]
    over = (beyond[after.index] > NONE).to_numpy()
    starts = after["start"].tolist()
    cleared = next((start for start, more in zip(starts, over, strict=True) if not more), None)
    still = [place for place, more in enumerate(over) if more][-1]
    return Backlog(
        at=minutes["start"].iloc[deepest],
        contacts=float(beyond.iloc[deepest]),
        waiting=float(minutes[column].iloc[deepest]),
        cleared=cleared,
        last=starts[still + 1] if still + 1 < len(starts) else None,
        minutes=int(own.sum()),
        end=starts[-1],
    )
