"""Programs of an environment that start an interpreter which is no more, as after a move.

pip says "Fatal error in launcher: Unable to create process" on Windows; elsewhere it is the
system's "bad interpreter: No such file or directory".
"""

from __future__ import annotations

import ntpath
import os
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.api.condas.places import prefixes
from torchup.api.machines.software import framework_names
from torchup.api.repairs.proposal import Proposal
from torchup.apply.launcher import repointed
from torchup.apply.relocation import LARGEST, Relocation
from torchup.backends.installed import interpreter, program_folders
from torchup.errors import OutsideError
from torchup.model import text
from torchup.model.finding import Finding, Remedy
from torchup.probe.inventory.condas import find_condas
from torchup.probe.inventory.environments import find_environments
from torchup.state import undo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.host import Host

CODE: Final = "pip-launcher-broken"
_LINE: Final = re.compile(rb"\A#!(?P<path>/[^\"\s]*/python[\w.]*)[ \r\n]")
_LONG: Final = re.compile(rb"\A#!/bin/sh\n'''exec' [\"']?(?P<path>/.*?python[\w.]*)[\"']? ")
_HEAD: Final = 4096
_MOST: Final = 3
"""Programs that are named; there may be hundreds."""


def look(context: Context) -> Iterator[Finding]:
    """Find the environments whose programs start an interpreter that isn't there."""
    for environment in _environments(context):
        found = dead(context.host, environment)
        if found:
            names = sorted(Path(one).name for one in found)
            shown = [*names[:_MOST], *(["…"] if len(names) > _MOST else [])]
            yield Finding(
                code=CODE,
                severity="error",
                title=text("condas.launchers", path=environment, count=len(found)),
                because=(
                    f"{environment}: {', '.join(shown)}",
                    *sorted(set(found.values()))[:_MOST],
                ),
                remedies=(
                    Remedy(
                        title=text("condas.repoint", path=environment),
                        safety="safe",
                        commands=(("torchup", "repair", "--finding", CODE),),
                    ),
                ),
                facts={"path": str(environment)},
            )


def dead(host: Host, environment: Path) -> dict[str, str]:
    """Return the programs of an environment whose interpreter is gone, and which one each starts.

    Nothing where the environment's own interpreter isn't there either: then all of it is broken.
    """
    own = interpreter(environment, host)
    if not host.is_executable(str(own)):
        return {}
    found = {}
    for folder in dict.fromkeys(program_folders(environment, host)):
        for name in host.listdir(str(folder)):
            file = folder / name
            if file.is_symlink() or not file.is_file() or file.stat().st_size > LARGEST:
                continue
            path = _started(_begun(host, file), str(folder))
            if path and host.modified(path) is None:
                found[str(file)] = path
    return found


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Let those programs start their environment's own interpreter.

    Raises:
        OutsideError: a launcher has no room for the path.
    """
    environment = Path(finding.facts["path"])
    found = dead(context.host, environment)
    edits = [_edit(context.host, environment, file, was) for file, was in found.items()]
    edits = [one for one in edits if one.data != one.was]
    if not edits:
        return None
    return Proposal(
        finding=finding,
        title=text("condas.repoint", path=environment),
        safety="safe",
        edits=tuple(edits),
    )


def _edit(host: Host, environment: Path, file: str, was: str) -> undo.Write:
    data = host.read(file) or b""
    own = str(interpreter(environment, host))
    paths = ntpath if host.system == "windows" else posixpath
    folder = paths.dirname(was)
    # conda's interpreter has no folder of its own on Windows
    own_folder = paths.basename(folder).lower() in {"bin", "scripts"}
    old = paths.dirname(folder) if own_folder else folder
    relocation = Relocation((old, str(environment)))
    if not old.strip("/\\") or not host.is_executable(relocation.path(was)):
        relocation = Relocation((was, own))
    try:
        changed = relocation.content(data, file)
    except OSError as error:
        raise OutsideError("conda.unwritable", path=file, why=error.strerror) from error
    return undo.Write(path=file, data=changed, was=data)


def _begun(host: Host, file: Path) -> bytes:
    """As much of a program as tells what it starts: launchers of Windows hold that at their end."""
    if host.system == "windows":
        return host.read(str(file)) or b""
    try:
        with file.open("rb") as stream:
            return stream.read(_HEAD)
    except OSError:
        return b""


def _started(data: bytes, folder: str) -> str:
    """The interpreter that a program starts, empty where it names none by its full path."""
    if data.startswith(b"MZ"):
        seen: list[str] = []

        def note(path: str) -> str:
            seen.append(path)
            return path

        repointed(data, folder, note)
        return seen[0] if seen and (seen[0][1:2] == ":" or seen[0].startswith("\\\\")) else ""
    found = _LONG.match(data) or _LINE.match(data)
    return os.fsdecode(found["path"]) if found else ""


def _environments(context: Context) -> tuple[Path, ...]:
    """Every environment that is found: of conda's, virtual ones with the framework, torchup's."""
    found = [*prefixes(context)]
    found += [context.home.environment(name) for name in apply.names(context.home)]
    own = (str(context.home.environments),)
    for one in find_environments(context.host, find_condas(context.host), framework_names(), own):
        if one.kind == "venv":
            found.append(Path(context.host.real_path(one.path)))
    return tuple(dict.fromkeys(found))
