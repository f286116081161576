"""Every sentence about bad input is a literal template, and has a Chinese one with the same blanks."""

import ast
import string
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from wfm.core.errors import BadValueError, Phrase, Problem, problem_of, said

ROOT = Path(__file__).parents[2]
CHINESE = ROOT / "wfm" / "core" / "data" / "messages_zh.toml"

# Who says sentences: the place of each in the positional arguments, and its name.
SPEAKERS = {
    "Problem": ((0, "message"), (3, "way_out")),
    "BadValueError": ((0, "message"), (1, "way_out")),
    "said": ((0, "sentence"),),
    "Phrase": ((0, "sentence"),),
}


@dataclass(frozen=True)
class Sentence:
    """One template of the code, and where it stands; ``text`` is None where it is put together instead of written out."""

    text: str | None
    file: str
    line: int

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


def sentences() -> Iterator[Sentence]:
    """What is given to `Problem`, `BadValueError`, `said` and `Phrase`, and to a module's own functions that pass it on to them."""
    for path in sorted((ROOT / "wfm").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names, speakers = written(tree), passing_on(tree) | SPEAKERS
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            called = call.func
            speaker = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
            for position, name in speakers.get(speaker, ()):
                given = next((word.value for word in call.keywords if word.arg == name), None)
                if given is None and position < len(call.args):
                    given = call.args[position]
                for text in texts(given, names):
                    if text is None and path.name == "errors.py":
                        continue  # passed on there from a plain ValueError
                    yield Sentence(text, str(path.relative_to(ROOT)), call.lineno)


def passing_on(tree: ast.AST) -> dict[str, tuple[tuple[int, str], ...]]:
    """Functions of a module that are told a ``message`` or a ``way_out``."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            arguments = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
            found[node.name] = tuple((i, name) for i, name in enumerate(arguments) if name in ("message", "way_out"))
    return {name: places for name, places in found.items() if places}


def written(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """What each plain name of a module is ever set to, tuples taken apart."""
    names: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=False))
                for to, value in pairs:
                    if isinstance(to, ast.Name):
                        names.setdefault(to.id, []).append(value)
    return names


def texts(given: ast.expr | None, names: dict[str, list[ast.expr]], seen: frozenset[str] = frozenset()) -> Iterator[str | None]:
    """The literal sentences an expression can be: constants, choices between them, and names set to such; None for an f-string."""
    match given:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.JoinedStr() | ast.BinOp():
            yield None
        case ast.Call(func=ast.Attribute(attr="format" | "join" | "replace")) | ast.Call(func=ast.Name(id="str")):
            yield None
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts(body, names, seen)
            yield from texts(orelse, names, seen)
        case ast.BoolOp(values=values):
            for value in values:
                yield from texts(value, names, seen)
        case ast.Name(id=name) if name not in seen:
            for value in names.get(name, ()):
                yield from texts(value, names, seen | {name})
        case _:
            pass  # an attribute of a sentence said before, a table of sentences held in `Phrase`s, a parameter: seen where written


SAID = list(sentences())
TOLD = {
    english: chinese
    for section in tomllib.loads(CHINESE.read_text(encoding="utf-8")).values()
    for english, chinese in section.items()
}


def blanks(sentence: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}
    except ValueError:
        return set()  # braces that stand for themselves


def listed(missing: list[Sentence]) -> str:
    """Grouped by package, ready to be pasted into the file of Chinese sentences."""
    packages: dict[str, list[str]] = {}
    for sentence in missing:
        parts = Path(sentence.file).parts
        package = parts[1] if len(parts) > 2 else Path(parts[1]).stem
        packages.setdefault(package, []).append(f"  {sentence.place}: {sentence.text!r}")
    return "\n".join(line for package, lines in sorted(packages.items()) for line in [f"[{package}]", *lines])


def test_sentences_are_found() -> None:
    assert len(SAID) > 80


def test_sentences_are_templates_not_put_together() -> None:
    joined = [sentence.place for sentence in SAID if sentence.text is None]
    assert not joined, f"write {{blanks}} and values=..., so that the sentence can be looked up: {', '.join(joined)}"


def test_every_sentence_has_a_chinese_one() -> None:
    missing = {sentence.text: sentence for sentence in SAID if sentence.text and sentence.text not in TOLD}
    assert not missing, f"add to {CHINESE.name}:\n{listed(list(missing.values()))}"


def test_no_chinese_sentence_is_unused() -> None:
    written_out = {
        node.value
        for path in (ROOT / "wfm").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = set(TOLD) - written_out
    assert not unused, f"no code says: {sorted(unused)}"


def test_each_chinese_sentence_fills_the_same_blanks() -> None:
    odd = [english for english, chinese in TOLD.items() if blanks(english) != blanks(chinese)]
    assert not odd


def test_chinese_sentences_are_chinese_and_short() -> None:
    for english, chinese in TOLD.items():
        if english.startswith("pip install"):
            continue
        assert any("一" <= sign <= "鿿" for sign in chinese), english
        assert not chinese.replace("...", "").endswith(("。", ".")), f"the stop is added where the sentence is said: {chinese}"
        assert len(chinese) <= 120, chinese


def test_sections_know_each_sentence_once() -> None:
    sections = tomllib.loads(CHINESE.read_text(encoding="utf-8"))
    all_of_them = [english for section in sections.values() for english in section]
    assert len(all_of_them) == len(set(all_of_them))


def test_a_console_of_windows_can_print_them() -> None:
    for chinese in TOLD.values():
        chinese.encode("gb18030")
        assert chinese.encode("cp936", errors="ignore").decode("cp936") == chinese


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "a.yaml:3: targets.answer_rate: a share lies between 0 and 1 (got 98). Write 98% or 0.98"),
        ("zh", "a.yaml:3: targets.answer_rate: 比例在 0 到 1 之间（写的是 98）。请写 98% 或 0.98"),
    ],
)
def test_a_refused_value_is_said_at_its_place(language: str, text: str) -> None:
    error = BadValueError("a share lies between 0 and 1", "Write 98% or 0.98")
    assert problem_of(error, "targets.answer_rate", 98, "a.yaml", 3).text(language) == text  # type: ignore[arg-type]
    assert str(error) == "a share lies between 0 and 1: Write 98% or 0.98"
    assert problem_of(ValueError("odd"), "k").text() == "k: odd"


def test_blanks_may_hold_braces_and_phrases() -> None:
    assert Problem("unknown key {name}", values={"name": "{x}"}).text() == "unknown key {x}"
    assert Problem("write {a: 1}").text() == "write {a: 1}"
    values = {"table": "history", "what": Phrase("dates")}
    assert said("the {table} table wants {what} here", values, "zh") == "history 表的这一列需要日期"
