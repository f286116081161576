"""The page of a centre in a browser: nothing wider than the screen, no errors, both languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.centre.files import TWO, played, scenario
from wfm.report.centre_page import page

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("centre")
    path = folder / "page.html"
    path.write_text(page(scenario(TWO, folder=folder), played(TWO, folder=folder)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield found
        found.close()


def test_names_of_ones_own_are_escaped(tmp_path: Path) -> None:
    text = TWO.replace("en: two types", "en: '<script>alert(1)</script>'").replace("presale", "<b>x</b>")
    made = page(scenario(text, folder=tmp_path), played(text, folder=tmp_path))
    assert "<script>alert" not in made
    assert "<b>x" not in made


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_and_makes_no_errors(width: int, file: Path, browser: Any) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 900})
    errors: list[str] = []
    tab.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(file.as_uri())
    for language in ("zh", "en"):
        tab.click(f'.page:not([hidden]) [data-to="{language}"]')
        tab.wait_for_selector(f'.page[data-language="{language}"] .js-plotly-plot .main-svg')
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert tab.locator(f'.page[data-language="{language}"] .js-plotly-plot').count() == 4
    assert not errors
    tab.close()
