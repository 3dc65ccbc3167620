"""What a repair or an undo would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.api import undoing
from torchup.api.repairs import mending
from torchup.web.findings import look
from torchup.web.previews.packages import note
from torchup.wire.web import PreviewLineV1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.repairs.proposal import Proposal
    from torchup.web.here import Here
    from torchup.wire.web import OrderV1
    from torchup.words import Words


def repair(here: Here, order: OrderV1, words: Words) -> Iterator[PreviewLineV1]:
    """Look once more, and say what would be mended, and how.

    Raises:
        UsageError: ``repair.no-finding``: nothing of that kind is wrong any more.
        TorchupError: it can't be looked at.
    """
    context = here.context()
    planned = mending.plan(context, look(context, order.name), order.findings)
    for one in planned.proposals:
        yield from proposal_lines(one, words)
    if not planned.proposals:
        yield note(words.say("web.preview.nothing-mends"))


def proposal_lines(one: Proposal, words: Words) -> Iterator[PreviewLineV1]:
    """Word what would be done about a finding: the files, and what is not files."""
    yield PreviewLineV1(kind="do", text=words.text(one.title))
    yield from (note(words.text(line)) for line in one.lines)
    yield from (PreviewLineV1(kind="change", text=edit.path) for edit in one.edits)


def undo(here: Here, order: OrderV1, words: Words) -> Iterator[PreviewLineV1]:
    """See that nothing that came later would be lost, and say what would be put back.

    Raises:
        UsageError: ``undo.unknown``.
        TorchupError: as :func:`torchup.api.undoing.check`.
    """
    context = here.context()
    found = undoing.find(context, order.change or "")
    undoing.check(context, found)
    for one in undoing.effects(context, found):
        yield PreviewLineV1(kind="change", text=words.text(one))
