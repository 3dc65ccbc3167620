"""A bundle is made here, carried to another home, and installed there without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import Torchup
from cli.world import MINOR
from torchup.errors import EXIT_DONE

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

BARE = ("--no-python", "--no-torchup")
MADE = ("bundle", "create", "torch==2.13.0", "--cpu", "--python", MINOR, *BARE)


@pytest.fixture
def other(tmp_path: Path) -> Torchup:
    """Another user on another machine, whose sources can't be reached."""
    root = tmp_path / "other"
    root.mkdir()
    return Torchup(root)


@needs_world
def test_a_bundle_goes_to_another_home(
    connected: Torchup, other: Torchup, shared_server: IndexServer
) -> None:
    done = connected(*MADE, "-o", "lab.torchup")
    assert done.code == EXIT_DONE, done
    file = connected.root / "lab.torchup"
    assert file.is_file()
    assert not connected.left()
    sound = connected("bundle", "verify", str(file))
    assert sound.code == EXIT_DONE, sound
    asked = len(shared_server.requests)
    made = other("create", "demo", "--from", str(file), "--no-verify", "--offline")
    assert made.code == EXIT_DONE, made
    assert len(shared_server.requests) == asked
