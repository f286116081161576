"""Which past days a history is forecast from, and how far ahead it can be judged."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wfm.core.errors import InputError, Problem

ORIGINS = 12
# Before this many weeks no baseline of four weeks is one, and a weekday was hardly seen.
WEEKS_SEEN = 8
# Who names days gets them, down to a history of this many weeks.
WEEKS_NAMED = 2


@dataclass(frozen=True)
class Dropped:
    """A horizon that the history is too short for.

    Attributes
    ----------
    horizon, leads
        Its name and its last lead.
    needed
        Open days that the history would need.
    """

    horizon: str
    leads: int
    needed: int


def horizons_of(texts: Sequence[str], open_weekdays: int) -> dict[str, int]:
    """Names of horizons to their last lead: ``1d`` 1, ``1w`` the open days of a week, ``4w`` four times that, ``28`` 28.

    Raises
    ------
    InputError
        A text that is no horizon.
    """
    found = {}
    for text in texts:
        match = re.fullmatch(r"(\d{1,3})\s*([dw]?)", text.strip().lower())
        if not match or int(match[1]) < 1:
            raise InputError(Problem("not a horizon", key="--horizons", value=text, way_out="Write 1d,1w,4w or 1,7,28 (open days)"))
        found[text.strip()] = int(match[1]) * (open_weekdays if match[2] == "w" else 1)
    return found


def judged_horizons(
    days: Sequence[date],
    horizons: Mapping[str, int],
    *,
    origins: int | None = None,
    first: date | None = None,
    last: date | None = None,
    every: int | None = None,
) -> tuple[dict[str, int], tuple[Dropped, ...]]:
    """The horizons (name to last lead) whose last lead is known after at least one origin, and the others.

    Raises
    ------
    InputError
        None is left, as told by `origins_of` for the shortest.
    """
    if last is None:
        begin = _earliest(days, first)
    else:
        named = origins_of(days, min(horizons.values()), origins=origins, first=first, last=last, every=every)
        begin = days.index(named[0])
    needed = {name: begin + 1 + leads for name, leads in horizons.items()}
    kept = {name: leads for name, leads in horizons.items() if needed[name] <= len(days)}
    if not kept:
        shortest = min(horizons.values())
        if first is not None and last is None:
            origins_of(days, shortest, origins=origins, first=first, every=every)
        raise _too_short(days, shortest, begin + 1 + shortest)
    return kept, tuple(Dropped(name, leads, needed[name]) for name, leads in horizons.items() if name not in kept)


def origins_of(
    days: Sequence[date],
    leads: int,
    *,
    origins: int | None = None,
    first: date | None = None,
    last: date | None = None,
    every: int | None = None,
) -> list[date]:
    """Last days seen, of the open ``days`` of a history.

    Without ``last`` an origin has all its ``leads`` within the history. Without ``first`` the last ``origins`` (12) are taken, and
    without ``every`` they are spread over the later half, never whole weeks apart, so that each weekday comes to be lead 1.

    Raises
    ------
    InputError
        No origin is left, or the history is too short.
    """
    final = len(days) - 1 - leads
    earliest = _earliest(days, first)
    if first is not None or last is not None:
        span = [i for i in range(earliest, len(days) - 1) if (days[i] <= last if last is not None else i <= final)]
        step = every or 1
        chosen = span[::step] if first is not None else span[::-1][::step][::-1]
        chosen = chosen[-origins:] if origins else chosen
        if not chosen:
            raise InputError(
                Problem(
                    "no day from {first} to {last} can be an origin: it needs {weeks} weeks before and {leads} open days after it",
                    key="--from",
                    way_out="The history has {days} open days from {start} to {end}: choose others, or shorter --horizons",
                    values={
                        "first": first or days[0],
                        "last": last or days[-1],
                        "weeks": WEEKS_SEEN if first is None else WEEKS_NAMED,
                        "leads": leads,
                        "days": len(days),
                        "start": days[0],
                        "end": days[-1],
                    },
                )
            )
        return [days[i] for i in chosen]
    if final < earliest:
        raise _too_short(days, leads, earliest + 1 + leads)
    week = len({day.weekday() for day in days})
    count = origins or ORIGINS
    step = every or _spread(max(final - max(earliest, len(days) // 2), 0), count, week)
    return [days[i] for i in range(final, earliest - 1, -step)][:count][::-1]


def _earliest(days: Sequence[date], first: date | None) -> int:
    """Place of the first day that may be an origin."""
    week = max(len({day.weekday() for day in days}), 1)
    if first is None:
        return WEEKS_SEEN * week - 1
    return max(WEEKS_NAMED * week - 1, sum(day < first for day in days))


def _too_short(days: Sequence[date], leads: int, needed: int) -> InputError:
    return InputError(
        Problem(
            "{days} open days are too few to judge {leads} days ahead: {needed} are needed",
            key="history",
            way_out="Ask for shorter --horizons, or for given days with --from",
            values={"days": len(days), "leads": leads, "needed": needed},
        )
    )


def _spread(room: int, count: int, week: int) -> int:
    """Days between origins: as far apart as the room allows, but coprime with the week."""
    from math import gcd

    step = max(1, room // max(count - 1, 1))
    while gcd(step, week) != 1:
        step -= 1
    return step
