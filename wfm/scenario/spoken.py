"""The language of a scenario that cannot be read: what a planner is told of it should be in words of his own."""

from __future__ import annotations

import re
from pathlib import Path

from wfm.core.errors import Language

_LANGUAGE = re.compile(r"^language[ \t]*[:：][ \t]*[\"'“]?(zh|en)\b", re.MULTILINE)
_EXTENDS = re.compile(r"^extends[ \t]*[:：][ \t]*[\"'“]?([\w./ -]+?\.ya?ml)\b", re.MULTILINE)
_FILES_MAX = 5
_BYTES_MAX = 100_000


def language_of(text: str, path: Path) -> Language:
    """The language that the text asks for, else that of the files it builds on; Chinese, the format's default, where none says.

    Parameters
    ----------
    text
        The scenario as written, readable as YAML or not.
    path
        Its file; only files in its folder or below are looked into, and not for long.
    """
    tree = path.parent.resolve()
    for _ in range(_FILES_MAX):
        if found := _LANGUAGE.search(text):
            return "en" if found[1] == "en" else "zh"
        base = _EXTENDS.search(text)
        try:
            path = path.parent / base[1] if base else path
            if not base or not path.resolve().is_relative_to(tree) or not path.is_file():
                break
            with path.open("rb") as stream:
                text = stream.read(_BYTES_MAX).decode("utf-8", errors="replace")
        except (OSError, ValueError):
            break
    return "zh"
