"""What the exports of known systems call their columns: dated maps from their headers to ours, and which system a file is from.

The maps are data (``wfm/history/data/*.toml``), each with the documentation page it was read from. A spelling that no page
confirms is listed as unconfirmed there and in ``docs/history.md``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from wfm.core.errors import InputError, Problem

Grain = Literal["interval", "day", "contact", "order"]

SUMS = ("offered", "handled", "abandoned", "answered_within", "handle_time", "talk_time", "hold_time", "wrap_time")
MEANS = ("aht", "mean_talk", "mean_hold", "mean_wrap")
SHARES = ("answer_rate", "abandon_rate", "sl_offered")


@dataclass(frozen=True)
class Export:
    """One report of one system, and which of its columns is which of ours.

    Attributes
    ----------
    name
        What ``demand.history.export`` names it.
    vendor, zh
        The system, in English and in Chinese.
    report
        Which report, view or interface of it.
    source, date
        The documentation page, and when it was read.
    grain
        What a row is: an ``interval`` or a ``day`` of a queue, one ``contact``, or one ``order`` (orders are counted).
    columns
        Our name to the headers the export uses, the likeliest first.
    units
        Our name to the unit of its cells where that is not the usual one: times ``s`` (usual), ``ms``, ``min`` or ``hms``; shares
        ``share`` (usual), or ``percent`` (0 to 100); instants a wall clock (usual), ``utc`` (a clock in UTC), ``epoch_s`` or
        ``epoch_ms``.
    distinctive
        Headers that together give the export away; empty where nothing does.
    unconfirmed
        Headers of ``columns`` that no page confirms.
    notes
        What a planner has to know about its numbers.
    outcomes
        Of contacts: outcome to the words this export has for it, where they differ from the usual ones.
    """

    name: str
    vendor: str
    zh: str
    report: str
    source: str
    date: str
    grain: Grain
    columns: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]
    distinctive: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    notes: str = ""
    outcomes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, headers: Iterable[str]) -> dict[str, str]:
        """Our names to the file's own, of the columns that are there; a header serves once."""
        there = {plain(header): header for header in reversed(list(headers))}
        found: dict[str, str] = {}
        taken: set[str] = set()
        for ours, spellings in self.columns.items():
            known = next((plain(name) for name in spellings if plain(name) in there and plain(name) not in taken), None)
            if known is not None:
                found[ours] = there[known]
                taken.add(known)
        return found


def plain(header: str) -> str:
    """A header without what spellings differ in: case, blanks, underscores, hyphens, full-width letters, the unit behind it.

    >>> plain("Interval Start") == plain("interval_start") == plain("IntervalStart")
    True
    """
    text = str(header)
    # Again, since folding and leaving blanks out may bring back what normalizing took away.
    for _ in range(3):
        text = re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", text).casefold())
    return text


@cache
def exports() -> tuple[Export, ...]:
    """Every known export, by name; the generic ones are among them."""
    import tomllib
    from importlib.resources import files

    known: list[Export] = []
    for file in files("wfm.history").joinpath("data").iterdir():
        if file.name.endswith(".toml"):
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            shared = {key: content.get(key, "") for key in ("vendor", "zh", "date", "source")}
            known.extend(_export(name, {**shared, **entry}) for name, entry in content.get("exports", {}).items())
    return tuple(sorted(known, key=lambda one: one.name))


def _export(name: str, entry: Mapping[str, Any]) -> Export:
    return Export(
        name=name,
        vendor=entry["vendor"],
        zh=entry["zh"],
        report=entry.get("report", ""),
        source=entry["source"],
        date=entry["date"],
        grain=entry["grain"],
        columns={ours: tuple(headers) for ours, headers in entry["columns"].items()},
        units=entry.get("units", {}),
        distinctive=tuple(entry.get("distinctive", ())),
        unconfirmed=tuple(entry.get("unconfirmed", ())),
        notes=entry.get("notes", ""),
        outcomes={outcome: tuple(words) for outcome, words in entry.get("outcomes", {}).items()},
    )


@cache
def outcome_words() -> dict[str, str]:
    """The usual words for how a contact ended, `plain`, to ``handled``, ``abandoned``, ``blocked``, ``left`` or ``phantom``."""
    import tomllib
    from importlib.resources import files

    content = tomllib.loads(files("wfm.history").joinpath("data/outcomes.toml").read_text(encoding="utf-8"))
    return {plain(word): outcome for outcome, words in content["outcomes"].items() for word in words}


def export(name: str) -> Export:
    """The export of that name; case, blanks, hyphens and underscores do not matter.

    Raises
    ------
    InputError
        There is none; the known names are told.
    """
    for one in exports():
        if plain(one.name) == plain(name):
            return one
    known = ", ".join(one.name for one in exports())
    raise InputError(
        Problem(
            "no export of this name is known",
            key="demand.history.export",
            value=name,
            way_out="Write one of: {known}; or name the columns yourself with `columns`",
            values={"known": known},
        )
    )


def recognise(headers: Iterable[str]) -> Export | None:
    """The export these headers give away; None where none does or several do equally."""
    there = {plain(header) for header in headers}
    fits = [one for one in exports() if one.distinctive and {plain(name) for name in one.distinctive} <= there]
    if not fits:
        return None
    most = max(len(one.distinctive) for one in fits)
    best = [one for one in fits if len(one.distinctive) == most]
    return best[0] if len(best) == 1 else None
