"""Reads a scenario: a YAML file or an Excel sheet, what it builds on, overrides on top, and every problem told together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from wfm.core.errors import InputError, Language, Problem
from wfm.scenario.document import Document, KeyPath, Place, dotted, read_document

if TYPE_CHECKING:
    from pydantic import BaseModel

    from wfm.scenario.model import Scenario

Model = TypeVar("Model", bound="BaseModel")

_SHEETS = (".xlsx", ".xlsm")
# Files that hold rows, never keys: most likely the past itself.
_TABLES = (".csv", ".tsv", ".parquet", ".xls", ".xlsb", ".ods", ".gz", ".zip", ".db", ".sqlite")


@dataclass(frozen=True)
class Source:
    """A scenario as written: plain values, and where each key stands.

    Attributes
    ----------
    values
        Content of the file and of those it builds on, overrides applied, in the current version of the format.
    places
        Where each key stands, by its path: file and line, sheet and cell, or the override that wrote it.
    file
        Path as the user gave it.
    overrides
        ``key=value`` texts that were applied: those of a sheet that differ from the file, then those after ``--set``.
    notices
        What a planner should know that is no error: keys that have another name now.
    problems
        What could not be read at all; `validate` tells it with all else.
    """

    values: dict[str, Any]
    places: Mapping[KeyPath, Place]
    file: str
    overrides: tuple[str, ...] = field(default=())
    notices: tuple[Problem, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())

    @property
    def folder(self) -> Path:
        """Where relative paths inside the file start, as the user named it: messages about those files should be recognised."""
        return Path(self.file).parent

    @property
    def language(self) -> Language:
        """The language the file asks for; its default is Chinese."""
        return "en" if self.values.get("language") == "en" else "zh"


def read_scenario(path: str | Path, overrides: Sequence[str] = (), *, sheet: str | Path | None = None) -> tuple[Scenario, Source]:
    """The scenario in a file, checked.

    Parameters
    ----------
    path
        A YAML file, or an Excel workbook with a scenario sheet (a plan.xlsx has one: its assumptions).
    overrides
        ``"key.subkey=value"`` texts, applied last; values are YAML (``98%``, ``{share: 80%, within: 20s}``).
    sheet
        A file of keys (YAML, or a workbook) on top of the scenario, below ``overrides``. Empty cells override nothing.

    Raises
    ------
    InputError
        With every problem of the file: place, key, value and way out, in the file's own language.
    """
    source = read_source(path, overrides, sheet=sheet)
    return validate(source), source


def read_source(path: str | Path, overrides: Sequence[str] = (), *, sheet: str | Path | None = None) -> Source:
    """The file as written with what it builds on and its overrides, not yet checked against the model."""
    from wfm.scenario.inheritance import resolved
    from wfm.scenario.overrides import given, put

    file = str(path)
    document, notices = resolved(Path(path), file, _read)
    source = Source(document.values, document.places, file, (), notices, document.problems)
    try:
        if sheet is not None:
            source = _with_sheet(source, Path(sheet))
        values, places = source.values, dict(source.places)
        for text in overrides:
            values = put(values, places, *given(text), Place(f"--set {text}"))
    except InputError as error:
        error.language = error.language or source.language
        raise
    return replace(source, values=values, places=places, overrides=(*source.overrides, *overrides))


def read_text_of(text: str, file: str) -> Source:
    """A scenario that stands in no file yet."""
    from wfm.scenario.document import parse

    values, places = parse(text, file)
    return Source(values, places, file)


def validate(source: Source) -> Scenario:
    """The source as a `Scenario`."""
    from wfm.scenario.model import Scenario

    if not {"groups", "routing"}.isdisjoint(source.values):
        message = "this file describes a centre of several contact types and groups, not a plan"
        place = source.places.get(("groups",), source.places.get(("routing",), Place(source.file)))
        way_out = "Simulate it: wfm centre {file}"
        told = Problem(message, file=place.file, line=place.line, way_out=way_out, values={"file": source.file})
        raise InputError(told, language=source.language)
    return validated(source, Scenario)


def validated(source: Source, model: type[Model]) -> Model:
    """The source as a file of the kind that ``model`` describes.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    import pydantic

    from wfm.scenario.fields import keys_of
    from wfm.scenario.problems import problems

    try:
        found = model.model_validate(source.values)
        errors: list[Any] = []
    except pydantic.ValidationError as error:
        errors = error.errors()
    if errors or source.problems:
        with keys_of(model):
            told = problems(errors, source.places, source.file, source.problems)
        raise InputError(*told, language=source.language)
    return found


def _read(path: Path, file: str) -> Document:
    if path.suffix.lower() in _TABLES and path.is_file():
        message = "this is a table, not a scenario; a past of contacts is read by one"
        way_out = "Write a scenario that reads it: wfm new shop.yaml --template history, then set demand.history.file to this file"
        raise InputError(Problem(message, file=file, way_out=way_out))
    if path.suffix.lower() in _SHEETS:
        from wfm.scenario.sheet import read_sheet

        return read_sheet(path, file)
    return read_document(path, file)


def _with_sheet(source: Source, path: Path) -> Source:
    """The source with those keys of a file on top that change a value; they count as overrides."""
    from wfm.scenario.leaves import flow, same
    from wfm.scenario.migration import migrated
    from wfm.scenario.overrides import dotted_keys, leaves, value_at

    document, _, notices = migrated(dotted_keys(_read(path, str(path))))
    written = [key for key in leaves(document.values) if key != ("wfm",)]
    before, after = _values(source.values), _values(_put(source, document, path, written)[0])
    changed = [key for key in written if before is None or after is None or not same(before.get(key), after.get(key))]
    values, places = _put(source, document, path, changed)
    texts = tuple(f"{dotted(key)}={flow(value_at(document.values, key))}" for key in changed)
    told = (*source.problems, *document.problems)
    return replace(source, values=values, places=places, overrides=texts, notices=(*source.notices, *notices), problems=told)


def _put(source: Source, document: Document, path: Path, keys: Sequence[KeyPath]) -> tuple[dict[str, Any], dict[KeyPath, Place]]:
    from wfm.scenario.overrides import put, value_at

    values, places = source.values, dict(source.places)
    for key in keys:
        values = put(values, places, key, value_at(document.values, key), document.places.get(key, Place(str(path))))
    return values, places


def _values(written: Mapping[str, Any]) -> dict[KeyPath, object] | None:
    """Values by key as the model reads them, None where it refuses them."""
    import pydantic

    from wfm.scenario.leaves import values_of
    from wfm.scenario.model import Scenario

    try:
        return values_of(Scenario.model_validate(written))
    except pydantic.ValidationError:
        return None
