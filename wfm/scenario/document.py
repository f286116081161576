"""One scenario file as written: YAML 1.2 to plain values, each key with its place. Nothing in a file makes this slow or runs code.

The parser's events are read one by one, so that whatever is too deep, twice, or no part of the format is refused before anything is
built from it. Dates stay text: the model reads them, and says where one is wrong.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wfm.core.errors import InputError, Phrase, Problem, reason_of
from wfm.scenario import full_width
from wfm.scenario.spoken import language_of

#: Bytes of all files of a scenario together, keys inside keys, and digits of a whole number.
BYTES_MAX = 100_000
DEPTH_MAX = 12
_DIGITS_MAX = 18

KeyPath = tuple[str | int, ...]

_WORDS: dict[str, object] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?[0-9]+(_[0-9]+)*")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True)
class Place:
    """Where a key stands: the file (with sheet and cell of a workbook), its line and column from 1; 0 where there is none."""

    file: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Document:
    """One file's content.

    Attributes
    ----------
    file
        The name to tell people.
    values
        Plain values: dict, list, str, int, float, bool, None.
    places
        Where each key stands, by its path; an item of a list by its number.
    size
        Bytes of the file.
    problems
        What could not be read at all, to be told with all that the model refuses.
    """

    file: str
    values: dict[str, Any]
    places: dict[KeyPath, Place]
    size: int = 0
    problems: tuple[Problem, ...] = ()


def read_document(path: Path, file: str) -> Document:
    """The YAML file ``path``, called ``file`` in messages.

    Raises
    ------
    InputError
        No such file, no text, too long, or not the YAML of a scenario.
    """
    text, size = read_text(path, file)
    try:
        values, places = parse(text, file)
    except InputError as error:
        error.language = error.language or language_of(text, path)
        raise
    return Document(file, values, places, size)


def read_text(path: Path, file: str) -> tuple[str, int]:
    """A text file, UTF-8 or GB18030, and its bytes."""
    raw = read_bytes(path, file, BYTES_MAX)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding), len(raw)
        except UnicodeDecodeError:
            continue
    raise InputError(Problem("is neither UTF-8 nor GB18030 text", file=file, way_out="Save it as UTF-8"))


def read_bytes(path: Path, file: str, most: int) -> bytes:
    """What stands in a file of at most ``most`` bytes."""
    try:
        if path.is_dir():
            raise InputError(Problem("this is a folder, not a scenario file", file=file, way_out="Name the .yaml file inside it"))
        with path.open("rb") as stream:
            raw = stream.read(most + 1)
    except FileNotFoundError:
        raise InputError(_absent(path, file)) from None
    except OSError as error:
        raise InputError(Problem("cannot be read ({reason})", file=file, values={"reason": reason_of(error)})) from None
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(Problem("this is no path of a file", file=file)) from None
    if len(raw) > most:
        raise InputError(
            Problem(
                "a file of more than {most} bytes is not a scenario",
                file=file,
                way_out="Put data into a csv file and name it in demand.history.file",
                values={"most": f"{most:,}"},
            )
        )
    return raw


def _absent(path: Path, file: str) -> Problem:
    try:
        names = [p.name for p in path.parent.iterdir() if p.suffix.lower() in (".yaml", ".yml", ".xlsx", ".xlsm")]
    except OSError:
        names = []
    if near := difflib.get_close_matches(path.name, names, 1):
        return Problem("no such file", file=file, way_out="Did you mean {path}?", values={"path": Path(file).parent / near[0]})
    return Problem("no such file", file=file, way_out="Check the path, or write a file to start from: wfm new shop.yaml")


def parse(text: str, file: str) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    """Values and places of a YAML text."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        reading = _Reading(YAML(typ="safe", pure=True).parse(text), file)
        return reading.document(), reading.places
    except MarkedYAMLError as error:
        raise InputError(_unreadable(error, file, text)) from None
    except (YAMLError, ValueError, RecursionError, AttributeError, IndexError, KeyError, AssertionError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        # Broken directives and escapes come out of the parser as whatever it stumbled over.
        line = text.count("\n", 0, position) + 1 if isinstance(position := getattr(error, "position", None), int) else 0
        raise InputError(Problem("not readable as YAML", file=file, line=line, way_out=_HINT)) from None


class _Reading:
    """Builds plain values from the parser's events."""

    def __init__(self, events: Iterator[Any], file: str) -> None:
        self._events, self._file = events, file
        self.places: dict[KeyPath, Place] = {}

    def document(self) -> dict[str, Any]:
        next(self._events)  # the stream's start
        if self._name(event := next(self._events)) == "StreamEnd":
            raise InputError(self._not_a_mapping(Phrase("the file is empty")))
        event = next(self._events)
        if self._name(event) != "MappingStart":
            empty = self._name(event) == "Scalar" and event.value == ""
            raise InputError(
                self._not_a_mapping(Phrase("the file is empty") if empty else Phrase("the file is not a mapping of keys to values"))
            )
        result = self._value(event, ())
        next(self._events)  # the document's end
        if self._name(event := next(self._events)) != "StreamEnd":
            raise self._refused(event, Phrase("a second document begins here (---)"), Phrase("Write one scenario a file"))
        assert isinstance(result, dict)
        return result

    def _value(self, event: Any, path: KeyPath) -> Any:
        kind = self._name(event)
        if kind == "Alias":
            raise self._refused(event, Phrase("aliases (*name) are not read in scenarios"), Phrase("Write the value out"), path)
        if event.tag is not None and event.tag != "!":
            raise self._refused(
                event, Phrase("tags (!name) are not read in scenarios"), Phrase("Leave the tag out and write the value"), path
            )
        if kind == "Scalar":
            return event.value if event.style else self._plain(event, path)
        if len(path) >= DEPTH_MAX:
            raise self._refused(event, Phrase("keys are nested too deeply"), Phrase("Known keys: docs/scenario.md"), path)
        return self._mapping(path) if kind == "MappingStart" else self._sequence(path)

    def _mapping(self, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while self._name(event := next(self._events)) != "MappingEnd":
            if self._name(event) != "Scalar":
                raise self._refused(event, Phrase("a key is a word"), Phrase("Write key: value"), path)
            key: str = event.value
            here = (*path, key)
            if key == "<<" and not event.style:
                way_out = Phrase("Write the values out, or build on another file by extends: base.yaml")
                raise self._refused(event, Phrase("merge keys (<<) are not read in scenarios"), way_out, path)
            if key in result:
                first = self.places[here].line
                raise self._refused(
                    event,
                    Phrase("duplicate key: it stands in line {first} already"),
                    Phrase("Keep one of the two"),
                    here,
                    first=first,
                )
            mark = event.start_mark
            self.places[here] = Place(self._file, mark.line + 1, mark.column + 1)
            result[key] = None
            result[key] = self._value(next(self._events), here)
        return result

    def _sequence(self, path: KeyPath) -> list[Any]:
        result: list[Any] = []
        while self._name(event := next(self._events)) != "SequenceEnd":
            here = (*path, len(result))
            self.places[here] = Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)
            result.append(self._value(event, here))
        return result

    def _plain(self, event: Any, path: KeyPath) -> object:
        """An unquoted scalar by the core schema of YAML 1.2."""
        text: str = event.value
        if (word := text if text in _WORDS else text.lower()) in _WORDS and text in (word, word.capitalize(), word.upper()):
            return _WORDS[word]
        if _INTEGER.fullmatch(text) or _BASED.fullmatch(text):
            if len(text) > _DIGITS_MAX:
                message, way_out = Phrase("a number of {digits} digits is not read"), Phrase("Write at most {most} digits")
                raise self._refused(event, message, way_out, path, digits=len(text), most=_DIGITS_MAX)
            return int(text, 0) if _BASED.fullmatch(text) else int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        if special := _NOT_FINITE.fullmatch(text):
            return float("nan") if special[3] else float(f"{special[1]}inf")
        return text

    @staticmethod
    def _name(event: Any) -> str:
        return type(event).__name__.removesuffix("Event")

    def _not_a_mapping(self, message: str) -> Problem:
        return Problem(message, file=self._file, way_out="Write a file to start from: wfm new shop.yaml")

    def _refused(self, event: Any, message: str, way_out: str, path: KeyPath = (), **values: object) -> InputError:
        key = dotted(path)
        return InputError(Problem(message, key, None, way_out, self._file, event.start_mark.line + 1, values))


#: What the parser stumbles over, in the words of somebody who writes a file.
_STUMBLES = (
    ("'\\t'", Phrase("not readable as YAML: a tab cannot stand here"), Phrase("Indent with blanks")),
    (
        "cannot start any token",
        Phrase("not readable as YAML: this character cannot begin a value"),
        Phrase("Put the text into quotes"),
    ),
    ("quoted scalar", Phrase("not readable as YAML: a quote is opened here and never closed"), Phrase("Close the quote")),
    (
        "mapping values are not allowed",
        Phrase("not readable as YAML: a second colon in one line"),
        Phrase("Put text with a colon into quotes, or begin a new line"),
    ),
    (
        "could not find expected ':'",
        Phrase("not readable as YAML: a key without a colon"),
        Phrase("Write key: value, a blank after the colon"),
    ),
    (
        "expected <block end>",
        Phrase("not readable as YAML: the indent does not fit the lines above"),
        Phrase("Indent the keys of one section alike"),
    ),
    (
        "expected ',' or",
        Phrase("not readable as YAML: a bracket is not closed, or a comma is missing"),
        Phrase("Check the brackets and commas"),
    ),
)
_HINT = "Check the indent, the colons and the quotes of this line"


def _unreadable(error: Any, file: str, text: str) -> Problem:
    # An open quote is noticed at the file's end; what helps is where it began.
    quoted = "quoted" in str(error.context)
    mark = (error.context_mark if quoted else None) or error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    # A sign of another width is noticed where the next one is missed: on its line, or the one after it.
    first = error.context_mark.line if error.context_mark else line - 1
    at, signs = full_width.in_lines(text.splitlines(), dict.fromkeys((first, line - 1, *range(first, line), line - 2)))
    if signs and not quoted:
        return Problem(full_width.MESSAGE, file=file, line=at + 1, way_out=full_width.WAY_OUT, values=full_width.told(signs))
    told = f"{error.context if quoted else ''} {error.problem or ''}"
    for sign, message, way_out in _STUMBLES:
        if sign in told:
            return Problem(message, file=file, line=line, way_out=way_out)
    return Problem("not readable as YAML", file=file, line=line, way_out=_HINT)


def dotted(path: KeyPath) -> str:
    """``demand.orders_per_day``; a part that holds a dot stands in quotes, but for the dates of opening hours."""
    parts = [str(part) for part in path]
    if len(parts) == 2 and parts[0] == "hours":
        return ".".join(parts)
    return ".".join(f'"{part}"' if "." in part else part for part in parts)
