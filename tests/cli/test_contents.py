"""packages, compare, export: what environments hold."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from cli.fixtures import needs_world
from cli.process import CPU, has_next_step, one_error
from cli.test_documents import read
from madeenvironments import INDEX, LINE, USUAL, add_package, digest, make_environment
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_OUTSIDE, EXIT_USAGE
from torchup.wire.contents import ComparisonV1, ExportV1, PackagesV1

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")

GIT = json.dumps(
    {
        "url": "https://user:secret@git.example/me/tool.git",
        "vcs_info": {
            "vcs": "git",
            "commit_id": "0123456789abcdef0123",
            "requested_revision": "main",
        },
    }
)
EDITABLE = json.dumps({"url": "file:///home/me/mine", "dir_info": {"editable": True}})


@pytest.fixture
def demo(torchup: Torchup) -> Path:
    """An environment where things were done after it was locked."""
    packages = {**USUAL, "numpy": "2.0.0"}
    path = make_environment(torchup.home, "demo", packages, locked=USUAL)
    add_package(path, "tool", "1.0", by="pip", direct_url=GIT)
    add_package(path, "mine", "0.1", by="pip", direct_url=EDITABLE)
    return path


def test_packages_and_the_lock(torchup: Torchup, demo: Path) -> None:
    done = torchup("packages", "-n", "demo", "--json")
    found = read(done, PackagesV1, "torchup.packages/v1")
    assert (done.code, found.path) == (EXIT_DONE, str(demo))
    rows = {one.name: one for one in found.packages}
    assert {name: one.lock for name, one in rows.items()} == {
        "torch": "same",
        "numpy": "other",
        "pip": "same",
        "tool": "absent",
        "mine": "absent",
    }
    assert (rows["numpy"].locked, rows["numpy"].by) == ("1.26.9", "uv")
    assert (rows["mine"].editable, rows["mine"].by) == (True, "pip")
    assert rows["tool"].source == "git+https://git.example/me/tool.git"
    shown = torchup("packages", "-n", "demo")
    assert "the lock has 1.26.9" in shown.out
    assert "secret" not in shown.out + done.out


def test_what_the_lock_has_and_is_gone(torchup: Torchup) -> None:
    make_environment(torchup.home, "short", {"torch": "2.13.0+cpu"}, locked=USUAL)
    found = read(torchup("packages", "-n", "short", "--json"), PackagesV1, "torchup.packages/v1")
    assert found.gone == {"numpy": "1.26.9", "pip": "99.0"}
    assert "numpy 1.26.9" in torchup("packages", "-n", "short").out
    said = torchup("packages", "-n", "short", "numpy")
    assert (said.code, "numpy 1.26.9" in said.out) == (EXIT_NO, True)


def test_packages_by_pattern(torchup: Torchup, demo: Path) -> None:
    (demo.parent / ".torchup-env").write_text("")
    torchup("use", "demo")
    said, *rows = torchup("packages", "T*").out.splitlines()
    assert ("demo" in said, [row.split()[0] for row in rows]) == (True, ["tool", "torch"])
    assert len(torchup("packages", "numpy", "torch", "-n", "demo").out.splitlines()) == 2
    none = torchup("packages", "xyz*")
    assert (none.code, none.err) == (EXIT_NO, "")


def test_what_leaks_in_from_outside(torchup: Torchup, demo: Path) -> None:
    outside = torchup.root / "path"
    for name in ("numpy", "stray"):
        (outside / f"{name}-3.0.dist-info").mkdir(parents=True)
        (outside / f"{name}-3.0.dist-info" / "METADATA").write_text("")
    user = torchup.root / ".local" / "lib" / f"python{LINE}" / "site-packages"
    (user / "mood-1.0.dist-info").mkdir(parents=True)
    (user / "mood-1.0.dist-info" / "METADATA").write_text("")
    arguments = ("packages", "-n", "demo", "--json", "stray", "mood", "numpy")
    done = torchup(*arguments, PYTHONPATH=str(outside))
    rows = read(done, PackagesV1, "torchup.packages/v1").packages
    leaks = {one.name: (one.leak, one.hides) for one in rows if one.leak}
    assert leaks == {"numpy": ("PYTHONPATH", True), "stray": ("PYTHONPATH", False)}
    assert str(outside) in torchup("packages", "-n", "demo", PYTHONPATH=str(outside)).out
    (demo / "pyvenv.cfg").write_text(
        f"home = {torchup.root}/nothing/bin\ninclude-system-site-packages = true\n"
    )
    rows = read(torchup(*arguments), PackagesV1, "torchup.packages/v1").packages
    assert {one.name: one.leak for one in rows} == {"numpy": None, "mood": "user"}


def test_conda_and_pip_in_one_list(torchup: Torchup, demo: Path) -> None:
    record = {
        "name": "six",
        "version": "1.16.0",
        "build": "py_0",
        "channel": "https://conda.example/t/to-ken/forge/noarch",
        "files": [f"lib/python{LINE}/site-packages/six-1.16.0.dist-info/METADATA"],
    }
    (demo / "conda-meta").mkdir()
    (demo / "conda-meta" / "six-1.16.0-py_0.json").write_text(json.dumps(record))
    add_package(demo, "six", "1.16.0", by="conda")
    done = torchup("packages", "-n", "demo", "--json")
    rows = list(read(done, PackagesV1, "torchup.packages/v1").packages)
    assert [(one.by, one.build) for one in rows if one.name == "six"] == [("conda", "py_0")]
    assert "numpy" in {one.name for one in rows if one.by == "uv"}
    assert "to-ken" not in done.out


@pytest.mark.usefixtures("demo")
def test_compare(torchup: Torchup) -> None:
    make_environment(torchup.home, "one")
    make_environment(torchup.home, "two")
    assert torchup("compare", "one", "two").code == EXIT_DONE
    done = torchup("compare", "one", "demo", "--json")
    found = read(done, ComparisonV1, "torchup.comparison/v1")
    assert (done.code, found.equal, found.same) == (EXIT_NO, False, 2)
    assert [(one.name, one.first, one.second) for one in found.packages][:2] == [
        ("mine", None, "0.1"),
        ("numpy", "1.26.9", "2.0.0"),
    ]
    shown = torchup("compare", "one", "demo").out
    assert "1.26.9" in shown
    assert has_next_step(one_error(torchup("compare", "one", "nothing"), EXIT_NO))


@pytest.mark.usefixtures("demo")
def test_export_as_requirements(torchup: Torchup) -> None:
    done = torchup("export", "demo")
    assert (done.code, "mine" in done.err) == (EXIT_DONE, True), "what is left out is said"
    assert done.out.splitlines() == [
        f"--extra-index-url {INDEX}",
        "# mine 0.1: file:///home/me/mine",
        "torch==2.13.0+cpu",
        "numpy==2.0.0",
        "tool @ git+https://git.example/me/tool.git@0123456789abcdef0123",
    ]
    assert "numpy" in one_error(torchup("export", "demo", "--hashes"), EXIT_NO)


def test_export_with_hashes(torchup: Torchup) -> None:
    make_environment(torchup.home, "clean")
    lines = torchup("export", "clean", "--hashes").out.splitlines()
    assert lines[1:3] == ["torch==2.13.0+cpu \\", f"    --hash=sha256:{digest('torch')}"]


def test_export_hides_logins(torchup: Torchup) -> None:
    make_environment(torchup.home, "clean", index_url="https://me:secret@mirror.example/whl/cpu")
    for form in ("requirements", "environment", "dockerfile", "pylock"):
        done = torchup("export", "clean", "--format", form)
        assert done.code == EXIT_DONE, done
        assert "secret" not in done.out
        assert form == "pylock" or "https://mirror.example/whl/cpu" in done.out


@pytest.mark.usefixtures("demo")
def test_export_the_lock_while_it_is_true(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "clean")
    kept = (path / ".torchup" / "pylock.toml").read_text()
    assert torchup("export", "clean", "--format", "pylock").out == kept
    said = one_error(torchup("export", "demo", "--format", "pylock"), EXIT_NO)
    assert "numpy" in said
    (path / ".torchup" / "pylock.toml").write_text("not = [a lock")
    assert has_next_step(one_error(torchup("export", "clean", "--format", "pylock"), EXIT_NO))


def test_export_for_conda(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "clean")
    found = torchup("export", "clean", "--format", "environment").out.splitlines()
    assert found[:6] == [
        "name: clean",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        f"  - python={LINE}",
        "  - pip",
    ]
    assert found[6:8] == ["  - pip:", f"      - '--extra-index-url {INDEX}'"]
    said = one_error(torchup("export", "clean", "--format", "conda-explicit"), EXIT_USAGE)
    assert "--format environment" in said
    url = "https://conda.example/t/to-ken/forge/noarch/six-1.16.0-py_0.conda"
    record = {"name": "six", "version": "1.16.0", "build": "py_0", "url": url, "md5": "ab"}
    (path / "conda-meta").mkdir()
    (path / "conda-meta" / "six-1.16.0-py_0.json").write_text(json.dumps(record))
    done = torchup("export", "clean", "--format", "conda-explicit")
    shown = url.replace("to-ken", "***")
    assert done.out == f"@EXPLICIT\n{shown}#ab\n"


def test_export_into_a_file(torchup: Torchup) -> None:
    make_environment(torchup.home, "clean")
    done = torchup("export", "clean", "--format", "dockerfile", "-o", "Dockerfile", "--json")
    found = read(done, ExportV1, "torchup.export/v1")
    text = (torchup.root / "Dockerfile").read_text()
    assert (found.path, found.text) == (str(torchup.root / "Dockerfile"), text)
    assert f"--index-url {INDEX}" in text
    assert "numpy==1.26.9" in text
    assert found.left_out == ()
    assert one_error(torchup("export", "clean", "-o", "no/such/file"), EXIT_USAGE)
    assert one_error(torchup("export", "clean", "-o", os.sep), EXIT_OUTSIDE)
    assert one_error(torchup("export", "clean", "--format", "pylock", "--hashes"), EXIT_USAGE)


@pytest.mark.skipif(sys.platform != "linux", reason="an image has the files of Linux")
@pytest.mark.usefixtures("demo")
def test_export_as_an_image(torchup: Torchup) -> None:
    said = one_error(torchup("export", "demo", "--containerfile"), EXIT_NO)
    assert "numpy" in said
    assert "tool" in said
    assert "mine" not in said
    make_environment(torchup.home, "clean")
    done = torchup("export", "clean", "--containerfile", "-o", "Containerfile", "--json")
    found = read(done, ExportV1, "torchup.export/v1")
    assert (done.code, found.format) == (EXIT_DONE, "containerfile"), done
    text = (torchup.root / "Containerfile").read_text()
    assert found.text == text
    assert f"--index-url {INDEX}" in text
    assert f"'torch==2.13.0+cpu --hash=sha256:{digest('torch')}'" in text
    assert torchup("export", "clean", "--format", "containerfile").out == text
    both = torchup("export", "clean", "--containerfile", "--format", "pylock")
    assert "--format pylock" in one_error(both, EXIT_USAGE)
    assert one_error(torchup("export", "clean", "--containerfile", "--hashes"), EXIT_USAGE)


@needs_world
def test_of_an_environment_that_was_really_made(connected: Torchup) -> None:
    made = connected("create", "demo", *CPU, "--no-verify")
    assert made.code == EXIT_DONE, made
    found = read(connected("packages", "-n", "demo", "--json"), PackagesV1, "torchup.packages/v1")
    assert {one.lock for one in found.packages} == {"same"}
    assert {one.by for one in found.packages} == {"uv"}
    done = connected("export", "demo", "--hashes")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert done.out.startswith("--extra-index-url http://127.0.0.1")
    lock = connected("export", "demo", "--format", "pylock")
    assert (lock.code, 'name = "torch"' in lock.out) == (EXIT_DONE, True)


@pytest.mark.skipif(sys.platform != "linux", reason="nodes of Slurm are Linux")
def test_export_for_slurm(torchup: Torchup) -> None:
    done = torchup("export", "--slurm", "--sbatch", "--partition=gpu", "-o", "probe.sh", "--json")
    found = read(done, ExportV1, "torchup.export/v1")
    assert (done.code, found.format, found.environment) == (EXIT_DONE, "slurm-probe", "")
    assert "#SBATCH --partition=gpu\n" in (torchup.root / "probe.sh").read_text()
    assert torchup("export", "--format", "slurm-probe").out.startswith("#!/bin/bash\n")
    shown = torchup("export", "--slurm", "-o", "probe.sh")
    assert has_next_step(shown.out)
    assert f"bash {torchup.root / 'probe.sh'}" in shown.out
    path = make_environment(torchup.home, "clean")
    job = torchup("export", "clean", "--slurm", "--together", "--sbatch", "-p gpu -N 4")
    assert (job.code, f"{path}/bin/python" in job.out) == (EXIT_DONE, True)
    assert "#SBATCH -N 4\n" in job.out
    longer = torchup("export", "clean", "--slurm", "--together", "--time-limit", "900")
    assert "longest=${TORCHUP_TIME_LIMIT:-900}" in longer.out
    hint = one_error(torchup("export", "clean", "--sbatch", "-p gpu"), EXIT_USAGE)
    assert "export NAME --slurm --sbatch '" in hint, "what it takes is shown"
    named = torchup("export", "clean", "--slurm").out
    assert "torchup fleet plan torch==2.13.0 --build cpu --python" in named


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--slurm", "--together"),
        ("clean", "--together"),
        ("clean", "--sbatch", "-p gpu"),
        ("--slurm", "--sbatch", "--array=1-3"),
        ("--slurm", "--sbatch", "gpu"),
        ("--slurm", "--time-limit", "60"),
        ("clean", "--time-limit", "60"),
        ("clean", "--slurm", "--together", "--time-limit", "0"),
        ("clean", "--slurm", "--together", "--time-limit", "soon"),
        ("--slurm", "--hashes"),
        ("clean", "--slurm", "--containerfile"),
        ("clean", "--slurm", "--format", "pylock"),
    ],
)
def test_wishes_that_do_not_go_together(torchup: Torchup, words: tuple[str, ...]) -> None:
    make_environment(torchup.home, "clean")
    assert has_next_step(one_error(torchup("export", *words), EXIT_USAGE))


@pytest.mark.parametrize(
    ("form", "following"),
    [
        ("requirements", "pip install -r"),
        ("pylock", "uv pip install -r"),
        ("environment", "conda env create -f"),
        ("dockerfile", "docker build -t clean -f"),
        ("containerfile", "docker build -t clean -f"),
    ],
)
def test_what_takes_the_file_is_named(torchup: Torchup, form: str, following: str) -> None:
    make_environment(torchup.home, "clean")
    done = torchup("export", "clean", "--format", form, "-o", "written file")
    assert done.code == EXIT_DONE
    last = done.out.splitlines()[-1]
    assert f'{following} "{torchup.root / "written file"}"' in last
