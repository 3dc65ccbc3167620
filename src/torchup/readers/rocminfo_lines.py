"""``rocminfo`` through ``grep``, and ``rocm_agent_enumerator``: what is left of each agent."""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace

from torchup.readers.hardware import amd_family
from torchup.readers.reading import ReadGpu

SIGN: Final = re.compile(
    r"^[ \t>]{0,12}(?:Name:[ \t]{1,40}(?:gfx[0-9a-f]{3,5}|amdgcn-amd-amdhsa--gfx\w{3,20})\b"
    r"|Marketing Name:[ \t]{1,40}AMD )|\brocm_agent_enumerator\b",
    re.MULTILINE,
)
_OPENCL: Final = re.compile(r"Number of platforms|Board name|CL_DEVICE|Platform Name")
"""AMD's ``clinfo`` has lines like these too."""
_NAME: Final = re.compile(r"^[ \t]{0,12}Name:[ \t]{1,40}(\S.{0,100})$")
_MARKETING: Final = re.compile(r"^[ \t]{0,12}Marketing Name:[ \t]{1,40}(\S.{0,100})$")
_BARE: Final = re.compile(r"^[ \t]{0,12}(gfx[0-9a-f]{3,5})$")
_PROCESSOR: Final = re.compile(r"Ryzen|EPYC|Threadripper|Processor|CPU|Core\(TM\)")
_NO_CARD: Final = "gfx000"
"""How the program that lists architectures calls the processor."""


def is_filtered(text: str) -> bool:
    """Tell whether a text is what a filter has left.

    Args:
        text: what was pasted.
    """
    return SIGN.search(text) is not None and _OPENCL.search(text) is None


def cards_in(lines: list[str]) -> list[ReadGpu]:
    """List the cards: by their architectures, else by what their maker calls them.

    Args:
        lines: what the filter has left.
    """
    cards: list[ReadGpu] = []
    named: list[str] = []
    sets: list[str] = []
    open_card = False
    for line in lines:
        name, marketing, bare = _NAME.match(line), _MARKETING.match(line), _BARE.match(line)
        family = amd_family(name[1] if name else bare[1] if bare else None)
        if name and name[1].startswith("amdgcn"):
            sets += [family] if family else []
        elif name or (bare and bare[1] != _NO_CARD):
            open_card = family is not None
            if family:
                cards.append(ReadGpu(index=len(cards), vendor="amd", arch=family))
        elif marketing and open_card:
            cards[-1] = replace(cards[-1], name=marketing[1].strip())
            open_card = False
        elif marketing and not _PROCESSOR.search(marketing[1]):
            named.append(marketing[1].strip())
    if cards:
        return cards
    if named:
        return [ReadGpu(index=at, vendor="amd", name=one) for at, one in enumerate(named)]
    kinds = list(dict.fromkeys(sets))
    return [ReadGpu(index=at, vendor="amd", arch=one) for at, one in enumerate(kinds)]
