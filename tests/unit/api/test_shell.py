"""Starting a shell inside an environment: what is run, and with which variables."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from madeenvironments import make_environment
from torchup.api.context import Context
from torchup.api.shells.shell import _STARTS, shell_for
from torchup.errors import NoAnswerError
from torchup.host.real import RealHost
from torchup.state.home import Home

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setenv("SHELL", "/bin/sh")
    for name in ("VIRTUAL_ENV", "ZDOTDIR", "UV_CONSTRAINT", "PROMPT"):
        monkeypatch.delenv(name, raising=False)
    make_environment(tmp_path / "home", "demo", environment={"NEEDED": "1"})
    return Context(RealHost(), Home(tmp_path / "home"))


def test_nobody_types_into_it(context: Context, tmp_path: Path) -> None:
    started = shell_for(context, "demo", "bash", interactive=False)
    assert started.argv == ["/bin/sh"], "the user's own"
    assert started.variables["VIRTUAL_ENV"] == str(tmp_path / "home" / "envs" / "demo")
    assert started.variables["NEEDED"] == "1"
    assert not (tmp_path / "home" / "cache").exists()


def test_a_home_that_cant_be_written(context: Context, tmp_path: Path) -> None:
    (tmp_path / "home" / "cache").write_text("a file in the way")
    started = shell_for(context, "demo", "bash", interactive=True)
    assert started.argv == ["/bin/sh"]
    assert "VIRTUAL_ENV" in started.variables


def test_a_shell_that_is_not_here(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NoAnswerError, match=r"shell\.missing"):
        shell_for(context, "demo", "cmd", interactive=True)


def test_powershell_reads_a_file_and_runs_what_it_says(tmp_path: Path) -> None:
    folder = tmp_path / "it's"
    started = _STARTS["powershell"]("pwsh", folder, "$env:X = 'y'\n", lambda _name: None)
    assert (folder / "activate.ps1").read_text() == "$env:X = 'y'\n"
    assert started.argv[:4] == ["pwsh", "-NoLogo", "-NoExit", "-Command"]
    assert "it''s" in started.argv[4]
    assert started.argv[4].endswith("| Invoke-Expression")


def test_zsh_keeps_its_own_folder_of_settings(tmp_path: Path) -> None:
    zsh = shutil.which("zsh")
    if zsh is None:
        pytest.skip("no zsh here")
    own, folder = tmp_path / "my dots", tmp_path / "ours"
    own.mkdir()
    (own / ".zshenv").write_text("FIRST=1\n")
    (own / ".zshrc").write_text("SECOND=2\n")
    started = _STARTS["zsh"](zsh, folder, "THIRD=3\n", {"ZDOTDIR": str(own)}.get)
    done = subprocess.run(
        started.argv,
        input=b'echo "$FIRST$SECOND$THIRD $ZDOTDIR"\n',
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ZDOTDIR": str(folder)},
        timeout=30,
    )
    assert f"123 {own}" in done.stdout.decode()


def test_other_shells_of_the_family_read_another_file(tmp_path: Path) -> None:
    own = tmp_path / "my own"
    own.write_text("FIRST=1\n")
    started = _STARTS["bash"]("/bin/sh", tmp_path / "ours", "SECOND=2\n", {"ENV": str(own)}.get)
    assert (started.argv, [*started.variables]) == (["/bin/sh", "-i"], ["ENV"])
    done = subprocess.run(
        started.argv,
        input=b'echo "in:$FIRST$SECOND $ENV"\n',
        capture_output=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ENV": str(started.variables["ENV"])},
        timeout=30,
    )
    assert f"in:12 {own}" in done.stdout.decode()
