"""What is said of a choice among conda's packages in place of what is said of wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from torchup.model import Reason, Text, text

if TYPE_CHECKING:
    from torchup.facts.conda import CondaFacts
    from torchup.facts.conda_rows import ChannelRow
    from torchup.model import Stack

_LACKING: Final = "libraries-elsewhere"
_UNCERTAIN: Final = "facts-uncertain"
_LENT: Final = "libraries-by-conda"
_OF_CHANNELS: Final = {
    "not-listed": "not-in-channel",
    _UNCERTAIN: "conda-uncertain",
    _LACKING: _LENT,
}
"""What is said of wheels, and what of conda's packages in its place."""


def of_channels(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Say reasons of channels: they bring what a wheel lacks, too.

    What is uncertain of a wheel beside libraries of theirs stays said of the wheel.
    """
    lent = any(one.code == _LACKING for one in reasons)

    def said(one: Reason) -> Reason:
        kept = lent and one.code == _UNCERTAIN
        code = one.code if kept else _OF_CHANNELS.get(one.code, one.code)
        return replace(one, code=code, effect="prefer" if code == _LENT else one.effect)

    return tuple(map(said, reasons))


def remedy_of_channels(remedy: Text) -> Text:
    """Say a way out of channels: no mirror of wheels helps there."""
    if remedy.code != "remedy.source":
        return remedy
    return text("remedy.channel", **remedy.args)


def retired(stack: Stack | None, row: ChannelRow | None, facts: CondaFacts) -> tuple[Reason, ...]:
    """Say that the chosen channel gets no new releases any more; nothing of another one.

    Args:
        stack: what was chosen, None for nothing.
        row: the channel, where it is known to be a retired one.
        facts: what is known of channels.
    """
    if stack is None:
        return ()
    found = row or facts.channel(stack.index_url.rstrip("/").rpartition("/")[2])
    if found is None or found.last is None:
        return ()
    said = Reason(
        code="channel-retired",
        effect="warn",
        subject=found.name,
        has=found.last,
        needs=stack.index_url,
        fact=facts.fact(found),
    )
    return (said,)
