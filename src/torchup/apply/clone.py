"""A second environment of the same files, and another name for one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import structs

from torchup.apply.create import Site, create_environment
from torchup.apply.environments import require
from torchup.apply.folders import empty, worded
from torchup.apply.holding import hold
from torchup.apply.marker import MARKER, RECEIPT, RECORDS, read_marker
from torchup.apply.name_locks import check_free, in_use
from torchup.apply.names import check_name, name_key
from torchup.apply.size import SIZE_FILE
from torchup.apply.tree import Copied, copy_tree
from torchup.errors import NoAnswerError, UsageError
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from torchup.apply.steps import StepLog
    from torchup.backends import Fetcher
    from torchup.host.real import RealHost
    from torchup.model import EnvRecord
    from torchup.state.home import Home


_OF_BASES: Final = ("envs", "pkgs", "conda-bld")
"""Folders of a base of conda's that belong to no environment."""


def clone_environment(
    host: RealHost,
    home: Home,
    name: str,
    target: str,
    *,
    log: StepLog | None = None,
    fetch: Fetcher | None = None,
) -> tuple[EnvRecord, Copied]:
    """Make an environment with the content of another one; files are shared where they can be.

    What was verified is the original: the clone has no receipt yet.

    Args:
        host: the machine.
        home: where environments are kept.
        name: the environment to copy.
        target: the name of the new one.
        log: takes down the steps.
        fetch: brings packages of conda's that its cache no longer has.

    Raises:
        NoAnswerError: ``apply.no-such-environment``; ``environment.no-record``: nobody knows what
            it holds.
        UsageError: the new name can't be taken.
        OutsideError: ``apply.busy`` and what the disk refuses; nothing is left behind.
    """
    name = check_copying(home, name, target)
    with in_use(host, home, name):
        done = _copied(host, home, name, target, log, fetch, renamed=False)
        with suppress(OSError):  # of what was its own, much is shared with the clone now
            (home.environment(name) / RECORDS / SIZE_FILE).unlink(missing_ok=True)
        return done


def rename_environment(
    host: RealHost,
    home: Home,
    name: str,
    target: str,
    *,
    log: StepLog | None = None,
    fetch: Fetcher | None = None,
) -> EnvRecord:
    """Give an environment another name: scripts in it hold the path, so it is made anew.

    Until the new one is whole the old one is there as it was.

    Args:
        host: the machine.
        home: where environments are kept.
        name: the environment.
        target: its new name.
        log: takes down the steps.
        fetch: brings packages of conda's that its cache no longer has.

    Raises:
        NoAnswerError: ``apply.no-such-environment`` or ``environment.no-record``.
        UsageError: the new name can't be taken.
        OutsideError: ``apply.busy`` and what the disk refuses; it has its old name then.
    """
    name = check_copying(home, name, target)
    with in_use(host, home, name):
        record, _ = _copied(host, home, name, target, log, fetch, renamed=True)
        for old in home.trash.glob(f"*.{name_key(name)}"):
            with suppress(OSError):  # the next command tries again
                empty(old)
    return record


def check_copying(home: Home, name: str, target: str) -> str:
    """See that an environment can be copied under a new name; changes nothing.

    Returns:
        Its name as it is spelled on disk.

    Raises:
        NoAnswerError: ``apply.no-such-environment``.
        UsageError: the new name can't be taken; ``apply.foreign``; ``apply.linked-environment``.
    """
    name = require(home, name)
    path = home.environment(name)
    if path.is_symlink():
        raise UsageError("apply.linked-environment", name=name, path=path.resolve())
    target = check_name(target)
    there = home.elsewhere(name)
    check_free(home, target, there.with_name(target) if there else None)
    return name


def clone_elsewhere(
    host: RealHost,
    home: Home,
    known: EnvRecord,
    target: str,
    *,
    log: StepLog | None = None,
    fetch: Fetcher | None = None,
) -> tuple[EnvRecord, Copied]:
    """Make an environment of torchup's with the content of one of conda's, which stays as it is.

    Of a base its environments, and the packages that it keeps for them, are left out.

    Args:
        host: the machine.
        home: where environments are kept.
        known: what is known of the original: its path, and what it holds.
        target: the name of the new one.
        log: takes down the steps.
        fetch: brings packages of conda's that its cache no longer has.

    Raises:
        UsageError: the new name can't be taken.
        OutsideError: a ``conda.*`` code, and what the disk refuses; nothing is left behind.
    """
    left_out = tuple(Path(known.path) / one for one in _OF_BASES)
    return _filled(host, home, known, target, log, fetch, left_out=left_out)


def _copied(  # noqa: PLR0917  # as whoever calls it
    host: RealHost,
    home: Home,
    name: str,
    target: str,
    log: StepLog | None,
    fetch: Fetcher | None,
    *,
    renamed: bool,
) -> tuple[EnvRecord, Copied]:
    known = structs.replace(_record(name, home.environment(name)), path=str(home.environment(name)))
    return _filled(
        host,
        home,
        known,
        target,
        log,
        fetch,
        renamed=name if renamed else "",
        beside=home.elsewhere(name),
    )


def _filled(  # noqa: PLR0917  # as whoever calls it
    host: RealHost,
    home: Home,
    known: EnvRecord,
    target: str,
    log: StepLog | None,
    fetch: Fetcher | None,
    *,
    renamed: str = "",
    beside: Path | None = None,
    left_out: tuple[Path, ...] = (),
) -> tuple[EnvRecord, Copied]:
    source = Path(known.path)
    done: list[Copied] = []

    # The marker comes last, as ever. What was verified, and counted, is the original.
    records = (MARKER,) if renamed else (MARKER, RECEIPT, SIZE_FILE)
    without = [*(source / RECORDS / one for one in records), *left_out]

    def fill(site: Site) -> EnvRecord:
        moved = (str(source), str(site.path))
        with site.log.step("copy"):
            owned: frozenset[Path] = frozenset()
            if known.backend == "conda":
                from torchup.backends.conda_clone import relink

                owned = relink(host, home, source, site.path, fetch=fetch, offline=host.is_cut_off)
            try:
                left = (*without, *owned)
                found = copy_tree(source, site.path, moved=moved, without=left)
                done.append(structs.replace(found, shared=found.shared + len(owned)))
                hold(site.path, known.stack, host.system)
            except OSError as error:
                raise worded(error, site.path) from error
        created = known.created if renamed else host.now().isoformat(timespec="seconds")
        return structs.replace(known, name=site.name, path=str(site.path), created=created)

    record = create_environment(
        host,
        home,
        target,
        fill,
        log=log,
        instead_of=renamed,
        beside=beside,
    )
    return record, done[0]


def _record(name: str, source: Path) -> EnvRecord:
    try:
        return read_marker(source)
    except (OSError, *NO_DOCUMENT) as error:
        raise NoAnswerError("environment.no-record", name=name, path=source) from error
