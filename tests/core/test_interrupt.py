"""An interrupt that Python drops is raised again before anything is written."""

import signal
import subprocess
import sys

import pytest

LOST = """
import os, signal, sys
from pathlib import Path
from wfm.core.interrupt import listen
from wfm.core.writing import write_files

class Loses:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)  # raised in a finalizer: Python says so on stderr and goes on

listen()
x = Loses()
del x
print("went on", flush=True)
try:
    write_files({Path(sys.argv[1]): b"plan"})
except KeyboardInterrupt:
    print("heeded")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill with SIGINT ends a process there")
def test_a_lost_interrupt_is_heeded_before_writing(tmp_path):
    out = subprocess.run([sys.executable, "-c", LOST, str(tmp_path / "out.txt")], capture_output=True, text=True, check=True)
    assert out.stdout == "went on\nheeded\n"
    assert list(tmp_path.iterdir()) == []


def test_whoever_ignores_the_key_is_left_alone():
    from wfm.core import interrupt

    before = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        interrupt.listen()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        interrupt.heed()
    finally:
        signal.signal(signal.SIGINT, before)
