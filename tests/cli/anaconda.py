"""An Anaconda as it lies on disks, small: a base, three environments, a list with a stale line."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Final

from condamaker import MINOR

if TYPE_CHECKING:
    from pathlib import Path

GONE: Final = "/nowhere/envs/removed"
"""What the list still names."""
_CONDA: Final = """\
#!{python}
import json, os, shutil, sys
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if os.environ.get("CONDA_FAILS"):
    print("PackagesNotFoundError: nothing")
    sys.exit(1)
if "env" in sys.argv or "--all" in sys.argv and "remove" in sys.argv:
    shutil.rmtree(sys.argv[sys.argv.index("-p") + 1])
"""


class Anaconda:
    """What was laid out.

    Args:
        home: the user's home folder.
    """

    def __init__(self, home: Path) -> None:
        self.base = home / "anaconda3"
        self.list = home / ".conda" / "environments.txt"
        self._log = home / "conda.log"
        add_environment(self.base, {"conda": "24.9.2", "python": f"{MINOR}.0"})
        course, lab, empty = (self.base / "envs" / one for one in ("course", "lab", "plain"))
        add_environment(course, {"python": f"{MINOR}.0", "pytorch": "2.13.0"})
        add_environment(lab, {"python": f"{MINOR}.0", "pytorch": "2.12.1", "pandas": "2.2.3"})
        add_environment(empty, {"python": f"{MINOR}.0", "pandas": "2.2.3"})
        self.course, self.lab, self.plain = course, lab, empty
        self.list.parent.mkdir()
        self.list.write_text(f"{self.base}\n{course}\n{GONE}\n")

    def add_conda(self) -> None:
        """Put a conda there that notes how it was called, and removes what it is told to."""
        program = self.base / "bin" / "conda"
        program.write_text(_CONDA.format(python=sys.executable, log=str(self._log)))
        program.chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        """How conda was called."""
        text = self._log.read_text() if self._log.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


def add_environment(path: Path, packages: dict[str, str]) -> None:
    """Lay out an environment: records, an interpreter, and Python's records of the packages."""
    meta, site = path / "conda-meta", path / "lib" / f"python{MINOR}" / "site-packages"
    for folder in (meta, site, path / "bin"):
        folder.mkdir(parents=True)
    (meta / "history").touch()
    (path / "bin" / "python").symlink_to(os.path.realpath(sys.executable))
    for name, version in packages.items():
        build = "cpu_generic_py312_0" if name == "pytorch" else "0"
        module = "torch" if name == "pytorch" else name
        files = [f"lib/python{MINOR}/site-packages/{module}/__init__.py"]
        if name not in {"python", "conda"}:
            (site / module).mkdir()
            (path / files[0]).touch()
            record = site / f"{module}-{version}.dist-info"
            record.mkdir()
            (record / "METADATA").write_text(f"Name: {module}\nVersion: {version}\n")
            (record / "INSTALLER").write_text("conda\n")
            files.append(f"{files[0].rpartition('/')[0]}-{version}.dist-info/METADATA")
        else:
            files = []
        about = {
            "name": name,
            "version": version,
            "build": build,
            "build_number": 0,
            "channel": "https://conda.anaconda.org/conda-forge/linux-64",
            "url": f"https://conda.anaconda.org/conda-forge/linux-64/{name}-{version}-{build}.conda",
            "md5": "0" * 32,
            "files": files,
        }
        (meta / f"{name}-{version}-{build}.json").write_text(json.dumps(about))
