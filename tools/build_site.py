"""Build the documentation as a site: ``python tools/build_site.py [--into DIR]``.

What is in ``docs`` and the pages beside it are gathered, the reference is generated from the
program itself (commands, documents, facts, the compatibility matrix), and MkDocs builds them. A
link that leads nowhere is an error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools.docsite import gathering, reference
from torchup.facts.load import load_catalogue

ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = ROOT / "build" / "pages"
"""Where ``mkdocs.yml`` says that the pages lie."""


def main() -> int:
    """Gather, generate, build; MkDocs' exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--into", default=str(ROOT / "build" / "site"), metavar="DIR")
    into = Path(parser.parse_args().into).resolve()
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    gathering.gather(ROOT, PAGES)
    reference.write(PAGES, load_catalogue())
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    # Material's advertisement against the next MkDocs is no finding about these pages.
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    status = subprocess.call([*command, "--site-dir", str(into)], cwd=ROOT, env=quiet)
    if status == 0:
        matrix = [sys.executable, "-m", "torchup", "compat", "--site", str(into / "compat")]
        status = subprocess.call(matrix, stdout=subprocess.DEVNULL)
    if status == 0:
        print(f"Open {into / 'index.html'}")
    return status


if __name__ == "__main__":
    sys.exit(main())
