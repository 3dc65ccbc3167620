"""Which Pythons an old Windows runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.model import Reason
from torchup.resolve.numbers import at_least, dotted

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue, PythonLine
    from torchup.model import NearMiss, Os

_NUMBERED: Final = {"7": "6.1", "8": "6.2", "8.1": "6.3"}
"""How Windows numbers itself under the names before 10 (Microsoft: "Operating System Version")."""


def windows_version(os: Os) -> str:
    """The version of Windows as it numbers itself; empty where it is unknown, or no Windows."""
    version = (os.version or "") if os.system == "windows" else ""
    return _NUMBERED.get(version, version) if dotted(version) else ""


def too_new(windows: str, catalogue: Catalogue) -> frozenset[str]:
    """The release lines of Python that don't run on a version of Windows; none where unknown."""
    floors = {one.minor: one.windows for one in catalogue.pythons if one.windows and windows}
    return frozenset(line for line, floor in floors.items() if not at_least(windows, floor))


def windows_old(os: Os, catalogue: Catalogue) -> tuple[Reason, ...]:
    """Say which Python is the last for this Windows; nothing where it runs all of them."""
    lines = too_new(windows_version(os), catalogue)
    fitting = [one for one in catalogue.pythons if one.minor not in lines]
    if not lines or not fitting:
        return ()
    first = min((one for one in catalogue.pythons if one.minor in lines), key=_number)
    return (
        Reason(
            code="windows-too-old",
            effect="warn",
            subject=f"Windows {os.version}",
            needs=f"Python {first.minor}",
            has=f"Python {max(fitting, key=_number).minor}",
            fact=catalogue.fact(first.fact),
        ),
    )


def possible_there(near: NearMiss, os: Os, catalogue: Catalogue) -> bool:
    """Tell whether a way out needs no Python that this Windows doesn't run."""
    if "install-python" not in near.remedy.code:
        return True
    lines = too_new(windows_version(os), catalogue)
    return not lines.issuperset(near.remedy.args["pythons"].split(", "))


def _number(line: PythonLine) -> tuple[int, ...]:
    return dotted(line.minor)
