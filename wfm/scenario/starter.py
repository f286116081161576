"""Scenario files to start from: commented templates, and any scenario written as YAML with what its keys mean."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from wfm.core.errors import Language
from wfm.scenario.document import KeyPath
from wfm.scenario.inheritance import PATHS
from wfm.scenario.leaves import ABSENT, SECTION, Leaf, as_written, flow, leaves_of, quoted, written

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario
    from wfm.scenario.reader import Source

TEMPLATES = ("shop", "estimate", "history")
_COMMENT = 48
_TITLE: dict[Language, str] = {
    "zh": "# 没有写的键都有默认值；全部可写的键：wfm schema --markdown",
    "en": "# Keys that are not written have defaults. Every key there is: wfm schema --markdown",
}


def template(name: str, language: Language, history: str = "") -> str:
    """The text of a template of `TEMPLATES`; ``history`` is the file that the template of that name reads."""
    text = files("wfm.scenario").joinpath(f"templates/{name}.{language}.yaml").read_text(encoding="utf-8")
    return text.replace("file: {history}", f"file: {quoted(history)}").replace("{history}", history)


def yaml_text(scenario: Scenario, language: Language) -> str:
    """A scenario as a YAML file that reads back as the same scenario: what differs from defaults, each key with its meaning."""
    lines = [_TITLE[language]]
    tree: dict[str, Any] = {}
    for leaf in leaves_of(scenario):
        if leaf.value is ABSENT or not (leaf.own or leaf.entry.required):
            continue
        section = tree
        for part in leaf.path[:-1]:
            if not isinstance(section.get(str(part)), dict):
                section[str(part)] = {}
            section = section[str(part)]
        section.setdefault(str(leaf.path[-1]), {} if leaf.value == SECTION and leaf.entry.kind == "section" else leaf)
    _write(tree, 0, lines, language)
    return "\n".join(lines) + "\n"


def relocated(source: Source, folder: Path) -> Source:
    """The source as it has to be written in another folder: relative paths lead to the same files."""
    values = source.values
    for path in PATHS:
        if isinstance(name := _at(values, path), str) and name and not Path(name).is_absolute():
            try:
                there = Path(os.path.relpath(source.folder / name, folder.resolve())).as_posix()
            except ValueError:  # another drive of Windows
                there = (source.folder / name).as_posix()
            if PurePosixPath(there) != PurePosixPath(name):
                values = _with(values, path, there)
    return replace(source, values=values)


def _write(tree: Mapping[str, Any], depth: int, lines: list[str], language: Language) -> None:
    for key, value in tree.items():
        head = f"{'  ' * depth}{quoted(key)}:"
        if isinstance(value, Leaf) and value.entry.items is not None and isinstance(value.value, tuple):
            lines.append(f"{head}  # {value.entry.zh if language == 'zh' else value.entry.en}")
            for item in value.value:
                lines += _item(as_written(item), depth + 1)
        elif isinstance(value, Leaf):
            text = f"{head} {written(value.value, value.entry)}"
            meaning = value.entry.zh if language == "zh" else value.entry.en
            blanks = " " * max(_COMMENT - sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text), 0)
            lines.append(f"{text}{blanks}  # {meaning}" if meaning else text)
        elif value:
            lines.append(head)
            _write(value, depth + 1, lines, language)
        else:
            lines.append(f"{head} {{}}")


def _item(section: Mapping[str, Any], depth: int) -> list[str]:
    """A section in a list: its keys, and what stands under names of one's own, in a line each."""
    lines = []
    for key, value in section.items():
        named = (
            isinstance(value, Mapping) and value and all(inner is None or isinstance(inner, Mapping) for inner in value.values())
        )
        lines.append(f"{quoted(key)}:" if named else f"{quoted(key)}: {flow(value)}")
        lines += [f"  {quoted(name)}: {flow(inner)}" for name, inner in value.items()] if named else []
    blanks = "  " * depth
    return [f"{blanks}{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines)]


def _at(values: Mapping[str, Any], path: KeyPath) -> object:
    found: Any = values
    for part in path:
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _with(values: dict[str, Any], path: KeyPath, value: object) -> dict[str, Any]:
    key = str(path[0])
    return {**values, key: value if len(path) == 1 else _with(values[key], path[1:], value)}
