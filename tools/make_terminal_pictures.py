"""Take pictures of what a terminal shows: ``python tools/make_terminal_pictures.py FOLDER``.

Runs ``torchup start`` at a terminal of its own, in each language and in a home that is new, answers
its question with Enter, and photographs what stands there with Chromium. Needs a reachable PyTorch
and a font in which a Chinese character is two letters wide.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 92
_ASKS = b"[Y/n]"
_PAGE = """<!doctype html><meta charset="utf-8"><style>
body{{margin:0;background:#1b1f26}}
pre{{margin:0;padding:18px 22px;color:#e4e8ee;font:16px/1.45 "Noto Sans Mono CJK SC",monospace}}
</style><pre>{code}</pre>
"""


def session(*arguments: str) -> str:
    """Run torchup at a terminal and return what it wrote, with its colours."""
    with tempfile.TemporaryDirectory() as home:
        child, terminal = pty.fork()
        if child == 0:
            os.environ.update(TORCHUP_HOME=home, TERM="xterm-256color", COLUMNS=str(WIDTH))
            os.execv(sys.executable, [sys.executable, "-m", "torchup", *arguments])
        said, asked = b"", 0
        while select.select([terminal], [], [], 600)[0]:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            said += piece
            if said.count(_ASKS) > asked:
                asked += 1
                os.write(terminal, b"\n")
        os.waitpid(child, 0)
    return said.decode().replace("\r\n", "\n")


def page(said: str) -> str:
    """Make a page of it, with its colours."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=200, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(said.strip("\n")))
        return console.export_html(theme=MONOKAI, code_format=_PAGE, inline_styles=True)


def photographs(pages: Sequence[str], into: Sequence[Path]) -> None:
    """Take a picture of each page."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        shown = browser.new_page(viewport={"width": 860, "height": 200})
        for html, file in zip(pages, into, strict=True):
            shown.set_content(html)
            shown.screenshot(path=str(file), full_page=True)
        browser.close()


def main() -> None:
    """Write a picture for each language."""
    folder = Path(sys.argv[1])
    for language in ("en", "zh_CN"):
        said = session("--lang", language, "--progress", "none", "start")
        whole = page(f"$ torchup start\n{said}")
        photographs([whole], [folder / f"start-{language}.png"])


if __name__ == "__main__":
    main()
