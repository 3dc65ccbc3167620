"""A race of mirrors as it is told, place by place, in the language of whoever watches."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import ValidationError, convert
from msgspec.structs import replace

from torchup.model.mirror import KINDS
from torchup.web.render import size
from torchup.wire.web import MirrorEventV1

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torchup.model.mirror import MirrorKind
    from torchup.words import Words


def mirror_event(told: Mapping[str, Any], words: Words) -> MirrorEventV1 | None:
    """Write what is told of one place; None for what can't be read."""
    try:
        found = convert(told, MirrorEventV1, strict=False)
    except (ValidationError, ValueError):
        return None
    speed = words.say("mirror.rate", {"size": size(found.rate)}) if found.rate else ""
    return replace(found, speed=speed, said=_said(found, told, words))


def _said(found: MirrorEventV1, told: Mapping[str, Any], words: Words) -> str:
    if found.state == "asking":
        return words.say("mirror.asking")
    if found.state == "measuring":
        return words.say("mirror.measuring")
    said = words.say(f"mirror.holds-{found.holds}")
    why = _why(told, words) if found.holds == "unknown" else ""
    return words.say("mirror.why", {"what": said, "why": why}) if why else said


def _why(told: Mapping[str, Any], words: Words) -> str:
    args = told.get("args")
    given = {name: str(value) for name, value in args.items()} if isinstance(args, dict) else {}
    if given.get("why"):
        return given["why"]
    with suppress(KeyError, ValueError, IndexError):
        return words.say(str(told.get("code")), given)
    return ""


def standings(
    events: Iterable[MirrorEventV1], *, ended: bool
) -> dict[MirrorKind, list[MirrorEventV1]]:
    """What is known of each place at last, kind by kind; those that are done by their speed.

    Args:
        events: in order of time.
        ended: the race is over; a place that it did not come to is none of those.
    """
    last: dict[tuple[str, str], MirrorEventV1] = {}
    for one in events:
        last[one.kind, one.place] = one
    found: dict[MirrorKind, list[MirrorEventV1]] = {}
    for kind in KINDS:
        ours = [one for one in last.values() if one.kind == kind]
        ours = [one for one in ours if one.state == "done" or not ended]
        if all(one.state == "done" for one in ours):
            ours.sort(key=lambda one: (not one.rate, -(one.rate or 0), one.latency_ms or 10**9))
        if ours:
            found[kind] = ours
    return found
