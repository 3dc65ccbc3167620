"""Which files belong into a bundle, before they are fetched."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from torchup import __version__
from torchup.api.bundle import of_conda, own
from torchup.api.bundle.contents import WHEELS, Contents, lock_of
from torchup.api.environments.filling import teller
from torchup.api.locks.files import sources_of
from torchup.api.solve.inputs import target_of
from torchup.api.stacks.choosing import BACKEND
from torchup.backends import Inputs, load_backend, uv_archives
from torchup.backends.lock_reading import tables_of
from torchup.errors import OutsideError
from torchup.model import Source, bare_url
from torchup.model.bundles import Bundle, BundleFile, BundlePython, BundleTarget, BundleTool
from torchup.state.digests import file_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.api.locks.locking import RowSolved
    from torchup.bundles.reading import OpenBundle
    from torchup.model import Machine, Stack


class Wanted(Struct, frozen=True, kw_only=True):
    """What goes into a bundle beside the wheels.

    Attributes:
        environment: what the environment is called where it is made of one.
        pythons: take an interpreter for each machine along.
        tool: take torchup and uv along, and the launchers that install them.
        dry_run: fetch nothing; what only a file tells about itself stays unknown.
    """

    environment: str = ""
    pythons: bool = True
    tool: bool = True
    dry_run: bool = False


class Draft(Struct, kw_only=True):
    """A bundle before its files were fetched.

    Attributes:
        index: what it will hold; sizes that a source doesn't tell are 0.
        lock: its lock.
        places: files that lie in the work folder, by path in the bundle.
        channels: where conda's packages come from, with logins.
    """

    index: Bundle
    lock: bytes
    places: dict[str, Path]
    channels: tuple[Source, ...] = ()

    @property
    def size(self) -> int:
        """Its bytes, as far as they are known."""
        return sum(one.size for one in self.index.files)


class Drafting:
    """One bundle on the way to being known.

    Args:
        context: the session.
        wanted: what goes in.
        old: the bundle that is replaced, None for none.
        work: a work folder.
    """

    def __init__(
        self, context: Context, wanted: Wanted, old: OpenBundle | None, work: Path
    ) -> None:
        self._context = context
        self._wanted = wanted
        self._old = old
        self._work = work
        self._contents = Contents(files={})
        self._places: dict[str, Path] = {}
        self._pythons: dict[str, BundlePython] = {}

    def draft(self, rows: Sequence[RowSolved]) -> Draft:
        """Find out which files belong into it.

        Args:
            rows: the rows, each solved.

        Raises:
            NoAnswerError: ``bundle.needs-building`` or ``bundle.no-hash``; what torchup needs can't
                be had for a platform.
            OutsideError: a source, the network or the disk failed.
        """
        placed, targets = [], []
        for one in rows:
            tables, target = self._target(one)
            placed.append(tables)
            targets.append(target)
        tools = self._tools(rows) if self._wanted.tool else ()
        lock = lock_of(rows, placed, self._wanted.environment).encode()
        ordered = sorted(self._contents.files.values(), key=lambda file: file.path)
        index = Bundle(
            torchup=__version__,
            lock=hashlib.sha256(lock).hexdigest(),
            environment=self._wanted.environment,
            targets=tuple(targets),
            tools=tools,
            pythons=tuple(self._pythons[key] for key in sorted(self._pythons)),
            files=tuple(ordered),
        )
        channels = of_conda.channels_of(self._context, rows)
        return Draft(index=index, lock=lock, places=self._places, channels=channels)

    def _target(self, one: RowSolved) -> tuple[list[dict[str, Any]], BundleTarget]:
        written = one.written
        assert written is not None, "rows without a stack were refused before"  # noqa: S101
        row = written.row
        line = row.stack.python
        tables, wheels = self._contents.wheels_of(self._context, written.packages, line)
        conda = of_conda.files_of(row.conda)
        for file in conda:
            self._contents.add(file)
        pythons = self._wanted.pythons and row.conda is None
        key = self._python(one.machine, line) if pythons else ""
        engine = self._engine(one.machine, row.stack) if conda and self._wanted.tool else ""
        target = BundleTarget(
            name=row.name,
            platform=row.platform,
            python=line,
            build=row.stack.build,
            packages=row.stack.packages,
            wheels=wheels,
            interpreter=key,
            conda=tuple(file.path for file in conda),
            engine=engine,
        )
        return tables, target

    def _engine(self, machine: Machine, stack: Stack) -> str:
        """Take along what installs conda's packages; return the path of its wheel."""
        line = own.line_for(stack.python)
        tables = self._solved(machine, stack, (of_conda.ENGINE,))
        ours = [one for one in tables if one["name"] == of_conda.ENGINE_NAME]
        return self._contents.wheels_of(self._context, ours, line)[1][0]

    def _tools(self, rows: Sequence[RowSolved]) -> tuple[BundleTool, ...]:
        """torchup for each platform; its own wheel is the same for all."""
        wheel = own.write_own_wheel(self._work)
        digest, size = file_digest(wheel), wheel.stat().st_size
        mine = self._contents.add(BundleFile(path=WHEELS + wheel.name, sha256=digest, size=size))
        self._places[mine] = wheel
        found: dict[str, BundleTool] = {}
        for one in rows:
            platform = one.machine.platform
            if platform not in found and one.written is not None:
                stack = one.written.row.stack
                found[platform] = self._tool(one.machine, stack, mine)
        return tuple(found[platform] for platform in sorted(found))

    def _tool(self, machine: Machine, stack: Stack, mine: str) -> BundleTool:
        context, line = self._context, own.line_for(stack.python)
        tables = self._solved(machine, stack, own.requirements())
        _, wheels = self._contents.wheels_of(context, tables, line)
        key = self._python(machine, line) if self._wanted.pythons else ""
        return BundleTool(
            platform=machine.platform, python=line, wheels=(mine, *wheels), interpreter=key
        )

    def _solved(
        self, machine: Machine, stack: Stack, requirements: tuple[str, ...]
    ) -> tuple[dict[str, Any], ...]:
        """Solve for what torchup's own Python needs on a machine; return the lock's packages."""
        context = self._context
        inputs = Inputs(
            python="",
            minor=own.line_for(stack.python),
            requirements=requirements,
            sources=sources_of(context),
            offline=context.offline,
            target=target_of(machine, stack),
        )
        text, _ = load_backend(BACKEND).resolve(context.host, context.home, inputs, self._work)
        return tables_of(bare_url(text))

    def _python(self, machine: Machine, line: str) -> str:
        """Take an interpreter along, once for all that want the same; return its key.

        Raises:
            OutsideError: ``bundle.no-python``.
        """
        context = self._context
        request = uv_archives.request_of(machine.platform, machine.os.libc, line)
        archive = uv_archives.listed(context.host, context.home, request)
        if archive is None:
            raise OutsideError("bundle.no-python", python=line, platform=machine.platform, why="")
        python = archive.python
        if python.key in self._pythons:
            return python.key
        there = self._kept(python)
        if there is None:
            there = self._fetched(archive, line, machine)
        self._contents.add(there)
        self._pythons[python.key] = python
        return python.key

    def _kept(self, python: BundlePython) -> BundleFile | None:
        """The interpreter as the bundle has it that is replaced."""
        old = self._old
        if old is None or python not in old.index.pythons or not old.sound(python.path):
            return None
        return old.files[python.path]

    def _fetched(self, archive: uv_archives.Archive, line: str, machine: Machine) -> BundleFile:
        context = self._context
        if self._wanted.dry_run:
            return BundleFile(path=archive.python.path, sha256="", size=0, url=archive.url)
        into = self._work / archive.python.key
        try:
            got = uv_archives.fetch(context.host, context.home, archive, into, teller(context))
        except OutsideError as error:
            why = error.details.get("why", "")
            raise OutsideError(
                "bundle.no-python", python=line, platform=machine.platform, why=why
            ) from error
        path = archive.python.path
        file = self._places[path] = Path(got.file)
        digest, size = file_digest(file), file.stat().st_size
        return BundleFile(path=path, sha256=digest, size=size, url=archive.url)
