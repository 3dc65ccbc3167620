"""Which sources answer, and how fast."""

from __future__ import annotations

from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.host.together import together
from torchup.model import Text, text
from torchup.model.software import Answering
from torchup.model.source import shown_url
from torchup.sources.address import page_of, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.host import Host
    from torchup.model import Source

TIME_LIMIT: Final = 5.0  # seconds each, side by side
_REFUSED: Final = 400
_ABSENT: Final = frozenset({403, 404, 405, 410})


def reach(host: Host, sources: Sequence[Source], project: str) -> tuple[Answering, ...]:
    """Ask each source for one project's page; a folder on this machine is looked at.

    Args:
        host: the machine.
        sources: the places, each asked once.
        project: what to ask for.
    """
    return tuple(together([partial(_ask, host, one, project) for one in sources]))


def _ask(host: Host, source: Source, project: str) -> Answering:
    shown = shown_url(source.url)
    local = path_of(source.url)
    if local is not None:
        there = host.modified(local) is not None
        why = None if there else text("reach.no-folder")
        return Answering(id=source.id, url=shown, took_ms=0 if there else None, why=why)
    began = perf_counter()
    try:
        answer = host.fetch(page_of(source, project), timeout=TIME_LIMIT, method="HEAD")
    except OutsideError as error:
        return Answering(id=source.id, url=shown, why=Text(code=error.code, args=error.details))
    took = round((perf_counter() - began) * 1000)
    # An answer of "not here" is an answer: the server is there.
    if answer.status >= _REFUSED and answer.status not in _ABSENT:
        return Answering(id=source.id, url=shown, why=text("reach.refused", status=answer.status))
    proxy = shown_url(answer.proxy)
    return Answering(id=source.id, url=shown, took_ms=took, proxy=proxy)
