"""The differences of two plans in words, for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wfm.core import kpi, units
from wfm.report import formats
from wfm.report.sections_money import is_share, value_written
from wfm.report.words import name, text

if TYPE_CHECKING:
    from wfm.scenario.model import Scenario

_SPANS_TOLD = 12
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
    """Each changed value as a sentence: from, to, origin, key."""
    lines = []
    for row in rows:
        share = scenario is not None and is_share(scenario, row["key"])
        unit = "" if share else formats.unit(row["unit"], language, currency) if row["unit"] not in ("share", "") else ""
        old, new = (_written(row, side, language, share=share, unit=unit) for side in ("from", "to"))
        origin = name("origin", row["origin_to"] or row["origin_from"], language)
        lines.append(text("diff.input", language, label=row[language], old=old, new=new, origin=origin, path=row["key"]))
    return lines


def _written(row: dict[str, Any], side: str, language: str, *, share: bool, unit: str) -> str:
    if not row[f"origin_{side}"]:
        return text("diff.nothing", language)
    shown = value_written(row[side], language, as_share=share)
    return f"{shown} {unit}".strip() if shown != formats.NOTHING else shown


def _block(key: str, lines: list[str], language: str) -> list[str]:
    return [text(f"diff.{key}", language), *(f"  {line}" for line in lines)]


def _people(found: dict[str, Any], language: str) -> list[str]:
    lines = []
    for row in found["people"]:
        digits = 1 if row["what"] in ("rostered", "fte") else 0
        old, new = (formats.number(row[side], digits) for side in ("from", "to"))
        what = text(f"people.{row['what']}", language)
        lines.append(text("diff.chain", language, what=what, old=old, new=new, change=_signed(row["change"], digits)))
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
        key = "diff.kpi_same" if not row["change"] else "diff.kpi_noise" if row["noise"] else "diff.kpi"
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
    for row in (row for row in found["money"] if not told or row["measure"] in told):
        large = row["measure"] in _LARGE
        old, new = (_amount(row[side], language, currency, large=large) for side in ("from", "to"))
        change = _amount(row["change"], language, currency, large=large)
        sign = "+" if (row["change"] or 0) > 0 else ""
        measure = text(f"measures.{row['measure']}", language, unit=unit)
        option = text(f"option.{row['option']}", language)
        lines.append(text("diff.measure", language, option=option, measure=measure, old=old, new=new, change=f"{sign}{change}"))
    for row in found["ledger"]:
        sign = "+" if row["change"] > 0 else ""
        change = f"{sign}{formats.money(row['change'], language, currency)}"
        option, line = text(f"option.{row['option']}", language), name("line", row["line"], language)
        lines.append(text("diff.line", language, option=option, line=line, change=change))
    return lines


def _amount(value: float | None, language: str, currency: str, *, large: bool) -> str:
    return formats.money(value, language, currency) if large else formats.price(value, language, currency, 2)


def _signed(value: float | None, digits: int) -> str:
    return formats.NOTHING if value is None else f"{'+' if value > 0 else ''}{formats.number(value, digits)}"
