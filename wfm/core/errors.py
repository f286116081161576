"""What goes wrong with input, said once, in one shape and two languages: where, what, and the way out."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from wfm.core.masking import masked

Language = Literal["zh", "en"]

_SIGNS = {"en": (": ", " (got {})", ". "), "zh": (": ", "（写的是 {}）", "。")}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file or an argument.

    Attributes
    ----------
    message
        What is wrong, as a plain English sentence without the location. Its changing parts stand in ``{blanks}`` that ``values``
        fill, so that it can be looked up in another language (``core/data/messages_zh.toml``).
    key
        Dotted path of the key or the column, or "".
    value
        The offending value as the user wrote it, or None.
    way_out
        What to write instead; a template like ``message``.
    file, line
        Where it stands; line counts from 1, 0 where no line is known.
    values
        What fills the blanks of ``message`` and ``way_out``. Where it is empty, braces stand for themselves.
    """

    message: str
    key: str = ""
    value: object = None
    way_out: str = ""
    file: str = ""
    line: int = 0
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Language = "en") -> str:
        """The problem as one line in ``language``; a sentence without a translation stays English."""
        colon, got, stop = _SIGNS[language]
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        head = colon.join(part for part in (place, self.key) if part)
        message, way_out = (said(sentence, self.values, language) for sentence in (self.message, self.way_out))
        text = f"{head}{colon}{message}" if head else message
        if self.value is not None:
            text += got.format(_short(self.value))
        # A reason told by somebody else may have its own full stop.
        return f"{text.rstrip('.。')}{stop}{way_out}" if way_out else text

    def __str__(self) -> str:
        return self.text()


class Phrase(str):
    """A value that fills a blank and is itself a sentence to be said in the other language: ``Phrase("no columns")``."""

    __slots__ = ()


class InputError(ValueError):
    """Bad input: every problem found, told together. The CLI exits with 2.

    Attributes
    ----------
    problems
        All of them, in the order of the file.
    language
        The language the file asks for, or None where none is known.
    """

    def __init__(self, *problems: Problem, language: Language | None = None) -> None:
        self.problems = problems
        self.language = language
        super().__init__("\n".join(str(problem) for problem in problems))


class BadValueError(ValueError):
    """A value that an input model refuses: message and way out as in `Problem`; who reads the file adds place and value."""

    def __init__(self, message: str, way_out: str = "", **values: object) -> None:
        self.message, self.way_out, self.values = message, way_out, values
        text = said(message, values, "en")
        super().__init__(f"{text}: {said(way_out, values, 'en')}" if way_out else text)


def said(sentence: str, values: Mapping[str, object], language: Language) -> str:
    """A sentence in a language, its blanks filled."""
    if language == "zh":
        sentence = _chinese().get(sentence, sentence)
        values = {blank: _chinese().get(value, value) if isinstance(value, Phrase) else value for blank, value in values.items()}
    return sentence.format(**values) if values else sentence


def problem_of(error: ValueError, key: str = "", value: object = None, file: str = "", line: int = 0) -> Problem:
    """What a refused value says, at its place; the sentence of a plain ``ValueError`` stays as it is."""
    if isinstance(error, BadValueError):
        return Problem(error.message, key, value, error.way_out, file, line, error.values)
    return Problem(str(error), key, value, "", file, line)


#: What systems say most when a file cannot be had; the rest stays in their words.
_REASONS = {
    errno.ENOENT: Phrase("No such file or directory"),
    errno.EACCES: Phrase("Permission denied"),
    errno.EISDIR: Phrase("Is a directory"),
}


def reason_of(error: OSError) -> str:
    """Why a file could not be had, to fill a blank with."""
    return _REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


@cache
def _chinese() -> dict[str, str]:
    # Not importlib.resources, which loads tempfile and half of the library with it: a one-shot answer would wait for it.
    import tomllib
    from pathlib import Path

    text = (Path(__file__).parent / "data" / "messages_zh.toml").read_text(encoding="utf-8")
    return {english: chinese for section in tomllib.loads(text).values() for english, chinese in section.items()}


def _short(value: object, limit: int = 60) -> str:
    if isinstance(value, list | tuple):
        value = type(value)(_plain(item) for item in value)
    value = _plain(value)
    # Cells of a history are texts, and may be somebody's telephone number.
    text = masked(repr(value)) if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _plain(value: object) -> object:
    """A number of numpy as Python's own, whose text nobody takes for code."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
