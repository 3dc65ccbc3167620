"""Asking uv which packages would come along, and which of them ask for the framework."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.backends.inputs import Dependant
from torchup.backends.uv_dates import dated_failure, day_options
from torchup.backends.uv_errors import read_failure
from torchup.backends.uv_platform import interpreter_options
from torchup.backends.uv_process import call
from torchup.backends.uv_project import (
    PROJECT,
    config_text,
    project_text,
    required_names,
    write_config,
    write_project,
)
from torchup.backends.uv_stubs import FOLDER, write_stubs
from torchup.errors import NoAnswerError
from torchup.model import Source
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torchup.backends.inputs import Inputs
    from torchup.errors import TorchupError
    from torchup.host import Completed, Host
    from torchup.state.home import Home

_PACKAGE: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^\s#;]+)"
    r"(?:[^#]*#\s*via\s+(?P<via>.*))?$"
)
_NO_WHEELS: Final = re.compile(r"no usable wheels|building from source is disabled", re.IGNORECASE)


def dependants(
    host: Host,
    home: Home,
    inputs: Inputs,
    into: Path,
    *,
    framework: str,
    published: Mapping[str, Sequence[str]],
) -> tuple[Dependant, ...]:
    """Name the packages that would come along and ask for the framework themselves.

    Only metadata is read: nothing is built, so a package without wheels has no say.

    Args:
        host: the machine.
        home: where uv's cache is.
        inputs: the user's requirements without the framework's own.
        into: a work folder.
        framework: the framework's name.
        published: the versions of the framework and its companions, by name.

    Raises:
        NoAnswerError: ``uv.no-solution``: they can't be met together even without the framework;
            ``uv.no-wheels``: not without building some of them, which is not tried.
        OutsideError: another ``uv.*`` code.
    """
    stubs = Source(id=FOLDER, kind="folder", role="links", url=str(write_stubs(into, published)))
    sources = replace(inputs.sources, links=(*inputs.sources.links, stubs))
    config = write_config(
        into, config_text(sources, constraints=inputs.constraints, absent=inputs.absent)
    )
    try:
        free = replace(inputs, framework_index=None, framework_names=())
        project = write_project(into, project_text(free))
        options = interpreter_options(free)
        if free.target is None:
            options += ["--python-version", free.minor.rstrip("t")]
        options += day_options(inputs)
        result = call(
            host,
            home,
            *("pip", "compile", str(project), "--config-file", str(config), "--no-header"),
            *("--annotation-style", "line", "--no-build", "--quiet", *options),
        )
    finally:
        for made in (config, into / PROJECT):
            with suppress(OSError):
                made.unlink()
    if result.code:
        raise dated_failure(inputs, result, read_refusal(result))
    lines = dict(zip(required_names(inputs.requirements), inputs.requirements, strict=False))
    return read_dependants(result.out, lines, framework)


def read_refusal(result: Completed) -> TorchupError:
    """Return the error of a run that builds nothing: a package without wheels may do all the same.

    Args:
        result: the failed run.
    """
    failure = read_failure(result)
    if failure.code == "uv.no-solution" and _NO_WHEELS.search(result.err):
        return NoAnswerError("uv.no-wheels", why=failure.details["why"])
    return failure


def read_dependants(said: str, lines: Mapping[str, str], framework: str) -> tuple[Dependant, ...]:
    """Read uv's list: ``NAME==VERSION    # via PARENT, PARENT``.

    Args:
        said: what uv printed.
        lines: the user's requirements, by normalised name.
        framework: the framework's name.
    """
    versions: dict[str, str] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for one in map(_PACKAGE.match, said.splitlines()):
        if one is None:
            continue
        name = canonical_name(one["name"])
        versions[name] = one["version"]
        via = (part.strip().partition("[")[0] for part in (one["via"] or "").split(","))
        parents[name] = tuple(canonical_name(part) for part in via if part and " " not in part)
    found = []
    for name in parents.get(canonical_name(framework), ()):
        line = _line_of(name, parents, lines)
        if line and name in versions:
            found.append(Dependant(name=name, version=versions[name], line=line))
    return tuple(found)


def _line_of(name: str, parents: Mapping[str, tuple[str, ...]], lines: Mapping[str, str]) -> str:
    """The user's line at the end of the way up, the nearest one."""
    seen, level = {name}, [name]
    while level:
        for one in level:
            if one in lines:
                return lines[one]
        above = [parent for one in level for parent in parents.get(one, ())]
        level = [one for one in dict.fromkeys(above) if one not in seen]
        seen.update(level)
    return ""
