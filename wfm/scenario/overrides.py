"""Values put on top of a scenario file: ``--set key=value``, and files of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from wfm.core.errors import InputError, Problem
from wfm.scenario.document import Document, KeyPath, Place, parse

#: Keys of which one takes the place of the others: writing a file ends the made-up past of the scenario below.
_ALTERNATIVES: Mapping[KeyPath, tuple[str, ...]] = {("demand", "history"): ("generate", "file", "sql")}

_PART = re.compile(r'"([^"]*)"|([^."]+)')


def key_path(key: str) -> tuple[str, ...]:
    """The parts of a dotted key, () where it is none; a part in quotes may hold dots, and what follows ``hours.`` is one part."""
    key = key.strip()
    if key.startswith("hours."):
        day = key.removeprefix("hours.").strip().strip('"')
        return ("hours", day) if day else ()
    parts: list[str] = []
    at = 0
    while match := _PART.match(key, at):
        parts.append(match[1] if match[1] is not None else match[2].strip())
        at = match.end()
        if at == len(key):
            return tuple(parts) if all(parts) else ()
        if key[at] != ".":
            return ()
        at += 1
    return ()


def given(text: str, where: str = "--set") -> tuple[tuple[str, ...], object]:
    """Path and value of ``"key=value"``; the value is YAML."""
    key, equals, written = text.partition("=")
    path = key_path(key)
    if not equals or not path:
        raise InputError(Problem("an override is key=value", where, text, "E.g. --set targets.answer_rate=95%"))
    if any(ord(sign) < 32 for sign in key):
        raise InputError(Problem("an override is key=value in one line", where, text, "E.g. --set targets.answer_rate=95%"))
    try:
        return path, parse(f"value: {written}", where)[0]["value"]
    except InputError as error:
        problem = error.problems[0]
        raise InputError(
            Problem(problem.message, key.strip(), written.strip(), problem.way_out, where, 0, problem.values)
        ) from None
    except KeyError:
        raise InputError(
            Problem("an override is key=value in one line", where, text, "E.g. --set targets.answer_rate=95%")
        ) from None


def put(values: Mapping[str, Any], places: dict[KeyPath, Place], path: KeyPath, value: object, place: Place) -> dict[str, Any]:
    """The values with one of them written; ``places`` (changed in place) says where it comes from. Null drops as in `merged`."""
    path = _counted(values, path)
    result = _put(values, path, (), value)
    if path in places:
        for known in [known for known in places if known[: len(path)] == path]:
            del places[known]
    places[path] = place
    if isinstance(value, Mapping):
        places.update(dict.fromkeys(leaves(value, path), place))
    return result


def _counted(values: object, path: KeyPath) -> KeyPath:
    """A path with the numbers of those sections that stand in a list: ``events.0.planner_total``."""
    found: list[str | int] = []
    for part in path:
        if isinstance(values, list) and str(part).isdecimal() and int(part) < len(values):
            found.append(int(part))
            values = values[int(part)]
        else:
            found.append(part)
            values = values.get(part) if isinstance(values, Mapping) else None
    return tuple(found)


def _put(values: Mapping[str, Any], path: KeyPath, done: KeyPath, value: object) -> dict[str, Any]:
    result, key = dict(values), str(path[0])
    _one_of(result, done, key, value)
    if len(path) > 2 and isinstance(path[1], int) and isinstance(items := result.get(key), list):
        inside = items[path[1]] if isinstance(items[path[1]], Mapping) else {}
        new = _put(inside, path[2:], (*done, key, path[1]), value)
        result[key] = [*items[: path[1]], new, *items[path[1] + 1 :]]
    elif len(path) > 1:
        inner = result.get(key)
        result[key] = _put(inner if isinstance(inner, Mapping) else {}, path[1:], (*done, key), value)
    elif value is None and _dropped((*done, key)):
        result.pop(key, None)
    else:
        result[key] = value
    return result


def value_at(values: Mapping[str, Any], path: KeyPath) -> object:
    """What stands at a path that is there."""
    found: Any = values
    for part in path:
        found = found[part]
    return found


def dotted_keys(document: Document) -> Document:
    """A file of keys, in which ``demand.orders_per_day: 2000`` stands for nested keys."""
    values: dict[str, Any] = {}
    places: dict[KeyPath, Place] = {}
    for key, value in document.values.items():
        path = key_path(key) or (key,)
        values = _put(values, path, (), value) if not isinstance(value, Mapping) or len(path) > 1 else {**values, key: value}
        places.update({(*path, *known[1:]): place for known, place in document.places.items() if known[0] == key})
    return replace(document, values=values, places=places)


def merged(
    below: tuple[Mapping[str, Any], Mapping[KeyPath, Place]], above: tuple[Mapping[str, Any], Mapping[KeyPath, Place]]
) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    """Values and places of one file on another: mappings key by key; all else, lists too, replaced; null drops (see `_dropped`)."""
    places: dict[KeyPath, Place] = {}
    values = _merge(below, above, (), places)
    return values, places


def leaves(values: Mapping[str, Any], path: KeyPath = ()) -> Iterator[KeyPath]:
    """Paths of all keys of nested mappings that hold no mapping with keys."""
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*path, key))
        else:
            yield (*path, key)


Pair = tuple[Mapping[str, Any], Mapping[KeyPath, Place]]


def _merge(below: Pair, above: Pair, path: KeyPath, places: dict[KeyPath, Place]) -> dict[str, Any]:
    old, new = dict(below[0]), above[0]
    for key, value in new.items():
        _one_of(old, path, key, value)
    result: dict[str, Any] = {}
    for key in (*old, *(key for key in new if key not in old)):
        here = (*path, key)
        if key not in new:
            result[key] = old[key]
            _adopt(places, below[1], here, old[key])
            continue
        value = new[key]
        if isinstance(value, Mapping):
            inner = old.get(key)
            if here in above[1]:
                places[here] = above[1][here]
            result[key] = _merge((inner if isinstance(inner, Mapping) else {}, below[1]), (value, above[1]), here, places)
        elif value is None and _dropped(here):
            continue
        else:
            result[key] = value
            _adopt(places, above[1], here, value)
    return result


def _adopt(places: dict[KeyPath, Place], source: Mapping[KeyPath, Place], path: KeyPath, value: object) -> None:
    """Take the places of a key and of all below it over."""
    if path in source:
        places[path] = source[path]
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        _adopt(places, source, (*path, key), below)


def _dropped(path: KeyPath) -> bool:
    """Whether ``null`` takes a value of the file below away. Where null is a value itself (no such target), it is not."""
    from wfm.scenario.fields import field_at

    entry = field_at(path)
    return entry is None or not entry.nullable


def _one_of(section: dict[str, Any], path: KeyPath, key: str, value: object) -> None:
    """Take the alternatives of a key that is written out of the section below."""
    names = _ALTERNATIVES.get(path, ())
    if key in names and value is not None:
        for name in names:
            if name != key:
                section.pop(name, None)
