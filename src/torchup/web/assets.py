"""Styles and scripts: their address changes with their content, so that a browser may keep them."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.responses import Response

_KEPT: Final = "private, max-age=31536000, immutable"
"""RFC 8246: a browser need not ask again within the year."""


class Assets(StaticFiles):
    """The files themselves; fetching them anew for each page would be half of its first picture."""

    def __init__(self) -> None:
        super().__init__(directory=str(_folder()))

    def file_response(self, *given: Any, **named: Any) -> Response:  # noqa: ANN401 - handed on
        """Answer with a file, and say how long it stays as it is."""
        answer = super().file_response(*given, **named)
        answer.headers["Cache-Control"] = _KEPT
        return answer


@cache
def address_of(name: str) -> str:
    """Return the address of a file of the page."""
    content = (_folder() / name).read_bytes()
    return f"/static/{name}?{sha256(content).hexdigest()[:12]}"


def _folder() -> Path:
    return Path(str(files("torchup.web") / "static"))
