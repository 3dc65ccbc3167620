"""Saying which of Jupyter's kernels start an environment where it no longer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchup.cli.session import Session


def say_lost_kernels(session: Session, name: str, was: str) -> None:
    """Print the kernels that start a Python in a folder that is gone, and how to make them anew.

    Those inside the environment went along and start the right one.

    Args:
        session: the session.
        name: what the environment is called now.
        was: where it was.
    """
    from torchup.api.software import kernels_in

    for kernel in kernels_in(session.host, was):
        said = session.say(
            "move.kernel", title=kernel.title, path=kernel.path, kernel=kernel.name, name=name
        )
        session.out.row(session.say("cli.label.notebooks"), said, "costs")
