"""The conda backend beside rattler alone: the same specifications, in one process, in turn."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bench.measure import Figure, Took, compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.sides import Bench
    from torchup.backends.inputs import Inputs

PACKAGES: Final = 80
FILES: Final = 60
SPECS: Final = ("python 3.11.*", f"p{PACKAGES - 1}")
SUBDIR: Final = "linux-64"


def conda(bench: Bench) -> list[Figure]:
    """Solve and install from an empty cache and from a filled one."""
    folder, runs = bench.folder, bench.runs
    channel = make_channel(folder / "conda-forge")
    return [
        compare(
            "conda packages, nothing cached / py-rattler alone",
            *_both(folder, channel, cold=True),
            runs=runs,
            goal=1.1,
        ),
        compare(
            "conda packages, all cached / py-rattler alone",
            *_both(folder, channel, cold=False),
            runs=runs,
            goal=1.1,
        ),
    ]


def make_channel(channel: Path) -> str:
    """Write packages that need each other, each with some modules."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from condamaker import index, make_package

    make_package(channel, "python", "3.11.7", subdir=SUBDIR, files={"bin/python": "x"})
    for number in range(PACKAGES):
        place = f"lib/python3.11/site-packages/p{number}"
        make_package(
            channel,
            f"p{number}",
            "1.0",
            subdir=SUBDIR,
            depends=("python", *((f"p{number - 1}",) if number else ())),
            files={f"{place}/m{at}.py": "x = 1\n" * 50 for at in range(FILES)},
        )
    return index(channel)


def _both(
    folder: Path, channel: str, *, cold: bool
) -> tuple[Callable[[], Took], Callable[[], Took]]:
    made = 0

    def timed(work: Callable[[Path, Path], None], name: str) -> Took:
        nonlocal made
        made += 1
        home = folder / (f"{name}{made}" if cold else name)
        (home / "made").mkdir(parents=True, exist_ok=True)
        started, worked = time.perf_counter(), time.process_time()
        work(home, home / "made" / str(made))
        took = Took(time.perf_counter() - started, time.process_time() - worked)
        if cold:
            shutil.rmtree(home)
        return took

    return lambda: timed(ours(channel), "ours"), lambda: timed(peer(channel), "peer")


def ours(channel: str) -> Callable[[Path, Path], None]:
    """Return what solves, locks and installs as torchup does."""
    from torchup.backends import load_backend
    from torchup.host.real import RealHost
    from torchup.state.home import Home

    backend, host, inputs = load_backend("conda"), RealHost(), _inputs(channel)

    def work(home: Path, path: Path) -> None:
        lock, artifacts = backend.resolve(host, Home(home), inputs, home)
        backend.make(host, Home(home), "", path)
        pylock = path / "pylock.toml"
        pylock.write_text(lock)
        backend.install(
            host,
            Home(home),
            path,
            pylock,
            artifacts,
            lambda _name, _done, _total: None,
            sources=inputs.sources,
        )

    return work


def _inputs(channel: str) -> Inputs:
    from torchup.backends.inputs import Conda, Inputs
    from torchup.model import Source, SourceSet

    source = Source(id="conda-forge", kind="channel", role="extra", url=channel)
    conda = Conda(platform="linux-x86_64", specs=SPECS, names={}, builds={})
    return Inputs(
        python="",
        minor="3.11",
        requirements=(),
        sources=SourceSet(primary=source, channels=(source,)),
        conda=conda,
    )


def peer(channel: str) -> Callable[[Path, Path], None]:
    """Return what solves and installs with rattler's own functions."""
    import rattler

    async def install(home: Path, path: Path) -> None:
        records = await rattler.solve(
            [rattler.Channel(channel)],
            list(SPECS),
            gateway=rattler.Gateway(cache_dir=home / "channels"),
            platforms=[rattler.Subdir(SUBDIR), rattler.Subdir("noarch")],
        )
        await rattler.install(records, path, cache_dir=home / "pkgs", show_progress=False)

    return lambda home, path: asyncio.run(install(home, path))
