"""use, activate, deactivate, shell: which environment counts, and being inside it."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from msgspec import structs
from uv import find_uv_bin

from cli.fixtures import needs_world
from cli.process import Torchup, has_next_step, one_error
from cli.test_documents import read
from madeenvironments import make_environment
from torchup.apply.adopted import write_adopted
from torchup.apply.marker import read_marker
from torchup.errors import EXIT_DONE, EXIT_NO, EXIT_USAGE
from torchup.state.home import Home
from torchup.wire import v1
from torchup.wire.places import CurrentV1, ShellV1

if TYPE_CHECKING:
    from pathlib import Path

    from indexserver import IndexServer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="lays out POSIX environments")


def test_nothing_counts_at_first(torchup: Torchup) -> None:
    done = torchup("use")
    assert (done.code, done.err) == (EXIT_NO, "")
    assert "torchup use NAME" in done.out
    found = read(torchup("use", "--json"), CurrentV1, "torchup.current/v1")
    assert (found.name, found.exists) == (None, None)


def test_a_folder_names_its_environment(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    make_environment(torchup.home, "other")
    done = torchup("use", "demo")
    file = torchup.root / ".torchup-env"
    assert (done.code, done.err, file.read_text()) == (EXIT_DONE, "", "demo\n")
    assert str(file) in done.out
    assert "demo" in torchup("use", "other").out, "it says what it replaced"
    found = read(torchup("use", "--json"), CurrentV1, "torchup.current/v1")
    assert (found.name, found.by, found.where) == ("other", "folder", str(file))
    assert str(file) in torchup("use").out
    assert torchup("use", "--off", "--dry-run").code == EXIT_DONE
    assert file.exists()
    off = torchup("use", "--off", "--json")
    assert read(off, v1.OutcomeV1, "torchup.outcome/v1").steps[0].status == "done"
    assert not file.exists()
    assert torchup("use", "--off").code == EXIT_DONE


def test_the_default_is_a_setting(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    assert torchup("use", "demo", "--global").code == EXIT_DONE
    assert 'default = "demo"' in torchup.config.read_text()
    found = read(torchup("use", "--json"), CurrentV1, "torchup.current/v1")
    assert (found.name, found.by, found.exists) == ("demo", "default", True)
    (torchup.root / ".torchup-env").write_text("gone\n")
    done = torchup("use")
    assert (done.code, "gone" in done.out) == (EXIT_NO, True)
    assert torchup("use", "--global", "--off").code == EXIT_DONE
    assert "default" not in torchup.config.read_text()


def test_an_active_one_counts_before_the_folders(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    make_environment(torchup.home, "other")
    done = torchup("use", "other", VIRTUAL_ENV=str(path))
    assert "demo is active" in done.out
    assert "demo" in torchup("use", VIRTUAL_ENV=str(path)).out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("use", "nothing"), EXIT_NO),
        (("use", "demo", "--off"), EXIT_USAGE),
        (("use", "--global"), EXIT_USAGE),
        (("activate",), EXIT_USAGE),
        (("activate", "nothing"), EXIT_NO),
        (("deactivate", "--shell", "bash"), EXIT_NO),
        (("activate", "--shell", "tcsh"), EXIT_USAGE),
    ],
)
def test_wrong_usage(torchup: Torchup, arguments: tuple[str, ...], code: int) -> None:
    assert has_next_step(one_error(torchup(*arguments), code))


def test_a_shell_prints_no_document(torchup: Torchup) -> None:
    done = torchup("shell", "demo", "--json")
    assert (done.code, done.error["code"]) == (EXIT_USAGE, "shell.json")


def test_a_folder_that_was_deleted(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    script = "mkdir gone; cd gone; rmdir ../gone; torchup use; torchup use demo; echo $?"
    done = bash(
        torchup, script + "; torchup use demo --global >/dev/null; torchup use", quiet=False
    )
    assert done[-2] == "3"
    assert done[-1].startswith("demo, because")


def bash(torchup: Torchup, script: str, *, quiet: bool = True) -> list[str]:
    """Run a script in a real bash that knows the command torchup."""
    words = " ".join(map(shlex.quote, torchup.argv()))
    done = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", f'torchup() {{ {words} "$@"; }}\n{script}'],
        capture_output=True,
        check=False,
        env=torchup.env,
        cwd=torchup.root,
        timeout=torchup.timeout,
    )
    assert done.returncode == 0, done
    assert not (quiet and done.stderr), done
    return done.stdout.decode().splitlines()


def test_a_session_of_bash(tmp_path: Path) -> None:
    root = tmp_path / 'it\'s a "$HOME" 环境 🚀'
    root.mkdir()
    torchup = Torchup(root)
    path = make_environment(torchup.home, "demo", environment={"NEEDED": "1"})
    (path / ".torchup" / "constraints.txt").write_text("torch==2.13.0+cpu\n")
    show = 'printf "%s\\n" "$(command -v python)" "${VIRTUAL_ENV:-}" "${UV_CONSTRAINT:-}" '
    show += '"${NEEDED:-}" "${PYTHONHOME:-}"'
    script = f"""
