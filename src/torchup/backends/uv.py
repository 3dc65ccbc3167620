"""The uv backend: solves with ``uv pip compile``, installs with ``uv pip sync``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torchup.backends import Fetcher, Progress
    from torchup.backends.inputs import Build, Dependant, Inputs
    from torchup.host import Host
    from torchup.model import Artifact, SourceSet, Stack, Step, Text
    from torchup.state.home import Home

#: Seconds that the place of interpreters gets to answer, before it counts as out of reach.
PYTHON_TIMEOUT: Final = 6.0
_BAD_STATUS: Final = 400


def available(host: Host) -> Text | None:
    """Say why uv can't be used here, None where it can."""
    from torchup.backends.uv_process import binary
    from torchup.model import text

    return None if binary(host) else text("uv.missing")


def steps(stack: Stack, where: str, others: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """List the commands that give ``stack`` at ``where``, for a person to read or paste."""
    from torchup.backends.uv_steps import creation_steps

    return creation_steps(stack, where, others)


def resolve(host: Host, home: Home, inputs: Inputs, into: Path) -> tuple[str, tuple[Artifact, ...]]:
    """Solve, and return the lock's text and the files it names.

    Raises:
        NoAnswerError: ``uv.no-solution``, with uv's explanation; ``uv.no-upload-times`` or
            ``uv.hash-not-listed``.
        OutsideError: ``uv.offline-missing``, ``uv.network`` and the other ``uv.*`` codes.
    """
    from torchup.backends.uv_solve import solve

    return solve(host, home, inputs, into)


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

    Raises:
        NoAnswerError: ``uv.no-solution``: they can't be met together even without the framework;
            ``uv.no-wheels``: not without building some of them, which is not tried.
        OutsideError: another ``uv.*`` code.
    """
    from torchup.backends.uv_narrow import dependants as ask

    return ask(host, home, inputs, into, framework=framework, published=published)


def make(host: Host, home: Home, python: str, path: Path) -> None:
    """Make an empty environment at ``path``; what lies there already stays.

    Raises:
        OutsideError: a ``uv.*`` code.
    """
    from torchup.backends.uv_errors import read_failure
    from torchup.backends.uv_process import call

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
    builds: tuple[Build, ...] = (),
    fetch: Fetcher | None = None,
) -> None:
    """Make the environment hold exactly what the lock names; every hash is verified.

    Raises:
        OutsideError: ``uv.disk-full``, ``uv.permission``, ``uv.bad-file``, ``uv.network``,
            ``uv.login``, ``uv.offline-missing``, ``uv.unwritable``, ``uv.build-failed`` or
            ``uv.failed``.
    """
    from torchup.backends.uv_install import Installing

    Installing(
        host,
        home,
        path,
        pylock,
        sources=sources,
        offline=offline,
        hashed_index=hashed_index,
        builds=builds,
        fetch=fetch,
    ).exactly(artifacts, on_progress)


def update(  # noqa: PLR0917  # the order of the work
    host: Host,
    home: Home,
    path: Path,
    pylock: Path,
    artifacts: tuple[Artifact, ...],
    on_progress: Progress,
    *,
    removed: tuple[str, ...] = (),
    again: tuple[str, ...] = (),
    sources: SourceSet | None = None,
    offline: bool = False,
    hashed_index: str = "",
    builds: tuple[Build, ...] = (),
    fetch: Fetcher | None = None,
) -> None:
    """Make the environment hold what the lock names; what it doesn't name stays.

    Raises:
        OutsideError: as :func:`install`.
    """
    from torchup.backends.uv_install import Installing

    installing = Installing(
        host,
        home,
        path,
        pylock,
        sources=sources,
        offline=offline,
        hashed_index=hashed_index,
        builds=builds,
        fetch=fetch,
    )
    installing.without(removed)
    installing.beside(artifacts, on_progress, again=again)


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


def install_python(
    host: Host, home: Home, minor: str, on_progress: Progress, *, place: Path | None = None
) -> str:
    """Fetch an interpreter of the release line ``minor`` and return its path.

    Args:
        host: the machine.
        home: where interpreters are kept.
        minor: the release line.
        on_progress: told how far it is.
        place: a folder that has its archive as its makers' place has it; uv verifies it alike.

    Raises:
        OutsideError: ``uv.python-unobtainable``, with what uv said.
    """
    from torchup.backends.uv_errors import read_failure
    from torchup.backends.uv_process import call
    from torchup.backends.uv_progress import Meter
    from torchup.backends.uv_python import INSTALL_MIRROR, find_python

    extra: dict[str, str | None] = {"UV_PYTHON_DOWNLOADS": "manual"}
    if place is not None:
        extra[INSTALL_MIRROR] = place.as_uri()
    result = call(
        host,
        home,
        *("python", "install", "--no-bin", "--no-registry", minor),
        on_line=Meter((), on_progress).line,
        extra=extra,
    )
    found = find_python(host, home, minor)
    if result.code or found is None:
        why = read_failure(result).details.get("why", "")
        raise OutsideError("uv.python-unobtainable", python=minor, why=why)
    return found


def inspect(path: Path, host: Host) -> dict[str, str]:
    """Return the packages in an environment, by normalised name."""
    from torchup.backends.installed import installed

    return installed(path, host)


def look(
    path: Path | str, host: Host, expected: Mapping[str, str]
) -> tuple[dict[str, str], Text | None]:
    """Return the packages in an environment, and what is wrong with it."""
    from torchup.backends.installed import looked_at

    return looked_at(path, host, expected)


def health(path: Path, host: Host, expected: Mapping[str, str]) -> Text | None:
    """Say what is wrong with an environment, None if nothing is seen."""
    from torchup.backends.installed import fault

    return fault(path, host, expected)
