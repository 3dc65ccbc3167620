from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from torchup.backends.uv_lock import read_lock
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path

LOCK = """
lock-version = "1.0"
[[packages]]
name = "one"
version = "1.0"
[[packages.wheels]]
url = "https://me:pw@h.example/one-1.0-py3-none-any.whl"
size = 7
hashes = {{ sha256 = "aa" }}
[[packages]]
name = "local"
version = "2.0+cpu"
wheels = [{{ url = "{local}", hashes = {{ sha256 = "bb" }} }}]
[[packages]]
name = "sourced"
version = "3.0"
sdist = {{ url = "https://h.example/sourced-3.0.tar.gz" }}
[[packages]]
name = "vcs"
vcs = {{ type = "git", url = "https://h.example/r.git", commit-id = "cc" }}
"""


def test_files_and_their_sizes(tmp_path: Path) -> None:
    wheel = tmp_path / "local-2.0+cpu-py3-none-any.whl"
    wheel.write_bytes(b"12345")
    address = wheel.as_uri().replace("+", "%2B")
    one, local, sourced, vcs = read_lock(RealHost(), LOCK.format(local=address), "3.12")
    assert (one.url, one.size, one.sha256) == (
        "https://***@h.example/one-1.0-py3-none-any.whl",
        7,
        "aa",
    )
    assert (local.version, local.size) == ("2.0+cpu", 5)
    assert (sourced.url, sourced.sha256, sourced.size) == (
        "https://h.example/sourced-3.0.tar.gz",
        "",
        None,
    )
    assert (vcs.version, vcs.url) == ("", "https://h.example/r.git")


@pytest.mark.skipif(sys.platform != "linux", reason="the tags are Linux's")
@pytest.mark.parametrize(
    ("minor", "chosen"),
    [
        ("3.12", "cp312-cp312-manylinux_2_17_{arch}"),
        ("3.11", "cp39-abi3-manylinux_2_17_{arch}"),
        ("3.13t", "py3-none-any"),
    ],
)
def test_the_wheel_that_fits_best_is_chosen(minor: str, chosen: str) -> None:
    arch = RealHost().machine
    tags = [
        "py3-none-any",
        f"cp39-abi3-manylinux_2_17_{arch}",
        f"cp312-cp312-manylinux_2_17_{arch}",
        "cp312-cp312-macosx_11_0_arm64",
        "not a wheel",
    ]
    wheels = ", ".join(f'{{ url = "https://h.example/m-1.0-{tag}.whl" }}' for tag in tags)
    lock = f'[[packages]]\nname = "m"\nversion = "1.0"\nwheels = [{wheels}]\n'
    (found,) = read_lock(RealHost(), lock, minor)
    assert found.url == f"https://h.example/m-1.0-{chosen.format(arch=arch)}.whl"
