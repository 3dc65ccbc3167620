"""The English templates: code → sentence with ``{placeholders}``; one module per room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from torchup.early import module

ROOMS: Final = (
    "cli",
    "resolve",
    "requirements",
    "projects",
    "sources",
    "nightly",
    "describe",
    "apply",
    "changes",
    "using",
    "toolkit",
    "contents",
    "locks",
    "room",
    "moving",
    "chain",
    "probe",
    "network",
    "offline",
    "bundles",
    "traps",
    "special",
    "fitting",
    "conda",
    "condas",
    "verify",
    "doctor",
    "explain",
    "causes",
    "causes_why",
    "condarc",
    "undo",
    "foreign",
    "facts",
    "mirrors",
    "downloads",
    "compat",
    "kernels",
    "connect",
    "web",
    "fleet",
)
"""The modules, those first that the commonest commands speak from."""


class Messages(Mapping[str, str]):
    """The templates of all rooms; a room is read when a code is in none of those before it.

    A short command speaks from two or three rooms, and reading all would be a part of its start.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._unread = iter(ROOMS)

    def __getitem__(self, code: str) -> str:
        """Return the template of a code.

        Raises:
            KeyError: there is none.
        """
        if code not in self:
            raise KeyError(code)
        return self._known[code]

    def __contains__(self, code: object) -> bool:
        """Tell whether there is a template of this code."""
        return code in self._known or any(code in self._known for _ in self._reading())

    def __iter__(self) -> Iterator[str]:
        """Go through the codes of all rooms."""
        for _ in self._reading():
            pass
        return iter(self._known)

    def __len__(self) -> int:
        """Count the codes of all rooms."""
        return sum(1 for _ in self)

    def _reading(self) -> Iterator[None]:
        for room in self._unread:
            self._known |= module(f"{__name__}.{room}").MESSAGES
            yield


MESSAGES: Final[Mapping[str, str]] = Messages()
