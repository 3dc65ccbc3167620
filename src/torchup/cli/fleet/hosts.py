"""Which hosts are meant, and how many of them are named on a screen."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from torchup.cli.session import Session
    from torchup.fleet.inventory import Inventory
    from torchup.model.fleet import Host

FORKS: Final = 10
"""Hosts that are asked at once by default."""
PACE: Final = {"--canary": 1, "--wave": 0, "--max-fail": 10}
"""How ``apply`` goes about it by default."""
_ON_HOSTS: Final = ("inventory", "host", "ansible", "forks", "wheelhouse")
_REACHING: Final = {
    "plan": ("machines", "host"),
    "report": (),
    "probe": ("inventory", "limit", "ansible", "forks"),
    "apply": ("machines", *_ON_HOSTS),
}
"""The options of each action that choose hosts or are for reaching them."""
NAMED: Final = 8
"""Hosts that a line names; the rest is counted."""


def hosts_meant(args: argparse.Namespace, session: Session) -> tuple[Host, ...]:
    """Read the hosts that were probed, or those of ``--machines``, narrowed by ``--host``.

    Raises:
        UsageError: there are none, or a file can't be read.
    """
    from torchup.api.fleet.saved import read_hosts

    where = args.machines
    if where is None:
        _check_paths(args)
        folder = session.context.home.fleet
        if not folder.is_dir():
            raise UsageError("fleet.nothing-probed")
        where = str(folder)
    found = read_hosts(where)
    kept = frozenset(narrowed(tuple(one.name for one in found), args))
    return tuple(one for one in found if one.name in kept)


def _check_paths(args: argparse.Namespace) -> None:
    """Refuse a path in the place of a requirement, which is what machines were meant to be.

    Raises:
        UsageError: ``fleet.machines-option``.
    """
    for one in args.requirements:
        like_path = "/" in one or "\\" in one or one.endswith((".json", ".jsonl", ".txt"))
        if like_path and Path(one).exists():
            raise UsageError("fleet.machines-option", path=one)


def narrowed(hosts: tuple[str, ...], args: argparse.Namespace) -> tuple[str, ...]:
    """Keep the hosts that ``--host`` names; all where it isn't given.

    Raises:
        UsageError: ``fleet.no-such-host``.
    """
    for pattern in args.host:
        if not any(fnmatchcase(one, pattern) for one in hosts):
            raise UsageError("fleet.no-such-host", name=pattern, count=len(hosts))
    kept = [one for one in hosts if any(fnmatchcase(one, pattern) for pattern in args.host)]
    return tuple(kept) if args.host else hosts


def inventory_meant(args: argparse.Namespace, session: Session) -> Inventory:
    """Take ``-i`` and what goes with it.

    Raises:
        UsageError: there is none, or a file is missing.
    """
    from torchup.fleet.inventory import find_inventory

    # What follows the name of an environment is told again by nobody who forgot the hosts.
    name = [args.name] if getattr(args, "name", None) else []
    return find_inventory(
        args.inventory,
        limit=args.limit or "",
        forks=args.forks,
        options=args.ansible or "",
        asked=session.pasteable(args.action, *name, *args.requirements),
    )


def reaching(args: argparse.Namespace, action: str) -> list[str]:
    """The options that say which hosts are meant and how they are reached, as they were given.

    Args:
        args: the arguments of this command.
        action: the one that they are spelled for; what it doesn't take is left out.
    """
    words: list[str] = []
    for name in _REACHING.get(action, _ON_HOSTS):
        value = getattr(args, name)
        if name == "inventory":
            words += [word for one in value for word in ("-i", one)]
        elif name == "forks":
            words += ["--forks", str(value)] if value != FORKS else []
        elif name == "host":
            words += [word for one in value for word in ("--host", one)]
        elif value:
            # What begins with a dash is no value of its own.
            words += [f"--{name}={value}"] if value[0] == "-" else [f"--{name}", value]
    return words


def names(hosts: Sequence[str], session: Session, *, whole: bool = False) -> str:
    """Some hosts in a line: the first few, and how many more there are."""
    if whole or len(hosts) <= NAMED + 1:
        return ", ".join(hosts)
    shown = ", ".join(hosts[:NAMED])
    return session.say("fleet.and-more", names=shown, count=len(hosts) - NAMED)


def counted(count: int, session: Session) -> str:
    """A number of hosts."""
    return session.say("fleet.one-host" if count == 1 else "fleet.hosts", count=count)
