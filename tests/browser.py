"""Chromium without a window, for tests of the web page."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from cli.process import Torchup

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER: Final = next((found for name in _NAMES if (found := shutil.which(name))), None)
WAIT_MS: Final = 60_000
needs_browser = pytest.mark.skipif(
    BROWSER is None, reason="there is no Chromium or Chrome on the search path"
)


@contextmanager
def browsing(**wishes: Any) -> Iterator[Page]:  # noqa: ANN401 - the browser's own options
    """A browser without a window; anything that it complains of fails the test."""
    complaints: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_context(**wishes).new_page()
        page.set_default_timeout(WAIT_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        yield page
        browser.close()
    assert complaints == [], complaints


def open_page(page: Page, link: str) -> str:
    """Go in through the link; return the address of the server."""
    page.goto(link)
    page.wait_for_selector(".chain")
    return link.partition("/enter")[0]


def faults(page: Page) -> list[str]:
    """What axe-core finds that is serious."""
    import axe_playwright_python

    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 5, "axe-core looked at the page"
    return [
        f"{page.url}: {one['id']} {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


@contextmanager
def serving(torchup: Torchup) -> Iterator[str]:
    """Serve the page; give the link to it."""
    process = torchup.start("web", "--json")
    assert process.stdout is not None
    try:
        yield msgspec.json.decode(process.stdout.readline())["url"]
    finally:
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, b""), err
