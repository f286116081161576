"""Every word people read, in Chinese and English side by side (``words/*.toml``), by key."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


_FOLDER = Path(__file__).parent / "words"


@cache
def catalog() -> dict[str, dict[str, str]]:
    """Dotted key to ``{"zh": ..., "en": ...}``, of all catalogs.

    Raises
    ------
    ValueError
        A key that two catalogs define.
    """
    entries: dict[str, dict[str, str]] = {}
    for file in sorted(_FOLDER.glob("*.toml")):
        for key, pair in _entries(file.stem).items():
            if key in entries:
                raise ValueError(f"the text {key} is defined twice")
            entries[key] = pair
    return entries


@cache
def _entries(stem: str) -> dict[str, dict[str, str]]:
    """The texts of one catalog; none where there is no such file."""
    file = _FOLDER / f"{stem}.toml"
    if not file.exists():
        return {}
    sections = tomllib.loads(file.read_text(encoding="utf-8"))
    return {f"{section}.{key}": pair for section, keys in sections.items() for key, pair in keys.items()}


def text(key: str, language: str, **values: object) -> str:
    """The text of ``key`` with its placeholders filled in.

    Raises
    ------
    KeyError
        No such text, or a placeholder without a value.
    """
    # A section with a catalog of its own is found without reading the others: a one-shot answer needs no more.
    own = _entries(key.partition(".")[0])
    return (own[key] if key in own else catalog()[key])[language].format(**values)


def name(section: str, key: object, language: str, **values: object) -> str:
    """The text ``section.key``, or the key itself where a user's own word (a shift, a queue) has no entry."""
    full = f"{section}.{key}"
    return text(full, language, **values) if full in catalog() else str(key).replace("_", " ")


def kind(key: object, heads: float, language: str) -> str:
    """A kind of people, in the plural where there are several."""
    many = heads != 1 and f"kind_many.{key}" in catalog()
    return name("kind_many" if many else "kind", key, language)
