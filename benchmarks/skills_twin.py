"""`skills_twin.c`, compiled: many queues played in plain C, of contacts already drawn."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
FLAGS = ("-O3", "-march=native", "-fPIC", "-shared")
_POINTER = ctypes.POINTER(ctypes.c_int64)


class SkillsTwin:
    """The twin; ``compiler`` says with what it was built."""

    def __init__(self, library: ctypes.CDLL, compiler: str) -> None:
        self.library, self.compiler = library, compiler

    def play(
        self,
        agents: Integers,
        order: Integers,
        contacts: Sequence[Integers],
        outcome: Integers,
        wait: Integers,
    ) -> None:
        """Play.

        Parameters
        ----------
        agents
            int64[groups].
        order
            int64[groups, types]: the types each group serves, the most urgent first, then -1.
        contacts
            int64[N] each, in order of arrival: type, arrival, handle time, patience; microseconds.
        outcome, wait
            Outputs int64[N]: 0 for handled, 1 for abandoned; microseconds.
        """
        groups, types = order.shape
        arrays = [np.ascontiguousarray(values) for values in (agents, order, *contacts)]
        pointers = [values.ctypes.data_as(_POINTER) for values in (*arrays, outcome, wait)]
        self.library.play(ctypes.c_long(len(wait)), ctypes.c_long(types), ctypes.c_long(groups), *pointers)


def build() -> SkillsTwin | str:
    """The twin, or why there is none."""
    compiler = next((c for c in (os.environ.get("CC"), "gcc", "clang", "cc") if c and shutil.which(c)), None)
    if compiler is None:
        return "no C compiler on this machine"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        library = Path(folder) / "twin.so"
        source = Path(__file__).with_name("skills_twin.c")
        done = subprocess.run([compiler, *FLAGS, "-o", str(library), str(source)], capture_output=True, text=True)
        if done.returncode:
            return f"{compiler} could not build the C twin: {(done.stderr.strip() or 'no reason given').splitlines()[0]}"
        return SkillsTwin(ctypes.CDLL(str(library)), f"{compiler} {' '.join(FLAGS[:2])}")
