"""The log of repairs: what a file had, what was done about it, in which lines; equal repairs stand together, in two languages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from wfm.core.errors import Language, Phrase, said
from wfm.core.masking import masked

if TYPE_CHECKING:
    import pandas as pd

_LINES_SHOWN = 6
_LINES_KEPT = 300

#: What is logged by its code: (what the file had, what was done), templates as in `wfm.core.errors.Problem`.
REPAIRS: dict[str, tuple[Phrase, Phrase]] = {
    "totals": (Phrase("a row of totals"), Phrase("dropped")),
    "header_again": (Phrase("the header once more"), Phrase("dropped")),
    "note": (Phrase("a line of text that is no row"), Phrase("dropped")),
    "serial": (Phrase("dates as Excel's day numbers"), Phrase("read as dates")),
    "epoch": (Phrase("instants as seconds or milliseconds since 1970"), Phrase("read as instants")),
    "day_first": (Phrase("dates with the day first"), Phrase("read so, since some are possible in no other order")),
    "month_first": (Phrase("dates with the month first"), Phrase("read so, since some are possible in no other order")),
    "clock_range": (Phrase("spans of clock times"), Phrase("read as their start")),
    "merged_date": (Phrase("rows below a date without one of their own"), Phrase("took the date above")),
    "separators": (Phrase("{column}: numbers with thousands separators, units or full-width digits"), Phrase("read as numbers")),
    "decimal_comma": (Phrase("{column}: numbers with a decimal comma"), Phrase("read as numbers")),
    "no_number": (Phrase("{column}: a dash or a word for no number"), Phrase("left unknown")),
    "percent": (Phrase("{column}: percent"), Phrase("divided by 100")),
    "unknown": (Phrase("no number of contacts"), Phrase("left unknown")),
    "skipped_hour": (Phrase("an hour that daylight saving skips"), Phrase("moved forward")),
    "skipped_hour_empty": (Phrase("an empty hour that daylight saving skips"), Phrase("dropped")),
    "second_hour": (Phrase("an hour that daylight saving repeats stands twice"), Phrase("read as its first and its second run")),
    "same_row": (Phrase("the same row twice"), Phrase("dropped")),
    "clash_first": (Phrase("a second row for an interval that says otherwise"), Phrase("dropped; the first row counts")),
    "clash_last": (Phrase("a second row for an interval that says otherwise"), Phrase("the last row counts")),
    "clash_sum": (Phrase("a second row for an interval"), Phrase("added up")),
    "order": (Phrase("rows out of order"), Phrase("sorted")),
    "part": (Phrase("an interval of which a part has no row"), Phrase("left unknown")),
    "sum_part": (
        Phrase("{queue} has no number for an interval that the sum of the queues needs"),
        Phrase("the sum is left unknown"),
    ),
    "sum_queue": (Phrase("the queue {queue} is the sum of the others"), Phrase("left out")),
    "means": (Phrase("{column}: means"), Phrase("multiplied by the contacts handled")),
    "parts": (Phrase("handle time in parts ({columns})"), Phrase("added up")),
    "one_queue": (
        Phrase("{count} files without a queue column, of different days"),
        Phrase("read as one queue, {queue}; columns: {{queue: file}} makes each file a queue"),
    ),
    "files_alike": (Phrase("{count} intervals that stand in two files alike"), Phrase("counted once")),
    "queue_hidden": (
        Phrase("{count} queues called by a number or a name of a person"),
        Phrase("called {shown} in the order they appear"),
    ),
    "not_read": (
        Phrase("columns that were not read ({count}): {columns}"),
        Phrase("left out; name one in columns: {{ours: theirs}} if it is needed"),
    ),
    "talk_alone": (
        Phrase("{columns}: talk time, and no column of after-call work"),
        Phrase("handle time is talk alone; name that column (columns: {{{key}: ...}}), or write contact.wrap and it is added"),
    ),
    "talk_and_wrap": (
        Phrase("{columns}: talk time, and no column of after-call work"),
        Phrase("contact.wrap ({wrap} s) added for each contact handled"),
    ),
    "no_talk": (
        Phrase("{columns}: parts of the handle time, and no column of talk time"),
        Phrase("left out, so that contact.talk and contact.wrap count; name the column of talk (columns: {{{key}: ...}})"),
    ),
    "from_rate": (Phrase("{column}: only shares of contacts"), Phrase("whole numbers followed from them")),
    "rate_left": (Phrase("{column}: shares of contacts from which no whole numbers follow"), Phrase("left out")),
    "more_handled": (Phrase("more contacts handled than offered (carried over from the interval before)"), Phrase("kept")),
    "more_abandoned": (Phrase("more contacts abandoned than offered (carried over from the interval before)"), Phrase("kept")),
    "more_answered_within": (
        Phrase("more contacts answered in time than offered (carried over from the interval before)"),
        Phrase("kept"),
    ),
    "mean_by_offered": (
        Phrase("{column}: means without the number of contacts handled"),
        Phrase(
            "weighted by those offered, which stand for those handled; name that column if there is one: columns: {{handled: ...}}"
        ),
    ),
    "mean_by_not_abandoned": (
        Phrase("{column}: means without the number of contacts handled"),
        Phrase("weighted by those offered less those abandoned"),
    ),
    "wide": (Phrase("a wide sheet, read as contacts offered"), Phrase("turned into a row for each interval")),
    "export": (Phrase("an export of {vendor} ({export}), by its headers"), Phrase("read by its map")),
    "no_day": (Phrase("{queue}: {day} has no row"), Phrase("left unknown")),
    "no_days": (Phrase("{queue}: no row from {first} to {last}"), Phrase("left unknown")),
    "no_rows": (Phrase("{queue}: {day} lacks {count} intervals within {span}"), Phrase("left unknown")),
    "zero_day": (Phrase("{queue}: no contact at all on {day}"), Phrase("kept; the forecast takes it for a gap")),
    "zero_days": (Phrase("{queue}: no contact at all from {first} to {last}"), Phrase("kept; the forecast takes them for a gap")),
    "zero_day_summed": (Phrase("{queue}: no contact at all on {day}"), Phrase("kept; the sum of the queues lacks its contacts")),
    "zero_days_summed": (
        Phrase("{queue}: no contact at all from {first} to {last}"),
        Phrase("kept; the sum of the queues lacks its contacts"),
    ),
    "zero_run": (
        Phrase("{queue}: no contact at all on {day} within {span}, a busy time on other weeks"),
        Phrase("kept; it may be an outage"),
    ),
    "zero_runs": (Phrase("{queue}: no contact at all in {count} more busy times"), Phrase("kept; they may be outages or holidays")),
    "outside_hours": (
        Phrase("{queue}: {contacts} contacts outside the opening hours"),
        Phrase("kept; only open hours are planned"),
    ),
    "phantom": (Phrase("records that are no contact ({words})"), Phrase("left out")),
    "hang_up": (
        Phrase("contacts that hung up without waiting"),
        Phrase("kept as offered and abandoned; left out of what is fitted on waits"),
    ),
    "no_outcome": (Phrase("contacts that do not say how they ended"), Phrase("kept as offered")),
    "no_handle_time": (Phrase("handled contacts without a handle time"), Phrase("took the mean of their interval")),
    "same_contact": (Phrase("several records of one contact or order ({column})"), Phrase("counted once")),
    "backwards": (Phrase("{column}: a moment before the one it follows"), Phrase("the time between is left unknown")),
    "orders": (Phrase("a row for each order"), Phrase("orders counted; demand.volume turns them into contacts")),
    "synthetic": (Phrase("rows that say they are synthetic"), Phrase("read; the plan says so too")),
    "never_open": (Phrase("{queue}: no row in {count} of the plan's open hours ({span})"), Phrase("nothing is known of them")),
}

COLUMNS = ("line", "rows", "lines", "what", "action", "code", "values")


class Repairs:
    """Repairs on their way to the log."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], list[int]] = {}
        self._rows: dict[tuple[str, str], int] = {}

    def add(self, code: str, lines: Iterable[int] | int = 0, **values: object) -> None:
        """One repair in one or several lines (0: in none, of the file as a whole)."""
        many = [line for line in ([lines] if isinstance(lines, int) else lines) if line]
        self.count(code, len(many), many, **values)

    def count(self, code: str, rows: int, lines: Iterable[int], **values: object) -> None:
        """One repair in ``rows`` rows, of which only some ``lines`` are told."""
        texts = {name: masked(str(value)) for name, value in values.items()}
        key = (code, json.dumps(texts, ensure_ascii=False, sort_keys=True))
        kept = self._lines.setdefault(key, [])
        # The first lines are shown; of millions the number is enough.
        kept.extend(int(line) for line in islice(lines, max(0, _LINES_KEPT - len(kept))))
        self._rows[key] = self._rows.get(key, 0) + rows

    def log(self) -> pd.DataFrame:
        """The log: gaps and the file as a whole first (line 0), then by line."""
        import pandas as pd

        rows: list[tuple[int, int, str, str, str, str, str]] = []
        for code, blanks, lines, count in self._joined():
            values = json.dumps(blanks, ensure_ascii=False, sort_keys=True)
            what, action = repair_said(code, blanks, "en")
            shown = lines[:_LINES_SHOWN]
            text = ", ".join(map(str, shown)) + (", ..." if count > len(shown) and shown else "")
            rows.append((shown[0] if shown else 0, count, text, what, action, code, values))
        rows.sort(key=lambda row: (row[0], row[3]))
        log = pd.DataFrame.from_records(rows, columns=list(COLUMNS))
        return log.astype({"line": "int64", "rows": "int64"} | dict.fromkeys(COLUMNS[2:], "str"))

    def _joined(self) -> Iterator[tuple[str, dict[str, str], list[int], int]]:
        """Each repair once; what several columns have in the same lines stands together."""
        groups: dict[tuple[object, ...], list[dict[str, str]]] = {}
        for (code, values), lines in self._lines.items():
            blanks = json.loads(values)
            same = "" if blanks.keys() == {"column"} and lines else values
            groups.setdefault((code, same, tuple(sorted(lines)), self._rows[(code, values)]), []).append(blanks)
        for (code, _, lines, count), many in groups.items():  # type: ignore[assignment]
            blanks = many[0] if len(many) == 1 else {"column": ", ".join(one["column"] for one in many)}
            yield str(code), blanks, list(lines), int(str(count))


