"""The pages, one module each, in the order in which a beginner needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from torchup.web.pages import choose, environments, fix, look, machine, speed

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from torchup.web.here import Here

ROUTES: Final[tuple[tuple[str, str, Callable[[Here, Request], Any]], ...]] = (
    ("/", "GET", machine.show),
    ("/again", "POST", machine.again),
    ("/choose", "GET", choose.show),
    ("/cards", "GET", choose.cards),
    ("/environments", "GET", environments.show),
    ("/environments/{name}", "GET", environments.one),
    ("/environments/{name}/export", "GET", environments.export),
    ("/jobs/{job}", "GET", environments.job),
    ("/fix", "GET", fix.show),
    ("/fix", "POST", fix.ask),
    ("/fix/look", "GET", look.show),
    ("/speed", "GET", speed.show),
)
