"""Installing with uv from a lock, and taking away."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from torchup.backends.bringing import bring_after
from torchup.backends.installed import interpreter
from torchup.backends.uv_build import first_step, speed_of
from torchup.backends.uv_errors import read_failure
from torchup.backends.uv_process import call
from torchup.backends.uv_progress import Meter
from torchup.backends.uv_project import config_text, write_config
from torchup.backends.uv_unhashed import write_copy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from torchup.backends import Fetcher, Progress
    from torchup.backends.inputs import Build
    from torchup.host import Completed, Host
    from torchup.model import Artifact, SourceSet
    from torchup.state.home import Home

_IMPATIENT: Final = {"UV_HTTP_TIMEOUT": "60", "UV_HTTP_RETRIES": "1"}
_FETCHABLE: Final = frozenset({"uv.network", "uv.bad-file", "uv.damaged"})
_BESIDE: Final = ("install", "--no-deps", "-r")


class Installing:
    """One environment and one lock.

    Args:
        host: the machine.
        home: whose cache is used.
        path: the environment.
        pylock: the lock.
        sources: known again where they ask for credentials: locks hold none.
        offline: use only what is kept on this machine.
        hashed_index: the index whose files were hashed on this machine and haven't changed since:
            uv isn't told their hashes, and unpacks faster so.
        builds: what is compiled, once everything else is there.
        fetch: brings files that are better not left to uv; None leaves it everything.
    """

    def __init__(
        self,
        host: Host,
        home: Home,
        path: Path,
        pylock: Path,
        *,
        sources: SourceSet | None,
        offline: bool,
        hashed_index: str,
        builds: tuple[Build, ...] = (),
        fetch: Fetcher | None = None,
    ) -> None:
        self._host = host
        self._home = home
        self._python = str(interpreter(path, host))
        self._pylock = pylock
        self._sources = sources
        self._offline = offline
        self._hashed_index = hashed_index
        self._builds = builds
        self._fetch = fetch
        self._here: dict[str, str] = {}

    def exactly(self, artifacts: tuple[Artifact, ...], on_progress: Progress) -> None:
        """Install what the lock names, and remove everything else.

        Raises:
            OutsideError: a ``uv.*`` code.
        """
        if not self._builds:
            self._install(("sync",), (), artifacts, on_progress)
            return
        with first_step(self._pylock, self._builds) as lock:
            self._install(("sync",), (), artifacts, on_progress, lock=lock)
        self._install(_BESIDE, (), artifacts, on_progress)

    def beside(
        self,
        artifacts: tuple[Artifact, ...],
        on_progress: Progress,
        *,
        again: Sequence[str] = (),
    ) -> None:
        """Install what the lock names beside what is there.

        Args:
            artifacts: the files, for the progress.
            on_progress: told how far a download is.
            again: packages that are installed anew though they seem to be there.

        Raises:
            OutsideError: a ``uv.*`` code.
        """
        options = [word for name in again for word in ("--reinstall-package", name)]
        if self._builds:
            with first_step(self._pylock, self._builds) as lock:
                self._install(_BESIDE, (), artifacts, on_progress, lock=lock)
        self._install(_BESIDE, options, artifacts, on_progress)

    def without(self, names: Sequence[str]) -> None:
        """Remove packages; one that isn't there is passed over.

        Raises:
            OutsideError: a ``uv.*`` code.
        """
        if not names:
            return
        result = call(self._host, self._home, "pip", "uninstall", "--python", self._python, *names)
        if result.code:
            raise read_failure(result)

    def _install(
        self,
        how: tuple[str, ...],
        options: Sequence[str],
        artifacts: tuple[Artifact, ...],
        on_progress: Progress,
        *,
        lock: Path | None = None,
    ) -> None:
        words = (*how, "--python", self._python, *options)

        def attempt(extra: dict[str, str | None]) -> Completed:
            meter = Meter(artifacts, on_progress)
            return self._run(words, lock or self._pylock, meter, extra)

        if self._fetch is not None:
            self._here |= self._fetch.before(artifacts)
        extra = self._patience()
        result = attempt(extra)
        if result.code and self._fetch is not None and _may_be_fetched(result):
            more = bring_after(self._fetch, artifacts, read_failure(result))
            self._here |= more
            result = attempt(extra) if more else result
        if result.code:
            raise read_failure(result)

    def _run(
        self, words: Sequence[str], lock: Path, meter: Meter, extra: dict[str, str | None]
    ) -> Completed:
        offline = ["--offline"] if self._offline else []
        at = words.index("--python")
        with self._settings() as settings, self._lock(lock) as named:
            return call(
                self._host,
                self._home,
                *("pip", *words[:at], str(named), *words[at:]),
                *settings,
                *offline,
                on_line=meter.line,
                extra={**(speed_of(self._builds) or {}), **extra},
            )

    def _patience(self) -> dict[str, str | None]:
        """How long uv waits for a silent server where somebody else goes on with what it began."""
        if self._fetch is None:
            return {}
        return {name: own for name, own in _IMPATIENT.items() if not self._host.env(name)}

    @contextmanager
    def _settings(self) -> Iterator[list[str]]:
        if self._sources is None:
            yield []
            return
        config = write_config(self._pylock.parent, config_text(self._sources, builds=self._builds))
        try:
            yield ["--config-file", str(config)]
        finally:
            with suppress(OSError):
                config.unlink()

    @contextmanager
    def _lock(self, lock: Path) -> Iterator[Path]:
        index = self._hashed_index
        copy = write_copy(self._host, lock, index, self._here) if index or self._here else None
        try:
            yield copy or lock
        finally:
            if copy is not None:
                with suppress(OSError):
                    copy.unlink()


def _may_be_fetched(result: Completed) -> bool:
    """Tell whether a run failed over a file that may come by another way."""
    return read_failure(result).code in _FETCHABLE
