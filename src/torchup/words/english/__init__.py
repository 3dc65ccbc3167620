"""The English templates: code → sentence with ``{placeholders}``; one module per room."""

from __future__ import annotations

from typing import Final

from torchup.words.english import apply, cli, network, probe, resolve, sources, verify

MESSAGES: Final[dict[str, str]] = {
    **apply.MESSAGES,
    **cli.MESSAGES,
    **network.MESSAGES,
    **probe.MESSAGES,
    **resolve.MESSAGES,
    **sources.MESSAGES,
    **verify.MESSAGES,
}
