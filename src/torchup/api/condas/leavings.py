"""What conda leaves behind: lines for environments that are gone, packages that nobody links."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from torchup.api.condas.packages import remove_unused, unused
from torchup.api.condas.places import caches
from torchup.api.repairs.proposal import Proposal
from torchup.apply.conda_list import listed, unlisting
from torchup.apply.usage import Tree
from torchup.model import StepOutcome, text
from torchup.model.finding import Finding, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchup.api.context import Context
    from torchup.api.repairs.proposal import Hands

GONE: Final = "conda-environment-gone"
LARGE: Final = "conda-packages-large"
_MIB: Final = 1024 * 1024


def leavings(context: Context) -> Iterator[Finding]:
    """Find them; nothing where there is no conda."""
    yield from _gone(context)
    for folder in caches(context):
        yield from _large(context, folder)


def propose(context: Context, finding: Finding) -> Proposal | None:
    """Take the lines out of conda's list, or clean a cache of what no environment uses."""
    if finding.code == LARGE:
        return _cleaning(context, finding)
    write = unlisting(context.host)
    if write is None:
        return None
    title = text("leavings.unlist")
    return Proposal(finding=finding, title=title, safety="safe", edits=(write,))


def _cleaning(context: Context, finding: Finding) -> Proposal | None:
    cache = finding.facts["cache"]
    found = [one for one in unused(context) if one.cache == cache]
    if not found:
        return None

    def work(hands: Hands) -> tuple[StepOutcome, ...]:  # noqa: ARG001  # as any
        for one in found:
            remove_unused(one)
        return (StepOutcome(id=LARGE, status="done", detail=cache),)

    steps = (StepOutcome(id=LARGE, status="skipped", detail=cache),)
    title = text("leavings.clean")
    return Proposal(finding=finding, title=title, safety="ask", work=work, steps=steps)


def _gone(context: Context) -> Iterator[Finding]:
    """Name what conda's list names and is no environment; Navigator and editors show it still."""
    lines = [one for one in listed(context.host) if not (Path(one) / "conda-meta").is_dir()]
    gone = [one for one in lines if not Path(one).exists()]
    if not gone:
        return
    commands = (("torchup", "repair", "--finding", GONE),)
    yield Finding(
        code=GONE,
        severity="warning",
        title=text("leavings.gone", count=len(gone)),
        because=tuple(gone),
        remedies=(Remedy(title=text("leavings.unlist"), safety="safe", commands=commands),),
    )


def _large(context: Context, folder: Path) -> Iterator[Finding]:
    """Tell of a cache that would free more than is left on its disk."""
    room = context.host.room(str(folder))
    frees = Tree(folder).frees()
    if room is None or frees <= room.free:
        return
    yield Finding(
        code=LARGE,
        severity="warning",
        title=text("leavings.large", path=folder, frees=frees // _MIB, free=room.free // _MIB),
        because=(str(folder),),
        remedies=(
            Remedy(
                title=text("leavings.clean"),
                safety="ask",
                commands=(("torchup", "clean", "--conda"),),
            ),
        ),
        facts={"cache": str(folder)},
    )
