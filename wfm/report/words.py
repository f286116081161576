"""Every word people read, in Chinese and English side by side (``words/*.toml``), by key."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@cache
def catalog() -> dict[str, dict[str, str]]:
    """Dotted key to ``{"zh": ..., "en": ...}``, of all catalogs.

    Raises
    ------
    ValueError
        A key that two catalogs define.
    """
    entries: dict[str, dict[str, str]] = {}
    folder = resources.files("wfm.report").joinpath("words")
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        for section, keys in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for key, pair in keys.items():
                if f"{section}.{key}" in entries:
                    raise ValueError(f"the text {section}.{key} is defined twice")
                entries[f"{section}.{key}"] = pair
    return entries


def text(key: str, language: str, **values: object) -> str:
    """The text of ``key`` with its placeholders filled in.

    Raises
    ------
    KeyError
        No such text, or a placeholder without a value.
    """
    return catalog()[key][language].format(**values)


def name(section: str, key: object, language: str, **values: object) -> str:
    """The text ``section.key``, or the key itself where a user's own word (a shift, a queue) has no entry."""
    full = f"{section}.{key}"
    return text(full, language, **values) if full in catalog() else str(key).replace("_", " ")


def kind(key: object, heads: float, language: str) -> str:
    """A kind of people, in the plural where there are several."""
    many = heads != 1 and f"kind_many.{key}" in catalog()
    return name("kind_many" if many else "kind", key, language)
