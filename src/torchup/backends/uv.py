"""The uv backend: solves with ``uv pip compile``, installs with ``uv pip sync``."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from torchup.backends import installed
from torchup.backends.uv_errors import read_failure
from torchup.backends.uv_process import binary, call
from torchup.backends.uv_project import (
    PROJECT,
    config_text,
    normalise,
    project_text,
    required_names,
    write_config,
    write_project,
)
from torchup.errors import NoAnswerError, OutsideError
from torchup.host.redact import redact_url
from torchup.model import Step, Text, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torchup.backends import Progress
    from torchup.backends.inputs import Inputs
    from torchup.host import Host
    from torchup.model import Artifact, SourceSet, Stack
    from torchup.state.home import Home

LOCK: Final = "pylock.toml"
#: Seconds that the place of interpreters gets to answer, before it counts as out of reach.
PYTHON_TIMEOUT: Final = 6.0
_BAD_STATUS: Final = 400


def available(host: Host) -> Text | None:
    """Say why uv can't be used here, None where it can."""
    return None if binary(host) else text("uv.missing")


def steps(stack: Stack, where: str) -> tuple[Step, ...]:
    """List the commands that give ``stack`` at ``where``, for a person to read or paste."""
    pins = stack.pins or stack.packages
    wanted = [*(f"{name}=={version}" for name, version in pins.items()), *stack.beside]
    index = ("--index", redact_url(stack.index_url)) if stack.index_url else ()
    make = ("uv", "venv", "--python", stack.python, where)
    install = ("uv", "pip", "install", "--python", where, *index, *wanted, "pip")
    return (
        Step(
            id="python",
            summary=text("step.python", python=stack.python),
            command=("uv", "python", "install", stack.python),
        ),
        Step(id="environment", summary=text("step.environment", path=where), command=make),
        Step(
            id="install",
            summary=text("step.install", packages=", ".join(wanted)),
            command=install,
        ),
    )


def resolve(host: Host, home: Home, inputs: Inputs, into: Path) -> tuple[str, tuple[Artifact, ...]]:
    """Solve, and return the lock's text and the files it names.

    Raises:
        NoAnswerError: ``uv.no-solution``, with uv's explanation.
        OutsideError: ``uv.offline-missing``, ``uv.network`` and the other ``uv.*`` codes.
    """
    from torchup.backends.uv_lock import read_lock
    from torchup.backends.uv_origin import with_indexes

    never_build = tuple(map(normalise, inputs.framework_names))
    config = write_config(into, config_text(inputs.sources, never_build=never_build))
    try:
        lock = _locked(host, home, inputs, config)
    finally:
        for made in (config, into / PROJECT):
            with suppress(OSError):
                made.unlink()
    return with_indexes(lock, inputs), read_lock(host, lock, inputs.minor)


def _locked(host: Host, home: Home, inputs: Inputs, config: Path) -> str:
    """Solve until the framework's own packages come from the framework's index, if it has them.

    uv lets an explicit index serve only what the project itself asks for. A package that only
    another one needs (the compiler of one build) is asked for once it is missed, or once it was
    found elsewhere: anybody may publish under its name there (the torchtriton incident of 2022).
    """
    try:
        lock = _compile(host, home, inputs, config)
    except NoAnswerError as error:
        also = _ours_in(error.details.get("why", ""), inputs)
        if not also:
            raise
        return _compile(host, home, inputs, config, also)
    also = _ours_in(lock, inputs)
    if not also or inputs.framework_index == inputs.sources.primary.url:
        return lock
    try:
        return _compile(host, home, inputs, config, also)
    except NoAnswerError:  # its index has none: then the one that was found is the only one
        return lock


def _ours_in(text: str, inputs: Inputs) -> tuple[str, ...]:
    """Name the framework's own packages that a text speaks of and nobody asked for yet."""
    if not inputs.framework_index:
        return ()
    asked = required_names(inputs.requirements)
    words = {normalise(word) for word in re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)}
    ours = map(normalise, inputs.framework_names)
    return tuple(name for name in ours if name not in asked and name in words)


