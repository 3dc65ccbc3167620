"""What ``mirror --json`` prints of places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torchup.facts.mirrors import word_for
from torchup.model import shown_url
from torchup.wire.mirrors import MeasuredV1, MirrorV1

if TYPE_CHECKING:
    from torchup.cli.session import Session
    from torchup.model.mirror import Mirror
    from torchup.model.mirror_speed import Measured


def mirror_row(one: Mirror, session: Session) -> MirrorV1:
    """Describe a place, and its rank among those that the user chose."""
    ranks: Any = session.context.mirrors.of(one.kind) if one.kind != "nvidia" else ()
    chosen = next((at for at, other in enumerate(ranks, 1) if other.url == one.url), 0)
    return MirrorV1(
        kind=one.kind,
        id=shown_url(one.id),
        name=one.name,
        url=shown_url(one.url),
        layout=one.layout,
        operator=one.operator,
        state=one.state,
        certainty=one.certainty,
        seen=one.seen,
        source=one.source,
        checked=one.checked,
        note=one.note,
        chosen=chosen,
    )


def pick(kind: str, one: Mirror) -> str:
    """The word by which ``mirror use`` takes a place for a kind."""
    return f"{kind}={shown_url(word_for(one))}"


def measured_row(one: Measured, session: Session) -> MeasuredV1:
    """Describe how a place did."""
    return MeasuredV1(
        kind=one.wanted.kind,
        mirror=shown_url(one.mirror.id),
        url=shown_url(one.url or one.mirror.url),
        file=one.wanted.shown,
        holds=one.holds,
        latency_ms=one.latency_ms,
        rate=round(one.rate) if one.rate else None,
        size=one.size,
        changed=one.changed,
        why=session.words.text(one.why) if one.why else "",
        fresh=one.fresh,
    )
