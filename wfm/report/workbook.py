"""plan.xlsx: a cover page, one sheet a step, and the assumptions, which can be fed back."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from wfm.core import kpi
from wfm.report import formats, page, sentences, workbook_beside, workbook_money, workbook_peak, workbook_steps
from wfm.report.headline import headline
from wfm.report.sheet import Sheet, Styles, put, write
from wfm.report.words import text

if TYPE_CHECKING:
    from wfm.plan import Plan
    from wfm.report.words import Language
    from wfm.scenario.model import Scenario

_SHEETS: tuple[Callable[[Plan, str], Sheet], ...] = (
    workbook_steps.repairs,
    workbook_steps.forecast_days,
    workbook_steps.forecast,
    workbook_steps.requirement,
    workbook_steps.shifts,
    workbook_steps.cover_matrix,
    workbook_steps.shortfalls,
    workbook_steps.service,
    workbook_steps.weekdays,
    workbook_steps.service_overall,
    *workbook_beside.SHEETS,
    *workbook_peak.SHEETS,
    workbook_money.people,
    workbook_money.ledger,
    workbook_money.options,
    workbook_money.break_evens,
    workbook_money.sources,
    workbook_money.definitions,
)
_COVER_WIDTHS = (34, 14, 12, 12, 14, 80)


def workbook(plan: Plan, language: Language | None = None) -> bytes:
    """The plan as an Excel workbook; equal plans give equal bytes.

    Every text is written as text, whatever it begins with: nothing of a scenario or a history becomes a formula or a link. Times
    are local wall clocks, since Excel knows no zones; headings and notes name the zone.

    Parameters
    ----------
    plan
        The plan.
    language
        Of sheets and headings; the scenario's own by default.
    """
    import xlsxwriter

    from wfm.scenario.sheet import write_sheet

    chosen = language or plan.scenario.language
    file = io.BytesIO()
    # Rows leave memory as they are written; without that a year of intervals would hold some hundred megabytes.
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    # A date of the plan, not of the clock: the same plan is the same file.
    made = datetime.combine(plan.scenario.plan.start, time())
    book.set_properties({"title": getattr(plan.scenario.name, chosen), "author": "openwfm", "created": made})
    styles = Styles(book)
    absent = (*(workbook_peak.SHEETS if plan.peak is None else ()), *(workbook_beside.SHEETS if plan.beside is None else ()))
    made_of = [make for make in _SHEETS if make not in absent]
    sheets = [make(plan, chosen) for make in made_of]
    # A list of shortfalls that is empty is good news and needs no sheet of its own.
    sheets = [sheet for sheet in sheets if sheet.rows or sheet.name != text("sheet.shortfalls", chosen)]
    _cover(book, styles, plan, chosen, [text("sheet.assumptions", chosen), *(sheet.name for sheet in sheets)])
    write_sheet(book, _as_asked(plan), chosen, name=text("sheet.assumptions", chosen),
                said=lambda words: sentences.phrase(words, chosen))  # fmt: skip
    for sheet in sheets:
        write(book, styles, sheet)
    book.close()
    return file.getvalue()


def _as_asked(plan: Plan) -> Scenario:
    """The scenario as it was asked for: a plan's own simulates no redials where its history has them in it already."""
    asked = {origin.key: origin.value for origin in plan.origins}
    redial = plan.scenario.contact.redial
    written = {name: asked.get(f"contact.redial.{name}", getattr(redial, name)) for name in type(redial).model_fields}
    contact = plan.scenario.contact.model_copy(update={"redial": redial.model_copy(update=written)})
    return plan.scenario.model_copy(update={"contact": contact})


def _cover(book: Any, styles: Styles, plan: Plan, language: str, names: list[str]) -> None:
    """The first sheet: conclusion, main numbers with their definitions, what to check, and where everything is."""
    front = page.first_page(plan, language)
    sheet = book.add_worksheet(text("sheet.cover", language))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    for column, width in enumerate(_COVER_WIDTHS):
        sheet.set_column(column, column, width)
    put(sheet, 0, 0, front.title, "text", styles.title)
    put(sheet, 1, 0, "  ·  ".join(front.about), "text", styles.note)
    row = 3
    for line in front.verdict:
        put(sheet, row, 0, line, "text", styles.label)
        row += 1
    row = _main_numbers(sheet, styles, plan, language, row + 1)
    for title, lines in (("check", front.verify), ("turning", front.turning), ("also", front.remarks)):
        if lines:
            put(sheet, row, 0, text(f"cover.{title}", language), "text", styles.label)
            for line in lines:
                row += 1
                put(sheet, row, 0, line, "text")
            row += 2
    put(sheet, row, 0, text("cover.sheets", language), "text", styles.label)
    for name in names:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", styles.link, name)


