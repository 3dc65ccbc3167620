"""Writes ``docs/fleet.md``: the small data centre, and what torchup really says of it.

Run as root on Linux, with the folder of the tests on the search path::

    PYTHONPATH=tests python tests/slow/record_fleet.py docs/fleet.md
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from cli.process import Torchup
from cli.world import MINOR
from datacentre import DataCentre, data_centre
from e2e.test_fleet import _BASE, _PYTHONS, fetched
from fleethosts import fake_card
from indexserver import IndexServer

HEAD = (
    "# The small data centre\n\n"
    "Hosts in network namespaces on one machine, each with an sshd, a home, files and (played) "
    "cards of its own, reached by Ansible as any others are.\n"
    "`PYTHONPATH=tests python tests/slow/record_fleet.py docs/fleet.md` (as root) runs all of this "
    "anew and writes this page;\n`tests/e2e/test_fleet.py` and "
    "`tests/e2e/test_fleet_sites.py` hold it to what it says. "
    "What the commands are for: [manage many machines](howto/manage-a-fleet.md).\n"
)
PICTURE = "gallery/fleet.png"
BY_HAND = "## Recorded by hand"
"""What stands from here on in the page is kept."""


class Page:
    """The page so far, and the torchup that it tells of."""

    def __init__(self, torchup: Torchup) -> None:
        self.torchup = torchup
        self.parts = [HEAD]

    def say(self, text: str) -> None:
        self.parts.append(text + "\n")

    def run(self, *words: str, shown: int = 40) -> None:
        """Run a command and show it with all that it prints."""
        done = self.torchup("fleet", *words)
        root = str(self.torchup.root)
        lines = [f"$ torchup fleet {' '.join(words)}", *done.out.splitlines()]
        lines += [one for one in done.err.splitlines() if one.strip()]
        if done.code:
            lines.append(f"(status {done.code})")
        if len(lines) > shown:
            lines = [*lines[:shown], "…"]
        text = "\n".join(lines).replace(f"{root}/dc/", "").replace(f"{root}/", "")
        self.parts.append(f"```\n{text}\n```\n")


def unlike(page: Page, root: Path) -> None:
    """Hosts of every kind are looked at, and planned for."""
    with data_centre(root / "dc") as centre:
        cards = {
            "hopper": ("NVIDIA H100 80GB HBM3", "580.65.06", "13.0", "9.0"),
            "volta": ("Tesla V100-SXM2-16GB", "535.183.01", "12.2", "7.0"),
            "old": ("NVIDIA TITAN Xp", "390.48", "9.1", ""),
        }
        for name, (card, driver, cuda, arch) in cards.items():
            pci = {"old": "0x1B0210DE"}.get(name, "0x0")
            folder = root / f"{name}-bin"
            played = fake_card(folder, card, driver=driver, cuda=cuda, arch=arch, pci=pci)
            centre.add(name, programs=played)
        centre.add("bare", hide=[*_PYTHONS, str(Path(_BASE).parent.parent)])
        centre.add("full", room="16k")
        centre.add("slow", command='sleep 3; eval "$SSH_ORIGINAL_COMMAND"')
        centre.add("cut", command='eval "$SSH_ORIGINAL_COMMAND" | head -c 700')
        centre.lost("gone")
        inventory = str(centre.inventory())
        page.say(
            "## Eight unlike hosts\n\n`bare` has no Python, `full` no room, `slow` takes three "
            "seconds for each command, the connection to `cut` breaks off, `gone` is not there."
        )
        page.run("probe", "-i", inventory)
        page.run("plan")
        page.run("report")
        picture(page)


def picture(page: Page) -> None:
    """Show the page that ``report --html`` writes, by a browser that is here."""
    from playwright.sync_api import sync_playwright

    chosen = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    page.run("report", "--html", "fleet.html")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chosen, args=["--no-sandbox"])
        view = browser.new_page(viewport={"width": 1000, "height": 420})
        view.goto((page.torchup.root / "fleet.html").as_uri())
        view.screenshot(path=str(Path(sys.argv[1]).parent / PICTURE))
        browser.close()
    page.say(f"![The page, every column sortable]({PICTURE})")


def computing(page: Page, root: Path) -> None:
    """The real framework on two hosts; somebody swaps a build; a way between them is closed."""
    index = fetched(root)
    with data_centre(root / "dc") as centre, ExitStack() as stack:
        server = stack.enter_context(IndexServer(index).start(centre.gateway))
        env = {
            "PATH": f"{_BASE}:/usr/bin:/bin",
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": server.index("simple"),
            "PIP_TRUSTED_HOST": centre.gateway,
            "UV_DEFAULT_INDEX": server.index("simple"),
            "TORCHUP_FRAMEWORK_INDEX": server.index("whl"),
            "UV_NO_CONFIG": "1",
        }
        home = centre.add("a", env=env)
        centre.add("b", env=env, names="127.0.1.1")
        inventory = str(centre.inventory())
        page.say(
            "## PyTorch on two hosts that compute together\n\nThe name of `b` means its loopback "
            "there, as Debian's and Ubuntu's installers leave it."
        )
        page.run("probe", "-i", inventory)
        asked = ("torch==2.13.0", "--no-companions", "--cpu", "--python", MINOR)
        page.run("apply", "demo", *asked, "-i", inventory, "--yes", "--quick")
        page.run("apply", "demo", *asked, "-i", inventory, "--yes", "--quick", "--again")
        page.run("verify", "demo", "--together", "-i", inventory, "-v")
        drifting(page, home, inventory)
        closed(page, centre, inventory)


def drifting(page: Page, home: Path, inventory: str) -> None:
    """Play what ``pip install`` of another build leaves behind."""
    site = next(home.glob(".local/share/torchup/envs/demo/lib/python*/site-packages"))
    info = site / "torch-2.13.0+cpu.dist-info"
    metadata = info / "METADATA"
    metadata.write_text(metadata.read_text().replace("2.13.0+cpu", "2.13.0+cu126"))
    info.rename(site / "torch-2.13.0+cu126.dist-info")
    page.say("Somebody swaps the build on `a`:")
    page.run("check", "demo", "-i", inventory)


def closed(page: Page, centre: DataCentre, inventory: str) -> None:
    """Close a way between the hosts."""
    centre.cut("a", "b")
    page.say("And `a` drops what comes from `b`. torch by itself would wait for half an hour:")
    page.run("verify", "demo", "--together", "-i", inventory)


def main() -> None:
    """Run everything, and write the page."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        first = Torchup(Path(one))
        first.timeout = 800
        page = Page(first)
        unlike(page, Path(one))
        page.torchup = Torchup(Path(two))
        page.torchup.timeout = 800
        computing(page, Path(two))
    file = Path(sys.argv[1])
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    _, mark, by_hand = before.partition(BY_HAND)
    file.write_text("\n".join([*page.parts, mark + by_hand]).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
