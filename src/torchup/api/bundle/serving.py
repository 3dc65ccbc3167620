"""A bundle as a package index: what a whole class installs from.

Long: one server, a method for each kind of page.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from packaging.utils import canonicalize_name, parse_wheel_filename

from torchup.api.bundle.channels import REPODATA, Channels
from torchup.api.bundle.checking import read_wheel
from torchup.api.bundle.of_conda import CONDA
from torchup.backends.uv_archives import list_row
from torchup.bundles.head import launcher
from torchup.bundles.pages import (
    HTML,
    JSON,
    Listed,
    project_html,
    project_json,
    projects_html,
    projects_json,
)
from torchup.host.serving import Answer, Asked, Part
from torchup.sources.metadata import metadata_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.utils import NormalizedName
    from packaging.version import Version

    from torchup.bundles.reading import OpenBundle
    from torchup.model.bundles import BundleTarget

_BINARY: Final = "application/octet-stream"
_TEXT: Final = "text/plain; charset=utf-8"
_RANGE: Final = re.compile(r"^bytes=(\d*)-(\d*)$")
_HOST: Final = re.compile(r"^[A-Za-z0-9.:\[\]-]{1,253}$")
LIST: Final = "downloads.json"
"""The list of interpreters that uv reads in the place of its own."""


class Index:
    """Answers requests from a bundle that stays open.

    Args:
        bundle: the bundle.
    """

    def __init__(self, bundle: OpenBundle) -> None:
        self._bundle = bundle
        flat = (one for one in bundle.files if not one.startswith(CONDA))
        self._files = {PurePosixPath(one).name: one for one in flat}
        self._projects: dict[str, list[str]] = {}
        self._listed: dict[str, Listed] = {}
        self._channels = Channels(bundle)
        for name in sorted(self._files):
            if name.endswith(".whl"):
                project = str(parse_wheel_filename(name)[0])
                self._projects.setdefault(project, []).append(name)

    def answer(self, asked: Asked) -> Answer:
        """Answer a request; what isn't there is 404."""
        first, _, rest = asked.path.lstrip("/").partition("/")
        if first == "simple":
            return self._index(rest, asked, "")
        if first == "whl":
            build, _, name = rest.partition("/")
            return self._index(name, asked, build)
        if first == "files":
            return self._file(rest, asked)
        if first == "conda":
            return self._conda(rest, asked)
        if first == "python":
            return self._pythons(asked) if rest == LIST else self._file(rest, asked)
        if not rest and first in {"install.sh", "install.ps1"}:
            return Answer(200, {"Content-Type": _TEXT}, self._launcher(first, asked))
        if not rest and first == self._bundle.path.name:
            return self._whole(asked)
        if not first:
            return Answer(200, {"Content-Type": _TEXT}, self._welcome(asked))
        return _gone()

    def _index(self, rest: str, asked: Asked, build: str) -> Answer:
        name = rest.rstrip("/")
        if name and not rest.endswith("/"):
            return Answer(301, {"Location": f"{quote(asked.path)}/"})
        as_json = JSON in asked.headers.get("accept", "")
        kind = {"Content-Type": JSON if as_json else HTML, "Vary": "Accept"}
        if not name:
            names = sorted(one for one in self._projects if self._wheels(one, build))
            return Answer(200, kind, (projects_json if as_json else projects_html)(names))
        wheels = self._wheels(re.sub(r"[-_.]+", "-", name).lower(), build)
        if not wheels:
            return _gone()
        listed = [self._list(one) for one in wheels]
        return Answer(200, kind, (project_json if as_json else project_html)(name, listed))

    def _wheels(self, project: str, build: str) -> list[str]:
        """The wheels of a project, of one build of the framework where it is asked for."""
        found = self._projects.get(project, [])
        if not build:
            return found
        return [one for one in found if parse_wheel_filename(one)[1].local == build]

    def _list(self, name: str) -> Listed:
        if name not in self._listed:
            path = self._files[name]
            file, wheel = self._bundle.files[path], read_wheel(self._bundle, path)
            text = self._metadata(name) or b""
            self._listed[name] = Listed(
                filename=name,
                version=str(parse_wheel_filename(name)[1]),
                sha256=file.sha256,
                size=file.size,
                python=wheel.python if wheel else "",
                metadata=hashlib.sha256(text).hexdigest() if text else "",
            )
        return self._listed[name]

    def _metadata(self, name: str) -> bytes | None:
        with self._bundle.section(self._files[name]) as stream:
            text = metadata_of(stream)
        return text.encode() if text is not None else None

    def _file(self, name: str, asked: Asked) -> Answer:
        wheel = name.removesuffix(".metadata")
        if wheel != name and wheel in self._files:
            text = self._metadata(wheel)
            return Answer(200, {"Content-Type": _TEXT}, text) if text is not None else _gone()
        path = self._files.get(name)
        return self._part(path, asked) if path is not None else _gone()

    def _part(self, path: str, asked: Asked) -> Answer:
        file = self._bundle.files[path]
        part = Part(self._bundle.path, self._bundle.place(path), file.size)
        return _ranged(part, file.sha256, asked)

    def _conda(self, rest: str, asked: Asked) -> Answer:
        """A channel's index, or one of its packages."""
        folder, _, name = rest.rpartition("/")
        channel, _, subdir = folder.partition("/")
        if name == REPODATA:
            said = self._channels.repodata(channel, subdir)
            return Answer(200, {"Content-Type": "application/json"}, said) if said else _gone()
        path = self._channels.file(rest)
        return self._part(path, asked) if path is not None else _gone()

    def _whole(self, asked: Asked) -> Answer:
        path = self._bundle.path
        return _ranged(Part(path, 0, path.stat().st_size), self._bundle.digest(), asked)

    def _pythons(self, asked: Asked) -> Answer:
        """The list of the bundle's interpreters, with their addresses here."""
        rows = {}
        for one in self._bundle.index.pythons:
            url = f"{_base(asked)}/python/{quote(PurePosixPath(one.path).name)}"
            rows[one.key] = list_row(one, url, self._bundle.files[one.path].sha256)
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(rows).encode())

    def _launcher(self, name: str, asked: Asked) -> bytes:
        """The launcher, told to take everything from here."""
        mark = "SERVED=''" if name.endswith(".sh") else "$Served = ''"
        told = mark.replace("''", f"'{_base(asked)}'")
        return launcher(name).decode("utf-8-sig").replace(mark, told, 1).encode()

    def _welcome(self, asked: Asked) -> bytes:
        base, lines = _base(asked), [f"torchup: {self._bundle.path.name}", ""]
        for one in self._bundle.index.targets:
            packages = " ".join(f"{name}=={version}" for name, version in one.packages.items())
            lines.append(f"{one.name}: {packages} ({one.build}, Python {one.python})")
        lines += ["", *lines_for(self._bundle, base), ""]
        return "\n".join(lines).encode()


