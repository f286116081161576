"""The report in a real browser, from disk, without a network: it draws, switches and fits a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wfm.report.figures import FIGURES
from wfm.report.html import html
from wfm.report.shown import ShownPlan

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        if os.environ.get("CI") == "true":
            pytest.fail("no chromium: .ci/run installs Debian's")
        pytest.skip("no chromium found; on Debian: apt-get install chromium fonts-noto-cjk")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-background-networking"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report(quickstart: ShownPlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html(quickstart), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_draws_switches_and_fits(browser: Browser, report: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    for language, code in (("zh", "zh-CN"), ("en", "en"), ("zh", "zh-CN")):
        page.click(f".page:not([hidden]) button[data-to={language}]")
        visible = f'.page[data-language="{language}"]'
        page.wait_for_function(f"document.querySelectorAll('{visible} .plot .main-svg').length >= {len(FIGURES)}")
        assert page.evaluate("document.documentElement.lang") == code
        assert page.locator(".page:visible").count() == 1
        assert page.title() == page.locator(f"{visible} h1").inner_text()
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # What is wider than the page scrolls inside its own frame.
        beyond = page.evaluate(
            "Array.from(document.querySelectorAll('.page:not([hidden]) *')).filter(e => !e.closest('.frame, .skip, svg')"
            " && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.className || e.tagName)"
        )
        assert beyond == []
        # What holds sentences is read without scrolling sideways, captions included.
        cut = page.evaluate(
            "Array.from(document.querySelectorAll('.page:not([hidden]) .stacked, .page:not([hidden]) .caption'))"
            ".filter(e => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth)"
            ".map(e => e.textContent.slice(0, 60))"
        )
        assert cut == []
    assert said == []
    assert asked == [report.as_uri()]
    context.close()
