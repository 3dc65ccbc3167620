"""The environments that are there: read from their markers, which alone are the truth."""

# A path object for each of hundreds of files would take longer than looking at them.
# ruff: noqa: PTH118, PTH119, PTH121, PTH208

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from msgspec import structs

from torchup.apply.adopted import adopted_file, adopted_names, load_adopted
from torchup.apply.journal import entry_path
from torchup.apply.marker import MARKER, RECEIPT, RECORDS, has_marker, read_marker, read_receipt
from torchup.apply.names import name_key
from torchup.apply.places import placed_names
from torchup.apply.size import SIZE_FILE, measure, remember_size, remembered_size
from torchup.backends import BACKENDS, load_backend
from torchup.errors import NoAnswerError, UsageError
from torchup.host.watching import WatchingHost
from torchup.model import Environment, EnvRecord, Requirement, Size, Stack, Text, text
from torchup.model.names import is_elsewhere
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from pathlib import Path

    from torchup.host import Host
    from torchup.state.home import Home


def list_environments(host: Host, home: Home) -> tuple[Environment, ...]:
    """Return all environments, by name: broken ones too, and those that were adopted.

    A folder without a marker is no environment.
    """
    outside, inside = frozenset(placed_names(home)), home.below("envs")
    looks = None
    if isinstance(host, WatchingHost):
        from torchup.apply.looks import Looks

        looks = Looks(host, home, _load)
    load = looks.load if looks else partial(_load, host)
    own = [
        load(home.environment(name) if name in outside else os.path.join(inside, name))
        for name in names(home)
    ]
    if looks:
        looks.keep()
    others = [_adopted(host, home, name) for name in adopted_names(home)]
    return tuple(sorted((*own, *others), key=lambda one: one.record.name))


def looked_at(host: Host, home: Home) -> tuple[Path | str, ...]:
    """Name the files that :func:`list_environments` reads itself, there or not.

    The rest is looked at by backends, through ``host``, which is asked here for the names too.
    """
    root, adopted, places = map(home.below, ("envs", "adopted", "places"))
    placed = host.listdir(places)
    inside = host.listdir(root)
    own: list[str | Path] = [os.path.join(root, name) for name in inside]
    own += map(home.environment, placed)
    others = [os.path.join(adopted, name) for name in host.listdir(adopted)]
    others += [os.path.join(places, name) for name in placed]
    folders = [os.path.join(path, RECORDS) for path in own]
    records = (MARKER, RECEIPT, SIZE_FILE)
    return (*others, *(os.path.join(folder, one) for folder in folders for one in records))


def _adopted(host: Host, home: Home, name: str) -> Environment:
    try:
        return load_adopted(host, home, name)
    except NoAnswerError:
        path = adopted_file(home, name)
        problem = text("environment.record-damaged", path=path)
        record = structs.replace(_unknown(path), name=name)
        return Environment(record=record, state="broken", packages={}, problem=problem)


def load_environment(
    host: Host, home: Home, name: str, *, sized: bool = True, gone: bool = False
) -> Environment:
    """Return one environment.

    Args:
        host: the machine.
        home: where environments are kept.
        name: the environment's name.
        sized: count its bytes too, which takes a while the first time.
        gone: one whose folder outside the home isn't there is returned, as broken.

    Raises:
        NoAnswerError: ``apply.no-such-environment``, with names like it; ``apply.place-gone``.
    """
    if name not in names(home) and name in adopted_names(home):
        return _adopted(host, home, name)
    return _load(host, home.environment(require(home, name, gone=gone)), sized=sized)


def names(home: Home) -> tuple[str, ...]:
    """Return the environments' names, in order."""
    try:
        found = os.listdir(home.below("envs"))
    except OSError:
        found = []
    placed = [name for name in placed_names(home) if _is_placed(home, name)]
    outside = frozenset(placed)
    folder = home.below("envs")
    inside = [
        name for name in found if name not in outside and has_marker(os.path.join(folder, name))
    ]
    return tuple(sorted((*inside, *placed)))


def _is_placed(home: Home, name: str) -> bool:
    """Tell whether an environment elsewhere counts: one whose folder is away does, too.

    One that is only coming into being doesn't yet.
    """
    return has_marker(home.environment(name)) or not entry_path(home, name).exists()


