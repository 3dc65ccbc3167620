"""From templates to pages, in the language and for the person who asks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from torchup import __version__
from torchup.web.assets import address_of
from torchup.words import LANGUAGES
from torchup.words.reasons import reason_text

if TYPE_CHECKING:
    from starlette.requests import Request

    from torchup.web.here import Here
    from torchup.words import Words

LANGUAGE: Final = "torchup-lang"
TAGS: Final = {"en": ("en", "English"), "zh_CN": ("zh-CN", "简体中文")}
"""How browsers and people call the languages."""
PAGES: Final = (
    ("/", "web.page.machine"),
    ("/choose", "web.page.choose"),
    ("/environments", "web.page.environments"),
    ("/fix", "web.page.fix"),
    ("/speed", "web.page.speed"),
)
_MB: Final = 1_000_000
_GB: Final = 1_000_000_000


def language_of(request: Request, here: Here) -> str:
    """The language that a request names, then the cookie's, then that of the start."""
    for asked in (request.query_params.get("lang"), request.cookies.get(LANGUAGE)):
        if asked in LANGUAGES:
            return asked
    return here.language


def words_for(request: Request, here: Here) -> Words:
    """The messages for a request."""
    return here.words(language_of(request, here))


def page(
    request: Request, here: Here, template: str, *, status: int = 200, **values: object
) -> HTMLResponse:
    """Render a page; a language that was chosen is remembered."""
    words = words_for(request, here)

    def say(code: str, **args: object) -> str:
        return words.say(code, {name: str(value) for name, value in args.items()})

    text = (
        _templates()
        .get_template(template)
        .render(
            say=say,
            text=words.text,
            reason=lambda found: reason_text(found, words),
            size=size,
            took=took,
            pages=[(path, say(code)) for path, code in PAGES],
            path=request.url.path,
            language=words.language,
            tags=TAGS,
            switch=[(one, _switched(request, one)) for one in LANGUAGES],
            version=__version__,
            **values,
        )
    )
    answer = HTMLResponse(text, status)
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(LANGUAGE, words.language, path="/", httponly=True, samesite="strict")
    return answer


def size(count: int) -> str:
    """Write bytes as people read them: ``2.6 GB``."""
    if count >= _GB:
        return f"{count / _GB:.1f} GB"
    return f"{count / _MB:.0f} MB" if count >= _MB else f"{max(count, 0) / 1000:.0f} kB"


def took(seconds: float) -> str:
    """Write how long something took: ``10.7 s``, ``410 ms``."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def _switched(request: Request, language: str) -> str:
    """The same page in another language."""
    return f"{request.url.path}?{request.url.include_query_params(lang=language).query}"


@cache
def _templates() -> Environment:
    found: Any = PackageLoader("torchup.web")
    made = Environment(
        loader=found,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = address_of
    return made
