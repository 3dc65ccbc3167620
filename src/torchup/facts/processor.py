"""What releases ask of the processor itself, as frozen values."""

# Annotations are evaluated as they stand, not kept as strings: each string would be compiled again
# when the decoder of these types is made, which takes longer than decoding with it.

from msgspec import Struct

from torchup.facts.release import Certainty


class Feature(Struct, frozen=True, array_like=True):
    """Instructions that a processor has or lacks.

    Attributes:
        name: Linux's flag, such as ``sse4_1``.
        shown: how people call it, such as ``SSE4.1``.
        implied_by: flags of later processors; one that has any of them has this too.
        listed: flags that every processor of the kind has: a list without them is not a list of
            all that a processor has, and tells of nothing that it lacks.
        fact: the row behind it.
    """

    name: str
    shown: str
    implied_by: tuple[str, ...]
    listed: tuple[str, ...]
    fact: int


class Floor(Struct, frozen=True, array_like=True):
    """What the wheels of some releases need of the processor.

    Attributes:
        releases: a specifier (PEP 440) of the framework's releases.
        platforms: the platforms whose wheels need it.
        feature: the name of a :class:`Feature`.
        partly: without it the framework runs, and some of its operations don't.
        certainty: how well it is known.
        fact: the row behind it.
    """

    releases: str
    platforms: tuple[str, ...]
    feature: str
    partly: bool
    certainty: Certainty
    fact: int
