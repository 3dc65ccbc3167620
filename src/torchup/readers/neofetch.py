"""``neofetch``, ``fastfetch`` and ``screenfetch``: a system at a glance, beside its picture.

Facts: ``system``, ``release`` (of Windows), ``kernel``, ``cpu``, ``ram_mib``.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.hardware import maker_by_name, unquoted, why_nothing
from torchup.readers.pasted import output_lines
from torchup.readers.product import product_in
from torchup.readers.reading import ReadGpu, Reading

KIND: Final = "neofetch"
_PAIR: Final = re.compile(
    r"(?:^|\s)(OS|Host|Kernel|CPU|GPU|Memory|RAM|Shell|Packages|DE|WM|Uptime)(?: \d)?"
    r"(?: \([^()]{1,60}\))?: {1,4}(\S.{0,200})$"
)
_SIGN: Final = re.compile(
    r"(?:^|\s)(?:GPU|Kernel|CPU)(?: \d)?(?: \([^()\n]{1,60}\))?: {1,4}\S", re.MULTILINE
)
_ARCH: Final = re.compile(r" (x86_64|aarch64|arm64)$")
_CORES: Final = re.compile(r"\s{1,4}\(\d[^()]{0,30}\)(?: @ .{0,40})?$| @ \d.{0,40}$")
_KIND: Final = re.compile(
    r"(?: @ [\d.]{1,6} [GM]Hz)?(?: \([\d.]{1,8} [GM]iB\))? \[(?:Discrete|Integrated)\]$"
)
"""What ``fastfetch`` adds to a card: its clock, its memory, and which kind it is."""
_MEMORY: Final = re.compile(r"/ ?([\d.]{1,10}) ?(MiB|GiB|MB|GB)")
_KERNEL: Final = re.compile(r"^(?:Linux |Darwin |x86_64 Linux )?(\d{1,2}\.[\w.+~-]{2,80})$")
_BUILD: Final = re.compile(r"(?:WIN32_NT |^)(10\.0\.\d{5})")
_INSIDE: Final = re.compile(r" on Windows \d{1,2}(?: \w{1,8})?(?= (?:x86_64|aarch64)$|$)")
"""What is added inside WSL."""
_WINDOWS: Final = re.compile(r"windows|WIN32_NT", re.IGNORECASE)
_MAC: Final = re.compile(r"macos|mac os|darwin", re.IGNORECASE)
_FEWEST: Final = 3


def matches(text: str) -> bool:
    """Tell whether a text is of this kind: it has the system and at least two of the others."""
    head = unquoted(text)[:100_000]
    if _SIGN.search(head) is None:
        return False
    keys = {key for key, _ in _pairs(head)}
    return len(keys) >= _FEWEST and "OS" in keys and bool(keys & {"GPU", "CPU", "Kernel"})


def read(text: str) -> Reading:
    """Read it."""
    text = unquoted(text)
    pairs = _pairs(text)
    if not pairs:
        return Reading(kind=KIND, state=why_nothing(text))
    said: dict[str, str] = {}
    for key, value in pairs:
        said.setdefault(key, value)
    system = _INSIDE.sub("", said.get("OS", ""))
    arch, memory = _ARCH.search(system), _MEMORY.search(said.get("Memory") or said.get("RAM", ""))
    kernel = _KERNEL.match(said.get("Kernel", ""))
    build = _BUILD.search(said.get("Kernel", ""))
    cards = [card for key, value in pairs if key == "GPU" for card in _cards(value)]
    return Reading(
        kind=KIND,
        gpus=tuple(cards) or None,
        os=_ARCH.sub("", system) or None,
        arch=arch[1] if arch else None,
        facts={
            "system": _system(system),
            "release": build[1] if build else None,
            "kernel": kernel[1] if kernel else None,
            "cpu": _CORES.sub("", said["CPU"]).strip() if "CPU" in said else None,
            "ram_mib": _mib(memory) if memory else None,
        },
    )


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = (_PAIR.search(line[:400]) for line in output_lines(text))
    return [(pair[1], pair[2].strip()) for pair in pairs if pair]


def _system(said: str) -> str | None:
    if _WINDOWS.search(said):
        return "windows"
    return "macos" if _MAC.search(said) else "linux" if said else None


def _cards(value: str) -> list[ReadGpu]:
    """Read a card; ``screenfetch`` writes several in one line."""
    cards = []
    for each in value.split(", "):
        maker = maker_by_name(each)
        name = _CORES.sub("", product_in(_KIND.sub("", each))).strip()
        if maker is not None and name:
            cards.append(ReadGpu(name=name, vendor=maker))
    return cards


def _mib(found: re.Match[str]) -> int | None:
    try:
        size = float(found[1])
    except ValueError:
        return None
    return int(size * (1024 if found[2].startswith("G") else 1)) or None
