"""The payload on other Pythons than this one, with a stand-in for the framework."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from cli.fakeframework import numpy_files, torch_files
from torchup.host import Completed
from torchup.verify.expected import Expected
from torchup.verify.judge import judge
from torchup.verify.run import PAYLOAD

WANTED: Final = [f"3.{minor}" for minor in range(6, 16)]


def found(wanted: str) -> str | None:
    """Find an interpreter on the search path or among pyenv's."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for folder in sorted(versions.glob(f"{wanted}.*")):
        if (folder / "bin" / "python").exists():
            return str(folder / "bin" / "python")
    return shutil.which(f"python{wanted}")


@pytest.mark.skipif(os.name == "nt", reason="environments are laid out as POSIX has them")
@pytest.mark.parametrize("wanted", WANTED)
def test_every_python_runs_it(wanted: str, tmp_path: Path) -> None:
    python = found(wanted)
    if python is None:
        pytest.skip(f"no Python {wanted} here")
    root = tmp_path / "env"
    subprocess.run([python, "-m", "venv", "--without-pip", str(root)], check=True, timeout=60)
    site = next((root / "lib").glob("python*")) / "site-packages"
    for name, text in {**torch_files("1.4.0"), **numpy_files("1.18.0")}.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    argv = [str(root / "bin" / "python"), "-I", "-S", str(PAYLOAD), "--framework=torch"]
    done = subprocess.run(
        [*argv, "--expect-version=1.4.0", "--bench"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    expected = Expected(framework="torch", version="1.4.0")
    report = judge(done.stdout.splitlines(), Completed(code=0), expected)
    assert report.ok, report.checks
    assert report.python.startswith(wanted + ".")
    details = {check.code: (check.status, check.detail) for check in report.checks}
    assert details["compile"] == ("skip", "no-compile")
    assert details["attention"][1].startswith("no-feature feature=")
    assert json.loads(done.stdout.splitlines()[-1])["end"]
