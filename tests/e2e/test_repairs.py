"""Environments broken in many ways, repaired, and the repair undone: byte for byte."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import msgspec
import pytest

from cli.fixtures import needs_world
from cli.process import one_error
from cli.world import MINOR
from torchup.errors import EXIT_DONE, EXIT_NO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.process import Torchup

pytestmark = [pytest.mark.slow, needs_world]

CREATE = ("create", "demo", "--cpu", "torch==2.13.0", "--no-verify")


@pytest.fixture
def made(connected: Torchup) -> Torchup:
    assert connected(*CREATE).code == EXIT_DONE
    return connected


def site(made: Torchup) -> Path:
    return made.home / "envs" / "demo" / "lib" / f"python{MINOR}" / "site-packages"


def everything(folder: Path) -> dict[str, tuple[int, bytes | str]]:
    """Every path but bytecode and the notes of when something was looked at, with its content."""
    found: dict[str, tuple[int, bytes | str]] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if "__pycache__" in name or name in (".torchup/size.json", ".torchup/receipt.json"):
            continue
        about = path.lstat()
        held = str(path.readlink()) if path.is_symlink() else ""
        content = path.read_bytes() if stat.S_ISREG(about.st_mode) else held
        found[name] = (about.st_mode, content)
    return found


def without_files(made: Torchup) -> None:
    shutil.rmtree(site(made) / "filelock")
    (site(made) / "torch" / "__init__.py").unlink()


def truncated(made: Torchup) -> None:
    path = site(made) / "torch" / "__init__.py"
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[: len(data) // 2])


def spoilt_in_the_cache_too(made: Torchup) -> None:
    """Written in place: the file is one with that in the cache, and keeps its size."""
    path = site(made) / "torch" / "__init__.py"
    data = path.read_bytes()
    time.sleep(2.1)
    path.write_bytes(b"#" * len(data))


def doubled(made: Torchup) -> None:
    (record,) = site(made).glob("numpy-*.dist-info")
    shutil.copytree(record, record.with_name("numpy-1.0.dist-info"))


def with_an_intruder(made: Torchup) -> None:
    """Another package that installs the same files, as opencv's four do."""
    record = site(made) / "numpy_headless-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy-headless\nVersion: 1.0\n")
    init = site(made) / "numpy" / "__init__.py"
    init.unlink()
    init.write_text("other = 1\n")
    files = ("numpy/__init__.py", f"{record.name}/METADATA", f"{record.name}/RECORD")
    (record / "RECORD").write_text("".join(f"{name},,\n" for name in files))


def cut_off(made: Torchup) -> None:
    for record in site(made).glob("numpy-*.dist-info"):
        (record / "METADATA").unlink()


def without_python(made: Torchup) -> None:
    for file in (made.home / "envs" / "demo" / "bin").glob("python*"):
        file.unlink()


def with_another_build(made: Torchup) -> None:
    """As pip does it: the old record goes, a new one comes, and the files are replaced."""
    pip_install(made, "torch==2.12.1+cpu")


def with_another_numpy(made: Torchup) -> None:
    pip_install(made, "numpy==2.1.0")


def pip_install(made: Torchup, requirement: str) -> None:
    """What another installer does: torchup's own constraints don't keep it from anything."""
    name, _, version = requirement.partition("==")
    for record in site(made).glob(f"{name}-*.dist-info"):
        fresh = record.with_name(f"{name}-{version}.dist-info")
        shutil.copytree(record, fresh)
        metadata = (fresh / "METADATA").read_text().splitlines(keepends=True)
        kept = [one for one in metadata if not one.startswith("Version:")]
        (fresh / "METADATA").unlink()
        (fresh / "METADATA").write_text("".join([*kept[:2], f"Version: {version}\n", *kept[2:]]))
        listed = (fresh / "RECORD").read_text().replace(record.name, fresh.name)
        (fresh / "RECORD").unlink()
        (fresh / "RECORD").write_text(listed)
        shutil.rmtree(record)
    init = site(made) / name / "__init__.py"
    init.unlink()
    init.write_text(f"__version__ = {version!r}\n")


