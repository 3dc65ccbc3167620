"""``sycl-ls``: the devices that Intel's SYCL finds; its graphics chips are the cards.

Of a card, ``extra`` has ``backend`` (``level_zero`` or ``opencl``).
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.hardware import amd_family, maker_by_name, unquoted, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.reading import ReadGpu, Reading

KIND: Final = "sycl-ls"
_SIGN: Final = re.compile(
    r"\[(?:ext_oneapi_)?(?:level_zero|opencl|cuda|hip|native_cpu):(?:gpu|cpu|acc|fpga)(?::\d)?\]"
)
_LINE: Final = re.compile(
    r"^[ \t>]{0,8}\[(?:ext_oneapi_)?(level_zero|opencl|cuda|hip):gpu(?::\d{1,3})?\]"
    r"(?:\[\w{1,30}:\d{1,3}\])? {1,4}([^,\n]{1,120}), (\S.{0,200}?)(?: \[[^\]]{1,60}\])?$"
)
_VERSION: Final = re.compile(
    r" (?:\d{1,4}\.\d{1,4}(?:\.\d{1,8})*|OpenCL \d.{0,60}|gfx[0-9a-f]{3,5})$"
)
_TRUST: Final = ("level_zero", "cuda", "hip", "opencl")


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(unquoted(text)[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. A card is listed under each backend: one backend's list is taken for each maker."""
    text = unquoted(text)
    if _SIGN.search(text[:200_000]) is None:
        return Reading(kind=KIND, state=why_nothing(text))
    by_maker: dict[str, dict[str, list[str]]] = {}
    for line in output_lines(text):
        found = _LINE.match(line)
        maker = maker_by_name(found[3], found[2]) if found else None
        if found and maker:
            by_maker.setdefault(maker, {}).setdefault(found[1], []).append(found[3])
    cards: list[ReadGpu] = []
    for maker, backends in by_maker.items():
        backend = min(backends, key=_TRUST.index)
        cards += [
            ReadGpu(
                index=len(cards) + at,
                name=_VERSION.sub("", name).strip(),
                vendor=maker,
                arch=amd_family(name),
                extra={"backend": backend},
            )
            for at, name in enumerate(backends[backend])
        ]
    return Reading(kind=KIND, state="ok" if cards else "no-gpu", gpus=tuple(cards) or None)
