"""The report as one HTML file that opens from a disk without a network, in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

import wfm
from wfm.report import page as pages
from wfm.report.blocks import Chart, Table
from wfm.report.figures import FIGURES
from wfm.report.figures_beside import FIGURES_BESIDE
from wfm.report.figures_peak import FIGURES_PEAK
from wfm.report.sections_money import conclusion
from wfm.report.words import LANGUAGES, Language, text

if TYPE_CHECKING:
    from wfm.plan import Plan

_CODES = {"zh": "zh-CN", "en": "en"}
_FIGURES = {**FIGURES, **FIGURES_BESIDE, **FIGURES_PEAK}


def html(plan: Plan) -> str:
    """The report, both languages with a switch; ``scenario.language`` shows first.

    Everything stands in the file: styles, figures and plotly.js (once). Equal plans give equal bytes: no clock, path or random id.
    User text is escaped by the template engine; JSON is escaped so that no text can end its script element.
    """
    shown: dict[Language, pages.Page] = {language: pages.page(plan, language) for language in _order(plan)}
    used = {
        block.name for page in shown.values() for section in page.sections for block in section.blocks if isinstance(block, Chart)
    }
    figures = {language: {name: _figure(plan, name, language) for name in _FIGURES if name in used} for language in LANGUAGES}
    footers = {language: text("page.footer", language, version=wfm.__version__, seed=plan.scenario.seed) for language in LANGUAGES}
    return rendered(shown, figures, plan.scenario.language, footers)


def rendered(
    shown: Mapping[Language, pages.Page],
    figures: Mapping[Language, Mapping[str, Any]],
    first: Language,
    footers: Mapping[Language, str],
) -> str:
    """Pages of both languages as one file.

    Parameters
    ----------
    shown
        Language to page.
    figures
        Language to name to figure, as JSON values; their layout tells their height.
    first
        The language that shows first.
    footers
        Language to the last line.
    """
    from markupsafe import Markup
    from plotly.offline import get_plotlyjs

    page = _template().render(
        pages={language: shown[language] for language in LANGUAGES},
        first=first,
        codes=_CODES,
        version=wfm.__version__,
        words={language: _words(footers[language], language) for language in LANGUAGES},
        heights={name: figure["layout"]["height"] for name, figure in figures[first].items()},
        css=Markup(_file("report.css").strip()),
        script=Markup(_file("report.js").strip()),
        plotly=Markup(get_plotlyjs()),
        figures=Markup(_script_json(figures)),
    )
    return str(page)


def compact(plan: Plan, language: str) -> str:
    """The first page (title, conclusion, tiles, comparison) as a fragment for notebooks, without figures."""
    front = pages.first_page(plan, language)
    table = next(block for block in conclusion(plan, language).blocks if isinstance(block, Table))
    template = _template("compact.html.j2")
    return str(template.render(page=front, table=table, code=_CODES[language], words=_words("", language)))


def _order(plan: Plan) -> list[Language]:
    return sorted(LANGUAGES, key=lambda language: language != plan.scenario.language)


def _figure(plan: Plan, name: str, language: str) -> dict[str, Any]:
    """A figure as JSON values; its title is the caption of the page, so it is left out."""
    figure = _FIGURES[name](plan, language)
    figure.update_layout(title=None, margin_t=12)
    result: dict[str, Any] = json.loads(figure.to_json())
    return result


def _script_json(value: Any) -> str:
    """JSON that may stand inside a script element."""
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
    )


def _template(name: str = "template.html.j2") -> Any:
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    return environment.from_string(_file(name))


def _file(name: str) -> str:
    return resources.files("wfm.report").joinpath(name).read_text(encoding="utf-8")


def _words(footer: str, language: str) -> dict[str, Any]:
    """The page's own words in one language."""
    fixed = {
        key: text(f"page.{key}", language)
        for key in ("skip", "contents", "conclusion", "would_turn", "verify", "remarks", "noscript")
    }

    def table_more(caption: str, rows: int) -> str:
        return text("page.table_more", language, caption=caption, rows=rows)

    return {**fixed, "footer": footer, "table_more": table_more}
