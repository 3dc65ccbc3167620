"""An Anaconda as it lies on disks, small: a base, three environments, a list with a stale line."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zipfile
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

    def break_it(self) -> dict[str, Path]:
        """Break what people break, and return the broken things by what is wrong with each.

        A cache with damaged packages, settings that conda stops at, programs of an environment that
        was moved, two packages at one file.
        """
        pkgs = self.base / "pkgs"
        whole = {f"lib/python{MINOR}/site-packages/{{0}}/__init__.py": "x = 1\n"}
        for name in ("whole", "unused", "lost", "grown", "halved"):
            files = {path.format(name): text for path, text in whole.items()}
            add_to_cache(pkgs, f"{name}-1.0-0", files)
        module = "lib/python{0}/site-packages/{1}/__init__.py"
        (pkgs / "lost-1.0-0" / module.format(MINOR, "lost")).unlink()
        grown = pkgs / "grown-1.0-0" / module.format(MINOR, "grown")
        for name in ("whole", "grown"):
            linked = self.lab / module.format(MINOR, name)
            linked.parent.mkdir()
            linked.hardlink_to(pkgs / f"{name}-1.0-0" / module.format(MINOR, name))
            self._record(self.lab, name, [module.format(MINOR, name)], pkgs / f"{name}-1.0-0")
        grown.write_text("x = 1\nprint('somebody edited me')\n")
        halved = pkgs / "halved-1.0-0.conda"
        halved.write_bytes(halved.read_bytes()[:100])
        (pkgs / "cut-1.0-0" / "info").mkdir(parents=True)
        condarc = self.base.parent / ".condarc"
        condarc.write_text("# mine\nchannels:\n\t- conda-forge\nssl_verify: true\n")
        pip = self.course / "bin" / "pip"
        pip.write_text(f"#!/old/place/envs/course/bin/python{MINOR}\nprint('pip')\n")
        pip.chmod(0o755)
        shared = module.format(MINOR, "both")
        (self.plain / shared).parent.mkdir()
        (self.plain / shared).touch()
        for name in ("one", "other"):
            self._record(self.plain, name, [shared])
        return {"grown": grown, "condarc": condarc, "pip": pip, "list": self.list, "pkgs": pkgs}

    def _record(
        self, prefix: Path, name: str, files: list[str], source: Path | None = None
    ) -> None:
        about: dict[str, object] = {"name": name, "version": "1.0", "build": "0", "files": files}
        if source is not None:
            paths = json.loads((source / "info" / "paths.json").read_text())
            about |= {"link": {"source": str(source), "type": 1}, "paths_data": paths}
        (prefix / "conda-meta" / f"{name}-1.0-0.json").write_text(json.dumps(about))

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


def add_to_cache(pkgs: Path, stem: str, files: dict[str, str]) -> None:
    """Lay a package out as conda's cache has it: the archive, and what is unpacked of it."""
    name, version, build = stem.rsplit("-", 2)
    folder = pkgs / stem
    (folder / "info").mkdir(parents=True)
    paths = []
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        paths.append(
            {
                "_path": path,
                "path_type": "hardlink",
                "sha256": digest,
                "size_in_bytes": len(text),
            }
        )
    about = {"name": name, "version": version, "build": build, "build_number": 0}
    archive = pkgs / f"{stem}.conda"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("metadata.json", "{}" * 200)
    record = {**about, "fn": archive.name, "size": archive.stat().st_size}
    (folder / "info" / "index.json").write_text(json.dumps(about))
    (folder / "info" / "paths.json").write_text(json.dumps({"paths_version": 1, "paths": paths}))
    (folder / "info" / "repodata_record.json").write_text(json.dumps(record))
