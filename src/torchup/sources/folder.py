"""A folder of wheels; it is looked at anew every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.model import Listing, Source, text
from torchup.sources.address import file_url, path_of
from torchup.sources.page import Entry, wheels_of
from torchup.sources.places import join_path

if TYPE_CHECKING:
    from torchup.host import Host
    from torchup.sources.cache import ListingCache


def list_folder(
    host: Host, source: Source, project: str, *, cache: ListingCache, offline: bool
) -> Listing:
    """List a project's wheels in a folder (a path or a ``file:`` URL), not in those below it.

    Neither ``cache`` nor ``offline`` matters here: a folder needs no network.
    """
    del cache, offline
    path = path_of(source.url)
    if not source.url:
        why = text("sources.no-place", origin=source.origin)
    elif path is None or not host.is_dir(path):
        why = text("sources.no-folder", path=path or source.url)
    else:
        files = wheels_of(project, _entries(host, path))
        why = text("sources.absent", url=path, project=project)
        return Listing(
            source=source,
            project=project,
            state="ok" if files else "absent",
            files=files,
            why=None if files else why,
        )
    return Listing(source=source, project=project, state="unreachable", why=why)


def _entries(host: Host, path: str) -> tuple[Entry, ...]:
    wheels = (name for name in host.listdir(path) if name.endswith(".whl"))
    return tuple(_entry(host, join_path(host, path, name), name) for name in wheels)


def _entry(host: Host, path: str, name: str) -> Entry:
    stamp = host.modified(path)
    return Entry(filename=name, url=file_url(path, host.system), size=stamp[1] if stamp else None)
