"""What an order would do, before anybody agrees to it: what ``--dry-run`` of its command says.

A preview is a function that takes this machine, the order and the language, and yields lines. It
is named here by its module and its own name, in one line; nothing is changed but caches.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from torchup.model import shown_url
from torchup.web.orders import words_of
from torchup.wire.web import PreviewV1

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torchup.web.here import Here
    from torchup.wire.web import Command, OrderV1, PreviewLineV1
    from torchup.words import Words

    Preview = Callable[[Here, OrderV1, Words], Iterable[PreviewLineV1]]

PREVIEWS: Final[dict[Command, str]] = {
    "repair": "torchup.web.previews.mending:repair",
    "undo": "torchup.web.previews.mending:undo",
    "add": "torchup.web.previews.packages:change",
    "remove": "torchup.web.previews.packages:change",
    "upgrade": "torchup.web.previews.packages:change",
    "kernel-add": "torchup.web.previews.connecting:kernel_add",
    "kernel-delete": "torchup.web.previews.connecting:kernel_delete",
    "ide": "torchup.web.previews.connecting:ide",
}
"""The command → ``module:function``; what is not here says all that it does itself."""


def preview(here: Here, order: OrderV1, words: Words) -> PreviewV1:
    """Work out what an order would do.

    Raises:
        UsageError: as :func:`torchup.web.orders.words_of`.
        TorchupError: it can't be done, or can't be looked at.
    """
    line = shown_url(here.context().pasteable("torchup", *words_of(order)))
    place = PREVIEWS.get(order.command)
    if place is None:
        return PreviewV1(line=line, needed=True, lines=())
    module, _, function = place.partition(":")
    look: Preview = getattr(import_module(module), function)
    with here.previewing:
        lines = tuple(look(here, order, words))
    return PreviewV1(line=line, needed=any(one.kind != "note" for one in lines), lines=lines)
