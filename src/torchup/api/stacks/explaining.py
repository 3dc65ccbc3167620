"""What speaks for and against a stack that was named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.api.stacks.planning import preview
from torchup.errors import UsageError
from torchup.facts.load import load_catalogue, load_gpus
from torchup.resolve.about import about
from torchup.resolve.needs import normalised_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.model import Machine, Requirement, Resolution

_VERSION: Final = re.compile(r"\d+(\.\d+)*((a|b|rc|\.?post|\.?dev)\d+)*(\+[a-z0-9.]+)?")
_MINOR: Final = re.compile(r"\d+(\.\d+)?")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
_PINNED: Final = frozenset(
    {"pinned-by", "pinned-through", "pinned-python", "pinned-python-through", "pin-conflict"}
)


def as_meant(named: Requirement) -> Requirement:
    """Read the words of a stack as people write them.

    A build's name asks for that build, a version stands for ``NAME==VERSION`` after a name and for
    the framework's version alone; ``2.9`` means any 2.9 release.

    Args:
        named: the words, as packages.

    Raises:
        UsageError: ``ask.not-a-requirement``, or ``ask.two-builds``.
    """
    catalogue = load_catalogue()
    builds = {build.name for release in catalogue.releases for build in release.builds}
    packages: list[str] = []
    build, version_of = named.build, ""
    for word in _words(named.packages):
        if word in builds:
            if build not in (None, word):
                name = catalogue.framework.name
                raise UsageError("ask.two-builds", name=name, one=build, other=word)
            build, version_of = word, ""
        elif _VERSION.fullmatch(word):
            if version_of:
                packages.pop()
            packages.append(_pinned(version_of or catalogue.framework.name, word))
            version_of = ""
        else:
            packages.append(word)
            version_of = word if _NAME.fullmatch(word) else ""
    return replace(named, packages=tuple(packages), build=build)


def _words(texts: Sequence[str]) -> Iterator[str]:
    """Part texts that are no requirement at their spaces; the parts have to be some."""
    for text in texts:
        parts = text.split()
        why = _why_no_requirement(text)
        if why and any(map(_why_no_requirement, parts)):
            raise UsageError("ask.not-a-requirement", text=text, why=why)
        yield from parts if why else (text.strip(),)


def _why_no_requirement(text: str) -> str:
    """Say why a text is none; empty where it is one, or a version by itself."""
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    try:
        if not _VERSION.fullmatch(text):
            Parsed(text)
    except InvalidRequirement as error:
        return str(error).splitlines()[0]
    return ""


def _pinned(name: str, version: str) -> str:
    return f"{name}=={version}" + (".*" if _MINOR.fullmatch(version) else "")


def narrows(named: Requirement) -> bool:
    """Tell whether a stack says anything that a choice depends on: a version, a build, a Python."""
    from packaging.requirements import Requirement as Parsed

    if named.build or named.cpu or named.python:
        return True
    companions = load_catalogue().framework.companions
    parsed = [Parsed(one) for one in named.packages]
    return any(str(one.specifier) or one.url or one.name in companions for one in parsed)


def in_place_of(asked: Requirement, named: Requirement) -> Requirement:
    """Return a requirement with another stack in the place of its own.

    Args:
        asked: the whole requirement.
        named: the packages, build and Python of the other stack; what it leaves open is taken
            from the whole.
    """
    taken = normalised_names(named.packages)
    kept = tuple(
        line for name, line in normalised_names(asked.packages).items() if name not in taken
    )
    return replace(
        asked,
        packages=(*kept, *named.packages),
        build=named.build or (None if named.cpu else asked.build),
        python=named.python or asked.python,
        cpu=named.cpu or (asked.cpu and named.build is None),
        nightly=asked.nightly and not _names_releases(named),
    )


def _names_releases(named: Requirement) -> bool:
    """Tell whether a stack pins what the framework released, which is never a nightly."""
    from packaging.requirements import Requirement as Parsed

    framework = load_catalogue().framework
    ours = (framework.name, *framework.companions)
    parsed = [(name, Parsed(line)) for name, line in normalised_names(named.packages).items()]
    return any(name in ours and bool(str(one.specifier)) for name, one in parsed)


def why_not(
    context: Context, machine: Machine, named: Requirement, preferred: Choice, *, live: bool
) -> Choice:
    """Choose what was named, with everything that speaks for or against it.

    Args:
        context: the session.
        machine: the machine.
        named: the stack that is asked about, as a whole requirement.
        preferred: what is chosen otherwise.
        live: ask this machine's sources.

    Raises:
        UsageError: the requirement can't be read or contradicts itself.
    """
    found = preview(context, machine, named, live=live)
    answer = found.resolution
    judged = _narrowed_as(named, answer)
    if judged is None:
        return found
    said = about(
        machine,
        judged,
        load_catalogue(),
        preferred=preferred.resolution.stack,
        gpus=load_gpus(),
        listings=found.listings or None,
    )
    if said is None:
        return found
    keys = {(one.code, one.subject, one.needs) for one in said.reasons}
    rest = tuple(one for one in answer.reasons if (one.code, one.subject, one.needs) not in keys)
    told = replace(answer, reasons=(*said.reasons, *rest), considered=said.considered)
    return replace(found, resolution=told)


def _narrowed_as(named: Requirement, answer: Resolution) -> Requirement | None:
    """Return what to judge, so that all words are about one stack.

    Other packages' pins narrow the choice: then it is the chosen stack, and nothing where the pins
    left none.
    """
    if not any(reason.code in _PINNED for reason in answer.reasons):
        return named
    if answer.stack is None:
        return None
    name = load_catalogue().framework.name
    stack = answer.stack
    pinned = (*named.constraints, f"{name}=={stack.packages[name]}")
    return replace(named, constraints=pinned, build=stack.build, python=stack.python)
