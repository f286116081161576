"""The command line called inside the test's own process: what it exits with, and what it writes where."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import SCENARIOS
from wfm.cli import _run
from wfm.cli.group import wfm as group

QUICKSTART = SCENARIOS / "quickstart.yaml"
#: One week forecast from ten, simulated twice.
SMALL = ["simulation.contacts=1", "simulation.replications_min=2", "plan.weeks=1", "demand.history.weeks=10"]
SETS = [part for override in SMALL for part in ("--set", override)]


@dataclass(frozen=True)
class Done:
    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode("utf-8-sig")


def wfm(*arguments: str | Path, stdin: bytes = b"") -> Done:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.StringIO()
    with _stdin(stdin), redirect_stdout(out), redirect_stderr(err):
        code = _run(group, [str(argument) for argument in arguments])
    out.flush()
    return Done(code, out.buffer.getvalue(), err.getvalue())  # type: ignore[attr-defined]


@contextmanager
def _stdin(content: bytes) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content), "utf-8")
    try:
        yield
    finally:
        sys.stdin = before
