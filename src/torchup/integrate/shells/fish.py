"""Lines for fish; pure. Every line ends in ``;``: ``eval (…)`` puts them all on one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.integrate.shells import OLD, QUIET_PROMPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.integrate.shells import Entering, Leaving

_PROMPT = "_torchup_old_fish_prompt"


def quoted(text: str) -> str:
    """Write a text so that nothing in it means anything to the shell."""
    inner = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{inner}'"


def activate(entering: Entering, *, windows: bool) -> Sequence[str]:
    """Return the lines that take a shell into an environment."""
    _ = windows
    programs = " ".join(map(quoted, entering.programs))
    return [
        "if functions -q deactivate; deactivate; end;",
        f"set -g {OLD}PATH $PATH;",
        f"set -gx PATH {programs} $PATH;",
        *(_kept(name) for name in (*entering.touched, *entering.cleared)),
        *(f"set -gx {name} {quoted(value)};" for name, value in entering.replaced.items()),
        *(
            f'if test -z "${name}"; set -gx {name} {quoted(value)}; end;'
            for name, value in entering.wanted.items()
        ),
        *(f"set -e {name};" for name in entering.cleared),
        f'if test -z "${QUIET_PROMPT}"; and functions -q fish_prompt;',
        f"functions -c fish_prompt {_PROMPT};",
        "function fish_prompt; set -l old_status $status;",
        f'printf "%s" {quoted(f"({entering.name}) ")};',
        f'echo "exit $old_status" | source; {_PROMPT}; end;',
        "end;",
        "function deactivate;",
        *_restored(entering.touched, entering.cleared),
        "functions -e deactivate;",
        "end;",
    ]


def deactivate(leaving: Leaving, *, windows: bool) -> Sequence[str]:
    """Return the lines that take it out again."""
    _ = windows
    parts = " ".join(quoted(part) for part in leaving.path.split(":") if part)
    return [
        "if functions -q deactivate; deactivate; else;",
        f"set -gx PATH {parts};" if parts else "",
        *(f"set -e {name};" for name in leaving.touched),
        *(f"set -gx {name} {quoted(value)};" for name, value in leaving.restored.items()),
        "end;",
    ]


def _kept(name: str) -> str:
    return f"if set -q {name}; set -g {OLD}{name} ${name}; end;"


def _restored(touched: Sequence[str], cleared: Sequence[str]) -> list[str]:
    found = [f"set -gx PATH ${OLD}PATH; set -e {OLD}PATH;"]
    for name in (*touched, *cleared):
        back = f"set -gx {name} ${OLD}{name}; set -e {OLD}{name};"
        found.append(f"if set -q {OLD}{name}; {back} else; set -e {name}; end;")
    found.append(
        f"if functions -q {_PROMPT}; functions -e fish_prompt; "
        f"functions -c {_PROMPT} fish_prompt; functions -e {_PROMPT}; end;"
    )
    return found
