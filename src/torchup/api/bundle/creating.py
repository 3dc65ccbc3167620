"""Making a bundle: solved for each machine, fetched, written in one go."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.bundle.drafting import Drafting
from torchup.api.bundle.fetching import Gathered, forget, gather
from torchup.api.bundle.room import see_room
from torchup.api.environments.filling import teller
from torchup.api.locks.files import sources_of
from torchup.bundles.writing import write_bundle
from torchup.errors import OutsideError
from torchup.model import bare_url
from torchup.sources.address import server_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.bundle.drafting import Draft, Wanted
    from torchup.api.context import Context
    from torchup.api.locks.locking import RowSolved
    from torchup.bundles.reading import OpenBundle


@contextmanager
def draft(
    context: Context, rows: Sequence[RowSolved], wanted: Wanted, old: OpenBundle | None = None
) -> Iterator[Draft]:
    """Find out which files belong into a bundle; interpreters are fetched for that.

    Args:
        context: the session.
        rows: the rows, each solved.
        wanted: what else goes in.
        old: the bundle that is replaced: its interpreters are taken where uv would take the same.

    Raises:
        NoAnswerError: ``bundle.needs-building``; what torchup needs can't be had for a platform.
        OutsideError: a source, the network or the disk failed.
    """
    work = context.home.cache / "work"
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(
        prefix=f"{os.getpid()}-", dir=work, ignore_cleanup_errors=True
    ) as folder:
        yield Drafting(context, wanted, old, Path(folder)).draft(rows)


def write(context: Context, found: Draft, path: Path, old: OpenBundle | None = None) -> Gathered:
    """Fetch what is missing, and write the bundle; until then the old one is untouched.

    Raises:
        OutsideError: a file can't be had or isn't what it should be; the disk is full.
    """
    files = found.index.files
    see_room(context, files, found.places, path, old)
    sources = replace(sources_of(context), channels=found.channels)
    gathered = gather(context, files, found.places, sources, old)
    bare = tuple(
        replace(one, url=bare_url(one.url) if server_of(one.url) else "") for one in gathered.files
    )
    index = replace(found.index, files=bare)
    total, done = sum(one.size for one in bare), 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        teller(context)(path.name, done, total)

    try:
        let_go = old.close if old else lambda: None
        write_bundle(path, index, found.lock, gathered.sources, tell, let_go)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise OutsideError("file.unwritable", path=path, why=why) from error
    forget(context, files)
    return gathered
