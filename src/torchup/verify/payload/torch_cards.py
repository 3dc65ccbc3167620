"""Which of the cards this build has code for: the others were left out on purpose.

A machine may hold cards that no build serves together; a stack is for some of them then. The rules
are those of the CUDA compatibility guide, as the judging has them (``verify/facts.py``).
"""

import re

from .torch_base import family_of, kind_of

TYPE_CHECKING = False  # typing is slow to import
if TYPE_CHECKING:
    from typing import Any

NUMBERS = re.compile(r"^(?:sm|compute)_(\d+)(\d)([af]?)$")


def compiled_in(torch: "Any") -> "list[str]":
    """List what the build was compiled for; empty where a release can't tell."""
    ask = getattr(torch.cuda, "get_arch_list", None)
    # A release for AMD may name the features too: gfx90a:xnack- is code for gfx90a.
    return [str(one).partition(":")[0] for one in (ask() if ask is not None else [])]


def arch_of(torch: "Any", index: int) -> str:
    """Name a card's architecture: sm_86, gfx1100."""
    about = torch.cuda.get_device_properties(index)
    gfx = str(getattr(about, "gcnArchName", "")).partition(":")[0]
    major, minor = torch.cuda.get_device_capability(index)
    return gfx if gfx.startswith("gfx") else f"sm_{major}{minor}"


def has_code(compiled: "list[str]", arch: str, *, jit: bool) -> bool:
    """Tell whether something compiled in runs on a card.

    Args:
        compiled: what was compiled in.
        arch: the card's architecture.
        jit: the driver can compile this build's PTX.
    """
    card = NUMBERS.match(arch)
    if card is None:
        return arch in compiled
    major, minor = int(card.group(1)), int(card.group(2))
    for one in compiled:
        found = NUMBERS.match(one)
        if found is None:
            continue
        code, exact = (int(found.group(1)), int(found.group(2))), found.group(3)
        if one.startswith("compute_"):
            if jit and not exact and code <= (major, minor):
                return True
        elif exact == "a":
            if code == (major, minor):
                return True
        elif not exact and code[0] == major and code[1] <= minor:
            return True
    return False


def driver_of(torch: "Any") -> str:
    """Name the CUDA that the driver reaches by itself; empty where nobody says."""
    ask = getattr(getattr(torch, "_C", None), "_cuda_getDriverVersion", None)
    return read_driver(ask() if ask else 0)


def read_driver(number: int) -> str:
    """Read CUDA's own number of a version, 1000 * major + 10 * minor (cuda.h, CUDA_VERSION)."""
    return f"{number // 1000}.{number % 1000 // 10}" if number else ""


def served(torch: "Any", wanted: str) -> "list[int]":
    """List the cards that there is code for; all of them where that can't be told, or is none."""
    every = list(range(family_of(torch, wanted).device_count()))
    if kind_of(torch, wanted) != "cuda" or len(every) == 1:
        return every
    compiled = compiled_in(torch)
    driver, runtime = _numbers(driver_of(torch)), _numbers(torch.version.cuda or "")
    jit = not driver or not runtime or driver >= runtime
    return [index for index in every if has_code(compiled, arch_of(torch, index), jit=jit)] or every


def _numbers(version: str) -> "list[int]":
    return [int(part) for part in version.split(".") if part.isdigit()]
