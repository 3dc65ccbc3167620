"""What the user asked of packages that the framework doesn't come with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from torchup.resolve.versions import overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from torchup.resolve.traps import Constraint


class Wish(Struct, frozen=True, kw_only=True):
    """One requirement of the user.

    ``text`` is what was written, without its marker; ``versions`` is its specifier, empty for an
    address or any version.
    """

    text: str
    versions: str = ""

    @property
    def exact(self) -> str:
        """The one version that is asked for, empty where there may be several."""
        version = self.versions.removeprefix("==").lstrip("=")
        plain = self.versions.startswith("==") and not set(version) & set(",*")
        return version if plain else ""


class Wishes:
    """What was asked for by name, for one machine.

    Args:
        lines: requirements (PEP 508), as the user gave them.
        environment: what their markers are compared with.
    """

    def __init__(self, lines: Sequence[str], environment: Mapping[str, str]) -> None:
        self._wishes: dict[str, list[Wish]] = {}
        for line in lines:
            self._take(line, dict(environment))

    def _take(self, line: str, environment: dict[str, str]) -> None:
        from packaging.requirements import InvalidRequirement, Requirement
        from packaging.utils import canonicalize_name

        try:
            parsed = Requirement(line)
        except InvalidRequirement:  # a path or an address: the installer's to read
            return
        if parsed.marker is not None and not parsed.marker.evaluate(environment):
            return
        text = line.partition(";")[0].strip()
        wish = Wish(text=text, versions=str(parsed.specifier))
        self._wishes.setdefault(canonicalize_name(parsed.name), []).append(wish)

    @property
    def names(self) -> frozenset[str]:
        """The normalised names of everything that was asked for."""
        return frozenset(self._wishes)

    @property
    def exact(self) -> dict[str, str]:
        """The packages of which one version was asked for, and that version."""
        found = {name: one.exact for name, wishes in self._wishes.items() for one in wishes}
        return {name: version for name, version in found.items() if version}

    def against(self, constraint: Constraint) -> str:
        """Return the wish that a constraint would contradict, empty where there is none."""
        for wish in self._wishes.get(constraint.package, ()):
            if constraint.absent or not overlap(wish.versions, constraint.versions):
                return wish.text
        return ""

    def split(
        self, constraints: Iterable[Constraint]
    ) -> tuple[tuple[Constraint, ...], tuple[tuple[Constraint, str], ...]]:
        """Part constraints into those to set, and those that the user's own words rule out."""
        fitting: list[Constraint] = []
        refused: list[tuple[Constraint, str]] = []
        for one in constraints:
            wish = self.against(one)
            if wish:
                refused.append((one, wish))
            else:
                fitting.append(one)
        return tuple(fitting), tuple(refused)
