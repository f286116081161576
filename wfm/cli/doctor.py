"""``wfm doctor``: whether this machine has what a plan needs, and the way out where it has not."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import click

from wfm.cli.options import speak, spoken
from wfm.report.words import text

_STATES = ("ok", "look", "missing")
#: Extras of the distribution, and what each is for: `doctor.extra_<name>`.
_EXTRAS = {"parquet": "pyarrow", "sql": "sqlalchemy"}
_PYTHON = (3, 11)
_ZONES = ("Asia/Shanghai", "Europe/London")
_MEMORY = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at: ``state`` is "ok", "look" (it works, but) or "missing" (a plan cannot be made)."""

    what: str
    state: str
    found: str
    way_out: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object to stdout, and nothing else there.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="Language of the answer.")
@click.option("-q", "--quiet", is_flag=True, help="Only what is not ok.")
def doctor(as_json: bool, language: str | None, quiet: bool) -> int:
    """Check this machine: versions, compiler, time zones, console, disk. Exits with 1 where something needed is missing.

    \b
    wfm doctor
    wfm doctor --json
    """  # noqa: D301
    speak(language)
    chosen = spoken()
    found = [finding for look in _LOOKS for finding in look(chosen)]
    if as_json:
        value = {"wfm_doctor": 1, "ok": all(f.state != "missing" for f in found), "findings": [asdict(f) for f in found]}
        sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
    else:
        _print(found, chosen, quiet=quiet)
    return int(any(finding.state == "missing" for finding in found))


def _print(found: list[Finding], language: str, *, quiet: bool) -> None:
    from wfm.cli.widths import aligned

    shown = [finding for finding in found if not quiet or finding.state != "ok"]
    if shown:
        rows = [[text(f"doctor.{f.state}", language), text(f"doctor.{f.what}", language), f.found] for f in shown]
        for line, finding in zip(aligned(rows), shown, strict=True):
            print(line)
            if finding.way_out:
                print(f"    -> {finding.way_out}")
    worst = max((finding.state for finding in found), key=_STATES.index)
    print(text(f"doctor.all_{worst}", language))


def _versions(language: str) -> Iterator[Finding]:
    """Python and the packages, against the lower bounds of our own metadata."""
    from importlib.metadata import PackageNotFoundError, requires, version

    import wfm

    here = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info[:2] >= _PYTHON
    yield Finding("python", "ok" if good else "missing", here, "" if good else text("doctor.python_out", language))
    yield Finding("wfm", "ok", wfm.__version__)
    try:
        bounds = [
            line.split(";")[0].strip() for line in requires("openwfm") or () if "extra ==" not in line and "platform" not in line
        ]
    except PackageNotFoundError:
        yield Finding("packages", "look", text("doctor.not_installed", language), text("doctor.install_out", language))
        return
    wrong, count = [], 0
    for bound in bounds:
        name, _, least = bound.partition(">=")
        name = name.split("[")[0].strip()
        try:
            have = version(name)
        except PackageNotFoundError:
            wrong.append(f"{name} ({text('doctor.absent', language)})")
            continue
        count += 1
        if least and _parts(have) < _parts(least):
            wrong.append(f"{name} {have} < {least}")
    if wrong:
        way_out = text("doctor.upgrade_out", language, packages=" ".join(sorted(part.split()[0] for part in wrong)))
        yield Finding("packages", "missing", ", ".join(wrong), way_out)
    else:
        yield Finding("packages", "ok", text("doctor.packages_ok", language, count=count))


def _parts(version: str) -> tuple[int, ...]:
    """The numbers of a version; what follows the first that is none does not count."""
    numbers = []
    for part in version.split("."):
        digits = "".join(letter for letter in part if letter.isdigit())
        if not digits or not part[0].isdigit():
            break
        numbers.append(int(digits))
    return tuple(numbers)


def _compiler(language: str) -> Iterator[Finding]:
    """Numba compiles, gives the right number, and can keep what it compiled."""
    import time

    try:
        import numba

        begin = time.perf_counter()
        compiled: Any = numba.njit(_sum)
        right = compiled(1000) == _sum(1000)
        taken = time.perf_counter() - begin
    except Exception as error:  # whatever the compiler says, a plan needs it
        yield Finding("compiler", "missing", type(error).__name__, text("doctor.compiler_out", language))
        return
    if not right:
        yield Finding("compiler", "missing", text("doctor.compiler_wrong", language), text("doctor.compiler_out", language))
    else:
        yield Finding("compiler", "ok", text("doctor.compiler_ok", language, version=numba.__version__, seconds=f"{taken:.1f}"))
    from pathlib import Path

    from wfm.erlang import twin

    asked = os.environ.get("NUMBA_CACHE_DIR")
    place = Path(asked) if asked else Path(twin.__file__).parent / "__pycache__"
    if _writable(place):
        yield Finding("cache", "ok", text("doctor.writable", language))
    else:
        yield Finding("cache", "look", text("doctor.not_writable", language), text("doctor.cache_out", language))


def _sum(n: int) -> float:
    total = 0.0
    for i in range(n):
        total += 1.0 / (i + 1)
    return total


def _zones(language: str) -> Iterator[Finding]:
    from zoneinfo import ZoneInfo

    absent = []
    for name in _ZONES:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            absent.append(name)
    if absent:
        yield Finding("zones", "missing", ", ".join(absent), text("doctor.zones_out", language))
    else:
        yield Finding("zones", "ok", ", ".join(_ZONES))


def _console(language: str) -> Iterator[Finding]:
    """Whether the stream prints Chinese and the signs of our screens."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        "工位 √ – ≥ →".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        yield Finding("console", "look", encoding, text("doctor.console_out", language))
    else:
        yield Finding("console", "ok", encoding)


def _disk(language: str) -> Iterator[Finding]:
    from pathlib import Path

    good = _writable(Path())
    yield Finding(
        "folder",
        "ok" if good else "look",
        text("doctor.writable" if good else "doctor.not_writable", language),
        "" if good else text("doctor.folder_out", language),
    )


def _writable(folder: object) -> bool:
    """Whether a file can be made in a folder, or in the nearest one above it that exists."""
    import tempfile
    from pathlib import Path

    place = Path(str(folder)).absolute()
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return True
    except OSError:
        return False


def _extras(language: str) -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    for extra, package in _EXTRAS.items():
        try:
            yield Finding(f"extra_{extra}", "ok", f"{package} {version(package)}")
        except PackageNotFoundError:
            yield Finding(f"extra_{extra}", "look", text("doctor.absent", language), f"pip install 'openwfm[{extra}]'")


def _machine(language: str) -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("cores", "ok", str(cores))
    memory = _memory()
    if memory is not None:
        enough = memory >= _MEMORY
        way_out = "" if enough else text("doctor.memory_out", language)
        yield Finding("memory", "ok" if enough else "look", f"{memory / 1024**3:.1f} GiB", way_out)


def _memory() -> int | None:
    """Bytes of memory of this machine, or of the container it runs in; None where the system does not tell."""
    from contextlib import suppress
    from pathlib import Path

    sizes = []
    with suppress(AttributeError, OSError, ValueError):
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return min(sizes) if sizes else None


_LOOKS: tuple[Callable[[str], Iterator[Finding]], ...] = (_versions, _compiler, _zones, _console, _disk, _extras, _machine)
