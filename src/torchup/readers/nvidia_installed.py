"""Which NVIDIA driver is installed: ``modinfo nvidia``, ``dkms status``, ``dpkg -l``, ``rpm -qa``.

Whether it is loaded, and whether there is a card for it, these don't tell.
"""

from __future__ import annotations

import re
from typing import Final

from torchup.readers.reading import Reading
from torchup.readers.texts import LONGEST, lines_of

KIND: Final = "nvidia-installed"
_NUMBER: Final = r"(\d{3}\.\d{1,3}(?:\.\d{1,3})?)"
_MODULE: Final = re.compile(r"^filename:\s{1,20}\S{1,200}/nvidia(?:-current)?\.ko(?:\.\w{1,4})?$")
_VERSION: Final = re.compile(rf"^version:\s{{1,20}}{_NUMBER}$")
_ASKED: Final = re.compile(r"\bmodinfo\s(?:-\S{1,20}\s)?nvidia\b")
_DKMS: Final = re.compile(rf"^nvidia(?:-[\w-]{{1,20}})?[/,] ?{_NUMBER}, .{{1,120}}: installed\b")
_DEB: Final = re.compile(
    rf"^ii\s{{1,4}}(?:nvidia-driver|nvidia-headless|libnvidia-compute|libcuda1)"
    rf"(?:-\d{{3}}(?:-server|-open)*)?(?::amd64|:arm64)?\s{{1,80}}{_NUMBER}\b"
)
_RPM: Final = re.compile(
    rf"^(?:akmod-nvidia|kmod-nvidia(?:-latest-dkms|-open-dkms)?|nvidia-driver(?:-cuda)?|"
    rf"xorg-x11-drv-nvidia(?:-cuda)?)-(?:\d:)?{_NUMBER}-\d"
)
_LINES: Final = (_DKMS, _DEB, _RPM)


def matches(text: str) -> bool:
    """Tell whether a text is of this kind."""
    return _driver(text) is not None


def read(text: str) -> Reading:
    """Read it; of several drivers the newest counts, since older ones are left behind."""
    driver = _driver(text)
    return Reading(kind=KIND, state="ok" if driver else "unreadable", driver=driver)


def _driver(text: str) -> str | None:
    lines = lines_of(text[:LONGEST])
    found = [one[1] for line in lines for sign in _LINES if (one := sign.match(line[:400]))]
    if any(_MODULE.match(line[:400]) or _ASKED.search(line[:400]) for line in lines):
        found += [one[1] for line in lines if (one := _VERSION.match(line[:400]))]
    return max(found, key=lambda one: tuple(map(int, one.split("."))), default=None)
