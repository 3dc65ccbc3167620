"""The English templates: code → sentence with ``{placeholders}``; one module per room."""

from __future__ import annotations

from typing import Final

from torchup.words.english import (
    apply,
    chain,
    cli,
    compat,
    describe,
    facts,
    network,
    nightly,
    probe,
    requirements,
    resolve,
    sources,
    special,
    traps,
    verify,
)

MESSAGES: Final[dict[str, str]] = {
    **apply.MESSAGES,
    **chain.MESSAGES,
    **cli.MESSAGES,
    **compat.MESSAGES,
    **describe.MESSAGES,
    **facts.MESSAGES,
    **network.MESSAGES,
    **nightly.MESSAGES,
    **probe.MESSAGES,
    **requirements.MESSAGES,
    **resolve.MESSAGES,
    **sources.MESSAGES,
    **special.MESSAGES,
    **traps.MESSAGES,
    **verify.MESSAGES,
}
