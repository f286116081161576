"""The terminal's first screen, in characters that a Chinese Windows console (cp936) has, aligned by display width."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from wfm.core import kpi, units
from wfm.report import formats, sentences, sentences_peak
from wfm.report.headline import Headline, headline
from wfm.report.words import kind as kind_said
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.plan import Plan

_WIDTH = 110
_TURNING = 4
_TOGETHER = "\u00a0"  # keeps words on one line; no such character leaves `screen`
_COLUMNS = ("investment", "running_cost_year", "npv", "payback_months", "cost_per_contact", "break_even_uplift")


def width(words: str) -> int:
    """Columns that a text takes in a terminal: Chinese characters and full-width punctuation take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def pad(words: str, columns: int, *, right: bool = False) -> str:
    """The text filled with blanks to a display width; ``right`` aligns it to the right."""
    blanks = " " * max(0, columns - width(words))
    return blanks + words if right else words + blanks


def wrap(words: str, columns: int) -> list[str]:
    """Lines no wider than ``columns``: broken at blanks, or between Chinese characters (never before punctuation)."""
    lines, line = [], ""
    for token in _tokens(words):
        if line and width(line + token.rstrip()) > columns:
            lines.append(line.rstrip())
            line = token.lstrip()
        else:
            line += token
    return [*lines, line.rstrip()] if line.strip() else lines


def progress_line(language: str, *, quiet: bool = False) -> Callable[[str, bool], None]:
    """A progress function for `make_plan`: one line on stderr that grows as stages finish."""

    def tell(stage: str, done: bool) -> None:
        if quiet:
            return
        sys.stderr.write("√  " if done else f"{text(f'stage.{stage}', language)} ")
        if done and stage == "economics":
            sys.stderr.write("\n")
        sys.stderr.flush()

    return tell


def screen(plan: Plan, language: str, *, written: Sequence[Path] = (), scenario_path: str | Path | None = None) -> str:
    """The first screen.

    Parameters
    ----------
    plan
        The plan.
    language
        ``"zh"`` or ``"en"``.
    written
        Files that were written, as `wfm.report.files.write_outputs` returns them.
    scenario_path
        The scenario file, for the command to try next.
    """
    numbers = headline(plan)
    left = 2 + max(width(text(f"screen.{key}", language)) for key in ("people", "service", "service_note", "carried", "overturn"))
    lines = [*_wrapped(" · ".join(sentences.header(plan, language)), 0), ""]
    lines += _block(text("screen.people", language), _people(plan, numbers, language), left=left)
    below = text("screen.service_note", language)
    lines += _block(text("screen.service", language), _service(plan, numbers, language), below, left=left)
    if plan.peak is not None:
        said = [sentences_peak.short_line(plan, language), *sentences_peak.elsewhere(plan, language)]
        lines += _block(text("screen.peak", language), said, left=left)
    lines += _block(text("screen.carried", language), [carried(numbers, language)], left=left)
    lines += ["", *_options(plan, numbers, language), ""]
    turning = [sentences.break_even(row, language, plan.scenario.currency) for row in sentences.overturning(plan)[:_TURNING]]
    overturn = turning or [text("screen.overturn_nothing", language)]
    lines += _block(text("screen.overturn", language), overturn, left=left)
    for remark in plan.advice:
        lines += _wrapped(sentences.advice(remark, language, plan.scenario.currency), 4, first=" !  ")
    lines += ["", *_last(plan, numbers, language, written, scenario_path)]
    return "\n".join(line.rstrip() for line in lines).replace(_TOGETHER, " ")


def carried(numbers: Headline, language: str) -> str:
    """How much more these seats can carry, as a sentence."""
    seats, agents = formats.number(numbers["carried.seats"]), formats.number(numbers["carried.agents"], 1)
    if numbers["carried.orders_all_targets"] is not None:
        now, most = (formats.number(numbers[f"carried.orders_{key}"]) for key in ("now", "all_targets"))
        beyond = (
            text("screen.carried_beyond", language) if numbers["carried.orders_all_targets"] < numbers["carried.orders_now"] else ""
        )
        if numbers["carried.orders_answer_rate"] is None:
            return text("screen.carried_orders_all", language, seats=seats, agents=agents, now=now, all=most) + beyond
        answer = formats.number(numbers["carried.orders_answer_rate"])
        return text("screen.carried_orders", language, seats=seats, agents=agents, now=now, all=most, answer=answer) + beyond
    if numbers["carried.factor_all_targets"] is not None:
        most = formats.number(numbers["carried.factor_all_targets"], 2)
        return text("screen.carried_factor", language, seats=seats, agents=agents, all=most)
    return text("screen.carried_nothing", language, seats=seats)


