"""Turning to the next of the chosen places where one fails while files are still being looked for.

What breaks off while it is fetched goes on elsewhere by :mod:`torchup.sources.fetching`; an index
that dies in the middle of a solve has no such way, so the solve is made again with the next one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from torchup.api.mirrors.telling import UV_PYTHON_MIRROR
from torchup.errors import OutsideError
from torchup.facts.mirrors import load_mirrors
from torchup.model import text
from torchup.model.mirror import OFFICIAL
from torchup.sources.address import server_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model.mirror import ChosenMirrors, Mirror

_OF_PLACES: Final = frozenset(
    {"uv.network", "uv.damaged", "uv.bad-file", "conda.network", "conda.channel"}
)
_OF_PYTHON: Final = frozenset({"uv.python-unobtainable"})
T = TypeVar("T")


def with_other_places(context: Context, work: Callable[[], T]) -> T:
    """Do what asks the chosen places; where one fails, do it again without that one.

    Args:
        context: the session; its places are others afterwards where that was needed.
        work: what to do; it changes nothing but caches.

    Raises:
        OutsideError: what the first place said, where the others failed too.
    """

    def turn(error: OutsideError) -> bool:
        others = _without(context.mirrors, error)
        if others is None:
            return False
        url = error.details.get("url", "")
        context.report.note(text("create.fetching"), text("mirror.turning", url=url))
        context.mirrors = others
        context.shared = None
        return True

    try:
        return _turning(work, turn)
    except OutsideError as error:
        if error.code != "uv.network" or not context.wheels:
            raise
        # The folder may well have everything: uv asks the indexes all the same, for newer ones.
        raise OutsideError("wheels.network", folder=context.wheels, **error.details) from error


def with_other_pythons(context: Context, work: Callable[[], T]) -> T:
    """Fetch a Python from the chosen place, then from those that stand by, then its makers'.

    Raises:
        OutsideError: what the first place said, where the others failed too.
    """
    told = context.host.told
    left = list(context.mirrors.python[1:]) if UV_PYTHON_MIRROR in told else []

    def turn(error: OutsideError) -> bool:
        if error.code not in _OF_PYTHON or UV_PYTHON_MIRROR not in told:
            return False
        following = left.pop(0) if left else None
        if following is None or following.id == OFFICIAL:
            del told[UV_PYTHON_MIRROR]
        else:
            told[UV_PYTHON_MIRROR] = following.url
        return True

    return _turning(work, turn)


def _turning(work: Callable[[], T], turn: Callable[[OutsideError], bool]) -> T:
    """Try as long as there is somewhere to turn to; in the end the first error tells."""
    first: OutsideError | None = None
    while True:
        found, error = _tried(work)
        if error is None:
            return found[0]
        first = first or error
        if not turn(error):
            raise first


def _tried(work: Callable[[], T]) -> tuple[list[T], OutsideError | None]:
    try:
        return [work()], None
    except OutsideError as error:
        return [], error


def _without(chosen: ChosenMirrors, error: OutsideError) -> ChosenMirrors | None:
    """The places without the one that an error speaks of; None where it was none of them."""
    if error.code not in _OF_PLACES:
        return None
    server = server_of(error.details.get("url", ""))
    for kind in ("pypi", "pytorch", "conda"):
        held: tuple[Mirror, ...] = getattr(chosen, kind)
        if held and server and server_of(held[0].url) == server and held[0].id != OFFICIAL:
            rest = held[1:] or load_mirrors().of(kind)[:1]
            return replace(chosen, **{kind: rest})
    return None
