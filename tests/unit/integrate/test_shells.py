"""Entering and leaving an environment: in real shells where they are, as text elsewhere."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from torchup.integrate.shells import Entering, Leaving, cmd, fish, posix, powershell

if TYPE_CHECKING:
    from pathlib import Path

NASTY = '/srv/it\'s "a" $HOME `x` \\n 环境 🚀;&|!(*)'
ENTERING = Entering(
    name="demo-环境",
    programs=(f"{NASTY}/bin",),
    replaced={"VIRTUAL_ENV": NASTY, "UV_CONSTRAINT": f"file://{NASTY}"},
    wanted={"HSA_OVERRIDE": "10.3.0", "MINE": "theirs"},
)
VARIABLES = {"MINE": "kept", "UV_CONSTRAINT": "own.txt", "PYTHONHOME": "/odd"}
SHOWN = ("PATH", "VIRTUAL_ENV", "HSA_OVERRIDE", "MINE", "UV_CONSTRAINT", "PYTHONHOME")
INSIDE = [
    f"{NASTY}/bin:/usr/bin:/bin",
    NASTY,
    "10.3.0",
    "kept",
    f"file://{NASTY}",
    "",
]
OUTSIDE = ["/usr/bin:/bin", "", "", "kept", "own.txt", "/odd"]


def answers(program: str, script: str, tmp_path: Path, **more: str) -> list[str]:
    """What a shell prints, a line each; nothing may be said on standard error."""
    where = shutil.which(program)
    if where is None:
        pytest.skip(f"no {program} here")
    options = {"fish": ["--no-config"], "zsh": ["-f"], "bash": ["--norc", "--noprofile"]}
    done = subprocess.run(
        [where, *options.get(program, []), "-c", script],
        capture_output=True,
        check=False,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", **VARIABLES, **more},
        cwd=tmp_path,
        timeout=30,
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return done.stdout.decode().splitlines()


def shown(program: str) -> str:
    """Print every variable as a child process sees it."""
    join = "(string join : -- $PATH)" if program == "fish" else '"$PATH"'
    others = " ".join(f'"${name}"' for name in SHOWN[1:])
    if program == "fish":
        return f"printf '%s\\n' {join} {others}"
    others = " ".join(f'"${{{name}:-}}"' for name in SHOWN[1:])
    return f"printf '%s\\n' {join} {others}"


@pytest.mark.parametrize("program", ["bash", "zsh", "sh", "fish"])
def test_in_and_out_again(program: str, tmp_path: Path) -> None:
    module = fish if program == "fish" else posix
    lines = "\n".join(module.activate(ENTERING, windows=False))
    out = "\n".join(module.deactivate(Leaving(path="/usr/bin:/bin"), windows=False))
    strict = "" if program == "fish" else "set -eu\n"
    show = shown(program)
    leave = "deactivate" if program != "sh" else "deactivate; :"
    script = f"{strict}{lines}\n{show}\n{leave}\n{show}\n{lines}\n{out}\n{show}\n"
    if program == "sh":  # a shell without typeset leaves by the function
        script = f"{strict}{lines}\n{show}\n{leave}\n{show}\n"
    found = answers(program, script, tmp_path)
    size = len(SHOWN)
    assert found[:size] == INSIDE
    assert found[size : 2 * size] == OUTSIDE
    assert found[2 * size :] == ([] if program == "sh" else OUTSIDE)


@pytest.mark.parametrize("program", ["bash", "zsh", "fish"])
def test_from_one_into_another(program: str, tmp_path: Path) -> None:
    module = fish if program == "fish" else posix
    first = Entering(name="first", programs=("/first/bin",), replaced={"VIRTUAL_ENV": "/first"})
    lines = "\n".join(
        [
            *module.activate(first, windows=False),
            *module.activate(ENTERING, windows=False),
            *module.activate(ENTERING, windows=False),
        ]
    )
    found = answers(program, f"{lines}\n{shown(program)}\ndeactivate\n{shown(program)}", tmp_path)
    assert found == [*INSIDE, *OUTSIDE]


def test_a_shell_that_another_one_went_in_for(tmp_path: Path) -> None:
    restored = {"UV_CONSTRAINT": "my own.txt"}
    leaving = Leaving(path="/usr/bin:/bin", touched=("VIRTUAL_ENV",), restored=restored)
    script = "\n".join(posix.deactivate(leaving, windows=False))
    inside = {"PATH": "/env/bin:/usr/bin:/bin", "VIRTUAL_ENV": "/env"}
    found = answers("bash", f"set -eu\n{script}\n{shown('bash')}", tmp_path, **inside)
    assert found == ["/usr/bin:/bin", "", "", "kept", "my own.txt", "/odd"]


def test_forgotten_quotes_do_no_harm(tmp_path: Path) -> None:
    plain = Entering(name="demo", programs=("/env/bin",), replaced={"VIRTUAL_ENV": "/env"})
    (tmp_path / "lines").write_text("\n".join(posix.activate(plain, windows=False)))
    found = answers("bash", f"eval $(cat lines)\n{shown('bash')}\ndeactivate", tmp_path)
    assert found[:2] == ["/env/bin:/usr/bin:/bin", "/env"]


def test_the_prompt_tells_where_one_is(tmp_path: Path) -> None:
    lines = "\n".join(posix.activate(ENTERING, windows=False))
    script = f'PS1=\'$ \'\n{lines}\necho "$PS1"\ndeactivate\necho "$PS1"'
    assert answers("bash", script, tmp_path) == ["(demo-环境) $ ", "$ "]
    quiet = answers("bash", script, tmp_path, VIRTUAL_ENV_DISABLE_PROMPT="1")
    assert quiet == ["$ ", "$ "]


def test_git_bash_has_paths_of_its_own() -> None:
    entering = Entering(name="demo", programs=(r"C:\Users\Ann Lee\envs\demo\Scripts",))
    lines = posix.activate(entering, windows=True)
    assert "PATH='/c/Users/Ann Lee/envs/demo/Scripts':\"$PATH\"; export PATH;" in lines


def test_powershell_doubles_every_kind_of_quote() -> None:
    assert powershell.quoted("it's \u2018so\u2019") == "'it''s \u2018\u2018so\u2019\u2019'"
    lines = powershell.activate(ENTERING, windows=True)
    assert f"$env:VIRTUAL_ENV = {powershell.quoted(NASTY)}" in lines
    assert f"$env:PATH = {powershell.quoted(NASTY + '/bin;')} + $env:PATH" in lines
    assert "if (-not $env:MINE) { $env:MINE = 'theirs' }" in lines


def values(lines: list[str], before: dict[str, str]) -> dict[str, str]:
    """What cmd makes of lines that come out of a loop variable."""
    found = dict(before)
    for line in lines:
        assert line.startswith('set "'), line
        assert line.endswith('"'), line
        name, _, value = line[5:-1].partition("=")
        found.pop(name, None)
        if value:
            found[name] = value
    return found


def test_the_command_prompt_goes_in_and_out() -> None:
    path = r"C:\100% sure & co\环境\Scripts"
    entering = Entering(
        name="demo",
        programs=(path,),
        replaced={"VIRTUAL_ENV": r"C:\100% sure & co\环境"},
        wanted={"MINE": "theirs", "NEEDED": "1"},
        now={"PATH": r"C:\Windows", "MINE": "kept", "PYTHONHOME": "x"},
    )
    inside = values([*cmd.activate(entering, windows=True)], entering.now)
    assert inside["PATH"] == rf"{path};C:\Windows"
    assert (inside["MINE"], inside["NEEDED"], inside["PROMPT"]) == ("kept", "1", "(demo) $P$G")
    assert "PYTHONHOME" not in inside
    twice = Entering(name="two", programs=("D:\\two",), now=inside)
    second = values([*cmd.activate(twice, windows=True)], inside)
    assert second["PATH"] == r"D:\two;C:\Windows"
    assert "VIRTUAL_ENV" not in second
    out = values([*cmd.deactivate(Leaving(path="", now=second), windows=True)], second)
    assert out == entering.now