def require(home: Home, name: str, *, gone: bool = False) -> str:
    """Return the name of an environment that torchup made, as it is spelled on disk.

    Args:
        home: where environments are kept.
        name: the environment.
        gone: it will do if its folder outside the home isn't there.

    Raises:
        UsageError: ``apply.foreign``: torchup did not make it, and doesn't touch it.
        NoAnswerError: ``apply.no-such-environment`` or, where some name is close,
            ``apply.no-such-environment-but``; ``apply.place-gone``: its disk is away.
    """
    spelled = _spelled(home, name)
    there = home.elsewhere(spelled)
    if there is not None and not gone and not has_marker(there):
        raise NoAnswerError("apply.place-gone", name=spelled, path=there)
    return spelled


def _spelled(home: Home, name: str) -> str:
    known = names(home)
    if name in known:
        return name
    if name in adopted_names(home) or is_elsewhere(name):
        raise UsageError("apply.foreign", name=name)
    key = name_key(name)
    same = [other for other in known if name_key(other) == key]
    if same:
        return same[0]
    from difflib import get_close_matches

    near = get_close_matches(name, (*known, *adopted_names(home)), n=3, cutoff=0.5)
    if near:
        raise NoAnswerError("apply.no-such-environment-but", name=name, near=", ".join(near))
    raise NoAnswerError("apply.no-such-environment", name=name)


def _load(host: Host, path: Path | str, *, sized: bool = True) -> Environment:
    try:
        record = read_marker(path)
    except (FileNotFoundError, NotADirectoryError):
        problem = text("environment.place-gone", path=path)
        return _environment(path, _unknown(path), {}, problem, sized=False)
    except (OSError, *NO_DOCUMENT) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        problem = text("environment.marker-damaged", path=path, why=why or "")
        return _environment(path, _unknown(path), {}, problem, sized=sized)
    if record.backend not in BACKENDS:
        problem = text("environment.unknown-backend", backend=record.backend)
        return _environment(path, record, {}, problem, sized=sized)
    packages, wrong = load_backend(record.backend).look(path, host, _expected(record))
    return _environment(
        path,
        structs.replace(record, path=str(path)),
        packages,
        _moved(record, path, host) or wrong,
        sized=sized,
    )


def _environment(
    path: Path | str,
    record: EnvRecord,
    packages: dict[str, str],
    problem: Text | None,
    *,
    sized: bool,
) -> Environment:
    receipt = read_receipt(path)
    if problem is None and receipt is not None and receipt.ok is False:
        failed = ", ".join(receipt.failed) or "?"
        problem = text("environment.verify-failed", day=receipt.at[:10], checks=failed)
    return Environment(
        record=record,
        state="broken" if problem else "ok",
        packages=packages,
        verified=receipt.at if receipt and receipt.ok else None,
        size=_size(path) if sized else Size(),
        problem=problem,
    )


def _moved(record: EnvRecord, path: Path | str, host: Host) -> Text | None:
    """Scripts in an environment name their interpreter by its full path."""
    if os.path.normcase(record.path) == os.path.normcase(path):
        return None
    with suppress(OSError):
        if all(map(host.is_dir, (record.path, str(path)))) and os.path.samefile(path, record.path):
            return None
    return text("environment.moved", was=record.path, path=path)


def _expected(record: EnvRecord) -> dict[str, str]:
    """Return the exact versions of the framework's packages, as they were installed."""
    wanted = record.stack.installed
    return {file.name: file.version for file in record.artifacts if file.name in wanted}


def _size(path: Path | str) -> Size:
    folder = os.path.join(path, RECORDS)
    known = remembered_size(folder)
    if known is not None:
        return known
    size = measure(path)
    with suppress(OSError):  # a read-only home can still be listed
        remember_size(folder, size)
    return size


def _unknown(path: Path | str) -> EnvRecord:
    """Stand in for a record that can't be read."""
    stack = Stack(python="", packages={}, build="", runtime="", device="cpu")
    return EnvRecord(
        name=os.path.basename(path),
        path=str(path),
        backend="",
        created="",
        stack=stack,
        requirement=Requirement(),
    )
