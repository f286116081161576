"""``extends: base.yaml``: one scenario file on another, never outside the folder tree of the file that is read."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wfm.core.errors import InputError, Phrase, Problem
from wfm.scenario.document import BYTES_MAX, Document, KeyPath, Place
from wfm.scenario.migration import migrated
from wfm.scenario.overrides import merged

#: Files that may stand on each other, the first one not counted.
DEPTH_MAX = 5

#: Keys that hold a path; a relative one starts at the folder of the file that writes it.
PATHS: tuple[KeyPath, ...] = (("demand", "history", "file"), ("contact", "fit", "file"))

_KEY = ("extends",)
_WAY_OUT = Phrase("Write a path below the folder of {root}, such as extends: base.yaml")
_DRIVE = re.compile(r"[A-Za-z]:")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")

Read = Callable[[Path, str], Document]


def resolved(root: Path, file: str, read: Read) -> tuple[Document, tuple[Problem, ...]]:
    """The file with everything it builds on, in the current version, and notices of what was renamed.

    Parameters
    ----------
    root
        The file; everything it builds on lies in its folder or below.
    file
        Its name in messages.
    read
        Reads one file: ``read(path, name in messages)``.

    Raises
    ------
    InputError
        A file of the chain is broken, missing, outside of the folder, builds on itself, or the chain is too long.
    """
    tree = root.parent.resolve()
    chain: list[tuple[Document, Path]] = [(read(root, file), tree / root.name)]
    while (name := chain[-1][0].values.get(_KEY[0])) is not None:
        document, here = chain[-1]
        path, shown = _next(name, document, here, tree, root.name)
        if any(path == seen for _, seen in chain):
            raise _refused(
                document, name, Phrase("the files build on each other in a circle"), Phrase("Take extends out of one of them")
            )
        if len(chain) > DEPTH_MAX:
            raise _refused(
                document,
                name,
                Phrase("more than {most} files build on each other"),
                Phrase("Bring some of them together"),
                most=DEPTH_MAX,
            )
        try:
            chain.append((_read(read, path, _beside(file, shown), document, name), path))
        except InputError as error:
            # The file that is read has its say before those it builds on.
            asked = chain[0][0].values.get("language")
            error.language = ("en" if asked == "en" else "zh") if asked is not None else error.language
            raise
        if sum(each.size for each, _ in chain) > BYTES_MAX * (1 if root.suffix.lower() in (".yaml", ".yml") else 100):
            raise _refused(document, name, Phrase("the files together have more than {most} bytes, which is not a scenario"),
                           Phrase("Put data into a csv file"), most=f"{BYTES_MAX:,}")  # fmt: skip
    return _together(chain, tree)


def _together(chain: list[tuple[Document, Path]], tree: Path) -> tuple[Document, tuple[Problem, ...]]:
    values: dict[str, Any] = {}
    places: Mapping[KeyPath, Place] = {}
    notices: list[Problem] = []
    version: int | None = None
    for document, path in reversed(chain):
        current, version, told = migrated(document, version)
        notices.extend(told)
        own = {key: value for key, value in current.values.items() if key != _KEY[0]}
        folder = path.parent.relative_to(tree).as_posix() if path.parent != tree else ""
        own = _paths_from(own, folder)
        # The first file stands on nothing that its nulls could drop.
        values, places = merged((values, places), (own, current.places)) if values else (own, current.places)
    first = chain[0][0]
    problems = tuple(problem for each, _ in chain for problem in each.problems)
    return Document(first.file, values, dict(places), sum(each.size for each, _ in chain), problems), tuple(notices)


def _next(name: object, document: Document, here: Path, tree: Path, root: str) -> tuple[Path, str]:
    """The file that ``extends`` names, and how to call it from the root's folder."""
    if not isinstance(name, str) or not name.strip() or any(ord(sign) < 32 for sign in name):
        raise _refused(document, name, Phrase("extends names one file"), _WAY_OUT, root=root)
    text = name.strip().replace("\\", "/")
    if text.startswith(("/", "~")) or _DRIVE.match(text) or _ADDRESS.match(text) or "$" in text or "%" in text:
        plain = Phrase("extends is a plain path from this file: no address, no absolute path, no ~, no variable")
        raise _refused(document, name, plain, _WAY_OUT, root=root)
    try:
        path = (here.parent / text).resolve()
    except (OSError, ValueError, RuntimeError):
        raise _refused(document, name, Phrase("this is no path of a file"), _WAY_OUT, root=root) from None
    lexical = posixpath.normpath(posixpath.join(here.parent.relative_to(tree).as_posix(), text))
    if lexical.startswith("..") or not path.is_relative_to(tree):
        raise _refused(document, name, Phrase("extends leads out of the folder of {root}"), _WAY_OUT, root=root)
    return path, lexical


def _read(read: Read, path: Path, shown: str, document: Document, name: object) -> Document:
    if not path.exists():
        raise _refused(
            document,
            name,
            Phrase("the file it builds on is not there"),
            Phrase("Check the path: it starts at the folder of this file"),
        )
    return read(path, shown)


def _refused(document: Document, name: object, message: str, way_out: str, **values: object) -> InputError:
    place = document.places.get(_KEY, Place(document.file))
    return InputError(Problem(message, _KEY[0], name, way_out, place.file, place.line, values))


def _beside(file: str, shown: str) -> str:
    folder = Path(file).parent
    return str(folder / shown) if str(folder) != "." else shown


def _paths_from(values: dict[str, Any], folder: str) -> dict[str, Any]:
    """The same values, relative paths in them written from the root's folder."""
    if not folder:
        return values
    for path in PATHS:
        section: Any = values
        for part in path[:-1]:
            section = section.get(part) if isinstance(section, Mapping) else None
        written = section.get(path[-1]) if isinstance(section, Mapping) else None
        if isinstance(written, str):
            values = _with(values, path, _from(folder, written))
        elif isinstance(written, list):
            values = _with(values, path, [_from(folder, name) if isinstance(name, str) else name for name in written])
    return values


def _from(folder: str, name: str) -> str:
    """A relative path of a file in ``folder``; others, and stdin, stay."""
    return name if name == "-" or name.startswith(("/", "\\", "~")) or _DRIVE.match(name) else posixpath.join(folder, name)


def _with(values: dict[str, Any], path: KeyPath, value: object) -> dict[str, Any]:
    key = str(path[0])
    return {**values, key: value if len(path) == 1 else _with(values[key], path[1:], value)}
