"""Judging what the payload found: loaded libraries, and compiled code against cards.

Pure: the payload only tells, so that what it told of any machine can be judged anywhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import PurePosixPath, PureWindowsPath
from shlex import quote
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from torchup.resolve.constraints import compiles_for, runs_on
from torchup.resolve.numbers import dotted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.model import CheckStatus

# Where two copies in one process disagree: OpenMP's runtime ends the program itself ("OMP: Error
# #15", Intel's documentation of KMP_DUPLICATE_LIB_OK), the others have one state each.
_ONLY_ONE: Final = frozenset(
    {"iomp", "cudart", "cudnn", "cublas", "nccl", "nvjitlink", "torch", "c10", "rccl", "amdhip"}
)
_FAMILIES: Final = (
    ("torch", r"(lib)?torch(_|\.)"),
    ("c10", r"(lib)?c10"),
    ("cudart", r"(lib)?cudart"),
    ("cudnn", r"(lib)?cudnn"),
    ("cublas", r"(lib)?cublas"),
    ("nccl", r"(lib)?nccl"),
    ("nvjitlink", r"(lib)?nvjitlink"),
    ("rccl", r"(lib)?rccl"),
    ("amdhip", r"(lib)?amdhip"),
    ("iomp", r"(lib)?i?omp5?(md)?[.-]"),
    ("gomp", r"(lib)?gomp"),
    ("mkl", r"(lib)?mkl_(core|rt)"),
    ("driver", r"(libcuda\.|nvcuda)"),
    ("stdc++", r"libstdc\+\+"),
)
_NUMBER: Final = re.compile(r"\.so\.(\d+(?:\.\d+)*)$|64_(\d+)")
# The framework's own libraries and its CUDA are nobody's to replace; what else lies elsewhere
# (a system's C++ library, the driver) belongs there.
_OWN: Final = frozenset(
    {"torch", "c10", "cudart", "cudnn", "cublas", "nccl", "nvjitlink", "rccl", "amdhip", "iomp"}
)


class Loaded(Struct, frozen=True):
    """A library in the process; ``own`` is this environment's file of that name, if any."""

    path: str
    own: str = ""


class Card(Struct, frozen=True):
    """A card that the framework found: its name, and its architecture (sm_86, gfx1100)."""

    name: str = ""
    arch: str = ""


class Facts(Struct, frozen=True):
    """What the payload found; ``kind`` says which fields count.

    ``runtime`` is the CUDA of the build, ``driver`` the one that the driver reaches by itself.
    """

    kind: str = ""
    loaded: tuple[Loaded, ...] = ()
    compiled: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    runtime: str = ""
    driver: str = ""


def judge_facts(facts: Facts, planned: Sequence[str] = ()) -> tuple[CheckStatus, str]:
    """Judge what was found; the detail is data, as every check's.

    Args:
        facts: what was found.
        planned: the architectures of the cards that were planned for, empty where unknown.
    """
    return judge_fit(facts, planned) if facts.kind == "fit" else judge_libraries(facts)


def judge_libraries(facts: Facts) -> tuple[CheckStatus, str]:
    """Find libraries of another place that took the place of the environment's own, and doubles."""
    families: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for one in facts.loaded:
        family, name = family_of(one.path), _name(one.path)
        if family in _OWN and one.own and one.own != one.path:
            said = f"name={quote(name)} path={quote(one.path)} own={quote(one.own)}"
            return "fail", f"foreign-library {said}"
        earlier = families[family].setdefault(name, one.path)
        if family in _ONLY_ONE and earlier != one.path:
            return "fail", f"two-libraries name={quote(name)} {_both(earlier, one.path)}"
    openmp = list(families.get("iomp", {}).values())
    if len(openmp) > 1:
        return "fail", f"two-libraries name=OpenMP {_both(*openmp[:2])}"
    told = [f"{family}={quote(_versions(found))}" for family, found in families.items() if family]
    return "pass", " ".join(told)


def family_of(path: str) -> str:
    """Name what a library is a copy of; empty for those that nothing is known of."""
    name = _name(path).lower()
    return next((family for family, pattern in _FAMILIES if re.match(pattern, name)), "")


def _name(path: str) -> str:
    pure = PureWindowsPath(path) if "\\" in path else PurePosixPath(path)
    return pure.name


def _both(first: str, second: str) -> str:
    return f"path={quote(first)} other={quote(second)}"


def _versions(found: dict[str, str]) -> str:
    """Say which versions a family's file names tell, each once; ``yes`` where none does."""
    numbers = (_NUMBER.search(name) for name in found)
    said = dict.fromkeys(match[1] or match[2] for match in numbers if match)
    return ",".join(said) or "yes"


def judge_fit(facts: Facts, planned: Sequence[str] = ()) -> tuple[CheckStatus, str]:
    """Compare what was compiled in with the cards, and the driver with the build's CUDA.

    A card without code is no fault where others have some, unless it was planned for.

    The rules are those of ``docs/design.md``, section 3.2 and 3.3: machine code of the same major
    and an equal or lower minor runs; PTX must be compiled by a driver that knows the build's CUDA.
    """
    driver, runtime = dotted(facts.driver), dotted(facts.runtime)
    if driver and runtime and driver[:1] < runtime[:1]:
        return "fail", f"driver-old runtime={facts.runtime} driver={facts.driver}"
    # A release for AMD may name the features too: gfx90a:xnack- is code for gfx90a.
    compiled = [one.partition(":")[0] for one in facts.compiled]
    if not compiled:
        return "skip", "no-arch-list"
    jit: list[str] = []
    lacking: list[Card] = []
    late = bool(driver and runtime and driver < runtime)
    codes = [one for one in compiled if not one.startswith("compute_")]
    ptx = [one.replace("compute_", "sm_") for one in compiled if one not in codes]
    for card in facts.cards:
        if card.arch in codes or any(runs_on(one, card.arch, embedded=False) for one in codes):
            continue
        if late or not any(compiles_for(one, card.arch) for one in ptx):
            lacking.append(card)
        else:
            jit.append(card.arch)
    if lacking:
        hurt = [one for one in lacking if one.arch in planned]
        card = hurt[0] if hurt else lacking[0]
        said = f"card={quote(card.name)} arch={card.arch} has={quote(' '.join(compiled))}"
        if not hurt and len(lacking) < len(facts.cards):  # no build serves all of them
            return "skip", f"left-out {said}"
        if any(compiles_for(one, card.arch) for one in ptx):
            return "fail", f"jit-driver-old runtime={facts.runtime} driver={facts.driver}"
        return "fail", f"no-code {said}"
    told = [f"jit={quote(' '.join(jit))}"] if jit else []
    told += [f"driver={facts.driver}"] if facts.driver else []
    told += ["compatibility=minor"] if late else []
    return "pass", " ".join(told)