BREAKAGES: tuple[Callable[[Torchup], None], ...] = (
    without_files,
    truncated,
    spoilt_in_the_cache_too,
    doubled,
    with_an_intruder,
    cut_off,
    without_python,
    with_another_build,
    with_another_numpy,
)


@pytest.mark.parametrize("spoil", BREAKAGES, ids=lambda one: one.__name__)
def test_what_is_broken_is_repaired_verified_and_undone(
    made: Torchup, spoil: Callable[[Torchup], None]
) -> None:
    path = made.home / "envs" / "demo"
    whole = everything(path)
    spoil(made)
    broken = everything(path)
    assert broken != whole
    assert made("repair", "demo", "--dry-run").code == EXIT_DONE
    assert everything(path) == broken
    done = made("repair", "demo")
    assert done.code == EXIT_DONE, done
    repaired = everything(path)
    assert repaired.keys() == whole.keys()
    assert {name for name in whole if repaired[name] != whole[name]} <= {
        name for name in whole if name.startswith((".torchup/", "bin/", "pyvenv.cfg"))
    }
    assert made("verify", "demo").code == EXIT_DONE
    undone = made("undo")
    assert undone.code == EXIT_DONE, undone
    assert everything(path) == broken
    assert made("repair", "demo", "--no-verify").code == EXIT_DONE


def test_changes_are_undone_one_by_one(made: Torchup) -> None:
    path = made.home / "envs" / "demo"
    first = everything(path)
    assert made("add", "six", "-n", "demo", "--no-verify").code == EXIT_DONE
    second = everything(path)
    assert made("upgrade", "torch==2.12.1", "-n", "demo", "--no-verify").code == EXIT_DONE
    listed = made("undo", "--list", "--json").document("torchup.changes/v1")["changes"]
    assert [one["command"] for one in listed] == ["upgrade", "add"]
    assert "torchup undo" in one_error(made("undo", listed[1]["id"]), EXIT_NO)
    assert made("undo").code == EXIT_DONE
    assert everything(path) == second
    assert made("undo").code == EXIT_DONE
    assert everything(path) == first
    assert "nothing to undo" in one_error(made("undo"), EXIT_NO)


def test_what_pip_did_since_is_not_lost(made: Torchup) -> None:
    assert made("add", "six", "-n", "demo", "--no-verify").code == EXIT_DONE
    module = site(made) / "six" / "__init__.py"
    module.unlink()
    module.write_text("mine")
    (site(made) / "mine.py").write_text("mine")
    assert "six" in one_error(made("undo"), EXIT_NO)
    assert module.read_text() == "mine"
    assert made("undo", "--force").code == EXIT_DONE
    assert not module.parent.exists()
    assert (site(made) / "mine.py").read_text() == "mine"
    assert made("undo").code == EXIT_DONE
    assert module.read_text() == "mine"


def test_an_environment_that_is_gone_is_said(made: Torchup) -> None:
    assert made("add", "six", "-n", "demo", "--no-verify").code == EXIT_DONE
    assert made("rename", "demo", "other").code == EXIT_DONE
    assert "demo" in one_error(made("undo"), EXIT_NO)


def test_a_repair_that_does_not_compute_is_taken_back(made: Torchup) -> None:
    numpy = site(made) / "numpy" / "__init__.py"
    sitecustomize = site(made) / "sitecustomize.py"
    sitecustomize.write_text("import sys; sys.modules['torch'] = None\n")
    numpy.unlink()
    path = made.home / "envs" / "demo"
    broken = everything(path)
    refused = made("repair", "demo")
    assert refused.code == EXIT_NO
    assert "--no-verify" in refused.err
    assert everything(path) == broken
    assert made("repair", "demo", "--no-verify").code == EXIT_DONE
    assert numpy.exists()


def test_what_was_repaired_is_what_was_installed(made: Torchup) -> None:
    without_files(made)
    assert made("repair", "demo", "--no-verify").code == EXIT_DONE
    python = made.home / "envs" / "demo" / "bin" / "python"
    subprocess.run([python, "-c", "import torch, numpy, filelock"], check=True)


