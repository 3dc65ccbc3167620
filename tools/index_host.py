"""This machine as the catalogue's tools need it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from torchup.errors import OutsideError
from torchup.host.real import RealHost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchup.host import Response

PATIENCE = 60.0  # Seconds; nobody waits at the keyboard, and a check asks hundreds of times.
PAUSES = (0.0, 1.0)  # Seconds before asking once more.
PASSING = frozenset({"network.unreachable", "network.timeout"})


class IndexHost(RealHost):
    """A host that asks again where the network fails for a moment.

    It keeps the last index page that it was given, for what a listing doesn't hold.
    """

    def __init__(self) -> None:
        super().__init__()
        self.page: Response | None = None

    def fetch(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        timeout: float = PATIENCE,
    ) -> Response:
        """Ask for a URL, up to three times; see :meth:`torchup.host.Host.fetch`."""
        answer = self._fetch(url, method, headers or {}, max(timeout, PATIENCE))
        if "Accept" in (headers or {}):
            self.page = answer
        return answer

    def _fetch(self, url: str, method: str, headers: Mapping[str, str], timeout: float) -> Response:
        for pause in PAUSES:
            try:
                return super().fetch(url, method=method, headers=headers, timeout=timeout)
            except OutsideError as error:
                if error.code not in PASSING:
                    raise
            time.sleep(pause)
        return super().fetch(url, method=method, headers=headers, timeout=timeout)
