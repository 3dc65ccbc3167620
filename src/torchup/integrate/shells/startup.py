"""The file that a shell reads as it starts, and torchup's one line in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.integrate.shells import Kind

LINES: Final[dict[Kind, str]] = {
    "bash": 'eval "$(torchup shell-init bash)"',
    "zsh": 'eval "$(torchup shell-init zsh)"',
    "fish": "torchup shell-init fish | source",
    "powershell": "(& torchup shell-init powershell | Out-String) | Invoke-Expression",
}
"""What torchup adds; where torchup itself is gone by then, nothing happens."""
_GUARDED: Final[dict[Kind, str]] = {
    "bash": "command -v torchup >/dev/null 2>&1 && {line}",
    "zsh": "(( $+commands[torchup] )) && {line}",
    "fish": "type -q torchup; and {line}",
    "powershell": "if (Get-Command torchup -ErrorAction Ignore) {{ {line} }}",
}
_OWN: Final = frozenset(
    {*LINES.values(), *(one.format(line=LINES[kind]) for kind, one in _GUARDED.items())}
)
_SAYS: Final = re.compile(r"\btorchup shell-init (?:bash|zsh|fish|powershell)\b")
_LOGIN: Final = (".bash_profile", ".bash_login", ".profile")
"""What a login bash reads: the first of these that is there."""
_TIMEOUT_S: Final = 20.0


def line_for(kind: Kind) -> str:
    """Return the line; it does nothing where torchup is not on the search path."""
    return _GUARDED[kind].format(line=LINES[kind])


def startup_file(host: Host, kind: Kind) -> str | None:
    """Return the file that an interactive shell reads, None where there is none.

    On macOS terminals start login shells, and bash reads one of three files alone then; elsewhere
    ``.bashrc`` is what interactive ones read (bash(1), zsh(1), fish(1), about_Profiles).
    """
    home = (host.env("USERPROFILE" if host.system == "windows" else "HOME") or "").rstrip("/\\")
    if kind == "bash":
        there = (one for one in _LOGIN if host.modified(f"{home}/{one}") is not None)
        login = f"{home}/{next(there, _LOGIN[0])}"
        reads = b".bashrc" in (host.read(login) or b"")
        return login if host.system == "macos" and not reads else f"{home}/.bashrc"
    if kind == "zsh":
        return f"{host.env('ZDOTDIR') or home}/.zshrc"
    if kind == "fish":
        return f"{host.env('XDG_CONFIG_HOME') or home + '/.config'}/fish/config.fish"
    if kind == "powershell":
        return _profile(host)
    return None


def _profile(host: Host) -> str | None:
    """Ask PowerShell itself: documents may lie elsewhere (OneDrive)."""
    program = host.which("pwsh") or host.which("powershell")
    if program is None:
        return None
    done = host.run([program, "-NoProfile", "-Command", "$PROFILE"], timeout=_TIMEOUT_S)
    return done.out.strip() or None


def has_line(text: str) -> bool:
    """Tell whether a file has torchup's line, by itself or as a part of one of the user's."""
    return has_own_line(text) or bool(users_lines(text))


def has_own_line(text: str) -> bool:
    """Tell whether a file has the line that torchup writes."""
    return any(map(_is_own, text.splitlines()))


def users_lines(text: str) -> tuple[str, ...]:
    """Return the user's own lines that do what torchup's would; comments do nothing."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(
        line
        for line in lines
        if _SAYS.search(line) and not line.startswith("#") and not _is_own(line)
    )


def with_line(text: str, line: str) -> str:
    """Return a file with the line at its end, after what others (conda, pyenv) put there."""
    end = "\r\n" if "\r\n" in text else "\n"
    between = "" if not text or text.endswith("\n") else end
    return f"{text}{between}{line}{end}"


def without_line(text: str) -> str:
    """Return a file without the line that torchup writes, every other byte as it was."""
    return "".join(line for line in re.split(r"(?<=\n)", text) if not _is_own(line))


def _is_own(line: str) -> bool:
    return line.strip() in _OWN
