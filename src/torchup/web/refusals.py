"""Errors as answers: a document where a program asks, a short page where a person does."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from msgspec import json
from starlette.responses import HTMLResponse, Response

from torchup.errors import NoAnswerError, TorchupError, UsageError
from torchup.wire import write

if TYPE_CHECKING:
    from starlette.requests import Request

    from torchup.words import Words


def refusal(code: str, status: int, request: Request, words: Words, **details: object) -> Response:
    """Refuse a request, in the form that it was asked in."""
    return failed(TorchupError(code, **details), request, words, status=status)


def failed(
    error: TorchupError, request: Request, words: Words, *, status: int | None = None
) -> Response:
    """Answer with an error.

    Args:
        error: what went wrong.
        request: what was asked.
        words: the language.
        status: the HTTP status; by default that of the kind of error.
    """
    worded = write.error(error, words)
    status = status_of(error) if status is None else status
    if request.url.path.startswith("/api/"):
        return Response(json.encode(worded), status, media_type="application/json")
    lang = "zh-CN" if words.language == "zh_CN" else words.language
    said = f"<h1>{escape(worded.message)}</h1><p>{escape(worded.hint)}</p>"
    return HTMLResponse(
        f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>torchup</title>'
        f"<main>{said}</main></html>",
        status,
    )


def status_of(error: TorchupError) -> int:
    """The HTTP status of a kind of error: what failed outside is a conflict, not our mistake."""
    if isinstance(error, UsageError):
        return 400
    return 404 if isinstance(error, NoAnswerError) else 409
