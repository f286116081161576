"""Reads a scenario file: YAML 1.2 with line numbers, ``--set`` overrides, and every problem of the file told together."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wfm.core.errors import InputError, Problem

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario

_BYTES_MAX = 1_000_000
_DEPTH_MAX = 12
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """A scenario as written: plain values, where each key stands, and which keys were given at all.

    Attributes
    ----------
    values
        The file's content with overrides applied.
    lines
        Line of each key by its path; overridden keys are absent.
    file
        Path as the user gave it.
    overrides
        ``key=value`` texts that were applied.
    """

    values: dict[str, Any]
    lines: dict[Path_, int]
    file: str
    overrides: tuple[str, ...] = field(default=())

    @property
    def folder(self) -> Path:
        """Where relative paths inside the file start."""
        return Path(self.file).resolve().parent


def read_scenario(path: str | Path, overrides: Sequence[str] = ()) -> tuple[Scenario, Source]:
    """The scenario in a YAML file, checked.

    Parameters
    ----------
    path
        The file.
    overrides
        ``"key.subkey=value"`` texts, applied after the file is read; values are YAML (``98%``, ``{share: 80%, within: 20s}``).

    Raises
    ------
    InputError
        With every problem of the file: place, key, value and way out.
    """
    source = read_source(path, overrides)
    return validate(source), source


def read_source(path: str | Path, overrides: Sequence[str] = ()) -> Source:
    """The file as written, not yet checked against the model."""
    file = str(path)
    values, lines = _load(_text(Path(path), file), file)
    for override in overrides:
        _apply(values, lines, override)
    return Source(values, lines, file, tuple(overrides))


def validate(source: Source) -> Scenario:
    """The source as a `Scenario`."""
    import pydantic

    from wfm.scenario.model import Scenario

    try:
        return Scenario.model_validate(source.values)
    except pydantic.ValidationError as error:
        raise InputError(*(_problem(entry, source) for entry in error.errors())) from None


def _text(path: Path, file: str) -> str:
    if path.is_dir():
        raise InputError(Problem("this is a folder, not a scenario file", file=file, way_out="Name the .yaml file inside it"))
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*.y*ml")] if path.parent.is_dir() else [], 1)
        hint = f"Did you mean {path.parent / near[0]}?" if near else "Check the path, or start from scenarios/quickstart.yaml"
        raise InputError(Problem("no such file", file=file, way_out=hint)) from None
    except OSError as error:
        raise InputError(Problem(f"cannot be read ({error.strerror})", file=file)) from None
    if len(raw) > _BYTES_MAX:
        raise InputError(
            Problem(f"a scenario of {len(raw):,} bytes is not a scenario", file=file, way_out="Put data into a csv file")
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(Problem("is neither UTF-8 nor GB18030 text", file=file, way_out="Save it as UTF-8"))


def _load(text: str, file: str) -> tuple[dict[str, Any], dict[Path_, int]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    loader = YAML(typ="rt")
    loader.Constructor = _constructor()
    try:
        tree = loader.load(text)
    except MarkedYAMLError as error:
        # An open quote is noticed at the file's end; what helps is where it began.
        mark = (error.context_mark if "quoted" in str(error.context) else None) or error.problem_mark or error.context_mark
        what = (error.problem or "not YAML").strip().splitlines()[0]
        raise InputError(Problem(f"not readable as YAML: {what}", file=file, line=mark.line + 1 if mark else 0,
                                 way_out="Check the indent, the colons and the quotes of this line")) from None  # fmt: skip
    except (YAMLError, ValueError, RecursionError) as error:
        raise InputError(Problem(f"not readable as YAML: {str(error).splitlines()[0]}", file=file)) from None
    if not isinstance(tree, Mapping):
        kind = "empty" if tree is None else "not a mapping of keys to values"
        raise InputError(Problem(f"the file is {kind}", file=file, way_out="Start from scenarios/quickstart.yaml"))
    if "&" in text and "*" in text:
        _refuse_aliases(loader, text, file)
    lines: dict[Path_, int] = {}
    values = _plain(tree, (), lines, file)
    return values, lines


def _constructor() -> Any:
    """ruamel's, but dates stay text: the model reads them, and says where one is wrong."""
    from ruamel.yaml.constructor import RoundTripConstructor

    class Constructor(RoundTripConstructor):
        pass

    Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: str(node.value))
    return Constructor


