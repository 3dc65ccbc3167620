"""Small real conda packages and channels for tests, as their documented formats have them.

``.tar.bz2`` is one archive; ``.conda`` is a ZIP file that holds an ``info`` and a ``pkg`` archive,
compressed with Zstandard (CEP 35). ``repodata.json`` is what a channel says of them (CEP 36).
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MINOR: Final = f"{sys.version_info[0]}.{sys.version_info[1]}"
PREFIX: Final = "/opt/a_prefix_that_is_replaced_when_the_package_is_installed"
"""What stands in files for the environment's own path."""
_TIME: Final = 1_700_000_000_000


def make_package(
    channel: Path,
    name: str,
    version: str,
    build: str = "0",
    *,
    subdir: str = "noarch",
    depends: Sequence[str] = (),
    constrains: Sequence[str] = (),
    files: Mapping[str, str | bytes] | None = None,
    number: int = 0,
    ending: str = ".conda",
    noarch: str = "",
    entry_points: Sequence[str] = (),
) -> Path:
    """Write a package into a channel; :func:`index` makes it known.

    A file that holds :data:`PREFIX` gets the environment's path in its place. ``noarch`` is
    ``python`` for modules of any Python, whose ``entry_points`` become programs.
    """
    content = {
        path: text.encode() if isinstance(text, str) else text
        for path, text in (files or {}).items()
    }
    about = {
        "name": name,
        "version": version,
        "build": build,
        "build_number": number,
        "depends": list(depends),
        "constrains": list(constrains),
        "license": "Apache-2.0",
        "subdir": subdir,
        "arch": None,
        "platform": None,
        "timestamp": _TIME,
        **({"noarch": noarch} if noarch else {}),
    }
    paths = {"paths_version": 1, "paths": [_path(*one) for one in content.items()]}
    info = {
        "info/index.json": json.dumps(about).encode(),
        "info/paths.json": json.dumps(paths).encode(),
        "info/files": "\n".join(content).encode(),
    }
    if noarch == "python":
        link = {"noarch": {"type": "python", "entry_points": list(entry_points)}}
        info["info/link.json"] = json.dumps({**link, "package_metadata_version": 1}).encode()
    folder = channel / subdir
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name}-{version}-{build}"
    path = folder / f"{stem}{ending}"
    if ending == ".tar.bz2":
        path.write_bytes(bz2.compress(_tar({**info, **content})))
        return path
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("metadata.json", json.dumps({"conda_pkg_format_version": 2}))
        archive.writestr(f"pkg-{stem}.tar.zst", _zstd(_tar(content)))
        archive.writestr(f"info-{stem}.tar.zst", _zstd(_tar(info)))
    return path


def index(channel: Path) -> str:
    """Write a channel's ``repodata.json`` files; return its address."""
    (channel / "noarch").mkdir(parents=True, exist_ok=True)
    for folder in [one for one in channel.iterdir() if one.is_dir()]:
        said: dict[str, Any] = {
            "info": {"subdir": folder.name},
            "packages": {},
            "packages.conda": {},
            "repodata_version": 1,
        }
        for path in sorted([*folder.glob("*.tar.bz2"), *folder.glob("*.conda")]):
            data = path.read_bytes()
            kind = "packages.conda" if path.suffix == ".conda" else "packages"
            said[kind][path.name] = {
                **_about(path),
                "md5": hashlib.md5(data).hexdigest(),
                "sha256": hashlib.sha256(data).hexdigest(),
                "size": len(data),
            }
        (folder / "repodata.json").write_text(json.dumps(said))
    return channel.as_uri()


