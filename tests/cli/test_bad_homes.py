"""Homes that can't be written to: full, read-only, forbidden, not folders."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest

from cli.fixtures import as_root, needs_world
from cli.process import CPU, Result, Torchup, has_next_step, one_error
from torchup.errors import EXIT_DONE, EXIT_OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOBODY: Final = 65534


@pytest.mark.slow
@as_root
@needs_world
@pytest.mark.parametrize("size", ["64k", "200k", "400k"])
def test_a_full_disk(connected: Torchup, tmpfs: Callable[[str], Path], size: str) -> None:
    disk = tmpfs(f"size={size},nr_inodes=60")
    connected.home = disk / "torchup"
    done = connected("create", "demo", *CPU, TORCHUP_HOME=str(connected.home))
    assert done.code == EXIT_OUTSIDE, done
    assert has_next_step(done.err.strip()), done.err
    assert str(disk) in done.err or "space" in done.err
    assert not list(connected.home.glob("envs/*"))
    listed = connected("list", "--json", TORCHUP_HOME=str(connected.home))
    assert listed.document("torchup.environments/v1")["environments"] == []


@as_root
@needs_world
def test_a_read_only_disk(connected: Torchup, tmpfs: Callable[[str], Path]) -> None:
    disk = tmpfs("ro")
    done = connected("create", "demo", *CPU, TORCHUP_HOME=str(disk / "torchup"))
    assert done.code == EXIT_OUTSIDE, done
    assert has_next_step(done.err.strip())
    assert str(disk) in done.err
    for command in (("list",), ("probe",), ("plan", "--cpu", "torch==2.13.0"), ()):
        seen = connected(*command, TORCHUP_HOME=str(disk / "torchup"))
        assert (seen.code, seen.err) == (EXIT_DONE, ""), "looking needs no room"


@pytest.mark.slow
@as_root
@needs_world
def test_an_environment_on_a_disk_that_became_read_only(
    connected: Torchup, tmpfs: Callable[[str], Path]
) -> None:
    disk = tmpfs("size=50m")
    home = {"TORCHUP_HOME": str(disk / "torchup")}
    assert connected("create", "demo", *CPU, **home).code == EXIT_DONE
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    ran = connected("run", "demo", "--", "python", "-c", "print(7)", **home)
    assert (ran.code, ran.out) == (EXIT_DONE, "7\n"), ran
    assert connected("list", **home).code == EXIT_DONE
    assert connected("show", "demo", **home).code == EXIT_DONE
    assert one_error(connected("delete", "demo", "--yes", **home), EXIT_OUTSIDE)
    verified = connected("verify", "demo", "--quick", **home)
    assert verified.code == EXIT_DONE, "what was computed counts, though no receipt can be kept"
    assert "✓" in verified.out
    assert "receipt.json" in verified.err
    assert connected("list", "--json", **home).document("torchup.environments/v1")["environments"]


def python_for_all(torchup: Torchup) -> str:
    """An interpreter of this version that every user may start."""
    named = f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
    for python in (sys.executable, named):
        with suppress(OSError):
            if as_nobody(torchup, python, "--version").code == EXIT_DONE:
                return python
    pytest.skip("other users can't start a Python of this version")


def as_nobody(torchup: Torchup, python: str, *arguments: str) -> Result:
    """Run as a user who may write nowhere."""
    done = subprocess.run(
        [python, "-m", "torchup", *arguments],
        capture_output=True,
        check=False,
        env=torchup.env | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        cwd="/",
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        timeout=60,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in out + err, out + err
    return Result(done.returncode, out, err)


@as_root
@needs_world
def test_no_permission_to_write(connected: Torchup, tmp_path: Path) -> None:
    for folder in (tmp_path, *(one for one in tmp_path.parents if "pytest-" in str(one))):
        folder.chmod(0o755)  # this user may look, and write nowhere
    python = python_for_all(connected)
    done = as_nobody(connected, python, "create", "demo", *CPU)
    assert done.code == EXIT_OUTSIDE, done
    assert str(connected.home) in done.err
    assert has_next_step(done.err.strip())
    for command in (("list",), ("probe",), ("plan", "--cpu", "torch==2.13.0")):
        seen = as_nobody(connected, python, *command)
        assert (seen.code, seen.err) == (EXIT_DONE, ""), "looking needs no permission"
    config = as_nobody(connected, python, "config", "set", "lang", "en")
    assert config.code == EXIT_OUTSIDE
    assert str(connected.config) in config.err
    assert not connected.home.exists()


@needs_world
def test_a_home_that_is_a_file(connected: Torchup) -> None:
    connected.home.write_text("")
    done = connected("create", "demo", *CPU)
    assert done.code == EXIT_OUTSIDE, done
    assert str(connected.home) in done.err
    assert has_next_step(done.err.strip())
    assert connected.home.read_text() == ""
    below = connected("create", "demo", *CPU, TORCHUP_HOME=str(connected.home / "below"))
    assert below.code == EXIT_OUTSIDE, below