def repair_said(code: str, values: Mapping[str, object], language: Language) -> tuple[str, str]:
    """(what, action) of a repair in a language."""
    what, action = REPAIRS[code]
    return said(what, values, language), said(action, values, language)


def row_said(row: Mapping[Any, Any], language: str) -> tuple[str, str]:
    """(what, action) of a row of the log in a language; a row without a code says its own English."""
    code = str(row.get("code", ""))
    if code not in REPAIRS:
        return str(row["what"]), str(row["action"])
    return repair_said(code, json.loads(str(row["values"])), "zh" if language == "zh" else "en")


def lines_said(row: Mapping[Any, Any], language: str) -> str:
    """Where a row of the log stands: ``row 9``, ``rows 9, 15``, ``rows 6 ff., 40 in all``; empty for the file as a whole."""
    lines, chosen = str(row.get("lines") or row["line"] or ""), "zh" if language == "zh" else "en"
    file = f"{row['file']}{'，' if chosen == 'zh' else ', '}" if lines and row.get("file") else str(row.get("file") or "")
    if not lines:
        return file
    values: dict[str, object] = {"lines": lines.replace(", ", "、") if chosen == "zh" else lines}
    sentence = Phrase("row {lines}") if "," not in lines else Phrase("rows {lines}")
    if lines.endswith("..."):
        sentence, values = Phrase("rows {first} ff., {count} in all"), {"first": row["line"], "count": f"{int(row['rows']):,}"}
    return file + said(sentence, values, "zh" if language == "zh" else "en")
