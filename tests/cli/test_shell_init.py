"""shell-init: the function and the completion in real shells, and the line in a start-up file."""

from __future__ import annotations

import os
import re
import select
import shlex
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.process import one_error
from cli.test_documents import read
from madeenvironments import make_environment
from torchup.cli.commands import COMMANDS
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.wire.places import ShellV1

if TYPE_CHECKING:
    from pathlib import Path

    from cli.process import Torchup

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="starts POSIX shells")
ALONE = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}
EVALUATED = {
    "bash": 'eval "$(torchup shell-init bash)"\n',
    "zsh": 'eval "$(torchup shell-init zsh)"\n',
    "fish": "torchup shell-init fish | source\n",
}


@pytest.fixture
def installed(torchup: Torchup) -> Torchup:
    """A torchup that is on the search path, as a program."""
    folder = torchup.root / "programs"
    folder.mkdir()
    program = folder / "torchup"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m torchup "$@"\n')
    program.chmod(0o755)
    torchup.env["PATH"] = f"{folder}:{torchup.env['PATH']}"
    return torchup


def run(torchup: Torchup, shell: str, script: str) -> list[str]:
    """What a shell prints that has evaluated the lines."""
    where = shutil.which(shell)
    if where is None:
        pytest.skip(f"no {shell} here")
    done = subprocess.run(
        [where, *ALONE[shell], "-c", EVALUATED[shell] + script],
        capture_output=True,
        check=False,
        env=torchup.env,
        cwd=torchup.root,
        timeout=60,
        text=True,
    )
    assert done.stderr == "", done
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_itself_enters_and_leaves(installed: Torchup, shell: str) -> None:
    path = make_environment(installed.home, "demo")
    script = (
        "torchup activate demo\n"
        "command -v python\n"
        'echo "$VIRTUAL_ENV"\n'
        "torchup use\n"
        "torchup deactivate\n"
        'echo "[$VIRTUAL_ENV]"\n'
        "torchup activate --help > help.txt\n"
    )
    found = run(installed, shell, script)
    assert found[:2] == [str(path / "bin" / "python"), str(path)]
    assert "demo" in found[2]
    assert found[3:] == ["[]"]
    assert "torchup activate" in (installed.root / "help.txt").read_text()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_what_goes_wrong_is_the_shells_status(installed: Torchup, shell: str) -> None:
    script = (
        "set -eu\n"
        "torchup activate nothing 2>/dev/null || echo no $?\n"
        "torchup nonsense 2>/dev/null || echo no $?\n"
        'torchup run nothing -- sh -c "exit 7" 2>/dev/null || echo no $?\n'
    )
    assert run(installed, shell, script) == ["no 1", "no 2", "no 1"]


BASH = """
_at () {
  COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
  _torchup_complete; echo "${COMPREPLY[*]}"
}
"""
ZSH = """
compadd () { shift; print -r -- "${(P)1}"; }
_files () { print -r -- files; }
_at () { words=("$@"); CURRENT=$#; _torchup; }
"""