def lines_for(bundle: OpenBundle, base: str) -> tuple[str, ...]:
    """The lines that people paste to install from a server.

    Args:
        bundle: what is served.
        base: the server's address.

    Returns:
        For a machine that has nothing (sh, then PowerShell, where the launchers are in it), for
        torchup, uv and pip, in this order. What uv and pip install differs from target to target;
        where it does, a comment names those that the lines after it are for.
    """
    systems = {one.platform.partition("-")[0] for one in bundle.index.tools}
    found = []
    if systems - {"windows"}:
        found.append(f"curl -fsSL {base}/install.sh | sh")
    if "windows" in systems:
        found.append(f'powershell -ExecutionPolicy Bypass -c "irm {base}/install.ps1 | iex"')
    found.append(f"curl -O {base}/{quote(bundle.path.name)}")
    server = base.partition("://")[2].rpartition(":")[0]
    wanted: dict[str, list[str]] = {}
    for target in bundle.index.targets:
        if not target.conda:
            wanted.setdefault(_packages(target), []).append(target.name)
    for packages, names in wanted.items():
        if len(wanted) > 1:
            found.append(f"# {', '.join(names)}")
        found.append(f"uv pip install --index-url {base}/simple/ {packages}")
        found.append(f"pip install --index-url {base}/simple/ --trusted-host {server} {packages}")
    channels = Channels(bundle)
    of_conda = [one for one in bundle.index.targets if one.conda]
    for target in of_conda:
        if len(wanted) + len(of_conda) > 1:
            found.append(f"# {target.name}")
        found += channels.lines(target, base)
    return tuple(found)


def _packages(target: BundleTarget) -> str:
    """The framework's packages of a target as installers are asked for them."""
    versions = {
        name: version
        for name, version, *_ in (
            parse_wheel_filename(PurePosixPath(one).name) for one in target.wheels
        )
    }
    return " ".join(
        f"{name}=={version}+{target.build}" if _has_local(versions, name) else f"{name}=={version}"
        for name, version in target.packages.items()
    )


def _has_local(versions: Mapping[NormalizedName, Version], name: str) -> bool:
    found = versions.get(canonicalize_name(name))
    return found is not None and found.local is not None


def _base(asked: Asked) -> str:
    """This server as the client names it."""
    host = asked.headers.get("host", "")
    return f"http://{host}" if _HOST.match(host) else "http://127.0.0.1"


def _ranged(whole: Part, digest: str, asked: Asked) -> Answer:
    """Send a file, or the one part of it that is asked for (RFC 9110, section 14)."""
    tag = f'"{digest[:32]}"'
    headers = {"Content-Type": _BINARY, "Accept-Ranges": "bytes", "ETag": tag}
    found = _RANGE.match(asked.headers.get("range", ""))
    if found is None or found[0] == "bytes=-" or asked.headers.get("if-range", tag) != tag:
        return Answer(200, headers, whole)
    first, last = found[1], found[2]
    start = int(first) if first else max(0, whole.size - int(last))
    end = min(int(last) + 1, whole.size) if first and last else whole.size
    if start >= end:
        return Answer(416, {**headers, "Content-Range": f"bytes */{whole.size}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{whole.size}"
    return Answer(206, headers, Part(whole.path, whole.start + start, end - start))


def _gone() -> Answer:
    return Answer(404, {"Content-Type": _TEXT}, b"not here\n")
