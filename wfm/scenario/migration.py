"""Older versions of the file format: what was renamed since, and how a file is brought up to date.

A file says its version in ``wfm: N``. Each step leads from one version to the next; a file is read as if its steps had been made,
and says so in a notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wfm.core.errors import InputError, Problem
from wfm.scenario.document import Document, KeyPath, Place, dotted

#: The version this wfm writes.
CURRENT = 2


@dataclass(frozen=True)
class Rename:
    """A key that has another name since: the whole old path, and the new last part."""

    old: tuple[str, ...]
    new: str


#: Version to what changes on the way to the next one.
STEPS: Mapping[int, tuple[Rename, ...]] = {1: (Rename(("demand", "history", "csv"), "file"),)}


def migrated(document: Document, inherited: int | None = None) -> tuple[Document, int, tuple[Problem, ...]]:
    """A document in the current version, the version it was written in, and a notice for each key that has another name now.

    Parameters
    ----------
    document
        As written. Where it names no version, it counts as ``inherited``, the version of the file it builds on.

    Raises
    ------
    InputError
        Its version is no number, or one of the future.
    """
    version = _version(document, inherited)
    values, places, notices = document.values, dict(document.places), list[Problem]()
    for step in range(version, CURRENT):
        for rename in STEPS[step]:
            if _value_at(values, rename.old) is _NOTHING:
                continue
            values = _renamed(values, rename.old, rename.new)
            place = places.get(rename.old, Place(document.file))
            places = {_moved(path, rename): where for path, where in places.items()}
            notices.append(_notice(rename, place, version))
    if "wfm" in values:
        values = {**values, "wfm": CURRENT}
    return replace(document, values=values, places=places), version, tuple(notices)


def renamed_since(path: KeyPath) -> str:
    """The name a key of an older version has now, or ""."""
    return next((rename.new for renames in STEPS.values() for rename in renames if rename.old == path), "")


def rewritten(text: str, document: Document) -> str:
    """The file's own text in the current version: keys and version exchanged where they stand, all else (comments too) as it was.

    Parameters
    ----------
    text
        The file as it stands, of which ``document`` was read.
    """
    version = _version(document, None)
    edits: list[tuple[Place, str, str]] = []
    for step in range(version, CURRENT):
        for rename in STEPS[step]:
            if _value_at(document.values, rename.old) is not _NOTHING:
                edits.append((document.places[rename.old], rename.old[-1], rename.new))  # noqa: PERF401
    lines = text.splitlines(keepends=True)
    for place, old, new in edits:
        _exchange(lines, place, old, new)
    if version != CURRENT:
        _exchange(lines, document.places["wfm",], str(version), str(CURRENT))
    return "".join(lines)


_NOTHING = object()


def _version(document: Document, inherited: int | None) -> int:
    place = document.places.get(("wfm",), Place(document.file))
    # A missing version is told with the file's other problems.
    version = document.values.get("wfm", inherited or CURRENT)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise InputError(Problem("the version of the file format is a whole number from 1 to {current}", "wfm", version,
                                 "Write wfm: {current}", place.file, place.line, {"current": CURRENT}))  # fmt: skip
    if version > CURRENT:
        raise InputError(Problem("this file is written for a newer wfm: version {version} of the file format, known: {current}",
                                 "wfm", None, "Install a newer wfm, or write the file for wfm: {current}",
                                 place.file, place.line, {"version": version, "current": CURRENT}))  # fmt: skip
    return version


def _notice(rename: Rename, place: Place, version: int) -> Problem:
    return Problem("version {version} of the file format called this key {old}; it is {new} now, and was read as that",
                   dotted(rename.old), None, "Write wfm: {current} and {new}, or have it done: wfm check --migrate FILE",
                   place.file, place.line,
                   {"version": version, "old": rename.old[-1], "new": rename.new, "current": CURRENT})  # fmt: skip


def _value_at(values: object, path: KeyPath) -> object:
    for part in path:
        if not isinstance(values, Mapping) or part not in values:
            return _NOTHING
        values = values[part]
    return values


def _renamed(values: dict[str, Any], path: tuple[str, ...], new: str) -> dict[str, Any]:
    """The same mapping, the key in its old position under its new name. A new name that stands there already is kept."""
    if len(path) > 1:
        return {**values, path[0]: _renamed(values[path[0]], path[1:], new)}
    if new in values:
        return {key: value for key, value in values.items() if key != path[0]}
    return {new if key == path[0] else key: value for key, value in values.items()}


def _moved(path: KeyPath, rename: Rename) -> KeyPath:
    depth = len(rename.old)
    return (*rename.old[:-1], rename.new, *path[depth:]) if path[:depth] == rename.old else path


def _exchange(lines: list[str], place: Place, old: str, new: str) -> None:
    """Write ``new`` for the first ``old`` at or after a place."""
    line, column = place.line - 1, place.column - 1
    while line < len(lines):
        at = lines[line].find(old, column)
        if at >= 0:
            lines[line] = lines[line][:at] + new + lines[line][at + len(old) :]
            return
        line, column = line + 1, 0
