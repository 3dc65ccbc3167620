"""Take the pictures of ``docs/gallery``: each page, in both languages and both themes.

The machine in them is made up: the stand-ins for NVIDIA's libraries that the tests use say that
there is a card, and a small index of theirs says what can be had. The environments are those of
the home that is named: ``demo`` is shown closely, and of ``work`` the folder ``torch/nn`` should
be gone. It needs gcc, and Chromium or Chrome on the search path.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

CARD = """\
driver=535.183.01
cuda=12020
gpu0.name=NVIDIA GeForce RTX 3060 Laptop GPU
gpu0.cc=8.6
gpu0.mem=6442450944
gpu0.uuid=GPU-00000000-0000-0000-0000-000000000001
gpu0.bus=00000000:01:00.0
gpu0.pci=252010de
"""
ERROR = """\
epoch 1: loading data
Traceback (most recent call last):
  File "/home/me/segment/train.py", line 3, in <module>
    import torch
  File "{home}/envs/work/lib/python3.11/site-packages/torch/__init__.py", line 2254, in <module>
    from torch import _VF as _VF, functional as functional  # usort: skip
  File "{home}/envs/work/lib/python3.11/site-packages/torch/functional.py", line 8, in <module>
    import torch.nn.functional as F
ModuleNotFoundError: No module named 'torch.nn'
"""
PAGES = {
    "machine": "/?wait",
    "choose": "/choose",
    "environments": "/environments",
    "environment": "/environments/demo",
    "fix": "/fix",
    "look": "/fix/look?wait",
}
COLOURS = 160
WIDTH, HEIGHT = 1120, 760


def open_up(page: Page, name: str, home: str) -> None:
    """Show what comes at a click."""
    if name == "fix":
        page.fill("#text", ERROR.format(home=home))
        page.click("button.button")
        page.wait_for_selector("#finding-environment-broken")
    if name == "choose":
        page.hover("label.no >> nth=1")
    if name == "environment":
        page.click("ul.uses > li:nth-child(2) button")
        page.wait_for_selector(".preview:visible")


def take(link: str, folder: Path, home: str) -> Iterator[Path]:
    """Take every picture."""
    from playwright.sync_api import sync_playwright

    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    with sync_playwright() as driver:
        chosen = next(one for one in found if one)
        browser = driver.chromium.launch(executable_path=chosen, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(link)
        page.wait_for_selector(".chain", timeout=60_000)
        server = link.partition("/enter")[0]
        for lang in ("en", "zh_CN"):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                for name, path in PAGES.items():
                    page.goto(f"{server}{path}{'&' if '?' in path else '?'}lang={lang}")
                    open_up(page, name, home)
                    target = folder / f"{name}-{lang}-{scheme}.png"
                    target.write_bytes(small(page.screenshot(full_page=True)))
                    yield target
        browser.close()


def small(picture: bytes) -> bytes:
    """Write a picture with few colours: that of a page has no more."""
    from PIL import Image

    written = io.BytesIO()
    found = Image.open(io.BytesIO(picture)).convert("RGB")
    few: Any = found.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> int:
    """Start the page on the machine that is made up, and take its pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", help="the home whose environments are shown")
    parser.add_argument("--user", help="the folder of the user whose notebooks are shown")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "gallery")
    args = parser.parse_args()
    from cli.fixtures import sources_of
    from cli.process import clean_environment
    from cli.world import make_world
    from indexserver import IndexServer
    from stubs.nvml import library

    libraries = library()
    if libraries is None:
        parser.error("there is no gcc")
    args.folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        make_world(root / "world")
        config = root / "card.cfg"
        config.write_text(CARD, encoding="utf-8")
        with IndexServer(root / "world").start() as index:
            env = clean_environment(root) | sources_of(index)
            env |= {"LD_LIBRARY_PATH": str(libraries), "FAKENVML": str(config)}
            env.pop("PIP_FIND_LINKS", None)
            if args.user:
                env["HOME"] = args.user
                env.pop("XDG_DATA_HOME", None)
            command = [sys.executable, "-m", "torchup", "web", "--json", "--home", args.home]
            server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, cwd=root)
            try:
                assert server.stdout is not None
                link = json.decode(server.stdout.readline())["url"]
                for written in take(link, args.folder, args.home):
                    print(os.fspath(written), written.stat().st_size)
            finally:
                server.terminate()
                server.wait(20)
    return 0


if __name__ == "__main__":
    sys.exit(main())