def _path(path: str, data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {
        "_path": path,
        "path_type": "hardlink",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size_in_bytes": len(data),
    }
    if PREFIX.encode() in data:
        found |= {"prefix_placeholder": PREFIX, "file_mode": "text"}
    return found


def _tar(content: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for path, data in content.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            info.mode = 0o755 if path.startswith("bin/") else 0o644
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def _zstd(data: bytes) -> bytes:
    """Wrap bytes as Zstandard does, uncompressed (RFC 8878): raw blocks of at most 128 KiB."""
    most = 128 * 1024
    blocks = [data[at : at + most] for at in range(0, len(data), most)] or [b""]
    out = [b"\x28\xb5\x2f\xfd", b"\xa0", len(data).to_bytes(4, "little")]
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        out += [(len(block) << 3 | int(last)).to_bytes(3, "little"), block]
    return b"".join(out)


def _about(path: Path) -> dict[str, Any]:
    if path.name.endswith(".tar.bz2"):
        with tarfile.open(path) as archive:
            stream = archive.extractfile("info/index.json")
            assert stream is not None
            found: dict[str, Any] = json.load(stream)
            return found
    with zipfile.ZipFile(path) as archive:
        name = next(one for one in archive.namelist() if one.startswith("info-"))
        raw = archive.read(name)
    data, at = b"", 9
    while True:
        head = int.from_bytes(raw[at : at + 3], "little")
        data += raw[at + 3 : at + 3 + (head >> 3)]
        at += 3 + (head >> 3)
        if head & 1:
            break
    with tarfile.open(fileobj=io.BytesIO(data)) as inner:
        stream = inner.extractfile("info/index.json")
        assert stream is not None
        about: dict[str, Any] = json.load(stream)
        return about


def make_python(
    channel: Path,
    subdir: str,
    minor: str,
    *,
    ending: str = ".conda",
    program: Path | None = None,
) -> Path:
    """Write a Python: a stub around ``program``, by default the one that runs the tests.

    It knows its own prefix as one in a virtual environment does, by the ``pyvenv.cfg`` above it.
    """
    real = (program or Path(sys.executable)).resolve()
    version = ".".join(map(str, sys.version_info[:3]))
    launcher = f'#!/bin/bash\nexec -a "{PREFIX}/bin/python" "{real}" "$@"\n'
    return make_package(
        channel,
        "python",
        version if minor == MINOR else f"{minor}.1",
        "h1_0_cpython",
        subdir=subdir,
        ending=ending,
        files={
            "bin/python": launcher,
            f"bin/python{minor}": launcher,
            f"lib/python{minor}/site-packages/README.txt": "packages\n",
            "pyvenv.cfg": f"home = {real.parent}\nversion = {version}\n",
        },
    )


def make_real_python(channel: Path, subdir: str) -> Path:
    """Pack the Python that runs the tests, whole but for its own tests: a base of its own."""
    program = Path(sys.executable).resolve()
    root, library = program.parent.parent, f"lib/python{MINOR}"
    left_out = ("__pycache__", "test", "tests", "site-packages", "idlelib", "ensurepip")
    found = [
        one
        for one in (root / library).rglob("*")
        if one.is_file()
        and not one.is_symlink()
        and not set(one.relative_to(root).parts) & set(left_out)
        and not one.parent.name.startswith("config-")
    ]
    found += [one for one in (root / "lib").glob("libpython3*.so*") if not one.is_symlink()]
    files = {one.relative_to(root).as_posix(): one.read_bytes() for one in found}
    binary = program.read_bytes()
    files |= {f"bin/python{MINOR}": binary, "bin/python": binary}
    files[f"{library}/site-packages/README.txt"] = b"packages\n"
    version = ".".join(map(str, sys.version_info[:3]))
    return make_package(channel, "python", version, "h1_0_cpython", subdir=subdir, files=files)


def python_files(
    name: str, version: str, files: Mapping[str, str | bytes], *, minor: str
) -> dict[str, str | bytes]:
    """Lay out a Python package as one that was installed: its modules and its record."""
    folder = f"lib/python{minor}/site-packages"
    info = f"{folder}/{name.replace('-', '_')}-{version}.dist-info"
    return {
        **{f"{folder}/{path}": data for path, data in files.items()},
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n",
        f"{info}/INSTALLER": "conda\n",
        f"{info}/RECORD": "",
    }
