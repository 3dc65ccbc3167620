"""One report of several frameworks in one environment; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from torchup.model import Check, Figure, VerifyReport


def of_framework(check: Check, framework: str) -> Check:
    """Name the framework in a check's code: ``jax:matmul``."""
    return replace(check, code=f"{framework}:{check.code}")


def _figure_of(figure: Figure, framework: str) -> Figure:
    """Name the framework in a figure's kind: ``jax fp32``; it is no other's speed."""
    return replace(figure, kind=f"{framework} {figure.kind}")


def joined(first: VerifyReport, framework: str, second: VerifyReport) -> VerifyReport:
    """Put another framework's report behind the first one's.

    Args:
        first: the first framework's, or what was joined so far.
        framework: the other framework.
        second: its report.
    """
    return replace(
        first,
        ok=first.ok and second.ok,
        packages=first.packages | second.packages,
        checks=(*first.checks, *(of_framework(one, framework) for one in second.checks)),
        libraries=tuple(dict.fromkeys((*first.libraries, *second.libraries))),
        figures=(*first.figures, *(_figure_of(one, framework) for one in second.figures)),
    )
