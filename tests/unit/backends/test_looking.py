"""What is read from an environment's packages: who needs whom, and what is not in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchup.backends.faults import faults
from torchup.backends.needs import needed_by
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from pathlib import Path

HOST = RealHost()
HERE = {"python_version": "3.11", "sys_platform": "linux"}


def install(root: Path, name: str, version: str, *needs: str) -> Path:
    site = root / "lib" / "python3.11" / "site-packages"
    module = site / name
    module.mkdir(parents=True)
    (module / "__init__.py").write_text("x = 1\n")
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    lines = "".join(f"Requires-Dist: {one}\n" for one in needs)
    (info / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n{lines}\nRequires-Dist: x\n")
    (info / "RECORD").write_text(
        f"{name}/__init__.py,sha256=abc,6\n{name}/__pycache__/a.pyc,,\n../../bin/gone,,9\n"
    )
    return site


@pytest.fixture
def root(tmp_path: Path) -> Path:
    install(tmp_path, "torch", "2.7.1+cpu", "sympy>=1.13", "triton; sys_platform == 'win32'")
    install(tmp_path, "sympy", "1.13", "mpmath", "gmpy2; extra == 'fast'", "not a line")
    install(tmp_path, "mpmath", "1.3")
    return tmp_path


def test_who_needs_whom(root: Path) -> None:
    there = {"torch": "", "sympy": "", "mpmath": ""}
    assert needed_by(root, HOST, there, "sympy", HERE) == ("torch",)
    assert needed_by(root, HOST, there, "mpmath", HERE) == ("sympy",)
    assert needed_by(root, HOST, there, "triton", HERE) == ()
    assert needed_by(root, HOST, there, "gmpy2", HERE) == ()
    assert needed_by(root, HOST, there, "x", HERE) == ()
    assert needed_by(root / "gone", HOST, there, "sympy", HERE) == ()


LOCKED = {"torch": "2.7.1+cpu", "sympy": "1.13", "mpmath": "1.3"}


def test_all_in_order(root: Path) -> None:
    assert faults(root, HOST, LOCKED) == {}
    assert faults(root, HOST, LOCKED | {"torch": "2.7.1"}) == {}


def test_what_is_not(root: Path) -> None:
    site = root / "lib" / "python3.11" / "site-packages"
    (site / "sympy" / "__init__.py").write_text("longer than it was\n")
    (site / "mpmath" / "__init__.py").unlink()
    (site / "torch-2.7.1+cpu.dist-info").rename(site / "torch-2.7.1+cu126.dist-info")
    (site / "half-1.0.dist-info").mkdir()
    assert faults(root, HOST, LOCKED | {"rich": "14"}) == {
        "half": "cut-off",
        "torch": "other-version",
        "sympy": "files",
        "mpmath": "files",
        "rich": "missing",
    }


class Counting(RealHost):
    """Counts how often a folder is listed."""

    def __init__(self) -> None:
        super().__init__()
        self.listed = 0

    def listdir(self, path: str) -> tuple[str, ...]:
        self.listed += path.endswith("site-packages")
        return super().listdir(path)


def test_however_many_packages_there_are_they_are_listed_as_often(tmp_path: Path) -> None:
    counts = []
    for number in (2, 20):
        root = tmp_path / str(number)
        locked = {f"p{one}": "1.0" for one in range(number)}
        for name in locked:
            install(root, name, "1.0")
        host = Counting()
        assert faults(root, host, locked) == {}
        counts.append(host.listed)
    assert counts[0] == counts[1]
