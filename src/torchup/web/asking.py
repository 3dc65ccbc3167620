"""Reading what a page or a program asks about: which machine, and what is wanted on it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.api.machines.described import ARCHS, SYSTEMS, Described
from torchup.api.selector.options import Picked
from torchup.errors import UsageError
from torchup.facts.frameworks import FRAMEWORKS, meaning, meant
from torchup.facts.load import load_catalogue
from torchup.model import Requirement
from torchup.resolve.dates import read_day

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from starlette.datastructures import QueryParams

    from torchup.model import Machine
    from torchup.web.here import Here

_SHAPES: Final = {
    "framework": "|".join(FRAMEWORKS),
    "release": r"\d{1,2}\.\d{1,3}(\.\d{1,3})?",
    "build": r"[a-z]{2,8}[0-9.]{0,8}",
    "python": r"3\.\d{1,2}t?",
    "as_of": r"\d{4}-\d{2}-\d{2}",
    "gpu": r"[^\x00-\x1f\x7f]{1,100}",
    "driver": r"[0-9A-Za-z.\- ]{1,40}",
    "os": "|".join(SYSTEMS),
    "arch": "|".join(ARCHS),
}
_GPUS: Final = 16


class Wish(Struct, frozen=True, kw_only=True):
    """What is asked: what is picked, and another machine's description where it is not this one.

    ``framework`` is the one that is picked, empty for the usual one.
    """

    picked: Picked
    said: Described
    framework: str = ""

    def meaning(self) -> AbstractContextManager[None]:
        """A block in which the picked framework is meant."""
        return meaning(self.framework or meant())

    @property
    def here(self) -> bool:
        """Whether it is about this machine."""
        return self.said.nothing

    def requirement(self, here: Here) -> Requirement:
        """What is wanted, as the command line would read it."""
        today = here.context().today()
        picked = self.picked
        line = picked.release
        version = f"{line}.*" if line.count(".") == 1 else line
        name = load_catalogue(self.framework).framework.name
        bare = (name,) if self.framework else ()
        return Requirement(
            packages=(f"{name}=={version}",) if line else bare,
            python=picked.python or None,
            build=picked.build or None,
            offline=here.offline,
            today=picked.as_of or today,
            as_of=picked.as_of,
        )

    def machine(self, here: Here) -> Machine:
        """The machine that it is about.

        Raises:
            UsageError: a ``describe.…`` code: the words can't be read.
        """
        found = here.look().machine
        if self.here:
            return found
        from torchup.api.machines.describing import describe

        return describe(self.said, found)


def read_wish(given: QueryParams, today: str) -> Wish:
    """Read a query; fields that are empty or absent are left open.

    Raises:
        UsageError: ``web.bad-value``, or the day can't be taken.
    """
    day = _one(given, "as_of")
    gpus = tuple(_checked("gpu", one.strip()) for one in given.getlist("gpu") if one.strip())
    if len(gpus) > _GPUS:
        raise UsageError("web.bad-value", name="gpu", value=len(gpus))
    return Wish(
        framework=_one(given, "framework"),
        picked=Picked(
            release=_one(given, "release"),
            build=_one(given, "build"),
            python=_one(given, "python"),
            as_of=read_day(day, today) if day else "",
        ),
        said=Described(
            gpus=gpus,
            driver=_one(given, "driver") or None,
            system=_one(given, "os") or None,
            arch=_one(given, "arch") or None,
        ),
    )


def _one(given: QueryParams, name: str) -> str:
    value = (given.get(name) or "").strip()
    return _checked(name, value) if value else ""


def _checked(name: str, value: str) -> str:
    if re.fullmatch(_SHAPES[name], value) is None:
        raise UsageError("web.bad-value", name=name, value=value[:40])
    return value
