"""What to run where something that a machine lacks can be installed by its own means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from torchup.facts.installs import Install
    from torchup.model import Os, Problem

_WITHOUT_DRIVER: Final = frozenset({"nvidia-driver-missing", "nvidia-nouveau"})


def install_against(problem: Problem, os: Os) -> Install | None:
    """Return how a problem is solved by installing; None where it isn't, or nobody wrote down how.

    Args:
        problem: what was seen.
        os: the system that it was seen on.
    """
    if problem.code not in _WITHOUT_DRIVER:
        return None
    from torchup.facts.installs import install_for

    return install_for(os)
