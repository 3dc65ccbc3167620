"""The pages, one module each, in the order in which a beginner needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from torchup.web.pages import choose, environments, fix, look, machine, mirrors, speed

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
    ("/speed/report/{name}", "GET", speed.report),
    ("/speed/report/{name}/file", "GET", speed.report_file),
    ("/speed/measured/{id}", "GET", speed.measured),
    ("/speed/measured/{id}/file", "GET", speed.measured_file),
    ("/speed/mirrors", "GET", mirrors.show),
    ("/speed/mirrors/use", "GET", mirrors.use),
    ("/speed/mirrors/reset", "GET", mirrors.reset),
    ("/report.css", "GET", speed.style),
)
