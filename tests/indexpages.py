"""The pages of the test index, in HTML (PEP 503) and JSON (PEP 691)."""

from __future__ import annotations

import hashlib
import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from torchup.model.names import canonical_name
from wheelmaker import metadata_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from indexserver import IndexServer


def project_of(wheel: Path) -> str:
    """Return a wheel's project, normalised."""
    return canonical_name(wheel.name.partition("-")[0])


def html_page(index: IndexServer, name: str, wheels: Sequence[Path]) -> bytes:
    """Write a page as PyPI does."""
    lines = [f"<!DOCTYPE html><title>Links for {name}</title><h1>Links for {name}</h1>"]
    for wheel in wheels:
        attributes = ""
        requires = _requires_python(wheel)
        if requires:
            attributes += f' data-requires-python="{html.escape(requires)}"'
        if index.metadata and wheel.suffix == ".whl":
            stamp = hashlib.sha256(metadata_of(wheel)).hexdigest()
            attributes += f' data-dist-info-metadata="sha256={stamp}"'
            attributes += f' data-core-metadata="sha256={stamp}"'
        if wheel.name in index.yanked:
            attributes += ' data-yanked=""'
        digest = _digest(index, wheel)
        href = _address(index, wheel) + (f"#sha256={digest}" if digest else "")
        lines.append(f'<a href="{href}"{attributes}>{wheel.name}</a><br>')
    return "\n".join(lines).encode()


def json_page(index: IndexServer, name: str, wheels: Sequence[Path]) -> bytes:
    """Write a page as PEP 691 asks."""
    files = []
    for wheel in wheels:
        digest = _digest(index, wheel)
        file: dict[str, object] = {
            "filename": wheel.name,
            "url": _address(index, wheel),
            "hashes": {"sha256": digest} if digest else {},
            "size": wheel.stat().st_size,
            "requires-python": _requires_python(wheel) or None,
            "yanked": wheel.name in index.yanked,
        }
        when = next((t for part, t in index.uploaded.items() if part in wheel.name), "")
        if when:
            file["upload-time"] = when
        if index.metadata:
            file["core-metadata"] = {"sha256": hashlib.sha256(metadata_of(wheel)).hexdigest()}
        files.append(file)
    page = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
    return json.dumps(page).encode()


def _digest(index: IndexServer, wheel: Path) -> str:
    if not index.hashes:
        return ""
    if index.fault(wheel.name) == "wrong-hash":
        return "0" * 64
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


def _address(index: IndexServer, wheel: Path) -> str:
    return "/files/" + quote(wheel.relative_to(index.root).as_posix())


def _requires_python(wheel: Path) -> str:
    for line in metadata_of(wheel).decode().splitlines():
        if line.startswith("Requires-Python: "):
            return line.removeprefix("Requires-Python: ")
    return ""


def project_list_html(names: Sequence[str]) -> bytes:
    """Write the list of an index's projects as PEP 503 asks."""
    links = (f'<a href="/simple/{name}/">{name}</a><br>' for name in names)
    return "\n".join(["<!DOCTYPE html><title>Simple index</title>", *links]).encode()


def project_list_json(names: Sequence[str]) -> bytes:
    """Write the list of an index's projects as PEP 691 asks."""
    projects = [{"name": name} for name in names]
    return json.dumps({"meta": {"api-version": "1.0"}, "projects": projects}).encode()
