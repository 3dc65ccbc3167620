"""From requirements as pip writes them to conda's match specifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from packaging.requirements import Requirement


class Wish(Struct, frozen=True, kw_only=True):
    """A requirement: as it was written, under which names conda may have it, and which versions.

    ``names`` is empty for what conda can't have: an address, or a package with extras.
    """

    line: str
    names: tuple[str, ...]
    versions: str = ""

    def spec(self, name: str) -> str:
        """Write it as a match specification."""
        return f"{name} {self.versions}".rstrip()


def read_wish(line: str, environment: dict[str, str]) -> Wish | None:
    """Read a requirement, None for one that doesn't count in this environment.

    Args:
        line: as PEP 508 has it.
        environment: what markers are compared with.
    """
    from packaging.requirements import Requirement as Parsed
    from packaging.utils import canonicalize_name

    parsed = Parsed(line)
    if parsed.marker is not None and not parsed.marker.evaluate(environment):
        return None
    if parsed.url or parsed.extras:
        return Wish(line=line, names=())
    name = canonicalize_name(parsed.name)
    spelled = (*spellings(name), parsed.name.lower())
    return Wish(line=line, names=tuple(dict.fromkeys(spelled)), versions=_versions(parsed))


def spellings(name: str) -> tuple[str, ...]:
    """Return how conda may spell a normalised name of Python's."""
    return name, name.replace("-", "_"), name.replace("-", ".")


def _versions(parsed: Requirement) -> str:
    """Write version specifiers in conda's way: the same words, but for exact ones."""
    words = []
    for one in parsed.specifier:
        version = one.version.partition("+")[0]
        if one.operator in ("==", "===") and version.endswith(".*"):
            words.append(version)
        else:
            operator = "==" if one.operator == "===" else one.operator
            words.append(f"{operator}{version}")
    return ",".join(sorted(words))