set -eu
before="$PATH"
eval "$(torchup activate demo)"
{show}
torchup use --json | grep '"by"'
eval "$(torchup deactivate)"
printf '%s\\n' "${{VIRTUAL_ENV:-}}" "${{UV_CONSTRAINT:-}}" "${{NEEDED:-}}"
[ "$PATH" = "$before" ]
typeset -f deactivate >/dev/null || echo gone
"""
    found = bash(torchup, script)
    assert found[:2] == [str(path / "bin" / "python"), str(path)]
    assert found[2].startswith("file:///"), "uv takes a blank for the end of a path"
    assert found[3:] == ["1", "", '  "by": "active",', "", "", "", "gone"]


@needs_world
def test_plain_uv_is_held_while_an_environment_is_active(
    tmp_path: Path, shared_server: IndexServer
) -> None:
    """uv takes a blank for the end of a path: the constraints are named by an address then."""
    root = tmp_path / "with a blank 环境"
    root.mkdir()
    torchup = Torchup(root, UV_DEFAULT_INDEX=shared_server.index())
    path = make_environment(torchup.home, "demo", {})
    constraints = path / ".torchup" / "constraints.txt"
    constraints.write_text("filelock==3.12.0\n")
    install = f"{shlex.quote(find_uv_bin())} pip install -q --target there filelock"
    script = f'set -e; eval "$(torchup activate demo)"; {install}; ls there'
    assert "filelock-3.12.0.dist-info" in bash(torchup, script)
    script = f"torchup run demo -- {install.replace('there', 'again')}; ls again"
    assert "filelock-3.12.0.dist-info" in bash(torchup, script)


def test_pip_and_uv_wait_for_large_wheels_in_a_shell_as_they_do_in_run(torchup: Torchup) -> None:
    for name in ("one", "two"):
        make_environment(torchup.home, name)
    torchup.env.pop("UV_HTTP_TIMEOUT", None)
    torchup.env.pop("PIP_DEFAULT_TIMEOUT", None)
    show = 'echo "${UV_HTTP_TIMEOUT:-} ${PIP_DEFAULT_TIMEOUT:-}"'
    into = 'eval "$(torchup activate {} --shell bash)"; '
    script = f"""
{into.format("one")}{show}
{into.format("two")}{show}
deactivate; {show}
export UV_HTTP_TIMEOUT=9
{into.format("one")}{show}
deactivate; {show}
"""
    assert bash(torchup, script) == ["300 120", "300 120", " ", "9 120", "9 "]


def test_constraints_of_the_user_stay_and_another_environments_go(torchup: Torchup) -> None:
    files = []
    for name in ("one", "two"):
        path = make_environment(torchup.home, name)
        files.append(path / ".torchup" / "constraints.txt")
        files[-1].write_text("")
    show = 'echo "$UV_CONSTRAINT"'
    script = f"""
export UV_CONSTRAINT=own.txt
eval "$(torchup activate one)"; {show}
torchup run two -- bash -c '{show}'
bash -c {shlex.quote(f'eval "$({shlex.join(torchup.argv("activate", "two"))})"; {show}')}
unset -f deactivate; eval "$(torchup deactivate)"; {show}
"""
    one, two = files
    inside = [f"own.txt {one}", f"own.txt {two}", f"own.txt {two}"]
    assert bash(torchup, script) == [*inside, "own.txt"]


@pytest.mark.parametrize(
    ("backend", "variable"), [("venv", "VIRTUAL_ENV"), ("conda", "CONDA_PREFIX")]
)
def test_an_adopted_environment(torchup: Torchup, backend: str, variable: str) -> None:
    path = make_environment(torchup.root / "elsewhere", "theirs")
    record = structs.replace(read_marker(path), name="mine", backend=backend)
    write_adopted(Home(torchup.home), record)
    shutil.rmtree(path / ".torchup")
    script = f"""