def _compile(
    host: Host, home: Home, inputs: Inputs, config: Path, also: tuple[str, ...] = ()
) -> str:
    project = write_project(config.parent, project_text(inputs, also))
    lock = config.parent / LOCK
    with suppress(OSError):
        lock.unlink()  # uv would prefer the versions of an older one
    options = ["--format", LOCK, "--output-file", str(lock), "--python", inputs.python]
    if inputs.offline:
        options.append("--offline")
    result = call(
        host,
        home,
        *("pip", "compile", str(project), "--config-file", str(config), "--no-header", *options),
    )
    if result.code:
        raise read_failure(result)
    try:
        return lock.read_text(encoding="utf-8")
    except OSError as error:
        raise OutsideError("uv.unwritable", path=lock, why=error.strerror) from error


def make(host: Host, home: Home, python: str, path: Path) -> None:
    """Make an empty environment at ``path``; what lies there already stays.

    Raises:
        OutsideError: a ``uv.*`` code.
    """
    options = ("--allow-existing", "--no-project", "--prompt", path.name)
    result = call(host, home, "venv", "--python", python, *options, str(path))
    if result.code:
        raise read_failure(result)


def install(  # noqa: PLR0917  # the order of the work
    host: Host,
    home: Home,
    path: Path,
    pylock: Path,
    artifacts: tuple[Artifact, ...],
    on_progress: Progress,
    *,
    sources: SourceSet | None = None,
    offline: bool = False,
    hashed_index: str = "",
) -> None:
    """Make the environment hold exactly what the lock names; every hash is verified.

    Those that ``hashed_index`` confirms were, so uv isn't told them: it unpacks faster so.

    Raises:
        OutsideError: ``uv.disk-full``, ``uv.permission``, ``uv.bad-file``, ``uv.network``,
            ``uv.login``, ``uv.offline-missing``, ``uv.unwritable`` or ``uv.failed``.
    """
    from torchup.backends.uv_progress import Meter
    from torchup.backends.uv_unhashed import write_copy

    meter = Meter(artifacts, on_progress)
    config = write_config(pylock.parent, config_text(sources)) if sources else None
    options = ["--config-file", str(config)] if config else []
    if offline:
        options.append("--offline")
    copy = None
    try:
        copy = write_copy(host, pylock, hashed_index) if hashed_index else None
        result = call(
            host,
            home,
            *("pip", "sync", "--python", str(installed.interpreter(path, host)), *options),
            str(copy or pylock),
            on_line=meter.line,
        )
    finally:
        for made in filter(None, (config, copy)):
            with suppress(OSError):
                made.unlink()
    if result.code:
        raise read_failure(result)


def default_index(host: Host, home: Home) -> str:
    """Name the index that uv uses when told nothing, as its own help says."""
    from torchup.backends.uv_default import read_default_index

    return read_default_index(host, home)


def can_fetch_python(host: Host) -> bool:
    """Tell whether the place that uv takes interpreters from, or its mirror, answers."""
    from torchup.backends.uv_python import download_url

    url = download_url(host)
    if not url:
        return False
    try:
        answer = host.fetch(url, method="HEAD", timeout=PYTHON_TIMEOUT)
    except OutsideError:
        return False
    return answer.status < _BAD_STATUS


def install_python(host: Host, home: Home, minor: str, on_progress: Progress) -> str:
    """Fetch an interpreter of the release line ``minor`` and return its path.

    Raises:
        OutsideError: ``uv.python-unobtainable``, with what uv said.
    """
    from torchup.backends.uv_progress import Meter
    from torchup.backends.uv_python import find_python

    result = call(
        host,
        home,
        *("python", "install", "--no-bin", "--no-registry", minor),
        on_line=Meter((), on_progress).line,
        extra={"UV_PYTHON_DOWNLOADS": "manual"},
    )
    found = find_python(host, home, minor)
    if result.code or found is None:
        why = read_failure(result).details.get("why", "")
        raise OutsideError("uv.python-unobtainable", python=minor, why=why)
    return found


def inspect(path: Path, host: Host) -> dict[str, str]:
    """Return the packages in an environment, by normalised name."""
    return installed.installed(path, host)


def health(path: Path, host: Host, expected: Mapping[str, str]) -> Text | None:
    """Say what is wrong with an environment, None if nothing is seen."""
    return installed.fault(path, host, expected)
