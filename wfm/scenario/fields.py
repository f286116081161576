"""Every key a scenario may have, with unit, default, origin and meaning: one list for documentation, sheet and messages."""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, RootModel, TypeAdapter
from pydantic.fields import FieldInfo

from wfm.core import units
from wfm.scenario.document import KeyPath
from wfm.scenario.model import Scenario

Kind = Literal[
    "section", "share", "rate", "factor", "duration", "date", "flag", "choice", "whole", "number", "list", "table", "text"
]

#: The model of the kind of file that is read: what stands at a path of keys.
_ROOT: ContextVar[type[BaseModel]] = ContextVar("root", default=Scenario)


@contextmanager
def keys_of(model: type[BaseModel]) -> Iterator[None]:
    """Within it, paths of keys are those of files of another kind, such as a centre's."""
    token = _ROOT.set(model)
    try:
        yield
    finally:
        _ROOT.reset(token)


@dataclass(frozen=True)
class Documented:
    """One key of the file format.

    Attributes
    ----------
    kind
        What is written there; a section has keys of its own, a table any keys.
    choices
        The words that may stand there, where there are such.
    nullable
        Whether ``null`` says something of its own, e.g. "no such target".
    model
        The section's model.
    items
        What stands in a list, or under the names of a table, where those are sections.
    default
        As in the model, not yet validated; None for sections.
    """

    key: str
    kind: Kind
    unit: str
    required: bool
    default: object
    origin: str
    source: str
    en: str
    zh: str
    choices: tuple[str, ...] = ()
    nullable: bool = False
    model: type[BaseModel] | None = None
    items: type[BaseModel] | None = None


def documented(model: type[BaseModel] = Scenario, prefix: str = "") -> Iterator[Documented]:
    """Every key below ``model``, in the order of the file format; a section stands before its keys."""
    for name, info in model.model_fields.items():
        entry = described(f"{prefix}{name}", info)
        yield entry
        if entry.model is not None:
            yield from documented(entry.model, f"{entry.key}.")
        if entry.items is not None:
            yield from documented(entry.items, f"{entry.key}[]." if entry.kind == "list" else f"{entry.key}.*.")
    if (own := own_names(model)) is not None:
        yield from documented(own, f"{prefix}*.")


def described(key: str, info: FieldInfo) -> Documented:
    """One field of a model as a key."""
    about: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    types_, validators = _parts(info)
    section = next((t for t in types_ if isinstance(t, type) and issubclass(t, BaseModel) and not issubclass(t, RootModel)), None)
    default = None if info.is_required() or section is not None else info.get_default(call_default_factory=True, validated_data={})
    choices = tuple(str(word) for t in types_ if get_origin(t) is Literal for word in get_args(t))
    kind = _kind(types_, validators, section)
    if kind == "number" and about.get("unit") == "s":
        kind = "duration"  # one that may also be a word, such as never
    return Documented(key, kind, about.get("unit", ""), info.is_required(), default,
                      about.get("origin", ""), about.get("source", ""), info.description or "", about.get("zh", ""), choices,
                      type(None) in types_, section, _items(types_))  # fmt: skip


@cache
def default_of(model: type[BaseModel], name: str) -> object:
    """A default as validation would read it: ``"8h"`` and 28800 seconds are the same value."""
    info = model.model_fields[name]
    kind: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    return TypeAdapter(kind).validate_python(info.get_default(call_default_factory=True, validated_data={}))


def field_at(path: KeyPath) -> Documented | None:
    """The key at a path, names of one's own (shifts, opening hours, columns) included; None where no such key is known."""
    model: type[BaseModel] | None = _ROOT.get()
    entry: Documented | None = None
    for depth, part in enumerate(path):
        key = ".".join(map(str, path[: depth + 1]))
        if model is None and entry is not None and entry.items is not None:
            model = entry.items
            # In a table of sections null takes one of another source out, so that it says something.
            nothing = entry.kind == "table"
            entry = Documented(key, "section", "", False, None, "", "", str(part), str(part), nullable=nothing, model=model)
            continue
        if model is None:
            # Below a table of names, and in lists, anything may stand.
            return Documented(key, "text", "", False, None, "", "", "", "") if entry and entry.kind in ("table", "list") else None
        if part in model.model_fields:
            entry = described(key, model.model_fields[str(part)])
        elif (own := own_names(model)) is not None:
            entry = Documented(key, "section", "", False, None, "", "", "", "", model=own)
        else:
            return None
        model = entry.model
    return entry


def own_names(model: type[BaseModel]) -> type[BaseModel] | None:
    """What stands under names of one's own in a section, such as a shift; None where names are fixed."""
    if model.model_config.get("extra") != "allow":
        return None
    hints = get_args(get_type_hints(model).get("__pydantic_extra__"))
    return next((t for t in hints if isinstance(t, type) and issubclass(t, BaseModel)), None)


