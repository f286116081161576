"""How soon the command line answers: ``wfm --help`` and ``wfm calc`` beside a bare interpreter, and a run's first progress line.

    uv run python benchmarks/startup.py

Ratios of medians within one run, contenders taking turns; exits with 1 where a ratio is over its gate.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 7
GATE_HELP = 10.0
GATE_CALC = 12.0
GATE_FIRST_LINE = 1.0  # seconds; DESIGN section 6: long work shows progress


def seconds(command: list[str]) -> float:
    """Wall time of a command that has to succeed."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def first_line(command: list[str]) -> float:
    """Seconds until a command writes its first line to stderr; the command is then stopped."""
    begin = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.readline()
        taken = time.perf_counter() - begin
        process.kill()
    return taken


def main() -> int:
    """Measure, print, judge."""
    wfm = shutil.which("wfm", path=str(Path(sys.executable).parent)) or "wfm"
    scenario = Path(__file__).resolve().parents[1] / "scenarios" / "quickstart.yaml"
    bare, helped, asked = [], [], []
    for _ in range(ROUNDS):
        bare.append(seconds([sys.executable, "-c", "pass"]))
        helped.append(seconds([wfm, "--help"]))
        asked.append(seconds([wfm, "calc", "--contacts", "430", "--aht", "180", "--patience", "120"]))
    with tempfile.TemporaryDirectory() as folder:
        line = statistics.median(first_line([wfm, "run", str(scenario), "--out", folder]) for _ in range(3))
    ratio = statistics.median(helped) / statistics.median(bare)
    calc = statistics.median(asked) / statistics.median(bare)
    print(f"python -c pass {statistics.median(bare) * 1e3:.0f} ms, wfm --help {statistics.median(helped) * 1e3:.0f} ms: "
          f"{ratio:.1f}x (gate {GATE_HELP:g}x)")  # fmt: skip
    print(f"wfm calc {statistics.median(asked) * 1e3:.0f} ms: {calc:.1f}x (gate {GATE_CALC:g}x)")
    print(f"first progress line of a run after {line:.2f} s (gate {GATE_FIRST_LINE:g} s)")
    return int(ratio > GATE_HELP or calc > GATE_CALC or line > GATE_FIRST_LINE)


if __name__ == "__main__":
    sys.exit(main())
