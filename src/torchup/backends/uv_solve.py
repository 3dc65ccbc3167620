"""Solving with ``uv pip compile``: from requirements to a lock."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from torchup.backends.uv_dates import dated_failure, day_options
from torchup.backends.uv_errors import read_failure
from torchup.backends.uv_hashes import only_allowed
from torchup.backends.uv_lock import read_lock
from torchup.backends.uv_origin import with_indexes
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
from torchup.early import read_text
from torchup.errors import NoAnswerError, OutsideError
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.backends.inputs import Inputs
    from torchup.host import Host
    from torchup.model import Artifact
    from torchup.state.home import Home

LOCK: Final = "pylock.toml"


def solve(host: Host, home: Home, inputs: Inputs, into: Path) -> tuple[str, tuple[Artifact, ...]]:
    """Solve, and return the lock's text and the files it names.

    Raises:
        NoAnswerError: ``uv.no-solution``, with uv's explanation; ``uv.no-upload-times`` or
            ``uv.hash-not-listed``.
        OutsideError: ``uv.offline-missing``, ``uv.network`` and the other ``uv.*`` codes.
    """
    names = (*inputs.framework_names, *inputs.wheels_only)
    never_build = tuple(dict.fromkeys(map(canonical_name, names)))
    settings = config_text(
        inputs.sources,
        never_build=never_build,
        constraints=inputs.constraints,
        absent=inputs.absent,
        builds=inputs.builds,
    )
    config = write_config(into, settings)
    try:
        lock = _locked(host, home, inputs, config)
    finally:
        for made in (config, into / PROJECT):
            with suppress(OSError):
                made.unlink()
    lock = only_allowed(lock, inputs.hashes)
    elsewhere = inputs.target is not None
    return with_indexes(lock, inputs), read_lock(host, lock, inputs.minor, elsewhere=elsewhere)


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
    words = {canonical_name(word) for word in re.findall(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)}
    ours = map(canonical_name, inputs.framework_names)
    return tuple(name for name in ours if name not in asked and name in words)


def _compile(
    host: Host, home: Home, inputs: Inputs, config: Path, also: tuple[str, ...] = ()
) -> str:
    project = write_project(config.parent, project_text(inputs, also))
    lock = config.parent / LOCK
    _prefer(inputs.keep, lock)
    options = ["--format", LOCK, "--output-file", str(lock), *interpreter_options(inputs)]
    if inputs.offline:
        options.append("--offline")
    options += day_options(inputs)
    options += [word for name in inputs.fresh for word in ("--upgrade-package", name)]
    macos = inputs.target.macos if inputs.target else None
    result = call(
        host,
        home,
        *("pip", "compile", str(project), "--config-file", str(config), "--no-header", *options),
        extra={"MACOSX_DEPLOYMENT_TARGET": macos} if macos else None,
    )
    if result.code:
        raise dated_failure(inputs, result, read_failure(result, offline=inputs.offline))
    try:
        return read_text(lock)
    except OSError as error:
        raise OutsideError("uv.unwritable", path=lock, why=error.strerror) from error


def _prefer(keep: str, lock: Path) -> None:
    """Lay out the lock whose versions uv is to prefer; without one none is left lying there."""
    try:
        if keep:
            lock.write_text(keep, encoding="utf-8")
        else:
            lock.unlink(missing_ok=True)
    except OSError as error:
        raise OutsideError("uv.unwritable", path=lock, why=error.strerror) from error
