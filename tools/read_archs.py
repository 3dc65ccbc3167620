"""``python -m tools.read_archs WHAT…``: read what published wheels were compiled for.

WHAT is a release (``torch==2.14.1``), or the address or path of a wheel; ``--all`` takes every
release on the index. Of a wheel on a server only a few MB are fetched: its table of contents and
the start of one library. The status is 1 where a wheel can't be read, where one that is made for
GPUs has no list, and with ``--compare`` where one differs from the catalogue.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tools.arch_table import BAD, Row, line_of, row_of
from tools.package_index import IndexGoneError
from tools.remote_wheel import WheelUnreadableError
from tools.wheel_archs import WheelArchs
from tools.wheel_choice import project_on, releases_of, wheels_to_open
from tools.wheel_rows import PLATFORMS
from torchup.facts.load import load_catalogue
from torchup.sources.address import file_name, without_login
from torchup.sources.configured import configured_sources

if TYPE_CHECKING:
    from collections.abc import Iterator

PYPI = "https://pypi.org/simple"
FIRST = "1.6"  # Before that, the library that binds the framework to Python has no list.


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if bool(given.what) == given.all:
        parser.error("name a release or a wheel, or give --all")
    framework = load_catalogue().framework
    reader = WheelArchs(framework.name, given.cache)
    if given.index is None:
        sources = configured_sources(reader.host, framework.index_base, PYPI)
        given.index = sources.primary.url
    rows: list[Row] = []
    try:
        for row in _rows(given, reader, framework.name):
            rows.append(row)
            print(line_of(row), file=sys.stderr if given.json else sys.stdout, flush=True)
    except IndexGoneError as gone:
        print(gone, file=sys.stderr)
        return 1
    if given.json:
        answer = {"rows": rows, "fetched": reader.host.fetched}
        print(msgspec.json.format(msgspec.json.encode(answer).decode()))
    else:
        print(_summary(rows, reader.host.fetched))
    return 1 if any(row.verdict in BAD for row in rows) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="read_archs", description=__doc__)
    parser.add_argument("what", nargs="*", help="NAME==VERSION, or a wheel's address or path")
    parser.add_argument("--all", action="store_true", help="every release on the index")
    parser.add_argument(
        "--from", dest="first", default=FIRST, help=f"with --all, the oldest (default: {FIRST})"
    )
    parser.add_argument("--platform", choices=PLATFORMS, help="only this platform")
    parser.add_argument("--python", help="the wheel for this Python (default: the newest)")
    parser.add_argument("--compare", action="store_true", help="compare with the catalogue")
    parser.add_argument("--index", help="a package index (default: as pip and uv are configured)")
    parser.add_argument("--cache", type=Path, help="a folder: what was read once is kept there")
    parser.add_argument("--offline", action="store_true", help="list wheels from --cache alone")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _rows(given: argparse.Namespace, reader: WheelArchs, name: str) -> Iterator[Row]:
    """Read what was asked for, one wheel after the other."""
    catalogue = load_catalogue() if given.compare else None
    for release, platform, place, digest in _wanted(given, reader, name):
        try:
            reading = reader.read(place, digest)
        except WheelUnreadableError as error:
            yield Row(release=release, platform=platform, verdict="failed", what=str(error))
            continue
        for one in (platform,) if platform else reading.platforms:
            yield row_of(reading, one, catalogue)


def _wanted(
    given: argparse.Namespace, reader: WheelArchs, name: str
) -> Iterator[tuple[str, str, str, str]]:
    """The wheels to read: release, platform, address, SHA-256; of a wheel that was named, less."""
    wheels = [one for one in given.what if one.endswith(".whl") or "://" in one]
    for place in wheels:
        yield file_name(place), "", place, ""
    versions = [one.removeprefix(f"{name}==") for one in given.what if one not in wheels]
    if not versions and not given.all:
        return
    project = project_on(reader.host, given.index, name, given.cache, offline=given.offline)
    for version in versions or releases_of(project, given.first):
        chosen = list(wheels_to_open(project, version, given.platform, given.python))
        if versions and not chosen:
            where = without_login(given.index)
            raise IndexGoneError(f"{where} has no such wheel of {name} {version}")
        for platform, wheel in chosen:
            yield version, platform, wheel.url, wheel.sha256


def _summary(rows: list[Row], fetched: int) -> str:
    counts = {row.verdict: 0 for row in rows}
    for row in rows:
        counts[row.verdict] += 1
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return f"{len(rows)} wheels: {told}; {fetched / 1e6:.1f} MB fetched"


if __name__ == "__main__":
    raise SystemExit(main())
