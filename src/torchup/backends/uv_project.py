"""The project and the configuration that uv is given: who may serve what.

The framework's packages come from the planned index and from nowhere else (an explicit index).
For all others the first index that knows a name serves it: primary, then the extra ones. uv
gives the index marked ``default`` the lowest rank, so the last of the list carries the mark.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.backends.inputs import Build, Inputs
    from torchup.model import Source, SourceSet

PROJECT: Final = "pyproject.toml"
PROJECT_NAME: Final = "plan"
"""What uv's explanations call the requirements that are asked for."""
CONFIG: Final = "uv.toml"
#: Every environment contains pip.
ALWAYS: Final = ("pip",)
#: A marker that holds nowhere: an override that carries it drops every request for its package.
NEVER: Final = "python_version < '0'"

_FRAMEWORK: Final = "framework"
_NAME = r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)"


def required_names(requirements: tuple[str, ...]) -> tuple[str, ...]:
    """Return the normalised package names of PEP 508 requirements."""
    found = (re.match(_NAME, requirement) for requirement in requirements)
    return tuple(canonical_name(match[1]) for match in found if match)


def project_text(inputs: Inputs, also: tuple[str, ...] = ()) -> str:
    """Write the project that uv resolves.

    Args:
        inputs: the question.
        also: further packages to take from the framework's index.
    """
    named = required_names(inputs.requirements)
    wanted = [*inputs.requirements, *(name for name in ALWAYS if name not in named), *also]
    minor = inputs.minor.rstrip("t")
    lines = [
        "[project]",
        f'name = "{PROJECT_NAME}"',
        'version = "0"',
        f"requires-python = {_quote(f'=={minor}.*')}",
        f"dependencies = [{', '.join(_quote(w) for w in wanted)}]",
        "[tool.uv]",
        "[tool.uv.workspace]",  # ours is the root: no folder above has a say
    ]
    if inputs.framework_index:
        ours = dict.fromkeys(map(canonical_name, inputs.framework_names))
        marks = ["explicit = true", *(['format = "flat"'] if inputs.framework_flat else [])]
        lines += _table("tool.uv.index", _FRAMEWORK, inputs.framework_index, *marks)
        lines.append("[tool.uv.sources]")
        lines += [
            f"{_quote(name)} = {{ index = {_quote(_FRAMEWORK)} }}"
            for name in ours
            if name in named or name in also
        ]
    return "\n".join([*lines, ""])


def config_text(
    sources: SourceSet,
    *,
    never_build: tuple[str, ...] = (),
    constraints: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
    builds: tuple[Build, ...] = (),
) -> str:
    """Write uv's configuration: the indexes in rank order, then the find-links places.

    Told to read this file, uv heeds constraints here and none in the project (uv 0.13).

    Args:
        sources: the places.
        never_build: packages that are installed as wheels or not at all.
        constraints: requirements that count only where something asks for their package.
        absent: packages that are left out although others ask for them.
        builds: packages that are compiled against what is in the environment.
    """
    head = []
    links = [_place(source) for source in sources.links]
    if links:
        head.append(f"find-links = [{', '.join(_quote(link) for link in links)}]")
    if never_build:
        head.append(f"no-build-package = [{', '.join(_quote(n) for n in never_build)}]")
    if constraints:
        head.append(f"constraint-dependencies = [{', '.join(_quote(c) for c in constraints)}]")
    if absent:
        never = (_quote(f"{name} ; {NEVER}") for name in absent)
        head.append(f"override-dependencies = [{', '.join(never)}]")
    if builds:
        head += [
            f"no-build-isolation-package = [{', '.join(_quote(one.name) for one in builds)}]",
            f"dependency-metadata = [{', '.join(map(_declared, builds))}]",
        ]
    return "\n".join([*head, *_indexes(sources), *_told(builds), ""])


def _declared(build: Build) -> str:
    """What a package needs, in the place of asking it."""
    requires = ", ".join(map(_quote, build.requires))
    return (
        f"{{ name = {_quote(build.name)}, version = {_quote(build.version)}, "
        f"requires-dist = [{requires}] }}"
    )


def _told(builds: tuple[Build, ...]) -> Iterator[str]:
    """The variables of each build; uv keeps what it built apart by them."""
    for build in builds:
        if build.variables:
            pairs = (f"{_quote(name)} = {_quote(one)}" for name, one in build.variables.items())
            yield f"[extra-build-variables.{_quote(build.name)}]"
            yield from pairs


def _indexes(sources: SourceSet) -> Iterator[str]:
    ranked = [sources.primary, *sources.extras]
    for position, source in enumerate(ranked):
        marks = ['format = "flat"'] if source.kind != "index" else []
        if position == len(ranked) - 1:
            marks.append("default = true")
        yield from _table("index", f"{source.role}-{position}", _place(source), *marks)


def _table(header: str, name: str, url: str, *marks: str) -> list[str]:
    return [f"[[{header}]]", f"name = {_quote(name)}", f"url = {_quote(url)}", *marks]


def _place(source: Source) -> str:
    return str(Path(source.url).expanduser()) if source.url.startswith("~") else source.url


def _quote(value: str) -> str:
    """Write a TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'


def write_config(folder: Path, text: str) -> Path:
    """Write uv's configuration so that nobody else can read it: addresses may hold passwords.

    Raises:
        OutsideError: ``uv.unwritable``.
    """
    path = folder / CONFIG
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise OutsideError("uv.unwritable", path=path, why=error.strerror) from error
    return path


def write_project(folder: Path, text: str) -> Path:
    """Write the project that uv resolves.

    Raises:
        OutsideError: ``uv.unwritable``.
    """
    path = folder / PROJECT
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutsideError("uv.unwritable", path=path, why=error.strerror) from error
    return path