def kinds(plan: Plan, numbers: Headline, language: str) -> str:
    """Heads by kind: ``全职 14 + 非全日制 2 + 班组长 1``; kinds with nobody are left out."""
    shown = [(kind, numbers[f"people.heads_{kind}"]) for kind in plan.people.kinds["kind"]]
    return " + ".join(
        text("screen.head_kind", language, kind=kind_said(kind, heads, language), heads=formats.number(heads))
        for kind, heads in shown
        if heads
    )


def with_half(numbers: Headline, key: str, language: str) -> str:
    """A simulated number with half its 95 % interval, ``88.6% ±0.4``, or both its ends where it is lopsided."""
    number = numbers.number(key)
    if number.unit == "s":
        return formats.seconds(number.value, language)
    shown = formats.share(number.value)
    if number.half is None or formats.missing(number.half) or number.value is None:
        return shown
    if key == "service.days_met":
        # Wilson's interval leans towards the middle, so half its width would say something false near 0 and 1.
        return f"{shown} ({formats.number(100 * (number.low or 0.0), 1)}–{formats.share(number.high)})"
    half = 100 * number.half
    return f"{shown} ±{formats.number(half, 1 if half >= 0.1 else 2)}"


def _people(plan: Plan, numbers: Headline, language: str) -> list[str]:
    if not numbers["people.agents_peak"]:
        return [text("screen.nobody" if plan.requirement["agents"].sum() == 0 else "screen.unreachable", language)]
    start = sentences.when(numbers["people.agents_peak_start"], language)
    peak, median = formats.number(numbers["people.agents_peak"]), formats.number(numbers["people.agents_median"])
    values = {key: formats.number(numbers[f"people.{key}"]) for key in ("seats", "heads", "lines")}
    values |= {key: formats.number(numbers[f"people.licences_{key}"]) for key in ("concurrent", "named")}
    return [
        text("screen.agents", language, peak=peak, start=start, median=median, present=formats.number(plan.people.present)),
        text("screen.seats", language, kinds=kinds(plan, numbers, language), **values),
    ]


def _service(plan: Plan, numbers: Headline, language: str) -> list[str]:
    threshold = plan.scenario.targets.threshold
    shown = [
        f"{kpi.label(key, language, threshold)} {with_half(numbers, f'service.{key}', language)}".replace(" ", _TOGETHER)
        for key in ("answer_rate", "sl_offered", "asa_answered", "occupancy")
        if f"service.{key}" in numbers
    ]
    promise = formats.percent(plan.scenario.promised_days)
    targets = sentences.targets(plan, language)
    kept = with_half(numbers, "service.days_met", language)
    parts = [text("screen.days_met", language, targets=targets, met=kept, promise=promise)]
    if "service.worst_weekday" in numbers:
        weekday = text(f"weekdays.{numbers['service.worst_weekday']}", language)
        worst = numbers.number("service.worst_weekday_met")
        met, low, high = (formats.share(value) for value in (worst.value, worst.low, worst.high))
        parts.append(text("screen.worst_weekday", language, weekday=weekday, met=met, low=low, high=high))
    second = ("；" if language == "zh" else "; ").join(parts)
    lines = ["   ".join(shown), second]
    if plan.one_more is not None:
        hours = formats.significant(numbers["service.one_more_hours"])
        template = plan.scenario.people.shifts.templates().get(plan.one_more.template)
        lines.append(
            "→ "
            + text(
                "screen.one_more",
                language,
                start=units.clock_text(numbers["service.one_more_start"]),
                shift=text(f"shift_of_kind.{template.kind if template else 'part_time'}", language, hours=hours),
                met=formats.share(numbers["service.one_more_met"]),
            )
        )
    return lines


