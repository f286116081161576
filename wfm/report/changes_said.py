"""The differences of two plans in words, for the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from wfm.core import kpi, units
from wfm.report import formats, sentences
from wfm.report.values import origin_of, value_and_unit
from wfm.report.words import name, text

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario

_SPANS_TOLD = 12
_VALUES_TOLD = 6
_LARGE = ("npv", "investment", "running_cost_year", "benefit_year")


def changed_lines(found: dict[str, Any], language: str, currency: str, scenario: Scenario | None = None) -> list[str]:
    """The object of `wfm.report.changes.changes` as lines; ``scenario`` tells which values are shares."""
    if found["identical"]:
        return [text("diff.identical", language)]
    inputs = input_lines(found["inputs"], language, currency, scenario) or [text("diff.inputs_none", language)]
    people = [*_people(found, language), *_agents(found["agents"], language), *_shifts(found["shifts"], language)]
    lines = [*_block("inputs", inputs, language)]
    lines += _block("people", people or [text("diff.people_same", language)], language)
    lines += _block("service", _service(found, language), language)
    lines += _block("money", _money(found, language, currency) or [text("diff.money_same", language)], language)
    return lines


def brief_lines(found: dict[str, Any], title: str, language: str, currency: str, scenario: Scenario | None = None) -> list[str]:
    """The same in five lines."""
    if found["identical"]:
        return [title, text("diff.identical", language)]
    then = "；" if language == "zh" else "; "
    parts = [
        input_lines(found["inputs"], language, currency, scenario)[:3] or [text("diff.inputs_none", language)],
        _people(found, language)[:4] or [text("diff.people_same", language)],
        _service(found, language)[:3],
        _money(found, language, currency, ("npv", "cost_per_contact"))[:4] or [text("diff.money_same", language)],
    ]
    return [title, *(then.join(part) for part in parts)]


def input_lines(rows: list[dict[str, Any]], language: str, currency: str, scenario: Scenario | None = None) -> list[str]:
    """Each changed value as a sentence: from, to, origin, key; a section that only one side has is one sentence."""
    lines, told = [], set()
    for row in rows:
        section = row["section"]
        if not section:
            old, new = (_written(row, side, language, currency, scenario) for side in ("from", "to"))
            if old != new:
                end = "to" if row["origin_to"] else "from"
                origin = name("origin", origin_of(row[f"origin_{end}"], row[end]), language)
                own_word = row[language] == row["key"].rpartition(".")[2]
                label = sentences.hours_of(row[language], language) if own_word else row[language]
                lines.append(text("diff.input", language, label=label, old=old, new=new, origin=origin, path=row["key"]))
        elif section not in told:
            told.add(section)
            own = [row for row in rows if row["section"] == section]
            lines.append(_section(section, own, language, currency, scenario))
    return lines


def _section(section: str, rows: list[dict[str, Any]], language: str, currency: str, scenario: Scenario | None) -> str:
    """A section that one side lacks, with the values that somebody gave."""
    side = "to" if rows[0]["origin_to"] else "from"
    told = [row for row in rows if row[f"origin_{side}"] in ("yours", "fitted")][:_VALUES_TOLD]
    # Labels go on after a semicolon to say what else may be written there; that is no news here.
    labels = [re.split("[；;]", row[language])[0] for row in told]
    values = [_written(row, side, language, currency, scenario) for row in told]
    shown = [f"{label} {value}" for label, value in zip(labels, values, strict=True)]
    key = f"diff.section_{'added' if side == 'to' else 'removed'}"
    return text(key if shown else f"{key}_usual", language, path=section, values=("、" if language == "zh" else ", ").join(shown))


def _written(row: dict[str, Any], side: str, language: str, currency: str, scenario: Scenario | None) -> str:
    if not row[f"origin_{side}"]:
        return text("diff.nothing", language)
    value, unit = value_and_unit(row[side], row["unit"], language, currency, scenario, row["key"])
    return f"{value} {unit}".strip()


def _block(key: str, lines: list[str], language: str) -> list[str]:
    return [text(f"diff.{key}", language), *(f"  {line}" for line in lines)]


def _people(found: dict[str, Any], language: str) -> list[str]:
    lines = []
    for row in found["people"]:
        digits = 1 if row["what"] in ("rostered", "fte") else 0
        before, after = (_rounded(row[side], digits) for side in ("from", "to"))
        if before == after:
            continue
        shown = {"old": formats.number(before, digits), "new": formats.number(after, digits)}
        what, change = text(f"people.{row['what']}", language), _change(before, after)
        signed = None if change is None else _signed(change, formats.number(change, digits))
        lines.append(_moved("diff.chain", language, signed, what=what, **shown))
    return lines


def _agents(spans: list[dict[str, Any]], language: str) -> list[str]:
    """``2 more agents on Mondays, Tuesdays 12:00-14:00``; the largest first."""
    together: dict[tuple[float, float, int], list[int]] = {}
    for span in spans:
        together.setdefault((span["start"], span["end"], span["change"]), []).append(span["weekday"])
    ranked = sorted(together.items(), key=lambda item: (-abs(item[0][2]) * (item[0][1] - item[0][0]) * len(item[1]), item[0]))
    lines = []
    for (start, end, change), weekdays in ranked[:_SPANS_TOLD]:
        key = f"diff.agents_{'more' if change > 0 else 'fewer'}{'_one' if abs(change) == 1 else ''}"
        days = ("、" if language == "zh" else ", ").join(text(f"weekdays.{weekday}", language) for weekday in weekdays)
        span = {"from": units.clock_text(start), "to": units.clock_text(end)}
        lines.append(text(key, language, weekdays=days, count=abs(change), **span))
    if len(ranked) > _SPANS_TOLD:
        lines.append(text("diff.more", language, count=len(ranked) - _SPANS_TOLD))
    return lines


def _shifts(rows: list[dict[str, Any]], language: str) -> list[str]:
    ranked = sorted(rows, key=lambda row: -abs(row["change"]))
    lines = [
        text(
            "diff.shift",
            language,
            shift=name("shift", row["template"], language),
            old=formats.significant(row["from"]),
            new=formats.significant(row["to"]),
            **{"from": row["from_clock"], "to": row["to_clock"]},
        )
        for row in ranked[:_SPANS_TOLD]
    ]
    return lines + ([text("diff.more", language, count=len(ranked) - _SPANS_TOLD)] if len(ranked) > _SPANS_TOLD else [])


def _service(found: dict[str, Any], language: str) -> list[str]:
    lines = []
    for row in found["service"]:
        known = row["kpi"] in kpi.KPIS
        label = kpi.label(row["kpi"], language, row["threshold"]) if known else text("diff.days_met", language)
        old, new = (_estimate(row, side, language) for side in ("from", "to"))
        key = "diff.kpi_same" if old == new else "diff.kpi_noise" if row["noise"] else "diff.kpi"
        lines.append(text(key, language, kpi=label, new=new, **({} if key == "diff.kpi_same" else {"old": old})))
    if "status" in found:
        old, new = (text(f"cover.status_{found['status'][side]}", language) for side in ("from", "to"))
        lines.append(text("diff.promise", language, old=old, new=new))
    return [*lines, text("diff.same_customers", language)] if found["same_customers"] else lines


def _estimate(row: dict[str, Any], side: str, language: str) -> str:
    """``88.6% (84.8–91.1%)``."""
    value, low, high = (row[key] for key in (side, f"{side}_low", f"{side}_high"))
    if row["unit"] == "share":
        return (
            f"{formats.share(value)} ({formats.number(100 * low, 1)}–{formats.share(high)})"
            if low is not None
            else formats.share(value)
        )
    shown = formats.seconds(value, language)
    return f"{shown} ({formats.number(low, 1)}–{formats.number(high, 1)})" if low is not None else shown


def _money(found: dict[str, Any], language: str, currency: str, told: tuple[str, ...] = ()) -> list[str]:
    """What the options are worth, then the ledger; only the measures ``told`` where some are named."""
    lines = []
    if "best" in found:
        old, new = (text(f"option.{found['best'][side]}", language) for side in ("from", "to"))
        lines.append(text("diff.best", language, old=old, new=new))
    unit = formats.small_unit(language, currency)
    present = _compared(found, language)
    lines += present.values()
    for row in found["money"]:
        if row["option"] in present or (told and row["measure"] not in told):
            continue
        large = row["measure"] in _LARGE
        # The difference of the rounded ends, so that what is shown adds up.
        before, after = (_rounded(row[side], -3 if large else 2) for side in ("from", "to"))
        if before == after:
            continue
        change = _change(before, after)
        shown = {key: _amount(value, language, currency, large=large) for key, value in (("old", before), ("new", after))}
        signed = None if change is None else _signed(change, _amount(change, language, currency, large=large))
        about = {
            "measure": text(f"measures.{row['measure']}", language, unit=unit),
            "option": text(f"option.{row['option']}", language),
        }
        lines.append(_moved("diff.measure", language, signed, **about, **shown))
    for row in found["ledger"]:
        moved = _rounded(row["change"], -3)
        if not moved or row["option"] in present or told:
            continue
        shown = {"change": _signed(moved, formats.money(moved, language, currency))}
        option, line = text(f"option.{row['option']}", language), name("line", row["line"], language)
        lines.append(text("diff.line", language, option=option, line=line, **shown))
    return lines


def _compared(found: dict[str, Any], language: str) -> dict[str, str]:
    """Options that only one of the plans compares, each with the sentence that says so."""
    worth = {row["option"]: row for row in found["money"] if row["measure"] == "npv"}
    keys = {option: "out" if row["to"] is None else "in" for option, row in worth.items() if None in (row["from"], row["to"])}
    return {option: text(f"diff.option_{key}", language, option=text(f"option.{option}", language)) for option, key in keys.items()}


def _moved(key: str, language: str, change: str | None, **values: str) -> str:
    """A sentence with its difference, where there is one."""
    return text(key, language, change=change, **values) if change else text(f"{key}_unknown", language, **values)


def _rounded(value: float | None, digits: int) -> float | None:
    """As `formats` shows it: amounts half away from zero in thousands, all else as Python rounds."""
    if value is None:
        return None
    return 1000 * formats.half_up(value / 1000) if digits == -3 else round(value, digits) + 0.0


def _change(old: float | None, new: float | None) -> float | None:
    return None if old is None or new is None else new - old


def _amount(value: float | None, language: str, currency: str, *, large: bool) -> str:
    return formats.money(value, language, currency) if large else formats.price(value, language, currency, 2)


def _signed(change: float, shown: str) -> str:
    return f"+{shown}" if change > 0 else shown
