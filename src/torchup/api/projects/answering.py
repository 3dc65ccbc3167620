"""The answer to what a project needs, as it differs from the answer to a user's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from torchup.api.projects.no_ptx import refuse_ptx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torchup.model import Reason, Requirement, Resolution


def answered(
    answer: Resolution,
    moved: Sequence[Reason],
    requirement: Requirement,
    choose: Callable[[Requirement], Resolution],
    *,
    own_python: bool,
) -> Resolution:
    """Take no stack that PTX alone would serve the card with; say of no Python that it was asked.

    Args:
        answer: what was chosen.
        moved: what was said of the project's pins.
        requirement: what is asked for.
        choose: chooses for another requirement, by the catalogue.
        own_python: the Python is the project's, or follows from it: no user named it.
    """
    found = refuse_ptx(answer, moved, requirement, choose)
    if not own_python:
        return found
    return replace(found, reasons=tuple(one for one in found.reasons if one.code != "python-asked"))
