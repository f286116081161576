"""A scenario taken apart into its keys with their values, and each value as a text that reads back as the same value."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from pydantic import BaseModel, RootModel

from wfm.core import units
from wfm.scenario.document import KeyPath
from wfm.scenario.fields import Documented, default_of, described, own_names

#: A section that is there; its keys follow. Sections that may be left out stand as this, as None, or as a word.
SECTION = "{}"
#: No value: the section the key belongs to is not there.
ABSENT = object()

#: Kinds that percent are written for, and from where on a bare number would be asked about.
PERCENT = ("share", "rate", "factor")
ASKED = {"rate": units.RATE_MOST, "factor": units.FACTOR_MOST}
_REAL = (*PERCENT, "duration")
_PERCENT_DIGITS = 12

_DAYS = ("daily", *units.WEEKDAYS, "holiday")


@dataclass(frozen=True)
class Leaf:
    """One key of a scenario.

    Attributes
    ----------
    path
        Its key.
    entry
        What is known of it: kind, unit, words in both languages.
    value
        Its value; `SECTION`, None or a word for a section that may be left out; `ABSENT` for a key of one that is.
    default
        The value that holds where none is written, `ABSENT` where one has to be.
    """

    path: KeyPath
    entry: Documented
    value: object
    default: object

    @property
    def own(self) -> bool:
        """Whether the value differs from the default, so that it has to be written."""
        return self.value is not ABSENT and (self.default is ABSENT or self.value != self.default)


def leaves_of(model: BaseModel, path: KeyPath = (), *, everything: bool = False) -> Iterator[Leaf]:
    """Every key of a scenario in the order of the file format; with ``everything`` those of sections that are not there, too."""
    for name, info in type(model).model_fields.items():
        entry = described(".".join(map(str, (*path, name))), info)
        yield from _field(model, name, (*path, name), entry, everything)
    own = own_names(type(model))
    for name, value in (model.model_extra or {}).items():
        entry = Documented(".".join(map(str, (*path, name))), "section", "", False, None, "", "", str(name), str(name), model=own)
        yield Leaf((*path, name), entry, None if value is None else SECTION, ABSENT)
        if isinstance(value, BaseModel):
            yield from leaves_of(value, (*path, name), everything=everything)


def values_of(model: BaseModel) -> dict[KeyPath, object]:
    """Key to value, without sections that are not there."""
    return {leaf.path: leaf.value for leaf in leaves_of(model) if leaf.value is not ABSENT}


def same(one: object, other: object) -> bool:
    """Whether two values are equal, numbers to the digits that a spreadsheet keeps when it saves a file."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-13)
    return one == other


def _field(model: BaseModel, name: str, path: KeyPath, entry: Documented, everything: bool) -> Iterator[Leaf]:
    value = getattr(model, name)
    default = ABSENT if entry.required else default_of(type(model), name)
    if isinstance(value, RootModel):
        names = list(dict.fromkeys([*_DAYS, *value.root])) if everything else list(value.root)
        for name in names:
            yield Leaf((*path, name), replace(entry, key=f"{entry.key}.{name}", kind="text", required=False),
                       value.root.get(name, ABSENT), ABSENT)  # fmt: skip
    elif entry.model is None:
        if isinstance(value, Mapping) and value and not _whole(value):
            for name, inner in value.items():
                yield Leaf((*path, name), replace(entry, key=f"{entry.key}.{name}", kind="text"), inner, ABSENT)
        else:
            yield Leaf(path, entry, value, default)
    else:
        optional = entry.nullable or bool(entry.choices)
        standing = default if default is ABSENT or not isinstance(default, BaseModel) else SECTION
        if optional or standing not in (SECTION, ABSENT):
            yield Leaf(path, entry, SECTION if isinstance(value, BaseModel) else value, standing)
        if isinstance(value, BaseModel):
            yield from leaves_of(value, path, everything=everything)
        elif everything:
            yield from _empty(entry.model, path)


def _whole(table: Mapping[object, object]) -> bool:
    """Whether a table stands as one value: its names are no words, or sections stand under them."""
    return any(not isinstance(name, str) or isinstance(inner, BaseModel) for name, inner in table.items())


def _empty(model: type[BaseModel], path: KeyPath) -> Iterator[Leaf]:
    for name, info in model.model_fields.items():
        here = (*path, name)
        entry = described(".".join(map(str, here)), info)
        if entry.model is not None:
            yield from _empty(entry.model, here)
        else:
            yield Leaf(here, entry, ABSENT, ABSENT if entry.required else default_of(model, name))


def written(value: object, entry: Documented) -> str:
    """A value as YAML text that the model reads as the same value: ``98%``, ``20s``, ``2027-07-05``, ``"10:00-18:00"``."""
    if value is None:
        return "null"
    if value == SECTION and entry.kind == "section":
        return SECTION
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(float(value) if entry.kind in _REAL else value, entry)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(as_written(item)) if isinstance(item, BaseModel) else quoted(str(item)) for item in value) + "]"
    if isinstance(value, BaseModel):
        return flow(as_written(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(str(key))}: {written(inner, entry)}" for key, inner in value.items()) + "}"
    return quoted(str(value))


def as_written(model: BaseModel) -> dict[str, object]:
    """What was written of a section: plain values that the model reads as the same section."""
    return model.model_dump(mode="json", exclude_unset=True)


def flow(value: object) -> str:
    """Any plain value as YAML in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(str(key))}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return {"nan": ".nan", "inf": ".inf", "-inf": "-.inf"}[repr(value)]
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value) if isinstance(value, int | float) else quoted(str(value))


def _number(value: float, entry: Documented) -> str:
    if not math.isfinite(value):
        return "never" if value > 0 else repr(value)
    if entry.kind == "duration":
        for size, unit in ((3600, "h"), (60, "min"), (1, "s")):
            if value and value % size == 0:
                return f"{value / size:.0f}{unit}"
    percent = units.percent(value) if entry.kind in PERCENT else ""
    if percent and (value >= ASKED.get(entry.kind, 2) or (entry.kind != "factor" and len(percent) <= _PERCENT_DIGITS)):
        return percent
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e15 else repr(value)


_SIGNS = frozenset(" _./()（）·，、-%")


def quoted(text: str) -> str:
    """Text as a YAML scalar, in quotes where it would be read as something else."""
    from wfm.scenario.document import parse

    if text and text[0].isalnum() and text == text.strip() and all(sign.isalnum() or sign in _SIGNS for sign in text):
        try:
            if parse(f"value: {text}", "")[0]["value"] == text:
                return text
        except ValueError:
            pass
    return '"' + "".join(_escaped(sign) for sign in text) + '"'


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if sign.isprintable() and not 0xD800 <= ord(sign) <= 0xDFFF and sign != "\ufeff":
        return sign
    return f"\\U{ord(sign):08x}"
