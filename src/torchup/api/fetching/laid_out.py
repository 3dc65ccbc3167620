"""Files that lie on this machine already, in the place of fetching them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.model import Artifact


class LaidOut:
    """Hands packages over that were laid out on this machine; nothing is fetched.

    Args:
        places: where each lies, by its hash.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def before(self, artifacts: Sequence[Artifact]) -> dict[str, str]:
        """Return the path of each file that is here, by its address."""
        return {
            one.url: self._places[one.sha256] for one in artifacts if one.sha256 in self._places
        }

    def after_failure(self, artifacts: Sequence[Artifact]) -> dict[str, str]:  # noqa: ARG002
        """Return nothing: what isn't here can't be had."""
        return {}

    def kept(self, artifacts: Sequence[Artifact]) -> None:
        """Leave the files to whoever laid them out."""
