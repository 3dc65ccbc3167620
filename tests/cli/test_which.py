"""which: what a plain command would use, in a deliberately tangled home."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.test_documents import read
from madeenvironments import make_environment
from torchup.errors import EXIT_DONE, EXIT_NO
from torchup.wire.connecting import WhichV1

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Result, Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX programs")


def program(folder: Path, name: str, runs: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{runs}\n")
    path.chmod(0o755)
    return path


def starts(python: str) -> str:
    return f'exec {shlex.quote(python)} "$@"'


def found(done: Result) -> WhichV1:
    answer: WhichV1 = read(done, WhichV1, "torchup.which/v1")
    return answer


def codes(answer: WhichV1) -> set[str]:
    return {one.code for one in answer.findings}


def test_an_environment_that_is_entered(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    program(path / "bin", "pip", "echo 'pip 1 from /x/site-packages/pip (python 3.11)'")
    torchup.env["PATH"] = os.pathsep.join([str(path / "bin"), "/usr/bin", "/bin"])
    answer = found(torchup("which", "--json"))
    first = {one.name: one.places[0] for one in answer.programs if one.places}
    assert (first["python"].kind, first["python"].environment) == ("own", "demo")
    assert first["python"].path == str(path / "bin" / "python")
    (pip,) = [one for one in answer.findings if one.code == "pip-of-other-python"]
    assert pip.remedies[0].commands == (("torchup", "add", "PACKAGE", "-n", "demo"),)


def test_a_tangled_home(torchup: Torchup) -> None:
    """conda's base before pyenv's shims before the system, and a plain pip of a third Python."""
    home = torchup.root
    base = home / "miniconda3"
    for folder in ("conda-meta", "condabin", "envs"):
        (base / folder).mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home / "real")], check=True)
    program(base / "bin", "python", starts(str(home / "real" / "bin" / "python")))
    shims = home / ".pyenv" / "shims"
    program(shims, "python", starts(sys.executable))
    program(home / ".local" / "bin", "pip", "echo 'pip 1 from /x/site-packages/pip (python 3.8)'")
    torchup.env["PATH"] = os.pathsep.join(
        [str(base / "bin"), str(shims), str(home / ".local" / "bin"), "/usr/bin", "/bin"]
    )
    (home / "random.py").write_text("")
    answer = found(torchup("which", "--json"))
    pythons = next(one for one in answer.programs if one.name == "python").places
    assert [one.kind for one in pythons[:2]] == ["conda-base", "shim"]
    assert answer.running is not None
    assert answer.running.prefix == str(home / "real")
    assert answer.running.framework is None
    assert codes(answer) >= {"pip-of-other-python", "shadowing-local-file"}
    torchup.env["VIRTUAL_ENV"] = str(home / "elsewhere")
    done = torchup("which")
    assert done.code == EXIT_DONE, "random.py is a warning, none of them stops Python"
    assert str(home / "elsewhere") in done.out
    assert "random.py" in done.out
    assert "pyenv" in torchup("which", "--lang", "zh_CN").out


def test_a_file_called_like_the_framework(torchup: Torchup) -> None:
    (torchup.root / "torch.py").write_text("raise SystemExit('imported')")
    done = torchup("which", "--json")
    answer = found(done)
    (one,) = [each for each in answer.findings if each.code == "shadowing-local-file"]
    assert (done.code, one.severity) == (EXIT_NO, "error")
    assert one.because == (str(torchup.root / "torch.py"),)
    assert answer.running is not None
    assert answer.running.framework == str(torchup.root / "torch.py")
    assert answer.running.version is None, "that would be the hidden one's"


def test_packages_that_a_variable_names(torchup: Torchup) -> None:
    mine = torchup.root / "my packages"
    (mine / "torch").mkdir(parents=True)
    (mine / "torch" / "__init__.py").write_text("")
    (mine / "torch-9.9.dist-info").mkdir()
    (mine / "torch-9.9.dist-info" / "METADATA").write_text("Name: torch\nVersion: 9.9\n")
    answer = found(torchup("which", "--json", PYTHONPATH=str(mine)))
    assert "framework-from-pythonpath" in codes(answer)
    assert answer.running is not None
    assert answer.running.version == "9.9"


def test_the_folders_environment_is_not_entered(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    assert torchup("use", "demo").code == EXIT_DONE
    assert "environment-not-entered" in codes(found(torchup("which", "--json")))
    assert "torchup activate demo" in torchup("which").out


def test_no_python_at_all(torchup: Torchup) -> None:
    torchup.env["PATH"] = "/nowhere"
    done = torchup("which", "--json")
    assert (done.code, found(done).running) == (EXIT_NO, None)
    assert torchup("which").out.splitlines()[-1].endswith("torchup create NAME")


def test_a_python_that_does_not_start(torchup: Torchup) -> None:
    program(torchup.root / "bin", "python", "echo broken >&2; exit 1")
    torchup.env["PATH"] = f"{torchup.root / 'bin'}:/bin"
    done = torchup("which")
    assert (done.code, "broken" in done.out) == (EXIT_NO, True)


def test_another_program(torchup: Torchup) -> None:
    assert torchup("which", "sh").code == EXIT_DONE
    done = torchup("which", "no-such-program")
    assert (done.code, "no-such-program" in done.out) == (EXIT_NO, True)


@pytest.mark.slow
def test_doctor_tells_of_it_and_keeps_base_from_being_entered(torchup: Torchup) -> None:
    base = torchup.root / "miniconda3"
    for folder in ("conda-meta", "condabin", "envs"):
        (base / folder).mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(base)], check=True)
    torchup.env["PATH"] = os.pathsep.join([str(base / "bin"), "/usr/bin", "/bin"])
    torchup.env["CONDA_PREFIX"] = str(base)
    findings = torchup("doctor", "--json").document("torchup.diagnosis/v1")["findings"]
    assert "base-environment-in-use" in {one["code"] for one in findings}
    done = torchup("repair", "--finding", "base-environment-in-use", "--yes")
    assert (done.code, done.err) == (EXIT_DONE, "")
    assert "auto_activate_base: false" in (torchup.root / ".condarc").read_text()
    assert torchup("undo").code == EXIT_DONE
    assert not (torchup.root / ".condarc").exists()
