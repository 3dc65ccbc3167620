"""What one source holds of one project, and many such questions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from torchup.sources.address import server_of
from torchup.sources.asking import Question, list_page
from torchup.sources.folder import list_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future, ThreadPoolExecutor

    from torchup.host import Host
    from torchup.model import Listing, Source
    from torchup.model.source import SourceKind
    from torchup.sources.cache import ListingCache

_WORKERS: Final = 8


class ListProject(Protocol):
    """How one kind of source is asked; the contract is that of :func:`list_project`."""

    def __call__(
        self, host: Host, source: Source, project: str, *, cache: ListingCache, offline: bool
    ) -> Listing:
        """Ask for one project."""


SOURCES: Final[dict[SourceKind, ListProject]] = {
    "index": list_page,
    "links": list_page,
    "folder": list_folder,
}


def list_project(
    host: Host, source: Source, project: str, *, cache: ListingCache, offline: bool
) -> Listing:
    """Ask a source what wheels it has of a project.

    A source that has nothing of it is ``absent`` (a server says so by 404, or by 403 as some
    mirrors do). One that can't be asked, or whose answer isn't a list of packages, is
    ``unreachable``; ``why`` has the reason. Nothing is raised for either.

    Args:
        host: the door to the network and the disk.
        source: an index, a page of links or a folder.
        project: the project's name, in any spelling.
        cache: what was seen before.
        offline: use what is kept, of any age, and never ask the network.
    """
    return SOURCES[source.kind](host, source, project, cache=cache, offline=offline)


def list_many(
    host: Host,
    wanted: Sequence[tuple[Source, str]],
    *,
    cache: ListingCache,
    offline: bool,
    again: bool = False,
) -> tuple[Listing, ...]:
    """Ask several sources at once; the answers are in the order of the questions.

    A server that can't be reached is asked only once, and not again by the next commands for
    a minute (``again`` asks all the same): its other listings get the same ``why``.
    """
    answers: dict[int, Listing] = {}
    servers: dict[str, list[tuple[int, Question]]] = {}
    for position, (source, project) in enumerate(wanted):
        server = server_of(source.url) if source.kind != "folder" else ""
        if not server:
            answers[position] = list_project(host, source, project, cache=cache, offline=offline)
            continue
        question = Question(host, source, project, cache, offline=offline)
        settled = question.settled()
        lost = None if again else cache.lost(server, host.now().timestamp())
        if settled is not None:
            answers[position] = settled
        elif lost is not None:
            answers[position] = question.unreachable(lost)
        else:
            servers.setdefault(server, []).append((position, question))
    if servers:
        answers |= _ask_servers(host, servers, cache)
    return tuple(answers[position] for position in range(len(wanted)))


def _ask_servers(
    host: Host, servers: Mapping[str, list[tuple[int, Question]]], cache: ListingCache
) -> dict[int, Listing]:
    from concurrent.futures import ThreadPoolExecutor

    answers: dict[int, Listing] = {}
    with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
        leads = {
            server: pool.submit(_lead, questions, pool) for server, questions in servers.items()
        }
        for server, lead in leads.items():
            known, pending = lead.result()
            answers |= known
            answers |= {position: future.result() for position, future in pending.items()}
            why = next(iter(known.values())).why
            if why is not None and why.code.startswith("network."):
                cache.lose(server, why, host.now().timestamp())
    return answers


def _lead(
    questions: Sequence[tuple[int, Question]], pool: ThreadPoolExecutor
) -> tuple[dict[int, Listing], dict[int, Future[Listing]]]:
    """Ask a server the first question; the others only if it answered at all."""
    (position, first), *others = questions
    answer = first.ask()
    known = {position: answer}
    if answer.why is not None and answer.why.code.startswith("network."):
        return known | {at: question.unreachable(answer.why) for at, question in others}, {}
    return known, {at: pool.submit(question.ask) for at, question in others}
