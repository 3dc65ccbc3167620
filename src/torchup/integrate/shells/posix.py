"""Lines for bash, zsh and other shells of the POSIX family; pure.

Every line ends in ``;`` so that ``eval $(…)`` without its quotes works as well, and none fails
under ``set -eu``. Old values stay in the shell's own variables, as ``venv`` has it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchup.integrate.shells import OLD, QUIET_PROMPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.integrate.shells import Entering, Leaving


def quoted(text: str) -> str:
    """Write a text so that nothing in it means anything to the shell."""
    inner = text.replace("'", "'\\''")
    return f"'{inner}'"


def activate(entering: Entering, *, windows: bool) -> Sequence[str]:
    """Return the lines that take a shell into an environment."""
    folders = map(_of_msys, entering.programs) if windows else entering.programs
    programs = ":".join(folders)
    prompt = quoted(f"({entering.name}) ")
    return [
        "if typeset -f deactivate >/dev/null 2>&1; then deactivate; fi;",
        f'{OLD}PATH="$PATH";',
        f'PATH={quoted(programs)}:"$PATH"; export PATH;',
        *(_kept(name) for name in (*entering.touched, *entering.cleared)),
        *(f"{name}={quoted(value)}; export {name};" for name, value in entering.replaced.items()),
        *(
            f'if [ -z "${{{name}:-}}" ]; then {name}={quoted(value)}; export {name}; fi;'
            for name, value in entering.wanted.items()
        ),
        *(f"unset {name};" for name in entering.cleared),
        f'if [ -z "${{{QUIET_PROMPT}:-}}" ]; then',
        f'{OLD}PS1="${{PS1:-}}"; PS1={prompt}"${{PS1:-}}"; fi;',
        "deactivate () {",
        *_restored(entering.touched, entering.cleared),
        "unset -f deactivate;",
        "};",
        "hash -r >/dev/null 2>&1 || true;",
    ]


def deactivate(leaving: Leaving, *, windows: bool) -> Sequence[str]:
    """Return the lines that take it out again."""
    _ = windows
    names = " ".join(leaving.touched)
    return [
        "if typeset -f deactivate >/dev/null 2>&1; then deactivate; else",
        f"PATH={quoted(leaving.path)}; export PATH;" if leaving.path else "",
        f"unset {names};" if names else ":;",
        *(f"{name}={quoted(value)}; export {name};" for name, value in leaving.restored.items()),
        "fi;",
        "hash -r >/dev/null 2>&1 || true;",
    ]


def _kept(name: str) -> str:
    return f'if [ -n "${{{name}+x}}" ]; then {OLD}{name}="${name}"; fi;'


def _restored(touched: Sequence[str], cleared: Sequence[str]) -> list[str]:
    found = [f'PATH="${OLD}PATH"; export PATH; unset {OLD}PATH;']
    for name in (*touched, *cleared):
        back = f'{name}="${OLD}{name}"; export {name}; unset {OLD}{name};'
        found.append(f'if [ -n "${{{OLD}{name}+x}}" ]; then {back} else unset {name}; fi;')
    found.append(f'if [ -n "${{{OLD}PS1+x}}" ]; then PS1="${OLD}PS1"; unset {OLD}PS1; fi;')
    found.append("hash -r >/dev/null 2>&1 || true;")
    return found


def _of_msys(path: str) -> str:
    """Write a Windows path as Git Bash's search path holds it: ``/c/Users/…``."""
    drive = re.match(r"([A-Za-z]):[\\/]", path)
    rest = path[drive.end() :] if drive else path
    slashed = rest.replace("\\", "/")
    return f"/{drive[1].lower()}/{slashed}" if drive else slashed
