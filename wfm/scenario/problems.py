"""What the model refuses, said in our own words with place, key, value and the way out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wfm.core.errors import BadValueError, Phrase, Problem
from wfm.scenario import full_width
from wfm.scenario.document import KeyPath, Place, dotted
from wfm.scenario.migration import renamed_since
from wfm.scenario.overrides import key_path

#: Problems told of one file; whoever has more begins with these.
MOST = 20

#: Kind of pydantic's error to (message, way out), the blanks filled from its context.
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "greater_than": (Phrase("has to be above {gt}"), ""),
    "greater_than_equal": (Phrase("has to be {ge} or more"), ""),
    "less_than": (Phrase("has to be below {lt}"), ""),
    "less_than_equal": (Phrase("has to be {le} or less"), ""),
    "finite_number": (Phrase("a finite number is needed here"), Phrase("Write a number such as 4.5")),
    "int": (Phrase("a whole number is needed here"), Phrase("Write a number such as 4")),
    "float": (Phrase("a number is needed here"), Phrase("Write a number such as 4.5")),
    "bool": (Phrase("neither true nor false"), Phrase("Write true or false")),
    "date": (Phrase("not a date"), Phrase("Write 2027-11-11")),
    "string": (Phrase("a text is needed here"), Phrase("Write it in quotes")),
    "list": (Phrase("a list is needed here"), Phrase("Write [a, b]")),
    "tuple": (Phrase("a list is needed here"), Phrase("Write [a, b]")),
    "string_too_short": (Phrase("this text is too short"), Phrase("Write at least {min_length} characters")),
    "string_too_long": (Phrase("this text is too long"), Phrase("Write at most {max_length} characters")),
    "too_short": (Phrase("too few of these are written"), Phrase("Write at least {min_length}")),
    "too_long": (Phrase("too many of these are written"), Phrase("Write at most {max_length}")),
}
#: Sections that planners ask for and no step knows yet: told as such, key by key.
NOT_MODELLED = ("levers",)

_HISTORY = Phrase("Write estimate, {generate: shop} or {file: path/to/history.csv}")


def problems(
    errors: Sequence[Mapping[str, Any]], places: Mapping[KeyPath, Place], file: str, unread: Sequence[Problem] = ()
) -> list[Problem]:
    """Pydantic's errors as problems in the order of the file, each once, at most `MOST` and the number of the others.

    What is ``unread`` is told among them; what only follows from its keys' not being there is not.
    """
    written = {path: place for path, place in places.items() if place.file.startswith("--set")}
    found: dict[tuple[KeyPath, str], tuple[Place, KeyPath, Mapping[str, Any]]] = {}
    for entry in _key_by_key(_without_other_branches(errors)):
        path = _key(entry)
        if entry["type"] != "extra_forbidden" and any(key_path(problem.key)[: len(path)] == path for problem in unread):
            continue
        found.setdefault((path, str(entry["type"])), (_place(path, places, written, file), path, entry))
    order = sorted([*unread, *(_problem(*item) for item in found.values())], key=lambda problem: _order(problem, file))
    told = order[:MOST]
    if len(order) > MOST:
        told.append(Problem("{count} more problems", file=file, way_out="Mend these first", values={"count": len(order) - MOST}))
    return told


def _key_by_key(errors: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Each key of a section that is not modelled by itself."""
    for entry in errors:
        inside = entry["input"]
        if entry["type"] == "extra_forbidden" and entry["loc"][0] in NOT_MODELLED and isinstance(inside, Mapping) and inside:
            yield from ({**entry, "loc": (*entry["loc"], key), "input": value} for key, value in inside.items())
        else:
            yield entry


def _order(problem: Problem, file: str) -> tuple[bool, list[str | int], int]:
    """By file, line, and cell: C10 stands before C106, and both before C114."""
    parts = [int(part) if part.isdigit() else part for part in re.split(r"([0-9]+)", problem.file)]
    return problem.file != file, parts, problem.line


def placed(problem: Problem, places: Mapping[KeyPath, Place], file: str) -> Problem:
    """A problem that a later step has with a key of the scenario, with the place where that key is written."""
    from wfm.scenario.fields import known_keys

    path = tuple(int(part) if part.isdecimal() else part for part in problem.key.split("."))
    if problem.file or path[0] not in known_keys(()):
        return problem
    written = {known: place for known, place in places.items() if place.file.startswith("--set")}
    place = _place(path, places, written, file)
    return replace(problem, file=place.file, line=place.line)


def _problem(place: Place, path: KeyPath, entry: Mapping[str, Any]) -> Problem:
    message, way_out, values = _sentence(entry, path, entry.get("ctx", {}).get("error"))
    unsaid = entry["type"] in ("missing", "extra_forbidden") or isinstance(entry["input"], Mapping | list | tuple)
    return Problem(message, dotted(path), None if unsaid else entry["input"], way_out, place.file, place.line, values)


def _key(entry: Mapping[str, Any]) -> KeyPath:
    path, error = _path(entry["loc"]), entry.get("ctx", {}).get("error")
    if entry["type"] == "extra_forbidden":  # whatever it looks like, it is a key
        path = (*_path(entry["loc"][:-1]), entry["loc"][-1])
    if not path and isinstance(error, BadValueError) and isinstance(error.values.get("key"), str):
        # What a model finds out about the whole may still be about one key.
        return key_path(str(error.values["key"]))
    return path


