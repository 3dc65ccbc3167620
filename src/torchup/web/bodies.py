"""Reading what is sent: no more than there may be, and of the form that was agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from msgspec import Struct, json

from torchup.errors import UsageError
from torchup.model.no_document import NO_DOCUMENT

if TYPE_CHECKING:
    from starlette.requests import Request

SMALL: Final = 64_000
LARGE: Final = 2_500_000
"""Bytes of a log; longer ones are for ``torchup explain``, which reads as they come."""

Sent = TypeVar("Sent", bound=Struct)


async def read_body(request: Request, most: int) -> bytes:
    """Read a body.

    Raises:
        UsageError: ``web.too-long``.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise UsageError("web.too-long", most=most)
    return bytes(body)


async def read_document(request: Request, kind: type[Sent], most: int = SMALL) -> Sent:
    """Read a JSON body as a document.

    Raises:
        UsageError: ``web.not-json``, ``web.bad-body`` or ``web.too-long``.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise UsageError("web.not-json")
    return parsed(await read_body(request, most), kind)


def parsed(body: bytes, kind: type[Sent]) -> Sent:
    """Read JSON as a document.

    Raises:
        UsageError: ``web.bad-body``.
    """
    try:
        return json.decode(body, type=kind)
    except NO_DOCUMENT as error:
        raise UsageError("web.bad-body", why=error) from error
