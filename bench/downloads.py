"""Large downloads beside plain uv: the same files from one server, in turn, with empty caches."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.measure import Figure, Took, compare

if TYPE_CHECKING:
    from bench.sides import Bench
    from torchup.model import Artifact

FILES: Final = 3
MB: Final = 1_000_000
SIZE: Final = 100 * MB
"""Bytes of each; they don't compress, as those of a framework hardly do."""


def downloads(bench: Bench) -> list[Figure]:
    """Install from a fast server, left to uv after a look at it and fetched by torchup itself."""
    folder, runs = bench.folder, bench.runs
    size = SIZE // 10 if bench.tiny else SIZE
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from laboratory.mirror import Mirror
    from wheelmaker import make_wheel

    wheels = [
        make_wheel(
            folder / "wheels",
            f"big{number}",
            "1.0",
            files={f"big{number}/data.bin": os.urandom(size)},
            compression=zipfile.ZIP_STORED,
        )
        for number in range(FILES)
    ]
    with Mirror({one.name: one.read_bytes() for one in wheels}).start() as server:
        installs = _Installs(folder, [_artifact(one, server.address(one.name)) for one in wheels])
        return [
            compare(
                f"{FILES} wheels of {size // MB} MB, left to uv after a look / plain uv",
                installs.looked,
                installs.plain,
                runs=runs,
            ),
            compare(
                f"{FILES} wheels of {size // MB} MB, fetched by torchup / plain uv",
                installs.fetched,
                installs.plain,
                runs=runs,
            ),
        ]


def _artifact(wheel: Path, url: str) -> Artifact:
    from torchup.model import Artifact

    data = wheel.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    name = wheel.name.partition("-")[0]
    return Artifact(name=name, version="1.0", url=url, sha256=digest, size=len(data))


class _Installs:
    """One lock, installed again and again, each time into a home of its own."""

    def __init__(self, folder: Path, artifacts: list[Artifact]) -> None:
        self._folder = folder
        self._artifacts = tuple(artifacts)
        self._made = 0

    def plain(self) -> Took:
        """By uv alone."""
        return self._install(fetching=False, healthy=True)

    def looked(self) -> Took:
        """By uv, once the network was looked at."""
        return self._install(fetching=True, healthy=True)

    def fetched(self) -> Took:
        """By uv from files that torchup fetched."""
        return self._install(fetching=True, healthy=False)

    def _install(self, *, fetching: bool, healthy: bool) -> Took:
        from torchup.api.context import Context
        from torchup.api.fetching.fetcher import LockFetcher
        from torchup.api.fetching.health import is_healthy
        from torchup.backends import uv
        from torchup.host.real import RealHost
        from torchup.state.home import Home

        self._made += 1
        place = self._folder / str(self._made)
        context = Context(RealHost(), Home(place / "home"))
        path, lock = place / "env", place / "pylock.bench.toml"
        uv.make(context.host, context.home, sys.executable, path)
        lock.write_text(self._lock())
        judge = is_healthy if healthy else (lambda _host, _url, _size: False)
        ours = LockFetcher(context, None, _silent, healthy=judge) if fetching else None
        began, busy = time.perf_counter(), time.process_time()
        try:
            uv.install(context.host, context.home, path, lock, self._artifacts, _silent, fetch=ours)
        finally:
            took = Took(time.perf_counter() - began, max(time.process_time() - busy, 1e-3))
            shutil.rmtree(place)
        return took

    def _lock(self) -> str:
        packages = (
            f'\n[[packages]]\nname = "{one.name}"\nversion = "1.0"\n'
            f'wheels = [{{ url = "{one.url}", size = {one.size}, '
            f'hashes = {{ sha256 = "{one.sha256}" }} }}]\n'
            for one in self._artifacts
        )
        head = 'lock-version = "1.0"\ncreated-by = "bench"\nrequires-python = ">=3.10"\n'
        return head + "".join(packages)


def _silent(_name: str, _done: int, _total: int) -> None:
    """Show nothing."""
