"""A look at the network while the backend solves, which is needed before it installs."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from torchup.api.fetching.fetcher import WORTH, is_kept
from torchup.api.fetching.health import is_healthy, is_soon, rate_of
from torchup.facts.load import load_catalogue
from torchup.model import Artifact
from torchup.sources.address import server_of

if TYPE_CHECKING:
    from torchup.api.context import Context
    from torchup.api.stacks.choosing import Choice
    from torchup.host.real import RealHost


class EarlyLook:
    """How fast a file begins to come; looking goes on in the background.

    Args:
        host: the door to the network.
        url: of the file.
    """

    def __init__(self, host: RealHost, url: str) -> None:
        self._host = host
        self._url = url
        self._rate: float | None = None
        self._thread = Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        self._rate = rate_of(self._host, self._url)

    def healthy(self, host: RealHost, url: str, size: int) -> bool:
        """As :func:`~torchup.api.fetching.health.is_healthy`; another server is looked at anew."""
        if server_of(url) != server_of(self._url):
            return is_healthy(host, url, size)
        self._thread.join()
        return is_healthy(host, url, size) if self._rate is None else is_soon(self._rate, size)


def look_early(context: Context, choice: Choice) -> EarlyLook | None:
    """Look at the place of the framework's wheel, where that will be fetched and is large.

    Args:
        context: the session.
        choice: what was chosen.
    """
    url = "" if context.offline else _framework_wheel(context, choice)
    return EarlyLook(context.host, url) if url else None


def _framework_wheel(context: Context, choice: Choice) -> str:
    """The address of the chosen framework's wheel on a server; empty where none is to be fetched.

    Which of several wheels for the Python is taken is the backend's to say: any shows the network.
    """
    stack, source = choice.resolution.stack, choice.source()
    if stack is None or source is None or choice.backend != "uv":
        return ""
    name = load_catalogue().framework.name
    files = (
        file
        for listing in choice.listings
        if listing.source.id == source.id and listing.project == stack.installed_as(name)
        for file in listing.files
        if stack.pins.get(name) == "+".join(filter(None, (file.version, file.build)))
    )
    for file in files:
        fits = {stack.python, "any"} & {*file.pythons} and file.url.startswith("http")
        if fits and (file.size is None or file.size >= WORTH):
            wheel = Artifact(name=name, version=stack.pins[name], url=file.url)
            return "" if is_kept(context.home, wheel) else file.url
    return ""
