"""A machine as conda's solver sees it: its virtual packages (CEP 30 and CEP 46).

They are made from what torchup found out, so that both say the same of the driver and the cards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from torchup.resolve.numbers import capability, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.facts.catalogue import Catalogue
    from torchup.model import Machine, Stack

_LEVELS: Final = (
    ("x86_64_v2", {"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"}),
    ("x86_64_v3", {"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe"}),
    ("x86_64_v4", {"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"}),
)
"""What each level of x86-64 adds, as Linux calls it (x86-64 psABI, "Microarchitecture Levels")."""
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)*")


def virtual_packages(
    machine: Machine, stack: Stack, serves: tuple[int, ...], catalogue: Catalogue
) -> tuple[str, ...]:
    """Return the virtual packages, each as ``name=version=build``.

    Args:
        machine: the machine.
        stack: what was chosen for it; a runtime that was found to start there, or that the user
            named, counts as one that the driver knows.
        serves: positions of the cards that it is for.
        catalogue: the facts about drivers.
    """
    found = [*_system(machine), f"__archspec=1={_level(machine)}"]
    cuda = _cuda(machine, stack, catalogue)
    if cuda:
        found.append(f"__cuda={cuda}=0")
    gpus = machine.gpus or ()
    served = [capability(gpus[at].arch or "") for at in serves if at < len(gpus)]
    least = min((one[:2] for one in served if one is not None), default=None)
    if cuda and least is not None:
        found.append(f"__cuda_arch={least[0]}.{least[1]}=0")
    return tuple(found)


def _system(machine: Machine) -> Iterator[str]:
    os = machine.os
    if os.system == "windows":
        yield f"__win={_number(os.version)}=0"
        return
    yield "__unix=0=0"
    if os.system == "macos":
        yield f"__osx={_number(os.version)}=0"
        return
    yield f"__linux={_number(os.kernel)}=0"
    family, _, version = (os.libc or "").partition(" ")
    if family and dotted(version):
        yield f"__{family}={version}=0"


def _cuda(machine: Machine, stack: Stack, catalogue: Catalogue) -> str:
    driver = machine.driver("nvidia")
    branch = catalogue.branch(driver.version) if driver else None
    known = (driver.max_runtime if driver else None) or (branch.max_runtime if branch else "")
    chosen = stack.runtime if stack.build.startswith("cu") else ""
    return max((known, chosen), key=dotted)


def _level(machine: Machine) -> str:
    if machine.arch != "x86_64":
        return machine.arch
    there = set((machine.cpu.features if machine.cpu else None) or ())
    level = "x86_64"
    for name, adds in _LEVELS:
        if not adds <= there:
            break
        level = name
    return level


def _number(said: str | None) -> str:
    found = _NUMBER.match(said or "")
    return found[0] if found else "0"
