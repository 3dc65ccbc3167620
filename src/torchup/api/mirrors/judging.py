"""What pip's and uv's own settings name that is gone, or not safe, and what to name instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from torchup.facts.mirrors import load_mirrors
from torchup.integrate.pip_conf import NotPlainError, PipConf
from torchup.integrate.uv_toml import UvToml
from torchup.model import shown_url
from torchup.sources.address import host_of
from torchup.sources.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context

Fault = Literal["retired", "insecure", "flat"]
_ADDRESS: Final = re.compile(
    r"https?://(?:[^\s\"',\[\]{}/@]*@)?(?:\[[0-9A-Fa-f:.%]+\])?[^\s\"',\]}]*"
)
_ADDRESSES: Final = (
    *("index-url", "extra-index-url", "find-links", "index", "default-index"),
    *("python-install-mirror", "mirrors"),
)
_TRUSTED: Final = ("trusted-host", "allow-insecure-host")
_MIRRORS: Final = ("mirrors", "use-mirrors")
"""pip has not known them since 7.0 (its changelog); tutorials copy them all the same."""
_LISTS: Final = ("extra-index-url", "find-links", _MIRRORS[0])
_SECTIONS: Final = ("global", "install", "download")
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_GONE: Final = frozenset({"retired", "absent"})


class Judged(NamedTuple):
    """One address or host that a setting names.

    Attributes:
        fault: it is gone; it is plain http, or its certificate is not looked at; it is a page of
            files where an index is wanted.
        tool: pip or uv.
        key: the setting.
        value: the address or host, without credentials.
        origin: the file or variable.
        name: who runs it; empty where nobody knows.
    """

    fault: Fault
    tool: str
    key: str
    value: str
    origin: str
    name: str


def judge(context: Context) -> Iterator[Judged]:
    """Look at every address that pip's and uv's settings name.

    Args:
        context: the session.
    """
    for one in read_settings(context.host):
        if one.tool not in {"pip", "uv"}:
            continue
        found: list[tuple[str, Fault | None]] = []
        if one.key in _ADDRESSES:
            found = [(url, fault_of(url, one.key)) for url in _ADDRESS.findall(one.value)]
        elif one.key in _TRUSTED:
            found = [(host, _fault_of_host(host)) for host in re.split(r"[\s\"',\[\]]+", one.value)]
        for value, fault in found:
            if fault is not None:
                known = load_mirrors().at(value)
                name = known.name if known else ""
                yield Judged(fault, one.tool, one.key, shown_url(value), one.origin, name)


def fault_of(url: str, key: str) -> Fault | None:
    """Say what speaks against an address in a setting.

    Args:
        url: the address.
        key: the setting.
    """
    known = load_mirrors().at(url)
    if known is not None and known.state in _GONE:
        return "retired"
    host = host_of(url)
    if url.startswith("http://") and host and host not in _HERE:
        return "insecure"
    if known is not None and known.layout == "flat" and key in {"index-url", "extra-index-url"}:
        return "flat"
    return None


def _fault_of_host(said: str) -> Fault | None:
    """A host whose certificate is not looked at; one that serves https well needs no such word."""
    host = said.strip().rpartition("://")[2].partition(":")[0].partition("/")[0]
    if not host or host in _HERE:
        return None
    known = [one for one in load_mirrors().rows if _has_host(one.addresses, host)]
    if not known:
        return None
    return "retired" if all(one.state in _GONE for one in known) else "insecure"


def _has_host(addresses: tuple[str, ...], host: str) -> bool:
    return any(host_of(one) == host for one in addresses)


def instead_of(url: str, key: str, otherwise: str) -> str | None:
    """Return what to name in the place of an address; None to name nothing.

    Args:
        url: the address.
        key: the setting.
        otherwise: the index to use where one is gone; empty for the program's own.
    """
    fault = fault_of(url, key)
    if fault == "retired":
        return otherwise or None
    if fault == "insecure" and load_mirrors().at(url) is not None:
        return f"https://{url.removeprefix('http://')}"
    return url


def mended(tool: str, data: bytes, otherwise: str) -> bytes | None:
    """Return a file of pip's or uv's without what is gone or unsafe; None where it can't be had.

    What nobody knows stays: whether it serves https is for its owner to say.

    Args:
        tool: whose file it is.
        data: the file.
        otherwise: the index to use where one is gone; empty for the program's own.
    """
    try:
        if tool == "pip":
            return _mended_pip(PipConf(data), otherwise)
        file = UvToml(data)
        file.rename_addresses(lambda key, url: instead_of(url, key, otherwise), _trusted_still)
        return file.data()
    except NotPlainError:
        return None


def _mended_pip(file: PipConf, otherwise: str) -> bytes:
    for section in file.sections():
        if section not in _SECTIONS:
            continue
        value = file.get(section, "index-url")
        if value:
            _put(file, section, "index-url", instead_of(value, "index-url", otherwise))
        for key in _LISTS:
            value = file.get(section, key)
            if value:
                kept = [instead_of(url, key, "") for url in value.split()]
                _put(file, section, key, "\n".join(filter(None, kept)))
        if not file.get(section, _MIRRORS[0]):
            file.unset(section, _MIRRORS[1])
        value = file.get(section, "trusted-host")
        if value:
            kept = [host for host in value.split() if _trusted_still(host)]
            _put(file, section, "trusted-host", "\n".join(filter(None, kept)))
    return file.data()


def _put(file: PipConf, section: str, key: str, value: str | None) -> None:
    held = file.get(section, key)
    if not value:
        file.unset(section, key)
    elif held is not None and held.split() != value.split():
        many = value.split()
        file.set(section, key, value if len(many) < 2 else "\n" + "\n".join(many))  # noqa: PLR2004


def _trusted_still(host: str) -> bool:
    return _fault_of_host(host) is None
