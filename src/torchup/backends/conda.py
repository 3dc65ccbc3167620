"""The conda backend: solves and installs with rattler, in this process; no conda is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torchup.backends import Fetcher, Progress
    from torchup.backends.inputs import Build, Dependant, Inputs
    from torchup.host import Host
    from torchup.model import Artifact, SourceSet, Stack, Step, Text
    from torchup.state.home import Home


def available(host: Host) -> Text | None:
    """Say why conda's packages can't be had here, None where they can.

    Rattler is fetched by uv where it isn't there.
    """
    from torchup.backends.uv import available as uv_available

    return uv_available(host)


def steps(stack: Stack, where: str, others: tuple[str, ...] = ()) -> tuple[Step, ...]:
    """List the commands that give ``stack`` at ``where``, for a person to read or paste."""
    from torchup.backends.conda_steps import creation_steps

    return creation_steps(stack, where, others)


def resolve(host: Host, home: Home, inputs: Inputs, into: Path) -> tuple[str, tuple[Artifact, ...]]:
    """Solve, and return the lock's text and the files it names.

    Raises:
        NoAnswerError: ``conda.no-solution`` or ``conda.other-build``.
        OutsideError: another ``conda.*`` code; a ``uv.*`` code for what pip installs.
    """
    from torchup.backends.conda_solve import solve

    return solve(host, home, inputs, into)


def dependants(  # the arguments are every backend's
    host: Host,  # noqa: ARG001
    home: Home,  # noqa: ARG001
    inputs: Inputs,  # noqa: ARG001
    into: Path,  # noqa: ARG001
    *,
    framework: str,  # noqa: ARG001
    published: Mapping[str, Sequence[str]],  # noqa: ARG001
) -> tuple[Dependant, ...]:
    """Name none: one solve weighs everything, the framework's build with it."""
    return ()


def make(host: Host, home: Home, python: str, path: Path) -> None:  # noqa: ARG001
    """Make an empty environment at ``path``; its Python is one of the packages.

    Raises:
        OutsideError: ``conda.unwritable``.
    """
    from torchup.backends.conda_prefix import begin

    try:
        begin(path)
    except OSError as error:
        raise OutsideError("conda.unwritable", path=path, why=error.strerror) from error


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
    """Make the environment hold what the lock names: first conda's part, then pip's.

    Raises:
        OutsideError: a ``conda.*``, ``download.*`` or ``uv.*`` code.
    """
    update(
        host,
        home,
        path,
        pylock,
        artifacts,
        on_progress,
        sources=sources,
        offline=offline,
        hashed_index=hashed_index,
        builds=builds,
        fetch=fetch,
    )


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
    hashed_index: str = "",  # noqa: ARG001  # of wheels
    builds: tuple[Build, ...] = (),
    fetch: Fetcher | None = None,
) -> None:
    """Make conda's part what the lock names; of pip's part what it doesn't name stays.

    Raises:
        OutsideError: as :func:`install`.
    """
    from torchup.backends.conda_install import CondaInstalling
    from torchup.backends.installed import interpreter

    installing = CondaInstalling(host, home, path, pylock, sources=sources, offline=offline)
    lost: tuple[str, ...] = ()
    if host.is_executable(str(interpreter(path, host))):
        lost = installing.without(removed)
    anew = installing.conda_names((*again, *lost))
    installing.conda(on_progress, again=anew, fetch=fetch)
    installing.pip(artifacts, on_progress, again=again, builds=builds, fetch=fetch)


def default_index(host: Host, home: Home) -> str:
    """Name the index that serves pip's part when nothing is configured."""
    from torchup.backends.uv import default_index as uv_default

    return uv_default(host, home)


def can_fetch_python(host: Host) -> bool:  # noqa: ARG001
    """Tell that interpreters can be had: channels have them, and are asked anyway."""
    return True


def install_python(
    host: Host,  # noqa: ARG001
    home: Home,  # noqa: ARG001
    minor: str,
    on_progress: Progress,  # noqa: ARG001
    *,
    place: Path | None = None,  # noqa: ARG001
) -> str:
    """Fetch none: the interpreter comes with the environment.

    Raises:
        OutsideError: ``conda.python-unobtainable``, always.
    """
    raise OutsideError("conda.python-unobtainable", python=minor)


def inspect(path: Path, host: Host) -> dict[str, str]:
    """Return the packages in an environment, by normalised name, conda's and pip's."""
    from torchup.backends.conda_inspect import installed

    return installed(path, host)


def look(
    path: Path | str, host: Host, expected: Mapping[str, str]
) -> tuple[dict[str, str], Text | None]:
    """Return the packages in an environment, and what is wrong with it."""
    from pathlib import Path

    place = Path(path)
    return inspect(place, host), health(place, host, expected)


def health(path: Path, host: Host, expected: Mapping[str, str]) -> Text | None:
    """Say what is wrong with an environment, None if nothing is seen."""
    from torchup.backends.conda_inspect import fault

    return fault(path, host, expected)
