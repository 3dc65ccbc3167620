"""What is known of cards that have rules of their own: Intel's, AMD's, Apple's, Jetsons."""

# Annotations are evaluated as they stand, not kept as strings: each string would be compiled again
# when the decoder of these types is made, which takes longer than decoding with it.

from msgspec import Struct

from torchup.facts.release import Certainty


class Support(Struct, frozen=True, array_like=True):
    """Since when a framework's releases name one of Intel's architectures as supported.

    Attributes:
        arch: such as ``bmg``.
        family: how Intel calls it.
        since: system (``linux``, ``windows``, ``wsl``) → the first release; no key for never.
        certainty: how well it is known.
        fact: the row behind it.
    """

    arch: str
    family: str
    since: dict[str, str]
    certainty: Certainty
    fact: int


class Override(Struct, frozen=True, array_like=True):
    """A card that runs code for a sister chip when its runtime is told so.

    Attributes:
        card: the architecture of the card, such as ``gfx1032``.
        runs_as: the architecture whose code it runs then, such as ``gfx1030``.
        variable: the environment variable that says so.
        value: what it is set to.
        certainty: how well it is known.
        fact: the row behind it.
    """

    card: str
    runs_as: str
    variable: str
    value: str
    certainty: Certainty
    fact: int


class Elsewhere(Struct, frozen=True, array_like=True):
    """A place where a card's maker has builds that the framework's own index has not.

    Attributes:
        name: what it is for, such as ``JetPack 6``.
        vendor: the maker, such as ``nvidia``.
        systems: it is for these systems (``wsl`` is one of them); empty for all.
        archs: the architectures it serves; empty for all of the maker's.
        kernel: the start of the kernel's version that it needs; empty for any.
        url: the place.
        fact: the row behind it.
    """

    name: str
    vendor: str
    systems: tuple[str, ...]
    archs: tuple[str, ...]
    kernel: str
    url: str
    fact: int


class Metal(Struct, frozen=True, array_like=True):
    """The macOS that releases need to compute on Apple's GPUs.

    Attributes:
        since: the first release that needs it, such as ``2.5``; the next row's ends it.
        macos: the first version of macOS that will do, such as ``13.0``.
        fact: the row behind it.
    """

    since: str
    macos: str
    fact: int


class Forward(Struct, frozen=True, array_like=True):
    """NVIDIA's forward compatibility on one driver branch.

    Attributes:
        branch: the driver's branch, such as 535.
        runtimes: the CUDA versions that have a package for it.
        fact: the row behind it.
    """

    branch: int
    runtimes: tuple[str, ...]
    fact: int
