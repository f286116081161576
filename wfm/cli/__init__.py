"""The command line. Commands are loaded when called; this module loads the standard library only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wfm.core.errors import Language


def main() -> None:
    """Run ``wfm``; the process ends with 0 plan made, 1 internal or IO error, 2 bad input or usage, 130 interrupted."""
    from wfm.cli.group import wfm

    _streams()
    sys.exit(_run(wfm))


def _streams() -> None:
    # A redirected stream on Windows is cp936 or cp1252: our own output is UTF-8 wherever nobody reads it live.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", **({} if stream.isatty() else {"encoding": "utf-8"}))


def _spoken() -> Language:
    """The language of this machine's user, for messages about files that do not say theirs."""
    import locale
    import os

    told = os.environ.get("WFM_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or locale.getlocale()[0] or ""
    return "zh" if told.lower().startswith(("zh", "chinese")) else "en"


def _run(command: object) -> int:
    import click

    from wfm.core.errors import InputError

    try:
        code = command.main(standalone_mode=False)  # type: ignore[attr-defined]
    except InputError as error:
        from wfm.core.errors import said

        language = error.language or _spoken()
        for problem in error.problems:
            print(f"wfm: {problem.text(language)}", file=sys.stderr)
        if len(error.problems) > 1:
            print("wfm: " + said("{count} problems, nothing written", {"count": len(error.problems)}, language), file=sys.stderr)
        return 2
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("wfm: interrupted, nothing written", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1
    except OSError as error:
        print(f"wfm: {error.filename or ''}: {error.strerror or error}", file=sys.stderr)
        return 1
    return code if isinstance(code, int) else 0
