"""The files that are planned for this machine, one of each kind: what places are compared by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.facts.load import load_catalogue
from torchup.model import Requirement
from torchup.model.mirror_speed import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.api.context import Context
    from torchup.model import Machine, Stack
    from torchup.model.mirror import MirrorKind

_RELEASES: Final = "/releases/download/"
_SUBDIRS: Final = {
    "linux-x86_64": "linux-64",
    "linux-aarch64": "linux-aarch64",
    "windows-x86_64": "win-64",
    "macos-x86_64": "osx-64",
    "macos-arm64": "osx-arm64",
}


def wanted_files(
    context: Context, machine: Machine, kinds: Sequence[MirrorKind], packages: Sequence[str] = ()
) -> dict[MirrorKind, Wanted]:
    """Say which file of each kind the plan for a machine needs; a kind without one is left out.

    The catalogue alone plans: no place is asked before places are compared.

    Args:
        context: the session.
        machine: this machine.
        kinds: what is compared.
        packages: what the plan is asked for beside the framework itself.

    Raises:
        UsageError: a requirement can't be read.
    """
    from torchup.api.stacks.planning import choose

    asked = Requirement(packages=tuple(packages), today=context.today())
    stack = choose(context, machine, asked, live=False, here=True).resolution.stack
    if stack is None:  # a machine that nothing fits still has mirrors to compare
        cpu = Requirement(today=asked.today, cpu=True)
        stack = choose(context, machine, cpu, live=False, here=True).resolution.stack
    found = {kind: _wanted(context, machine, kind, stack) for kind in kinds}
    return {kind: one for kind, one in found.items() if one is not None}


def _wanted(
    context: Context, machine: Machine, kind: MirrorKind, stack: Stack | None
) -> Wanted | None:
    if kind == "conda":
        subdir = _SUBDIRS.get(machine.platform, "noarch")
        return Wanted(kind=kind, path=f"conda-forge/{subdir}/repodata.json.zst")
    if kind == "python":
        from torchup.backends.uv_python import official_download_url

        minor = stack.python if stack else ""
        _, there, path = official_download_url(context.host, minor).partition(_RELEASES)
        return Wanted(kind=kind, path=path) if there else None
    if stack is None:
        return None
    framework = load_catalogue().framework.name
    version = stack.packages[framework].partition("+")[0]
    return Wanted(
        kind=kind,
        project=framework,
        version=version,
        build=stack.build if kind == "pytorch" else "",
        python=stack.python,
        platform=machine.platform,
    )
