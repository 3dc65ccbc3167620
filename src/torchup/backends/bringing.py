"""Bringing what a backend could not fetch itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from torchup.errors import OutsideError, TorchupError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchup.backends import Fetcher
    from torchup.model import Artifact

_FAILED: Final = "download.failed"


def bring_after(
    fetch: Fetcher, files: Sequence[Artifact], failure: TorchupError
) -> Mapping[str, str]:
    """Fetch what a backend could not; its own word counts where there was one place to ask.

    Args:
        fetch: brings files.
        files: what the backend could not fetch.
        failure: how it ended, in its own words.

    Returns:
        The path of each file, by its address; empty where there is nothing to be done.

    Raises:
        OutsideError: ``failure``, where fetching failed at one place too: it says more of it;
            else a ``download.*`` code.
    """
    try:
        return fetch.after_failure(files)
    except OutsideError as worse:
        if worse.code == _FAILED and str(worse.details["count"]) == "1":
            raise failure from worse
        raise
