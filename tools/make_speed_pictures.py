"""Take the pictures of measuring: the page's speed and mirrors, a report, the page of a fleet.

What is measured is real: that of the home that is named, where ``verify --bench`` ran twice. The
mirrors are servers of this machine with a set speed, which an overlay names; the hosts of the fleet
are made up (machines of the golden cases). It needs Chromium or Chrome on the search path.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from msgspec import json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

RATES = {"campus": 9_000_000, "library": 4_000_000, "city": 1_500_000, "dormitory": 0}
"""Bytes a second of each made-up mirror; the last one has not got the file."""
HEAD = 'checked = 2026-11-30\n[sources]\nmade = "https://example.org/"\n'
ROW = """
[[mirrors]]
kind = "python"
id = "{name}"
name = "{name}"
url = "{url}"
layout = "releases"
state = "alive"
operator = "made up"
certainty = "measured"
source = ["made"]
"""
HOSTS = {
    "gpu-01": "aws-p5-8xh100-r580",
    "gpu-02": "aws-p4d-8xa100-r550",
    "gpu-03": "mi300x-ubuntu",
    "lab-01": "lab-server-4x-titan-xp-r390",
    "lab-02": "debian-12-rtx-a6000-r525",
    "login": "hpc-login-no-gpu",
    "room-07": "fedora-42-rtx-4060-laptop",
}
WIDTH, HEIGHT = 1120, 760


@contextmanager
def mirrors(folder: Path) -> Iterator[None]:
    """Serve Pythons at set speeds, and write the overlay that names the places."""
    from laboratory.mirror import Mirror
    from torchup.backends.uv_python import official_download_url
    from torchup.host.real import RealHost

    mark = "/releases/download/"
    addresses = (official_download_url(RealHost(), f"3.{minor}") for minor in range(10, 15))
    files = {unquote(one.partition(mark)[2]): bytes(4 * 2**20) for one in addresses}
    with ExitStack() as stack:
        rows = []
        for name, rate in RATES.items():
            server = stack.enter_context(Mirror(files if rate else {}, rate=rate).start())
            rows.append(ROW.format(name=name, url=server.url))
        (folder / "mirrors.toml").write_text(f"{HEAD}{''.join(rows)}", encoding="utf-8")
        yield


def fleet(home: Path) -> None:
    """Keep what is known of some hosts, as ``fleet probe`` and ``apply`` would."""
    from torchup.fleet.kept import HostState, Tried, keep_machine, write_state
    from torchup.model.fleet import Applied, Seen
    from torchup.state.home import Home
    from torchup.wire import read
    from torchup.words import load_words

    at = "2026-11-30T09:00:00+00:00"
    seen = Seen(python="3.12", build="cu126", packages={"torch": "2.13.0+cu126"})
    for host, name in HOSTS.items():
        case = json.decode((ROOT / "tests" / "golden" / "machines" / f"{name}.json").read_bytes())
        data = json.encode(case["machine"])
        state = "unreachable" if host == "room-07" else "ok"
        keep_machine(Home(home), host, read.machines(data, name)[0], load_words("en"))
        done = Applied(at=at, asked=("train",), ok=host != "lab-01", seen=seen)
        made = {} if host in {"login", "room-07", "gpu-03"} else {"train": done}
        tried = Tried(at=at, state=state)
        write_state(Home(home), HostState(host=host, probe=tried, environments=made))


def take(page: Page, server: str, folder: Path) -> Iterator[Path]:
    """Take the page's pictures."""
    from tools.make_gallery import small

    def shot(name: str) -> Path:
        target = folder / f"{name}.png"
        target.write_bytes(small(page.screenshot(full_page=True)))
        return target

    raced = False
    for lang in ("en", "zh_CN"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            end = f"{lang}-{scheme}"
            page.goto(f"{server}/speed?lang={lang}")
            page.click("form[action='/speed'] button")
            page.wait_for_selector("#compared")
            yield shot(f"speed-{end}")
            page.click("table.measured a >> nth=0")
            page.wait_for_selector(".report svg")
            yield shot(f"report-{end}")
            page.goto(f"{server}/speed/mirrors")
            if not raced:
                for kind in ("pypi", "pytorch", "conda"):
                    page.uncheck(f"[name=kinds][value={kind}]")
                page.click("form[data-mirrors=test] button")
                raced = True
            page.wait_for_selector("#use-best", timeout=120_000)
            yield shot(f"mirrors-{end}")
            page.goto(f"{server}/speed/mirrors/use?pick=pypi%3Dtuna&pick=python%3Dnju&write=pip")
            page.wait_for_selector(".diff")
            yield shot(f"mirrors-use-{end}")


def photograph(env: Mapping[str, str], home: str, root: Path, folder: Path) -> Iterator[Path]:
    """Take all of them."""
    from playwright.sync_api import sync_playwright

    from tools.make_gallery import small

    torchup = [sys.executable, "-m", "torchup"]
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    with sync_playwright() as driver:
        chosen = next(one for one in found if one)
        browser = driver.chromium.launch(executable_path=chosen, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, accept_downloads=True)
        command = [*torchup, "web", "--json", "--home", home]
        server = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, cwd=root)
        try:
            assert server.stdout is not None
            link = json.decode(server.stdout.readline())["url"]
            page.goto(link)
            page.wait_for_selector(".chain", timeout=60_000)
            yield from take(page, link.partition("/enter")[0], folder)
            page.goto(f"{link.partition('/enter')[0]}/speed?lang=en")
            page.click("table.measured a >> nth=0")
            with page.expect_download() as waiting:
                page.click("a[href$='/file']")
            waiting.value.save_as(root / "verify.html")
        finally:
            server.terminate()
            server.wait(20)
        fleet(root / "fleet-home")
        command = [*torchup, "fleet", "report", "--html", str(root / "fleet.html")]
        subprocess.run([*command, "--home", str(root / "fleet-home")], env=env, check=True)
        page.emulate_media(color_scheme="light")
        for name in ("verify", "fleet"):
            page.goto((root / f"{name}.html").as_uri())
            target = folder / f"{name}.png"
            target.write_bytes(small(page.screenshot(full_page=True)))
            yield target
        browser.close()


def main() -> int:
    """Start the page on the machine that is made up, and take its pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", help="the home whose measurements are shown")
    parser.add_argument("--user", help="the folder of the user whose settings are shown")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "gallery")
    args = parser.parse_args()
    from cli.process import DEAD, clean_environment

    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        overlay = root / "overlay"
        overlay.mkdir()
        config = root / "config" / "config.toml"
        config.parent.mkdir()
        config.write_text(f'[facts]\noverlay = "{overlay}"\n', encoding="utf-8")
        env = clean_environment(root)
        for variable in ("UV_DEFAULT_INDEX", "TORCHUP_FRAMEWORK_INDEX", "UV_NO_CONFIG"):
            env.pop(variable, None)
        for variable in ("UV_PYTHON_INSTALL_MIRROR", "PIP_CONFIG_FILE", "PIP_FIND_LINKS"):
            env.pop(variable, None)
        if args.user:
            env["HOME"] = args.user
            env.pop("XDG_CONFIG_HOME", None)
        env |= {"HTTPS_PROXY": DEAD, "NO_PROXY": "127.0.0.1"}
        with mirrors(overlay):
            for written in photograph(env, args.home, root, args.folder):
                print(os.fspath(written), written.stat().st_size)
    return 0


if __name__ == "__main__":
    sys.exit(main())
