"""Full-width punctuation, which a Chinese keyboard gives and YAML takes for letters: where it stands in for YAML's own signs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wfm.core.errors import Phrase

MESSAGE = Phrase("full-width punctuation {signs} stands here, which YAML takes for letters")
WAY_OUT = Phrase("Write it half-width ({half}), with a blank after a colon or comma")

#: Each sign and the one YAML knows.
_HALF = {"，": ",", "、": ",", "：": ":", "｛": "{", "｝": "}", "［": "[", "］": "]", "【": "[", "】": "]",
         "“": '"', "”": '"', "„": '"', "＂": '"', "‘": "'", "’": "'", "＃": "#", "－": "-"}  # fmt: skip
_SIGNS = re.escape("".join(_HALF))
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?:^|(?<=\s))#.*")
_PROSE = re.compile(rf"(?<=[\u3400-\u9fff])[{_SIGNS}](?=[\u3400-\u9fff])")
# In a value: a key swallowed behind a comma or before a colon, or a value in brackets or quotes that are none.
_SWALLOWED = re.compile(r"[A-Za-z_]\s*：|[，、]\s*[A-Za-z_]+\s*[:：]|^[｛［【“”„＂‘’]|[｝］】“”＂’]$")


def told(signs: str) -> dict[str, object]:
    """What fills the blanks of `MESSAGE` and `WAY_OUT`: the signs, each once, and YAML's own."""
    found = dict.fromkeys(sign for sign in signs if sign in _HALF)
    return {"signs": " ".join(found), "half": " ".join(dict.fromkeys(_HALF[sign] for sign in found))}


def in_line(line: str) -> str:
    """The signs of a line that stand neither in quotes, nor in a comment, nor between two Chinese characters; "" where none do."""
    return "".join(re.findall(rf"[{_SIGNS}]", _PROSE.sub("", _QUOTED.sub('""', line))))


def in_lines(lines: list[str], numbers: Iterable[int]) -> tuple[int, str]:
    """The first of the lines (numbered from 0) that has such signs, and the signs; (-1, "") where none has."""
    return next(((at, signs) for at in numbers if 0 <= at < len(lines) and (signs := in_line(lines[at]))), (-1, ""))


def in_value(value: object) -> str:
    """The signs of an unquoted value that was meant to be more than one text; "" where there are none."""
    return "".join(re.findall(rf"[{_SIGNS}]", value)) if isinstance(value, str) and _SWALLOWED.search(value.strip()) else ""


def in_key(key: object) -> str:
    """The signs of a key, none of which has any; "" where there are none."""
    return "".join(re.findall(rf"[{_SIGNS}]", key)) if isinstance(key, str) else ""
