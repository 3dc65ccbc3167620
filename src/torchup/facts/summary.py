"""What is known, in a few numbers, and what is known of one thing, fact by fact."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from torchup.facts import known
from torchup.facts.current import in_force
from torchup.facts.frameworks import FRAMEWORKS, named_in
from torchup.facts.load import load_catalogue, load_gpus
from torchup.facts.names import arch_in

if TYPE_CHECKING:
    from torchup.facts.catalogue import Catalogue
    from torchup.facts.gpus import GpuFact, Gpus
    from torchup.facts.known import Subject
    from torchup.facts.release import Release

Origin = Literal["shipped", "updated"]

_NEWEST: Final = 3
"""Releases that are named where a framework has none of the number that was asked for."""


class Known(Struct, frozen=True, kw_only=True):
    """How much is known of a framework: how it is written, its newest release, how many."""

    title: str
    newest: str
    releases: int
    builds: int


class Summary(Struct, frozen=True, kw_only=True):
    """The facts in force.

    Attributes:
        origin: whether they came with this torchup or were fetched.
        version: of the package that was fetched; empty for shipped ones.
        digest: names the content of all their TOML files, an overlay's too.
        overlay: the folder of the site's own, empty where there is none.
        overlay_from: the setting or the variable that names it.
        checked: the last day on which any of them was checked (ISO).
        newest: the newest release.
        counts: how many there are of what (``releases``, ``builds``, ``cards``, …).
        certainty: how sure → the number of builds and companions of that certainty.
        frameworks: every framework of which releases are known, in their own order.
    """

    origin: Origin
    version: str
    digest: str
    overlay: str
    overlay_from: str
    checked: str
    newest: str
    counts: dict[str, int]
    certainty: dict[str, int]
    frameworks: dict[str, Known]


def summarize() -> Summary:
    """Count what is known.

    Raises:
        UsageError: the overlay is missing, or doesn't fit.
    """
    catalogue, gpus, facts = load_catalogue(), load_gpus(), in_force()
    base = facts.base()
    return Summary(
        origin="shipped" if base is None else "updated",
        version=base.version if base else "",
        digest=catalogue.digest,
        overlay=facts.overlay or "",
        overlay_from=facts.origin if facts.overlay else "",
        checked=catalogue.checked,
        newest=catalogue.latest().version,
        counts={
            "releases": len(catalogue.releases),
            "builds": sum(len(one.builds) for one in catalogue.releases),
            "cards": len(gpus.cards),
            "runtimes": len(catalogue.runtimes),
            "branches": len(catalogue.branches),
            "architectures": len(catalogue.archs),
            "pythons": len(catalogue.pythons),
        },
        certainty=_certainty(catalogue),
        frameworks=_frameworks(),
    )


def _frameworks() -> dict[str, Known]:
    """Count each framework; newer facts of one alone have no releases of the others."""
    found = {name: load_catalogue(name) for name in FRAMEWORKS}
    return {name: _known(one) for name, one in found.items() if one.releases}


def _known(catalogue: Catalogue) -> Known:
    return Known(
        title=catalogue.framework.title,
        newest=catalogue.latest().version,
        releases=len(catalogue.releases),
        builds=sum(len(one.builds) for one in catalogue.releases),
    )


def find(subject: str) -> tuple[Subject, ...]:
    """Find what a text names: a release, a CUDA version or a build, a driver, a card.

    An architecture is one as well: ``sm_61``, ``6.1``.

    A card's name may cover several chips: then there is an answer for each. ``jax==0.12`` and
    ``jax 0.12`` are another framework's release, ``jax`` alone is its newest one.
    """
    named = named_in([subject])
    catalogue = load_catalogue(named[0] if named else "")
    plain = subject.strip().partition("+")[0]
    if named:
        plain = _version_after(plain) or catalogue.latest().version
    release = catalogue.release(plain) or _newest_patch(catalogue, plain)
    if release is not None:
        return (known.of_release(release, catalogue),)
    if named:
        return ()
    runtime = catalogue.runtime(_runtime_name(plain, catalogue))
    if runtime is not None:
        return (known.of_runtime(runtime, catalogue),)
    arch = catalogue.arch(arch_in(plain) or plain)
    if arch is not None:
        return (known.of_arch(arch, catalogue),)
    if plain.replace(".", "").isdigit() and plain[:1].isdigit():
        branch = catalogue.branch(plain)
        return () if branch is None else (known.of_driver(plain, branch, catalogue),)
    gpus = load_gpus()
    return tuple(known.of_card(card, catalogue, gpus) for card in _cards(subject, gpus))


def near(subject: str) -> tuple[str, ...]:
    """Name cards whose names are nearest to a text that names nothing, the nearest first.

    Of a framework that was named, its newest releases.
    """
    named = named_in([subject])
    if named:
        releases = load_catalogue(named[0]).releases[:_NEWEST]
        return tuple(f"{named[0]} {one.version}" for one in releases)
    return load_gpus().near(subject)


def _certainty(catalogue: Catalogue) -> dict[str, int]:
    counts: dict[str, int] = {}
    for release in catalogue.releases:
        certainties = [build.certainty for build in release.builds]
        certainties += [companion.certainty for companion in release.companions]
        for certainty in certainties:
            counts[certainty] = counts.get(certainty, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def _version_after(text: str) -> str:
    """What follows a framework's name, and an extra of it: ``0.12`` of ``jax[cuda12]==0.12``."""
    return re.sub(r"^[^\s=<>!~]+", "", text).strip().removeprefix("==").strip()


def _newest_patch(catalogue: Catalogue, minor: str) -> Release | None:
    """The newest patch of a minor release: ``2.14`` is ``2.14.1``."""
    if minor.count(".") != 1:
        return None
    return next((one for one in catalogue.releases if one.version.startswith(f"{minor}.")), None)


def _runtime_name(text: str, catalogue: Catalogue) -> str:
    """The runtime that a build brings (``cu126``), or what ``CUDA 12.6`` names."""
    plain = text.lower().removeprefix("cuda").strip()
    builds = (build for release in catalogue.releases for build in release.builds)
    return next((build.runtime for build in builds if build.name == plain), plain)


def _cards(subject: str, gpus: Gpus) -> tuple[GpuFact, ...]:
    plain, _, board = subject.strip().lower().partition("/")
    by_id = gpus.by_pci(plain, board or None)
    return (by_id,) if by_id is not None else gpus.find(subject)