def test_what_somebody_added_is_brought_to_what_goes_with_it(connected: Torchup) -> None:
    """A companion and a NumPy that are on no record: pip put them there."""
    create = ("create", "demo", "--cpu", "torch==2.13.0", "--no-companions", "--no-verify")
    assert connected(*create).code == EXIT_DONE
    path = connected.home / "envs" / "demo"
    record = site(connected) / "torchvision-0.1.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: torchvision\nVersion: 0.1\n"
        "Requires-Dist: torch (==2.12.1)\n\n"
    )
    (record / "RECORD").write_text(
        f"torchvision/__init__.py,,\n{record.name}/METADATA,,\n{record.name}/RECORD,,\n"
    )
    (site(connected) / "torchvision").mkdir()
    (site(connected) / "torchvision" / "__init__.py").write_text("")
    broken = everything(path)
    found = connected("doctor", "demo", "--json").document("torchup.diagnosis/v1")["findings"]
    assert "torchvision-torch-mismatch" in [one["code"] for one in found]
    done = connected("repair", "demo", "--no-verify")
    assert done.code == EXIT_DONE, done
    shown = connected("show", "demo", "--json").document("torchup.environment/v1")["packages"]
    assert shown["torchvision"].partition("+")[0] != "0.1"
    assert "nothing to repair" in connected("repair", "demo", "--no-verify").out
    assert connected("undo").code == EXIT_DONE
    assert everything(path) == broken


@pytest.fixture
def theirs(connected: Torchup) -> Path:
    """A virtual environment of another tool, with a companion and a NumPy that don't belong."""
    create = ("create", "demo", "--cpu", "torch==2.13.0", "--no-companions", "--no-verify")
    assert connected(*create).code == EXIT_DONE
    folder = connected.root / "theirs"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    packages = folder / "lib" / f"python{MINOR}" / "site-packages"
    shutil.copytree(site(connected), packages, dirs_exist_ok=True)
    record = packages / "torchvision-0.1.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: torchvision\nVersion: 0.1\n"
        "Requires-Dist: torch (==2.12.1)\n\n"
    )
    (record / "RECORD").write_text(
        f"torchvision/__init__.py,,\n{record.name}/METADATA,,\n{record.name}/RECORD,,\n"
    )
    (packages / "torchvision").mkdir()
    (packages / "torchvision" / "__init__.py").write_text("")
    return folder


def test_an_environment_of_another_tool_is_mended_too(connected: Torchup, theirs: Path) -> None:
    broken = everything(theirs)
    asks = connected("repair", "./theirs")
    assert "--finding torchvision-torch-mismatch" in asks.out
    assert everything(theirs) == broken
    done = connected("repair", "./theirs", "--yes")
    assert done.code == EXIT_DONE, done
    shown = connected("show", "./theirs", "--json").document("torchup.environment/v1")
    assert shown["packages"]["torchvision"].endswith("+cpu")
    assert connected("verify", "./theirs", "--quick").code == EXIT_DONE
    assert connected("undo").code == EXIT_DONE
    assert everything(theirs) == broken
    assert list((connected.home / "kept").iterdir()) == []


def test_where_it_does_not_compute_it_is_as_it_was(connected: Torchup, theirs: Path) -> None:
    packages = theirs / "lib" / f"python{MINOR}" / "site-packages"
    (packages / "sitecustomize.py").write_text("import sys; sys.modules['torch'] = None\n")
    broken = everything(theirs)
    refused = connected("repair", "./theirs", "--yes")
    assert refused.code == EXIT_NO
    assert everything(theirs) == broken
    assert list((connected.home / "kept").iterdir()) == []


def test_what_was_killed_half_way_is_put_back(connected: Torchup, theirs: Path) -> None:
    """As a killed torchup leaves it: its copy stands, and nobody is at it."""
    broken = everything(theirs)
    guard = connected.home / "kept" / ".guard-1"
    guard.mkdir(parents=True)
    shutil.copytree(theirs, guard / "tree", symlinks=True)
    gone = {"folder": str(theirs), "owner": {"pid": 999999, "started": "gone"}}
    (guard / "note.json").write_bytes(msgspec.json.encode(gone))
    shutil.rmtree(theirs / "lib" / f"python{MINOR}" / "site-packages" / "filelock")
    (theirs / "new").write_text("half")
    assert connected("doctor", "demo").code == EXIT_DONE
    assert everything(theirs) == broken
    assert not guard.exists()
