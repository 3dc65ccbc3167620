"""The beginning of a bundle: a script that a shell runs on a machine that has nothing.

A zip may have anything before it. What stands there is ``install.sh`` with a table of where in the
file the interpreters lie, so that ``sh lab.torchup`` needs neither Python nor a program that reads
zips; ``python3 lab.torchup`` and the launchers for Windows lead to the same program.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.model.bundles import Bundle

MAIN: Final = "__main__.py"
"""The program that Python runs when it is given a zip."""
_PLACE: Final = "\n# TABLE\n"
_STEP: Final = 4096
_LARGEST: Final = 64 * 256
"""Bytes that the table may take: a line for each platform."""
_MARK: Final = b"\xef\xbb\xbf"
"""What Windows PowerShell knows UTF-8 by, in a file."""
_NAMES: Final = ("install.sh", "install.ps1", "install.cmd", MAIN)


def launcher(name: str) -> bytes:
    """Return one of the launchers as it stands.

    Args:
        name: ``install.sh``, ``install.ps1``, ``install.cmd`` or ``__main__.py``.
    """
    source = "bundled.py" if name == MAIN else name
    data = (files("torchup.bundles") / "launchers" / source).read_bytes()
    if name.endswith((".cmd", ".ps1")):
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return _MARK + data if name.endswith(".ps1") else data


def launchers() -> dict[str, bytes]:
    """Return all of them, by name."""
    return {name: launcher(name) for name in _NAMES}


def size_of_head() -> int:
    """The bytes before the zip: always the same for one version of the launchers."""
    least = len(launcher("install.sh")) + _LARGEST
    return -(-least // _STEP) * _STEP


def head_of(index: Bundle, places: Mapping[str, int]) -> bytes:
    """Write the beginning.

    Args:
        index: what the bundle holds.
        places: at which byte of it each file begins.
    """
    sizes = {one.path: one for one in index.files}
    pythons = {one.key: one for one in index.pythons}
    lines = []
    for tool in index.tools:
        python = pythons.get(tool.interpreter)
        if python is None:
            lines.append(f"# {tool.platform} -")
            continue
        file = sizes[python.path]
        lines.append(
            f"# {tool.platform} {places[file.path]} {file.size} {file.sha256} python{tool.python}"
        )
    script = launcher("install.sh").decode()
    made = script.replace(_PLACE, "\n# TABLE\n" + "".join(f"{one}\n" for one in lines), 1)
    whole = made.encode()
    return whole + b"\n" * (size_of_head() - len(whole))
