"""``python -m tools.harvest VERSION``: write a release's data file from package metadata.

What can't be measured that way is left out, and named in a comment at the head of the file.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tools.harvest_release import Harvest
from tools.package_index import Index, IndexGoneError
from tools.release_toml import release_toml
from tools.wheel_archs import WheelArchs
from torchup.facts.compile import FRAMEWORK_FILE, Folder
from torchup.facts.load import DATA
from torchup.facts.schema import FrameworkFile

PYPI = "https://pypi.org/simple"


def add_index_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where to look."""
    parser.add_argument("--index", default=PYPI, help=f"a package index (default: {PYPI})")
    parser.add_argument(
        "--framework-index",
        help="the framework's own index of all builds (default: as framework.toml says)",
    )
    parser.add_argument("--data", type=Path, default=Path(DATA), help="the folder of TOML files")


def harvest_from(
    folder: Folder, index: str, framework_index: str | None, *, archs: bool = False
) -> Harvest:
    """Make a harvest for the framework of a data folder.

    Args:
        folder: the TOML files.
        index: a package index.
        framework_index: the framework's own index of all builds, None for the catalogue's.
        archs: read what each build was compiled for too, a few MB each.
    """
    framework = folder.read(f"{folder.framework}/{FRAMEWORK_FILE}", FrameworkFile)
    known = {file.version: file for file in folder.releases().values()}
    builds = Index(framework_index or framework.index_base)
    reader = WheelArchs(framework.name) if archs else None
    return Harvest(Index(index), builds, framework, known, reader)


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", help="the release, such as 2.16.0")
    add_index_options(parser)
    parser.add_argument("--date", default="", help="its date, where the index doesn't tell")
    parser.add_argument(
        "--no-archs", action="store_true", help="don't read what the builds were compiled for"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    given = parser.parse_args(arguments)
    folder = Folder(given.data)
    target = given.data / folder.framework / "releases" / f"{given.version}.toml"
    if target.exists() and not given.force:
        print(f"{target} is there already; --force replaces it", file=sys.stderr)
        return 1
    harvest = harvest_from(folder, given.index, given.framework_index, archs=not given.no_archs)
    try:
        release = harvest.release(given.version, given.date)
    except IndexGoneError as gone:
        print(gone, file=sys.stderr)
        return 1
    comments = [f"Not measured: {what}." for what in harvest.unmeasured]
    target.write_text(release_toml(release, comments), encoding="utf-8", newline="\n")
    print(f"wrote {target}")
    for comment in comments:
        print(comment)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
