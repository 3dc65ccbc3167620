"""``python -m tools.build_facts_wheel``: make the wheel that ``torchup facts update`` fetches.

It holds the TOML files and a manifest, and nothing that runs. Its version is the last day on which
any fact was checked (``2026.12.1``); the same files give the same bytes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import sys
import zipfile
from datetime import date
from pathlib import Path

import msgspec

from torchup.facts.bundle import DATA_FOLDER, MANIFEST, PACKAGE, PROJECT, SCHEMA, Manifest
from torchup.facts.catalogue import Catalogue
from torchup.facts.compile import Folder
from torchup.facts.compiled import check_extensions, makers_for
from torchup.facts.current import CATALOGUE_FILE, DATA

_TAG = "py3-none-any"
_WHEN = (2020, 1, 1, 0, 0, 0)


def main(arguments: list[str] | None = None) -> int:
    """Run the program and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(DATA), help="the folder of TOML files")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="where the wheel goes")
    parser.add_argument("--version", help="instead of the last day checked: YYYY.M.D")
    given = parser.parse_args(arguments)
    try:
        path = build(given.data, given.out, given.version)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"wrote {path}")
    return 0


def build(data: Path, out: Path, version: str | None = None) -> Path:
    """Build the wheel and return its path.

    Args:
        data: the folder of TOML files.
        out: the folder it goes to; made if missing.
        version: instead of the last day checked.

    Raises:
        ValueError: a file doesn't fit its schema.
    """
    folder = Folder(data)
    made = {name: compile_one(folder) for name, compile_one in makers_for(data).items()}
    check_extensions(folder)
    checked = msgspec.json.decode(made[CATALOGUE_FILE], type=Catalogue).checked
    version = version or _version_of(checked)
    manifest = Manifest(schema=SCHEMA, version=version, digest=folder.digest(), checked=checked)
    content = {
        DATA_FOLDER + path.relative_to(data).as_posix(): path.read_bytes().replace(b"\r\n", b"\n")
        for path in sorted(data.rglob("*.toml"))
    }
    content[MANIFEST] = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    info = f"{PACKAGE}-{version}.dist-info"
    content[f"{info}/METADATA"] = _metadata(version)
    wheel = f"Wheel-Version: 1.0\nGenerator: torchup\nRoot-Is-Purelib: true\nTag: {_TAG}\n"
    content[f"{info}/WHEEL"] = wheel.encode()
    content[f"{info}/RECORD"] = _record(content, f"{info}/RECORD")
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{PACKAGE}-{version}-{_TAG}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in content.items():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, body)
    return path


def _version_of(day: str) -> str:
    """Write a day as PEP 440 normalises it: ``2026-12-01`` is ``2026.12.1``."""
    when = date.fromisoformat(day)
    return f"{when.year}.{when.month}.{when.day}"


def _metadata(version: str) -> bytes:
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {PROJECT}",
        f"Version: {version}",
        "Summary: What torchup knows of releases, drivers and cards; data only",
        "License-Expression: Apache-2.0",
        "Requires-Python: >=3.10",
        "Description-Content-Type: text/markdown",
        "",
        "Facts for torchup: `torchup facts update` fetches and checks them. Nothing in here runs.",
    ]
    return ("\n".join(lines) + "\n").encode()


def _record(content: dict[str, bytes], own: str) -> bytes:
    lines = []
    for name, body in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(body)}")
    return ("\n".join([*lines, f"{own},,"]) + "\n").encode()


if __name__ == "__main__":
    raise SystemExit(main())
