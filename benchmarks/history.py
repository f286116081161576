"""How fast, and in how much memory, a long history is read: ten million rows for intervals, and ten million contacts.

    uv run python -m benchmarks.history                     # both, ten million rows each
    uv run python -m benchmarks.history --rows 1000000 interval
    uv run python -m benchmarks.history --json              # for another program

The file is generated into a temporary folder, from a fixed seed, and read in a process of its own, whose memory at its peak is
printed (``resource.getrusage``; where that module is missing, as on Windows, the peak is not known).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUEUES = 100
KINDS = ("interval", "contact")
_DAY = 86400


def write_intervals(path: Path, rows: int) -> None:
    """Rows of five minutes for a hundred queues: start, queue, offered, handled, abandoned, aht."""
    import numpy as np

    random = np.random.default_rng(20270705)
    start = np.datetime64("2024-01-01T00:00", "s")
    per_block = 2_000
    with path.open("w", encoding="utf-8") as file:
        file.write("start,queue,offered,handled,abandoned,aht\n")
        done = 0
        while done < rows:
            count = min(per_block * QUEUES, rows - done)
            number = np.arange(done, done + count)
            stamps = np.datetime_as_string(start + (number // QUEUES) * np.timedelta64(300, "s"), unit="s")
            offered = random.poisson(20, count)
            abandoned = random.binomial(offered, 0.05)
            aht = np.round(random.gamma(20, 9, count), 1)
            lines = zip(stamps, number % QUEUES, offered, offered - abandoned, abandoned, aht, strict=True)
            file.writelines(f"{stamp},queue {queue:02d},{o},{h},{a},{mean}\n" for stamp, queue, o, h, a, mean in lines)
            done += count


def write_contacts(path: Path, rows: int) -> None:
    """A row for each contact: arrival to the second, queue, wait, handle time, outcome, agent."""
    import numpy as np

    random = np.random.default_rng(20270706)
    start = np.datetime64("2026-01-01T00:00:00", "s")
    with path.open("w", encoding="utf-8") as file:
        file.write("arrival,queue,wait,handle_time,outcome,agent\n")
        done = 0
        while done < rows:
            count = min(200_000, rows - done)
            number = np.arange(done, done + count)
            stamps = np.datetime_as_string(start + (number * 180 * _DAY // rows) * np.timedelta64(1, "s"), unit="s")
            wait = random.exponential(20, count).astype(int)
            gone = random.random(count) < 0.05
            handle = np.where(gone, 0, random.gamma(2, 90, count).astype(int) + 1)
            columns = (stamps, random.integers(0, QUEUES, count), wait, handle, gone, random.integers(0, 500, count))
            file.writelines(
                f"{stamp},queue {queue:02d},{w},{h},{'abandoned' if g else 'handled'},{'' if g else f'A{agent:03d}'}\n"
                for stamp, queue, w, h, g, agent in zip(*columns, strict=True)
            )
            done += count


def read(path: str) -> dict[str, float]:
    """Read the file in this process: seconds, rows of the table, contacts in it, peak memory [MiB]."""
    from wfm.history import read_history

    began, worked = time.perf_counter(), time.process_time()
    found = read_history(path, timezone="Asia/Shanghai", interval_s=1800)
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "cpu_seconds": time.process_time() - worked,
        "table_rows": len(found.table),
        "contacts": float(found.table["offered"].sum()),
        "peak_mib": _peak_mib(),
    }


def _peak_mib() -> float:
    try:
        import resource
    except ImportError:
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("kinds", nargs="*", default=KINDS, metavar="KIND", help="interval, contact; both without it")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--read", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read:
        print(json.dumps(read(asked.read)))
        return
    for kind in asked.kinds:
        if kind not in KINDS:
            parser.error(f"no such kind: {kind}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{kind}.csv"
            (write_intervals if kind == "interval" else write_contacts)(path, asked.rows)
            size = path.stat().st_size / (1 << 20)
            told = subprocess.run(
                [sys.executable, "-m", "benchmarks.history", "--read", str(path)], check=True, capture_output=True, text=True
            )
        got = json.loads(told.stdout.splitlines()[-1])
        result = {"kind": kind, "rows": asked.rows, "file_mib": round(size), **got, "rows_per_s": asked.rows / got["seconds"]}
        if asked.json:
            print(json.dumps(result))
        else:
            print(
                f"{kind}: {asked.rows:,} rows ({size:,.0f} MiB) in {got['seconds']:.1f} s ({got['cpu_seconds']:.1f} s of work), "
                f"{result['rows_per_s']:,.0f} rows/s, "
                f"peak {got['peak_mib']:,.0f} MiB; a table of {got['table_rows']:,} rows, {got['contacts']:,.0f} contacts"
            )


if __name__ == "__main__":
    main()
