"""Builds and loads `erlang_twin.c`, where there is a C compiler."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

FLAGS = ("-O3", "-march=native", "-ffp-contract=fast", "-fPIC", "-shared")
_PIECES, _DEGREE = 128, 7
_DOUBLES = ctypes.POINTER(ctypes.c_double)


class Twin:
    """The compiled C functions over arrays; `build` makes one."""

    def __init__(self, library: ctypes.CDLL, compiler: str) -> None:
        self._library = library
        self.compiler = compiler

    def blocking(self, n: Any, a: Any) -> Any:
        return self._call("blocking_each", n, a)

    def service_level(self, n: Any, a: Any, within: Any) -> Any:
        return self._call("service_level_each", n, a, within)

    def service_level_by_recursion(self, n: Any, a: Any, within: Any) -> Any:
        return self._call("service_level_by_recursion_each", n, a, within)

    def _call(self, name: str, *arrays: Any) -> Any:
        out = np.empty(len(arrays[0]))
        pointers = [np.ascontiguousarray(x, dtype=np.float64).ctypes.data_as(_DOUBLES) for x in (*arrays, out)]
        getattr(self._library, name)(ctypes.c_long(len(out)), *pointers)
        return out


def build() -> Twin | str:
    """The twin, or why there is none."""
    compiler = next((c for c in (os.environ.get("CC"), "gcc", "clang", "cc") if c and shutil.which(c)), None)
    if compiler is None:
        return "no C compiler on this machine"
    # The folder goes once the library is loaded; where the file is held open (Windows) it stays behind.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source = Path(folder) / "twin.c"
        source.write_text(_tables() + Path(__file__).with_suffix(".c").read_text("utf-8"), "utf-8")
        library = Path(folder) / "twin.so"
        done = subprocess.run([compiler, *FLAGS, "-o", str(library), str(source), "-lm"], capture_output=True, text=True)
        if done.returncode:
            return f"{compiler} could not build the C twin: {(done.stderr.strip() or 'no reason given').splitlines()[0]}"
        version = subprocess.run([compiler, "--version"], capture_output=True, text=True).stdout.splitlines()
        return Twin(ctypes.CDLL(str(library)), f"{version[0] if version else compiler} {' '.join(FLAGS[:3])}")


def _tables() -> str:
    from wfm.erlang.formulas.coefficients import SLOPE

    return (
        f"#define PIECES {_PIECES}\n#define DEGREE {_DEGREE}\n"
        f"static const double SLOPE[] = {{{', '.join(map(repr, SLOPE))}}};\n"
        f"static const double ERFCX[] = {{{', '.join(repr(float(c)) for c in _erfcx_pieces().ravel())}}};\n"
    )


def _erfcx_pieces() -> Any:
    """Chebyshev interpolation of erfcx(4/t - 4)/t on equal pieces of (0, 1], as powers of x in [-1, 1]."""
    from numpy.polynomial.chebyshev import cheb2poly, chebinterpolate
    from scipy.special import erfcx

    table = np.zeros((_PIECES, _DEGREE + 1))
    for piece in range(_PIECES):

        def scaled(x: Any, piece: int = piece) -> Any:
            t = (piece + 0.5 * (x + 1.0)) / _PIECES
            return erfcx(4.0 / t - 4.0) / t

        powers = cheb2poly(chebinterpolate(scaled, _DEGREE))
        table[piece, : len(powers)] = powers
    return table
