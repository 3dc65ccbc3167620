"""The page in a true browser: what is broken is mended and the mend undone, by clicks alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser import browsing, faults, needs_browser, open_page, serving
from cli.fixtures import needs_world, sources_of
from cli.process import Torchup
from cli.world import MINOR, TAG
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from indexserver import IndexServer

WHEEL = f"torch-2.13.0+cpu-{TAG}.whl"
FOLDERS = [
    one for one in os.environ.get("PIP_FIND_LINKS", "").split() if (Path(one) / WHEEL).exists()
]
CREATE = ("create", "demo", "--cpu", "torch==2.13.0", "--no-verify")
pytestmark = [pytest.mark.slow, needs_browser]


def ended(page: Page, said: str = "Done") -> None:
    """Wait for the end of the job that was just started."""
    page.wait_for_url("**/jobs/*")
    page.wait_for_selector(f"#ended >> text={said}", timeout=240_000)


def agree(page: Page) -> None:
    """Do what is shown; the keyboard is on the button for it already."""
    page.wait_for_selector(".preview:visible [data-go]")
    before = page.url
    page.wait_for_function("document.activeElement.matches('[data-go]')")
    page.keyboard.press("Enter")
    page.wait_for_function("before => location.href !== before", arg=before)


def site(torchup: Torchup) -> Path:
    return torchup.home / "envs" / "demo" / "lib" / f"python{MINOR}" / "site-packages"


def create(page: Page, server: str) -> None:
    page.goto(f"{server}/choose?release=2.13")
    page.wait_for_selector("#answer-card >> text=2.13.0")
    page.fill("#name", "demo")
    page.check("[name=quick]")
    page.click("text=Create it")
    ended(page)


def mend_and_undo(page: Page, server: str, error: str, torchup: Torchup, gone: Path) -> None:
    """From a pasted error to a mend, and back."""
    page.goto(f"{server}/fix")
    page.fill("#text", error)
    page.click("text=Explain")
    page.wait_for_selector("mark")
    assert page.input_value("#within") == "demo", "its paths say which environment it is of"
    page.wait_for_selector("#finding-environment-broken >> text=make demo again what its record")
    found = faults(page)
    page.click("#finding-environment-broken button")
    ended(page)
    assert gone.exists()
    assert torchup("verify", "demo", "--quick").code == 0
    page.click("text=Undo")
    agree(page)
    ended(page)
    assert not gone.exists(), "broken again, as it was before the mend"
    page.click("nav.languages >> text=简体中文")
    page.wait_for_selector("#ended >> text=完成")
    page.goto(f"{server}/fix/look?name=demo")
    page.wait_for_selector("#finding-environment-broken >> text=修复")
    assert found + faults(page) == []


def mend_again(page: Page, server: str, gone: Path) -> None:
    """From what doctor finds to a mend, in Chinese."""
    page.click("#finding-environment-broken button")
    ended(page, "完成")
    assert gone.exists()
    page.goto(f"{server}/fix?lang=en")
    assert "demo repaired" in page.inner_text("section.changes")
    assert faults(page) == []


@needs_world
def test_an_error_is_mended_and_the_mend_undone(connected: Torchup) -> None:
    with serving(connected) as link, browsing() as page:
        server = open_page(page, link)
        create(page, server)
        page.goto(f"{server}/environments")
        page.click("text=Verify >> nth=-1")
        ended(page)
        gone = site(connected) / "torchvision" / "__init__.py"
        error = (
            f'epoch 1\n  File "{gone}", line 1, in <module>\n'
            "RuntimeError: operator torchvision::nms does not exist"
        )
        gone.unlink()
        mend_and_undo(page, server, error, connected, gone)
        mend_again(page, server, gone)


@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="the wheel is for Linux")
@pytest.mark.skipif(not FOLDERS, reason=f"no folder of PIP_FIND_LINKS has {WHEEL}")
def test_the_real_framework_is_mended_and_the_mend_undone(tmp_path: Path) -> None:
    torchup = Torchup(tmp_path)
    torchup.timeout = 300
    torchup.env["PIP_FIND_LINKS"] = os.environ["PIP_FIND_LINKS"]
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        torchup.env.pop(name, None)
        if name in os.environ:
            torchup.env[name] = os.environ[name]
    with serving(torchup) as link, browsing() as page:
        server = open_page(page, link)
        create(page, server)
        gone = site(torchup) / "torch" / "nn"
        shutil.rmtree(gone)
        python = torchup.home / "envs" / "demo" / "bin" / "python"
        said = subprocess.run([python, "-c", "import torch"], capture_output=True, check=False)
        error = said.stderr.decode()
        mend_and_undo(page, server, error, torchup, gone)


@needs_world
def test_notebooks_and_ides(own: IndexServer, tmp_path: Path) -> None:
    make_wheel(own.root / "simple", "ipykernel", "7.0.0", files={"ipykernel/__init__.py": ""})
    torchup = Torchup(tmp_path, **sources_of(own))
    assert torchup(*CREATE).code == 0
    folder = tmp_path / "project"
    folder.mkdir()
    settings = folder / ".vscode" / "settings.json"
    with serving(torchup) as link, browsing() as page:
        server = open_page(page, link)
        page.goto(f"{server}/environments/demo")
        page.click("text=Connect Jupyter")
        page.wait_for_selector(".preview:visible >> text=ipykernel 7.0.0")
        assert faults(page) == []
        agree(page)
        ended(page)
        page.goto(f"{server}/environments/demo")
        page.fill("#folder-1", str(folder))
        page.keyboard.press("Enter")
        agree(page)
        ended(page)
        assert "envs/demo" in settings.read_text()
        page.goto(f"{server}/environments")
        assert str(folder) in page.inner_text("article.env dl")
        page.click("summary:has-text('Connect')")
        page.click("[aria-label='Disconnect: VS Code']")
        agree(page)
        ended(page)
        assert not settings.exists()
        page.goto(f"{server}/environments/demo")
        page.click("[aria-label='Disconnect: demo (PyTorch)']")
        agree(page)
        ended(page)
        assert "demo" not in torchup("kernel", "list").out


@needs_world
def test_packages_come_and_go_as_it_was_shown(connected: Torchup) -> None:
    assert connected(*CREATE).code == 0
    with serving(connected) as link, browsing() as page:
        server = open_page(page, link)
        page.goto(f"{server}/environments/demo")
        page.fill("#wanted", "six\nfilelock==3.12.0")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(".preview-lines:visible >> text=filelock 3.16.1 → 3.12.0")
        page.fill("#wanted", "six")
        assert not page.is_visible(".preview"), "what was shown is of other wishes"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        agree(page)
        ended(page)
        assert "six" in connected("packages", "-n", "demo").out
        page.goto(f"{server}/environments/demo")
        page.check("[value=six]")
        page.click("text=Remove the chosen")
        page.wait_for_selector(".preview-lines:visible >> text=six 1.17.0")
        agree(page)
        ended(page)
        assert "six" not in connected("packages", "-n", "demo").out


LOOKS = (("en", "light", 1200), ("zh_CN", "dark", 360))


@needs_world
def test_nothing_serious_stands_in_the_way_of_mending(connected: Torchup) -> None:
    assert connected(*CREATE).code == 0
    shutil.rmtree(site(connected) / "filelock")
    with serving(connected) as link, browsing() as page:
        server = open_page(page, link)
        found: list[str] = []
        for lang, scheme, width in LOOKS:
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            page.set_viewport_size({"width": width, "height": 800})
            for path in ("/fix/look?name=demo", "/environments/demo", "/environments", "/?wait"):
                page.goto(f"{server}{path}{'&' if '?' in path else '?'}lang={lang}")
                opened(page, path)
                wide = page.evaluate("document.documentElement.scrollWidth")
                found += faults(page) + ([f"{path} is {wide} wide"] if wide > width else [])
        page.click("a.mend >> nth=0")
        page.wait_for_selector("#proposals")
        page.wait_for_function("document.activeElement.id.startsWith('finding-')")
    assert found == []


def opened(page: Page, path: str) -> None:
    """Wait until all is there, and open what is shown at a click alone."""
    page.wait_for_selector("#main:not(:has([data-load]))")
    if path == "/environments":
        page.click("article.env details >> nth=0")
    if path == "/environments/demo":
        page.check("[value=filelock]")
        page.click("button[value=upgrade] >> nth=0")
        page.wait_for_selector(".preview:visible, .alert:visible")
