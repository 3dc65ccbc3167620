"""Mirrors: what programs read and order, and what is shown before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anyio.to_thread import run_sync

from torchup.api import undoing
from torchup.api.mirrors import choice, keeping, status
from torchup.api.mirrors.preview import of_choosing, of_forgetting
from torchup.errors import UsageError
from torchup.model.mirror import KINDS
from torchup.web.answers import answer
from torchup.web.bodies import read_document
from torchup.web.orders import words_of
from torchup.web.render import language_of, words_for
from torchup.web.told import job_document
from torchup.wire.mirrors import FileChangeV1, MirrorPreviewV1, MirrorsV1, SettingChangeV1
from torchup.wire.web import MirrorOrderV1

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from torchup.api.context import Context
    from torchup.api.mirrors.preview import Preview
    from torchup.api.undoing import Listed
    from torchup.web.here import Here
    from torchup.words import Words

_COMMANDS: Final = frozenset({keeping.COMMAND, keeping.RESET})


def known(here: Here, _request: Request) -> Response:
    """What is used now, as ``torchup mirror status --json`` writes it."""
    used = tuple(map(status.document, status.in_use(here.context(), KINDS)))
    return answer(MirrorsV1(action="status", used=used))


async def order(here: Here, request: Request) -> Response:
    """Start a job about mirrors."""
    wanted = await read_document(request, MirrorOrderV1)
    if wanted.change is not None:
        await run_sync(_see_ours, here.context(), wanted.change)
    started = await run_sync(here.jobs.start, wanted, language_of(request, here))
    return answer(job_document(started, words_for(request, here)), 202)


async def preview(here: Here, request: Request) -> Response:
    """What an order would write; nothing is written, and nobody is asked."""
    wanted = await read_document(request, MirrorOrderV1)
    words = words_for(request, here)
    found = await run_sync(foresee, here.context(), wanted)
    return answer(preview_document(found, words))


def foresee(context: Context, wanted: MirrorOrderV1) -> Preview:
    """Tell what an order would write.

    Raises:
        UsageError: ``web.missing``, or as :func:`torchup.api.mirrors.choice.choose`.
        NoAnswerError, OutsideError: as :func:`torchup.api.mirrors.preview.of_choosing`.
    """
    words_of(wanted)  # sees that nothing is missing
    if wanted.action == "reset":
        return of_forgetting(context, wanted.kinds or KINDS)
    if wanted.action != "use":
        raise UsageError("web.missing", name="action")
    chosen = choice.choose(KINDS, choice.unmasked(context, wanted.picks))
    return of_choosing(context, chosen, wanted.write)


def preview_document(found: Preview, words: Words) -> MirrorPreviewV1:
    """Write a preview."""
    return MirrorPreviewV1(
        settings=tuple(
            SettingChangeV1(key=one.key, was=one.was, now=one.now) for one in found.settings
        ),
        files=tuple(
            FileChangeV1(program=one.program, path=one.path, change=one.change, diff=one.diff)
            for one in found.files
        ),
        notes=tuple(map(words.text, found.notes)),
    )


def last_change(context: Context) -> Listed | None:
    """The last change of mirrors that can be taken back; None where there is none."""
    ours = (one for one in undoing.listed(context) if one.change.command in _COMMANDS)
    return next((one for one in ours if one.undoable), None)


def _see_ours(context: Context, change: str) -> None:
    """See that a change is one of mirrors: other ones are taken back where they were made.

    Raises:
        UsageError: ``undo.unknown``.
        NoAnswerError: ``undo.nothing``.
    """
    found = undoing.find(context, change)
    if found.command not in _COMMANDS:
        last = last_change(context)
        raise UsageError("undo.unknown", id=change, last=last.change.id if last else "-")
