"""The command line. Commands are loaded when called; this module loads the standard library only."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wfm.core.errors import Language


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``wfm``; the process ends with 0 plan made, 1 internal or IO error, 2 bad input or usage, 130 interrupted."""
    from wfm.cli.group import wfm

    _streams()
    sys.exit(_run(wfm, arguments))


def _streams() -> None:
    # A redirected stream on Windows is cp936 or cp1252: our own output is UTF-8 wherever nobody reads it live.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", **({} if stream.isatty() else {"encoding": "utf-8"}))


def _spoken() -> Language:
    """The language of messages (`wfm.cli.options.spoken`)."""
    from wfm.cli.options import spoken

    return spoken()


def _run(command: object, arguments: Sequence[str] | None = None) -> int:
    import click

    from wfm.cli.options import language_in, placed, speak, spoken
    from wfm.core.errors import InputError, said
    from wfm.core.interrupt import listen

    listen()
    speak(language_in(sys.argv[1:] if arguments is None else arguments))
    try:
        code = command.main(arguments, prog_name="wfm", standalone_mode=False)  # type: ignore[attr-defined]
        # Here, so that a reader who has gone is noticed while it can still be kept quiet.
        sys.stdout.flush()
    except InputError as error:
        language = spoken(error.language)
        for problem in error.problems:
            _tell(placed(problem).text(language))
        if len(error.problems) > 1:
            _tell(said("{count} problems, nothing written", {"count": len(error.problems)}, language))
        return 2
    except click.ClickException as error:
        from wfm.cli.usage import told

        for line in told(error, spoken()):
            _tell(line)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _tell(said("interrupted, nothing written", {}, spoken()))
        return 130
    except BrokenPipeError:
        _quiet_stdout()
        return 1
    except MemoryError:
        _tell(said("not enough memory, nothing written", {}, spoken()))
        return 1
    except OSError as error:
        _tell(_of_disk(error))
        return 1
    except Exception as error:
        import traceback

        # The trace is for whoever mends it; the last line is for whoever meets it.
        traceback.print_exc()
        _tell(said("a mistake in wfm itself ({kind}), nothing written", {"kind": type(error).__name__}, spoken()))
        return 1
    return code if isinstance(code, int) else 0


def _tell(text: str) -> None:
    print(f"wfm: {text}", file=sys.stderr)


def _quiet_stdout() -> None:
    """Who read us has gone (``wfm forecast s.yaml | head``): what is left goes nowhere, without a word at exit."""
    import os
    from contextlib import suppress

    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _of_disk(error: OSError) -> str:
    """What the disk refused, where, and the way out; the system's own words for the rest."""
    import errno
    from dataclasses import replace
    from pathlib import PurePath

    from wfm.cli.options import spoken
    from wfm.core.errors import Problem

    elsewhere = "Choose another place with --out"
    refused = Problem("no permission to write or read here", way_out="Close the file elsewhere, or choose another place with --out")
    blocked = Problem("a file stands where a folder is needed", way_out=elsewhere)
    known = {
        errno.EACCES: refused,
        errno.EPERM: refused,
        errno.EROFS: Problem("this disk is read-only", way_out=elsewhere),
        errno.ENOENT: Problem("no file can be had or made here", way_out=elsewhere),
        errno.ENOSPC: Problem("the disk is full", way_out=elsewhere),
        errno.ENOTDIR: blocked,
        errno.EEXIST: blocked,
        errno.EISDIR: Problem("a folder stands where a file is needed", way_out=elsewhere),
    }
    file = PurePath(str(error.filename)).as_posix() if error.filename else ""
    if error.errno not in known:
        return f"{file}: {error.strerror or error}" if file else str(error.strerror or error)
    return replace(known[error.errno], file=file).text(spoken())
