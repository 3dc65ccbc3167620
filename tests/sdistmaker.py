"""Small real source distributions for tests, which build themselves without any other package."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Builds a wheel that remembers what it was built against, and how.
BACKEND = """
import os
import sys
import zipfile

NAME, VERSION = "{name}", "{version}"


def build_wheel(folder, config_settings=None, metadata_directory=None):
    {before}
    told = {{key: os.environ.get(key) for key in ("MAX_JOBS", "TORCHUP_BUILT_FOR", "TOLD")}}
    info = NAME + "-" + VERSION + ".dist-info"
    wheel = NAME + "-" + VERSION + "-py3-none-any.whl"
    metadata = "Metadata-Version: 2.1\\nName: " + NAME + "\\nVersion: " + VERSION + "\\n"
    files = {{
        NAME + ".py": "BUILT = " + repr(({against}, told)) + "\\n",
        info + "/METADATA": metadata + "{requires}\\n",
        info + "/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }}
    record = "".join(place + ",,\\n" for place in (*files, info + "/RECORD"))
    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as archive:
        for place, text in files.items():
            archive.writestr(place, text)
        archive.writestr(info + "/RECORD", record)
    return wheel
"""
IMPORTS = "import torch"
FAILS = 'sys.stderr.write("kernel.cu(7): error: no such thing\\n"); raise SystemExit(1)'


def _first(*, fails: bool, pure: bool, waits: str) -> str:
    """What its build begins with."""
    if waits:
        return f"import time, torch; open({waits!r}, 'w').close(); time.sleep(60)"
    if fails:
        return FAILS
    return "pass" if pure else IMPORTS


def make_sdist(
    folder: Path,
    name: str,
    version: str,
    *,
    requires: Sequence[str] = (),
    fails: bool = False,
    pure: bool = False,
    waits: str = "",
) -> Path:
    """Write a source distribution whose build needs the framework and names it nowhere.

    Args:
        folder: where to.
        name: the package.
        version: its version.
        requires: what it declares to need.
        fails: its build ends as a compiler's error does.
        pure: its build needs nothing.
        waits: its build writes this file, and then takes a minute.
    """
    lines = "".join(f"Requires-Dist: {one}\n" for one in requires)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{lines}"
    backend = BACKEND.format(
        name=name,
        version=version,
        requires=lines.replace("\n", "\\n"),
        before=_first(fails=fails, pure=pure, waits=waits),
        against="None" if pure else "torch.__version__",
    )
    project = '[build-system]\nrequires = []\nbuild-backend = "made"\nbackend-path = ["."]\n'
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for place, text in (
            ("PKG-INFO", metadata),
            ("pyproject.toml", project),
            ("made.py", backend),
        ):
            info = tarfile.TarInfo(f"{name}-{version}/{place}")
            data = text.encode()
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path
