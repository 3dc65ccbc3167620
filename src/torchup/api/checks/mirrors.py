"""Places in pip's and uv's settings that are gone, or not safe; one finding for each file."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from torchup.api.mirrors.judging import Judged, judge
from torchup.model import text
from torchup.model.finding import Finding, Remedy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchup.api.context import Context
    from torchup.model.finding import Severity

_GRAVEST: Final = ("retired", "insecure", "flat")


def look(context: Context) -> Iterator[Finding]:
    """Name what pip and uv are told to use that is gone, unsafe, or no index.

    Args:
        context: the session.
    """
    found = sorted(judge(context), key=lambda one: (one.origin, one.tool))
    for (origin, tool), group in groupby(found, key=lambda one: (one.origin, one.tool)):
        yield _finding(context, origin, tool, tuple(group))


def _finding(context: Context, origin: str, tool: str, found: Sequence[Judged]) -> Finding:
    first = min(found, key=lambda one: _GRAVEST.index(one.fault))
    code = f"mirror-{first.fault}"
    in_file = context.host.modified(origin) is not None
    severity: Severity = "error" if first.fault == "flat" else "warning"
    known = {"origin": origin, "value": first.value, "name": first.name or first.value}
    return Finding(
        code=code,
        severity=severity,
        title=text(code, **known),
        because=tuple(dict.fromkeys(f"{origin}: {one.key} = {one.value}" for one in found)),
        remedies=(_remedy(code, origin, in_file=in_file), _choose()),
        facts={"path": origin, "tool": tool} if in_file else {"variable": origin},
    )


def _remedy(code: str, origin: str, *, in_file: bool) -> Remedy:
    if not in_file:
        return Remedy(title=text("mirror-variable.mend", name=origin), safety="manual")
    if code == "mirror-flat":
        return Remedy(title=text("mirror-flat.mend", path=origin), safety="manual")
    command = ("torchup", "repair", "--finding", code)
    return Remedy(title=text(f"{code}.mend", path=origin), safety="safe", commands=(command,))


def _choose() -> Remedy:
    command = ("torchup", "mirror", "auto", "--write", "all")
    return Remedy(title=text("mirror-choose.mend"), safety="ask", commands=(command,))
