"""Files written whole or not at all: in a folder of their own beside their places, then renamed.

Whoever is killed meanwhile leaves earlier files as they were, and a folder ``.wfm-...`` that the next writer sweeps away: a lock in
it, held while its writer lives, tells a dead writer's folder from a busy one's.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from wfm.core.interrupt import heed

_PREFIX = ".wfm-"
_LOCK = "lock"


def write_files(contents: Mapping[Path, bytes], *, remove: Iterable[Path] = ()) -> None:
    """Write files, parent folders made where absent.

    Nothing is renamed before everything is written; renames follow the order of ``contents``.

    Parameters
    ----------
    contents
        Path to bytes.
    remove
        Files that go once the new ones stand; those that are not there are left out.

    Raises
    ------
    OSError
        A folder cannot be made or a file not be written; files of before stay as they were.
    KeyboardInterrupt
        Ctrl-C was pressed before and got lost; nothing is written.
    """
    if not contents:
        return
    heed()
    root = Path(os.path.commonpath([path.absolute().parent for path in contents]))
    made = list[Path]()
    try:
        _make(root, made)
        sweep(root)
        with _desk(root) as desk:
            ready = {path: desk / f"{count}" for count, path in enumerate(contents)}
            for path, content in contents.items():
                with _told_of(path):
                    ready[path].write_bytes(content)
            for folder in sorted({path.absolute().parent for path in contents}):
                _make(folder, made)
            for path, written in ready.items():
                with _told_of(path):
                    os.replace(written, path)
            for path in remove:
                path.unlink(missing_ok=True)
    except BaseException:
        # Whoever was interrupted finds no folder that was not there before, unless a file stands in it already.
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()
        raise


def _make(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it, and add to ``made`` what was not there."""
    for place in reversed([folder, *folder.parents]):
        if place.is_dir():
            continue
        try:
            place.mkdir()
        except FileExistsError:
            if not place.is_dir():
                raise
        else:
            made.append(place)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """What the disk refuses about something staged is told of the file that it was to become, or of the folder around it."""
    try:
        yield
    except OSError as error:
        # Windows keeps files that a spreadsheet has open.
        hint = "; is it open in another program?" if isinstance(error, PermissionError) else ""
        raise OSError(error.errno, f"{error.strerror}{hint}", str(path)) from None


def sweep(folder: Path) -> None:
    """Remove what killed writers left in a folder; what a living one still writes stays."""
    for desk in sorted(folder.glob(f"{_PREFIX}*")):
        lock = desk / _LOCK
        if not desk.is_dir():
            continue
        if not lock.exists():
            # Its writer died, or lives and is about to lock it: only an empty folder goes, and the living one makes another.
            with suppress(OSError):
                desk.rmdir()
        elif _abandoned(lock):
            shutil.rmtree(desk, ignore_errors=True)


@contextmanager
def _desk(root: Path) -> Iterator[Path]:
    """A locked folder to write in, gone afterwards."""
    while True:
        with _told_of(root):
            desk = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
        try:
            handle = os.open(desk / _LOCK, os.O_CREAT | os.O_RDWR)
        except FileNotFoundError:
            continue
        break
    try:
        _hold(handle)
        yield desk
    finally:
        os.close(handle)
        shutil.rmtree(desk, ignore_errors=True)


if sys.platform == "win32":

    def _hold(handle: int) -> None:
        """An open file is a lock there: nobody can remove it."""

    def _abandoned(lock: Path) -> bool:
        try:
            lock.unlink()
        except OSError:
            return False
        return True

else:
    import fcntl

    def _hold(handle: int) -> None:
        # Some network drives know no locks; then a sweep cannot tell the dead from the living and leaves both.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _abandoned(lock: Path) -> bool:
        """Whether nobody holds the lock any more."""
        try:
            handle = os.open(lock, os.O_RDWR)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(handle)
        return True
