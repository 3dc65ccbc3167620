"""A toolkit's files laid out as programs expect them."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from torchup.apply.toolkit import LAID_OUT, is_whole, lay_out
from torchup.model import OwnToolkit

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there nothing is laid out")

ROOT = "lib/python3.11/site-packages/nvidia/cu13"
WHEELS = OwnToolkit(source="pypi", runtime="13.0", root=ROOT, home=LAID_OUT)
FILES = (
    "bin/nvcc",
    "bin/nvcc.profile",
    "bin/crt/link.stub",
    "include/cuda_runtime.h",
    "include/crt/host_config.h",
    "lib/libcudart.so.13",
    "lib/libcudart_static.a",
    "lib/libcupti.so.13",
    "lib/libcupti.so.2025.3.1",
    "lib/libdevel.so",
    "lib/libdevel.so.1",
    "nvvm/bin/cicc",
)


def write(root: Path, *files: str) -> None:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    write(tmp_path / "demo" / ROOT, *FILES)
    return tmp_path / "demo"


def test_everything_is_where_a_build_looks(environment: Path) -> None:
    lay_out(environment, WHEELS)
    home = environment / LAID_OUT
    assert is_whole(environment, WHEELS)
    for name in ("bin/nvcc", "include/crt/host_config.h", "nvvm/bin/cicc", "bin/crt/link.stub"):
        assert (home / name).read_text() == name
    assert not (home / "bin").is_symlink(), "nvcc looks beside the name it was started by"
    assert (home / "lib64/libcudart_static.a").read_text() == "lib/libcudart_static.a"
    assert (home / "lib64/libcudart.so").read_text() == "lib/libcudart.so.13"
    assert (home / "lib/libcupti.so").read_text().startswith("lib/libcupti.so.")
    assert (home / "lib64/libdevel.so").read_text() == "lib/libdevel.so", "its own name stays"


def test_a_copy_of_the_environment_has_whole_links_of_its_own(environment: Path) -> None:
    lay_out(environment, WHEELS)
    copy = environment.parent / "copy"
    shutil.copytree(environment, copy, symlinks=True)
    shutil.rmtree(environment)
    assert is_whole(copy, WHEELS)


@pytest.mark.parametrize("gone", [f"{LAID_OUT}/lib64/libcudart.so", f"{ROOT}/include", LAID_OUT])
def test_what_is_gone_is_seen_and_made_again(environment: Path, gone: str) -> None:
    lay_out(environment, WHEELS)
    path = environment / gone
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path)
    if gone.startswith(ROOT):
        write(environment / ROOT, "include/cuda_runtime.h")
        assert is_whole(environment, WHEELS)
        return
    assert not is_whole(environment, WHEELS)
    lay_out(environment, WHEELS)
    assert is_whole(environment, WHEELS)


def test_packages_that_changed_leave_no_stale_link(environment: Path) -> None:
    lay_out(environment, WHEELS)
    libraries = environment / ROOT / "lib"
    (libraries / "libcupti.so.13").rename(libraries / "libcupti.so.14")
    lay_out(environment, WHEELS)
    names = {one.name for one in (environment / LAID_OUT / "lib64").iterdir()}
    assert "libcupti.so.14" in names
    assert "libcupti.so.13" not in names


def test_it_is_taken_away_and_nothing_else(environment: Path) -> None:
    lay_out(environment, WHEELS)
    lay_out(environment, None)
    assert not (environment / LAID_OUT).exists()
    assert all((environment / ROOT / name).is_file() for name in FILES)


def test_condas_folders_for_each_kind_of_machine(tmp_path: Path) -> None:
    prefix = tmp_path / "conda"
    target = "targets/x86_64-linux"
    write(
        prefix,
        "bin/nvcc",
        f"{target}/include/cuda_runtime.h",
        f"{target}/lib/libcudart.so.12",
    )
    own = OwnToolkit(source="installed", runtime="12.6", root=str(prefix), home=LAID_OUT)
    environment = tmp_path / "demo"
    environment.mkdir()
    lay_out(environment, own)
    home = environment / LAID_OUT
    assert (home / "include/cuda_runtime.h").is_file()
    assert (home / "lib64/libcudart.so").is_file()
    assert (home / target / "include/cuda_runtime.h").is_file(), "its nvcc looks there"
    assert is_whole(environment, own)


def test_an_installed_one_is_left_where_it_is(tmp_path: Path) -> None:
    write(tmp_path / "cuda", "bin/nvcc")
    where = str(tmp_path / "cuda")
    own = OwnToolkit(source="installed", runtime="12.6", root=where, home=where)
    lay_out(tmp_path / "demo", own)
    assert not (tmp_path / "demo" / LAID_OUT).exists()
    assert is_whole(tmp_path / "demo", own)
    shutil.rmtree(tmp_path / "cuda")
    assert not is_whole(tmp_path / "demo", own)
