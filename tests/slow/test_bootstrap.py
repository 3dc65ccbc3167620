"""Starting from a checkout, as somebody does who has just cloned it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROJECT: Final = Path(__file__).parents[2]
PARTS: Final = ("bootstrap.py", "pyproject.toml", "README.md", "LICENSE", "src", "tools")
SYSTEM: Final = Path("/usr/bin/python3")
INTERPRETERS: Final = [
    pytest.param(sys.executable, id="this"),
    pytest.param(
        str(SYSTEM),
        id="system",
        marks=pytest.mark.skipif(not SYSTEM.exists(), reason="there is no /usr/bin/python3"),
    ),
]
VERSION: Final = subprocess.run(
    [sys.executable, "-m", "torchup", "--version"], capture_output=True, check=True
).stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "检 出 of torchup"
    root.mkdir()
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / part)
    return root


def start(
    python: str, checkout: Path, *arguments: str, **environ: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [python, str(checkout / "bootstrap.py"), *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **environ},
        cwd=checkout.parent,
        timeout=300,
    )


@pytest.mark.parametrize("python", INTERPRETERS)
def test_first_and_second_start(checkout: Path, python: str) -> None:
    first = start(python, checkout, "--version")
    assert first.stderr.decode().startswith("Preparing torchup (first start only) "), first.stderr
    assert (first.returncode, first.stdout) == (0, VERSION)
    assert len(first.stderr.splitlines()) == 1
    second = start(python, checkout, "--version")
    assert (second.returncode, second.stdout, second.stderr) == (0, VERSION, b"")

    wrong = start(python, checkout, "no-such-command", "a b", "中文")
    assert wrong.returncode == 2
    assert wrong.stderr

    source = checkout / "src" / "torchup" / "__init__.py"
    source.write_text(source.read_text().replace('__version__ = "', '__version__ = "9.'))
    third = start(python, checkout, "--version")
    assert b"the checkout changed" in third.stderr
    assert third.stdout.split() == [b"torchup", b"9." + VERSION.split()[1]]


def test_a_file_in_the_current_folder_is_not_in_the_way(checkout: Path) -> None:
    for name in ("torchup", "msgspec", "venv"):
        (checkout.parent / f"{name}.py").write_text("raise SystemExit('in the way')\n")
    assert start(sys.executable, checkout, "--version").stdout == VERSION


@pytest.mark.skipif(os.name == "nt", reason="kills a process group, which Windows does not have")
@pytest.mark.parametrize("after", [0.05, 1.0, 2.5])
def test_an_interrupted_installation_is_repaired(checkout: Path, after: float) -> None:
    child = subprocess.Popen(
        [sys.executable, str(checkout / "bootstrap.py"), "--version"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(after)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert not (checkout / ".torchup" / "tool" / "complete").exists()
    again = start(sys.executable, checkout, "--version")
    assert (again.returncode, again.stdout) == (0, VERSION), again.stderr


def test_two_starts_at_once_install_once(checkout: Path) -> None:
    children = [
        subprocess.Popen(
            [sys.executable, str(checkout / "bootstrap.py"), "--version"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]
    told = [child.communicate(timeout=300) for child in children]
    assert [out for out, _ in told] == [VERSION, VERSION]
    assert sum(b"Preparing" in err for _, err in told) == 1


@pytest.mark.skipif(os.name == "nt", reason="folders are made read-only in another way there")
def test_a_checkout_that_cannot_be_written_to(checkout: Path, tmp_path: Path) -> None:
    # A file where the folder should be: this also stops the super-user, whom modes don't.
    (checkout / ".torchup").write_text("")
    cache = tmp_path / "ca che"
    made = start(sys.executable, checkout, "--version", XDG_CACHE_HOME=str(cache))
    assert (made.returncode, made.stdout) == (0, VERSION), made.stderr
    if sys.platform == "linux":
        assert list(cache.glob("torchup/checkout-*/tool/complete"))


def test_a_failed_installation_says_so_and_leaves_nothing_half_done(checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("[project\n")
    failed = start(sys.executable, checkout, "--version")
    assert failed.returncode == 3
    assert b"torchup could not be prepared: the installation failed." in failed.stderr
    assert not (checkout / ".torchup" / "tool" / "complete").exists()
    shutil.copy(PROJECT / "pyproject.toml", checkout)
    assert start(sys.executable, checkout, "--version").stdout == VERSION


# Debian's python3 comes without ensurepip, and then "python3 -m venv" fails.
BARE: Final = """
import subprocess, sys
sys.path.insert(0, sys.argv[1])
from tools import private_environment as room, start
real = room._call
def call(command, lock):
    if command[1:4] != ["-I", "-m", "venv"]:
        return real(command, lock)
    return subprocess.CompletedProcess(command, 1, "ensurepip is not available")
room._call = call
sys.exit(start.main(sys.argv[1], ["--version"]))
"""


@pytest.mark.parametrize("has_uv", [False, True])
def test_a_python_without_ensurepip(checkout: Path, tmp_path: Path, has_uv: bool) -> None:
    search = tmp_path / "bin"
    search.mkdir()
    if has_uv:
        uv = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
        assert uv, "uv is a dependency of torchup"
        shutil.copy(uv, search)
    done = subprocess.run(
        [sys.executable, "-c", BARE, str(checkout)],
        capture_output=True,
        check=False,
        env={**os.environ, "PATH": str(search)},
        timeout=300,
    )
    if has_uv:
        assert (done.returncode, done.stdout) == (0, VERSION), done.stderr
    else:
        assert done.returncode == 3
        assert b"sudo apt install python3-venv" in done.stderr
        assert not (checkout / ".torchup" / "tool").exists()
