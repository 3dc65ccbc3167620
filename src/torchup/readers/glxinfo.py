"""``glxinfo -B``: the card that draws, by OpenGL. Facts: ``mesa`` (its version)."""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.hardware import maker_by_name, unquoted, whole, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.product import product_in
from torchup.readers.reading import ReadGpu, Reading

KIND: Final = "glxinfo"
_SIGN: Final = re.compile(r"OpenGL (?:renderer|vendor) string:")
_PAIR: Final = re.compile(r"^\s{0,8}([A-Za-z][\w ()]{2,60}):\s{1,8}(\S.{0,200})$")
_NVIDIA: Final = re.compile(r" NVIDIA (\d{3}\.\d{1,3}(?:\.\d{1,3})?)")
_MESA: Final = re.compile(r" Mesa (\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)")
_NO_CARD: Final = re.compile(r"llvmpipe|softpipe|swrast|SVGA3D|virgl|VMware", re.IGNORECASE)
_D3D12: Final = re.compile(r"^D3D12 \((.{1,120})\)$")
"""WSL draws through Windows: the card's name stands in brackets."""


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(text[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. Others than the card that draws are not told, and none where a processor draws."""
    text = unquoted(text)
    pairs = (_PAIR.match(line) for line in output_lines(text))
    said: dict[str, str] = {}
    for pair in pairs:
        if pair:
            said.setdefault(pair[1].strip().lower(), pair[2].strip())
    drawn, vendor = said.get("opengl renderer string", ""), said.get("opengl vendor string")
    if not drawn and not vendor:
        return Reading(kind=KIND, state=why_nothing(text))
    windows = _D3D12.match(drawn)
    name = windows[1] if windows else product_in(drawn)
    maker = maker_by_name(name, None if windows else vendor)
    version = " ".join(value for key, value in said.items() if "version string" in key)
    driver, mesa = _NVIDIA.search(version), _MESA.search(version)
    facts = {"mesa": mesa[1] if mesa else None, "wsl_suspected": windows is not None or None}
    if maker is None or _NO_CARD.search(drawn):
        return Reading(kind=KIND, state="no-gpu", facts=facts)
    memory = whole(said.get("dedicated video memory", "").removesuffix(" MB"))
    number = driver[1] if driver and maker == "nvidia" else None
    card = ReadGpu(name=name or None, vendor=maker, memory_mib=memory or None, driver=number)
    return Reading(kind=KIND, gpus=(card,), driver=number, facts=facts)
