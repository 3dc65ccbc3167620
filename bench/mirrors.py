"""Places of known speed: what the race between them costs, and conda's packages by each way."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.measure import Figure, Pair, Took, compare

if TYPE_CHECKING:
    from bench.sides import Bench
    from torchup.model.conda_locked import Locked
    from torchup.model.mirror_speed import Measured

RATES: Final = {"near": 5_000_000, "fast": 20_000_000, "other": 5_000_000}
"""Bytes a second."""
STACK: Final = 2.6e9
"""Bytes of a usual stack."""
FILES: Final = 3
MB: Final = 1_000_000
SIZE: Final = 100 * MB
_PATH: Final = "20261110/cpython-3.14.1.tar.gz"
_NONE: Final = 1e-3
"""Processors' seconds of what waits."""


def mirrors(bench: Bench) -> list[Figure]:
    """Race the places, then install conda's packages from a fast one."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    size = SIZE // 10 if bench.tiny else SIZE
    race = _race(bench.folder / "race", bench.runs)
    return [race, *_conda(bench.folder / "conda", bench.runs, size)]


def _race(folder: Path, runs: int) -> Figure:
    """``mirror auto`` and the stack from its choice, beside the stack from the best place.

    The race takes its time; the stack takes what its bytes take at the place's rate.
    """
    from laboratory.mirror import Mirror as Server
    from torchup.api.context import Context
    from torchup.api.mirrors.race import race
    from torchup.host.real import RealHost
    from torchup.model.mirror import Mirror
    from torchup.model.mirror_speed import Wanted
    from torchup.state.home import Home

    files = {_PATH: bytes(16 * 2**20)}
    best = STACK / max(RATES.values())
    pairs = []
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(Server(files, rate=rate).start())
            for name, rate in RATES.items()
        }
        mirrors = [
            Mirror(kind="python", id=name, name=name, url=one.url, layout="releases")
            for name, one in servers.items()
        ]
        for _ in range(runs):
            context = Context(RealHost(), Home(folder))
            began = time.perf_counter()
            wanted = Wanted(kind="python", path=_PATH)
            chosen, _ = race(context, {"python": wanted}, mirrors, _unheard)
            took = time.perf_counter() - began
            whole = took + STACK / RATES[chosen[0].mirrors[0].id]
            pairs.append(Pair(Took(whole, _NONE), Took(best, _NONE)))
    return Figure(
        name="`torchup mirror auto` and 2.6 GB from its choice / from the best place",
        pairs=tuple(pairs),
        goal=1.15,
    )


def _conda(folder: Path, runs: int, size: int) -> list[Figure]:
    from condamaker import make_package
    from laboratory.mirror import Mirror

    channel = folder / "conda-forge"
    archives = [
        make_package(channel, f"big{number}", "1.0", files={"share/big": os.urandom(size)})
        for number in range(FILES)
    ]
    files = {one.relative_to(folder).as_posix(): one.read_bytes() for one in archives}
    with Mirror(files).start() as server:
        base = f"{server.url}/conda-forge"
        packages = [
            _locked(one.name, files[f"conda-forge/noarch/{one.name}"], base) for one in archives
        ]
        installs = _Installs(folder, packages, base)
        what = f"{FILES} conda packages of {size // MB} MB"
        return [
            compare(
                f"{what}, left to rattler after a look / py-rattler alone",
                installs.looked,
                installs.plain,
                runs=runs,
            ),
            compare(
                f"{what}, fetched by torchup / py-rattler alone",
                installs.fetched,
                installs.plain,
                runs=runs,
            ),
        ]


def _locked(fn: str, data: bytes, base: str) -> Locked:
    from torchup.model.conda_locked import Locked

    return Locked(
        name=fn.partition("-")[0],
        version="1.0",
        build="0",
        build_number=0,
        subdir="noarch",
        fn=fn,
        url=f"{base}/noarch/{fn}",
        channel="conda-forge",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
    )


class _Installs:
    """One lock of conda's, installed again and again, each time into a home of its own."""

    def __init__(self, folder: Path, packages: list[Locked], base: str) -> None:
        from torchup.model.conda_locked import CondaLock

        self._folder = folder
        self._base = base
        self._lock = CondaLock(
            subdir="linux-64", specs=("big0",), channels=(base,), packages=tuple(packages)
        )
        self._made = 0

    def plain(self) -> Took:
        """By rattler alone."""
        return self._install(fetching=False, healthy=True)

    def looked(self) -> Took:
        """By rattler, once the network was looked at."""
        return self._install(fetching=True, healthy=True)

    def fetched(self) -> Took:
        """By rattler from files that torchup fetched."""
        return self._install(fetching=True, healthy=False)

    def _install(self, *, fetching: bool, healthy: bool) -> Took:
        from torchup.api.context import Context
        from torchup.api.fetching.fetcher import LockFetcher
        from torchup.api.fetching.health import is_healthy
        from torchup.backends.conda_install import CondaInstalling
        from torchup.backends.conda_lock import write_lock
        from torchup.backends.conda_prefix import begin
        from torchup.host.real import RealHost
        from torchup.model import Source, SourceSet
        from torchup.state.home import Home

        self._made += 1
        place = self._folder / str(self._made)
        context = Context(RealHost(), Home(place / "home"))
        path, lock = place / "env", place / "pylock.bench.toml"
        begin(path)
        lock.write_text(write_lock(self._lock))
        channel = Source(id="conda-forge", kind="channel", role="extra", url=self._base)
        primary = Source(id="primary", kind="index", role="primary", url=self._base)
        sources = SourceSet(primary=primary, channels=(channel,))
        judge = is_healthy if healthy else (lambda _host, _url, _size: False)
        ours = LockFetcher(context, sources, _silent, healthy=judge) if fetching else None
        began, busy = time.perf_counter(), time.process_time()
        try:
            CondaInstalling(
                context.host, context.home, path, lock, sources=sources, offline=False
            ).conda(_silent, fetch=ours)
        finally:
            took = Took(time.perf_counter() - began, max(time.process_time() - busy, _NONE))
            shutil.rmtree(place)
        return took


def _unheard(measured: Measured, *, final: bool) -> None:
    """Hear how a place did, and say nothing."""
    del measured, final


def _silent(_name: str, _done: int, _total: int) -> None:
    """Show nothing."""