def _options(plan: Plan, numbers: Headline, language: str) -> list[str]:
    currency = plan.scenario.currency
    title = text(
        "screen.options",
        language,
        years=sentences.horizon(plan.scenario, language),
        rate=formats.percent(plan.scenario.money.discount_rate),
        unit=formats.money_unit(language, currency),
    )
    unit = formats.small_unit(language, currency)
    rows = [[text("measures.option", language), *(text(f"measures.{m}", language, unit=unit) for m in _COLUMNS)]]
    ranked = sentences.ranked(plan)
    for option in ranked:
        cells = [cell(numbers[f"option.{option}.{m}"], m, language) for m in _COLUMNS]
        rows.append([text(f"option.{option}", language), *cells])
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [f" {title}"]
    for row, option in zip(rows, ["", *ranked], strict=True):
        cells = [pad(row[0], widths[0]), *(pad(c, w, right=True) for c, w in zip(row[1:], widths[1:], strict=True))]
        mark = f"  {text('screen.best', language)}" if option and option == plan.best else ""
        lines.append(" " + "  ".join(cells) + mark)
    spelled = ("；" if language == "zh" else "; ").join(text(f"option_spelled.{option}", language) for option in ranked)
    return [*lines, *_wrapped(spelled, 1)]


def cell(value: float | None, measure: str, language: str) -> str:
    """A measure of an option as a table shows it; large amounts in 万元 or CNY k."""
    if measure in ("investment", "running_cost_year", "benefit_year", "npv", "eaa", "funding_need"):
        return formats.thousands(value, language)
    if measure in ("irr", "mirr", "roi", "break_even_uplift"):
        # Beyond ten times a year a rate of return says no more than "very high".
        return ">1,000%" if measure in ("irr", "mirr") and value is not None and value > 10 else formats.share(value)
    return formats.number(value, {"cost_per_contact": 2, "pi": 2}.get(measure, 1))


def _last(plan: Plan, numbers: Headline, language: str, written: Sequence[Path], scenario_path: str | Path | None) -> list[str]:
    lines = []
    if written:
        report = next(path for path in written if path.name == "report.html")
        tables = [path for path in written if path.parent.name == "tables"]
        lines.append(
            " "
            + text(
                "screen.written",
                language,
                report=report.as_posix(),
                workbook="plan.xlsx",
                plan="plan.json",
                tables="tables",
                count=formats.number(len(tables)),
            )
        )
    if scenario_path is not None:
        orders = numbers["carried.orders_now"]
        change = (
            f"--set demand.orders_per_day={round(1.4 * orders, -1):.0f}"
            if orders and not _from_file(plan)
            else f"--given seats={numbers['people.seats'] + 2:.0f}"
        )
        lines.append(" " + text("screen.next", language, command=f"wfm run {Path(scenario_path).as_posix()} {change}"))
    return lines


def _from_file(plan: Plan) -> bool:
    """Whether contacts come from a file, so that another number of orders would not change them."""
    history = plan.scenario.demand.history
    return not isinstance(history, str) and history.reads


def _block(label: str, content: Sequence[str], below: str = "", *, left: int = 0) -> list[str]:
    """Lines with a label at their left, and a second label under it; ``left`` columns are the labels'."""
    lines = [line for part in content for line in wrap(part, _WIDTH - left)]
    labels = [label, below] + [""] * len(lines)
    if below and len(lines) < 2:
        lines.append("")
    return [f" {pad(word, left - 1)}{line}" for word, line in zip(labels, lines, strict=False)]


def _wrapped(words: str, indent: int, first: str = "") -> list[str]:
    lines = wrap(words, _WIDTH - indent)
    return [(first or " " * indent) + lines[0], *(" " * indent + line for line in lines[1:])] if lines else []


def _tokens(words: str) -> list[str]:
    """Pieces that stay together: a word with the blanks after it, or one wide character with the punctuation after it."""
    tokens: list[str] = []
    for letter in words:
        wide = unicodedata.east_asian_width(letter) in "WF"
        closing = letter in "，。；：！？）】”、"
        after_wide = bool(tokens) and unicodedata.east_asian_width(tokens[-1][-1]) in "WF" and tokens[-1][-1] not in "（【“"
        new_word = bool(tokens) and tokens[-1][-1] == " " and letter != " "
        if not tokens or (not closing and letter != " " and (wide or after_wide or new_word) and tokens[-1][-1] not in "（【“"):
            tokens.append(letter)
        else:
            tokens[-1] += letter
    return tokens
