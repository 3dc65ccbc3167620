"""Reports, comparisons and mirrors in a true browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from browser import browsing, faults, needs_browser, open_page, serving
from cli.fixtures import needs_world
from cli.process import CPU, DEAD, Torchup
from indexserver import IndexServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = [pytest.mark.slow, needs_world, needs_browser]
PIP = "[global]\ntimeout = 30\n"
OTHER = "(was) => document.querySelector('#answer-card [data-say]').innerText !== was"
SIZES = (512, 1024, 2048, 4096)


@pytest.fixture
def own(tmp_path: Path) -> Torchup:
    """A machine that no variable tells where packages are, and that reaches nothing outside."""
    torchup = Torchup(tmp_path, HTTPS_PROXY=DEAD, NO_PROXY="127.0.0.1")
    for name in ("UV_DEFAULT_INDEX", "TORCHUP_FRAMEWORK_INDEX", "UV_PYTHON_INSTALL_MIRROR"):
        del torchup.env[name]
    for name in ("PIP_CONFIG_FILE", "UV_NO_CONFIG"):
        del torchup.env[name]
    return torchup


@pytest.fixture
def link(own: Torchup) -> Iterator[str]:
    with serving(own) as found:
        yield found


def measure(torchup: Torchup, stamp: str, factor: float) -> str:
    """Keep a measurement, as ``verify --bench`` would on two cards."""
    figures: list[dict[str, Any]] = [
        {
            "name": "matmul",
            "kind": kind,
            "size": size,
            "unit": "FLOP/s",
            "samples": [factor * top * (1 - 0.5**step) * (1 + n / 500) for n in range(9)],
        }
        for kind, top in (("fp32", 6e13), ("bf16", 7.7e14))
        for step, size in enumerate(SIZES, 1)
    ]
    figures += [
        {"name": "peer", "kind": pair, "size": 1 << 28, "unit": "B/s", "samples": [2e11] * 9}
        for pair in ("0>1", "1>0")
    ]
    document = {
        "schema": "torchup.verify/v1",
        "ok": True,
        "device": "cuda",
        "devices": ["NVIDIA H100 80GB HBM3"] * 2,
        "packages": {"torch": "2.13.0+cu126"},
        "checks": [{"code": "matmul", "status": "pass", "detail": "", "took_s": 0.2}],
        "at": f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T10:15:00+00:00",
        "python": "3.12.1",
        "figures": figures,
    }
    folder = torchup.home / "measured"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{stamp}-101500-demo.json").write_bytes(msgspec.json.encode(document))
    return f"{stamp}-101500-demo"


def wide(page: Page) -> list[str]:
    """Pages that are wider than their window."""
    found = page.evaluate("document.documentElement.scrollWidth")
    width = page.evaluate("window.innerWidth")
    return [f"{page.url} is {found} wide"] if found > width else []


@pytest.mark.parametrize(
    ("lang", "scheme", "width"), [("en", "dark", 1200), ("zh_CN", "light", 360)]
)
def test_two_measurements_are_compared_with_the_keyboard(
    lang: str, scheme: str, width: int, link: str, own: Torchup
) -> None:
    older = measure(own, "20261128", 1.0)
    middle = measure(own, "20261129", 1.0)
    newest = measure(own, "20261130", 0.5)
    with browsing(color_scheme=scheme, viewport={"width": width, "height": 800}) as page:
        server = open_page(page, link)
        page.goto(f"{server}/speed?lang={lang}")
        assert page.is_checked(f'[name=before][value="{middle}"]')
        assert page.is_checked(f'[name=after][value="{newest}"]')
        found = faults(page) + wide(page)
        page.focus(f'[name=before][value="{middle}"]')
        page.keyboard.press("ArrowDown")
        assert page.is_checked(f'[name=before][value="{older}"]')
        page.keyboard.press("Enter")
        page.wait_for_selector("#compared")
        assert page.locator(".compared tr.slower").count() == 2 * len(SIZES)
        assert "-50 %" in page.inner_text(".compared")
        found += faults(page) + wide(page)
        page.click(f'a[href="/speed/measured/{newest}"]')
        page.wait_for_selector(".report svg.pairs")
        assert page.locator(".report svg").count() == 2
        page.click(".report details summary >> nth=0")
        assert "PFLOP/s" in page.inner_text(".report details") or "TFLOP/s" in page.inner_text(
            ".report details"
        )
        found += faults(page) + wide(page)
        with page.expect_download() as waiting:
            page.click(f'a[href$="{newest}/file"]')
        assert waiting.value.path().read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert found == []


def test_mirrors_race_are_chosen_and_taken_back(link: str, own: Torchup, wheels: Path) -> None:
    pip = own.root / "xdg-config" / "pip" / "pip.conf"
    pip.parent.mkdir(parents=True)
    pip.write_text(PIP)
    with IndexServer(wheels).start() as fast, IndexServer(wheels).start() as slow:
        places = [one.index("whl") for one in (slow, fast)]
        assert own("mirror", "use", *places, "--kind", "pytorch").code == 0
        before = own.config.read_bytes()
        with browsing() as page:
            server = open_page(page, link)
            page.goto(f"{server}/speed")
            page.click("nav.tabs >> text=Mirrors")
            page.wait_for_selector(f"#used ~ ul >> text={places[0]}")
            found = faults(page)
            for kind in ("pypi", "conda", "python"):
                page.uncheck(f"[name=kinds][value={kind}]")
            page.fill("#planned", "torch==2.13.0")
            page.click("text=Start the race")
            page.wait_for_selector("[data-race] tr.measuring, [data-race] tr.done, #use-best")
            page.wait_for_selector("#use-best")
            page.reload()  # a race doesn't belong to the page that watches it
            rows = page.locator("table.race >> nth=0 >> tbody tr")
            assert rows.count() == 2
            assert "MB/s" in rows.nth(0).inner_text()
            assert "2.14.1" in rows.nth(0).inner_text()
            found += faults(page)
            page.goto(f"{server}/speed/mirrors/use?pick=pypi%3Dtuna&pick=pytorch%3D{places[1]}")
            page.check("#write-pip")
            page.wait_for_selector(".diff >> text=+index-url")
            assert page.evaluate("document.activeElement.id") == "write-pip"
            assert pip.read_text() == PIP, "nothing is written before it is said"
            found += faults(page) + wide(page)
            page.click("text=Write it")
            page.wait_for_selector("#ended >> text=Done")
            assert "tuna" in pip.read_text()
            assert "pypi.tuna.tsinghua.edu.cn" in page.inner_text("#used ~ ul")
            found += faults(page)
            page.goto(f"{server}/speed/mirrors?lang=zh_CN")
            page.click("text=撤销上一次改动")
            page.wait_for_selector("#ended >> text=完成")
            assert pip.read_text() == PIP
            assert own.config.read_bytes() == before
    assert found == []


def test_a_card_a_driver_and_a_month_are_picked(link: str) -> None:
    with browsing(viewport={"width": 360, "height": 800}) as page:
        server = open_page(page, link)
        page.goto(f"{server}/choose")
        page.click("#other-machine")
        page.fill("#gpu", "GTX 1080")
        page.wait_for_selector("#cards option", state="attached")
        page.keyboard.press("Tab")
        page.wait_for_selector("#answer >> text=For the other machine")
        page.fill("#driver", "470")
        page.keyboard.press("Tab")
        page.wait_for_selector("#answer-card >> text=470")
        assert page.locator("label.no").count() > 2, "what can't run is struck through"
        newest = page.inner_text("#answer-card [data-say]")
        page.focus("#month")
        for _ in range(24):
            page.keyboard.press("ArrowLeft")
        page.wait_for_function(
            "(was) => document.querySelector('#answer-card [data-say]').innerText !== was",
            arg=newest,
        )
        page.wait_for_selector("text=--as-of 20")
        most = page.evaluate("Number(document.getElementById('month').max)")
        assert page.input_value("#month") == str(most - 24), "no answer overtook a later one"
        assert page.locator("#commands ~ .pastes .paste").count() == 4
        assert faults(page) + wide(page) == []


def test_an_environment_is_measured_and_its_report_opened(connected: Torchup) -> None:
    assert connected("create", "demo", *CPU).code == 0
    with serving(connected) as link, browsing() as page:
        server = open_page(page, link)
        page.goto(f"{server}/speed")
        page.click("text=Verify and measure")
        page.wait_for_url("**/jobs/*")
        page.wait_for_selector("#ended >> text=Done")
        assert "torchup verify demo --bench" in page.inner_text("h1")
        assert page.locator("#told li.check").count() >= 10
        page.click("#ended ~ p >> text=Report")
        page.wait_for_selector(".report .verdict.pass")
        assert faults(page) == []
