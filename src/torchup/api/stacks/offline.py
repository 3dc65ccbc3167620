"""Without a network: what is missing on this machine, and how it gets here from another one."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from torchup.api.fetching.folder import is_here
from torchup.api.stacks.sizes import Sizing
from torchup.backends import load_backend
from torchup.backends.conda_files import kept
from torchup.backends.conda_lock import pip_part, read_lock
from torchup.backends.uv_kept import not_kept
from torchup.errors import OutsideError, TorchupError
from torchup.facts.load import load_catalogue
from torchup.model import Requirement
from torchup.model.names import name_of
from torchup.model.source import kept_url
from torchup.plan.quoting import command_line
from torchup.sources.address import file_name, path_of
from torchup.words.sizes import size_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Artifact

HERE: Final = "this-machine.json"
"""The file that tells the other machine what this one is."""
_MISSING: Final = frozenset({"uv.offline-missing", "conda.offline-missing"})


def python_for(context: Context, backend: str, line: str) -> str:
    """Fetch an interpreter of a release line and return its path.

    Raises:
        OutsideError: ``offline.python``: there is no network; ``uv.python-unobtainable``.
    """
    if context.offline:
        raise OutsideError("offline.python", python=line)
    from torchup.api.environments.filling import teller
    from torchup.api.fetching.pythons import PythonFetcher
    from torchup.api.mirrors.turning import with_other_pythons

    install = load_backend(backend).install_python
    where = (context.host, context.home, line, teller(context))
    fetcher = PythonFetcher(context, line, teller(context))
    fetched = fetcher.before()
    if fetched is None:
        try:
            return with_other_pythons(context, lambda: install(*where))
        except OutsideError:
            fetched = fetcher.after_failure()
            if fetched is None:
                raise
    with fetcher.laid_out(fetched) as place:
        return install(*where, place=place)


def ways(requirement: Requirement, name: str) -> dict[str, str]:
    """Name the commands that bring the files here from a machine that has a network.

    Args:
        requirement: what was asked for.
        name: the environment it is asked for.

    Returns:
        What is run here (``probe``), on the other machine (``make``), and here again (``back``).
    """
    framework = load_catalogue().framework.name
    words = [*requirement.packages]
    if framework not in {name_of(one) for one in words}:
        words.insert(0, framework)
    words += ["--cpu"] if requirement.cpu else []
    words += ["--build", requirement.build] if requirement.build else []
    python = requirement.python or ""
    words += ["--python", python] if python and "/" not in python and "\\" not in python else []
    words += [] if requirement.companions else ["--no-companions"]
    if requirement.backend != Requirement().backend:
        words += ["--backend", requirement.backend]
        words += [word for one in requirement.channels for word in ("--channel", kept_url(one))]
    bundle = f"{name}.torchup"
    make = ("torchup", "bundle", "create", *words, "--machine", HERE, "-o", bundle)
    return {
        "probe": f"torchup probe --json > {HERE}",
        "make": command_line(*make),
        "back": command_line("torchup", "create", name, "--from", bundle),
    }


def told(
    context: Context,
    error: TorchupError,
    *,
    requirement: Requirement,
    name: str,
    lock: str = "",
    artifacts: Sequence[Artifact] = (),
    minor: str = "",
) -> TorchupError:
    """Say of a failure without a network exactly which files are missing; others as they are.

    Args:
        context: the session.
        error: what went wrong.
        requirement: what was asked for.
        name: the environment.
        lock: the lock of the files, where the solve got as far.
        artifacts: the files.
        minor: the release line of Python that they are for.
    """
    if not context.offline or error.code not in _MISSING:
        return error
    commands = ways(requirement, name)
    gone = _gone(context, lock, artifacts, minor) if lock else ()
    if not gone:
        names = error.details.get("names", "")
        return OutsideError("offline.missing-unknown", names=names, **commands)
    gone = Sizing(context, gone).wait()
    sizes = [one.size for one in gone]
    lines = [f"  {_file(one)}  {size_of(one.size) if one.size else '?'}" for one in gone]
    code = "offline.missing" if all(sizes) else "offline.missing-at-least"
    return OutsideError(
        code,
        count=len(gone),
        size=size_of(sum(one or 0 for one in sizes)),
        files="\n".join(lines),
        **commands,
    )


def _gone(
    context: Context, lock: str, artifacts: Sequence[Artifact], minor: str
) -> tuple[Artifact, ...]:
    conda = read_lock(lock)
    packages = conda.packages if conda else ()
    cache = context.home.conda_cache.absolute()
    there = {one.url for one in packages if path_of(one.url) is not None or kept(cache, one)}
    asked = [one for one in artifacts if not is_here(context, one)]
    theirs = {one.url for one in packages}
    lacking = tuple(one for one in asked if one.url in theirs - there)
    work = context.home.cache / "work"
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(
        prefix=f"{os.getpid()}-", dir=work, ignore_cleanup_errors=True
    ) as folder:
        rest = tuple(one for one in asked if one.url not in theirs)
        pylock = pip_part(lock)
        more = not_kept(context.host, context.home, pylock, rest, minor, Path(folder))
    return (*lacking, *more)


def _file(one: Artifact) -> str:
    return file_name(one.url) or f"{one.name} {one.version}"