def _place(path: KeyPath, places: Mapping[KeyPath, Place], written: Mapping[KeyPath, Place], file: str) -> Place:
    """Where a key stands, else the first key in it, else the section around; where an override touched it, that override."""
    if path and path not in written:
        below = [place for known, place in written.items() if known[: len(path)] == path]
        if below:
            return below[-1]
    if path and path not in places and (within := [place for at, place in places.items() if at[: len(path)] == path]):
        return within[0]
    known = next((path[:end] for end in range(len(path), 0, -1) if path[:end] in places), None)
    return Place(file) if known is None else places[known]


def _sentence(entry: Mapping[str, Any], path: KeyPath, error: object) -> tuple[str, str, Mapping[str, object]]:
    from wfm.scenario.fields import field_at, known_keys

    kind, context = str(entry["type"]), dict(entry.get("ctx", {}))
    if kind == "extra_forbidden" and (signs := full_width.in_key(path[-1])):
        return full_width.MESSAGE, full_width.WAY_OUT, full_width.told(signs)
    if kind == "extra_forbidden" and re.fullmatch(r"\d{3}", str(path[-1])) and entry["input"] is None:
        return (
            Phrase("inside braces a comma ends the value: these are the last digits of the number before it"),
            Phrase("Write the number without commas, or in quotes"),
            {"blank": ""},
        )
    if not kind.startswith("string_too") and (signs := full_width.in_value(entry["input"])):
        return full_width.MESSAGE, full_width.WAY_OUT, full_width.told(signs)
    if isinstance(error, BadValueError):
        return error.message, error.way_out, error.values
    if kind == "missing":
        return Phrase("this key is required"), Phrase("Add {key}: ..."), {"key": path[-1]}
    if kind == "extra_forbidden":
        return _unknown(path)
    if kind == "literal_error":
        entry_ = field_at(path)
        words = ", ".join(entry_.choices) if entry_ is not None and entry_.choices else str(context.get("expected", ""))
        if path == ("demand", "history"):
            return Phrase("not a history"), _HISTORY, {}
        return Phrase("none of the words that are known here"), Phrase("Write one of: {words}"), {"words": words}
    if kind in ("model_type", "model_attributes_type", "dict_type", "mapping_type"):
        known = ", ".join(known_keys(path))
        return (
            Phrase("a section with keys is needed here"),
            Phrase("Write {{key: value}}; keys: {known}") if known else "",
            {"known": known},
        )
    if kind in ("tuple_type", "list_type") and (keys := _keys_of_items(path)):
        return Phrase("a list is needed here"), Phrase("Begin each with a dash: - {{{first}: ...}}"), {"first": keys[0]}
    for sign, (message, way_out) in _SENTENCES.items():
        if kind == sign or re.fullmatch(rf"{sign}_(type|parsing|parsing_size|from_float|from_datetime_\w+)", kind):
            return message, way_out, {name: _plain(value) for name, value in context.items()} or {"blank": ""}
    if kind == "value_error":
        message, colon, way_out = str(error).partition(": ")
        return message, (way_out[:1].upper() + way_out[1:]) if colon else "", {}
    return Phrase("not a value that this key can have"), Phrase("Known keys and their units: docs/scenario.md"), {}


def _keys_of_items(path: KeyPath) -> list[str]:
    """Keys of the sections that the list at a path holds; none where it holds no sections."""
    from wfm.scenario.fields import field_at

    entry = field_at(path)
    return list(entry.items.model_fields) if entry is not None and entry.items is not None else []


def _unknown(path: KeyPath) -> tuple[str, str, Mapping[str, object]]:
    from wfm.scenario.fields import known_keys

    if path[0] in NOT_MODELLED:
        return (
            Phrase("not modelled yet"),
            Phrase("Take it out; what the scenario can say instead: docs/events.md"),
            {"blank": ""},
        )
    if new := renamed_since(path):
        return Phrase("this key has another name now"), Phrase("Write {new}"), {"new": new}
    known = known_keys(path[:-1])
    if near := difflib.get_close_matches(str(path[-1]), known, 1):
        return Phrase("unknown key"), Phrase("Did you mean '{near}'?"), {"near": near[0]}
    return Phrase("unknown key"), Phrase("Known here: {known}"), {"known": ", ".join(known)}


def _plain(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


def _path(location: Iterable[str | int]) -> KeyPath:
    """Pydantic's location without the names of branches of a union and of wrappers."""
    found: list[str | int] = []
    for part in location:
        if not _is_branch(part) or _takes_names(tuple(found)):
            found.append(part)
    return tuple(found)


def _takes_names(path: KeyPath) -> bool:
    """Whether names of one's own stand below a key, such as those of shifts and phases; they may look like anything."""
    from wfm.scenario.fields import field_at, own_names

    entry = field_at(path)
    if entry is None:
        return False
    return (entry.kind == "table" and entry.items is not None) or (entry.model is not None and own_names(entry.model) is not None)


def _is_branch(part: object) -> bool:
    text = str(part)
    return "(" in text or "[" in text or (text[:1].isupper() and text.isidentifier() and text.isascii())


def _without_other_branches(errors: Sequence[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """Of a value that may be a word or a section, only the errors of what was written."""
    for entry in errors:
        # The last part of the location names the branch: Literal's or the model's.
        union = bool(entry["loc"]) and _is_branch(entry["loc"][-1])
        mapping = isinstance(entry["input"], Mapping)
        if union and entry["type"] == "literal_error" and mapping:
            continue
        if union and entry["type"].startswith("model_") and not mapping and _has_word_branch(errors, entry):
            continue
        yield entry


def _has_word_branch(errors: Sequence[Mapping[str, Any]], entry: Mapping[str, Any]) -> bool:
    return any(other["type"] == "literal_error" and _path(other["loc"]) == _path(entry["loc"]) for other in errors)