def _main_numbers(sheet: Any, styles: Styles, plan: Plan, language: str, row: int) -> int:
    """The table of main numbers from ``row`` on; returns the row after it."""
    put(sheet, row, 0, text("cover.numbers", language), "text", styles.head)
    for column, head in enumerate(("number", "value_low", "value_high", "unit", "definition"), start=1):
        put(sheet, row, column, text(f"head.{head}", language), "text", styles.head)
    for cells in _numbers(plan, language):
        row += 1
        kind = cells[-1]
        for column, value in enumerate(cells[:-1]):
            style = styles.cell[kind] if isinstance(value, int | float) else styles.wrapped if column == 5 else None
            put(sheet, row, column, value, kind, style)
    return row + 2


def _numbers(plan: Plan, language: str) -> list[tuple[Any, ...]]:
    """Name, value, low, high, unit, definition, and the kind of the cells."""
    found, scenario = headline(plan), plan.scenario
    shrinkage, promise = scenario.people.shrinkage, formats.percent(scenario.promised_days)
    shares = {"in_office": formats.percent(shrinkage.in_office), "out_of_office": formats.percent(shrinkage.out_of_office)}
    person = formats.unit("people", language)
    status = text(f"cover.status_{plan.status}", language)
    meaning = text("cover.status_definition", language, promise=promise)
    rows: list[tuple[Any, ...]] = [(text("cover.status", language), status, None, None, "", meaning, "text")]
    at = found["people.agents_peak_start"]
    peak = text("people_definition.agents", language) + (f" ({sentences.when(at, language)})" if at else "")
    rows.append((text("cover.agents_peak", language), found["people.agents_peak"], None, None, person, peak, "whole"))
    median = text("cover.agents_median_definition", language)
    rows.append((text("cover.agents_median", language), found["people.agents_median"], None, None, person, median, "whole"))
    for key in ("seats", "heads", "licences_concurrent", "licences_named", "lines"):
        unit = formats.unit({"heads": "people"}.get(key, key.partition("_")[0]), language)
        definition = text(f"people_definition.{key}", language, **shares)
        rows.append((text(f"people.{key}", language), found[f"people.{key}"], None, None, unit, definition, "whole"))
    for key in ("answer_rate", "sl_offered", "asa_answered", "occupancy"):
        number, threshold = found.number(f"service.{key}"), scenario.targets.threshold
        share = number.unit == "share"
        label, definition = kpi.label(key, language, threshold), kpi.definition(key, language, threshold)
        unit = "%" if share else number.unit
        rows.append((label, number.value, number.low, number.high, unit, definition, "share" if share else "number"))
    days = found.number("service.days_met")
    note = text("tile.days_note", language, targets=sentences.targets(plan, language), promise=promise)
    rows.append((text("cover.days_met", language), days.value, days.low, days.high, "%", note, "share"))
    if found["carried.orders_all_targets"] is not None:
        seats, now = (formats.number(found[f"carried.{key}"]) for key in ("seats", "orders_now"))
        note = text("cover.carried_definition", language, seats=seats, now=now)
        orders = text("cover.orders_day", language)
        most = math.floor(found["carried.orders_all_targets"])
        rows.append((text("cover.carried", language), most, None, None, orders, note, "whole"))
    if sentences.benefit_known(plan):
        best = text(f"option_spelled.{plan.best}", language)
        rows.append((text("cover.best", language), best, None, None, "", text("measure_definition.npv", language), "text"))
    unit = formats.small_unit(language, scenario.currency)
    for option in sentences.ranked(plan):
        spelled = text(f"option.{option}", language)
        for measure, kind in (("npv", "money"), ("cost_per_contact", "price")):
            label = text(f"cover.{measure}", language, option=spelled)
            value = found[f"option.{option}.{measure}"]
            rows.append((label, value, None, None, unit, text(f"measure_definition.{measure}", language), kind))
    return rows
