"""A small world for each backend: what to ask of it, and what must come of it."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from msgspec.structs import replace

from condachannels import add_torch, make_forge
from condamaker import MINOR
from crash.support import EXPECTED, STACK, make_wheel, make_world
from torchup.backends import load_backend
from torchup.backends.inputs import Conda, Inputs, Target
from torchup.model import Source, SourceSet, Stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torchup.backends import Backend

PLATFORM: Final = f"linux-{platform.machine()}"


class World(NamedTuple):
    """What a backend is asked, and what must come of it.

    ``refused`` are questions without an answer, each with a word of the explanation; ``spoil``
    changes a file after it was solved for, whose package is ``spoilt``; ``beside`` is a package
    that is asked for alone; ``lock`` is how a lock's text is installed.
    """

    backend: Backend
    inputs: Inputs
    expected: dict[str, str]
    stack: Stack
    shown: str
    framework: str
    place: str
    other_build: dict[str, str]
    refused: tuple[tuple[Inputs, str], ...]
    away: Callable[[str], Inputs]
    beside: str
    spoil: Callable[[], Any]
    spoilt: str


def of_uv(root: Path) -> World:
    inputs = make_world(root)

    def away(url: str) -> Inputs:
        source = replace(inputs.sources.primary, url=f"{url}/simple")
        sources = replace(inputs.sources, primary=source, extras=())
        return replace(inputs, requirements=("numeric",), sources=sources)

    wanted = ("numeric>50", "no-such-package", "framework==9")
    return World(
        backend=load_backend("uv"),
        inputs=inputs,
        expected=EXPECTED,
        stack=replace(STACK, index_url="https://me:pw@fw.example/cpu"),
        shown="framework==2.0+cpu",
        framework="framework",
        place="/fw/",
        other_build={"framework": "2.0+cu126"},
        refused=tuple(
            (replace(inputs, requirements=(one,)), one.partition(">")[0].partition("=")[0])
            for one in wanted
        ),
        away=away,
        beside="numeric",
        spoil=lambda: make_wheel(root / "main", "numeric", "1.1", files={"numeric/evil.py": b"x"}),
        spoilt="numeric",
    )


def of_conda(root: Path) -> World:
    url = make_forge(root)
    index = (root / "simple").as_uri()
    (root / "simple").mkdir()
    channel = Source(id="conda-forge", kind="channel", role="extra", url=url)
    specs = (f"python {MINOR}.*", "pytorch ==2.13.0 cpu*", "torchvision ==0.28.0", "pip")
    conda = Conda(
        platform=PLATFORM,
        specs=specs,
        names={"pytorch": "torch", "torchvision": "torchvision"},
        builds={"pytorch": "cpu", "torchvision": "cpu"},
        pinned=specs[1:2],
        virtual=("__unix=0=0", "__linux=6.1=0", "__glibc=2.36=0"),
        environment={"python_version": MINOR},
    )
    primary = Source(id="primary", kind="index", role="primary", url=index)
    inputs = Inputs(
        python="",
        minor=MINOR,
        requirements=("numpy",),
        sources=SourceSet(primary=primary, channels=(channel,)),
        target=Target(platform=PLATFORM, libc="glibc 2.36"),
        conda=conda,
    )

    def away(url: str) -> Inputs:
        elsewhere = replace(channel, url=f"{url}/conda-forge")
        alone = replace(conda, specs=("cuda-version",), pinned=())
        sources = replace(inputs.sources, channels=(elsewhere,))
        return replace(inputs, requirements=(), sources=sources, conda=alone)

    return World(
        backend=load_backend("conda"),
        inputs=inputs,
        expected={
            "torch": "2.13.0+cpu",
            "torchvision": "0.28.0+cpu",
            "numpy": "1.26.9",
            "pip": "99.0",
            "python": versions()["python"],
            "python-abi": MINOR,
        },
        stack=Stack(
            python=MINOR,
            packages={"torch": "2.13.0"},
            build="cpu",
            runtime="",
            device="cpu",
            origin="conda",
            index_url="https://me:pw@host.example/t/pw-token/conda-forge",
        ),
        shown="pytorch=2.13.0=*cpu*",
        framework="torch",
        place="/conda-forge/",
        other_build={"torch": "2.13.0+cu129"},
        refused=(
            (replace(inputs, requirements=("numpy>50",)), "numpy"),
            (replace(inputs, requirements=("no-such-package",)), "no-such-package"),
            (replace(inputs, conda=replace(conda, specs=("pytorch ==9",))), "pytorch"),
        ),
        away=away,
        beside="cuda-version",
        spoil=lambda: add_torch(root / "conda-forge", "2.13.0", "cpu", broken=True),
        spoilt="pytorch",
    )


def versions() -> dict[str, str]:
    """Return the version of the Python in the channel."""
    import sys

    return {"python": ".".join(map(str, sys.version_info[:3]))}


WORLDS: Final[dict[str, Callable[[Path], World]]] = {"conda": of_conda, "uv": of_uv}
