"""A shell that runs inside an environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from torchup.api.environments.known import command_for
from torchup.api.shells.activating import activation
from torchup.errors import NoAnswerError
from torchup.integrate.shells.detect import kind_of, program_name
from torchup.state.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torchup.api.context import Context
    from torchup.integrate.shells import Kind

    _Env = Callable[[str], str | None]


class Started(NamedTuple):
    """A command line, and the variables that are laid over the environment's."""

    argv: list[str]
    variables: dict[str, str | None]


def shell_for(context: Context, name: str, kind: Kind, *, interactive: bool) -> Started:
    """Make the command line of a shell inside an environment.

    What people write into their shell's own start-up files often changes the search path: the
    environment is entered after those were read. A shell that nobody types into reads none, and
    gets the variables alone.

    Args:
        context: the session.
        name: the environment.
        kind: the shell.
        interactive: whether somebody types into it.

    Raises:
        NoAnswerError: there is no such environment, its Python is gone, or ``shell.missing``.
    """
    program = _program(context, kind)
    lines = "\n".join(activation(context, name, kind)) + "\n"
    if interactive and kind != "cmd":
        folder = context.home.cache / "work" / f"{os.getpid()}-shell"
        try:
            return _STARTS[kind](program, folder, lines, context.host.env)
        except OSError:  # a home that can't be written: the variables have to do
            pass
    _, variables = command_for(context, name, [program])
    if kind == "cmd":
        prompt = context.host.env("PROMPT") or "$P$G"
        variables["PROMPT"] = f"({name}) {prompt}"
    return Started([program], variables)


def _program(context: Context, kind: Kind) -> str:
    """Find the shell's program: the user's own where it is of that kind."""
    host = context.host
    own = host.env("SHELL") or ""
    if kind_of(own) == kind and host.is_executable(own):
        return own
    names = {"powershell": ("pwsh", "powershell"), "bash": ("bash", "sh")}.get(kind, (kind,))
    found = next(filter(None, map(host.which, names)), None)
    if found is None:
        raise NoAnswerError("shell.missing", shell=kind)
    return found


def _bash(program: str, folder: Path, lines: str, env: _Env) -> Started:
    if program_name(program) != "bash":
        return _other_posix(program, folder, lines, env)
    own = "if [ -f ~/.bashrc ]; then . ~/.bashrc; fi\n"
    file = _written(folder / "bashrc", own + lines)
    return Started([program, "--rcfile", str(file), "-i"], {})


def _other_posix(program: str, folder: Path, lines: str, env: _Env) -> Started:
    """A shell of the same family: it reads what ``ENV`` names where somebody types into it."""
    from torchup.integrate.shells.posix import quoted

    named = env("ENV")
    own = quoted(named) if named else ""
    back = f"ENV={own}\nif [ -f {own} ]; then . {own}; fi\n" if named else "unset ENV\n"
    file = _written(folder / "shrc", back + lines)
    return Started([program, "-i"], {"ENV": str(file)})


def _zsh(program: str, folder: Path, lines: str, env: _Env) -> Started:
    from torchup.integrate.shells.posix import quoted

    dots = env("ZDOTDIR")
    back = f"ZDOTDIR={quoted(dots)}" if dots else "unset ZDOTDIR"
    read = 'if [ -f "${ZDOTDIR:-$HOME}/%s" ]; then . "${ZDOTDIR:-$HOME}/%s"; fi\n'
    here = f"ZDOTDIR={quoted(str(folder))}\n"
    _written(folder / ".zshenv", f"{back}\n{read % ('.zshenv', '.zshenv')}{here}")
    _written(folder / ".zshrc", f"{back}\n{read % ('.zshrc', '.zshrc')}{lines}")
    return Started([program, "-i"], {"ZDOTDIR": str(folder)})


def _fish(program: str, folder: Path, lines: str, _env: _Env) -> Started:
    from torchup.integrate.shells.fish import quoted

    file = _written(folder / "activate.fish", lines)
    return Started([program, "--init-command", f"source {quoted(str(file))}", "-i"], {})


def _powershell(program: str, folder: Path, lines: str, _env: _Env) -> Started:
    from torchup.integrate.shells.powershell import quoted

    file = _written(folder / "activate.ps1", lines)
    # Read and run, not called: scripts may be forbidden here, what is typed never is.
    command = (
        f"Get-Content -Raw -Encoding UTF8 -LiteralPath {quoted(str(file))} | Invoke-Expression"
    )
    return Started([program, "-NoLogo", "-NoExit", "-Command", command], {})


_STARTS = {"bash": _bash, "zsh": _zsh, "fish": _fish, "powershell": _powershell}


def _written(file: Path, text: str) -> Path:
    write_atomic(file, text.encode())
    return file
