"""What the readers of hardware listings share: makers, and JSON that may be cut off."""

from __future__ import annotations

import json
import re
from collections import deque
from typing import Any, Final

from torchup.readers.texts import LONGEST

_BY_NAME: Final = (
    ("nvidia", re.compile(r"nvidia|geforce|quadro|\btesla\b", re.IGNORECASE)),
    (
        "amd",
        re.compile(
            r"advanced micro devices|(?<![a-z])amd(?![a-z])|(?<![a-z])ati(?![a-z])|radeon|firepro",
            re.IGNORECASE,
        ),
    ),
    ("intel", re.compile(r"(?<![a-z])intel(?![a-z])", re.IGNORECASE)),
    ("apple", re.compile(r"(?<![a-z])apple(?![a-z])", re.IGNORECASE)),
)
_STAND_IN: Final = re.compile(
    r"microsoft|standard[- ]vga|标准 ?VGA|标准 ?图形适配器", re.IGNORECASE
)
_ABSENT: Final = re.compile(
    r"command not found|not recognized|no such file or directory|not installed"
    r"|未找到命令|不是内部或外部命令|wurde nicht gefunden|commande introuvable",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(r"permission denied|access (?:is )?denied|拒绝访问", re.IGNORECASE)
_LOOKED_AT: Final = 4_000
_OPENING: Final = re.compile(r"[\[{](?=\s{0,40}[\"\[{\]}])")
_STARTS: Final = 3
_DEEPEST: Final = 50
_CLOSING: Final = {"{": "}", "[": "]"}
_QUOTE: Final = re.compile(r"^> ?", re.MULTILINE)
_WHOLE: Final = re.compile(r"-?[0-9]{1,20}")
_FAMILY: Final = re.compile(r"gfx[0-9a-f]{3,5}(?![0-9a-z])")


def unquoted(text: str) -> str:
    """Take the signs away with which a mail or a thread quotes every line."""
    head = [line for line in text[:_LOOKED_AT].split("\n")[:-1] if line.strip()]
    quoted = bool(head) and all(line.startswith(">") for line in head)
    return _QUOTE.sub("", text[:LONGEST]) if quoted else text


def maker_by_name(*said: str | None) -> str | None:
    """Name the maker whom the first telling text means; None where it is another."""
    for text in said:
        head = (text or "")[:300]
        found = next((maker for maker, sign in _BY_NAME if sign.search(head)), None)
        if found:
            return found
    return None


def is_stand_in(name: str | None) -> bool:
    """Tell whether Windows' own driver stands in for a maker's, by the name it gives a card.

    https://learn.microsoft.com/windows-hardware/drivers/display/microsoft-basic-display-driver
    """
    return _STAND_IN.search((name or "")[:200]) is not None


def amd_family(text: str | None) -> str | None:
    """Find an architecture such as ``gfx90a``."""
    found = _FAMILY.search((text or "")[:300])
    return found[0] if found else None


def gfx_name(version: int) -> str | None:
    """Name an architecture: 90010 is ``gfx90a``, 100300 ``gfx1030``; 0 (a processor) is None.

    The kernel writes major * 10000 + minor * 100 + stepping; the name has minor and stepping as
    one hexadecimal digit each.
    """
    major, minor, stepping = version // 10_000, version // 100 % 100, version % 100
    return f"gfx{major}{minor:x}{stepping:x}" if major else None


def unpacked_address(location: int, domain: int) -> str:
    """Write a PCI address: ``location`` is the bus, five bits of slot and three of function."""
    bus, slot, function = location >> 8 & 0xFF, location >> 3 & 0x1F, location & 0x7
    return f"{domain & 0xFFFFFFFF:04x}:{bus:02x}:{slot:02x}.{function}"


def whole(text: object) -> int | None:
    """Read a whole number out of a number or a text; None for anything else."""
    if isinstance(text, bool):
        return None
    plain = str(text).strip()[:40] if isinstance(text, (int, float, str)) else ""
    return int(plain) if _WHOLE.fullmatch(plain) else None


def why_nothing(text: str) -> str:
    """Say why a text has no answer: ``not-installed``, ``no-permission`` or ``unreadable``."""
    head = text[:_LOOKED_AT]
    if _ABSENT.search(head):
        return "not-installed"
    return "no-permission" if _REFUSED.search(head) else "unreadable"


def json_in(text: str) -> tuple[Any, bool]:
    """Find the JSON in a text, and tell whether its end is missing.

    Warnings may stand before it. Of a value that is cut off, what is whole is returned.
    """
    plain = text[:LONGEST]
    decoder = json.JSONDecoder()
    for found, _ in zip(_OPENING.finditer(plain), range(_STARTS), strict=False):
        try:
            return decoder.raw_decode(plain, found.start())[0], False
        except (ValueError, RecursionError):
            # What opens further in is a part of this one, where this one is JSON at all.
            value = _mended(plain[found.start() :])
        if value:
            return value, True
    return None, False


def _mended(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Close what is open at the end, after the last whole value."""
    open_signs: list[str] = []
    quoted = escaped = False
    end, closing = 0, ""
    for at, sign in enumerate(text):
        if quoted:
            quoted = escaped or sign != '"'
            escaped = sign == "\\" and not escaped
            continue
        if sign == '"':
            quoted = True
        elif sign in "{[":
            open_signs.append(_CLOSING[sign])
        elif sign in "}]" and open_signs:
            open_signs.pop()
        if len(open_signs) > _DEEPEST:
            return None
        if sign in "{[}],":
            end = at + (sign != ",")
            closing = "".join(reversed(open_signs))
    try:
        return json.loads(text[:end] + closing)
    except (ValueError, RecursionError):
        return None


def tables_in(value: object, *keys: str) -> list[dict[str, Any]]:
    """List the JSON objects, at any depth, that have one of the keys."""
    found: list[dict[str, Any]] = []
    waiting = deque([value])
    while waiting:
        here = waiting.popleft()
        if isinstance(here, dict):
            if any(key in here for key in keys):
                found.append(here)
            else:
                waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extendleft(reversed(here))
    return found