def test_bash_completes(installed: Torchup) -> None:
    for name in ("demo", "deep", "other"):
        make_environment(installed.home, name)
    script = BASH + (
        "_at torchup cre\n"
        "_at torchup activate de\n"
        "_at torchup --lang zh_CN create --pyth\n"
        "_at torchup add -n o\n"
        "_at torchup kernel ch\n"
        "_at torchup create de\n"
        "_at torchup ''\n"
        "_at torchup mirror de\n"
        "_at torchup facts de\n"
    )
    found = run(installed, "bash", script)
    assert found[7:] == ["", ""], "mirrors and facts are no environments"
    assert found[0] == "create"
    assert set(found[1].split()) == {"demo", "deep"}
    assert found[2:5] == ["--python", "other", "check"]
    assert found[5] == "", "a new environment has a new name"
    assert set(found[6].split()) == set(COMMANDS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shell", "options"),
    [("bash", ["--norc", "--noprofile", "-i"]), ("zsh", ["-f", "-i"]), ("fish", ["--no-config"])],
)
def test_a_key_completes(installed: Torchup, shell: str, options: list[str]) -> None:
    """Somebody types at a terminal: the name is completed by the tabulator, and entered."""
    import pty

    where = shutil.which(shell)
    if where is None:
        pytest.skip(f"no {shell} here")
    path = make_environment(installed.home, "demo-paper")
    process, terminal = pty.fork()
    if process == 0:
        os.execve(where, [where, *options], installed.env | {"TERM": "dumb", "PS1": "> "})
    try:
        os.write(terminal, EVALUATED[shell].encode())
        os.write(terminal, b'echo rea""dy\n')
        until(terminal, b"ready")
        os.write(terminal, b"torchup activate de\t")
        until(terminal, b"demo-paper")
        os.write(terminal, b'\necho "at:$VIRTUAL_ENV:"\n')
        until(terminal, f"at:{path}:".encode())
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def until(terminal: int, wanted: bytes) -> None:
    """Read what a terminal shows until something is there."""
    seen = b""
    while wanted not in re.sub(rb"\r?\n", b"", seen):
        ready = select.select([terminal], [], [], 20)[0]
        assert ready, seen
        seen += os.read(terminal, 4096)


def test_completing_starts_no_program(installed: Torchup) -> None:
    make_environment(installed.home, "demo")
    script = BASH + "PATH=/nowhere\n_at torchup activate de\n_at torchup create --py\n"
    assert run(installed, "bash", script) == ["demo", "--python"]


def test_zsh_completes(installed: Torchup) -> None:
    for name in ("demo", "other"):
        make_environment(installed.home, name)
    script = ZSH + (
        "_at torchup cre\n"
        "_at torchup activate de\n"
        "_at torchup --lang zh_CN create --pyth\n"
        "_at torchup add -n o\n"
        "_at torchup create de\n"
        "print $_comps[torchup]\n"
    )
    found = run(installed, "zsh", script)
    assert set(found[0].split()) == set(COMMANDS)
    assert set(found[1].split()) == {"demo", "other"}
    assert "--python" in found[2].split()
    assert set(found[3].split()) == {"demo", "other"}
    assert found[4:] == ["files", "_torchup"]


def test_fish_completes(installed: Torchup) -> None:
    for name in ("demo", "other"):
        make_environment(installed.home, name)
    script = (
        "complete -C 'torchup cre'\n"
        "complete -C 'torchup activate de'\n"
        "complete -C 'torchup --lang zh_CN create --pyth'\n"
        "complete -C 'torchup add -n o'\n"
        "complete -C 'torchup kernel che'\n"
    )
    assert run(installed, "fish", script) == ["create", "demo", "--python", "other", "check"]


@pytest.mark.parametrize("shell", ["powershell", "cmd"])
def test_windows_shells_as_text(torchup: Torchup, shell: str) -> None:
    done = torchup("shell-init", shell, "--json")
    found = read(done, ShellV1, "torchup.shell/v1")
    assert (found.command, found.environment, found.shell) == ("shell-init", None, shell)
    text = "\n".join(found.lines)
    if shell == "cmd":
        asked = "for /f \"tokens=1*\" %i in ('torchup.exe $* --shell cmd')"
        enters = f'({asked} do @if "%i"=="set" (set %j) else (echo %i %j))'
        branches = f'if /i "$1"=="activate" {enters} else if /i "$1"=="deactivate" {enters}'
        assert found.lines == (f"doskey torchup={branches} else torchup.exe $*",)
        return
    for opening, closing in ("{}", "()", "[]"):
        assert text.count(opening) == text.count(closing)
    assert "Register-ArgumentCompleter -Native -CommandName torchup" in text
    assert "'create' = @('-h', '--help'" in text


