"""A race of mirrors as JSON lines, for programs that show it while it goes on."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, TextIO

from msgspec import json

from torchup.model import shown_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

    from torchup.model.mirror import Mirror
    from torchup.model.mirror_speed import Measured


class MirrorLines:
    """Writes one event ``mirror`` for each place when it is asked, measured, and done.

    ``state`` is ``asking``, ``measuring`` or ``done``; ``place`` is its address.
    """

    def __init__(self, stream: TextIO, mirrors: Sequence[Mirror]) -> None:
        self._stream = stream
        self._lock = Lock()
        self._mirrors = mirrors

    def __enter__(self) -> Self:
        for one in self._mirrors:
            self._write(one, {"state": "asking"})
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, measured: Measured, *, final: bool) -> None:
        """Write how one place did so far."""
        why = measured.why
        self._write(
            measured.mirror,
            {
                "state": "done" if final else "measuring",
                "file": measured.wanted.shown,
                "holds": measured.holds,
                "latency_ms": measured.latency_ms,
                "rate": round(measured.rate) if measured.rate else None,
                "fresh": measured.fresh,
                "code": why.code if why else "",
                "args": why.args if why else {},
            },
        )

    def _write(self, one: Mirror, told: dict[str, Any]) -> None:
        place = {"kind": one.kind, "mirror": shown_url(one.id), "place": shown_url(one.url)}
        line = json.encode({"event": "mirror", **place, **told}).decode()
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()