def _refuse_aliases(loader: Any, text: str, file: str) -> None:
    from ruamel.yaml.tokens import AliasToken

    for token in loader.scan(text):
        if isinstance(token, AliasToken):
            raise InputError(Problem("aliases (*name) are not read in scenarios", file=file, line=token.start_mark.line + 1,
                                     way_out="Write the value out"))  # fmt: skip


def _plain(node: Any, path: Path_, lines: dict[Path_, int], file: str) -> Any:
    if len(path) > _DEPTH_MAX:
        raise InputError(Problem("keys are nested too deeply", key=_dotted(path), file=file))
    if isinstance(node, Mapping):
        for key in node:
            lines[(*path, str(key))] = node.lc.key(key)[0] + 1  # type: ignore[attr-defined]  # ruamel's mapping knows its lines
        return {str(key): _plain(value, (*path, str(key)), lines, file) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value, (*path, index), lines, file) for index, value in enumerate(node)]
    # ruamel keeps how numbers were written; the model wants plain ones.
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def _apply(values: dict[str, Any], lines: dict[Path_, int], override: str) -> None:
    key, equals, text = override.partition("=")
    path = tuple(part.strip() for part in key.split("."))
    if not equals or not all(path):
        raise InputError(
            Problem("an override is key=value", key="--set", value=override, way_out="E.g. --set targets.answer_rate=95%")
        )
    value = _load(f"value: {text}", "--set")[0]["value"]
    section = values
    for part in path[:-1]:
        inner = section.get(part)
        section[part] = section = dict(inner) if isinstance(inner, Mapping) else {}
    section[path[-1]] = value
    for known in [known for known in lines if known[: len(path)] == path]:
        del lines[known]


def _problem(entry: Mapping[str, Any], source: Source) -> Problem:
    path = tuple(part for part in entry["loc"] if not _is_branch(part))
    line = next((source.lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in source.lines), 0)
    kind, message = entry["type"], entry["msg"].removeprefix("Value error, ")
    value: object = entry["input"] if not isinstance(entry["input"], Mapping | list) else None
    way_out = ""
    if kind == "missing":
        message, value, way_out = "this key is required", None, f"Add {path[-1]}: ..."
    elif kind == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), _siblings(path), 1)
        way_out = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(_siblings(path))}"
        message, value = "unknown key", None
    elif kind in ("model_type", "model_attributes_type", "dict_type"):
        known = ", ".join(_siblings((*path, "")))
        message, way_out = "a section with keys is needed here", f"Write {{key: value}}; keys: {known}" if known else ""
    elif kind.startswith("date_"):
        message, way_out = "not a date", "Write 2027-11-11"
    elif ": " in message and kind == "value_error":
        message, way_out = message.split(": ", 1)
        way_out = way_out[:1].upper() + way_out[1:]
    for override in source.overrides if path else ():
        given = tuple(override.partition("=")[0].split("."))
        if path[: len(given)] == given or given[: len(path)] == path:
            return Problem(message.replace("Input should", "the value should"), _dotted(path), value, way_out, f"--set {override}")
    return Problem(message.replace("Input should", "the value should"), _dotted(path), value, way_out, source.file, line)


def _is_branch(part: object) -> bool:
    """Whether a step of pydantic's location names a branch of a union or a wrapper rather than a key."""
    text = str(part)
    return "(" in text or "[" in text or (text[:1].isupper() and text.isidentifier())


def _siblings(path: Path_) -> list[str]:
    """The keys known beside the last one of ``path``."""
    from wfm.scenario.model import Scenario

    model: Any = Scenario
    for part in path[:-1]:
        field_ = getattr(model, "model_fields", {}).get(part)
        if field_ is None:
            return []
        model = _model_of(field_.annotation)
    return list(getattr(model, "model_fields", {}))


def _model_of(annotation: Any) -> Any:
    from typing import get_args

    import pydantic

    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, pydantic.BaseModel):
            return candidate
    return None


def _dotted(path: Path_) -> str:
    return ".".join(map(str, path))
