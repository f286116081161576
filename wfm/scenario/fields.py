"""Every key a scenario may have, with unit, default, origin and meaning: one list for documentation and planner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from wfm.scenario.model import Scenario


@dataclass(frozen=True)
class Documented:
    """One key of the file format."""

    key: str
    unit: str
    required: bool
    default: object
    origin: str
    source: str
    en: str
    zh: str


def documented(model: type[BaseModel] = Scenario, prefix: str = "") -> Iterator[Documented]:
    """Every key below ``model``, in the order of the file format; a section stands before its keys."""
    for name, info in model.model_fields.items():
        about: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        inner = _section(info)
        default = (
            None if info.is_required() or inner is not None else info.get_default(call_default_factory=True, validated_data={})
        )
        yield Documented(f"{prefix}{name}", about.get("unit", ""), info.is_required(), default, about.get("origin", ""),
                         about.get("source", ""), info.description or "", about.get("zh", ""))  # fmt: skip
        if inner is not None:
            yield from documented(inner, f"{prefix}{name}.")


def markdown() -> str:
    """The list as the page ``docs/scenario.md``."""
    rows = [
        "# Every key of a scenario file\n",
        "Written by `wfm schema --markdown`. A value that differs from its default counts as `yours` in every report.\n",
        "| key | unit | default | origin | source | meaning | 含义 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for entry in documented():
        default = "**required**" if entry.required else "" if entry.default is None else f"`{_written(entry.default)}`"
        cells = (f"`{entry.key}`", entry.unit, default, entry.origin, entry.source, entry.en, entry.zh)
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _section(info: FieldInfo) -> type[BaseModel] | None:
    for candidate in (info.annotation, *get_args(info.annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel) and not issubclass(candidate, RootModel):
            return candidate
    return None


def _written(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)
