"""Every case: what the page says of it, and what measures it."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.measure import Line
    from bench.sides import Bench


class Case(NamedTuple):
    """One case.

    Attributes:
        title: its heading.
        about: what a reader has to know about both sides.
        measure: runs it.
        framework: whether an environment with PyTorch is made for it, so that PyTorch has to be
            in reach: in a folder of ``PIP_FIND_LINKS``, by ``--served``, or on its own index.
        extra: what torchup is installed with besides.
    """

    title: str
    about: str
    measure: Callable[[Bench], Sequence[Line]]
    framework: bool = False
    extra: str = ""


def _later(module: str, name: str) -> Callable[[Bench], Sequence[Line]]:
    """Load what measures a case only where it is run: peers' libraries are heavy."""

    def run(bench: Bench) -> Sequence[Line]:
        found: Callable[[Bench], Sequence[Line]] = getattr(import_module(f"bench.{module}"), name)
        return found(bench)

    return run


def _creation(peer: str, *, cold: bool, mb_per_s: int = 0) -> Callable[[Bench], Sequence[Line]]:
    def run(bench: Bench) -> Sequence[Line]:
        from bench.creation import creation

        return creation(bench, peer, cold, mb_per_s)

    return run


_SAME_FILES: Final = (
    "Both sides install the same versions of the same files, from the same places, into a fresh "
    "environment; verification is left out."
)
_FAST: Final = 20
_create = partial(Case, about=_SAME_FILES, framework=True)

CASES: Final[dict[str, Case]] = {
    "startup": Case(
        "Start-up",
        "torchup is installed alone into an environment of its own, with the start script that uv "
        "writes (pip's loads `re`, which costs half a bare interpreter more). uv is a compiled "
        "program, pip a Python one. A press of Tab is a bash that reads the lines which the tool "
        "gives for its completion, and completes.",
        _later("startup", "startup"),
    ),
    "collect": Case(
        "Looking at the machine",
        "`probe` names cards, drivers, Pythons, CUDA toolkits and disks; PyTorch's own report asks "
        "the same programs from inside an environment.",
        _later("startup", "collect"),
        framework=True,
    ),
    "planners": Case(
        "Choosing a PyTorch",
        "A machine with a made-up GeForce RTX 4090 and driver 535: `nvidia-smi` and the PCI "
        "devices are stand-ins, and so are the framework's index and PyPI, on this machine. "
        "No file is fetched. What each of them chooses is in [the comparison](comparison.md).",
        _later("planners", "planners"),
    ),
    "planning": Case(
        "Planning for many machines",
        "One machine from a file, then many unlike ones (every card and driver branch) in one "
        "process that reads and prints JSON Lines; choosing alone, with a part of the releases.",
        _later("planning", "planning"),
    ),
    "explaining": Case(
        "Explaining",
        "A training log of so many bytes whose last lines are an error.",
        _later("explaining", "explaining"),
    ),
    "listing": Case(
        "Looking at many environments",
        "Each is what looking sees of a real one with PyTorch: its records, its interpreter, and "
        "what each package says of itself.",
        _later("listing", "listing"),
        framework=True,
    ),
    "cached": _create("Creating beside uv, all cached", measure=_creation("uv", cold=False)),
    "cold": _create("Creating beside uv, nothing cached", measure=_creation("uv", cold=True)),
    "cold-network": Case(
        "Creating beside uv, nothing cached, over a network",
        f"{_SAME_FILES} PyTorch's wheel, 190 MB of the 220 here, comes from an index that sends "
        f"{_FAST} MB a second, as {_FAST * 8} Mbit/s do; a build for CUDA has ten times the bytes.",
        _creation("uv", cold=True, mb_per_s=_FAST),
        framework=True,
    ),
    "pip": _create("Creating beside pip, all cached", measure=_creation("pip", cold=False)),
    "cold-pip": _create("Creating beside pip, nothing cached", measure=_creation("pip", cold=True)),
    "life": Case(
        "Copying, changing and deleting",
        "`add` and `remove` choose anew, so that PyTorch stays as it is, and keep a copy to go "
        "back to; plain uv does neither. `delete` moves an environment aside, so that a kill half "
        "way leaves it whole.",
        _later("life", "life"),
        framework=True,
    ),
    "conda": Case(
        "Conda's packages",
        "Solving and installing 80 packages that need each other, from a made channel, beside "
        "rattler's own functions, in one process.",
        _later("conda", "conda"),
    ),
    "downloads": Case(
        "Large wheels",
        "From a fast server on the same machine. torchup looks at the network first and fetches "
        "itself only where the network is what limits: everything is written and hashed once more.",
        _later("downloads", "downloads"),
    ),
    "mirrors": Case(
        "Mirrors, and conda's large packages",
        "The race is among places of 5, 20 and 5 MB/s and is really run; what the stack then "
        "takes is its bytes by the chosen place's rate.",
        _later("mirrors", "mirrors"),
    ),
    "fleet": Case(
        "Many hosts",
        "The hosts are shells on the same machine, each reached by an `ssh` of its own: what a "
        "network adds is the same for both sides.",
        _later("fleet", "fleet"),
        extra="fleet",
    ),
}
