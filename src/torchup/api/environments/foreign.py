"""Environments that torchup neither made nor adopted: named by their path, or as ``conda:NAME``.

They are read where they lie, and nothing of them is kept. A name of torchup's own holds neither a
slash nor a colon, so that the two can't be confused.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup import apply
from torchup.backends import load_backend
from torchup.backends.installed import fault
from torchup.errors import NoAnswerError, UsageError
from torchup.facts.frameworks import first_of, mean
from torchup.model import Environment, Size
from torchup.model.names import CONDA_NAME, is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.model.software import CondaInstall

_BASE: Final = "base"
_LISTED: Final = frozenset({"venv", "conda", "pixi"})
"""Kinds of environments that are listed; a user's or the system's own packages are none."""


def load(context: Context, name: str, *, sized: bool = True, gone: bool = False) -> Environment:
    """Return an environment of any kind, as :func:`torchup.apply.load_environment` does.

    A path that leads to an environment of this home, or to an adopted one, means that one.

    Raises:
        NoAnswerError: there is no such environment; ``foreign.none-there``.
        UsageError: ``foreign.several``: conda has more than one of that name.
    """
    found = _load(context, name, sized=sized, gone=gone)
    mean(first_of(found.record.stack.packages))
    return found


def _load(context: Context, name: str, *, sized: bool, gone: bool) -> Environment:
    host, home = context.host, context.home
    if not is_elsewhere(name):
        return apply.load_environment(host, home, name, sized=sized, gone=gone)
    path = _place(context, name)
    known = _known(context, path)
    if known:
        return apply.load_environment(host, home, known, sized=sized, gone=gone)
    return _look(context, path, name if name.startswith(CONDA_NAME) else str(path), sized=sized)


def list_elsewhere(context: Context) -> tuple[Environment, ...]:
    """Return all that are found by the files of conda, and virtual environments with PyTorch.

    Sizes are not counted: that would read every file of the disk's largest folders.
    """
    prefixes = dict(_conda_prefixes(context))
    taken = list(prefixes.values())
    found = [
        _look(context, Path(path), name if taken.count(name) == 1 else path, sized=False)
        for path, name in prefixes.items()
        if not _is_known(context, Path(path))
    ]
    more = [path for path in _virtual(context) if path not in prefixes]
    found += [
        _look(context, Path(path), path, sized=False)
        for path in more
        if not _is_known(context, Path(path))
    ]
    return tuple(found)


def belongs_to_conda(context: Context, name: str) -> bool:
    """Tell whether an environment is conda's and not torchup's, adopted or not.

    Raises:
        NoAnswerError: one that is named by a path isn't there.
        UsageError: ``foreign.several``; ``apply.foreign``: it is neither torchup's nor conda's.
    """
    if not is_elsewhere(name) and name not in apply.adopted_names(context.home):
        return False
    found = load(context, name, sized=False)
    known = found.record.name
    if found.record.backend == "conda":
        return is_elsewhere(known) or known in apply.adopted_names(context.home)
    if is_elsewhere(known):
        raise UsageError("apply.foreign", name=known)
    return False


def is_base(context: Context, path: Path) -> bool:
    """Tell whether conda itself lives in an environment, wherever that lies."""
    from torchup.probe.inventory.condas import conda_records

    if "conda" in conda_records(context.host, str(path)) or (path / "condabin").is_dir():
        return True
    return path.as_posix() in {one.path for one in _condas(context)}


def _condas(context: Context) -> tuple[CondaInstall, ...]:
    from torchup.probe.inventory.condas import find_condas

    return find_condas(context.host)


def _conda_prefixes(context: Context) -> Iterator[tuple[str, str]]:
    """Name the folders of conda's environments, links followed, each with its name."""
    from torchup.sources.conda_config import environment_folders

    host = context.host
    condas = _condas(context)
    first = True
    for one in condas:
        base = host.real_path(one.path)
        if one.kind != "pixi" and host.is_dir(f"{base}/conda-meta"):
            yield base, CONDA_NAME + _BASE if first else base
            first = False
        for path in one.environments:
            real = host.real_path(path)
            yield real, real if one.kind == "pixi" else CONDA_NAME + Path(real).name
    for folder in environment_folders(host, [one.path for one in condas if one.kind != "pixi"]):
        for entry in host.listdir(folder):
            if host.is_dir(f"{folder}/{entry}/conda-meta"):
                yield host.real_path(f"{folder}/{entry}"), CONDA_NAME + entry


def _virtual(context: Context) -> Iterator[str]:
    from torchup.api.machines.software import known_names
    from torchup.probe.inventory.environments import find_environments

    own = (str(context.home.environments),)
    names = known_names()
    for one in find_environments(context.host, _condas(context), names, own):
        if one.kind in _LISTED:
            yield context.host.real_path(one.path)


def _place(context: Context, name: str) -> Path:
    """Return the folder that a name means, links in its path followed.

    Raises:
        NoAnswerError: ``foreign.none-there``, ``foreign.no-such-conda``.
        UsageError: ``foreign.several``.
    """
    from torchup.api.environments.adopting import folder_of

    host = context.host
    if not name.startswith(CONDA_NAME):
        path = folder_of(context, name)
        there = (path / "conda-meta", path / "pyvenv.cfg", path / apply.RECORDS)
        if not any(map(os.path.lexists, there)):
            raise NoAnswerError("foreign.none-there", path=path)
        return path
    found = [path for path, called in dict(_conda_prefixes(context)).items() if called == name]
    if not found:
        raise NoAnswerError("foreign.no-such-conda", name=name)
    if len(found) > 1:
        raise UsageError("foreign.several", name=name, paths=", ".join(found), first=found[0])
    return Path(host.real_path(found[0]))


def _is_known(context: Context, path: Path) -> bool:
    return apply.has_marker(path) or bool(_known(context, path))


def _known(context: Context, path: Path) -> str:
    """Return the name under which this home knows a folder, empty for none."""
    home = context.home
    for name in apply.names(home):
        if _same(home.environment(name), path):
            return name
    for name in apply.adopted_names(home):
        with suppress(NoAnswerError):  # its record is damaged
            if _same(Path(apply.read_adopted(home, name).path), path):
                return name
    return ""


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _look(context: Context, path: Path, name: str, *, sized: bool) -> Environment:
    """Look at an environment; one without the framework has no packages in its stack."""
    from torchup.api.environments.adopting import record_of
    from torchup.api.machines.software import known_names
    from torchup.apply.size import measure
    from torchup.model.software import FoundEnvironment
    from torchup.probe.inventory.condas import conda_records
    from torchup.probe.inventory.environments import look_at

    host = context.host
    conda = host.is_dir(str(path / "conda-meta"))
    kind = "conda" if conda else "venv"
    found = look_at(host, str(path), known_names())
    if found is None:
        version = conda_records(host, str(path)).get("python", ("", ""))[0]
        line = ".".join(version.split(".")[:2]) or None
        found = FoundEnvironment(path=str(path), kind=kind, python=line)
    record = record_of(context, name, path, found, kind=kind)
    backend = load_backend("conda" if conda else "uv")
    # conda's own packages need not tell their build in Python's records
    wanted = {one: v.partition("+")[0] if conda else v for one, v in record.stack.pins.items()}
    problem = fault(path, host, wanted) if wanted else None
    return Environment(
        record=record,
        state="broken" if problem else "foreign",
        packages=backend.inspect(path, host),
        size=measure(path) if sized else Size(),
        problem=problem,
    )
