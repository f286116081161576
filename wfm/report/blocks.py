"""What a section of the report is made of: tables, charts, lists, terms."""

from __future__ import annotations

from dataclasses import dataclass

from wfm.report.console import width
from wfm.report.words import text

#: Letters beyond which a cell is a sentence.
_WORDY = 24


@dataclass(frozen=True)
class Table:
    """A table of texts: ``numeric`` columns align right, ``folded`` ones open on request, ``tall`` ones scroll in their frame.

    ``narrow`` ones have short cells only: a phone sets them close.
    """

    caption: str
    head: list[str]
    rows: list[list[str]]
    numeric: frozenset[int] = frozenset()
    strong: frozenset[int] = frozenset()
    folded: bool = False
    tall: bool = False
    narrow: bool = False
    kind: str = "table"

    @property
    def small(self) -> bool:
        """Whether it reads better narrow than stretched over the page."""
        return len(self.head) <= 5 and all(len(cell) <= _WORDY for row in self.rows for cell in row)

    @property
    def stacked(self) -> bool:
        """Whether a phone had better show each row as a card: it has sentences, and more columns than fit beside them."""
        texts = [i for i in range(1, len(self.head)) if i not in self.numeric]
        wordy = [i for i in texts if any(width(row[i]) > _WORDY for row in self.rows)]
        return bool(wordy) and not self.narrow and (len(self.head) > 3 or len(texts) > 1)


@dataclass(frozen=True)
class Chart:
    """A figure of `wfm.report.figures.FIGURES` by name; two ``half`` ones stand side by side where there is room."""

    name: str
    caption: str
    half: bool = False
    kind: str = "chart"


@dataclass(frozen=True)
class Items:
    """A list of sentences."""

    items: list[str]
    kind: str = "items"


@dataclass(frozen=True)
class Terms:
    """Names and what they mean."""

    terms: list[tuple[str, str]]
    kind: str = "terms"


Block = Table | Chart | Items | Terms


@dataclass(frozen=True)
class Section:
    """A numbered part of the report."""

    id: str
    title: str
    intro: str
    blocks: list[Block]


def chart(name_: str, language: str, *, half: bool = False) -> Chart:
    """A figure with its caption."""
    return Chart(name_, text(f"figure_caption.{name_}", language), half)


def heads(language: str, *keys: str) -> list[str]:
    """Column headings."""
    return [text(f"column.{key}", language) for key in keys]
