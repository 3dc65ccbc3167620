"""Environments that lie on the disk as torchup leaves them, made without installing anything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from torchup.apply.marker import LOCK, RECORDS, write_marker
from torchup.model import Artifact, EnvRecord, Requirement, Stack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INDEX = "https://download.pytorch.org/whl/cpu"
LINE = f"{sys.version_info[0]}.{sys.version_info[1]}"
USUAL = {"torch": "2.13.0+cpu", "numpy": "1.26.9", "pip": "99.0"}


def make_environment(
    home: Path,
    name: str,
    packages: Mapping[str, str] = USUAL,
    *,
    locked: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    index_url: str = INDEX,
    framework: str = "torch",
    beside: tuple[str, ...] = (),
) -> Path:
    """Lay out an environment; ``locked`` is what its lock names, the packages themselves if None.

    Args:
        home: TORCHUP_HOME.
        name: the environment's name.
        packages: what is installed.
        locked: what was installed at first.
        environment: the variables that its stack needs.
        index_url: where its framework came from.
        framework: which one it is made for.
        beside: what else of ``packages`` belongs to the stack: further frameworks.
    """
    path = home / "envs" / name
    lock = dict(packages if locked is None else locked)
    (path / RECORDS).mkdir(parents=True)
    programs = path / "bin"
    programs.mkdir()
    (programs / "python").symlink_to(sys.executable)
    (path / "pyvenv.cfg").write_text("home = /usr/bin\ninclude-system-site-packages = false\n")
    site_of(path).mkdir(parents=True)
    for package, version in packages.items():
        add_package(path, package, version)
    (path / RECORDS / LOCK).write_text(lock_text(lock))
    pin = lock.get(framework, "2.13.0+cpu")
    stack = Stack(
        python=LINE,
        packages={framework: pin.partition("+")[0], **{one: lock[one] for one in beside}},
        build="cpu",
        runtime="",
        device="cpu",
        index_url=index_url,
        pins={framework: pin, **{one: lock[one] for one in beside}},
        environment=dict(environment or {}),
    )
    record = EnvRecord(
        name=name,
        path=str(path),
        backend="uv",
        created="2026-01-01T00:00:00+00:00",
        stack=stack,
        requirement=Requirement(packages=(framework, "numpy")),
        artifacts=tuple(
            Artifact(name=package, version=version, url="", sha256=digest(package))
            for package, version in lock.items()
        ),
    )
    write_marker(path, record)
    return path


def site_of(path: Path) -> Path:
    """The folder that packages are installed into."""
    return path / "lib" / f"python{LINE}" / "site-packages"


def add_package(
    path: Path, name: str, version: str, *, by: str = "uv", direct_url: str = "", size: int = 10
) -> Path:
    """Install a package by its records and one module; return that module."""
    site = site_of(path)
    module = site / name.replace("-", "_") / "__init__.py"
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text("#" * size)
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "INSTALLER").write_text(f"{by}\n")
    (info / "RECORD").write_text(f"{module.relative_to(site)},,\n{info.name}/METADATA,,\n")
    if direct_url:
        (info / "direct_url.json").write_text(direct_url)
    return module


def digest(name: str) -> str:
    """A hash for a package's file."""
    return name.encode().hex().ljust(64, "0")[:64]


def lock_text(packages: Mapping[str, str]) -> str:
    """A lock (PEP 751) as the backend writes it."""
    lines = ['lock-version = "1.0"', 'created-by = "uv"', f'requires-python = ">={LINE}"']
    for name, version in packages.items():
        wheel = f"{name}-{version}-py3-none-any.whl"
        hashes = f'{{ sha256 = "{digest(name)}" }}'
        file = f'{{ url = "https://files.example/{wheel}", hashes = {hashes} }}'
        lines += ["", "[[packages]]", f'name = "{name}"', f'version = "{version}"']
        lines.append(f"wheels = [{file}]")
    return "\n".join(lines) + "\n"
