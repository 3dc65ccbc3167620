"""Lines for Windows' command prompt; pure.

``FOR /F "delims=" %i IN ('torchup activate NAME --shell cmd') DO @%i`` runs each line as it stands:
what comes out of a loop variable is not searched for ``%NAME%`` again, so that values need no
escaping, and a line can hold no condition that reads a variable. Hence every value is worked out
beforehand, old ones are kept in exported variables, and a value's own quotation marks, which no
path can have and some search paths do, are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.integrate.shells import OLD, QUIET_PROMPT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.integrate.shells import Entering, Leaving

_USUAL_PROMPT: Final = "$P$G"


def activate(entering: Entering, *, windows: bool) -> Sequence[str]:
    """Return the lines that take a shell into an environment."""
    _ = windows
    before = _before(entering.now)
    after = before | entering.replaced
    after["PATH"] = ";".join((*entering.programs, before.get("PATH", "")))
    after |= {name: before.get(name) or value for name, value in entering.wanted.items()}
    for name in entering.cleared:
        after.pop(name, None)
    if not before.get(QUIET_PROMPT):
        after["PROMPT"] = f"({entering.name}) {before.get('PROMPT') or _USUAL_PROMPT}"
    changed = ("PATH", "PROMPT", *entering.touched, *entering.cleared)
    after |= {f"{OLD}{name}": before[name] for name in changed if name in before}
    after[f"{OLD}NAMES"] = " ".join(dict.fromkeys(changed))
    return _lines(entering.now, after)


def deactivate(leaving: Leaving, *, windows: bool) -> Sequence[str]:
    """Return the lines that take it out again."""
    _ = windows
    after = _before(leaving.now)
    if f"{OLD}NAMES" not in leaving.now:
        after = {name: value for name, value in after.items() if name not in leaving.touched}
        after |= {"PATH": leaving.path, **leaving.restored}
    return _lines(leaving.now, after)


def _before(now: Mapping[str, str]) -> dict[str, str]:
    """What the variables were before an environment was entered."""
    found = {name: value for name, value in now.items() if not name.startswith(OLD)}
    for name in now.get(f"{OLD}NAMES", "").split():
        found.pop(name, None)
        if f"{OLD}{name}" in now:
            found[name] = now[f"{OLD}{name}"]
    return found


def _lines(now: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What makes one set of variables of another; ``set NAME=`` unsets."""
    gone = [f'set "{name}="' for name in now if name not in after]
    new = {name: value for name, value in after.items() if now.get(name) != value}
    return [*gone, *(f'set "{name}={_plain(value)}"' for name, value in new.items())]


def _plain(value: str) -> str:
    return value.replace('"', "")
