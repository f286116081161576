"""Reading a report as a person would: the visible text of each language, and the numbers in it."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
_SILENT = ("script", "style", "code")


class Page(HTMLParser):
    """Visible texts of a report by language, in order; code (keys of the scenario file) is left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"zh": [], "en": []}
        self.links: list[str] = []
        self.ids: list[str] = []
        self._silent = 0
        self._language = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        self.links += [value for key, value in attrs if key in ("src", "href") and value]
        self.ids += [about["id"]] if about.get("id") else []
        self._silent += tag in _SILENT
        if tag == "div" and about.get("class") == "page":
            self._language = about["data-language"] or ""

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT

    def handle_data(self, data: str) -> None:
        if self._language and not self._silent and data.strip():
            self.texts[self._language].append(data.strip())


def numbers(text: str, language: str) -> Counter[str]:
    """Every number of a text, whatever its order: dates as one, amounts in the currency's unit, others as written."""
    found: Counter[str] = Counter()

    def take(kind: str, pattern: str, value: object, rest: str) -> str:
        def note(match: re.Match[str]) -> str:
            found[f"{kind} {value(match)}"] += 1  # type: ignore[operator]
            return " "

        return re.sub(pattern, note, rest)

    def plain(match: re.Match[str]) -> float:
        return float(match[1].replace(",", ""))

    if language == "zh":
        text = take("day", r"(?:\d+年)?(\d+)月(\d+)日", lambda m: f"{int(m[1])}-{int(m[2])}", text)
        text = take("money", rf"({_NUMBER}) 万(?:元| [A-Z]{{3}})", lambda m: round(10_000 * plain(m)), text)
    else:
        months = "|".join(_MONTHS)
        text = take("day", rf"(\d+) ({months})(?: \d{{4}})?", lambda m: f"{_MONTHS.index(m[2]) + 1}-{int(m[1])}", text)
        text = take("money", rf"[A-Z]{{3}} ({_NUMBER})k", lambda m: round(1000 * plain(m)), text)
    for number in re.findall(_NUMBER, text):
        found[number] += 1
    return found
