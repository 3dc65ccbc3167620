"""A known trap, as a frozen value."""

# Annotations are evaluated as they stand, not kept as strings: each string would be compiled again
# when the decoder of these types is made, which takes longer than decoding with it.

from msgspec import Struct

from torchup.facts.release import Certainty


class Trap(Struct, frozen=True, array_like=True):
    """Versions that don't work together although nothing in their metadata says so.

    Attributes:
        id: its name.
        when: package → a specifier (PEP 440, empty for any version); all of them must be there.
        systems: it is for these systems; empty for all.
        pythons: a specifier for the Python's release line; empty for all.
        constrain: requirements that hold then, where their package is there.
        forbid: packages that must not be there then.
        brings: the packages of ``when`` ask for the constrained ones themselves.
        symptom: the text that people see otherwise, in English; empty where there is none.
        why: a short note in English.
        certainty: how well it is known.
        fact: the row behind it.
        lacking: it is for processors that lack this feature; empty for all.
    """

    id: str
    when: dict[str, str]
    systems: tuple[str, ...]
    pythons: str
    constrain: tuple[str, ...]
    forbid: tuple[str, ...]
    brings: bool
    symptom: str
    why: str
    certainty: Certainty
    fact: int
    lacking: str = ""
