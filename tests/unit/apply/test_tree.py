"""Copies of a folder that share its bytes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from torchup.apply.mirror import Mirror
from torchup.apply.relocation import Relocation
from torchup.apply.tree import KIT, copy_tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "envs" / "a b"
    packages = root / "lib" / "python3.11" / "site-packages"
    (packages / "torch").mkdir(parents=True)
    (packages / "torch" / "big.so").write_bytes(b"\0big" * 100)
    (packages / "mine.pth").write_text(f"{root}/src\n/somewhere/else\n")
    (root / "bin").mkdir()
    (root / "bin" / "pip").write_text(f"#!{root}/bin/python\n# not {root}c\n")
    (root / "bin" / "pip").chmod(0o755)
    (root / "bin" / "tool").write_bytes(b"\0" + str(root).encode())
    (root / "bin" / "python").symlink_to("/usr/bin/python3")
    (root / "lib64").symlink_to(root / "lib")
    (root / "pyvenv.cfg").write_text(f"prompt = x\ncommand = python -m venv {root}\n")
    return root


def test_a_copy_is_its_own_place(source: Path) -> None:
    target = source.with_name("ü")
    done = copy_tree(source, target, moved=(str(source), str(target)))
    assert (done.shared, done.copied) == (1, 6)
    inside = target / "lib" / "python3.11" / "site-packages"
    was = source / "lib" / "python3.11" / "site-packages"
    assert (inside / "torch" / "big.so").samefile(was / "torch" / "big.so")
    assert (inside / "mine.pth").read_text() == f"{target}/src\n/somewhere/else\n"
    assert (was / "mine.pth").read_text() == f"{source}/src\n/somewhere/else\n"
    script = target / "bin" / "pip"
    assert script.read_text() == f"#!{target}/bin/python\n# not {source}c\n"
    assert os.access(script, os.X_OK)
    assert (target / "bin" / "tool").read_bytes() == (source / "bin" / "tool").read_bytes()
    assert str((target / "bin" / "python").readlink()) == "/usr/bin/python3"
    assert str((target / "lib64").readlink()) == str(target / "lib")
    assert str(target) in (target / "pyvenv.cfg").read_text()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
@pytest.mark.parametrize("inside", ["", "lib/python3.11/site-packages", "bin"])
@pytest.mark.parametrize("name", ["pipe", "pipe.pth"])
def test_a_pipe_is_not_waited_for(source: Path, inside: str, name: str) -> None:
    os.mkfifo(source / inside / name)
    kept, moved, mirrored = (source.with_name(one) for one in ("kept", "ü", "mirrored"))
    copy_tree(source, kept)
    copy_tree(source, moved, moved=(str(source), str(moved)))
    relocation = Relocation((str(source), str(mirrored)))
    for linked in (True, False):
        Mirror(relocation, linked=linked).folder(str(source), str(mirrored), worded=True)
    assert (kept / inside / name).is_fifo()
    assert (moved / "pyvenv.cfg").is_file()
    assert (mirrored / "pyvenv.cfg").is_file()


def test_a_toolkit_of_conda_s_is_shared_but_for_what_names_its_place(source: Path) -> None:
    kit = source / ".torchup" / KIT
    (kit / "lib").mkdir(parents=True)
    (kit / "lib" / "libcublas.so").write_bytes(b"\0" + str(source).encode())
    (kit / "lib" / "cublas.pc").write_text(f"prefix={kit}\n")
    (kit / "cuda.h").write_text("#define CUDA_VERSION 12060\n")
    kept, target = source.with_name("kept"), source.with_name("ü")
    copy_tree(source, kept)
    copy_tree(source, target, moved=(str(source), str(target)))
    for name in ("lib/libcublas.so", "lib/cublas.pc", "cuda.h"):
        assert (kept / ".torchup" / KIT / name).samefile(kit / name)
    there = target / ".torchup" / KIT
    assert (there / "lib" / "libcublas.so").samefile(kit / "lib" / "libcublas.so")
    assert (there / "cuda.h").samefile(kit / "cuda.h")
    assert (there / "lib" / "cublas.pc").read_text() == f"prefix={there}\n"
    assert (kit / "lib" / "cublas.pc").read_text() == f"prefix={kit}\n"


def test_a_snapshot_changes_nothing(source: Path) -> None:
    target = source.with_name("kept")
    copy_tree(source, target)
    assert (target / "bin" / "pip").read_text() == (source / "bin" / "pip").read_text()
    assert not (target / "bin" / "pip").samefile(source / "bin" / "pip")


def test_without_hard_links_everything_is_copied(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_source: str, _target: str) -> None:
        raise OSError(18, "another device")

    monkeypatch.setattr(os, "link", refuse)
    target = source.with_name("copy")
    assert copy_tree(source, target).shared == 0
    found = target / "lib" / "python3.11" / "site-packages" / "torch" / "big.so"
    assert found.read_bytes() == b"\0big" * 100


def test_files_that_only_installers_replace_are_shared_wherever_they_lie(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "lib").mkdir(parents=True)
    for name in ("big.so", "own.cfg"):
        (source / "lib" / name).write_text("x")
    copied = copy_tree(source, tmp_path / "copy", linked={str(source / "lib" / "big.so")})
    assert (copied.shared, copied.copied) == (1, 1)
    assert (tmp_path / "copy" / "lib" / "big.so").samefile(source / "lib" / "big.so")
