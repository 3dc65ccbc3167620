"""Getting rattler: where it isn't installed it is fetched once, into the home.

It is 81 MB and of use to the conda world alone, so that torchup doesn't bring it along. Its
interface changes from one minor version to the next, so that one of them is named.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module, invalidate_caches
from importlib.util import find_spec
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from torchup.backends.conda_errors import worded
from torchup.backends.loop import run_to_end
from torchup.errors import OutsideError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from torchup.backends import Progress
    from torchup.host import Host
    from torchup.model import Source, SourceSet
    from torchup.state.home import Home

MINOR: Final = "0.28"
"""The minor version that the code is written for."""
PACKAGE: Final = "py-rattler"
_TIMEOUT: Final = 300
"""Seconds that rattler gives an answer as a whole, however much of it comes."""
_RETRIES: Final = 3
_LONGEST: Final = 3600
"""The same for packages that nobody else would go on with: two gigabytes at 0.6 MB/s."""
_SHORTEST: Final = 180
"""The same where somebody else goes on: longer than a network may take that is left to rattler."""
_HOUR: Final = 3600
Rattler: TypeAlias = Any
"""Rattler itself, or a value of it: it need not be there when types are checked."""
_Answer = TypeVar("_Answer")


def rattler(
    host: Host,
    home: Home,
    sources: SourceSet | None = None,
    *,
    offline: bool = False,
    on_progress: Progress | None = None,
) -> Rattler:
    """Return the module, fetched first where it is nowhere.

    Args:
        host: the machine.
        home: where it is kept.
        sources: the indexes that it is taken from.
        offline: fetch nothing.
        on_progress: told that it is being fetched.

    Raises:
        OutsideError: ``conda.no-rattler``.
    """
    folder = _folder(home)
    if find_spec("rattler") is None and not folder.is_dir():
        if offline:
            raise OutsideError("conda.no-rattler", package=PACKAGE, why="--offline")
        if on_progress is not None:
            on_progress(PACKAGE, 0, 0)
        _fetch(host, home, folder, sources)
    if find_spec("rattler") is None:
        sys.path.append(str(folder))
        invalidate_caches()
    try:
        return import_module("rattler")
    except ImportError as error:
        raise OutsideError("conda.no-rattler", package=PACKAGE, why=str(error)) from error


def bring_rattler(host: Host, home: Home, wheel: Path) -> None:
    """Install rattler from a wheel of this machine, unless it is here already.

    Args:
        host: the machine.
        home: where it is kept.
        wheel: its wheel, which was verified.

    Raises:
        OutsideError: ``conda.no-rattler``.
    """
    folder = _folder(home)
    if find_spec("rattler") is None and not folder.is_dir():
        _fetch(host, home, folder, None, wheel)


def _folder(home: Home) -> Path:
    return home.root / "tools" / f"{PACKAGE}-{MINOR}"


def _fetch(
    host: Host, home: Home, folder: Path, sources: SourceSet | None, wheel: Path | None = None
) -> None:
    """Install it beside the environments, in one move."""
    from torchup.backends.uv_errors import read_failure
    from torchup.backends.uv_process import call
    from torchup.backends.uv_project import config_text, write_config

    draft = ""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        clear_drafts(folder.parent, _HOUR)
        draft = mkdtemp(prefix=".", dir=folder.parent)
        options = []
        if sources is not None:
            config = write_config(folder.parent / draft / "uv", config_text(sources))
            options = ["--config-file", str(config)]
        into = folder.parent / draft / "site"
        result = call(
            host,
            home,
            *("pip", "install", "--python", sys.executable, "--target", str(into)),
            *("--only-binary", ":all:", "--no-deps"),
            *(("--offline", "--no-index", str(wheel)) if wheel else (f"{PACKAGE}=={MINOR}.*",)),
            *options,
        )
        if result.code:
            why = read_failure(result).details.get("why", "")
            raise OutsideError("conda.no-rattler", package=PACKAGE, why=why)
        into.rename(folder)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("conda.no-rattler", package=PACKAGE, why=why) from error
    finally:
        if draft:
            shutil.rmtree(draft, ignore_errors=True)


def clear_drafts(folder: Path, age: float) -> None:
    """Remove what killed commands left half-made; what a live one works on is younger.

    Args:
        folder: where drafts lie, their names with a dot in front.
        age: seconds.
    """
    from time import time

    with suppress(OSError):
        for old in folder.glob(".*"):
            if old.is_dir() and old.stat().st_mtime < time() - age:
                shutil.rmtree(old, ignore_errors=True)


def run(work: Callable[[], Coroutine[Any, Any, _Answer]], *, offline: bool = False) -> _Answer:
    """Run one of rattler's questions to its end.

    Raises:
        NoAnswerError: ``conda.no-solution``.
        OutsideError: another ``conda.*`` code.
    """
    from rattler import exceptions

    known = (
        exceptions.CacheDirError,
        exceptions.ExtractError,
        exceptions.FetchRepoDataError,
        exceptions.GatewayError,
        exceptions.InstallerError,
        exceptions.InvalidMatchSpecError,
        exceptions.InvalidUrlError,
        exceptions.IoError,
        exceptions.LinkError,
        exceptions.SolverError,
        exceptions.TransactionError,
    )
    try:
        return run_to_end(work)
    except known as error:
        raise worded(error, offline=offline) from error


@cache
def client(module: Rattler, *, timeout: int = _TIMEOUT, retries: int = _RETRIES) -> Rattler:
    """Return what rattler asks servers with; certificates are read once."""
    return module.Client.default_client(max_retries=retries, user_agent="torchup", timeout=timeout)


def client_for_packages(module: Rattler, *, alone: bool) -> Rattler:
    """Return what rattler fetches packages with.

    Args:
        module: rattler.
        alone: nobody else goes on with what it could not fetch.
    """
    return (
        client(module, timeout=_LONGEST) if alone else client(module, timeout=_SHORTEST, retries=1)
    )


def gateway(module: Rattler, home: Home, *, offline: bool) -> Rattler:
    """Return what knows channels, and keeps in the home what they said."""
    from rattler.repo_data.gateway import SourceConfig

    kept = SourceConfig(cache_action="force-cache-only")
    return module.Gateway(
        cache_dir=home.cache / "conda" / "channels",
        default_config=kept if offline else SourceConfig(),
        client=client(module),
    )


def subdirs(module: Rattler, subdir: str) -> list[Rattler]:
    """Return the two parts of a channel that serve a platform."""
    return [module.Subdir(subdir), module.Subdir("noarch")]


def channels(module: Rattler, sources: tuple[Source, ...]) -> list[Rattler]:
    """Return channels in rattler's form."""
    return [module.Channel(one.url) for one in sources]
