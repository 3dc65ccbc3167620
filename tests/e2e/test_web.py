"""The page in a true browser: create, watch, verify, explain, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from browser import BROWSER, browsing, faults, needs_browser, open_page, serving
from cli.fixtures import needs_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.process import Torchup

DRIVER = "RuntimeError: The NVIDIA driver on your system is too old (found version 11040)."
PAINT = """() => new Promise((done) => new PerformanceObserver((list) => {
  const at = list.getEntriesByName("first-contentful-paint")[0];
  if (at) done(at.startTime - performance.getEntriesByType("navigation")[0].responseStart);
}).observe({ type: "paint", buffered: true }))"""
"""Milliseconds from the first byte of the answer to the first picture."""

pytestmark = [pytest.mark.slow, needs_world, needs_browser]


@pytest.fixture
def link(connected: Torchup) -> Iterator[str]:
    with serving(connected) as found:
        yield found


def test_from_the_link_to_a_verified_environment(link: str, connected: Torchup) -> None:
    with browsing() as page:
        server = open_page(page, link)
        page.click("text=Choose and create")
        page.click("label:has(#release-3)")
        page.wait_for_url("**/choose?release=*")
        page.goto(f"{server}/choose?release=2.13")
        page.wait_for_selector("#answer-card >> text=2.13.0")
        page.fill("#name", "demo")
        page.check("[name=quick]")
        page.click("text=Create it")
        page.wait_for_url("**/jobs/*")
        page.reload()  # a job doesn't belong to the page that started it
        page.wait_for_selector("#ended >> text=Done")
        assert page.locator("#told li.check").count() >= 5
        assert "demo" in connected("list").out
        found = faults(page)
        for path in ("/environments/demo", "/environments"):
            page.goto(f"{server}{path}")
            found += faults(page)
        assert found == []
        page.goto(f"{server}/environments")
        page.click("text=Verify >> nth=-1")
        page.wait_for_url("**/jobs/*")
        page.wait_for_selector("#ended >> text=Done")
        page.goto(f"{server}/speed")
        page.click("text=How long each check took")
        page.wait_for_selector("table.speed >> text=Matrix product")
        page.goto(f"{server}/environments?lang=zh_CN")
        page.click("summary:has-text('删除')")
        page.click("button.danger")
        page.wait_for_selector("#ended >> text=完成")
        assert "demo" not in connected("list").out


def test_a_name_that_is_none_is_said_beside_the_field(link: str) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page()
        server = open_page(page, link)
        page.goto(f"{server}/choose")
        page.fill("#name", "a/b")
        page.click("text=Create it")
        page.wait_for_selector(".order [role=alert]:not(:empty)")
        assert page.url.endswith("/choose")
        assert page.is_enabled("text=Create it")
        browser.close()


def test_the_keyboard_and_another_machine(link: str) -> None:
    with browsing() as page:
        server = open_page(page, link)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.goto(f"{server}/choose")
        page.click("#other-machine")
        page.fill("#gpu", "RTX 3060")
        page.keyboard.press("Tab")
        page.wait_for_selector("#answer >> text=For the other machine")
        page.fill("#driver", "535")
        page.keyboard.press("Tab")
        page.wait_for_selector("#answer-card >> text=cu126")
        page.hover("label.no >> nth=1")
        assert page.locator(".tip:visible").inner_text().startswith("CUDA 13")
        assert page.evaluate("document.activeElement.id") == "os"


def test_an_error_is_explained_and_its_evidence_marked(link: str) -> None:
    with browsing() as page:
        server = open_page(page, link)
        page.goto(f"{server}/fix")
        page.fill("#text", f"epoch 3\n{DRIVER}")
        page.click("text=Explain")
        page.wait_for_selector("mark")
        assert page.inner_text("mark") == DRIVER
        page.click("nav.languages >> text=简体中文")
        page.wait_for_selector("h1 >> text=排错")


@pytest.mark.parametrize(
    ("lang", "scheme", "width"),
    [("en", "light", 1200), ("zh_CN", "dark", 360)],
)
def test_nothing_serious_stands_in_anybodys_way(
    lang: str, scheme: str, width: int, link: str
) -> None:
    size = {"width": width, "height": 800}
    with browsing(color_scheme=scheme, viewport=size) as page:
        server = open_page(page, link)
        other = "/choose?gpu=RTX+3060&driver=535&release=2.6"
        found = []
        change = "/speed/mirrors/use?pick=conda%3Dtuna&write=conda"
        own = ("/speed", "/speed/mirrors", change)
        for path in ("/", "/choose", other, "/environments", "/fix", *own):
            page.goto(f"{server}{path}{'&' if '?' in path else '?'}lang={lang}")
            page.wait_for_load_state("load")
            found += faults(page)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{path} is {wide} wide")
        page.goto(f"{server}/fix")
        page.fill("#text", DRIVER)
        page.click("button.button")
        page.wait_for_selector("mark")
        found += faults(page)
    assert found == []


def test_the_first_picture_comes_quickly(link: str) -> None:
    with browsing() as page:
        open_page(page, link)
        page.reload()
        page.wait_for_selector(".chain")
        took = page.evaluate(PAINT)
    assert took < 2_000, "generous: the machine of the tests is under load"
