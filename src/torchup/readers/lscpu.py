"""``lscpu``, in English or Chinese, and ``/proc/cpuinfo``: the processor.

Facts: ``cpu`` (its name), ``cores`` (that the system counts, with hyper-threads), ``features``
(Linux's names of flags).
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.hardware import whole
from torchup.readers.pasted import output_lines
from torchup.readers.reading import Reading
from torchup.readers.texts import known

KIND: Final = "lscpu"
_PAIR: Final = re.compile(
    r"^[ \t>#|]{0,12}([^\s:\uff1a][^:\uff1a]{0,40}?)\s{0,8}[:\uff1a]\s{0,60}(\S.*)$"
)
_KEYS: Final = {
    "architecture": "arch",
    "架构": "arch",
    "model name": "cpu",
    "型号名称": "cpu",
    "cpu(s)": "cores",
    "cpu": "cores",
    "flags": "features",
    "features": "features",
    "标记": "features",
    "标志": "features",
    "vendor id": "vendor",
    "cpu op-mode(s)": "modes",
    "cpu 运行模式": "modes",
    "vendor_id": "vendor",
    "processor": "number",
}
_TELLING: Final = frozenset({"arch", "cpu", "modes", "features", "vendor"})
_SIGN: Final = re.compile(
    r"^[ \t>#|]{0,12}(?:Architecture|架构)\s{0,8}[:\uff1a]\s{1,60}"
    r"(?:x86_64|aarch64|ppc64le|riscv64|s390x|i686)\b"
    r"|^(?:flags|Features)\s{1,8}: \w|^model name\s{1,4}: \w|CPU op-mode\(s\):",
    re.MULTILINE,
)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _SIGN.search(text[:200_000]) is not None


def read(text: str) -> Reading:
    """Read it. On a processor with two kinds of cores the first kind's name is taken."""
    said: dict[str, str] = {}
    highest = -1
    for line in output_lines(text):
        pair = _PAIR.match(line)
        key = _KEYS.get(pair[1].lower()) if pair else None
        if pair is None or key is None:
            continue
        if key == "number":
            number = whole(pair[2])
            highest = highest if number is None else max(highest, number)
        elif key != "cores" or whole(pair[2]) is not None:
            said.setdefault(key, pair[2].strip())
    if not said.keys() & _TELLING:
        return Reading(kind=KIND, state="unreadable")
    flags = said.get("features")
    facts = {
        "cpu": known(said.get("cpu")),
        "cores": whole(said.get("cores")) or (highest + 1 or None),
        "features": flags.split() if flags and " " in flags else None,
    }
    return Reading(kind=KIND, arch=known(said.get("arch")), facts=facts)
