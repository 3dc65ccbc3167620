"""Toolkits out of wheels, which carry nvcc from one CUDA version on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from torchup.api.toolkit import WHEELS
from torchup.apply.toolkit import LAID_OUT
from torchup.backends.installed import site_packages
from torchup.facts.toolkits import load_toolkits
from torchup.model import OwnToolkit
from torchup.resolve.versions import meets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.api.context import Context
    from torchup.api.toolkit import Wanted


def offer(context: Context, wanted: Wanted) -> OwnToolkit | None:
    """Offer the wheels of a runtime.

    The package that names them all is asked for by its runtime alone: where the framework pins the
    update, the solver takes that one.
    """
    facts = load_toolkits()
    wheels = facts.wheels
    path = Path(wanted.environment.record.path)
    folder = site_packages(path, context.host)
    if wanted.named or wanted.channels or folder is None:
        return None
    if wanted.machine.platform not in wheels.platforms:
        return None
    if not meets(wanted.runtime, f">={wheels.first}"):
        return None
    major = wanted.runtime.partition(".")[0]
    loose = _loose(wanted, wheels.headers, f">={wanted.runtime},<{int(major) + 1}")
    wished = (*wheels.parts, *(wheels.libraries if wanted.build else ()))
    parts = ",".join(one for one in wished if one not in loose)
    root = (folder.relative_to(path) / wheels.folder.format(major=major)).as_posix()
    return OwnToolkit(
        source=WHEELS,
        runtime=wanted.runtime,
        root=root,
        # On Windows the wheels lie as programs expect them.
        home=root if context.host.system == "windows" else LAID_OUT,
        packages=(
            f"{wheels.package}[{parts}]=={wanted.runtime}.*",
            *loose.values(),
            *facts.builders.packages,
        ),
    )


def _loose(wanted: Wanted, headers: Mapping[str, str], allowed: str) -> dict[str, str]:
    """Extras whose package is there already and serves as it is, with what is asked of it then."""
    record = wanted.environment.record
    before = record.toolkit.packages if record.toolkit else None
    found: dict[str, str] = {}
    for extra, package in headers.items():
        line = f"{package}{allowed}"
        there = meets(wanted.environment.packages.get(package, ""), allowed)
        if there if before is None else line in before:
            found[extra] = line
    return found
