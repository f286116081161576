"""Compiling: kernels that are cached on disk, release the GIL, and are made anew when a compiled module they call has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numba import njit

#: Where a variable that changes begins: with the literal 0, functions it is passed to would be compiled once more for just that.
ZERO: Any = np.int64(0)

#: Files of compiled modules that each one calls, those that they call included.
_CALLED: dict[str, set[str]] = {}

P = ParamSpec("P")
R = TypeVar("R")


def stamp(*files: str | Path | None) -> tuple[tuple[float, int], ...]:
    """What tells a change of any of these files."""
    return tuple((found.st_mtime, found.st_size) for found in (Path(file).stat() for file in files if file))


def kernel(*calls: str | Path | None, **options: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator that compiles a function for its first arguments, or loads it from the cache.

    Parameters
    ----------
    *calls
        ``__file__`` of the function's own module, then of every module with compiled functions or constants that it uses: numba's
        cache looks at the function's own file alone. What those use in turn is known from them.
    **options
        Of ``numba.njit``, e.g. ``error_model="numpy"``.
    """
    files = {str(file) for file in calls if file}
    for file in list(files):
        files |= _CALLED.get(file, set())
    if calls and calls[0]:
        _CALLED[str(calls[0])] = files
    mark = stamp(*sorted(files))

    def compile_with_stamp(function: Callable[P, R]) -> Callable[P, R]:
        compiled: Any = njit(cache=True, nogil=True, **options)(function)
        compiled._cache._cache_file._source_stamp = mark
        result: Callable[P, R] = compiled
        return result

    return compile_with_stamp
