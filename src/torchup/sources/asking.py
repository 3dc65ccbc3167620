"""Asking a server (or a page on the disk) what it has of one project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError
from torchup.model import Listing, Source, Text, WheelFile, text
from torchup.sources.address import page_of, path_of, without_login
from torchup.sources.page import Page, knows_project, wheels_of

if TYPE_CHECKING:
    from torchup.host import Host, Response
    from torchup.model.source import ListingState
    from torchup.sources.cache import Kept, ListingCache

# Some mirrors and object stores answer 403 for what they don't have.
_ABSENT: Final = frozenset({403, 404, 410})
_DONE: Final = 200
_UNCHANGED: Final = 304
_SECONDS: Final = 15.0


def list_page(
    host: Host, source: Source, project: str, *, cache: ListingCache, offline: bool
) -> Listing:
    """List a project's wheels on an index or a page of links."""
    question = Question(host, source, project, cache, offline=offline)
    return question.settled() or question.ask()


class Question:
    """One index or page of links, asked for one project."""

    def __init__(
        self, host: Host, source: Source, project: str, cache: ListingCache, *, offline: bool
    ) -> None:
        self._host = host
        self._source = source
        self._project = project
        self._cache = cache
        self._offline = offline
        self._local = path_of(source.url) is not None
        self._url = page_of(source, project)
        self._kept: Kept | None = None

    def settled(self) -> Listing | None:
        """Answer without the network, None where the server must be asked."""
        if self._local:
            return None
        self._kept = kept = self._cache.load(self._url, self._project)
        if kept and (self._offline or kept.fresh(self._host)):
            return self._listing(kept.state, kept.files)
        if self._offline:
            return self.unreachable(text("sources.offline", url=self._shown))
        return None

    @property
    def answered_before(self) -> bool:
        """Whether something is kept of the page; known once :meth:`settled` was called."""
        return self._kept is not None

    def ask(self) -> Listing:
        """Ask the server, and keep what it says."""
        from torchup.sources.simple_json import ACCEPT

        conditions = self._kept.conditions() if self._kept else {}
        try:
            answer = self._host.fetch(
                self._url, headers={"Accept": ACCEPT, **conditions}, timeout=_SECONDS
            )
        except OutsideError as error:
            return self.unreachable(Text(error.code, error.details))
        at = 0.0 if self._local else self._host.now().timestamp()  # when nothing is kept of it
        if answer.status == _UNCHANGED and self._kept:
            self._cache.renew(self._kept, self._url, at=at, headers=answer.headers)
            return self._listing(self._kept.state, self._kept.files)
        if answer.status in _ABSENT:
            return self._keep("absent", (), {}, at)
        if answer.status != _DONE:
            why = f"HTTP {answer.status}"
            return self.unreachable(text("sources.refused", url=self._shown, why=why))
        return self._read(answer, at)

    def unreachable(self, why: Text) -> Listing:
        """Say that nothing is known of the project here."""
        return Listing(source=self._source, project=self._project, state="unreachable", why=why)

    def _read(self, answer: Response, at: float) -> Listing:
        page = read_page(answer)
        if page.why is not None:
            return self.unreachable(page.why)
        state: ListingState = "ok" if knows_project(self._project, page.entries) else "absent"
        return self._keep(state, wheels_of(self._project, page.entries), answer.headers, at)

    def _keep(
        self, state: ListingState, files: tuple[WheelFile, ...], headers: dict[str, str], at: float
    ) -> Listing:
        if not self._local:
            self._cache.keep(
                self._url, self._project, at=at, state=state, files=files, headers=headers
            )
        return self._listing(state, files)

    def _listing(self, state: ListingState, files: tuple[WheelFile, ...]) -> Listing:
        why = None
        if state == "absent":
            why = text("sources.absent", url=self._shown, project=self._project)
        return Listing(
            source=self._source, project=self._project, state=state, files=files, why=why
        )

    @property
    def _shown(self) -> str:
        return without_login(self._url)


def read_page(answer: Response) -> Page:
    """Parse an answer by what it says it is, or by what it looks like."""
    said = answer.headers.get("content-type", "").lower()
    if "json" in said or ("html" not in said and answer.body.lstrip()[:1] == b"{"):
        from torchup.sources.simple_json import parse_json

        return parse_json(answer.body, answer.url)
    from torchup.sources.simple_html import parse_html

    return parse_html(answer.body, answer.url)
