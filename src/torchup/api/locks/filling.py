"""What a lock's row puts into an environment's folder, under its lock and journal."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup import __version__, apply
from torchup.api.environments.changeable import forget_stale
from torchup.api.environments.filling import as_installed, teller
from torchup.api.fetching.fetcher import LockFetcher
from torchup.api.fetching.laid_out import LaidOut
from torchup.api.locks.files import sources_of
from torchup.api.locks.of_conda import asked_of, with_channels
from torchup.api.stacks.choosing import BACKEND, CONDA
from torchup.api.stacks.offline import told
from torchup.api.toolkit import WHEELS, lay_out
from torchup.backends import load_backend
from torchup.backends.faults import sweep
from torchup.errors import OutsideError
from torchup.model import EnvRecord, Requirement, Stack, bare_url
from torchup.model.locked import Locked
from torchup.model.names import canonical_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.api.locks.choice import Judged
    from torchup.api.locks.syncing import Sync
    from torchup.backends import Fetcher
    from torchup.model import Environment, OwnToolkit


_GONE: Final = re.compile(r"\b(?:404|410)\b|No such file")


class Filling:
    """What is done inside the environment's folder, under its lock and journal.

    ``stack`` has the exact versions once it is installed.
    """

    def __init__(self, context: Context, sync: Sync, chosen: Judged, stack: Stack) -> None:
        self._context = context
        self._sync = sync
        self._chosen = chosen
        self.stack = stack
        self._kind = BACKEND if chosen.row.conda is None else CONDA

    def make(self, site: apply.Site) -> EnvRecord:
        """Fill an empty folder."""
        self._make(site)
        with site.log.step("install"):
            self._install(site, exactly=True)
        toolkit = self._toolkit(self._chosen.row.toolkit)
        if toolkit:
            lay_out(self._context, site.path, toolkit)
        record = EnvRecord(
            name=site.name,
            path=str(site.path),
            backend=self._kind,
            created=self._now(),
            stack=self.stack,
            requirement=Requirement(),
            toolkit=toolkit,
        )
        return self._recorded(record, record.created)

    def change(self, site: apply.Site, before: Environment) -> EnvRecord:
        """Bring an environment to the row; only the record changes where the rest is as it says."""
        sync = self._sync
        now = self._now()
        if sync.anew:
            site.empty()
            self._make(site)
        if sync.needed:
            with site.log.step("install"):
                self._install(site, exactly=sync.anew)
                forget_stale(site, sync.differences or sync.damaged or ("python",))
        else:
            site.pylock.write_text(sync.text, encoding="utf-8")
        had = before.record.toolkit
        if had and sync.anew and had.source != WHEELS:
            had = None  # its folder went with the old environment
        toolkit = self._toolkit(self._chosen.row.toolkit) or self._toolkit(had)
        if sync.needed or toolkit != had:
            lay_out(self._context, site.path, toolkit)
        return replace(self._recorded(before.record, now), changed=now, toolkit=toolkit)

    def _toolkit(self, own: OwnToolkit | None) -> OwnToolkit | None:
        """The toolkit of the row or the environment, where its packages are part of the lock."""
        from packaging.requirements import Requirement as Line

        held = {one.name for one in self._sync.artifacts}
        named = (Line(line).name for line in own.packages) if own else ()
        return own if all(canonical_name(one) in held for one in named) else None

    def _make(self, site: apply.Site) -> None:
        context = self._context
        with site.log.step("environment"):
            load_backend(self._kind).make(context.host, context.home, self._sync.python, site.path)

    def _install(self, site: apply.Site, *, exactly: bool) -> None:
        context, sync = self._context, self._sync
        backend = load_backend(self._kind)
        site.pylock.write_text(sync.placed or sync.text, encoding="utf-8")
        where = (context.host, context.home, site.path, site.pylock, sync.artifacts)
        sources = with_channels(context, self._chosen.row, sources_of(context))
        offline = context.offline or bool(sync.placed)
        # Files that lie here already are asked of nobody, whatever their first address was.
        fetch: Fetcher | None = LaidOut(sync.here) if sync.here else None
        if not offline:
            fetch = LockFetcher(context, sources, teller(context))
        with _gone_is_told(sync.lock.where), self._missing_is_told():
            if exactly:
                backend.install(
                    *where, teller(context), sources=sources, offline=offline, fetch=fetch
                )
            else:
                cut_off = {name for name, why in sync.damaged.items() if why == "cut-off"}
                versions = {canonical_name(one.name): one.version for one in sync.artifacts}
                twice = [name for name, why in sync.damaged.items() if why == "doubled"]
                doubled = {name: versions[name] for name in twice if name in versions}
                sweep(context.host, site.path, cut_off, doubled)
                backend.update(
                    *where,
                    teller(context),
                    removed=tuple(one.name for one in sync.differences if not one.after),
                    again=tuple(sync.damaged),
                    sources=sources,
                    offline=offline,
                    fetch=fetch,
                )
        if sync.placed:  # where the files lie now is gone soon
            site.pylock.write_text(sync.text, encoding="utf-8")
        self.stack = as_installed(context, site.path, self.stack)
        apply.hold(site.path, self.stack, context.host.system)

    @contextmanager
    def _missing_is_told(self) -> Iterator[None]:
        """Say which files are missing, where they can't be fetched."""
        sync, row = self._sync, self._chosen.row
        try:
            yield
        except OutsideError as error:
            raise told(
                self._context,
                error,
                requirement=asked_of(
                    row, Requirement(packages=row.asked, companions=row.companions)
                ),
                name=sync.name,
                lock=sync.text,
                artifacts=sync.artifacts,
                minor=row.stack.python,
            ) from error

    def _recorded(self, record: EnvRecord, now: str) -> EnvRecord:
        sync, row = self._sync, self._chosen.row
        return replace(
            record,
            stack=replace(self.stack, index_url=bare_url(self.stack.index_url)),
            requirement=asked_of(
                row,
                Requirement(
                    packages=row.asked,
                    constraints=row.constraints,
                    companions=row.companions,
                    as_of=row.as_of,
                    today=row.as_of or self._context.today(),
                ),
            ),
            artifacts=sync.artifacts,
            torchup=__version__,
            lock=Locked(
                file=sync.file,
                digest=sync.lock.digest,
                row=row.name,
                at=now,
                named=sync.named,
            ),
        )

    def _now(self) -> str:
        return self._context.host.now().isoformat(timespec="seconds")


@contextmanager
def _gone_is_told(file: str) -> Iterator[None]:
    """Say of a file that is no longer where the lock has it that the lock is to blame.

    Raises:
        OutsideError: ``sync.gone``.
    """
    try:
        yield
    except OutsideError as error:
        if error.code == "uv.network" and _GONE.search(error.details["why"]):
            raise OutsideError("sync.gone", url=error.details["url"], file=file) from error
        raise
