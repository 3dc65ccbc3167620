"""A card's name out of a line that also has the maker's and the chip's, as Linux tools print it.

They take both from the list of PCI ids (``GA104 [GeForce RTX 3070]``), or from OpenGL
(``NVIDIA GeForce GTX 1080/PCIe/SSE2``).
"""

from __future__ import annotations

import re
from typing import Final

_BRACKET: Final = re.compile(r"\[([^\[\]]{2,120})\]")
_NO_PRODUCT: Final = re.compile(
    r"^(?:AMD(?:/ATI)?|ATI|AMDGPU|Discrete|Integrated|[0-9a-f]{4}(?::[0-9a-f]{4})?)$", re.IGNORECASE
)
_IDS: Final = re.compile(r"\[([0-9a-f]{4}):([0-9a-f]{4})\]", re.IGNORECASE)
_TAIL: Final = re.compile(
    r"/(?:PCIe?|integrated)(?:/SSE2)?$| @ \d.{0,20}$"
    r"|\s{0,4}\((?:rev [0-9a-f]{2}|[A-Z0-9]{2,8} GT\d)\)$|\s{0,4}\([\w. -]{1,20}\) @ .{0,20}$",
    re.IGNORECASE,
)
_MESA: Final = re.compile(
    r"^Mesa (?:DRI )?|\s{1,4}\((?=[^()]{0,120}(?:LLVM|DRM|radeonsi))[^()]{0,200}\)", re.IGNORECASE
)


def product_in(text: str) -> str:
    """Return the product, as what stands in the last telling bracket, else the text without more.

    Args:
        text: what the tool prints of a card.
    """
    plain = text.strip()[:300]
    brackets = [one for one in _BRACKET.findall(plain) if not _NO_PRODUCT.match(one)]
    if brackets:
        return str(brackets[-1]).strip()
    return _TAIL.sub("", _MESA.sub("", _BRACKET.sub("", plain)).strip()).strip()


def ids_in(text: str) -> str | None:
    """Return the PCI id that stands in brackets, ``10de:1b80``."""
    found = _IDS.search(text[:300])
    return f"{found[1]}:{found[2]}".lower() if found else None