def known_keys(path: KeyPath) -> list[str]:
    """Names of the keys known below a path."""
    if not path:
        return list(_ROOT.get().model_fields)
    entry = field_at(path)
    return list(entry.model.model_fields) if entry is not None and entry.model is not None else []


def markdown() -> str:
    """The list as the page ``docs/scenario.md``."""
    rows = [
        "# Every key of a scenario file\n",
        "Written by `wfm schema --markdown`. A value that differs from its default counts as `yours` in every report.",
        "`*` is a name of your own (of targets: dates), `[]` each of a list.\n",
        "| key | unit | default | origin | source | meaning | 含义 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        f"| `{EXTENDS}` |  |  |  |  | {EXTENDS_EN} | {EXTENDS_ZH} |",
    ]
    for entry in documented():
        default = "**required**" if entry.required else "" if entry.default in (None, (), {}) else f"`{_written(entry.default)}`"
        cells = (f"`{entry.key}`", entry.unit, default, entry.origin, entry.source, entry.en, entry.zh)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n" + _NOTES


def json_schema(model: type[BaseModel] = Scenario) -> dict[str, Any]:
    """The JSON schema of scenario files, or of another kind; titles in Chinese, descriptions in English."""
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        for entry in part.get("properties", {}).values():
            if "zh" in entry:
                entry["title"] = entry.pop("zh")
    schema["properties"] = {EXTENDS: {"type": "string", "title": EXTENDS_ZH, "description": EXTENDS_EN}, **schema["properties"]}
    # What a file builds on may bring the keys that a plan needs.
    schema["anyOf"] = [{"required": schema.pop("required")}, {"required": [EXTENDS]}]
    return schema


EXTENDS = "extends"
EXTENDS_EN = "another scenario file to build on, in this folder or below: only what differs is written here"
EXTENDS_ZH = "在另一个方案文件（同一文件夹或其子文件夹内）的基础上，只写不同之处"

_NOTES = """
## One file on another

```yaml
extends: shop.yaml                # beside this file or in a folder below; at most 5 files deep
name: Singles' Day
plan: {start: 2027-10-18, weeks: 5}
hours: {sun: null}                # null drops what the other file says: the default holds again
targets: {sl_offered: null}       # where null has a meaning of its own (no such target, shift, option), it keeps it
```

Sections are merged key by key; values and lists are replaced. Relative paths (`demand.history.file`) start at the folder of the
file that writes them. `--overrides FILE` (a YAML file of keys, or a sheet of an Excel workbook) and then `--set KEY=VALUE` come
on top.

## Versions

`wfm: 2` is the version of the format. Older files are read as well and say what has another name now; `wfm check --migrate FILE`
rewrites such a file, its comments kept.

| since | renamed |
| --- | --- |
| 2 | `demand.history.csv` is `demand.history.file` |
"""


def _parts(info: FieldInfo) -> tuple[list[Any], list[Any]]:
    """Types that a field's annotation is made of, and the functions that read people's writing for it."""
    types_: list[Any] = []
    validators = [getattr(extra, "func", None) for extra in info.metadata]
    queue = [info.annotation]
    while queue:
        found: Any = queue.pop(0)
        if get_origin(found) is Annotated:
            inner, *extras = get_args(found)
            validators += [getattr(extra, "func", None) for extra in extras]
            queue.append(inner)
        elif get_origin(found) in (Union, types.UnionType):
            queue.extend(get_args(found))
        else:
            types_.append(found)
    return types_, validators


def _items(types_: list[Any]) -> type[BaseModel] | None:
    """The sections that a list or a table of them holds."""
    for found in types_:
        if get_origin(found) in (tuple, list, dict):
            inner = [part for each in get_args(found) for part in (get_args(each) or (each,))]
            inner = [get_args(part)[0] if get_origin(part) is Annotated else part for part in inner]
            if item := next((part for part in inner if isinstance(part, type) and issubclass(part, BaseModel)), None):
                return item
    return None


def _kind(types_: list[Any], validators: list[Any], section: type[BaseModel] | None) -> Kind:
    if section is not None:
        return "section"
    for reader, kind in _READERS.items():
        if reader in validators:
            return kind
    for found in types_:
        origin = get_origin(found) or found
        if isinstance(found, type) and issubclass(found, RootModel):
            return "table"
        if origin is Literal:
            return "whole" if isinstance(get_args(found)[0], int) else "choice"
        if origin in _KINDS:
            return _KINDS[origin]
    return "text"


_READERS: dict[Any, Kind] = {
    units.share: "share", units.rate: "rate", units.growth: "rate", units.factor: "factor", units.duration: "duration",
}  # fmt: skip
_KINDS: dict[Any, Kind] = {
    bool: "flag", int: "whole", float: "number", str: "text", date: "date", tuple: "list", list: "list", dict: "table",
}  # fmt: skip


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)
