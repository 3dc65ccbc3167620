"""What marks one single device or network: identifiers, serial numbers, addresses.

Each identifier gets a number of its own, the same wherever it comes up again, so that what belongs
together can still be told. The numbers are out of ranges that nothing real has: addresses kept
for documentation (RFC 5737, RFC 3849, RFC 7042), and identifiers of zeros.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

_UUID: Final = re.compile(
    r"(?<![\w-])(?P<kind>(?:(?:GPU|MIG)-)*)"
    r"(?P<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])",
    re.IGNORECASE,
)
_BARE_UUID: Final = re.compile(
    r"(?P<before>\buu?id[\"']?\s*[:=]\s*[\"']?)(?P<uuid>[0-9a-f]{32})(?!\w)", re.IGNORECASE
)
_AMD_UUID: Final = re.compile(
    r"(?<![\w-])(?P<before>GPU-)(?P<uuid>[0-9a-f]{16})(?![\w-])", re.IGNORECASE
)
_FAKE: Final = "0000000000"
# Windows' class of display devices is the same on every machine.
_CLASS: Final = "4d36e968-e325-11ce-bfc1-08002be10318"
_SERIAL: Final = re.compile(
    r"(?P<name>(?:serial|\bunique[ _-]?id|\budid|asset[ _-]?tag)[\w ()-]{0,40}[\"']?"
    r"(?:\s*[:=]\s*|>\s*|\s+)[\"']?)(?=[\w.-]*\d)[\w.-]{4,}",
    re.IGNORECASE,
)
_PNP_INSTANCE: Final = re.compile(r"(?P<device>PCI\\+VEN_[^\\\s\"]+)\\+[^\s\"]+", re.IGNORECASE)
_MAC: Final = re.compile(
    r"(?<![\w:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4,18}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE
)
_MAC_FAKE: Final = "00:00:5e:00:53:"
# The first group of every address in use has four digits (2000::/3, fc00::/7, fe80::/10).
_IPV6: Final = re.compile(r"(?<![\w:.])[0-9a-f]{4}:[0-9a-f:]{2,40}(?![\w:])", re.IGNORECASE)
_IPV4: Final = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w.-])")
_DASHED_IPV4: Final = re.compile(r"(?<![\w-])ip(?:-\d{1,3}){4}(?!\w)", re.IGNORECASE)
_PRIVATE: Final = tuple(
    map(ip_network, ("192.168.0.0/16", "172.16.0.0/12", "100.64.0.0/10", "169.254.0.0/16"))
)
_KEPT: Final = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "0.0.0.0/32", "255.0.0.0/8", "192.0.2.0/24", "169.254.169.254/32"),
    )
)
_DOCUMENTATION: Final = ip_network("2001:db8::/32")
# Four numbers are as often a version; these tell that an address is meant.
_ADDRESS_BEFORE: Final = re.compile(
    r"(?://|@|\\\\)\Z|\A\s*\Z|inet|addr|\bip\b|host|server|proxy|gateway|dns|url|index|links"
    r"|channel|mirror|peer|ssh",
    re.IGNORECASE,
)
_ADDRESS_AFTER: Final = re.compile(r":\d{2,5}(?!\d)|/\d{1,2}(?![\d.])")
_WINDOW: Final = 200


class Marks:
    """Replaces identifiers, each by one of its own."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def clean(self, text: str) -> str:
        """Return ``text`` without serial numbers, identifiers and network addresses."""
        text = _UUID.sub(self._uuid, text)
        text = _BARE_UUID.sub(lambda found: self._digits(found, 32), text)
        text = _AMD_UUID.sub(lambda found: self._digits(found, 16), text)
        text = _SERIAL.sub(r"\g<name>0", text)
        text = _PNP_INSTANCE.sub(r"\g<device>", text)
        text = _MAC.sub(self._mac, text)
        text = _DASHED_IPV4.sub("ip-0-0-0-0", text)
        text = _IPV6.sub(self._ipv6, text)
        return _IPV4.sub(self._ipv4, text)

    def _number(self, mark: str) -> int:
        return self._known.setdefault(mark.lower(), len(self._known) + 1)

    def _uuid(self, found: re.Match[str]) -> str:
        if found["uuid"].startswith(_FAKE[:8]) or found["uuid"].lower() == _CLASS:
            return found[0]
        number = self._number(found["uuid"].replace("-", ""))
        return f"{found['kind']}00000000-0000-0000-0000-{number:012x}"

    def _digits(self, found: re.Match[str], length: int) -> str:
        if found["uuid"].startswith(_FAKE):
            return found[0]
        return found["before"] + f"{self._number(found['uuid']):0{length}x}"

    def _mac(self, found: re.Match[str]) -> str:
        plain = found[0].lower().replace("-", ":")
        if plain.startswith(_MAC_FAKE) or not plain.strip("0:"):
            return found[0]
        return f"{_MAC_FAKE}{self._number(plain) % 256:02x}"

    def _ipv6(self, found: re.Match[str]) -> str:
        address = _address(found[0])
        if not isinstance(address, IPv6Address) or address in _DOCUMENTATION:
            return found[0]
        return f"2001:db8::{self._number(str(address)) % 65536:x}"

    def _ipv4(self, found: re.Match[str]) -> str:
        address = _address(found[0])
        if not isinstance(address, IPv4Address) or any(address in net for net in _KEPT):
            return found[0]
        if not any(address in net for net in _PRIVATE) and not _is_address(found):
            return found[0]
        return f"192.0.2.{self._number(str(address)) % 256}"


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _is_address(found: re.Match[str]) -> bool:
    """Tell an address from a version by what stands around it on its line."""
    text, begin = found.string, found.start()
    line = text.rfind("\n", 0, begin) + 1
    before = text[max(line, begin - _WINDOW) : begin]
    if before.endswith("=="):
        return False
    if not before.strip():
        rest = text[found.end() : found.end() + _WINDOW].partition("\n")[0]
        return bool(before) and not rest.strip()
    return bool(_ADDRESS_BEFORE.search(before) or _ADDRESS_AFTER.match(text, found.end()))
