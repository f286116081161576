"""What goes wrong with input, said once, in one shape: where, what, and the way out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a file or an argument.

    Attributes
    ----------
    message
        What is wrong, as a plain sentence without the location.
    key
        Dotted path of the key or the column, or "".
    value
        The offending value as the user wrote it, or None.
    way_out
        What to write instead.
    file, line
        Where it stands; line counts from 1, 0 where no line is known.
    """

    message: str
    key: str = ""
    value: object = None
    way_out: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        parts = [place, self.key] if place else [self.key]
        head = ": ".join(part for part in parts if part)
        text = f"{head}: {self.message}" if head else self.message
        if self.value is not None:
            text += f" (got {_short(self.value)})"
        return f"{text}. {self.way_out}" if self.way_out else text


class InputError(ValueError):
    """Bad input: every problem found, told together. The CLI exits with 2."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def _short(value: object, limit: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
