"""One requirement of a requirements file, brought into the form of PEP 508."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from torchup.errors import UsageError
from torchup.host.pages import file_path
from torchup.model import shown_url

if TYPE_CHECKING:
    from torchup.host import Host

_EGG: Final = re.compile(r"[#&]egg=(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)")
_WHEEL: Final = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9_.]*)-[^-]+(-[^-]+){3,4}\.whl")
_BARE: Final = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|\.{1,2}(?:[/\\]|$)|[/~]|[A-Za-z]:[/\\])")
_NAMED: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\]\s*)?@")
_ARCHIVES: Final = (".whl", ".tar.gz", ".zip", ".tar.bz2")


_REPOSITORY: Final = re.compile(r"^(?:git|hg|svn|bzr)\+", re.IGNORECASE)


def from_a_repository(said: str) -> bool:
    """Tell whether an address is one of a repository's."""
    return bool(_REPOSITORY.match(said.strip()))


def has_name(said: str) -> bool:
    """Tell whether an address says which package it is (``#egg=``)."""
    return bool(_EGG.search(said))


def as_requirement(host: Host, file: str, number: int, said: str) -> tuple[str, str]:
    """Return a line as PEP 508 writes it, and the normalised name of its package.

    An address or a path alone gets its name from the wheel's file name, or from ``#egg=``.

    Args:
        host: whose files are looked for.
        file: the file that says it.
        number: its line.
        said: the line, without comments and options.

    Raises:
        UsageError: a ``requirements.*`` code, with the file and the line.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    bare, _, marker = said.partition(" ;")
    if _BARE.match(said) or (bare.lower().endswith(_ARCHIVES) and not _NAMED.match(said)):
        said = _named(file, number, bare.strip(), marker)
    try:
        parsed = Requirement(said)
    except InvalidRequirement as error:
        raise UsageError(
            "requirements.not-a-requirement",
            file=file,
            line=number,
            text=shown_url(said),
            why=str(error).splitlines()[0],
        ) from error
    if parsed.url and _gone(host, parsed.url):
        raise UsageError(
            "requirements.file-gone", file=file, line=number, name=parsed.name, url=parsed.url
        )
    return said, canonicalize_name(parsed.name)


def _named(file: str, number: int, where: str, marker: str) -> str:
    """Give an address or a path its name."""
    from pathlib import Path

    address = where.rpartition("#")[0] or where if _EGG.search(where) else where
    wheel = _WHEEL.fullmatch(unquote(re.split(r"[/\\]", address.partition("?")[0])[-1]))
    egg = _EGG.search(where)
    found = egg or wheel
    if found is None:
        code = "requirements.project" if "://" not in where else "requirements.nameless"
        raise UsageError(code, file=file, line=number, text=shown_url(where))
    if "://" not in address:
        address = (Path(file).parent / Path(address).expanduser()).absolute().as_uri()
    return f"{found['name']} @ {address}" + (f" ; {marker.strip()}" if marker else "")


def _gone(host: Host, url: str) -> bool:
    """Tell whether an address on this machine leads nowhere (``pip freeze`` under conda)."""
    if url.partition(":")[0].lower() != "file":
        return False
    path = file_path(url)
    return host.modified(path) is None and not host.is_dir(path)