def test_the_second_start_is_quick(torchup: Torchup) -> None:
    first = torchup("shell-init", "bash")
    kept = torchup.home / "cache" / "completion.json"
    assert kept.exists()
    assert torchup("shell-init", "bash").out == first.out
    kept.write_text("{")
    assert torchup("shell-init", "bash").out == first.out


CONDA = (
    "# my own\nalias ll='ls -l'\n"
    "# >>> conda initialize >>>\n__conda_setup=1\n# <<< conda initialize <<<\n"
    'eval "$(pyenv init -)"'
)


@pytest.mark.parametrize(
    ("shell", "file"),
    [("bash", ".bashrc"), ("zsh", ".zshrc"), ("fish", "xdg-config/fish/config.fish")],
)
def test_one_line_comes_and_goes(torchup: Torchup, shell: str, file: str) -> None:
    path = torchup.root / file
    assert torchup("shell-init", shell, "--install", "--dry-run").code == EXIT_DONE
    assert not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    before = CONDA.encode() + b" # \xff not UTF-8\n"
    path.write_bytes(before)
    done = torchup("shell-init", shell, "--install")
    assert (done.code, done.err) == (EXIT_DONE, "")
    added = path.read_bytes()
    assert added.startswith(before)
    assert added.count(b"\n") == before.count(b"\n") + 1
    assert torchup("shell-init", shell, "--yes").code == EXIT_DONE
    assert path.read_bytes() == added, "once is enough"
    assert torchup("shell-init", shell, "--undo").code == EXIT_DONE
    assert path.read_bytes() == before
    assert torchup("undo").code == EXIT_DONE
    assert path.read_bytes() == added


def test_what_the_user_wrote_stays(torchup: Torchup) -> None:
    path = torchup.root / ".bashrc"
    path.write_text("# maybe: torchup shell-init bash\n")
    assert torchup("shell-init", "bash", "--install").code == EXIT_DONE
    assert len(path.read_text().splitlines()) == 2, "a comment does nothing"
    assert torchup("shell-init", "bash", "--undo").code == EXIT_DONE
    mine = 'export X=1; eval "$(torchup shell-init bash)"\n'
    path.write_text(mine)
    assert torchup("shell-init", "bash", "--install").code == EXIT_DONE
    assert path.read_text() == mine, "it does so already"
    own = 'eval "$(torchup shell-init bash)"\r\n'
    path.write_bytes((mine + own).encode())
    done = torchup("shell-init", "bash", "--undo")
    assert mine.strip() in done.out
    assert path.read_text() == mine
    assert torchup("shell-init", "bash", "--undo").code == EXIT_DONE
    assert path.read_text() == mine


def test_the_line_does_nothing_without_torchup(torchup: Torchup) -> None:
    torchup.env["PATH"] = "/usr/bin:/bin"
    for shell, file in (("bash", ".bashrc"), ("zsh", ".zshrc")):
        assert torchup("shell-init", shell, "--install").code == EXIT_DONE
        if shutil.which(shell):
            line = (torchup.root / file).read_text()
            done = subprocess.run(
                [shell, *ALONE[shell], "-c", f"{line}echo on"],
                capture_output=True,
                check=True,
                env={"PATH": "/usr/bin:/bin"},
                text=True,
            )
            assert (done.stdout, done.stderr) == ("on\n", "")


def test_a_link_stays_a_link(torchup: Torchup, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "bashrc"
    real.parent.mkdir()
    real.write_text("# mine\n")
    (torchup.root / ".bashrc").symlink_to(real)
    assert torchup("shell-init", "bash", "--install").code == EXIT_DONE
    assert (torchup.root / ".bashrc").is_symlink()
    assert "shell-init" in real.read_text()


def test_wrong_words(torchup: Torchup) -> None:
    one_error(torchup("shell-init", "tcsh"), EXIT_USAGE)
    one_error(torchup("shell-init", "bash", "--install", "--undo"), EXIT_USAGE)
    said = one_error(torchup("shell-init", "cmd", "--install"), EXIT_NO)
    assert "cmd" in said
