"""Which hosts are meant, and how Ansible reaches them."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


_TOO_LONG: Final = 2_000
"""Characters of a pattern above which it is given as a file: an argument has its limits."""


class Inventory(Struct, frozen=True, kw_only=True):
    """Which hosts, and how Ansible reaches them.

    ``sources`` are as Ansible's ``-i`` has them, files made absolute; ``limit`` is a pattern;
    ``options`` are further arguments of ``ansible-playbook``.
    """

    sources: tuple[str, ...]
    limit: str = ""
    forks: int = 10
    options: tuple[str, ...] = ()


def find_inventory(
    sources: Sequence[str],
    *,
    limit: str = "",
    forks: int = 10,
    options: str = "",
    asked: str = "probe",
) -> Inventory:
    """Take ``-i`` as Ansible does: files, folders, scripts, or hosts with a comma.

    Args:
        sources: as they were given; empty words count for nothing.
        limit: a pattern.
        forks: how many hosts are asked at once.
        options: further ones of ``ansible-playbook``.
        asked: what is to be done with the hosts, in the words of a command.

    Raises:
        UsageError: ``fleet.no-inventory``, ``fleet.no-such-inventory``, ``fleet.options``, or
            ``fleet.bad-host``: a name begins like an option.
    """
    sources = [one for one in sources if one.strip()]
    if not sources:
        raise UsageError("fleet.no-inventory", asked=asked)
    found = []
    for one in sources:
        path = Path(one).expanduser()
        odd = [host for host in one.split(",") if host.strip().startswith("-")]
        if "," in one and odd:
            raise UsageError("fleet.bad-host", host=odd[0].strip())
        if "," not in one and not path.exists():
            raise UsageError("fleet.no-such-inventory", path=one)
        found.append(one if "," in one else str(path.resolve()))
    try:
        words = tuple(shlex.split(options))
    except ValueError as error:
        raise UsageError("fleet.options", options=options, why=error) from error
    return Inventory(sources=tuple(found), limit=limit, forks=forks, options=words)


def without(inventory: Inventory, hosts: Sequence[str]) -> Inventory:
    """The same but for these hosts."""
    pattern = ",".join([inventory.limit or "all", *(f"!{host}" for host in hosts)])
    return replace(inventory, limit=pattern)


def limit_words(inventory: Inventory, folder: Path) -> str | None:
    """The pattern as Ansible takes it; one of thousands of names goes into a file in ``folder``."""
    pattern = inventory.limit
    if len(pattern) <= _TOO_LONG or pattern.startswith("@"):
        return pattern or None
    file = folder / "limit"
    file.write_text("\n".join(pattern.split(",")) + "\n", encoding="utf-8")
    return f"@{file}"
