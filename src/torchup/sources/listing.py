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

    A server that can't be reached is not asked again by the next commands for a minute
    (``again`` asks all the same), and its listings get the same ``why``. One that nothing is kept
    of is asked the first question alone, and the others only if it answers at all.
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
        if settled is not None:
            answers[position] = settled
            continue
        lost = None if again else cache.lost(server, host.now().timestamp())
        if lost is not None:
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
            first, pending = lead.result()
            (position, _), *others = servers[server]
            answers[position] = first
            answers |= {at: future.result() for at, future in pending.items()}
            said = (first, *(answers[at] for at in pending))
            if first.why is not None and all(map(_is_lost, said)):
                cache.lose(server, first.why, host.now().timestamp())
                answers |= {at: question.unreachable(first.why) for at, question in others}
    return answers


def _lead(
    questions: Sequence[tuple[int, Question]], pool: ThreadPoolExecutor
) -> tuple[Listing, dict[int, Future[Listing]]]:
    """Ask a server the first question; the others beside it, or only if it answered at all."""
    (_, first), *others = questions

    def ask_others() -> dict[int, Future[Listing]]:
        return {at: pool.submit(question.ask) for at, question in others}

    if any(question.answered_before for _, question in questions):
        pending = ask_others()
        return first.ask(), pending
    answer = first.ask()
    return answer, {} if _is_lost(answer) else ask_others()


def _is_lost(answer: Listing) -> bool:
    """Tell whether a server could not be reached."""
    return answer.why is not None and answer.why.code.startswith("network.")
