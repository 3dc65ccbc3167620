"""How many bytes a plan fetches: asked beside the other work."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import WheelFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchup.api.context import Context
    from torchup.model import Artifact

DEADLINE_S: Final = 3.0
"""Seconds after which a plan is shown without the sizes that are still missing."""


class Sizing:
    """Files whose sizes are being asked for where their listing doesn't give them.

    Args:
        context: the session; offline what was asked before counts.
        artifacts: the files.
        when_known: called once, from another thread, with the files and their sizes.
    """

    def __init__(
        self,
        context: Context,
        artifacts: tuple[Artifact, ...],
        when_known: Callable[[tuple[Artifact, ...]], None] = lambda _known: None,
    ) -> None:
        self._context = context
        self._artifacts = artifacts
        self._when_known = when_known
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def wait(self) -> tuple[Artifact, ...]:
        """Wait for the sizes, no longer than the deadline, and return the files."""
        self._thread.join(DEADLINE_S)
        return self._artifacts

    def _ask(self) -> None:
        unknown = [one for one in self._artifacts if one.size is None]
        if unknown:
            sizes: dict[str, int | None] = {}
            with suppress(RuntimeError):  # the interpreter is on its way out: nobody waits
                sizes = self._sizes(unknown)
            self._artifacts = tuple(
                replace(one, size=sizes.get(one.url)) if one.size is None else one
                for one in self._artifacts
            )
        self._when_known(self._artifacts)

    def _sizes(self, unknown: list[Artifact]) -> dict[str, int | None]:
        from concurrent.futures import ThreadPoolExecutor, wait

        from torchup.sources.metadata import wheel_size

        cache = self._context.home.cache / "sizes"
        pool = ThreadPoolExecutor(max_workers=8)
        asked = {
            pool.submit(wheel_size, self._context.host, _file(one), cache): one.url
            for one in unknown
        }
        done, _late = wait(asked, timeout=DEADLINE_S)
        pool.shutdown(wait=False, cancel_futures=True)
        return {asked[one]: one.result() for one in done if one.exception() is None}


def _file(artifact: Artifact) -> WheelFile:
    return WheelFile(
        filename=artifact.url.rpartition("/")[2],
        url=artifact.url,
        version=artifact.version,
        sha256=artifact.sha256,
    )
