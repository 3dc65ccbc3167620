"""The real framework, where its wheel is at hand: made, verified, used."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

from cli.process import Torchup
from cli.world import MINOR, TAG
from torchup.errors import EXIT_DONE

WHEEL = f"torch-2.13.0+cpu-{TAG}.whl"
FOLDERS = [
    one for one in os.environ.get("PIP_FIND_LINKS", "").split() if (Path(one) / WHEEL).exists()
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="the wheel is for Linux"),
    pytest.mark.skipif(not FOLDERS, reason=f"no folder of PIP_FIND_LINKS has {WHEEL}"),
]

PROGRAM = "import torch; print((torch.randn(3,3) @ torch.randn(3,3)).shape)"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Torchup:
    """A bare machine that gets what the wheel needs from where this one does."""
    torchup = Torchup(tmp_path_factory.mktemp("real"))
    torchup.timeout = 500
    torchup.env["PIP_FIND_LINKS"] = os.environ["PIP_FIND_LINKS"]
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        torchup.env.pop(name, None)
        if name in os.environ:
            torchup.env[name] = os.environ[name]
    return torchup


def test_from_nothing_to_a_product(machine: Torchup) -> None:
    torchup = machine
    made = torchup("create", "demo", "--cpu", "--quick", "torch==2.13.0", "--json")
    outcome = made.document("torchup.outcome/v1")
    assert (made.code, outcome["ok"]) == (EXIT_DONE, True), made
    assert outcome["environment"]["packages"]["torch"] == "2.13.0+cpu"
    assert outcome["verify"]["ok"]
    passed = {one["code"] for one in outcome["verify"]["checks"] if one["status"] == "pass"}
    assert passed >= {"import", "version", "matmul", "conv", "autograd", "threads"}
    ran = torchup("run", "demo", "--", "python", "-c", PROGRAM)
    assert (ran.code, ran.out) == (EXIT_DONE, "torch.Size([3, 3])\n"), ran
    pip = torchup("run", "demo", "--", "python", "-m", "pip", "--version")
    assert (pip.code, pip.out[:4]) == (EXIT_DONE, "pip ")
    again = torchup("verify", "demo", "--quick")
    assert (again.code, again.err) == (EXIT_DONE, "")


def test_what_is_broken_computes_again_and_the_repair_is_undone(machine: Torchup) -> None:
    """A folder that is gone, and a library cut short in place: in uv's cache as well."""
    path = machine.home / "envs" / "demo"
    torch = path / "lib" / f"python{MINOR}" / "site-packages" / "torch"
    shutil.rmtree(torch / "nn")
    with (torch / "lib" / "libtorch_python.so").open("r+b") as library:
        library.truncate(1000)
    broken = digest(path)
    assert machine("verify", "demo", "--quick").code == 1
    done = machine("repair", "demo")
    assert done.code == EXIT_DONE, done
    ran = machine("run", "demo", "--", "python", "-c", PROGRAM)
    assert (ran.code, ran.out) == (EXIT_DONE, "torch.Size([3, 3])\n"), ran
    assert machine("undo").code == EXIT_DONE
    assert digest(path) == broken
    assert machine("repair", "demo", "--no-verify").code == EXIT_DONE


def digest(folder: Path) -> str:
    """Of every file but bytecode and what is noted about looking."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        noted = name in (".torchup/size.json", ".torchup/receipt.json")
        if path.is_file() and not (noted or "__pycache__" in name):
            found.update(f"{name} {path.lstat().st_mode}".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def test_the_steps_of_a_containerfile_install_the_same(machine: Torchup, tmp_path: Path) -> None:
    """There is no container here: the file's own commands run in a folder, by a shell."""
    torchup = machine
    done = torchup("export", "demo", "--containerfile")
    assert done.code == EXIT_DONE, done
    official = "--index-url https://download.pytorch.org/whl/cpu"
    assert official in done.out
    text = done.out.replace(official, f"--no-index --find-links {FOLDERS[0]}")
    found = DockerfileParser(fileobj=io.BytesIO(text.replace("/opt/", f"{tmp_path}/").encode()))
    runs = [one["value"] for one in found.structure if one["instruction"] == "RUN"]
    steps = [re.sub(r"--mount=\S+", "", one) for one in runs]
    base = f"{Path(sys.executable).resolve().parent}:{os.environ['PATH']}"
    env = {**os.environ, "PATH": f"{tmp_path}/venv/bin:{base}", "HOME": str(tmp_path)}
    for step in steps:
        if "useradd" not in step:
            ran = subprocess.run(["/bin/sh", "-c", step], capture_output=True, env=env, check=False)
            assert ran.returncode == 0, (step, ran.stdout, ran.stderr)
    here = torchup("export", "demo").out.splitlines()[1:]
    freeze = [f"{tmp_path}/venv/bin/python", "-m", "pip", "freeze", "--all"]
    there = subprocess.run(freeze, capture_output=True, check=True, text=True, env=env)
    said = {line.replace("_", "-").lower() for line in there.stdout.splitlines()}
    assert {line for line in here if not line.startswith("torch==")} <= said
    assert any(line.startswith("torch @ ") or line == "torch==2.13.0+cpu" for line in said)
