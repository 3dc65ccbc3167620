"""What there is to say about packages that are compiled against the framework, as reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchup.facts.load import load_catalogue
from torchup.model import SYSTEM_NAMES, Reason, shown_url
from torchup.model.names import canonical_name
from torchup.resolve.needs import parsed, pinned_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchup.facts.wheels import Compiled, Compiles
    from torchup.model import FactRef, Text, WheelFile
    from torchup.resolve.fitting import Fit, Ground


def named(ground: Ground) -> str:
    """A stack in a few words: ``torch 2.8.0+cu128``."""
    return f"{load_catalogue().framework.name} {ground.release}+{ground.build}"


def at_length(ground: Ground) -> str:
    """A stack with everything that a wheel depends on."""
    system = SYSTEM_NAMES.get(ground.system, ground.system)
    return f"{named(ground)}, Python {ground.python}, {system} {ground.platform.partition('-')[2]}"


def found_at(
    line: str, known: Compiled, ground: Ground, where: str, file: WheelFile | None = None
) -> Reason:
    """Say where the wheel is taken from that goes with a stack."""
    version = f" {file.version}" if file else ""
    return Reason(
        code="fit-wheel",
        effect="accept",
        subject=line,
        needs=named(ground),
        has=shown_url(where),
        about=f"{known.table.name}{version}",
        fact=known.fact,
    )


def belongs(line: str, known: Compiled, fit: Fit, ground: Ground) -> Reason:
    """Say which versions go with a stack."""
    return Reason(
        code="fit-held",
        effect="accept",
        subject=line,
        needs=named(ground),
        about=f"{known.table.name}{fit.versions}",
        fact=known.fact,
    )


def unloaded(line: str, known: Compiled, fit: Fit, ground: Ground) -> Reason:
    """Say that a package can be installed, and that its kernels won't load."""
    version = fit.version or pinned_version(line)
    about = " ".join(filter(None, (known.table.name, version)))
    return Reason(
        code="fit-unloaded",
        effect="warn",
        subject=line,
        has=named(ground),
        about=about,
        fact=known.fact,
    )


def about_tag(line: str, wrong: str, ground: Ground, fact: FactRef | None) -> Reason:
    """Say that a wheel's own name speaks of another stack."""
    return Reason(
        code="fit-tag", effect="warn", subject=line, needs=wrong, has=at_length(ground), fact=fact
    )


def lost_place(line: str, where: str, why: Text, fact: FactRef) -> Reason:
    """Say that the place of a package's wheels can't be asked."""
    return Reason(
        code="fit-unreachable",
        effect="warn",
        subject=line,
        needs=shown_url(where),
        has=why.args.get("why", "@word.offline"),
        about=canonical_name(parsed(line).name),
        fact=fact,
    )


def no_wheel(line: str, known: Compiled, ground: Ground, near: Sequence[Ground]) -> Reason:
    """Say that there is no wheel, and no way to make one; ``near`` are the stacks that have one."""
    return Reason(
        code="fit-none",
        effect="reject" if near else "warn",
        subject=line,
        has=at_length(ground),
        about=known.table.name,
        fact=known.fact,
    )


def compiled(line: str, known: Compiled, ground: Ground, needs: Compiles) -> Reason:
    """Say that a package would be compiled, and what that takes."""
    version = pinned_version(line)
    return Reason(
        code="fit-compiled" if ground.device == "cuda" else "fit-compiled-cpu",
        effect="warn",
        subject=" ".join(filter(None, (known.table.name, version))),
        needs=ground.runtime.partition(".")[0],
        has=at_length(ground),
        about=amount(needs),
        fact=known.fact,
    )


def amount(needs: Compiles) -> str:
    """Memory for each compiler that runs at a time, and minutes: ``9 GB, 5-120 min``."""
    fast, slow = needs.minutes
    return f"{needs.memory_gib:.0f} GB, {fast}-{slow} min"


def named_near(near: Sequence[Ground], ground: Ground) -> str:
    """The stacks that have a wheel, each with its Python where that is another one."""
    return ", ".join(
        named(one) if one.python == ground.python else f"{named(one)} (Python {one.python})"
        for one in near
    )


def of_stack(line: str, near: Sequence[Ground], ground: Ground, fact: FactRef) -> Reason:
    """Say which stacks have a wheel."""
    return Reason(
        code="fit-near",
        effect="warn",
        subject=canonical_name(parsed(line).name),
        has=named_near(near, ground),
        fact=fact,
    )


def moved(lines: Sequence[str], ground: Ground) -> Reason:
    """Say that a stack was taken for the sake of wheels."""
    return Reason(
        code="fit-moved",
        effect="prefer",
        subject=", ".join(lines),
        needs=f"{named(ground)}, Python {ground.python}",
    )
