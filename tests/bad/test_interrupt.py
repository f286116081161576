"""Ctrl-C at any moment of a run: exit code 130, one line that says so, nothing written and nothing left lying about."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import SCENARIOS

#: What stderr shows when the moment has come, and how much later the key is pressed.
MOMENTS = {"while it starts": ("wfm run", 0.05), "in the forecast": ("forecast", 0.0), "in the simulation": ("simulation", 0.5)}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to a group of processes, this one included")
@pytest.mark.parametrize("moment", MOMENTS)
def test_an_interrupted_run_writes_nothing(moment: str, tmp_path: Path) -> None:
    shown, later = MOMENTS[moment]
    options = ["--language", "en", "--out", "out", "--set", "plan.weeks=1", "--set", "simulation.replications_min=1000"]
    command = [sys.executable, "-c", "from wfm.cli import main; main()", "run", str(SCENARIOS / "quickstart.yaml"), *options]
    environment = os.environ | {"WFM_LANGUAGE": "en"}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as run:
        assert run.stderr is not None
        assert run.stdout is not None
        told = b""
        while shown.encode() not in told:
            byte = run.stderr.read(1)
            assert byte, f"ended before the moment came: {told.decode()}"
            told += byte
        time.sleep(later)
        run.send_signal(signal.SIGINT)
        told += run.stderr.read()
        printed = run.stdout.read()
    assert run.returncode == 130
    assert printed == b""
    assert told.decode("utf-8").splitlines()[-1] == "wfm: interrupted, nothing written"
    assert "Traceback" not in told.decode("utf-8")
    assert not list(tmp_path.iterdir())
