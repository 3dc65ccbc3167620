"""Fixtures of the tests that start torchup."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.process import Torchup
from cli.world import make_world
from indexserver import IndexServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

needs_world = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64"},
    reason="the local world has wheels for Linux",
)


as_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root may mount and change users"
)


def sources_of(server: IndexServer) -> dict[str, str]:
    """The variables that point torchup at a server."""
    return {
        "TORCHUP_FRAMEWORK_INDEX": server.index("whl"),
        "UV_DEFAULT_INDEX": server.index("simple"),
    }


@pytest.fixture
def torchup(tmp_path: Path) -> Torchup:
    """A torchup whose sources can't be reached."""
    return Torchup(tmp_path)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("world")
    make_world(root)
    return root


@pytest.fixture(scope="session")
def shared_server(wheels: Path) -> Iterator[IndexServer]:
    with IndexServer(wheels).start() as server:
        yield server


@pytest.fixture
def connected(tmp_path: Path, shared_server: IndexServer) -> Torchup:
    """A torchup whose sources are the local world."""
    return Torchup(tmp_path, **sources_of(shared_server))


@pytest.fixture
def own(wheels: Path, tmp_path: Path) -> Iterator[IndexServer]:
    """A copy of the world that a test may change."""
    root = tmp_path / "world"
    shutil.copytree(wheels, root)
    with IndexServer(root).start() as server:
        yield server


@pytest.fixture
def faulty(wheels: Path, tmp_path: Path) -> Iterator[Callable[..., Torchup]]:
    """Makes a torchup whose sources have the faults that are named, by part of a path."""
    with IndexServer(wheels).start() as server:

        def make(**manners: object) -> Torchup:
            for name, value in manners.items():
                setattr(server, name, value)
            return Torchup(tmp_path, **sources_of(server))

        yield make


@pytest.fixture
def tmpfs(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts small file systems, where root may."""
    mounted: list[Path] = []

    def mount(options: str) -> Path:
        place = tmp_path / f"disk{len(mounted)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
        if (
            not shutil.which("mount")
            or subprocess.run(command, capture_output=True, check=False).returncode
        ):
            pytest.skip("this root may not mount")
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", "-l", str(place)], check=True)
