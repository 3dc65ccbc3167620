"""Who solves and installs: one module per backend, all with the same few functions.

To add one, write a module of the shape of :class:`Backend` and name it in :data:`BACKENDS`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final, Protocol, cast

from torchup.backends.inputs import Build, Changing, Dependant, Inputs
from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from torchup.host import Host
    from torchup.model import Artifact, SourceSet, Stack, Step, Text
    from torchup.state.home import Home

    #: Told how far a download is: a package's name, bytes done, bytes in all (0: unknown).
    Progress = Callable[[str, int, int], None]

__all__ = [
    "BACKENDS",
    "Backend",
    "Build",
    "Changing",
    "Dependant",
    "Inputs",
    "load_backend",
]

#: Backend names and the modules that serve them; a module is imported when it is first used.
BACKENDS: Final[dict[str, str]] = {
    "conda": "torchup.backends.conda",
    "uv": "torchup.backends.uv",
}


class Fetcher(Protocol):
    """Brings a lock's files where the backend had better not, or could not."""

    def before(self, artifacts: Sequence[Artifact]) -> Mapping[str, str]:
        """Return the path of each file that is here, by its address; fetch what is worth it.

        Raises:
            OutsideError: a ``download.*`` code.
        """

    def after_failure(self, artifacts: Sequence[Artifact]) -> Mapping[str, str]:
        """Fetch what the backend could not; empty where there is nothing to be done.

        Raises:
            OutsideError: a ``download.*`` code.
        """

    def kept(self, artifacts: Sequence[Artifact]) -> None:
        """Learn that the backend has files whole in its own cache; what was fetched may go."""


class Backend(Protocol):
    """The shape of a backend module."""

    def available(self, host: Host) -> Text | None:
        """Say why this backend can't be used here, None where it can."""

    def steps(self, stack: Stack, where: str, others: tuple[str, ...] = ()) -> tuple[Step, ...]:
        """List the commands to paste for ``stack`` and ``others`` at ``where``. Pure."""

    def resolve(
        self, host: Host, home: Home, inputs: Inputs, into: Path
    ) -> tuple[str, tuple[Artifact, ...]]:
        """Solve, and return the lock's text and the files it names; ``into`` is a work folder.

        Raises:
            NoAnswerError: the requirements can't be met together.
            OutsideError: a source, the network, the disk or the backend itself failed.
        """

    def dependants(
        self,
        host: Host,
        home: Home,
        inputs: Inputs,
        into: Path,
        *,
        framework: str,
        published: Mapping[str, Sequence[str]],
    ) -> tuple[Dependant, ...]:
        """Name the packages that ``inputs`` would bring along and that ask for the framework.

        Raises:
            NoAnswerError: they can't be met together even without the framework.
            OutsideError: a source, the network, the disk or the backend itself failed.
        """

    def make(self, host: Host, home: Home, python: str, path: Path) -> None:
        """Make an empty environment at ``path`` for the interpreter ``python``."""

    def install(  # noqa: PLR0917  # the order of the work
        self,
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
        """Make the environment hold exactly what ``pylock`` names, hashes verified.

        ``sources`` are needed again where they ask for credentials: locks hold none.
        ``hashed_index`` is the ``file:`` address of an index whose hashes were computed on this
        machine, from files that haven't changed since: those need no second look. ``builds`` are
        compiled last, against what is there by then. ``fetch`` brings files that are better not
        left to the backend.
        """

    def update(  # noqa: PLR0917  # the order of the work
        self,
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
        """Make the environment hold what ``pylock`` names; what it doesn't name stays.

        ``removed`` are taken away first, ``again`` are installed anew though they seem to be there.
        """

    def default_index(self, host: Host, home: Home) -> str:
        """Name the index that is used when nothing is configured; empty where there is none."""

    def can_fetch_python(self, host: Host) -> bool:
        """Tell whether interpreters can be had from here: one short question to the network."""

    def install_python(
        self,
        host: Host,
        home: Home,
        minor: str,
        on_progress: Progress,
        *,
        place: Path | None = None,
    ) -> str:
        """Fetch an interpreter of the release line ``minor`` and return its path.

        ``place`` is a folder that has its archive as its makers' place has it.
        """

    def inspect(self, path: Path, host: Host) -> dict[str, str]:
        """Return the packages in an environment, by normalised name, without running anything."""

    def look(
        self, path: Path | str, host: Host, expected: Mapping[str, str]
    ) -> tuple[dict[str, str], Text | None]:
        """Return what :meth:`inspect` and :meth:`health` do, from one look."""

    def health(self, path: Path, host: Host, expected: Mapping[str, str]) -> Text | None:
        """Say what is wrong with an environment that should hold ``expected``, None if nothing."""


def load_backend(name: str) -> Backend:
    """Load the backend called ``name``.

    Raises:
        UsageError: ``backend.unknown``, when there is none.
    """
    if name not in BACKENDS:
        raise UsageError("backend.unknown", name=name, choices=", ".join(sorted(BACKENDS)))
    return cast("Backend", import_module(BACKENDS[name]))
