"""From a link of the chain to what is wrong with it, where a finding says that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchup.api.chain.link import Link
    from torchup.model.finding import Finding

_BETWEEN = " · "


def finding_of(link: Link, findings: Iterable[Finding]) -> Finding | None:
    """Return the first finding that is about a link; None where it holds, or none says more."""
    if link.state not in ("costs", "stops"):
        return None
    return next((one for one in findings if _is_about(link, one)), None)


def _is_about(link: Link, found: Finding) -> bool:
    said, about = found.title.args, found.facts.get("environment", "")
    if link.what in ("card", "driver", "runtime"):
        return link.why == found.title
    if link.what == "build":
        return found.code == "no-stack"
    if link.what == "environment":
        return link.shown in (about, said.get("name")) and found.code.startswith("environment-")
    if link.what == "elsewhere":
        return bool(about) and link.shown.rpartition(_BETWEEN)[2] == about
    if link.what == "notebook":
        return found.code.startswith("kernel-") and said.get("title") == link.shown
    return found.code.startswith("ide-") and link.shown.startswith(said.get("ide") or "\0")
