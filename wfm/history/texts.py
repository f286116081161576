"""Text files as chunks of cells: encodings, separators, lines above the header."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, TYPE_CHECKING

from wfm.core.errors import InputError, Problem
from wfm.history.headers import column_names, header_row

if TYPE_CHECKING:
    import pandas as pd

_BLOCK = 1 << 20
# A line of a table is a few hundred characters; one this long is a file without line ends or a quote that never closes.
_LONGEST = 1_000_000
_SEPARATORS = ",;\t|"
_HEAD_LINES = 80


@contextmanager
def stdin_copy() -> Iterator[IO[bytes]]:
    """Stdin as a file that can be read twice; beyond 64 MB it lies on disk."""
    with tempfile.SpooledTemporaryFile(max_size=64 << 20) as copy:
        while block := sys.stdin.buffer.read(_BLOCK):
            copy.write(block)
        copy.seek(0)
        yield copy


def text_chunks(stream: IO[bytes], file: str, rows: int) -> Iterator[pd.DataFrame]:
    """Chunks of a text file as `wfm.history.sources.chunks` promises; ``stream`` can be read again from its start."""
    import pandas as pd

    encoding = _encoding(stream, file)
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        head = [line for line in (text.readline() for _ in range(_HEAD_LINES)) if line]
        separator, records, firsts = _separated(head, file)
        if not any(cell.strip(_SEPARATORS + " ") for record in records for cell in record):
            raise InputError(Problem("the file is empty", way_out="It needs a header row and rows of intervals", file=file))
        at = header_row(records)
        header = records[at]
        width = max(len(record) for record in records[at:])
        names = column_names(header, width)
        preamble = [line for line in (" ".join(cell for cell in record if cell.strip()) for record in records[:at]) if line]
        skipped = firsts[at + 1] if at + 1 < len(firsts) else len(head)
        stream.seek(0)
        text.seek(0)
        read = partial(
            pd.read_csv,
            text,
            sep=separator,
            header=None,
            names=range(width),
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            skipinitialspace=True,
            skiprows=skipped,
            chunksize=rows,
            index_col=False,
        )
        found = False
        for chunk in _told(read, file, skipped):
            chunk.index += skipped + 1
            chunk = chunk.fillna("")
            blank = (chunk == "").all(axis=1)
            if blank.any() or width > 1:
                chunk = chunk.loc[~_blank(chunk)]
            chunk = _named(chunk, names, len(header), file)
            chunk.attrs["preamble"] = preamble
            if len(chunk):
                found = True
                yield chunk
        if not found:
            problem = Problem("the file has a header but no rows", way_out="Export the intervals again", file=file)
            raise InputError(problem)
    except UnicodeDecodeError:
        # Only UTF-16 is taken by its mark alone; the others were read through before.
        message = "text that is broken off or mixed from several encodings"
        raise InputError(Problem(message, way_out="Save the file as CSV UTF-8", file=file)) from None
    finally:
        text.detach()


def _blank(chunk: pd.DataFrame) -> pd.Series:
    blank = chunk[0].str.strip() == ""
    if blank.any():
        for column in list(chunk)[1:]:
            blank &= chunk[column].str.strip() == ""
    return blank


def _told(read: Callable[[], Iterable[pd.DataFrame]], file: str, skipped: int) -> Iterator[pd.DataFrame]:
    """The chunks, and what the parser says as problems."""
    import pandas as pd

    try:
        # Opening it parses the first rows already.
        yield from read()
    except pd.errors.EmptyDataError:
        return
    except pd.errors.ParserError as error:
        said = str(error)
        wide = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", said)
        if wide:
            problem = Problem(
                "the row has {saw} fields, more than the header's {expected}",
                way_out="Name every column; put a text that holds a separator in quotes",
                file=file,
                line=int(wide[2]),
                values={"saw": wide[3], "expected": wide[1]},
            )
        else:
            opened = re.search(r"inside string starting at row (\d+)", said)
            line = int(opened[1]) + skipped + 1 if opened else 0
            problem = Problem(
                "not a table: a quote is opened and never closed", way_out="Close the quote or take it out", file=file, line=line
            )
        raise InputError(problem) from None


def _named(chunk: pd.DataFrame, names: list[str], width: int, file: str) -> pd.DataFrame:
    """The chunk with its names; columns beyond the header may only be empty (a separator at every line's end)."""
    beyond = chunk.iloc[:, width:]
    if beyond.shape[1] and (filled := (beyond != "").any(axis=1)).any():
        line = int(chunk.index[filled.to_numpy()][0])
        saw = width + 1 + max(i for i, cell in enumerate(beyond.loc[line]) if cell)
        problem = Problem(
            "the row has {saw} fields, more than the header's {expected}",
            way_out="Name every column; put a text that holds a separator in quotes",
            file=file,
            line=line,
            values={"saw": saw, "expected": width},
        )
        raise InputError(problem)
    return chunk.iloc[:, :width].set_axis(names[:width], axis=1)


def _separated(head: list[str], file: str) -> tuple[str, list[list[str]], list[int]]:
    """(separator, records of the first lines, line each record starts after): the separator that makes the widest table."""
    best: tuple[float, str, list[list[str]], list[int]] | None = None
    for separator in _SEPARATORS:
        records, firsts = _records(head, separator)
        widths = [len(record) for record in records if any(cell.strip() for cell in record)]
        if not widths:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        score = widths.count(usual) / len(widths) if usual > 1 else 0.0
        if best is None or score > best[0]:
            best = (score, separator, records, firsts)
    if best is None:
        return ",", [], []
    return best[1:]


def _records(head: list[str], separator: str) -> tuple[list[list[str]], list[int]]:
    lines = iter(head)
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    records, firsts = [], []
    before = 0
    try:
        for record in reader:
            records.append([cell.strip().removeprefix("\ufeff") for cell in record])
            firsts.append(before)
            before = reader.line_num
    except csv.Error:
        pass
    return records, firsts


def _encoding(stream: IO[bytes], file: str) -> str:
    """The encoding of a stream, having looked at all of it; binary rubbish and endless lines are refused."""
    head = stream.read(4096)
    marked = _marked(head)
    stream.seek(0)
    if marked:
        return marked
    utf8, gb = codecs.getincrementaldecoder("utf-8")(), codecs.getincrementaldecoder("gb18030")()
    decoders = {"utf-8": utf8, "gb18030": gb}
    line, run = 1, 0
    at = 0
    while block := stream.read(_BLOCK):
        if b"\x00" in block:
            line += block[: block.index(b"\x00")].count(b"\n")
            message, way_out = "binary data, not text", "Export the table as CSV UTF-8 or xlsx"
            raise InputError(Problem(message, way_out=way_out, file=file, line=line))
        first, last = block.find(b"\n"), block.rfind(b"\n")
        run = run + (first if first >= 0 else len(block))
        if run > _LONGEST and b"\r" not in block:
            message, way_out = "a line longer than a million characters", "Export the table as CSV UTF-8, one row a line"
            raise InputError(Problem(message, way_out=way_out, file=file, line=line))
        if last >= 0:
            run = len(block) - last - 1
        line += block.count(b"\n")
        at += len(block)
        for name in list(decoders):
            try:
                # What ASCII says all encodings say alike.
                if not block.isascii() or name == "utf-8":
                    decoders[name].decode(block)
            except UnicodeDecodeError:
                del decoders[name]
        if not decoders:
            message = "neither UTF-8 nor GB18030 text"
            raise InputError(Problem(message, way_out="Save the file as CSV UTF-8", file=file))
    for name in list(decoders):
        try:
            decoders[name].decode(b"", final=True)
            return "utf-8-sig" if name == "utf-8" else name
        except UnicodeDecodeError:
            continue
    raise InputError(Problem("neither UTF-8 nor GB18030 text", way_out="Save the file as CSV UTF-8", file=file))


def _marked(head: bytes) -> str:
    """UTF-16 by its mark, or by the empty half of every ASCII character; "" for others."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    even, odd = head[:512:2], head[1:512:2]
    if len(head) >= 8 and odd.count(0) > 0.6 * len(odd) and not even.count(0):
        return "utf-16-le"
    if len(head) >= 8 and even.count(0) > 0.6 * len(even) and not odd.count(0):
        return "utf-16-be"
    return ""
