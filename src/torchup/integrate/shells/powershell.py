"""Lines for PowerShell, Windows' own and the one for all systems; pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.integrate.shells import OLD, QUIET_PROMPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.integrate.shells import Entering, Leaving

_QUOTES: Final = re.compile("['\u2018\u2019\u201a\u201b]")
"""PowerShell takes typographic quotes for quotes
(https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-02, 2.3.5.2)."""
_PROMPT: Final = "_TorchupOldPrompt"


def quoted(text: str) -> str:
    """Write a text so that nothing in it means anything to the shell."""
    inner = _QUOTES.sub(lambda found: found[0] * 2, text)
    return f"'{inner}'"


def activate(entering: Entering, *, windows: bool) -> Sequence[str]:
    """Return the lines that take a shell into an environment."""
    between = ";" if windows else ":"
    programs = "".join(f"{one}{between}" for one in entering.programs)
    return [
        "if (Test-Path function:deactivate) { deactivate }",
        f"$global:{OLD}PATH = $env:PATH",
        f"$env:PATH = {quoted(programs)} + $env:PATH",
        *(_kept(name) for name in (*entering.touched, *entering.cleared)),
        *(f"$env:{name} = {quoted(value)}" for name, value in entering.replaced.items()),
        *(
            f"if (-not $env:{name}) {{ $env:{name} = {quoted(value)} }}"
            for name, value in entering.wanted.items()
        ),
        *(_unset(name) for name in entering.cleared),
        f"if (-not $env:{QUIET_PROMPT}) {{",
        f"Copy-Item -Path function:prompt -Destination function:global:{_PROMPT}",
        "function global:prompt {",
        f"Write-Host -NoNewline {quoted(f'({entering.name}) ')}",
        _PROMPT,
        "}",
        "}",
        "function global:deactivate {",
        *_restored(entering.touched, entering.cleared),
        "Remove-Item -Path function:deactivate",
        "}",
    ]


def deactivate(leaving: Leaving, *, windows: bool) -> Sequence[str]:
    """Return the lines that take it out again."""
    _ = windows
    return [
        "if (Test-Path function:deactivate) { deactivate } else {",
        *([f"$env:PATH = {quoted(leaving.path)}"] if leaving.path else []),
        *(_unset(name) for name in leaving.touched),
        *(f"$env:{name} = {quoted(value)}" for name, value in leaving.restored.items()),
        "}",
    ]


def _kept(name: str) -> str:
    return f"if (Test-Path Env:{name}) {{ $global:{OLD}{name} = $env:{name} }}"


def _unset(name: str) -> str:
    return f"Remove-Item -Path Env:{name} -ErrorAction SilentlyContinue"


def _restored(touched: Sequence[str], cleared: Sequence[str]) -> list[str]:
    found = [f"$env:PATH = $global:{OLD}PATH"]
    for name in (*touched, *cleared):
        drop = f"Remove-Item -Path variable:global:{OLD}{name}"
        found.append(
            f"if (Test-Path variable:global:{OLD}{name}) "
            f"{{ $env:{name} = $global:{OLD}{name}; {drop} }} else {{ {_unset(name)} }}"
        )
    found.append(
        f"if (Test-Path function:{_PROMPT}) {{ Copy-Item -Path function:{_PROMPT} "
        f"-Destination function:global:prompt; Remove-Item -Path function:{_PROMPT} }}"
    )
    return found
