"""What is compiled in an environment: what stays as it is, what is built, what is missed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.compiled.agreeing import agree
from torchup.api.compiled.fitted import Fitted, ground_of, known_of
from torchup.api.compiled.fitting import Fitter
from torchup.api.compiled.words import about_tag
from torchup.facts.load import load_catalogue
from torchup.facts.wheels import compiled_names
from torchup.model import Reason
from torchup.model.names import canonical_name, name_of
from torchup.resolve.fitting import clash
from torchup.resolve.needs import parsed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.backends import Build
    from torchup.errors import NoAnswerError
    from torchup.model import Artifact, EnvRecord, Machine, Stack

_HIDDEN: Final = "***"
"""What stands for a login: such an address can't be asked again."""
_WORD: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")
_SDISTS: Final = (".tar.gz", ".zip", ".tar.bz2")
_CONDAS_TOO: Final = ".tar.bz2"
"""What conda's older packages are as well: those lie in a folder of their platform's."""


def keep_built(context: Context, record: EnvRecord, leave: Collection[str]) -> None:
    """Note what an environment has for its very stack: while that stays, it stays too.

    What was compiled is not built again, and no place is asked for a wheel that is there.

    Args:
        context: the session.
        record: the environment.
        leave: packages that are to be had anew.
    """
    from torchup.sources.sdists import Sdist

    compiled = compiled_names(load_catalogue().framework.name)
    for one in record.artifacts:
        name = canonical_name(one.name)
        if name not in compiled or name in leave or _HIDDEN in one.url:
            continue
        if one.url.endswith(".whl"):
            context.fitting[name] = one
        elif is_sdist(one):
            context.kept[name] = Sdist(version=one.version, url=one.url, sha256=one.sha256)
            context.builds |= {name}


def is_sdist(file: Artifact) -> bool:
    """Tell whether a file of a lock is a source distribution."""
    url = file.url.partition("#")[0]
    if not url.endswith(_CONDAS_TOO):
        return url.endswith(_SDISTS)
    from torchup.facts.conda_settings import load_conda_facts

    return url.split("/")[-2] not in load_conda_facts().platforms


def lines_for(
    lines: Sequence[str], fitted: Sequence[Fitted], builds: Sequence[Build]
) -> tuple[str, ...]:
    """The user's lines with the very wheel or version in the place of a compiled package."""
    instead = {one.name: one.requirement for one in fitted if one.requirement}
    instead |= {one.name: f"{one.name}=={one.version}" for one in builds}
    left = {one.name for one in fitted if one.state == "left"}
    given = [
        line if parsed(line).url else instead.get(name_of(line), line)
        for line in lines
        if name_of(line) not in left
    ]
    given += [one for name, one in instead.items() if name not in {*map(name_of, given)}]
    there = {*map(name_of, given)}
    needs = [
        need
        for one in fitted
        if one.compiles and any(build.name == one.name for build in builds)
        for need in one.compiles.needs
        if name_of(need) not in there
    ]
    return (*given, *dict.fromkeys(needs))


def never_built(context: Context, lines: Sequence[str], builds: Sequence[Build]) -> tuple[str, ...]:
    """The packages that are not built unasked: all that are known to be compiled.

    Not those that a line asks for in a version that isn't compiled.

    Args:
        context: the session.
        lines: the user's.
        builds: what was agreed to.
    """
    plain = {*map(name_of, lines)} - known_of([one for one in lines if name_of(one)]).keys()
    free = {one.name for one in builds} | plain | context.builds
    return tuple(n for n in compiled_names(load_catalogue().framework.name) if n not in free)


def solved_for(
    files: Sequence[Artifact], builds: Sequence[Build], stack: Stack, machine: Machine
) -> tuple[Reason, ...]:
    """Say what a solution brings to light: what is built, and what was compiled for another stack.

    Args:
        files: what will be installed.
        builds: what is compiled, which was told before.
        stack: what it is installed beside.
        machine: the machine.
    """
    ground = ground_of(stack, machine)
    told = {one.name for one in builds}
    found: list[Reason] = []
    for one in files:
        wrong = clash(one.version.partition("+")[2].lower(), ground)
        subject = f"{one.name} {one.version}"
        if wrong:
            found.append(about_tag(subject, wrong, ground, None))
        if is_sdist(one) and canonical_name(one.name) not in told:
            found.append(Reason(code="built-from-source", effect="prefer", subject=subject))
    return tuple(found)


def missed(
    context: Context, choice: Choice, machine: Machine, error: NoAnswerError
) -> Choice | None:
    """Look for the compiled packages that a failed solution speaks of and nobody named.

    Args:
        context: the session.
        choice: what was chosen.
        machine: this machine.
        error: what the solver said.

    Returns:
        The choice with what became of them; None where there are none.

    Raises:
        NoAnswerError: one would have to be compiled, and nobody agreed to that.
        OutsideError: the place of one can't be asked.
    """
    told = {one.name for one in choice.fitted}
    words = set(map(canonical_name, _WORD.findall(error.details.get("why", ""))))
    compiled = compiled_names(load_catalogue().framework.name)
    lines = [name for name in compiled if name in words and name not in told]
    if not lines:
        return None
    found = Fitter(context, machine, choice, ask=True).each(lines, known_of(lines))
    wider = replace(choice, fitted=(*choice.fitted, *found))
    wider = agree(context, wider, machine)
    return wider if any(one.requirement or one.state == "source" for one in found) else None
