"""What a change asks for: the requirement afterwards, from the one that is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from torchup.errors import NoAnswerError, UsageError
from torchup.facts.conda import load_conda
from torchup.facts.load import load_catalogue
from torchup.model import OwnToolkit, Requirement
from torchup.model.names import canonical_name, name_of
from torchup.model.source import kept_url

if TYPE_CHECKING:
    from torchup.model import EnvRecord

Kind = Literal["add", "remove", "upgrade"]
_CONDA: Final = "conda"
TOOLS: Final = frozenset({"pip"})
"""What every environment contains without being asked for."""


class Edit(Struct, frozen=True, kw_only=True):
    """What to do with which packages; ``every``: upgrade all that is there.

    ``constraints`` count only where something asks for their package. ``channels`` are further ones
    of conda's, asked after those that are on record. ``retooled``: the toolkit is
    what changes, to ``toolkit`` or to none.
    """

    kind: Kind
    packages: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    every: bool = False
    retooled: bool = False
    toolkit: OwnToolkit | None = None


class Edited(Struct, frozen=True, kw_only=True):
    """A requirement after a change.

    ``asked`` is what goes on record, ``pinned`` what is solved for: with the framework as it is,
    unless it is to be chosen anew (``framework``). ``fresh`` are packages of which the newest is
    wanted; None keeps nothing as it is. ``toolkit`` is the one that belongs to it afterwards.
    """

    asked: Requirement
    pinned: Requirement
    framework: bool = False
    fresh: tuple[str, ...] | None = ()
    toolkit: OwnToolkit | None = None


def edited(record: EnvRecord, edit: Edit) -> Edited:
    """Work out what an environment should hold afterwards.

    Raises:
        UsageError: a line can't be read; nothing is named.
        NoAnswerError: ``change.framework-held``: the framework is only changed by an upgrade;
            ``change.framework-needed``: it can't be removed; ``change.toolkit-needs``: it goes
            with the toolkit.
    """
    if not edit.packages and not edit.every and not edit.retooled:
        raise UsageError("change.nothing-named", command=edit.kind)
    names = tuple(_name(line) for line in edit.packages)
    if edit.kind == "remove":
        found = _removed(record, names)
    elif edit.kind == "add":
        found = _added(record, edit, names)
    else:
        found = _upgraded(record, edit, names)
    return replace(found, toolkit=edit.toolkit if edit.retooled else record.toolkit)


def _name(line: str) -> str:
    """The normalised name that a requirement is about.

    Raises:
        UsageError: it is none.
    """
    from packaging.requirements import InvalidRequirement
    from packaging.requirements import Requirement as Parsed

    try:
        return canonical_name(Parsed(line).name)
    except InvalidRequirement as error:
        raise UsageError("ask.not-a-requirement", text=line, why=str(error)) from error


def _added(record: EnvRecord, edit: Edit, names: tuple[str, ...]) -> Edited:
    """A new line takes the place of the one on record; the framework stays as it is."""
    here = record.stack.packages
    lines = dict(zip(names, edit.packages, strict=True))
    for name, line in lines.items():
        if name in here and not _met(line, here[name]):
            raise NoAnswerError("change.framework-held", name=name, has=here[name], asked=line)
    kept = [
        one
        for one in record.requirement.packages
        if name_of(one) not in lines or name_of(one) in here
    ]
    new = [line for name, line in lines.items() if name not in here]
    asked = replace(
        record.requirement,
        packages=(*kept, *new),
        constraints=(*record.requirement.constraints, *edit.constraints),
        channels=_channels(record, edit),
        companions=record.requirement.companions or bool(_ours(record) & {*map(name_of, new)}),
    )
    return Edited(asked=asked, pinned=pinned(record, asked))


def _channels(record: EnvRecord, edit: Edit) -> tuple[str, ...]:
    """The channels from now on: those on record first, so that what is there stays as it is.

    One that is on record and is named again, with its login, is asked with that: records hold none.

    Raises:
        UsageError: ``ask.channel-without-conda``.
    """
    known = record.requirement.channels
    if not edit.channels:
        return known
    if record.backend != _CONDA:
        raise UsageError("ask.channel-without-conda", channel=edit.channels[0])
    default = load_conda(load_catalogue().framework.name).default.name
    given = {kept_url(one): one for one in edit.channels}
    kept = [given.pop(one, one) for one in known or (default,)]
    return (*kept, *given.values())


def _removed(record: EnvRecord, names: tuple[str, ...]) -> Edited:
    framework = load_catalogue().framework
    stack = record.stack
    needed = {framework.name, *stack.distributions.values()}
    needed |= load_catalogue().plugins & stack.packages.keys()
    for name in names:
        if name in needed:
            raise NoAnswerError("change.framework-needed", name=name)
        if record.toolkit and name in map(name_of, record.toolkit.packages):
            raise NoAnswerError("change.toolkit-needs", package=name, name=record.name)
    packages = tuple(one for one in record.requirement.packages if name_of(one) not in names)
    asked = replace(record.requirement, packages=packages)
    return Edited(asked=asked, pinned=pinned(record, asked, without=names))


def _upgraded(record: EnvRecord, edit: Edit, names: tuple[str, ...]) -> Edited:
    """A line with a version replaces the one on record, so that it holds from now on."""
    lines = dict(zip(names, edit.packages, strict=True))
    on_record = {name_of(one) for one in record.requirement.packages}
    restricting = {name: line for name, line in lines.items() if _restricts(line)}
    packages = [restricting.get(name_of(one), one) for one in record.requirement.packages]
    packages += [line for name, line in restricting.items() if name not in on_record]
    framework = edit.every or bool(_ours(record) & set(names))
    asked = replace(record.requirement, packages=tuple(packages))
    return Edited(
        asked=asked,
        pinned=replace(asked, python=record.stack.python) if framework else pinned(record, asked),
        framework=framework,
        fresh=None if edit.every else names,
    )


def _restricts(line: str) -> bool:
    from packaging.requirements import Requirement as Parsed

    return bool(Parsed(line).specifier)


def pinned(record: EnvRecord, asked: Requirement, *, without: tuple[str, ...] = ()) -> Requirement:
    """The same with the stack as it is: its versions, its build, its Python.

    Args:
        record: the environment.
        asked: what is asked for.
        without: companions that go.
    """
    stack = record.stack
    others = tuple(one for one in asked.packages if name_of(one) not in stack.packages)
    kept = {name: version for name, version in stack.packages.items() if name not in without}
    pins = tuple(f"{name}=={version}" for name, version in kept.items())
    return replace(
        asked,
        packages=(*pins, *others),
        build=stack.named_build,
        cpu=False,
        python=stack.python,
        use_gpus=(),
    )


def _ours(record: EnvRecord) -> set[str]:
    """The framework and its companions."""
    framework = load_catalogue().framework
    return {framework.name, *framework.companions, *record.stack.packages, *record.stack.installed}


def _met(line: str, version: str) -> bool:
    from packaging.requirements import Requirement as Parsed

    return Parsed(line).specifier.contains(version.partition("+")[0], prereleases=True)
