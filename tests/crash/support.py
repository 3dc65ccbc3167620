"""A small index of small wheels, and an environment made from it with the real uv."""

from __future__ import annotations

import base64
import hashlib
import sys
import zipfile
from datetime import datetime, timezone
from typing import TYPE_CHECKING
from urllib.parse import quote

from torchup.apply import Site, StepLog, create_environment
from torchup.backends import Inputs, load_backend
from torchup.host.real import RealHost
from torchup.model import EnvRecord, Requirement, Source, SourceSet, Stack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torchup.state.home import Home

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
FRAMEWORK = "framework"
EXPECTED = {"framework": "2.0+cpu", "companion": "1.0+cpu", "numeric": "1.1", "pip": "99.0"}


def make_wheel(
    folder: Path,
    name: str,
    version: str,
    *,
    tag: str = "py3-none-any",
    requires: tuple[str, ...] = (),
    files: Mapping[str, bytes] | None = None,
) -> Path:
    records = f"{name}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"]
    metadata += [f"Requires-Dist: {wanted}\n" for wanted in requires]
    content = {
        f"{name}/__init__.py": f"__version__ = {version!r}\n".encode(),
        **(files or {}),
        f"{records}/METADATA": "".join(metadata).encode(),
        f"{records}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode(),
    }
    lines = [f"{path},{_digest(data)},{len(data)}\n" for path, data in content.items()]
    content[f"{records}/RECORD"] = "".join([*lines, f"{records}/RECORD,,\n"]).encode()
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{name}-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in content.items():
            archive.writestr(path, data)
    return wheel


def _digest(data: bytes) -> str:
    raw = hashlib.sha256(data).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def make_index(wheels: Path, pages: Path) -> str:
    """Write a PEP 503 tree over a folder of wheels; return its address."""
    for name in {wheel.name.partition("-")[0] for wheel in wheels.glob("*.whl")}:
        page = pages / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        links = []
        for wheel in sorted(wheels.glob(f"{name}-*.whl")):
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            address = f"{wheels.as_uri()}/{quote(wheel.name)}#sha256={digest}"
            links.append(f'<a href="{address}">{wheel.name}</a>')
        page.write_text(f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>")
    return pages.as_uri()


def make_world(root: Path) -> Inputs:
    """Make a framework index, a primary and an extra one; return what to ask of them."""
    bulk = {f"numeric/m{n}.py": b"x = 1\n" * 400 for n in range(150)}
    needs = ("numeric",)
    make_wheel(root / "fw", FRAMEWORK, "2.0+cpu", requires=needs, files={"framework/big": b"0" * 9})
    make_wheel(root / "fw", "companion", "1.0+cpu", requires=("framework==2.0",))
    make_wheel(root / "fw", "numeric", "9.9")
    make_wheel(root / "main", "numeric", "1.0")
    make_wheel(root / "main", "numeric", "1.1", files=bulk)
    make_wheel(root / "main", FRAMEWORK, "2.0+cpu", files={"framework/impostor.py": b""})
    make_wheel(root / "more", "numeric", "7.0")
    make_wheel(root / "more", "pip", "99.0")
    primary = make_index(root / "main", root / "main-pages")
    extra = make_index(root / "more", root / "more-pages")
    sources = SourceSet(
        primary=Source(id="primary", kind="index", role="primary", url=primary),
        extras=(Source(id="extra", kind="index", role="extra", url=extra),),
    )
    return Inputs(
        python=sys.executable,
        minor=MINOR,
        requirements=("framework==2.0+cpu", "companion==1.0+cpu"),
        sources=sources,
        framework_names=(FRAMEWORK, "companion"),
        framework_index=make_index(root / "fw", root / "fw-pages"),
    )


STACK = Stack(
    python=MINOR,
    packages={"framework": "2.0", "companion": "1.0"},
    pins={"framework": "2.0+cpu", "companion": "1.0+cpu"},
    build="cpu",
    runtime="",
    device="cpu",
)


def record_of(site: Site, **changes: object) -> EnvRecord:
    values: dict[str, object] = {
        "name": site.name,
        "path": str(site.path),
        "backend": "uv",
        "created": datetime.now(timezone.utc).isoformat(),
        "stack": STACK,
        "requirement": Requirement(),
        **changes,
    }
    return EnvRecord(**values)  # type: ignore[arg-type]  # the caller names real fields


def create(home: Home, name: str, inputs: Inputs, log: StepLog | None = None) -> EnvRecord:
    """Make an environment as the commands do, with the real uv."""
    host = RealHost()
    backend = load_backend("uv")

    def work(site: Site) -> EnvRecord:
        with site.log.step("resolve"):
            _, artifacts = backend.resolve(host, home, inputs, site.records)
        with site.log.step("environment"):
            backend.make(host, home, inputs.python, site.path)
        with site.log.step("install"):
            backend.install(host, home, site.path, site.pylock, artifacts, _quiet)
        return record_of(site, artifacts=artifacts)

    return create_environment(host, home, name, work, log=log)


def _quiet(_name: str, _done: int, _total: int) -> None:
    """Hear how far it is and do nothing."""
