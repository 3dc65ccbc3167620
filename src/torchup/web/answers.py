"""Documents as answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import json
from starlette.responses import Response

if TYPE_CHECKING:
    from msgspec import Struct


def answer(document: Struct | dict[str, Any], status: int = 200) -> Response:
    """Answer with a document."""
    return Response(json.encode(document), status, media_type="application/json")
