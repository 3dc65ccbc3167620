"""lock and sync with the real uv: one lock, several machines, and environments brought to it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from uv import find_uv_bin

from cli.fakeframework import torch_files
from cli.fixtures import needs_world, sources_of
from cli.process import Torchup
from cli.world import FILELOCK, MINOR, NUMPY, PIP, TAG, add_torch, companions_of
from stubs import nvml
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from wheelmaker import make_wheel

if TYPE_CHECKING:
    from indexserver import IndexServer

pytestmark = [pytest.mark.slow, needs_world]

CREATE = ("create", "demo", "--cpu", "torch==2.13.0", "six", "--no-verify")
REST = {"filelock": FILELOCK, "numpy": NUMPY, "pip": PIP, "six": "1.17.0"}
CPU = {"torch": "2.13.0+cpu", **companions_of("2.13.0"), **REST}
CUDA = {"torch": "2.13.0+cu126", **companions_of("2.13.0", "cu126"), **REST}
SYNC = ("sync", "-n", "other", "--no-verify")


@pytest.fixture
def locked(own: IndexServer, tmp_path: Path) -> Torchup:
    """An environment and its lock of two rows, from a world that the test may change."""
    torchup = Torchup(tmp_path, **sources_of(own))
    assert torchup(*CREATE).code == EXIT_DONE
    done = torchup("lock", "demo", "--row", "lab=cu126", "--row", "ci=here")
    assert done.code == EXIT_DONE, done
    return torchup


def packages(torchup: Torchup, name: str = "other") -> dict[str, str]:
    found: dict[str, str] = shown(torchup, name)["packages"]
    return found


def shown(torchup: Torchup, name: str = "other") -> Any:  # noqa: ANN401  # a document
    return torchup("show", name, "--json").document("torchup.environment/v1")


def outcome(torchup: Torchup, *arguments: str) -> Any:  # noqa: ANN401  # a document
    done = torchup(*arguments, "--json")
    assert done.code == EXIT_DONE, done
    return done.document("torchup.outcome/v1")


def site(torchup: Torchup, name: str = "other") -> Path:
    return torchup.home / "envs" / name / "lib" / f"python{MINOR}" / "site-packages"


def test_a_machine_picks_its_row_and_records_it(locked: Torchup) -> None:
    found = outcome(locked, "sync", "-n", "other")
    assert found["lock"]["row"] == "ci"
    assert [(one["name"], one["state"]) for one in found["lock"]["rows"]] == [
        ("lab", "if-named"),
        ("ci", "fits"),
    ]
    assert found["verify"]["ok"] is True
    assert packages(locked) == CPU
    lock = shown(locked)["lock"]
    assert (lock["row"], lock["named"], lock["digest"]) == ("ci", False, found["lock"]["digest"])
    assert "row ci of" in locked("show", "other").out
    again = outcome(locked, *SYNC)
    assert again["steps"] == []
    assert again["lock"]["row"] == "ci"


@pytest.mark.skipif(nvml.library() is None, reason=nvml.NO_COMPILER)
def test_each_machine_takes_its_own_row(locked: Torchup) -> None:
    answers = locked.root / "nvml.cfg"
    card = "gpu0.name=NVIDIA GeForce RTX 3090\ngpu0.cc=8.6\ngpu0.bus=0000:01:00.0\n"
    with_card = {"LD_LIBRARY_PATH": str(nvml.library()), "FAKENVML": str(answers)}
    answers.write_text(f"driver=470.82.01\ncuda=11040\n{card}")
    old = locked(*SYNC, **with_card)
    assert old.code == EXIT_NO, "its driver is too old for one row, and the other is for the CPU"
    assert "driver" in old.out
    assert "--row ci" in old.out
    refused = locked(*SYNC, "--row", "lab", "--json", **with_card)
    assert refused.code == EXIT_NO
    rows = refused.document("torchup.outcome/v1")["lock"]["rows"]
    assert {row["name"]: row["state"] for row in rows} == {"lab": "no", "ci": "if-named"}
    assert "470" in rows[0]["why"]
    assert rows[0]["remedy"]
    assert locked.left() == ["envs/demo"]
    answers.write_text(f"driver=560.35.03\ncuda=12060\n{card}")
    lab = locked(*SYNC, "--json", **with_card).document("torchup.outcome/v1")
    assert lab["lock"]["row"] == "lab"
    assert packages(locked) == CUDA
    assert shown(locked)["stack"]["device"] == "cuda"
    assert outcome(locked, "sync", "-n", "ci", "--no-verify")["lock"]["row"] == "ci"


def test_a_row_that_is_named_stays(locked: Torchup) -> None:
    assert outcome(locked, *SYNC, "--row", "lab")["lock"]["row"] == "lab"
    assert packages(locked) == CUDA
    assert outcome(locked, *SYNC)["steps"] == [], "the machine does not take another one by itself"
    assert outcome(locked, *SYNC, "--row", "ci")["lock"]["row"] == "ci"
    assert packages(locked) == CPU


def test_what_was_done_by_hand_is_undone(locked: Torchup) -> None:
    assert locked(*SYNC).code == EXIT_DONE
    folder = site(locked)
    shutil.rmtree(folder / "numpy")
    with (folder / "six" / "__init__.py").open("a") as stream:
        stream.write("# by hand\n")
    extra = folder / "extra-1.0.dist-info"
    extra.mkdir()
    (extra / "METADATA").write_text("Metadata-Version: 2.1\nName: extra\nVersion: 1.0\n")
    (extra / "RECORD").write_text("extra-1.0.dist-info/METADATA,,\nextra-1.0.dist-info/RECORD,,\n")
    said = locked(*SYNC, "--dry-run")
    assert "- extra 1.0" in said.out
    assert "six" in said.out
    assert extra.exists(), "a dry run does nothing"
    steps = [one["id"] for one in outcome(locked, *SYNC)["steps"]]
    assert steps == ["keep", "install"]
    assert packages(locked) == CPU
    assert "by hand" not in (folder / "six" / "__init__.py").read_text()
    assert (folder / "numpy" / "__init__.py").is_file()
    assert outcome(locked, *SYNC)["steps"] == []


def test_a_changed_environment_is_brought_back(locked: Torchup) -> None:
    assert locked(*SYNC).code == EXIT_DONE
    assert locked("add", "filelock==3.12.0", "-n", "other", "--no-verify").code == EXIT_DONE
    assert "changed since" in locked("show", "other").out
    found = locked(*SYNC)
    assert f"~ filelock 3.12.0 → {FILELOCK}" in found.out
    assert packages(locked) == CPU
    assert "changed since" not in locked("show", "other").out
    assert locked("remove", "six", "-n", "other", "--no-verify").code == EXIT_DONE, "it lives on"


def test_an_environment_that_came_otherwise_is_only_brought_by_name(locked: Torchup) -> None:
    said = locked("sync", "--json")
    assert (said.code, said.error["code"]) == (EXIT_USAGE, "sync.not-of-lock")
    found = outcome(locked, "sync", "-n", "demo")
    assert found["steps"] != []
    assert outcome(locked, "sync")["steps"] == [], "from then on it belongs to the lock"
    (locked.root / "elsewhere").mkdir()
    moved = str(shutil.copy(locked.root / "pylock.toml", locked.root / "elsewhere"))
    assert locked("sync", moved, "--dry-run").code == EXIT_DONE, "the same lock in another place"
    with Path(moved).open("a") as stream:
        stream.write("# another one\n")
    said = locked("sync", moved, "--json")
    assert (said.code, said.error["code"]) == (EXIT_USAGE, "sync.not-of-lock")


def test_what_was_installed_by_hand_is_locked_with_it(locked: Torchup, own: IndexServer) -> None:
    make_wheel(own.root / "simple", "extra", "1.0")
    python = str(locked.home / "envs" / "demo" / "bin" / "python")
    install = [find_uv_bin(), "-q", "pip", "install", "--python", python]
    subprocess.run([*install, "extra", "filelock==3.12.0"], check=True, env=locked.env)
    assert locked("lock", "demo").code == EXIT_DONE
    by_hand = {"extra": "1.0", "filelock": "3.12.0"}
    assert locked(*SYNC).code == EXIT_DONE
    assert packages(locked) == CPU | by_hand
    assert locked(*SYNC, "--row", "lab").code == EXIT_DONE
    assert packages(locked) == CUDA | by_hand, "the other rows have it too"


def test_what_no_index_has_is_named(locked: Torchup) -> None:
    wheel = make_wheel(locked.root / "mine", "mine", "1.0")
    python = str(locked.home / "envs" / "demo" / "bin" / "python")
    install = [find_uv_bin(), "-q", "pip", "install", "--python", python, str(wheel)]
    subprocess.run(install, check=True, env=locked.env)
    done = locked("lock", "demo", "--json")
    assert (done.code, done.error["code"]) == (EXIT_NO, "lock.not-from-an-index")
    assert "mine" in done.error["message"]


def test_a_lock_of_files_that_only_this_machine_has_says_so(
    locked: Torchup, own: IndexServer
) -> None:
    folder = str(own.root / "whl" / "cpu")
    made = locked("create", "local", "torch==2.13.0", "--wheels", folder, "--no-verify")
    assert made.code == EXIT_DONE, made
    found = locked("lock", "local", "-o", "pylock.local.toml", "--json")
    assert set(found.document("torchup.lock/v1")["local_only"]) >= {"torch"}
    text = (locked.root / "pylock.local.toml").read_text()
    assert f'url = "{own.root.as_uri()}/whl/cpu/torch-2.13.0' in text, "not through a link"
    done = locked("sync", "pylock.local.toml", "-n", "again", "--no-verify")
    assert done.code == EXIT_DONE, done
    assert packages(locked, "again")["torch"] == "2.13.0+cpu"


def test_a_lock_is_written_again_with_its_rows(locked: Torchup) -> None:
    assert locked("upgrade", "torch==2.12.1", "-n", "demo", "--no-verify").code == EXIT_DONE
    found = locked("lock", "demo", "--json").document("torchup.lock/v1")
    assert {row["name"]: row["packages"]["torch"] for row in found["rows"]} == {
        "lab": "2.12.1",
        "ci": "2.12.1",
    }
    assert locked(*SYNC).code == EXIT_DONE
    assert packages(locked)["torch"] == "2.12.1+cpu"


def test_a_row_that_cannot_be_had_writes_nothing(locked: Torchup) -> None:
    before = (locked.root / "pylock.toml").read_bytes()
    done = locked("lock", "demo", "--row", "pc=cu126,windows")
    assert done.code == EXIT_NO
    assert "Row pc" in done.out
    assert (locked.root / "pylock.toml").read_bytes() == before


def test_a_row_for_another_system_is_solved_for_it(locked: Torchup, own: IndexServer) -> None:
    _, abi, _ = TAG.split("-")
    for build, tag in (("cu126", "win_amd64"), ("cpu", "macosx_11_0_arm64")):
        root = own.root / ("whl/" + build if build != "cpu" else "simple")
        version = "2.13.0+cu126" if build != "cpu" else "2.13.0"
        needs = ("six; sys_platform == 'win32'", "filelock")
        make_wheel(
            root,
            "torch",
            version,
            tag=f"{abi}-{abi}-{tag}",
            requires=needs,
            files=torch_files(version),
        )
        for name, full in companions_of("2.13.0", build).items():
            plain = full.partition("+")[0]
            made = full if build != "cpu" else plain
            make_wheel(root, name, made, tag=f"{abi}-{abi}-{tag}", requires=("torch==2.13.0",))
    done = locked("lock", "demo", "--row", "pc=cu126,windows", "--row", "laptop=mps", "--json")
    rows = {row["name"]: row for row in done.document("torchup.lock/v1")["rows"]}
    assert (rows["pc"]["platform"], rows["pc"]["device"]) == ("windows-x86_64", "cuda")
    assert (rows["laptop"]["platform"], rows["laptop"]["device"]) == ("macos-arm64", "mps")
    text = (locked.root / "pylock.toml").read_text()
    assert "win_amd64.whl" in text
    assert "macosx_11_0_arm64.whl" in text
    assert outcome(locked, *SYNC)["lock"]["row"] == "ci"


def test_other_installers_take_a_row(locked: Torchup, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    run = [find_uv_bin(), "-q"]
    env = locked.env | {"UV_PREVIEW": "1"}
    subprocess.run([*run, "venv", str(venv), "--python", sys.executable], check=True, env=env)
    where = ["--python", str(venv / "bin" / "python")]
    lock = str(locked.root / "pylock.toml")
    sync = [*run, "pip", "sync", lock, *where]
    subprocess.run([*sync, "--group", "lab"], check=True, env=env)
    listed = subprocess.run(
        [*run, "pip", "freeze", *where], check=True, env=env, capture_output=True, text=True
    )
    assert set(listed.stdout.split()) == {f"{name}=={version}" for name, version in CUDA.items()}


def test_a_lock_of_uv_is_the_one_row_it_is(locked: Torchup, own: IndexServer) -> None:
    (locked.root / "r.in").write_text("torch==2.13.0+cpu\nsix\n")
    lock = locked.root / "pylock.uv.toml"
    make = [find_uv_bin(), "pip", "compile", "r.in", "--format", "pylock.toml", "-o", str(lock)]
    make += ["--index", own.index("whl/cpu"), "-q", "--python", sys.executable]
    subprocess.run(make, check=True, env=locked.env, cwd=locked.root)
    found = outcome(locked, "sync", str(lock), "--no-verify")
    assert found["lock"]["row"] == "uv"
    assert packages(locked, "uv") == {
        "torch": "2.13.0+cpu",
        "six": "1.17.0",
        "filelock": FILELOCK,
        "pip": PIP,
    }
    assert outcome(locked, "sync", str(lock))["steps"] == []
    assert locked("add", "numpy", "-n", "uv", "--no-verify").code == EXIT_DONE
    assert outcome(locked, "sync", str(lock), "--no-verify")["steps"] != []
    assert "numpy" not in packages(locked, "uv")
    assert locked("lock", "uv", "-o", "pylock.again.toml").code == EXIT_DONE


def without_caches(torchup: Torchup) -> None:
    for cache in torchup.home.glob("*cache*"):
        shutil.rmtree(cache)


def test_files_beside_a_lock_in_a_folder_with_an_odd_name(
    locked: Torchup, own: IndexServer
) -> None:
    folder = locked.root / "my 项目 🙂"
    files = folder / "the files"
    files.mkdir(parents=True)
    found = []
    for wheel in (
        *(own.root / "whl" / "cpu").glob("torch-2.13.0*"),
        own.root / "simple" / f"filelock-{FILELOCK}-py3-none-any.whl",
    ):
        shutil.copy(wheel, files)
        name, version, _ = wheel.name.split("-", 2)
        sha = hashlib.sha256(wheel.read_bytes()).hexdigest()
        file = f'{{path = "the files/{wheel.name}", hashes = {{sha256 = "{sha}"}}}}'
        found.append(f'[[packages]]\nname = "{name}"\nversion = "{version}"\nwheels = [{file}]\n')
    head = 'lock-version = "1.0"\ncreated-by = "hand"\n'
    (folder / "pylock.paper.toml").write_text(head + "\n".join(found))
    where = "my 项目 🙂/pylock.paper.toml"
    assert outcome(locked, "sync", where, "--no-verify")["lock"]["row"] == "paper"
    assert packages(locked, "paper").keys() == {"torch", "filelock", "pip"}
    assert outcome(locked, "sync", where)["steps"] == []
    (folder / "pylock.toml").write_text(head + "\n".join(found))
    said = locked("sync", "my 项目 🙂", "--json")
    assert said.code == EXIT_USAGE
    assert 'sync "my 项目 🙂/pylock.toml" -n NAME' in said.error["hint"]


def test_a_package_that_is_gone_from_its_address(locked: Torchup, own: IndexServer) -> None:
    (own.root / "simple" / "six-1.17.0-py3-none-any.whl").unlink()
    without_caches(locked)
    done = locked(*SYNC, "--json")
    assert (done.code, done.error["code"]) == (EXIT_OUTSIDE, "sync.gone")
    assert "six-1.17.0" in done.error["message"]
    assert locked.left() == ["envs/demo"]


def test_a_file_that_was_exchanged(locked: Torchup, own: IndexServer) -> None:
    without_caches(locked)
    make_wheel(own.root / "simple", "six", "1.17.0", files={"six/evil.py": "boo\n"})
    done = locked(*SYNC, "--json")
    assert (done.code, done.error["code"]) == (EXIT_OUTSIDE, "uv.bad-file")
    assert "six" in done.error["message"]
    assert locked.left() == ["envs/demo"]


def test_a_change_that_does_not_compute_is_undone(locked: Torchup, own: IndexServer) -> None:
    assert locked(*SYNC).code == EXIT_DONE
    add_torch(own.root, "2.12.1", "cpu", broken=True)
    assert locked("upgrade", "torch==2.12.1", "-n", "demo", "--no-verify").code == EXIT_DONE
    assert locked("lock", "demo").code == EXIT_DONE
    done = locked("sync", "-n", "other", "--json")
    assert (done.code, done.error["code"]) == (EXIT_NO, "change.verify-failed")
    assert packages(locked) == CPU
    assert locked.left() == ["envs/demo", "envs/other"]


def other_python() -> tuple[str, str]:
    """An installed Python of another release line: its path and its line; else skips."""
    for line in ("3.12", "3.13", "3.11", "3.10"):
        if line == MINOR:
            continue
        for folder in sorted(Path.home().glob(f".pyenv/versions/{line}.*")) or [
            Path(os.environ.get("PYENV_ROOT", "/nowhere")) / "versions" / line
        ]:
            python = folder / "bin" / "python"
            if python.exists():
                return str(python), line
    pytest.skip("there is one Python only")


def test_a_row_of_another_python_makes_the_environment_anew(
    locked: Torchup, own: IndexServer
) -> None:
    python, line = other_python()
    cp = f"cp{line.replace('.', '')}"
    tag = f"{cp}-{cp}-{TAG.split('-')[2]}"
    for name, version in {"torch": "2.13.0+cpu", **companions_of("2.13.0")}.items():
        make_wheel(own.root / "whl" / "cpu", name, version, tag=tag, requires=("filelock",))
    locked.env["PATH"] = f"{Path(python).parent}{os.pathsep}{locked.env['PATH']}"
    assert locked(*SYNC).code == EXIT_DONE
    done = locked("lock", "demo", "--row", f"next=cpu,python={line}")
    assert done.code == EXIT_DONE, done
    mine = locked.home / "envs" / "other" / "mine.txt"
    mine.write_text("by hand")
    said = locked(*SYNC, "--row", "next")
    assert said.code == EXIT_DONE, said
    assert f"Python {MINOR} → {line}" in said.out
    seen = locked("run", "other", "--", "python", "-V")
    assert seen.out.startswith(f"Python {line}.")
    assert not mine.exists()
    assert not site(locked).exists()
    assert packages(locked).keys() >= {"torch", "pip"}
    assert outcome(locked, *SYNC)["steps"] == []


def test_a_project_is_locked_without_an_environment(locked: Torchup) -> None:
    project = locked.root / "project"
    project.mkdir()
    (project / "requirements.txt").write_text("torch==2.13.0\nsix\n")
    done = locked(
        "lock",
        "--project",
        str(project),
        *("--row", "ci=cpu", "--row", "lab=cu126", "-o", "pylock.both.toml", "--json"),
    )
    rows = done.document("torchup.lock/v1")["rows"]
    assert [(row["name"], row["packages"]["torch"]) for row in rows] == [
        ("ci", "2.13.0"),
        ("lab", "2.13.0"),
    ]
    assert outcome(locked, "sync", "pylock.both.toml", "--no-verify")["lock"]["row"] == "ci"
    assert packages(locked, "both")["six"] == "1.17.0"
    inside = ("lock", "--project", str(project), "-o", str(project / "pylock.toml"))
    assert locked(*inside).code == EXIT_DONE
    (project / "requirements.txt").write_text("torch==2.12.1\nnumpy\n")
    again = locked(*inside, "--json").document("torchup.lock/v1")["rows"]
    assert [row["packages"]["torch"] for row in again] == ["2.12.1"], (
        "a lock is no source of itself"
    )