set -eu
eval "$(torchup activate mine)"; echo "${variable}"; command -v python
torchup use --json | grep -e '"by"' -e '"name"'
torchup packages | tail -n +2
eval "$(torchup deactivate)"; echo "${{{variable}:-none}}"
eval "$(torchup activate mine)"; unset -f deactivate
eval "$(torchup deactivate)"; echo "${{{variable}:-none}} $PATH"
"""
    found = bash(torchup, script)
    assert found[:4] == [str(path), f"{path}/bin/python", '  "name": "mine",', '  "by": "active",']
    assert [row.split()[0] for row in found[4:-2]] == ["numpy", "pip", "torch"]
    assert found[-2:] == ["none", f"none {torchup.env['PATH']}"]


def test_a_shell_that_was_started_inside(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    script = 'eval "$(torchup activate demo --shell bash)"; unset -f deactivate\n'
    script += 'eval "$(torchup deactivate --shell bash)"; echo "$PATH"; echo "${VIRTUAL_ENV:-}"'
    assert bash(torchup, script) == [torchup.env["PATH"], ""]
    assert path.exists()


def test_lines_as_a_document(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    done = torchup("activate", "demo", "--shell", "powershell", "--json")
    found = read(done, ShellV1, "torchup.shell/v1")
    assert (found.environment, found.shell) == ("demo", "powershell")
    assert any(line.startswith("$env:VIRTUAL_ENV = '") for line in found.lines)


def test_a_shell_that_nobody_types_into(torchup: Torchup) -> None:
    path = make_environment(torchup.home, "demo")
    script = b'echo "$VIRTUAL_ENV"; command -v python; exit 7'
    done = torchup("shell", "demo", "--shell", "bash", stdin=script)
    assert done.code == 7
    assert done.out.splitlines() == [str(path), str(path / "bin" / "python")]


@pytest.mark.parametrize("program", ["bash", "zsh", "fish"])
def test_a_shell_at_a_terminal(torchup: Torchup, program: str) -> None:
    """What the user's own start-up file does to the search path comes first."""
    if shutil.which(program) is None:
        pytest.skip(f"no {program} here")
    path = make_environment(torchup.home, "demo")
    (torchup.root / ".bashrc").write_text('PATH=/elsewhere:"$PATH"; echo rc-was-read\n')
    (torchup.root / ".zshrc").write_text('PATH=/elsewhere:"$PATH"; echo rc-was-read\n')
    config = torchup.root / "xdg-config" / "fish" / "config.fish"
    config.parent.mkdir(parents=True)
    config.write_text(
        "set -gx PATH /elsewhere $PATH; echo rc-was-read\nfunction fish_prompt; echo '> '; end\n"
    )
    answer, master = typed(torchup, program, 'echo "in:$VIRTUAL_ENV"; command -v python; exit 7\n')
    assert os.waitstatus_to_exitcode(master) == 7, answer
    assert "rc-was-read" in answer
    assert f"in:{path}" in answer
    assert str(path / "bin" / "python") in answer
    assert "(demo)" in answer
    assert torchup("list").code == EXIT_DONE
    assert not torchup.left()[1:], "its start-up files are gone"


def typed(torchup: Torchup, program: str, text: str) -> tuple[str, int]:
    """Type into a shell at a terminal of its own; return what was seen and how it ended."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(torchup.root)
        argv = torchup.argv("shell", "demo", "--shell", program)
        os.execvpe(argv[0], argv, torchup.env | {"TERM": "dumb"})
    seen = b""
    sent = False
    while select.select([terminal], [], [], torchup.timeout)[0]:
        try:
            got = os.read(terminal, 4096)
        except OSError:
            break
        seen += got
        if not got:
            break
        if not sent and b"(demo)" in seen:
            os.write(terminal, text.encode())
            sent = True
    os.close(terminal)  # hangs up, where the shell still waits
    return seen.decode("utf-8", "replace"), os.waitpid(pid, 0)[1]


def test_run_and_verify_take_this_folders_environment(torchup: Torchup) -> None:
    made = make_environment(torchup.home, "demo")
    code = "import sys; print(sys.prefix)"
    none = one_error(torchup("run", "--", "python", "-c", code), EXIT_USAGE)
    assert "torchup run NAME -- " in none
    assert "torchup verify NAME" in one_error(torchup("verify"), EXIT_USAGE)
    assert torchup("use", "demo").code == EXIT_DONE
    done = torchup("run", "--", "python", "-c", code, "--json")
    assert done.out.strip() == str(made)
    assert done.err == ""
    quiet = torchup("run", "--no-explain", "--lang", "en", "--", "python", "-c", code)
    assert quiet.out.strip() == str(made)
    verified = torchup("verify", "--quick", "--json")
    assert verified.document("torchup.verify/v1")["name"] == "demo"
    assert "demo" in torchup("verify", "--quick").out.splitlines()[0], "it says which"
    both = one_error(torchup("verify", "demo", "--all"), EXIT_USAGE)
    assert has_next_step(both)


def test_a_program_in_the_place_of_a_name_is_told(torchup: Torchup) -> None:
    make_environment(torchup.home, "demo")
    for words in (("sh", "-c", "true"), ("sh",), ("sh", "--", "-c", "true")):
        said = one_error(torchup("run", *words), EXIT_USAGE)
        meant = " ".join(word for word in words if word != "--")
        assert f"torchup run NAME -- {meant}" in said
    assert torchup("use", "demo").code == EXIT_DONE
    assert "torchup run -- sh -c true" in one_error(torchup("run", "sh", "-c", "true"), EXIT_USAGE)
    assert "no-such" in one_error(torchup("run", "no-such", "--", "true"), EXIT_NO)


@pytest.mark.parametrize("command", ["add", "remove", "upgrade", "packages"])
def test_an_environment_among_the_packages_is_told(torchup: Torchup, command: str) -> None:
    make_environment(torchup.home, "demo")
    said = one_error(torchup(command, "demo", "numpy<2"), EXIT_USAGE)
    assert f'torchup {command} -n demo "numpy<2"' in said
    assert "-n NAME" in one_error(torchup(command, "numpy"), EXIT_USAGE)
