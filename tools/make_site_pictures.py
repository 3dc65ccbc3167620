"""Take two pictures of the documentation's site: ``python -m tools.make_site_pictures``.

The site has to be built already (``nox -s docs``). It needs Chromium or Chrome on the search path.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT: Final = Path(__file__).resolve().parent.parent
SITE: Final = ROOT / "build" / "site"
GALLERY: Final = ROOT / "docs" / "gallery"
PICTURES: Final = (
    ("site-figures.png", "benchmarks.html#start-up", "dark"),
    ("site-zh_CN.png", "zh/index.html", "light"),
)
"""File, page, and the colours that the reader's system asks for."""
WIDTH, HEIGHT, COLOURS = 1280, 860, 128


def main() -> int:
    """Take them; the exit status is 3 where there is no browser or no site."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None or not (SITE / "index.html").exists():
        sys.stderr.write("Chromium or Chrome is needed, and the site: nox -s docs\n")
        return 3
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, page, scheme in PICTURES:
            size = {"width": WIDTH, "height": HEIGHT}
            context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]  # literals
            shown = context.new_page()
            shown.goto(f"{SITE.as_uri()}/{page}")
            shown.wait_for_load_state("networkidle")
            shown.screenshot(path=GALLERY / name)
            with Image.open(GALLERY / name) as picture:
                small = picture.convert("RGB").quantize(COLOURS)
            small.save(GALLERY / name, optimize=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
