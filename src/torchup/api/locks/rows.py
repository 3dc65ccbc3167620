"""What the rows of a lock are asked for in: a build, a system, a card, a Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from torchup.api.machines.described import ARCHS, SYSTEMS, Described
from torchup.errors import UsageError
from torchup.model import Machine

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE: Final = "here"
"""The row of an environment as it is, or of this machine."""
APPLE: Final = "mps"
"""Apple's GPU, which no build is named for: every one for its Macs computes on it."""
_CPU: Final = "cpu"
_NAME: Final = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_REQUIREMENT: Final = re.compile(r"[=<>!~]=|[<>]")
_KEYS: Final = frozenset({"gpu", "driver", "python"})


class Recipe(Struct, frozen=True, kw_only=True):
    """One row as it is asked for.

    Attributes:
        name: what it is called.
        words: the rest, as it was written.
        build: the framework's build, None for the best one.
        described: the system, processor, cards and driver.
        file: the machine document it is for, empty for none.
        python: the release line, None for that of the environment.
        packages: requirements that take the place of the environment's own.
    """

    name: str
    words: str
    build: str | None = None
    described: Described = Described()
    file: str = ""
    python: str | None = None
    packages: tuple[str, ...] = ()

    @property
    def here(self) -> bool:
        """Whether it is the environment as it is."""
        return self.words == HERE


def recipe_of(said: str) -> Recipe:
    """Read ``NAME=WORD,WORD,…``; a bare ``WORD`` is its own name.

    Words are a build (``cu126``, ``cpu``, ``mps``), a system, a processor, ``gpu=NAME``,
    ``driver=VERSION``, ``python=X.Y``, a requirement (``torch==2.7.1``), a file that
    describes a machine, or ``here``.

    Raises:
        UsageError: ``lock.row-unreadable`` or ``lock.row-name``.
    """
    name, sign, words = said.partition("=")
    if not sign:
        name, words = re.sub(r"[._]+", "-", said.strip().lower()), said
    elif words.startswith("=") or name in _KEYS:
        raise UsageError("lock.row-unreadable", row=said)
    name = name.strip()
    if not _NAME.match(name):
        raise UsageError("lock.row-name", row=said, name=name)
    parts = [word.strip() for word in words.split(",")]
    if not all(parts) or (HERE in parts and len(parts) > 1):
        raise UsageError("lock.row-unreadable", row=said)
    recipe = Recipe(name=name, words=",".join(parts))
    for word in parts if parts != [HERE] else ():
        recipe = _with(recipe, word, said)
    return _completed(recipe)


def _with(recipe: Recipe, word: str, said: str) -> Recipe:
    """Take one word more.

    Raises:
        UsageError: ``lock.row-unreadable``: it can't be read, or says something twice.
    """
    key, sign, value = word.partition("=")
    if sign and key in _KEYS and value:
        found = _told(recipe, key, value)
    elif _REQUIREMENT.search(word):
        found = replace(recipe, packages=(*recipe.packages, word))
    elif word in SYSTEMS or word in ARCHS:
        found = _told(recipe, "system" if word in SYSTEMS else "arch", word)
    elif sign or word == HERE:
        found = recipe
    elif word.endswith(".json") or "/" in word or "\\" in word:
        found = recipe if recipe.file else replace(recipe, file=word)
    else:
        found = recipe if recipe.build else replace(recipe, build=word)
    if found == recipe:
        raise UsageError("lock.row-unreadable", row=said)
    return found


def _told(recipe: Recipe, key: str, value: str) -> Recipe:
    """Take what is said of the machine; the same recipe where that is said already."""
    about = recipe.described
    if key == "gpu":
        return replace(recipe, described=replace(about, gpus=(*about.gpus, value)))
    if key == "python":
        return recipe if recipe.python else replace(recipe, python=value)
    if getattr(about, key) is not None:
        return recipe
    return replace(recipe, described=replace(about, **{key: value}))


def _completed(recipe: Recipe) -> Recipe:
    """Say what a build says about its machine; one that has only a build has no card named."""
    about = recipe.described
    if recipe.file:
        if not about.nothing:
            raise UsageError("lock.row-unreadable", row=f"{recipe.name}={recipe.words}")
        return recipe
    if recipe.build == APPLE:
        described = replace(about, system=about.system or "macos")
        return replace(recipe, build=None, described=described)
    if recipe.build and not about.gpus:
        return replace(recipe, described=replace(about, gpus=("none",)))
    return recipe


def machine_of(recipe: Recipe, here: Machine) -> Machine:
    """Make the machine that a row is for, from its words.

    A card is only thought of where one is named; what this machine alone has (its C library, its
    container, its Pythons) says nothing about the others of its kind.

    Args:
        recipe: the row, which names no file.
        here: this machine.

    Raises:
        UsageError: a ``describe.*`` code.
    """
    from torchup.api.machines.describing import describe
    from torchup.api.machines.evident import with_evident

    said = recipe.described
    if said.system is None and here.os.system == "macos" and recipe.build not in (None, _CPU):
        said = replace(said, system="linux")  # nothing else is published for Macs
    os = replace(here.os, libc=None, version=None, distro=None, container=None)
    if said.nothing:
        return with_evident(Machine(os=os, arch=here.arch))
    found = describe(said, replace(here, os=os, pythons=None))
    return with_evident(replace(found, pythons=None))


def merged(old: Iterable[str], new: Iterable[str]) -> tuple[Recipe, ...]:
    """Put rows that are asked for now into the place of those of the same name before.

    Args:
        old: the rows of the lock as it was, as they were asked for.
        new: those that are asked for now.

    Raises:
        UsageError: ``lock.row-twice``, or a row can't be read.
    """
    rows = {one.name: one for one in map(recipe_of, old)}
    asked = [recipe_of(one) for one in new]
    names = [one.name for one in asked]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError("lock.row-twice", name=twice)
    return tuple((rows | {one.name: one for one in asked}).values())
