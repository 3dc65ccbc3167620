"""Lines of a project that contradict each other through what packages need of each other.

The pip of their time installed them all the same, whichever came last. Here the line that another
package needs otherwise gives way: to the nearest version that goes with it, else to any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.api.projects.wheels_of_pins import admits, wheels_of
from torchup.api.solve.lines_alone import unversioned
from torchup.model.names import name_of
from torchup.resolve.needs import is_firm, parsed, pinned_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.projects.stack import ProjectStack
    from torchup.backends.culprits import Culprit, Wish

    Solve = Callable[[], Culprit | None]

_MOST_TRIED: Final = 8
"""Lines at most that are tried for one contradiction."""


def peace(project: ProjectStack, found: Culprit, solve: Solve) -> bool:
    """Let one of the project's lines give way; False where none of them would help.

    A version that only a lock holds goes first, then what torchup itself moved, then what another
    package needs in another version.

    Args:
        project: is changed.
        found: the contradiction, or what has no fitting version because of one.
        solve: solves what the project asks for now.
    """
    for held in project.requirement.constraints:
        name = name_of(held)
        if name in found.names and project.let_go(name, "gave-way", has=_against(held, found)):
            return True
    for line in _candidates(project, found)[:_MOST_TRIED]:
        for other in dict.fromkeys((*_nearest(project, line, found), unversioned(line))):
            before = project.state
            project.swap(line, other)
            after = solve()
            if after is None or _is_another(after, found, name_of(line)):
                project.say("gave-way", line, needs=other, has=_against(line, found))
                return True
            project.state = before
    return False


def _candidates(project: ProjectStack, found: Culprit) -> list[str]:
    lines = [
        one
        for one in project.lines()
        if name_of(one) in found.names and parsed(one).specifier and project.origin(one)
    ]
    moved = {one.needs for one in project.said if one.code == "moved-package"}
    needed = {one.name for one in found.wishes}
    return sorted(lines, key=lambda one: (name_of(one) not in needed, one not in moved))


def _is_another(after: Culprit, found: Culprit, name: str) -> bool:
    """Tell whether a solve fails for something else, of which the changed package is no part."""
    if after.name == name:
        return False
    return after.name != found.name or not set(found.wishes) <= set(after.wishes)


def _nearest(project: ProjectStack, line: str, found: Culprit) -> list[str]:
    """The nearest version to a pinned one that another package's wish allows; empty for none."""
    wish = _wish_for(line, found)
    if not is_firm(line) or wish is None or project.sources is None:
        return []
    from packaging.version import InvalidVersion, Version

    pinned = Version(pinned_version(line))
    near: list[Version] = []
    for file in wheels_of(project.context, project.sources, project.machine, wish.name):
        try:
            version = Version(file.version)
        except InvalidVersion:
            continue
        if not version.is_prerelease and not file.yanked and admits(file, project.python):
            near += [version] if wish.allows(file.version) else []
    later = [one for one in near if one > pinned]
    nearest = min(later) if later else max(near, default=None)
    return [f"{unversioned(line)}=={nearest}"] if nearest is not None else []


def _wish_for(line: str, found: Culprit) -> Wish | None:
    """What a package of the contradiction needs in place of a pinned line."""
    version = pinned_version(line)
    about = [one for one in found.wishes if one.name == name_of(line)]
    return next((one for one in about if not one.allows(version)), None)


def _against(line: str, found: Culprit) -> str:
    """What speaks against a line, as it is shown: ``scipy==1.4.1 (tensorflow==2.2.0)``."""
    name = name_of(line)
    wish = _wish_for(line, found) if is_firm(line) else None
    wishes = [one for one in found.wishes if name in (one.name, name_of(one.who))]
    wish = wish or (wishes or list(found.wishes))[0]
    versions = wish.versions.replace("|", f" | {wish.name}")
    return f"{wish.name}{versions} ({wish.who})"
